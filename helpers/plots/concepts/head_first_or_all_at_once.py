"""What an untrained head does to the base: head first, or all at once."""

from collections.abc import Sequence

from helpers.plots.colours import LIGHT
from helpers.plots.concepts.sheet import PAPER, Sheet
from helpers.plots.picture import Picture

_WIDTH = 33
_PUSHED = (6, -9, 8, -8, 10)  # pixels by which each block is out of its place
_TEXT = (
    "Two ways, each in its first and its later epochs. All at once: at first the head is random, and it sends large "
    "corrections, its gradients, down through every block, drawn as a thick arrow; the blocks are pushed out of "
    "place. Later the head is trained and the corrections are small, but the blocks have moved: part of what the base "
    "knew must be learned again. Head first: at first the base is frozen, and the corrections stop at the freeze "
    "boundary. Later the last blocks are unfrozen; the corrections are small and mean something, and the blocks stay "
    "in place."
)


def head_first_or_all_at_once() -> Picture:
    """Draw what happens to a base below an untrained head, and what if the head is trained first."""
    sheet = Sheet(height=366)
    for x, heading in ((110, "First epochs"), (420, "Later epochs")):
        sheet.words(x, 14, heading, 12, weight="bold")
    sheet.arrow((215, 14), (410, 14))
    sheet.arrow((524, 14), (712, 14))
    _label(sheet, 28, "All at\nonce")
    sheet.words(8, 136, "dashed:\nwhere they\nwere", 10)
    told = "The head is random. Its corrections, or\ngradients, are large and mean nothing."
    _net(sheet, 104, 28, ["trained"] * 5, _PUSHED, 7, told, "random")
    told = "The head has learned. Part of what the\nbase knew must be learned again."
    _net(sheet, 414, 28, ["trained"] * 5, _PUSHED, 2, told, "trained")
    _label(sheet, 198, "Head\nfirst")
    told = "The base is frozen. The corrections stop\nat the boundary; only the head learns."
    _net(sheet, 104, 198, ["frozen"] * 5, (0,) * 5, 7, told, "random")
    told = "The last blocks are unfrozen. Corrections\nare small now, and mean something."
    _net(sheet, 414, 198, ["frozen"] * 3 + ["trained"] * 2, (0,) * 5, 2, told, "trained")
    return sheet.picture(_TEXT)


def _label(sheet: Sheet, top: float, name: str) -> None:
    sheet.words(8, top + 44, name, 13, weight="bold")


def _net(
    sheet: Sheet,
    x: float,
    top: float,
    states: Sequence[str],
    pushed: Sequence[float],
    strength: float,
    told: str,
    head: str,
) -> None:
    sheet.panel(x, top, 302, 160)
    middle = top + 48
    for number, (state, push) in enumerate(zip(states, pushed, strict=True)):
        left, height = x + 14 + 40 * number, 62 - 6 * number
        sheet.block(left, middle - height / 2 + push, _WIDTH, height, state)
        if push:
            outline = {"facecolor": "none", "linestyle": (0, (2, 2)), "linewidth": 1.1}
            sheet.rectangle(left, middle - height / 2, _WIDTH, height, **outline)
    sheet.box(x + 222, middle - 24, 66, 48, f"{head}\nhead", LIGHT if head == "trained" else PAPER, weight="bold")
    boundary = states.count("frozen")
    end = x + 12 + 40 * boundary
    sheet.arrow((x + 284, top + 100), (end + 4, top + 100), strength)
    if boundary:
        sheet.line((end - 2, top + 10), (end - 2, top + 112), linewidth=3.4, solid_capstyle="butt")
    sheet.words(x + 14, top + 126, told)
