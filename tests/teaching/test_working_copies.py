"""A learner's copies of the lessons: made once, kept once they are changed, and told apart from newer lessons."""

import json
import logging

import nbformat
import pytest

from helpers.__main__ import main
from helpers.teaching import lessons
from helpers.teaching.working_copies import as_never_run, begin
from tests.teaching.test_covering import covered


@pytest.fixture(autouse=True)
def _signatures_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def originals(tmp_path):
    folder = tmp_path / "course"
    folder.mkdir()
    for name in ("00_first.ipynb", "01_second.ipynb", "glossary.md"):
        (folder / name).write_text(f"{name} as the course has it")
    return sorted(folder.iterdir())


@pytest.fixture
def mine(tmp_path):
    return tmp_path / "mine"


def test_all_is_copied_once_and_then_nothing_is_said(originals, mine):
    (said,) = begin(mine, originals)
    assert said.startswith("3 files copied into ")
    assert [(mine / path.name).read_bytes() for path in originals] == [path.read_bytes() for path in originals]
    assert begin(mine, originals) == []


def test_what_a_learner_wrote_stays_even_if_the_lesson_changes(originals, mine):
    begin(mine, originals)
    (mine / originals[0].name).write_text("my answer")
    assert begin(mine, originals) == []
    originals[0].write_text("a newer lesson")
    (said,) = begin(mine, originals)
    assert "since you began 00_first.ipynb. Your copies stay as they are" in said
    assert (mine / originals[0].name).read_text() == "my answer"
    (mine / originals[0].name).unlink()  # moved away, as the sentence says
    assert begin(mine, originals) == [f"1 file copied into {mine}. What you write there is yours."]
    assert (mine / originals[0].name).read_text() == "a newer lesson"


def test_a_copy_that_was_never_touched_follows_the_course(originals, mine):
    begin(mine, originals)
    originals[1].write_text("a newer lesson")
    (said,) = begin(mine, originals)
    assert said.endswith("hadn't touched: 01_second.ipynb.")
    assert (mine / originals[1].name).read_text() == "a newer lesson"


@pytest.mark.parametrize("lost", [None, "{", "[]", '{"00_first.ipynb": 3}'])
def test_without_the_list_of_originals_nothing_of_the_learners_is_overwritten(originals, mine, lost):
    begin(mine, originals)
    (mine / originals[0].name).write_text("my answer")
    (mine / ".originals.json").unlink()
    if lost is not None:
        (mine / ".originals.json").write_text(lost)
    (said,) = begin(mine, originals)
    assert "since you began 00_first.ipynb" in said
    assert (mine / originals[0].name).read_text() == "my answer"
    assert set(json.loads((mine / ".originals.json").read_text())) >= {"01_second.ipynb", "glossary.md"}


def test_what_is_in_the_way_is_told(originals, mine):
    with pytest.raises(ValueError, match=r"^Expected another folder than the lessons' own\. Received: "):
        begin(originals[0].parent, originals)
    (mine / originals[0].name).mkdir(parents=True)
    with pytest.raises(ValueError, match=r"to be a file, or not there\. Received: a folder\.$"):
        begin(mine, originals)
    (mine / originals[0].name).rmdir()
    mine.rmdir()
    mine.write_text("")
    with pytest.raises(ValueError, match="Expected a folder for your lessons"):
        begin(mine, originals)


def test_by_default_every_lesson_and_the_pages_they_link_to(mine, capsys):
    assert main(["begin", str(mine)]) == 0
    names = {path.name for path in mine.iterdir()} - {".originals.json"}
    assert names == {path.name for path in lessons.lesson_paths()} | {"README.md", "glossary.md", "cheat_sheet.md"}
    assert capsys.readouterr().out == f"{len(names)} files copied into {mine}. What you write there is yours.\n"


def is_trusted(copy) -> bool:
    from jupyter_core.paths import jupyter_data_dir
    from nbformat.sign import NotebookNotary

    with NotebookNotary(data_dir=jupyter_data_dir()) as notary:
        return notary.check_signature(nbformat.read(copy, as_version=4))


def test_jupyter_trusts_the_copies_until_somebody_else_changes_them(mine):
    lesson = lessons.lesson_paths()[0]
    begin(mine, [lesson])
    copy = mine / lesson.name
    assert is_trusted(copy)
    copy.write_text(copy.read_text(encoding="utf-8").replace("flower", "tree", 1), encoding="utf-8")
    assert not is_trusted(copy)


def test_other_libraries_logs_stay_open(originals, mine):
    class Log(logging.NullHandler):
        open = True

        def close(self) -> None:
            self.open = False
            super().close()

    log = Log()  # as absl has one, which writes to the standard error of the time when it was made, and closes that
    begin(mine, originals)
    assert log.open


@pytest.mark.parametrize("place", ["a file", "a damaged database"])
def test_where_no_signature_can_be_kept_the_copies_are_made_all_the_same(originals, mine, tmp_path, monkeypatch, place):
    if place == "a file":
        (tmp_path / "jupyter").write_text("in the way")
        monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    else:
        (tmp_path / "data" / "nbsignatures.db").mkdir(parents=True)
    begin(mine, originals)
    assert (mine / "00_first.ipynb").is_file()


def _numbered(cell) -> bool:
    return any(part.get("execution_count") for part in (cell, *cell.get("outputs", ())))


@pytest.mark.parametrize("path", lessons.lesson_paths(), ids=lambda path: path.stem)
def test_a_learners_copy_holds_no_covered_output_and_no_number_and_is_the_same_otherwise(path):
    stored, copy = json.loads(path.read_bytes()), json.loads(as_never_run(path.read_bytes()))
    assert not any(covered(cell) for cell in copy["cells"])
    assert any(cell.get("execution_count") for cell in stored["cells"])
    assert not any(_numbered(cell) for cell in copy["cells"])
    for cell in stored["cells"]:
        for part in (cell, *cell.get("outputs", ())):
            part |= {"execution_count": None} if "execution_count" in part else {}
    for before, after in zip(stored["cells"], copy["cells"], strict=True):
        if covered(before):
            assert (after["outputs"], after["source"], after["id"]) == ([], before["source"], before["id"])
        else:
            assert after == before
    nbformat.validate(nbformat.from_dict(copy))


@pytest.mark.parametrize(
    "content", [b"", b"no notebook", b"[1]", b'{"cells": 3}', b'{"cells": [{}]}', b'{"cells": [], "metadata": {} }']
)
def test_what_was_never_run_stays_as_it_is(content):
    assert as_never_run(content) == content
