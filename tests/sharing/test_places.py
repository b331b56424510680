"""Where a bundle can't be written, a sentence says so."""

import re

import pytest

from helpers.sharing.packing import _place_for


def test_a_place_that_nothing_can_be_written_to_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=r"^Expected a place that a bundle .* Received: '.*x' \(.+\)\. Choose another"):
        _place_for(tmp_path / "file" / "x")
    assert [re.sub(".*/", "", str(path)) for path in tmp_path.iterdir()] == ["file"]
