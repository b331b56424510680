"""Whatever ends a lesson early is that lesson's error: it says where and why, and the next lesson runs."""

import io
import re
from contextlib import redirect_stderr, redirect_stdout

import nbformat
import pytest

from helpers.__main__ import main
from helpers.commands import run
from helpers.teaching import drift, lessons
from tests.teaching.test_lessons import write

GOOD = "# tag: result\n{'accuracy': 0.5}"
# What each cell's lesson fails with; None where it runs to its end.
BAD = {
    "00_hangs": (
        "import time; time.sleep(1000)",
        "cell 2: the cell took longer than 3 s. If it should, allow",
    ),
    "01_is_empty": ("", None),
    "02_is_no_literal": ("# tag: result\nobject", "cell 2: Expected the cell tagged .* Received: object\\."),
    "03_has_words": (
        "# tag: result\n{'accuracy': 'high'}",
        "cell 2: Expected an accuracy .* Received: 'high'",
    ),
    "04_leaves": ("raise SystemExit", "cell 2: SystemExit: the cell ended the lesson early"),
    "05_has_no_kernel": ("1 + 1", "Received: '00_absent'. Choose Python 3 in JupyterLab"),
    "06_names_no_kernel": ("1 + 1", "Expected a notebook that names its kernel"),
    "07_is_good": (GOOD, None),
}


def with_kernel(path, **kernelspec: str):
    """Let a notebook ask for another kernel, or for none."""
    notebook = nbformat.read(path, 4)
    notebook.metadata.pop("kernelspec")
    if kernelspec:
        notebook.metadata.kernelspec = kernelspec
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Return what `run --report` told of all these lessons: exit status, lines of output and of errors, report."""
    folder = tmp_path_factory.mktemp("bad")
    paths = [write(folder, name, "# tag: parameters\nSEED = 0", cell) for name, (cell, _) in BAD.items()]
    with_kernel(paths[5], name="00_absent", display_name="Absent", language="python")
    with_kernel(paths[6])
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(run, "_try_photos", lambda parameters: None)
        options = ["--timeout", "3", "--out", str(folder / "out{x}"), "--report", str(folder / "report")]
        status = main(["run", *options, *map(str, paths)])
    report = (folder / "report" / "report.md").read_text(encoding="utf-8")
    return status, out.getvalue().splitlines(), err.getvalue().splitlines(), report


def test_the_next_lesson_runs_and_the_failed_are_counted(ran):
    status, told, errors, _ = ran
    failing = [name for name, (_, reason) in BAD.items() if reason]
    assert status == len(errors) == len(failing)
    assert [line.split(" begins")[0] for line in told if "begins" in line] == list(BAD)
    assert any(re.fullmatch(r"07_is_good +\d+\.\d s   accuracy 0\.500", line) for line in told)
    assert any(re.fullmatch(r"01_is_empty +\d+\.\d s   no model trained", line) for line in told)


@pytest.mark.parametrize("name", [name for name, (_, reason) in BAD.items() if reason])
def test_each_reason_is_told_and_reported(ran, name):
    _, _, errors, report = ran
    told = next(error for error in errors if error.startswith(f"failed: {name}"))
    assert re.search(BAD[name][1], told)
    assert f"- {name} failed in " in report
    assert re.search(rf"\| {name} \| failed \| \d+\.\d \|  \|  \|", report)


def test_the_hanging_cell_is_ended_soon_after_its_time(ran):
    seconds = float(re.search(r"\| 00_hangs \| failed \| (\d+\.\d)", ran[3])[1])
    assert 3 <= seconds < 60


@pytest.mark.parametrize("shown", ["{'accuracy': nan}", "{'accuracy': 1.5}", "{'accuracy': True}", "[0.5]", "{1: 0.5}"])
def test_what_is_no_result_is_told(tmp_path, shown):
    from helpers.teaching.results import shown_result

    path = write(tmp_path, "shows", "# tag: result\nx")
    executed = nbformat.read(path, 4)
    executed.cells[0].outputs = [nbformat.v4.new_output("execute_result", {"text/plain": shown}, execution_count=1)]
    with pytest.raises(lessons.LessonError, match=r"shows, cell 1: Expected .* Received: ") as failure:
        shown_result(path, executed, path)
    assert failure.value.cell == "cell-0"
    executed.cells[0].outputs = []
    with pytest.raises(lessons.LessonError, match="Received: nothing"):
        shown_result(path, executed, path)


def test_no_copy_is_overwritten(tmp_path, capsys, monkeypatch):
    lesson = write(tmp_path, "00_good", GOOD)
    (tmp_path / "other").mkdir()
    namesake = write(tmp_path / "other", "00_good", GOOD)
    monkeypatch.setattr(lessons, "run_lesson", lambda *_, **__: pytest.fail("a lesson ran"))
    assert main(["run", "--out", str(tmp_path / "out"), str(lesson), str(namesake)]) == 1
    assert "00_good.ipynb more than once" in capsys.readouterr().err
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "00_good.ipynb").write_text("an earlier copy")
    assert main(["run", "--out", str(tmp_path / "out"), str(lesson)]) == 1
    assert "Expected a folder without a copy of 00_good.ipynb" in capsys.readouterr().err
    assert (tmp_path / "out" / "00_good.ipynb").read_text() == "an earlier copy"


@pytest.mark.parametrize("wrong", ["0", "-1", "1.5", "nan", "soon"])
def test_a_time_limit_is_a_positive_whole_number(wrong, capsys, tmp_path):
    with pytest.raises(SystemExit):
        main(["run", f"--timeout={wrong}"])
    assert "use a whole number above 0" in capsys.readouterr().err
    with pytest.raises(ValueError, match="whole seconds per cell"):
        lessons.run_lesson(write(tmp_path, "00_good", GOOD), {}, timeout=0)


def test_parameters_that_are_no_python_end_no_report(tmp_path):
    lesson = nbformat.read(write(tmp_path, "magic", "# tag: parameters\n%time\nSEED = 0"), 4)
    assert drift.own_parameters(lesson) == {}
