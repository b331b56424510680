"""LIX against figures counted by hand, and prose without what is not prose."""

import nbformat
import pytest

from helpers.teaching import readability
from helpers.teaching.readability import lix, prose, sentences_only


@pytest.mark.parametrize(
    ("text", "words", "sentences", "long"),
    [
        ("The base sees. The head answers.", 6, 2, 1),  # answers
        ("Is it good? It is!", 5, 2, 0),
        ("Two ways: keep it, or cut deeper.", 7, 2, 0),  # a colon ends a sentence, as in 1968
        ("A well-known transfer\nof weights. It's EfficientNet", 7, 2, 4),  # all of them; a broken line ends nothing
        ("First paragraph\n\nsecond paragraph", 4, 2, 2),
        ("Version 2.5 runs", 2, 1, 1),
    ],
)
def test_lix_as_counted_by_hand(text, words, sentences, long):
    assert lix(text) == pytest.approx(words / sentences + 100 * long / words, abs=0.01)


def test_lix_of_nothing_is_nothing():
    assert lix("") == lix("1 2 3 …") == 0


def test_longer_sentences_and_longer_words_are_harder():
    easy = lix("We cut off the old head. We graft a new one.")
    assert easy < lix("We cut off the old head and graft a new one.") < lix("Substituting classification heads.")


def test_prose_has_no_code_no_addresses_and_no_markup():
    told = prose("# Title\n\nSee [lesson 2](02_look.ipynb), **bold** `code()`.\n```python\nx = 1\n```\n- item\n")
    assert told.split() == ["Title", "See", "lesson", "2,", "bold", ".", "item"]


def test_headings_and_tables_are_no_sentences():
    told = sentences_only("# A heading\n\nA sentence.\n\n| a | table |\n| --- | --- |\n\n- an item\n")
    assert told.split() == ["A", "sentence.", "an", "item"]


def test_a_lesson_is_measured_cell_by_cell():
    cells = [nbformat.v4.new_markdown_cell("# One\n\nTwo three."), nbformat.v4.new_code_cell("a = 1\n\nb = 2\n")]
    found = readability.readability(nbformat.v4.new_notebook(cells=cells))
    assert (found.words, found.code_lines, found.words_per_code_line) == (3, 2, 1.5)
    assert found.lix == 2
    assert readability.readability(nbformat.v4.new_notebook(cells=cells[:1])).words_per_code_line == float("inf")
