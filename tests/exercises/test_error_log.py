"""The error log: tracebacks are kept, within limits, and a log that can't be written does no harm."""

import os

import pytest

from helpers import config
from helpers.exercises import error_log


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def raised(error: Exception) -> Exception:
    def the_function_that_failed() -> None:
        raise error

    try:
        the_function_that_failed()
    except Exception as caught:
        return caught
    raise AssertionError


def test_the_traceback_is_appended_and_the_sentence_names_the_file(cache):
    first = error_log.log_and_tell(raised(ValueError("Expected a photo.")))
    error_log.log_and_tell(raised(KeyError("block9z")))
    assert first == f"Expected a photo. (Traceback: {cache / 'errors.log'})"
    logged = (cache / "errors.log").read_text()
    assert logged.count("Traceback (most recent call last):") == logged.count("in raised\n") == 2
    assert "ValueError: Expected a photo.\n" in logged
    assert "KeyError: 'block9z'\n" in logged


def test_in_the_courses_own_cache_the_path_is_short(monkeypatch, tmp_path):
    monkeypatch.delenv("GRAFT_CACHE")
    monkeypatch.setattr(config, "ROOT", tmp_path)
    monkeypatch.setattr(config, "DATA", tmp_path / "data")
    assert error_log.log_and_tell(ValueError("No.")).endswith(
        f"(Traceback: {os.path.join('data', 'cache', 'errors.log')})"
    )


def test_many_lines_become_one_and_only_the_log_has_them_all(cache):
    told = error_log.log_and_tell(raised(RuntimeError("Out of memory.\nAllocator: cpu\n…")))
    assert told.splitlines() == [f"Out of memory. (Traceback: {cache / 'errors.log'})"]
    assert "Allocator: cpu" in (cache / "errors.log").read_text()


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (KeyError("x"), "KeyError: 'x'"),
        (OSError("gone"), "gone"),
        (ValueError(), "ValueError"),
        (TypeError(" "), "TypeError"),
    ],
)
def test_what_was_not_raised_for_the_learner_is_named_by_its_kind(error, line):
    assert error_log.first_line(error) == line


def test_the_log_does_not_grow_without_end(cache, monkeypatch):
    monkeypatch.setattr(error_log, "_SIZE_LIMIT", 2000)
    for number in range(60):
        error_log.log_traceback(raised(ValueError(f"number {number:02}")))
    files = sorted(cache.iterdir())
    assert [file.name for file in files] == ["errors.log", "errors.old.log"]
    assert all(file.stat().st_size < 4000 for file in files)
    assert "number 59" in files[0].read_text()
    assert "number 00" not in files[0].read_text() + files[1].read_text()


def test_signs_that_no_encoding_knows_are_logged_all_the_same(cache):
    assert error_log.log_traceback(raised(ValueError("half a sign: \ud800")))
    assert "half a sign" in (cache / "errors.log").read_text()


@pytest.mark.parametrize("place", ["a file", "below a file", "no path"])
def test_a_cache_folder_that_cannot_be_written_does_no_harm(monkeypatch, tmp_path, place):
    (tmp_path / "file").touch()
    path = {"a file": tmp_path / "file", "below a file": tmp_path / "file" / "cache", "no path": "a\0b"}[place]
    monkeypatch.setattr(config, "cache_folder", lambda: type(tmp_path)(path))
    assert error_log.log_traceback(raised(ValueError("No."))) is None
    assert error_log.log_and_tell(raised(ValueError("No."))) == "No."


def test_a_full_disk_does_no_harm(monkeypatch, small_disk):
    disk = small_disk("16k")
    monkeypatch.setenv("GRAFT_CACHE", str(disk))
    (disk / "filler").write_bytes(b"\0" * 12_000)
    told = [error_log.log_and_tell(raised(ValueError("Expected a photo."))) for _ in range(60)]
    assert told[-1] == "Expected a photo."
