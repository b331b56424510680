"""The app over real HTTP on a port of its own: right answers, clear refusals, nothing kept, nobody else let in."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from helpers import config, load_bundle
from helpers.sharing.app import server
from helpers.sharing.app.markdown import as_html
from tests.patience import SOON


class Running:
    """The app in a process of its own, as `python -m helpers app` starts it."""

    def __init__(self, folder, *arguments: str, **environment: str) -> None:
        command = [sys.executable, "-m", "helpers", "app", str(folder), "--port", "0", *arguments]
        told = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(command, cwd=config.ROOT, env=os.environ | environment, **told)
        self.first = [self.process.stdout.readline(), self.process.stdout.readline()]
        found = re.search(r"http://127\.0\.0\.1:\d+/", self.first[1])
        self.address = found[0] if found else self.process.stderr.read()

    def ask(self, path: str = "", data: bytes | None = None, **headers: str) -> tuple[int, dict, bytes]:
        """Return status, headers and body."""
        request = urllib.request.Request(
            self.address + path, data, {k.replace("_", "-"): v for k, v in headers.items()}
        )
        try:
            with urllib.request.urlopen(request, timeout=SOON) as response:
                return response.status, dict(response.headers), response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, dict(error.headers), error.read()

    def refused(self, path: str, data: bytes | None = None, **headers: str) -> tuple[int, str]:
        """Return status and sentence of a refusal."""
        status, _, body = self.ask(path, data, **headers)
        return status, json.loads(body)["error"]

    def stop(self) -> tuple[int, str]:
        """Interrupt it as Ctrl+C does; return its exit status and what it wrote to stderr."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        _, told = self.process.communicate(timeout=SOON)
        return self.process.returncode, told


def in_a_thread(action):
    """Call in a thread of its own: a browser test may have left this one with an event loop that runs."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(action).result()


@pytest.fixture(scope="module")
def app(bundle_folder):
    running = Running(bundle_folder)
    yield running
    assert running.stop() == (0, "")


def test_it_says_where_it_is(app, bundle_folder):
    assert app.first[0].strip() == repr(load_bundle(bundle_folder))
    assert app.first[1] == f"Open {app.address} in a browser. Ctrl+C ends it.\n"


def test_it_answers_as_the_bundle_does(app, bundle_folder, flowers):
    bundle = load_bundle(bundle_folder)
    for path in flowers.test.paths[:6]:
        status, headers, body = app.ask("predict", path.read_bytes())
        answer, told = bundle.predict(path), json.loads(body)
        assert (status, headers["Content-Type"]) == (200, "application/json; charset=UTF-8")
        assert list(told["probabilities"]) == list(flowers.class_names)
        assert told["probabilities"] == pytest.approx(answer.probabilities)
        assert (told["label"], told["known"], told["answer"]) == (answer.label, answer.known, str(answer))
        assert (told["verdict"], told["reason"]) == (answer.verdict, answer.reason)
        assert (told["confidence"], told["distance"], told["limit"]) == pytest.approx(
            (answer.confidence, answer.distance, answer.limit)
        )


def test_an_unknown_thing_is_told(app, strange):
    told = json.loads(app.ask("predict", strange.read_bytes())[2])
    assert told["known"] is False
    assert told["distance"] > told["limit"]
    assert told["answer"].startswith("none of these")


@pytest.mark.parametrize("data", [b"", b"milk", b"\xff\xd8\xff\xe0" + b"x" * 2000])
def test_what_is_no_photo_gets_a_sentence(app, data):
    status, sentence = app.refused("predict", data)
    assert status == 422
    assert sentence.startswith("Expected a photo that can be read. Received: a file: ")


def test_what_is_too_large_gets_a_sentence_however_large(app):
    for size in (config.APP_PHOTO_BYTES + 1, 150_000_000):  # the second is more than tornado's own limit
        status, sentence = app.refused("predict", bytes(size))
        assert status == 413
        assert sentence.startswith("Expected a photo of at most 25 MB. Received: ")
    status, _ = app.refused("predict", bytes(config.APP_PHOTO_BYTES))
    assert status == 422  # as large as may be, and no photo


def test_many_photos_at_a_time_are_not_all_kept(bundle_folder, flowers, monkeypatch):
    monkeypatch.setattr(server, "_HELD", 100_000)
    photo = flowers.test.paths[0].read_bytes()
    head = b"POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    with in_this_process(load_bundle(bundle_folder)) as app:
        port = int(app.address.rsplit(":", 1)[1].strip("/"))
        with socket.create_connection((server.HOST, port), timeout=SOON) as first:
            first.sendall(head % 99_999 + bytes(99_990))
            for _ in range(200):  # until all of that is there
                status = raw(app, head % len(photo) + photo)
                if status.startswith(b"HTTP/1.1 503 "):
                    break
            assert b"Expected at most 0 MB of photos at a time. Received: more, from everybody together. Try" in status
        for _ in range(200):  # until the connection's end is noticed
            if raw(app, head % len(photo) + photo)[9:12] == b"200":
                return
        raise AssertionError("what the first connection sent is still counted")


def test_a_form_is_told_how_to_send_a_photo(app):
    status, sentence = app.refused("predict", b"--x\r\n", Content_Type="multipart/form-data; boundary=x")
    assert status == 415
    assert "curl --data-binary @photo.jpg" in sentence


def test_asking_for_something_else(app):
    assert app.refused("secret.txt") == (404, "Expected / or /predict. (404)")
    assert app.refused("../config.py")[0] == 404
    assert app.refused("predict")[0] == 405
    assert app.refused("", b"x")[0] == 405


def test_a_form_in_capitals_is_one_too(app):
    assert app.refused("predict", b"--x\r\n", Content_Type="Multipart/Form-Data; boundary=x")[0] == 415


@pytest.mark.parametrize("path", ["pageXcss", "page/css", "pagescss", "page.css/", "page.css%00", "PAGE.CSS"])
def test_only_the_two_files_are_there(app, path):
    assert app.refused(path) == (404, "Expected / or /predict. (404)")


@pytest.mark.parametrize("origin", ["http://[", "http://]", "http://[::1", "//", "http://127.0.0.1:x", "\xff", "null"])
def test_an_origin_that_is_no_address_is_not_let_in(app, origin):
    assert app.refused("predict", b"x", Origin=origin) == (403, "Expected a request from this page itself. (403)")


def test_a_proxy_that_does_as_the_documentation_says_is_let_in(app):
    host = app.address.removeprefix("http://").rstrip("/")
    assert app.ask("", Host=host, Origin="", X_Forwarded_For="203.0.113.9")[0] == 200


def raw(app, data: bytes, timeout: float = 20.0) -> bytes:
    """Send bytes and nothing more; return what comes until the app closes the connection, or raise `TimeoutError`."""
    port = int(app.address.rsplit(":", 1)[1].strip("/"))
    with socket.create_connection((server.HOST, port), timeout=timeout) as connection:
        connection.sendall(data)
        found = b""
        while chunk := connection.recv(65536):
            found += chunk
        return found


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
        b"POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nx",
        b"GET /page.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    ],
    ids=["nothing", "half a header", "half a photo", "nothing after the first answer"],
)
def test_a_connection_on_which_nothing_comes_is_closed(bundle_folder, monkeypatch, sent):
    monkeypatch.setattr(server, "_PATIENCE", 0.3)
    monkeypatch.setattr(server, "_BODY_PATIENCE", 0.3)
    with in_this_process(load_bundle(bundle_folder)) as app:
        answered = raw(app, sent)  # ends because the app closes it, or fails
        assert answered.startswith(b"HTTP/1.1 200 OK") == sent.startswith(b"GET /page.css")


@contextlib.contextmanager
def in_this_process(bundle):
    """Serve a bundle from a thread, which ends with the process."""
    told, ready = [], threading.Event()
    serving = {"target": server.serve, "args": (bundle, 0, lambda address: (told.append(address), ready.set()))}
    threading.Thread(**serving, daemon=True).start()
    assert ready.wait(SOON)
    yield SimpleNamespace(address=told[0])


@pytest.mark.skipif(not hasattr(signal, "pause"), reason="needs the signals of a POSIX system")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_nobody_waits_for_a_photo_that_takes_long_when_it_is_told_to_stop(bundle_folder, flowers, number):
    code = (
        "import threading, time, sys; from helpers import load_bundle; from helpers.sharing.app import server;"
        f"bundle = load_bundle({str(bundle_folder)!r});"
        "bundle.predict = lambda data: (print('at it', flush=True), time.sleep(1000));"
        "server.serve(bundle, 0, lambda address: print(address, flush=True))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=config.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    port = int(process.stdout.readline().rsplit(":", 1)[1].strip("/\n"))
    with socket.create_connection((server.HOST, port), timeout=SOON) as connection:
        photo = flowers.test.paths[0].read_bytes()
        connection.sendall(b"POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n" % len(photo))
        connection.sendall(photo)
        assert process.stdout.readline() == "at it\n"
        process.send_signal(number)
        try:
            _, told = process.communicate(timeout=SOON)
        finally:
            process.kill()
    assert (process.returncode, told) == (0, "")


def test_other_sites_are_not_let_in(app):
    assert app.refused("", Host="evil.example")[0] == 403
    assert app.refused("predict", b"x", Host="evil.example:80")[0] == 403
    assert app.refused("predict", b"x", Origin="http://evil.example")[0] == 403
    assert app.refused("predict", b"x", Origin="null")[0] == 403
    assert app.refused("predict", b"x", Origin=app.address.rstrip("/"))[0] == 422
    assert app.ask("", Host="localhost:1234")[0] == 200


def test_other_machines_are_not_let_in(app):
    port = int(app.address.rsplit(":", 1)[1].strip("/"))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # sends nothing; tells this machine's own address
        own = probe.getsockname()[0]
        if not own.startswith("127."):
            with pytest.raises(OSError, match="refused"):
                socket.create_connection((own, port), timeout=SOON)


def test_the_page_takes_nothing_from_elsewhere(app, flowers):
    status, headers, body = app.ask()
    page = body.decode()
    assert status == 200
    assert ", ".join(flowers.class_names) in page
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    for path in ("", "page.css", "page.js"):
        text = app.ask(path)[2].decode()
        assert not re.search(r"(src|href|url|import|fetch)\W{1,3}(https?:)?//", text), path
    assert app.ask("page.js")[1]["Content-Type"] == "text/javascript; charset=utf-8"
    assert app.ask("page.css")[1]["X-Content-Type-Options"] == "nosniff"


def test_class_names_and_card_are_only_text_on_the_page(bundle_folder):
    from tornado.testing import AsyncHTTPTestCase

    bundle = load_bundle(bundle_folder)
    bundle.class_names, bundle.card = ("<b>daisy</b>", "rose & thorn"), "</pre><script>alert(1)</script>"

    class Case(AsyncHTTPTestCase):
        def get_app(self):
            return server.make_app(bundle)

        def runTest(self):  # noqa: N802
            page = self.fetch("/").body.decode()
            assert "&lt;b&gt;daisy&lt;/b&gt;, rose &amp; thorn" in page
            assert "<script>alert" not in page

    result = in_a_thread(Case().run)
    assert not result.failures + result.errors, result


def test_no_photo_is_kept(bundle_folder, flowers, tmp_path):
    folders = {name: tmp_path / name for name in ("home", "cache", "temporary")}
    for folder in folders.values():
        folder.mkdir()
    environment = dict(zip(("HOME", "GRAFT_CACHE", "TMPDIR"), map(str, folders.values()), strict=True))
    before = sorted(path.name for path in bundle_folder.iterdir())
    running = Running(bundle_folder, **environment)
    try:
        for path in flowers.test.paths[:3]:
            assert running.ask("predict", path.read_bytes())[0] == 200
    finally:
        assert running.stop() == (0, "")
    assert [path for folder in folders.values() for path in folder.rglob("*")] == []
    assert sorted(path.name for path in bundle_folder.iterdir()) == before


def test_a_port_in_use_or_out_of_range(bundle_folder, app):
    port = app.address.rsplit(":", 1)[1].strip("/")
    for wrong, told in (
        (port, "Expected a free port. Received: "),
        ("70000", "Expected a port from 0 to 65535"),
    ):
        running = Running(bundle_folder, "--port", wrong)
        status, _ = running.stop()
        assert status == 1
        assert running.address.startswith(f"graft: {told}")
        assert len(running.address.strip().splitlines()) == 1


def test_no_bundle(tmp_path):
    running = Running(tmp_path)
    assert running.stop()[0] == 1
    assert running.address.startswith("graft: Expected a bundle, a folder written by save_bundle.")


def test_the_browser_is_opened_if_asked(bundle_folder, monkeypatch):
    from helpers.__main__ import main

    opened = []
    monkeypatch.setattr(server, "open_page", opened.append)
    monkeypatch.setattr(server, "serve", lambda bundle, port, on_ready: on_ready(f"http://127.0.0.1:{port}/"))
    assert main(["app", str(bundle_folder), "--port", "8123"]) == 0
    assert opened == []
    assert main(["app", str(bundle_folder), "--port", "8123", "--open"]) == 0
    assert opened == ["http://127.0.0.1:8123/"]


def test_a_fault_of_ours_is_no_fault_of_the_photo(bundle_folder, flowers):
    from tornado.testing import AsyncHTTPTestCase, ExpectLog

    bundle = load_bundle(bundle_folder)
    bundle.predict = lambda data: 1 / 0

    class Case(AsyncHTTPTestCase):
        def get_app(self):
            return server.make_app(bundle)

        def runTest(self):  # noqa: N802
            with ExpectLog("tornado.application", "Uncaught exception POST /predict"):
                response = self.fetch("/predict", method="POST", body=flowers.test.paths[0].read_bytes())
            assert response.code == 500
            assert json.loads(response.body) == {"error": "Internal Server Error (500)"}

    result = in_a_thread(Case().run)
    assert not result.failures + result.errors, result


def test_markdown_becomes_html_and_nothing_else_does():
    card = (
        "# A \\| b\n\n| class | n |\n| --- | --- |\n| a\\|b | 1 |\n| <i> | &amp; |\n\n|  |  |\n| --- | --- |\n| x | y |"
        "\n\n- one **bold**\n- two \\*\\*not\\*\\*\n\n1. first\n2. second\n\nplain_word & \\_so\\_\n"
    )
    page = as_html(card)
    assert "<h2>A | b</h2>" in page
    assert "<td>a|b</td>" in page
    assert "<td>&lt;i&gt;</td>" in page
    assert page.count("<table>") == 2
    assert "<strong>bold</strong>" in page
    assert "two **not**" in page
    assert page.count("<li>") == 4
    assert "plain_word &amp; _so_" in page


def test_every_block_of_a_real_card_is_understood(bundle_folder):
    page = as_html(load_bundle(bundle_folder).card)
    assert not re.search(r"^#|\| |\*\*|^- |\\", page, flags=re.M)
    assert page.count("<table>") == 3
