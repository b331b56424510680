"""A model card as part of a page."""

import mistune


class _Below(mistune.HTMLRenderer):
    """Moves each heading down one level, since the page has a first-level heading of its own."""

    def heading(self, text: str, level: int, **attrs) -> str:
        return super().heading(text, min(level + 1, 6), **attrs)


_to_html = mistune.create_markdown(renderer=_Below(escape=True), plugins=["table"])


def as_html(text: str) -> str:
    """Return Markdown as HTML. HTML in the text is shown, not used.

    Args:
        text: As `model_card` writes it.
    """
    html = _to_html(text)
    assert isinstance(html, str)  # only without a renderer is it a list
    return html
