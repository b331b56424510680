"""A figure as a picture: sharp, described in words, in every theme, from any thread."""

import ast
import io
import re
from concurrent.futures import ThreadPoolExecutor

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from helpers import config, plots


@pytest.mark.parametrize("file", sorted((config.ROOT / "helpers").rglob("*.py")), ids=lambda path: path.stem)
def test_nothing_imports_pyplot(file):
    """It holds the current figure in a global, which callbacks in other threads corrupt (jupyterlab#19719)."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            assert "pyplot" not in ast.unparse(node), f"draw with matplotlib.figure.Figure, line {node.lineno}"


def test_drawing_leaves_no_figure_behind_in_pyplot():
    plots.described(plots.bars({"a": 1}, "photos"), "One bar.")
    plots.photo_grid(np.zeros((1, 4, 4, 3)))
    assert plt.get_fignums() == []


def test_threads_draw_at_the_same_time():
    def draw(number: int) -> bytes:
        axes = plots.photo_grid(np.full((6, 8, 8, 3), number, np.uint8), [str(number)] * 6)
        return plots.described(axes, str(number)).data

    alone = [draw(number) for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(draw, range(4))) == alone


def test_a_readers_own_pyplot_figure_is_closed_so_that_it_is_not_shown_twice():
    ax = plt.subplots()[1]
    assert repr(plots.described(ax, "Empty axes.")) == "Empty axes."
    assert plt.get_fignums() == []


def test_a_described_figure_says_what_it_shows():
    picture = plots.described(plots.bars({"a": 1}, "photos"), 'One bar, "a" & <b>.')
    bundle = picture._repr_mimebundle_()
    assert repr(picture) == bundle["text/plain"] == 'One bar, "a" & <b>.'
    assert 'alt="One bar, &quot;a&quot; &amp; &lt;b&gt;."' in bundle["text/html"]
    width, height = Image.open(io.BytesIO(picture.data)).size
    assert width > 100 < 2 * height


def test_drawings_are_inverted_in_a_dark_theme_and_photos_are_not():
    drawing = plots.described(plots.bars({"a": 1}, "photos"), "One bar.")
    noise = np.random.default_rng(0).integers(0, 256, (2, 96, 96, 3), dtype=np.uint8)
    photos = plots.described(plots.photo_grid(noise), "Two photos.")
    shown = drawing._repr_mimebundle_()["text/html"]
    assert re.search(r'data-jp-theme-light="false"\] img\.graft-lines\{filter:invert', shown)
    assert '<img class="graft-lines" alt=' in shown
    maps = plots.described(plots.photo_grid(noise[..., 0]), "Two feature maps.")
    table = plots.described(plots.confusion(pd.DataFrame([[3, 1], [0, 4]])), "A table of counts.")
    kept = {"photos": photos, "maps": maps, "table": table}
    kept = {name: "graft-lines" not in each._repr_mimebundle_()["text/html"] for name, each in kept.items()}
    assert kept == {"photos": True, "maps": True, "table": False}


@pytest.mark.parametrize("dpi", [72, 100])
def test_a_figure_is_stored_at_twice_the_size_it_is_shown_in(dpi):
    picture = plots.described(plots.bars({"a": 1}, "photos"), "One bar.", dpi=dpi)
    stored = Image.open(io.BytesIO(picture.data))
    assert f' width="{picture.width}"' in picture._repr_mimebundle_()["text/html"]
    assert abs(stored.width - 2 * picture.width) <= 1
    assert abs(picture.width - 5.4 * dpi) < 0.5 * dpi  # of the six inches, about half an inch of margin is cut off


def test_lines_keep_every_colour():
    picture = plots.described(plots.bars({"a": 1}, "photos"), "One bar.")
    colours = Image.open(io.BytesIO(picture.data)).convert("RGB").getcolors(10_000)
    wanted = tuple(int(plots.MIDDLE[place : place + 2], 16) for place in (1, 3, 5))
    assert max(count for count, colour in colours if colour == wanted) > 1000


def test_photos_stay_small():
    files = sorted(config.BUNDLED_FLOWERS.glob("*/*.jpg"))[:10]
    photos = [np.asarray(Image.open(file).convert("RGB").resize((128, 128))) for file in files]
    assert len(plots.described(plots.photo_grid(photos, columns=5), "Ten photos.").data) < 72_000


def test_a_picture_too_tall_for_webp_is_stored_all_the_same():
    picture = plots.described(Figure(figsize=(0.4, 150)).subplots(), "Ten feet of axes.")
    assert picture.kind == Image.open(io.BytesIO(picture.data)).format.lower() == "png"
