"""The strip of blocks: what is frozen is hatched, and its type can be read."""

import itertools

from matplotlib.backends.backend_agg import FigureCanvasAgg

from helpers import attach_head, freeze, load_base, plots


def test_no_type_of_the_strip_is_smaller_than_8_points(mobilenet):
    plan = freeze(attach_head(mobilenet, classes=2), until="block3c")
    ax = plots.block_strip(plan.table, values=[0.25] * 20, label="moved")
    assert min(text.get_fontsize() for text in ax.texts) >= 8


def test_neighbouring_names_stand_apart():
    base = load_base("EfficientNetLite0", weights=None)
    ax = plots.block_strip(freeze(attach_head(base, classes=5), until="top").table)
    ax.figure.set_dpi(72)
    renderer = FigureCanvasAgg(ax.figure).get_renderer()
    for one, other in itertools.pairwise(ax.texts):
        gap = other.get_window_extent(renderer).x0 - one.get_window_extent(renderer).x1
        assert gap > 3, f"{one.get_text()!r} and {other.get_text()!r}"


def test_the_strip_hatches_what_is_frozen(mobilenet):
    model = attach_head(mobilenet, classes=2)
    plan = freeze(model, until="block3c")
    ax = plots.block_strip(plan.table, values=[0.0] * (len(plan.table) - 1) + [0.25], label="moved")
    hatched = [bar.get_hatch() is not None for bar in ax.patches]
    assert hatched == plan.table.frozen.tolist()
    words = [text.get_text() for text in ax.texts]
    assert words[::2][:3] == ["stem", "1a", "2a"]
    assert words[-1] == "25.0%"
    assert words[1] == "0"
