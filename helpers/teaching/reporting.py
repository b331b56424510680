"""The instructor's report of a run of lessons: results, slow cells, what differs from the stored outputs and why."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from helpers import config
from helpers.activations.whole_files import write_whole
from helpers.experiments import bands
from helpers.teaching import drift, provenance
from helpers.teaching.lessons import LessonError, Result
from helpers.teaching.readability import readability

_SLOWEST = 10  # cells that are listed
_WIDTH = 90  # characters of a line of output that are shown
# What the bands were measured with.
_BUNDLED = {"SOURCE": "bundled", "BASE": "EfficientNetLite0", "BASE_WEIGHTS": "imagenet"}
_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; margin: 1rem 0; }
th, td { border: 1px solid #8888; padding: 0.3rem 0.6rem; text-align: left; vertical-align: top; }
code { font-size: 0.9em; overflow-wrap: anywhere; }
"""


@dataclass(frozen=True)
class Ran:
    """A lesson that was run.

    Attributes:
        path: The lesson, with its stored outputs.
        outcome: Its result, or why it failed.
        given: The parameters that replaced its own.
    """

    path: Path
    outcome: Result | LessonError
    given: Mapping

    @property
    def name(self) -> str:
        """Name of the notebook without its ending."""
        return self.path.stem

    @property
    def error(self) -> LessonError | None:
        """Why the lesson was not run to its end; `None` if it was."""
        return self.outcome if isinstance(self.outcome, LessonError) else None

    @property
    def failed(self) -> bool:
        """Whether the lesson was not run to its end."""
        return self.error is not None

    @property
    def values(self) -> dict:
        """What the cell tagged `result` showed; empty if the lesson failed."""
        return self.outcome.values if isinstance(self.outcome, Result) else {}

    @cached_property
    def lesson(self) -> Mapping:
        """The notebook as it is stored."""
        import nbformat

        return nbformat.read(self.path, 4)

    @cached_property
    def executed(self) -> Mapping:
        """The copy, executed as far as it got."""
        import nbformat

        copy = self.outcome.notebook
        return nbformat.read(copy, 4) if copy is not None and copy.is_file() else nbformat.v4.new_notebook()


def write_report(folder: str | Path, ran: Sequence[Ran], parameters: Mapping[str, object]) -> Path:
    """Write `report.md`, and the same as `report.html`, a page that needs no other file.

    Args:
        folder: Created if needed. An earlier report in it is replaced.
        ran: The lessons that were run, in order.
        parameters: What was asked for.

    Returns:
        Path of `report.md`.

    Example:
        >>> write_report("report", [Ran(path, run_lesson(path, {"SEED": 1}), {"SEED": 1})], {"SEED": 1})
        PosixPath('report/report.md')
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    report = markdown_report(ran, parameters)
    write_whole(folder / "report.html", _page(report).encode())
    write_whole(folder / "report.md", report.encode())
    return folder / "report.md"


def markdown_report(ran: Sequence[Ran], parameters: Mapping[str, object]) -> str:
    """Return the report as Markdown."""
    parts = [
        "# Graft: report of a run",
        *_made_with(parameters),
        "## Results",
        _results(ran),
        *_remarks(ran),
        "## Slowest cells",
        _slowest(ran),
        "## What differs from the stored outputs, and why",
        *_drift(ran),
        "## How the lessons read",
        "LIX (Björnsson, 1968): words per sentence, plus the percentage of words over six letters; 40 is plain.",
        _reading(ran),
    ]
    return "\n\n".join(parts) + "\n"


def _made_with(parameters: Mapping[str, object]) -> list[str]:
    told = ", ".join(f"{name} = {value!r}" for name, value in parameters.items())
    versions = ", ".join(f"{name} {version}" for name, version in config.versions().items())
    return [
        f"- Date: {datetime.now():%Y-%m-%d %H:%M}\n"
        f"- Parameters: {_code(told, 1000) if told else 'each lesson its own'}\n"
        f"- Versions: {versions}"
    ]


def _results(ran: Sequence[Ran]) -> str:
    rows = []
    for each in ran:
        values = dict(each.values)
        accuracy = values.pop("accuracy", None)
        rows.append(
            (
                each.name,
                "failed" if each.failed else "ran",
                f"{each.outcome.seconds:.1f}",
                "" if accuracy is None else f"{accuracy:.3f}",
                _code(", ".join(f"{name} {value}" for name, value in values.items())),
            )
        )
    return _table(("lesson", "outcome", "seconds", "accuracy", "other results"), rows, numbers=(2, 3))


def _remarks(ran: Sequence[Ran]) -> list[str]:
    told = []
    for each in ran:
        if error := each.error:
            cell = f" ({_code(error.cell)})" if error.cell else ""
            told.append(f"{error.lesson} failed in {error.place or 'the kernel'}{cell}: {_code(error.reason, 400)}")
        elif set(each.given) <= {"SEED"} and provenance.record(each.lesson)["auto"] == _BUNDLED:
            told += [f"Outside what other seeds gave: {line}" for line in bands.outside(each.name, each.values)]
    return ["\n".join(f"- {line}" for line in told)] if told else []


def _slowest(ran: Sequence[Ran]) -> str:
    rows = []
    for each in ran:
        numbers = {cell.get("id"): number for number, cell in enumerate(each.lesson["cells"], start=1)}
        for cell in each.executed["cells"]:
            seconds = cell["metadata"].get("papermill", {}).get("duration")
            if seconds is not None and cell["cell_type"] == "code" and cell.get("id") in numbers:
                place = f"{numbers[cell['id']]} ({_code(cell['id'])})"
                rows.append((seconds, each.name, place, _code(cell["source"].strip().partition("\n")[0])))
    rows = sorted(rows, key=lambda row: -row[0])[:_SLOWEST]
    told = [(f"{seconds:.1f}", *rest) for seconds, *rest in rows]
    return _table(("seconds", "lesson", "cell", "begins with"), told, numbers=(0,))


def _drift(ran: Sequence[Ran]) -> list[str]:
    parts = []
    for each in ran:
        found = drift.differences(each.lesson, each.executed)
        cells = sum(cell["cell_type"] == "code" for cell in each.lesson["cells"])
        alone = sum(difference.kind == drift.TIME for difference in found)
        parts.append(f"### {each.name}")
        parts.append(f"{len(found)} of {cells} cells differ, {alone} of them only in times.")
        if len(found) > alone:
            parts.append("\n".join(f"- {reason}" for reason in _why(each, {difference.kind for difference in found})))
        if found:
            rows = [(f"{d.number} ({_code(d.cell)})", d.kind, _code(d.stored), _code(d.now)) for d in found]
            parts.append(_table(("cell", "differs in", "stored", "now"), rows))
    return parts


def _why(each: Ran, kinds: set[str]) -> list[str]:
    found = drift.reasons(each.lesson, each.given, provenance.record(each.lesson))
    if drift.NOT_STORED in kinds:
        found.insert(0, "cells without stored outputs: store the lesson again")
    if each.failed:
        found.insert(0, "the lesson failed, see above")
    return found


def _reading(ran: Sequence[Ran]) -> str:
    rows = []
    for each in ran:
        read = readability(each.lesson)
        measures = (f"{read.lix:.0f}", str(read.words), str(read.code_lines), f"{read.words_per_code_line:.1f}")
        rows.append((each.name, *measures))
    heads = ("lesson", "LIX", "words of prose", "lines of code", "words per line of code")
    return _table(heads, rows, numbers=(1, 2, 3, 4))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    rule = ["---:" if column in numbers else "---" for column in range(len(heads))]
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, rule, *rows))


def _code(text: str, width: int = _WIDTH) -> str:
    # Nothing inside code is read as Markdown, but a bar would still end the table cell.
    text = " ".join(text.split()).replace("`", "'").replace("|", "¦")
    text = text if len(text) <= width else text[: width - 1] + "…"
    return f"`{text}`" if text else ""


def _page(report: str) -> str:
    import mistune

    body = mistune.create_markdown(escape=True, plugins=["table"])(report)
    title = html.escape(report.splitlines()[0].removeprefix("# "))
    head = f'<meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}</body></html>\n'
