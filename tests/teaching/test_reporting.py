"""The instructor's report: failures in it, reasons in it, and a page that asks no other machine."""

import html.parser
import re

import nbformat
import pytest

from helpers.__main__ import main
from helpers.experiments import bands
from helpers.teaching import lessons, reporting
from tests.teaching.test_lessons import write

WORKS = (
    "# tag: parameters\nSEED = 0",
    "print('loss', 0.5 + SEED)\nprint('in 0.1 s')",
    "import time; time.sleep(3)",
    "# tag: result\n{'accuracy': 0.8, 'fall': 0.1 + SEED}",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two lessons, one of which fails, run by the command line with another seed."""
    folder = tmp_path_factory.mktemp("lessons")
    first, second = write(folder, "00_works", *WORKS), write(folder, "01_fails", *WORKS[:2], "1 / 0", "2 + 2")
    lessons.store_outputs(first)
    assert main(["run", str(first), str(second), "--seed", "1", "--report", str(folder / "report")]) == 1
    return folder / "report"


@pytest.fixture(scope="module")
def report(folder):
    return (folder / "report.md").read_text(encoding="utf-8")


def section(report: str, heading: str) -> str:
    return re.split(r"^#+ ", report.split(f"# {heading}\n")[1], flags=re.M)[0]


def test_every_lesson_has_its_row(report):
    works, fails = (line for line in section(report, "Results").splitlines() if line.startswith("| 0"))
    assert re.fullmatch(r"\| 00_works \| ran \| \d+\.\d \| 0\.800 \| `fall 1\.1` \|", works)
    assert re.fullmatch(r"\| 01_fails \| failed \| \d+\.\d \|  \|  \|", fails)


def test_a_failure_is_told_with_its_cell(report):
    assert "- 01_fails failed in cell 3 (`cell-2`): `ZeroDivisionError: division by zero`" in report


def test_the_slowest_cell_comes_first_and_is_counted_in_the_lesson(report):
    first = section(report, "Slowest cells").strip().splitlines()[2]
    assert re.fullmatch(r"\| \d\.\d \| 00_works \| 3 \(`cell-2`\) \| `import time; time.sleep\(3\)` \|", first)


def test_what_differs_comes_with_its_reason(report):
    told = section(report, "00_works")
    assert "2 of 4 cells differ, 0 of them only in times." in told
    assert "- parameters: SEED is 1 instead of 0\n\n" in told
    assert "| 2 (`cell-1`) | text | `loss 0.5` | `loss 1.5` |" in told
    assert "- the lesson failed, see above\n- cells without stored outputs" in section(report, "01_fails")


def test_date_parameters_and_versions_are_there(report):
    assert re.search(r"- Date: \d{4}-\d\d-\d\d \d\d:\d\d\n- Parameters: `SEED = 1`\n- Versions: python 3", report)


def test_how_the_lessons_read_is_there(report):
    assert "| 00_works | 0 | 0 | 7 | 0.0 |" in section(report, "How the lessons read")


class Page(html.parser.HTMLParser):
    """Count what a page asks for, and what it shows."""

    def __init__(self, text: str):
        super().__init__()
        self.tags, self.addresses = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.addresses += [value for name, value in attributes if name in ("src", "href", "srcset", "data", "action")]


def test_the_page_shows_the_same_and_asks_no_other_machine(folder, report):
    page = Page((folder / "report.html").read_text(encoding="utf-8"))
    assert page.tags.count("h2") == len(re.findall(r"^## ", report, flags=re.M))
    assert page.tags.count("tr") == len(re.findall(r"^\|(?! -)", report, flags=re.M))
    assert not {"script", "link", "img", "iframe", "object", "embed"} & set(page.tags)
    assert page.addresses == []
    assert not re.search(r"url\(|@import", (folder / "report.html").read_text(encoding="utf-8"))


def test_whatever_a_lesson_prints_stays_text(tmp_path):
    path = write(tmp_path, "00_prints", "'<script>x</script> `|` **b** <https://example.org>'")
    cell = nbformat.read(path, 4).cells[0]
    told = reporting._code(cell.source)
    page = Page(reporting._page("# A <b>\n\n<script>x</script>\n\n" + reporting._table(("a", "b"), [(told, told)])))
    assert page.tags.count("td") == 2
    assert page.tags.count("code") == 2
    assert not {"script", "a", "b", "strong"} & set(page.tags)


def test_a_result_outside_what_other_seeds_gave_is_told(tmp_path, monkeypatch):
    path = write(tmp_path, "00_works", *WORKS)
    result = lessons.Result("00_works", 1.0, {"accuracy": 0.8}, tmp_path / "none.ipynb")
    monkeypatch.setattr(bands, "stored_band", lambda *asked: bands.Band((0.5, 0.51, 0.52)))
    told = "Outside what other seeds gave: 00_works: expected accuracy within"
    assert told in reporting.markdown_report([reporting.Ran(path, result, {"SEED": 3})], {"SEED": 3})
    assert told not in reporting.markdown_report([reporting.Ran(path, result, {"EPOCHS": 3})], {"EPOCHS": 3})


def test_a_lesson_whose_copy_never_came_to_be_is_still_reported(tmp_path):
    path = write(tmp_path, "00_works", *WORKS)
    error = lessons.LessonError("00_works", "", "DeadKernelError: Kernel died", notebook=tmp_path / "none.ipynb")
    told = reporting.markdown_report([reporting.Ran(path, error, {})], {})
    assert "- 00_works failed in the kernel: `DeadKernelError: Kernel died`" in told
    assert "4 of 4 cells differ" in told


def test_a_report_folder_that_is_a_file_is_told_before_anything_runs(tmp_path, capsys):
    path = write(tmp_path, "00_works", *WORKS)
    assert main(["run", str(path), "--report", str(path)]) == 1
    told = capsys.readouterr()
    assert told.err.startswith("graft: ")
    assert "begins" not in told.out


def test_run_says_when_a_lesson_begins_and_when_it_ends(tmp_path, capsys):
    path = write(tmp_path, "00_works", *WORKS)
    assert main(["run", str(path)]) == 0
    begins, ends = capsys.readouterr().out.splitlines()[-2:]
    assert begins == "00_works begins (1 of 1)"
    assert re.fullmatch(r"00_works +\d+\.\d s   accuracy 0\.800", ends)
