"""Feature maps and Grad-CAM, against Keras itself and against arithmetic by hand."""

import keras
import numpy as np
import pytest

from helpers import activations, attach_head, blocks, grad_cam
from helpers.judging import explain, heat_colours, liveliest_maps


@pytest.mark.parametrize("at", ["stem", "block3a", "top"])
def test_activations_are_what_plain_keras_computes(efficientnet, flowers, at):
    images = flowers.val.images()[:3]
    layer = {block.name: block.output_layer for block in blocks(efficientnet)}[at]
    plain = keras.Model(efficientnet.input, efficientnet.get_layer(layer).output)
    np.testing.assert_allclose(activations(efficientnet, images, at), plain.predict(images, verbose=0), atol=1e-4)


def test_one_photo_gives_one_stack_of_maps_and_many_go_in_batches(efficientnet, flowers):
    images = flowers.val.images()
    all_maps = activations(efficientnet, images, "block2a")
    assert len(all_maps) == len(images) > 32
    np.testing.assert_allclose(activations(efficientnet, images[35], "block2a"), all_maps[35], atol=1e-4)


def test_wrong_arguments_are_told(efficientnet, flowers):
    with pytest.raises(ValueError, match="block7a"):
        activations(efficientnet, flowers.val.images()[:1], "block8")
    with pytest.raises(ValueError, match=r"\(n, 32, 32, 3\)"):
        activations(efficientnet, np.zeros((1, 64, 64, 3)), "top")


def test_on_a_head_without_hidden_layers_channels_weigh_as_in_the_dense_layer(mobilenet, flowers):
    # Pooling, then dense: the score grows with each place's value by the weight, shared among all places. Grad-CAM is
    # then the class activation map of Zhou and others (2016).
    model, image = attach_head(mobilenet, classes=5), flowers.val.images()[4]
    shares = model.get_layer("head_output").get_weights()[0] / np.prod(mobilenet.output_shape[1:3])
    for label in range(5):
        np.testing.assert_allclose(explain.channel_weights(model, image, label), shares[:, label], atol=1e-6)


def test_channel_weights_are_numerical_gradients(mobilenet, flowers):
    model = attach_head(mobilenet, classes=5, hidden_units=(16,), dropout=0.0)
    image, at = flowers.val.images()[3], "block3a"
    layer = {block.name: block.output_layer for block in blocks(model)}[at]
    above = keras.Model(model.get_layer(layer).output, model.output)
    maps = activations(model, image, at)[None].astype("float32")

    def scores(values: np.ndarray) -> np.ndarray:  # but for what is common to all, which softmax takes away
        logs = np.log(above(values, training=False).numpy()[0].astype("float64"))
        return logs - logs.mean()

    numerical = []
    for channel in range(maps.shape[-1]):
        step = np.zeros_like(maps)
        step[..., channel] = 1e-4
        numerical.append((scores(maps + step) - scores(maps - step)) / 2e-4)
    weights = np.array([explain.channel_weights(model, image, label, at) for label in range(5)]).T
    weights -= weights.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(weights * np.prod(maps.shape[1:3]), numerical, atol=0.03 * np.abs(numerical).max())


def test_the_heat_is_the_weighed_sum_of_the_maps_where_it_is_positive(efficientnet, flowers):
    model, image = attach_head(efficientnet, classes=5), flowers.val.images()[7]
    maps, weights = activations(model, image, "block3b"), explain.channel_weights(model, image, 1, "block3b")
    total = np.maximum(maps @ weights, 0)
    heat = grad_cam(model, image, 1, at="block3b")
    assert heat.shape == (32, 32)
    assert heat.max() == 1
    hottest = np.unravel_index(total.argmax(), total.shape)
    around = heat[hottest[0] * 8 : hottest[0] * 8 + 8, hottest[1] * 8 : hottest[1] * 8 + 8]
    assert around.max() == 1  # the hottest pixel lies over the hottest place
    assert explain.channel_weights(model, image, 1, "block3b").std() > 0


def test_grad_cam_takes_the_likeliest_class_and_refuses_what_it_cannot_explain(mobilenet, flowers):
    model, image = attach_head(mobilenet, classes=5), flowers.val.images()[0]
    likeliest = int(model.predict(image[None], verbose=0).argmax())
    np.testing.assert_array_equal(grad_cam(model, image), grad_cam(model, image, likeliest))
    with pytest.raises(ValueError, match="from 0 to 4"):
        grad_cam(model, image, 5)
    with pytest.raises(ValueError, match="dense layer with a softmax"):
        grad_cam(mobilenet, image)


def lightness(image: np.ndarray) -> np.ndarray:
    """Return CIE L*, 0 to 100."""
    linear = (image / 255) ** 2.2 @ [0.2126, 0.7152, 0.0722]
    return np.where(linear > 0.008856, 116 * np.cbrt(linear) - 16, 903.3 * linear)


def test_an_overlay_darkens_nothing_and_colours_what_counts():
    image = np.full((4, 4, 3), (200, 100, 50), np.uint8)
    heat = np.zeros((4, 4), np.float32)
    heat[:2] = 1
    shown = explain.overlay(image, heat)
    assert (
        shown[2:] == image.mean(axis=-1).astype(np.uint8)[2:, :, None]
    ).all()  # the photo in grey, as light as it was
    assert (np.ptp(shown[:2].astype(int), axis=-1) > 60).all()


def test_steps_of_heat_are_steps_of_lightness_as_large_as_each_other():
    steps = np.diff(lightness(heat_colours.coloured(np.linspace(0, 1, 9))))
    assert steps.min() > 3
    assert steps.max() < 3 * steps.min()


def test_two_answers_look_different_where_they_differ():
    image = np.full((4, 4, 3), 128, np.uint8)
    difference = np.zeros((4, 4), np.float32)
    difference[0], difference[3] = 1, -1
    shown = explain.difference_overlay(image, difference).astype(int)
    assert (shown[0, :, 0] > shown[0, :, 2] + 60).all()  # orange
    assert (shown[3, :, 2] > shown[3, :, 0] + 60).all()  # blue
    assert (shown[1] == 128).all()


def test_the_difference_of_two_answers_is_grad_cam_of_their_scores_difference(mobilenet, flowers):
    """Of the sum over all maps, weighted by the difference of the classes' weights; swapping them turns the sign."""
    model, image = attach_head(mobilenet, classes=5), flowers.val.images()[0]
    maps = activations(model, image, "block3b")
    weights = [explain.channel_weights(model, image, label, "block3b") for label in (3, 1)]
    coarse = (maps * (weights[0] - weights[1])).sum(axis=-1)
    found = explain.answer_difference(model, image, 3, 1, "block3b")
    assert found.shape == image.shape[:2]
    assert np.abs(found).max() == pytest.approx(1)
    times = image.shape[0] // coarse.shape[0]
    centres = found.reshape(coarse.shape[0], times, coarse.shape[1], times).mean(axis=(1, 3))
    assert np.corrcoef(centres.ravel(), coarse.ravel())[0, 1] > 0.9
    np.testing.assert_allclose(explain.answer_difference(model, image, 1, 3, "block3b"), -found, atol=1e-5)
    assert not explain.answer_difference(model, image, 2, 2).any()


def test_a_stretched_map_goes_from_black_to_white_in_squares():
    picture = liveliest_maps.stretched(np.array([[0.0, 1.0], [2.0, 4.0]]), side=8)
    assert picture.shape == (8, 8)
    assert picture[0, 0] == 0
    assert picture[7, 7] == 255
    assert (picture[:4, 4:] == picture[0, 4]).all()
    assert not liveliest_maps.stretched(np.ones((2, 2)), side=4).any()


def test_the_liveliest_map_of_each_block_is_one_of_its_maps(efficientnet, flowers):
    image = flowers.val.images()[0]
    rows = liveliest_maps.liveliest_maps(efficientnet, image)
    assert [name for name, _, _ in rows] == [block.name for block in blocks(efficientnet)]
    name, channel, values = rows[3]
    np.testing.assert_allclose(values, activations(efficientnet, image, name)[:, :, channel], atol=1e-4)


def test_grad_cam_steps_over_a_softmax_of_its_own_and_needs_no_bias(mobilenet, flowers):
    image, pooled = flowers.val.images()[0], keras.layers.GlobalAveragePooling2D()(mobilenet.output)
    scores = keras.layers.Dense(5, use_bias=False)
    model = keras.Model(mobilenet.input, keras.layers.Softmax()(scores(pooled)))
    weights = explain.channel_weights(model, image, 2)
    places = np.prod(mobilenet.output_shape[1:3])
    np.testing.assert_allclose(weights, scores.get_weights()[0][:, 2] / places, atol=1e-6)
