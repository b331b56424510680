"""Concept figures: words that can be read and don't collide, a text alternative that names the parts, true contents."""

import inspect
import io
import itertools
import re
from functools import cache

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.patches import Circle, FancyArrowPatch, Rectangle
from PIL import Image

from helpers.plots import DARK, LIGHT, Picture, concepts
from helpers.plots.concepts.receptive_field_growing import FIELDS, SIZE
from helpers.plots.concepts.sheet import Sheet
from tests.widgets.test_colours import EYES, contrast

DRAWINGS = {name: thing for name, thing in vars(concepts).items() if inspect.isfunction(thing)}


@cache
def drawn(name: str) -> tuple[Picture, list[Sheet]]:
    """Return a figure, and the sheets that were drawn on: one, or one for each frame."""
    sheets, real = [], Sheet.__init__

    def begin(self, *args, **kwargs):
        real(self, *args, **kwargs)
        sheets.append(self)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Sheet, "__init__", begin)
        return DRAWINGS[name](), sheets


@pytest.fixture(params=DRAWINGS)
def name(request):
    return request.param


def words_of(sheet: Sheet) -> list:
    return [text for text in sheet.ax.texts if text.get_text().strip()]


def extents(sheet: Sheet) -> list:
    sheet.figure.set_dpi(72)  # frames of an animation were drawn at twice that
    renderer = FigureCanvasAgg(sheet.figure).get_renderer()
    return [text.get_window_extent(renderer) for text in words_of(sheet)]


def overlap(one, other) -> bool:
    return one.x0 < other.x1 and other.x0 < one.x1 and one.y0 < other.y1 and other.y0 < one.y1


def test_there_is_one_for_each_lesson_that_uses_the_helpers():
    assert len(DRAWINGS) == 12


def test_it_is_sharp_small_and_as_wide_as_a_page(name):
    picture = drawn(name)[0]
    image = Image.open(io.BytesIO(picture.data))
    assert abs(image.width - 2 * picture.width) <= 1
    assert 640 <= picture.width <= 760
    assert len(picture.data) < 64_000
    assert picture.is_drawing, "it can't follow a dark theme"


def test_it_is_the_same_each_time(name):
    assert DRAWINGS[name]().data == drawn(name)[0].data


def test_words_are_large_enough_and_stay_on_the_sheet(name):
    for sheet in drawn(name)[1]:
        assert min(text.get_fontsize() for text in words_of(sheet)) >= 10
        for text, place in zip(words_of(sheet), extents(sheet), strict=True):
            inside = place.x0 >= 0 and place.y0 >= 0 and place.x1 <= sheet.width and place.y1 <= sheet.height
            assert inside, text.get_text()


def test_no_words_lie_on_others(name):
    for sheet in drawn(name)[1]:
        placed = zip(words_of(sheet), extents(sheet), strict=True)
        for (one, its), (other, theirs) in itertools.combinations(placed, 2):
            assert not overlap(its, theirs), f"{one.get_text()!r} and {other.get_text()!r}"


def test_no_line_runs_through_words(name):
    for sheet in drawn(name)[1]:
        places = extents(sheet)
        for shape in (*sheet.ax.patches, *sheet.ax.lines):
            if isinstance(shape, FancyArrowPatch):
                crossed = [overlap(shape.get_window_extent(), place) for place in places]
            else:
                path = shape.get_transform().transform_path(shape.get_path())
                crossed = [path.intersects_bbox(place, filled=False) for place in places]
            through = [text.get_text() for text, hit in zip(words_of(sheet), crossed, strict=True) if hit]
            assert not through, f"{shape} runs through {through}"


def test_words_stand_out_from_what_is_behind_them(name):
    for sheet in drawn(name)[1][::6]:
        for text, place in zip(words_of(sheet), extents(sheet), strict=True):
            middle = (place.x0 + place.x1) / 2, (place.y0 + place.y1) / 2
            behind = [patch for patch in sheet.ax.patches if not isinstance(patch, FancyArrowPatch)]
            fills = ["#ffffff"] + [to_hex(patch.get_facecolor()) for patch in behind if patch.contains_point(middle)]
            assert contrast(to_hex(text.get_color()), fills[-1], EYES["all cones"]) >= 4.5, text.get_text()


def test_its_text_alternative_names_what_is_in_bold(name):
    told = drawn(name)[0].text.lower()
    assert len(told) > 200
    for sheet in drawn(name)[1]:
        for text in words_of(sheet):
            if text.get_weight() == "bold":
                for word in re.findall(r"[a-z]{4,}", text.get_text().lower()):
                    assert word in told, f"{word!r} of {text.get_text()!r}"


def test_frozen_trained_and_absent_blocks_differ_in_more_than_hue():
    sheet = Sheet(height=50)
    for state in ("frozen", "trained", "absent"):
        sheet.block(0, 0, 10, 10, state)
    looks = [(block.get_hatch(), block.get_linestyle()) for block in sheet.ax.patches]
    assert len(set(looks)) == 3


def test_blocks_out_of_their_place_have_an_outline_where_they_were():
    (sheet,) = drawn("head_first_or_all_at_once")[1]
    boxes = [patch for patch in sheet.ax.patches if isinstance(patch, Rectangle)]
    outlines = [box for box in boxes if box.get_facecolor()[3] == 0]
    above = [box for box in boxes if box not in outlines and box.get_y() < 190]
    assert len(outlines) == len(above) == 10
    for block, outline in zip(above, outlines, strict=True):
        assert (block.get_x(), block.get_height()) == (outline.get_x(), outline.get_height())
        assert 5 < abs(block.get_y() - outline.get_y()) < 11


def test_the_receptive_fields_are_those_of_the_bases():
    from helpers import load_base
    from helpers.network.blocks import blocks
    from helpers.network.receptive_field import receptive_field

    for name in ("EfficientNetLite0", "EfficientNetB0"):
        base = load_base(name, weights=None, image_size=SIZE)
        layers = {block.name: block for block in blocks(base)}
        for block, box in FIELDS.items():
            field, positions = receptive_field(base, layers[block].output_layer), layers[block].output_shape[0]
            boxes = [field.box(row, column, SIZE) for row in range(positions) for column in range(positions)]
            assert box in boxes, f"{name}, {block}"


def test_receptive_fields_can_be_drawn_on_a_photo():
    photo = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    fields = {"block1a": (10, 10, 17, 17), "block2b": (20, 20, 39, 39), "block3b": (0, 0, 64, 64)}
    picture = concepts.receptive_field_growing(photo, fields)
    assert not picture.is_drawing, "a photo looks the same in every theme"
    assert "block1a 7 × 7; block2b 19 × 19; block3b 64 × 64 pixels" in picture.text
    with pytest.raises(ValueError, match="three blocks"):
        concepts.receptive_field_growing(photo, {"block1a": (0, 0, 7, 7)})


def test_the_boundary_moves_for_a_few_seconds_and_has_a_still():
    picture = drawn("freeze_boundary_moving")[0]
    moving, still = (Image.open(io.BytesIO(each.data)) for each in (picture, picture.still))
    shown = []
    for frame in range(moving.n_frames):
        moving.seek(frame)
        moving.load()
        shown.append(moving.info["duration"])
    assert (len(shown), moving.info["loop"], still.n_frames) == (19, 0, 1)
    assert 4000 <= sum(shown) <= 8000
    assert len(picture.data) + len(picture.still.data) < 112_000  # 150 kB as text
    assert concepts.freeze_boundary_moving(still=True).data == picture.still.data


def test_only_the_leak_is_in_two_splits(monkeypatch):
    drawn, real = [], Sheet.flower

    def flower(self, x, y, side, *kind, **look):
        drawn.append((*kind, "linewidth" in look))
        real(self, x, y, side, *kind, **look)

    monkeypatch.setattr(Sheet, "flower", flower)
    concepts.three_splits()
    several = {kind for kind in drawn if drawn.count(kind) > 1}
    assert len(several) == 1
    assert [kind[-1] for kind in drawn].count(True) == 4  # in two splits, and twice where it is explained


def test_both_models_are_right_for_as_many_photos():
    (sheet,) = drawn("one_accuracy_two_models")[1]
    counted = {DARK: [0, 0], LIGHT: [0, 0]}
    for disc in [patch for patch in sheet.ax.patches if isinstance(patch, Circle)]:
        counted[to_hex(disc.get_facecolor())][disc.center[0] > sheet.width / 2] += 1
    assert counted == {DARK: [40, 40], LIGHT: [10, 10]}


def test_the_answered_photo_is_near_one_class_and_the_other_near_none():
    (sheet,) = drawn("known_or_unknown")[1]
    clouds = [points.get_offsets() for points in sheet.ax.collections]
    circles = [patch for patch in sheet.ax.patches if isinstance(patch, Circle) and patch.radius > 50]
    near = [
        [int((np.hypot(*(cloud - circle.center).T) < circle.radius).sum()) for cloud in clouds] for circle in circles
    ]
    assert near[0][:2] == [0, 0]
    assert near[0][2] >= 5
    assert near[1] == [0, 0, 0]


def test_the_museum_keeps_its_answers():
    (sheet,) = drawn("faults_by_place")[1]
    told = " ".join(text.get_text() for text in words_of(sheet)).lower()
    for answer in ("error", "softmax", "batch", "compile", "255", "shuffl", "augment", "skip", "rate"):
        assert answer not in told
