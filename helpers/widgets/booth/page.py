"""The part of the photo booth that is on the page: camera, classes, and what the model says."""

from collections.abc import Callable
from pathlib import Path

import anywidget
import traitlets

from helpers.judging.answer import Answer

_HERE = Path(__file__).parent
_SIDE = 320  # pixels of a photo's side: enough for every lesson, and some 25 kB as JPEG
_MOST = 50_000_000  # bytes of a file; a kernel's connection takes no message much larger


def _script() -> str:
    # A widget's script is one module. Its parts are in files of their own, each about one thing.
    parts = ("camera.js", "cards.js", "answer.js", "page.js")
    return "\n".join((_HERE / part).read_text(encoding="utf-8") for part in parts)


class BoothPage(anywidget.AnyWidget):
    """Shows the camera, takes photos while a button is held, and asks about one picture after the other.

    Attributes:
        classes: One dict per class: `key`, `name`, `problem`, `photos`, `thumbnails`.
        answering: Whether there is a model to ask.
        image_size: Pixels of the side of the pictures that it is asked about.
        side: Pixels of the side of the photos that are kept.
        most: How many bytes a file may have.
        folder: Where the photos go, in words.
    """

    _esm = _script()
    _css = (_HERE / "page.css").read_text(encoding="utf-8")
    classes = traitlets.List().tag(sync=True)
    answering = traitlets.Bool(False).tag(sync=True)
    image_size = traitlets.Int(128).tag(sync=True)
    side = traitlets.Int(_SIDE).tag(sync=True)
    most = traitlets.Int(_MOST).tag(sync=True)
    folder = traitlets.Unicode().tag(sync=True)

    def listen(self, **actions: Callable[[dict, bytes], None]) -> None:
        """Call a function with a message and its bytes, by the message's kind."""

        def told(widget: anywidget.AnyWidget, content: dict, buffers: list) -> None:
            action = actions.get(content.get("kind", ""))
            if action is not None:
                action(content, bytes(buffers[0]) if buffers else b"")

        self.on_msg(told)

    def __repr__(self) -> str:
        return f"<BoothPage: {len(self.classes)} classes>"


def described_answer(answer: Answer) -> dict:
    """Return what the page needs to know of an answer: `verdict`, `reason`, `known`, and a pair for each bar."""
    bars = [[name, round(share, 4)] for name, share in answer.probabilities.items()]
    return {"verdict": answer.verdict, "reason": answer.reason, "known": answer.known, "bars": bars}
