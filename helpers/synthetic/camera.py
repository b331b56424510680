"""From clouds of points to something like a photograph: light, shade, depth blur, noise."""

from dataclasses import dataclass

import cv2
import numpy as np

from helpers.synthetic.surfaces import Cloud

FINENESS = 2.0  # clouds are drawn this many times larger than wanted and then averaged: smooth edges, no blending


@dataclass(frozen=True)
class Light:
    """Where light comes from, and of what kind.

    `azimuth` and `height` in radians (height pi / 2 shines along the view), `ambient` the share that reaches shaded
    sides, `warmth` -1 (blue dusk) to 1 (evening sun), `exposure` a factor on everything, `haze` a veil of glare.
    """

    azimuth: float = 2.2
    height: float = 0.9
    ambient: float = 0.45
    warmth: float = 0.1
    exposure: float = 1.0
    haze: float = 0.0

    @property
    def direction(self) -> np.ndarray:
        """Unit vector towards the light."""
        flat = np.cos(self.height)
        return np.array([flat * np.cos(self.azimuth), flat * np.sin(self.azimuth), np.sin(self.height)], np.float32)

    @property
    def tint(self) -> np.ndarray:
        """Factors on red, green and blue."""
        return np.array([1 + 0.14 * self.warmth, 1 + 0.01 * self.warmth, 1 - 0.18 * self.warmth], np.float32)


def shoot(
    cloud: Cloud, size: int, light: Light, blur: float = 0.0, fineness: float = FINENESS, hairy: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Draw a cloud as seen along -z.

    Args:
        cloud: What to draw; x and y from -1 to 1 fill the picture.
        size: Side of the picture in pixels.
        light: Where light comes from.
        blur: Standard deviation of the depth blur in pixels.
        fineness: How many times larger than `size` the cloud is drawn before it is averaged.
        hairy: Leave the gaps between thin threads open, and close only what a single point has missed.

    Returns:
        Colours of shape (size, size, 3), already weighted by how much of each pixel is covered, and that cover,
        shape (size, size, 1).
    """
    side = round(size * fineness)
    front = _nearest(cloud, side)
    covered = front >= 0
    if not covered.any():
        return np.zeros((size, size, 3), np.float32), np.zeros((size, size, 1), np.float32)
    seen = front[covered]
    depth = np.full((side, side), np.float32(cloud.position[:, 2].min() - 0.1))
    depth[covered] = cloud.position[seen, 2]
    shade = _lambert(cloud.normal[seen], light) * _nearby_shadow(depth, light)[covered]
    colour = np.zeros((side, side, 3), np.float32)
    colour[covered] = cloud.colour[seen] * shade[:, None]
    colour, cover = _close_holes(colour, covered, hairy)
    both = np.concatenate([colour, cover[..., None]], -1)
    both = cv2.resize(both, (size, size), interpolation=cv2.INTER_AREA)
    if blur > 0.2:
        both = cv2.GaussianBlur(both, (0, 0), float(blur))
    return both[..., :3], both[..., 3:]


def _nearest(cloud: Cloud, side: int) -> np.ndarray:
    # The number of the foremost point in each pixel, -1 for none. Points are written from far to near, so the last
    # one stays; their depth as a 16-bit number lets NumPy sort by radix, ten times faster than by comparison.
    front = np.full(side * side, -1, np.int32)
    x = ((cloud.position[:, 0] + 1) * (side / 2)).astype(np.int32)
    y = ((1 - cloud.position[:, 1]) * (side / 2)).astype(np.int32)
    inside = np.flatnonzero((x >= 0) & (x < side) & (y >= 0) & (y < side))
    depth = cloud.position[inside, 2]
    if len(inside):
        low, high = depth.min(), depth.max()
        order = np.argsort(((depth - low) * (65535 / (high - low + 1e-6))).astype(np.uint16), kind="stable")
        chosen = inside[order]
        front[y[chosen] * side + x[chosen]] = chosen
    return front.reshape(side, side)


def _lambert(normal: np.ndarray, light: Light) -> np.ndarray:
    # Both sides of a petal are lit, and light shines through it a little: hence the soft wrap round the edge.
    facing = normal * np.where(normal[:, 2:] < 0, -1, 1)
    cosine = (facing @ light.direction + 0.25) / 1.25
    return light.ambient + (1 - light.ambient) * np.clip(cosine, 0, 1) * 1.25


def _nearby_shadow(depth: np.ndarray, light: Light) -> np.ndarray:
    # Two cheap measures on the map of depths: what lies deeper than its surroundings is dimmer, and so is what has
    # something higher between itself and the light.
    side = depth.shape[0]
    around = cv2.blur(depth, (side // 24 | 1, side // 24 | 1))
    wide = cv2.blur(depth, (side // 8 | 1, side // 8 | 1))
    hollow = np.clip((around - depth) * 5, 0, 0.45) + np.clip((wide - depth) * 1.2, 0, 0.3)
    right, down = light.direction[0], -light.direction[1]
    cast = np.zeros_like(depth)
    for reach in (0.03, 0.07):
        moved = np.array([[1, 0, -right * reach * side], [0, 1, -down * reach * side]], np.float32)
        blocker = cv2.warpAffine(depth, moved, (side, side), borderMode=cv2.BORDER_REPLICATE)
        cast = np.maximum(cast, np.clip((blocker - depth - reach * 1.2) * 8, 0, 1))
    return (1 - hollow) * (1 - (0.55 - 0.5 * light.ambient) * cv2.blur(cast, (3, 3)))


def _close_holes(colour: np.ndarray, covered: np.ndarray, hairy: bool) -> tuple[np.ndarray, np.ndarray]:
    cover = covered.astype(np.float32)
    if hairy:
        closed = np.where(cv2.blur(cover, (3, 3)) > 0.7, np.float32(1), cover)
    else:
        closed = cv2.morphologyEx(cover, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    holes = (closed > 0) & ~covered
    if holes.any():
        weight = cv2.blur(cover, (3, 3))
        colour[holes] = (cv2.blur(colour, (3, 3)) / np.maximum(weight, 1e-3)[..., None])[holes]
    return colour, closed


def over(picture: np.ndarray, layer: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Return `picture` with a layer from `shoot` laid over it."""
    colour, cover = layer
    return picture * (1 - cover) + colour


def develop(picture: np.ndarray, light: Light, rng: np.random.Generator, noise: float, blur: float = 0.0) -> np.ndarray:
    """Return a scene as a camera records it: tinted, exposed, hazed, slightly blurred, noisy, 8 bits per colour.

    Args:
        picture: Shape (side, side, 3), 0 to 1 and above.
        light: Its tint, exposure and haze.
        rng: Draws the noise.
        noise: Standard deviation of the noise, of 1.
        blur: Standard deviation of the lens's blur in pixels.
    """
    if blur > 0.2:
        picture = cv2.GaussianBlur(picture, (0, 0), float(blur))
    picture = picture * (light.tint * np.float32(light.exposure))
    picture = picture * (1 - light.haze) + light.haze * np.float32(0.92) * light.tint
    bright = np.clip(picture, 0, None)
    picture = np.where(bright < 0.8, bright, 0.8 + 0.2 * (1 - np.exp(-(bright - 0.8) / 0.2)))  # highlights roll off
    grain = rng.standard_normal(picture.shape, np.float32) * np.float32(noise)
    return np.clip(np.rint((picture + grain) * 255), 0, 255).astype(np.uint8)


def as_jpeg(picture: np.ndarray, quality: int) -> bytes:
    """Return the JPEG file of a picture, uint8: RGB of shape (side, side, 3), or grey of shape (side, side)."""
    channels = picture if picture.ndim == 2 else picture[..., ::-1]
    done, data = cv2.imencode(".jpg", channels, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])
    if not done:
        raise RuntimeError("OpenCV could not write a JPEG. Is opencv-python-headless installed whole?")
    return data.tobytes()
