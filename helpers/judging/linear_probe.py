"""How much a frozen base knows about some photos: a logistic regression on its features."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

STRENGTHS = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)  # of C: the larger, the less the weights are held back


def deal_out(labels: np.ndarray, per_class: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return which examples are for training, `per_class` of each class, and which for testing: all others."""
    rng = np.random.default_rng(seed)
    train = [rng.permutation(np.flatnonzero(labels == label))[:per_class] for label in np.unique(labels)]
    train = np.concatenate(train)
    return train, np.setdiff1d(np.arange(len(labels)), train)


def probe(features: np.ndarray, labels: np.ndarray, train: np.ndarray, test: np.ndarray, seed: int = 0) -> float:
    """Return the test accuracy of a logistic regression on standardised features.

    The regularisation is chosen on a fifth of the training examples; the test examples have no say in it.

    Args:
        features: Shape (examples, features).
        labels: Shape (examples,).
        train: Which examples train.
        test: Which examples test.
        seed: Decides which fifth.
    """
    chosen_for = np.random.default_rng(seed).permutation(train)
    cut = len(train) // 5
    judge, fit = chosen_for[:cut], chosen_for[cut:]
    scores = [_fitted(features[fit], labels[fit], c).score(features[judge], labels[judge]) for c in STRENGTHS]
    best = STRENGTHS[int(np.argmax(scores))]
    return float(_fitted(features[train], labels[train], best).score(features[test], labels[test]))


def _fitted(features: np.ndarray, labels: np.ndarray, c: float):
    return make_pipeline(StandardScaler(), LogisticRegression(C=c, max_iter=300)).fit(features, labels)


def colour_histograms(images: np.ndarray, bins: int = 6) -> np.ndarray:
    """Return each image's histogram of colours, shape (images, bins ** 3): how often each RGB cell occurs."""
    cells = np.clip(images.astype(int) * bins // 256, 0, bins - 1)
    codes = (cells[..., 0] * bins + cells[..., 1]) * bins + cells[..., 2]
    flat = codes.reshape(len(images), -1)
    return np.stack([np.bincount(row, minlength=bins**3) for row in flat]) / flat.shape[1]
