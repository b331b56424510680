"""Exercises of lesson 10: preparing a photo as in training, licences, and whether an export answers as its model."""

import numpy as np

from helpers.exercises.prepared import preparation_fault
from helpers.exercises.problem import Problem
from helpers.exercises.running import run_on
from helpers.exercises.values import names_in, rows_in
from helpers.exercises.view import Question


def prepares_like_training(function) -> str | None:
    """Return what is wrong with a function that reads a photo for a model that was trained on `read_photo`'s."""
    return preparation_fault(lambda path, size: run_on(function, path, size))


q1 = Question(
    Problem(
        "q1",
        "Write a function that takes a path and an image size, and returns the photo, prepared just as the training "
        "photos were.",
        prepares_like_training,
        "The network is asked about photos prepared like those it learned from.",
        (
            "Resizing a wide photo directly to a square distorts it. The training photos were not distorted.",
            "The short side is resized, and the middle is cropped.",
            "read_photo(path, image_size) is what load_photos uses itself.",
        ),
        """
def answer(path, image_size):
    return read_photo(path, image_size)
""",
    )
)


def finds_open_licences(function) -> str | None:
    """Return what is wrong with a function that should name the parts whose licence doesn't allow what is planned."""
    allowed = {"MIT", "Apache-2.0", "CC BY 4.0"}
    cases = (
        ({"code": "MIT", "weights": "Apache-2.0", "photos": "CC BY 4.0"}, allowed, "all three are allowed"),
        ({"code": "MIT", "weights": None, "photos": "CC BY 4.0"}, allowed, "the weights' licence isn't known"),
        ({"code": "MIT", "weights": "Apache-2.0", "photos": "CC BY-NC 4.0"}, allowed, "the photos' isn't allowed"),
        ({"photos": None, "weights": "", "code": "GPL-3.0"}, {"GPL-3.0"}, "two licences aren't known"),
        ({"code": "MIT", "weights": "MIT", "photos": "MIT"}, set(), "nothing at all is allowed"),
        ({"code": "MIT", "weights": "MIT or so", "photos": "M", "fonts": None}, allowed, "one of four is allowed"),
    )
    for licences, permitted, why in cases:
        expected = [part for part, licence in licences.items() if licence not in permitted]
        found = names_in(run_on(function, dict(licences), set(permitted)), "a list of names of parts")
        if sorted(found) != sorted(expected):
            told = ", ".join(f"{part}: {licence!r}" for part, licence in licences.items())
            return f"With {told}, where {why}, expected {expected}. Your function returned {found}."
    return None


q2 = Question(
    Problem(
        "q2",
        "Write a function (licences, allowed) that returns the parts whose licence is unknown, or isn't among those "
        "that allow what you plan to do.",
        finds_open_licences,
        "One part with an unknown licence is reason enough not to publish yet.",
        (
            "Go through licences.items(): each part has its licence, or None.",
            "A set of licences never contains None, so one test covers both cases.",
            "[part for part, licence in licences.items() if licence not in allowed]",
        ),
        """
def answer(licences, allowed):
    return [part for part, licence in licences.items() if licence not in allowed]
""",
    )
)


def finds_what_differs(function) -> str | None:
    """Return what is wrong with a function that should find the photos for which an export answers differently."""
    rng = np.random.default_rng(10)
    for photos, classes, tolerance in ((30, 5, 0.02), (12, 3, 0.1), (50, 4, 0.001), (9, 2, 0.05)):
        model, export = _two_answers(rng, photos, classes, tolerance)
        far = np.abs(model - export).max(axis=1) > tolerance
        other = model.argmax(axis=1) != export.argmax(axis=1)
        found = rows_in(run_on(function, model.copy(), export.copy(), tolerance), "the numbers of the rows")
        if set(found.tolist()) == set(np.flatnonzero(far | other).tolist()):
            if len(found) == len(set(found.tolist())):
                continue
            return "Some rows are listed twice: both reasons may hold for one. List each once."
        for wrong, why in (
            (far, "Your rows lack those where another class is likeliest, by however little."),
            (other, "Your rows lack those where the class is the same, but a probability is further off."),
            (far & other, "One reason is enough; you ask for both."),
            (~(far | other), "Those are the photos for which both agree."),
        ):
            if set(found.tolist()) == set(np.flatnonzero(wrong).tolist()):
                return why
        missing = sorted(set(np.flatnonzero(far | other).tolist()) - set(found.tolist()))
        extra = sorted(set(found.tolist()) - set(np.flatnonzero(far | other).tolist()))
        return f"With a tolerance of {tolerance:g}, rows {missing[:3]} are missing, and {extra[:3]} are too many."
    return None


def _two_answers(rng: np.random.Generator, photos: int, classes: int, tolerance: float) -> tuple[np.ndarray, ...]:
    """Return two arrays of probabilities whose rows differ in several ways, or not at all."""
    model = rng.dirichlet(np.full(classes, 0.7), photos)
    how_far = rng.choice([0, tolerance / 3, 3 * tolerance], photos)[:, None]
    one = np.eye(classes)[rng.integers(0, classes, photos)]  # the only probability that is off
    export = np.clip(model + how_far * one * rng.choice([-1, 1], (photos, 1)), 0, 1)
    tied, near, far = np.split(rng.permutation(photos)[: 2 * (photos // 4) + 2], [2, 2 + photos // 4])
    model[tied] = 1 / classes  # nearly equal, so that a small step changes the likeliest class
    model[tied, 0] += tolerance / 10
    export[tied] = model[tied]
    export[tied, 1] += tolerance / 5
    # Several probabilities are off and make up for each other: none by more than the tolerance, though their sum is.
    signs = np.resize([1, -1], classes) * (np.arange(classes) < classes // 2 * 2)
    model[near] = (model[near] + 1 / classes) / 2
    export[near] = model[near] + 0.6 * tolerance * signs
    export[far] = model[far]  # two are off, each by more, and the sum stays
    for row in far:
        export[row, model[row].argmax()] -= 2 * tolerance
        export[row, model[row].argmin()] += 2 * tolerance
    return model, export


q3 = Question(
    Problem(
        "q3",
        "Write a function (model, export, tolerance) that takes two arrays of probabilities and returns the rows where "
        "the likeliest class differs, or any probability differs by more than the tolerance.",
        finds_what_differs,
        "With it you can look at the photos in question before anybody uses the file.",
        (
            "Two reasons, and either is enough: join them with |.",
            "np.abs(model - export).max(axis=1) is the largest difference of each row.",
            "np.flatnonzero turns True and False into row numbers.",
        ),
        """
def answer(model, export, tolerance):
    far = np.abs(model - export).max(axis=1) > tolerance
    return np.flatnonzero(far | (model.argmax(axis=1) != export.argmax(axis=1)))
""",
    )
)
