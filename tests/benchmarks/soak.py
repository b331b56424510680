"""Damage, kills and random requests by the thousand, each counted: `python -m tests.benchmarks.soak`.

- *Photos*: pictures in eight formats, damaged (`damage`). `read_photo`'s decoder must return a square or refuse with a
  reason, within a time limit. It runs in a process of its own, so that a crash is counted as well.
- *Kills*: a process that fills the store of activations is killed at a random moment. What can be read afterwards must
  be right, and what it left half-written must be cleared away.
- *Requests*: random methods, paths, headers and bodies for the app, and plain garbage. None may be answered with a 500,
  none may go unanswered for ever, and afterwards a photo must still get its answer.
- *Lessons*: round after round, each must give what is stored (`soak_lessons`).
"""

import argparse
import collections
import contextlib
import json
import multiprocessing
import os
import platform
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from helpers import config
from helpers.activations.storage import Store
from helpers.activations.whole_files import write_whole
from helpers.judging.answer import Answer
from helpers.photos.photo import PhotoError, decode_photo
from tests.benchmarks.damage import formats, mutated, saved
from tests.benchmarks.readme_part import into_readme
from tests.benchmarks.soak_lessons import soak_lessons
from tests.benchmarks.soak_report import as_markdown

FILE = config.RESULTS / "reliability.json"
_SLOW = 15.0  # seconds that a photo may take
_BATCH = 50  # photos per call of the process
_KEYS = 5
_FILLING = """
import sys
from pathlib import Path
from helpers.activations.storage import Store
from tests.benchmarks.soak import values_of
where = Store(Path(sys.argv[1]), 20_000_000)
print("ready", flush=True)
for turn in range(100_000):
    values = values_of(turn % 5)
    where.keep(f"k{turn % 5}", values.shape, values.dtype, [values[row : row + 20] for row in range(0, 1000, 20)])
"""


def soak_photos(count: int, seed: int = 0) -> dict:
    """Decode mutated photos.

    Args:
        count: How many.
        seed: Decides the mutations; photo `n` of a seed is always the same.

    Returns:
        How many were read, refused with a reason, took too long, ended in another error (with examples), or crashed the
        process; and the longest time.
    """
    counts: collections.Counter[str] = collections.Counter()
    longest, wrong = 0.0, []
    numbers = [range(start, min(start + _BATCH, count)) for start in range(0, count, _BATCH)]
    spawn = multiprocessing.get_context("spawn")
    for batch in numbers:
        try:
            with ProcessPoolExecutor(1, mp_context=spawn) as pool:
                outcomes = pool.submit(_decode, seed, batch).result()
        except BrokenProcessPool:
            outcomes = [("crashed the process", 0.0, f"one of {batch}")]
        for outcome, seconds, told in outcomes:
            counts[outcome] += 1
            longest = max(longest, seconds)
            wrong += [told] if outcome not in ("read", "refused") else []
    told = {"longest_seconds": round(longest, 2), "wrong": wrong[:10]}
    return {"photos": count, "formats": list(formats()), **counts, **told}


def _decode(seed: int, numbers: range) -> list[tuple[str, float, str]]:
    found = []
    for number in numbers:
        began = time.perf_counter()
        told = f"photo {number} of seed {seed}"
        try:
            square = decode_photo(mutated(seed, number), 64)
            outcome = "read" if square.shape == (64, 64, 3) and square.dtype == np.uint8 else "another array"
        except PhotoError as error:
            outcome = "refused" if str(error).strip() else "refused without a reason"
        except Exception as error:
            outcome, told = "another error", f"{told}: {type(error).__name__}: {error}"
        seconds = time.perf_counter() - began
        found.append((outcome if seconds <= _SLOW else "took too long", seconds, told))
    return found


def soak_kills(count: int, seed: int = 0) -> dict:
    """Kill a process that fills the store of activations, again and again.

    Args:
        count: How many times.
        seed: Decides when.

    Returns:
        How many arrays were read and right, or wrong, after the kills; how many half-written files the kills left, and
        how many of these are there once another process has written.
    """
    rng, counts = np.random.default_rng(seed), collections.Counter(right=0, wrong=0)
    with tempfile.TemporaryDirectory(prefix="graft-soak-") as folder:
        for _ in range(count):
            command = [sys.executable, "-c", _FILLING, folder]
            with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=config.ROOT) as writer:
                assert writer.stdout is not None
                assert writer.stdout.readline() == b"ready\n"
                time.sleep(rng.uniform(0, 0.05))
                writer.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
            for number in range(_KEYS):
                found = Store(Path(folder), 20_000_000).find(f"k{number}")
                if found is not None:
                    counts["right" if np.array_equal(found, values_of(number)) else "wrong"] += 1
        left = list(Path(folder).glob("*.unfinished"))
        for file in left:
            os.utime(file, (time.time() - 20,) * 2)  # as if some time had passed
        values = values_of(9)
        kept = Store(Path(folder), 20_000_000).keep("k9", values.shape, values.dtype, [values])
        counts["right" if np.array_equal(kept, values) else "wrong"] += 1
        still = len(list(Path(folder).glob("*.unfinished")))
    return {"kills": count, "arrays": dict(counts), "left_half_written": len(left), "not_cleared_away": still}


def values_of(number: int) -> np.ndarray:
    """Return the array that belongs under a key."""
    return np.arange(600_000, dtype=np.float32).reshape(1000, 600) + number


def soak_requests(count: int, seed: int = 0) -> dict:
    """Send random requests to the app, which runs in this process.

    Args:
        count: How many.
        seed: Decides them.

    Returns:
        How many were answered with which status, or closed without one; how many got no answer in time; and whether a
        photo still gets its answer afterwards.
    """
    from helpers.sharing.app import server

    server._PATIENCE = server._BODY_PATIENCE = 2  # what is sent here comes at once, or never
    ready, address = threading.Event(), []
    bundle = SimpleNamespace(
        class_names=("daisy", "tulips"), image_size=64, stretch=None, card="# A card", predict=_answer
    )
    serving = (bundle, 0, lambda told: (address.append(told), ready.set()))
    threading.Thread(target=server.serve, args=serving, daemon=True).start()
    ready.wait(30)
    port, counts, wrong = int(address[0].rsplit(":", 1)[1].strip("/")), collections.Counter(), []
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        status = _sent(port, _request(rng, number, port))
        counts[status] += 1
        wrong += [f"request {number} of seed {seed}: {status}"] if status in ("500", "no answer") else []
    picture = saved(next(iter(sorted(config.BUNDLED_FLOWERS.glob("*/*.jpg")))), "JPEG")
    last = _sent(port, _written("POST", "/predict", {"Host": f"127.0.0.1:{port}"}, picture))
    return {"requests": count, "answers": dict(sorted(counts.items())), "photo_afterwards": last, "wrong": wrong[:10]}


def _answer(pixels: np.ndarray) -> Answer:
    return Answer("daisy", {"daisy": 0.9, "tulips": 0.1}, True, 0.1, 0.2)


def _request(rng: np.random.Generator, number: int, port: int) -> bytes:
    if rng.random() < 0.1:
        return rng.bytes(int(rng.integers(1, 400))) + b"\r\n\r\n"

    def one(*choices: str) -> str:
        return choices[int(rng.integers(len(choices)))]

    noise = "".join(map(chr, rng.integers(33, 256, size=8)))
    own = f"127.0.0.1:{port}"
    headers = {"Host": one(*[own] * 12, "localhost", "evil.example", "[", noise, "")}
    if rng.random() < 0.4:
        headers["Origin"] = one(*[f"http://{own}"] * 3, "null", "http://[", "http://evil.example", noise)
    if rng.random() < 0.6:
        headers["Content-Type"] = one(*["image/jpeg"] * 4, "Multipart/form-data", "multipart/x; boundary=", noise)
    if rng.random() < 0.2:
        headers[one("Expect", "Range", "Cookie", "Transfer-Encoding", "X-Forwarded-For", "If-None-Match")] = one(
            "100-continue", "bytes=5-1", noise, "chunked", "identity", "*"
        )
    body = one("", "photo", "photo", "garbage")
    data = mutated(1, number) if body == "photo" else rng.bytes(200) if body else b""
    method = one("GET", "GET", *["POST"] * 6, "PUT", "HEAD", "OPTIONS", "DELETE", "TRACE", "get", noise)
    path = one("/", *["/predict"] * 6, "/page.css", "/pageXcss", "/../config.py", "/%00", "/?" + noise, noise, "*")
    return _written(method, path, headers, data, wrong_length=rng.random() < 0.05)


def _written(method: str, path: str, headers: dict[str, str], body: bytes, wrong_length: bool = False) -> bytes:
    length = "-5" if wrong_length else str(len(body))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    lines += [f"Content-Length: {length}", "Connection: close"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def _sent(port: int, data: bytes) -> str:
    # The status of the answer, "closed" where the app closed the connection without one, or "no answer".
    found = b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(data)
            while chunk := connection.recv(65536):
                found += chunk
        except TimeoutError:
            return "no answer"
        except ConnectionResetError:
            pass  # closed before all of the request was read
    answers = re.findall(rb"HTTP/1\.1 ([2-5]\d\d) ", found)  # 100 only asks for the rest
    return answers[0].decode() if answers else "closed"


def sound(record: dict) -> bool:
    """Tell whether nothing went wrong."""
    photos, kills, requests, lessons = (record[name] for name in ("photos", "kills", "requests", "lessons"))
    return (
        photos.get("read", 0) + photos.get("refused", 0) == photos["photos"]
        and kills["arrays"]["wrong"] == kills["not_cleared_away"] == 0
        and not requests["wrong"]
        and requests["photo_afterwards"] == "200"
        and lessons["different"] == 0
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=2000, help="mutated photos")
    parser.add_argument("--kills", type=int, default=50, help="kills of a process that fills the store")
    parser.add_argument("--requests", type=int, default=1000, help="random requests to the app")
    parser.add_argument("--rounds", type=int, default=10, help="rounds of all lessons against their stored outputs")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="store the counts, and write the README's table")
    options = parser.parse_args(arguments)
    record = {
        "date": date.today().isoformat(),
        "machine": f"{platform.machine()}, {platform.system()}",
        "versions": config.versions(("numpy", "pillow", "tornado")),
        "seed": options.seed,
    }
    parts: tuple[tuple[str, Callable[..., dict], int], ...] = (
        ("photos", soak_photos, options.photos),
        ("kills", soak_kills, options.kills),
        ("requests", soak_requests, options.requests),
        ("lessons", soak_lessons, options.rounds),
    )
    for name, part, count in parts:
        began = time.perf_counter()
        record[name] = part(count, options.seed) | {"seconds": round(time.perf_counter() - began, 1)}
        print(f"{name}: {json.dumps(record[name])}", flush=True)
    if options.write:
        write_whole(FILE, (json.dumps(record, indent=1) + "\n").encode())
        into_readme("reliability", as_markdown(record))
    return 0 if sound(record) else 1


if __name__ == "__main__":
    sys.exit(main())
