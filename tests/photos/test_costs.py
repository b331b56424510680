"""Files that would take far more time or memory than their size suggests, each in the way of its format."""

import io
import os
from pathlib import Path

import pytest

from helpers import load_photos
from helpers.photos import limits
from helpers.photos.photo import PhotoError


class Growing:
    """Stands for the path of a file that has grown since its size was looked at."""

    def stat(self):
        return os.stat_result((0o100644, 0, 0, 1, 0, 0, self.told, 0, 0, 0))

    def open(self, mode):
        return io.BytesIO(b"x" * 100)


def test_no_more_of_a_file_is_read_than_its_size():
    path = Growing()
    for path.told, reason in ((0, "^the file is empty$"), (99, "^the file is still being written; try again once")):
        with pytest.raises(PhotoError, match=reason):
            limits.read_file(path)
    path.told = 100
    assert limits.read_file(path) == b"x" * 100


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="a file of the system's, where there are such")
def test_a_link_to_a_file_of_the_systems_is_skipped(photo_folder):
    folder = photo_folder({"daisy": 4, "tulips": 4})
    (folder / "daisy" / "log.jpg").symlink_to("/proc/self/status")  # /proc/kmsg would be waited for without an end
    assert [reason for _, reason in load_photos(folder, image_size=32).skipped] == ["the file is empty"]
