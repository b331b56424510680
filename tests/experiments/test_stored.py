"""Experiments and their stored results."""

import dataclasses
import json
import shutil
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from helpers import config, experiments
from helpers.__main__ import main
from helpers.experiments import EXPERIMENTS, code_digest, measure_again, run_experiment, stored, stored_results
from helpers.experiments.experiment import Experiment, real_photos
from helpers.experiments.photos_worth import own_best_rates
from helpers.teaching.lessons import lesson_paths


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_stored_results_are_those_of_the_grid(name):
    experiment, table = EXPERIMENTS[name], stored_results(name)
    about = json.loads((config.RESULTS / f"{name}.json").read_text())
    assert about["command"].startswith(f"python -m helpers experiment {name}")
    assert about["settings"] == json.loads(json.dumps(list(experiment.settings)))
    assert about["seeds"] == list(range(experiment.seeds))
    assert about["question"] == experiment.question
    wanted = [
        tuple("none" if point[column] is None else point[column] for column in (*experiment.columns, "seed"))
        for point in experiment.points()
    ]
    assert sorted(map(str, wanted)) == sorted(
        map(str, table[[*experiment.columns, "seed"]].itertuples(index=False, name=None))
    )
    assert table.accuracy.between(0, 1).all()


def test_a_grid_gives_every_combination_with_every_seed():
    experiment = Experiment("grid", "?", ({"a": [1, 2], "b": "x"}, {"a": 3, "b": ["y"]}), dict, ("a", "b"), seeds=2)
    points = list(experiment.points())
    assert [(point["a"], point["b"], point["seed"]) for point in points] == [
        (1, "x", 0), (2, "x", 0), (3, "y", 0), (1, "x", 1), (2, "x", 1), (3, "y", 1)
    ]  # fmt: skip


def measure_tiny(seed: int, until: str | None, image_size: int, source: str = "drawn") -> dict:
    """Stand in for a measurement; count how often it was asked."""
    measure_tiny.asked += 1
    return {"accuracy": 0.1 * seed + 0.123456, "seconds": 1.239}


measure_tiny.asked = 0


@pytest.fixture
def tiny(monkeypatch, tmp_path):
    experiment = Experiment("tiny", "Does it run?", ({"until": ["top", None], "image_size": 32},), measure_tiny,
                            ("until",), seeds=2)  # fmt: skip
    measure_tiny.asked = 0
    monkeypatch.setitem(experiments.EXPERIMENTS, "tiny", experiment)
    monkeypatch.setattr(config, "RESULTS", tmp_path / "results")
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "cache"))
    return experiment


def test_an_experiment_is_run_stored_and_found_again(tiny):
    with pytest.raises(FileNotFoundError, match="python -m helpers experiment tiny"):
        stored_results("tiny")
    table = run_experiment("tiny")
    assert table.seed.tolist() == [0, 0, 1, 1]
    assert table.until.tolist() == ["top", "none"] * 2
    assert table.accuracy.tolist() == [0.1235, 0.1235, 0.2235, 0.2235]
    pd.testing.assert_frame_equal(stored_results("tiny"), table)
    about = json.loads((config.RESULTS / "tiny.json").read_text())
    assert set(about["versions"]) >= {"python", "keras", "numpy"}
    assert about["seconds_of_all_runs"] == 5


def test_seconds_are_counted_of_experiments_that_measure_none(tiny, monkeypatch):
    clock = SimpleNamespace(perf_counter=partial(next, iter(range(0, 1000, 7))))
    monkeypatch.setattr(stored, "time", clock)
    monkeypatch.setitem(EXPERIMENTS, "tiny", dataclasses.replace(tiny, measure=lambda **settings: {"accuracy": 0.5}))
    run_experiment("tiny")
    assert json.loads((config.RESULTS / "tiny.json").read_text())["seconds_of_all_runs"] == 4 * 7


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_no_stored_experiment_took_no_time(name):
    seconds = json.loads((config.RESULTS / f"{name}.json").read_text())["seconds_of_all_runs"]
    assert seconds is None or seconds > 0  # None: stored before the time of such experiments was measured


def test_one_that_was_broken_off_goes_on_where_it_stopped(tiny, monkeypatch):
    real = stored._rounded
    monkeypatch.setattr(stored, "_rounded", lambda row: 1 / (row["seed"] == 0) and real(row))
    with pytest.raises(ZeroDivisionError):
        run_experiment("tiny")
    monkeypatch.setattr(stored, "_rounded", real)
    before = measure_tiny.asked
    assert len(run_experiment("tiny")) == 4
    assert measure_tiny.asked - before < 4
    run_experiment("tiny")
    assert measure_tiny.asked - before >= 4, "a finished experiment must not give old rows a new date"


def test_a_point_is_measured_again_and_must_be_one_point(tiny):
    assert measure_again("tiny", until=None, seed=1)["accuracy"] == pytest.approx(0.223456)
    with pytest.raises(ValueError, match="which 2 points have"):
        measure_again("tiny")
    with pytest.raises(ValueError, match="which 0 points have"):
        measure_again("tiny", until="block9z")


def test_an_unknown_experiment_is_told_which_there_are():
    with pytest.raises(ValueError, match="photos_per_class"):
        run_experiment("everything")


@pytest.fixture
def package(monkeypatch, tmp_path):
    """Return a copy of the package's own files, of which the digest is taken instead."""
    keep = shutil.ignore_patterns("__pycache__", "synthetic")
    copy = shutil.copytree(code_digest.PACKAGE, tmp_path / "elsewhere" / "helpers", ignore=keep)
    monkeypatch.setattr(code_digest, "PACKAGE", copy)
    return copy


def append(file: Path) -> None:
    file.write_text(file.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")


def test_what_other_code_measured_is_not_gone_on_with(tiny, package, monkeypatch):
    with monkeypatch.context() as breaking:
        breaking.setattr(stored, "_rounded", lambda row: 1 / (row["seed"] == 0) and row)
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                run_experiment("tiny")
        assert measure_tiny.asked < 6, "what was finished is measured again"
    append(package / "training" / "fit.py")
    before = measure_tiny.asked
    run_experiment("tiny")
    assert measure_tiny.asked - before == 4
    assert not list((config.cache_folder() / "experiments").iterdir()), "the older code's results are left behind"


@pytest.mark.parametrize(
    ("file", "decides"),
    [
        *((f"{name}.py", True) for name in ("config", "photos/photo", "network/head", "activations/engines",
                                            "training/fit", "judging/report", "experiments/sweep")),
        *((f"{name}.py", False) for name in ("plots/charts", "widgets/photo_drop", "sharing/card", "exercises/view")),
    ],
)  # fmt: skip
def test_the_digest_changes_with_the_code_that_decides_a_result(package, file, decides):
    before = code_digest.code_digest()
    assert before == code_digest.code_digest(config.ROOT / "helpers"), "it depends on where the package lies"
    append(package / file)
    assert (code_digest.code_digest() != before) == decides


def test_a_file_that_is_added_or_renamed_changes_the_digest(package):
    digests = {code_digest.code_digest()}
    (package / "training" / "new.py").write_text("")
    digests.add(code_digest.code_digest())
    (package / "training" / "new.py").rename(package / "training" / "renamed.py")
    digests.add(code_digest.code_digest())
    assert len(digests) == 3


def test_the_digest_changes_with_the_libraries(monkeypatch):
    before = code_digest.code_digest()
    monkeypatch.setattr(config, "versions", lambda: {"keras": "0.1"})
    assert code_digest.code_digest() != before


def test_the_digest_leaves_out_nothing_that_an_experiment_imports():
    grimp = pytest.importorskip("grimp", reason="comes with import-linter")
    graph = grimp.build_graph("helpers")
    measuring = graph.find_descendants("helpers.experiments")
    reached = {name for each in measuring for name in graph.find_upstream_modules(each)}
    folders = {name.split(".")[1] for name in reached if "." in name}
    told = {name.removesuffix(".py") for name in code_digest.DECISIVE}
    assert folders - told <= {"quiet", "plots"}, "neither changes a number"


def test_lesson_8_trains_from_scratch_at_the_rate_that_suited_it_best():
    best = own_best_rates(stored_results("photos_per_class")).query("method == 'from scratch' and per_class == 10")
    assert set(best.learning_rate) == {5e-3}
    (lesson,) = [path for path in lesson_paths() if path.stem.startswith("08")]
    assert "scratch, photos, epochs=SCRATCH_EPOCHS, learning_rate=5e-3" in lesson.read_text(encoding="utf-8")


def test_all_experiments_run_one_after_the_other(tiny, monkeypatch, capsys):
    real = dataclasses.replace(tiny, name="tiny_real", settings=({"source": "real", "until": "top", "image_size": 32},))
    monkeypatch.setattr(stored, "EXPERIMENTS", {"tiny": tiny, "tiny_real": real})
    monkeypatch.setattr(config, "DOWNLOADED_FLOWERS", config.RESULTS / "nothing here")
    assert main(["experiment", "all"]) == 0
    assert len(stored_results("tiny")) == 4
    told = capsys.readouterr().out
    assert "tiny_real: left out. Expected the downloaded flower photos on disk" in told
    monkeypatch.setenv("GRAFT_SOURCE", str(config.BUNDLED_FLOWERS))
    assert main(["experiment", "all"]) == 0
    assert len(stored_results("tiny_real")) == 2


def test_drawn_pictures_never_pass_for_real_ones(monkeypatch):
    for named, expected in ((None, "photos"), ("bundled", "photos"), ("auto", "photos"), ("my/roses", "my/roses")):
        monkeypatch.setenv("GRAFT_SOURCE", named or "")
        assert real_photos() == expected
