"""A part of a model, run and trained batch by batch by whoever decides when."""

from contextlib import ExitStack

import keras
import numpy as np

from helpers import config
from helpers.activations.engines import predict_batch
from helpers.network import twins
from helpers.photos.split import Split
from helpers.training import compiling, pipeline
from helpers.training.settings import TrainingSettings


class RunningPart:
    """A part of a model in inference mode, such as its frozen blocks.

    Args:
        part: From `cutting.part`.
        lent: Closing it gives back what was borrowed to run the part.
    """

    def __init__(self, part: keras.Model, lent: ExitStack) -> None:
        self.part = part
        self.twin = lent.enter_context(twins.lent(part))

    def trace(self) -> None:
        """Let TensorFlow trace it, so that its first batch takes no longer than the next ones."""
        self.run(np.zeros((1, *self.part.input_shape[1:]), np.float32))

    def run(self, inputs: np.ndarray) -> np.ndarray:
        """Return the output for one batch."""
        (output,) = [predict_batch(self.twin, inputs)]
        return np.asarray(output)


class PartTraining:
    """A part of a model whose layers are trained: a head, some blocks with it, or all there is.

    Args:
        part: Ends in a softmax.
        split: The training photos.
        settings: How to train; the learning rate is given with each step.
        lent: Closing it gives back what was borrowed to train it. Call `give` before.
    """

    def __init__(self, part: keras.Model, split: Split, settings: TrainingSettings, lent: ExitStack) -> None:
        self.part, self.targets = part, pipeline.targets(split, settings.label_smoothing)
        purpose = compiling.traced_settings(settings)
        self.twin = lent.enter_context(
            twins.lent(part, purpose, lambda twin: compiling.compile_whole(twin, settings, self.targets[:1]))
        )

    def trace(self, batch_size: int) -> None:
        """Let TensorFlow trace a step and a prediction, and leave no trace of them in the weights."""
        inputs = np.zeros((batch_size, *self.part.input_shape[1:]), np.float32)
        before = self.part.get_weights()
        self.step(inputs, np.zeros(batch_size, int), 0.0)
        self.predict(inputs[:1])
        self.part.set_weights(before)  # where the part is its own twin
        self.take()
        compiling.set_back(self.twin.optimizer)

    def take(self) -> None:
        """Go on from the weights that the part has now."""
        twins.copy_state(self.part, self.twin)

    def give(self) -> None:
        """Copy what was trained into the part."""
        twins.copy_state(self.twin, self.part)

    def step(self, inputs: np.ndarray, rows: np.ndarray, rate: float) -> None:
        """Train on one batch: inputs, the rows of the photos that they belong to, and the learning rate."""
        self.twin.optimizer.learning_rate = rate
        self.twin.train_on_batch(np.asarray(inputs, np.float32), self.targets[rows])

    def predict(self, inputs: np.ndarray) -> np.ndarray:
        """Return the likeliest class for each of any number of inputs."""
        starts = range(0, len(inputs), config.BATCH_SIZE)
        batches = [np.asarray(inputs[start : start + config.BATCH_SIZE], np.float32) for start in starts]
        return np.concatenate([np.asarray(predict_batch(self.twin, batch)).argmax(axis=1) for batch in batches])
