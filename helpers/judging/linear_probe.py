"""How much the features of a frozen base tell about some photos: a linear probe, a logistic regression on them."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

STRENGTHS = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)  # values of C: the larger, the weaker the regularisation


def deal_out(labels: np.ndarray, per_class: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return which examples are for training, `per_class` of each class, and which for testing: all the others."""
    rng = np.random.default_rng(seed)
    train = [rng.permutation(np.flatnonzero(labels == label))[:per_class] for label in np.unique(labels)]
    train = np.concatenate(train)
    return train, np.setdiff1d(np.arange(len(labels)), train)


def probe(features: np.ndarray, labels: np.ndarray, train: np.ndarray, test: np.ndarray, seed: int = 0) -> float:
    """Return the test accuracy of a logistic regression on standardised features.

    The regularisation is chosen on a fifth of the training examples; the test examples play no part in it.

    Args:
        features: Shape (examples, features).
        labels: Shape (examples,).
        train: Row numbers of the training examples.
        test: Row numbers of the test examples.
        seed: Decides which fifth is used to choose the regularisation.
    """
    chosen_for = np.random.default_rng(seed).permutation(train)
    cut = len(train) // 5
    judge, fit = chosen_for[:cut], chosen_for[cut:]
    scores = [_fitted(features[fit], labels[fit], c).score(features[judge], labels[judge]) for c in STRENGTHS]
    best = STRENGTHS[int(np.argmax(scores))]
    return float(_fitted(features[train], labels[train], best).score(features[test], labels[test]))


def _fitted(features: np.ndarray, labels: np.ndarray, c: float) -> Pipeline:
    return make_pipeline(StandardScaler(), LogisticRegression(C=c, max_iter=300)).fit(features, labels)


def colour_histograms(images: np.ndarray, bins: int = 6) -> np.ndarray:
    """Return each image's colour histogram, shape (images, bins ** 3): how often each cell of RGB colours occurs."""
    cells = np.clip(images.astype(int) * bins // 256, 0, bins - 1)
    codes = (cells[..., 0] * bins + cells[..., 1]) * bins + cells[..., 2]
    flat = codes.reshape(len(images), -1)
    return np.stack([np.bincount(row, minlength=bins**3) for row in flat]) / flat.shape[1]
