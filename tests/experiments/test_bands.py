"""Bands: what several seeds gave, and what counts as lying outside."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from helpers.experiments import bands
from helpers.experiments.bands import Band, outside, stored_band
from helpers.teaching import lessons, measuring_bands

SIZES = [1, 2, 5, 10]


@pytest.mark.parametrize("count", [2, 3, 5, 10])
def test_the_limits_are_those_of_student_for_one_more_value(count):
    values = tuple(np.random.default_rng(count).normal(0.7, 0.05, count).tolist())
    middle, spread = np.mean(values), np.std(values, ddof=1) * np.sqrt(1 + 1 / count)
    wanted = stats.t.interval(0.95, count - 1, middle, spread)
    assert Band(values).limits == pytest.approx(wanted, abs=2e-3)


def test_a_band_holds_what_it_was_made_of_and_little_more():
    band = Band((0.70, 0.72, 0.71, 0.74, 0.69))
    assert all(value in band for value in band.values)
    assert 0.60 not in band
    assert 0.85 not in band
    assert str(band) == "0.69 to 0.74"


def test_a_band_of_words_holds_the_words_that_were_seen():
    band = Band(("late", "late", "middle"))
    assert "late" in band
    assert "early" not in band
    assert str(band) == "late (2 of 3), middle (1 of 3)"


@pytest.fixture
def stored(monkeypatch, tmp_path):
    file = tmp_path / "bands.json"
    measured = {"04_train": {"accuracy": [0.7, 0.72, 0.71], "winner": ["a", "b", "a"]}}
    file.write_text(json.dumps({"bundled": {"lessons": measured}}))
    monkeypatch.setattr(bands, "FILE", file)
    return file


def test_stored_bands_are_found_by_number_or_name_and_missing_ones_are_none(stored):
    assert stored_band("04", "accuracy") == stored_band("04_train", "accuracy") == Band((0.7, 0.72, 0.71))
    assert stored_band("04", "seconds") is None
    assert stored_band("05", "accuracy") is None
    assert stored_band("04", "accuracy", "another setup") is None


def test_what_lies_outside_is_told_with_what_was_expected(stored):
    assert outside("04", {"accuracy": 0.71, "winner": "b", "seconds": 3.0}) == []
    (told,) = outside("04", {"accuracy": 0.2, "winner": "a"})
    assert "accuracy" in told
    assert "0.2" in told
    (told,) = outside("04", {"winner": "c"})
    assert "a (2 of 3)" in told


def test_bands_are_measured_with_each_seed_and_join_what_is_stored(stored, monkeypatch, tmp_path):
    asked, places = [], []

    def run(path, parameters, out, skip):
        assert skip == "aside"
        assert Path(out).is_dir(), "a place of its own"
        places.append(out)
        asked.append(parameters)
        values = {"accuracy": 0.5 + parameters["SEED"] / 100, "seconds": 1.0}
        return lessons.Result(path.stem, 1.0, values, path)

    monkeypatch.setattr(lessons, "known_parameters", lambda path: ["SEED", "SOURCE"])
    monkeypatch.setattr(lessons, "run_lesson", run)
    given = {"SOURCE": str(tmp_path / "somewhere" / "flower_photos"), "BASE": "EfficientNetB0"}
    measuring_bands.measure_bands([tmp_path / "05_fine_tune.ipynb"], given, seeds=3)
    assert [parameters["SEED"] for parameters in asked] == [0, 1, 2]
    assert not any(Path(place).exists() for place in places), "copies are left behind"
    assert all("BASE" not in parameters for parameters in asked), "the lesson knows no such name"
    assert stored_band("05", "accuracy").values == (0.5, 0.51, 0.52)
    assert stored_band("05", "seconds") is None
    assert stored_band("04", "accuracy") is not None, "what was measured before stays"
    assert str(tmp_path) not in stored.read_text(), "where a folder lies is nobody's business"
