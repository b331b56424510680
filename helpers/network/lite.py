"""EfficientNet-Lite0, built from Keras's own layers. `lite_weights` fills it with what Google trained on ImageNet.

EfficientNet-Lite (Renjie Liu, 2020) is EfficientNet made for phones: without squeeze-and-excite, which some of their
processors can't run, and with ReLU6 in place of swish, which is easier to store in 8 bits. Keras Applications doesn't
have it. The plan, the names and the strides are those of its EfficientNetB0, so blocks and boundaries are the same in
both. https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite
"""

import keras

NAME = "EfficientNetLite0"

# Kernel size, blocks, channels out, expansion and first stride of each stage (Tan and Le, 2019, table 1).
_STAGES = (
    (3, 1, 16, 1, 1),
    (3, 2, 24, 6, 2),
    (5, 2, 40, 6, 2),
    (3, 3, 80, 6, 2),
    (5, 3, 112, 6, 1),
    (5, 4, 192, 6, 2),
    (3, 1, 320, 6, 1),
)
_SKIPPED = 0.2  # stochastic depth: how often training leaves out the last block; the first never, the others between
_BLOCKS = sum(repeats for _, repeats, *_ in _STAGES)


def build(image_size: int) -> keras.Model:
    """Return EfficientNet-Lite0 without its top, with random weights.

    Args:
        image_size: Side of the square photos in pixels, at least 32.

    Returns:
        Flat `keras.Model` from photos, RGB, 0 to 255, to 1,280 feature maps. Layers have the names that
        Keras's EfficientNetB0 gives them.

    Example:
        >>> build(128).output_shape
        (None, 4, 4, 1280)
    """
    photo = keras.Input((image_size, image_size, 3))
    x = keras.layers.Rescaling(1 / 128, offset=-127 / 128, name="rescaling")(photo)
    x = _conv(x, 32, "stem_conv", size=3, strides=2)
    x = _relu6(_norm(x, "stem_bn"), "stem_activation")
    done = 0
    for stage, (size, repeats, filters, expansion, strides) in enumerate(_STAGES, start=1):
        for letter in "abcd"[:repeats]:
            x = _block(x, f"block{stage}{letter}_", size, filters, expansion, strides, _SKIPPED * done / _BLOCKS)
            strides, done = 1, done + 1
    x = _conv(x, 1280, "top_conv")
    x = _relu6(_norm(x, "top_bn"), "top_activation")
    return keras.Model(photo, x, name=NAME.lower())


def _block(
    x: keras.KerasTensor, name: str, size: int, filters: int, expansion: int, strides: int, skipped: float
) -> keras.KerasTensor:
    # An inverted residual block: widen, look around in each map by itself, narrow again, add what came in.
    came_in = x
    if expansion > 1:
        x = _conv(x, x.shape[-1] * expansion, name + "expand_conv")
        x = _relu6(_norm(x, name + "expand_bn"), name + "expand_activation")
    x = keras.layers.DepthwiseConv2D(
        size, strides, padding="same", use_bias=False, depthwise_initializer=_draw(), name=name + "dwconv"
    )(x)
    x = _relu6(_norm(x, name + "bn"), name + "activation")
    x = _norm(_conv(x, filters, name + "project_conv"), name + "project_bn")
    if x.shape != came_in.shape:
        return x
    x = keras.layers.Dropout(skipped, noise_shape=(None, 1, 1, 1), name=name + "drop")(x)
    return keras.layers.Add(name=name + "add")([x, came_in])


def _conv(x: keras.KerasTensor, filters: int, name: str, size: int = 1, strides: int = 1) -> keras.KerasTensor:
    return keras.layers.Conv2D(
        filters, size, strides, padding="same", use_bias=False, kernel_initializer=_draw(), name=name
    )(x)


def _norm(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return keras.layers.BatchNormalization(name=name)(x)


def _relu6(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return keras.layers.ReLU(max_value=6, name=name)(x)


def _draw() -> keras.initializers.Initializer:
    return keras.initializers.VarianceScaling(2.0, mode="fan_out")
