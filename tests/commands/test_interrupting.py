"""Ctrl+C ends every command without a word, whatever it is at; the shell sees 130."""

import signal
import subprocess
import sys

import pytest

from helpers import config
from helpers.__main__ import main
from helpers.photos import loading

# Runs a command that is interrupted as it begins to import a module.
INTERRUPTED = """
import runpy, signal, sys, time

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs start with Ctrl+C ignored

class Interrupts:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            sys.meta_path.remove(self)
            {how}

sys.meta_path.insert(0, Interrupts())
sys.argv[0] = "helpers"
runpy.run_module("helpers", run_name="__main__", alter_sys=True)
"""
AT_ONCE = "signal.raise_signal(signal.SIGINT)"
IN_A_DESTRUCTOR = f'type("Left", (), {{"__del__": lambda self: {AT_ONCE}}})(); [time.sleep(0.02) for _ in range(500)]'


def ended(module: str, *arguments: str, how: str = AT_ONCE) -> tuple[int, str, str]:
    """Return exit status, standard output and standard error of a command that is interrupted."""
    code = INTERRUPTED.format(module=module, how=how)
    done = subprocess.run([sys.executable, "-c", code, *arguments], cwd=config.ROOT, capture_output=True, timeout=60)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize("module", ["helpers.commands", "helpers.commands.doctor", "numpy", "PIL.Image"])
def test_while_it_imports(module, tmp_path):
    assert ended(module, "check", str(tmp_path)) == (130, "", "")


def test_where_python_would_go_on(tmp_path):
    assert ended("numpy", "check", str(tmp_path), how=IN_A_DESTRUCTOR) == (130, "", "")


@pytest.mark.skipif(not hasattr(signal, "pause"), reason="needs the signals of a POSIX system")
def test_while_it_reads_photos(photo_folder):
    folder = photo_folder({"daisy": 3, "tulips": 3})
    code = (
        "import os, runpy, signal, sys; from PIL import Image; opened = Image.open;"
        "signal.signal(signal.SIGINT, signal.default_int_handler);"
        "Image.open = lambda *given, **how: (os.kill(os.getpid(), signal.SIGINT), opened(*given, **how))[1];"
        "runpy.run_module('helpers', run_name='__main__', alter_sys=True)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "check", str(folder)], cwd=config.ROOT, capture_output=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def test_debug_shows_what_it_was_at(monkeypatch, capsys, tmp_path):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(loading, "load_photos", interrupt)
    assert main(["check", str(tmp_path)]) == 130
    assert capsys.readouterr() == ("", "")
    assert main(["--debug", "check", str(tmp_path)]) == 130
    assert "in interrupt" in capsys.readouterr().err
