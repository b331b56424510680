"""Which cells differ from what is stored, and why: on notebooks that differ in one thing each."""

import nbformat
import pandas as pd
import pytest

from helpers.teaching import drift

PICTURE = '<img alt="Bars of two numbers." src="data:image/png;base64,{}">'
HERE = {"versions": {"numpy": "2.4.0"}, "auto": {"SOURCE": "bundled", "BASE_WEIGHTS": "bundled"}, "code": "abc"}


def printed(text: str) -> list:
    return [nbformat.v4.new_output("stream", text=text)]


def figure(words: str, content: str) -> list:
    data = {"text/plain": words, "text/html": PICTURE.format(content)}
    return [nbformat.v4.new_output("execute_result", data)]


def lesson(*outputs: list, tags=(), graft=None, parameters: str = 'SOURCE = "auto"\nSEED = 0'):
    cells = [nbformat.v4.new_markdown_cell("# Title", id="title")]
    dials = nbformat.v4.new_code_cell(parameters, id="parameters", execution_count=1)
    dials.metadata.tags = ["parameters"]
    cells.append(dials)
    for number, shown in enumerate(outputs):
        cell = nbformat.v4.new_code_cell("…", id=f"cell-{number}", outputs=shown, execution_count=2)
        cell.metadata.tags = list(tags)
        cells.append(cell)
    return nbformat.v4.new_notebook(cells=cells, metadata={"graft": graft} if graft else {})


def only_difference(stored: list, now: list) -> drift.Difference:
    (found,) = drift.differences(lesson(stored), lesson(now))
    return found


def test_the_same_outputs_do_not_differ():
    for outputs in (printed("loss 0.4\n"), figure("Bars.", "AAAA"), []):
        assert drift.differences(lesson(outputs), lesson(outputs)) == []


def test_a_cell_that_differs_in_text_is_named_with_its_first_line_that_does():
    found = only_difference(printed("five classes\nloss 0.4 in 3 s\n"), printed("five classes\nloss 0.5 in 2 s\n"))
    assert (found.cell, found.number, found.kind) == ("cell-0", 3, "text")
    assert (found.stored, found.now) == ("loss 0.4 in 3 s", "loss 0.5 in 2 s")


def test_a_line_more_or_less_is_a_difference():
    found = only_difference(printed("one\n"), printed("one\ntwo\n"))
    assert (found.kind, found.stored, found.now) == ("text", "", "two")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("loss 0.4 in 3.5 s", "loss 0.4 in 12.25 s"),
        ("run in 250 ms", "run in 90 ms"),
        ("took 3 seconds", "took 14 seconds"),
        ("121 times faster", "87.5 times faster"),
        ("{'accuracy': 0.79, 'seconds': 11.3}", "{'accuracy': 0.79, 'seconds': 9}"),
        ("{'seconds_from_scratch': 61.2}", "{'seconds_from_scratch': 64.0}"),
        (
            "Computed the activations of 800 photos at head_pool, 4.1 MB, once, in 9.4 s.",
            "Using the kept activations of 800 photos at head_pool, 4.1 MB.",
        ),
    ],
)
def test_times_alone_are_times_alone(one, other):
    assert only_difference(printed(one), printed(other)).kind == "time only"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5 seeds", "6 seeds"),
        ("lesson 5 says", "lesson 6 says"),
        ("trained 3.5 steps", "trained 4.5 steps"),
        ("200 samples", "300 samples"),
        ("'accuracy': 0.79", "'accuracy': 0.78"),
        ("activations of 800 photos", "activations of 700 photos"),
    ],
)
def test_other_numbers_are_no_times(one, other):
    assert only_difference(printed(one), printed(other)).kind == "text"


def test_a_table_may_differ_in_its_column_of_seconds_alone():
    def table(seconds, accuracy):
        frame = pd.DataFrame({"seconds_an_epoch": seconds, "accuracy": accuracy}, index=["scratch", "frozen base"])
        data = {"text/plain": repr(frame), "text/html": frame.to_html()}
        return [nbformat.v4.new_output("execute_result", data)]

    stored = table([61.25, 0.4], [0.4, 0.75])
    assert only_difference(stored, table([9.5, 10.25], [0.4, 0.75])).kind == "time only"
    assert only_difference(stored, table([61.25, 0.4], [0.5, 0.75])).kind == "text"


def test_pictures_are_changed_or_not():
    assert only_difference(figure("Bars.", "AAAA"), figure("Bars.", "BBBB")).kind == "picture"
    both = only_difference(figure("Bars of 1.", "AAAA"), figure("Bars of 2.", "BBBB"))
    assert (both.kind, both.now) == ("text and picture", "Bars of 2.")


def test_a_widget_is_compared_by_what_stands_for_it():
    stored, now = figure("<CutPoint>", "AAAA"), figure("<CutPoint>", "AAAA")
    now[0].data["application/vnd.jupyter.widget-view+json"] = {"model_id": "1234"}
    assert drift.differences(lesson(stored), lesson(now)) == []


def test_what_nbval_ignores_is_passed_over():
    stored, now = (lesson(printed(text), tags=["nbval-ignore-output"]) for text in ("a", "b"))
    assert drift.differences(stored, now) == []


def test_cells_that_failed_were_not_reached_or_not_stored_are_told_apart():
    stored, now = (lesson(printed("1"), printed("2"), printed("3"), printed("4")) for _ in range(2))
    stored.cells[2].execution_count = None
    now.cells[3].outputs = [nbformat.v4.new_output("error", ename="E", evalue="", traceback=[])]
    now.cells[4].execution_count = None
    now.cells.pop(5)
    kinds = {found.cell: found.kind for found in drift.differences(stored, now)}
    assert kinds == {
        "cell-0": "nothing stored",
        "cell-1": "failed",
        "cell-2": "not reached",
        "cell-3": "not reached",
    }


def test_cells_that_papermill_adds_shift_nothing():
    stored, now = lesson(printed("1")), lesson(printed("1"))
    now.cells.insert(2, nbformat.v4.new_code_cell("SEED = 1", execution_count=2))
    assert drift.differences(stored, now) == []


def test_other_parameters_are_the_reason():
    (reason,) = drift.reasons(lesson(graft=HERE), {"SEED": 1, "SOURCE": "my/folder"}, HERE)
    assert reason == "parameters: SOURCE is my/folder instead of bundled, SEED is 1 instead of 0"


def test_a_parameter_given_as_it_was_is_no_reason():
    assert drift.reasons(lesson(graft=HERE), {"SEED": 0, "SOURCE": "bundled"}, HERE) == [drift.CHANCE]


def test_what_auto_means_can_be_the_reason():
    now = HERE | {"auto": {"SOURCE": "photos", "BASE_WEIGHTS": "bundled"}}
    assert drift.reasons(lesson(graft=HERE), {}, now) == ["parameters: SOURCE is photos instead of bundled"]


def test_other_versions_are_the_reason():
    then = HERE | {"versions": {"numpy": "2.3.0", "openvino": "2026.0"}}
    assert drift.reasons(lesson(graft=then), {}, HERE) == [
        "versions: numpy 2.4.0 instead of 2.3.0, openvino missing instead of 2026.0"
    ]


def test_changed_code_is_the_reason():
    (reason,) = drift.reasons(lesson(graft=HERE | {"code": "older"}), {}, HERE)
    assert reason.startswith("code: the lesson was changed")


def test_without_a_record_it_says_so_and_still_names_parameters():
    assert drift.reasons(lesson(), {}, HERE) == [drift.NO_RECORD]
    assert drift.reasons(lesson(), {"SEED": 2}, HERE) == ["parameters: SEED is 2 instead of 0", drift.NO_RECORD]


def test_the_same_of_everything_leaves_time_machine_and_chance():
    assert drift.reasons(lesson(graft=HERE), {}, HERE) == [drift.CHANCE]


def test_a_lessons_own_parameters_are_read_without_running_it():
    found = drift.own_parameters(lesson(parameters="EPOCHS = 10\nRATE = 3e-3\nFOLDER = here / 'x'\nWEIGHTS = None"))
    assert found == {"EPOCHS": 10, "RATE": 0.003, "FOLDER": "here / 'x'", "WEIGHTS": None}
