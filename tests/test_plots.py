"""Pictures: what they show is what they were given, and they say it in words as well."""

import ast
import io
import re
from concurrent.futures import ThreadPoolExecutor

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from helpers import attach_head, config, freeze, plots


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

    alone = [draw(number) for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(draw, range(8))) == alone


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


def test_no_type_of_the_strip_is_smaller_than_8_points(mobilenet):
    plan = freeze(attach_head(mobilenet, classes=2), until="block6c")
    ax = plots.block_strip(plan.table, values=[0.25] * 20, label="moved")
    assert min(text.get_fontsize() for text in ax.texts) >= 8


@pytest.mark.parametrize("count", [1, 5, 6, 7, 13])
def test_a_grid_shows_each_photo_once_with_its_title(count):
    images = np.arange(count)[:, None, None, None] * np.ones((1, 4, 4, 3), np.uint8)
    axes = plots.photo_grid(images.astype(np.uint8), [f"photo {number}" for number in range(count)])
    assert len(axes) == count
    for number, ax in enumerate(axes):
        assert (ax.images[0].get_array() == number).all()
        assert ax.get_title() == f"photo {number}"


def test_no_photos_to_draw_is_told():
    with pytest.raises(ValueError, match="at least one"):
        plots.photo_grid(np.zeros((0, 4, 4, 3)))


def test_bars_stand_in_order_with_their_numbers():
    ax = plots.bars({"first": 3.0, "second": 1.5}, "share")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["second", "first"]
    assert {text.get_text() for text in ax.texts} == {"3", "1.5"}


def test_curves_differ_in_more_than_hue():
    history = pd.DataFrame({"epoch": [1, 2], "accuracy": [0.1, 0.2], "val_accuracy": [0.3, 0.4]})
    axes = plots.learning_curves({"one": history, "two": history})
    lines = axes[0].lines
    assert lines[0].get_linestyle() != lines[1].get_linestyle()
    assert lines[0].get_marker() != lines[1].get_marker()
    assert list(axes[1].lines[0].get_ydata()) == [0.3, 0.4]


def test_the_strip_hatches_what_is_frozen(mobilenet):
    model = attach_head(mobilenet, classes=2)
    plan = freeze(model, until="block6c")
    ax = plots.block_strip(plan.table, values=[0.0] * 19 + [0.25], label="moved")
    hatched = [bar.get_hatch() is not None for bar in ax.patches]
    assert hatched == plan.table.frozen.tolist()
    words = [text.get_text() for text in ax.texts]
    assert words[::2][:3] == ["stem", "1a", "2a"]
    assert words[-1] == "25.0%"
    assert words[1] == "0"


def test_a_confusion_table_shows_its_counts():
    table = pd.DataFrame([[3, 1], [0, 4]], index=["a", "b"], columns=["a", "b"])
    ax = plots.confusion(table)
    assert [text.get_text() for text in ax.texts] == ["3", "1", "0", "4"]


def test_each_photo_has_its_answers_below_it():
    answers = pd.DataFrame(
        {
            "photo": [0, 0, 1, 1],
            "rank": [1, 2, 1, 2],
            "name": ["daisy", "bee", "vase", "balloon"],
            "probability": [0.75, 0.2, 0.5, 0.125],
        }
    )
    axes = plots.top_answers(np.zeros((2, 8, 8, 3), np.uint8), answers, columns=1)
    assert axes.shape == (2, 2)
    for number, (photo, below) in enumerate(axes):
        said = answers[answers.photo == number]
        assert len(photo.images) == 1
        assert [bar.get_width() for bar in below.patches] == said.probability.tolist()
        told = [f"{name}  {probability:.0%}" for name, probability in zip(said.name, said.probability, strict=True)]
        assert [text.get_text() for text in below.texts] == told
        assert below.yaxis_inverted(), "the likeliest answer comes first"
