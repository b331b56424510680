"""1 x 1 convolutions as what they are, matrix products: the same numbers up to rounding, in less time.

A 1 x 1 convolution multiplies each pixel's channels by a matrix. Forward, TensorFlow is as quick with either form. The
way back is another matter: the gradient of a convolution with respect to its input takes up to three times as long as
the same product written as one, and most of an EfficientNet's arithmetic lies in such layers.
"""

import keras


class PointwiseConv2D(keras.layers.Conv2D):
    """A `keras.layers.Conv2D` with a 1 x 1 kernel, step 1 and channels last, computed as a matrix product.

    It takes the same arguments and has the same weights.

    Example:
        >>> PointwiseConv2D.from_config(layer.get_config())
    """

    def convolution_op(self, inputs, kernel):
        """Multiply, for inputs of shape `(n, height, width, channels)`; Keras adds bias and activation."""
        pixels = keras.ops.reshape(inputs, (-1, inputs.shape[-1]))
        height, width = keras.ops.shape(inputs)[1:3]
        return keras.ops.reshape(keras.ops.matmul(pixels, kernel[0, 0]), (-1, height, width, kernel.shape[-1]))


def quicker(layer: keras.layers.Layer) -> keras.layers.Layer:
    """Return a new layer from a layer's description, as `keras.models.clone_model` asks for, in its quickest form.

    Args:
        layer: Any layer. Weights aren't copied.

    Returns:
        A `PointwiseConv2D` where it computes the same; else a layer of the same class.

    Example:
        >>> keras.models.clone_model(model, clone_function=quicker)
    """
    kind = PointwiseConv2D if _is_pointwise(layer) else type(layer)
    return kind.from_config(layer.get_config())


def _is_pointwise(layer: keras.layers.Layer) -> bool:
    return (
        type(layer) is keras.layers.Conv2D
        and (layer.kernel_size, layer.strides, layer.groups) == ((1, 1), (1, 1), 1)
        and layer.data_format == "channels_last"
    )
