"""The ideas of the lessons, drawn before any code: each function draws one and returns it as a `Picture`."""

from helpers.plots.concepts.base_and_head import base_and_head as base_and_head
from helpers.plots.concepts.batchnorm_two_modes import batchnorm_two_modes as batchnorm_two_modes
from helpers.plots.concepts.faults_by_place import faults_by_place as faults_by_place
from helpers.plots.concepts.four_corners import four_corners as four_corners
from helpers.plots.concepts.freeze_boundary_moving import freeze_boundary_moving as freeze_boundary_moving
from helpers.plots.concepts.head_first_or_all_at_once import head_first_or_all_at_once as head_first_or_all_at_once
from helpers.plots.concepts.known_or_unknown import known_or_unknown as known_or_unknown
from helpers.plots.concepts.one_accuracy_two_models import one_accuracy_two_models as one_accuracy_two_models
from helpers.plots.concepts.receptive_field_growing import receptive_field_growing as receptive_field_growing
from helpers.plots.concepts.three_splits import three_splits as three_splits
from helpers.plots.concepts.two_ways_to_replace_the_head import (
    two_ways_to_replace_the_head as two_ways_to_replace_the_head,
)
from helpers.plots.concepts.what_leaves import what_leaves as what_leaves
