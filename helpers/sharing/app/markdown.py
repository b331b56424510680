"""A model card as a part of a page."""

import mistune


class _Below(mistune.HTMLRenderer):
    """Puts each heading down by one level: the page has its own first."""

    def heading(self, text: str, level: int, **attrs) -> str:
        return super().heading(text, min(level + 1, 6), **attrs)


_to_html = mistune.create_markdown(renderer=_Below(escape=True), plugins=["table"])


def as_html(text: str) -> str:
    """Return Markdown as HTML. Nothing in it is taken for HTML.

    Args:
        text: As `model_card` writes it.
    """
    return _to_html(text)
