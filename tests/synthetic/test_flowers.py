"""The bundled flowers: varied as their table says, and not to be told by colour alone."""

import csv

import numpy as np
import pytest
from PIL import Image

from helpers import config, load_photos
from helpers.judging import linear_probe
from helpers.synthetic import flowers
from helpers.synthetic.species import SPECIES


def opened(path) -> Image.Image:
    with Image.open(path) as picture:
        picture.load()
        return picture


@pytest.fixture(scope="module")
def table() -> list[dict]:
    with (config.DATA / "flowers.csv").open() as rows:
        return list(csv.DictReader(rows))


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


def test_more_flowers_were_asked_for_and_more_are_there():
    one = next(flowers.choose("daisy", seed) for seed in range(99) if flowers.choose("daisy", seed).count == 1)
    places = flowers._places(one, np.random.default_rng(0))
    assert len(places) == 1
    many = next(flowers.choose("daisy", seed) for seed in range(99) if flowers.choose("daisy", seed).count > 9)
    places = flowers._places(many, np.random.default_rng(0))
    assert len(places) == many.count
