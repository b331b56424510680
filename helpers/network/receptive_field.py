"""The receptive field: how much of a photo one position of a feature map can see."""

import math
from dataclasses import dataclass
from functools import cache

import keras

from helpers.network.graph import inputs_of, producer_of


@dataclass(frozen=True)
class Field:
    """The receptive fields of the positions in a feature map.

    The position in row `i` sees the photo's rows from `i * jump + low` to `i * jump + high`; columns work the same way.

    Attributes:
        jump: Pixels between the fields of two neighbouring positions.
        low, high: First and last pixel that position 0 sees; below 0 where it sees padding.
    """

    jump: int
    low: int
    high: int

    @property
    def side(self) -> int:
        """Pixels along one side."""
        return self.high - self.low + 1

    def box(self, row: int, column: int, size: int) -> tuple[int, int, int, int]:
        """Return what a position sees of a photo: top, left, bottom, right; bottom and right are exclusive."""
        first = [min(max(0, place * self.jump + self.low), size - 1) for place in (row, column)]
        last = [max(min(size, place * self.jump + self.high + 1), 1) for place in (row, column)]
        return first[0], first[1], last[0], last[1]

    def behind(self, kernel: int, stride: int, before: int) -> "Field":
        """Return the field after a layer that looks at `kernel` positions, with `before` positions of padding first."""
        low = self.low - before * self.jump
        return Field(self.jump * stride, low, low + (self.high - self.low) + (kernel - 1) * self.jump)

    def joined(self, other: "Field") -> "Field":
        """Return the field of a position that sees two others."""
        return Field(max(self.jump, other.jump), min(self.low, other.low), max(self.high, other.high))


def receptive_field(model: keras.Model, layer: str) -> Field:
    """Return what a position in a layer's output can see, computed from kernels, strides and padding.

    Squeeze-and-excite is left out: it averages over the whole photo, so every position sees a trace of everything.
    (Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", 2019.)

    Args:
        model: A flat model on a base.
        layer: Keras's name of a layer whose output is feature maps.

    Example:
        >>> receptive_field(base, "block3b_add").side
        67
    """

    @cache
    def of(operation: keras.Operation) -> Field:
        inputs = [producer_of(tensor) for tensor in inputs_of(operation)]
        if not inputs:
            return Field(1, 0, 0)
        if isinstance(operation, keras.layers.Multiply):  # the second comes from squeeze-and-excite
            inputs = inputs[:1]
        field = of(inputs[0])
        for other in inputs[1:]:
            field = field.joined(of(other))
        return _through(operation, field)

    return of(model.get_layer(layer))


def _through(operation: keras.Operation, field: Field) -> Field:
    if isinstance(operation, keras.layers.ZeroPadding2D):
        return field.behind(1, 1, operation.padding[0][0])
    kernel = getattr(operation, "kernel_size", None) or getattr(operation, "pool_size", None)
    if kernel is None:
        return field
    stride, before = operation.strides[0], 0
    if operation.padding == "same":
        size = inputs_of(operation)[0].shape[1]
        missing = (math.ceil(size / stride) - 1) * stride + kernel[0] - size if size else kernel[0] - stride
        before = max(missing, 0) // 2
    return field.behind(kernel[0], stride, before)
