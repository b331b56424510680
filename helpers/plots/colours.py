"""The figures' colours. They are told apart without hue: they differ in lightness, and lines also in their markers."""

from typing import Any

DARK, MIDDLE, LIGHT, ICE = "#1b4332", "#23877b", "#f4a261", "#dceef8"
FROZEN: dict[str, Any] = {"facecolor": ICE, "hatch": "///", "edgecolor": "#6c91a8"}
FREE: dict[str, Any] = {"facecolor": LIGHT, "edgecolor": DARK}
LINES = ((DARK, "o", "-"), (LIGHT, "s", "--"), (MIDDLE, "^", ":"), ("#7f5539", "D", "-."))
