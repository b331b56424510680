"""Colours are told apart without hue, by light and dark, also by eyes that see fewer colours."""

import re

import matplotlib.colors
import numpy as np
import pytest

from helpers import plots
from helpers.widgets.frame import STYLE

# What is left of red, green and blue to eyes without one kind of cone (Machado, Oliveira and Fernandes, "A
# Physiologically-based Model for Simulation of Color Vision Deficiency", 2009, severity 1.0).
EYES = {
    "all cones": np.eye(3),
    "no red": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no green": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "no blue": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
PAPER = {"light": "#ffffff", "dark": "#111111"}  # JupyterLab's own


def colours(theme: str) -> dict[str, str]:
    light, dark = (
        dict(re.findall(r"--graft-([\w-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r"\{([^}]*--graft-ice:[^}]*)\}", STYLE.read_text())[:2]
    )
    return {**light, **(dark if theme == "dark" else {}), "paper": PAPER[theme]}


def luminance(colour: str, eyes: np.ndarray) -> float:
    value = np.array(matplotlib.colors.to_rgb(colour))
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return float(np.clip(eyes @ linear, 0, 1) @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str, eyes: np.ndarray) -> float:
    """Return WCAG 2's contrast ratio, 1 to 21."""
    low, high = sorted((luminance(one, eyes), luminance(other, eyes)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("theme", PAPER)
def test_frozen_and_trained_differ_in_lightness_and_can_be_read(theme, eyes):
    found = colours(theme)
    assert contrast(found["ice"], found["warm"], EYES[eyes]) > 2
    assert contrast(found["ice"], found["ice-ink"], EYES[eyes]) > 4.5
    assert contrast(found["warm"], found["warm-ink"], EYES[eyes]) > 4.5
    assert contrast(found["dark"], found["paper"], EYES[eyes]) > 4.5
    assert contrast(found["alarm"], found["paper"], EYES[eyes]) > 4.5


@pytest.mark.parametrize("eyes", EYES)
def test_lines_of_a_figure_differ_in_lightness(eyes):
    for one, other in ((plots.DARK, plots.MIDDLE), (plots.MIDDLE, plots.LIGHT), (plots.DARK, plots.LIGHT)):
        assert contrast(one, other, EYES[eyes]) > 1.4
