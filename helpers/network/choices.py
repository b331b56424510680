"""Pre-trained networks to choose from: size, cost, accuracy and licences, each figure with its source."""

import json
from functools import lru_cache

import pandas as pd

from helpers import checks, config

# What is known of each, in the order of the table. Parameters and multiply-adds are shown in millions.
FIGURES = ("parameters", "input", "top_1", "multiply_adds", "code", "weights", "photos", "where")
_IN_MILLIONS = ("parameters", "multiply_adds")


@checks.checked(sources=checks.flag)
def pretrained_models(sources: bool = False) -> pd.DataFrame:
    """Return a table of pre-trained networks that a course like this one could start from.

    The figures are kept in `data/models.json`; nothing is built or downloaded. A top-1 accuracy belongs to one file of
    weights: the same network trained by somebody else has another.

    Args:
        sources: Whether to return, in place of each figure, the address or the call that it comes from.

    Returns:
        DataFrame with a row per model and the columns `parameters` (millions, without the top), `input` (pixels per
        side that the other figures hold for), `top_1` (accuracy on ImageNet's validation photos), `multiply_adds`
        (millions per photo; missing where the authors give none), `code`, `weights` and `photos` (the licence of each,
        as its authors state it), and `where` (places that offer the weights).

    Raises:
        FileNotFoundError: If the file is missing.

    Example:
        >>> pretrained_models().loc["EfficientNetB0", ["parameters", "input"]].to_dict()
        {'parameters': 4.0, 'input': 224}
    """
    said = "source" if sources else "is"
    table = pd.DataFrame({row["model"]: {each: row[each][said] for each in FIGURES} for row in _kept()}).T
    table.index.name = "model"
    if sources:
        return table
    table["where"] = [", ".join(places) for places in table["where"]]
    for each in _IN_MILLIONS:
        table[each] = (table[each].astype(float) / 1e6).round(1)
    return table.astype({"input": int, "top_1": float})


@lru_cache(maxsize=1)
def _kept() -> list[dict]:
    if not config.PRETRAINED_MODELS.is_file():
        raise FileNotFoundError(
            f"Expected the table of pre-trained models in '{config.PRETRAINED_MODELS.name}'. Received: no such file. "
            "Restore it: git checkout -- data/models.json"
        )
    return json.loads(config.PRETRAINED_MODELS.read_text(encoding="utf-8"))
