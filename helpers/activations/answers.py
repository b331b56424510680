"""What a model answers for every photo of a split, with nothing kept."""

import keras
import numpy as np

from helpers.activations import engines
from helpers.bars import Bar
from helpers.network import cutting, twins
from helpers.photos.split import Split
from helpers.photos.views import PhotoViews, batches_of


def predict_split(model: keras.Model, split: Split) -> np.ndarray:
    """Return a model's output for every photo of a split, in order."""
    outputs: list[np.ndarray] = []
    with Bar("looking at photos", len(split), "photos") as bar, twins.lent(cutting.whole(model)) as twin:
        for images in batches_of(PhotoViews(split)):
            outputs.append(np.asarray(engines.predict_batch(twin, images)))
            bar.to(sum(map(len, outputs)))
    return np.concatenate(outputs) if outputs else np.zeros((0, *model.output_shape[1:]), np.float32)
