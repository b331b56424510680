"""The photo booth: take photos of a few things with the camera, train in seconds, and watch the model answer live."""

import html
import threading
import time
from pathlib import Path

import ipywidgets
import keras

from helpers import checks, config, plots
from helpers.judging.answer import Answer
from helpers.photos.loading import Photos
from helpers.photos.names import printable
from helpers.training.run import Run
from helpers.widgets import controls
from helpers.widgets.booth import folder as booth_folder
from helpers.widgets.booth import training as booth_training
from helpers.widgets.booth.answers import FrozenEyes, QuickAnswers
from helpers.widgets.booth.classes import BoothClass, BoothClasses
from helpers.widgets.booth.folder import BoothFolder
from helpers.widgets.booth.page import BoothPage, described_answer
from helpers.widgets.booth.still import drawn_booth
from helpers.widgets.frame import Newest, WidgetFrame, Worker

_RETELL = 0.1  # seconds between two moves of the bar


class PhotoBooth(WidgetFrame):
    """Take photos of two or more things with the camera, train a new head on them, and see live what it answers.

    Hold a class's button to take about eight photos per second of it. *Train* takes seconds, since the base stays
    frozen. Then the model is asked about one camera picture after the other, and may answer "none of these", as in
    `PhotoDrop`. Without a camera, photo files do the same.

    The pictures go to the notebook's kernel and nowhere else. Photos are kept in `folder`, one sub-folder per class, so
    `load_photos(folder)` loads them in any lesson. Photos that are there already are used, and stay as they are.

    The frames of one hold are near-copies of each other. So a whole hold is either trained on or validated on; where a
    class has one hold only, its frames are divided by time, into four parts. Even so, photos of the same minutes
    resemble each other, and the accuracy that is shown flatters.

    Without the widget: `load_photos(folder, split=(0.75, 0.25, 0), groups=PhotoBooth.groups_in(folder))`, then
    `attach_head`, `freeze` and `fit` with 15 epochs at 3e-3.

    Args:
        base: A pre-trained base from `load_base`. It is not changed.
        folder: Where the photos are kept. It is made with the first photo.
        seed: Decides which photos are validated on, the new head's weights, and dropout.

    Attributes:
        model: The last model that was trained; `None` at first.
        photos: What it was trained on; `None` at first.
        run: What `fit` returned; `None` at first.
        classes: The classes on the page.

    Raises:
        TypeError: If an argument is of the wrong kind.
        ValueError: If the folder is a file, or divided into train, val and test.

    Example:
        >>> booth = PhotoBooth(base, folder="my_photos")
        >>> booth
    """

    groups_in = staticmethod(booth_folder.groups_in)

    @checks.checked(base=checks.kind_of(keras.Model), folder=checks.path, seed=checks.seed)
    def __init__(self, base: keras.Model, folder: str | Path = "my_photos", seed: int = config.SEED) -> None:
        super().__init__()
        self.base, self.folder, self.seed = base, BoothFolder(folder), seed
        self.image_size = base.input_shape[1] or config.IMAGE_SIZE
        self.classes = BoothClasses(self.folder)
        self.model: keras.Model | None = None
        self.photos: Photos | None = None
        self.run: Run | None = None
        self._answers: QuickAnswers | None = None
        self._eyes: FrozenEyes | None = None
        self._holds: dict[tuple[str, str], int] = {}
        self._changing = threading.RLock()  # some front ends call back in several threads
        self._opening = threading.Lock()
        self.worker, self.ahead = Worker(self._failed), Newest(self._failed)
        self.page = BoothPage(image_size=self.image_size, folder=printable(folder))
        self._make_controls()
        self.update()
        self.show(self.page, controls.row(self.train, self.bar), self.said, call=booth_training.same_call(str(folder)))

    def _make_controls(self) -> None:
        self.train = controls.button("Train", "Train a new head on all photos; it takes seconds", primary=True)
        self.bar = ipywidgets.FloatProgress(min=0, max=1, layout={"width": "200px"})
        self.said = ipywidgets.HTML("<p>Name your classes and take some photos of each, then press Train.</p>")
        self.said.add_class("graft-said")
        self._told = 0.0
        self.train.on_click(self.guarded(lambda pressed: self.start_training()))
        self.page.listen(
            add=self.guarded(lambda told, data: self._then_shown(self.classes.add)),
            rename=self.guarded(lambda told, data: self._then_shown(self.classes.rename, told["key"], told["name"])),
            remove=self.guarded(lambda told, data: self._then_shown(self.classes.remove, told["key"])),
            photo=self.guarded(self._kept),
            released=lambda told, data: self.update(),
            camera=lambda told, data: self.get_ahead(),
            look=self._looked_at,  # not guarded: it would wipe away an error before anybody has read it
        )

    def _then_shown(self, action, *arguments) -> None:
        try:
            with self._changing:
                action(*arguments)
        finally:
            self.update()

    def update(self) -> None:
        """Show the classes as they are."""
        with self._changing:
            self.page.classes = self.classes.described()

    # Taking photos.

    def _kept(self, told: dict, data: bytes) -> None:
        answer = {"kind": "kept", "view": told.get("view"), "turn": told.get("turn"), "key": told["key"], "kept": False}
        try:
            kept = self.keep(told["key"], data, str(told.get("hold", "")), str(told.get("name", "")))
            answer |= {"kept": True, "photos": kept.photos}
        finally:  # the page waits for an answer before it sends more
            self.page.send(answer)

    def keep(self, key: str, data: bytes, hold: str = "", name: str = "") -> BoothClass:
        """Keep a photo of a class, and return the class.

        Args:
            key: The class's, such as `"class1"`.
            data: The photo's file.
            hold: Photos that were taken in one go have the same word here.
            name: What the file was called, if it is the learner's own.

        Raises:
            ValueError: If the class's name won't do, or the file isn't a photo.
            OSError: If the photo can't be written.
        """
        booth_folder.read_square(data, self.image_size, name)
        with self._changing:
            of = self.classes[key]
            if of.problem:
                raise ValueError(of.problem)
            if (key, hold) not in self._holds:
                self._holds[key, hold] = self.folder.new_hold(of.name)
            try:
                self.folder.keep(of.name, data, self._holds[key, hold], Path(name).suffix or ".jpg")
            except OSError as error:
                raise OSError(
                    f"Expected to write photos into '{self.page.folder}'. Received: {error.strerror or error}. "
                    "Choose another folder: PhotoBooth(base, folder=…)."
                ) from error
            of.photos += 1
        self.get_ahead()
        return of

    def get_ahead(self) -> None:
        """Get the base ready in another thread while photos are taken, so that training begins at once."""
        if self._eyes is None and not self.worker.busy:
            self.ahead.ask(lambda: self._ready_eyes().get_ready(self.image_size))

    def _ready_eyes(self) -> FrozenEyes:
        with self._opening:  # not the other lock: photos are kept meanwhile
            self._eyes = self._eyes or FrozenEyes(self.base)
            return self._eyes

    # Training.

    def start_training(self) -> None:
        """Do what the Train button does: train in a separate thread. `self.worker.wait()` waits until it ends.

        Raises:
            ValueError: If there are fewer than two classes, or a class has too few photos.
        """
        self._then_shown(self.classes.look_again)
        booth_training.check_enough(self.classes)
        self._busy(True)
        self.worker.start(self._train)

    def _train(self) -> None:
        began = time.perf_counter()
        self.ahead.wait()
        trained = booth_training.train(
            self.folder.path, self.base, self.image_size, self.seed, self._ready_eyes(), self._progress
        )
        self.model, self.photos, self.run = trained.model, trained.photos, trained.run
        self._answers = trained.answers
        self._busy(False)
        self.said.value = f"<p>{html.escape(trained.in_words(time.perf_counter() - began))}</p>"

    def _progress(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if done < total and now - self._told < _RETELL:
            return
        self._told, self.bar.value = now, done / total

    def _busy(self, busy: bool) -> None:
        self.train.disabled = busy
        self.page.answering = not busy and self._answers is not None
        if busy:
            self.bar.value, self.said.value = 0, "<p>training …</p>"

    def _failed(self, error: BaseException) -> None:
        self._busy(False)
        self.said.value = ""
        self.tell(error)

    # Answering.

    def _looked_at(self, told: dict, data: bytes) -> None:
        reply: dict = {"kind": "answer", "view": told.get("view"), "turn": told.get("turn")}
        try:
            reply |= described_answer(self.answer(data, str(told.get("name", ""))))
        except ValueError as error:
            self.tell(error)
        except Exception as error:
            self.page.answering = False  # or it would fail again with every picture
            self.tell(error)
        finally:  # the page asks again only when it was answered
            self.page.send(reply)

    def answer(self, data: bytes, name: str = "") -> Answer:
        """Return what the model says about a photo.

        Args:
            data: The photo's file.
            name: What to call it.

        Raises:
            ValueError: If there is no model yet, or the file isn't a photo.
        """
        if self._answers is None:
            raise ValueError("Expected a trained model. Received: none yet. Press Train first.")
        return self._answers.of(booth_folder.read_square(data, self.image_size, name))

    # Where widgets don't render.

    def summary(self) -> str:
        counts = [each.photos for each in self.classes if each.photos]
        if not counts:
            return "no photos yet"
        state = "not trained yet" if self.run is None else f"val accuracy {self.run.val_accuracy:.3f}"
        return f"{sum(counts)} photos of {len(counts)} class{'es' * (len(counts) != 1)}; {state}"

    def picture(self) -> plots.Picture:
        drawn = drawn_booth([(printable(each.name), each.photos) for each in self.classes])
        return plots.described(drawn, f"The photo booth, a camera and the classes beside it: {self.summary()}.")
