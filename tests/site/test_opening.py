"""The README opens with a moving picture of the freeze lab, what the learner gets in five lines, and two commands."""

import re

from PIL import Image

from helpers import config

PICTURE = config.ROOT / ".github" / "freeze_lab.webp"


def test_the_picture_moves_is_small_and_goes_on_for_ever():
    assert PICTURE.stat().st_size < 1_000_000  # the git hook's limit
    with Image.open(PICTURE) as picture:
        assert picture.n_frames >= 20
        assert picture.info["loop"] == 0
        assert picture.width >= 800


def test_the_readme_opens_with_it():
    opening, _, rest = (config.ROOT / "README.md").read_text("utf-8").partition("## Start")
    picture, text = opening.split("</picture>")
    assert re.search(r'<img alt="[^"]{100,}" src="\.github/freeze_lab\.webp">', picture)
    assert "prefers-reduced-motion" in picture  # a still for whoever has asked for one
    assert len(re.findall(r"^- ", text, flags=re.MULTILINE)) == 5
    commands = re.search(r"```bash\n(.*?)```", rest, flags=re.DOTALL)
    assert commands
    assert [line.partition("#")[0].strip() for line in commands[1].splitlines()] == ["make lab", "make test"]
