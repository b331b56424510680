"""Pre-training: the pool on disk, views of it, a team that takes its weights' mean, going on where it broke off."""

import ast
import csv
from multiprocessing import get_context

import cv2
import h5py
import keras
import numpy as np
import pytest

from helpers import config, load_base, source_accuracy
from helpers.judging import linear_probe
from helpers.judging.forgetting import source_pictures
from helpers.judging.source_head import source_classes
from helpers.synthetic import averaging, export, pool, source_model, source_task, worker
from helpers.synthetic.plan import Plan, Stage
from helpers.synthetic.views import Views


@pytest.fixture
def tiny_task(monkeypatch):
    """Make the source task one of six classes."""
    classes = source_task.source_classes()[:6]
    monkeypatch.setattr(source_task, "source_classes", lambda: classes)


@pytest.fixture
def tiny_pool(tiny_task, tmp_path):
    """Return a folder with a pool of three chunks of six pictures, 32 pixels."""
    for number in range(3):
        pool._draw_chunk(tmp_path, number, 32)
    return tmp_path


def test_a_chunk_holds_a_picture_of_each_class_and_depends_on_its_number_alone(tiny_pool, tmp_path):
    pictures, factors = pool.read_pool(tiny_pool, 0, 3, 32)
    assert pictures.shape == (18, 32, 32, 3)
    assert factors[:, 0].tolist() == [*range(6)] * 3
    assert np.abs(pictures[0].astype(int) - pictures[6]).mean() > 1
    pool.chunk_file(tiny_pool, 1, 32).unlink()
    pool._draw_chunk(tiny_pool, 1, 32)
    assert np.array_equal(pool.read_pool(tiny_pool, 0, 3, 32)[0], pictures)
    assert not list(tiny_pool.glob("unfinished*"))


def test_finished_chunks_are_not_drawn_again(tiny_pool, monkeypatch):
    before = [pool.chunk_file(tiny_pool, number, 32).stat().st_mtime_ns for number in range(3)]
    pool.draw_pool(tiny_pool, 3, 32)
    assert [pool.chunk_file(tiny_pool, number, 32).stat().st_mtime_ns for number in range(3)] == before


def test_views_differ_repeat_with_their_seed_and_plain_ones_are_the_pictures():
    pictures = np.random.default_rng(0).integers(0, 256, (4, 64, 64, 3), dtype=np.uint8)
    pictures = np.stack([cv2.GaussianBlur(each, (0, 0), 3) for each in pictures])
    views = Views(pictures)
    first, again, other = (views.draw(np.arange(4), 24, np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert first.shape == (4, 24, 24, 3)
    assert first.dtype == np.float32
    assert 0 <= first.min() < first.max() <= 255
    assert np.array_equal(first, again)
    assert not np.allclose(first, other)
    expected = cv2.resize(pictures[2], (24, 24), interpolation=cv2.INTER_AREA)
    assert np.array_equal(views.plain(np.arange(4), 24)[2], expected)


def _small_network(size, total_steps, learning_rate):
    photo = keras.Input((size, size, 3))
    x = keras.layers.Normalization(name="normalization")(keras.layers.Rescaling(1 / 255)(photo))
    x = keras.layers.BatchNormalization()(keras.layers.Conv2D(8, 3, strides=2)(x))
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.Activation("relu")(x))
    sizes = source_task.factor_sizes()
    model = keras.Model(photo, {name: keras.layers.Dense(sizes[name], name=name)(x) for name in sizes})
    optimizer = keras.optimizers.AdamW(keras.optimizers.schedules.CosineDecay(learning_rate, total_steps))
    metrics = {name: [keras.metrics.CategoricalAccuracy(name="accuracy")] for name in ("label", "shape", "palette")}
    loss = {name: keras.losses.CategoricalCrossentropy(from_logits=True) for name in sizes}
    model.compile(optimizer, loss=loss, metrics=metrics, jit_compile=False)
    optimizer.build(model.trainable_variables)
    return model


PLAN = Plan(
    stages=(Stage(16, 512), Stage(24, 512)), chunks=3, learning_rate=0.01, processes=1, log_every=256,
)  # fmt: skip


def _train(folder, stop_after=None):
    averager = averaging.Averager(get_context("spawn"), 1, 1)
    one = worker.Worker(0, folder, PLAN, averager)
    if stop_after is not None:
        save = one._save

        def save_and_break():
            save()
            if one.round >= stop_after:
                raise KeyboardInterrupt

        one._save = save_and_break
    one.run()
    with np.load(folder / "trained.npz") as saved:
        return [saved[name] for name in saved.files]


@pytest.mark.thorough
def test_going_on_after_a_break_is_as_if_there_had_been_none(tiny_pool, monkeypatch, tmp_path_factory):
    monkeypatch.setattr(source_model, "build_source_model", _small_network)
    monkeypatch.setattr(worker, "PICTURE_SIZE", 32)
    whole = _train(tiny_pool)
    with (tiny_pool / "log.csv").open() as log:
        rows = list(csv.DictReader(log))
    assert [int(row["views"]) for row in rows] == [256, 512, 768, 1024]
    assert [int(row["size"]) for row in rows] == [16, 16, 24, 24]
    assert float(rows[-1]["loss"]) < float(rows[0]["loss"])
    for left in (*tiny_pool.glob("checkpoint*"), tiny_pool / "trained.npz", tiny_pool / "log.csv"):
        left.unlink()
    for stop in (2, 4):  # within a stage, and where one begins
        with pytest.raises(KeyboardInterrupt):
            _train(tiny_pool, stop_after=stop)
    broken = _train(tiny_pool)
    assert all(np.array_equal(a, b) for a, b in zip(whole, broken, strict=True))


def test_a_plan_counts_its_rounds_and_knows_its_stages():
    plan = Plan(stages=(Stage(64, 2560), Stage(96, 512)), processes=2)
    assert plan.views_a_round == 32 * 4 * 2
    assert plan.rounds == [10, 2]
    assert plan.steps == 48
    assert [plan.stage_at(number).size for number in (0, 9, 10, 11, 99)] == [64, 64, 96, 96, 96]


def test_the_source_model_is_the_stock_network_with_a_head_a_factor():
    model = source_model.build_source_model(32, 10, 1e-3)
    stock = keras.applications.EfficientNetB0(include_top=False, weights=None, input_shape=(32, 32, 3))
    heads = set(source_task.factor_sizes())
    base = [layer for layer in model.layers if layer.name not in {*heads, "pooled"}]
    assert [(type(a), a.output.shape) for a in base] == [(type(a), a.output.shape) for a in stock.layers]
    assert all(layer.rate == 0 for layer in model.layers if isinstance(layer, keras.layers.Dropout))
    assert {name: output.shape[-1] for name, output in model.output.items()} == source_task.factor_sizes()


def test_targets_are_one_hot_rows_of_each_factor():
    factors = np.array([[5, 2, 1, 40, 3, 7], [439, 219, 21, 0, 0, 0]])
    made = source_model.targets(factors)
    for column, name in enumerate(source_task.factor_sizes()):
        assert made[name].argmax(1).tolist() == factors[:, column].tolist()
        assert made[name].sum() == 2


def test_pretraining_is_written_for_any_backend():
    for file in (config.ROOT / "helpers" / "synthetic").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.split(".")[0] == "tensorflow" for name in names), file.name


def test_halved_weights_load_into_keras_and_differ_by_half_precision_alone(tmp_path):
    def build():
        photo = keras.Input((16, 16, 3))
        x = keras.layers.BatchNormalization()(keras.layers.Conv2D(4, 3)(photo))
        return keras.Model(photo, keras.layers.Dense(3)(keras.layers.GlobalAveragePooling2D()(x)))

    model = build()
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(0, 1, each.shape) * 1e-6 ** (len(each.shape) == 1) for each in model.weights])
    file = tmp_path / "small.weights.h5"
    model.save_weights(file)
    export.halve_kernels(file)
    other = build()
    other.load_weights(file)
    for before, after in zip(model.get_weights(), other.get_weights(), strict=True):
        expected = before.astype("float16").astype("float32") if before.ndim > 1 else before
        assert np.array_equal(after, expected)
    with h5py.File(file) as saved:
        kinds = {item.dtype.name for item in _datasets(saved) if item.ndim > 1}
    assert kinds == {"float16"}


def _datasets(folder):
    for item in folder.values():
        yield from [item] if isinstance(item, h5py.Dataset) else _datasets(item)


@pytest.mark.thorough
def test_the_bundled_base_knows_its_source_task_and_a_random_one_does_not():
    bundled = load_base(weights="bundled", image_size=128)
    assert len(source_classes(bundled)) == len(source_task.source_classes()) >= 300
    pictures, labels = source_pictures(64)
    assert sorted(labels) == list(range(len(source_classes(bundled))))
    assert pictures.shape == (len(labels), 64, 64, 3)
    chance = 1 / len(labels)
    assert source_accuracy(bundled) > 30 * chance
    assert source_accuracy(load_base("EfficientNetB0", None, image_size=64)) < 8 * chance


def test_another_base_is_told_that_it_never_learned_the_task():
    with pytest.raises(ValueError, match=r"1280 channels at 'top_activation'.*mobilenet"):
        source_accuracy(load_base("MobileNetV2-0.35", weights=None, image_size=32))


def test_the_probe_is_a_logistic_regression_that_never_sees_the_test():
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(3), 60)
    features = rng.normal(0, 1, (180, 5)) + 3 * np.eye(5)[labels]
    train, test = linear_probe.deal_out(labels, 20, seed=1)
    assert np.bincount(labels[train]).tolist() == [20, 20, 20]
    assert not set(train) & set(test)
    assert len(train) + len(test) == 180
    assert linear_probe.probe(features, labels, train, test) > 0.9
    assert linear_probe.probe(rng.normal(0, 1, (180, 5)), labels, train, test) < 0.6
    shuffled = labels.copy()
    shuffled[test] = rng.permutation(shuffled[test])
    assert linear_probe.probe(features, shuffled, train, test) < 0.6


def test_a_histogram_counts_colours():
    red, blue = np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2, 3), np.uint8)
    red[..., 0], blue[..., 2] = 255, 255
    blue[0, 0] = [255, 0, 0]
    histograms = linear_probe.colour_histograms(np.stack([red, blue]), bins=2)
    assert histograms.tolist() == [[0, 0, 0, 0, 1, 0, 0, 0], [0, 0.75, 0, 0, 0.25, 0, 0, 0]]
