"""The capstone's checklist: right where all is right, and each point turns wrong for its own fault alone."""

import dataclasses
import re

import numpy as np
import pytest

from helpers import attach_head, compare, evaluate, fit, freeze, model_card
from helpers.exercises import capstone as module
from helpers.exercises import lesson_11
from helpers.exercises.problem import NOT_ATTEMPTED, NOT_CHECKED, RIGHT, WRONG
from helpers.photos import sources
from helpers.photos.dataset import Photos
from helpers.photos.split import rows_of

NAMES = (
    "enough photos", "a split without leaks", "the photos' licence is named", "a test report for this exact model",
    "compared with a frozen baseline", "a model card", *lesson_11.TICKS,
)  # fmt: skip


def card(model, photos: Photos, report, **stated) -> str:
    return model_card(model, photos, report, **{"purpose": "To learn.", "made_by": "me", "licence": "CC0"} | stated)


@pytest.fixture(scope="module")
def handed_in(flowers, trained, efficientnet) -> dict:
    """Return all that a finished capstone hands in; the tests change copies of it."""
    _, baseline_report, baseline_run = trained
    photos = flowers.with_licence("CC0", made_by="me")
    model = attach_head(efficientnet, classes=5, seed=1)
    freeze(model, until="top")
    fit(model, photos, epochs=8, learning_rate=0.01, seed=1, progress=False)
    report = evaluate(model, photos.test)
    return {
        "photos": photos, "model": model, "report": report, "baseline_run": baseline_run,
        "baseline_report": baseline_report, "card": card(model, photos, report),
        "ticks": dict.fromkeys(lesson_11.TICKS, True),
    }  # fmt: skip


def outcomes(**handed) -> dict[str, str]:
    return {point.name: point.outcome for point in lesson_11.capstone(**handed).points}


def faults(handed: dict, **changed) -> dict[str, str]:
    """Return what is said about the points that are wrong once something is changed."""
    points = lesson_11.capstone(**handed | changed).points
    assert {point.outcome for point in points} <= {RIGHT, WRONG}, points
    return {point.name: point.text for point in points if point.outcome == WRONG}


def test_what_is_complete_is_right_in_every_point_and_told_with_its_numbers(handed_in):
    found = lesson_11.capstone(**handed_in)
    assert found.done, found
    assert tuple(point.name for point in found.points) == NAMES
    report, baseline = handed_in["report"], handed_in["baseline_report"]
    assert f"accuracy {report.accuracy:.3f}" in repr(found)
    assert str(compare(report, baseline)) in repr(found)
    assert found.sentence() == "9 of 9 points done: ready to hand in."


def test_nothing_handed_in_is_no_attempt_and_a_part_is_checked_at_once(handed_in):
    assert set(outcomes().values()) == {NOT_ATTEMPTED}
    assert not lesson_11.capstone().done
    found = outcomes(photos=handed_in["photos"])
    assert [found[name] for name in NAMES] == [RIGHT] * 3 + [NOT_ATTEMPTED] * 6


def replaced(photos: Photos, **changed) -> Photos:
    return dataclasses.replace(photos, **changed)


def test_few_photos_are_told_with_the_class_that_lacks_them(handed_in):
    photos = handed_in["photos"]
    few = replaced(photos, train=rows_of(photos.train, np.arange(0)))
    assert "has 16 photos. Expected at least 20" in lesson_11.capstone(photos=few).points[0].text
    untested = replaced(photos, train=photos.test, test=photos.train)  # six of each to test on, and then three
    assert outcomes(photos=untested)["enough photos"] == RIGHT
    rows = [row for label in range(5) for row in np.flatnonzero(photos.train.labels == label)[:3]]
    untested = replaced(untested, test=rows_of(photos.train, np.array(rows)), val=photos.val, train=photos.test)
    assert re.match(r"\w+ has 19 photos", lesson_11.capstone(photos=untested).points[0].text)


def test_too_few_to_test_on_are_told(handed_in, monkeypatch):
    monkeypatch.setattr(module, "FEWEST_TESTED", 9)
    assert "Only 8 photos of" in faults(handed_in)["enough photos"]


def test_a_leak_is_found_by_content_and_by_look(handed_in):
    photos = handed_in["photos"]
    assert list(faults(handed_in, photos=replaced(photos, val=photos.train))) == ["a split without leaks"]
    pair = (photos.train.paths[0], photos.test.paths[0])
    told = faults(handed_in, photos=replaced(photos, near_copies=(pair,)))
    assert list(told) == ["a split without leaks"]
    assert pair[1].name in told["a split without leaks"]
    inside = (photos.train.paths[0], photos.train.paths[1])
    assert faults(handed_in, photos=replaced(photos, near_copies=(inside,))) == {}


def test_photos_of_nobody_are_told(handed_in):
    nobodys = replaced(handed_in["photos"], licence=sources.YOUR_OWN)
    assert list(faults(handed_in, photos=nobodys)) == ["the photos' licence is named"]


def test_a_report_must_be_this_models_on_the_test_photos_and_above_chance(handed_in, trained):
    photos, model, report = (handed_in[name] for name in ("photos", "model", "report"))
    point = "a test report for this exact model"
    assert "trained further" in faults(handed_in, model=trained[0])[point]
    on_val = evaluate(model, photos.val)
    told = faults(handed_in, report=on_val, card=card(model, photos, on_val))
    assert set(told) == {point, "compared with a frozen baseline"}
    assert all("other photos than photos.test" in text for text in told.values())
    guessing = dataclasses.replace(report, accuracy=0.2, predicted=np.zeros(len(report.split), int))
    assert "chance level, 0.200, isn't below it" in faults(handed_in, report=guessing)[point]


def test_a_baseline_must_be_frozen_trained_on_the_same_photos_and_tested_on_them(handed_in):
    point, run = "compared with a frozen baseline", handed_in["baseline_run"]
    moved = run.moved.assign(weights_moved=0.1)
    assert "isn't frozen" in faults(handed_in, baseline_run=dataclasses.replace(run, moved=moved))[point]
    other = dataclasses.replace(run, settings=run.settings | {"photos": "others"})
    assert list(faults(handed_in, baseline_run=other)) == [point]
    on_val = evaluate(handed_in["model"], handed_in["photos"].val)
    assert "photos.test" in faults(handed_in, baseline_report=on_val)[point]


def test_the_frozen_baseline_itself_may_be_handed_in(handed_in, trained):
    model, report, _ = trained
    photos = handed_in["photos"]
    mine = handed_in | {"model": model, "report": report, "card": card(model, photos, report)}
    assert lesson_11.capstone(**mine).done
    assert "both reports are the same" in repr(lesson_11.capstone(**mine))


@pytest.mark.parametrize(
    ("stated", "told"),
    [({"made_by": "not stated"}, "made_by"), ({"licence": "not stated"}, "licence"), ({"purpose": ""}, "purpose")],
)
def test_a_card_must_say_who_under_which_licence_and_what_for(handed_in, stated, told):
    written = card(handed_in["model"], handed_in["photos"], handed_in["report"], **stated)
    fault = faults(handed_in, card=written)
    assert list(fault) == ["a model card"]
    assert fault["a model card"].endswith(f"the argument {told}.")


def test_a_card_must_be_of_this_report(handed_in):
    assert list(faults(handed_in, card="# Model card: none")) == ["a model card"]
    assert list(faults(handed_in, card="A nice model.")) == ["a model card"]


@pytest.mark.parametrize("tick", lesson_11.TICKS)
def test_each_tick_is_the_learners_own(handed_in, tick):
    for said in (False, "True", None):
        assert list(faults(handed_in, ticks=handed_in["ticks"] | {tick: said})) == [tick]


@pytest.mark.parametrize("nonsense", [0, None, "a word", [], object()])
def test_nonsense_is_wrong_and_raises_nothing(handed_in, nonsense):
    found = lesson_11.capstone(**dict.fromkeys(handed_in, nonsense))
    assert {point.outcome for point in found.points} == {WRONG}
    assert all(len(point.text) > 10 for point in found.points)


def test_a_check_that_fails_is_not_blamed_on_the_learner(handed_in, monkeypatch, tmp_path):
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path))
    monkeypatch.setattr(module, "count_by_class", lambda split: {}["none"])
    (first, *rest) = lesson_11.capstone(**handed_in).points
    assert first.outcome == NOT_CHECKED
    assert "not your fault" in first.text
    assert {point.outcome for point in rest} == {RIGHT}


def test_it_can_be_read_without_colours_and_is_escaped(handed_in):
    photos = replaced(handed_in["photos"], licence=sources.Licence("<b>", "me"))
    shown = lesson_11.capstone(photos=photos)._repr_html_()
    assert "&lt;b&gt;, made by me." in shown
    assert 'aria-label="right">✔' in shown
    assert 'aria-label="not attempted">…' in shown
