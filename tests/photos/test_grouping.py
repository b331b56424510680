"""Photos that belong together stay on one side of the split."""

import itertools
import re
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from helpers import Recipe, load_photos
from helpers.photos.folder import ReadPhoto
from helpers.photos.grouping import kept_together
from helpers.photos.splitting import deal_out


def drawn(seed: int, label: str, photos: int, groups: int, contents: int | None = None) -> list[ReadPhoto]:
    """Return photos that were never on disk: each of a random group or of none, some of them copies."""
    rng = np.random.default_rng(seed)
    names = [f"{label} {number}" for number in range(groups)] + [None]
    return [
        ReadPhoto(
            Path(label) / f"{number}.jpg",
            label,
            f"{label} {rng.integers(contents) if contents else number}",
            None,
            names[rng.integers(len(names))],
        )
        for number in range(photos)
    ]


def dealt(photos, seed=0, per_class=None, split=(0.6, 0.2, 0.2)):
    return deal_out(photos, tuple(sorted({photo.label for photo in photos})), split, seed, per_class, [])


def plant_of(path: Path) -> str:
    """Group photos `daisy/daisy_000.png` and up by four: four shots of each plant."""
    return f"{path.parent.name} {int(path.stem.split('_')[1]) // 4}"


def plants(split) -> set[str]:
    return {plant_of(path) for path in split.paths}


@pytest.mark.parametrize("seed", range(30))
def test_no_group_and_no_content_stands_on_two_sides(seed):
    photos = drawn(seed, "a", photos=60, groups=8, contents=300) + drawn(seed, "b", photos=40, groups=15, contents=300)
    sides = dealt(photos, seed)
    assert sorted(map(id, itertools.chain(*sides))) == sorted(map(id, photos)), "each photo once"
    for one, other in itertools.combinations(sides, 2):
        assert not {photo.digest for photo in one} & {photo.digest for photo in other}
        assert not {photo.group for photo in one} & {photo.group for photo in other} - {None}
    for side, label in itertools.product(sides, "ab"):
        assert any(photo.label == label for photo in side)


@pytest.mark.parametrize("seed", range(30))
def test_what_stays_together_is_what_is_connected(seed):
    photos = drawn(seed, "a", photos=40, groups=12, contents=50)
    linked = [
        (row, column)
        for (row, one), (column, other) in itertools.product(enumerate(photos), repeat=2)
        if one.digest == other.digest or (one.group is not None and one.group == other.group)
    ]
    graph = coo_array((np.ones(len(linked)), np.transpose(linked)), shape=(len(photos), len(photos)))
    parts = connected_components(graph)[1]
    expected = {frozenset(photo.path for photo, part in zip(photos, parts, strict=True) if part == p) for p in parts}
    assert {frozenset(photo.path for photo in together) for together in kept_together(photos)} == expected
    assert len({len(together) for together in kept_together(photos)}) > 1, "the test needs lists of several lengths"


@pytest.mark.parametrize("seed", range(30))
def test_the_sides_are_about_as_large_as_asked(seed):
    photos = drawn(seed, "a", photos=200, groups=30)
    largest = max(Counter(photo.group for photo in photos if photo.group is not None).values())
    sizes = [len(side) for side in dealt(photos, seed)]
    assert abs(sizes[1] - 40) <= largest / 2
    assert abs(sizes[2] - 40) <= largest / 2


@pytest.mark.parametrize("seed", range(10))
def test_a_huge_group_is_trained_on(seed):
    huge = [ReadPhoto(Path(f"a/{number}.jpg"), "a", f"{number}", None, "huge") for number in range(50)]
    single = [ReadPhoto(Path(f"a/{number}.jpg"), "a", f"{number}", None) for number in range(50, 100)]
    train, val, test = dealt(huge + single, seed)
    assert set(map(id, huge)) <= set(map(id, train))
    assert (len(val), len(test)) == (20, 20)


@pytest.mark.parametrize("seed", range(10))
def test_each_side_gets_a_group_even_where_all_are_too_large_for_it(seed):
    sizes = {"large": 40, "small": 20, "medium": 30}
    photos = [
        ReadPhoto(Path(f"a/{name} {number}.jpg"), "a", f"{name} {number}", None, name)
        for name, size in sizes.items()
        for number in range(size)
    ]
    train, val, test = dealt(photos, seed, split=(0.9, 0.05, 0.05))
    assert [{photo.group for photo in side} for side in (train, val, test)] == [{"large"}, {"medium"}, {"small"}]


def test_large_groups_are_not_tested_on_more_often_than_small_ones():
    sizes = {f"group {number}": 2 if number < 10 else 6 for number in range(20)}
    photos = [
        ReadPhoto(Path(f"a/{group} {number}.jpg"), "a", f"{group} {number}", None, group)
        for group, size in sizes.items()
        for number in range(size)
    ]
    tested = Counter(sizes[name] for seed in range(200) for name in {photo.group for photo in dealt(photos, seed)[2]})
    assert 0.75 < tested[6] / tested[2] < 1.33


@pytest.mark.parametrize("groups", [plant_of, "mapping"])
def test_groups_are_given_as_a_function_or_as_a_mapping(photo_folder, groups):
    folder = photo_folder({"daisy": 40, "tulips": 20})
    if groups == "mapping":
        groups = {f"{path.parent.name}/{path.name}": plant_of(path) for path in folder.rglob("*.png")}
    for seed in range(5):
        photos = load_photos(folder, image_size=32, seed=seed, groups=groups)
        assert [len(split) for split in (photos.train, photos.val, photos.test)] == [36, 12, 12]
        assert not plants(photos.train) & plants(photos.val)
        assert not plants(photos.train) & plants(photos.test)
        assert not plants(photos.val) & plants(photos.test)


def test_the_function_is_given_paths_within_the_folder(photo_folder):
    folder = photo_folder({"daisy": 3, "tulips": 3})
    (folder / "tulips" / "broken.jpg").write_bytes(b"no photo")
    (folder / "tulips" / "late").mkdir()
    (folder / "tulips" / "tulips_000.png").rename(folder / "tulips" / "late" / "x.png")
    asked = []
    load_photos(folder, image_size=32, groups=lambda path: asked.append(path) or str(path))
    assert len(asked) == 6, "files that are no photos have no group"
    assert {Path("daisy/daisy_000.png"), Path("tulips/late/x.png")} <= set(asked)


def test_photos_without_an_entry_are_divided_as_ever(photo_folder):
    folder = photo_folder({"daisy": 20, "tulips": 20})
    plain = load_photos(folder, image_size=32, seed=3)
    alone = load_photos(folder, image_size=32, seed=3, groups={"daisy/daisy_000.png": "a plant of one shot"})
    assert alone.fingerprint == plain.fingerprint
    assert alone.train.paths == plain.train.paths
    assert (plain.grouped, alone.grouped) == (False, True)


def test_copies_join_their_groups(photo_folder):
    folder = photo_folder({"daisy": 40, "tulips": 40})
    shutil.copy(folder / "daisy" / "daisy_003.png", folder / "daisy" / "daisy_100.png")  # plants 0 and 25
    shutil.copy(folder / "daisy" / "daisy_007.png", folder / "daisy" / "daisy_101.png")  # plants 1 and 25
    for seed in range(10):
        photos = load_photos(folder, image_size=32, seed=seed, groups=plant_of)
        for split in (photos.train, photos.val, photos.test):
            assert len(plants(split) & {"daisy 0", "daisy 1", "daisy 25"}) in (0, 3)


def test_the_seed_decides_and_few_training_photos_are_of_many_plants(photo_folder):
    folder = photo_folder({"daisy": 60, "tulips": 60})
    first, again, other = (load_photos(folder, 32, seed, groups=plant_of) for seed in (0, 0, 1))
    assert first.fingerprint == again.fingerprint != other.fingerprint
    assert plants(first.test) != plants(other.test)
    sets = [load_photos(folder, 32, per_class=limit, groups=plant_of) for limit in (1, 5, 10, None)]
    for few, more in itertools.pairwise(sets):
        assert set(few.train.paths) < set(more.train.paths)
        assert (few.val.paths, few.test.paths) == (more.val.paths, more.test.paths)
        assert few.fingerprint == sets[-1].with_per_class(len(few.train) // 2).fingerprint
    assert len(plants(sets[1].train)) >= 6, "ten photos; four of one plant would be three plants"


def test_too_few_groups_are_told(photo_folder):
    folder = photo_folder({"daisy": 8, "tulips": 12})
    with pytest.raises(ValueError, match=r"at least 3 groups.*'daisy'.*Received: 2, of 4 and 4 .*'daisy 0', 'daisy 1'"):
        load_photos(folder, image_size=32, groups=plant_of)
    assert len(load_photos(folder, image_size=32, split=(0.5, 0.5, 0), groups=plant_of).val) == 4 + 4
    with pytest.raises(ValueError, match=r"at least 2 groups.*Received: 1, of 8 photos \('daisy'\)"):
        load_photos(folder, image_size=32, split=(0.5, 0.5, 0), groups=lambda path: path.stem.split("_")[0])


def test_a_group_in_two_classes_is_told(photo_folder):
    folder = photo_folder({"daisy": 4, "roses": 4, "tulips": 4})
    shots = {"daisy/daisy_000.png": "bed 7", "tulips/tulips_001.png": "bed 7", "roses/roses_000.png": "bed 8"}
    with pytest.raises(ValueError, match=r"group 'bed 7', with photos in daisy, tulips\. .*path\.parts\[0\]"):
        load_photos(folder, image_size=32, groups=shots)


@pytest.mark.parametrize("groups", [{"daisy_000.png": "a"}, {}, lambda path: None])
def test_groups_that_name_none_of_the_photos_are_told(photo_folder, groups):
    with pytest.raises(ValueError, match=re.escape("None for each of 6.") + ".*'daisy/daisy_000.png'"):
        load_photos(photo_folder({"daisy": 3, "tulips": 3}), image_size=32, groups=groups)


@pytest.mark.parametrize("groups", ["plant", 3, ["a", "b"]])
def test_groups_of_another_kind_are_told(photo_folder, groups):
    with pytest.raises(TypeError, match=f"Expected groups .* Received: {type(groups).__name__}"):
        load_photos(photo_folder({"daisy": 3, "tulips": 3}), image_size=32, groups=groups)


def test_a_name_that_cannot_be_hashed_is_told(photo_folder):
    with pytest.raises(TypeError, match=r"hashable.*\['daisy', '000'\], for 'daisy/daisy_000.png'"):
        load_photos(photo_folder({"daisy": 3, "tulips": 3}), 32, groups=lambda path: path.stem.split("_"))


def test_an_error_in_the_function_names_the_photo(photo_folder):
    with pytest.raises(IndexError) as caught:
        load_photos(photo_folder({"daisy": 3, "tulips": 3}), 32, groups=lambda path: path.stem.split("-")[1])
    assert "'daisy/daisy_000.png'" in caught.value.__notes__[0]


def test_code_says_that_groups_are_missing(photo_folder, small):
    folder = photo_folder({"daisy": 12, "tulips": 12})
    photos = load_photos(folder, image_size=32, groups=plant_of).with_per_class(2)
    code = Recipe(photos, small).code()
    assert "# groups: those you gave load_photos" in code
    assert f"photos = load_photos({str(folder)!r}, image_size=32, seed=0, groups=groups).with_per_class(2)" in code
