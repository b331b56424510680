"""The sets of pictures in data/: drawn by the code as it is, complete, told of by their tables, and small."""

import csv
import hashlib
import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from helpers import config, load_photos
from helpers.synthetic import calls, flowers, render, textures

FEW = [
    ("flowers", "daisy", 3),
    ("flowers", "dandelion", 1),
    ("flowers_near", "roses", 2),
    ("flowers_far", "sunflowers", 0),
    ("flowers_shortcut", "tulips", 5),
    ("calls", "hill", 0),
    ("calls", "wave", 91),
    ("textures", "cells", 4),
    ("textures", "knot", 27),
]
SETS = {each.folder: each for each in render.SETS}
LIMITS = {"calls": 1_700_000, "textures": 1_100_000}  # bytes
# Of each class 40 to train and 40 to test, and 12 and 12. The rest is for validation.
SPLITS = {"calls": (40, (0.44, 0.12, 0.44)), "textures": (12, (0.43, 0.14, 0.43))}


def jpeg(folder: str, name: str, seed: int) -> bytes:
    return render.picture(SETS[folder], name, seed)[0]


def opened(picture) -> Image.Image:
    with Image.open(picture) as image:
        image.load()
        return image


def rows_of(table) -> list[dict]:
    with table.open() as rows:
        return list(csv.DictReader(rows))


@pytest.fixture(scope="module", params=render.CLASSES)
def subject(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def table(subject) -> list[dict]:
    return rows_of(config.DATA / f"{subject}.csv")


def test_another_process_draws_the_same_bytes():
    code = (
        "import sys, hashlib; sys.path.insert(0, '.'); from tests.synthetic.test_render import FEW, jpeg;"
        "print([hashlib.sha256(jpeg(*each)).hexdigest() for each in FEW])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=config.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str([hashlib.sha256(jpeg(*each)).hexdigest() for each in FEW])


@pytest.mark.parametrize(("folder", "name", "seed"), FEW)
def test_the_committed_pictures_are_the_ones_that_the_code_draws(folder, name, seed):
    committed = np.asarray(opened(config.DATA / render.picture_file(SETS[folder], name, seed))).astype(int)
    drawn = np.asarray(opened(io.BytesIO(jpeg(folder, name, seed)))).astype(int)
    assert np.abs(committed - drawn).mean() < 0.5  # 0 on the same machine and versions; a shade elsewhere


def test_the_table_tells_of_every_picture_what_its_seed_gives(subject, table):
    folders = [config.DATA / each.folder for each in render.sets_of(subject)]
    files = {path.relative_to(config.DATA).as_posix() for folder in folders for path in folder.glob("*/*.jpg")}
    assert {row["path"] for row in table} == files
    for row in table[::37]:
        path = config.DATA / row["path"]
        drawn_from = [path.parent.name, int(path.stem.rpartition("_")[2])]
        if subject == "flowers":
            drawn_from.append(row["kind"])
        chosen = {"flowers": flowers, "calls": calls, "textures": textures}[subject].choose(*drawn_from)
        told = {field: str(value) for field, value in vars(chosen).items()}
        assert told == {field: row[field] for field in render.COLUMNS[subject]}


def test_sets_hold_as_many_as_promised_of_the_promised_size(subject, table):
    for each in render.sets_of(subject):
        paths = [row["path"] for row in table if row["path"].startswith(f"{each.folder}/")]
        counts = {name: sum(f"/{name}/" in path for path in paths) for name in render.CLASSES[subject]}
        assert counts == dict.fromkeys(render.CLASSES[subject], each.per_class)
        assert opened(config.DATA / paths[0]).size == (each.size, each.size)


@pytest.mark.parametrize("folder", SPLITS)
def test_drawn_tasks_load_whole_and_no_picture_comes_twice(folder):
    each, (per_class, split) = SETS[folder], SPLITS[folder]
    photos = load_photos(config.DATA / folder, 32, seed=0, per_class=per_class, split=split)
    assert photos.class_names == render.CLASSES[folder]
    assert photos.skipped == ()
    assert len(photos.train) == len(photos.test) == per_class * len(photos.class_names)
    files = list((config.DATA / folder).glob("*/*.jpg"))
    assert len({file.read_bytes() for file in files}) == len(files) == each.per_class * len(photos.class_names)
    shown = photos.train.images().reshape(len(photos.train), -1)
    assert len(np.unique(shown, axis=0)) == len(shown)


@pytest.mark.parametrize("folder", LIMITS)
def test_drawn_tasks_are_small_and_grey(folder):
    files = sorted((config.DATA / folder).glob("*/*.jpg"))
    assert sum(file.stat().st_size for file in files) < LIMITS[folder]
    assert {opened(file).mode for file in files} == {"L"}


def test_rendering_writes_whole_files_and_their_table(tmp_path, subject):
    folder = f"{subject}_small"
    kind = "photo" if subject == "flowers" else ""
    table = render.render(tmp_path, (render.Set(folder, kind, 1, 32),), processes=1)
    assert table == tmp_path / f"{subject}.csv"
    rows = rows_of(table)
    assert [row["path"].split("/")[:2] for row in rows] == [[folder, name] for name in render.CLASSES[subject]]
    written = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert written == sorted([table.name, *(row["path"] for row in rows)])
