"""The room in which the exercises' answers are made."""

import pytest

from tests.exercises.room import furnished


@pytest.fixture(scope="session")
def room(flowers) -> dict:
    """Return what a lesson's cells have by then, on a base of five blocks."""
    return furnished(flowers)
