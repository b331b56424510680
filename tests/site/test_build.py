"""The website as `make site` builds it: the reference agrees with the package, and no page asks another host.

Skipped until `make site` has set up what it needs, in `.venv-site`.
"""

import ast
import html
import inspect
import os
import re
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import helpers
from helpers import config, widgets
from tests.browser.conftest import _WATCH, NEEDS_BROWSER

PYTHON = config.ROOT / ".venv-site" / "bin" / "python"
pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="`make site` has not been run here")
CALLED = [(helpers, name) for name in helpers.__all__ if callable(getattr(helpers, name))]
CALLED += [(widgets, name) for name in widgets.__all__]


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """Build the site in a new folder, and watch what addresses are asked for; return the folder of its pages."""
    watch, target = tmp_path_factory.mktemp("watch"), tmp_path_factory.mktemp("site")
    (watch / "sitecustomize.py").write_text(_WATCH)
    environment = os.environ | {"PYTHONPATH": str(watch), "GRAFT_ASKED": str(watch / "asked")}
    command = [str(PYTHON), str(config.ROOT / "site" / "build.py"), str(target)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (watch / "asked").exists(), (watch / "asked").read_text()
    return target / "html"


def test_every_lesson_is_there_with_its_figures_and_no_widget_script(built):
    lessons = sorted((built / "notebooks").glob("[0-9]*.html"))
    assert len(lessons) == 13
    for lesson in lessons:
        text = lesson.read_text("utf-8")
        assert "<img" in text
        assert "widget-view" not in text
        assert "require.js" not in text


def arguments_of(head: str) -> dict[str, str | None]:
    """Return the arguments in the head of an entry: their names, and their defaults as they are written."""
    written = [re.sub("<[^>]+>", "", each) for each in re.findall(r'<em class="sig-param">(.*?)</em>', head, re.DOTALL)]
    found = [re.match(r"\**(\w+)(?:.* = (.*))?", html.unescape(each)) for each in written]
    return {match[1]: match[2] for match in found if match}  # a lone star is no argument


def test_the_reference_names_the_arguments_and_defaults_that_python_sees(built):
    pages = "".join(page.read_text("utf-8") for page in sorted((built / "reference").glob("*.html")))
    for module, name in CALLED:
        head = re.search(rf'<dt class="sig[^>]* id="{module.__name__}\.{name}">(.*?)</dt>', pages, flags=re.DOTALL)
        assert head is not None, f"{name} has no entry"
        shown, real = arguments_of(head[1]), inspect.signature(getattr(module, name)).parameters
        assert list(shown) == [argument for argument in real if not argument.startswith("_")], name
        for argument, value in shown.items():
            if isinstance(real[argument].default, bool | int | float | str | None):
                assert ast.literal_eval(value) == real[argument].default, (name, argument)


@pytest.fixture
def address(built):
    """Serve the pages on this machine, and return the address."""
    handler = partial(SimpleHTTPRequestHandler, directory=built)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@NEEDS_BROWSER
def test_pages_fit_a_phone_by_dark_and_ask_no_other_host(built, address, browser):
    from playwright.sync_api import expect

    asked, told = [], []
    context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme="dark")
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: told.append(str(error)))
    for path in sorted(path.relative_to(built) for path in built.rglob("*.html") if "_static" not in path.parts):
        page.goto(f"{address}/{path.as_posix()}")
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{path} is {wider} px too wide"
    page.goto(f"{address}/notebooks/04_train_with_a_frozen_base.html")
    question = page.locator("[id^=quizWrap]").first  # a quiz needs no kernel
    question.locator("label[data-correct=true]").click()
    expect(question).to_contain_text("Yes: ")
    page.goto(f"{address}/search.html?q=freeze+boundary")
    page.locator("#search-results li a", has_text="freeze boundary").first.wait_for(timeout=20_000)
    context.close()
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    assert told == []
