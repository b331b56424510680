"""Reading PyTorch's weights files without PyTorch. The files are written here, by pickling as PyTorch did."""

import collections
import io
import os
import pickle
import struct
import sys
import types

import numpy as np
import pytest

from helpers.network.torch_file import read_state

MAGIC = 0x1950A86A20F9469CFC6C


class _Storage:
    def __init__(self, kind, key: str, array: np.ndarray) -> None:
        self.kind, self.key, self.array = kind, key, array


class _Pickler(pickle.Pickler):
    def persistent_id(self, obj):
        if isinstance(obj, _Storage):
            return "storage", obj.kind, obj.key, "cpu", len(obj.array), None
        return None


class _Tensor:
    def __init__(self, rebuild, *arguments) -> None:
        self.rebuild, self.arguments = rebuild, arguments

    def __reduce__(self):
        return self.rebuild, self.arguments


@pytest.fixture
def torch(monkeypatch):
    """Return stand-ins for the few names of PyTorch that such a file refers to."""
    whole, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    for name in ("FloatStorage", "LongStorage", "HalfStorage"):
        setattr(whole, name, type(name, (), {"__module__": "torch"}))

    def rebuild(*arguments):
        raise AssertionError("the reader called a function of PyTorch's")

    rebuild.__module__, rebuild.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = rebuild
    monkeypatch.setitem(sys.modules, "torch", whole)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)
    return whole


def written(state, storages) -> bytes:
    file = io.BytesIO()
    for part in (MAGIC, 1001, {"little_endian": True}):
        pickle.dump(part, file, protocol=2)
    _Pickler(file, protocol=2).dump(state)
    pickle.dump([storage.key for storage in storages], file, protocol=2)
    for storage in storages:
        file.write(struct.pack("<q", len(storage.array)) + storage.array.tobytes())
    return file.getvalue()


def tensor(storage, offset, shape, strides):
    rebuild = sys.modules["torch._utils"]._rebuild_tensor_v2
    return _Tensor(rebuild, storage, offset, shape, strides, False, collections.OrderedDict())


@pytest.fixture
def numbers(torch):
    return _Storage(torch.FloatStorage, "a", np.arange(24, dtype="<f4"))


def test_tensors_are_read_whatever_their_order_in_memory(torch, numbers):
    counts = _Storage(torch.LongStorage, "b", np.array([7], "<i8"))
    state = collections.OrderedDict(
        whole=tensor(numbers, 0, (2, 3, 4), (12, 4, 1)),
        turned=tensor(numbers, 0, (4, 6), (1, 4)),  # a transposed view, as most of a converted file's kernels are
        part=tensor(numbers, 4, (3,), (2,)),
        count=tensor(counts, 0, (), ()),
    )
    read = read_state(written(state, [counts, numbers]))
    assert list(read) == ["whole", "turned", "part", "count"]
    assert np.array_equal(read["whole"], np.arange(24).reshape(2, 3, 4))
    assert np.array_equal(read["turned"], np.arange(24).reshape(6, 4).T)
    assert read["part"].tolist() == [4, 6, 8]
    assert read["count"] == 7
    assert read["whole"].dtype == np.float32
    assert not read["turned"].flags.writeable


@pytest.mark.parametrize(
    ("offset", "shape", "strides"), [(20, (5,), (1,)), (0, (4, 7), (7, 1)), (-1, (2,), (1,)), (3, (4,), (-1,))]
)
def test_a_tensor_outside_its_storage_is_refused(numbers, offset, shape, strides):
    with pytest.raises(ValueError, match="beyond its storage"):
        read_state(written({"x": tensor(numbers, offset, shape, strides)}, [numbers]))


class _Attack:
    def __init__(self, function, argument) -> None:
        self.function, self.argument = function, argument

    def __reduce__(self):
        return self.function, (self.argument,)


@pytest.mark.parametrize("function", [os.system, exec, __import__, eval, print])
def test_a_file_that_asks_for_a_function_is_refused_and_the_function_is_not_called(function, tmp_path, numbers):
    proof = tmp_path / "proof"
    state = {"x": tensor(numbers, 0, (2,), (1,)), "y": _Attack(function, f"open({str(proof)!r}, 'w')")}
    with pytest.raises(ValueError, match=f"it asks for .*{function.__name__}"):
        read_state(written(state, [numbers]))
    assert not proof.exists()


def test_another_type_of_numbers_is_refused(torch):
    halves = _Storage(torch.HalfStorage, "a", np.zeros(4, "<f2"))
    with pytest.raises(ValueError, match=r"it asks for torch\.HalfStorage"):
        read_state(written({"x": tensor(halves, 0, (4,), (1,))}, [halves]))


@pytest.mark.parametrize("cut", [0, 1, 30, -40, -1])
def test_half_a_file_is_refused(numbers, cut):
    whole = written({"x": tensor(numbers, 0, (24,), (1,))}, [numbers])
    assert len(read_state(whole)["x"]) == 24
    with pytest.raises(ValueError, match=r"PyTorch.*Received: another file"):
        read_state(whole[:cut])


@pytest.mark.parametrize(
    "content", [pickle.dumps(MAGIC + 1), b"PK\x03\x04 a zip file, as PyTorch writes today", pickle.dumps({"x": 1})]
)
def test_another_kind_of_file_is_refused(content):
    with pytest.raises(ValueError, match=r"before version 1\.6"):
        read_state(content)


def test_a_list_in_place_of_tensors_is_refused(numbers):
    with pytest.raises(ValueError, match="something else than named tensors"):
        read_state(written([1, 2], [numbers]))
    with pytest.raises(ValueError, match="something else than named tensors"):
        read_state(written({"x": 3}, [numbers]))
