"""What an unfinished run keeps: each stage whole or not at all, and only for the same photos and wishes."""

import numpy as np
import pytest

from helpers import attach_head, fit, freeze
from helpers.sharing.making.work import Work

ASKED = {"folder": "flowers", "seed": 0, "kept": {"date": "2026-11-26"}}


@pytest.fixture
def work(tmp_path):
    work = Work(tmp_path / "my_model")
    work.begin(ASKED)
    return work


@pytest.fixture(scope="module")
def trained_head(small, flowers):
    model = attach_head(small, classes=5)
    freeze(model, until="top")
    return model, fit(model, flowers, epochs=1, learning_rate=0.1, progress=False)


def test_a_stage_comes_back_as_it_was(work, trained_head, small, flowers):
    model, run = trained_head
    work.keep("0-head", model, run)
    other = attach_head(small, classes=5, seed=3)
    again = work.kept("0-head", other, flowers.fingerprint)
    assert again.val_accuracy == run.val_accuracy
    assert again.settings == run.settings
    assert again.history.equals(run.history)
    for one, two in zip(model.get_weights(), other.get_weights(), strict=True):
        assert np.array_equal(one, two)


def test_a_stage_that_is_missing_or_damaged_is_none(work, trained_head, small, flowers):
    model, run = trained_head
    fresh = attach_head(small, classes=5, seed=3)
    before = fresh.get_weights()
    assert work.kept("0-head", fresh, flowers.fingerprint) is None
    assert not work.has_stages
    work.keep("0-head", model, run)
    assert work.has_stages
    file = work.folder / "0-head.npz"
    whole = file.read_bytes()
    for damaged in (whole[:1000], b"", bytes([whole[0] ^ 1]) + whole[1:], whole[:5000] + b"\x55" * 9 + whole[5009:]):
        file.write_bytes(damaged)
        assert work.kept("0-head", fresh, flowers.fingerprint) is None
    entry = whole.rindex(b"PK\x01\x02")  # of the last array, in the archive's list: encrypted, or packed in some way
    for place, value in ((8, 1), (10, 8), (10, 12), (10, 99)):
        file.write_bytes(whole[: entry + place] + bytes([value]) + whole[entry + place + 1 :])
        assert work.kept("0-head", fresh, flowers.fingerprint) is None
    file.write_bytes(whole)
    (work.folder / "0-head.json").write_text("{")
    assert work.kept("0-head", fresh, flowers.fingerprint) is None
    assert all(np.array_equal(one, two) for one, two in zip(before, fresh.get_weights(), strict=True))


def test_nothing_but_the_runs_own_files_is_ever_deleted(work):
    (work.folder / "tmp3kf_a09b.unfinished").touch()  # what a power cut leaves
    work.check_resume(False)
    for name in ("holiday.npz", "0-head.txt", "x0-head.npz", "notes"):
        (work.folder / name).touch()
        with pytest.raises(FileExistsError, match=rf"Expected nothing but an unfinished run.*Received: {name}"):
            work.check_resume(True)
        assert not work.has_stages
        work.remove()
        assert [path.name for path in work.folder.iterdir()] == [name]
        (work.folder / name).unlink()
    work.remove()
    assert not work.folder.exists()
    work.folder.symlink_to(work.folder.parent)
    with pytest.raises(FileExistsError, match="something that isn't a folder"):
        work.check_resume(False)


def test_a_stage_of_other_photos_is_refused(work, trained_head, small):
    work.keep("0-head", *trained_head)
    with pytest.raises(ValueError, match=r"Expected the same photos.*added, removed or changed"):
        work.kept("0-head", attach_head(small, classes=5), "another fingerprint")


def test_a_run_goes_on_only_if_it_is_asked_to_and_wants_the_same(work, trained_head):
    work.check_resume(False)  # nothing is complete yet, so nothing would be lost
    work.keep("0-head", *trained_head)
    with pytest.raises(FileExistsError, match="Add --resume to go on"):
        work.check_resume(False)
    work.check_resume(True)
    later = ASKED | {"kept": {"date": "2027-01-01"}}
    assert Work(work.folder.with_name("my_model")).begin(later)["kept"] == {"date": "2026-11-26"}
    with pytest.raises(ValueError, match=r"Expected the same seed as at the start.*Received: 1 instead of 0"):
        work.begin(ASKED | {"seed": 1})
    (work.folder / "asked.json").write_text("{")
    with pytest.raises(ValueError, match=r"a damaged asked\.json\. Delete the folder"):
        work.begin(ASKED)
    work.remove()
    assert not work.folder.exists()
