"""One thread that does one thing after another for the server, and that nobody waits for at the end."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any


class Worker:
    """A thread of its own for work that takes long.

    One thread: LiteRT uses all cores for one photo, so two photos at a time would only wait for each other. It isn't a
    `ThreadPoolExecutor`, because Python waits for those threads when it ends: a photo that takes a minute to decode
    would keep the program alive for that long after it was told to stop.

    Example:
        >>> answer = await Worker().run(bundle.predict, data)
    """

    def __init__(self) -> None:
        self._asked: SimpleQueue[tuple[asyncio.AbstractEventLoop, asyncio.Future, Callable, tuple]] = SimpleQueue()
        threading.Thread(target=self._work, name="predicting", daemon=True).start()

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function in the thread, and return what it returns or raise what it raises.

        Args:
            function: Called when its turn comes; not at all if nobody waits for it any more.
            *arguments: What it is given.
        """
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self._asked.put((loop, future, function, arguments))
        return await future

    def _work(self) -> None:
        while True:
            loop, future, function, arguments = self._asked.get()
            if future.cancelled():
                continue
            try:
                tell, outcome = _set_result, function(*arguments)
            except BaseException as error:
                tell, outcome = _set_exception, error
            with contextlib.suppress(RuntimeError):  # the server has ended in between
                loop.call_soon_threadsafe(tell, future, outcome)


def _set_result(future: asyncio.Future, outcome: object) -> None:
    if not future.done():
        future.set_result(outcome)


def _set_exception(future: asyncio.Future, error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)
