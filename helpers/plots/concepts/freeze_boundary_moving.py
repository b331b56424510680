"""The freeze boundary moves down through a base: an animation, and its still."""

import io

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from helpers import checks
from helpers.plots.concepts.sheet import WIDTH, Sheet
from helpers.plots.picture import TWICE, Picture

_STAGES = ("a", "ab", "ab", "abc", "abc", "abcd", "a")  # of EfficientNetB0 and Lite0: blocks 1a to 7a
_BLOCKS = ("stem", *(f"{stage}{block}" for stage, names in enumerate(_STAGES, 1) for block in names), "top", "head")
_STOPS = {  # how many blocks are frozen, and what that is called
    18: ("Freeze boundary at the top", "only the new head is trained"),
    12: ("Freeze boundary at block5c", "the last blocks are fine-tuned as well"),
    6: ("Freeze boundary at block3b", "more blocks can change, and every epoch costs more"),
    0: ("No freeze boundary", "the whole network is trained"),
}
_HELD, _SLIDING = 1100, 70  # milliseconds that a frame is shown
_STEP, _LEFT = 36, 9
_TEXT = (
    "A network as a row of nineteen blocks, from the stem to the head. Blocks below the freeze boundary are pale and "
    "hatched: frozen, they stay as they are. Blocks above it are filled: they are trained. The boundary moves down and "
    "stops at four places. "
) + " ".join(f"{place}: {meaning}." for place, meaning in _STOPS.values())


@checks.checked(still=checks.flag)
def freeze_boundary_moving(still: bool = False) -> Picture:
    """Draw the freeze boundary on its way from the top of the base to where nothing is frozen.

    Args:
        still: Whether to draw its four stops below each other instead of an animation. Readers who asked their system
            for less motion see these anyway.

    Returns:
        A `Picture`.
    """
    stops = _stills()
    return stops if still else _animation(stops)


def _stills() -> Picture:
    sheet = Sheet(height=114 * len(_STOPS) - 2)
    for number, (frozen, (place, meaning)) in enumerate(_STOPS.items()):
        sheet.words(_LEFT, 114 * number + 14, f"{place}: {meaning}", 12, weight="bold")
        _strip(sheet, 114 * number + 34, frozen)
    return sheet.picture(_TEXT)


def _animation(still: Picture) -> Picture:
    frames, shown = [], []
    for frozen in range(len(_BLOCKS) - 1, -1, -1):
        frames.append(_frame(frozen, ": ".join(_STOPS.get(frozen, ("The freeze boundary moves down …",)))))
        shown.append(_HELD if frozen in _STOPS else _SLIDING)
    file = io.BytesIO()
    frames[0].save(
        file, format="webp", save_all=True, append_images=frames[1:], duration=shown, loop=0, lossless=True, method=4
    )
    return Picture(file.getvalue(), "webp", _TEXT, is_drawing=True, width=WIDTH, still=still)


def _frame(frozen: int, caption: str) -> Image.Image:
    sheet = Sheet(height=124)
    sheet.words(_LEFT, 16, caption, 12, weight="bold")
    _strip(sheet, 38, frozen)
    sheet.figure.set_dpi(72 * TWICE)
    canvas = FigureCanvasAgg(sheet.figure)
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")


def _strip(sheet: Sheet, top: float, frozen: int) -> None:
    for number, name in enumerate(_BLOCKS):
        left = _LEFT + _STEP * number
        sheet.block(left, top, _STEP - 4, 36, "frozen" if number < frozen else "trained")
        sheet.words(left + (_STEP - 4) / 2, top + 47, name, 10, "center")
    edge = _LEFT + _STEP * frozen - 2
    if frozen:
        sheet.line((edge, top - 8), (edge, top + 58), linewidth=3.4, solid_capstyle="butt")
    if frozen > 2:  # else there is no room
        sheet.words(edge - 8, top + 67, "frozen", 11, "right")
        sheet.arrow((edge - 52, top + 67), (edge - 82, top + 67))
    sheet.words(edge + 8, top + 67, "trained", 11)
