"""Lay out what the website is made of: the stored lessons and the repository's pages, at the paths they have here."""

import json
import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LESSONS = "notebooks/[0-9][0-9]_*.ipynb"
PAGES = ("*.md", "notebooks/*.md", "notebooks/teaching/*.md", "data/README.md", "data/base/*.md")
PICTURES = (".github/*.png", ".github/*.webp")
# Links to files that are no page of the site, and the pages that stand for them.
INSTEAD = {"LICENSE": "licence.md", "helpers/__init__.pyi": "reference/index.md"}
NOTES = """# Notes for each lesson

Where learners stumble, what to ask the class, and what to cut when time is short. The instructor's edition has these
notes at the lessons' own headings; [TEACHING.md](../../TEACHING.md) says how to make it.

```{toctree}
:titlesonly:
:glob:

[0-9]*
capstone
```
"""
STILL = """<figure class="graft-still">{picture}
<figcaption>A still of the widget {name}. In JupyterLab you can use it.</figcaption></figure>"""
LICENCE = """# Licence

Code and lessons are under the Apache License 2.0. Photos and weights from elsewhere have
[licences of their own](data/README.md).

```text
%s
```
"""


def lay_out(target: Path, root: Path = ROOT) -> None:
    """Copy lessons, pages and pictures into a folder that Sphinx can read.

    Args:
        target: A folder; what is in it goes.
        root: The repository.
    """
    shutil.rmtree(target, ignore_errors=True)
    for pattern in (LESSONS, *PAGES, *PICTURES):
        for source in sorted(root.glob(pattern)):
            copy = target / source.relative_to(root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            if source.suffix == ".ipynb":
                copy.write_text(json.dumps(lesson(json.loads(source.read_text("utf-8")))), "utf-8")
            elif source.suffix == ".md":
                copy.write_text(page(source.read_text("utf-8")), "utf-8")
            else:
                shutil.copyfile(source, copy)
    (target / "notebooks" / "teaching" / "index.md").write_text(NOTES, "utf-8")
    (target / "licence.md").write_text(LICENCE % (root / "LICENSE").read_text("utf-8").rstrip(), "utf-8")
    shutil.copyfile(root / "site" / "index.md", target / "index.md")


def lesson(notebook: dict) -> dict:
    """Return a lesson as the site shows it.

    An output that JupyterLab shows collapsed is collapsed here, too; collapsed code, which draws a figure, is left
    out. A widget is stored as a picture, whose text is `<Name: …>`; a line says that this is a still.
    """
    for cell in notebook["cells"]:
        for hidden, tag in (("source_hidden", "remove-input"), ("outputs_hidden", "hide-output")):
            if cell["metadata"].get("jupyter", {}).get(hidden):
                cell["metadata"].setdefault("tags", []).append(tag)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            name = re.match(r"<(\w+): ", "".join(data.get("text/plain", "")))
            if name and "<img" in (picture := "".join(data.get("text/html", ""))):
                data["text/html"] = STILL.format(picture=picture, name=name[1])
    return notebook


def page(text: str) -> str:
    """Return a page whose links all lead to pages of the site, and whose picture is one that Sphinx copies."""
    text = re.sub(r"<picture>.*?<img\b([^>]*)>.*?</picture>", _as_image, text, flags=re.DOTALL)
    return re.sub(r"\]\(([^)\s]+)\)", lambda link: f"]({INSTEAD.get(link[1], link[1])})", text)


def _as_image(picture: re.Match) -> str:
    attributes = dict(re.findall(r'(\w+)="([^"]*)"', picture[1]))
    return f"![{attributes.get('alt', '')}]({attributes['src']})"
