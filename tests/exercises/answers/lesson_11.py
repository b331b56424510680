"""Answers to lesson 11's problems: the bugs themselves are rejected, and so are their neighbours."""

import itertools
import random

import keras
import numpy as np
import tensorflow as tf
from scipy.special import softmax
from sklearn.model_selection import GroupShuffleSplit

from helpers import attach_head, blocks, copy_of, freeze
from tests.exercises.answers import Answers, Made

LOSS = "sparse_categorical_crossentropy"


def is_norm(layer):
    return isinstance(layer, keras.layers.BatchNormalization)


def freed(chosen, model="start"):
    """Return a copy of `start` of which the layers learn that `chosen` says, given their names and the last blocks'."""

    def make(room):
        copy = copy_of(room[model])
        names = [name for block in blocks(copy)[-2:] for name in block.layers]
        for layer in copy.layers:
            layer.trainable = bool(chosen(layer, names))
        return copy

    return Made(make)


def froze(until, batchnorm="frozen"):
    def make(room):
        copy = copy_of(room["start"])
        freeze(copy, until=until(copy), batchnorm=batchnorm)
        return copy

    return Made(make)


def below(count):
    """Return a function that names the highest block below the last `count`."""
    return lambda model: blocks(model)[-count - 1].name


def freed_from_end(count):
    def make(room):
        copy = copy_of(room["start"])
        for layer in copy.layers[-count:]:
            layer.trainable = True
        return copy

    return Made(make)


def freed_as_a_whole(room):
    copy = copy_of(room["start"])
    copy.trainable = True
    return copy


def is_head(layer):
    return layer.name.startswith("head_")


def is_top(layer):
    return layer.name.startswith("top_")


def one_by_one(room):
    copy = copy_of(room["start"])
    for name in blocks(copy)[-1].layers:
        copy.get_layer(name).trainable = True
    return copy


def untrained(blocks_free):
    """Return a fresh model with the right blocks unfrozen, whose head was never trained."""

    def make(room):
        model = attach_head(room["base"], classes=5)
        freeze(model, until=blocks(model)[-blocks_free - 1].name)
        return model

    return Made(make)


one_block = Answers(
    right=[
        Made(one_by_one),
        froze(below(1)),
        froze(below(1), "free"),
        freed(lambda layer, names: is_head(layer) or is_top(layer)),
    ],
    wrong=[
        (Made(lambda room: room["start"]), "Nothing in top"),
        (Made(lambda room: room["base"]), "has no head"),
        (untrained(1), "never trained"),
        (freed_from_end(3), "Nothing in top"),
        (Made(freed_as_a_whole), "set the layers' own"),
        (freed_from_end(5), "Unfrozen blocks|would not learn"),
        (freed_from_end(10), "Unfrozen blocks: block2b, top"),
        (freed_from_end(30), "Unfrozen blocks|down to the stem"),
        (freed(lambda layer, names: True), "down to the stem"),
        (froze(lambda model: None), "down to the stem"),
        (froze(lambda model: "stem"), "Expected: top"),
        (froze(below(2)), "Unfrozen blocks: block2b, top"),
        (freed(lambda layer, names: is_head(layer) or layer.name in names[:3]), "Unfrozen blocks: block2b"),
        (freed(lambda layer, names: is_top(layer)), "The head is frozen"),
        (freed(lambda layer, names: False), "Nothing would learn"),
        (freed(lambda layer, names: is_head(layer) or is_top(layer) or is_norm(layer)), "statistics there would drift"),
        (freed(lambda layer, names: is_head(layer) or layer.name == "top_bn"), "One layer of top would not learn"),
        (Made(lambda room: blocks(room["start"])[-1]), "Expected a keras.Model"),
    ],
)


def set_flag(model, name):
    model.get_layer(name).trainable = True


def unfreezing(optimizer="adam", loss=LOSS, before=set_flag):
    """Return a function that unfreezes a layer and compiles."""

    def unfreeze(model, name):
        before(model, name)
        model.compile(optimizer() if callable(optimizer) else optimizer, loss=loss)

    return unfreeze


def set_all(model, name):
    for layer in model.layers:
        layer.trainable = True


def by_position(model, name):
    model.layers[1].trainable = True


def keeping_the_optimizer(model, name):
    set_flag(model, name)
    model.compile(model.optimizer, model.loss)


def on_a_copy(model, name):
    return unfreezing()(keras.models.clone_model(model), name)


def from_config(model, name):
    set_flag(model, name)
    model.compile(
        type(model.optimizer).from_config(model.optimizer.get_config()), loss=model.loss, metrics=["accuracy"]
    )


def that_alone(model, name):
    for layer in model.layers:
        layer.trainable = layer.name == name


learning = Answers(
    right=[
        unfreezing(),
        unfreezing(before=set_all, optimizer=lambda: keras.optimizers.SGD(0.1)),
        unfreezing(loss=keras.losses.SparseCategoricalCrossentropy()),
        unfreezing(loss=None),  # Keras goes on with the earlier one
        from_config,
    ],
    wrong=[
        (set_flag, "none of its weights changed|can't be trained"),
        (unfreezing(before=lambda model, name: None), "still frozen"),
        (unfreezing(before=by_position), "still frozen"),
        (unfreezing(before=lambda model, name: setattr(model, "trainable", True)), "set the layer's own"),
        (unfreezing(before=lambda model, name: set_flag(model, "third")), "still frozen"),
        (unfreezing(before=lambda model, name: set_flag(model, "lower")), "raised ValueError"),
        (unfreezing(optimizer=lambda: keras.optimizers.Adam(0.0)), "none of its weights changed"),
        (unfreezing(loss="mse"), "can't be trained|Your loss doesn't fit"),
        (unfreezing(before=that_alone), "froze 'first', which was learning"),
        (keeping_the_optimizer, "Give compile a new optimiser"),
        (on_a_copy, "raised|still frozen"),
        (lambda model, name: setattr(model.get_layer(name), "trainable", False), "still frozen"),
        (lambda model, name: model.get_layer("no such layer"), "raised ValueError"),
        (lambda model: None, "exactly the arguments"),
        (Made(lambda room: room["start"].layers), "Expected a function"),
    ],
)

without_drift = Answers(
    right=[
        froze(below(2)),
        freed(lambda layer, names: (is_head(layer) or layer.name in names) and not is_norm(layer)),
        freed(lambda layer, names: is_head(layer) or (layer.name in names and "bn" not in layer.name)),
    ],
    wrong=[
        (freed(lambda layer, names: is_head(layer) or layer.name in names), "is unfrozen, such as"),
        (froze(below(2), "free"), "is unfrozen, such as"),
        (untrained(2), "never trained"),
        (freed(lambda layer, names: True), "down to the stem"),
        (freed(lambda layer, names: not is_norm(layer)), "down to the stem"),
        (freed(lambda layer, names: is_head(layer) or (layer.name in names) or is_norm(layer)), "statistics there"),
        (froze(below(1)), "Unfrozen blocks: top"),
        (froze(below(3)), "Expected: block2b and top"),
        (froze(below(5 - 1)), "Expected: block2b and top"),
        (freed(lambda layer, names: is_head(layer) or layer.name == "stem_conv"), "Unfrozen blocks: stem"),
        (
            freed(lambda layer, names: is_head(layer) or (layer.name in names[3:] and not is_norm(layer))),
            "a cut inside a block",
        ),
        (freed(lambda layer, names: layer.name in names and not is_norm(layer)), "The head is frozen"),
        (Made(lambda room: room["start"]), "Nothing in block2b and top"),
        (Made(lambda room: room["base"]), "has no head"),
        (0.1, "Expected a keras.Model"),
    ],
)


def on(base, x=None, activation="softmax", units=5):
    x = base.output if x is None else x
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(base.input, keras.layers.Dense(units, activation=activation)(x))


def sure_of_the_first(model):
    """Return a model whose outputs are so far from even that sigmoids, too, add up to 1."""
    kernel, bias = model.layers[-1].get_weights()
    model.layers[-1].set_weights([np.full_like(kernel, -1) + 2 * np.eye(1, kernel.shape[1], dtype="float32"), bias])
    return model


def norms_frozen(base, is_one=is_norm):
    for layer in base.layers:
        layer.trainable = not is_one(layer)
    return base


def nested(base):
    inputs = keras.Input(base.input_shape[1:])
    x = keras.layers.GlobalAveragePooling2D()(base(inputs, training=False))
    return keras.Model(inputs, keras.layers.Dense(5, activation="softmax")(x))


def all_frozen(base):
    base.trainable = False
    return base


def learns_at_the_top(base):
    for layer in base.layers:
        layer.trainable = layer.name == "top_conv"
    return base


def with_head(base):
    return norms_frozen(attach_head(base, classes=5))


def frozen_by_freeze(base):
    model = attach_head(base, classes=5)
    freeze(model, until=None)
    return model


def with_a_norm_in_the_head(base):
    x = keras.layers.BatchNormalization()(keras.layers.GlobalAveragePooling2D()(norms_frozen(base).output))
    return keras.Model(base.input, keras.layers.Dense(5, activation="softmax")(x))


statistics = Answers(
    right=[
        lambda base: on(norms_frozen(base)),
        lambda base: nested(norms_frozen(base)),
        with_head,
        frozen_by_freeze,
        lambda base: on(norms_frozen(copy_of(base))),
        lambda base: on(norms_frozen(base, lambda layer: "bn" in layer.name)),
        with_a_norm_in_the_head,
        lambda base: keras.Sequential(
            [norms_frozen(base), keras.layers.GlobalMaxPooling2D(), keras.layers.Dense(5, activation="softmax")]
        ),
    ],
    wrong=[
        (nested, "Did you rely on training=False"),
        (on, "Did you rely on training=False"),
        (lambda base: attach_head(base, classes=5), "Did you rely on training=False"),
        (lambda base: on(norms_frozen(base, lambda layer: layer.name == "top_bn")), "Did you rely on training=False"),
        (lambda base: on(all_frozen(base)), "should learn"),
        (lambda base: on(norms_frozen(keras.models.clone_model(base))), "clone_model copies none"),
        (lambda base: on(norms_frozen(base, lambda layer: type(layer) is not keras.layers.Conv2D)), "should learn"),
        (lambda base: on(learns_at_the_top(base)), "should learn, but only 1 of"),
        (lambda base: nested(all_frozen(base)), "should learn"),
        (lambda base: on(norms_frozen(base), activation=None), "aren't probabilities"),
        (lambda base: on(norms_frozen(base), activation="sigmoid"), "aren't probabilities"),
        (lambda base: sure_of_the_first(on(norms_frozen(base), activation="sigmoid")), "aren't probabilities"),
        (lambda base: on(norms_frozen(base), units=4), "five outputs"),
        (norms_frozen, "five outputs"),
        (lambda base: on(norms_frozen(base), base.get_layer("stem_activation").output), "Layers of the base"),
        (lambda base: norms_frozen(base) and None, "Expected a keras.Model"),
        (lambda base: on(norms_frozen(base)).output, "a layer's output"),
        (lambda base: on(norms_frozen(base), base.get_layer("top_activation_2").output), "raised ValueError"),
        (lambda: None, "exactly the arguments"),
        (Made(lambda room: room["start"]), "Your function raised|Expected"),
    ],
)


def names_of(count, part=lambda block: block.layers):
    """Return a function that names parts of the blocks that `count` chooses from all blocks and n."""
    return lambda base, n: [name for block in count(blocks(base), n) for name in part(block)]


def last(found, n):
    return found[-n:]


def global_base(room):
    return lambda base, n: names_of(last)(room["base"], n)


whole_blocks = Answers(
    right=[
        names_of(last),
        lambda base, n: {name for block in blocks(base)[len(blocks(base)) - n :] for name in block.layers},
        lambda base, n: np.array(names_of(last)(base, n)[::-1]),
        lambda base, n: list(itertools.chain(*(block.layers for block in blocks(base)[-n:]))),
    ],
    wrong=[
        (lambda base, n: [layer.name for layer in base.layers[-3 * n - 1 :]], "in two|expected the"),
        (lambda base, n: [layer.name for layer in base.layers[-10 * n :]], "in two|expected the"),
        (lambda base, n: [block.name for block in blocks(base)[-n:]], "names of blocks"),
        (lambda base, n: [block.output_layer for block in blocks(base)[-n:]], "in two"),
        (lambda base, n: blocks(base)[-n:], "Block objects"),
        (lambda base, n: [base.get_layer(name) for name in names_of(last)(base, n)], "objects"),
        (names_of(lambda found, n: found[-n - 1 :]), "expected the"),
        (names_of(lambda found, n: found[-n:-1]), "expected the"),
        (names_of(lambda found, n: found[:n]), "expected the"),
        (names_of(lambda found, n: [found[-n]]), "expected the"),
        (names_of(lambda found, n: found[-2:]), "expected the"),
        (names_of(last, lambda block: block.layers[1:]), "in two"),
        (names_of(last, lambda block: [name for name in block.layers if "bn" not in name]), "in two"),
        (Made(global_base), "expected the|in two"),
        (lambda base, n: [block.layers for block in blocks(base)[-n:]], "holds a tuple"),
        (lambda base, n: ", ".join(names_of(last)(base, n)), "the text"),
        (lambda base, n: len(names_of(last)(base, n)), "the number"),
        (lambda base: names_of(last)(base, 1), "exactly the arguments"),
    ],
)


def schedule(kind, *settings, **others):
    return getattr(keras.optimizers.schedules, kind)(*settings, **others)


small_steps = Answers(
    right=[
        keras.optimizers.Adam(1e-4),
        keras.optimizers.SGD(1e-3),
        keras.optimizers.SGD(1e-3, momentum=0.9),
        keras.optimizers.AdamW(5e-4),
        keras.optimizers.RMSprop(learning_rate=1e-5),
        keras.optimizers.Adam(schedule("CosineDecay", 0.0, 500, warmup_target=1e-4, warmup_steps=50)),
        keras.optimizers.Adam(schedule("ExponentialDecay", 1e-4, 100, 0.9)),
    ],
    wrong=[
        (keras.optimizers.Adam(), "overwrites"),
        (keras.optimizers.Adam(1e-2), "0.01"),
        (keras.optimizers.Adam(3e-3), "0.003"),
        (keras.optimizers.SGD(0.1), "0.1"),
        (keras.optimizers.SGD(), "overwrites"),
        (keras.optimizers.Adam(0.0), "would learn nothing"),
        (keras.optimizers.Adam(1e-9), "would learn nothing"),
        (keras.optimizers.Adam(schedule("CosineDecay", 0.0, 500, warmup_target=1e-2, warmup_steps=50)), "overwrites"),
        (keras.optimizers.Adam(schedule("ExponentialDecay", 1e-2, 100, 0.1)), "overwrites"),
        (keras.optimizers.Adam(float("nan")), "is nan. It must be a number above 0"),
        (keras.optimizers.Adam(-1e-4), "is -0.0001. It must be a number above 0"),
        (keras.optimizers.Adam, "the class Adam"),
        ("adam", "the text 'adam'"),
        (1e-4, "the number 0.0001"),
        (schedule("ExponentialDecay", 1e-4, 100, 0.9), "Expected an optimiser"),
    ],
)


def spoiling(images):
    images[...] = images[::-1]
    return images


unscaled = Answers(
    right=[
        lambda images: images,
        lambda images: images.astype("float64"),
        lambda images: tf.cast(images, "float32"),
        lambda images: [image * 1.0 for image in images],
    ],
    wrong=[
        (lambda images: images / 255, "Divided by 255"),
        (lambda images: images / 127.5 - 1, "-1 to 1"),
        (lambda images: images[..., ::-1], "swapped"),
        (lambda images: images[:, :, ::-1], "Mirrored"),
        (lambda images: images * 255.0, "Multiplied"),
        (lambda images: images - images.mean(), "no longer those"),
        (lambda images: images // 2, "no longer those"),
        (lambda images: images.mean(axis=(1, 2)), "of the shape"),
        (lambda images: images[0], "of the shape"),
        (lambda images: images.transpose(0, 2, 1, 3), "of the shape"),
        (lambda images: tf.image.resize(images, (128, 128)), "of the shape"),
        (lambda images: images.astype(str), "Expected an array of photos"),
        (lambda images: images > 127, "Expected an array of photos"),
        (lambda images: None, "Expected an array of photos"),
        (spoiling, "changes 'images'"),
        (lambda: 1, "exactly the arguments"),
    ],
)


def rows_shuffled(groups, seed):
    rows = np.random.default_rng(seed).permutation(len(groups))
    return rows[len(rows) // 5 :], rows[: len(rows) // 5]


def by_scikit_learn(groups, seed):
    splitter = GroupShuffleSplit(n_splits=1, test_size=0.2, random_state=seed)
    return next(splitter.split(groups, groups=groups))


def chosen_photos(choose):
    """Return a split that tests on the photos that `choose` draws from the different ones."""

    def split(groups, seed):
        test = np.isin(groups, choose(np.unique(groups), seed))
        return np.flatnonzero(~test), np.flatnonzero(test)

    return split


def a_fifth(photos, seed):
    return np.random.default_rng(seed).permutation(photos)[: len(photos) // 5]


by_photo = chosen_photos(a_fifth)


def by_python(groups, seed):
    photos = sorted(set(groups.tolist()))
    random.Random(seed).shuffle(photos)
    tested = set(photos[: len(photos) // 5])
    test = [row for row, photo in enumerate(groups) if photo in tested]
    return [row for row in range(len(groups)) if row not in test], test


apart = Answers(
    right=[
        by_photo,
        by_scikit_learn,
        by_python,
        chosen_photos(lambda photos, seed: np.random.RandomState(seed).choice(photos, len(photos) // 5, replace=False)),
    ],
    wrong=[
        (rows_shuffled, "on both sides"),
        (chosen_photos(lambda photos, seed: photos[: len(photos) // 5]), "Another seed"),
        (chosen_photos(lambda photos, seed: a_fifth(photos, 42)), "Another seed"),
        (chosen_photos(lambda photos, seed: a_fifth(photos, None)), "The same seed"),
        (lambda groups, seed: (np.flatnonzero(groups >= 10), np.flatnonzero(groups < 10)), "Another seed"),
        (chosen_photos(lambda photos, seed: np.random.default_rng(seed).permutation(50)[:10]), "About a fifth"),
        (chosen_photos(lambda photos, seed: a_fifth(photos, seed)[:1]), "About a fifth"),
        (lambda groups, seed: by_photo(groups, seed)[::-1], "the second list"),
        (lambda groups, seed: tuple(np.unique(groups[rows]) for rows in by_photo(groups, seed)), "exactly one"),
        (lambda groups, seed: [np.isin(range(len(groups)), rows) for rows in by_photo(groups, seed)], "True and False"),
        (lambda groups, seed: (np.arange(200), np.array([], int)), "About a fifth"),
        (lambda groups, seed: (np.arange(160), np.arange(120, 200)), "exactly one"),
        (lambda groups, seed: [[str(row) for row in rows] for rows in by_photo(groups, seed)], "two lists"),
        (lambda groups, seed: by_photo(groups, seed)[1], "two lists"),
        (lambda groups, seed: np.arange(200), "two lists"),
        (lambda groups, seed: groups.sort() or by_photo(groups, seed), "changes 'groups'"),
        (lambda groups: by_photo(groups, 0), "exactly the arguments"),
    ],
)


def one_pass(read=lambda predict, images: predict(images)):
    def pair(batches, predict):
        pairs = [(read(predict, images), labels) for images, labels in batches]
        return np.concatenate([made for made, _ in pairs]), np.concatenate([labels for _, labels in pairs])

    return pair


def listed(batches, predict):
    made, labels = [], []
    for images, some in batches:
        made.extend(predict(images, verbose=0).argmax(1))
        labels.extend(some)
    return made, labels


def by_length(batches, predict):
    passing = iter(batches)
    pairs = [next(passing) for _ in range(len(batches))]
    return tf.concat([predict(images) for images, _ in pairs], 0), tf.concat([labels for _, labels in pairs], 0)


def at_once(batches, predict):
    images, labels = map(np.concatenate, zip(*batches, strict=True))
    return predict(images, batch_size=8), labels


def two_passes(batches, predict):
    labels = np.concatenate([labels for _, labels in batches])
    return np.concatenate([predict(images) for images, _ in batches]), labels


def last_batch_lost(batches, predict):
    made, labels = one_pass()(list(batches)[:-1], predict)
    return made, labels


def equal_batches(batches, predict):
    pairs = list(batches)
    return np.array([predict(images) for images, _ in pairs]), np.array([labels for _, labels in pairs])


def equal_batches_of_labels(batches, predict):
    return listed(batches, predict)[0], np.array([labels for _, labels in batches])


def sorted_labels(batches, predict):
    made, labels = one_pass()(batches, predict)
    return made, np.sort(labels)


paired = Answers(
    right=[
        one_pass(),
        one_pass(lambda predict, images: predict(images).argmax(axis=1)),
        one_pass(lambda predict, images: predict(x=images, verbose=0).argmax(axis=1)),
        listed,
        by_length,
        at_once,
    ],
    wrong=[
        (two_passes, "with another photo's prediction. How many passes"),
        (sorted_labels, r"with another photo's prediction\.$"),
        (last_batch_lost, "all 43 predictions"),
        (equal_batches, "np.concatenate"),
        (lambda batches, predict: one_pass()(batches, predict)[::-1], "predictions first"),
        (lambda batches, predict: listed(batches, predict)[::-1], "predictions first"),
        (lambda batches, predict: (listed(batches, predict)[0],) * 2, "another photo's prediction"),
        (lambda batches, predict: (listed(batches, predict)[1],) * 2, "another photo's prediction"),
        (equal_batches_of_labels, "np.concatenate"),
        (lambda batches, predict: listed([next(iter(batches))] * 6, predict), "all 43|occur twice"),
        (lambda batches, predict: listed(batches, predict)[0], "two arrays"),
        (lambda batches, predict: list(zip(*listed(batches, predict), strict=True)), "two arrays"),
        (lambda batches, predict: (np.zeros(43), np.zeros(43)), "occur twice"),
        (lambda batches, predict: (predict(batches), [labels for _, labels in batches]), "raised ValueError"),
        (one_pass(lambda predict, images: predict(images).max(axis=1)), "another photo's prediction"),
        (lambda batches, predict: "labels", "two arrays"),
        (lambda batches: None, "exactly the arguments"),
    ],
)


def always(images, augment, training):
    return augment(images)


def mirrored_in_place(images, augment, training):
    if training:
        images[:] = augment(images)
    return images


def sometimes(images, augment, training):
    return augment(images) if training and random.random() < 0.3 else images


augmented = Answers(
    right=[
        lambda images, augment, training: augment(images) if training else images,
        lambda images, augment, training: augment(images, training=training),
        lambda images, augment, training: np.where(training, augment(images), images),
        lambda images, augment, training: np.stack([augment(image) for image in images]) if training else images,
        lambda images, augment, training: tf.constant(augment(images) if training else images),
    ],
    wrong=[
        (always, "While evaluating"),
        (lambda images, augment, training: augment(images, training=True), "While evaluating"),
        (lambda images, augment, training: images, "While training"),
        (lambda images, augment, training: augment(images, training=False), "While training"),
        (lambda images, augment, training: images if training else augment(images), "While training"),
        (lambda images, augment, training: augment(images, training=not training), "While training"),
        (lambda images, augment, training: augment(augment(images)) if training else images, "While training"),
        (lambda images, augment, training: images[::-1] if training else images, "and nothing else"),
        (lambda images, augment, training: augment(images) if training else images / 255, "While evaluating"),
        (sometimes, "While training"),
        (lambda images, augment, training: augment if training else images, "an array of photos"),
        (lambda images, augment, training: augment(images) if training else None, "an array of photos"),
        (lambda images, augment, training: augment(images)[:1] if training else images, "an array of photos"),
        (mirrored_in_place, "changes 'images'"),
        (lambda images, augment: augment(images), "exactly the arguments"),
    ],
)


def accuracy(made, labels):
    return (made == labels).mean()


def choosing(value):
    """Return a function that reports the test accuracy of the attempt with the largest value."""
    return lambda attempts, val_labels, test_labels: accuracy(
        max(attempts, key=lambda attempt: value(attempt, val_labels, test_labels))[1], test_labels
    )


def on_validation(attempt, val_labels, test_labels):
    return accuracy(attempt[0], val_labels)


def by_argmax(attempts, val_labels, test_labels):
    best = np.argmax([np.mean(val == val_labels) for val, _ in attempts])
    return np.float32(np.mean(attempts[best][1] == test_labels))


def by_counting(attempts, val_labels, test_labels):
    chosen = sorted(attempts, key=lambda attempt: -np.count_nonzero(attempt[0] == val_labels))[0]
    return round(sum(made == label for made, label in zip(chosen[1], test_labels, strict=True)) / len(test_labels), 3)


def by_keras(attempts, val_labels, test_labels):
    return keras.ops.mean(keras.ops.cast(by_best(attempts, val_labels) == test_labels, "float32"))


def by_best(attempts, val_labels):
    return max(attempts, key=lambda attempt: accuracy(attempt[0], val_labels))[1]


def by_the_last(attempts, val_labels, test_labels):
    best, chosen = -1.0, None
    for val, test in attempts:
        if accuracy(val, val_labels) >= best:
            best, chosen = accuracy(val, val_labels), test
    return accuracy(chosen, test_labels)


def best_of_finalists(attempts, val, test):
    finalists = sorted(attempts, key=lambda attempt: accuracy(attempt[0], val))[-2:]
    return max(accuracy(attempt[1], test) for attempt in finalists)


honest = Answers(
    right=[choosing(on_validation), by_argmax, by_counting, by_keras, by_the_last],
    wrong=[
        (lambda attempts, val, test: max(accuracy(made, test) for _, made in attempts), "They chose it"),
        (choosing(lambda attempt, val, test: accuracy(attempt[1], test)), "They chose it"),
        (lambda attempts, val, test: max(accuracy(made, val) for made, _ in attempts), "the validation accuracy"),
        (
            choosing(lambda attempt, val, test: accuracy(attempt[0], val) + accuracy(attempt[1], test)),
            "chosen on both sets|They chose it",
        ),
        (choosing(lambda attempt, val, test: -accuracy(attempt[0], val)), "Expected"),
        (best_of_finalists, "Expected"),
        (lambda attempts, val, test: np.mean([accuracy(made, test) for _, made in attempts]), "mean of all attempts"),
        (lambda attempts, val, test: accuracy(attempts[0][1], test), "Expected"),
        (lambda attempts, val, test: accuracy(attempts[-1][1], test), "Expected"),
        (lambda attempts, val, test: 1 - by_argmax(attempts, val, test), "Expected"),
        (lambda attempts, val, test: 100 * by_argmax(attempts, val, test), "Expected"),
        (lambda attempts, val, test: int((by_best(attempts, val) == test).sum()), "Expected"),
        (lambda attempts, val, test: str(by_argmax(attempts, val, test)), "the text"),
        (lambda attempts, val, test: by_best(attempts, val), "one accuracy"),
        (lambda attempts, val, test: np.argmax([accuracy(made, val) for made, _ in attempts]), "Expected"),
        (lambda attempts, val, test: attempts.sort(key=lambda a: -accuracy(a[0], val)) or 0.5, "changes 'attempts'"),
        (lambda *given: None, "one accuracy"),
    ],
)


def in_place(logits):
    logits -= logits.max(axis=1, keepdims=True)
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


probabilities = Answers(
    right=[
        lambda logits: softmax(logits, axis=1),
        lambda logits: keras.ops.softmax(logits),
        lambda logits: tf.nn.softmax(tf.constant(logits, "float32")).numpy().round(3),
        lambda logits: [softmax(row) for row in logits],
    ],
    wrong=[
        (lambda logits: 1 / (1 + np.exp(-logits)), "add up to 1"),
        (lambda logits: logits / logits.sum(axis=1, keepdims=True), "never below 0|this is not the softmax"),
        (lambda logits: softmax(logits, axis=0), "add up to 1"),
        (lambda logits: softmax(logits), "add up to 1"),
        (lambda logits: np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True), "nan or infinity"),
        (lambda logits: np.exp(logits) / np.exp(logits).sum(axis=1), "raised ValueError|add up"),
        (
            lambda logits: np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum(axis=1, keepdims=True),
            "nan or infinity|add up",
        ),
        (lambda logits: np.full(logits.shape, 1 / logits.shape[1]), "this is not the softmax"),
        (lambda logits: softmax(logits / 2, axis=1), "this is not the softmax"),
        (lambda logits: np.eye(logits.shape[1])[logits.argmax(axis=1)], "this is not the softmax"),
        (lambda logits: 100 * softmax(logits, axis=1), "add up to 1"),
        (lambda logits: np.log(softmax(logits, axis=1)), "never below 0|infinity"),
        (lambda logits: softmax(logits, axis=1).max(axis=1), "of the shape"),
        (lambda logits: softmax(logits, axis=1).T, "of the shape"),
        (lambda logits: softmax(logits, axis=1).astype(str), "an array of numbers"),
        (in_place, "changes 'logits'"),
        (lambda logits: None, "an array of"),
    ],
)

ANSWERS = {
    "q1": one_block,
    "q2": learning,
    "q3": without_drift,
    "q4": statistics,
    "q5": whole_blocks,
    "q6": small_steps,
    "q7": unscaled,
    "q8": apart,
    "q9": paired,
    "q10": augmented,
    "q11": honest,
    "q12": probabilities,
}
