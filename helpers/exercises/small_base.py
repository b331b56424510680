"""A base of a few layers, with blocks as a large one has, for checks that try a learner's function on one."""

import keras


def small_base(image_size: int = 16) -> keras.Model:
    """Return a flat, random base of five blocks, one of them with a skip.

    Args:
        image_size: Side of the photos in pixels.

    Example:
        >>> [block.name for block in blocks(small_base())]
        ['stem', 'block1a', 'block2a', 'block2b', 'top']
    """
    inputs = keras.Input((image_size, image_size, 3), name="photos")
    x = _convolved(inputs, 4, "stem", strides=2)
    x = _convolved(x, 5, "block1a")
    x = before = _convolved(x, 6, "block2a", strides=2)
    x = keras.layers.Add(name="block2b_add")([_convolved(_convolved(x, 7, "block2b_expand"), 6, "block2b"), before])
    return keras.Model(inputs, _convolved(x, 8, "top"), name="small_base")


def _convolved(x: keras.KerasTensor, maps: int, name: str, strides: int = 1) -> keras.KerasTensor:
    draw = keras.initializers.GlorotUniform(seed=maps)
    x = keras.layers.Conv2D(
        maps, 3, strides, padding="same", use_bias=False, kernel_initializer=draw, name=f"{name}_conv"
    )(x)
    x = keras.layers.BatchNormalization(name=f"{name}_bn")(x)
    return keras.layers.Activation("relu", name=f"{name}_activation")(x)
