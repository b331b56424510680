"""Classes that a trained model never finds: told at the end of a training, since the accuracy hides them."""

import keras
import numpy as np

from helpers.activations import engines
from helpers.network import cutting
from helpers.photos.loading import Photos
from helpers.photos.names import printable
from helpers.photos.views import PhotoViews, batches_of
from helpers.training.frozen_blocks import KeptActivations

_NAMED = 5  # classes at most


def never_found(model: keras.Model, photos: Photos, kept: KeptActivations, accuracy: float) -> list[str]:
    """Return the classes of which no validation photo is classified correctly (recall 0).

    Args:
        model: Just trained.
        photos: What it was trained on.
        kept: What its frozen blocks made of them.
        accuracy: On the validation photos. Where it is too high for any class to be missing, nothing is computed.
    """
    labels = photos.val.labels
    counts = np.bincount(labels, minlength=len(photos.class_names))
    if not accuracy <= 1 - counts[counts > 0].min() / len(labels) + 1e-6:
        return []
    found = labels[_predicted(model, photos, kept) == labels]
    return [name for label, name in enumerate(photos.class_names) if counts[label] and label not in found]


def sentence(model: keras.Model, photos: Photos, kept: KeptActivations, accuracy: float) -> str | None:
    """Return what to tell about the classes that are never found, if there are any; arguments as for `never_found`."""
    missing = never_found(model, photos, kept, accuracy)
    if not missing:
        return None
    more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
    listed = ", ".join(map(printable, missing[:_NAMED])) + more
    counts = np.bincount(photos.val.labels)
    return (
        f"Never found: {listed} (recall 0 on the validation photos), whatever the accuracy of {accuracy:.3f} says. "
        f"Chance level, always naming {printable(photos.class_names[counts.argmax()])}, is "
        f"{counts.max() / len(photos.val):.3f}."
    )


def _predicted(model: keras.Model, photos: Photos, kept: KeptActivations) -> np.ndarray:
    if kept.arrays is not None:
        return engines.predict_images(cutting.suffix(model, kept.cut), kept.arrays[1]).argmax(axis=1)
    whole = cutting.whole(model)
    shown = [engines.predict_images(whole, images) for images in batches_of(PhotoViews(photos.val))]
    return np.concatenate(shown).argmax(axis=1)
