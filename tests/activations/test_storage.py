"""The store: whole arrays or none, damage found, the least recently used out first, a full disk told."""

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from helpers import config
from helpers.activations import storage
from helpers.activations.storage import DiskFullError, NoRoomError, Store
from helpers.activations.whole_files import write_whole

VALUES = np.arange(6000, dtype=np.float32).reshape(100, 60)


@pytest.fixture
def kept(tmp_path):
    """Return an empty store of 100 kB."""
    return Store(tmp_path / "arrays", limit=100_000)


def put(where: Store, key: str, values: np.ndarray = VALUES):
    return where.keep(key, values.shape, values.dtype, np.array_split(values, 7))


def test_what_was_kept_is_found_in_this_process_and_in_another(kept):
    assert kept.find("a") is None
    assert np.array_equal(put(kept, "a"), VALUES)
    for reader in (kept, Store(kept.folder, 100_000)):
        found = reader.find("a")
        assert isinstance(found, np.memmap)
        assert np.array_equal(found, VALUES)
        with pytest.raises(ValueError, match="read-only"):
            found[0] = 1


@pytest.mark.parametrize("dtype", ["float16", "float32", "int64"])
def test_parts_are_written_as_the_wanted_type(kept, dtype):
    assert np.array_equal(kept.keep("a", VALUES.shape, dtype, [VALUES]), VALUES.astype(dtype))


@pytest.mark.parametrize("damage", ["cut short", "a bit turned", "emptied"])
def test_damage_is_found_and_the_array_thrown_away(kept, damage):
    put(kept, "a")
    (file,) = kept.folder.glob("a.*.npy")
    file.chmod(0o644)
    data = bytearray(file.read_bytes())
    if damage == "a bit turned":
        data[5000] ^= 1
    file.write_bytes(bytes(data[: {"cut short": 9000, "a bit turned": None, "emptied": 0}[damage]]))
    assert Store(kept.folder, 100_000).find("a") is None
    assert not list(kept.folder.iterdir())


@pytest.mark.parametrize("damage", ["cut short", "a bit turned"])
def test_damage_after_the_first_check_is_found_as_well(kept, damage):
    put(kept, "a")
    assert kept.find("a") is not None
    (file,) = kept.folder.glob("a.*.npy")
    file.chmod(0o644)
    data = bytearray(file.read_bytes())
    data[5000] ^= 1
    file.write_bytes(bytes(data[: 9000 if damage == "cut short" else None]))
    assert kept.find("a") is None
    assert not list(kept.folder.iterdir())


def test_an_unchanged_array_is_checked_once_however_often_it_is_used(kept, monkeypatch):
    checked = []
    checksum = storage._checksum
    monkeypatch.setattr(storage, "_checksum", lambda file: checked.append(file) or checksum(file))
    put(kept, "a")
    for store in (kept, other := Store(kept.folder, 100_000), kept, other):
        assert np.array_equal(store.find("a"), VALUES)
    assert len(checked) == 1


def test_what_is_larger_than_the_limit_is_refused_and_throws_nothing_out(kept):
    put(kept, "a")
    with pytest.raises(NoRoomError, match=r"0\.2 MB are more than the cache may hold \(0\.1 MB\)"):
        put(kept, "b", np.zeros((100, 500), np.float32))
    assert kept.find("a") is not None


@pytest.mark.skipif(os.name != "posix", reason="rights are told otherwise on Windows")
def test_others_may_read_what_was_kept_and_nobody_may_change_it(kept):
    put(kept, "a")
    (file,) = kept.folder.glob("a.*.npy")
    (kept.folder / "other").touch()
    assert file.stat().st_mode == (kept.folder / "other").stat().st_mode & ~0o222


def test_what_cannot_be_opened_just_now_is_not_thrown_away(kept, monkeypatch):
    put(kept, "a")

    def refuse(*_, **__):
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(storage, "_checksum", refuse)
    assert Store(kept.folder, 100_000).find("a") is None
    monkeypatch.undo()
    assert Store(kept.folder, 100_000).find("a") is not None


def test_a_folder_that_may_only_be_read_is_read(kept, monkeypatch):
    put(kept, "a")

    def read_only(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(storage.os, "utime", read_only)
    assert np.array_equal(Store(kept.folder, 100_000).find("a"), VALUES)


def test_a_broken_off_writing_leaves_nothing_to_be_read(kept):
    def parts():
        yield VALUES[:50]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kept.keep("a", VALUES.shape, VALUES.dtype, parts())
    assert kept.find("a") is None
    assert not list(kept.folder.iterdir())


def test_the_least_recently_used_goes_first(kept):
    for number, key in enumerate("abcd"):  # 24 kB each
        put(kept, key)
        (file,) = kept.folder.glob(f"{key}.*.npy")
        os.utime(file, (number, number))
    assert kept.find("a") is not None  # now the most recently used
    put(kept, "e")
    assert [key for key in "abcde" if kept.find(key) is not None] == ["a", "c", "d", "e"]


def test_an_array_that_is_in_use_stays_readable_after_it_was_thrown_out(kept):
    values = put(kept, "a")
    kept.clear()
    assert np.array_equal(values, VALUES)


def test_what_cannot_fit_is_told_before_it_is_begun(kept, monkeypatch):
    assert kept.reason_not_cached(99_000) is None
    assert "100.0 MB are more than the cache may hold (0.1 MB)" in kept.reason_not_cached(100_000_000)
    large = Store(kept.folder, limit=10**18)
    assert "do not fit on the disk" in large.reason_not_cached(10**17)


def test_a_full_disk_is_told_in_one_sentence_and_spares_what_was_there(kept, monkeypatch):
    put(kept, "a")

    def no_space(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", no_space)
    with pytest.raises(DiskFullError, match=r"disk ran full.*0\.0 MB.*GRAFT_CACHE.*cache=False"):
        put(kept, "b")
    assert np.array_equal(Store(kept.folder, 100_000).find("a"), VALUES)
    assert not list(kept.folder.glob("*.unfinished"))


def test_a_disk_that_really_is_full(small_disk):
    disk = small_disk("64k")
    small = Store(disk, limit=10**9)
    put(small, "a")
    (disk / "something else").write_bytes(bytes(30_000))
    assert small.reason_not_cached(10**6) is not None
    with pytest.raises(DiskFullError):
        small.keep("b", (10, 5000), np.float32, iter(np.ones((10, 1, 5000), np.float32)))
    assert not list(disk.glob("*.unfinished"))


@pytest.mark.parametrize("locks", [True, False])
def test_files_left_behind_are_cleared_away_and_those_being_written_are_not(kept, monkeypatch, locks):
    if not locks:
        monkeypatch.setattr(storage, "fcntl", None)
    elif storage.fcntl is None:
        pytest.skip("there are no locks here")
    kept.folder.mkdir()
    old, new = kept.folder / "x.1.unfinished", kept.folder / "x.2.unfinished"
    for file in (old, new):
        file.write_bytes(b"half")
    os.utime(old, (0, 0))
    with kept.writing("b", VALUES.shape, VALUES.dtype) as writing:
        (own,) = kept.folder.glob("b.*.unfinished")
        os.utime(own, (time.time() - 60,) * 2)  # slow, and alive
        put(kept, "a")
        assert (old.exists(), new.exists(), own.exists()) == (False, True, True)
        writing.write(VALUES)
    assert np.array_equal(kept.find("b"), VALUES)


def test_an_array_with_rows_missing_is_refused(kept):
    with pytest.raises(ValueError, match="bytes fewer"):
        kept.keep("a", VALUES.shape, VALUES.dtype, [VALUES[:99]])
    assert kept.find("a") is None


def test_many_writers_and_readers_at_once_see_whole_arrays_only(kept):
    wrong = []

    def work(number):
        own = Store(kept.folder, 100_000)
        for turn in range(20):
            key = f"k{(number + turn) % 6}"
            found = own.find(key)
            if found is None:
                found = put(own, key)
            if not np.array_equal(found, VALUES):
                wrong.append(key)

    team = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in team:
        thread.start()
    for thread in team:
        thread.join()
    assert not wrong


def test_killed_at_any_moment_nothing_wrong_is_read(tmp_path):
    code = (
        "import sys, numpy as np; from pathlib import Path; from helpers.activations.storage import Store\n"
        "values = np.arange(600_000, dtype=np.float32).reshape(1000, 600)\n"
        "print('ready', flush=True)\n"
        "where = Store(Path(sys.argv[1]), 20_000_000)\n"
        "for turn in range(10_000):\n"
        "    where.keep(f'k{turn % 5}', values.shape, values.dtype, np.array_split(values, 50))\n"
    )
    values = np.arange(600_000, dtype=np.float32).reshape(1000, 600)
    rng = np.random.default_rng(0)
    for _ in range(50):
        writer = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, cwd=config.ROOT)
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(rng.uniform(0, 0.03))
        _all_whole_or_absent(tmp_path, values)  # while it writes
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        _all_whole_or_absent(tmp_path, values)

    for file in tmp_path.glob("*.unfinished"):
        os.utime(file, (time.time() - 20,) * 2)
    where = Store(tmp_path, 20_000_000)
    assert np.array_equal(where.keep("k9", values.shape, values.dtype, [values]), values)
    assert not list(tmp_path.glob("*.unfinished")), "what killed processes left is cleared away"


def _all_whole_or_absent(folder, values):
    fresh = Store(folder, 20_000_000)
    for number in range(5):
        found = fresh.find(f"k{number}")
        assert found is None or np.array_equal(found, values)


def test_a_small_file_gets_the_rights_that_others_get(tmp_path):
    (tmp_path / "other").touch()
    file = write_whole(tmp_path / "deep" / "file", b"x")
    assert file.read_bytes() == b"x"
    assert file.stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_small_file_that_cannot_be_written_leaves_what_was_there(tmp_path, monkeypatch):
    write_whole(tmp_path / "file", b"old")

    def refuse(*_):
        raise OSError(errno.EIO, "Input/output error")

    for call in ("replace", "fsync"):
        with monkeypatch.context() as patch:
            patch.setattr(storage.os, call, refuse)
            with pytest.raises(OSError, match="Input/output"):
                write_whole(tmp_path / "file", b"new")
        assert [file.name for file in tmp_path.iterdir()] == ["file"]
        assert (tmp_path / "file").read_bytes() == b"old"


@pytest.mark.skipif(os.name != "posix", reason="folders cannot be synced on Windows")
@pytest.mark.parametrize("small", [True, False])
def test_content_is_on_the_disk_before_its_name_and_then_the_name(kept, monkeypatch, small):
    """A power cut leaves the old file or the new one: never a name without its content."""
    done, sync, replace = [], os.fsync, os.replace

    def synced(handle):
        done.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "content")
        sync(handle)

    monkeypatch.setattr(storage.os, "fsync", synced)
    monkeypatch.setattr(storage.os, "replace", lambda *names: done.append("name") or replace(*names))
    write_whole(kept.folder / "file", b"x") if small else put(kept, "a")
    assert done == ["content", "name", "folder"]
