"""What one number of an early, a middle and a late block can see of a photo."""

from collections.abc import Mapping

import numpy as np

from helpers import checks
from helpers.plots.colours import DARK, ICE, LIGHT, MIDDLE
from helpers.plots.concepts.sheet import Sheet
from helpers.plots.picture import Picture

Box = tuple[int, int, int, int]  # top, left, bottom, right; the last two are exclusive
SIZE = 128  # pixels of the drawn photo along one side
FIELDS: dict[str, Box] = {"block2b": (26, 42, 45, 61), "block3b": (6, 38, 73, 105), "block5a": (0, 0, 128, 128)}
_TALE = ("An early block", "A middle block", "A late block")
_ENOUGH = ("enough for an edge", "enough for several petals", "enough for the whole flower")
_SIDE = 214  # pixels of the page


@checks.checked(photo=checks.or_none(checks.pixels(3)), fields=checks.or_none(checks.kind_of(Mapping)))
def receptive_field_growing(photo: np.ndarray | None = None, fields: Mapping[str, Box] | None = None) -> Picture:
    """Draw which part of a photo one number sees, in an early, a middle and a late block.

    Args:
        photo: Array of shape `(size, size, 3)`, 0 to 255; by default, a drawn flower.
        fields: Three blocks' names, and what a position of each sees: top, left, bottom, right in the photo's pixels,
            as `Field.box` gives them. By default, those of EfficientNetB0 and EfficientNetLite0 at 128 pixels.

    Returns:
        A `Picture`.
    """
    fields = FIELDS if fields is None else fields
    if len(fields) != len(_TALE):
        raise ValueError(f"Expected fields of three blocks: early, middle, late. Received: {len(fields)}.")
    size = SIZE if photo is None else len(photo)
    sheet = Sheet(height=306)
    for number, (block, box) in enumerate(fields.items()):
        left = 4 + 249 * number
        sheet.words(left, 14, f"{_TALE[number]} ({block})", 12, weight="bold")
        _view(sheet, left, 30, photo, box, _SIDE / size)
        height, width = box[2] - box[0], box[3] - box[1]
        sheet.words(left, 262, f"one number sees {height} × {width} pixels:")
        sheet.words(left, 281, _ENOUGH[number])
        if number:
            sheet.arrow((left - 28, 137), (left - 8, 137), 2.4)
    sizes = "; ".join(f"{name} {box[2] - box[0]} × {box[3] - box[1]}" for name, box in fields.items())
    return sheet.picture(
        f"The same photo three times, of {size} × {size} pixels. A frame shows what one number of a block sees, its "
        f"receptive field, which grows from block to block: {sizes} pixels. An early block sees enough for an edge, a "
        "middle one enough for a part, a late one enough for the whole flower."
    )


def _view(sheet: Sheet, x: float, y: float, photo: np.ndarray | None, box: Box, scale: float) -> None:
    if photo is None:
        _garden(sheet, x, y)
    else:
        sheet.ax.imshow(photo.astype("uint8"), extent=(x, x + _SIDE, y + _SIDE, y))
        sheet.ax.set(xlim=(0, sheet.width), ylim=(sheet.height, 0))  # imshow changes them
    top, left, bottom, right = (scale * edge for edge in box)
    veil = {"alpha": 0.78, "linewidth": 0, "zorder": 3}
    for corner, width, height in (
        ((x, y), _SIDE, top),
        ((x, y + bottom), _SIDE, _SIDE - bottom),
        ((x, y + top), left, bottom - top),
        ((x + right, y + top), _SIDE - right, bottom - top),
    ):
        sheet.rectangle(*corner, width, height, **veil)
    outline = {"facecolor": "none", "zorder": 4}
    sheet.rectangle(x, y, _SIDE, _SIDE, linewidth=1, **outline)
    sheet.rectangle(x + left, y + top, right - left, bottom - top, linewidth=3, **outline)


def _garden(sheet: Sheet, x: float, y: float) -> None:
    # A flower in front of the sky, in the photo's own pixels.
    scale = _SIDE / SIZE

    def at(column: float, row: float) -> tuple[float, float]:
        return x + scale * column, y + scale * row

    sheet.rectangle(x, y, _SIDE, _SIDE, facecolor=ICE, linewidth=0)
    sheet.rectangle(*at(0, 104), _SIDE, 24 * scale, facecolor=MIDDLE, linewidth=0)
    sheet.line(at(66, 56), at(62, 110), linewidth=5)
    for column, angle in ((50, 25), (77, -30)):
        sheet.ellipse(*at(column, 97), 30 * scale, 11 * scale, angle=angle, facecolor=DARK, linewidth=0)
    for turn in range(10, 370, 45):
        across, down = np.cos(np.radians(turn)), np.sin(np.radians(turn))
        place = at(66 + 23 * across, 50 + 23 * down)
        sheet.ellipse(*place, 29 * scale, 15 * scale, angle=turn, facecolor=LIGHT, linewidth=1.2)
        sheet.line(at(66 + 14 * across, 50 + 14 * down), at(66 + 30 * across, 50 + 30 * down), linewidth=0.9)
    sheet.circle(*at(66, 50), 11.5 * scale, DARK)
    for turn in range(0, 360, 60):
        sheet.circle(*at(66 + 6 * np.cos(np.radians(turn)), 50 + 6 * np.sin(np.radians(turn))), 1.6 * scale, LIGHT)
