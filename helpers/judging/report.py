"""Evaluating a model on photos it has never seen."""

import math
from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd
from sklearn import metrics

from helpers import checks
from helpers.activations.answers import predict_split
from helpers.judging.interval import wilson_interval
from helpers.judging.neighbours import Neighbours
from helpers.network import head
from helpers.network.finite import check_finite
from helpers.network.known_classes import matched_by_name
from helpers.photos.split import Split


@dataclass(frozen=True, eq=False, repr=False)
class Report:
    """How a model did on a split.

    Attributes:
        accuracy: Share of the photos whose likeliest class is the true one.
        per_class: DataFrame indexed by class: `precision`, `recall`, `f1`, `photos`, and, if it was evaluated with
            `neighbours`, `turned_away`: the share of the photos that would be called "none of these".
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

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% confidence interval of the accuracy (Wilson's): `(low, high)`."""
        return wilson_interval(int(self.correct.sum()), len(self.split))

    @property
    def chance_level(self) -> float:
        """The accuracy of always naming the commonest class: what a model must beat to have learned anything."""
        return float(self.per_class.photos.max() / len(self.split))

    @property
    def never_found(self) -> list[str]:
        """Names of the classes that have photos in the split, none of which was classified correctly (recall 0)."""
        return list(self.per_class.index[(self.per_class.photos > 0) & (self.per_class.recall == 0)])

    @property
    def mostly_turned_away(self) -> list[str]:
        """Names of the classes whose photos would be called "none of these" more often than not."""
        table = self.per_class
        return list(table.index[table.turned_away > 0.5]) if "turned_away" in table else []

    @checks.checked(n=checks.whole(1))
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

    @checks.checked(threshold=checks.number())
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
        return float(sure.mean()), float(self.correct[sure].mean()) if sure.any() else math.nan

    def cell(self, label: int, predicted: int) -> np.ndarray:
        """Return the photos in a cell of the confusion matrix as rows of the split, most confident first."""
        rows = np.flatnonzero((self.split.labels == label) & (self.predicted == predicted))
        return rows[np.argsort(-self.probabilities[rows, predicted], kind="stable")]

    def __repr__(self) -> str:
        low, high = self.interval
        never = f"; never found: {', '.join(self.never_found)}" if self.never_found else ""
        never += f"; mostly called unknown: {', '.join(self.mostly_turned_away)}" if self.mostly_turned_away else ""
        return (
            f"<Report: accuracy {self.accuracy:.3f} on {len(self.split)} {self.split.name} photos, 95% interval "
            f"{low:.3f} to {high:.3f}, chance level {self.chance_level:.3f}{never}>"
        )


@checks.checked(model=checks.kind_of(keras.Model), neighbours=checks.or_none(checks.kind_of(Neighbours)))
def evaluate(model: keras.Model, split: Split, neighbours: Neighbours | None = None) -> Report:
    """Evaluate a model on a split, with scikit-learn's metrics.

    Args:
        model: From photos to probabilities, from `attach_head` or of the same form.
        split: `photos.test`, once, at the end; or `photos.val` as often as you like. Photos from another folder are
            matched by the names of their classes, of which some may be missing.
        neighbours: `Neighbours(model, photos)`; with it, the report tells for each class how many photos would be
            called "none of these".

    Returns:
        A `Report`. Its split has the model's classes, in the model's order.

    Raises:
        ValueError: If the split is empty, the model doesn't know one of its classes or takes photos of another size, or
            its weights are no numbers (NaN).

    Example:
        >>> report = evaluate(model, photos.test)
        >>> report.accuracy, report.worst(3)
    """
    if not isinstance(split, Split) or not len(split):
        raise ValueError(f"Expected a split with photos, such as photos.test or photos.val. Received: {split!r}.")
    split = matched_by_name(model, split)
    head.check_fits(model, split)
    check_finite(model)
    report = report_of(predict_split(model, split), split)
    if neighbours is not None:
        report.per_class["turned_away"] = neighbours.turned_away(split)
    return report


def report_of(probabilities: np.ndarray, split: Split) -> Report:
    """Return the report on a model of which only the answers are at hand, such as an exported one.

    Args:
        probabilities: Array of shape `(photos, classes)`, in the order of the split and of its classes.
        split: The photos that were shown to it.

    Returns:
        A `Report`.
    """
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
