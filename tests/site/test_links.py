"""The link check finds each kind of broken link, and whatever would be fetched from another host."""

import pytest

GOOD = """<html><head><link href="style.css" rel="stylesheet"><script src="_static/a.js?v=1"></script></head><body>
<a href="#part">here</a><a href="sub/other.html#there">there</a><a href="sub/">folder</a><a href="https://keras.io">away</a>
<img src="data:image/png;base64,AA=="><a href="mailto:a@b.c">mail</a><p id="part"></p></body></html>"""
OTHER = '<a href="../index.html#part">back</a><h1 id="there">There</h1>'


@pytest.fixture
def pages(tmp_path):
    """Return a small site without a fault."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "_static").mkdir()
    (tmp_path / "index.html").write_text(GOOD)
    (tmp_path / "style.css").write_text("body { background: url('_static/a.png') }")
    (tmp_path / "_static" / "a.js").touch()
    (tmp_path / "_static" / "template.html").write_text('<a href="{{ unknown }}">')
    (tmp_path / "sub" / "other.html").write_text(OTHER)
    (tmp_path / "sub" / "index.html").write_text(OTHER)
    return tmp_path


def test_a_site_without_a_fault(part, pages):
    assert part("links").trouble_in(pages) == []


@pytest.mark.parametrize(
    ("added", "trouble"),
    [
        ('<a href="missing.html">', "missing.html leads nowhere"),
        ('<a href="sub/other.html#nowhere">', "sub/other.html#nowhere leads nowhere"),
        ('<a href="#nowhere">', "#nowhere leads nowhere"),
        ('<img src="missing.png">', "missing.png leads nowhere"),
        ('<script src="https://cdn.example/a.js">', "fetches https://cdn.example/a.js"),
        ('<link href="//fonts.example/a.css">', "fetches //fonts.example/a.css"),
        ('<img srcset="https://cdn.example/a.png 2x">', "fetches https://cdn.example/a.png"),
        ('<p style="background: url(https://cdn.example/b.png)">', "fetches https://cdn.example/b.png"),
    ],
)
def test_a_fault_is_told_once(part, pages, added, trouble):
    (pages / "sub" / "faulty.html").write_text(added.replace("sub/", ""))
    told = part("links").trouble_in(pages)
    assert len(told) == 1
    assert told[0].startswith("sub/faulty.html")
    assert told[0].endswith(trouble.replace("sub/", ""))


def test_a_style_that_fetches_is_told(part, pages):
    (pages / "style.css").write_text(
        "@import 'https://fonts.example/a.css'; @font-face { src: url(//fonts.example/b) }"
    )
    assert part("links").trouble_in(pages) == [
        "style.css fetches https://fonts.example/a.css",
        "style.css fetches //fonts.example/b",
    ]
