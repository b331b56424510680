"""A button that copies code."""

from pathlib import Path

import anywidget
import traitlets

from helpers.widgets.frame import STYLE


class CodeButton(anywidget.AnyWidget):
    """Copies `code` to the clipboard when pressed, and shows it.

    Attributes:
        code: What is copied.
        label: The text on the button.
    """

    _esm = Path(__file__).with_name("code.js")
    _css = STYLE
    code = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode("Copy as code").tag(sync=True)

    def __repr__(self) -> str:
        return f"<CodeButton: {len(self.code.splitlines())} lines>"
