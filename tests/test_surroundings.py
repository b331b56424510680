"""Whatever Graft runs in: no terminal, no home, nothing to write to, the locale C, two notebooks at once."""

import os
import shutil
import subprocess
import sys

import pytest

from helpers import config

QUIETLY = "from helpers.quiet import chatter_hidden\n"
PYTHON = [sys.executable, "-c"]


def run(command: list[str], where=config.ROOT, closed: str = "", **environment: str | None):
    """Run a command, some of its descriptors closed by the shell; a variable that is `None` is not there."""
    variables = {name: value for name, value in (os.environ | environment).items() if value is not None}
    shell = ["sh", "-c", f'exec "$@" {closed}', "sh"] if closed else []
    return subprocess.run([*shell, *command], cwd=where, env=variables, capture_output=True, timeout=120)


@pytest.fixture
def folder(photo_folder):
    return str(photo_folder({"daisy": 5, "tulips": 5}))


@pytest.fixture
def elsewhere(tmp_path_factory):
    """Return a folder that isn't the one with the photos."""
    return tmp_path_factory.mktemp("elsewhere")


def check(folder: str) -> list[str]:
    return [sys.executable, "-m", "helpers", "check", folder]


needs_sh = pytest.mark.skipif(shutil.which("sh") is None, reason="needs a POSIX shell")


@needs_sh
@pytest.mark.parametrize("closed", ["2>&-", "<&- 2>&-"])
def test_without_stderr(folder, closed):
    done = run(check(folder), closed=closed)
    assert done.returncode == 0
    assert "train: 3 daisy, 3 tulips" in done.stdout.decode()


@needs_sh
def test_without_stderr_a_failure_is_told_all_the_same(tmp_path):
    done = run(check(str(tmp_path / "none")), closed="2>&-")
    assert done.returncode == 1
    assert done.stdout.decode().startswith("graft: Expected")


@needs_sh
def test_without_stderr_a_long_reading_shows_no_progress_and_goes_on(folder, monkeypatch):
    monkeypatch.delenv("TQDM_DISABLE")
    code = f"from helpers import config, load_photos; config.PROGRESS_AFTER = 0; load_photos({folder!r})"
    assert run([*PYTHON, code], closed="2>&-").returncode == 0


@needs_sh
def test_without_stderr_nobodys_file_gets_what_is_meant_for_it(tmp_path):
    """The next file that is opened gets the lowest free descriptor: 2, if nothing else has it."""
    code = (
        "import os, helpers\n"
        f"file = os.open({str(tmp_path / 'mine')!r}, os.O_CREAT | os.O_RDWR)\n" + QUIETLY + "with chatter_hidden():\n"
        "    os.write(file, b'mine, '); os.write(2, b'E an error of TensorFlow ')\n"
        "os.write(file, b'all of it'); os.write(2, b'another')"
    )
    done = run([*PYTHON, code], closed="2>&-")
    assert done.returncode == 0
    assert (tmp_path / "mine").read_bytes() == b"mine, all of it"


def no_home(code: str) -> list[str]:
    """Run code where neither HOME nor the list of users tells where this user is at home, as in some containers."""
    nobody = "import pwd\ndef unknown(number): raise KeyError(number)\npwd.getpwuid = unknown\n"
    return [*PYTHON, (nobody if os.name == "posix" else "") + code]


def test_without_a_home(folder):
    code = f"import sys\nfrom helpers.__main__ import main\nsys.exit(main(['check', {folder!r}]))"
    done = run(no_home(code), HOME=None, USERPROFILE=None)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "train: 3 daisy, 3 tulips" in done.stdout.decode()


def test_without_a_home_figures_are_drawn(tmp_path):
    code = "from helpers import plots\nprint(plots.described(plots.bars({'a': 1.0}, 'x'), 'a bar'))"
    done = run(no_home(code), HOME=None, MPLCONFIGDIR=None, USERPROFILE=None, TMPDIR=str(tmp_path))
    assert (done.returncode, done.stdout.decode()) == (0, "a bar\n"), done.stderr


@pytest.fixture
def read_only(elsewhere):
    """Return the checkout under another path, where nothing can be written: an overlay without an upper layer."""
    place, empty = elsewhere / "checkout", elsewhere / "empty"
    place.mkdir()
    empty.mkdir()
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("mounting needs root on Linux")
    layers = f"lowerdir={config.ROOT}:{empty}"
    if subprocess.run(["mount", "-t", "overlay", "overlay", "-o", layers, place], capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    yield place
    subprocess.run(["umount", "-l", str(place)], capture_output=True)


def test_a_read_only_checkout(read_only, folder):
    with pytest.raises(OSError, match="Read-only"):
        (read_only / "x").touch()
    done = run(check(folder), where=read_only, GRAFT_CACHE=None)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "train: 3 daisy, 3 tulips" in done.stdout.decode()
    done = run(check(folder + "/none"), where=read_only, GRAFT_CACHE=None)
    assert done.returncode == 1
    assert done.stderr.decode().startswith("graft: Expected")
    assert "(Traceback: " not in done.stderr.decode()  # there is no log to name


@pytest.mark.thorough
def test_a_read_only_checkout_without_a_home_is_diagnosed(read_only):
    code = "import sys\nfrom helpers.__main__ import main\nsys.exit(main(['doctor']))"
    done = run(no_home(code), where=read_only, HOME=None, USERPROFILE=None, GRAFT_CACHE=None)
    assert done.returncode == 0, done.stderr
    told = done.stdout.decode()
    assert "Activations cache writable: no" in told
    assert 'Base that load_base("auto") means: Efficient' in told


@pytest.mark.thorough
def test_a_read_only_checkout_still_trains(read_only, folder):
    """What can't be kept is computed again."""
    code = (
        "from tests.networks import behind_every_name\n"
        "from helpers import attach_head, fit, freeze, load_base, load_photos\n"
        f"photos = load_photos({folder!r}, image_size=32)\n"
        "with behind_every_name():\n"
        "    model = attach_head(load_base('EfficientNetB0', weights=None, image_size=32), classes=2)\n"
        "freeze(model, until='top')\n"
        "print(len(fit(model, photos, epochs=2, progress=False).history))"
    )
    done = run([*PYTHON, code], where=read_only, GRAFT_CACHE=None)
    assert (done.returncode, done.stdout.decode()) == (0, "2\n"), done.stderr.decode()[-500:]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locale")
@pytest.mark.parametrize("utf8", ["0", "1"])
def test_the_locale_c(photo_folder, utf8):
    folder = photo_folder({"daisy": 5, "tulips": 5})
    (folder / "tulips").rename(folder / "Gänseblümchen")
    (folder / "daisy" / "雛菊.txt").touch()
    plain = {"LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": utf8, "PYTHONIOENCODING": None}
    done = run(check(str(folder)), **plain)
    assert (done.returncode, done.stderr) == (0, b"")
    told = done.stdout.decode("utf-8" if utf8 == "1" else "ascii")
    assert "3 G" in told
    assert "skipped daisy/" in told


TRAINING = """
import sys, pathlib, time
from helpers import attach_head, evaluate, fit, freeze, load_base, load_photos
from tests.networks import behind_every_name
photos = load_photos(sys.argv[1], image_size=32)
with behind_every_name():
    model = attach_head(load_base("EfficientNetB0", weights=None, image_size=32), classes=2)
freeze(model, until="top")
pathlib.Path(sys.argv[2]).touch()
while not all(pathlib.Path(name).exists() for name in sys.argv[2:4]):  # both begin at the same moment
    time.sleep(0.001)
for seed in range(3):
    run = fit(model, photos, epochs=1, augment=0.5 + seed / 10, seed=seed, progress=False, keep="last")
    print(run.history.drop(columns="seconds").round(5).to_csv(index=False), end="")
"""


@pytest.mark.thorough
def test_two_notebooks_with_one_cache(folder, elsewhere, monkeypatch, capsys):
    """Two processes train on the same photos at once, each view of them in the cache: both get what one alone gets."""
    marks = [str(elsewhere / name) for name in ("one", "two")]
    both = []
    for mine, other in (marks, marks[::-1]):
        command = [*PYTHON, TRAINING, folder, mine, other]
        variables = os.environ | {"GRAFT_CACHE": str(elsewhere / "shared")}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        both.append(subprocess.Popen(command, cwd=config.ROOT, env=variables, text=True, **pipes))
    told = [process.communicate(timeout=300) for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert [err for _, err in told] == ["", ""]
    # Alone, in a process that has TensorFlow already.
    monkeypatch.setenv("GRAFT_CACHE", str(elsewhere / "own"))
    monkeypatch.setattr(sys, "argv", ["-c", folder, *marks])
    exec(TRAINING, {})
    alone = capsys.readouterr().out
    assert [out for out, _ in told] == [alone, alone]
    assert alone.count("val_accuracy") == 3
