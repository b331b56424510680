"""Arrays kept on disk between runs: whole or not at all, checked when opened, the least recently used out first.

Activations are cheap to compute again and costly to get wrong, so nothing is trusted without a check: an array appears
under its name in one step, once all of it is on the disk, and its name carries a checksum of its content. Several
processes may use one store at a time; two that write the same array write the same bytes.
"""

import contextlib
import errno
import io
import os
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

import numpy as np
from numpy.typing import DTypeLike

from helpers.activations.whole_files import give_usual_rights, remove, sync_folder

_CHUNK = 1 << 24  # bytes read at a time to check an array
_YOUNG = 10.0  # seconds in which an unfinished file may not have been locked yet by its writer
_ABANDONED = 3600.0  # seconds without a change after which it counts as left behind where there are no locks


class NoRoomError(OSError):
    """What should be kept doesn't fit; the message says how large it is and how much would fit."""


class DiskFullError(NoRoomError):
    """The disk is full; the message says how many bytes were to be written, and where."""


class Store:
    """A folder of arrays, limited in size.

    Args:
        folder: Where the arrays are; created when the first is kept.
        limit: Bytes that all arrays together may take.

    Example:
        >>> store = Store(Path("cache"), limit=4_000_000_000)
        >>> store.keep("squares", (10,), "int64", [np.arange(5) ** 2, np.arange(5, 10) ** 2])[3]
        np.int64(9)
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder, self.limit = Path(folder), limit
        self._proved: dict[str, tuple[int, ...]] = {}

    def find(self, key: str) -> np.ndarray | None:
        """Return the array kept under a key, mapped into memory and read-only, or `None`.

        Its checksum is verified the first time this process opens it, and again if the file was changed since. An array
        that fails is removed.
        """
        for file in self.folder.glob(f"{key}.*.npy"):
            try:
                state = _state_of(file)
                if self._proved.get(file.name) == state or _checksum(file) == file.name.split(".")[-2]:
                    values = _mapped(file)
                    with contextlib.suppress(OSError):  # a folder that may only be read
                        _note_use(file)
                    self._proved[file.name] = state
                    return values
                remove(file)
            except ValueError:  # as long as it should be, but not an array
                remove(file)
            except OSError:
                continue  # removed in the meantime, or unreadable for this user
        return None

    def reason_not_cached(self, size: int) -> str | None:
        """Return why arrays of `size` bytes together cannot be kept, or `None` if they can."""
        if size > self.limit:
            return f"{_readable(size)} are more than the cache may hold ({_readable(self.limit)})"
        place = next(path for path in (self.folder, *self.folder.parents) if path.is_dir())
        if not os.access(place, os.W_OK):
            return f"nothing can be written to '{place}'"
        free = shutil.disk_usage(place).free + sum(each for _, each, _ in self._files("*.npy"))
        return f"{_readable(size)} do not fit on the disk ({_readable(free)} free)" if size > free else None

    def keep(self, key: str, shape: tuple[int, ...], dtype: DTypeLike, parts: Iterable[np.ndarray]) -> np.ndarray:
        """Write an array part by part, and return it mapped into memory.

        Args:
            key: Letters and digits; says what the array is.
            shape: Of the whole array.
            dtype: Of the whole array.
            parts: Pieces of the array, in order along the first axis.

        Raises:
            NoRoomError: If it is larger than the limit, or the disk is full. What was kept before stays usable.
        """
        with self.writing(key, shape, dtype) as writing:
            for part in parts:
                writing.write(part)
        return writing.values

    @contextlib.contextmanager
    def writing(self, key: str, shape: tuple[int, ...], dtype: DTypeLike) -> Iterator["Writing"]:
        """Open an array to be written with `.write(part)`; its `.values` are there once the block has ended.

        The array appears under its key at the end of the block. A block that raises an error leaves nothing behind.

        Args:
            key: Letters and digits; says what the array is.
            shape: Of the whole array.
            dtype: Of the whole array.

        Raises:
            NoRoomError: If it is larger than the limit, or the disk is full. What was kept before stays usable.
        """
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        if size > self.limit:
            raise NoRoomError(self.reason_not_cached(size))
        self.folder.mkdir(parents=True, exist_ok=True)
        self._make_room(size)
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=f"{key}.", suffix=".unfinished")
        try:
            # Written, not mapped: on a full disk a mapped file kills the process, a written one raises.
            with os.fdopen(handle, "wb") as out:
                if fcntl:
                    fcntl.flock(out, fcntl.LOCK_EX)  # the system lets go of it when the process ends, however it ends
                _reserve(out, size)
                writing = Writing(out, shape, np.dtype(dtype))
                yield writing
                out.flush()
                os.fsync(out.fileno())
                # A program that cut it short while it is mapped would kill this one; one that changed it, its results.
                give_usual_rights(out.fileno(), write=False)
            if writing.missing:
                raise ValueError(f"Expected {size} bytes for '{key}'. Received: {writing.missing} bytes fewer.")
            file = self.folder / f"{key}.{writing.checksum:08x}.npy"
            state = _state_of(Path(name))
            mapped = _mapped(Path(name)) if os.name == "posix" else None  # once named, another process may remove it
            os.replace(name, file)
            sync_folder(self.folder)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise DiskFullError(
                f"the disk ran full while {_readable(size)} were written to '{self.folder}': free some space, set "
                "GRAFT_CACHE to a folder on a larger disk, or pass cache=False"
            ) from None
        finally:
            remove(Path(name))
        self._proved[file.name] = state
        writing.values = _mapped(file) if mapped is None else mapped

    def clear(self) -> None:
        """Remove everything."""
        for file in self.folder.glob("*.*"):
            remove(file)

    def _files(self, pattern: str) -> list[tuple[float, int, Path]]:
        found = []
        for file in self.folder.glob(pattern):
            with contextlib.suppress(FileNotFoundError):  # another process was faster
                status = file.stat()
                used = max(status.st_atime, status.st_mtime) if file.suffix == ".npy" else status.st_mtime
                found.append((used, status.st_size, file))
        return sorted(found)

    def _make_room(self, size: int) -> None:
        for changed, _, file in self._files("*.unfinished"):
            if _is_abandoned(file, time.time() - changed):
                remove(file)
        kept = self._files("*.npy")
        held = sum(each for _, each, _ in kept + self._files("*.unfinished"))
        if size > shutil.disk_usage(self.folder).free + sum(each for _, each, _ in kept):
            return  # removing everything wouldn't help
        for _, each, file in kept:
            if held + size <= self.limit and shutil.disk_usage(self.folder).free >= size:
                break
            remove(file)  # a process that has it open keeps it: the space is freed when the last reader is done
            held -= each


class Writing:
    """An array being written: `.write(part)` appends; `.values` is the whole array once it is on the disk."""

    values: np.ndarray

    def __init__(self, out: BinaryIO, shape: tuple[int, ...], dtype: np.dtype) -> None:
        self.out, self.dtype, self.checksum = out, dtype, 0
        self.missing = int(np.prod(shape)) * dtype.itemsize
        header = io.BytesIO()
        described = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": tuple(shape)}
        np.lib.format.write_array_header_1_0(header, described)
        self._append(header.getbuffer())

    def write(self, part: np.ndarray) -> None:
        """Append rows."""
        data = np.ascontiguousarray(part, self.dtype).data.cast("B")
        self.missing -= len(data)
        self._append(data)

    def _append(self, data: memoryview) -> None:
        self.checksum = zlib.crc32(data, self.checksum)
        self.out.write(data)


def _is_abandoned(file: Path, age: float) -> bool:
    if not fcntl or age < _YOUNG:
        return age > _ABANDONED
    with contextlib.suppress(OSError), file.open("rb") as unfinished:
        fcntl.flock(unfinished, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return True
    return False


def _reserve(out: BinaryIO, size: int) -> None:
    # Better to learn now than after minutes of computing that the disk is too small. Where the system cannot reserve
    # space (macOS, Windows), writing itself finds out.
    if hasattr(os, "posix_fallocate") and size:
        os.posix_fallocate(out.fileno(), 0, size)


def _mapped(file: Path) -> np.ndarray:
    # "Copy on write" lets TensorFlow read the mapped pages in place; nothing is ever written through the mapping.
    values = np.load(file, mmap_mode="c")
    values.setflags(write=False)
    return values


def _state_of(file: Path) -> tuple[int, ...]:
    status = file.stat()
    return status.st_size, status.st_mtime_ns, status.st_ino


def _note_use(file: Path) -> None:
    # The time of last use decides who goes first. The time of the last change stays: it tells whether to check again.
    os.utime(file, ns=(time.time_ns(), file.stat().st_mtime_ns))


def _checksum(file: Path) -> str:
    value = 0
    with file.open("rb") as content:
        while chunk := content.read(_CHUNK):
            value = zlib.crc32(chunk, value)
    return f"{value:08x}"


def _readable(size: float) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"
