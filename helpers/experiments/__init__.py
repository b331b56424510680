"""Experiments that take longer than a lesson, with their stored results; sweeps over settings and seeds.

`python -m helpers experiment NAME` computes one and writes `data/results/NAME.csv`, and beside it `NAME.json` with the
command, date, versions and seeds. Lessons read these and measure single points again.
"""

from helpers.experiments.replaced_head import best_heads
from helpers.experiments.stored import EXPERIMENTS, find, measure_again, run_experiment, stored_results

__all__ = ["EXPERIMENTS", "best_heads", "find", "measure_again", "run_experiment", "stored_results"]
