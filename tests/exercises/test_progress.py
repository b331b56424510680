"""What is solved is kept: by exercises and quizzes, once and for all, and shown for all lessons."""

import keras
import pytest

from helpers.exercises import lesson_00, lesson_04, lesson_11, progress, quizzes, records
from helpers.exercises.problem import Problem
from helpers.exercises.view import Question
from helpers.widgets.quiz import QuizWatcher


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GRAFT_PROGRESS", str(tmp_path / "kept"))
    return tmp_path / "kept"


def commonest(labels):
    return max((labels == label).mean() for label in set(labels.tolist()))


def test_a_right_answer_is_kept_and_stays_right(folder):
    lesson_00.q2.check(lambda labels: 0.5)
    assert records.kept() == {("00", "q2"): "wrong"}
    lesson_00.q2.check(commonest)
    assert records.kept() == {("00", "q2"): "right"}
    lesson_00.q2.check(lambda labels: 0.5)
    assert records.kept() == {("00", "q2"): "right"}
    assert [file.name for file in folder.iterdir()] == ["00.q2"]


def test_what_is_no_attempt_is_not_kept(folder):
    lesson_04.q1.check(...)
    lesson_04.q1.check(keras.Sequential(), 1, 2)  # this check takes other arguments
    Question(Problem("q1", "Of no lesson.", lambda answer: None, "Fine.", ("Go on.",), "answer = 1")).check(1)
    assert records.kept() == {}
    assert not folder.exists()


def test_an_exercise_of_the_museum_belongs_to_its_lesson():
    lesson_11.q12.check(lambda logits: None)
    assert records.kept() == {("11", "q12"): "wrong"}


def test_a_folder_that_cannot_be_written_keeps_nobody_from_working(folder):
    folder.write_text("a file where the folder should be")
    assert lesson_00.q2.check(commonest).outcome == "right"
    assert progress().lessons[0].exercises["q2"] is None


def test_files_of_other_kinds_are_passed_over(folder):
    folder.mkdir()
    (folder / "notes.txt").write_text("right\n")
    (folder / "04.q1").write_bytes(b"\xff\xfe")
    (folder / "04.q2").write_text("perhaps\n")
    (folder / "04.q3").mkdir()
    assert records.kept() == {}


def test_all_lessons_are_shown_with_every_exercise_and_question():
    shown = progress()
    assert [each.lesson for each in shown.lessons] == [f"{number:02d}" for number in range(12)]
    assert list(shown.lessons[11].exercises) == [f"q{number}" for number in range(1, 13)]
    assert [len(each.quiz) for each in shown.lessons] == [len(quizzes.questions(each.lesson)) for each in shown.lessons]
    assert "Next: lesson 0." in shown.sentence()
    assert all(set(each.exercises.values()) == {None} for each in shown.lessons)


def test_it_says_what_comes_next_and_when_all_is_done():
    for name in progress().lessons[0].exercises:
        records.keep("00", name, "right")
    for name in progress().lessons[0].quiz:
        records.keep("00", name, "right")
    records.keep("01", "q1", "wrong")
    shown = progress()
    assert "Next: lesson 1." in shown.sentence()
    assert repr(shown).splitlines()[1].startswith("lesson 1   exercises ✘")
    assert 'aria-label="q1: wrong, q2: not tried' in shown._repr_html_()
    for each in shown.lessons:
        for name in (*each.exercises, *each.quiz):
            records.keep(each.lesson, name, "right")
    told = repr(progress())
    assert told.endswith("that is the whole course.")
    assert "✘" not in told
    assert "·" not in told


def test_optional_exercises_may_be_left_out_and_are_counted_by_themselves():
    names = [*progress().lessons[11].exercises, *progress().lessons[11].quiz]
    assert set(lesson_11.OPTIONAL) < set(names)
    for name in names:
        if name not in lesson_11.OPTIONAL:
            records.keep("11", name, "right")
    required = len(names) - len(lesson_11.OPTIONAL)
    assert required == 6 + len(quizzes.questions("11"))
    assert progress().lessons[11].done
    assert progress().sentence().startswith(f"{required} of ")
    assert "optional" not in progress().sentence()
    records.keep("11", lesson_11.OPTIONAL[0], "right")
    assert f"{required} of " in progress().sentence()
    assert " solved and 1 of 6 optional ones. Next: lesson 0." in progress().sentence()
    records.keep("11", "q1", "right")  # what was right stays right; a required one that is open keeps the lesson open
    (records.config.progress_folder() / "11.q1").unlink()
    assert not progress().lessons[11].done


def test_answers_of_a_quiz_are_kept_and_known_when_it_is_shown_again():
    watcher = QuizWatcher("04")
    watcher.tried = [0, 1]
    watcher.right = [1]
    assert records.kept() == {("04", "quiz1"): "wrong", ("04", "quiz2"): "right"}
    assert watcher.said.startswith("1 of ")
    again = QuizWatcher("04")
    assert again.right == [1]
    assert again.said == watcher.said


def test_where_widgets_do_not_render_the_watcher_shows_nothing():
    data, _ = QuizWatcher("04")._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/html"] == "<p></p>"
