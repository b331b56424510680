"""Figures for the lessons: arrays in, matplotlib axes out; `described` turns them into a picture that a cell shows.

Nothing here loads data, trains or uses pyplot: pyplot keeps the current figure in a global, and widgets call these
functions from other threads. `concepts` draws the ideas of the lessons, one function each.
"""

from helpers.plots import concepts as concepts
from helpers.plots.charts import bars as bars
from helpers.plots.charts import confusion as confusion
from helpers.plots.charts import learning_curves as learning_curves
from helpers.plots.charts import lines_by_epoch as lines_by_epoch
from helpers.plots.charts import named_points as named_points
from helpers.plots.colours import DARK as DARK
from helpers.plots.colours import ICE as ICE
from helpers.plots.colours import LIGHT as LIGHT
from helpers.plots.colours import LINES as LINES
from helpers.plots.colours import MIDDLE as MIDDLE
from helpers.plots.grids import heat_scale as heat_scale
from helpers.plots.grids import photo_grid as photo_grid
from helpers.plots.grids import top_answers as top_answers
from helpers.plots.picture import Picture as Picture
from helpers.plots.picture import described as described
from helpers.plots.strip import block_strip as block_strip
