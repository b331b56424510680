"""Keras set in a way that the networks can't work with is told where work begins."""

import subprocess
import sys

import keras
import pytest

from helpers import config, load_base, load_photos
from helpers.photos.environment import check_environment

FAULTS = [
    (keras.config.set_image_data_format, "channels_first", "channels_last", "image data format to be 'channels_last'"),
    (keras.config.set_floatx, "float16", "float32", "floatx to be 'float32'"),
    (keras.config.set_floatx, "float64", "float32", "floatx to be 'float32'"),
    (keras.config.set_dtype_policy, "float16", "float32", "dtype policy to be 'float32' or 'mixed_float16'"),
    (keras.config.set_dtype_policy, "float64", "float32", "dtype policy to be 'float32' or 'mixed_float16'"),
]


@pytest.mark.parametrize(("set_to", "wrong", "right", "told"), FAULTS)
def test_what_the_networks_cannot_bear_is_told_with_the_remedy(photo_folder, set_to, wrong, right, told):
    folder = photo_folder({"daisy": 4, "tulips": 4})
    set_to(wrong)
    try:
        for load in (lambda: load_photos(folder, image_size=32), lambda: load_base("MobileNetV2-0.35", None, 32)):
            with pytest.raises(ValueError, match=rf"{told}.*Received: '{wrong}'.*{set_to.__name__}\('{right}'\)"):
                load()
    finally:
        set_to(right)
    check_environment()


@pytest.mark.parametrize("policy", ["float32", "mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_is_fine(policy):
    keras.config.set_dtype_policy(policy)
    try:
        check_environment()
    finally:
        keras.config.set_dtype_policy("float32")


def test_another_backend_is_told_before_keras_is_there(photo_folder):
    folder = photo_folder({"daisy": 4, "tulips": 4})
    code = f"from helpers import load_photos; load_photos({str(folder)!r}, image_size=32)"
    environment = {"KERAS_BACKEND": "torch", "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=config.ROOT, env=environment
    )
    last = done.stderr.strip().splitlines()[-1]
    assert "ValueError: Expected KERAS_BACKEND to be 'tensorflow'. Received: 'torch'." in last
