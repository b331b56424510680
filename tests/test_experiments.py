"""Experiments and their stored results."""

import json

import pandas as pd
import pytest

from helpers import config, experiments, grid
from helpers.experiments import EXPERIMENTS, Experiment, run_experiment, stored_results


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_stored_results_are_those_of_the_grid(name):
    experiment, table = EXPERIMENTS[name], stored_results(name)
    about = json.loads((config.RESULTS / f"{name}.json").read_text())
    assert about["command"].startswith(f"python -m helpers experiment {name}")
    assert about["settings"] == json.loads(json.dumps(list(experiment.settings)))
    assert about["seeds"] == list(range(experiment.seeds))
    wanted = sum(
        len(grid.jobs_of({key: value for key, value in settings.items() if key != "method"}, range(experiment.seeds)))
        for settings in experiment.settings
    )
    assert len(table) == wanted
    assert table.accuracy.between(0, 1).all()


@pytest.fixture
def tiny(monkeypatch, tmp_path):
    settings = {"method": "frozen base", "source": "bundled", "image_size": 32, "per_class": 2, "epochs": 1}
    experiment = Experiment("tiny", "Does it run?", (settings | {"learning_rate": 0.01},), seeds=2)
    monkeypatch.setitem(experiments.EXPERIMENTS, "tiny", experiment)
    monkeypatch.setattr(config, "RESULTS", tmp_path / "results")
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "cache"))
    return experiment


def test_an_experiment_is_run_stored_and_found_again(tiny):
    with pytest.raises(FileNotFoundError, match="python -m helpers experiment tiny"):
        stored_results("tiny")
    table = run_experiment("tiny")
    assert table.seed.tolist() == [0, 1]
    assert set(table.method) == {"frozen base"}
    pd.testing.assert_frame_equal(stored_results("tiny"), table)
    about = json.loads((config.RESULTS / "tiny.json").read_text())
    assert set(about["versions"]) >= {"python", "keras", "numpy"}


def test_an_unknown_experiment_is_told_which_there_are():
    with pytest.raises(ValueError, match="photos_per_class"):
        run_experiment("everything")
