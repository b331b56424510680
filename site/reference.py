"""Write the reference of the public names from their docstrings. The source is read, never run: that needs no Keras."""

import logging
import re
from collections.abc import Callable
from pathlib import Path

import griffe
from docstrings import as_markdown, first_sentence
from signatures import Defaults, signature, type_of

ROOT = Path(__file__).resolve().parent.parent
# What is in `helpers`, by its folder, and what the folder's page is called, in the order of a project.
FOLDERS = {
    "photos": "Loading photos",
    "network": "The network",
    "activations": "Activations",
    "training": "Training",
    "judging": "Judging",
    "sharing": "Sharing",
    "experiments": "Experiments",
}
# What is imported from a module of its own.
MODULES = {"plots": "Figures", "widgets": "Widgets"}
TITLES = FOLDERS | MODULES
INDEX = """# Reference

Every public name, by the folder of `helpers/` that it comes from. Import them from `helpers`, as in
`from helpers import fit`. Only the [figures](plots.md) are in `helpers.plots`, and the [widgets](widgets.md) in
`helpers.widgets`.

```{toctree}
:hidden:
:titlesonly:

PAGES
```
"""


class Reference:
    """The package's public names with their docstrings, and the pages that show them.

    Args:
        root: The folder that holds `helpers`.

    Attributes:
        names: What each page lists: a dict of griffe's objects by name.
    """

    def __init__(self, root: Path = ROOT) -> None:
        logging.getLogger("griffe").setLevel(logging.ERROR)  # it warns of `epochs, learning_rate:` on one line
        self.package = griffe.load("helpers", search_paths=[root], allow_inspection=False, docstring_parser="google")
        self.defaults = Defaults(self.package)
        self.names: dict[str, dict[str, griffe.Object]] = {page: {} for page in TITLES}
        for path, name in _imports(root / "helpers" / "__init__.pyi"):
            self.names[path.split(".")[0]][name] = self.package[f"{path}.{name}"]
        for path, name in _imports(root / "helpers" / "widgets" / "__init__.pyi"):
            self.names["widgets"][name] = self.package[f"widgets.{path}.{name}"]
        drawing = {"described": self.package["plots.described"]} | self.package["plots"].functions
        self.names["plots"] = {name: found for name, found in drawing.items() if not name.startswith("_")}

    def write(self, target: Path) -> None:
        """Write a page for each folder, and one that lists them all."""
        target.mkdir(parents=True, exist_ok=True)
        listed = [INDEX.replace("PAGES", "\n".join(TITLES))]
        for page, title in TITLES.items():
            (target / f"{page}.md").write_text(self.page(page), "utf-8")
            listed.append(f"## [{title}]({page}.md)\n\n{self._overview(page)}")
        (target / "index.md").write_text("\n\n".join(listed) + "\n", "utf-8")

    def page(self, page: str) -> str:
        """Return a page, as MyST Markdown."""
        about = self._linked(page)(self.package[page].docstring.value.split("\n\n")[0])
        parts = [f"# {TITLES[page]}", about, f"```{{py:currentmodule}} {_module(page)}\n```"]
        for name, found in self.names[page].items():
            parts += [f"## {name}", self._entry(name, found, page)]
        return "\n\n".join(parts) + "\n"

    def _overview(self, page: str) -> str:
        link = self._linked(page)
        rows = [f"| {link(f'`{name}`')} | {link(first_sentence(found))} |" for name, found in self.names[page].items()]
        return "\n".join(["| | |", "| --- | --- |", *rows])

    def _entry(self, name: str, found: griffe.Object, page: str) -> str:
        """Return the directive that shows a function or a class, with the public parts of a class inside."""
        link = self._linked(page)
        inside = told = as_markdown(found, link)
        for member in _public_members(found):
            if f"{{py:attribute}} {member.name}\n" in told:  # a property that the class's docstring explains
                continue
            kind = "property" if "property" in member.labels else "method"
            inside += "\n\n" + self._directive(f"py:{kind}", member.name, member, as_markdown(member, link), 4)
        kind = "class" if found.is_class else "function" if found.is_function else "data"
        return self._directive(f"py:{kind}", name, found, inside, 6)

    def _directive(self, kind: str, name: str, found: griffe.Object, inside: str, ticks: int) -> str:
        fence = "`" * ticks
        options = [f":type: {typed}"] if (typed := type_of(found)) else []
        return "\n".join([f"{fence}{{{kind}}} {name}{signature(found, self.defaults)}", *options, "", inside, fence])

    def _linked(self, page: str) -> Callable[[str], str]:
        """Return a function that turns names in backticks into links, those of the same page first."""

        def link(found: re.Match) -> str:
            for where in (page, *TITLES):
                if found[1] in self.names[where]:
                    return f"{{py:obj}}`{found[1]} <{_module(where)}.{found[1]}>`"
            return found[0]

        return lambda text: re.sub(r"(?<![`}])`(\w+)`(?!`)", link, text)


def _module(page: str) -> str:
    return f"helpers.{page}" if page in MODULES else "helpers"


def _imports(stub: Path) -> list[tuple[str, str]]:
    """Return where a stub imports its names from, and the names, in its order."""
    return re.findall(r"^from \.([\w.]+) import (\w+) as", stub.read_text("utf-8"), flags=re.MULTILINE)


def _public_members(found: griffe.Object) -> list[griffe.Object]:
    """Return the methods and properties of a class that have a docstring and a name without an underscore."""
    if not found.is_class:
        return []
    return [
        member
        for member in found.members.values()
        if not member.is_alias
        and member.has_docstring
        and not member.name.startswith("_")
        and (member.is_function or "property" in member.labels)
    ]
