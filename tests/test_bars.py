"""Bars appear where something takes longer than a moment, show that time passes, and leave nothing behind."""

import io
import re
import subprocess
import sys
import threading
import time

import nbformat
import pytest
from nbclient import NotebookClient

from helpers import bars, config
from helpers.bars import Bar
from helpers.teaching.executing import KERNEL_ARGUMENTS
from tests.patience import SOON


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(config, "PROGRESS_AFTER", 0)
    monkeypatch.setattr(bars, "_EVERY", 0.01)
    monkeypatch.delenv("TQDM_DISABLE")


def left_on_the_line(text: str) -> str:
    """Return what a terminal shows of a line in the end."""
    shown: list[str] = []
    for part in text.split("\r"):
        shown[: len(part)] = part
    return "".join(shown).rstrip()


def until(seen: str, capsys) -> str:
    """Wait until something has been shown, and return all that was."""
    text = ""
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline:
        text += capsys.readouterr().err
        if seen in text:
            return text
        time.sleep(0.01)
    raise AssertionError(f"{seen!r} was never shown, but: {text!r}")


def test_it_moves_and_leaves_nothing(capsys):
    with Bar("Reading photos", 8, "photos") as bar:
        text = until("0 of 8 photos", capsys)
        bar.to(5)
        text += until("5 of 8 photos", capsys)
    text += capsys.readouterr().err
    assert text.startswith("\rReading photos")
    assert left_on_the_line(text) == ""


def test_without_a_total_it_shows_the_seconds_though_nobody_calls_it(capsys):
    with Bar("measuring again"):
        first = re.search(r"measuring again: 00:(\d\d)", until("measuring again: 00:", capsys))
        assert first
        until(f"00:{int(first[1]) + 1:02}", capsys)


def test_a_line_of_text_takes_its_place(capsys):
    with Bar("training", 3) as bar:
        text = until("0 of 3 steps", capsys)
        bar.clear()
        print("epoch 1", file=sys.stderr)
        text += until("0 of 3 steps", capsys)
    lines = (text + capsys.readouterr().err).split("\n")
    assert [left_on_the_line(line) for line in lines] == ["epoch 1", ""]


def test_what_is_quick_shows_none(capsys, monkeypatch):
    monkeypatch.setattr(config, "PROGRESS_AFTER", 60)
    with Bar("Reading photos", 8):
        time.sleep(0.1)
    assert capsys.readouterr() == ("", "")


def test_in_a_notebook_it_stands_where_the_next_line_will(monkeypatch):
    class OutStream(io.StringIO):
        """As ipykernel's is called."""

    OutStream.__module__ = "ipykernel.iostream"
    shown = OutStream()
    monkeypatch.setattr(sys, "stdout", shown)
    with Bar("training", 3):
        deadline = time.monotonic() + SOON
        while "0 of 3 steps" not in shown.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)
    print("epoch 1")
    assert left_on_the_line(shown.getvalue().rstrip("\n")) == "epoch 1"


def test_in_a_cell_that_has_been_silent_it_does_not_wait_for_as_long_again():
    waits = "with bars.Bar('training'): time.sleep(1)"
    cells = [
        "bars.config.PROGRESS_AFTER = 60\nwith bars.Bar('training'): pass",
        waits,
        "bars._Cell._since -= 60\n" + waits,
    ]
    cells = [nbformat.v4.new_code_cell(f"import time\nfrom helpers import bars\n{cell}") for cell in cells]
    NotebookClient(nbformat.v4.new_notebook(cells=cells), extra_arguments=KERNEL_ARGUMENTS).execute(cwd=config.ROOT)
    assert [cell.outputs for cell in cells[:2]] == [[], []]
    assert "training: 00:0" in cells[2].outputs[0].text


@pytest.mark.parametrize(("stream", "shown"), [("ipykernel.iostream", True), ("a.script", False)])
def test_loading_the_libraries_is_shown_in_a_notebook_alone(stream, shown):
    code = (
        "import io, sys; from helpers import config; config.PROGRESS_AFTER = 0;"
        f"out = type('OutStream', (io.StringIO,), {{'__module__': {stream!r}}})(); sys.stdout = out;"
        "import helpers, keras; helpers.blocks; sys.__stdout__.write(out.getvalue())"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=config.ROOT, check=True)
    written = found.stdout.decode()
    assert ("loading the libraries: 00:0" in written) == shown
    assert left_on_the_line(written) == ""


def test_an_error_removes_it(capsys):
    shown = []

    def fail() -> None:
        with Bar("training", 3):
            shown.append(until("training", capsys))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert left_on_the_line(shown[0] + capsys.readouterr().err) == ""


def test_within_another_bars_time_there_is_one_bar(capsys):
    with Bar("measuring again"):
        text = until("measuring again", capsys)
        with Bar("looking at photos", 3):
            time.sleep(0.1)
        text += until("measuring again", capsys)
    assert "looking" not in text + capsys.readouterr().err
    with Bar("looking at photos", 3):
        until("looking at photos", capsys)


def test_none_is_shown_where_something_else_shows_how_far_it_is(capsys):
    with bars.silenced(), Bar("training", 3):
        time.sleep(0.1)
    assert capsys.readouterr() == ("", "")
    with Bar("training", 3):
        until("training", capsys)


def test_another_thread_decides_nothing_for_the_main_one(capsys):
    inside, may_end = threading.Event(), threading.Event()

    def work() -> None:
        with bars.silenced():
            inside.set()
            may_end.wait(SOON)

    worker = threading.Thread(target=work)
    worker.start()
    assert inside.wait(SOON)
    with Bar("training", 3):
        until("training", capsys)
    may_end.set()
    worker.join()


def test_none_is_shown_by_another_thread(capsys):
    def work() -> None:
        with Bar("training", 3):
            time.sleep(0.1)

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
    assert capsys.readouterr() == ("", "")
