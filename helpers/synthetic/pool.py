"""The pictures of the source task, drawn once and kept on disk: drawing takes longer than training on them.

Picture number n shows class n modulo the number of classes and depends on n alone. The pool is cut into chunks, one
picture of each class in each, so that it can be drawn by several processes, broken off, and gone on with.
"""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from tqdm import tqdm

from helpers.synthetic import source_task


def draw_pool(folder: Path, chunks: int, size: int = 128, processes: int = 2) -> None:
    """Draw what is missing of a pool of `chunks` chunks; finished chunks are kept.

    Args:
        folder: Where the chunks lie or shall lie.
        chunks: Each holds one picture of every class.
        size: Side of the pictures in pixels.
        processes: How many draw at once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [number for number in range(chunks) if not chunk_file(folder, number, size).is_file()]
    if not missing:
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as team:
        jobs = [team.submit(_draw_chunk, folder, number, size) for number in missing]
        for job in tqdm(jobs, desc="drawing the source task", unit="chunk"):
            job.result()


def chunk_file(folder: Path, number: int, size: int) -> Path:
    """Return where a chunk lies."""
    return folder / f"{size}px-{number:04d}.npz"


def read_pool(folder: Path, first: int, last: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Read chunks `first` to `last - 1`: pictures (n, size, size, 3) uint8 and factors (n, 6) int32."""
    pictures, factors = [], []
    for number in range(first, last):
        with np.load(chunk_file(folder, number, size)) as chunk:
            pictures.append(chunk["pictures"])
            factors.append(chunk["factors"])
    return np.concatenate(pictures), np.concatenate(factors)


def _draw_chunk(folder: Path, number: int, size: int) -> None:
    import cv2

    cv2.setNumThreads(1)  # the processes share the cores; more threads would only get in the way
    classes = source_task.source_classes()
    drawn = [
        source_task.draw(
            each, np.random.default_rng([source_task.TASK_SEED, number * len(classes) + each.number]), size
        )
        for each in classes
    ]
    unfinished = folder / f"unfinished-{number:04d}.npz"
    np.savez(
        unfinished,
        pictures=np.stack([picture for picture, _ in drawn]),
        factors=np.stack([source_task.as_row(factors) for _, factors in drawn]),
    )
    unfinished.replace(chunk_file(folder, number, size))  # in one step: a chunk is whole or not there
