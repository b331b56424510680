"""Figures and photos as HTML: drawings that follow the page's theme, and images with a text alternative."""

import base64
import html
import io
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from helpers import plots

_one_at_a_time = threading.Lock()
# Colours of `plots` and the page's own, which differ between a light and a dark theme (look.css).
_THEMED = {
    "#000000": "currentColor",
    "#ffffff": "var(--graft-paper)",
    plots.DARK: "var(--graft-dark)",
    plots.MIDDLE: "var(--graft-middle)",
    plots.LIGHT: "var(--graft-light)",
}


def drawing(figure: Figure, text: str) -> str:
    """Return a figure as SVG for the page: sharp at any zoom, in the colours of the page's theme.

    Args:
        figure: A matplotlib figure made without pyplot.
        text: What a reader who can't see it needs to know.
    """
    file = io.StringIO()
    with _settings():
        figure.savefig(file, format="svg", transparent=True, bbox_inches="tight", metadata={"Date": None})
    svg = file.getvalue()[file.getvalue().index("<svg") :]
    # Its style would apply to the whole page.
    svg = re.sub(r"<(metadata|defs)>\s*<(rdf|style).*?</\1>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px; font-family: inherit", svg)
    for colour, themed in _THEMED.items():
        svg = svg.replace(colour, themed)
    svg = re.sub(r"<text ", '<text fill="currentColor" ', svg)
    label = html.escape(text, quote=True)
    return svg.replace("<svg ", f'<svg class="graft-drawing" role="img" aria-label="{label}" ', 1)


@contextmanager
def _settings() -> Iterator[None]:
    # matplotlib's settings are shared by all threads. So draw one figure at a time, and restore only what is set here:
    # restoring everything would undo what a cell changes while a training run draws.
    wanted: dict[Any, str] = {"svg.fonttype": "none", "svg.hashsalt": "graft"}
    with _one_at_a_time:
        before = {name: matplotlib.rcParams[name] for name in wanted}
        matplotlib.rcParams.update(wanted)
        try:
            yield
        finally:
            matplotlib.rcParams.update(before)


def data_url(image: np.ndarray, quality: int = 85) -> str:
    """Return a photo or a map as a data URL.

    Args:
        image: `uint8` of shape `(height, width, 3)` or `(height, width)`.
        quality: Of WebP.
    """
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(image)).save(file, format="webp", quality=quality)
    return f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"


def photo(image: np.ndarray, text: str, side: int = 128) -> str:
    """Return a photo as HTML with a text alternative."""
    return f'<img class="graft-photo" width="{side}" alt="{html.escape(text, quote=True)}" src="{data_url(image)}">'


def table(rows: list[dict], caption: str, marked: int | None = None) -> str:
    """Return rows as an HTML table; the keys of the first are its header.

    Args:
        rows: Dicts with the same keys.
        caption: What the table shows.
        marked: Index of a row to highlight.
    """
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{html.escape(str(name))}</th>' for name in rows[0])
    body = "".join(
        f"<tr{' class=graft-marked' if number == marked else ''}>"
        + "".join(f"<td>{html.escape(str(value))}</td>" for value in row.values())
        + "</tr>"
        for number, row in enumerate(rows)
    )
    caption = html.escape(caption)
    return f'<table class="graft-table"><caption>{caption}</caption><tr>{head}</tr>{body}</table>'


def side_by_side(*entries: tuple[np.ndarray, str, str], side: int = 160) -> str:
    """Return pictures side by side as HTML: each a picture, its caption, and its text alternative."""
    figures = "".join(
        f'<figure style="width:{side}px">'
        f"{photo(image, alt, side)}<figcaption>{html.escape(caption)}</figcaption></figure>"
        for image, caption, alt in entries
    )
    return f'<div class="graft-pair">{figures}</div>'


def colour_scale(colours: Sequence[str], low: str, high: str) -> str:
    """Return a bar with the colours of a heat map as HTML, and what its two ends mean."""
    bar = f'<i style="background:linear-gradient(to right,{",".join(colours)})"></i>'
    return f'<p class="graft-scale"><span>{html.escape(low)}</span>{bar}<span>{html.escape(high)}</span></p>'


def probability_bars(names: Sequence[str], probabilities: np.ndarray) -> str:
    """Return probabilities as HTML bars, each with its number."""
    rows = "".join(
        f'<span>{html.escape(name)}</span><i style="width:{160 * float(value):.0f}px"></i><span>{value:.2f}</span>'
        for name, value in zip(names, probabilities, strict=True)
    )
    return f'<div class="graft-bar">{rows}</div>'
