"""Answers to lesson 9's problems."""

import keras
import numpy as np

from tests.exercises.answers import Answers


def by_sorting(distances, share):
    return sorted(distances)[round(share * len(distances)) - 1]


def by_trying(distances, share):
    return next(limit for limit in np.sort(distances) if (distances <= limit).mean() >= share)


def in_place(distances, share):
    distances.sort()
    return distances[round(share * len(distances)) - 1]


limits = Answers(
    right=[
        by_sorting,
        by_trying,
        lambda distances, share: np.percentile(distances, 100 * share),
        lambda distances, share: keras.ops.quantile(distances, share),
        lambda distances, share: np.partition(distances, round(share * len(distances)) - 1)[
            round(share * len(distances)) - 1
        ],
    ],
    wrong=[
        (lambda distances, share: np.max(distances), "100.0% of"),
        (lambda distances, share: np.quantile(distances, 1 - share), "known photos pass"),
        (lambda distances, share: share * distances.max(), "known photos pass"),
        (lambda distances, share: np.mean(distances) + 2 * np.std(distances), "known photos pass"),
        (lambda distances, share: np.median(distances), "known photos pass"),
        (lambda distances, share: np.percentile(distances, share), "known photos pass"),
        (lambda distances, share: distances[int(share * len(distances))], "known photos pass"),
        (lambda distances, share: np.quantile(distances, 0.95), "known photos pass"),
        (lambda distances, share: 0.5, "known photos pass"),
        (lambda distances, share: (distances <= share).mean(), "known photos pass"),
        (lambda distances, share: str(np.quantile(distances, share)), "the text"),
        (lambda distances, share: distances, "one number"),
        (lambda distances, share: distances[distances <= np.quantile(distances, share)], "one number"),
        (lambda distances, share: np.nan, "known photos pass"),
        (in_place, "changes 'distances'"),
        (lambda distances: 0.5, "exactly the arguments"),
    ],
)


def decides(is_far=lambda distance, limit: distance > limit, is_sure=lambda top: top >= 0.6, unsure_first=False):
    """Return a way to decide, right except for what is said to be different."""

    def decide(probabilities, distance, limit, names):
        far, sure = is_far(distance, limit), is_sure(probabilities.max())
        if unsure_first and not sure:
            return "not sure"
        if far:
            return "none of these"
        return names[int(probabilities.argmax())] if sure else "not sure"

    return decide


def nested(probabilities, distance, limit, names):
    if distance <= limit:
        best = max(range(len(names)), key=lambda number: probabilities[number])
        if not probabilities[best] < 0.6:
            return str(names[best])
        return "not sure"
    return "none of these"


silences = Answers(
    right=[
        decides(),
        nested,
        lambda *given: np.array([decides()(*given)])[0],
        lambda p, d, limit, names: np.select(
            [d > limit, p.max() < 0.6], ["none of these", "not sure"], names[p.argmax()]
        )[()].item(),
        lambda p, d, limit, names: np.where(
            d > limit, "none of these", np.where(p.max() < 0.6, "not sure", names[p.argmax()])
        ),
    ],
    wrong=[
        (decides(unsure_first=True), "doesn't matter how sure"),
        (decides(is_far=lambda distance, limit: distance - limit > 0.05), "a little beyond the limit"),
        (decides(is_far=lambda distance, limit: distance > 1.2 * limit), "a little beyond the limit"),
        (decides(is_sure=lambda top: top >= 0.599), "a little less than 0.6"),
        (decides(is_far=lambda distance, limit: distance >= limit), "at the limit"),
        (decides(is_sure=lambda top: top > 0.6), "are both enough"),
        (decides(is_far=lambda distance, limit: distance > 0.5), "for this limit"),
        (decides(is_far=lambda distance, limit: distance < limit), "it is near and sure"),
        (decides(is_far=lambda distance, limit: False), "beyond the limit"),
        (decides(is_sure=lambda top: True), "less than 0.6"),
        (decides(is_sure=lambda top: top >= 0.5), "less than 0.6"),
        (decides(is_sure=lambda top: top >= 0.8), "expected 'daisy'"),
        (lambda p, d, limit, names: decides()(p, d, limit, ["daisy", "roses", "tulips", "elm"]), "expected 'ash'"),
        (lambda p, d, limit, names: decides()(p[::-1], d, limit, names), "expected 'roses'|expected 'tulips'"),
        (lambda p, d, limit, names: decides()(p, d, limit, range(len(names))), "the number"),
        (lambda *given: decides()(*given).replace(" ", "_"), "expected 'none of these'"),
        (lambda *given: decides()(*given).title(), "expected 'roses'"),
        (lambda *given: [decides()(*given)], "a list of 1"),
        (lambda *given: None, "a function without return"),
        (lambda p, d, limit, names: names.reverse() or decides()(p, d, limit, names), "changes 'names'"),
        (lambda p, d, limit, names: "not sure" if p < 0.6 else names[0], "whole array"),
        (lambda p, d: "daisy", "exactly the arguments"),
    ],
)

ANSWERS = {"q1": limits, "q2": silences}
