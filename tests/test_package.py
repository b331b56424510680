"""The house itself: what importing costs, who may import whom, and one place for versions."""

import ast
import itertools
import json
import re
import shutil
import subprocess
import sys
import tomllib

import pytest

import helpers
from helpers import config

# From the ground up: a module may import what stands before it.
ORDER = [
    ("quiet", "config"),
    ("pixels", "store", "litert"),
    ("sources", "folder"),
    ("splitting", "split"),
    ("data",),
    ("viewing", "anatomy", "settling"),
    ("backbone",),
    ("head", "provenance"),
    ("freezing",),
    ("compiling", "cutting", "engines", "feeding", "proof", "runs", "watch"),
    ("naming", "reach", "explain", "exporting", "remembering"),
    ("features", "patches", "bundle", "licences"),
    ("training", "neighbours", "costs", "app"),
    ("evaluation", "recipe", "opinion"),
    ("plots", "cards"),
    ("grid", "packing"),
    ("sweeping", "worth"),
    ("experiments", "drift", "readability"),
    ("lessons",),
    ("bands", "editions"),
    ("reporting",),
    ("commands",),
    ("__main__",),
]
FLOOR = {name: height for height, names in enumerate(ORDER) for name in names}
ROOMS = {"app", "commands", "experiments"}  # folders that stand among the modules
PACKAGE = config.ROOT / "helpers"


def run_python(code: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=config.ROOT, **options)


def test_importing_helpers_is_fast_and_loads_no_heavy_library():
    code = (
        "import sys, time; began = time.perf_counter(); import helpers; seconds = time.perf_counter() - began;"
        "import json; print(json.dumps([seconds, sorted({'tensorflow', 'keras', 'matplotlib'} & set(sys.modules))]))"
    )
    seconds, heavy = min(json.loads(run_python(code).stdout) for _ in range(3))
    assert heavy == []
    assert seconds < 0.3


def test_every_public_name_is_there_and_documented():
    for name in helpers.__all__:
        thing = getattr(helpers, name)
        assert thing.__doc__, name
        if callable(thing) and not isinstance(thing, type):
            for part in ("Args:", "Returns:", "Example:"):
                assert part in thing.__doc__, f"{name} says nothing under {part}"


def test_an_unknown_name_is_told_what_there_is():
    with pytest.raises(AttributeError, match="load_photos"):
        helpers.load_photo_folder  # noqa: B018


@pytest.mark.parametrize("library", ["keras", "tensorflow"])
def test_starting_tensorflow_after_helpers_prints_nothing(library):
    done = run_python(f"import helpers, {library}; import tensorflow as tf; tf.ones((4, 4)) @ tf.ones((4, 4))")
    assert (done.stdout, done.stderr) == ("", "")


def test_errors_are_still_written_to_stderr_once_tensorflow_is_there():
    done = run_python("import helpers, tensorflow, os; os.write(2, b'still heard')")
    assert done.stderr == "still heard"


def files_of(module: str) -> list:
    return [PACKAGE / f"{module}.py"] if module not in ROOMS else sorted((PACKAGE / module).glob("*.py"))


def imported_by(module: str) -> set[str]:
    found = set()
    for node in itertools.chain.from_iterable(ast.walk(ast.parse(file.read_text())) for file in files_of(module)):
        if isinstance(node, ast.ImportFrom) and node.module == "helpers":
            names = {alias.name for alias in node.names}
            found |= {name if name in FLOOR else helpers._HOME.get(name, name) for name in names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("helpers."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("helpers.")}
    return (found & set(FLOOR)) - {module}


def test_every_module_has_its_floor():
    assert {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"} | ROOMS == set(FLOOR)


@pytest.mark.parametrize("module", sorted(FLOOR))
def test_a_module_imports_only_what_stands_before_it(module):
    above = {other for other in imported_by(module) if FLOOR[other] > FLOOR[module]}
    assert not above, f"{module} imports {above}"


def test_logic_never_imports_widgets():
    for module in FLOOR:
        text = "\n".join(file.read_text() for file in files_of(module))
        assert not re.search(r"^\s*(from|import) (helpers\.widgets|ipywidgets|anywidget)", text, flags=re.M), module


def test_no_two_modules_import_each_other_in_a_circle():
    open_modules = {module: imported_by(module) for module in FLOOR}
    while open_modules:
        free = [module for module, needs in open_modules.items() if not needs & set(open_modules)]
        assert free, f"a circle among {sorted(open_modules)}"
        for module in free:
            del open_modules[module]


def test_a_copy_outside_its_checkout_says_how_to_install(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "helpers", ignore=shutil.ignore_patterns("__pycache__"))
    done = subprocess.run(
        [sys.executable, "-c", "from helpers import load_photos"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "make lab" in done.stderr.splitlines()[-1]


def test_conda_takes_its_versions_from_the_same_place():
    lines = (config.ROOT / "environment.yml").read_text().splitlines()
    wanted = tomllib.loads((config.ROOT / "pyproject.toml").read_text())["project"]
    extras = ",".join(name for name in wanted["optional-dependencies"] if name not in ("gpu", "synthetic", "cluster"))
    assert "      - -c constraints.txt" in lines
    assert f"      - -e .[{extras}]" in lines
    dependencies = lines[lines.index("dependencies:") + 1 : lines.index("  - pip:")]
    assert [line.strip(" -").split("=")[0] for line in dependencies] == ["python", "pip"]
    python = re.search(r"python=(\S+)", "\n".join(dependencies))[1]
    assert python in wanted["requires-python"]


def test_every_version_is_pinned_and_no_registry_is_named():
    lines = [line for line in (config.ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    assert len(lines) > 100
    for line in lines:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line), line


def test_the_makefile_has_few_targets():
    targets = re.search(r"\.PHONY: (.*)", (config.ROOT / "Makefile").read_text())[1].split()
    assert {"lab", "test"} <= set(targets)
    assert len(targets) <= 8


def test_the_readme_shows_the_speeds_that_were_measured():
    measured = (config.RESULTS / "speed.md").read_text().split("`make bench`\n\n")[1]
    assert f"<!-- speed -->\n{measured}<!-- end of speed -->" in (config.ROOT / "README.md").read_text()
