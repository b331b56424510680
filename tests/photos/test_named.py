"""What stands for photos on a command line: a file, a folder, a pattern."""

import os

import pytest

from helpers.photos.named import photo_files


@pytest.fixture
def garden(photo_folder):
    folder = photo_folder({"daisy": 2, "tulips": 1})
    (folder / "daisy" / "note.txt").touch()
    (folder / "daisy" / ".hidden").mkdir()
    (folder / "daisy" / ".hidden" / "no.jpg").touch()
    (folder / "tulips" / "PHONE.HEIC").touch()
    return folder


def names(found) -> list[str]:
    files, refused = found
    assert not refused
    return [path.name for path in files]


def test_a_folder_stands_for_all_photos_below_it(garden):
    assert names(photo_files(garden)) == ["daisy_000.png", "daisy_001.png", "PHONE.HEIC", "tulips_000.png"]


def test_a_pattern_stands_for_the_photos_that_match(garden):
    assert names(photo_files(f"{garden}/*/*0.png")) == ["daisy_000.png", "tulips_000.png"]
    assert names(photo_files(f"{garden}/**/*")) == ["daisy_000.png", "daisy_001.png", "PHONE.HEIC", "tulips_000.png"]
    assert names(photo_files(f"{garden}/daisy/daisy_00[01].png")) == ["daisy_000.png", "daisy_001.png"]


def test_a_file_is_taken_as_it_is_named(garden):
    assert photo_files(garden / "none.jpg") == ([garden / "none.jpg"], [])
    odd = garden / "daisy[1].png"
    odd.touch()
    assert photo_files(odd) == ([odd], [])
    assert photo_files(garden / "daisy" / "note.txt") == ([garden / "daisy" / "note.txt"], [])


def test_a_folder_that_cannot_be_read_is_named(garden, monkeypatch):
    scan = os.scandir

    def scandir(path):
        if os.fspath(path).endswith("daisy"):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    refused = [(garden / "daisy", "a folder that can't be read: Permission denied")]
    assert photo_files(garden) == ([garden / "tulips" / "PHONE.HEIC", garden / "tulips" / "tulips_000.png"], refused)
    assert photo_files(garden / "daisy") == ([], refused)


def test_nothing_is_told(garden):
    (garden / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match=r"Expected photos. Received: '.*empty', a folder without photos"):
        photo_files(garden / "empty")
    with pytest.raises(FileNotFoundError, match=r"Received: '.*\*\.jpg', a pattern that matches no photo"):
        photo_files(f"{garden}/*.jpg")


@pytest.mark.parametrize("named", ["x" * 5000, "a\0b", ""])
def test_what_can_be_no_path_is_told(named):
    with pytest.raises(ValueError, match=r"^Expected photos to be a path\. Received: .{,120}$"):
        photo_files(named)
