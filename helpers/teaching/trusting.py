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
    from nbformat.sign import MemorySignatureStore, NotebookNotary

    with contextlib.suppress(OSError, sqlite3.Error):
        data = NotebookNotary(store_factory=MemorySignatureStore).data_dir  # where Jupyter keeps signatures
        Path(data).mkdir(parents=True, exist_ok=True)
        with NotebookNotary() as notary:
            for content in notebooks:
                with contextlib.suppress(ValueError):  # not a notebook
                    notary.sign(nbformat.reads(content.decode(), as_version=nbformat.NO_CONVERT))
