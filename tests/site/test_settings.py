"""The website's settings: nothing runs, no other host is named, every page is listed, `make site` needs no Keras."""

import fnmatch
import os
import re
import runpy
import shutil
import subprocess

import pytest

from helpers import config

SITE = config.ROOT / "site"


def test_no_setting_runs_a_lesson_or_names_another_host():
    settings = runpy.run_path(str(SITE / "conf.py"))
    assert settings["nb_execution_mode"] == "off"
    assert settings["nb_ipywidgets_js"] == {}
    assert "//" not in repr({name: value for name, value in settings.items() if not name.startswith("__")})
    assert "//" not in (SITE / "_static" / "look.css").read_text("utf-8")


def listed() -> set[str]:
    """Return the pages that the toctrees of the first page name, as paths without an ending; they may be patterns."""
    trees = re.findall(r"```\{toctree\}\n(.*?)```", (SITE / "index.md").read_text("utf-8"), flags=re.DOTALL)
    lines = [line for tree in trees for line in tree.splitlines() if line and not line.startswith(":")]
    return {line.partition("<")[2].strip(">") or line for line in lines}


def test_every_lesson_and_every_page_is_listed(part):
    sources, entries = part("sources"), listed()
    own = {"notebooks/teaching/index", "reference/index", "licence"}  # these list their pages themselves, or are one
    assert own <= entries
    pages = [page for pattern in (sources.LESSONS, *sources.PAGES) for page in config.ROOT.glob(pattern)]
    names = [page.relative_to(config.ROOT).with_suffix("").as_posix() for page in pages]
    assert len([name for name in names if fnmatch.fnmatch(name, "notebooks/[0-9]*")]) == 13
    for name in names:
        assert name.startswith("notebooks/teaching/") or any(fnmatch.fnmatch(name, entry) for entry in entries), name


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_site_installs_what_the_site_needs_and_nothing_else():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "--dry-run", "--always-make", "site"]
    told = subprocess.run(command, cwd=config.ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    assert "site/build.py" in told
    assert "optional-dependencies']['site']" in told
    assert " -e " not in told  # that would bring TensorFlow


def test_pages_are_published_as_make_site_builds_them():
    workflow = (config.ROOT / ".github" / "workflows" / "pages.yml").read_text("utf-8")
    assert "make site" in workflow
    assert "site/_build/html" in workflow
