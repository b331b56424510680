"""What classes set up with: the container, conda's file, and what every kernel on a shared server is told."""

import json
import os
import re
import shutil
import subprocess

import nbformat
import pytest
import yaml
from IPython.core.application import SYSTEM_CONFIG_DIRS
from nbclient import NotebookClient

from helpers import config
from helpers.teaching.executing import KERNEL_ARGUMENTS

CONTAINER = json.loads((config.ROOT / ".devcontainer" / "devcontainer.json").read_text())
STEPS = CONTAINER["postCreateCommand"].split(" && ")
TEACHING = (config.ROOT / "TEACHING.md").read_text(encoding="utf-8")


def test_the_container_has_a_python_that_the_course_takes_and_makes_what_learners_need():
    assert re.search(r"python:1-(3\.1[123])-", CONTAINER["image"])
    assert STEPS[0] == "make .venv/lab-ready"
    python = CONTAINER["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"]
    assert python == "${containerWorkspaceFolder}/.venv/bin/python"


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_knows_the_containers_target_in_a_fresh_clone(tmp_path):
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(config.ROOT / name, tmp_path / name)
    variables = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    dry = subprocess.run([*STEPS[0].split(), "--dry-run"], cwd=tmp_path, env=variables, capture_output=True, text=True)
    assert dry.returncode == 0, dry.stderr
    assert "-m venv" in dry.stdout
    assert ".[lab]" in dry.stdout


@pytest.mark.parametrize("step", STEPS[1:])
def test_the_containers_other_steps_are_commands_of_the_course(step):
    from helpers.commands import parser

    python, *arguments = step.split()
    assert python == ".venv/bin/python"
    assert arguments[:2] == ["-m", "helpers"]
    assert parser().parse_args(arguments[2:]).run


def test_the_lesson_that_codespaces_opens_is_one_that_is_copied():
    (opened,) = CONTAINER["customizations"]["codespaces"]["openFiles"]
    assert (config.ROOT / "notebooks" / opened.removeprefix("my_lessons/")).is_file()


def test_condas_file_is_yaml_and_its_pip_lines_name_what_there_is():
    environment = yaml.safe_load((config.ROOT / "environment.yml").read_text())
    (pip,) = [each["pip"] for each in environment["dependencies"] if isinstance(each, dict)]
    for line in pip:
        option, what = line.split()
        assert option in ("-c", "-e")
        assert (config.ROOT / what.partition("[")[0]).exists()


def test_commands_on_the_page_for_teachers_are_commands_of_the_course():
    from helpers.commands import NAMES

    named = re.findall(r"-m helpers (\w+)", TEACHING)
    assert "grade" in named
    assert set(named) <= set(NAMES)


def test_a_shared_servers_kernels_keep_what_learners_do_in_their_own_folders(tmp_path):
    (code,) = [block for block in re.findall(r"```python\n(.*?)```", TEACHING, flags=re.S) if "get_config()" in block]
    profile = tmp_path / "ipython" / "profile_default"
    profile.mkdir(parents=True)
    (profile / "ipython_config.py").write_text(code)
    variables = {name: value for name, value in os.environ.items() if not name.startswith("GRAFT_")}
    variables |= {"IPYTHONDIR": str(tmp_path / "ipython"), "HOME": str(tmp_path / "home")}
    asked = "from helpers import config; print(config.cache_folder()); print(config.progress_folder())"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(asked)])
    NotebookClient(notebook, kernel_name="python3", extra_arguments=KERNEL_ARGUMENTS).execute(env=variables)
    told = notebook.cells[0].outputs[0]["text"].split()
    assert told == [str(tmp_path / "home" / ".cache" / "graft"), str(tmp_path / "home" / "graft_progress")]
    assert "/etc/ipython" in SYSTEM_CONFIG_DIRS
    assert "`/etc/ipython/ipython_config.py`" in TEACHING
