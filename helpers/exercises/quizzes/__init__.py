"""Quizzes: a few questions at the end of a lesson, each wrong choice explained."""

import json
import random
import re
from pathlib import Path

_SEED = 279766  # decides the order of the choices, for everybody alike: a class can talk about "the second one"


def lessons() -> list[str]:
    """Return the numbers of the lessons that have a quiz, which is all of them: `"00"` and so on."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.json"))


def questions(lesson: str) -> list[dict]:
    """Return the questions of a lesson's quiz.

    Args:
        lesson: Its number, such as `"04"`.

    Returns:
        List of dicts as jupyterquiz takes them: `question`, `type`, and `answers` with `answer`, `correct`, `feedback`.
        In the files the right choice comes first; here the choices are shuffled, each time in the same way.

    Raises:
        ValueError: If the lesson has no quiz.
    """
    file = Path(__file__).with_name(f"{lesson}.json")
    if not file.is_file():
        raise ValueError(f"Expected a lesson with a quiz: {', '.join(lessons())}. Received: {lesson!r}.")
    asked = json.loads(file.read_text(encoding="utf-8"))
    for number, question in enumerate(asked):
        random.Random(f"{_SEED}/{lesson}/{number}").shuffle(question["answers"])
    return asked


def show(lesson: str) -> None:
    """Show a lesson's quiz below the cell, without keeping what is answered.

    Example:
        >>> show("04")
    """
    from IPython.display import display
    from IPython.utils.capture import capture_output
    from jupyterquiz import display_quiz

    with capture_output() as shown:
        display_quiz(questions(lesson), shuffle_answers=False, max_width=760)
    for output in shown.outputs:
        display({kind: without_network(text) for kind, text in output.data.items()}, raw=True)


def without_network(script: str) -> str:
    """Take out of jupyterquiz's script what fetches MathJax from another machine. Our quizzes hold no formulas."""
    script = re.sub(r"typeof MathJax !==? 'undefined'", "false", script)
    return re.sub(r"https://[^'\"]*mathjax[^'\"]*", "", script)
