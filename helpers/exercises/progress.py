"""What is solved in which lesson, and where to go on."""

from dataclasses import dataclass

from helpers import exercises
from helpers.exercises import quizzes, records
from helpers.exercises.problem import RIGHT, WRONG
from helpers.exercises.view import Question

_SIGNS = {RIGHT: "✔", WRONG: "✘", None: "·"}


@dataclass(frozen=True)
class LessonProgress:
    """How far a learner has come in one lesson.

    Attributes:
        lesson: Its number, such as `"04"`.
        exercises: How each went, by name: `"right"`, `"wrong"`, or `None` if it wasn't tried.
        quiz: The same for the questions of its quiz.
        optional: Names of the exercises that may be left out.
    """

    lesson: str
    exercises: dict[str, str | None]
    quiz: dict[str, str | None]
    optional: tuple[str, ...] = ()

    @property
    def required(self) -> list[str | None]:
        """How everything went that is asked for: the exercises that aren't optional, and the quiz."""
        asked = [outcome for name, outcome in self.exercises.items() if name not in self.optional]
        return [*asked, *self.quiz.values()]

    @property
    def done(self) -> bool:
        """Whether everything that is asked for is right."""
        return all(outcome == RIGHT for outcome in self.required)


class Progress:
    """What is solved in all lessons; shown as a table in a notebook.

    Attributes:
        lessons: A `LessonProgress` for each, in order.
    """

    def __init__(self, lessons: list[LessonProgress]) -> None:
        self.lessons = lessons

    def sentence(self) -> str:
        """Return how much of what isn't optional is solved, and which lesson comes next."""
        outcomes = [outcome for lesson in self.lessons for outcome in lesson.required]
        extra = [lesson.exercises[name] for lesson in self.lessons for name in lesson.optional]
        told = f"{outcomes.count(RIGHT)} of {len(outcomes)} solved"
        told += f" and {extra.count(RIGHT)} of {len(extra)} optional ones" if RIGHT in extra else ""
        waiting = [lesson.lesson for lesson in self.lessons if not lesson.done]
        return f"{told}. Next: lesson {int(waiting[0])}." if waiting else f"{told}: that is the whole course."

    def __repr__(self) -> str:
        lines = [
            f"lesson {int(each.lesson)}   exercises {_signs(each.exercises)}   quiz {_signs(each.quiz)}"
            for each in self.lessons
        ]
        return "\n".join([*lines, self.sentence()])

    def _repr_html_(self) -> str:
        head = "".join(f'<th style="text-align:left">{name}</th>' for name in ("lesson", "exercises", "quiz"))
        rows = "".join(
            f'<tr><td>{int(each.lesson)}</td><td style="text-align:left">{_marked(each.exercises)}</td>'
            f'<td style="text-align:left">{_marked(each.quiz)}</td></tr>'
            for each in self.lessons
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table><p>{self.sentence()}</p>"


def progress() -> Progress:
    """Return what is solved in each lesson: ✔ right, ✘ tried and not right yet, · not tried.

    It is kept in `data/progress`, or where `GRAFT_PROGRESS` says; to begin anew, remove that folder.

    Example:
        >>> progress()
        lesson 0   exercises ✔✔    quiz ✔✔✘
        lesson 1   exercises ···   quiz ····
        4 of 80 solved. Next: lesson 0.
    """
    kept = records.kept()
    found = []
    for number in quizzes.lessons():
        module = getattr(exercises, f"lesson_{number}")
        tasks = [name for name, value in vars(module).items() if isinstance(value, Question)]
        asked = [f"quiz{place}" for place in range(1, len(quizzes.questions(number)) + 1)]
        found.append(
            LessonProgress(
                number,
                {name: kept.get((number, name)) for name in sorted(tasks, key=lambda name: int(name[1:]))},
                {name: kept.get((number, name)) for name in asked},
                getattr(module, "OPTIONAL", ()),
            )
        )
    return Progress(found)


def _signs(outcomes: dict[str, str | None]) -> str:
    return "".join(_SIGNS[outcome] for outcome in outcomes.values())


def _marked(outcomes: dict[str, str | None]) -> str:
    solved = sum(outcome == RIGHT for outcome in outcomes.values())
    names = ", ".join(f"{name}: {outcome or 'not tried'}" for name, outcome in outcomes.items())
    return f'<span role="img" aria-label="{names}">{" ".join(_signs(outcomes))}</span> {solved} of {len(outcomes)}'
