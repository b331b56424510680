"""Where photos come from, and what happens without a network."""

import hashlib
import http.server
import inspect
import io
import socket
import tarfile
import threading
import time
import urllib.error

import keras
import pytest

from helpers import config, load_flowers, load_photos
from helpers.photos import sources
from tests.patience import SOON


def test_auto_means_the_real_photos_where_they_are_on_disk(monkeypatch, tmp_path):
    monkeypatch.delenv("GRAFT_SOURCE")
    monkeypatch.setattr(config, "DOWNLOADED_FLOWERS", tmp_path / "flower_photos")
    assert sources.find_photos("auto").name == "bundled"
    (tmp_path / "flower_photos").mkdir()
    found = sources.find_photos("auto")
    assert (found.name, found.folder) == ("photos", tmp_path / "flower_photos")
    assert "CC-BY" in str(found.licence)
    monkeypatch.setenv("GRAFT_SOURCE", "bundled")
    assert sources.find_photos("auto").name == "bundled"


def test_photos_that_are_not_on_disk_are_told(monkeypatch, tmp_path):
    monkeypatch.setattr(config, "DOWNLOADED_FLOWERS", tmp_path / "flower_photos")
    with pytest.raises(FileNotFoundError, match=r"make photos.*bundled"):
        sources.find_photos("photos")


@pytest.mark.parametrize("word", ["photos", "bundled"])
def test_a_folder_with_the_name_of_a_source_is_not_passed_over(monkeypatch, tmp_path, photo_folder, word):
    folder = tmp_path / word
    folder.mkdir()
    drawn = photo_folder({"daisy": 4, "tulips": 4})
    for name in ("daisy", "tulips"):
        (drawn / name).rename(folder / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GRAFT_SOURCE")
    monkeypatch.setattr(config, "DOWNLOADED_FLOWERS", tmp_path / "flower_photos")
    if word == "photos":
        with pytest.raises(FileNotFoundError, match=r"folder 'photos' here: .* write source=\"\./photos\""):
            load_flowers(word)
        config.DOWNLOADED_FLOWERS.mkdir()
    with pytest.raises(ValueError, match=rf"one meaning.*{word}.*source=\"\./{word}\" if you mean the folder"):
        load_flowers(word, image_size=32)
    monkeypatch.setenv("GRAFT_SOURCE", word)
    with pytest.raises(ValueError, match="one meaning"):
        sources.find_photos("auto")
    monkeypatch.delenv("GRAFT_SOURCE")
    assert sources.find_photos("auto").name == ("photos" if word == "photos" else "bundled")
    for meant in (f"./{word}", folder.relative_to(tmp_path), folder):
        photos = load_flowers(meant, image_size=32)
        assert (photos.source, photos.class_names) == ("own folder", ("daisy", "tulips"))
        assert eval(photos.loading, {"load_flowers": load_flowers}).fingerprint == photos.fingerprint
    assert load_photos(word, image_size=32).fingerprint == photos.fingerprint


def test_the_bundled_pictures_are_there_and_ours():
    found = sources.find_photos("bundled")
    assert (found.folder, found.licence) == (config.BUNDLED_FLOWERS, sources.OURS)
    assert {len(list(folder.iterdir())) for folder in found.folder.iterdir()} == {200}


@pytest.fixture
def silent_server():
    """Return the address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/flowers.tgz"


def test_a_server_that_never_answers_is_soon_given_up(silent_server, monkeypatch):
    monkeypatch.setattr(config, "DOWNLOAD_PATIENCE", 0.5)
    began = time.perf_counter()
    with pytest.raises(ConnectionError, match=r"127\.0\.0\.1.* is out of reach .*Use the bundled ones\."):
        sources.check_in_reach(silent_server, "Use the bundled ones")
    assert time.perf_counter() - began < SOON


@pytest.fixture
def flower_server(monkeypatch, tmp_path):
    """Serve a small archive in the place of tf_flowers, and return the folder downloads go to."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        content = b"not really a daisy"
        entry = tarfile.TarInfo("flower_photos/daisy/one.jpg")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    body = file.getvalue()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()

        def do_GET(self):
            self.do_HEAD()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(sources, "FLOWERS_URL", f"http://127.0.0.1:{server.server_address[1]}/flower_photos.tgz")
    monkeypatch.setattr(sources, "FLOWERS_SHA256", hashlib.sha256(body).hexdigest())
    monkeypatch.setattr(config, "DOWNLOADED_FLOWERS", tmp_path / "downloads" / "flower_photos")
    yield tmp_path / "downloads"
    server.shutdown()
    server.server_close()


def test_a_download_is_checked_unpacked_and_leaves_nothing_else(flower_server):
    folder = sources.download_flowers()
    assert (folder / "daisy" / "one.jpg").read_bytes() == b"not really a daisy"
    assert [path.name for path in flower_server.iterdir()] == ["flower_photos"]
    assert sources.download_flowers() == folder


def test_a_download_that_breaks_off_is_told_and_leaves_nothing(flower_server, monkeypatch):
    def break_off(*_):
        raise urllib.error.ContentTooShortError("got only 10 out of 200 bytes", b"")

    monkeypatch.setattr(inspect.getmodule(keras.utils.get_file), "urlretrieve", break_off)
    with pytest.raises(ConnectionError, match=r"broke off .*10 out of 200.*Try again"):
        sources.download_flowers()
    assert list(flower_server.iterdir()) == []


def test_a_download_with_another_checksum_is_never_unpacked(flower_server, monkeypatch):
    monkeypatch.setattr(sources, "FLOWERS_SHA256", "0" * 64)
    with pytest.raises(ValueError, match="hash"):
        sources.download_flowers()
    assert list(flower_server.iterdir()) == []
