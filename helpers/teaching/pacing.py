"""How many minutes it takes to read a lesson, run it, and solve its exercises.

The rates are those of a reader new to the subject. Brysbaert ("How many words do we read per minute?", 2019) finds 238
words per minute for non-fiction; technical text takes longer, and code longer still. It is a rule, not a measurement.
"""

from collections.abc import Collection, Mapping

from helpers.exercises import quizzes
from helpers.teaching.readability import readability

WORDS_PER_MINUTE = 150
CODE_LINES_PER_MINUTE = 10
MINUTES_PER_EXERCISE = 5
MINUTES_PER_QUIZ_QUESTION = 0.5
_STEP = 5  # minutes that the result is rounded to


def minutes(lesson: Mapping, number: str, optional: Collection[str] = ()) -> int:
    """Return about how many minutes a lesson takes.

    Args:
        lesson: A notebook, as `nbformat` reads it.
        number: The lesson's number, such as `"04"`, for its quiz.
        optional: Names of exercises that don't count, such as `"q4"`.

    Returns:
        Minutes, in steps of five.

    Example:
        >>> minutes(nbformat.read("notebooks/04_train_with_a_frozen_base.ipynb", 4), "04")
        45
    """
    measured = readability(lesson)
    asked = [
        cell["source"].count(".check(")
        for cell in lesson["cells"]
        if cell["cell_type"] == "code" and not any(f".{name}.check(" in cell["source"] for name in optional)
    ]
    quiz = len(quizzes.questions(number)) if number in quizzes.lessons() else 0
    total = (
        measured.words / WORDS_PER_MINUTE
        + measured.code_lines / CODE_LINES_PER_MINUTE
        + sum(asked) * MINUTES_PER_EXERCISE
        + quiz * MINUTES_PER_QUIZ_QUESTION
    )
    return max(1, round(total / _STEP)) * _STEP
