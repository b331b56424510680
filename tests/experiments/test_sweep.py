"""Sweeps: every combination once, resumed where broken off, errors in their rows, the same on every backend."""

import inspect
import json

import joblib
import pytest

from helpers import attach_head, evaluate, fit, freeze, load_base, load_flowers, settle_statistics, sweep
from helpers.experiments import sweep as sweep_module
from helpers.experiments.grid import DEFAULTS
from helpers.network import freezing
from helpers.training import fit as fit_module
from tests.networks import behind_every_name


@pytest.fixture(scope="module")
def grid(flowers):
    return {"source": str(flowers.train.paths[0].parents[1]), "image_size": 32, "per_class": 6, "weights": None,
            "base": "MobileNetV2-0.35", "epochs": 2, "learning_rate": [1e-2, 1e-3]}  # fmt: skip


@pytest.fixture(scope="module")
def alone(grid):
    """Return what one process gives for the grid."""
    return sweep(grid, seeds=range(2), progress=False)


@pytest.fixture
def pretended(monkeypatch):
    """Put a note in place of each training; return the list of notes."""
    trained = []

    def note(seed, **options):
        trained.append((options["until"], options["learning_rate"], seed))
        if options["learning_rate"] == 666:
            raise RuntimeError("the devil's own rate")
        return {"accuracy": seed / 10, "val_accuracy": 0.5, "kept_epoch": 1, "trainable_params": 5, "ran_on": None}

    monkeypatch.setattr(sweep_module, "_train_and_judge", note)
    return trained


def test_a_row_is_what_the_same_steps_by_hand_give(grid):
    table = sweep(grid, seeds=[3], progress=False)
    for row in table.itertuples():
        photos = load_flowers(grid["source"], 32, 3, 6)
        base = settle_statistics(load_base("MobileNetV2-0.35", None, 32, seed=3), photos.train)
        model = attach_head(base, 5, seed=3)
        plan = freeze(model, "top")
        run = fit(model, photos, epochs=2, learning_rate=row.learning_rate, seed=3, progress=False)
        assert row.error is None
        assert (row.val_accuracy, row.kept_epoch) == (run.val_accuracy, run.kept_epoch)
        assert row.accuracy == evaluate(model, photos.test).accuracy
        assert row.trainable_params == plan.trainable_params
    assert list(table.learning_rate) == [1e-2, 1e-3]


@pytest.mark.thorough
def test_two_processes_and_one_give_the_same_rows(grid, alone):
    together = sweep(grid, seeds=range(2), n_jobs=2, progress=False)
    assert set(together["where"]).isdisjoint(alone["where"])
    columns = ["learning_rate", "seed", "accuracy", "val_accuracy", "error"]
    assert together[columns].astype(float, errors="ignore").equals(alone[columns].astype(float, errors="ignore"))


@pytest.mark.thorough
def test_a_cluster_carries_the_same_call(grid, alone, tmp_path):
    distributed = pytest.importorskip("distributed", reason="needs dask.distributed: pip install -e '.[cluster]'")
    settings = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None, "local_directory": str(tmp_path)}
    with (
        distributed.LocalCluster(**settings) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        table = sweep(grid, seeds=range(2), progress=False)
    assert table.error.isna().all()
    assert table.accuracy.tolist() == pytest.approx(alone.accuracy.tolist(), abs=0.02)
    assert set(table["where"]).isdisjoint(alone["where"])


def test_every_combination_is_run_once_and_lower_boundaries_first(pretended):
    settings = {"until": ["top", "block4c", None, "stem"], "learning_rate": [1e-3, 1e-4]}
    table = sweep(settings, seeds=range(2), progress=False)
    assert len(pretended) == len(set(pretended)) == len(table) == 16
    assert [until for until, _, seed in pretended[:8:2]] == [None, "stem", "block4c", "top"]
    assert {seed for _, _, seed in pretended[:8]} == {0}
    assert table[["until", "learning_rate", "seed"]].values.tolist()[:3] == [
        ["top", 1e-3, 0], ["top", 1e-3, 1], ["top", 1e-4, 0],
    ]  # fmt: skip
    assert (table.accuracy == table.seed / 10).all()


def test_grids_one_after_the_other_and_tuples_are_values(pretended):
    table = sweep([{"until": "top"}, {"hidden_units": [(), (4,), (8, 4)]}], seeds=[0], progress=False)
    assert table.hidden_units.tolist() == ["()", "(4,)", "(8, 4)"], "no hidden units and until top: the same run"


def test_finished_rows_are_kept_and_errors_run_again(pretended, tmp_path):
    file = tmp_path / "results" / "rows.jsonl"
    rates = [1e-3, 666]
    first = sweep({"learning_rate": rates}, seeds=range(2), results=file, progress=False)
    assert first.error.isna().tolist() == [True, True, False, False]
    assert first.error.iloc[-1] == "RuntimeError: the devil's own rate"
    pretended.clear()
    again = sweep({"learning_rate": [*rates, 1e-4]}, seeds=range(2), results=file, progress=False)
    assert sorted(pretended) == [("top", 1e-4, 0), ("top", 1e-4, 1), ("top", 666, 0), ("top", 666, 1)]
    assert again.accuracy.tolist()[:2] == first.accuracy.tolist()[:2]


def test_a_line_broken_off_is_run_again_and_another_kind_of_file_is_refused(pretended, tmp_path):
    file = tmp_path / "rows.jsonl"
    sweep({}, seeds=range(3), results=file, progress=False)
    text = file.read_text()
    file.write_text(text[:-20])
    pretended.clear()
    table = sweep({}, seeds=range(3), results=file, progress=False)
    assert len(pretended) == 1
    assert table.accuracy.tolist() == [0.0, 0.1, 0.2]
    pretended.clear()
    sweep({}, seeds=range(3), results=file, progress=False)
    assert pretended == []
    file.write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match=r"Expected a file of results from sweep.*line 1"):
        sweep({}, seeds=[0], results=file, progress=False)


def test_rows_say_where_they_ran(pretended, tmp_path):
    file = tmp_path / "rows.jsonl"
    table = sweep({}, seeds=[0], results=file, progress=False)
    name, process = table["where"][0].rsplit(":", 1)
    assert name
    assert int(process) > 0
    assert json.loads(file.read_text())["row"]["where"] == table["where"][0]


def test_another_source_is_another_run(pretended, tmp_path, monkeypatch, photo_folder):
    file = tmp_path / "rows.jsonl"
    monkeypatch.setenv("GRAFT_WEIGHTS", "bundled")
    sweep({}, seeds=[0], results=file, progress=False)
    sweep(
        {"source": "bundled", "base": "EfficientNetB0", "weights": "bundled", "epochs": 10},
        seeds=[0],
        results=file,
        progress=False,
    )
    assert len(pretended) == 1, "said in other words, it is the same run"
    monkeypatch.setenv("GRAFT_SOURCE", str(photo_folder({"a": 3, "b": 3})))
    sweep({}, seeds=[0], results=file, progress=False)
    monkeypatch.setenv("GRAFT_WEIGHTS", "imagenet")
    sweep({"base": "MobileNetV2"}, seeds=[0], results=file, progress=False)
    assert len(pretended) == 3


def test_a_value_that_cannot_be_written_down_is_refused(pretended):
    with pytest.raises(ValueError, match="Expected schedule to be numbers, words, tuples or None"):
        sweep({"schedule": object()}, seeds=[0], progress=False)


@pytest.mark.parametrize(("settings", "seeds"), [({"learnin_rate": 1}, [0]), ({"until": []}, [0]), ({}, [])])
def test_a_wrong_grid_is_refused(pretended, settings, seeds):
    with pytest.raises(ValueError, match=r"Expected .* Received: "):
        sweep(settings, seeds=seeds, progress=False)
    assert pretended == []


def test_a_setting_that_fit_refuses_ends_in_its_row(grid):
    table = sweep({**grid, "learning_rate": [-1.0]}, seeds=[0], progress=False)
    assert table.error[0].startswith("ValueError: Expected learning_rate to be a number above 0")


def test_unfreezing_begins_with_a_trained_head(monkeypatch, grid, small):
    trained, right = [], fit_module.fit

    def noting(model, photos, **options):
        trained.append((freezing.plan_of(model).boundary, options["epochs"]))
        return right(model, photos, **options)

    monkeypatch.setattr(fit_module, "fit", noting)
    monkeypatch.setattr(sweep_module, "_base", lambda *_: small)
    unfrozen = {**grid, "until": "block2b", "learning_rate": 1e-4}
    table = sweep({**unfrozen, "epochs": 1, "head_epochs": [None, 2, 0]}, seeds=[0], progress=False)
    assert table.error.isna().all(), table.error.tolist()
    assert trained == [("top", 15), ("block2b", 1), ("top", 2), ("block2b", 1), ("block2b", 1)]


def test_the_defaults_are_those_of_the_functions_that_a_run_calls():
    for function in (load_flowers, attach_head, freeze, fit):
        for name, parameter in inspect.signature(function).parameters.items():
            if parameter.default is inspect.Parameter.empty or name == "image_size":  # below
                continue
            if name in DEFAULTS:
                assert DEFAULTS[name] == parameter.default, (function.__name__, name)
    base = inspect.signature(load_base).parameters
    assert (DEFAULTS["base"], DEFAULTS["weights"]) == (base["name"].default, base["weights"].default)
    assert DEFAULTS["image_size"] == base["image_size"].default


def test_photos_and_weights_that_changed_between_two_sweeps_are_read_again(photo_folder, tmp_path):
    file = tmp_path / "mine.weights.h5"
    grid = {"image_size": 32, "epochs": 1, "weights": str(file), "base": "MobileNetV2-0.35", "engine": "tensorflow"}
    seen = []
    with behind_every_name():
        for count in (4, 8):
            folder = photo_folder({"daisy": count, "tulips": count}, seed=count)
            load_base("MobileNetV2-0.35", None, 32, seed=count).save_weights(file)
            (row,) = sweep(grid | {"source": str(folder)}, seeds=[0], progress=False).itertuples()
            assert row.error is None
            assert row.photos == load_flowers(folder, 32).fingerprint
            base = sweep_module._base("MobileNetV2-0.35", str(file), 32, 0, sweep_module._state_of(file))
            assert base.as_loaded == load_base("MobileNetV2-0.35", file, 32).as_loaded
            seen.append((row.photos, base.as_loaded))
    assert len(set(seen)) == 2
