"""The classes of a photo booth: their names, whether these will do, and how many photos each has."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from helpers.photos.limits import read_file
from helpers.photos.names import printable
from helpers.photos.photo import PhotoError, decode_photo
from helpers.widgets.booth.folder import BoothFolder
from helpers.widgets.booth.names import check_class_name, tidied
from helpers.widgets.pictures import data_url

_SHOWN = 6  # the last photos of each class
_THUMBNAIL = 72  # pixels


@dataclass
class BoothClass:
    """A class on the page.

    Attributes:
        key: Names it, whatever the learner calls it.
        name: What the learner calls it.
        problem: Why its name won't do; empty if it will.
        photos: How many photos are in its folder. Once there are some, its name is fixed.
    """

    key: str
    name: str
    problem: str = ""
    photos: int = 0


class BoothClasses:
    """The classes on the page, those of the folder first.

    Args:
        folder: Where their photos are.
    """

    def __init__(self, folder: BoothFolder) -> None:
        self.folder, self._listed, self._made = folder, [], 0
        self._thumbnails: dict[tuple, str] = {}
        self.look_again()
        while len(self._listed) < 2:
            self.add()

    def __iter__(self) -> Iterator[BoothClass]:
        return iter(self._listed)

    def __getitem__(self, key: str) -> BoothClass:
        """Return the class with a key; raise `KeyError` if it was removed."""
        found = next((each for each in self._listed if each.key == key), None)
        if found is None:
            raise KeyError(f"no class has the key {key!r}; it may have been removed")
        return found

    def look_again(self) -> None:
        """Count the photos in the folder, and list classes that were put there by other means."""
        known = {each.name for each in self._listed}
        for name in self.folder.class_names():
            if name not in known:
                self._listed.append(BoothClass(self._new_key(), name))
        for each in self._listed:
            each.photos = len(self.folder.photos_of(each.name)) if not each.problem else 0

    def add(self, name: str | None = None) -> BoothClass:
        """Add a class, called "Class 3" or so unless it is given a name, and return it."""
        if name is None:
            names = (f"Class {number}" for number in itertools.count(len(self._listed) + 1))
            name = next(each for each in names if not self._problem_of(each))
        added = BoothClass(self._new_key(), tidied(name))
        added.problem = self._problem_of(added.name)
        self._listed.append(added)
        return added

    def rename(self, key: str, name: str) -> None:
        """Give a class another name. One that won't do is kept with the reason; a class with photos keeps its own."""
        renamed = self[key]
        if renamed.photos:
            return
        renamed.name = tidied(name)
        renamed.problem = self._problem_of(renamed.name, but=renamed)
        self._ask_again()
        renamed.photos = 0 if renamed.problem else len(self.folder.photos_of(renamed.name))

    def remove(self, key: str) -> None:
        """Remove a class without photos.

        Raises:
            ValueError: If it has photos: they are never deleted.
        """
        removed = self[key]
        if not removed.problem:
            self.folder.remove_empty(removed.name)
        self._listed.remove(removed)
        self._ask_again()

    def described(self) -> list[dict]:
        """Return what the page needs to know: of each class its `key`, `name`, `problem`, `photos` and `thumbnails`."""
        return [
            vars(each) | {"name": printable(each.name), "thumbnails": self._last_photos(each)} for each in self._listed
        ]

    def _ask_again(self) -> None:
        for each in self._listed:  # a name may have been wrong only because of another one
            if each.problem:
                each.problem = self._problem_of(each.name, but=each)

    def _new_key(self) -> str:
        self._made += 1
        return f"class{self._made}"

    def _problem_of(self, name: str, but: BoothClass | None = None) -> str:
        try:
            check_class_name(name, [each.name for each in self._listed if each is not but])
        except ValueError as error:
            return str(error)
        return ""

    def _last_photos(self, of: BoothClass) -> list[str]:
        if of.problem:
            return []
        drawn = []
        for path in self.folder.photos_of(of.name)[-_SHOWN:]:
            try:
                known = (path, path.stat().st_mtime_ns)
                if known not in self._thumbnails:
                    self._thumbnails[known] = data_url(decode_photo(read_file(path), _THUMBNAIL), quality=75)
                drawn.append(self._thumbnails[known])
            except (PhotoError, OSError):  # training tells which files can't be read
                continue
        return drawn
