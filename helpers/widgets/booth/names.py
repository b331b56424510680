"""Names of classes that become names of folders: which ones will do, on every system."""

import unicodedata
from collections.abc import Iterable

from helpers.photos.parts import part_named

_LONGEST = 60  # characters; a photo's name holds its class's, and a file system takes 255 bytes
_BESIDES = set(" -_")  # what a name may hold besides letters, their marks and digits
# Names that Windows keeps for devices, and folders that no photos are looked for in.
_TAKEN = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
_TAKEN |= {"system volume information"}


def tidied(name: str) -> str:
    """Return a name as it is stored: without spaces around it, each letter in its one usual form."""
    return unicodedata.normalize("NFC", " ".join(name.split()))


def key_of(name: str) -> str:
    """Return what two names share if a file system may take one for the other, such as `Mug` and `mug`."""
    return unicodedata.normalize("NFC", name.casefold())


def check_class_name(name: str, others: Iterable[str] = ()) -> None:
    """Raise `ValueError` unless a name can be a class's and its folder's.

    Args:
        name: What the learner typed, tidied.
        others: Names of the other classes.

    Example:
        >>> check_class_name("my mug", others=["Keys"])
    """
    if not name:
        raise ValueError("Give the class a name.")
    wrong = next((letter for letter in name if letter not in _BESIDES and not _is_letter_or_digit(letter)), None)
    if wrong is not None:
        shown = wrong if wrong.isprintable() else f"the character U+{ord(wrong):04X}"
        raise ValueError(
            "Expected a class name of letters, digits, spaces, hyphens and underscores, since a folder is named after "
            f"it. Received: {shown} in it. Leave that out."
        )
    if not name[0].isalnum():
        raise ValueError(f"Expected a class name that begins with a letter or a digit. Received: '{name}'.")
    if len(name) > _LONGEST or len(name.encode()) > 3 * _LONGEST:
        raise ValueError(f"Expected a class name of at most {_LONGEST} letters. Received: {len(name)}. Shorten it.")
    if key_of(name) in _TAKEN:
        raise ValueError(f"Expected a name that a folder may have on every system. Received: '{name}'. Add a word.")
    if part_named(name):
        raise ValueError(
            f"Expected the name of a class. Received: '{name}', which would count as a part of a divided folder, such "
            "as train or test. Add a word."
        )
    if twin := next((other for other in others if key_of(other) == key_of(name)), None):
        raise ValueError(f"Expected a name that no other class has. Received: '{name}' beside '{twin}'. Change one.")


def _is_letter_or_digit(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LMN"  # M are marks, such as the vowels of Hindi
