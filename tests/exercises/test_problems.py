"""Every problem: its solution is right, known wrong answers are told what is wrong, and nothing ever raises."""

import hashlib
import re

import keras
import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageOps

from helpers import attach_head, blocks, compare, copy_of, exercises, freeze, read_photo
from helpers.exercises import (
    lesson_00,
    lesson_01,
    lesson_02,
    lesson_03,
    lesson_04,
    lesson_05,
    lesson_06,
    lesson_07,
    lesson_08,
)
from helpers.exercises.problem import NOT_ATTEMPTED, NOT_CHECKED, RIGHT, WRONG, Problem, equals, run_on
from helpers.exercises.view import Question

QUESTIONS = {
    f"{lesson}.{name}": question
    for lesson in exercises.__all__
    if lesson.startswith("lesson_")
    for name, question in vars(getattr(exercises, lesson)).items()
    if name.startswith("q") and isinstance(question, Question)
}


@pytest.fixture(scope="module")
def room(mobilenet, flowers) -> dict:
    """What a lesson's cells have by then."""
    start = attach_head(mobilenet, classes=5)
    names = {
        "attach_head": attach_head,
        "blocks": blocks,
        "copy_of": copy_of,
        "freeze": freeze,
        "compare": compare,
        "read_photo": read_photo,
    }
    return {
        **names,
        "np": np,
        "keras": keras,
        "base": mobilenet,
        "photos": flowers,
        "classes": 5,
        "units": 64,
        "start": start,
    }


def given(name: str, room: dict) -> dict:
    needed = {
        "lesson_02.q1": ("base",),
        "lesson_02.q2": ("base",),
        "lesson_03.q1": ("base", "classes"),
        "lesson_03.q2": ("base", "classes", "units"),
        "lesson_04.q2": ("photos", "base"),
        "lesson_09.q5": ("base",),
    }
    return {each: room[each] for each in needed.get(name, ())}


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_solution_is_right(name, room):
    question = QUESTIONS[name]
    cells = dict(room)
    exec(question.solution().text, cells)
    said = question.check(cells["answer"], **given(name, room))
    assert said.head.endswith(RIGHT), said


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("answer", ["a word", 3.7, [], {}, lambda: 1, object(), np.zeros(3)])
def test_nonsense_is_wrong_and_raises_nothing(name, answer, room):
    said = QUESTIONS[name].check(answer, **given(name, room))
    assert said.head.endswith(WRONG)
    assert len(said.text) > 20


class Odd:
    """Something that cannot even be compared."""

    __hash__ = None

    def __eq__(self, other):
        raise RuntimeError("no comparing")


def models() -> list:
    """Models that no question asks for: without a base, never called, with two outputs."""
    inputs = keras.Input((32, 32, 3))
    flat = keras.layers.Flatten()(inputs)
    return [keras.Model(inputs, flat), keras.Model(inputs, [flat, flat]), keras.Sequential([keras.layers.Dense(2)])]


NONSENSE = [
    True, 3.7, float("nan"), 10**400, 1 + 2j, "a word", b"x", [], {}, {"a": 1}, {1}, range(3), object(), Odd(),
    [None, None],
    [[1], [1, 2]], ["a", "b"], (1, 2, 3), ([0], [1]), ([-1], [999]), [float("nan")] * 2, np.zeros(3), np.zeros((2, 2)),
    np.array("a"), pd.DataFrame({"a": [1]}), pd.Series([1.0, 2]), {"daisy": [1], "roses": [1], "tulips": [1]},
]  # fmt: skip


@pytest.mark.filterwarnings("ignore")  # NumPy warns of some of it, as it does in a lesson
@pytest.mark.parametrize("name", QUESTIONS)
def test_no_nonsense_makes_a_check_fail(name, room):
    values = [*NONSENSE, *models()]
    # This check trains a model for whatever function it is given, and doesn't look at what the function returns.
    for value in values[::10] if name == "lesson_09.q2" else values:
        for answer in (value, lambda *arguments, value=value: value):
            said = QUESTIONS[name].check(answer, **given(name, room))
            assert not said.head.endswith(NOT_CHECKED), f"{value!r}: {said}"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", QUESTIONS)
def test_functions_that_fail_or_spoil_what_they_are_given_are_wrong(name, room):
    def spoil(first, *others):
        first.clear() if hasattr(first, "clear") else first.__setitem__(slice(None), 0)

    for function in (lambda *arguments: 1 / 0, lambda: 1, spoil):
        said = QUESTIONS[name].check(function, **given(name, room))
        assert said.head.endswith(WRONG), said


@pytest.fixture
def log(monkeypatch, tmp_path):
    """Return where the log of errors will lie."""
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "errors.log"


def faulty_check(answer):
    return {}["no such key"]


FAULTY = Problem("q0", "Is it so?", faulty_check, "Yes.", ("a",), "answer = 0")


def test_a_faulty_check_is_not_blamed_on_the_learner(log):
    said = Question(FAULTY).check(1)
    assert said.head == f"⚠ {NOT_CHECKED}"
    assert said.text == (
        f"The check itself failed, which is not your fault: KeyError: 'no such key'; the traceback is in {log}."
    )
    assert "in faulty_check" in log.read_text()


def test_a_faulty_check_is_told_in_one_sentence_where_no_log_can_be_written(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "file"))
    said = Question(FAULTY).check(1)
    assert said.text == "The check itself failed, which is not your fault: KeyError: 'no such key'."


def test_what_the_learners_function_raises_is_the_learners(log):
    def divides(answer):
        run_on(answer, 0)

    said = Question(Problem("q0", "?", divides, "Yes.", ("a",), "")).check(lambda number: 1 / number)
    assert said.head.endswith(WRONG)
    assert said.text == "Your function raised ZeroDivisionError: division by zero"
    assert not log.exists()


@pytest.mark.parametrize(("found", "same"), [(1, True), (1.0, True), (np.int64(1), True), (True, False), ("1", False)])
def test_a_value_equals_only_itself(found, same):
    assert equals(found, 1) is same
    assert not equals(Odd(), 1)
    assert not equals(np.ones(3), 1)


@pytest.mark.parametrize("name", QUESTIONS)
def test_dots_are_not_an_attempt(name):
    for answer in (None, ...):
        assert QUESTIONS[name].check(answer).head.endswith(NOT_ATTEMPTED)


@pytest.mark.parametrize("name", QUESTIONS)
def test_hints_become_plainer_and_do_not_run_out(name):
    question = QUESTIONS[name]
    told = [question.hint().text for _ in range(len(question.problem.hints) + 2)]
    assert told[-1] == told[-2]
    assert len(set(told)) == len(question.problem.hints) >= 2


def by_name(train, test):
    return len({path.name for path in train} & {path.name for path in test})


def by_size(train, test):
    return sum(path.stat().st_size in {other.stat().st_size for other in train} for path in test)


def by_either(train, test):
    return bool({path.read_bytes() for path in train} & {path.read_bytes() for path in test})


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (by_name, "though a file name is"),
        (by_size, "no content is shared|same number of bytes"),
        (by_either, "Expected: "),
        (lambda train, test: len(test), "Expected: 0"),
    ],
)
def test_wrong_searches_for_leaks_are_told(function, reason):
    assert re.search(reason, lesson_01.q1.check(function).text)


def test_digests_are_as_good_as_bytes():
    def count(train, test):
        known = [hashlib.md5(path.read_bytes()).hexdigest() for path in train]
        return len([path for path in test if hashlib.md5(path.read_bytes()).hexdigest() in known])

    assert lesson_01.q1.check(count).head.endswith(RIGHT)


def halves(labels, seed):
    rows = np.random.default_rng(seed).permutation(len(labels))
    return rows[16:], rows[:16]


def unshuffled(labels, seed):
    test = np.concatenate(
        [np.flatnonzero(labels == label)[: (labels == label).sum() // 5] for label in np.unique(labels)]
    )
    return np.setdiff1d(np.arange(len(labels)), test), test


def unseeded(labels, seed):
    return unshuffled_from(np.random.default_rng(), labels)


def unshuffled_from(rng, labels):
    test = np.concatenate(
        [
            rng.permutation(np.flatnonzero(labels == label))[: (labels == label).sum() // 5]
            for label in np.unique(labels)
        ]
    )
    return np.setdiff1d(np.arange(len(labels)), test), test


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (halves, "Split each class separately"),
        (unshuffled, "A different seed should give a different split"),
        (unseeded, "The same seed should give the same split"),
        (lambda labels, seed: (range(80), range(16)), "a leak"),
        (lambda labels, seed: (range(40), range(64, 80)), "Every photo should be in exactly one part"),
        (lambda labels, seed: 5, "two lists of indices"),
    ],
)
def test_wrong_splits_are_told(function, reason):
    assert reason in lesson_01.q2.check(function).text


def upside_down(photos, rng):
    views = photos.copy()
    views[rng.random(len(photos)) < 0.5] = views[rng.random(len(photos)) < 0.5][:1, ::-1]
    return views


def at_once(photos, rng):
    photos[:32] = photos[:32, :, ::-1]
    return photos


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda photos, rng: photos[:, ::-1], "upside down"),
        (lambda photos, rng: photos[:, :, ::-1], "About half should be"),
        (lambda photos, rng: photos.copy(), "About half should be"),
        (at_once, "changes the photos"),
        (lambda photos, rng: photos[:10], "an array of shape"),
        (lambda photos, rng: photos[..., ::-1], "either unchanged or mirrored"),
    ],
)
def test_wrong_mirrors_are_told(function, reason):
    assert reason in lesson_01.q3.check(function).text


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("stem", "blocks have more"),
        ("block9", "There is no block"),
        ("block_16_expand", "There is no block"),
        (7, "name of a block"),
    ],
)
def test_wrong_blocks_are_told(mobilenet, answer, reason):
    assert reason in lesson_02.q1.check(answer, base=mobilenet).text


def test_wrong_taps_are_told(mobilenet):
    third, other = blocks(mobilenet)[2], blocks(mobilenet)[5]
    inside = next(name for name in third.layers if name.endswith("project"))
    for layer, reason in (
        (other.output_layer, "has the shape"),
        (inside, "The shape is right"),
        ("out_relu", "has the shape"),
    ):
        model = keras.Model(mobilenet.input, mobilenet.get_layer(layer).output)
        assert reason in lesson_02.q2.check(model, base=mobilenet).text
    assert "Expected a keras.Model" in lesson_02.q2.check(third, base=mobilenet).text


@pytest.mark.parametrize(
    "function",
    [
        lambda card: [what for what in ("code", "weights", "training photos") if what not in card],
        lambda card: [what for what, terms in card.items() if not terms],
        lambda card: [what for what in ("code", "weights", "training photos") if not card.get(what)],
        lambda card: [],
    ],
)
def test_careless_readers_of_cards_are_told(function):
    assert "Open questions" in lesson_02.q3.check(function).text


def head_on(base, units=5, activation="softmax", pool=True, output=None) -> keras.Model:
    x = base.output if output is None else output
    x = keras.layers.GlobalAveragePooling2D()(x) if pool else x
    return keras.Model(base.input, keras.layers.Dense(units, activation=activation)(x))


def head_of(base, *layers) -> keras.Model:
    x = base.output
    for layer in (*layers, keras.layers.Dense(5), keras.layers.Softmax()):
        x = layer(x)
    return keras.Model(base.input, x)


def nested(base) -> keras.Model:
    photos = keras.Input(base.input_shape[1:])
    return keras.Model(
        photos, keras.layers.Dense(5, activation="softmax")(keras.layers.GlobalMaxPooling2D()(base(photos)))
    )


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (nested, "hidden inside the layer"),
        (lambda base: head_on(base, units=4), "4 outputs"),
        (lambda base: head_on(base, activation=None), "Use a softmax"),
        (lambda base: head_on(base, activation="sigmoid"), "Use a softmax"),
        (lambda base: head_on(base, pool=False), "pool the maps"),
        (lambda base: head_on(base, output=base.get_layer("block_5_add").output), "Blocks of the base are missing"),
        (lambda base: head_of(base, keras.layers.Flatten(), keras.layers.Dropout(0.2)), "Pool instead"),
        (lambda base: head_of(base, keras.layers.GlobalAveragePooling2D()), "a Dropout layer is missing"),
    ],
)
def test_wrong_grafts_are_told(mobilenet, make, reason):
    assert reason in lesson_03.q1.check(make(mobilenet), base=mobilenet, classes=5).text


def test_other_right_grafts_are_taken(mobilenet):
    hidden = (keras.layers.GlobalMaxPooling2D(), keras.layers.Dense(8, activation="relu"), keras.layers.Dropout(0.1))
    early = (keras.layers.SpatialDropout2D(0.2), keras.layers.GlobalAveragePooling2D())
    by_hand = [head_of(mobilenet, *layers) for layers in (hidden, early)]
    for model in (*by_hand, attach_head(mobilenet, classes=5, hidden_units=(4,))):
        assert lesson_03.q1.check(model, base=mobilenet, classes=5).head.endswith(RIGHT)


@pytest.mark.parametrize(
    ("count", "reason"),
    [
        (1280 * 64 + 64 * 5, "a bias"),
        (1281 * 64, "output layer has weights too"),
        (1281 * 5, "without a hidden layer"),
        (1281 * 69, "sees the hidden units"),
        (1, "Not quite"),
    ],
)
def test_wrong_counts_are_explained(mobilenet, count, reason):
    assert reason in lesson_03.q2.check(count, base=mobilenet, classes=5, units=64).text


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda photos: photos / 255.0, "nearly blind"),
        (lambda photos: photos / 127.5 - 1, "MobileNet"),
        (lambda photos: photos[..., ::-1].astype("float32"), "swapped"),
        (lambda photos: photos, "as float32"),
        (lambda photos: photos - photos.mean(), "no longer those"),
        (lambda photos: photos[0], "same shape"),
    ],
)
def test_wrong_feeding_is_told(function, reason):
    assert reason in lesson_03.q3.check(function).text


def frozen_model(base, keep) -> keras.Model:
    model = attach_head(base, classes=5)
    for layer in model.layers:
        layer.trainable = keep(layer)
    return model


@pytest.mark.parametrize(
    ("keep", "reason"),
    [
        (lambda layer: True, "blocks of the base would still learn"),
        (lambda layer: False, "Nothing would learn"),
        (lambda layer: not layer.name.startswith("head_"), "other way round"),
        (lambda layer: layer.name.startswith("head_") or "BN" in layer.name, "statistics would drift"),
        (lambda layer: layer.name.startswith(("head_", "block_16")), "1 blocks of the base would still learn: block7a"),
    ],
)
def test_wrong_ways_to_freeze_are_told_apart(mobilenet, keep, reason):
    assert reason in lesson_04.q1.check(frozen_model(mobilenet, keep)).text


def test_any_right_way_to_freeze_is_taken(mobilenet):
    by_helper = attach_head(mobilenet, classes=5)
    freeze(by_helper, until="top")
    by_base = attach_head(mobilenet, classes=5, hidden_units=(8,))
    for layer in by_base.layers[: -len([x for x in by_base.layers if x.name.startswith("head_")])]:
        layer.trainable = False
    for model in (by_helper, by_base):
        assert lesson_04.q1.check(model).head.endswith(RIGHT)


def test_a_base_without_a_head_is_told(mobilenet):
    assert "has no head" in lesson_04.q1.check(mobilenet).text


@pytest.mark.parametrize(
    ("count", "reason"),
    [
        (lambda photos, base: len(photos.train) * base.output_shape[-1], "4 bytes"),
        (lambda photos, base: base.output_shape[-1] * 4, "for one photo"),
        (lambda photos, base: len(photos.train) * 32 * 32 * 3, "the pixels"),
        (lambda photos, base: 17, "photos × features"),
    ],
)
def test_wrong_sizes_are_explained(mobilenet, flowers, count, reason):
    said = lesson_04.q2.check(count(flowers, mobilenet), photos=flowers, base=mobilenet)
    assert said.head.endswith(WRONG)
    assert reason in said.text


def in_place(before, after):
    for old, new in zip(before, after, strict=True):
        old -= new
    return max(np.abs(old).max() for old in before)


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (
            lambda before, after: max((new - old).max() for old, new in zip(before, after, strict=True)),
            "absolute value",
        ),
        (lambda before, after: np.abs(after[0] - before[0]).max(), "One weight moved|absolute"),
        (lambda before, after: [np.abs(new - old).max() for old, new in zip(before, after, strict=True)], "one number"),
        (in_place, "changes the arrays"),
        (lambda before, after: 1.0, "Nothing changed"),
        (lambda weights: 0.0, "raised TypeError"),
    ],
)
def test_wrong_measures_of_change_are_told(function, reason):
    assert re.search(reason, lesson_04.q3.check(function).text)


def test_a_loop_is_as_good_as_a_line():
    def largest(before, after):
        largest = 0.0
        for old, new in zip(before, after, strict=True):
            largest = max(largest, float(np.max(np.abs(old - new))))
        return largest

    assert lesson_04.q3.check(largest).head.endswith(RIGHT)


def tuned(base, until="block6b", batchnorm="frozen", rate=1e-4, compiled=True) -> keras.Model:
    names = [block.name for block in blocks(base)]
    model = attach_head(base, classes=5)
    freeze(model, until=names[-3] if until == "block6b" else until, batchnorm=batchnorm)
    if compiled:
        model.compile(keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy")
    return model


def cut_inside(base) -> keras.Model:
    model = tuned(base)
    next(layer for layer in model.layers if layer.name == "block_16_depthwise").trainable = False
    return model


def without_head(base) -> keras.Model:
    model = tuned(base)
    model.get_layer("head_output").trainable = False
    return model


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda base: tuned(base, until="top"), "training the head, not fine-tuning"),
        (lambda base: tuned(base, until=None), "Everything is unfrozen"),
        (lambda base: tuned(base, until="block4a"), "Expected: block7a and top"),
        (lambda base: tuned(base, batchnorm="free"), "BatchNormalization in the last two blocks"),
        (lambda base: tuned(base, rate=1e-2), "overwrite what the blocks know"),
        (lambda base: tuned(base, compiled=False), "Compile the model after"),
        (cut_inside, "a cut inside a block"),
        (without_head, "The head is frozen"),
    ],
)
def test_wrong_ways_to_fine_tune_are_told_apart(mobilenet, make, reason):
    assert reason in lesson_05.q1.check(make(mobilenet)).text


def test_flags_set_by_hand_are_as_good_as_the_helper(mobilenet):
    model = attach_head(mobilenet, classes=5)
    free = {name for block in blocks(model)[-2:] for name in block.layers}
    for layer in model.layers:
        norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = (layer.name in free or layer.name.startswith("head_")) and not norm
    model.compile(keras.optimizers.SGD(1e-3), loss="sparse_categorical_crossentropy")
    assert lesson_05.q1.check(model).head.endswith(RIGHT)


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda reports: max(reports, key=lambda name: reports[name].accuracy), "wins 30 and loses 20"),
        (lambda reports: None, "so it wins"),
        (lambda reports: next(iter(reports)), "whatever its place"),
        (lambda reports: "a" if compare(*list(reports.values())[:2]).clear else None, "whatever its place"),
        (lambda reports, photos: "a", "raised TypeError"),
    ],
)
def test_wrong_winners_are_told(function, reason):
    assert re.search(reason, lesson_05.q2.check(function).text)


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda moved: moved.block[moved.frozen & (moved.weights_moved > 0)].tolist(), "statistics drifted"),
        (lambda moved: moved.block[moved.frozen & (moved.statistics_moved > 0)].tolist(), "only a little"),
        (lambda moved: moved.block[moved.weights_moved + moved.statistics_moved > 0].tolist(), "no frozen block moved"),
        (lambda moved: moved.block[moved.frozen & (moved.weights_moved > 0.01)].tolist(), "statistics drifted"),
        (lambda moved: 3, "a list of names"),
    ],
)
def test_wrong_detectives_are_told(function, reason):
    assert reason in lesson_05.q3.check(function).text


def test_a_series_or_a_set_of_names_is_as_good_as_a_list():
    def as_set(moved):
        return {row.block for row in moved.itertuples() if row.frozen and max(row.weights_moved, row.statistics_moved)}

    def as_series(moved):
        return moved.loc[moved.frozen & (moved[["weights_moved", "statistics_moved"]].max(axis=1) > 0), "block"]

    for function in (as_set, as_series):
        assert lesson_05.q3.check(function).head.endswith(RIGHT)


def test_what_is_said_can_be_read_without_colours_and_is_escaped():
    problem = Problem(
        "q0", "Is <it> so?", lambda answer: "No, <never>." if answer else None, "Yes.", ("a",), "answer = 0"
    )
    said = Question(problem).check(1)
    assert repr(said) == "✘ wrong: No, <never>."
    assert "&lt;never&gt;" in said._repr_html_()
    assert 'role="status"' in said._repr_html_()
    assert repr(Question(problem)) == "<q0: Is <it> so?>"
    assert "answer = 0" in repr(Question(problem).solution())


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (
            lambda target, counts, found: next(c for c, a in zip(counts, found, strict=True) if a > target),
            "exactly 0.42",
        ),
        (
            lambda target, counts, found: max(
                (c for c, a in zip(counts, found, strict=True) if a >= target), default=None
            ),
            "already",
        ),
        (
            lambda target, counts, found: min(
                (c for c, a in zip(counts, found, strict=True) if a >= target), default=0
            ),
            "return None",
        ),
        (
            lambda target, counts, found: next((c for c, a in zip(counts, found, strict=True) if a >= target), None),
            "any order",
        ),
    ],
)
def test_wrong_readings_are_told(function, reason):
    assert reason in lesson_07.q1.check(function).text


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda values: (max(values), min(values), max(values)), "best seed"),
        (lambda values: (np.median(values), min(values), max(values)), "The mean of|median"),
        (
            lambda values: (np.mean(values), np.mean(values) - np.std(values), np.mean(values) + np.std(values)),
            "The range",
        ),
        (lambda values: np.mean(values), "three numbers"),
    ],
)
def test_wrong_summaries_are_told(function, reason):
    assert re.search(reason, lesson_07.q2.check(function).text)


NEAR = {
    "dog breeds in everyday photos": "little",
    "flowers in everyday photos": "little",
    "birds seen from a drone": "little",
    "paintings by style": "more",
    "chest X-rays": "more",
    "spectrograms of bat calls": "much",
}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (NEAR | {"flowers in everyday photos": "much"}, "much like what the base has seen"),
        (NEAR | {"spectrograms of bat calls": "little"}, "look unlike everyday photos"),
        (NEAR | {"paintings by style": "a bit"}, "Expected: one of"),
        ({"chest X-rays": "much"}, "Missing"),
    ],
)
def test_wrong_nearness_is_told_and_where_people_differ_both_are_taken(answer, reason):
    assert reason in lesson_00.q1.check(answer).text
    for either in (NEAR, NEAR | {"chest X-rays": "much", "birds seen from a drone": "more"}):
        assert lesson_00.q1.check(either).head.endswith(RIGHT)


@pytest.mark.parametrize(
    "function",
    [lambda labels: 1 / (labels.max() + 1), lambda labels: 0.2, lambda labels: np.bincount(labels).max(), np.mean],
)
def test_wrong_guessers_are_told(function):
    assert lesson_00.q2.check(function).head.endswith(WRONG)


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda table: {name: table.loc[name, name] / table[name].sum() for name in table}, "That is precision"),
        (lambda table: {name: 100 * table.loc[name, name] / table.loc[name].sum() for name in table}, "percentages"),
        (lambda table: {name: table.loc[name, name] / table.to_numpy().sum() for name in table}, "were found"),
        (lambda table: 0.5, "a share for each class"),
    ],
)
def test_wrong_recalls_are_told(function, reason):
    assert reason in lesson_06.q1.check(function).text


def test_a_series_of_recalls_is_as_good_as_a_dict():
    import pandas as pd

    def recall(table):
        return pd.Series(np.diag(table), index=table.index) / table.sum(axis=1)

    assert lesson_06.q1.check(recall).head.endswith(RIGHT)


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda sure, right, limit: ((sure > limit).mean(), right[sure > limit].mean()), "equal to the threshold"),
        (lambda sure, right, limit: ((sure >= limit).mean(), right.mean()), "Count only"),
        (lambda sure, right, limit: (right[sure >= limit].mean(), (sure >= limit).mean()), "it answers for"),
        (lambda sure, right, limit: (sure >= limit).mean(), "two numbers"),
    ],
)
def test_wrong_coverages_are_told(function, reason):
    assert reason in lesson_06.q2.check(function).text


def largest_cell(table):
    row, column = np.unravel_index(table.to_numpy().argmax(), table.shape)
    return table.index[row], table.columns[column]


def turned(table):
    pairs = [(said, true) for true in table.index for said in table.columns if true != said]
    return max(pairs, key=lambda pair: table.loc[pair[1], pair[0]])


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (largest_cell, "the diagonal"),
        (turned, "wrong way round"),
        (lambda table: ("daisy", "roses"), "Expected"),
        (len, "two names"),
    ],
)
def test_wrong_confusions_are_told(function, reason):
    assert reason in lesson_06.q3.check(function).text


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda distances, share: np.max(distances), "100% of the known"),
        (lambda distances, share: np.quantile(distances, 1 - share), "of the known photos pass"),
        (lambda distances, share: share * distances.max(), "of the known photos pass"),
        (lambda distances, share: distances, "one number"),
    ],
)
def test_wrong_limits_are_told(function, reason):
    assert reason in lesson_08.q1.check(function).text


def test_a_limit_by_sorting_is_as_good():
    def limit(distances, share):
        return sorted(distances)[round(share * len(distances)) - 1]

    assert lesson_08.q1.check(limit).head.endswith(RIGHT)


def unsure_first(probabilities, distance, limit, names):
    if probabilities.max() < 0.6:
        return "not sure"
    return names[probabilities.argmax()] if distance <= limit else "none of these"


def strict(probabilities, distance, limit, names):
    if distance >= limit:
        return "none of these"
    return names[probabilities.argmax()] if probabilities.max() > 0.6 else "not sure"


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (unsure_first, "doesn't matter how sure"),
        (strict, "are both enough"),
        (lambda probabilities, distance, limit, names: names[probabilities.argmax()], "beyond the limit"),
        (lambda probabilities, distance, limit, names: probabilities.argmax(), "the answer is"),
    ],
)
def test_wrong_silences_are_told(function, reason):
    assert reason in lesson_08.q2.check(function).text


def stretched(path, size):
    return np.asarray(Image.open(path).convert("RGB").resize((size, size)))


def cut_by_pillow(path, size):
    return np.asarray(ImageOps.fit(Image.open(path).convert("RGB"), (size, size), Image.Resampling.BILINEAR))


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (stretched, "Crop it, don't stretch"),
        (lambda path, size: read_photo(path, size) / 255, "between 0 and 1"),
        (lambda path, size: read_photo(path, size)[..., ::-1], "off by"),
        (lambda path, size: read_photo(path, 32), "shape"),
    ],
)
def test_photos_prepared_in_another_way_are_told(function, reason):
    assert reason in lesson_08.q3.check(function).text


def test_cutting_with_another_library_is_as_good():
    assert lesson_08.q3.check(cut_by_pillow).head.endswith(RIGHT)
