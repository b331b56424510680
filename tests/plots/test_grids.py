"""Photos side by side: each once, with its title or its answers."""

import numpy as np
import pandas as pd
import pytest

from helpers import plots


@pytest.mark.parametrize("count", [1, 5, 6, 7, 13])
def test_a_grid_shows_each_photo_once_with_its_title(count):
    images = np.arange(count)[:, None, None, None] * np.ones((1, 4, 4, 3), np.uint8)
    axes = plots.photo_grid(images.astype(np.uint8), [f"photo {number}" for number in range(count)])
    assert len(axes) == count
    for number, ax in enumerate(axes):
        assert (ax.images[0].get_array() == number).all()
        assert ax.get_title() == f"photo {number}"


def test_rows_are_named_on_their_left():
    axes = plots.photo_grid(np.zeros((6, 4, 4, 3), np.uint8), columns=3, rows=("photo", "evidence"))
    assert [[text.get_text() for text in ax.texts] for ax in axes] == [["photo"], [], [], ["evidence"], [], []]


def test_the_scale_shows_what_is_laid_over_a_photo():
    def overlay(image, heat):
        return np.where(heat[..., None] > 0.5, 200, image).astype(np.uint8)

    ax = plots.heat_scale(plots.photo_grid(np.zeros((2, 4, 4, 3), np.uint8)), overlay, "cold", "hot")
    bright, dark = np.asarray(ax.images[0].get_array())
    assert (bright[:128] > dark[:128]).all()
    assert (bright[128:] == 200).all()
    assert (dark[128:] == 200).all()
    assert [label.get_text() for label in ax.get_xticklabels()] == ["cold", "hot"]
    assert ax.get_position().y1 < 0, "it is below the grid"


def test_no_photos_to_draw_is_told():
    with pytest.raises(ValueError, match="at least one"):
        plots.photo_grid(np.zeros((0, 4, 4, 3)))


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
