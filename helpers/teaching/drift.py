"""Drift: which cells of a lesson no longer show their stored outputs, and why."""

import ast
import hashlib
import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

NOT_STORED, NOT_REACHED, FAILED = "nothing stored", "not reached", "failed"
TIME, TEXT, PICTURE, BOTH = "time only", "text", "picture", "text and picture"
CHANCE = "same parameters, versions and code: timing, machine, chance, or a change in helpers/ since it was stored"
NO_RECORD = "the lesson does not record what its outputs were made with; store it again"

# Times, and messages that depend on whether activations are already on disk.
_TIMES = (
    (r"(Using the kept|Computed the) (activations of .*? MB)(, once, in [^\n]*?)?\.(?=\s|$)", r"Kept \2."),
    (r"\d[\d.,]*(?:e[-+]?\d+)?(?=\s?(?:ms|s|seconds?|minutes?)\b)", "…"),
    (r"(seconds\w*['\"]?\s*[:=]\s*)\d[\d.]*(?:e[-+]?\d+)?", r"\1…"),
    (r"\d[\d.,]*(?= times (?:faster|slower))", "…"),
)


@dataclass(frozen=True)
class Difference:
    """A cell whose output differs from the stored one.

    Attributes:
        cell: Its id.
        number: Its position in the lesson, from 1.
        kind: `"time only"`, `"text"`, `"picture"`, `"text and picture"`, `"nothing stored"`, `"failed"` or
            `"not reached"`.
        stored: The first line that differs, as it is stored.
        now: The same line as it is now.
    """

    cell: str
    number: int
    kind: str
    stored: str = ""
    now: str = ""


def differences(stored: Mapping, executed: Mapping) -> list[Difference]:
    """Compare the outputs of two runs of a lesson, cell by cell.

    Widgets are compared by the picture and the line that replace them. Cells that the lesson tells nbval to ignore
    are skipped.

    Args:
        stored: The lesson with its stored outputs, as `nbformat` reads it.
        executed: The same lesson after another run. Cells are matched by their ids.

    Returns:
        A `Difference` for each code cell that differs, in order.

    Example:
        >>> differences(nbformat.read("notebooks/03_replace_the_head.ipynb", 4), executed)
        [Difference(cell='guess', number=42, kind='text', stored='accuracy 0.155 …', now='accuracy 0.21 …')]
    """
    now = {cell.get("id"): cell for cell in executed["cells"]}
    found = []
    for number, cell in enumerate(stored["cells"], start=1):
        if cell["cell_type"] == "code" and "nbval-ignore-output" not in cell["metadata"].get("tags", []):
            kind, *lines = _compare(cell, now.get(cell.get("id")))
            if kind:
                found.append(Difference(cell.get("id", ""), number, kind, *lines))
    return found


def _compare(stored: Mapping, now: Mapping | None) -> tuple[str, str, str]:
    if now is not None and any(output["output_type"] == "error" for output in now["outputs"]):
        return FAILED, "", ""
    if now is None or now["execution_count"] is None:
        return NOT_REACHED, "", ""
    if stored["execution_count"] is None:
        return NOT_STORED, "", ""
    (old_text, old_pictures), (new_text, new_pictures) = _shown(stored), _shown(now)
    lines = _first_difference(old_text, new_text)
    picture = old_pictures != new_pictures
    if lines:
        return BOTH if picture else TEXT, *lines
    return PICTURE if picture else TIME if old_text != new_text else "", "", ""


def _first_difference(old: str, new: str) -> tuple[str, str] | None:
    # The first line that differs in more than times: the stored one and the new one.
    bare = itertools.zip_longest(without_times(old).splitlines(), without_times(new).splitlines(), fillvalue="")
    told = itertools.zip_longest(old.splitlines(), new.splitlines(), fillvalue="")
    for (was, now), (was_told, now_told) in zip(bare, told, strict=True):
        if was != now:
            return was_told.strip(), now_told.strip()
    return None


def _shown(cell: Mapping) -> tuple[str, list[str]]:
    # The text that a cell shows, and a digest of each picture.
    texts, pictures = [], []
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            texts.append(output["text"])
            continue
        data = output.get("data", {})
        texts.append(data.get("text/plain", "") + "\n")
        found = re.findall(r"data:image/[\w+]+;base64,([^\"']+)", data.get("text/html", ""))
        found += [content for kind, content in data.items() if kind.startswith("image/")]
        pictures += [hashlib.sha256(content.encode()).hexdigest() for content in found]
    return "".join(texts), pictures


def without_times(text: str) -> str:
    """Replace every time in a text with "…": numbers before s or seconds, and table columns named seconds.

    Example:
        >>> without_times("loss 0.31 in 2.4 s")
        'loss 0.31 in … s'
    """
    for pattern, instead in _TIMES:
        text = re.sub(pattern, instead, text)
    return _without_columns_of_seconds(text)


def _without_columns_of_seconds(text: str) -> str:
    # pandas aligns columns to the right: a number belongs to the heading that ends in the same place.
    lines = text.splitlines()
    for row, line in enumerate(lines):
        ends = {heading.end() for heading in re.finditer(r"(?<!\S)seconds\w*(?!\S)", line)}
        for below in range(row + 1, _end_of_table(lines, row)) if ends else ():
            numbers = list(re.finditer(r"(?<!\S)[\d.]+(?:e[-+]?\d+)?(?!\S)", lines[below]))
            for number in (number for number in numbers if number.end() in ends):
                start, end = number.span()
                lines[below] = lines[below][:start] + " " * (end - start - 1) + "…" + lines[below][end:]
    return "\n".join(lines)


def _end_of_table(lines: list[str], row: int) -> int:
    return next((after for after in range(row, len(lines)) if not lines[after].strip()), len(lines))


def reasons(stored: Mapping, given: Mapping, here: Mapping) -> list[str]:
    """Say how a run of a lesson differs from the one whose outputs are stored.

    Args:
        stored: The lesson with its stored outputs.
        given: The parameters of the run that replaced the lesson's own.
        here: `provenance.record` of the lesson, now.

    Returns:
        One line per reason: parameters, versions, or code changed since then. If there is none, one line that says
        so.

    Example:
        >>> reasons(lesson, {"SEED": 1}, provenance.record(lesson))
        ['parameters: SEED is 1 instead of 0']
    """
    record = stored["metadata"].get("graft", {})
    found = list(_parameters(stored, given, record.get("auto", {}), here["auto"]))
    found += _versions(record.get("versions", {}), here["versions"])
    if record.get("code", here["code"]) != here["code"]:
        found.append("code: the lesson was changed after its outputs were stored")
    if not record:
        found.append(NO_RECORD)
    return found or [CHANCE]


def _parameters(stored: Mapping, given: Mapping, auto_then: Mapping, auto_now: Mapping) -> Iterable[str]:
    changed = []
    for name, value in own_parameters(stored).items():
        then = auto_then.get(name, value) if value == "auto" else value
        now = given.get(name, value)
        # Without a record, assume that "auto" meant what it means now.
        now = auto_now.get(name, now) if now == "auto" and then != "auto" else now
        if now != then:
            changed.append(f"{name} is {now} instead of {then}")
    return [f"parameters: {', '.join(changed)}"] if changed else []


def _versions(then: Mapping, now: Mapping) -> list[str]:
    names = [name for name in {**then, **now} if then and then.get(name) != now.get(name)]
    told = [f"{name} {now.get(name, 'missing')} instead of {then.get(name, 'none')}" for name in names]
    return [f"versions: {', '.join(told)}"] if told else []


def own_parameters(lesson: Mapping) -> dict:
    """Return the names and values in a lesson's cell tagged `parameters`."""
    found = {}
    for cell in lesson["cells"]:
        if "parameters" in cell["metadata"].get("tags", []):
            for line in _lines_of(cell["source"]):
                if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
                    try:
                        found[line.targets[0].id] = ast.literal_eval(line.value)
                    except ValueError:
                        found[line.targets[0].id] = ast.unparse(line.value)
    return found


def _lines_of(code: str) -> list[ast.stmt]:
    try:
        return ast.parse(code).body
    except SyntaxError:  # a mistake, or one of IPython's own commands, such as %time
        return []
