"""A map of photos by what a block makes of them, and how well it keeps the classes apart."""

import keras
import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from helpers import checks
from helpers.activations.pooled import pooled_activations
from helpers.photos.split import Split

_FEWEST = 3  # two photos always lie on a line


@checks.checked(model=checks.kind_of(keras.Model), split=checks.kind_of(Split), block=checks.text)
def photo_map(model: keras.Model, split: Split, block: str = "top") -> pd.DataFrame:
    """Place photos on a plane by the features that a block gives them.

    A block's feature maps are averaged over all places, which leaves one number per map: the photo's features. The two
    directions in which the photos' features vary most are the axes (a principal component analysis, PCA). That loses
    much, so how well the classes separate is measured in all features: by leave-one-out, is the nearest other photo of
    the same class?

    Args:
        model: A base, or a flat model on one.
        split: The photos, at least three, of the model's size.
        block: Name of a block, see `blocks`.

    Returns:
        DataFrame with a row per photo, in the order of the split: `x` and `y`, its place on the plane; `label`, its
        class; `nearest`, the row of the nearest other photo by Euclidean distance in all features. Its `attrs` hold
        `block`; `features`, how many there are; `explained_variance`, the shares of their variance that the two axes
        hold; `neighbour_accuracy`, the share of photos whose nearest is of the same class; `chance_level`, the share
        of the commonest class.

    Raises:
        ValueError: If there is no such block, there are too few photos, or they don't have the size that the model
            takes.

    Example:
        >>> early, late = photo_map(base, photos.val, "block2b"), photo_map(base, photos.val, "top")
        >>> late.attrs["neighbour_accuracy"] > early.attrs["neighbour_accuracy"]
        True
    """
    _check(split)
    return _map_of(pooled_activations(model, split, [block])[block], split, block)


def photo_maps(model: keras.Model, split: Split) -> dict[str, pd.DataFrame]:
    """Return the map of every block by its name, from the stem up, in one pass over the photos.

    Each is what `photo_map` returns, but for its direction: the sign of a principal component is arbitrary, so each
    axis is mirrored where that brings the map closer to the one above.

    Args:
        model, split: As for `photo_map`.
    """
    _check(split)
    features = pooled_activations(model, split)
    maps: dict[str, pd.DataFrame] = {}
    above = None
    for block in reversed(features):
        above = maps[block] = mirrored_like(_map_of(features[block], split, block), above)
    return {block: maps[block] for block in features}


def mirrored_like(drawn: pd.DataFrame, other: pd.DataFrame | None) -> pd.DataFrame:
    """Return a map with each axis mirrored where that brings it closer to another map of the same photos."""
    if other is None:
        return drawn
    signs = {axis: -1.0 if (drawn[axis] * other[axis]).sum() < 0 else 1.0 for axis in ("x", "y")}
    return drawn.assign(**{axis: drawn[axis] * sign for axis, sign in signs.items()})


def _check(split: Split) -> None:
    if len(split) < _FEWEST:
        raise ValueError(
            f"Expected at least {_FEWEST} photos to place on a map. Received: {len(split)}. Pass photos.train, or load "
            "more photos."
        )


def _map_of(features: np.ndarray, split: Split, block: str) -> pd.DataFrame:
    features = features.astype(np.float64)
    pca = PCA(n_components=2, svd_solver="full")
    with np.errstate(invalid="ignore"):  # features that don't vary at all have no share of a variance
        places = pca.fit_transform(features)
    nearest = NearestNeighbors(n_neighbors=1).fit(features).kneighbors(return_distance=False)[:, 0]  # never itself
    labels = np.asarray(split.labels)
    drawn = pd.DataFrame(
        {
            "x": places[:, 0],
            "y": places[:, 1],
            "label": [split.class_names[label] for label in labels],
            "nearest": nearest,
        }
    )
    drawn.attrs = {
        "block": block,
        "features": features.shape[1],
        "explained_variance": tuple(np.nan_to_num(pca.explained_variance_ratio_).tolist()),
        "neighbour_accuracy": float((labels[nearest] == labels).mean()),
        "chance_level": float(np.bincount(labels).max() / len(labels)),
    }
    return drawn
