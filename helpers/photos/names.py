"""Names of files and folders as text that can be shown and stored: a file system accepts almost any bytes."""

import re
from pathlib import Path

# Control characters, which a terminal obeys; line ends; marks that turn the writing direction; bytes that aren't UTF-8.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(name: str | Path) -> str:
    r"""Return a name in which whatever can't be shown safely is written as an escape such as `\x1b`.

    Args:
        name: Of a file or folder, or a path.

    Returns:
        The same text wherever nothing is wrong with it; in any case valid Unicode.

    Example:
        >>> print(printable("daisy\x1b[2J.jpg"))
        daisy\x1b[2J.jpg
    """
    return _UNSAFE.sub(_escaped, str(name))


def _escaped(found: re.Match[str]) -> str:
    code = ord(found.group())
    if 0xDC80 <= code <= 0xDCFF:  # how Python stands for a byte that isn't UTF-8
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
