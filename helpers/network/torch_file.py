"""Reading the arrays of a PyTorch weights file without PyTorch, and without running anything that stands in it.

PyTorch saved a dict of tensors, until version 1.6, as five pickles in a row (a magic number, a protocol number, facts
about the computer, the dict, the list of storages), and then each storage: how many numbers, and the numbers. A pickle
may ask for any function of any module to be called, which is how such files attack. This reader knows the four names
that a dict of tensors needs, and refuses every other.
"""

import collections
import io
import pickle
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

_MAGIC = 0x1950A86A20F9469CFC6C  # the first thing in the file
_DTYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


@dataclass(frozen=True)
class _Tensor:
    """Where a tensor's numbers will be found, once the storages are read."""

    storage: str
    dtype: np.dtype
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]  # in numbers, not bytes


def read_state(content: bytes) -> dict[str, np.ndarray]:
    """Return the arrays of a PyTorch state dict.

    Args:
        content: The whole file, in the format that PyTorch wrote before version 1.6.

    Returns:
        Dict from each tensor's name to a read-only array, in the order of the file.

    Raises:
        ValueError: If the content is in another format, is cut off, or asks for anything but tensors.

    Example:
        >>> read_state(file.read_bytes())["_fc.weight"].shape  # doctest: +SKIP
        (1000, 1280)
    """
    file = io.BytesIO(content)
    try:
        if _Reader(file).load() != _MAGIC:
            raise ValueError("it doesn't begin with PyTorch's magic number")
        for _ in range(2):  # the protocol's number, and facts about the computer
            _Reader(file).load()
        tensors = _Reader(file).load()
        if not isinstance(tensors, dict) or not all(isinstance(tensor, _Tensor) for tensor in tensors.values()):
            raise ValueError("it holds something else than named tensors")
        kinds = {tensor.storage: tensor.dtype for tensor in tensors.values()}
        storages = {key: _read_storage(file, kinds[key]) for key in _Reader(file).load()}
        return {name: _array(tensor, storages[tensor.storage]) for name, tensor in tensors.items()}
    except Exception as error:  # pickle raises errors of every kind on bytes that it doesn't understand
        raise ValueError(
            f"Expected a dict of tensors as PyTorch wrote it before version 1.6. Received: another file ({error})."
        ) from None


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild
        if module == "torch" and name in _DTYPES:
            return _DTYPES[name]
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")

    def persistent_load(self, pid: Any) -> tuple[str, np.dtype]:
        kind, dtype, key, *_ = pid  # then the device, and how many numbers
        if kind != "storage" or not isinstance(dtype, np.dtype):
            raise pickle.UnpicklingError(f"it refers to {kind!r}")
        return str(key), dtype


def _rebuild(storage: tuple[str, np.dtype], offset: int, shape: tuple, strides: tuple, *_: Any) -> _Tensor:
    return _Tensor(*storage, offset, shape, strides)


def _read_storage(file: BinaryIO, dtype: np.dtype) -> np.ndarray:
    count = int(np.frombuffer(file.read(8), "<i8")[0])
    return np.frombuffer(file.read(count * dtype.itemsize), dtype, count)


def _array(tensor: _Tensor, storage: np.ndarray) -> np.ndarray:
    reach = sum((side - 1) * stride for side, stride in zip(tensor.shape, tensor.strides, strict=True))
    if min((tensor.offset, *tensor.shape, *tensor.strides)) < 0 or tensor.offset + reach >= len(storage):
        raise ValueError("a tensor reaches beyond its storage")
    steps = tuple(stride * storage.itemsize for stride in tensor.strides)
    return np.lib.stride_tricks.as_strided(storage[tensor.offset :], tensor.shape, steps, writeable=False)
