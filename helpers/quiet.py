"""Keep TensorFlow's start-up lines out of notebooks, and let errors through.

The lines carry a process number and a time, so they would change every lesson's stored output, and some of them are
written to file descriptor 2 before any log level applies. So that descriptor runs through a filter while TensorFlow is
imported and while its runtime starts with the first operation. Nothing is started early: threads, devices and memory
can still be configured after the import.
"""

import gc
import importlib.util
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.machinery import ModuleSpec
from types import ModuleType

# Information and warnings in TensorFlow's log format, their continuation lines, and an error that only says that a
# library for GPUs was found twice. Everything else is passed on.
_CHATTER = r"""(?x)
    WARNING:\ All\ log\ messages\ before\ absl
    | [IW]\d{4}\ \d\d:\d\d:
    | \d{4}-\d\d-\d\d\ \d\d:\d\d:\d\d\.\d+:\ [IW]\ #
    | .*Unable\ to\ register\ cu\w+\ factory
    | To\ enable\ the\ following\ instructions
    | INFO:\ Created\ TensorFlow\ Lite
    | fully_quantize:
"""
_FILTER = """
import re, sys
chatter = re.compile(sys.argv[1].encode())
for line in sys.stdin.buffer:
    if not chatter.match(line):
        sys.stderr.buffer.write(line)
        sys.stderr.buffer.flush()
"""
_PATIENCE = 2.0  # seconds to wait for the filter's last lines; a process started meanwhile may keep it alive for longer


def without_chatter(text: str) -> str:
    """Return what was written to stderr without TensorFlow's start-up lines.

    Example:
        >>> without_chatter("WARNING: All log messages before absl::InitializeLog() is called\\na warning\\n")
        'a warning\\n'
    """
    return "".join(line for line in text.splitlines(keepends=True) if not re.match(_CHATTER, line))


class _FilteredStderr:
    """File descriptor 2 belongs to all threads: the first that wants it filtered redirects it, the last restores it."""

    def __init__(self) -> None:
        self._lock, self._users = threading.Lock(), 0
        self._saved: int | None = None
        self._filter: subprocess.Popen | None = None
        self._outliving: list[subprocess.Popen] = []

    def begin(self) -> None:
        with self._lock:
            self._users += 1
            if self._users == 1:
                with suppress(OSError):  # where no process can be started, every line is shown
                    self._redirect()

    def end(self) -> None:
        with self._lock:
            self._users -= 1
            if not self._users:
                self._restore()

    def _redirect(self) -> None:
        # A process of its own, and not a thread or a file, so that the last words of a crash get through as well.
        # In a session of its own, Ctrl+C doesn't end it before it has passed them on.
        command = [sys.executable, "-I", "-S", "-c", _FILTER, _CHATTER]
        self._filter = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
        )
        assert self._filter.stdin is not None
        self._saved = os.dup(2)
        os.dup2(self._filter.stdin.fileno(), 2)

    def _restore(self) -> None:
        if self._saved is not None:
            os.dup2(self._saved, 2)
            os.close(self._saved)
        if self._filter is not None and self._filter.stdin is not None:
            self._filter.stdin.close()
            try:
                self._filter.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self._outliving.append(self._filter)  # Python would warn of a running process that nobody keeps
        self._saved = self._filter = None


_stderr = _FilteredStderr()


@contextmanager
def chatter_hidden() -> Iterator[None]:
    """Drop TensorFlow's and LiteRT's remarks from file descriptor 2 while the block runs; errors are passed on.

    Several threads may use it at a time.
    """
    _stderr.begin()
    try:
        yield
    finally:
        _stderr.end()


class _QuietTensorFlow:
    """An entry of `sys.meta_path` that steps aside once it has been asked for TensorFlow."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name != "tensorflow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def load_quietly(module: ModuleType) -> None:
                from helpers.bars import loading_shown

                with loading_shown(), chatter_hidden(), _nothing_collected():
                    load(module)
                # A lesson builds many small models; TensorFlow would warn that each needs to be traced.
                module.get_logger().setLevel("ERROR")
                _quieten_first_operation()

            spec.loader.exec_module = load_quietly
        return spec


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Don't look for garbage: an import makes hundreds of thousands of objects that stay, and no full collection needs
    to look at them again.

    Looking takes a sixth of the time of TensorFlow's import, and a pause of 0.2 s now and then in a training.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collecting:
            gc.enable()


def _quieten_first_operation() -> None:
    # The runtime starts with the first operation and has lines of its own. TensorFlow has no public hook there; if a
    # new version moves this one, lines may be shown, and nothing else happens.
    try:
        from tensorflow.python.eager.context import Context  # pyright: ignore[reportMissingImports]

        start = Context.ensure_initialized
    except (ImportError, AttributeError):
        return

    def start_quietly(context: Context) -> None:
        Context.ensure_initialized = start
        with chatter_hidden():
            start(context)

    Context.ensure_initialized = start_quietly


def occupy_stderr() -> None:
    """Open the null device as file descriptor 2 where that is closed, as after `2>&-`.

    Otherwise the next file that anybody opens gets this number, and with it whatever C libraries write to stderr.
    """
    try:
        os.fstat(2)
    except OSError:
        null = os.open(os.devnull, os.O_WRONLY)
        if null != 2:
            os.dup2(null, 2)
            os.close(null)


def quieten_tensorflow() -> None:
    """Make the first `import tensorflow`, or `import keras`, a silent one. Costs nothing until then."""
    occupy_stderr()
    if "tensorflow" not in sys.modules:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        sys.meta_path.insert(0, _QuietTensorFlow())
