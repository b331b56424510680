"""Strangers' photos are decoded in a process of its own, which ends when a photo takes too long or ends it."""

import io
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from helpers import config
from helpers.photos.photo import PhotoError, decode_photo
from helpers.sharing.app import decoder as decoding
from helpers.sharing.app import server
from helpers.sharing.app.decoder import Decoder
from tests.patience import SOON

SIZE = 32


def saved(picture: Image.Image, **how) -> bytes:
    file = io.BytesIO()
    picture.save(file, **({"format": "PNG"} | how))
    return file.getvalue()


def noise(width: int, height: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8))


@pytest.fixture
def decoder():
    decoder = Decoder(SIZE, stretch=(1000, 3000))
    yield decoder
    decoder.close()


def test_pixels_are_those_of_read_photo(decoder):
    grey = Image.fromarray(np.arange(1000, 3025, dtype=np.uint16).reshape(45, 45))
    for data in (saved(noise(80, 60)), saved(noise(60, 90), format="JPEG"), saved(grey)):
        np.testing.assert_array_equal(decoder.pixels(data), decode_photo(data, SIZE, (1000, 3000)))


@pytest.mark.parametrize("data", [b"", b"milk", saved(noise(9, 9))[:60]], ids=["empty", "text", "damaged"])
def test_what_is_no_photo_is_told_as_read_photo_tells_it(decoder, data):
    with pytest.raises(PhotoError) as expected:
        decode_photo(data, SIZE)
    with pytest.raises(PhotoError) as told:
        decoder.pixels(data)
    assert str(told.value) == str(expected.value)


def test_what_takes_too_long_ends_the_process_and_is_told():
    decoder = Decoder(SIZE, deadline=0.02)
    with pytest.raises(PhotoError, match=r"^decoding it takes longer than 0\.02 s$"):
        decoder.pixels(saved(noise(3000, 2000), format="JPEG", progressive=True, quality=95))
    assert decoder._process is None


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs the signals of a POSIX system")
def test_a_process_that_is_stopped_is_ended_from_outside(monkeypatch):
    monkeypatch.setattr(decoding, "_GRACE", 0.1)
    decoder = Decoder(SIZE, deadline=0.1)
    decoder._started().send_signal(signal.SIGSTOP)
    with pytest.raises(PhotoError, match=r"^decoding it takes longer than 0\.1 s$"):
        decoder.pixels(saved(noise(80, 60)))
    assert decoder._process is None


def test_closing_it_ends_the_photo_that_another_thread_waits_for(decoder):
    process, told = decoder._started(), []

    def wait() -> None:
        try:
            decoder.pixels(saved(noise(80, 60)))
        except PhotoError as error:
            told.append(str(error))

    process.poll = lambda: None  # the thread doesn't look first
    waiting = threading.Thread(target=wait)
    if hasattr(signal, "SIGSTOP"):
        process.send_signal(signal.SIGSTOP)
    waiting.start()
    time.sleep(0.1)
    decoder.close()
    waiting.join(10)
    assert told == ["decoding it ends the program that does it"]
    with pytest.raises(PhotoError, match=r"^decoding it ends"):
        decoder.pixels(saved(noise(80, 60)))  # and none is started after that


@pytest.mark.parametrize("between", [True, False], ids=["between two photos", "in the midst of one"])
def test_after_the_process_has_ended_another_does_its_work(decoder, between, monkeypatch):
    data = saved(noise(80, 60))
    first = decoder.pixels(data)
    ended = decoder._process
    ended.kill()
    if between:
        ended.wait()
    else:  # the app doesn't know it yet
        monkeypatch.setattr(ended, "poll", lambda: None)
        with pytest.raises(PhotoError, match=r"^decoding it ends the program that does it$"):
            decoder.pixels(data)
    np.testing.assert_array_equal(decoder.pixels(data), first)
    assert decoder._process.pid != ended.pid


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a process to a limit of memory")
def test_its_memory_is_limited():
    code = "from helpers.sharing.app import decoder; decoder._limit_memory(); bytearray(3_000_000_000)"
    told = subprocess.run([sys.executable, "-c", code], cwd=config.ROOT, capture_output=True, text=True)
    assert told.stderr.strip().endswith("MemoryError")


def test_nothing_is_left_when_the_app_is_told_to_stop(monkeypatch):
    started = []

    async def serve(app, port, on_ready) -> None:
        started.append(app.settings["decoder"]._started())

    monkeypatch.setattr(server, "_serve", serve)
    with ThreadPoolExecutor(1) as thread:  # the browser's tests leave an event loop in this one
        thread.submit(server.serve, SimpleNamespace(image_size=SIZE, stretch=None)).result()
    assert started[0].returncode is not None


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs the signals of a POSIX system")
def test_nothing_is_left_when_the_app_is_killed():
    code = (
        "from helpers.sharing.app.decoder import Decoder; import time;"
        "decoder = Decoder(32); decoder._started(); print('there', flush=True); time.sleep(1000)"
    )
    told = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    app = subprocess.Popen([sys.executable, "-c", code], cwd=config.ROOT, **told)
    assert app.stdout.readline()
    app.kill()
    app.communicate(timeout=SOON)  # both have the same standard error, which is closed once both are gone
