"""A line that shows how far something is: it appears where that takes more than a moment, and goes away at the end."""

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from functools import cache
from types import TracebackType
from typing import TextIO

from tqdm import tqdm

from helpers import config

_EVERY = 0.5  # seconds between two drawings
_AT_ONCE = 0.3  # seconds that a bar has to last in a cell that has been silent for long, or it would only flicker


class Bar:
    """A progress bar of tqdm's that needs nobody's calls to show that time passes.

    It stands among the standard output in a notebook, where the next line takes its place, and among the standard error
    elsewhere. While TensorFlow builds its graphs nothing can be counted; the seconds go on all the same. Within another
    bar's time it isn't shown: what takes long has one bar.

    Args:
        what: Text beside it.
        total: How much there is to do; without one, it only shows the seconds.
        unit: Of what is counted, in the plural.
        waited: Seconds that nothing was shown for before.

    Example:
        >>> with Bar("Reading photos", 100, "photos") as bar:
        ...     for number in range(100):
        ...         bar.to(number + 1)
    """

    _open = False

    def __init__(self, what: str, total: int | None = None, unit: str = "steps", waited: float = 0.0) -> None:
        self._what, self._total, self._unit, self._done = what, total, unit, 0
        self._began, self._after = time.time(), max(config.PROGRESS_AFTER - waited, 0.0)
        if (silent := _Cell.silent()) is not None:
            self._after = min(self._after, max(config.PROGRESS_AFTER - silent, _AT_ONCE))
        self._over, self._drawing = threading.Event(), threading.Lock()
        self._shown: tqdm | None = None
        self._drawer: threading.Thread | None = None
        if not (hidden() or Bar._open):
            Bar._open = True
            self._drawer = threading.Thread(target=self._draw, daemon=True)
            self._drawer.start()

    def __enter__(self) -> "Bar":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def to(self, done: int) -> None:
        """Note how much is done."""
        self._done = done

    def clear(self) -> None:
        """Make room for a line of text; the bar comes back below it."""
        with self._drawing:
            if self._shown is not None:
                self._shown.clear()

    def close(self) -> None:
        """Remove it."""
        self._over.set()
        if self._drawer is not None:
            self._drawer.join()
            self._drawer, Bar._open = None, False
            if self._shown is not None:
                _Cell.speaks()

    def _draw(self) -> None:
        self._over.wait(self._after)
        while not self._over.is_set():
            with self._drawing:
                if self._shown is None:
                    self._shown = self._made()
                self._shown.n, self._shown.bar_format = self._done, self._form()
                self._shown.refresh()
            self._over.wait(_EVERY)
        if self._shown is not None:
            self._shown.close()

    def _form(self) -> str:
        if self._total is None:
            return "{desc}: {elapsed}"
        left = ", {remaining} left" if self._done else ""  # nothing can be told before
        return "{l_bar}{bar}| {n_fmt} of {total_fmt} {unit}, {elapsed}" + left

    def _made(self) -> tqdm:
        where = {"file": _stream(), "leave": False, "disable": False, "ncols": None if self._total is None else 90}
        bar = tqdm(desc=self._what, total=self._total, unit=self._unit, bar_format=self._form(), **where)
        bar.start_t = self._began
        return bar


class _Cell:
    """For how long the running cell of a notebook has shown nothing, as far as bars can tell."""

    _since: float | None = None

    @classmethod
    def silent(cls) -> float | None:
        """Return the seconds since it began or the last bar ended; `None` where no cells are watched yet."""
        _watch_cells()
        return None if cls._since is None else time.monotonic() - cls._since

    @classmethod
    def speaks(cls, info: object = None) -> None:
        """Note that something is shown: by a bar, or by IPython, as a cell begins."""
        cls._since = time.monotonic()


@cache
def _watch_cells() -> None:
    shell = sys.modules["IPython"].get_ipython() if in_notebook() and "IPython" in sys.modules else None
    if shell is not None:
        shell.events.register("pre_run_cell", _Cell.speaks)


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """Show no bar within: something else shows how far it all is, or several processes write to one terminal."""
    if _elsewhere():  # shows none anyway, and must not decide for the main thread
        yield
        return
    before, Bar._open = Bar._open, True
    try:
        yield
    finally:
        Bar._open = before


def loading_shown() -> contextlib.AbstractContextManager[object]:
    """Return a bar for the import of large libraries, in a notebook alone: a terminal belongs to whoever imports."""
    return Bar("loading the libraries") if in_notebook() else contextlib.nullcontext()


def hidden() -> bool:
    """Return whether no bar is shown: there is nothing to show it on, or nobody wants it."""
    # A standard error that is None was closed, or belongs to a program without a console.
    return _elsewhere() or _stream() is None or config.bars_hidden()


def _elsewhere() -> bool:
    # What another thread prints goes below any cell; widgets, which work in threads, show how far they are themselves.
    return threading.current_thread() is not threading.main_thread()


def in_notebook() -> bool:
    """Return whether what is printed goes below a notebook's cell."""
    return type(sys.stdout).__module__.partition(".")[0] == "ipykernel"


def _stream() -> TextIO | None:
    # JupyterLab shows standard error in red, and keeps its place open.
    return sys.stdout if in_notebook() else sys.stderr
