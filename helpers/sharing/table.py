"""Answers to many photos as a table: CSV for spreadsheets, JSON for programs."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.judging.answer import NONE_OF_THESE, Answer
from helpers.photos.names import printable

FORMATS = ("csv", "json")
_COLUMNS = ("photo", "answer", "likeliest", "confidence", "known", "distance", "limit", "error")
_DIGITS = 6  # behind the point


@dataclass(frozen=True)
class Answered:
    """A photo with what a model says about it, or why nothing can be said.

    Attributes:
        photo: Its file.
        answer: `None` if it can't be read.
        error: Why; empty otherwise.
    """

    photo: Path
    answer: Answer | None
    error: str = ""


def as_text(answered: Sequence[Answered], class_names: Sequence[str], form: str) -> str:
    """Return a table of answers.

    Args:
        answered: One per photo.
        class_names: Of the model.
        form: `"csv"`, a line per photo with a column for the probability of each class; or `"json"`, a list of objects
            with the probabilities by class.

    Example:
        >>> print(as_text([Answered(Path("garden.jpg"), bundle.predict("garden.jpg"))], bundle.class_names, "csv"))
        photo,answer,likeliest,confidence,known,distance,limit,error,probability of daisy,…
        garden.jpg,daisy,daisy,0.93,True,0.11,0.24,,0.93,…
    """
    rows = [_row(each) for each in answered]
    if form == "json":
        return json.dumps(rows, indent=1) + "\n"
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow([*_COLUMNS, *(f"probability of {name}" for name in class_names)])
    for row in rows:
        shares = row["probabilities"] or {}
        table.writerow([_cell(row[name]) for name in _COLUMNS] + [shares.get(name, "") for name in class_names])
    return file.getvalue()


def _row(answered: Answered) -> dict[str, Any]:
    answer, photo = answered.answer, printable(answered.photo)
    if answer is None:
        return dict.fromkeys(_COLUMNS) | {"photo": photo, "error": answered.error, "probabilities": None}
    return {
        "photo": photo,
        "answer": answer.label if answer.known else NONE_OF_THESE,
        "likeliest": answer.label,
        "confidence": round(answer.confidence, _DIGITS),
        "known": answer.known,
        "distance": round(answer.distance, _DIGITS),
        "limit": round(answer.limit, _DIGITS),
        "error": None,
        "probabilities": {name: round(share, _DIGITS) for name, share in answer.probabilities.items()},
    }


def _cell(value: Any) -> Any:
    return "" if value is None else value
