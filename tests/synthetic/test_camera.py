"""The camera: what is in front, no holes, light from where it comes, 8 bits a colour."""

import io

import numpy as np
import pytest
from PIL import Image

from helpers.synthetic import camera
from helpers.synthetic.camera import Light
from helpers.synthetic.surfaces import Cloud, balls, merge, threads

LIGHT = Light()


def test_the_foremost_point_of_each_pixel_is_found():
    rng = np.random.default_rng(0)
    position = rng.uniform(-1.2, 1.2, (4000, 3)).astype(np.float32)
    cloud = Cloud(position, position, position)
    found = camera._nearest(cloud, 16)
    for row in range(1, 16):  # row and column 0 also take what lies less than a pixel outside
        for column in range(1, 16):
            x = ((position[:, 0] + 1) * 8).astype(int) == column
            y = ((1 - position[:, 1]) * 8).astype(int) == row
            inside = np.flatnonzero(x & y)
            deepest = inside[position[inside, 2].argmax()]
            assert abs(position[found[row, column], 2] - position[deepest, 2]) < 1e-4  # one step of 16 bits


def test_a_ball_has_no_holes_and_the_size_of_a_disc():
    _, cover = camera.shoot(balls(np.zeros((1, 3)), 0.5, np.ones(3), 64), 64, LIGHT)
    y, x = np.mgrid[-1 + 1 / 64 : 1 : 64j, -1 + 1 / 64 : 1 : 64j]
    assert cover[np.hypot(x, y) < 0.45].min() == 1
    assert cover[np.hypot(x, y) > 0.55].max() == 0
    assert cover.mean() == pytest.approx(np.pi * 0.25 / 4, rel=0.03)


def test_what_is_in_front_hides_what_is_behind():
    red = balls(np.array([[0, 0, 0.5]]), 0.3, np.array([1.0, 0, 0]), 64)
    blue = balls(np.array([[0, 0, -0.5]]), 0.6, np.array([0, 0, 1.0]), 64)
    for order in ([red, blue], [blue, red]):
        colour, _ = camera.shoot(merge(order), 64, LIGHT)
        assert colour[32, 32, 0] > 0.3 > colour[32, 32, 2]
        assert colour[32, 14, 2] > 0.2 > colour[32, 14, 0]


@pytest.mark.parametrize(("azimuth", "bright", "dim"), [(0.0, (32, 42), (32, 21)), (np.pi / 2, (21, 32), (42, 32))])
def test_the_side_towards_the_light_is_brighter(azimuth, bright, dim):
    colour, _ = camera.shoot(balls(np.zeros((1, 3)), 0.5, np.ones(3), 64), 64, Light(azimuth, 0.3))
    assert colour[bright].mean() > 1.3 * colour[dim].mean()


def test_gaps_between_hairs_are_left_open_only_where_told():
    starts = np.stack([np.linspace(-0.9, 0.9, 40), np.full(40, -0.9), np.zeros(40)], -1)
    hairs = threads(starts, starts + np.array([0, 1.8, 0]), np.ones(3), 64)
    _, closed = camera.shoot(hairs, 64, LIGHT)
    _, hairy = camera.shoot(hairs, 64, LIGHT, hairy=True)
    assert hairy.mean() < 0.75 * closed.mean()


def test_depth_blur_spreads_and_keeps_the_sum():
    cloud = balls(np.zeros((1, 3)), 0.3, np.ones(3), 64)
    sharp, blurred = (camera.shoot(cloud, 64, LIGHT, blur)[1] for blur in (0, 3))
    assert blurred.sum() == pytest.approx(sharp.sum(), rel=0.01)
    assert np.abs(np.diff(blurred[32, :, 0])).max() < 0.5 * np.abs(np.diff(sharp[32, :, 0])).max()


def test_an_empty_cloud_leaves_the_ground_as_it_is():
    ground = np.random.default_rng(0).random((16, 16, 3), np.float32)
    assert np.array_equal(camera.over(ground, camera.shoot(merge([]), 16, LIGHT)), ground)


def test_developing_gives_eight_bits_and_never_overflows():
    rng = np.random.default_rng(0)
    picture = camera.develop(np.linspace(-1, 9, 300).reshape(10, 10, 3), Light(exposure=2), rng, 0.05)
    assert picture.dtype == np.uint8
    assert (picture[0, 0].max(), picture[-1, -1].min()) <= (40, 255)
    assert picture[-1, -1].min() > 200


def test_a_warm_light_is_redder_than_a_cold_one():
    grey = np.full((8, 8, 3), 0.5, np.float32)
    warm, cold = (camera.develop(grey, Light(warmth=w), np.random.default_rng(0), 0.0) for w in (1, -1))
    assert warm[0, 0, 0] > cold[0, 0, 0]
    assert warm[0, 0, 2] < cold[0, 0, 2]


def test_a_jpeg_is_what_was_drawn_within_its_loss():
    y, x = np.mgrid[:64, :64]
    picture = np.stack([x * 4, y * 4, np.full((64, 64), 99)], -1).astype(np.uint8)
    read = np.asarray(Image.open(io.BytesIO(camera.as_jpeg(picture, 95))))
    assert np.abs(read.astype(int) - picture).mean() < 3  # and red is red: OpenCV thinks in blue, green, red
