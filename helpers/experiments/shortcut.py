"""How far does a network fall for a background that gives the answer away, by where its head is cut in?"""

from helpers.experiments.experiment import Experiment

_SPLIT = (0.5, 0.1, 0.4)  # of the 200 pictures with the shortcut; eighty are for testing
_PER_CLASS = 20
_SETTINGS = {
    "image_size": 64,
    "cut_at": ["block2b", "block3b", "block5c", "top"],
    "trained_on": ["with the shortcut", "without"],
}


def _measure(seed: int, image_size: int, cut_at: str, trained_on: str) -> dict:
    from helpers import config
    from helpers.judging.report import evaluate
    from helpers.network.base import load_base
    from helpers.network.freezing import freeze
    from helpers.network.head import attach_head
    from helpers.photos.loading import load_flowers, load_photos
    from helpers.training.fit import fit

    tied = load_photos(config.DATA / "flowers_shortcut", image_size, seed, _PER_CLASS, _SPLIT)
    honest = load_flowers("bundled", image_size, seed, _PER_CLASS)
    model = attach_head(load_base("EfficientNetB0", "bundled", image_size), 5, cut_at=cut_at, seed=seed)
    freeze(model, until=cut_at)
    photos = tied if trained_on == "with the shortcut" else honest
    fit(model, photos, epochs=60, learning_rate=3e-3, keep="last", seed=seed, progress=False)
    return {
        "accuracy": evaluate(model, honest.test).accuracy,
        "accuracy_with_shortcut": evaluate(model, tied.test).accuracy,
    }


SHORTCUT = Experiment("shortcut", __doc__ or "", (_SETTINGS,), _measure, ("cut_at", "trained_on"))
