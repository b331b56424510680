"""Grading: each exercise and question of each student gets its row, whatever the notebooks hold, in bounded time."""

import csv
import io
import os
import time
from contextlib import redirect_stdout

import nbformat
import pytest
from nbclient import NotebookClient

from helpers.__main__ import main
from helpers.exercises import lesson_00, lesson_11, quizzes
from helpers.teaching import grading, handed_in, student_runs
from helpers.teaching.executing import KERNEL_ARGUMENTS
from tests.patience import SOON

IMPORTS = "import numpy as np\nfrom helpers.exercises import lesson_00, records\nfrom helpers.widgets import quiz"
FIRST, SECOND = (f"{question.problem.code.strip()}\n" for question in (lesson_00.q1, lesson_00.q2))
CHECK_1, CHECK_2 = "lesson_00.q1.check(answer)", "lesson_00.q2.check(answer)"
RIGHT = [1 + [choice["correct"] for choice in asked["answers"]].index(True) for asked in quizzes.questions("00")]
WRONG_THIRD = [*RIGHT[:2], RIGHT[2] % 3 + 1]
REST = "; __import__('time').sleep(0.05)\n"  # as endless, and leaves other tests the processor
LOOP, LIMIT = f"while True: print('round and round'){REST}", 20
UNSTOPPABLE = f"import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass{REST}"
NETWORK = "import socket\nsocket.create_connection(('198.51.100.1', 9), timeout=1)"  # an address that belongs to nobody
NO_QUIZ = 'quiz("00")'
PIPE = "import os; os.mkfifo(os.environ['GRAFT_PROGRESS'] + '/00.q2')"  # whoever opens it waits for ever
LIST = "display({'text/plain': ['no text']}, raw=True)"

STUDENTS = {
    "ada/00_start_here": [IMPORTS, FIRST + CHECK_1, SECOND + CHECK_2, f'quiz("00", answers={WRONG_THIRD})'],
    "ben/00_start_here": [IMPORTS, FIRST + CHECK_1, f"answer = ...\n{CHECK_2}", NO_QUIZ],
    "cy/00_start_here": [IMPORTS, LOOP + CHECK_1, SECOND + CHECK_2, f'quiz("00", answers={RIGHT})'],
    "dora": [IMPORTS, "answer = {}\n" + CHECK_1, "answer = photos\n" + CHECK_2, NO_QUIZ],
    "eve": ["raise RuntimeError('=1+1')", IMPORTS, f"import os; os._exit(1)\n{CHECK_1}", SECOND + CHECK_2],
    "fred": [IMPORTS, *(f"records.keep('00', '{item}', 'right')" for item in ("q1", "q2", "quiz1"))],
    "gina": [IMPORTS, f"answer = ...\n{CHECK_1}", UNSTOPPABLE + CHECK_2, NO_QUIZ],
    "holly": ["1 + 1"],
    "ida": [NETWORK, IMPORTS],
    "ivy": [IMPORTS, "open('../data/README.md').read() and open('notes.txt', 'w').write('mine')"],
    "kai": [IMPORTS, *(f'quiz("00", answers={[choice] * 3})' for choice in (1, 2, 3)), PIPE, f"{LIST} # {CHECK_1}"],
}


def write(folder, name, cells, broken=False, **kernel):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    notebook.metadata.kernelspec = {"name": "absent", "display_name": "Absent", "language": "python"} | kernel
    if broken:
        notebook.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {"state": {"one": 3}}}
    path = folder / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with what students hand in."""
    folder = tmp_path_factory.mktemp("grading") / "handed in"
    for name, cells in STUDENTS.items():
        write(folder, name, cells)
    write(folder, "jo", ["plot(x)"], language="R")
    (folder / "kim.ipynb").touch()
    (folder / "lea.ipynb").write_text('{"cells": [')
    (folder / "max").mkdir()
    (folder / "leo.zip").write_bytes(b"PK")
    (folder / "ben" / "helpers").mkdir()
    (folder / "ben" / "helpers" / "__init__.py").write_text("raise RuntimeError('not the course')")
    write(folder, "nora", [IMPORTS], broken=True)
    write(folder / "ben" / ".ipynb_checkpoints", "00_start_here-checkpoint", [IMPORTS])
    (folder / "ben" / "progress").mkdir()
    (folder / "ben" / "progress" / "00.quiz1").write_text("right\n")
    (folder / "ben" / "progress" / "00.q2").write_text("right\n")  # of an exercise it is no proof
    return folder


def contents(folder):
    return {path: (path.stat().st_mtime_ns, path.is_file() and path.read_bytes()) for path in folder.rglob("*")}


@pytest.fixture(scope="module")
def graded(folder, tmp_path_factory):
    """Return the grades by student and item, what was printed, the seconds it took, and whether a file was changed."""
    sheet, out, before = tmp_path_factory.mktemp("sheet") / "grades.csv", io.StringIO(), contents(folder)
    began = time.perf_counter()
    with redirect_stdout(out):
        assert main(["grade", str(folder), "--out", str(sheet), "--timeout", str(LIMIT)]) == 0
    seconds = time.perf_counter() - began
    with sheet.open(encoding="utf-8", newline="") as file:
        rows = {(row["student"], row["item"]): row for row in csv.DictReader(file)}
    return rows, out.getvalue().splitlines(), seconds, contents(folder) == before


def states(graded, student):
    return [row["state"] for (name, _), row in graded[0].items() if name == student]


def message(graded, student, item):
    return graded[0][student, item]["message"]


def test_a_perfect_notebook(graded):
    assert states(graded, "ada") == ["right"] * 4 + ["wrong"]
    assert message(graded, "ada", "q2") == lesson_00.q2.problem.praise
    asked = quizzes.questions("00")[2]["answers"][WRONG_THIRD[2] - 1]
    assert message(graded, "ada", "quiz3") == f"Question 3, “{asked['answer']}” {asked['feedback']}"


def test_half_done_and_what_was_clicked_is_not_in_the_notebook(graded):
    assert states(graded, "ben") == ["right", "not answered", "right"] + ["not in the notebook"] * 2
    assert "Replace the dots" in message(graded, "ben", "q2")
    assert message(graded, "ben", "quiz1").startswith("By the student's own record of what was clicked")
    assert "doesn't say what was clicked" in message(graded, "ben", "quiz2")


def test_an_endless_loop_costs_its_exercise_alone(graded):
    assert states(graded, "cy") == ["not run"] + ["right"] * 4
    assert message(graded, "cy", "q1").startswith(f"cell 2 took longer than {LIMIT} s, and was stopped.")


def test_a_loop_that_cannot_be_stopped_ends_with_its_notebook(graded):
    assert states(graded, "gina") == ["not answered"] + ["not run"] * 4
    assert message(graded, "gina", "quiz1") == "cell 4 didn't run: cell 3 couldn't be stopped"


def test_time_is_bounded(graded):
    assert graded[2] < len(STUDENTS) * SOON + 2 * (LIMIT + SOON)


def test_a_wrong_answer_and_an_error(graded):
    assert states(graded, "dora")[:2] == ["wrong", "not run"]
    assert message(graded, "dora", "q1").startswith("Give an answer for each task.")
    assert message(graded, "dora", "q2") == "cell 3: NameError: name 'photos' is not defined"


def test_a_kernel_that_dies_and_the_error_before_it(graded):
    assert states(graded, "eve")[:3] == ["not run"] * 3
    assert message(graded, "eve", "notebook") == "cell 1: RuntimeError: =1+1"
    assert message(graded, "eve", "q1") == "cell 3: the kernel died"
    assert message(graded, "eve", "q2") == "cell 4 didn't run: the kernel died"


def test_records_of_one_student_count_for_no_other(graded):
    assert states(graded, "fred")[:3] == ["right"] * 3
    assert {message(graded, "fred", item) for item in ("q1", "quiz1")} == {"Kept, but no cell shows its check."}
    assert "right" not in states(graded, "gina")


@pytest.mark.parametrize(
    ("student", "words"),
    [
        ("holly", "Expected a notebook of this course"),
        ("jo", "one in R"),
        ("kim", "is no notebook"),
        ("leo", "'leo.zip', which isn't one"),
        ("lea", "is no notebook"),
        ("nora", "AttributeError"),
        ("max", "Expected a notebook in the student's folder"),
    ],
)
def test_what_cannot_be_graded_gets_one_row_with_a_sentence(graded, student, words):
    assert states(graded, student) == ["not run"]
    assert words in message(graded, student, "notebook")


def test_a_notebook_finds_the_courses_data_and_changes_nothing_of_the_students(graded, folder):
    assert ("ivy", "notebook") not in graded[0]
    assert states(graded, "ivy")[:2] == ["not answered"] * 2
    assert message(graded, "ivy", "q1") == "No cell checks it, as lesson_00.q1.check(…) would."
    assert graded[3]


def test_trying_all_choices_of_a_quiz_is_no_answer(graded):
    by_the_last = ["right" if choice == 3 else "wrong" for choice in RIGHT]
    assert [graded[0]["kai", f"quiz{place}"]["state"] for place in (1, 2, 3)] == by_the_last
    assert "wrong" in by_the_last


def test_what_is_made_to_stop_the_grader_does_not(graded):
    assert graded[0]["kai", "q2"]["state"] == "not answered"
    assert graded[0]["kai", "q1"]["state"] == "not answered"
    assert message(graded, "kai", "q1") == "Its cell shows no check."


def test_without_a_network_or_with_a_warning(graded):
    if student_runs.network_can_be_cut():
        assert graded[1][0].endswith("without a network.")
        assert "Network is unreachable" in message(graded, "ida", "notebook")
    else:
        assert "WITH a network" in graded[1][0]


def test_each_notebook_has_a_line(graded):
    assert len(graded[1][1:-1]) == len(STUDENTS) + 6
    assert f"ada, 00_start_here.ipynb (1 of {len(STUDENTS) + 6}): 4 of 5 right" in graded[1]


def test_where_the_network_cannot_be_cut_the_kernel_starts_all_the_same(monkeypatch, tmp_path):
    monkeypatch.setattr(student_runs, "network_can_be_cut", lambda: False)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import os\nprint(os.environ['GIVEN'])")])
    run = student_runs.run_student(notebook, tmp_path, {"GIVEN": "heard"}, student_runs.Limits(20, 60))
    assert run.faults == {}
    assert notebook.cells[0].outputs[0]["text"] == "heard\n"


def test_the_whole_notebook_has_a_limit_too(tmp_path):
    cells = [nbformat.v4.new_code_cell(source) for source in ("import time", "time.sleep(60)", "1")]
    run = student_runs.run_student(
        nbformat.v4.new_notebook(cells=cells), tmp_path, {}, student_runs.Limits(cell=50, notebook=20)
    )
    assert run.faults[1].startswith("cell 2 was still running when the notebook's 20 s were over")
    assert run.faults[2] == "cell 3 didn't run: the notebook had taken its 20 s"
    assert run.seconds < 20 + SOON


def test_a_formula_in_a_message_is_taken_for_text_and_any_name_can_be_written(tmp_path):
    from helpers.commands.grade import _write
    from helpers.teaching.grading import Grade

    odd = Grade("jos\udce9", "a.ipynb", "00", "q1", "wrong", "")  # a name in Latin-1
    _write(tmp_path / "grades.csv", [Grade("=1+1", "-.ipynb", "00", "q1", "wrong", "@SUM(A1)"), odd])
    first, second = (tmp_path / "grades.csv").read_text().splitlines()[1:]
    assert first == "'=1+1,'-.ipynb,00,q1,wrong,'@SUM(A1)"
    assert second.startswith("jos\\udce9,")


def test_a_sheet_that_is_there_is_not_overwritten(tmp_path, folder, capsys):
    (tmp_path / "grades.csv").write_text("last year's")
    assert main(["grade", str(folder), "--out", str(tmp_path / "grades.csv")]) == 1
    assert "Choose another --out" in capsys.readouterr().err
    assert (tmp_path / "grades.csv").read_text() == "last year's"


def test_a_folder_without_notebooks_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match="which is none"):
        handed_in.handed_in(tmp_path / "no")
    with pytest.raises(ValueError, match="Received: none"):
        handed_in.handed_in(tmp_path)


def test_clicks_are_read_from_widgets_whose_state_was_saved(tmp_path):
    code = "from helpers.widgets.quiz import QuizWatcher\nwatcher = QuizWatcher('00')\n"
    clicked = "watcher.tried, watcher.right = [0, 2], [2]\nwatcher"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code + clicked)])
    places = os.environ | {"GRAFT_PROGRESS": str(tmp_path)}
    NotebookClient(notebook, extra_arguments=KERNEL_ARGUMENTS).execute(env=places)
    assert handed_in.clicks(notebook, None, "00") == {"quiz1": "wrong", "quiz3": "right"}
    assert handed_in.clicks(nbformat.v4.new_notebook(), None, "00") == {}


def test_the_lesson_is_the_one_that_the_code_uses_most_else_the_files_name(tmp_path):
    def of(name, *cells):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
        return handed_in.lesson_of(tmp_path / name, notebook)

    assert of("mine.ipynb", "lesson_03.q1.check(x)", "lesson_04.q1.check(x)\nquiz('04')") == "04"
    assert of("04_train_with_a_frozen_base.ipynb", "1 + 1") == "04"
    with pytest.raises(ValueError, match="no exercises and no quiz"):
        of("12_the_recipe_in_plain_keras.ipynb", "1 + 1")
    with pytest.raises(ValueError, match="notebook of this course"):
        of("mine.ipynb", "lesson_99.q1.check(x)")


def test_optional_exercises_are_called_so(tmp_path):
    write(tmp_path, "ada", ["lesson_11 = 'left out'"])
    rows = {row.item: row for row in grading.grade("ada", tmp_path / "ada.ipynb", None, student_runs.Limits())}
    assert {row.state for item, row in rows.items() if item.startswith("q") and "z" not in item} == {"not answered"}
    assert rows["q1"].message.startswith("No cell checks it")
    for item in lesson_11.OPTIONAL:
        assert rows[item].message.startswith("Optional. No cell checks it")
