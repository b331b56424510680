"""What all widgets share: a frame, a line for errors, a picture where widgets don't render, threads for work."""

import html
import threading
from collections import deque
from collections.abc import Callable
from functools import wraps
from pathlib import Path

import anywidget
import ipywidgets

from helpers.exercises.error_log import log_and_tell
from helpers.plots import Picture

STYLE = Path(__file__).with_name("look.css")
# What callbacks raised, newest last. A widget shows it as a line; the tests look here and fail.
troubles: deque[BaseException] = deque(maxlen=20)


class Frame(anywidget.AnyWidget):
    """Adds the style, and gives sliders and progress bars the names that screen readers need."""

    _esm = Path(__file__).with_name("frame.js")
    _css = STYLE


class WidgetFrame(ipywidgets.VBox):
    """A widget's frame.

    A subclass calls `self.show(…)` with its parts, gives `summary` and `picture`, and wraps each callback in
    `self.guarded`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.add_class("graft")
        self.trouble = ipywidgets.HTML()

    def show(self, *parts: ipywidgets.Widget, call: str) -> None:
        """Set the widgets in the frame, from top to bottom.

        Args:
            parts: Widgets.
            call: The plain function call that does the same without the widget; it is shown below.
        """
        same = f'<p class="graft-quiet">The same without the widget: <code>{html.escape(call)}</code></p>'
        self.children = (Frame(), *parts, self.trouble, ipywidgets.HTML(same))

    def summary(self) -> str:
        """Return one line that says what the widget shows."""
        raise NotImplementedError

    def picture(self) -> Picture:
        """Return what is shown where widgets don't render."""
        raise NotImplementedError

    def guarded(self, action: Callable) -> Callable:
        """Return a callback that does the same, but shows what it raises below the widget instead of raising it."""

        @wraps(action)
        def callback(*arguments):
            try:
                self.trouble.value = ""
                return action(*arguments)
            except Exception as error:
                self.tell(error)

        return callback

    def tell(self, error: BaseException) -> None:
        """Show the learner in one line what went wrong, log the traceback, and keep the error for the tests."""
        troubles.append(error)
        self.trouble.value = f'<p class="graft-trouble" role="alert">{html.escape(log_and_tell(error))}</p>'

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.summary()}>"

    def _repr_mimebundle_(self, **kwargs) -> dict:
        drawn = self.picture()._repr_mimebundle_()
        return {
            **super()._repr_mimebundle_(**kwargs),
            "text/html": drawn["text/html"],
            "text/plain": repr(self),
        }


class Worker:
    """One thread, one job at a time.

    Args:
        on_error: Called, in the thread, with what a job raises.
    """

    def __init__(self, on_error: Callable[[BaseException], None]) -> None:
        self._on_error, self._thread, self._stop = on_error, None, threading.Event()

    @property
    def busy(self) -> bool:
        """Whether a job is running."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, job: Callable[[], None]) -> None:
        """Run a job, after stopping one that is still running."""
        self.stop()
        self.wait()
        self._stop.clear()
        # A daemon thread, so that a kernel can be shut down during training.
        self._thread = threading.Thread(target=self._run, args=(job,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask the job to end; it does when it next calls `stopping`."""
        self._stop.set()

    def stopping(self) -> bool:
        """Return whether the job was asked to end."""
        return self._stop.is_set()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the job has ended."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception as error:
            self._on_error(error)


class Newest:
    """One thread that does the newest job: a new job replaces one that is still waiting.

    Args:
        on_error: Called, in the thread, with what a job raises.
    """

    def __init__(self, on_error: Callable[[BaseException], None]) -> None:
        self._on_error, self._lock = on_error, threading.Lock()
        self._thread: threading.Thread | None = None
        self._waiting: Callable[[], None] | None = None

    def ask(self, job: Callable[[], None]) -> None:
        """Do a job as soon as the running one has ended."""
        with self._lock:
            self._waiting = job
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()

    def outdated(self) -> bool:
        """Return whether a newer job is waiting, so that the running one may end."""
        return self._waiting is not None

    def wait(self) -> None:
        """Wait until there is nothing left to do."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        while True:
            with self._lock:
                job, self._waiting = self._waiting, None
                if job is None:
                    self._thread = None
                    return
            try:
                job()
            except Exception as error:
                self._on_error(error)
