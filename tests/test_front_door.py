"""The front door: every public function, every argument of it, and nonsense in its place, which ends in a sentence.

A sentence says what was expected and what was received. What counts as nonsense is written down here by kind of
argument, apart from the package's own checks.
"""

import inspect
from functools import cache, partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import helpers
from tests.judging.reports import judged

SENTENCES = (TypeError, ValueError, FileNotFoundError)


class Something:
    """An object that is none of what the package knows."""


def outside(low: int, high: int) -> st.SearchStrategy:
    """Whole numbers below `low` or above `high`, among them those that break 32 and 64 bits."""
    return st.one_of(
        st.integers(max_value=low - 1), st.integers(min_value=high + 1), st.sampled_from([10**12, 2**64, -(2**31) - 1])
    )


NOTHING = st.none()
WORDS = st.text(max_size=8) | st.just("no")
FRACTIONS = st.floats(allow_nan=True, allow_infinity=True).filter(lambda value: value != value // 1)
ODD = st.one_of(st.builds(Something), st.lists(st.integers(), max_size=3), st.binary(max_size=4), st.complex_numbers())
NO_NUMBER = st.one_of(NOTHING, WORDS, ODD, st.booleans())
NO_WHOLE = st.one_of(NO_NUMBER, FRACTIONS, st.sampled_from([1.0, np.float32(3), np.nan, np.inf]))
NO_FINITE = st.one_of(NO_NUMBER, st.sampled_from([np.nan, np.inf, -np.inf, np.float32("nan")]))
NO_WORD = st.one_of(NOTHING, st.integers(), FRACTIONS, ODD, st.booleans())
NO_OBJECT = st.one_of(NOTHING, WORDS, ODD, st.integers(), FRACTIONS)
BAD_PIXELS = [
    np.full((32, 32, 3), 300.0),
    np.full((32, 32, 3), -1.0),
    np.full((32, 32, 3), np.nan),
    np.full((32, 32, 3), np.inf),
    np.zeros((32, 32)),
    np.zeros((32, 32, 4)),
    np.zeros((0, 32, 32, 3)),
    np.zeros((17, 17, 3)),
    np.zeros((1, 1, 32, 32, 3)),
    np.full((2, 32, 32, 3), 300.0),
    np.full((2, 32, 32, 3), np.nan),
    np.full((32, 32, 3), "a"),
    np.full((32, 32, 3), 1j),
    [[1, 2], [3]],
]

# What no argument of a kind may be. A kind that ends in "?" may be None.
NONSENSE = {
    "model": NO_OBJECT,
    "photos": NO_OBJECT,
    "split": NO_OBJECT,
    "report": NO_OBJECT,
    "neighbours": NO_OBJECT,
    "index": NO_OBJECT,
    "licensed": st.one_of(WORDS, ODD, st.integers(), FRACTIONS),
    "runs": st.one_of(WORDS.filter(bool), st.integers(), FRACTIONS, st.just([3])),
    "table": st.one_of(NO_OBJECT, st.just(pd.DataFrame()), st.just(pd.DataFrame({"a": [1]}))),
    "mapping": NO_OBJECT,
    "seed": st.one_of(NO_WHOLE, outside(0, 2**32 - 1)),
    "size": st.one_of(NO_WHOLE, outside(32, 4096)),
    "count": st.one_of(NO_WHOLE, outside(1, 10**9)),
    "classes": st.one_of(NO_WHOLE, outside(2, 65_536)),
    "channel": st.one_of(NO_WHOLE, outside(0, 10**9)),
    "processes": st.one_of(NO_WHOLE, st.sampled_from([0, 10**12, -(10**12)])),
    "models": st.one_of(NO_WHOLE, outside(1, 2)),
    "share": st.one_of(NO_FINITE, st.floats(max_value=-1e-9), st.floats(min_value=1.001)),
    "shares": st.one_of(
        NOTHING,
        WORDS,
        st.integers(),
        FRACTIONS,
        st.sampled_from([[70], [-0.1], ["0.7"], [None], [np.nan], {0.7}]),
    ),
    "positive": st.one_of(NO_FINITE, st.floats(max_value=0)),
    "not negative": st.one_of(NO_FINITE, st.floats(max_value=-1e-9)),
    "augment": st.one_of(
        NOTHING, WORDS, ODD, st.sampled_from([np.nan, np.inf]), st.floats(max_value=0), st.floats(min_value=1.001)
    ),
    "units": st.one_of(
        NOTHING, WORDS, st.integers(), st.sampled_from([(0,), (10**12,), (1.5,), (True,), ("64",), [[64]], {64}])
    ),
    "fractions": st.one_of(
        NO_OBJECT,
        st.sampled_from([(1, 0, 0), (0.5, 0.5), (0.6, 0.2, 0.3), (np.nan, 0.5, 0.5), (2, -1, 0), ("a", "b", "c")]),
    ),
    "word": st.one_of(NO_WORD, st.text(min_size=1, max_size=8).map(lambda text: f"no such {text}")),
    "text": NO_WORD,
    "flag": st.one_of(NOTHING, WORDS, ODD, st.integers(), FRACTIONS),
    "path": st.one_of(NO_WORD, st.sampled_from(["", "no/such/place", "a\0b", "x" * 5000])),
    "new path": st.one_of(NO_WORD, st.sampled_from(["", "a\0b"])),
    "pixels": st.one_of(NOTHING, WORDS, st.builds(Something), st.integers(), FRACTIONS, st.sampled_from(BAD_PIXELS)),
    "stretch": st.one_of(
        NOTHING, WORDS, st.builds(Something), st.integers(), st.sampled_from([(5,), (9, 5), (-1, 5), (0, np.nan), "ab"])
    ),
    "heat": st.one_of(
        NOTHING, WORDS, st.builds(Something), st.sampled_from([np.full((32, 32), np.nan), np.full((32, 32), 2.0), 0.5])
    ),
    "function": st.one_of(WORDS, st.integers(), FRACTIONS, st.lists(st.integers(), max_size=2)),
    "groups": st.one_of(WORDS, st.integers(), FRACTIONS, st.lists(st.integers(), max_size=2)),
    "schedule": st.one_of(WORDS, st.integers(), FRACTIONS, ODD),
    "grid": st.one_of(
        NO_OBJECT, st.sampled_from([{"rate": 1}, {1: 2}, {"epochs": Something()}, [3], [], {"epochs": []}])
    ),
    "seeds": st.one_of(
        NOTHING, WORDS, st.integers(), FRACTIONS, st.sampled_from([[-1], [2**32], [1.5], ["1"], [None], [True], []])
    ),
}
NONE_TOO = {"seed", "size", "count", "channel", "word", "text", "path", "new path", "pixels", "function", "groups"}
TRAINING = {
    "epochs": "count",
    "learning_rate": "positive",
    "batch_size": "count",
    "augment": "augment",
    "cache": "flag",
    "engine": "word",
    "schedule": "schedule",
    "weight_decay": "not negative",
    "label_smoothing": "share",
    "class_weight": "word?",
    "keep": "word",
}
# What each argument of each public function is.
TABLE: dict[str, dict[str, str]] = {
    "activations": {"model": "model", "images": "pixels", "at": "word"},
    "attach_head": {
        "base": "model",
        "classes": "classes",
        "cut_at": "word",
        "hidden_units": "units",
        "dropout": "share",
        "seed": "seed",
        "share": "flag",
    },
    "blocks": {"model": "model"},
    "calibration": {"report": "report", "bins": "count"},
    "called_plants": {"model": "model", "images": "pixels"},
    "compare": {"first": "report", "second": "report"},
    "compare_exports": {"model": "model", "photos": "photos", "folder": "new path", "formats": "units?"},
    "compare_runs": {"table": "table", "by": "word", "measure": "word", "seed": "word"},
    "copy_of": {"model": "model"},
    "evaluate": {"model": "model", "split": "split", "neighbours": "neighbours"},
    "explain_photo": {"model": "model", "image": "pixels", "neighbours": "neighbours"},
    "export_litert": {
        "model": "model",
        "path": "new path",
        "precision": "word",
        "images": "pixels?",
        "features": "flag",
        "examples": "pixels?",
    },
    "fit": {
        "model": "model",
        "photos": "photos",
        **TRAINING,
        "seed": "seed",
        "progress": "flag",
        "on_epoch": "function?",
        "stop": "function?",
        "on_batch": "function?",
    },
    "freeze": {"model": "model", "until": "word?", "batchnorm": "word"},
    "grad_cam": {"model": "model", "image": "pixels", "label": "channel?", "at": "word?"},
    "has_source_head": {"model": "model"},
    "layer_table": {"model": "model"},
    "licence_questions": {"photos": "photos", "base": "licensed"},
    "load_base": {"name": "word", "weights": "path?", "image_size": "size", "seed": "seed"},
    "load_bundle": {"folder": "path"},
    "load_flowers": {"source": "path", "image_size": "size?", "seed": "seed", "per_class": "count?"},
    "load_photos": {
        "folder": "path",
        "image_size": "size",
        "seed": "seed",
        "per_class": "count?",
        "split": "fractions",
        "groups": "groups?",
        "near_copies": "word",
        "labels": "path?",
        "stretch": "stretch",
    },
    "luck_band": {"accuracy": "share", "photos": "count", "models": "models"},
    "model_card": {
        "model": "model",
        "photos": "photos",
        "report": "report",
        "base": "licensed",
        "run": "runs",
        "neighbours": "neighbours",
        "name": "text",
        "purpose": "text",
        "made_by": "text",
        "licence": "text",
        "date": "text",
        "accuracies": "shares",
    },
    "old_answers_kept": {"before": "model", "after": "model", "images": "pixels"},
    "overlay": {"image": "pixels", "heat": "heat"},
    "own_best_rates": {"results": "table"},
    "photo_map": {"model": "model", "split": "split", "block": "word"},
    "photos_worth": {"results": "table", "per_class": "count", "method": "word", "other": "word", "seed": "seed"},
    "pretrained_models": {"sources": "flag"},
    "race": {
        "photos": "photos",
        "base": "model",
        "seconds": "positive",
        "until": "word?",
        "seed": "seed",
        "on_look": "function?",
        "on_piece": "function?",
        "stop": "function?",
        "stopwatch": "function",
    },
    "read_photo": {"path": "path", "image_size": "size", "stretch": "stretch?"},
    "save_bundle": {
        "model": "model",
        "photos": "photos",
        "report": "report",
        "folder": "new path",
        "base": "licensed",
        "run": "runs",
        "precision": "word",
    },
    "settle_statistics": {"model": "model", "split": "split", "batch_size": "count"},
    "source_accuracy": {"base": "model"},
    "source_answers": {"model": "model", "images": "pixels", "top": "count"},
    "source_classes": {"model": "model"},
    "source_pictures": {"image_size": "size"},
    "strongest_patches": {
        "base": "model",
        "photos": "photos",
        "at": "word",
        "channel": "channel",
        "n": "count",
        "index": "index",
    },
    "sweep": {
        "settings": "grid",
        "seeds": "seeds",
        "n_jobs": "processes",
        "results": "new path?",
        "progress": "flag",
    },
    "wilson_interval": {"right": "channel", "photos": "count"},
    # classes that a user makes
    "LiteModel": {"file": "path", "threads": "count?"},
    "Neighbours": {"model": "model", "photos": "photos"},
    "Recipe": {"photos": "photos", "base": "model", "seed": "seed"},
    "Step": {**TRAINING, "until": "text?", "batchnorm": "word", "per_class": "count?", "stop_after": "count?"},
}
MADE_BY_THE_PACKAGE = {"Block", "Comparison", "FreezePlan", "Photos", "Report", "Run", "Split", "TrainingInterrupted"}
OTHER = {"plots", "FORMULA_WEIGHTS"}
ANYTHING_GOES = {("compare_runs", "against"), ("save_bundle", "about")}
CASES = [(function, argument, kind) for function, kinds in TABLE.items() for argument, kind in kinds.items()]


def test_every_public_function_and_every_argument_is_in_the_table():
    assert set(helpers.__all__) == set(TABLE) | MADE_BY_THE_PACKAGE | OTHER
    for name, kinds in TABLE.items():
        takes = set(inspect.signature(getattr(helpers, name)).parameters)
        if name != "Recipe":  # its other arguments are those of attach_head
            assert set(kinds) == takes - {argument for function, argument in ANYTHING_GOES if function == name}, name


@pytest.fixture(scope="module")
def right(small, flowers, tmp_path_factory):
    """Return a function that gives arguments which a function takes; nothing is trained or judged for it."""

    @cache
    def model():
        return helpers.attach_head(small, classes=5)

    runs = pd.DataFrame(
        {"method": "a", "per_class": [1, 1], "learning_rate": 0.1, "seed": [0, 1], "accuracy": 0.5, "val_accuracy": 0.5}
    )
    good = {
        "model": model,
        "photos": lambda: flowers,
        "split": lambda: flowers.val,
        "report": lambda: judged([0, 1, 1], [0, 1, 0]),
        "neighbours": lambda: None,
        "index": lambda: None,
        "licensed": lambda: None,
        "runs": lambda: None,
        "table": lambda: runs,
        "size": lambda: 32,
        "count": lambda: 1,
        "classes": lambda: 5,
        "channel": lambda: 0,
        "models": lambda: 1,
        "share": lambda: 0.5,
        "pixels": lambda: flowers.val.images([0, 1]),
        "heat": lambda: np.zeros((32, 32)),
        "path": lambda: tmp_path_factory.getbasetemp(),
        "new path": lambda: tmp_path_factory.mktemp("door") / "new",
        "grid": lambda: {"epochs": 1},
        "units": lambda: (),
        "fractions": lambda: (0.6, 0.2, 0.2),
    }
    words = {"at": "stem", "by": "method", "method": "a", "other": "a", "name": "auto"}
    single = {"explain_photo", "grad_cam", "overlay"}

    def arguments(function: str) -> dict:
        found = {}
        for name, parameter in inspect.signature(getattr(helpers, function)).parameters.items():
            needed = parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
            kind = TABLE[function].get(name, "")
            if needed:
                found[name] = words[name] if kind == "word" else good[kind]()
                if kind == "pixels" and function in single:
                    found[name] = found[name][0]
        return found

    return arguments


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("function", "argument", "kind"), CASES, ids=[f"{f}-{a}" for f, a, _ in CASES])
def test_nonsense_ends_in_a_sentence(right, function, argument, kind):
    call, others = getattr(helpers, function), right(function)
    may_be_none = kind.endswith("?") or (kind in ("neighbours", "index") and function != "explain_photo")

    @settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
    @given(value=NONSENSE[kind.removesuffix("?")])
    def refused(value):
        if value is None and may_be_none:
            return
        with pytest.raises(SENTENCES) as told:
            call(**others | {argument: value})
        assert "xpected " in str(told.value), told.value
        assert "eceived" in str(told.value), told.value

    refused()


# Of these, each was taken, or ended in something that is no sentence, before the front door was built.
KNOWN = {
    "no model": partial(lambda: helpers.blocks(None)),
    "photos for a split": lambda flowers, small: helpers.settle_statistics(small, flowers),
    "seed 2^32": lambda small: helpers.attach_head(small, classes=5, seed=2**32),
    "10^12 units": lambda small: helpers.attach_head(small, classes=5, hidden_units=(10**12,)),
    "augment": lambda: helpers.Step(augment="no"),
    "pixels of 300": lambda small: helpers.activations(small, np.full((32, 32, 3), 300.0), "stem"),
    "no photos": lambda: helpers.luck_band(0.5, 0),
    "infinity": lambda: helpers.Step(learning_rate=np.inf),
}


@pytest.mark.parametrize("case", KNOWN)
def test_known_nonsense(case, flowers, small):
    given = {"flowers": flowers, "small": small}
    call = KNOWN[case]
    with pytest.raises(SENTENCES, match=r"Expected .* Received: "):
        call(**{name: given[name] for name in inspect.signature(call).parameters})


def test_numbers_of_numpy_are_numbers(small):
    model = helpers.attach_head(small, classes=np.int64(5), hidden_units=(np.int32(4),), dropout=np.float32(0.5))
    assert model.output_shape == (None, 5)
    assert helpers.wilson_interval(np.int64(3), np.int32(4)) == helpers.wilson_interval(3, 4)
