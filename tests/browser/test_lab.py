"""`make lab` in a real browser: the first lesson opens, a cell runs, and nothing leaves the machine."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from helpers import config

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
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and shutil.which("make")), reason="needs Chromium and make: on Debian, apt-get install chromium make"
)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Run `make lab` as a learner does, but for the browser, the port and a home of its own; return its address."""
    home = tmp_path_factory.mktemp("jupyter")
    (home / "config" / "labconfig").mkdir(parents=True)
    announcements = '{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}'
    (home / "config" / "labconfig" / "page_config.json").write_text(announcements)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime"}
    folders |= {"IPYTHONDIR": "ipython", "JUPYTERLAB_WORKSPACES_DIR": "workspaces"}
    environment = os.environ | {name: str(home / folder) for name, folder in folders.items()}
    flags = (
        f"--allow-root --no-browser --ServerApp.port={port} --ServerApp.port_retries=0 "
        f"--IdentityProvider.token={TOKEN} --LabApp.expose_app_in_browser=True"
    )
    log = (home / "log").open("w")
    server = subprocess.Popen(
        ["make", "lab", f"LAB_FLAGS={flags}"],
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
        server.wait(timeout=30)
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


def test_the_lab_answers_only_with_its_token(lab):
    address, log = lab
    with urllib.request.urlopen(f"{address}/lab?token={TOKEN}", timeout=20) as page:
        assert "JupyterLab" in page.read().decode()
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{address}/api/contents", timeout=20)
    assert re.search(r"http://127\.0\.0\.1:\d+/lab/tree/\S*01_load_the_flowers\.ipynb", log.read_text())


def test_the_first_lesson_opens_and_its_first_cells_run(lab):
    from playwright.sync_api import sync_playwright

    address, _ = lab
    requested: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1200, "height": 1000})
        page.on("request", lambda request: requested.append(request.url))
        page.goto(f"{address}/lab/tree/notebooks/01_load_the_flowers.ipynb?token={TOKEN}")
        page.wait_for_function(
            "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'", timeout=90_000
        )
        ARTEFACTS.mkdir(exist_ok=True)
        page.screenshot(path=ARTEFACTS / "lab_first_lesson.png")
        assert page.locator("h1", has_text="Load the flowers").is_visible()
        page.evaluate("jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
        page.locator(".jp-OutputArea-output img").first.wait_for(state="detached")  # the stored picture is gone
        page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
        page.locator(".jp-OutputArea-output img").first.wait_for(timeout=120_000)
        page.screenshot(path=ARTEFACTS / "lab_after_run.png")
        shown = page.locator(".jp-OutputArea-output img").first.get_attribute("alt")
        browser.close()
    assert "training photos" in shown
    outside = [url for url in requested if not url.startswith((address, "data:", "blob:"))]
    assert outside == []
