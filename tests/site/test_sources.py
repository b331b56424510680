"""What the website is made of: lessons as they are stored, and pages whose links all lead to pages."""

import json

import pytest

from helpers import config

PICTURE = {"text/html": '<img alt="A lab." src="data:,">', "text/plain": "<FreezeLab: frozen up to top; 0 runs>"}
FIGURE = {"text/html": '<img alt="A strip." src="data:,">', "text/plain": "A strip."}
TABLE = {"text/html": "<table></table>", "text/plain": "<Run: 3 epochs>"}


def cell(data: dict, **metadata) -> dict:
    outputs = [{"output_type": "execute_result", "data": dict(data)}]
    return {"cell_type": "code", "source": "", "metadata": metadata, "outputs": outputs}


def test_a_still_of_a_widget_says_so_and_a_figure_or_a_table_stays(part):
    cells = [cell(PICTURE), cell(FIGURE), cell(TABLE), {"cell_type": "markdown", "source": "", "metadata": {}}]
    still, figure, table, _ = part("sources").lesson({"cells": cells})["cells"]
    shown = still["outputs"][0]["data"]["text/html"]
    assert PICTURE["text/html"] in shown
    assert "A still of the widget FreezeLab" in shown
    assert figure["outputs"][0]["data"] == FIGURE
    assert table["outputs"][0]["data"] == TABLE


def test_what_jupyterlab_shows_collapsed_is_collapsed(part):
    cells = [
        cell(FIGURE, jupyter={"outputs_hidden": True}, tags=["claim"]),
        cell(FIGURE, jupyter={"source_hidden": True}),
        cell(FIGURE),
    ]
    hidden, drawn, shown = part("sources").lesson({"cells": cells})["cells"]
    assert hidden["metadata"]["tags"] == ["claim", "hide-output"]
    assert drawn["metadata"]["tags"] == ["remove-input"]
    assert "tags" not in shown["metadata"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("[licence](LICENSE)", "[licence](licence.md)"),
        ("[`names`](helpers/__init__.pyi)", "[`names`](reference/index.md)"),
        ("[lesson 0](notebooks/00_start_here.ipynb)", "[lesson 0](notebooks/00_start_here.ipynb)"),
        ('<picture>\n<source srcset="a.png">\n<img src="b.webp" alt="A lab.">\n</picture>', "![A lab.](b.webp)"),
    ],
)
def test_links_lead_to_pages_of_the_site(part, written, expected):
    assert part("sources").page(f"See {written}.") == f"See {expected}."


def test_everything_keeps_its_path(part, tmp_path):
    target = tmp_path / "source"
    target.mkdir()
    (target / "old.md").touch()
    part("sources").lay_out(target)
    laid = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    lessons = {path.relative_to(config.ROOT).as_posix() for path in config.ROOT.glob("notebooks/[0-9]*.ipynb")}
    assert len(lessons) == 13
    assert lessons | {"index.md", "README.md", "notebooks/glossary.md", "data/base/MODEL_CARD.md"} <= laid
    assert "old.md" not in laid
    stored = json.loads((config.ROOT / min(lessons)).read_text("utf-8"))
    copied = json.loads((target / min(lessons)).read_text("utf-8"))
    assert [each["source"] for each in copied["cells"]] == [each["source"] for each in stored["cells"]]
