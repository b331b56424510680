"""Curved things as clouds of coloured points: sheets, petals, ribbons, tubes and balls.

Everything that is drawn here, a petal, a leaf, a stem, a shell, is a surface in space, sampled so densely that no
pixel between two points stays empty. A cloud is easy to turn, to move and to light, and many surfaces are one array.

Axes: x to the right, y up, z towards the viewer. The picture reaches from -1 to 1 in x and y.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

DENSITY = 1.2  # points per pixel along each side of a surface; with fewer, more holes open than `camera` closes


@dataclass(frozen=True)
class Cloud:
    """Points on surfaces: `position`, `colour` (0 to 1) and unit `normal`, each an array of shape (points, 3)."""

    position: np.ndarray
    colour: np.ndarray
    normal: np.ndarray

    def __len__(self) -> int:
        return len(self.position)

    def moved(self, turn: np.ndarray | None = None, scale: float = 1.0, shift=(0.0, 0.0, 0.0)) -> "Cloud":
        """Return the cloud turned by a 3 × 3 matrix, then scaled, then shifted."""
        turn = np.eye(3) if turn is None else turn
        turn = np.asarray(turn, np.float32)
        position = self.position @ turn.T * np.float32(scale) + np.asarray(shift, np.float32)
        return Cloud(position, self.colour, self.normal @ turn.T)


def merge(clouds: list[Cloud]) -> Cloud:
    """Return one cloud of all points."""
    parts = [cloud for cloud in clouds if len(cloud)]
    if not parts:
        nothing = np.zeros((0, 3), np.float32)
        return Cloud(nothing, nothing, nothing)
    return Cloud(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("position", "colour", "normal"))
    )


def rotation(tilt: float, towards: float, spin: float = 0.0) -> np.ndarray:
    """Return the matrix that spins about z, then leans z by `tilt` towards the direction `towards` (radians)."""
    cos, sin = np.cos, np.sin
    spun = np.array([[cos(spin), -sin(spin), 0], [sin(spin), cos(spin), 0], [0, 0, 1]])
    aim = np.array([[cos(towards), -sin(towards), 0], [sin(towards), cos(towards), 0], [0, 0, 1]])
    lean = np.array([[cos(tilt), 0, sin(tilt)], [0, 1, 0], [-sin(tilt), 0, cos(tilt)]])
    return (aim @ lean @ aim.T @ spun).astype(np.float32)


def steps(length: float, pixels: float, least: int = 3, most: int = 400) -> int:
    """Return how many points a line of `length` needs where a unit is `pixels` pixels."""
    return int(np.clip(np.ceil(length * pixels * DENSITY), least, most))


def sheet(position: np.ndarray, colour: np.ndarray) -> Cloud:
    """Return the cloud of one or many grids of points, shape (..., rows, columns, 3), with normals from the grid."""
    position = np.asarray(position, np.float32)
    normal = np.cross(np.gradient(position, axis=-3), np.gradient(position, axis=-2))
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True) + 1e-9
    colour = np.broadcast_to(np.asarray(colour, np.float32), position.shape)
    return Cloud(position.reshape(-1, 3), colour.reshape(-1, 3), normal.reshape(-1, 3))


def profile(u: np.ndarray, belly: float, base: float = 0.0, tip: float = 1.0) -> np.ndarray:
    """Return a petal's half width along its length `u` (0 to 1), 1 at its widest.

    Args:
        u: Places along the petal.
        belly: Where it is widest, 0 to 1.
        base: Half width where it starts.
        tip: 1 for a round tip; below for a blunt, above for a pointed one.
    """
    rising = np.clip(u / belly, 0, 1)
    falling = np.clip((1 - u) / (1 - belly), 0, 1)
    width = np.where(u < belly, np.sin(rising * np.pi / 2), (1 - (1 - falling) ** 2) ** (tip / 2))
    return np.maximum(width, base * (u < belly))


def petals(
    angles: np.ndarray,
    length,
    width: float,
    rise: tuple[float, float],
    paint,
    pixels: float,
    inner: float = 0.0,
    belly: float = 0.6,
    base: float = 0.3,
    tip: float = 1.0,
    cup: float = 0.0,
    wrap: float = 0.0,
    ruffle: float = 0.0,
    notch: float = 0.0,
    lift: float = 0.0,
    bow: float = 1.3,
    rng: np.random.Generator | None = None,
    jitter: float = 0.0,
) -> Cloud:
    """Return a whorl of petals about the z axis.

    Args:
        angles: Direction of each petal, radians.
        length: Of the petals, one number or one each.
        width: Half width at the widest, in units.
        rise: Angle of the petal above the plane at its start and at its tip, radians; pi / 2 points along z.
        paint: Function of (u, v, petal number), each of shape (petals, rows, columns), giving colours with a last axis
            of 3. `u` runs 0 to 1 along the petal, `v` -1 to 1 across it.
        pixels: Pixels in one unit, which decides how many points are needed.
        inner: Distance from the axis where petals start.
        belly, base, tip: The outline, see `profile`.
        cup: How far the sides bend up, in half widths.
        wrap: 0 for flat petals, 1 for petals that bend round the axis as a cup's wall does.
        ruffle: Height of waves along the rim.
        notch: Depth of the cut in the tip.
        lift: Height at which petals start.
        bow: How the angle changes along the petal: below 1 early, above 1 late.
        rng: Draws each petal's deviation, with `jitter` 0 for none.
        jitter: How far petals deviate from each other.

    Returns:
        A `Cloud`.
    """
    count = len(angles)
    spread = np.ones((count, 4)) if rng is None else 1 + jitter * rng.normal(0, 1, (count, 4))
    shake = np.zeros((count, 3)) if rng is None else jitter * rng.normal(0, 1, (count, 3))
    length = np.broadcast_to(np.asarray(length, float), (count,)) * spread[:, 0]
    rows, columns = steps(float(length.max()), pixels, 6, 260), steps(2 * width, pixels, 5, 200)
    u, v = np.linspace(0, 1, rows), np.linspace(-1, 1, columns)
    one = np.ones((count, 1, 1))
    climb = (rise[0] + shake[:, 1] * 0.5)[:, None] + (rise[1] - rise[0]) * u[None, :] ** bow
    step = length[:, None] / (rows - 1)
    radius = inner + np.cumsum(np.cos(climb) * step, axis=1) - np.cos(climb[:, :1]) * step
    height = lift + np.cumsum(np.sin(climb) * step, axis=1) - np.sin(climb[:, :1]) * step
    half = width * profile(u, belly, base, tip)[None, :] * spread[:, 1:2]
    across = half[:, :, None] * v[None, None, :]
    reach = radius[:, :, None] - notch * length[:, None, None] * (u**4)[None, :, None] * (1 - np.abs(v)) ** 2 * one
    waves = np.sin(v * 9 + u[:, None] * 4 + 5 * shake[:, 2, None, None] / (jitter + 1e-6))
    up = height[:, :, None] + cup * half[:, :, None] * v**2 + ruffle * waves * (u**2)[None, :, None]
    direction = (angles + shake[:, 0])[:, None, None]
    bend = np.clip(across / np.maximum(reach, 0.35 * width + 1e-6), -2.2, 2.2)
    cos, sin = np.cos(direction), np.sin(direction)
    flat = np.stack([reach * cos - across * sin, reach * sin + across * cos], -1)
    round_ = np.stack([reach * np.cos(direction + bend), reach * np.sin(direction + bend)], -1)
    plane = (1 - wrap) * flat + wrap * round_
    position = np.concatenate([plane, np.broadcast_to(up, plane.shape[:3])[..., None]], -1)
    number = np.broadcast_to(np.arange(count)[:, None, None], plane.shape[:3])
    colour = paint(u[None, :, None] * np.ones_like(across), v[None, None, :] * np.ones_like(across), number)
    return sheet(position, colour)


def ribbon(
    path: np.ndarray,
    half_width: np.ndarray | float,
    side: np.ndarray | Sequence[float],
    colour: Any,
    pixels: float,
    fold: float = 0.0,
) -> Cloud:
    """Return a strip along `path`, shape (places, 3), such as a leaf or a blade of grass.

    Args:
        path: Places in order.
        half_width: At each place of the path, or one number.
        side: Direction across the strip, shape (3,).
        colour: Function of (u, v), giving colours, or one colour.
        pixels: Pixels in one unit.
        fold: How far the sides bend up, in half widths.
    """
    stretch = float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum())
    rows = steps(stretch, pixels, 4)
    half = np.broadcast_to(np.asarray(half_width, float), (len(path),))
    columns = steps(2 * float(half.max()), pixels, 3, 200)
    u, v = np.linspace(0, 1, rows), np.linspace(-1, 1, columns)
    places = np.linspace(0, 1, len(path))
    middle = np.stack([np.interp(u, places, path[:, axis]) for axis in range(3)], -1)
    half = np.interp(u, places, half)
    side = np.asarray(side, float) / (np.linalg.norm(side) + 1e-9)
    position = middle[:, None, :] + (half[:, None] * v)[..., None] * side
    position[..., 2] += fold * half[:, None] * v**2
    grid_u, grid_v = np.meshgrid(u, v, indexing="ij")
    painted: Any = colour(grid_u, grid_v) if callable(colour) else colour
    return sheet(position, painted)


def tube(path: np.ndarray, radius, colour, pixels: float) -> Cloud:
    """Return the visible half of a round rod along `path`, shape (places, 3); `radius`: one number or one per place."""
    along = np.gradient(path, axis=0)
    side = np.stack([-along[:, 1], along[:, 0], np.zeros(len(path))], -1)
    side /= np.linalg.norm(side, axis=1, keepdims=True) + 1e-9
    radius = np.broadcast_to(np.asarray(radius, float), (len(path),))
    rows = steps(float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum()), pixels, 4, 600)
    columns = steps(2 * float(radius.max()), pixels, 2, 80)
    u, places = np.linspace(0, 1, rows), np.linspace(0, 1, len(path))
    middle, side, thick = (
        np.stack([np.interp(u, places, part[:, axis]) for axis in range(part.shape[1])], -1)
        for part in (path, side, radius[:, None])
    )
    v = np.linspace(-0.98, 0.98, columns)
    depth = np.sqrt(1 - v**2)
    normal = side[:, None, :] * v[:, None] + np.array([0, 0, 1.0]) * depth[:, None]
    position = middle[:, None, :] + thick[:, None, :] * normal
    grid_u, grid_v = np.meshgrid(u, v, indexing="ij")
    colour = colour(grid_u, grid_v) if callable(colour) else colour
    colour = np.broadcast_to(np.asarray(colour, np.float32), position.shape)
    return Cloud(*(np.asarray(part, np.float32).reshape(-1, 3) for part in (position, colour, normal)))


def balls(centres: np.ndarray, radii, colours, pixels: float, squash: float = 1.0) -> Cloud:
    """Return the visible halves of balls: `centres` (balls, 3); one radius and one colour each, or one for all."""
    centres = np.atleast_2d(np.asarray(centres, float))
    radii = np.broadcast_to(np.asarray(radii, float), (len(centres),))
    columns = steps(2 * float(radii.max()), pixels, 3, 160)
    flat = np.linspace(-1, 1, columns)
    x, y = (axis.ravel() for axis in np.meshgrid(flat, flat))
    inside = x**2 + y**2 <= 1
    x, y = x[inside], y[inside]
    template = np.stack([x, y, np.sqrt(np.clip(1 - x**2 - y**2, 0, 1)) * squash], -1)
    normal = template * np.array([1, 1, 1 / squash**2])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    position = centres[:, None, :] + radii[:, None, None] * template
    colours = np.atleast_2d(np.asarray(colours, float))
    colour = np.broadcast_to(colours[:, None, :], position.shape)
    normal = np.broadcast_to(normal, position.shape)
    return Cloud(*(np.asarray(part, np.float32).reshape(-1, 3) for part in (position, colour, normal)))


def threads(starts: np.ndarray, ends: np.ndarray, colours, pixels: float) -> Cloud:
    """Return straight hairs, one point wide, from `starts` to `ends`, each of shape (threads, 3)."""
    starts, ends = np.atleast_2d(starts), np.atleast_2d(ends)
    rows = steps(float(np.linalg.norm(ends - starts, axis=1).max()), pixels, 2, 300)
    u = np.linspace(0, 1, rows)[None, :, None]
    position = starts[:, None, :] * (1 - u) + ends[:, None, :] * u
    colours = np.atleast_2d(np.asarray(colours, float))
    colour = np.broadcast_to(colours[:, None, :], position.shape)
    outward = (ends - starts) / (np.linalg.norm(ends - starts, axis=1, keepdims=True) + 1e-9)
    normal = np.broadcast_to(outward[:, None, :] * 0.6 + np.array([0, 0, 0.8]), position.shape)
    return Cloud(*(np.asarray(part, np.float32).reshape(-1, 3) for part in (position, colour, normal)))
