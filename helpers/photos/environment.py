"""How Keras must be set for the course's networks: told where work begins, before something fails further on."""

import os
import sys

_BACKEND, _DATA_FORMAT, _FLOATX = "tensorflow", "channels_last", "float32"
# Of numbers between the layers; weights, and the last layer's probabilities, are float32 in each of them.
_POLICIES = ("float32", "mixed_float16", "mixed_bfloat16")


def check_environment() -> None:
    """Raise `ValueError` unless Keras computes as these networks need it, as far as it has been set yet.

    Keras isn't imported for it: photos are read without. Until then, only the environment variable that decides its
    backend can be looked at.

    Raises:
        ValueError: If Keras has another backend than TensorFlow, puts channels first, or rounds more than the networks
            can bear. The message says how to set it back.
    """
    keras = sys.modules.get("keras")
    if not hasattr(keras, "config"):  # not imported yet, or not to the end
        _expect("KERAS_BACKEND", os.environ.get("KERAS_BACKEND", _BACKEND), (_BACKEND,), "unset it, or set it to that")
        return
    settings = keras.config  # pyright: ignore[reportOptionalMemberAccess] # it has that attribute
    _expect("Keras's backend", settings.backend(), (_BACKEND,), "set KERAS_BACKEND to that, and restart")
    for what, value, fitting, call in (
        ("Keras's image data format", settings.image_data_format(), (_DATA_FORMAT,), "set_image_data_format"),
        ("Keras's floatx", settings.floatx(), (_FLOATX,), "set_floatx"),
        ("Keras's dtype policy", settings.dtype_policy().name, _POLICIES, "set_dtype_policy"),
    ):
        _expect(what, value, fitting, f"call keras.config.{call}({fitting[0]!r}) first")


def _expect(what: str, value: str, fitting: tuple[str, ...], remedy: str) -> None:
    if value not in fitting:
        raise ValueError(
            f"Expected {what} to be {' or '.join(map(repr, fitting))}. Received: {value!r}. To change that, {remedy}."
        )
