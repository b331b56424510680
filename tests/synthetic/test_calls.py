"""Spectrograms of calls: each shape as its name says, upwards and to the right, and told by nothing but its shape."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from helpers import config, load_photos
from helpers.judging import linear_probe
from helpers.synthetic import calls


@pytest.fixture
def silence(monkeypatch):
    monkeypatch.setattr(calls, "_noise", lambda rng, size: np.zeros((size, size)))


def one_call(name: str, seed: int = 0, **other) -> calls.Parameters:
    quiet = {"calls": 1, "columns": 30, "amplitude": 6.0, "harmonic": 0.0, "rumble": 0.0, "lowest": 30, "highest": 60}
    return replace(calls.choose(name, seed), **quiet | other)


def pitch_of(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the columns in which something sounds, and the row from below in which each is brightest."""
    above = picture.astype(int) - calls._DARK
    heard = np.flatnonzero(above.max(axis=0) > 30)
    return heard, len(picture) - 1 - above[:, heard].argmax(axis=0)


@pytest.mark.usefixtures("silence")
@pytest.mark.parametrize(
    ("name", "turns", "rises_first"),
    [("up", 0, True), ("down", 0, False), ("hill", 1, True), ("valley", 1, False), ("wave", 4, True)],
)
def test_the_brightest_row_moves_as_the_name_says(name, turns, rises_first):
    for seed in range(6):
        columns, pitch = pitch_of(calls.draw(one_call(name, seed, bend=1.0)))
        assert np.array_equal(columns, np.arange(columns[0], columns[0] + len(columns)))
        assert abs(len(columns) - 30) <= 3
        slopes = np.sign(np.diff(pitch))
        slopes = slopes[slopes != 0]
        assert (np.diff(slopes) != 0).sum() == turns
        assert (slopes[0] > 0) == rises_first
        assert np.ptp(pitch) == pytest.approx(30, abs=5)  # from row 30 to row 60


@pytest.mark.usefixtures("silence")
def test_a_step_has_two_pitches_and_nothing_between():
    for seed in range(6):
        _, pitch = pitch_of(calls.draw(one_call("step", seed)))
        low, high = sorted(set(pitch.tolist()))
        assert high - low == 30
        assert (np.diff(pitch) != 0).sum() == 1
        assert pitch[0] == low


@pytest.mark.usefixtures("silence")
def test_pitch_moves_fastest_at_the_start():
    straight, bent = (pitch_of(calls.draw(one_call("up", bend=bend)))[1] for bend in (1.0, 0.5))
    assert straight[len(straight) // 2] == pytest.approx((straight[0] + straight[-1]) / 2, abs=1.5)
    assert bent[len(bent) // 2] > straight[len(straight) // 2] + 4


@pytest.mark.usefixtures("silence")
def test_the_harmonic_sounds_at_twice_the_frequency():
    alone, both = (calls.draw(one_call("step", harmonic=share)).astype(int) for share in (0.0, 0.5))
    heard, pitch = pitch_of(alone)
    added = (both - alone)[:, heard]
    assert added.max() == pytest.approx(0.5 * (alone.max() - calls._DARK), abs=2)
    loud = added.max(axis=0) > 20
    assert np.abs(len(alone) - 1 - added.argmax(axis=0) - 2 * pitch)[loud].max() <= 1


@pytest.mark.usefixtures("silence")
def test_calls_lie_within_the_picture_and_beside_each_other():
    for seed in range(40):
        parameters = one_call("step", seed, calls=3, columns=35)
        starts = calls._starts(parameters, np.random.default_rng(seed))
        assert starts[0] >= 0
        assert (np.diff(starts) >= 35).all()
        assert starts[-1] + 35 <= calls.SIDE
    for count in (1, 2, 3):
        heard, _ = pitch_of(calls.draw(one_call("up", 3, calls=count, columns=20)))
        assert len(heard) == pytest.approx(20 * count, abs=3 * count)


def test_noise_has_one_standard_deviation_and_rumbles_below():
    drawn = calls.draw(one_call("up", amplitude=0.0)).astype(float)
    assert drawn.mean() == pytest.approx(calls._DARK, abs=1)
    assert drawn.std() == pytest.approx(calls._CONTRAST, rel=0.05)
    rumbling = calls.draw(one_call("up", amplitude=0.0, rumble=1.5)) - drawn
    assert rumbling[-4:].mean() > 20 > 1 > abs(rumbling[:64].mean())


def test_all_that_is_drawn_but_the_shape_is_alike_in_all_classes():
    with (config.DATA / "calls.csv").open() as table:
        rows = list(csv.DictReader(table))
    others = [column for column in calls.COLUMNS if column not in ("name", "seed")]
    values = np.array([[float(row[column]) for column in others] for row in rows])
    model = make_pipeline(StandardScaler(), LogisticRegression())
    assert cross_val_score(model, values, [row["name"] for row in rows], cv=5).mean() < 0.25  # chance is 0.17


def test_loudness_alone_does_not_solve_it():
    photos = load_photos(config.DATA / "calls", 128, 0, 40, (0.44, 0.12, 0.44))
    images = np.concatenate([photos.train.images(), photos.test.images()])
    labels = np.concatenate([photos.train.labels, photos.test.labels])
    train = np.arange(len(photos.train))
    test = np.arange(len(train), len(labels))
    histograms = np.sqrt(linear_probe.colour_histograms(images))
    assert linear_probe.probe(histograms, labels, train, test) < 0.3  # chance is 0.17


def test_an_unknown_call_is_told():
    with pytest.raises(ValueError, match=r"down.*wave.*'song'"):
        calls.choose("song", 0)
