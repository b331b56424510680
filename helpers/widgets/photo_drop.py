"""Photo drop: give a model a photo of your own, and see what it says, why, and whether it should abstain."""

import html

import ipywidgets
import keras
import numpy as np

from helpers import plots
from helpers.judging.answer import NONE_OF_THESE
from helpers.judging.explain import PhotoExplanation, explain_photo, overlay
from helpers.judging.heat_colours import HEAT
from helpers.judging.neighbours import Neighbours
from helpers.photos.loading import Photos
from helpers.photos.opening import KINDS
from helpers.photos.photo import PhotoError, decode_photo
from helpers.widgets import controls, pictures
from helpers.widgets.drop_zone import DropZone
from helpers.widgets.frame import Newest, WidgetFrame
from helpers.widgets.tiles import Tiles, photo_tiles

_BUSY = "reading the training photos once, for comparison"


class PhotoDrop(WidgetFrame):
    """Drop a photo in; get the model's answer, where it comes from, the nearest training photos, or "none of these".

    The photo is prepared as the training photos were. It is not stored or sent anywhere.

    Without the widget: `explain_photo(model, read_photo(path), Neighbours(model, photos))`.

    Args:
        model: A trained model, from `attach_head`.
        photos: What it was trained on.

    Attributes:
        explanation: What the model says about the last photo, and why; `None` at first.

    Example:
        >>> PhotoDrop(model, photos)
    """

    def __init__(self, model: keras.Model, photos: Photos) -> None:
        super().__init__()
        self.model, self.photos = model, photos
        self.explanation: PhotoExplanation | None = None
        self.name = ""
        self._neighbours: Neighbours | None = None
        self.upload = ipywidgets.FileUpload(accept="image/*", description="Choose a photo", layout={"width": "auto"})
        self.zone = DropZone()
        self.instead = controls.button("Try a test photo", "Take a photo from the test split instead")
        self.answer, self.pictures, self.away = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self.answer.add_class("graft-said")
        self.nearest = Tiles(selectable=False, side=88, label="Nearest training photos")
        self.upload.observe(self.guarded(lambda change: self._uploaded()), "value")
        self.zone.on_drop(self.guarded(lambda data, name: self.worker.ask(lambda: self.look_at(data, name))))
        self.instead.on_click(self.guarded(lambda pressed: self.take_test_photo()))
        self.worker, self._turn = Newest(self._failed), 0
        self.show(
            controls.row(self.upload, self.zone, self.instead),
            self.answer,
            self.pictures,
            ipywidgets.HTML('<p class="graft-quiet">The training photos that the model finds most similar:</p>'),
            self.nearest,
            self.away,
            call="explain_photo(model, read_photo(path), Neighbours(model, photos))",
        )

    def _uploaded(self) -> None:
        if self.upload.value:
            file = self.upload.value[-1]
            self.worker.ask(lambda: self.look_at(bytes(file["content"]), file["name"]))

    def take_test_photo(self) -> None:
        """Look at the next photo of the test split."""
        split = self.photos.test if len(self.photos.test) else self.photos.val
        row = (7 * self._turn) % len(split)
        self._turn += 1
        name = f"{split.name} photo {row}, {split.class_names[split.labels[row]]}"
        self.worker.ask(lambda: self._judge(split.images([row])[0], name))

    def _failed(self, error: BaseException) -> None:
        self.explanation, self.answer.value, self.pictures.value, self.nearest.tiles = None, "", "", []
        self.tell(error)

    def look_at(self, data: bytes, name: str) -> None:
        """Show what the model says about a photo.

        Args:
            data: The file's bytes.
            name: What to call it.

        Raises:
            ValueError: If it can't be read as a photo; the message says why.
        """
        try:
            image = decode_photo(data, self.photos.image_size, self.photos.stretch)
        except PhotoError as error:
            raise ValueError(f"{name} cannot be read: {error}. Expected a {KINDS} photo.") from None
        self._judge(image, name)

    def _judge(self, image: np.ndarray, name: str) -> None:
        if self._neighbours is None:
            self.answer.value = f"<p>{_BUSY} …</p>"
            self._neighbours = Neighbours(self.model, self.photos)
            self.away.value = f'<p class="graft-quiet">{html.escape(self._turned_away(self._neighbours))}</p>'
        self.answer.value = "<p>looking at it …</p>"
        self.name, self.explanation = name, explain_photo(self.model, image, self._neighbours)
        answer = self.explanation.answer
        self.answer.value = f'<p class="graft-verdict">{html.escape(self.verdict())}</p>' + pictures.probability_bars(
            list(answer.probabilities), np.array(list(answer.probabilities.values()))
        )
        warm = overlay(image, self.explanation.heat)
        self.pictures.value = pictures.side_by_side(
            (image, name, f"The photo {name}, as the model sees it, {image.shape[0]} pixels wide"),
            (
                warm,
                f"what speaks for “{answer.label}”: yellow most, grey not at all",
                f"The same photo in grey, coloured where it counts for {answer.label}",
            ),
        ) + pictures.colour_scale(HEAT, "counts little", "counts most")
        rows = self.explanation.likeness.rows
        told = [self.photos.class_names[label] for label in self.photos.train.labels[rows]]
        alts = [f"training photo, {each}, number {place} in likeness" for place, each in enumerate(told, start=1)]
        self.nearest.tiles = photo_tiles(self.photos.train.images(rows), told, alts)

    def _turned_away(self, neighbours: Neighbours) -> str:
        split = self.photos.test if len(self.photos.test) else self.photos.val
        shares = neighbours.turned_away(split).dropna()
        told = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
        return f"Photos of these classes that it calls “{NONE_OF_THESE}” all the same ({split.name} photos): {told}."

    def verdict(self) -> str:
        """Return what the model should answer, with the reason, in one sentence."""
        if self.explanation is None:
            return "no photo yet"
        return f"{self.explanation.answer.verdict}: {self.explanation.answer.reason}"

    def summary(self) -> str:
        return self.verdict() if self.explanation is None else f"{self.name}: {self.verdict()}"

    def picture(self) -> plots.Picture:
        images = self.photos.train.images(range(min(6, len(self.photos.train))))
        return plots.described(
            plots.photo_grid(images), "Photo drop: a place for your photo, and photos the model knows."
        )
