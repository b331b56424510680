"""Pictures in a page: themed, escaped, with words."""

import base64
import io
from xml.etree import ElementTree

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from helpers import plots
from helpers.widgets import pictures


def drawn(text: str = "a line") -> str:
    ax = Figure().subplots()
    ax.plot([0, 1], color=plots.DARK)
    ax.set_title("what it shows")
    return pictures.drawing(ax.figure, text)


def test_a_drawing_takes_its_colours_from_the_page():
    svg = drawn()
    assert "var(--graft-dark)" in svg
    assert plots.DARK not in svg
    assert "#000000" not in svg
    assert svg.count("currentColor") > 3


def test_a_drawing_is_the_same_each_time_and_well_formed():
    assert drawn() == drawn()
    root = ElementTree.fromstring(drawn('with "quotes" & <signs>'))
    assert root.attrib["aria-label"] == 'with "quotes" & <signs>'
    assert "".join(root.itertext()).count("what it shows") == 1


def test_a_photo_survives_the_way_into_the_page():
    image = np.zeros((40, 30, 3), np.uint8)
    image[:20] = (200, 30, 30)
    address = pictures.data_url(image, quality=95)
    with Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))) as back:
        assert back.size == (30, 40)
        np.testing.assert_allclose(
            np.asarray(back.convert("RGB"), int).mean(axis=(0, 1)), image.mean(axis=(0, 1)), atol=4
        )


def test_words_in_tables_and_captions_are_escaped():
    table = pictures.table([{"a<b": "<script>"}], "x & y", marked=0)
    assert "<script>" not in table
    assert "x &amp; y" in table
    assert "graft-marked" in table
    row = pictures.side_by_side((np.zeros((4, 4, 3), np.uint8), "<i>", 'say "it"'))
    assert "&lt;i&gt;" in row
    assert 'alt="say &quot;it&quot;"' in row


def test_bars_are_as_long_as_what_they_show():
    bars = pictures.probability_bars(["a", "b"], np.array([0.25, 0.75]))
    assert "width:40px" in bars
    assert "width:120px" in bars
