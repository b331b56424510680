"""Views of the pool's pictures as training sees them: cropped, turned, mirrored and recoloured a little."""

import cv2
import numpy as np

SMALLEST_CROP = 0.3  # of the picture's area
GREY = 0.05  # how often a view loses its colour: often enough to know black-and-white photographs, not to forget colour


class Views:
    """Draws random views of pictures.

    Args:
        pictures: Shape (n, side, side, 3), uint8.

    Example:
        >>> Views(pictures).draw(np.array([0, 5, 9]), 64, np.random.default_rng(0)).shape
        (3, 64, 64, 3)
    """

    def __init__(self, pictures: np.ndarray):
        self.full = pictures
        half = pictures.shape[1] // 2
        # Shrinking by more than about 1.5 without averaging first would turn fine lines into noise.
        self.half = np.stack([cv2.resize(each, (half, half), interpolation=cv2.INTER_AREA) for each in pictures])

    def draw(self, which: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
        """Return one random view of each picture in `which`, shape (len(which), size, size, 3), float32, 0 to 255."""
        return np.stack([self._one(number, size, rng) for number in which])

    def plain(self, which: np.ndarray, size: int) -> np.ndarray:
        """Return the whole pictures, resized, as `draw` returns its views."""
        whole = (cv2.resize(self.full[number], (size, size), interpolation=cv2.INTER_AREA) for number in which)
        return np.stack(list(whole)).astype(np.float32)

    def _one(self, number: int, size: int, rng: np.random.Generator) -> np.ndarray:
        side = self.full.shape[1]
        crop = side * np.sqrt(rng.uniform(SMALLEST_CROP, 1.0))
        stretch = np.exp(rng.uniform(-0.2, 0.2))
        source, factor = (self.half[number], 0.5) if crop / size > 1.5 else (self.full[number], 1.0)
        angle = rng.normal(0, 0.25)
        centre = side / 2 + (side - crop) / 2 * rng.uniform(-1, 1, 2)
        cos, sin = np.cos(angle) * crop / size, np.sin(angle) * crop / size
        mirror = 1 if rng.random() < 0.5 else -1
        matrix = np.array([[cos * stretch * mirror, -sin, 0], [sin * mirror, cos / stretch, 0]])
        matrix[:, 2] = centre - matrix[:, :2] @ np.array([size / 2, size / 2])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        view = cv2.warpAffine(source, matrix * factor, (size, size), flags=flags, borderMode=cv2.BORDER_REFLECT_101)
        return _recoloured(view.astype(np.float32), rng)


def _recoloured(view: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    grey = view @ np.array([0.299, 0.587, 0.114], np.float32)
    colour = 0.0 if rng.random() < GREY else rng.uniform(0.7, 1.3)
    view = grey[..., None] + np.float32(colour) * (view - grey[..., None])
    contrast, gains = rng.uniform(0.75, 1.25), rng.uniform(0.9, 1.1, 3)
    brightness = rng.uniform(0.75, 1.25)
    view = (view - 110) * np.float32(contrast) + 110
    return np.clip(view * (gains * brightness).astype(np.float32), 0, 255)
