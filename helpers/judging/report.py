"""Evaluating a model on photos it has never seen."""

import math
from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd
from sklearn import metrics

from helpers.activations.cache import predict_split
from helpers.network import head
from helpers.photos.split import Split


def luck_band(accuracy: float, photos: int, models: int = 1) -> float:
    """Return how far luck alone moves a measured accuracy: two standard deviations, a 95 % interval.

    Each photo counts as one toss of a coin that comes up right with the probability `accuracy` (the binomial
    distribution). Photos that resemble each other are right or wrong together; then luck moves it further.

    Args:
        accuracy: The accuracy that is measured or expected, 0 to 1.
        photos: Number of photos it is measured on.
        models: 1 for one accuracy; 2 for the difference between two models' accuracies.

    Returns:
        Half the width of the interval, as an accuracy.

    Example:
        >>> round(luck_band(0.2, photos=40), 3)
        0.126
    """
    return 2 * math.sqrt(models * accuracy * (1 - accuracy) / photos)


@dataclass(frozen=True, eq=False, repr=False)
class Report:
    """How a model did on a split.

    Attributes:
        accuracy: Share of the photos whose likeliest class is the true one.
        per_class: DataFrame indexed by class: `precision`, `recall`, `f1`, `photos`.
        confusion: DataFrame of counts, a row per true class, a column per predicted class.
        probabilities: Array of shape `(photos, classes)`.
        predicted: Array of shape `(photos,)`, the likeliest class of each photo.
        split: The photos that the model was evaluated on.
    """

    accuracy: float
    per_class: pd.DataFrame
    confusion: pd.DataFrame
    probabilities: np.ndarray
    predicted: np.ndarray
    split: Split

    @property
    def correct(self) -> np.ndarray:
        """Whether each photo was classified correctly: bool, of shape `(photos,)`."""
        return self.predicted == self.split.labels

    def worst(self, n: int = 9) -> pd.DataFrame:
        """Return the `n` worst mistakes: wrong with the highest confidence. Fewer if there are fewer.

        Returns:
            DataFrame with columns `row` (index into the split), `path`, `label`, `predicted` (names), `confidence`
            (of the predicted class), `given_to_label` (probability of the true class).
        """
        confidence = self.probabilities.max(axis=1)
        wrong = np.flatnonzero(~self.correct)
        rows = wrong[np.argsort(-confidence[wrong], kind="stable")][:n]
        names, labels = np.array(self.split.class_names), self.split.labels
        return pd.DataFrame(
            {
                "row": rows,
                "path": [self.split.paths[row] for row in rows],
                "label": names[labels[rows]],
                "predicted": names[self.predicted[rows]],
                "confidence": confidence[rows],
                "given_to_label": self.probabilities[rows, labels[rows]],
            }
        )

    def above(self, threshold: float) -> tuple[float, float]:
        """Return how the model would do if it abstained whenever it is less sure than a threshold.

        Args:
            threshold: Lowest confidence (probability of the likeliest class) at which it answers, 0 to 1.

        Returns:
            Coverage, the share of photos it answers for, and its accuracy on them (NaN if it answers for none).

        Example:
            >>> coverage, accuracy = report.above(0.8)
        """
        sure = self.probabilities.max(axis=1) >= threshold
        right = self.predicted == self.split.labels
        return float(sure.mean()), float(right[sure].mean()) if sure.any() else math.nan

    def cell(self, label: int, predicted: int) -> np.ndarray:
        """Return the photos in a cell of the confusion table as rows of the split, most confident first."""
        rows = np.flatnonzero((self.split.labels == label) & (self.predicted == predicted))
        return rows[np.argsort(-self.probabilities[rows, predicted], kind="stable")]

    def __repr__(self) -> str:
        return f"<Report: {self.accuracy:.3f} of {len(self.split)} {self.split.name} photos right>"


def evaluate(model: keras.Model, split: Split) -> Report:
    """Evaluate a model on a split, with scikit-learn's metrics.

    Args:
        model: From photos to probabilities, from `attach_head` or of the same form.
        split: `photos.test`, once, at the end; or `photos.val` as often as you like.

    Returns:
        A `Report`.

    Raises:
        ValueError: If the split is empty, or the model was made for other photos.

    Example:
        >>> report = evaluate(model, photos.test)
        >>> report.accuracy, report.worst(3)
    """
    if not isinstance(split, Split) or not len(split):
        raise ValueError(f"Expected a split with photos, such as photos.test or photos.val. Received: {split!r}.")
    head.check_fits(model, split)
    probabilities = predict_split(model, split)
    predicted = probabilities.argmax(axis=1)
    names = list(split.class_names)
    numbers = range(len(names))
    precision, recall, f1, photos = metrics.precision_recall_fscore_support(
        split.labels,
        predicted,
        labels=numbers,
        zero_division=0,  # pyright: ignore[reportArgumentType]  # the stub knows only its default, "warn"
    )
    per_class = pd.DataFrame({"precision": precision, "recall": recall, "f1": f1, "photos": photos}, index=names)
    counts = metrics.confusion_matrix(split.labels, predicted, labels=numbers)
    confusion = pd.DataFrame(counts, index=pd.Index(names, name="true"), columns=pd.Index(names, name="predicted"))
    accuracy = float(metrics.accuracy_score(split.labels, predicted))
    return Report(accuracy, per_class, confusion, probabilities, predicted, split)
