"""Which blocks of a learner's model would learn, compared with those that should."""

import keras
import numpy as np

from helpers.exercises.models import blocks_of
from helpers.network import freezing


def flags_fault(model: keras.Model, blocks_free: int, norms_may_learn: bool = False) -> str | None:
    """Return what is wrong with a model's flags, or `None` if just the head and the base's last blocks would learn.

    Args:
        model: The answer.
        blocks_free: How many blocks at the base's end should learn, whole.
        norms_may_learn: Whether BatchNormalization in these blocks may learn.

    Raises:
        AnswerError: If the model isn't built on a base.

    Example:
        >>> flags_fault(start, 1)
        'Nothing in top, the end of the base, learns. …'
    """
    names = [block.name for block in blocks_of(model)]
    wanted = names[len(names) - blocks_free :]
    return _head_fault(model) or _blocks_fault(model, names, wanted) or _inside_fault(model, wanted, norms_may_learn)


def untrained_head_fault(model: keras.Model) -> str | None:
    """Return a sentence if a model's head was never trained, or `None`."""
    # An output layer starts with biases of 0, and its first step of training changes them.
    biases = [getattr(layer, "bias", None) for layer in freezing.head_layers(model) if layer.weights][-1:]
    if biases and biases[0] is not None and not np.any(biases[0]):
        return "The head was never trained: it would send random corrections into the blocks. Use copy_of(start)."
    return None


def _head_fault(model: keras.Model) -> str | None:
    head = [layer for layer in freezing.head_layers(model) if layer.weights]
    if not head:
        return "This model has no head with weights. Start from attach_head(base, classes=classes)."
    if not model.trainable_weights:
        return (
            "Nothing would learn: every layer is frozen, or model.trainable is False. The layers of the head, whose "
            "names start with head_, should learn."
        )
    frozen = [layer.name for layer in head if not freezing.learns(layer)]
    if len(frozen) == len(head):
        return "The head is frozen, and part of the base is not. The head should always keep learning."
    return f"A layer of the head is frozen: {frozen[0]}. The whole head should learn." if frozen else None


def _blocks_fault(model: keras.Model, names: list[str], wanted: list[str]) -> str | None:
    table = freezing.plan_of(model).table.set_index("block")
    free = [name for name in names if not table.frozen[name]]
    if free == wanted:
        return None
    last = " and ".join(wanted)
    if not free:
        return (
            f"Nothing in {last}, the end of the base, learns. The last layers of the model belong to its head: which "
            "did you unfreeze? model.trainable = True changes nothing where it is True already: set the layers' own."
        )
    extra = [name for name in free if name not in wanted]
    if extra and all(_is_norm(layer) for layer in _learning(model, extra)):
        return (
            f"BatchNormalization is not frozen in {_counted(extra)} that should be frozen, so the statistics there "
            "would drift. Freeze those layers, too."
        )
    if not wanted:
        copied = " attach_head has put a copy of base into the model: freezing base itself doesn't freeze the copy."
        return (
            f"{_counted(free)} of the base would still learn: {_listed(free)}. The whole base should be frozen."
            f"{copied if len(free) == len(names) else ''}"
        )
    if len(free) == len(names):
        return f"Everything is unfrozen, down to the stem. Of the base, only {last} should be."
    return f"Unfrozen blocks: {_listed(free)}. Expected: {last}."


def _inside_fault(model: keras.Model, wanted: list[str], norms_may_learn: bool) -> str | None:
    layers = [layer for layer in _layers(model, wanted) if layer.weights]
    loose = [layer.name for layer in layers if _is_norm(layer) and layer.trainable]
    if loose and not norms_may_learn:
        return (
            f"BatchNormalization in {' and '.join(wanted)} is unfrozen, such as {loose[0]}. Freeze it, so that its "
            "statistics don't change."
        )
    still = [layer.name for layer in layers if not _is_norm(layer) and not layer.trainable]
    if still:
        number = f"{len(still)} layers" if len(still) > 1 else "One layer"
        return f"{number} of {' and '.join(wanted)} would not learn, such as {still[0]}: a cut inside a block."
    return None


def _layers(model: keras.Model, names: list[str]) -> list[keras.layers.Layer]:
    return [model.get_layer(name) for block in blocks_of(model) if block.name in names for name in block.layers]


def _learning(model: keras.Model, names: list[str]) -> list[keras.layers.Layer]:
    return [layer for layer in _layers(model, names) if freezing.learns(layer)]


def _is_norm(layer: keras.layers.Layer) -> bool:
    return isinstance(layer, keras.layers.BatchNormalization)


def _counted(names: list[str]) -> str:
    return f"{len(names)} blocks" if len(names) > 1 else "one block"


def _listed(names: list[str]) -> str:
    return ", ".join(names[:4]) + (" …" if len(names) > 4 else "")
