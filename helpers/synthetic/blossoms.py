"""The heads of five species as clouds of points: axis along z, radius about 1.

What a species looks like is drawn from life: how many petals, how they are held, how the middle is built. What differs
from flower to flower comes from the generator.
"""

import numpy as np

from helpers.synthetic import grounds
from helpers.synthetic.families.shared import GOLDEN_ANGLE, around, golden, seeds, veined
from helpers.synthetic.surfaces import Cloud, balls, merge, petals, threads
from helpers.synthetic.tones import green, yellow

Rng = np.random.Generator


def _bracts(
    rng: Rng, pixels: float, count: int, length: float, width: float, rise: tuple[float, float], lift: float
) -> Cloud:
    paint = veined(np.stack([green(rng), green(rng) * 0.7]), rng, 3, 0.1)
    return petals(
        around(count, rng.uniform(0, 6)),
        length,
        width,
        rise,
        paint,
        pixels,
        0.05,
        0.4,
        tip=1.6,
        lift=lift,
        rng=rng,
        jitter=0.08,
    )


def daisy(form: str, tones: np.ndarray, rng: Rng, pixels: float) -> Cloud:
    count, heart = int(rng.integers(16, 34)), rng.uniform(0.24, 0.36)
    fold = {"open": rng.uniform(-0.15, 0.25), "drooping": rng.uniform(-0.8, -0.3), "closing": rng.uniform(0.5, 1.0)}[
        form
    ]
    width = rng.uniform(0.7, 1.25) * 1.9 / count
    parts = [
        petals(
            around(count, layer * np.pi / count) + rng.normal(0, 0.05, count),
            (1 - heart * 0.8) * (1 - 0.08 * layer),
            width,
            (fold + 0.15, fold - 0.15),
            veined(tones, rng, 5, 0.1, heart=0.2),
            pixels,
            inner=heart * 0.8,
            belly=0.68,
            base=0.35,
            tip=rng.uniform(0.7, 1.2),
            notch=rng.choice([0.0, 0.05]),
            cup=0.3,
            lift=0.02 * layer,
            rng=rng,
            jitter=0.06,
        )
        for layer in range(int(rng.integers(1, 3)))
    ]
    florets = np.stack([yellow(rng, 0.95), yellow(rng) * [1, 0.85, 0.8]])
    disc = seeds(int(rng.integers(130, 220)), heart, rng.uniform(0.06, 0.2), 1.15, florets, pixels)
    return merge([*parts, disc.moved(shift=(0, 0, 0.05)), _bracts(rng, pixels, 12, 0.4, 0.09, (0.3, 0.1), -0.15)])


def dandelion(form: str, tones: np.ndarray, rng: Rng, pixels: float) -> Cloud:
    if form == "globe":
        return _globe(tones, rng, pixels)
    parts, whorls = [], int(rng.integers(5, 8))
    half_open = rng.uniform(0.3, 0.7) if form == "half open" else 0.0
    for layer in range(whorls):
        inside = layer / (whorls - 1)
        count = int(44 - 22 * inside)
        rise = 0.05 + 1.1 * inside + half_open
        paint = veined(tones * (1.08 - 0.12 * inside), rng, 4, 0.16, heart=0.35)
        parts.append(
            petals(
                golden(count, rng.uniform(0, 6)),
                (1 - 0.5 * inside) * (1 + 0.06 * rng.normal(0, 1, count)),
                0.034,
                (rise, rise - 0.45),
                paint,
                pixels,
                inner=0.03,
                belly=0.75,
                base=0.5,
                tip=0.35,
                cup=0.6,
                lift=0.02 * layer,
                rng=rng,
                jitter=0.09,
            )
        )
    middle = seeds(40, 0.16, 0.1, 1.0, np.stack([tones[0] * [1, 0.85, 0.7]] * 2), pixels).moved(shift=(0, 0, 0.25))
    calyx = _bracts(rng, pixels, 14, 0.55, 0.09, (0.9, 0.4), -0.4)
    return merge([*parts, middle, calyx, balls(np.array([[0, 0, -0.3]]), 0.22, green(rng), pixels)])


def _globe(tones: np.ndarray, rng: Rng, pixels: float) -> Cloud:
    count, hairs = int(rng.integers(90, 150)), 13
    number = np.arange(count)
    z = 1 - 1.9 * (number + 0.5) / count
    flat = np.sqrt(1 - z**2)
    out = np.stack([flat * np.cos(number * GOLDEN_ANGLE), flat * np.sin(number * GOLDEN_ANGLE), z], -1)
    out += rng.normal(0, 0.03, out.shape)
    if rng.random() < 0.3:  # some seeds have flown
        wind = rng.normal(0, 1, 3)
        out = out[out @ (wind / np.linalg.norm(wind)) < rng.uniform(0.1, 0.8)]
    stalk_ends = out * 0.68
    side = np.cross(out, rng.normal(0, 1, out.shape))
    side /= np.linalg.norm(side, axis=1, keepdims=True) + 1e-9
    other = np.cross(out, side)
    turn = around(hairs)
    fan = side[:, None] * np.cos(turn)[:, None] + other[:, None] * np.sin(turn)[:, None]
    hair_ends = stalk_ends[:, None] + 0.3 * out[:, None] + rng.uniform(0.13, 0.2) * fan
    hair_starts = np.repeat(stalk_ends, hairs, axis=0)
    white = tones[0] * rng.uniform(0.85, 1.05)
    brown = grounds.hsv(0.08, 0.45, rng.uniform(0.25, 0.5))
    return merge(
        [
            threads(hair_starts, hair_ends.reshape(-1, 3), white, pixels),
            threads(out * 0.12, stalk_ends, white * 0.62, pixels),
            balls(out * 0.17, 0.028, brown, pixels),
            balls(np.zeros((1, 3)), 0.15, brown * [0.9, 1.1, 0.8], pixels),
        ]
    )


def rose(form: str, tones: np.ndarray, rng: Rng, pixels: float) -> Cloud:
    count = {"bud": 12, "half open": 20, "open": 30, "full": 40}[form] + int(rng.integers(-3, 4))
    opening = {"bud": 0.12, "half open": 0.45, "open": 0.75, "full": 0.95}[form]
    parts, spin = [], rng.uniform(0, 6)
    for number in range(count):
        out = (number / (count - 1)) ** 0.8
        rise = np.pi / 2 * (1 - 0.72 * opening * out**1.4)
        shade = tones * (0.72 + 0.34 * out) * (1 + 0.03 * rng.normal())
        parts.append(
            petals(
                np.array([spin + number * GOLDEN_ANGLE * (1 + 0.02 * rng.normal())]),
                0.55 + 0.33 * out,
                0.16 + 0.4 * out,
                (rise, rise - (0.25 + 0.9 * opening) * out),
                veined(shade, rng, 5, 0.05, heart=0.5),
                pixels,
                inner=0.03 + 0.3 * out * (0.35 + 0.65 * opening),
                belly=0.66,
                base=0.55,
                tip=0.55,
                wrap=0.92,
                ruffle=0.03 * out,
                notch=-0.05 * out,
                lift=-0.12 * out,
                rng=rng,
                jitter=0.045,
            )
        )
    calyx = _bracts(rng, pixels, 5, 0.6, 0.11, (0.5, -0.4), -0.28)
    return merge([*parts, calyx]).moved(shift=(0, 0, -0.25))


def sunflower(form: str, tones: np.ndarray, rng: Rng, pixels: float) -> Cloud:
    count, heart = int(rng.integers(20, 34)), rng.uniform(0.36, 0.52)
    hang = {"open": rng.uniform(-0.15, 0.3), "ragged": rng.uniform(-0.5, 0.5), "opening": rng.uniform(0.5, 0.9)}[form]
    wild = 0.16 if form == "ragged" else 0.08
    parts = [
        petals(
            around(count, layer * np.pi / count) + rng.normal(0, 0.06, count),
            (1 - 0.8 * heart) * (1 - 0.1 * layer),
            rng.uniform(0.8, 1.2) * 2.5 / count,
            (hang + 0.25 * layer, hang - 0.25 + 0.2 * layer),
            veined(tones, rng, 7, 0.16, heart=0.4),
            pixels,
            inner=heart * 0.85,
            belly=0.45,
            base=0.35,
            tip=1.9,
            cup=0.45,
            lift=0.03 * layer,
            rng=rng,
            jitter=wild,
        )
        for layer in range(2)
    ]
    brown = grounds.hsv(rng.uniform(0.04, 0.09), rng.uniform(0.5, 0.85), rng.uniform(0.12, 0.35))
    ring = grounds.hsv(rng.uniform(0.07, 0.12), rng.uniform(0.7, 0.95), rng.uniform(0.45, 0.8))
    disc = seeds(int(rng.integers(260, 420)), heart, rng.uniform(0.03, 0.14), 1.2, np.stack([brown, ring]), pixels)
    middle = grounds.hsv(rng.uniform(0.08, 0.2), 0.6, rng.uniform(0.2, 0.5))
    eye = seeds(70, heart * 0.4, 0.05, 1.1, np.stack([middle, brown]), pixels).moved(shift=(0, 0, 0.12))
    bracts = _bracts(rng, pixels, 18, 0.85, 0.13, (0.05, -0.25), -0.1)
    return merge([*parts, disc.moved(shift=(0, 0, 0.06)), eye, bracts])


def tulip(form: str, tones: np.ndarray, rng: Rng, pixels: float) -> Cloud:
    opening = {"closed": rng.uniform(-0.08, 0.1), "half open": rng.uniform(0.15, 0.4), "open": rng.uniform(0.6, 0.95)}[
        form
    ]
    length, width = rng.uniform(1.65, 2.0), rng.uniform(0.48, 0.58)
    edge = tones[::-1] if rng.random() < 0.25 else tones
    parts = []
    for whorl in (0, 1):
        closing = np.pi / 2 + 0.42 - opening + 0.1 * (1 - whorl)
        paint = veined(edge * (1 - 0.1 * (1 - whorl)), rng, 3, 0.07, heart=0.6)
        parts.append(
            petals(
                around(3, whorl * np.pi / 3 + rng.uniform(0, 0.2)),
                length * (1 - 0.05 * whorl),
                width,
                (-0.5, closing),
                paint,
                pixels,
                inner=0.02,
                belly=0.5,
                base=0.4,
                bow=0.42,
                tip=rng.uniform(1.0, 1.5),
                wrap=0.9,
                rng=rng,
                jitter=0.035,
            )
        )
    stamens = np.stack([np.array([0.14 * np.cos(a), 0.14 * np.sin(a), 0.45]) for a in around(6)])
    inside = balls(stamens, 0.06, grounds.hsv(0.1, 0.7, rng.uniform(0.1, 0.7)), pixels)
    pistil = balls(np.array([[0, 0, 0.3], [0, 0, 0.4], [0, 0, 0.5]]), 0.08, grounds.hsv(0.2, 0.4, 0.7), pixels)
    return merge([*parts, inside, pistil]).moved(scale=0.82, shift=(0, 0, -0.55))
