"""Parts of the README that a benchmark writes, between two marks."""

import re

from helpers import config


def into_readme(mark: str, text: str) -> None:
    """Replace what stands between `<!-- mark -->` and `<!-- end of mark -->`."""
    readme = config.ROOT / "README.md"
    marked = re.compile(rf"(<!-- {mark} -->\n).*?(<!-- end of {mark} -->)", re.DOTALL)
    readme.write_text(marked.sub(lambda found: found[1] + text + found[2], readme.read_text()))
