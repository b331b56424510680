"""How a lesson reads: the LIX of its prose, and its words of prose per line of code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_WORD = r"[^\W\d_]+(?:[-'’][^\W\d_]+)*"


@dataclass(frozen=True)
class Readability:
    """Measures of a lesson's prose.

    Attributes:
        lix: See `lix`.
        words: Words of prose, headings and tables included.
        code_lines: Lines of code, without empty ones.
    """

    lix: float
    words: int
    code_lines: int

    @property
    def words_per_code_line(self) -> float:
        """Words of prose per line of code; infinite without code."""
        return self.words / self.code_lines if self.code_lines else float("inf")


def readability(lesson: Mapping) -> Readability:
    """Measure a lesson's prose.

    Args:
        lesson: A notebook, as `nbformat` reads it.

    Returns:
        A `Readability`.

    Example:
        >>> round(readability(nbformat.read("notebooks/03_replace_the_head.ipynb", 4)).lix)
        20
    """
    told = "\n\n".join(cell["source"] for cell in lesson["cells"] if cell["cell_type"] == "markdown")
    code = [line for cell in lesson["cells"] if cell["cell_type"] == "code" for line in cell["source"].splitlines()]
    words = re.findall(_WORD, prose(told))
    return Readability(lix(sentences_only(told)), len(words), sum(bool(line.strip()) for line in code))


def prose(markdown: str) -> str:
    """Return a Markdown text without code, link addresses and markup.

    Items of a list become paragraphs.

    Example:
        >>> prose("See [lesson 2](02_look.ipynb): `blocks(base)` has **stages**.")
        'See lesson 2:  has stages.'
    """
    text = re.sub(r"^```.*?^```", "", markdown, flags=re.S | re.M)
    text = re.sub(r"`[^`]*`", "", text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"^\s*(?:#+|[-*+>]|\d+\.)\s+", "\n", text, flags=re.M)
    return re.sub(r"[*_|]|https?://\S+", "", text)


def sentences_only(markdown: str) -> str:
    """Return the prose of a Markdown text without headings and tables, which aren't sentences."""
    lines = re.sub(r"^```.*?^```", "", markdown, flags=re.S | re.M).splitlines()
    return prose("\n".join(line for line in lines if not re.match(r"\s*(#+ |\|)", line)))


def lix(text: str) -> float:
    """Return how hard a text is to read: words per sentence, plus the percentage of words of more than six letters.

    Below 30 is easy, 30 to 40 plain, above 50 hard (C. H. Björnsson, *Läsbarhet*, 1968). A colon ends a sentence, as it
    does there, and so does the end of a paragraph or of a list's item.

    Returns:
        A number; 0 for a text without words.

    Example:
        >>> lix("The base sees. The head answers.")
        19.67
    """
    words = re.findall(_WORD, text)
    sentences = [part for part in re.split(r"[.!?:]+(?=\W|$)|\n\s*\n", text) if re.search(_WORD, part)]
    if not words:
        return 0.0
    long = sum(len(re.sub(r"[-'’]", "", word)) > 6 for word in words)
    return round(len(words) / len(sentences) + 100 * long / len(words), 2)
