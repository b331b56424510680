"""How a problem speaks in a notebook: `check`, `hint`, `solution`."""

import html
import sys
from typing import Any

from helpers import config
from helpers.exercises import records
from helpers.exercises.problem import NOT_ATTEMPTED, NOT_CHECKED, RIGHT, WRONG, Problem, Verdict

_LESSON = "helpers.exercises.lesson_"  # what the names of the lessons' modules begin with
SIGNS = {RIGHT: "✔", WRONG: "✘", NOT_ATTEMPTED: "…", NOT_CHECKED: "⚠"}
# A tick and a cross look alike where type is small, so the line and the frame around the sign differ as well.
_LINES = {RIGHT: "solid", WRONG: "double", NOT_ATTEMPTED: "dotted", NOT_CHECKED: "dashed"}
_FRAMES = {
    RIGHT: "border-radius:50%;border:1px solid currentColor",
    WRONG: "border-radius:0;border:2px solid currentColor;font-weight:bold",
}


class Message:
    """A line, or lines of code, shown below a cell.

    Attributes:
        head: What kind of line it is.
        text: What it says.
        is_code: Whether the text is code.
        outcome: Of the check, if it is what came of one.
        hints: To open one after the other, by a click or by key; in a notebook alone.
    """

    def __init__(
        self, head: str, text: str, is_code: bool = False, outcome: str | None = None, hints: tuple[str, ...] = ()
    ) -> None:
        self.head, self.text, self.is_code, self.outcome, self.hints = head, text, is_code, outcome, hints

    def __repr__(self) -> str:
        return f"{self.head}:\n{self.text}" if self.is_code else f"{self.head}: {self.text}"

    def _repr_html_(self) -> str:
        text = html.escape(self.text)
        text = f"<pre>{text}</pre>" if self.is_code else f" {text}"
        line = _LINES.get(self.outcome or "", "solid")
        style = f"border-left:6px {line} currentColor;padding:4px 10px;margin:4px 0"
        return f'<div role="status" style="{style}">{self._marked_head()}{text}{_to_open(self.hints)}</div>'

    def _marked_head(self) -> str:
        if self.outcome not in _FRAMES:
            return f"<b>{html.escape(self.head)}</b>"
        sign, word = self.head.split(" ", 1)
        frame = f"display:inline-block;width:1.5em;text-align:center;line-height:1.4em;{_FRAMES[self.outcome]}"
        return f'<span aria-hidden="true" style="{frame}">{sign}</span> <b>{html.escape(word)}</b>:'


def _to_open(hints: tuple[str, ...]) -> str:
    """Return hints as HTML, each inside the one before it, so that one press shows one hint."""
    shown = ""
    for number in range(len(hints), 0, -1):
        word = "Hint" if number == 1 else "Another hint"
        button = f'<summary style="cursor:pointer;width:fit-content"><b>{word}</b></summary>'
        shown = f'<details style="margin-top:4px">{button}{html.escape(hints[number - 1])}{shown}</details>'
    return shown


class Question:
    """A problem in a notebook.

    Example:
        >>> q1.check(model)
        ✔ right: Only the head learns.
        >>> q1.hint()
        >>> q1.solution()
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    def __repr__(self) -> str:
        return f"<{self.problem.name}: {self.problem.question}>"

    def check(self, answer: Any = ..., *given: Any, **named: Any) -> Message:
        """Say whether an answer is right, and if not, what is wrong with it; never raise anything."""
        verdict: Verdict = self.problem.verdict(answer, *given, **named)
        if lesson := self._lesson():
            records.keep(lesson, self.problem.name, verdict.outcome)
        hints = self.problem.hints if verdict.outcome in (WRONG, NOT_ATTEMPTED) else ()
        head = f"{SIGNS[verdict.outcome]} {verdict.outcome}"
        return Message(head, verdict.text, outcome=verdict.outcome, hints=hints)

    def _lesson(self) -> str | None:
        """Return the number of the lesson whose module offers this question, if there is one."""
        for name, module in list(sys.modules.items()):
            if name.startswith(_LESSON) and getattr(module, self.problem.name, None) is self:
                return name.removeprefix(_LESSON)
        return None

    def hint(self) -> Message:
        """Give a hint; each call gives a plainer one."""
        number, text = self.problem.next_hint()
        return Message(f"Hint {number} of {len(self.problem.hints)}", text)

    def solution(self) -> Message:
        """Show one way to do it; there may be others. In a student edition only the instructor has it."""
        if config.solutions_hidden():
            return Message("One way", "is with your instructor. hint() tells you more each time you call it.")
        return Message("One way", self.problem.code.strip(), is_code=True)
