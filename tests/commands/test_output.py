"""Where standard output is closed, commands do their work all the same."""

import sys

from helpers.commands.check import tell


def test_a_closed_standard_output_takes_nothing_and_breaks_nothing(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    tell("daisy, 93% sure")
