"""A place on the page to drop a photo on."""

from collections.abc import Callable
from pathlib import Path

import anywidget
import traitlets

from helpers.widgets.frame import STYLE

_MOST = 50_000_000  # bytes; a kernel's connection takes no message much larger


class DropZone(anywidget.AnyWidget):
    """Tells when a file is dropped on it, and hands over its bytes.

    Attributes:
        label: What to do.
        most: How many bytes a file may have.
    """

    _esm = Path(__file__).with_name("drop_zone.js")
    _css = STYLE
    label = traitlets.Unicode("or drop a photo here").tag(sync=True)
    most = traitlets.Int(_MOST).tag(sync=True)

    def on_drop(self, action: Callable[[bytes, str], None]) -> None:
        """Call a function with the bytes and the name of each file that is dropped."""

        def told(widget: anywidget.AnyWidget, content: dict, buffers: list) -> None:
            if content.get("kind") == "dropped" and buffers:
                action(bytes(buffers[0]), str(content.get("name", "the photo")))

        self.on_msg(told)

    def __repr__(self) -> str:
        return f"<DropZone: {self.label}>"
