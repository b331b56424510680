"""A process of its own that decodes strangers' photos, and may be ended: after a deadline, or for want of memory.

What a photo costs is told from its header before it is decoded, and what costs too much is refused
(`helpers.photos.limits`). This is for files whose header lies, and for faults in the libraries that decode them: they
end this process, and not the app.
"""

import contextlib
import faulthandler
import json
import os
import subprocess
import sys
import threading
import time
from typing import IO

import numpy as np

from helpers.photos.colours import GreyRange
from helpers.photos.photo import PhotoError, decode_photo

DEADLINE = 20.0  # seconds: several times what the largest photo takes that is let through, on a slow computer
_MOST_MEMORY = 2_000_000_000  # bytes beside the program itself: more than twice what a photo's header may ask for
_GRACE = 5.0  # seconds after the deadline for a process that doesn't end itself: one that was stopped, or swapped out
_ENDED = "decoding it ends the program that does it"
_GOOD, _BAD = b"+", b"-"


class Decoder:
    """Decodes photos one after the other in a process that starts with the first, and again after it had to be ended.

    Args:
        image_size: Side of the square that a photo is turned into, in pixels.
        stretch: As for `read_photo`.
        deadline: Seconds that a photo may take.

    Example:
        >>> Decoder(image_size=128).pixels(Path("daisy.jpg").read_bytes()).shape
        (128, 128, 3)
    """

    def __init__(self, image_size: int, stretch: GreyRange | None = None, deadline: float = DEADLINE) -> None:
        self.image_size, self.deadline = image_size, deadline
        self._command = [sys.executable, "-m", __name__, json.dumps([image_size, stretch, deadline])]
        self._process: subprocess.Popen | None = None
        self._closed, self._starting = False, threading.Lock()

    def pixels(self, data: bytes) -> np.ndarray:
        """Return a photo as `read_photo` does.

        Args:
            data: The file's bytes.

        Raises:
            PhotoError: If it isn't a readable photo, or costs too much; the message says why.
        """
        process, began = self._started(), time.monotonic()
        limit = threading.Timer(self.deadline + _GRACE, process.kill)
        limit.daemon = True
        limit.start()
        try:
            answer = _asked(process, data)
        except (EOFError, OSError):
            self._end()
            late = time.monotonic() - began >= self.deadline
            raise PhotoError(f"decoding it takes longer than {self.deadline:g} s" if late else _ENDED) from None
        finally:
            limit.cancel()
        if answer[:1] == _BAD:
            raise PhotoError(answer[1:].decode())
        return np.frombuffer(answer, np.uint8, offset=1).reshape(self.image_size, self.image_size, 3)

    def close(self) -> None:
        """End the process, if there is one, and start no other. Any thread may do it: a photo in hand is refused."""
        with self._starting:
            self._closed, process = True, self._process
        if process is not None:
            process.kill()
            process.wait()  # only the thread that reads from it closes what it reads from

    def __del__(self) -> None:
        self._end()

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _started(self) -> subprocess.Popen:
        if self._process is not None and self._process.poll() is not None:
            self._end()  # somebody else ended it
        with self._starting:
            if self._closed:
                raise PhotoError(_ENDED)
            if self._process is None:
                # In a session of its own, for Ctrl+C is the app's business. It ends when the app does: nothing more
                # comes.
                self._process = subprocess.Popen(
                    self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
                )
            return self._process


def _asked(process: subprocess.Popen, data: bytes) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    _send(process.stdin, data)
    return _received(process.stdout)


def _send(stream: IO[bytes], data: bytes) -> None:
    stream.write(len(data).to_bytes(8, "big") + data)
    stream.flush()


def _received(stream: IO[bytes]) -> bytes:
    """Return what was sent next.

    Raises:
        EOFError: If nothing more comes.
    """
    size = stream.read(8)
    data = stream.read(int.from_bytes(size, "big"))
    if len(size) < 8 or len(data) < int.from_bytes(size, "big"):
        raise EOFError
    return data


def _decode_all(image_size: int, stretch: list[int] | None, deadline: float) -> None:
    """Decode what comes in on standard input until nothing more comes."""
    _limit_memory()
    black_and_white = None if stretch is None else (stretch[0], stretch[1])
    with contextlib.suppress(EOFError, BrokenPipeError), open(os.devnull, "w", encoding="utf-8") as nowhere:
        while True:
            data = _received(sys.stdin.buffer)
            # Ends the process even in the midst of a library's function, and even if the app is gone.
            faulthandler.dump_traceback_later(deadline, exit=True, file=nowhere)
            try:
                answer = _GOOD + decode_photo(data, image_size, black_and_white).tobytes()
            except PhotoError as error:
                answer = _BAD + str(error).encode()
            faulthandler.cancel_dump_traceback_later()
            _send(sys.stdout.buffer, answer)


def _limit_memory() -> None:
    # Only Linux tells how much address space a process has, and keeps it to a limit.
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        with open("/proc/self/statm", encoding="ascii") as told:
            held = int(told.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        _, highest = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (held + _MOST_MEMORY, highest))


if __name__ == "__main__":
    _decode_all(*json.loads(sys.argv[1]))
