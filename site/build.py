"""Build the website, offline: lay out its sources, write the reference, run Sphinx, check every link.

Example:
    make site    # and then open site/_build/html/index.html
"""

import shutil
import sys
import time
from pathlib import Path

from links import trouble_in
from reference import Reference
from sources import lay_out
from sphinx.cmd.build import build_main

HERE = Path(__file__).resolve().parent


def build(target: Path) -> int:
    """Build the site in a folder, and return an exit status.

    Args:
        target: Gets `source/` and `html/`; both are made anew.

    Returns:
        0 if Sphinx warned of nothing, every link leads somewhere, and no page fetches anything from another host.
    """
    began = time.perf_counter()
    source, pages = target / "source", target / "html"
    lay_out(source)
    Reference().write(source / "reference")
    shutil.rmtree(pages, ignore_errors=True)
    strict = ["--fail-on-warning", "--fresh-env", "--quiet", "--jobs=auto"]
    if status := build_main([*strict, "-c", str(HERE), "-d", str(target / "doctrees"), str(source), str(pages)]):
        return status
    troubles = trouble_in(pages)
    for trouble in troubles:
        print(trouble)
    count = sum("_static" not in path.parts for path in pages.rglob("*.html"))
    print(f"{count} pages in {time.perf_counter() - began:.0f} s: {pages / 'index.html'}")
    return int(bool(troubles))


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1]) if sys.argv[1:] else HERE / "_build"))
