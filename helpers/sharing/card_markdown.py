"""Text as Markdown that is only text: nothing in it can become a table's edge, a tag or a link."""

import re
from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; every cell is plain text."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(plain(str(cell)) for cell in line) + " |" for line in lines)


def bullets(texts: Iterable[str]) -> str:
    """Return a Markdown list; whatever comes from the user must be made plain beforehand."""
    return "\n".join(f"- {text}" for text in texts)


def plain(text: str) -> str:
    """Return any text, such as the name of a class, on one line and without Markdown's signs."""
    return re.sub(r"[\\`*\[\]<>|]|\b_|_\b", r"\\\g<0>", " ".join(text.split()))


def names(listed: Iterable[str]) -> str:
    """Return several names with commas between them."""
    return ", ".join(map(plain, listed))
