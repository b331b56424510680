"""Folders that are divided already, and folders in which it can't be told what is a class."""

import os
import shutil
from collections import Counter

import pytest

from helpers import load_photos
from helpers.photos.parts import part_named, parts_among


@pytest.fixture
def divided(photo_folder, tmp_path):
    """Return a function that draws a divided folder: part to number of photos per class."""

    def draw(parts: dict[str, int], classes=("cats", "dogs"), inside_classes=False):
        drawn = photo_folder({name: sum(parts.values()) for name in classes})
        folder = tmp_path / "divided"
        for name in classes:
            files = iter(sorted((drawn / name).iterdir()))
            for part, count in parts.items():
                place = folder / name / part if inside_classes else folder / part / name
                place.mkdir(parents=True)
                for _ in range(count):
                    shutil.move(next(files), place)
        return folder

    return draw


def parts_of(split, depth=1) -> set[str]:
    return {path.parents[depth].name for path in split.paths}


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("train", "train"), ("Training", "train"), ("TRAIN", "train"), ("training_set", "train"),
        ("train2017", "train"), ("trainset", "train"), ("seg_train", "train"), ("val", "val"), ("valid", "val"),
        ("Validation", "val"), ("dev", "val"), ("test", "test"), ("Testing", "test"),
        ("test-images", "test"), ("evaluation", "test"), ("TrainImages", "train"), ("traindata", "train"),
        ("x_train", "train"), ("train_dir", "train"), ("dev2017", "val"),
        ("devv2", "val"), ("valset", "val"), ("TestTubes", None), ("asl_train", None),
        ("tulips", None), ("train station", None), ("test tubes", None), ("trains", None), ("", None), ("trainé", None),
    ],
)  # fmt: skip
def test_spellings_of_the_parts(name, part):
    assert part_named(name) == part


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        (["asl_train", "asl_test"], {"asl_train": "train", "asl_test": "test"}),
        (["Training Cats", "val cats", "notes"], {"Training Cats": "train", "val cats": "val"}),
        (["test tubes", "flasks"], {}),
        (["test tubes", "train station"], {}),
        (["train", "asl_test"], {"train": "train"}),
        (["train_a", "train_b"], {}),
        (["trainv2", "test_v1"], {"trainv2": "train", "test_v1": "test"}),
        (["test_train_1", "test_test_1"], {}),
    ],
)  # fmt: skip
def test_names_that_differ_in_the_part_alone(names, parts):
    assert parts_among(names) == parts


@pytest.mark.parametrize(
    "names",
    [
        ("train", "val", "test"), ("Training", "Validation", "Testing"), ("TrainImages", "valdata", "x_test"),
        ("asl_alphabet_train", "asl_alphabet_val", "asl_alphabet_test"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("inside_classes", [False, True])
def test_a_folder_that_is_divided_keeps_its_split(divided, names, inside_classes):
    folder = divided(dict(zip(names, (7, 3, 4), strict=True)), inside_classes=inside_classes)
    photos = load_photos(folder, image_size=32)
    assert photos.class_names == ("cats", "dogs")
    assert photos.parts == ("train", "val", "test")
    assert [len(split) for split in (photos.train, photos.val, photos.test)] == [14, 6, 8]
    for split, name in zip((photos.train, photos.val, photos.test), names, strict=True):
        assert parts_of(split, depth=0 if inside_classes else 1) == {name}
        labels = [photos.class_names[label] for label in split.labels]
        assert labels == [path.parents[1 if inside_classes else 0].name for path in split.paths]
    assert "14 train, 6 val, 8 test (train, val, test as in the folder)" in repr(photos)


def test_seed_and_limit_work_on_a_divided_folder(divided):
    folder = divided({"train": 12, "val": 3, "test": 3})
    sets = [load_photos(folder, image_size=32, per_class=limit) for limit in (2, 5, None)]
    assert [Counter(photos.train.labels.tolist()) for photos in sets] == [{0: 2, 1: 2}, {0: 5, 1: 5}, {0: 12, 1: 12}]
    assert set(sets[0].train.paths) < set(sets[1].train.paths)
    assert sets[2].with_per_class(5).fingerprint == sets[1].fingerprint
    other = load_photos(folder, image_size=32, seed=1)
    assert other.train.paths != sets[2].train.paths
    assert set(other.train.paths) == set(sets[2].train.paths)


def test_without_val_it_is_taken_from_the_training_photos(divided):
    folder = divided({"train": 16, "test": 5})
    photos = load_photos(folder, image_size=32)
    assert [len(split) for split in (photos.train, photos.val, photos.test)] == [24, 8, 10]
    assert (parts_of(photos.train), parts_of(photos.val), parts_of(photos.test)) == ({"train"}, {"train"}, {"test"})
    assert "(train, test as in the folder)" in repr(photos)
    half = load_photos(folder, image_size=32, split=(0.4, 0.4, 0.2))
    assert [len(split) for split in (half.train, half.val, half.test)] == [16, 16, 10]


def test_without_test_there_is_none(divided):
    photos = load_photos(divided({"train": 6, "val": 3}), image_size=32)
    assert [len(split) for split in (photos.train, photos.val, photos.test)] == [12, 6, 0]


def test_a_split_that_the_folder_leaves_no_room_for_is_told(divided):
    folder = divided({"train": 4, "val": 2, "test": 2})
    with pytest.raises(ValueError, match=r"no split for a folder that is divided into train, val, test"):
        load_photos(folder, image_size=32, split=(0.8, 0.1, 0.1))


def test_a_copy_in_two_parts_stays_in_test_or_else_in_val(divided):
    folder = divided({"train": 6, "val": 3, "test": 3})
    in_test, in_val = sorted((folder / "test" / "cats").iterdir())[0], sorted((folder / "val" / "dogs").iterdir())[0]
    shutil.copy(in_test, folder / "train" / "cats" / "copy1.png")
    shutil.copy(in_test, folder / "val" / "cats" / "copy2.png")
    shutil.copy(in_val, folder / "train" / "dogs" / "copy3.png")
    photos = load_photos(folder, image_size=32)
    assert {path.name: reason for path, reason in photos.skipped} == {
        "copy1.png": "the same photo is in test, so it is left out of train",
        "copy2.png": "the same photo is in test, so it is left out of val",
        "copy3.png": "the same photo is in val, so it is left out of train",
    }
    assert [len(split) for split in (photos.train, photos.val, photos.test)] == [12, 6, 6]


def test_groups_in_two_parts_are_told_and_others_are_kept_together(divided):
    folder = divided({"train": 12, "test": 4})
    with pytest.raises(ValueError, match=r"group 'cats' in test and train"):
        load_photos(folder, image_size=32, groups=lambda path: path.parts[1])

    def shots(path):
        return (*path.parts[:2], int(path.stem.split("_")[1]) // 3)

    photos = load_photos(folder, image_size=32, groups=shots)
    names = [{shots(path.relative_to(folder)) for path in split.paths} for split in (photos.train, photos.val)]
    assert names[0]
    assert names[1]
    assert not names[0] & names[1]


def test_a_class_that_a_part_lacks_is_told(divided):
    folder = divided({"train": 4, "val": 2, "test": 2}, classes=("birds", "cats", "dogs"))
    shutil.rmtree(folder / "val" / "birds")
    with pytest.raises(ValueError, match=r"same classes in train, val, test of .*no 'birds' in val"):
        load_photos(folder, image_size=32)


def test_a_part_without_a_readable_photo_of_a_class_is_told(divided):
    folder = divided({"train": 4, "test": 1})
    for path in (folder / "test" / "dogs").iterdir():
        path.write_bytes(b"milk")
    with pytest.raises(ValueError, match=r"each class in each part.*none of 'dogs' in test.*whatever its name says"):
        load_photos(folder, image_size=32)


def test_only_val_and_test_are_told(divided):
    with pytest.raises(ValueError, match=r"a part to train on.*test and val only"):
        load_photos(divided({"val": 4, "test": 2}), image_size=32)


def test_two_folders_for_one_part_are_told(divided):
    with pytest.raises(ValueError, match="two mean the same"):
        load_photos(divided({"train": 4, "Training": 4, "test": 2}), image_size=32)


@pytest.mark.parametrize("name", ["annotations", "seg_pred"])
def test_another_folder_beside_the_parts_is_told(divided, name):
    folder = divided({"train": 4, "val": 2, "test": 2})
    (folder / name).mkdir()
    with pytest.raises(ValueError, match=rf"'test', 'train', 'val' would be parts .* which '{name}' would not be"):
        load_photos(folder, image_size=32)


def test_a_part_whose_photos_have_no_classes_is_told(divided, photo_folder):
    folder = divided({"train": 4})
    shutil.copytree(folder / "train" / "cats", folder / "test")
    with pytest.raises(ValueError, match=r"'train' would be a part .* which 'test' would not be"):
        load_photos(folder, image_size=32)


def test_parts_that_hold_photos_without_classes_are_not_taken_for_classes(photo_folder):
    with pytest.raises(ValueError, match=r"named like the parts .* without classes.*labels="):
        load_photos(photo_folder({"train": 6, "test": 4}), image_size=32)


def test_a_class_may_be_called_train(photo_folder):
    photos = load_photos(photo_folder({"train": 5, "bus": 5}), image_size=32)
    assert (photos.class_names, photos.parts) == (("bus", "train"), ())


@pytest.mark.parametrize(
    ("train", "test"), [("flowers_train", "flower_test"), ("train_augmented", "test_original"), ("a_train", "test_a_b")]
)
def test_parts_whose_names_differ_in_more_are_not_taken_for_classes(divided, train, test):
    folder = divided({train: 4, test: 2})
    with pytest.raises(
        ValueError,
        match=rf"'{min(train, test)}', '{max(train, test)}' hold the same sub-folders\. Call them train, val and",
    ):
        load_photos(folder, image_size=32)


def test_classes_may_have_words_of_parts_in_their_names(photo_folder):
    folder = photo_folder({"test tubes": 5, "train stations": 5, "flasks": 5})
    for name in ("old", "new"):
        (folder / "test tubes" / name).mkdir()
    photos = load_photos(folder, image_size=32)
    assert (photos.class_names, photos.parts) == (("flasks", "test tubes", "train stations"), ())


def test_stray_photos_do_not_make_parts_classes(divided, photo_folder):
    folder = divided({"train": 4, "test": 2})
    for part in ("train", "test"):
        shutil.copy(next((folder / part / "cats").iterdir()), folder / part / "sample.png")
    shutil.copytree(folder / "train" / "cats", folder / "seg_pred")
    with pytest.raises(ValueError, match=r"'test', 'train' would be parts .* which 'seg_pred' would not be"):
        load_photos(folder, image_size=32)


def test_a_part_that_cannot_be_listed_is_told(divided, monkeypatch):
    folder = divided({"train": 4, "val": 2, "test": 2})
    lists = {name: getattr(os, name) for name in ("listdir", "scandir")}  # which of them pathlib asks has changed

    def refusing(name):
        def listed(path="."):
            if os.fspath(path).endswith("val"):
                raise PermissionError(13, "Permission denied", os.fspath(path))
            return lists[name](path)

        return listed

    for name in lists:
        monkeypatch.setattr(os, name, refusing(name))
    with pytest.raises(ValueError, match=r"/val', a folder that can't be read: Permission denied\. Check"):
        load_photos(folder, image_size=32)


def test_folders_that_are_left_out_beside_parts_are_named(divided):
    folder = divided({"train": 4, "test": 2}, inside_classes=True)
    (folder / "cats" / "__MACOSX").mkdir()
    skipped = load_photos(folder, image_size=32).skipped
    assert skipped == ((folder / "cats" / "__MACOSX", "a folder of the operating system's, not of photos"),)


def test_files_beside_the_parts_of_a_class_are_skipped_and_named(divided):
    folder = divided({"train": 4, "val": 2, "test": 2}, inside_classes=True)
    shutil.copy(next((folder / "cats" / "train").iterdir()), folder / "cats" / "cover.png")
    (folder / "dogs" / "readme.txt").write_text("four dogs")
    photos = load_photos(folder, image_size=32)
    assert [len(split) for split in (photos.train, photos.val, photos.test)] == [8, 4, 4]
    assert {(path.name, reason) for path, reason in photos.skipped} == {
        ("cover.png", "is outside train, val and test"),
        ("readme.txt", "is outside train, val and test"),
    }


@pytest.mark.parametrize("without", ["cats", "dogs"])
def test_a_class_without_the_parts_of_the_others_is_told(divided, without):
    folder = divided({"train": 4, "test": 2}, inside_classes=True)
    for part in ("train", "test"):
        for path in (folder / without / part).iterdir():
            shutil.move(path, folder / without)
        (folder / without / part).rmdir()
    with pytest.raises(ValueError, match=rf"has parts of a divided set, but '{without}' has no such parts\. Divide"):
        load_photos(folder, image_size=32)


def test_other_folders_beside_the_parts_of_a_class_are_told(divided):
    folder = divided({"train": 4, "test": 2}, inside_classes=True)
    (folder / "dogs" / "unsorted").mkdir()
    with pytest.raises(ValueError, match=r"'cats' has parts of a divided set, but 'dogs' has other folders, too\."):
        load_photos(folder, image_size=32)


def test_a_class_may_have_a_sub_folder_called_train(photo_folder):
    folder = photo_folder({"rail": 4, "road": 4})
    (folder / "rail" / "train").mkdir()
    shutil.move(folder / "rail" / "rail_000.png", folder / "rail" / "train")
    assert load_photos(folder, image_size=32).parts == ()


@pytest.mark.parametrize("within", ["flowers", "archive/flowers"])
def test_a_folder_around_the_classes_is_named(photo_folder, tmp_path, within):
    drawn, outer = photo_folder({"daisy": 3, "tulips": 3}), tmp_path / "outer"
    (outer / within).mkdir(parents=True)
    for name in ("daisy", "tulips"):
        shutil.move(drawn / name, outer / within / name)
    name = within.split("/")[0]
    with pytest.raises(ValueError, match=rf"one class only, '{name}'.*inside it, pass '{outer}/{within}'\."):
        load_photos(outer, image_size=32)


def test_a_folder_around_the_parts_is_named(divided, tmp_path):
    folder = divided({"train": 4, "test": 2})
    (tmp_path / "outer").mkdir()
    shutil.move(folder, tmp_path / "outer" / "dataset")
    with pytest.raises(ValueError, match=rf"one class only, 'dataset'.*inside it, pass '{tmp_path}/outer/dataset'"):
        load_photos(tmp_path / "outer", image_size=32)


@pytest.mark.parametrize(
    ("outer", "inner"), [("seg_train", "seg_train"), ("training_set", "training"), ("data", "data")]
)
def test_a_part_within_a_folder_of_its_name_is_found(divided, outer, inner):
    folder = divided({"train": 4, "test": 2})
    for part in ("train", "test"):
        place = folder / outer.replace("train", part).replace("data", f"{part}-data")
        place.mkdir(exist_ok=True)
        shutil.move(folder / part, place / inner.replace("train", part).replace("data", f"{part}-data"))
        (place / "readme.txt").write_text("cats and dogs")
    photos = load_photos(folder, image_size=32)
    assert (photos.class_names, photos.parts) == (("cats", "dogs"), ("train", "test"))
    assert [len(split) for split in (photos.train, photos.val, photos.test)] == [6, 2, 4]
    assert [(path.name, reason) for path, reason in photos.skipped] == [
        ("readme.txt", "is outside the class folders"),
    ] * 2


def test_files_of_a_divided_folder_outside_its_classes_are_named(divided):
    folder = divided({"train": 4, "test": 2})
    (folder / "test" / "readme.txt").write_text("four cats")
    shutil.copy(next((folder / "train" / "cats").iterdir()), folder / "train" / "stray.png")
    skipped = load_photos(folder, image_size=32).skipped
    assert {(path.name, reason) for path, reason in skipped} == {
        ("readme.txt", "is outside the class folders"),
        ("stray.png", "is outside the class folders"),
    }
