"""Running and storing lessons, on fixture notebooks each named for what it does."""

import json
import traceback

import nbformat
import pytest

from helpers.teaching import lessons, provenance


def write(folder, name: str, *cells: str):
    """Write a notebook; a cell that begins with `# tag: X` gets the tag X."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for number, source in enumerate(cells):
        cell = nbformat.v4.new_code_cell(source, id=f"cell-{number}")
        if source.startswith("# tag: "):
            cell.metadata["tags"] = [source.splitlines()[0].removeprefix("# tag: ")]
        notebook.cells.append(cell)
    nbformat.write(notebook, folder / f"{name}.ipynb")
    return folder / f"{name}.ipynb"


@pytest.fixture
def doubling(tmp_path):
    return write(tmp_path, "doubling", "# tag: parameters\nN = 1", "# tag: result\n{'accuracy': N / 8}")


def test_a_lesson_runs_with_other_parameters_and_is_not_written_to(doubling, tmp_path):
    before = doubling.read_bytes()
    result = lessons.run_lesson(doubling, {"N": 4}, out=tmp_path / "out")
    assert result.values == {"accuracy": 0.5}
    assert str(result).startswith("doubling")
    assert "accuracy 0.500" in str(result)
    assert result.notebook == tmp_path / "out" / "doubling.ipynb"
    assert doubling.read_bytes() == before


def test_cells_with_a_tag_are_left_out_of_the_copy_alone(tmp_path):
    lesson = write(tmp_path, "skipping", "N = 1", "# tag: aside\nN = 2", "# tag: result\n{'accuracy': N / 4}")
    assert lessons.run_lesson(lesson, {}, tmp_path / "whole").values == {"accuracy": 0.5}
    short = lessons.run_lesson(lesson, {}, tmp_path / "short", skip="aside")
    assert short.values == {"accuracy": 0.25}
    assert [cell.id for cell in nbformat.read(short.notebook, 4).cells] == ["cell-0", "cell-2"]
    assert len(nbformat.read(lesson, 4).cells) == 3


def test_a_copy_never_takes_the_lessons_place(doubling):
    with pytest.raises(ValueError, match="another folder than the lesson's own"):
        lessons.run_lesson(doubling, {}, out=doubling.parent)


def test_an_unknown_parameter_is_told(doubling):
    with pytest.raises(ValueError, match=r"parameters of doubling\.ipynb: N\. Received: M"):
        lessons.run_lesson(doubling, {"M": 4})


def test_a_missing_lesson_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match="which is no file"):
        lessons.run_lesson(tmp_path / "nowhere.ipynb", {})


def test_a_failing_cell_is_told_in_one_sentence(tmp_path):
    failing = write(tmp_path, "failing", "x = 1", "raise ValueError('no daisies')")
    with pytest.raises(lessons.LessonError) as failure:
        lessons.run_lesson(failing, {})
    assert str(failure.value) == "failing, cell 2: ValueError: no daisies"


def test_a_failing_cell_is_counted_in_the_lesson_not_in_the_copy(tmp_path):
    failing = write(tmp_path, "failing", "# tag: parameters\nN = 1", "1 + 1", "1 / (N - 2)")
    with pytest.raises(lessons.LessonError, match="failing, cell 3: ZeroDivisionError") as failure:
        lessons.run_lesson(failing, {"N": 2})
    error = failure.value
    assert (error.lesson, error.place, error.cell) == ("failing", "cell 3", "cell-2")
    assert error.seconds > 0
    assert nbformat.read(error.notebook, 4).cells[3].outputs[0].data["text/plain"] == "2"


def test_a_kernel_that_dies_is_told(tmp_path):
    dying = write(tmp_path, "dying", "import os\nos._exit(1)")
    with pytest.raises(lessons.LessonError, match="dying, cell 1: DeadKernelError: Kernel died"):
        lessons.run_lesson(dying, {})


def test_what_the_outputs_were_made_with_is_stored_beside_them(tmp_path):
    path = write(tmp_path, "storing", "1 + 1")
    lessons.store_outputs(path)
    first = path.read_bytes()
    assert nbformat.read(path, 4).metadata.graft == provenance.record(nbformat.read(path, 4))
    lessons.store_outputs(path)
    assert path.read_bytes() == first


def test_storing_keeps_outputs_and_drops_what_would_differ(tmp_path):
    path = write(tmp_path, "storing", "1 + 1", "import ipywidgets; ipywidgets.IntSlider()")
    lessons.store_outputs(path)
    stored = json.loads(path.read_text())
    assert stored["cells"][0]["outputs"][0]["data"]["text/plain"] == ["2"]
    assert stored["cells"][0]["execution_count"] == 1
    assert "widgets" not in stored["metadata"]
    assert all("execution" not in cell["metadata"] for cell in stored["cells"])
    assert [cell["id"] for cell in stored["cells"]] == ["cell-0", "cell-1"]


def test_a_lesson_that_fails_while_storing_stays_as_it_was(tmp_path):
    path = write(tmp_path, "failing", "1 / 0")
    before = path.read_bytes()
    with pytest.raises(lessons.LessonError, match="ZeroDivisionError"):
        lessons.store_outputs(path)
    assert path.read_bytes() == before


def test_lessons_are_found_in_order():
    names = [path.stem for path in lessons.lesson_paths()]
    assert names == sorted(names)
    assert names[0] == "00_start_here"
    assert lessons.lesson_paths(["a.ipynb"])[0].name == "a.ipynb"


def test_outputs_are_stored_from_an_empty_cache_and_without_the_bars_of_a_slow_machine(tmp_path, monkeypatch):
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path))
    monkeypatch.delenv("TQDM_DISABLE")
    asking = write(
        tmp_path,
        "asking",
        "import os\nprint(os.listdir(os.environ['GRAFT_CACHE']))",
        "from helpers import config\nprint(config.bars_hidden())",
    )
    lessons.store_outputs(asking)
    assert [cell.outputs[0].text for cell in nbformat.read(asking, 4).cells] == ["[]\n", "True\n"]


def test_the_traceback_of_a_failing_cell_is_kept_for_the_log(tmp_path):
    failing = write(tmp_path, "failing", "def divides():\n    return 1 / 0", "divides()")
    with pytest.raises(lessons.LessonError) as failure:
        lessons.run_lesson(failing, {})
    assert "divides()" in "".join(traceback.format_exception(failure.value))
