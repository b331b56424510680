"""Curved surfaces as clouds of points: geometry that can be checked with a ruler."""

import numpy as np
import pytest

from helpers.synthetic import surfaces
from helpers.synthetic.surfaces import balls, merge, petals, ribbon, rotation, threads, tube

WHITE = np.ones(3)


def white(u, v, number=None):
    return np.ones((*u.shape, 3))


@pytest.mark.parametrize("seed", range(3))
def test_a_rotation_keeps_lengths_and_leans_the_axis_as_far_as_told(seed):
    tilt, towards, spin = np.random.default_rng(seed).uniform(0, 1.5, 3)
    turn = rotation(tilt, towards, spin).astype(float)
    assert np.allclose(turn @ turn.T, np.eye(3), atol=1e-6)
    assert np.linalg.det(turn) == pytest.approx(1, abs=1e-6)
    axis = turn @ [0, 0, 1]
    assert axis == pytest.approx(
        [np.sin(tilt) * np.cos(towards), np.sin(tilt) * np.sin(towards), np.cos(tilt)], abs=1e-6
    )


def test_points_of_a_ball_lie_on_it_and_its_normals_point_outwards():
    centre, radius = np.array([0.2, -0.1, 0.3]), 0.4
    ball = balls(centre[None], radius, WHITE, pixels=100)
    outward = (ball.position - centre) / radius
    assert np.allclose(np.linalg.norm(outward, axis=1), 1, atol=1e-5)
    assert np.allclose(outward, ball.normal, atol=1e-5)


def test_petals_stand_where_they_are_told():
    whorl = petals(np.array([0.0, np.pi / 2]), 0.5, 0.1, (0, 0), white, 100, inner=0.2)
    flat = np.abs(whorl.position[:, 2]).max()
    assert flat == pytest.approx(0, abs=1e-6)
    assert whorl.position[:, 0].max() == pytest.approx(0.7, abs=0.02)  # inner and length, along x
    assert whorl.position[:, 1].max() == pytest.approx(0.7, abs=0.02)  # and along y
    lengths = np.linalg.norm(whorl.normal, axis=1)
    assert np.percentile(np.abs(lengths - 1), 90) < 1e-3  # in the very tip all points meet, and there is no normal


def test_a_petal_that_rises_straight_up_has_all_its_length_in_z():
    whorl = petals(np.array([0.0]), 0.5, 0.1, (np.pi / 2, np.pi / 2), white, 100, inner=0.2)
    assert np.ptp(whorl.position[:, 2]) == pytest.approx(0.5, abs=0.02)


def test_tubes_ribbons_and_threads_keep_to_their_path():
    path = np.stack([np.linspace(-0.5, 0.5, 5), np.zeros(5), np.zeros(5)], -1)
    rod = tube(path, 0.1, WHITE, 100)
    assert np.linalg.norm(rod.position[:, 1:], axis=1) == pytest.approx(np.full(len(rod), 0.1), abs=0.01)
    strip = ribbon(path, 0.2, (0, 1, 0), WHITE, 100)
    assert np.abs(strip.position[:, 1]).max() == pytest.approx(0.2, abs=1e-5)
    hair = threads(path[:1], path[-1:], WHITE, 100)
    assert np.abs(hair.position[:, 1:]).max() == 0
    assert np.ptp(hair.position[:, 0]) == pytest.approx(1)


def test_moving_turns_first_then_scales_then_shifts():
    point = surfaces.Cloud(*(np.array([[1.0, 0, 0]], np.float32) for _ in range(3)))
    moved = point.moved(rotation(0, 0, np.pi / 2), 2.0, (0, 0, 5))
    assert moved.position[0] == pytest.approx([0, 2, 5], abs=1e-6)
    assert moved.normal[0] == pytest.approx([0, 1, 0], abs=1e-6)


def test_merging_nothing_gives_an_empty_cloud():
    assert len(merge([])) == 0


@pytest.mark.parametrize("tip", [0.6, 1.0, 2.0])
def test_a_profile_is_widest_at_its_belly_and_ends_in_a_point(tip):
    u = np.linspace(0, 1, 401)
    width = surfaces.profile(u, 0.6, 0.2, tip)
    assert u[width.argmax()] == pytest.approx(0.6, abs=0.01)
    assert width.max() == pytest.approx(1)
    assert width[-1] == pytest.approx(0, abs=1e-6)
    assert width[0] == pytest.approx(0.2)
