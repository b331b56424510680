"""The two editions: no solution in one, every solution in the other, and both run in any folder."""

import ast
import builtins
import itertools
import re

import nbformat
import pytest

from helpers import config, exercises
from helpers.exercises.view import Question
from helpers.teaching import editions, lessons


def every_solution() -> dict[str, str]:
    return {
        f"{lesson}.{name}": question.problem.code.strip()
        for lesson in exercises.__all__
        for name, question in vars(getattr(exercises, lesson)).items()
        if isinstance(question, Question)
    }


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return editions.write_editions(tmp_path_factory.mktemp("editions"))


@pytest.fixture(scope="module")
def students(folders):
    return {path.stem: nbformat.read(path, 4) for path in sorted(folders[0].glob("*.ipynb"))}


@pytest.fixture(scope="module")
def instructors(folders):
    return {path.stem: nbformat.read(path, 4) for path in sorted(folders[1].glob("*.ipynb"))}


def test_both_have_every_lesson(students, instructors):
    assert [*students] == [*instructors] == [path.stem for path in lessons.lesson_paths()]


def test_the_lessons_are_only_read(tmp_path):
    before = [path.read_bytes() for path in lessons.lesson_paths()]
    editions.write_editions(tmp_path)
    assert [path.read_bytes() for path in lessons.lesson_paths()] == before


def test_students_get_no_outputs_and_no_solutions(students):
    for name, notebook in students.items():
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert not any(cell.outputs for cell in code if "figure" not in cell.metadata.get("tags", [])), name
        assert not any(cell.execution_count for cell in code), name
        text = squeezed("\n".join(cell.source for cell in notebook.cells))
        assert "solution()" not in text, name
        for question, solution in every_solution().items():
            assert squeezed(solution) not in text, f"{name} shows {question}"


def test_what_tells_of_hints_stays(students):
    for name, notebook in students.items():
        told = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
        lesson = "\n".join(cell.source for cell in nbformat.read(lessons.NOTEBOOKS / f"{name}.ipynb", 4).cells)
        assert told.count(".hint()") == lesson.count(".hint()")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Stuck? `q1.hint()` says more; `q1.solution()` shows one way. On.", "Stuck? `q1.hint()` says more. On."),
        ("Run it; `q1.hint()` and `q1.solution()` help. On.", "Run it; `q1.hint()` helps. On."),
        ("Run `x.y`. Or look at `q1.solution()` now! On.", "Run `x.y`. On."),
        ("Nothing of the kind: `q1.check(answer)`.", "Nothing of the kind: `q1.check(answer)`."),
        ("First line.\nSee `q1.solution()`\nlast line.", "First line.\nlast line."),
    ],
)
def test_a_text_loses_what_it_says_of_solutions(text, expected):
    assert editions.without_solutions(text) == expected


def test_cells_tagged_solution_stay_with_the_instructor():
    lesson = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1"), nbformat.v4.new_code_cell("2")])
    lesson.cells[1].metadata.tags = ["solution"]
    assert len(editions.student(lesson).cells) == 1
    assert len(editions.instructor(lesson, {}).cells) == 2


def test_students_keep_the_figure_of_the_idea_and_hide_solutions_in_the_cell_below():
    lesson = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in ("figure()", "1 + 1")])
    for number, cell in enumerate(lesson.cells, 1):
        cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "shown"}, execution_count=number)]
    lesson.cells[0].metadata.tags = ["figure"]
    figure, first = editions.student(lesson).cells
    assert (figure.source, first.source.splitlines()[0]) == ("figure()", "import os")
    assert [(output.data["text/plain"], output.execution_count) for output in figure.outputs] == [("shown", None)]
    assert first.outputs == []


def test_in_a_student_edition_solutions_are_with_the_instructor(monkeypatch):
    question = exercises.lesson_03.q1
    assert question.problem.code.strip() in repr(question.solution())
    monkeypatch.setenv("GRAFT_SOLUTIONS", "hidden")
    assert "with your instructor" in repr(question.solution())
    assert question.problem.code.strip() not in repr(question.solution()) + question.solution()._repr_html_()


def test_instructors_get_outputs_and_every_solution_after_its_check(instructors):
    solutions, found = every_solution(), []
    for name, notebook in instructors.items():
        kept = {cell.id: cell.get("outputs") for cell in notebook.cells}
        for cell in nbformat.read(lessons.NOTEBOOKS / f"{name}.ipynb", 4).cells:
            assert kept[cell.id] == cell.get("outputs")
        for before, after in itertools.pairwise(notebook.cells):
            for question in re.findall(r"\b(lesson_\d\d\.q\d+)\.check\(", before.source):
                if "solution" not in before.metadata.get("tags", []):
                    assert solutions[question] in after.source
                    assert f"{question}.check(answer" in after.source.splitlines()[-1]
                    found.append(question)
    assert sorted(found) == sorted(solutions)


def test_a_solution_uses_only_names_that_its_lesson_has():
    for path in lessons.lesson_paths():
        known = set(dir(builtins))
        for cell in nbformat.read(path, 4).cells:
            known |= made_and_used(cell.source)[0] if cell.cell_type == "code" else set()
        for question, solution in every_solution().items():
            if question[7:9] == path.stem[:2]:
                made, used = made_and_used(solution)
                assert used <= known | made, f"{question} uses {used - known - made}"


def made_and_used(code: str) -> tuple[set[str], set[str]]:
    made, used = set(), set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            made |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else made).add(node.id)
        elif isinstance(node, ast.FunctionDef):
            made.add(node.name)
        elif isinstance(node, ast.arg):
            made.add(node.arg)
    return made, used


def test_notes_stand_below_their_heading():
    lesson = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text) for text in ("# One", "## Two\n\nx")])
    edition = editions.instructor(lesson, editions.notes_of("# One\n\n- Ask.\n\n## Two\n\n- Wait.\n- Go on.\n"))
    assert [cell.source for cell in edition.cells] == [
        "# One",
        "> **For the instructor**\n>\n> - Ask.",
        "## Two\n\nx",
        "> **For the instructor**\n>\n> - Wait.\n> - Go on.",
    ]
    nbformat.validate(edition)


def test_a_note_without_its_heading_is_told():
    lesson = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# One")])
    with pytest.raises(ValueError, match=r"headings that their lesson has\. Received: 'Three'\."):
        editions.instructor(lesson, {"Three": "- Ask."})


def test_every_lesson_has_notes_and_students_see_none(students, instructors):
    for name in instructors:
        notes = editions.notes_of((editions.NOTES / f"{name[:2]}.md").read_text(encoding="utf-8"))
        lines = sum(note.count("\n") + 1 for note in notes.values())
        assert 4 <= lines <= 10, f"{name}: {lines} lines of notes"
        told = [cell for cell in instructors[name].cells if "instructor" in cell.metadata.get("tags", [])]
        assert len(told) == len(notes)
        assert not any("For the instructor" in cell.source for cell in students[name].cells)


def test_what_lies_beside_the_lessons_is_found_from_any_folder(students, instructors):
    for name, notebook in [*students.items(), *instructors.items()]:
        sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        assert not any("../" in source for source in sources), name
        for folder in re.findall(r'config\.DATA / "([^"]+)"', "\n".join(sources)):
            assert (config.DATA / folder).exists(), folder
            assert "from helpers import config" in next(source for source in sources if "plots.concepts" not in source)


def test_links_lead_somewhere_within_the_edition(folders):
    for folder in folders:
        texts = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
        for path in folder.glob("*.ipynb"):
            cells = nbformat.read(path, 4).cells
            texts[path.name] = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        assert set(lessons.PAGES) <= set(texts)
        for name, text in texts.items():
            for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
                if not target.startswith("http"):
                    assert (folder / target).is_file(), f"{name} links to {target}"


def test_a_link_out_of_the_folder_keeps_its_words():
    assert editions._inward("![A leaf.](../a.png)") == "A leaf. (`a.png` in the course's folder)"
    told = editions._inward("See [the data card](../data/README.md) and [lesson 1](01_load_the_flowers.ipynb).")
    assert told == (
        "See the data card (`data/README.md` in the course's folder) and [lesson 1](01_load_the_flowers.ipynb)."
    )


def test_a_student_edition_runs_and_keeps_its_solutions(folders, tmp_path):
    """One lesson, from a folder that is not the course's."""
    path = folders[0] / "01_load_the_flowers.ipynb"
    notebook = nbformat.read(path, 4)
    asks = nbformat.v4.new_code_cell("print(repr(lesson_01.q1.solution()), repr(lesson_01.q1.hint()))")
    notebook.cells.append(asks)
    nbformat.write(notebook, tmp_path / path.name)
    result = lessons.run_lesson(tmp_path / path.name, {"IMAGE_SIZE": 64, "PER_CLASS": 5}, tmp_path / "out")
    assert result.values["photos"] > 0
    said = nbformat.read(result.notebook, 4).cells[-1].outputs[0].text
    assert said.startswith("One way: is with your instructor")
    assert "Hint 1 of " in said
