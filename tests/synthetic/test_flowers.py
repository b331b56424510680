"""The bundled flowers: the same from the same seed, as their table says, and not to be told by colour alone."""

import csv
import hashlib
import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from helpers import config, load_photos
from helpers.judging import linear_probe
from helpers.synthetic import camera, flowers, render
from helpers.synthetic.species import SPECIES

FEW = [
    ("daisy", 3, "photo"),
    ("dandelion", 1, "photo"),
    ("roses", 2, "near"),
    ("sunflowers", 0, "far"),
    ("tulips", 5, "shortcut"),
]


def jpeg(species: str, seed: int, kind: str) -> bytes:
    which = next(each for each in render.SETS if each.kind == kind)
    parameters = flowers.choose(species, seed, kind)
    return camera.as_jpeg(flowers.draw(parameters, which.size), parameters.quality)


def opened(path) -> Image.Image:
    with Image.open(path) as picture:
        picture.load()
        return picture


@pytest.fixture(scope="module")
def table() -> list[dict]:
    with (config.DATA / render.TABLE).open() as rows:
        return list(csv.DictReader(rows))


def test_another_process_draws_the_same_bytes():
    code = (
        "import sys, hashlib; sys.path.insert(0, '.'); from tests.synthetic.test_flowers import FEW, jpeg;"
        "print([hashlib.sha256(jpeg(*each)).hexdigest() for each in FEW])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=config.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str([hashlib.sha256(jpeg(*each)).hexdigest() for each in FEW])


@pytest.mark.parametrize(("species", "seed", "kind"), FEW)
def test_the_committed_pictures_are_the_ones_that_the_code_draws(species, seed, kind):
    which = next(each for each in render.SETS if each.kind == kind)
    committed = np.asarray(opened(config.DATA / render.picture_file(which, species, seed))).astype(int)
    drawn = np.asarray(Image.open(io.BytesIO(jpeg(species, seed, kind)))).astype(int)
    assert np.abs(committed - drawn).mean() < 0.5  # 0 on the same machine and versions; a shade elsewhere


def test_the_table_tells_of_every_picture_what_its_seed_gives(table):
    files = {row["path"] for row in table}
    folders = [config.DATA / each.folder for each in render.SETS]
    assert files == {path.relative_to(config.DATA).as_posix() for folder in folders for path in folder.glob("*/*.jpg")}
    for row in table[::37]:
        chosen = flowers.as_row(flowers.choose(row["species"], int(row["seed"]), row["kind"]))
        assert {name: str(value) for name, value in chosen.items()} == {name: row[name] for name in flowers.COLUMNS}


def test_sets_hold_as_many_as_promised_of_the_promised_size(table):
    for each in render.SETS:
        rows = [row for row in table if row["kind"] == each.kind]
        counts = {species: sum(row["species"] == species for row in rows) for species in SPECIES}
        assert counts == dict.fromkeys(SPECIES, each.per_class)
        assert opened(config.DATA / rows[0]["path"]).size == (each.size, each.size)


def test_colour_alone_does_not_solve_it():
    photos = load_photos(config.BUNDLED_FLOWERS, image_size=48)
    parts = (photos.train, photos.val, photos.test)
    images, labels = np.concatenate([each.images() for each in parts]), np.concatenate([each.labels for each in parts])
    train = np.arange(len(photos.train))
    test = np.arange(len(train) + len(photos.val), len(labels))
    histograms = np.sqrt(linear_probe.colour_histograms(images))
    assert 0.3 < linear_probe.probe(histograms, labels, train, test) <= 0.60


def test_backgrounds_are_as_the_kind_says(table):
    def seen(kind):
        return {(row["species"], row["background"]) for row in table if row["kind"] == kind}

    assert seen("shortcut") == set(flowers.SHORTCUT.items())
    assert {background for _, background in seen("near")} == set(flowers.OTHER_BACKGROUNDS)
    for species in SPECIES:
        assert {background for name, background in seen("photo") if name == species} == set(flowers.BACKGROUNDS)
    for number in range(10):
        page = np.asarray(opened(config.DATA / f"flowers_far/roses/roses_{number:03d}.jpg"))
        assert (page.min(axis=2) > 240).mean() > 0.15  # white paper shows somewhere


def test_forms_and_colours_overlap_between_species(table):
    photos = [row for row in table if row["kind"] == "photo"]
    forms = {row["form"] for row in photos if row["species"] == "dandelion"}
    assert forms == {"head", "half open", "globe"}
    for colour in ("white", "yellow", "red", "dark red"):
        assert len({row["species"] for row in photos if row["colour"] == colour}) >= 2, colour


def test_tilt_counts_and_grass_vary(table):
    photos = [row for row in table if row["kind"] == "photo"]
    assert {row["behind_grass"] for row in photos} == {"True", "False"}
    assert {int(row["count"]) for row in photos} >= set(range(1, 14))
    assert {row["light"] for row in photos} == set(flowers.LIGHTS)
    tilts = [float(row["tilt"]) for row in photos]
    assert min(tilts) < 0.1 < 1.3 < max(tilts)


def test_an_unknown_species_or_kind_is_told():
    with pytest.raises(ValueError, match=r"daisy.*tulips.*photo.*shortcut.*'orchid'"):
        flowers.choose("orchid", 0)
    with pytest.raises(ValueError, match="'sketch'"):
        flowers.choose("daisy", 0, "sketch")


def test_rendering_writes_whole_files_and_their_table(tmp_path):
    which = render.Set("small", "photo", 1, 32)
    with render.render(tmp_path, (which,), processes=1).open() as table:
        rows = list(csv.DictReader(table))
    assert [row["species"] for row in rows] == list(SPECIES)
    written = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert written == sorted([render.TABLE, *(row["path"] for row in rows)])


def test_more_flowers_were_asked_for_and_more_are_there():
    one = next(flowers.choose("daisy", seed) for seed in range(99) if flowers.choose("daisy", seed).count == 1)
    places = flowers._places(one, np.random.default_rng(0))
    assert len(places) == 1
    many = next(flowers.choose("daisy", seed) for seed in range(99) if flowers.choose("daisy", seed).count > 9)
    places = flowers._places(many, np.random.default_rng(0))
    assert len(places) == many.count
