"""Arrays kept on disk between runs: whole or not at all, checked when opened, the least recently used out first.

Activations are cheap to compute again and dear to get wrong. So nothing here is trusted that cannot be proved: an array
appears under its name in one step, when all of it has been written, and its name carries a checksum of its content.
Several processes may use one store at a time; two that write the same array write the same bytes.
"""

import contextlib
import errno
import os
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

_CHUNK = 1 << 24  # bytes read at a time to check an array
_ABANDONED = 3600.0  # seconds without a change after which an unfinished file counts as left behind


class DiskFullError(OSError):
    """The disk is full; the message says how much was wanted and where."""


class Store:
    """A folder of arrays, limited in size.

    Args:
        folder: Where the arrays lie; made when the first is kept.
        limit: Bytes that all arrays together may take.

    Example:
        >>> store = Store(Path("cache"), limit=4_000_000_000)
        >>> store.keep("squares", (10,), "int64", [np.arange(5) ** 2, np.arange(5, 10) ** 2])[3]
        np.int64(9)
    """

    def __init__(self, folder: Path, limit: int):
        self.folder, self.limit = Path(folder), limit
        self._proved: set[str] = set()

    def find(self, key: str) -> np.ndarray | None:
        """Return the array kept under a key, mapped into memory and read-only, or `None`.

        Its checksum is taken the first time that this process opens it. An array that fails is thrown away.
        """
        for file in self.folder.glob(f"{key}.*.npy"):
            try:
                if file.name in self._proved or _checksum(file) == file.name.split(".")[-2]:
                    values = np.load(file, mmap_mode="r")
                    os.utime(file)  # the time of last use decides who goes first
                    self._proved.add(file.name)
                    return values
            except (OSError, ValueError):
                pass  # gone in the meantime, or damaged
            _remove(file)
        return None

    def why_not(self, size: int) -> str | None:
        """Return why an array of `size` bytes cannot be kept, or `None` if it can."""
        if size > self.limit:
            return f"{_told(size)} are more than the cache may hold ({_told(self.limit)})"
        place = next(path for path in (self.folder, *self.folder.parents) if path.is_dir())
        free = shutil.disk_usage(place).free + self._held()
        return f"{_told(size)} do not fit on the disk ({_told(free)} free)" if size > free else None

    def keep(self, key: str, shape: tuple[int, ...], dtype, parts: Iterable[np.ndarray]) -> np.ndarray:
        """Write an array part by part, and return it mapped into memory.

        Args:
            key: Letters and digits; says what the array is.
            shape: Of the whole array.
            dtype: Of the whole array.
            parts: Arrays that make the whole, one after the other along the first axis.

        Raises:
            DiskFullError: If the disk is full. What was kept before stays usable.
        """
        dtype = np.dtype(dtype)
        size = int(np.prod(shape)) * dtype.itemsize
        self.folder.mkdir(parents=True, exist_ok=True)
        self._make_room(size)
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=f"{key}.", suffix=".unfinished")
        try:
            # Written, not mapped: on a full disk a mapped file kills the process, a written one raises.
            with os.fdopen(handle, "wb") as out:
                header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": tuple(shape)}
                np.lib.format.write_array_header_1_0(out, header)
                for part in parts:
                    out.write(np.ascontiguousarray(part, dtype).data)
                out.flush()
                os.fsync(out.fileno())
            expected = os.path.getsize(name)
            file = self.folder / f"{key}.{_checksum(Path(name))}.npy"
            os.replace(name, file)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise DiskFullError(
                f"The disk ran full while {_told(size)} of activations were written to '{self.folder}'. Free some "
                "space, set GRAFT_CACHE to a folder on a larger disk, or pass cache=False."
            ) from None
        finally:
            _remove(Path(name))
        assert expected == os.path.getsize(file)
        self._proved.add(file.name)
        return np.load(file, mmap_mode="r")

    def clear(self) -> None:
        """Throw everything away."""
        for file in self.folder.glob("*.*"):
            _remove(file)

    def _files(self) -> list[tuple[float, int, Path]]:
        found = []
        for file in self.folder.glob("*.npy"):
            try:
                status = file.stat()
                found.append((status.st_mtime, status.st_size, file))
            except FileNotFoundError:
                continue  # another process was faster
        return sorted(found)

    def _held(self) -> int:
        return sum(size for _, size, _ in self._files())

    def _make_room(self, size: int) -> None:
        for file in self.folder.glob("*.unfinished"):
            try:
                if time.time() - file.stat().st_mtime > _ABANDONED:
                    _remove(file)
            except FileNotFoundError:
                continue
        kept = self._files()
        held = sum(each for _, each, _ in kept)
        for _, each, file in kept:
            if held + size <= self.limit and shutil.disk_usage(self.folder).free >= size:
                break
            _remove(file)  # whoever has it open keeps it: the system frees it when the last reader is done
            held -= each


def _checksum(file: Path) -> str:
    value = 0
    with file.open("rb") as content:
        while chunk := content.read(_CHUNK):
            value = zlib.crc32(chunk, value)
    return f"{value:08x}"


def _remove(file: Path) -> None:
    with contextlib.suppress(PermissionError):  # open in another process, on Windows
        file.unlink(missing_ok=True)


def _told(size: float) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"
