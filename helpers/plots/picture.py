"""A figure as a picture that a cell shows: stored at twice the screen's resolution, with a text alternative."""

import base64
import html
import io
import sys

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from helpers import checks

TWICE = 2  # pixels that are stored for each pixel of the page, so that type is sharp on a screen of fine pixels
_WIDEST_WEBP = 16_383  # pixels; a picture of more rows is stored as PNG
# A drawing of lines is inverted where JupyterLab's theme is dark; turned by half a circle, hues stay what they were.
_DARK_THEME = '<style>[data-jp-theme-light="false"] img.graft-lines{filter:invert(0.93) hue-rotate(180deg)}</style>'


class Picture:
    """A figure with a text alternative, for notebooks; `described` makes it.

    JupyterLab has no way to give a plain image output a text alternative, so the figure is an `img` element.

    Args:
        data: The file.
        kind: `"png"` or `"webp"`.
        text: What a reader who can't see the picture needs to know.
        is_drawing: Whether it may be inverted in a dark theme.
        width: Pixels of the page; by default, those of the file.
        still: What readers see who asked their system for less motion, if this picture moves.
    """

    def __init__(
        self,
        data: bytes,
        kind: str,
        text: str,
        is_drawing: bool = False,
        width: int | None = None,
        still: "Picture | None" = None,
    ) -> None:
        self.data, self.kind, self.text, self.is_drawing = data, kind, text, is_drawing
        self.width, self.still = width, still

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        lines = ' class="graft-lines"' if self.is_drawing else ""
        width = f' width="{self.width}"' if self.width else ""
        image = f'<img{lines} alt="{html.escape(self.text, quote=True)}"{width} src="{self._source()}">'
        if self.still:
            calm = f'<source media="(prefers-reduced-motion: reduce)" srcset="{self.still._source()}">'
            image = f"<picture>{calm}{image}</picture>"
        return {"text/html": f"{_DARK_THEME if lines else ''}{image}", "text/plain": self.text}

    def _source(self) -> str:
        return f"data:image/{self.kind};base64,{base64.b64encode(self.data).decode()}"


@checks.checked(text=checks.text, dpi=checks.whole(1, 600))
def described(ax: Axes | np.ndarray, text: str, dpi: int = 72) -> Picture:
    """Turn the figure that `ax` belongs to into a `Picture` that says in words what it shows, and close it.

    Args:
        ax: One axes, or an array of them.
        text: What a reader who can't see the picture needs to know.
        dpi: Dots per inch on the page; twice as many are stored.

    Returns:
        A `Picture`; a cell that ends with it shows it.

    Example:
        >>> described(plots.learning_curves({"head only": run.history}), "Accuracy rises for eight epochs.")
    """
    axes = np.array(ax, dtype=object).flat[0]
    figure: Figure = axes.get_figure(root=True)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=TWICE * dpi, bbox_inches="tight")
    if "matplotlib.pyplot" in sys.modules:  # a reader's own figure would be shown a second time below the cell
        sys.modules["matplotlib.pyplot"].close(figure)
    image, is_drawing = Image.open(file).convert("RGB"), _is_drawing(figure)
    data, kind = _stored(image, is_drawing)
    return Picture(data, kind, text, is_drawing, width=round(image.width / TWICE))


def _stored(image: Image.Image, is_drawing: bool) -> tuple[bytes, str]:
    # Lines keep their edges without loss; photos are smaller with it, and at twice the resolution nobody sees it.
    kind = "webp" if max(image.size) <= _WIDEST_WEBP else "png"
    file = io.BytesIO()
    image.save(file, format=kind, lossless=is_drawing, quality=75)
    return file.getvalue(), kind


def _is_drawing(figure: Figure) -> bool:
    # Photos have a colour per pixel, feature maps a grey; both must look the same in every theme.
    shown = [image for ax in figure.axes for image in ax.images]
    return not any(np.ndim(np.asarray(image.get_array())) == 3 or image.get_cmap().name == "gray" for image in shown)
