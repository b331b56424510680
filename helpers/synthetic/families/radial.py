"""Radial things: whorls of petals, rays, cups, nests, heads of seeds, needles."""

import numpy as np

from helpers.synthetic.families.shared import GOLDEN_ANGLE, around, seeds, veined
from helpers.synthetic.surfaces import balls, merge, petals, threads, tube


def rosette_traits(rng, index):
    count = [3, 4, 5, 6, 7, 8, 10, 12, 5, 6][index % 10]
    return {
        "count": count,
        "layers": int(rng.integers(1, 4)),
        "width": rng.uniform(0.7, 1.5) * np.pi / count * 0.55,
        "belly": rng.uniform(0.35, 0.8),
        "tip": rng.uniform(0.6, 2.2),
        "notch": rng.choice([0, 0, 0.15, 0.3]),
        "cup": rng.uniform(-0.5, 0.9),
        "heart": rng.uniform(0.05, 0.3),
        "seeds": int(rng.choice([0, 12, 30])),
        "rise": rng.uniform(-0.2, 0.6),
        "veins": rng.uniform(3, 16),
    }


def rosette(t, colours, rng, pixels):
    rise = t["rise"] + rng.normal(0, 0.1)
    parts = []
    for layer in range(t["layers"]):
        shrink = 1 - 0.24 * layer
        angles = around(t["count"], layer * np.pi / t["count"])
        parts.append(
            petals(
                angles,
                0.95 * shrink,
                min(t["width"], 0.5) * shrink,
                (rise + 0.3 * layer, rise - 0.3 + 0.25 * layer),
                veined(colours, rng, t["veins"]),
                pixels,
                inner=0.05,
                belly=t["belly"],
                tip=t["tip"],
                cup=t["cup"],
                notch=t["notch"],
                lift=0.03 * layer,
                rng=rng,
                jitter=0.06,
            )
        )
    if t["seeds"]:
        parts.append(seeds(t["seeds"], t["heart"], 0.12, 0.9, colours[2:], pixels).moved(shift=(0, 0, 0.08)))
    return merge(parts)


def rays_traits(rng, index):
    return {
        "count": int(rng.integers(14, 44)),
        "layers": int(rng.integers(1, 4)),
        "width": rng.uniform(0.035, 0.11),
        "tip": rng.uniform(0.5, 2.0),
        "heart": [0.0, 0.15, 0.25, 0.35, 0.45][index % 5],
        "dome": rng.uniform(0, 0.3),
        "rise": rng.uniform(-0.3, 0.7),
        "notch": rng.choice([0, 0, 0.12]),
        "grain": int(rng.integers(40, 160)),
    }


def rays(t, colours, rng, pixels):
    rise, parts = t["rise"] + rng.normal(0, 0.12), []
    inner = 0.75 * t["heart"]
    for layer in range(t["layers"]):
        parts.append(
            petals(
                around(t["count"], layer * 0.6) + rng.normal(0, 0.03, t["count"]),
                (0.97 - inner) * (1 - 0.18 * layer),
                t["width"],
                (rise + 0.2 * layer, rise - 0.3),
                veined(colours, rng, 5, 0.25),
                pixels,
                inner=inner,
                belly=0.65,
                tip=t["tip"],
                notch=t["notch"],
                cup=0.5,
                lift=0.03 * layer,
                rng=rng,
                jitter=0.07,
            )
        )
    if t["heart"]:
        head = seeds(t["grain"], t["heart"], t["dome"], 1.0, colours[2:], pixels)
        parts.append(head.moved(shift=(0, 0, 0.05)))
    return merge(parts)


def cup_traits(rng, index):
    return {
        "count": [3, 4, 5, 6, 8][index % 5],
        "width": rng.uniform(0.3, 0.55),
        "open": rng.uniform(-0.2, 1.1),
        "tip": rng.uniform(0.6, 2.0),
        "belly": rng.uniform(0.4, 0.7),
        "layers": int(rng.integers(1, 3)),
        "stretch": rng.uniform(0.9, 1.6),
        "veins": rng.uniform(2, 10),
    }


def cup(t, colours, rng, pixels):
    closing = np.pi / 2 + 0.25 - t["open"] + rng.normal(0, 0.08)
    whorls = [
        petals(
            around(t["count"], layer * np.pi / t["count"]),
            t["stretch"] * (1 - 0.08 * layer),
            t["width"],
            (0.15, closing + 0.1 * layer),
            veined(colours, rng, t["veins"], 0.12, heart=0.5),
            pixels,
            inner=0.03,
            belly=t["belly"],
            tip=t["tip"],
            wrap=0.85,
            base=0.4,
            rng=rng,
            jitter=0.05,
        )
        for layer in range(t["layers"])
    ]
    return merge(whorls).moved(scale=0.9, shift=(0, 0, -0.45))


def nest_traits(rng, index):
    return {
        "count": int(rng.integers(9, 30)),
        "width": rng.uniform(0.25, 0.5),
        "open": rng.uniform(0.3, 1.0),
        "tight": rng.uniform(0.5, 1.0),
        "divergence": [GOLDEN_ANGLE, 2.09, 1.26, 2.6, 1.0][index % 5],
        "ruffle": rng.choice([0, 0.04, 0.1]),
        "tip": rng.uniform(0.5, 1.4),
    }


def nest(t, colours, rng, pixels):
    parts, spin = [], rng.uniform(0, 6)
    for number in range(t["count"]):
        out = number / (t["count"] - 1)
        rise = np.pi / 2 * (1 - 0.75 * t["open"] * out)
        shade = colours * (0.8 + 0.3 * out)
        parts.append(
            petals(
                np.array([spin + number * t["divergence"]]),
                0.45 + 0.4 * out,
                t["width"] * (0.45 + 0.8 * out),
                (rise * 0.9, rise - 0.6 * t["open"] * out),
                veined(shade, rng, 4, 0.08),
                pixels,
                inner=0.05 + 0.22 * t["tight"] * out,
                belly=0.6,
                tip=t["tip"],
                wrap=0.9,
                base=0.6,
                ruffle=t["ruffle"],
                rng=rng,
                jitter=0.05,
            )
        )
    return merge(parts).moved(shift=(0, 0, -0.3))


def head_traits(rng, index):
    return {
        "count": int(rng.integers(40, 260)),
        "divergence": [GOLDEN_ANGLE, 2.3, 2.45, 1.95, 2.2][index % 5],
        "dome": rng.uniform(0, 1.0),
        "size": rng.uniform(0.7, 1.25),
        "frill": int(rng.choice([0, 0, 9, 17])),
    }


def head(t, colours, rng, pixels):
    head = seeds(t["count"], 0.82, t["dome"] * 0.8, t["size"], colours, pixels, t["divergence"] + rng.normal(0, 0.002))
    if not t["frill"]:
        return head
    paint = veined(colours[[3, 2]], rng, 6)
    return merge([head, petals(around(t["frill"]), 0.35, 0.1, (0.2, 0.0), paint, pixels, inner=0.65, lift=-0.1)])


def needles_traits(rng, index):
    return {
        "count": int(rng.integers(40, 260)),
        "knob": rng.choice([0, 0.02, 0.045]),
        "whole": bool(index % 2),
        "start": rng.uniform(0, 0.5),
        "core": rng.uniform(0.06, 0.3),
        "thick": rng.choice([0, 0.012, 0.025]),
    }


def needles(t, colours, rng, pixels):
    number = np.arange(t["count"])
    z = 1 - (1 + t["whole"]) * (number + 0.5) / t["count"]
    flat = np.sqrt(1 - z**2)
    angle = number * GOLDEN_ANGLE
    direction = np.stack([flat * np.cos(angle), flat * np.sin(angle), z], -1) + rng.normal(0, 0.04, (t["count"], 3))
    tips = direction * (0.95 * (1 + rng.normal(0, 0.04, (t["count"], 1))))
    parts = [balls(np.zeros((1, 3)), t["core"], colours[2], pixels)]
    if t["thick"]:
        parts += [
            tube(np.stack([tip * t["start"], tip * 0.6, tip]), [t["thick"], t["thick"], 0.003], colours[0], pixels)
            for tip in tips[:90]
        ]
    else:
        parts.append(threads(tips * t["start"], tips, colours[0], pixels))
    if t["knob"]:
        parts.append(balls(tips, t["knob"], colours[1], pixels))
    return merge(parts)
