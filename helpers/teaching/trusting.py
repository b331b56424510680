"""Lessons that Jupyter trusts: it shows all of their stored outputs, and not only what can do no harm."""

import contextlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path


def trust(notebooks: Iterable[bytes]) -> None:
    """Sign notebooks, as `jupyter trust` does, for this user of this computer.

    JupyterLab leaves styles and scripts out of stored outputs until a cell has been run, unless the notebook is signed:
    a drawing would stand on a white box in the dark theme, and a quiz would be empty. Where nothing can be kept of a
    signature, the notebooks stay as they are.

    Args:
        notebooks: Contents of one's own notebook files: a signature says that they do no harm. Other files are passed
            over.

    Example:
        >>> trust([Path("lesson.ipynb").read_bytes()])
    """
    import nbformat
    from jupyter_core.paths import jupyter_data_dir
    from nbformat.sign import NotebookNotary

    data = jupyter_data_dir()  # told, or the notary would start a Jupyter application, which closes others' logs
    with contextlib.suppress(OSError, sqlite3.Error):
        Path(data).mkdir(parents=True, exist_ok=True)
        with NotebookNotary(data_dir=data) as notary:
            for content in notebooks:
                with contextlib.suppress(ValueError):  # not a notebook
                    notary.sign(nbformat.reads(content.decode(), as_version=nbformat.NO_CONVERT))
