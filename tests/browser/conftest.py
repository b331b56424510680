"""A JupyterLab as `make lab` starts it, and headless Chromium to use it in."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest

from helpers import config
from tests import patience
from tests.slicing import needed_for

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
TOKEN = "graft-browser-test"
ARTEFACTS = config.ROOT / "artefacts"
NEEDS_BROWSER = pytest.mark.skipif(
    not (CHROMIUM and shutil.which("make")), reason="needs Chromium and make: on Debian, apt-get install chromium make"
)
# Python reads a sitecustomize when it starts, so this is told of every address that the server or a kernel asks for.
_WATCH = """
import os, sys

HERE = {None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0", b"localhost", b"127.0.0.1"}

def watch(event, arguments):
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if host not in HERE:
        with open(os.environ["GRAFT_ASKED"], "a") as asked:
            asked.write(f"{sys.argv[:1]} asked {host}\\n")

sys.addaudithook(watch)
"""
SOON = 1000 * patience.SOON  # milliseconds, as Playwright counts
IDLE = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"


def check_environment(root: Path = config.ROOT) -> None:
    """Fail where `make lab` would first clear the environment that these tests, and perhaps others, are running in."""
    stamp = root / ".venv" / "lab-ready"
    sources = [root / name for name in ("pyproject.toml", "constraints.txt")]
    inside = Path(sys.prefix).resolve() == (root / ".venv").resolve()
    stale = not stamp.exists() or stamp.stat().st_mtime < max(source.stat().st_mtime for source in sources)
    if inside and stale:
        pytest.fail("It is older than pyproject.toml or constraints.txt. Run `make test`, which renews it.")


@pytest.fixture(scope="session")
def lab(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """Run `make lab` in a new home; return address and log."""
    check_environment()
    with lab_in(tmp_path_factory.mktemp("jupyter")) as place:
        yield place


@contextlib.contextmanager
def lab_in(home: Path) -> Iterator[tuple[str, Path]]:
    """Run `make lab` as a learner does, but for the browser, the port and the home; return address and log."""

    def lab_at(flags: str) -> list[str]:
        return ["make", "lab", f"LAB_FLAGS={flags} --LabApp.expose_app_in_browser=True", "MINE=artefacts/my_lessons"]

    with served(home, lab_at) as place:
        yield place


@contextlib.contextmanager
def served(home: Path, command: Callable[[str], list[str]], **more: str) -> Iterator[tuple[str, Path]]:
    """Run a Jupyter server in a new home; return address and log.

    Args:
        home: An empty folder.
        command: Takes the flags that every server is given, and returns what to run.
        **more: Other environment variables.
    """
    (home / "python").mkdir()
    (home / "python" / "sitecustomize.py").write_text(_WATCH)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime"}
    folders |= {"IPYTHONDIR": "ipython", "JUPYTERLAB_WORKSPACES_DIR": "workspaces"}
    folders |= {"PYTHONPATH": "python", "GRAFT_ASKED": "asked", "GRAFT_PROGRESS": "progress"}
    environment = os.environ | {name: str(home / folder) for name, folder in folders.items()}
    environment.pop("JUPYTER_CONFIG_PATH", None)
    environment |= more
    flags = (
        f"--allow-root --no-browser --ServerApp.port={port} --ServerApp.port_retries=0 --IdentityProvider.token={TOKEN}"
    )
    log = (home / "log").open("w")
    server = subprocess.Popen(
        command(flags),
        cwd=config.ROOT,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, server, home / "log")
        yield address, home / "log"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=120)
        log.close()


def wait_for(address: str, server: subprocess.Popen, log: Path, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert server.poll() is None, log.read_text()
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{address}/api?token={TOKEN}", timeout=5).close()
            return
        time.sleep(0.3)
    raise AssertionError(f"no answer within {seconds:.0f} s: {log.read_text()}")


class Desk:
    """A page with one notebook open in JupyterLab.

    Attributes:
        page: Playwright's page.
        requested: Address of every request the page made.
    """

    def __init__(self, browser, address: str) -> None:
        self.address, self.requested = address, []
        self.context = browser.new_context(viewport={"width": 1200, "height": 1500})
        self.page = self.context.new_page()
        self.page.on("request", lambda request: self.requested.append(request.url))

    def open(self, path: Path) -> None:
        """Open a notebook and wait for its kernel."""
        where = path.relative_to(config.ROOT)
        self.page.goto(f"{self.address}/lab/tree/{where}?token={TOKEN}&reset")
        self.page.wait_for_function(IDLE, timeout=90_000)
        self.page.evaluate("jupyterapp.shell.collapseLeft?.()")

    def run_all(self) -> None:
        """Run all cells, and wait until they are done."""
        self.page.evaluate(
            "(async () => { await jupyterapp.shell.currentWidget.sessionContext.ready;"
            "await jupyterapp.commands.execute('notebook:run-all-cells'); })()"
        )

    def widget(self, kind: str):
        """Return the widget that holds an element of this CSS class, once it is there, scrolled to."""
        found = self.page.locator(".graft", has=self.page.locator(f".{kind}")).last
        found.wait_for(timeout=60_000)
        found.scroll_into_view_if_needed()
        return found

    def press(self, locator, *keys: str) -> None:
        """Press keys on an element."""
        locator.focus()
        for key in keys:
            self.page.keyboard.press(key)

    def picture(self, name: str, locator=None) -> None:
        """Take screenshots of the page or of a part of it, by light and dark, kept as artefacts."""
        ARTEFACTS.mkdir(exist_ok=True)
        for theme in ("Dark", "Light"):
            self.page.evaluate(f"jupyterapp.commands.execute('apputils:change-theme', {{theme: 'JupyterLab {theme}'}})")
            self.page.wait_for_function(f"document.body.dataset.jpThemeLight === '{str(theme == 'Light').lower()}'")
            self.page.locator("#jupyterlab-splash").wait_for(state="detached")
            (locator or self.page).screenshot(path=ARTEFACTS / f"{name}_{theme.lower()}.png")

    def outside(self) -> list[str]:
        """Return the requests that left the machine. There must be none."""
        return [url for url in self.requested if not url.startswith((self.address, "data:", "blob:", "ws://127.0.0.1"))]

    def troubles(self) -> list[str]:
        """Return what widgets and cells show as errors. There must be none."""
        shown = self.page.locator(".graft-trouble, .jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']")
        texts = [*shown.all_inner_texts(), *self.page.locator(".jp-OutputArea-output .jp-mod-error").all_inner_texts()]
        return [text for text in texts if text.strip()]  # a bar that has wiped itself away leaves blanks


def lesson_copy(name: str, widget: str, **parameters) -> Path:
    """Return a copy of a lesson, among the artefacts: one of its widgets, the cells it needs, other parameters."""
    (path,) = (config.ROOT / "notebooks").glob(f"{name}_*.ipynb")
    lesson = nbformat.read(path, as_version=4)
    lesson.cells = [cell for cell in lesson.cells if cell.cell_type == "code"]
    codes = [cell.source for cell in lesson.cells]
    shows = next(number for number, code in enumerate(codes) if f"{widget}(" in code)
    lesson.cells = [lesson.cells[number] for number in needed_for(codes, shows)]
    for cell in lesson.cells:
        cell.outputs, cell.execution_count = [], None
        if "parameters" in cell.metadata.get("tags", []):
            cell.source += "".join(f"\n{name} = {value!r}" for name, value in parameters.items())
    ARTEFACTS.mkdir(exist_ok=True)
    # A copy for each test: JupyterLab asks what to do when another process has written the file that is open.
    test = os.environ["PYTEST_CURRENT_TEST"].rpartition("::")[2].split()[0].partition("[")[0]
    copy = ARTEFACTS / f"{path.stem}_for_{test}.ipynb"
    nbformat.write(lesson, copy)
    return copy


def notebook_of(name: str, cells: list[str]) -> Path:
    """Return a notebook, among the artefacts, of lines of code, a cell each."""
    ARTEFACTS.mkdir(exist_ok=True)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    written = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=written, metadata=kernel), ARTEFACTS / f"{name}.ipynb")
    return ARTEFACTS / f"{name}.ipynb"


@contextlib.contextmanager
def seated(browser, address: str, notebook: Path) -> Iterator[Desk]:
    """Open a notebook, and leave neither page nor kernel behind."""
    at = Desk(browser, address)
    try:
        at.open(notebook)
        yield at
    finally:
        with contextlib.suppress(Exception):  # a kernel left behind would take memory from the tests that follow
            at.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        at.context.close()


@pytest.fixture
def desk(lab, browser) -> Iterator[Callable[[Path], Desk]]:
    """Return a function that opens a notebook."""
    with contextlib.ExitStack() as open_desks:
        yield lambda notebook: open_desks.enter_context(seated(browser, lab[0], notebook))
