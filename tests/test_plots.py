"""Pictures: what they show is what they were given, and they say it in words as well."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from helpers import attach_head, freeze, plots


@pytest.fixture(autouse=True)
def no_figure_left_over():
    yield
    plt.close("all")


def test_a_described_figure_says_what_it_shows_and_is_closed():
    picture = plots.described(plots.bars({"a": 1}, "photos"), 'One bar, "a" & <b>.')
    bundle = picture._repr_mimebundle_()
    assert repr(picture) == bundle["text/plain"] == 'One bar, "a" & <b>.'
    assert 'alt="One bar, &quot;a&quot; &amp; &lt;b&gt;."' in bundle["text/html"]
    width, height = Image.open(io.BytesIO(picture.data)).size
    assert width > 100 < 2 * height
    assert plt.get_fignums() == []


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


def test_the_strip_ices_what_is_frozen(mobilenet):
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
