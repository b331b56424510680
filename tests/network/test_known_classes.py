"""A trained model knows its classes by name: photos from another folder are matched, or refused, never mistaken."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from helpers import attach_head, copy_of, evaluate, fit, freeze, load_photos, model_card
from helpers.network.known_classes import known_classes, matched_by_name
from helpers.photos.split import make_split


@pytest.fixture(scope="module")
def model(small, flowers):
    model = attach_head(small, classes=5)
    freeze(model, until="top")
    fit(model, flowers, epochs=2, learning_rate=3e-3, progress=False)
    return model


def renamed(split, names: tuple[str, ...], labels):
    return make_split(split.name, split.paths, labels, names, split.image_size, split.digests, split.images())


def some_classes(split, names: list[str]):
    """The photos of some classes, as loading a folder with only those would give them."""
    rows = [row for row, label in enumerate(split.labels) if split.class_names[label] in names]
    labels = np.array([names.index(split.class_names[split.labels[row]]) for row in rows])
    paths, digests = (tuple(each[row] for row in rows) for each in (split.paths, split.digests))
    return make_split(split.name, paths, labels, tuple(names), split.image_size, digests, split.images(rows)), rows


def test_training_tells_a_model_its_classes_and_copies_tell_them_too(model, flowers, small):
    assert known_classes(model) == known_classes(copy_of(model)) == flowers.class_names
    assert known_classes(attach_head(small, classes=5)) is None
    assert known_classes(attach_head(model, classes=3, cut_at="top")) is None, "its new head knows nothing"


def test_a_folder_with_some_of_the_classes_is_judged_by_their_names(model, flowers):
    fewer, rows = some_classes(flowers.test, ["roses", "tulips"])
    report, whole = evaluate(model, fewer), evaluate(model, flowers.test)
    assert report.split.class_names == flowers.class_names
    assert np.array_equal(report.split.labels, flowers.test.labels[rows])
    assert np.array_equal(report.predicted, whole.predicted[rows])
    assert report.accuracy == whole.correct[rows].mean()
    assert report.per_class.photos.tolist() == [0, 0, len(rows) // 2, 0, len(rows) // 2]


def test_a_class_that_the_model_does_not_know_is_refused_by_name(model, flowers):
    names = (*flowers.class_names[:4], "violets")
    with pytest.raises(
        ValueError, match=r"knows: daisy, dandelion, roses, sunflowers, tulips. Received: violets\. Leave"
    ):
        evaluate(model, renamed(flowers.test, names, flowers.test.labels))
    with pytest.raises(ValueError, match=r"Received: lilies, violets"):
        evaluate(model, some_classes(renamed(flowers.test, ("daisy", "lilies", "roses", "sunflowers", "violets"),
                                             flowers.test.labels), ["lilies", "violets"])[0])  # fmt: skip


def test_nobody_is_told_to_replace_the_head_of_a_trained_model(model, flowers):
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # its words are what is tested
        evaluate(model, some_classes(renamed(flowers.test, ("a", "b", "c", "d", "e"), flowers.test.labels), ["a"])[0])
    assert "attach_head" not in str(caught.value)


def test_a_trained_model_is_not_trained_on_for_other_classes(model, flowers):
    names = (*flowers.class_names[:4], "violets")
    sides = {name: renamed(side, names, side.labels) for name, side in (
        ("train", flowers.train), ("val", flowers.val), ("test", flowers.test))}  # fmt: skip
    others = replace(flowers, class_names=names, **sides)
    with pytest.raises(ValueError, match=r"trained for: daisy.*Received: .*violets.*Train a new model"):
        fit(copy_of(model), others, epochs=1, progress=False)
    with pytest.raises(ValueError, match=r"Received: .*violets"):
        model_card(model, others, evaluate(model, flowers.test))


def test_a_model_that_says_nothing_of_its_classes_is_judged_by_position(small, flowers):
    by_hand = keras.Model(small.input, keras.layers.Dense(5, "softmax")(
        keras.layers.GlobalAveragePooling2D()(small.output)))  # fmt: skip
    assert matched_by_name(by_hand, flowers.test) is flowers.test


def test_folders_in_another_order_give_the_same_report(model, flowers, tmp_path):
    import shutil

    for name in ("tulips", "roses"):
        shutil.copytree(flowers.test.paths[0].parents[1] / name, tmp_path / name)
    photos = load_photos(tmp_path, image_size=32)
    report = evaluate(model, photos.test)
    truth = [path.parent.name for path in photos.test.paths]
    assert [report.split.class_names[label] for label in report.split.labels] == truth
