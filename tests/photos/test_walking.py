"""Folders with links that lead back, folders of the operating system's, and folders that can't be read."""

import os
import shutil

import pytest

from helpers import load_photos
from helpers.photos.names import printable


def used(photos) -> int:
    return sum(map(len, (photos.train, photos.val, photos.test)))


@pytest.mark.parametrize("target", ["..", "../..", "."])
@pytest.mark.parametrize("at", ["daisy", ""])
def test_a_link_to_a_folder_above_is_not_followed(photo_folder, tmp_path, target, at):
    drawn, folder = photo_folder({"daisy": 4, "tulips": 4}), tmp_path / "outer" / "flowers"
    folder.mkdir(parents=True)
    for name in ("daisy", "tulips"):
        shutil.move(drawn / name, folder / name)
    if at and target == ".":
        target = "../../flowers"
    (folder / at / "up").symlink_to(target, target_is_directory=True)
    photos = load_photos(folder, image_size=32)
    assert photos.class_names == ("daisy", "tulips")
    assert used(photos) == 8
    assert photos.skipped == ((folder / at / "up", "a link to a folder that holds all classes"),)


@pytest.mark.parametrize("link", ["daisy/more", "alias"])
def test_a_link_into_another_class_is_not_followed(photo_folder, link):
    folder = photo_folder({"daisy": 4, "tulips": 4})
    (folder / link).symlink_to(folder / "tulips", target_is_directory=True)
    photos = load_photos(folder, image_size=32)
    assert photos.class_names == ("daisy", "tulips")
    assert used(photos) == 8
    assert photos.skipped == ((folder / link, "a link to photos that are in this folder already, elsewhere"),)


def test_the_folder_itself_may_be_a_link(photo_folder, tmp_path_factory):
    link = tmp_path_factory.mktemp("elsewhere") / "link"
    link.symlink_to(photo_folder({"daisy": 4, "tulips": 4}))
    assert used(load_photos(link, image_size=32)) == 8


@pytest.mark.parametrize("name", ["__MACOSX", "@eaDir", "$RECYCLE.BIN", "System Volume Information"])
def test_folders_of_the_operating_system_are_no_classes(photo_folder, name):
    folder = photo_folder({"daisy": 4, "tulips": 4, name: 2})
    shutil.copytree(folder / name, folder / "daisy" / name)
    photos = load_photos(folder, image_size=32)
    assert photos.class_names == ("daisy", "tulips")
    assert used(photos) == 8
    reason = "a folder of the operating system's, not of photos"
    assert set(photos.skipped) == {(folder / name, reason), (folder / "daisy" / name, reason)}


def test_a_sub_folder_that_cannot_be_read_is_named(photo_folder, monkeypatch):
    folder = photo_folder({"daisy": 4, "tulips": 4})
    (folder / "daisy" / "locked").mkdir()
    shutil.move(folder / "daisy" / "daisy_000.png", folder / "daisy" / "locked")
    scan = os.scandir

    def scandir(path):
        if os.fspath(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    photos = load_photos(folder, image_size=32)
    assert used(photos) == 7
    assert photos.skipped == ((folder / "daisy" / "locked", "a folder that can't be read: Permission denied"),)


@pytest.mark.parametrize("locked", ["", "daisy", "tulips"])
def test_a_folder_that_cannot_be_listed_is_told(photo_folder, monkeypatch, locked):
    folder = photo_folder({"daisy": 4, "roses": 4, "tulips": 4})
    lists = {name: getattr(os, name) for name in ("scandir", "listdir")}

    def refusing(name):
        def listed(path="."):
            if os.fspath(path).rstrip("/") == os.fspath(folder / locked):
                raise PermissionError(13, "Permission denied", os.fspath(path))
            return lists[name](path)

        return listed

    for name in lists:
        monkeypatch.setattr(os, name, refusing(name))
    expected = rf"'{folder}', a folder that can't be read" if not locked else rf"'{locked}'.*Skipped there: {locked}: a"
    with pytest.raises(ValueError, match=expected):
        load_photos(folder, image_size=32)


def test_all_small_classes_are_told(photo_folder):
    folder = photo_folder({"daisy": 5, "roses": 1, "tulips": 2})
    (folder / "roses" / "list.jpg").write_text("milk")
    (folder / "empty").mkdir()
    with pytest.raises(ValueError, match=r"each class.*Received: 0 in 'empty', 1 in 'roses', 2 in 'tulips'\. .*list"):
        load_photos(folder, image_size=32)


def test_class_names_can_always_be_stored_and_shown(photo_folder):
    folder = photo_folder({"daisy": 4, "roses": 4, "tulips": 4})
    (folder / "tulips").rename(os.fsdecode(os.fsencode(folder) + b"/fleur_\xe9"))
    (folder / "roses").rename(folder / "a\x1b[2Jb\n")
    photos = load_photos(folder, image_size=32)
    assert photos.class_names == ("a\\x1b[2Jb\\x0a", "daisy", "fleur_\\xe9")
    assert "".join(photos.class_names).encode().decode().isprintable()
    assert repr(photos).isprintable()
    assert used(photos) == 12


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Gänseblümchen 雛菊 🌼.jpg", "Gänseblümchen 雛菊 🌼.jpg"),
        ("\x1b]0;title\x07.jpg", "\\x1b]0;title\\x07.jpg"),
        ("gpj.\u202eexe", "gpj.\\u202eexe"),
        ("line\u2028end\x85", "line\\u2028end\\x85"),
        (os.fsdecode(b"fleur\xe9"), "fleur\\xe9"),
        ("half \ud83d", "half \\ud83d"),
    ],
)
def test_names_as_they_are_shown(name, shown):
    assert printable(name) == shown
    printable(name).encode()
