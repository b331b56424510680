"""Guess: say what a photo shows before the model does."""

import html

import ipywidgets
import keras
import numpy as np

from helpers import config, plots
from helpers.activations import engines
from helpers.photos.split import Split
from helpers.widgets import controls, pictures
from helpers.widgets.frame import WidgetFrame


class Guess(WidgetFrame):
    """Show a photo, take the learner's guess, and only then show the model's answer and the true class.

    Without the widget: `evaluate(model, split).predicted` holds the model's answers.

    Args:
        model: A trained model, from `attach_head`.
        split: Photos to guess, such as `photos.val`.
        n: How many photos.
        seed: Decides which photos.

    Attributes:
        guesses: The learner's guesses, as class numbers, one per photo so far.

    Example:
        >>> Guess(model, photos.val)
    """

    def __init__(self, model: keras.Model, split: Split, n: int = 10, seed: int = config.SEED) -> None:
        super().__init__()
        if not len(split):
            raise ValueError("Expected photos to guess, such as photos.val. Received: an empty split.")
        self.split = split
        rng = np.random.default_rng(seed)
        self.rows = rng.permutation(len(split))[:n]
        images = split.images(self.rows)
        batches = [images[start : start + config.BATCH_SIZE] for start in range(0, len(images), config.BATCH_SIZE)]
        self.probabilities = np.concatenate([engines.predict_batch(model, batch) for batch in batches])
        self.guesses: list[int] = []
        self.photo, self.answer, self.score = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self.answer.add_class("graft-said")
        self.buttons = [controls.button(name, f"My guess: {name}") for name in split.class_names]
        self.next = controls.button("Next photo", "Show another photo", primary=True)
        for number, button in enumerate(self.buttons):
            button.on_click(self.guarded(lambda pressed, number=number: self.guess(number)))
        self.next.on_click(self.guarded(lambda pressed: self.show_next()))
        self.at = 0
        self.update()
        self.show(
            self.photo,
            controls.row(*self.buttons),
            self.answer,
            controls.row(self.next, self.score),
            call="model.predict(photos.val.images(rows)); evaluate(model, photos.val)",
        )

    @property
    def done(self) -> bool:
        """Whether the learner has guessed the current photo."""
        return len(self.guesses) > self.at

    def guess(self, label: int) -> None:
        """Guess what the photo shows; the first guess counts."""
        if not self.done:
            self.guesses.append(label)
            self.update()

    def show_next(self) -> None:
        """Go to the next photo, if this one has been guessed."""
        if self.done and self.at + 1 < len(self.rows):
            self.at += 1
            self.update()

    def points(self) -> tuple[int, int]:
        """Return how often the learner and the model were right so far."""
        truth = self.split.labels[self.rows[: len(self.guesses)]]
        theirs = self.probabilities[: len(self.guesses)].argmax(axis=1)
        return int((np.array(self.guesses, dtype=int) == truth).sum()), int((theirs == truth).sum())

    def update(self) -> None:
        """Draw the photo, and the answer if it has been guessed."""
        row = int(self.rows[self.at])
        image = self.split.images([row])[0]
        self.photo.value = pictures.photo(image, f"Photo {self.at + 1} to guess", side=224)
        for button in self.buttons:
            button.disabled = self.done
        self.next.disabled = not self.done or self.at + 1 == len(self.rows)
        mine, theirs = self.points()
        told = f"photo {self.at + 1} of {len(self.rows)}"
        told = "done" if len(self.guesses) == len(self.rows) else told
        self.score.value = f"<p>{told} · you: {mine} right, the model: {theirs} right, of {len(self.guesses)}</p>"
        self.answer.value = (
            self._answer(int(self.split.labels[row])) if self.done else "<p>What is it? Make your guess first.</p>"
        )

    def _answer(self, truth: int) -> str:
        names, probabilities = self.split.class_names, self.probabilities[self.at]
        mine, theirs = names[self.guesses[self.at]], names[int(probabilities.argmax())]
        told = f"You say {mine}, the model says {theirs}. It is {names[truth]}."
        return f'<p class="graft-verdict">{html.escape(told)}</p>{pictures.probability_bars(names, probabilities)}'

    def summary(self) -> str:
        mine, theirs = self.points()
        return f"{len(self.guesses)} of {len(self.rows)} guessed; learner {mine} right, model {theirs}"

    def picture(self) -> plots.Picture:
        images = self.split.images(self.rows[:6])
        return plots.described(plots.photo_grid(images), f"Photos to guess: {len(self.rows)} of {self.split.name}.")
