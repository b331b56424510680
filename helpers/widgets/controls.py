"""The controls that widgets share, labelled alike."""

from collections.abc import Sequence
from typing import Any

import ipywidgets

_LABEL = {"description_width": "initial"}


def rates(low: int = -5, high: int = -1) -> list[float]:
    """Return learning rates in even steps of a factor of about two: 1, 2, 5 and 10 times each power of ten."""
    return [float(f"{digit}e{power}") for power in range(low, high) for digit in (1, 2, 5)] + [10.0**high]


def slider(label: str, values: Sequence[Any], value: Any, names: Sequence[str] | None = None, width: str = "280px"):
    """Return a slider over a few values, some of which may be words. If `value` is not one of them, it is added."""
    options = list(values)
    if value not in options:
        options = sorted([*options, value])
    told = names or [f"{each:g}" if isinstance(each, float) else str(each) for each in options]
    return ipywidgets.SelectionSlider(
        options=list(zip(told, options, strict=True)),
        value=value,
        description=label,
        style=_LABEL,
        layout={"width": width},
        continuous_update=True,
    )


def whole(label: str, low: int, high: int, value: int, width: str = "240px") -> ipywidgets.IntSlider:
    """Return a slider over whole numbers."""
    return ipywidgets.IntSlider(
        value=value, min=low, max=max(high, value), description=label, style=_LABEL, layout={"width": width}
    )


def choice(label: str, options: Sequence, value: Any, width: str = "auto") -> ipywidgets.Dropdown:
    """Return a dropdown; its options are words, or pairs of a word and a value."""
    return ipywidgets.Dropdown(
        options=list(options), value=value, description=label, style=_LABEL, layout={"width": width}
    )


def tick(label: str, value: bool = False) -> ipywidgets.Checkbox:
    """Return a checkbox."""
    return ipywidgets.Checkbox(value=value, description=label, indent=False, layout={"width": "auto"})


def button(label: str, tooltip: str, primary: bool = False) -> ipywidgets.Button:
    """Return a button with a tooltip."""
    style = "primary" if primary else ""
    return ipywidgets.Button(description=label, tooltip=tooltip, button_style=style, layout={"width": "auto"})


def row(*parts: ipywidgets.Widget) -> ipywidgets.HBox:
    """Return parts side by side, wrapped onto several lines if needed."""
    return ipywidgets.HBox(
        list(parts), layout={"flex_flow": "row wrap", "align_items": "center", "grid_gap": "4px 14px"}
    )
