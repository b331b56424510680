"""What a model says about a photo: the one form and the one wording that bundle, widget and app share.

Imports no Keras, since a bundle answers without it.
"""

from dataclasses import dataclass

NONE_OF_THESE = "none of these"


@dataclass(frozen=True, eq=False)
class Answer:
    """What a model says about a photo.

    Attributes:
        label: Name of the likeliest class.
        probabilities: Class name to probability, in the order of the classes.
        known: Whether the photo looks like something the model was trained on. If not, `label` is only the least bad.
        distance: Cosine distance to the fifth-nearest training photo, 0 (the same) to 2; to a nearer one if a class has
            fewer than five.
        limit: Photos that the model takes for the same class are unknown if they are farther away than this.

    Example:
        >>> print(Answer("daisy", {"daisy": 0.93, "roses": 0.07}, known=True, distance=0.1, limit=0.2))
        daisy, 93% sure
    """

    label: str
    probabilities: dict[str, float]
    known: bool
    distance: float
    limit: float

    @property
    def confidence(self) -> float:
        """Probability of the likeliest class."""
        return self.probabilities[self.label]

    @property
    def verdict(self) -> str:
        """The answer in a few words: the likeliest class and how sure the model is, or "none of these"."""
        return f"{self.label}, {self.confidence:.0%} sure" if self.known else NONE_OF_THESE

    @property
    def reason(self) -> str:
        """Why the photo counts as known or unknown, with the numbers that decide it."""
        measured = f"distance {self.distance:.2f}; 19 in 20 known photos lie within {self.limit:.2f}"
        if self.known:
            return f"it looks like something the model was trained on ({measured})"
        return f"too far from what the model was trained on ({measured}); if forced to choose: {self.label}"

    def __str__(self) -> str:
        return self.verdict if self.known else f"{self.verdict}: {self.reason}"
