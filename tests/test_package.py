"""The house itself: what importing costs, who may import whom, and one place for versions."""

import ast
import importlib.metadata
import inspect
import itertools
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import helpers
from helpers import config
from helpers.network import lite_weights
from tests.benchmarks.soak import sound
from tests.benchmarks.soak_report import as_markdown

PACKAGE = config.ROOT / "helpers"
README = (config.ROOT / "README.md").read_text(encoding="utf-8")
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
PUBLIC_PLACES = {"helpers", "helpers.widgets", "helpers.exercises", "helpers.experiments"}
PRIVATE_KERAS = {"_keras_history", "_inbound_nodes", "_outbound_nodes", "_flatten_layers", "_functional", "_nodes"}


def run_python(code: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=config.ROOT, **options)


def test_importing_helpers_loads_no_heavy_library():
    code = "import sys, helpers; print({'tensorflow', 'keras', 'matplotlib', 'pandas', 'tqdm'} & set(sys.modules))"
    assert run_python(code).stdout == "set()\n"


def test_every_public_name_is_there_and_documented():
    for name in helpers.__all__:
        thing = getattr(helpers, name)
        assert thing.__doc__, name
        if inspect.isroutine(thing):
            takes_something = bool(inspect.signature(thing).parameters)
            for part in ("Args:",) * takes_something + ("Returns:", "Example:"):
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


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (config.ROOT / folder).rglob("*.py"))


def imports_of(code: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each module that is imported, with the names that are taken from it."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom):
            yield node.module or "", [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            yield from ((alias.name, []) for alias in node.names)


def test_a_folder_imports_only_from_the_folders_below_it():
    done = subprocess.run([LINT_IMPORTS, "--no-logo"], capture_output=True, text=True, cwd=config.ROOT)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def test_the_house_has_thirteen_rooms_and_few_files_beside_them():
    entries = [entry for entry in PACKAGE.iterdir() if not entry.name.startswith("_") or entry.is_file()]
    folders = {entry.name for entry in entries if entry.is_dir()}
    assert len(folders) == 13, sorted(folders)
    assert len(entries) - len(folders) <= 7


def test_the_package_does_not_import_from_its_own_public_face():
    # It would hide from import-linter which folder is really meant.
    lazy = set(helpers.__all__) - {"plots"}
    for file in python_files("helpers"):
        for module, names in imports_of(file.read_text(encoding="utf-8")):
            assert module != "helpers" or not lazy & set(names), f"{file.name} imports {names} from helpers"


def test_only_graph_touches_private_keras():
    for file in python_files("helpers", "tests"):
        if file.name in ("graph.py", "test_graph.py"):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                assert node.attr not in PRIVATE_KERAS, f"{file.name}, line {node.lineno}: use helpers.network.graph"
        for module, _ in imports_of(file.read_text(encoding="utf-8")):
            assert not module.startswith("keras.src"), f"{file.name} imports {module}"


LESSON_CODE = [
    (path.stem, "".join(cell["source"]))
    for path in sorted((config.ROOT / "notebooks").glob("*.ipynb"))
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
    if cell["cell_type"] == "code"
]
README_CODE = [("README", code) for code in re.findall(r"```python\n(.*?)```", README, flags=re.S)]


@pytest.mark.parametrize(("place", "code"), [*LESSON_CODE, *README_CODE])
def test_lessons_and_readme_import_only_from_the_public_face(place, code):
    for module, names in imports_of(re.sub(r"^[%!].*", "", code, flags=re.M)):
        if module.split(".")[0] == "helpers":
            assert module in PUBLIC_PLACES, f"{place} imports from {module}"
            assert module != "helpers" or set(names) <= set(helpers.__all__), f"{place} imports {names}"


def test_the_function_activations_survives_the_import_of_its_folder():
    code = "import helpers; helpers.activations; import helpers.activations.cache; print(callable(helpers.activations))"
    assert run_python(code).stdout == "True\n"


def test_a_copy_outside_its_checkout_says_how_to_install(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "helpers", ignore=shutil.ignore_patterns("__pycache__"))
    done = subprocess.run(
        [sys.executable, "-c", "from helpers import load_photos"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "make lab" in done.stderr.splitlines()[-1]


PROJECT = tomllib.loads((config.ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]


def with_their_extras(requirements: list[str]) -> Iterator[str]:
    """Yield requirements, with those of an extra of the project's own in place of its name."""
    for requirement in requirements:
        own = re.fullmatch(rf"{PROJECT['name']}\[([\w,]+)\](;.*)?", requirement)
        if own:
            for extra in own[1].split(","):
                yield from with_their_extras(EXTRAS[extra])
        else:
            yield requirement


def test_learners_get_what_the_package_imports_and_nothing_else_has_to_be_there():
    learners = [*PROJECT["dependencies"], *with_their_extras(EXTRAS["lab"])]
    declared = {re.match(r"[\w.-]+", requirement)[0].lower().replace("-", "_") for requirement in learners}
    distributions = importlib.metadata.packages_distributions()
    for file in python_files("helpers"):
        if "synthetic" in file.parts:
            continue
        for module, _ in imports_of(file.read_text(encoding="utf-8")):
            top = module.split(".")[0]
            if top in sys.stdlib_module_names or top == "helpers":
                continue
            names = {name.lower().replace("-", "_") for name in distributions.get(top, ())}
            assert names & declared, f"{file.name} imports {top}, which is neither a dependency nor in the extra lab"


def test_conda_takes_its_versions_from_the_same_place():
    lines = (config.ROOT / "environment.yml").read_text().splitlines()
    assert "      - -c constraints.txt" in lines
    assert "      - -e .[lab]" in lines
    dependencies = lines[lines.index("dependencies:") + 1 : lines.index("  - pip:")]
    assert [line.strip(" -").split("=")[0] for line in dependencies] == ["python", "pip"]
    python = re.search(r"python=(\S+)", "\n".join(dependencies))[1]
    assert python in PROJECT["requires-python"]


def test_every_version_is_pinned_and_no_registry_is_named():
    lines = [line for line in (config.ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    assert len(lines) > 100
    for line in lines:
        # A marker follows where a version is for some systems or Pythons only.
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+( ; [\w.*' ()<>=!]+)?", line), line


def test_every_dependency_has_a_pin():
    pins = (config.ROOT / "constraints.txt").read_text().splitlines()
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in pins}
    for requirement in itertools.chain(PROJECT["dependencies"], *EXTRAS.values()):
        name = re.match(r"[\w.-]+", requirement)[0]
        assert name in pinned | {PROJECT["name"]}, f"{name} has no pin: run make pins"


def test_one_version_of_the_bases_package_is_named_everywhere():
    # A frozen package: another version would have another file, which the check of its SHA-256 turns away.
    wanted = f"{lite_weights.PACKAGE}=={lite_weights.VERSION}"
    assert EXTRAS["base"] == [wanted]
    assert wanted in with_their_extras(EXTRAS["lab"])
    assert wanted in (config.ROOT / "constraints.txt").read_text().splitlines()


def test_what_is_installed_without_the_bases_package_is_all_that_learners_get_besides():
    lab, tools = (set(with_their_extras(EXTRAS[extra])) for extra in ("lab", "tools"))
    assert lab - tools == set(EXTRAS["base"])


def test_the_makefile_has_few_targets():
    targets = re.search(r"\.PHONY: (.*)", (config.ROOT / "Makefile").read_text())[1].split()
    assert {"lab", "test"} <= set(targets)
    assert len(targets) <= 13


def test_the_readme_shows_the_speeds_that_were_measured():
    measured = (config.RESULTS / "speed.md").read_text().split("`make bench`\n\n")[1]
    assert f"<!-- speed -->\n{measured}<!-- end of speed -->" in (config.ROOT / "README.md").read_text()


def test_the_readme_shows_the_reliability_that_was_counted():
    record = json.loads((config.RESULTS / "reliability.json").read_text())
    assert sound(record)
    counted = f"<!-- reliability -->\n{as_markdown(record)}<!-- end of reliability -->"
    assert counted in (config.ROOT / "README.md").read_text()
