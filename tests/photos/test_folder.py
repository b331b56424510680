"""A folder of photos: what is read, what is refused and why, and what a mistake is told."""

import os
import shutil

import numpy as np
import pytest
from PIL import Image

from helpers import load_photos


def test_everything_that_is_not_used_is_named_with_its_reason(photo_folder):
    folder = photo_folder({"daisy": 5, "tulips": 5})
    (folder / "daisy" / "list.jpg").write_text("milk")
    (folder / "daisy" / "empty.png").touch()
    (folder / "tulips" / "notes.txt").write_text("taken in May")
    (folder / "LICENSE.txt").write_text("CC-BY")
    (folder / "tulips" / ".hidden").mkdir()
    (folder / "tulips" / ".hidden" / "x.png").write_bytes((folder / "tulips" / "tulips_000.png").read_bytes())
    os.mkfifo(folder / "daisy" / "pipe.jpg")
    photos = load_photos(folder, image_size=32)
    reasons = {path.name: reason for path, reason in photos.skipped}
    assert set(reasons) == {"list.jpg", "empty.png", "notes.txt", "LICENSE.txt", "pipe.jpg"}
    assert "whatever its name says" in reasons["list.jpg"]
    assert "empty" in reasons["empty.png"]
    assert "'.txt'" in reasons["notes.txt"]
    assert "outside the class folders" in reasons["LICENSE.txt"]
    assert "ordinary file" in reasons["pipe.jpg"]
    assert len(photos.train) + len(photos.val) + len(photos.test) == 10


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_skipped(photo_folder):
    folder = photo_folder({"daisy": 5, "tulips": 5})
    (folder / "daisy" / "daisy_000.png").chmod(0)
    assert [reason for _, reason in load_photos(folder, image_size=32).skipped] == ["Permission denied"]


def test_sub_folders_of_a_class_belong_to_it(photo_folder):
    folder = photo_folder({"daisy": 4, "tulips": 4})
    (folder / "daisy" / "spring").mkdir()
    shutil.move(folder / "daisy" / "daisy_000.png", folder / "daisy" / "spring" / "first.png")
    photos = load_photos(folder, image_size=32)
    assert photos.class_names == ("daisy", "tulips")
    assert sum(len(split) for split in (photos.train, photos.val, photos.test)) == 8


def test_links_to_folders_are_followed_and_never_in_a_circle(photo_folder, tmp_path_factory):
    folder, elsewhere = photo_folder({"daisy": 4, "tulips": 4}), tmp_path_factory.mktemp("elsewhere")
    shutil.move(folder / "daisy" / "daisy_000.png", elsewhere / "far.png")
    (folder / "daisy" / "more").symlink_to(elsewhere)
    (folder / "daisy" / "back").symlink_to(folder / "daisy")
    (folder / "tulips" / "gone.png").symlink_to(folder / "nowhere.png")
    photos = load_photos(folder, image_size=32)
    assert sum(len(split) for split in (photos.train, photos.val, photos.test)) == 8
    assert [path.name for path, _ in photos.skipped] == ["gone.png"]


def test_names_in_any_encoding(photo_folder):
    folder = photo_folder({"daisy": 4, "tulips": 4})
    (folder / "tulips").rename(os.fsdecode(os.fsencode(folder) + b"/fleur_\xe9"))
    (folder / "daisy" / "daisy_000.png").rename(folder / "daisy" / "Gänseblümchen 雛菊.png")
    assert len(load_photos(folder, image_size=32).class_names) == 2


def test_one_file_in_two_classes_is_refused_in_both(photo_folder):
    folder = photo_folder({"daisy": 5, "tulips": 5})
    shutil.copy(folder / "daisy" / "daisy_000.png", folder / "tulips" / "copy.png")
    photos = load_photos(folder, image_size=32)
    assert {path.name for path, _ in photos.skipped} == {"daisy_000.png", "copy.png"}
    assert all("several classes: daisy, tulips" in reason for _, reason in photos.skipped)
    assert sum(len(split) for split in (photos.train, photos.val, photos.test)) == 9


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"one sub-folder of photos per class.*does not exist"):
        load_photos(tmp_path / "nowhere")


def test_a_file_in_place_of_a_folder_is_told(tmp_path):
    (tmp_path / "photo.jpg").touch()
    with pytest.raises(ValueError, match="which is a file"):
        load_photos(tmp_path / "photo.jpg")


def test_an_empty_folder_is_told(tmp_path):
    with pytest.raises(ValueError, match="no sub-folder"):
        load_photos(tmp_path)


def test_a_single_class_is_told(photo_folder):
    with pytest.raises(ValueError, match=r"at least two.*one class only, 'daisy'"):
        load_photos(photo_folder({"daisy": 5}))


def test_a_class_without_readable_photos_is_told_with_the_reasons(photo_folder):
    folder = photo_folder({"daisy": 5, "tulips": 2})
    (folder / "tulips" / "list.jpg").write_text("milk")
    with pytest.raises(ValueError, match=r"class 'tulips'.*Received: 2\. .*Skipped there: list\.jpg"):
        load_photos(folder, image_size=32)


def test_a_folder_without_a_single_readable_photo_is_told_with_the_reasons(photo_folder):
    folder = photo_folder({"daisy": 3, "tulips": 3})
    for path in folder.rglob("*.png"):
        path.write_text("version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(ValueError, match=r"3 different readable .*0 in 'daisy', 0 in 'tulips'.*whatever its name says"):
        load_photos(folder, image_size=32)


def test_pictures_of_one_colour_are_loaded(photo_folder):
    folder = photo_folder({"black": 4, "white": 4})
    for number, path in enumerate(sorted(folder.rglob("*.png"))):
        Image.new("L", (40, 40), number * 30).save(path)
    photos = load_photos(folder, image_size=32)
    assert sum(len(split) for split in (photos.train, photos.val, photos.test)) == 8


@pytest.mark.parametrize("twin", [True, False])
def test_two_classes_that_look_the_same_are_told(photo_folder, twin):
    composed, decomposed = "ros\u00e9", "rose\u0301"  # as Macs write it
    folder = photo_folder({"daisy": 4, decomposed: 4})
    if not twin:
        assert load_photos(folder, image_size=32).class_names == ("daisy", composed)
        return
    (folder / "daisy").rename(folder / composed)
    if len(list(folder.iterdir())) < 2:
        pytest.skip("this file system takes both for one name")
    with pytest.raises(ValueError, match=r"where two look the same\. Rename one"):
        load_photos(folder, image_size=32)


def test_photos_are_never_changed(photo_folder):
    folder = photo_folder({"daisy": 4, "tulips": 4})
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*.png")}
    photos = load_photos(folder, image_size=32)
    list(photos.train.batches(2, augment=True, seed=0))
    assert {
        path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()
    } == before
    with pytest.raises(ValueError, match="read-only"):
        photos.train.images()[0, 0, 0, 0] = 1


def test_labels_and_pixels_belong_to_their_paths(photo_folder):
    from helpers import read_photo

    photos = load_photos(photo_folder({"daisy": 6, "roses": 6, "tulips": 6}), image_size=32)
    for split in (photos.train, photos.val, photos.test):
        assert [photos.class_names[label] for label in split.labels] == [path.parent.name for path in split.paths]
        assert np.array_equal(split.images(), [read_photo(path, 32) for path in split.paths])
