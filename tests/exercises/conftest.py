"""The room in which the exercises' answers are made."""

import pytest

from helpers.exercises import time_limit
from tests.exercises.room import furnished
from tests.patience import SOON


@pytest.fixture(autouse=True)
def _with_patience(monkeypatch):
    """Give every answer time, also on a machine that has much else to do, and none what an earlier one left over."""
    monkeypatch.setattr(time_limit, "SECONDS", SOON)
    monkeypatch.setattr(time_limit.allowance, "seconds", SOON)


@pytest.fixture(scope="session")
def room(flowers) -> dict:
    """Return what a lesson's cells have by then, on a base of five blocks."""
    return furnished(flowers)
