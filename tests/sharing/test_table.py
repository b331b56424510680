"""Answers as a table: what spreadsheets and programs read back is what the model said."""

import csv
import io
import json
from pathlib import Path

import pytest

from helpers.judging.answer import Answer
from helpers.sharing.table import Answered, as_text

CLASSES = ("daisy", 'tulips, "red"')
ANSWERED = [
    Answered(Path("one.jpg"), Answer("daisy", {"daisy": 0.75, CLASSES[1]: 0.25}, True, 0.1, 0.2)),
    Answered(Path('a, "b"\n.jpg'), Answer(CLASSES[1], {"daisy": 0.125, CLASSES[1]: 0.875}, False, 0.3, 0.2)),
    Answered(Path("list.jpg"), None, "Expected a photo that can be read."),
]


def test_a_spreadsheet_reads_back_what_was_said():
    first, second, third = csv.DictReader(io.StringIO(as_text(ANSWERED, CLASSES, "csv")))
    assert (first["photo"], first["answer"], first["likeliest"], first["known"]) == (
        "one.jpg",
        "daisy",
        "daisy",
        "True",
    )
    assert (float(first["confidence"]), float(first["distance"]), float(first["limit"])) == (0.75, 0.1, 0.2)
    assert [float(first[f"probability of {name}"]) for name in CLASSES] == [0.75, 0.25]
    assert (second["photo"], second["answer"], second["likeliest"]) == ('a, "b"\\x0a.jpg', "none of these", CLASSES[1])
    assert third["error"] == "Expected a photo that can be read."
    assert {third[name] for name in third if name not in ("photo", "error")} == {""}


def test_a_program_reads_back_what_was_said():
    first, second, third = json.loads(as_text(ANSWERED, CLASSES, "json"))
    assert first["probabilities"] == ANSWERED[0].answer.probabilities
    assert (first["known"], second["known"], third["known"]) == (True, False, None)
    assert (second["answer"], second["likeliest"]) == ("none of these", CLASSES[1])
    assert (third["photo"], third["error"]) == ("list.jpg", "Expected a photo that can be read.")
    assert third["probabilities"] is None
    assert first.keys() == third.keys()


def test_any_terminal_can_show_what_a_program_reads():
    told = [Answered(Path("Rosé 日本.jpg"), ANSWERED[0].answer)]
    text = as_text(told, CLASSES, "json")
    for encoding in ("ascii", "cp1252"):
        shown = text.encode(encoding, "backslashreplace").decode(encoding)
        assert json.loads(shown)[0]["photo"] == "Rosé 日本.jpg"


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_name_that_is_no_text_makes_a_valid_table(form):
    odd = Answered(Path(b"rose\xe9.jpg".decode(errors="surrogateescape")), ANSWERED[0].answer)
    assert "rose\\xe9.jpg" in as_text([odd], CLASSES, form).encode().decode().replace("\\\\", "\\")
