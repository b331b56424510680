"""The freeze lab in Notebook 7, the plainer of Jupyter's two pages, as JupyterLab's tests have it in JupyterLab."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from helpers import config
from tests.browser.conftest import NEEDS_BROWSER, TOKEN, Desk, lesson_copy, wait_for

pytestmark = NEEDS_BROWSER


@pytest.fixture(scope="module")
def notebook_server(tmp_path_factory) -> Iterator[str]:
    """Run Notebook 7 in a new home; return its address."""
    home = tmp_path_factory.mktemp("notebook")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime"}
    folders |= {"IPYTHONDIR": "ipython", "GRAFT_PROGRESS": "progress"}
    environment = os.environ | {name: str(home / folder) for name, folder in folders.items()}
    environment["JUPYTER_CONFIG_PATH"] = str(config.ROOT / ".jupyter")
    flags = f"--allow-root --no-browser --ServerApp.ip=127.0.0.1 --ServerApp.port={port} --ServerApp.port_retries=0"
    flags += f" --IdentityProvider.token={TOKEN} --JupyterNotebookApp.expose_app_in_browser=True"
    with (home / "log").open("w") as log:
        command = [sys.executable, "-m", "notebook", *flags.split()]
        server = subprocess.Popen(
            command, cwd=config.ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            wait_for(f"http://127.0.0.1:{port}", server, home / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGTERM)
            server.wait(timeout=30)


def test_the_freeze_lab_is_moved_and_trained_in_notebook_7(notebook_server, browser):
    from playwright.sync_api import expect

    lesson = lesson_copy("05", "FreezeLab", IMAGE_SIZE=32, PER_CLASS=6, EPOCHS=2, HEAD_EPOCHS=1)
    at = Desk(browser, notebook_server)
    try:
        at.page.goto(f"{notebook_server}/notebooks/{lesson.relative_to(config.ROOT)}?token={TOKEN}")
        at.page.wait_for_function(
            "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'", timeout=90_000
        )
        at.run_all()
        lab = at.widget("graft-strip")
        strip = lab.locator(".graft-strip")
        expect(strip).to_have_attribute("aria-valuetext", "frozen up to block5c")
        at.press(strip, "ArrowLeft")
        expect(strip).to_have_attribute("aria-valuetext", "frozen up to block5b")
        at.press(lab.get_by_role("button", name="Train"), "Enter")  # in Notebook 7, keys could be shortcuts of its own
        rows = lab.locator(".graft-table tr")
        expect(rows).to_have_count(2, timeout=60_000)
        expect(rows.last).to_contain_text("block5b")
        expect(lab.locator(".graft-moved").first).to_have_text("0", timeout=20_000)
        expect(lab.locator("p", has_text=re.compile("weights are trained"))).to_be_visible()
        at.picture("notebook_7", lab)
        assert at.troubles() == []
        assert at.outside() == []
    finally:
        with contextlib.suppress(Exception):
            at.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        at.context.close()
