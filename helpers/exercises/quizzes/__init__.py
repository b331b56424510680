"""Quizzes: a few questions at the end of a lesson, each wrong choice explained."""

import json
import random
import re
from collections.abc import Sequence
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


def judged(lesson: str, answers: Sequence[int | None]) -> list[tuple[str, bool, str] | None]:
    """Return how answers to a lesson's quiz went.

    Args:
        lesson: Its number, such as `"04"`.
        answers: For each question the choice, counted from 1 in the order in which they are shown; `None` skips it.

    Returns:
        For each question the choice's text, whether it is right, and what is said of it; `None` where it was skipped.

    Raises:
        ValueError: If the lesson has no quiz, or the answers don't fit its questions.

    Example:
        >>> judged("04", [None, 1, None, None])[1]
        ('It gives the same features for a photo each time.', True, 'Yes. Same weights, same photo, same features.')
    """
    asked = [question["answers"] for question in questions(lesson)]
    listed = isinstance(answers, list | tuple) and len(answers) == len(asked)
    if not listed or not all(map(_is_choice, answers, map(len, asked))):
        counts = ", ".join(str(len(choices)) for choices in asked)
        raise ValueError(
            f"Expected one answer for each of the {len(asked)} questions, in a list: the number of a choice, counted "
            f"from 1 (there are {counts} choices), or None for a question that you skip. Received: {answers!r}."
        )
    chosen = [choices[answer - 1] if answer else None for choices, answer in zip(asked, answers, strict=True)]
    return [each and (each["answer"], each["correct"], each["feedback"]) for each in chosen]


def _is_choice(answer: object, choices: int) -> bool:
    return answer is None or (isinstance(answer, int) and not isinstance(answer, bool) and 1 <= answer <= choices)


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
