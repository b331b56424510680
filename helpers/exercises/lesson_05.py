"""Exercises of lesson 5: unfreezing, and choosing a winner fairly."""

from helpers.exercises import compiled
from helpers.exercises.flags import flags_fault, untrained_head_fault
from helpers.exercises.models import model_of
from helpers.exercises.problem import Problem
from helpers.exercises.reports import report_with
from helpers.exercises.running import run_on
from helpers.exercises.values import described, equals
from helpers.exercises.view import Question


def ready_to_fine_tune(model) -> str | None:
    """Return what is wrong with a model that should be compiled and ready to fine-tune its last two blocks."""
    fault = flags_fault(model_of(model), blocks_free=2) or untrained_head_fault(model)
    if fault:
        return fault
    if not getattr(model, "compiled", False):
        return "Compile the model after changing what is trainable, or Keras goes on as before."
    fault = compiled.unnamed_loss_fault(model) or compiled.loss_fault(model) or compiled.rate_fault(model.optimizer)
    if fault:
        return fault
    if compiled.is_stale(model):
        return (
            "The flags were changed after the model was compiled and trained, so the next fit would go on training "
            "what it trained before. Compile again, last of all."
        )
    return None


q1 = Question(
    Problem(
        "q1",
        "Get a model ready for fine-tuning the head and the base's last two blocks: unfreeze them, keep "
        "BatchNorm frozen, and use a small learning rate.",
        ready_to_fine_tune,
        "The two blocks and the head learn, the statistics don't change, and the steps are small.",
        (
            "blocks(model)[-2:] are the last two; each has .layers, the names of its layers.",
            "freeze(model, until=blocks(model)[-3].name) sets all the flags.",
            "Then model.compile(keras.optimizers.Adam(1e-4), loss=…).",
        ),
        """
answer = copy_of(start)
freeze(answer, until=blocks(answer)[-3].name)
answer.compile(keras.optimizers.Adam(1e-4), loss="sparse_categorical_crossentropy")
""",
    )
)


def honest_winner(function) -> str | None:
    """Return what is wrong with a function that should name the best of several, if its lead is more than luck."""
    # A model's photos, in the order right, wrong, right, …: the models overlap in different ways.
    good, worse = report_with(180, 20), report_with(164, 36)
    near = report_with(172, 28)  # loses 8 photos to `good` and wins none, within the bands of both
    swapped = report_with(150, 26, 20, 4)  # 170 right, but other ones
    poor = report_with(90, 110)
    first_half, second_half = report_with(110, 90), report_with(0, 110, 90)  # never right about the same photo
    cases = (
        ({"frozen": worse, "tuned": good}, "tuned", "wins 16 photos and loses none, whatever its place in the dict"),
        ({"b": near, "a": good}, "a", "wins 8 photos and loses none, which luck doesn't explain"),
        ({"x": good, "y": swapped}, None, "x leads by ten photos, but wins 30 and loses 20"),
        ({"one": good, "other": good, "third": poor}, None, "two are equal"),
        ({"low": poor, "middle": worse, "high": good}, "high", "beats the second best, which is what counts"),
        ({"p": first_half, "q": second_half}, None, "p leads by 20 photos, but wins 110 and loses 90"),
        ({"third": poor, "one": good, "other": swapped}, None, "one leads by ten photos, but wins 30 and loses 20"),
        ({"m": report_with(181, 19), "n": good}, None, "m wins one photo and loses none"),
        ({"m": good, "n": report_with(171, 9, 4, 16)}, None, "m wins 9 photos and loses 4"),
        ({"v": report_with(130, 70), "w": report_with(70, 60, 42, 28)}, None, "v wins 60 photos and loses 42"),
        ({"w": report_with(65, 65, 42, 28), "v": report_with(130, 70)}, "v", "wins 65 photos and loses 42"),
        ({"n": report_with(140, 30, 10, 20), "m": report_with(170, 30)}, "m", "wins 30 photos and loses 10"),
    )
    for reports, expected, why in cases:
        found = run_on(function, dict(reports))
        if not equals(found, expected):
            told = ", ".join(f"{name} {report.accuracy:.3f}" for name, report in reports.items())
            wanted = f"{expected!r}, which {why}" if expected else f"None: {why}"
            said = "None" if found is None else f"{found!r:.40}" if isinstance(found, str) else described(found)
            return f"With the accuracies {told}, expected {wanted}. Your function returned {said}."
    return None


q2 = Question(
    Problem(
        "q2",
        "Write a function that takes reports by name, all on the same photos, and returns the winner's name, or None "
        "if luck alone may explain its lead.",
        honest_winner,
        "This keeps you from reporting luck as progress.",
        (
            "Sort the names by .accuracy; only the first two matter.",
            "compare(report_a, report_b) counts photo by photo; its .interval is that of the difference.",
            "Return the first name only if the lower end of the interval is above 0.",
        ),
        """
def answer(reports):
    first, second = sorted(reports, key=lambda name: reports[name].accuracy, reverse=True)[:2]
    low, high = compare(reports[first], reports[second]).interval
    return first if low > 0 else None
""",
    )
)
