"""Base and head: what is kept of a trained network, and what is replaced."""

from matplotlib.patches import Wedge

from helpers.plots.colours import DARK, ICE, LIGHT
from helpers.plots.concepts.sheet import GREY, PAPER, QUIET, Sheet
from helpers.plots.picture import Picture

_OF_A_PERSON = (0.9, 0.2, 0.5, 0.1, 0.7, 0.35, 0.95, 0.15, 0.6, 0.3)  # features: how dark the squares are
_OF_A_DOG = (0.3, 0.8, 0.45, 0.1, 0.95, 0.2, 0.55, 0.9, 0.15, 0.65)
_BLOCKS = ("edges", "fur, hair", "eyes, noses")
_TEXT = (
    "Two rows, one above the other. Above, the source task: a photo of a person goes through the base, whose blocks "
    "respond to edges, to fur and hair, to eyes and noses. Out comes a row of features. The old head turns them into "
    "one bar for each of five people. Below, the target task: a photo of a dog goes through the same base, and a new "
    "head turns the features into one bar for each of five breeds. The base is kept; only the head is replaced."
)


def base_and_head() -> Picture:
    """Draw how a base goes on to a new task with a new head: from faces of people to faces of dogs."""
    sheet = Sheet(height=330)
    sheet.panel(106, 8, 348, 314, "The base is kept")
    sheet.panel(462, 8, 250, 314, "The head is replaced")
    sheet.words(8, 24, "The photo", 12, weight="bold")
    people = {"Ada": 0.1, "Ben": 0.85, "Cleo": 0.15, "Dan": 0.3, "Eve": 0.05}
    breeds = {"beagle": 0.12, "collie": 0.2, "husky": 0.06, "poodle": 0.25, "pug": 0.8}
    _row(sheet, 36, "Whose face?", people, new=False)
    sheet.words(280, 179, "the same blocks, with the same weights", 11, "center", style="italic")
    _row(sheet, 188, "Which breed?", breeds, new=True)
    return sheet.picture(_TEXT)


def _row(sheet: Sheet, top: float, question: str, answers: dict[str, float], new: bool) -> None:
    middle = top + 62
    (_dog if new else _person)(sheet, 8, middle - 39, 78)
    sheet.words(47, middle + 53, question, 11, "center")
    sheet.arrow((90, middle), (116, middle))
    for number, name in enumerate(_BLOCKS):
        left, height = 120 + 73 * number, 92 - 16 * number
        sheet.block(left, middle - height / 2, 68, height, "frozen")
        sheet.words(left + 34, middle, name, 10, "center", bbox={"facecolor": ICE, "linewidth": 0, "pad": 2})
    sheet.arrow((338, middle), (354, middle))
    for number, value in enumerate(_OF_A_DOG if new else _OF_A_PERSON):
        place = (358 + 17 * (number % 5), middle - 17 + 17 * (number // 5))
        sheet.rectangle(*place, 15, 15, facecolor=DARK, alpha=value, linewidth=0)
        sheet.rectangle(*place, 15, 15, facecolor="none", linewidth=0.8)
    sheet.words(400, middle + 32, "features", 11, "center")
    sheet.arrow((446, middle), (470, middle))
    look = {"fill": LIGHT, "weight": "bold"} if new else {"fill": PAPER, "linestyle": (0, (3, 3)), "edgecolor": QUIET}
    sheet.box(474, middle - 34, 64, 68, "new\nhead" if new else "old\nhead", size=12, **look)
    sheet.arrow((541, middle), (560, middle))
    _bars(sheet, 564, middle - 48, answers)


def _bars(sheet: Sheet, left: float, top: float, answers: dict[str, float]) -> None:
    likeliest = max(answers, key=lambda name: answers[name])
    for number, (name, share) in enumerate(answers.items()):
        y = top + 9 + 20 * number
        sheet.words(left + 48, y, name, 11, "right", weight="bold" if name == likeliest else "normal")
        sheet.rectangle(left + 54, y - 6, 86 * share, 12, facecolor=DARK, linewidth=0)


def _person(sheet: Sheet, x: float, y: float, side: float) -> None:
    _frame(sheet, x, y, side)
    middle, centre = x + side / 2, y + side * 0.5
    sheet.ax.add_patch(Wedge((middle, y + side), side * 0.34, 180, 360, facecolor=LIGHT, edgecolor=DARK))
    sheet.circle(middle, centre - 4, side * 0.31, DARK)
    sheet.ellipse(middle, centre + 2, side * 0.46, side * 0.52)
    _eyes_and_mouth(sheet, middle, centre)


def _dog(sheet: Sheet, x: float, y: float, side: float) -> None:
    _frame(sheet, x, y, side)
    middle, centre = x + side / 2, y + side * 0.5
    sheet.ellipse(middle, centre, side * 0.56, side * 0.62)
    for sign in (-1, 1):
        ear = middle + sign * side * 0.28
        sheet.ellipse(ear, centre - 2, side * 0.2, side * 0.54, angle=sign * -18, facecolor=DARK)
    sheet.ellipse(middle, centre + side * 0.1, side * 0.14, side * 0.1, facecolor=DARK)
    _eyes_and_mouth(sheet, middle, centre)


def _frame(sheet: Sheet, x: float, y: float, side: float) -> None:
    sheet.rectangle(x, y, side, side, facecolor=GREY, linewidth=1)


def _eyes_and_mouth(sheet: Sheet, middle: float, centre: float) -> None:
    for sign in (-1, 1):
        sheet.circle(middle + sign * 8, centre - 4, 2.4)
    sheet.line((middle - 6, centre + 13), (middle, centre + 16), (middle + 6, centre + 13))
