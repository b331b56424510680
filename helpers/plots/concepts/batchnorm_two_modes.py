"""BatchNormalization in training and in inference: whose mean it takes, and what moves."""

import numpy as np

from helpers.plots.colours import FREE, FROZEN, ICE, LIGHT, MIDDLE
from helpers.plots.concepts.sheet import Sheet
from helpers.plots.picture import Picture

_BATCH = (-1.5, -0.6, 0.5, 1.6)  # what one feature is for the photos of a batch, around their mean
_TEXT = (
    "Two panels. Training: the values of one feature for a batch of photos are normalised with the mean and the "
    "variance of this batch. The collected statistics, which are running averages, are drawn as a marker on a scale; "
    "at each step it moves a little towards the mean and variance of the batch. Inference: the value of one photo is "
    "normalised with the collected statistics. Their marker stays where it is; nothing moves. The same is true when "
    "the layer is frozen, even while the rest of the model is trained."
)
_TRAINING = (
    "Normalised with the mean and variance\nof this batch. The collected statistics\nfollow, a little at each step."
)
_INFERENCE = "Normalised with the collected statistics.\nThey stay as they are: nothing moves."


def batchnorm_two_modes() -> Picture:
    """Draw what BatchNormalization takes a photo's mean from, in training and in inference, and what moves."""
    sheet = Sheet(height=318)
    _mode(sheet, 4, "Training", photos=4)
    _mode(sheet, 366, "Inference, and when frozen", photos=1)
    return sheet.picture(_TEXT)


def _mode(sheet: Sheet, x: float, name: str, photos: int) -> None:
    training = photos > 1
    sheet.panel(x, 4, 350, 310, name)
    for number in range(photos):
        sheet.flower(x + 14 + 7 * number, 44 + 7 * number, 46, 5 + number)
    sheet.words(x + 14, 130, "a batch of photos" if training else "one photo")
    sheet.arrow((x + 92, 78), (x + 118, 78))
    name = f"BatchNormalization\nuses the {'batch’s' if training else 'collected'} mean"
    sheet.box(x + 124, 46, 158, 64, name, LIGHT if training else ICE)
    sheet.arrow((x + 286, 78), (x + 312, 78))
    sheet.words(x + 318, 74, "…", 16)
    _scale(sheet, x + 30, 196, training)
    sheet.words(x + 14, 254, _TRAINING if training else _INFERENCE)


def _scale(sheet: Sheet, left: float, y: float, training: bool) -> None:
    width = 290
    sheet.line((left, y), (left + width, y))
    running, batch = left + 90, left + 200
    values = batch + 40 * np.array(_BATCH) if training else np.array([left + 214])
    for value in values:
        sheet.circle(value, y, 4.5, MIDDLE)
    sheet.words(values.mean(), y + 20, "the batch’s values" if training else "this photo’s value", 10.5, "center")
    if training:
        sheet.line((batch, y - 12), (batch, y + 8), linewidth=2, linestyle=(0, (2, 1.4)))
        sheet.words(batch, y - 22, "the batch’s mean", 10.5, "center")
    look = FREE if training else FROZEN
    moved = 30 if training else 0
    if training:
        sheet.rectangle(running - 7, y - 15, 14, 30, facecolor="none", linestyle=(0, (2, 2)))
        sheet.arrow((running - 4, y + 26), (running + moved + 8, y + 26), 2.4)
    sheet.rectangle(running + moved - 7, y - 15, 14, 30, **look)
    sheet.words(running + moved / 2 - 20, y - 26, "collected mean", 10.5, "center", weight="bold")
