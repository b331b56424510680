"""The model that most tests of training train."""

import pytest

from helpers import attach_head, freeze


@pytest.fixture
def model(small):
    model = attach_head(small, classes=5)
    freeze(model, until="top")
    return model
