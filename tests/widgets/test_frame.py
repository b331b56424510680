"""The frame: errors become lines, pictures stand in, threads do the newest job."""

import html
import re
import subprocess
import sys
import threading

import ipywidgets
import pytest

from helpers import config, widgets
from helpers.widgets.code import CodeButton
from helpers.widgets.frame import Newest, WidgetFrame, Worker
from helpers.widgets.strip import Strip
from tests.patience import SOON


class Broken(WidgetFrame):
    """A widget with a button that fails."""

    def __init__(self) -> None:
        super().__init__()
        self.button = ipywidgets.Button()
        self.button.on_click(self.guarded(lambda pressed: 1 / 0))
        self.show(self.button, call="nothing()")


def test_an_error_in_a_callback_becomes_a_line_that_can_be_read(expected_trouble):
    broken = Broken()
    broken.button.click()
    assert isinstance(expected_trouble(), ZeroDivisionError)
    assert 'role="alert"' in broken.trouble.value
    assert "ZeroDivisionError: division by zero" in broken.trouble.value


@pytest.fixture
def log(monkeypatch, tmp_path):
    """Return where the log of errors will lie."""
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path))
    return tmp_path / "errors.log"


def shown(widget: WidgetFrame) -> str:
    return html.unescape(re.sub("<[^>]*>", "", widget.trouble.value))


def test_the_traceback_of_a_callback_is_logged_and_the_line_says_where(log, expected_trouble):
    broken = Broken()
    broken.button.click()
    expected_trouble()
    assert shown(broken) == f"ZeroDivisionError: division by zero (Traceback: {log})"
    assert "lambda pressed: 1 / 0" in log.read_text()


@pytest.mark.parametrize("kind", [Worker, Newest])
def test_the_traceback_of_a_thread_is_logged_and_the_line_says_where(log, expected_trouble, kind):
    def job_that_fails() -> None:
        raise OSError("the disk is gone\nand more")

    broken = Broken()
    thread = kind(broken.tell)
    (thread.start if kind is Worker else thread.ask)(job_that_fails)
    thread.wait()
    expected_trouble()
    assert shown(broken) == f"the disk is gone (Traceback: {log})"
    assert "in job_that_fails" in log.read_text()


def test_a_log_that_cannot_be_written_leaves_the_line(monkeypatch, tmp_path, expected_trouble):
    (tmp_path / "file").touch()
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "file"))
    broken = Broken()
    broken.button.click()
    expected_trouble()
    assert shown(broken) == "ZeroDivisionError: division by zero"


def test_the_line_goes_away_with_the_next_success(expected_trouble):
    broken = Broken()
    broken.button.click()
    expected_trouble()
    broken.guarded(lambda: None)()
    assert broken.trouble.value == ""


def test_what_a_learner_can_fix_is_told_without_the_errors_name(log, expected_trouble):
    broken = Broken()
    broken.tell(ValueError("Expected <one> thing."))
    expected_trouble()
    line = f"Expected &lt;one&gt; thing. (Traceback: {log})"
    assert broken.trouble.value == f'<p class="graft-trouble" role="alert">{line}</p>'


def test_a_planted_error_turns_a_test_red(tmp_path):
    """The fixture that guards all tests here, on a test that would pass without it."""
    planted = tmp_path / "test_planted.py"
    planted.write_text(
        "from tests.widgets.conftest import no_trouble\n"
        "from tests.widgets.test_frame import Broken\n"
        "def test_presses_a_button(no_trouble):\n    Broken().button.click()\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "--rootdir", tmp_path, "-c", "/dev/null", planted]
    done = subprocess.run(command, cwd=config.ROOT, capture_output=True, text=True)
    assert done.returncode == 1, done.stdout
    assert "a widget's callback raised: [ZeroDivisionError" in done.stdout


def test_every_widget_is_imported_when_it_is_asked_for():
    for name in widgets.__all__:
        assert name == "quiz" or issubclass(getattr(widgets, name), WidgetFrame)
        assert getattr(widgets, name).__doc__
    with pytest.raises(AttributeError, match="FreezeLab"):
        widgets.Slider  # noqa: B018


def test_a_missing_library_is_named_with_the_way_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    for name in [name for name in sys.modules if name.startswith("helpers.widgets.")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ImportError, match="anywidget, which is not installed"):
        widgets.__getattr__("CutPoint")


def test_a_worker_does_one_job_at_a_time_and_can_be_stopped():
    worker, began = Worker(lambda error: None), threading.Event()

    def job() -> None:
        began.set()
        while not worker.stopping():
            pass

    worker.start(job)
    assert began.wait(SOON)
    assert worker.busy
    worker.stop()
    worker.wait(SOON)
    assert not worker.busy


def test_of_many_jobs_the_first_and_the_newest_are_done():
    newest, begun, gate, done = Newest(lambda error: None), threading.Event(), threading.Event(), []
    newest.ask(lambda: (begun.set(), gate.wait(SOON), done.append("first")))
    assert begun.wait(SOON)
    for number in range(5):
        newest.ask(lambda number=number: done.append(number))
    gate.set()
    newest.wait()
    assert done == ["first", 4]


def test_a_job_that_fails_is_told_and_the_next_is_done():
    failed, done = [], []
    newest = Newest(failed.append)
    newest.ask(lambda: 1 / 0)
    newest.wait()
    newest.ask(lambda: done.append(1))
    newest.wait()
    assert [type(error) for error in failed] == [ZeroDivisionError]
    assert done == [1]


def test_the_strip_keeps_its_line_between_its_ends():
    blocks = [
        {"name": name, "short": name, "stage": 0, "params": 1, "spoken": "", "head": name == "head"} for name in "ab"
    ]
    strip = Strip(blocks=[*blocks, {**blocks[0], "head": True}])
    for wanted, given in ((5, 2), (-3, 0), (1, 1)):
        strip.boundary = wanted
        assert strip.boundary == given


@pytest.mark.parametrize("part", [Strip(), CodeButton(code="a\nb")])
def test_parts_have_a_short_name(part):
    assert len(repr(part)) < 60
