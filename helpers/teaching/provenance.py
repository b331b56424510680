"""What a lesson's outputs were made with: versions, what "auto" stood for, and the code that gave them."""

import hashlib
from collections.abc import Mapping

from helpers import config
from helpers.photos import sources


def record(lesson: Mapping) -> dict:
    """Return what a lesson's outputs would depend on if it ran here and now with its own parameters.

    Args:
        lesson: A notebook, as `nbformat` reads it.

    Returns:
        `"versions"`; `"auto"`, what that word means for each parameter that may say it; and `"code"`, a digest of the
        lesson's code cells. It holds neither time nor path: stored twice, it is the same.

    Example:
        >>> record(nbformat.read("notebooks/03_replace_the_head.ipynb", 4))["auto"]
        {'SOURCE': 'bundled', 'BASE': 'EfficientNetLite0', 'BASE_WEIGHTS': 'imagenet'}
    """
    return {"versions": config.versions(), "auto": _what_auto_means(), "code": code_digest(lesson)}


def code_digest(lesson: Mapping) -> str:
    """Return a short digest that changes whenever a code cell of a lesson does."""
    code = "\0".join(cell["source"] for cell in lesson["cells"] if cell["cell_type"] == "code")
    return hashlib.sha256(code.encode()).hexdigest()[:16]


def _what_auto_means() -> dict[str, str]:
    asked = {
        "SOURCE": lambda: sources.find_photos().name,
        "BASE": lambda: _base()[0],
        "BASE_WEIGHTS": lambda: _base()[1],
    }
    meant = {}
    for name, ask in asked.items():
        try:
            answer = ask()
        except (OSError, ValueError):  # GRAFT_SOURCE may name what isn't there
            answer = None
        # The path of the reader's own file is private.
        told = name == "BASE" or answer in ("bundled", "photos", "imagenet")
        meant[name] = answer if answer and told else "another"
    return meant


def _base() -> tuple[str, str | None]:
    from helpers.network.base import which_base  # loads Keras

    return which_base("auto", "auto")
