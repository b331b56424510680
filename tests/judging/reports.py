"""Reports on models that exist only as their answers."""

from types import SimpleNamespace

import numpy as np

from helpers.judging.report import Report, report_of


def judged(labels, predicted, confidence=0.9, fingerprint: str = "same", classes: int | None = None) -> Report:
    """Return the report on a model that gave these answers, this sure of them.

    Args:
        labels: The true class of each photo, as a number.
        predicted: The class that the model names.
        confidence: The probability of that class: one for all photos, or one for each.
        fingerprint: Of the photos: reports on the same photos have the same one.
        classes: How many there are; by default as many as occur, and at least two.
    """
    labels, predicted = np.asarray(labels), np.asarray(predicted)
    classes = classes or max(2, *(labels + 1), *(predicted + 1))
    names = [chr(ord("a") + number) for number in range(classes)]
    confidence = np.broadcast_to(confidence, len(labels))
    probabilities = np.repeat((1 - confidence)[:, None] / (classes - 1), classes, axis=1)
    probabilities[np.arange(len(labels)), predicted] = confidence

    class FewPhotos(SimpleNamespace):
        def __len__(self) -> int:
            return len(self.labels)

    return report_of(probabilities, FewPhotos(labels=labels, class_names=names, fingerprint=fingerprint, name="test"))
