"""Charts show what they were given."""

import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg

from helpers import plots


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


def test_a_confusion_table_shows_its_counts():
    table = pd.DataFrame([[3, 1], [0, 4]], index=["a", "b"], columns=["a", "b"])
    ax = plots.confusion(table)
    assert [text.get_text() for text in ax.texts] == ["3", "1", "0", "4"]


def test_named_points_lie_where_they_should_and_their_names_beside_them():
    points = {"frozen": (1.0, 0.83), "small": (0.72, 0.85), "large": (0.0, 0.2)}
    ax = plots.named_points(points, "kept", "accuracy")
    assert {text.get_text(): text.xy for text in ax.texts} == points
    assert [(*line.get_xdata(), *line.get_ydata()) for line in ax.lines] == list(points.values())
    renderer = FigureCanvasAgg(ax.figure).get_renderer()
    for text in ax.texts:
        place = text.get_window_extent(renderer)
        assert ax.bbox.x0 <= place.x0 <= place.x1 <= ax.bbox.x1
        assert not any(place.contains(*ax.transData.transform(point)) for point in points.values())
