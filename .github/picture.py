"""Draw the README's picture: `python .github/picture.py`. Four freeze boundaries of EfficientNetB0, as strips."""

from pathlib import Path

import matplotlib.pyplot as plt

from helpers import attach_head, freeze, load_base, plots

STEPS = {
    "top": "1  graft a new head, freeze the rest, train",
    "block6d": "2  let the last blocks learn too, gently",
    "block4c": "3  further down, the further your task is away",
    None: "4  nothing frozen, random weights: training from scratch",
}

model = attach_head(load_base("EfficientNetB0", weights=None), classes=5)
figure, axes = plt.subplots(len(STEPS), 1, figsize=(10, 5.2))
for ax, (until, title) in zip(axes, STEPS.items(), strict=True):
    plots.block_strip(freeze(model, until=until).table, ax=ax)
    ax.set_title(title, loc="left", fontsize=11, pad=16)
figure.tight_layout(h_pad=1.6)
figure.savefig(Path(__file__).with_name("graft.png"), dpi=90)
