"""Exercises of lesson 11: twelve broken transfers to fix, in the order of the lesson, and the course's capstone."""

from helpers.exercises.capstone import TICKS as TICKS
from helpers.exercises.capstone import capstone as capstone
from helpers.exercises.museum import feeding_faults, freezing_faults, judging_faults

OPTIONAL = ("q4", "q5", "q6", "q8", "q10", "q12")  # earlier lessons ask for the same, or few readers will ever need it

q1 = freezing_faults.nothing_unfrozen
q2 = freezing_faults.not_compiled_again
q3 = freezing_faults.batchnorm_loose
q4 = freezing_faults.training_false
q5 = freezing_faults.cut_inside_a_block
q6 = freezing_faults.rate_too_large
q7 = feeding_faults.rescaled_twice
q8 = feeding_faults.on_both_sides
q9 = feeding_faults.labels_shuffled
q10 = feeding_faults.validation_augmented
q11 = judging_faults.test_as_validation
q12 = judging_faults.logits_read_as_probabilities
