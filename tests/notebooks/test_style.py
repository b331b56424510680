"""What every lesson keeps to: parameters, a result, stored outputs, cells that are explained, no path of a machine."""

import html
import itertools
import json
import re
import statistics
from pathlib import Path

import pytest

from helpers.plots import concepts
from helpers.teaching import lessons
from tests.slicing import used_and_bound

MACHINE_PATH = re.compile(r"(?<![\w./:])/(?:root|work|tmp|home|Users|opt|private|var)/[\w.-]+")
LESSONS = lessons.lesson_paths()
PLAIN = "12_the_recipe_in_plain_keras"  # to keep: Keras alone, without predictions, exercises or a quiz
HERE = Path(__file__).parent


def cells(path, kind: str | None = None) -> list[dict]:
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in found if kind in (None, cell["cell_type"])]


def text(cell: dict) -> str:
    return "".join(cell["source"])


def tagged(path, tag: str) -> list[dict]:
    return [cell for cell in cells(path, "code") if tag in cell["metadata"].get("tags", [])]


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem)
def lesson(request):
    return request.param


def test_parameters_stand_in_one_tagged_cell_with_the_common_names(lesson):
    (parameters,) = tagged(lesson, "parameters")
    names = set(re.findall(r"^(\w+) =", text(parameters), flags=re.M))
    assert {"SOURCE", "IMAGE_SIZE", "SEED"} <= names
    assert "PER_CLASS" in names or lesson.stem == PLAIN  # Keras can't draw so many of each


def test_one_cell_gives_the_result_and_some_are_compared(lesson):
    assert len(tagged(lesson, "result")) == 1
    assert tagged(lesson, "nbval-check-output")


def test_a_claim_prints_one_verdict_for_each_comparison_and_is_compared(lesson):
    """`verdicts.cfg` takes the measurements in brackets out of such a line; nbval then fails where the words differ."""
    (regex,) = re.findall("^regex: (.*)$", (HERE / "verdicts.cfg").read_text(encoding="utf-8"), flags=re.M)
    for cell in tagged(lesson, "claim"):
        assert "nbval-check-output" in cell["metadata"]["tags"], text(cell)
        printed = "".join("".join(output.get("text", "")) for output in cell["outputs"]).splitlines()
        assert printed, text(cell)
        assert all(re.fullmatch(regex.removeprefix("(?m)"), line) for line in printed), printed


def test_the_idea_is_drawn_before_any_other_code(lesson):
    if lesson.stem == PLAIN:
        pytest.skip("it takes nothing from the helpers")
    (figure,) = tagged(lesson, "figure")
    assert figure == cells(lesson, "code")[0]
    assert figure["metadata"]["jupyter"] == {"source_hidden": True}
    first, drawing = text(figure).splitlines()
    assert first == "from helpers import plots"
    name = re.fullmatch(r"plots\.concepts\.(\w+)\(\)", drawing)[1]
    (output,) = figure["outputs"]
    shown = getattr(concepts, name)().text  # store the lesson again where they differ
    assert ["".join(output["data"]["text/plain"])] == [shown]
    assert html.escape(shown, quote=True) in "".join(output["data"]["text/html"])


def test_no_two_lessons_have_the_same_idea():
    ideas = [text(figure).splitlines()[-1] for lesson in LESSONS for figure in tagged(lesson, "figure")]
    assert len(ideas) == len(set(ideas)) == len(LESSONS) - 1


def test_outputs_are_stored_and_no_error_is_among_them(lesson):
    for cell in cells(lesson, "code"):
        assert cell["execution_count"] is not None, text(cell)
        kinds = {output["output_type"] for output in cell["outputs"]}
        assert "error" not in kinds, text(cell)
        assert not [output for output in cell["outputs"] if output.get("name") == "stderr"], text(cell)


def test_no_output_names_a_place_on_a_machine(lesson):
    assert not MACHINE_PATH.search(lesson.read_text(encoding="utf-8"))


def test_no_output_is_an_address_in_memory(lesson):
    for cell in cells(lesson, "code"):
        assert not re.search(r" at 0x[0-9a-f]+", json.dumps(cell["outputs"])), text(cell)


def test_every_code_cell_is_explained_and_short(lesson):
    found = cells(lesson)
    for before, after in itertools.pairwise(found):
        assert not before["cell_type"] == after["cell_type"] == "code", text(after)
    lines = [[line for line in text(cell).splitlines() if line.strip()] for cell in cells(lesson, "code")]
    assert max(len(line) for cell in lines for line in cell) <= 100, "wider than a laptop's window"
    assert statistics.median(map(len, lines)) <= 5
    assert max(map(len, lines)) <= 15


def test_every_figure_has_words(lesson):
    for cell in cells(lesson, "code"):
        for output in cell["outputs"]:
            data = output.get("data", {})
            if "image/png" in data:
                alternative = output["metadata"].get("image/png", {}).get("alt", "")
                assert len(alternative) >= 20, "a figure without a text alternative: end with plots.described"
            if "<img" in "".join(data.get("text/html", [])):
                assert re.search(r'alt="[^"]{20,}"', "".join(data["text/html"]))


def test_no_widget_state_is_stored(lesson):
    """Saved state makes exported pages blank without a network; `python -m helpers store` drops it."""
    assert "widgets" not in json.loads(lesson.read_text(encoding="utf-8"))["metadata"]


def test_stored_outputs_are_small(lesson):
    assert lesson.stat().st_size < 500_000


def test_no_output_asks_another_machine(lesson):
    for cell in cells(lesson, "code"):
        for output in cell["outputs"]:
            for kind, content in output.get("data", {}).items():
                if kind in ("text/html", "application/javascript"):
                    assert not re.search(r"(src|href)\s*=\s*['\"]https?://", "".join(content))


def test_links_between_lessons_lead_somewhere(lesson):
    for cell in cells(lesson, "markdown"):
        for target in re.findall(r"\]\((\d\d_\w+\.ipynb)\)", text(cell)):
            assert (lesson.parent / target).is_file(), target


def test_nothing_is_used_that_hides_what_happens(lesson):
    for cell in cells(lesson, "code"):
        for word in ("sys.path", "clear_output", "display_id"):
            assert word not in text(cell)
        assert not text(cell).rstrip().endswith(";")


def test_plain_keras_trains_from_a_seed(lesson):
    """`model.fit(…, verbose=0)` is Keras's own; the helpers' `fit` has a seed among its arguments."""
    seeded = False
    for cell in cells(lesson, "code"):
        seeded = seeded or "keras.utils.set_random_seed(SEED)" in text(cell)
        assert seeded or not re.search(r"\.fit\([^)]*verbose=", text(cell)), text(cell)


@pytest.mark.parametrize("tag", ["aside", "stored", "figure"])
def test_nothing_hangs_on_a_cell_that_may_be_left_out(lesson, tag):
    """Bands are measured without the cells tagged `aside`: a name that one of them changes would change results."""
    changed = set()
    for cell in cells(lesson, "code"):
        used, bound = used_and_bound(text(cell))
        if tag in cell["metadata"].get("tags", []):
            changed |= bound
            continue
        assert not used & changed, f"takes from a cell that may be left out: {used & changed}\n\n{text(cell)}"
        changed -= bound
