"""Check the built website: every link leads somewhere, and no page fetches anything from another host."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What a browser fetches without being asked. An `a` leads to another host only once somebody clicks it.
_FETCHED = {
    "audio": ("src",),
    "embed": ("src",),
    "iframe": ("src",),
    "img": ("src", "srcset"),
    "link": ("href",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
}
_IN_STYLE = re.compile(r"""(?:url\(\s*|@import\s+)["']?((?:https?:)?//[^"')\s]+)""")


class _Page(HTMLParser):
    """What one page names: its anchors, where it links to, and what it fetches."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = {"", "top"}
        self.links: list[str] = []
        self.fetched: list[str] = _IN_STYLE.findall(text)
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in _FETCHED.get(tag, ()) and value:
                self.fetched.append(value.split()[0])  # a srcset has a size behind the address
            elif name == "href" and value:
                self.links.append(value)
            elif name in ("id", "name") and value:
                self.anchors.add(value)


def trouble_in(folder: Path) -> list[str]:
    """Return a sentence for each broken link, and for each thing that a page or a style fetches from another host.

    Args:
        folder: The built site.
    """
    found = (path for path in sorted(folder.rglob("*.html")) if "_static" not in path.parts)  # the theme's templates
    pages = {path.resolve(): _Page(path.read_text("utf-8")) for path in found}
    troubles = []
    for path, page in pages.items():
        where = path.relative_to(folder.resolve())
        troubles += [f"{where} fetches {address}" for address in page.fetched if _is_elsewhere(address)]
        for address in dict.fromkeys(page.links + page.fetched):
            if not _is_elsewhere(address) and not _leads_somewhere(address, path, pages):
                troubles.append(f"{where}: {address} leads nowhere")
    for path in sorted(folder.rglob("*.css")):
        fetched = _IN_STYLE.findall(path.read_text("utf-8"))
        troubles += [f"{path.relative_to(folder)} fetches {address}" for address in fetched]
    return troubles


def _is_elsewhere(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme not in ("", "data")


def _leads_somewhere(address: str, path: Path, pages: dict[Path, _Page]) -> bool:
    parts = urlsplit(address)
    if parts.scheme == "data":
        return True
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target.is_dir():
        target /= "index.html"
    if target not in pages:
        return target.is_file()
    return unquote(parts.fragment) in pages[target].anchors
