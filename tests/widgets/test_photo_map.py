"""The photo map without a browser: what it shows is what `photo_map` computes, and classes differ by shape, too."""

import re

import keras
import matplotlib.colors
import numpy as np
import pytest

from helpers import attach_head, copy_of, photo_map, plots
from helpers.photos.split import rows_of
from helpers.widgets import PhotoMap, class_marks
from helpers.widgets.frame import STYLE
from helpers.widgets.scatter import described_map
from tests.widgets.test_colours import EYES, PAPER, contrast


@pytest.fixture(scope="module")
def other(small):
    """A copy with other weights in its last block."""
    model = copy_of(small)
    rng = np.random.default_rng(0)
    for layer in model.layers[-4:]:
        layer.set_weights([values + rng.normal(0, 0.3, values.shape) ** 2 for values in layer.get_weights()])
    return model


def test_the_open_block_is_drawn_as_photo_map_places_it(small, flowers):
    widget = PhotoMap(flowers.val, small, at="block2a")
    for boundary, block in ((3, "block2a"), (1, "stem"), (5, "top")):
        widget.strip.boundary = boundary
        drawn = photo_map(small, flowers.val, block)
        (shown,) = widget.scatter.maps
        assert shown["nearest"] == drawn.nearest.tolist()
        for axis, column in enumerate(("x", "y")):
            share = np.array(shown["points"])[:, axis]
            assert abs(np.corrcoef(share, drawn[column])[0, 1]) == pytest.approx(1, abs=1e-4)
        facts = drawn.attrs
        assert f"<b>{facts['neighbour_accuracy']:.0%}</b> of the photos" in widget.told.value
        assert f"hold {sum(facts['explained_variance']):.0%} of their variance" in widget.told.value
        assert f"in all {facts['features']:,} features" in widget.told.value
        assert block in repr(widget)
    assert "svg" in widget.curve.value
    assert widget.accuracies.index.tolist() == widget.names


def test_a_map_fills_the_page_with_one_scale_for_both_axes(small, flowers):
    drawn = photo_map(small, flowers.val, "top")
    points = np.array(described_map(drawn, "")["points"])
    assert (points.min(), points.max()) == (0, 1)
    script = (STYLE.parent / "scatter.js").read_text()
    wide, high, edge = map(int, re.findall(r"\[WIDE, HIGH\] = \[(\d+), (\d+)\].*?EDGE = (\d+)", script, re.DOTALL)[0])
    size = np.ptp(points, axis=0) * [wide - 2 * edge, high - 2 * edge]
    spread = np.ptp(drawn[["x", "y"]].to_numpy(), axis=0)
    assert size[1] / size[0] == pytest.approx(spread[1] / spread[0], abs=2e-3)
    highest = int(drawn.y.argmax())
    assert points[highest, 1] == points[:, 1].min()  # the page counts from the top


def test_two_models_show_the_same_photos_the_second_mirrored_to_fit_the_first(small, other, flowers):
    widget = PhotoMap(flowers.val, {"before": small, "<after>": other})
    assert [each["title"] for each in widget.scatter.maps] == ["before", "<after>"]
    told = [photo_map(model, flowers.val, "top").attrs["neighbour_accuracy"] for model in (small, other)]
    assert f"<b>{told[0]:.0%}</b> (before) and <b>{told[1]:.0%}</b> (&lt;after&gt;)" in widget.told.value
    for block in widget.names:
        before, after = (widget.maps[name][block] for name in ("before", "<after>"))
        assert (before.x @ after.x, before.y @ after.y) >= (0, 0)
    assert "<img" in widget._repr_mimebundle_()["text/html"]


def test_where_widgets_do_not_render_each_map_says_which_model_and_block_it_is_of(small, other, flowers, monkeypatch):
    drawn, real = [], plots.described
    monkeypatch.setattr(plots, "described", lambda axes, text: drawn.extend(axes) or real(axes, text))
    widget = PhotoMap(flowers.val, {"before fine-tuning": small, "after": other}, at="block2a")
    widget.picture()
    assert [ax.get_title(loc="left") for ax in drawn] == ["before fine-tuning, at block2a", "after, at block2a"]
    share = widget.maps["after"]["block2a"].attrs["explained_variance"][0]
    assert drawn[1].get_xlabel() == f"{share:.0%} of the variance"


def test_each_photo_is_named_and_one_can_be_chosen(small, flowers):
    widget = PhotoMap(flowers.val, small)
    assert [photo["label"] for photo in widget.scatter.photos] == flowers.val.labels.tolist()
    assert widget.scatter.photos[3]["name"] == f"{flowers.class_names[flowers.val.labels[3]]}, photo 3 of val"
    widget.scatter.chosen = 10**6
    assert widget.scatter.chosen == len(flowers.val) - 1


def test_of_many_photos_the_first_of_each_class_are_shown(small, flowers):
    widget = PhotoMap(flowers.val, small, per_class=2)
    rows = np.sort(np.concatenate([np.flatnonzero(flowers.val.labels == label)[:2] for label in range(5)]))
    np.testing.assert_array_equal(widget.split.images(), flowers.val.images(rows))
    assert len(PhotoMap(flowers.val, small, per_class=None).split) == len(flowers.val)


def test_what_cannot_be_shown_is_refused(small, mobilenet, flowers):
    models = {"one": small, "two": small, "three": small}
    with pytest.raises(ValueError, match=r"one or two models\. Received: 3"):
        PhotoMap(flowers.val, models)
    with pytest.raises(ValueError, match="same blocks"):
        PhotoMap(flowers.val, {"before": small, "after": attach_head(mobilenet, classes=5)})
    with pytest.raises(ValueError, match="Expected at to be the name of a block"):
        PhotoMap(flowers.val, small, at="block9z")
    with pytest.raises(ValueError, match="per_class"):
        PhotoMap(flowers.val, small, per_class=0)
    with pytest.raises(ValueError, match="at least 3 photos"):
        PhotoMap(rows_of(flowers.val, np.arange(2)), small)


def test_no_two_classes_share_both_colour_and_shape():
    marks = [class_marks.mark_of(label) for label in range(63)]
    assert len(set(marks)) == 63
    assert len(set(marks[:7])) == len({colour for colour, _ in marks[:7]}) == len({shape for _, shape in marks[:7]})


@pytest.mark.parametrize("label", range(len(class_marks.MARKERS)))
def test_shapes_are_as_large_as_each_other(label):
    corners = np.array(re.findall(r"(-?[\d.]+),(-?[\d.]+)", class_marks.page_mark(label)["path"]), dtype=float)
    x, y = corners.T
    assert abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2 == pytest.approx(60, rel=0.02)


def class_colours() -> dict[str, list[str]]:
    blocks = re.findall(r"\{([^}]*--graft-class-0[^}]*)\}", STYLE.read_text())
    return {theme: re.findall(r"--graft-class-\d: (#\w{6})", block) for theme, block in zip(PAPER, blocks, strict=True)}


def test_the_pages_colours_are_those_of_the_fallback_picture():
    light = [matplotlib.colors.to_rgb(colour) for colour in class_colours()["light"]]
    assert light == [matplotlib.colors.to_rgb(colour) for colour in class_marks.COLOURS]
    assert len(class_colours()["dark"]) == len(class_marks.COLOURS)


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("theme", PAPER)
def test_points_stand_out_from_the_page(theme, eyes):
    for colour in class_colours()[theme]:
        assert contrast(colour, PAPER[theme], EYES[eyes]) > 3


def test_nothing_it_draws_uses_pyplot(small, flowers, monkeypatch):
    monkeypatch.setattr("matplotlib.pyplot.figure", lambda *a, **k: pytest.fail("pyplot"))
    widget = PhotoMap(flowers.val, small)
    widget.strip.boundary = 2
    widget.picture()
    assert isinstance(small, keras.Model)
