"""Things made of lines and strips: shells, knots, trees, fractals, fans, helices.

Iterated function systems: Barnsley, "Fractals Everywhere", 1988.
"""

import numpy as np

from helpers.synthetic.surfaces import Cloud, balls, merge, profile, ribbon, rotation, tube


def shell_traits(rng, index):
    return {
        "turns": rng.uniform(1.5, 4),
        "growth": rng.uniform(0.12, 0.3),
        "rise": [0, 0, 0.6, 1.2, 1.8][index % 5],
        "ribs": rng.uniform(0, 30),
        "thick": rng.uniform(0.25, 0.45),
    }


def shell(t, colours, rng, pixels):
    angle = np.linspace(0, t["turns"] * 2 * np.pi, 160)
    size = np.exp(t["growth"] * (angle - angle[-1]))
    radius = 0.62 * size
    path = np.stack([radius * np.cos(angle), radius * np.sin(angle), t["rise"] * (0.5 - size)], -1)

    def paint(u, v):
        ribs = 0.85 + 0.15 * np.sin(u * t["ribs"] * t["turns"])
        return (colours[0] * u[..., None] + colours[1] * (1 - u[..., None])) * ribs[..., None]

    spin = rotation(0.0, 0.0, rng.uniform(0, 6))
    return tube(path @ spin.T, t["thick"] * size, paint, pixels)


def knot_traits(rng, index):
    pairs = [(2, 3), (3, 2), (2, 5), (3, 4), (5, 2), (1, 4), (4, 3), (1, 6), (3, 5), (5, 3)]
    return {
        "pair": pairs[index % 10],
        "thick": rng.uniform(0.04, 0.14),
        "flat": bool(rng.integers(2)),
        "bands": rng.uniform(0, 40),
    }


def knot(t, colours, rng, pixels):
    p, q = t["pair"]
    s = np.linspace(0, 2 * np.pi, 260)
    if t["flat"]:
        path = np.stack([0.85 * np.sin(p * s + 0.4), 0.85 * np.sin(q * s), 0.25 * np.cos((p + q) * s)], -1)
    else:
        radius = 0.6 + 0.28 * np.cos(q * s)
        path = np.stack([radius * np.cos(p * s), radius * np.sin(p * s), 0.3 * np.sin(q * s)], -1)

    def paint(u, v):
        band = (np.sin(u * t["bands"] * 6.28) > 0)[..., None]
        return np.where(band, colours[0], colours[1] * 0.6 + colours[0] * 0.4)

    return tube(path, t["thick"] * rng.uniform(0.85, 1.15), paint, pixels)


def tree_traits(rng, index):
    return {
        "split": int(rng.integers(2, 5)),
        "depth": int(rng.integers(3, 6)),
        "angle": rng.uniform(0.25, 0.8),
        "shrink": rng.uniform(0.6, 0.8),
        "ends": ["none", "balls", "leaves", "balls", "none"][index % 5],
        "thick": rng.uniform(0.03, 0.08),
        "bend": rng.uniform(-0.3, 0.3),
    }


def tree(t, colours, rng, pixels):
    parts, tips = [], []
    todo = [(np.array([0, -0.95, 0.0]), np.pi / 2, 0.62 * (1 - t["shrink"]) * 2.6, t["thick"], t["depth"])]
    while todo and len(parts) < 220:
        foot, angle, length, thick, left = todo.pop(0)
        bent = angle + t["bend"] * rng.normal(1, 0.3)
        middle = foot + length / 2 * np.array([np.cos(angle), np.sin(angle), 0])
        end = middle + length / 2 * np.array([np.cos(bent), np.sin(bent), 0.2 * rng.normal()])
        parts.append(tube(np.stack([foot, middle, end]), [thick, thick * 0.85, thick * 0.7], colours[0], pixels))
        if left == 0:
            tips.append((end, bent))
            continue
        for number in range(t["split"]):
            turn = (number - (t["split"] - 1) / 2) * t["angle"] * 2 / max(t["split"] - 1, 1)
            todo.append((end, bent + turn + rng.normal(0, 0.08), length * t["shrink"], thick * 0.7, left - 1))
    if t["ends"] == "balls" and tips:
        parts.append(balls(np.array([end for end, _ in tips]), rng.uniform(0.05, 0.08), colours[1], pixels))
    if t["ends"] == "leaves":
        for end, angle in tips[:90]:
            path = end + np.linspace(0, 0.2, 5)[:, None] * np.array([np.cos(angle), np.sin(angle), 0.2])
            half = 0.06 * profile(np.linspace(0, 1, 5), 0.5)
            parts.append(ribbon(path, half, (-np.sin(angle), np.cos(angle), 0.3), colours[1], pixels, 0.4))
    return merge(parts)


def fractal_traits(rng, index):
    count = int(rng.integers(3, 6))
    maps = []
    for _ in range(count):
        turn, scale = rng.uniform(0, 6.28), rng.uniform(0.35, 0.72)
        squeeze = rng.uniform(0.4, 1.0)
        cos, sin = np.cos(turn) * scale, np.sin(turn) * scale
        maps.append([cos, -sin * squeeze, sin, cos * squeeze, *rng.uniform(-1, 1, 2)])
    return {"maps": np.array(maps)}


def fractal(t, colours, rng, pixels):
    maps = t["maps"] * (1 + rng.normal(0, 0.02, t["maps"].shape))
    walkers = int(np.clip(pixels**2 * 0.25, 400, 4000))
    place, colour = rng.uniform(-1, 1, (walkers, 2)), np.ones((walkers, 1)) * 0.5
    places, shades = [], []
    for turn in range(28):
        choice = rng.integers(len(maps), size=walkers)
        a = maps[choice]
        place = np.stack([(a[:, :2] * place).sum(1) + a[:, 4], (a[:, 2:4] * place).sum(1) + a[:, 5]], -1)
        colour = 0.6 * colour + 0.4 * (choice / (len(maps) - 1))[:, None]
        if turn > 9:
            places.append(place)
            shades.append(colour)
    place, shade = np.concatenate(places), np.concatenate(shades)
    place = (place - np.median(place, 0)) / (np.percentile(np.abs(place - np.median(place, 0)), 97) + 1e-6) * 0.9
    position = np.concatenate([place, 0.3 * shade], 1).astype(np.float32)
    colour = (colours[0] * shade + colours[1] * (1 - shade)).astype(np.float32)
    return Cloud(position, colour, np.tile(np.array([0, 0, 1], np.float32), (len(position), 1)))


def fan_traits(rng, index):
    return {
        "count": [3, 5, 7, 9, 14][index % 5],
        "spread": rng.uniform(0.5, 2.6),
        "width": rng.uniform(0.04, 0.2),
        "belly": rng.uniform(0.3, 0.7),
        "droop": rng.uniform(-0.3, 0.8),
        "fold": rng.uniform(0, 1.2),
        "pinnate": bool(rng.integers(2)),
    }


def fan(t, colours, rng, pixels):
    parts, u = [], np.linspace(0, 1, 14)
    for number in range(t["count"]):
        share = number / (t["count"] - 1) - 0.5
        angle = np.pi / 2 + share * t["spread"] + rng.normal(0, 0.06)
        foot, length = np.array([0, -0.9, 0.0]), 1.7
        if t["pinnate"]:
            side = 1 if number % 2 else -1
            foot = np.array([0, -0.8 + 1.4 * number / t["count"], 0.0])
            angle, length = np.pi / 2 - side * t["spread"] * 0.5, 0.8
        bend = angle - t["droop"] * np.sign(np.pi / 2 - angle) * -u
        path = foot + np.cumsum(np.stack([np.cos(bend), np.sin(bend), 0.1 * np.sin(3 * u)], -1), 0) * (length / 14)
        half = t["width"] * profile(u, t["belly"], 0.15, 1.4) * (0.6 if t["pinnate"] else 1)
        ends = colours[[0, 1]] * rng.uniform(0.85, 1.15)

        def paint(u, v, ends=ends):
            rib = 1 - 0.3 * np.exp(-((v / 0.15) ** 2)) + 0.12 * np.sin(v * 4 + u * 40)
            return (ends[0] * u[..., None] + ends[1] * (1 - u[..., None])) * rib[..., None]

        parts.append(ribbon(path, half, (-np.sin(angle), np.cos(angle), 0.2), paint, pixels, t["fold"]))
    if t["pinnate"]:
        stalk = np.stack([np.zeros(8), np.linspace(-0.95, 0.6, 8), np.zeros(8)], -1)
        parts.append(tube(stalk, 0.02, colours[1], pixels))
    return merge(parts)


def helix_traits(rng, index):
    return {
        "turns": rng.uniform(1, 4),
        "width": rng.uniform(0.08, 0.3),
        "strands": [1, 2, 3, 1, 2][index % 5],
        "waist": rng.uniform(0.2, 0.6),
        "cone": rng.uniform(0, 1),
    }


def helix(t, colours, rng, pixels):
    parts, s = [], np.linspace(0, 1, 90)
    for strand in range(t["strands"]):
        angle = s * t["turns"] * 2 * np.pi + strand * 2 * np.pi / t["strands"] + rng.uniform(0, 1)
        radius = t["waist"] * (1 - t["cone"] * s)
        path = np.stack([radius * np.cos(angle), 1.8 * s - 0.9, radius * np.sin(angle)], -1)
        colour = colours[strand % 2]

        def paint(u, v, colour=colour):
            return colour * (0.85 + 0.2 * np.abs(v))[..., None]

        parts.append(ribbon(path, t["width"], (0.15, 1, 0.1), paint, pixels))
    return merge(parts)
