"""As much Markdown as a model card is written in, as HTML: headings, paragraphs, lists, tables, bold words."""

import html
import re

_ESCAPED = re.compile(r"\\([\\`*_\[\]<>|])")


def as_html(text: str) -> str:
    """Return Markdown as HTML. A heading goes down by one level: the page has its own first.

    Args:
        text: As `model_card` writes it. Nothing in it is taken for HTML, and other Markdown stays as it is written.
    """
    return "\n".join(_block(block) for block in re.split(r"\n{2,}", text.strip()) if block)


def _block(block: str) -> str:
    lines = block.splitlines()
    if heading := re.match(r"(#{1,5}) (.*)", block):
        level = len(heading[1]) + 1
        return f"<h{level}>{_words(heading[2])}</h{level}>"
    if len(lines) > 1 and re.fullmatch(r"\|( ?-+ ?\|)+", lines[1]):
        return _table(lines[0], lines[2:])
    for mark, kind in ((r"- ", "ul"), (r"\d+\. ", "ol")):
        if all(re.match(mark, line) for line in lines):
            items = "".join(f"<li>{_words(re.sub(f'^{mark}', '', line))}</li>" for line in lines)
            return f"<{kind}>{items}</{kind}>"
    return f"<p>{_words(block)}</p>"


def _table(header: str, rows: list[str]) -> str:
    named = any(_cells(header))
    head = "".join(f'<th scope="col">{_words(cell)}</th>' for cell in _cells(header)) if named else ""
    body = "".join("<tr>" + _row(_cells(row)) + "</tr>" for row in rows)
    return f"<table>{f'<thead><tr>{head}</tr></thead>' if named else ''}<tbody>{body}</tbody></table>"


def _row(cells: list[str]) -> str:
    first, *others = map(_words, cells)
    return f'<th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in others)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def _words(text: str) -> str:
    # What is escaped is set aside as a character reference, so that no sign of it is taken for Markdown.
    safe = _ESCAPED.sub(lambda found: f"&#{ord(found[1])};", text)
    safe = re.sub(r"&(?!#\d+;)|[<>\"]", lambda found: html.escape(found[0]), safe)
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", safe)
