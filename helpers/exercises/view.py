"""How a problem speaks in a notebook: `check`, `hint`, `solution`."""

import html
from typing import Any

from helpers import config
from helpers.exercises.problem import NOT_ATTEMPTED, NOT_CHECKED, RIGHT, WRONG, Problem, Verdict

_SIGNS = {RIGHT: "✔", WRONG: "✘", NOT_ATTEMPTED: "…", NOT_CHECKED: "⚠"}  # told apart by sign and word, not by colour


class Message:
    """A line, or lines of code, shown below a cell.

    Attributes:
        head: What kind of line it is.
        text: What it says.
        is_code: Whether the text is code.
    """

    def __init__(self, head: str, text: str, is_code: bool = False) -> None:
        self.head, self.text, self.is_code = head, text, is_code

    def __repr__(self) -> str:
        return f"{self.head}:\n{self.text}" if self.is_code else f"{self.head}: {self.text}"

    def _repr_html_(self) -> str:
        text = html.escape(self.text)
        text = f"<pre>{text}</pre>" if self.is_code else f" {text}"
        style = "border-left:4px solid currentColor;padding:4px 10px;margin:4px 0"
        return f'<div role="status" style="{style}"><b>{html.escape(self.head)}</b>{text}</div>'


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
        return Message(f"{_SIGNS[verdict.outcome]} {verdict.outcome}", verdict.text)

    def hint(self) -> Message:
        """Give a hint; each call gives a plainer one."""
        return Message("Hint", self.problem.next_hint())

    def solution(self) -> Message:
        """Show one way to do it; there may be others. In a student edition only the instructor has it."""
        if config.solutions_hidden():
            return Message("One way", "is with your instructor. hint() tells you more each time you call it.")
        return Message("One way", self.problem.code.strip(), is_code=True)
