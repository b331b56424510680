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
from helpers.widgets.tiles import Tiles, photo_tiles

_LINE = 22  # pixels


class Guess(WidgetFrame):
    """Show a photo, take the learner's guess, and only then show the model's answer and the true class.

    After the last photo come those that the learner or the model got wrong, and a button for other photos.

    Without the widget: `evaluate(model, split).predicted` holds the model's answers.

    Args:
        model: A trained model, from `attach_head`.
        split: Photos to guess, such as `photos.val`.
        n: How many photos in a round.
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
        self.model, self.split, self.n, self.seed = model, split, n, seed
        self._begin_round()
        self.photo, self.answer, self.score = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self.answer.add_class("graft-said")
        # As high as the answer will be, so that nothing below it jumps when it comes.
        self.answer.layout.min_height = f"{_LINE * (len(split.class_names) + 3)}px"
        self.review = Tiles(selectable=False, side=96, label="Photos that you or the model got wrong")
        self.buttons = [controls.button(name, f"My guess: {name}") for name in split.class_names]
        self.next = controls.button("Next photo", "Show another photo", primary=True)
        self.again = controls.button("Again", "Another round, with other photos")
        self.again.on_click(self.guarded(lambda pressed: self.play_again()))
        for number, button in enumerate(self.buttons):
            button.on_click(self.guarded(lambda pressed, number=number: self.guess(number)))
        self.next.on_click(self.guarded(lambda pressed: self.show_next()))
        self.update()
        self.show(
            self.photo,
            controls.row(*self.buttons),
            self.answer,
            controls.row(self.next, self.again, self.score),
            self.review,
            call="model.predict(photos.val.images(rows)); evaluate(model, photos.val)",
        )

    def _begin_round(self) -> None:
        self.rows = np.random.default_rng(self.seed).permutation(len(self.split))[: self.n]
        self.probabilities = engines.predict_images(self.model, self.split.images(self.rows))
        self.guesses: list[int] = []
        self.at = 0

    @property
    def finished(self) -> bool:
        """Whether all photos of the round have been guessed."""
        return len(self.guesses) == len(self.rows)

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

    def play_again(self) -> None:
        """Begin another round, with other photos, once this one is finished."""
        if self.finished:
            self.seed += 1
            self._begin_round()
            self.update()

    def mistakes(self) -> list[int]:
        """Return which photos of the round, counted from 0, the learner or the model got wrong so far."""
        truth, theirs = self.split.labels[self.rows], self.probabilities.argmax(axis=1)
        return [at for at, mine in enumerate(self.guesses) if mine != truth[at] or theirs[at] != truth[at]]

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
        told = "done" if self.finished else told
        self.again.disabled = not self.finished
        self.review.tiles = self._review() if self.finished else []
        self.score.value = f"<p>{told} · you: {mine} right, the model: {theirs} right, of {len(self.guesses)}</p>"
        if not self.done:
            self.answer.value = "<p>What is it? Make your guess first.</p>"
        else:
            self.answer.value = self._answer(int(self.split.labels[row])) + (self._ending() if self.finished else "")

    def _ending(self) -> str:
        mine, theirs = self.points()
        ahead = "As many as the model." if mine == theirs else "More than the model." if mine > theirs else ""
        ahead = ahead or "The model got more."
        below = (
            "Below are those that you, the model or both got wrong."
            if self.mistakes()
            else "Neither of you got one wrong."
        )
        return f"<p>That was the last photo. You got {mine} of {len(self.rows)} right. {ahead} {below}</p>"

    def _review(self) -> list[dict]:
        names, wrong = self.split.class_names, self.mistakes()
        told = []
        for at in wrong:
            truth, mine = names[self.split.labels[self.rows[at]]], names[self.guesses[at]]
            told.append(f"{truth}; you: {mine}, model: {names[int(self.probabilities[at].argmax())]}")
        return photo_tiles(self.split.images(self.rows[wrong]), told, told) if wrong else []

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
        told = f"The first {len(images)} of {len(self.rows)} photos to guess, from the {self.split.name} split."
        return plots.described(plots.photo_grid(images), told)
