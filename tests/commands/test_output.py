"""A command ends with one sentence where nobody takes what it prints, and without any where the reader has left."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import config

FULL = Path("/dev/full")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "helpers", *arguments]


@pytest.fixture
def folder(photo_folder):
    return str(photo_folder({"daisy": 5, "tulips": 5}))


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
def test_a_full_disk(folder):
    with FULL.open("wb") as full:
        done = subprocess.run(
            command("check", folder), stdout=full, stderr=subprocess.PIPE, cwd=config.ROOT, check=False
        )
    told = done.stderr.decode().splitlines()
    assert done.returncode == 1
    assert len(told) == 1
    assert told[0].startswith("graft: Expected a standard output that takes what is printed. Received: [Errno 28]")


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
def test_a_full_disk_is_no_fault_of_each_photo(bundle_folder, flowers):
    photos = [str(path) for path in flowers.test.paths[:3]]
    with FULL.open("wb") as full:
        told = subprocess.run(
            command("predict", str(bundle_folder), *photos), stdout=full, stderr=subprocess.PIPE, cwd=config.ROOT
        ).stderr.decode()
    assert told.count("graft: ") == 1


@pytest.mark.skipif(os.name != "posix", reason="needs pipes as POSIX has them")
def test_a_reader_that_has_left(folder):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command("check", folder), stdout=writing, stderr=subprocess.PIPE, cwd=config.ROOT)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")
