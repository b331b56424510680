"""Many photos at a time: in order, with a bar where it takes long, and without one where that was asked for."""

import pytest

from helpers import config
from helpers.photos.parallel import in_parallel


@pytest.mark.parametrize(("disabled", "shown"), [(None, True), ("0", True), ("1", False)])
def test_a_bar_is_shown_unless_tqdm_is_told_not_to(disabled, shown, monkeypatch, capsys):
    monkeypatch.setattr(config, "PROGRESS_AFTER", 0)
    monkeypatch.delenv("TQDM_DISABLE")
    if disabled is not None:
        monkeypatch.setenv("TQDM_DISABLE", disabled)
    assert in_parallel(abs, [-3, 1, -2], "Reading photos") == [3, 1, 2]
    assert ("Reading photos" in capsys.readouterr().err) == shown
