"""`fit`: what it keeps, stops, counts, repeats and proves."""

import errno
import json
import math
import subprocess
import sys

import keras
import numpy as np
import pytest

from helpers import Run, attach_head, config, evaluate, fit, freeze, load_photos, settle_statistics
from helpers.activations import cache, engines, storage
from helpers.network import twins
from helpers.network.head import copy_of
from helpers.photos.views import PhotoViews
from helpers.training import pipeline
from helpers.training.progress import TrainingProgress
from tests.networks import first_stages

QUICK = {"epochs": 3, "learning_rate": 3e-3, "progress": False}


@pytest.fixture(autouse=True, scope="module")
def own_cache(tmp_path_factory):
    """Keep activations where no other process clears them away, or has them before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRAFT_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def test_history_has_a_row_an_epoch(model, flowers):
    run = fit(model, flowers, **QUICK)
    assert list(run.history.columns) == ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds"]
    assert list(run.history.epoch) == [1, 2, 3]
    assert run.history.loss.iloc[-1] < run.history.loss.iloc[0]
    assert run.seconds > run.history.seconds.sum() > 0
    assert run.boundary == "top"
    assert run.settings["cut"] == "head_pool"


@pytest.mark.parametrize("options", [{}, {"label_smoothing": 0.1}, {"class_weight": "balanced"}])
def test_no_step_is_traced_twice(model, flowers, monkeypatch, options):
    traced, answer = [], keras.layers.Dense.call

    def call(self, inputs, training=None):
        if not isinstance(inputs, keras.KerasTensor):  # what builds or copies a model traces nothing
            traced.append(training)
        return answer(self, inputs)

    twins.forget()
    monkeypatch.setattr(keras.layers.Dense, "call", call)
    another = copy_of(model)
    fit(model, flowers, **QUICK, **options)
    assert len(traced) == 2, "once to train, once to evaluate"
    fit(another, flowers, **QUICK | options | {"learning_rate": 1e-4, "schedule": "cosine", "batch_size": 7, "seed": 1})
    assert len(traced) == 2, "the second training like it runs what was traced for the first"


def test_recorded_validation_is_what_evaluation_measures(model, flowers):
    run = fit(model, flowers, **QUICK, keep="last")
    report = evaluate(model, flowers.val)
    assert run.val_accuracy == pytest.approx(report.accuracy, abs=1e-6)
    truth = report.probabilities[np.arange(len(flowers.val)), flowers.val.labels]
    assert run.history.val_loss.iloc[-1] == pytest.approx(-np.log(truth).mean(), rel=1e-4)


def test_the_best_epoch_is_kept(model, flowers):
    run = fit(model, flowers, epochs=20, learning_rate=0.01, progress=False)
    losses = [run.start["val_loss"], *run.history.val_loss]
    accuracies = [run.start["val_accuracy"], *run.history.val_accuracy]
    best = [epoch for epoch in range(21) if accuracies[epoch] == max(accuracies)]
    assert run.kept_epoch == min(best, key=lambda epoch: losses[epoch])
    assert 0 < run.kept_epoch < 20, "the test needs a run whose best epoch is not the last"
    assert run.kept_epoch != int(np.argmin(losses)), "and one in which loss and accuracy disagree"
    again = fit(model, flowers, epochs=1, learning_rate=1e-9, progress=False)
    assert again.start["val_loss"] == pytest.approx(losses[run.kept_epoch], rel=1e-5)


def test_training_that_only_harms_keeps_the_start(model, flowers):
    fit(model, flowers, epochs=8, learning_rate=3e-3, progress=False)
    before = model.get_weights()
    run = fit(model, flowers, epochs=2, learning_rate=3.0, progress=False)
    assert run.kept_epoch == 0
    assert run.val_accuracy == run.start["val_accuracy"]
    assert all(np.array_equal(one, other) for one, other in zip(before, model.get_weights(), strict=True))
    assert (run.moved.weights_moved == 0).all()


@pytest.mark.parametrize("until", ["block1a", "block2a", "top"])
@pytest.mark.parametrize("batchnorm", ["frozen", "free"])
def test_frozen_blocks_do_not_move_at_all_and_free_ones_do(small, flowers, until, batchnorm):
    model = attach_head(small, classes=5)
    freeze(model, until=until, batchnorm=batchnorm)
    run = fit(model, flowers, epochs=1, keep="last", progress=False)
    moved = run.moved.set_index("block")
    assert (moved[moved.frozen][["weights_moved", "statistics_moved"]] == 0.0).all(axis=None)
    assert (moved[~moved.frozen].weights_moved > 0).all()
    statistics = moved[~moved.frozen].drop("head").statistics_moved
    assert ((statistics > 0) if batchnorm == "free" else (statistics == 0)).all()


def test_distance_moved_is_that_of_numpy(model, flowers):
    layer = model.get_layer("head_output")
    before = np.concatenate([np.ravel(w) for w in layer.get_weights()])
    run = fit(model, flowers, **QUICK, keep="last")
    after = np.concatenate([np.ravel(w) for w in layer.get_weights()])
    expected = np.linalg.norm(after - before) / np.linalg.norm(before)
    assert run.moved.set_index("block").weights_moved["head"] == pytest.approx(expected, rel=1e-5)


def test_the_same_seed_gives_the_same_history_and_another_seed_another(small, flowers):
    def history(seed):
        model = attach_head(small, classes=5, dropout=0.5)
        freeze(model, until="block2b")
        return fit(model, flowers, **QUICK, seed=seed).history.drop(columns="seconds")

    assert history(0).equals(history(0))
    assert not history(0).equals(history(1))


def test_a_fresh_process_gives_the_same_history(capsys):
    code = (
        "from helpers import *\n"
        "photos = load_flowers(image_size=32, per_class=6)\n"
        "base = load_base('MobileNetV2-0.35', weights=None, image_size=32)\n"
        "model = attach_head(settle_statistics(base, photos.train), 5)\n"
        "freeze(model, until='block7a')\n"
        "run = fit(model, photos, epochs=2, augment=True, progress=False)\n"
        "print(run.history.drop(columns='seconds').to_json(double_precision=15))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=config.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    exec(code, {})
    assert json.loads(done.stdout) == json.loads(capsys.readouterr().out)


def test_each_epoch_is_told_and_stop_ends_within_a_batch(model, flowers):
    rows, steps = [], []

    def on_batch(what: str, done: int, total: int) -> None:
        if what == "training":
            steps.append((done, total))

    run = fit(
        model, flowers, epochs=10, batch_size=10, progress=False, on_epoch=rows.append, on_batch=on_batch,
        stop=lambda: len(steps) == 5,
    )  # fmt: skip
    assert steps == [(done, 30) for done in range(1, 6)]
    assert len(run.history) == len(rows) == 1  # three steps an epoch: the second epoch was broken off
    assert rows[0]["val_loss"] == run.history.val_loss[0]


@pytest.mark.parametrize("until", ["top", None])
def test_a_stopped_training_equals_a_shorter_one(small, flowers, until):
    outcomes = []
    for epochs, stop_after in ((9, 7), (2, None)):
        model, steps = attach_head(small, classes=5), []
        freeze(model, until=until)
        fit(
            model, flowers, epochs=epochs, batch_size=10, progress=False, seed=3,
            on_batch=lambda what, done, total, steps=steps: steps.append(done) if what == "training" else None,
            stop=lambda steps=steps, stop_after=stop_after: len(steps) == stop_after,
        )  # fmt: skip
        outcomes.append(model.get_weights())
    for stopped, shorter in zip(*outcomes, strict=True):
        np.testing.assert_array_equal(stopped, shorter)


def test_a_training_can_be_stopped_before_its_first_step(model, flowers):
    before = model.get_weights()
    run = fit(model, flowers, epochs=3, progress=False, stop=lambda: True)
    assert len(run.history) == 0
    assert run.kept_epoch == 0
    assert math.isnan(run.val_accuracy)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_progress_prints_a_line_an_epoch(model, flowers, capsys):
    fit(model, flowers, epochs=2)
    lines = capsys.readouterr().out.splitlines()
    assert "activations of 70 photos at head_pool" in lines[0]
    assert [line[:11] for line in lines[1:3]] == ["epoch  1/2 ", "epoch  2/2 "]
    assert all(line.startswith("Never found: ") for line in lines[3:])  # after so short a training
    fit(model, flowers, epochs=1, progress=False)
    assert capsys.readouterr().out == ""


def test_augmentation_draws_among_the_views_by_epoch():
    rows = pipeline.rows_to_show(epochs=40, photos=7, views=4, seed=0)
    assert (np.sort(rows % 7, axis=1) == np.arange(7)).all()  # each photo once an epoch
    assert set(np.unique(rows // 7)) == {0, 1, 2, 3}
    assert np.array_equal(rows[:3], pipeline.rows_to_show(3, 7, 4, 0))
    assert (np.sort(pipeline.rows_to_show(5, 7, 0, 0), axis=1) == np.arange(7)).all()


@pytest.mark.parametrize("until", ["top", None])
def test_augmented_training_runs_with_and_without_a_boundary(small, flowers, until):
    model = attach_head(small, classes=5)
    freeze(model, until=until)
    run = fit(model, flowers, epochs=2, augment=True, progress=False)
    assert len(run.history) == 2
    assert run.settings["cached_bytes"] == (0 if until is None else (4 * 30 + 40) * small.output_shape[-1] * 4)


def test_nothing_frozen_trains_everything_and_caches_nothing(small, flowers):
    model = attach_head(small, classes=5)
    freeze(model, until=None, batchnorm="free")
    run = fit(model, flowers, epochs=1, keep="last", progress=False)
    assert run.boundary is None
    assert (run.moved.weights_moved > 0).all()


def test_a_set_too_large_for_memory_trains_the_same(model, small, flowers, monkeypatch, tmp_path):
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path))  # what is kept may have come from other cuts
    whole = fit(model, flowers, **QUICK).history.drop(columns="seconds")
    monkeypatch.setattr(config, "IMAGES_IN_MEMORY", 0)
    cache.kept_on_disk().clear()
    streamed = load_photos(flowers.train.paths[0].parents[1], image_size=32, per_class=6)
    again = attach_head(small, classes=5)
    freeze(again, until="top")
    assert whole.equals(fit(again, streamed, **QUICK).history.drop(columns="seconds"))
    uncached = attach_head(small, classes=5)
    freeze(uncached, until="top")
    plain = fit(uncached, streamed, **QUICK, cache=False).history.drop(columns="seconds")
    assert np.allclose(whole, plain, atol=1e-4)


@pytest.mark.parametrize("why", ["the limit", "a disk that runs full", "a folder nobody may write to"])
def test_a_cache_that_cannot_be_kept_is_told_in_a_sentence_and_trains_the_same(
    model, small, flowers, monkeypatch, capsys, tmp_path, why
):
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "cache"))
    expected = fit(model, flowers, **QUICK).history.drop(columns="seconds")
    cache.kept_on_disk().clear()
    if why == "the limit":
        monkeypatch.setattr(config, "CACHE_LIMIT", 1000)
    elif why == "a disk that runs full":

        def full(*_):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(storage, "_reserve", full)
    else:
        (tmp_path / "file").write_text("in the way")
        monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "file"))
    again = attach_head(small, classes=5)
    freeze(again, until="top")
    run = fit(again, flowers, **{**QUICK, "progress": True})
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("The frozen blocks run in every epoch, because their activations cannot be kept: ")
    assert first.endswith(".")
    assert ". " not in first.removesuffix(".")
    assert not first.endswith("..")
    assert run.settings["not_kept"]
    assert run.settings["cut"] is None
    assert np.allclose(run.history.drop(columns="seconds"), expected, atol=1e-4)
    assert (run.moved[run.moved.frozen].weights_moved == 0).all()


def test_activations_in_a_folder_that_may_only_be_read_are_used(model, flowers, monkeypatch):
    fit(model, flowers, **QUICK)
    monkeypatch.setattr(storage.os, "access", lambda *_: False)
    assert fit(model, flowers, **QUICK).settings["cache_reused"]


def test_a_second_run_finds_what_the_first_kept_and_a_higher_boundary_starts_from_it(
    small, flowers, capsys, monkeypatch, tmp_path
):
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path))
    model = attach_head(small, classes=5)
    freeze(model, until="block2a")
    first, second = (fit(model, flowers, epochs=1, learning_rate=1e-5) for _ in range(2))
    assert (first.settings["cache_reused"], second.settings["cache_reused"]) == (False, True)
    freeze(copy := copy_of(attach_head(small, classes=5)), until="block2b")
    assert fit(copy, flowers, epochs=1).settings["computed_from"] == "block2a_project_bn"
    lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(("epoch", "Never found"))]
    assert lines[0].startswith("Computed the activations of 70 photos at block2a_project_bn")
    assert lines[1].startswith("Using the kept activations of 70 photos at block2a_project_bn")
    assert lines[2].endswith("from those kept at block2a_project_bn.")


def test_kept_activations_are_read_where_they_lie(tmp_path):
    values = (np.arange(4_000_000) % 7).astype(np.float16).reshape(1000, 4000)
    kept = storage.Store(tmp_path, 10**9).keep("a", values.shape, values.dtype, [values])
    rows = pipeline.rows_to_show(1, 1000, 0, seed=1)
    shown = pipeline.shuffled(kept, np.arange(1000), rows, 64, (4000,))
    for batch, labels in shown:
        assert batch.dtype == "float32"
        assert np.array_equal(batch, values[labels])
    tensor, pages = pipeline._in_place(kept), kept.view()
    pages.setflags(write=True)
    pages[5, 5] = 99  # in this process's memory only: the file stays
    assert tensor[5, 5] == 99, "a copy was made"
    assert storage.Store(tmp_path, 10**9).find("a")[5, 5] == values[5, 5]


def test_smoothing_is_keras_own(model, small, flowers):
    loss = fit(model, flowers, epochs=1, learning_rate=1e-9, label_smoothing=0.2, progress=False).start["val_loss"]
    probabilities = evaluate(attach_head(small, classes=5), flowers.val).probabilities
    smooth = np.eye(5)[flowers.val.labels] * 0.8 + 0.2 / 5
    assert loss == pytest.approx(-(smooth * np.log(probabilities)).sum(axis=1).mean(), rel=1e-4)


def test_weight_decay_pulls_kernels_and_spares_biases(model, flowers):
    output = model.get_layer("head_output")
    output.bias.assign(np.full(5, 2.0))
    before = np.abs(output.get_weights()[0]).sum()
    fit(model, flowers, epochs=3, learning_rate=1e-4, weight_decay=300.0, keep="last", progress=False)
    assert np.abs(output.get_weights()[0]).sum() < 0.95 * before
    assert np.abs(output.get_weights()[1] - 2).max() < 0.05


def test_the_cosine_schedule_falls_to_nothing(model, flowers, monkeypatch):
    steps = []

    def watching(self, batch, logs=None):
        steps.append(float(self.model.optimizer.learning_rate))

    monkeypatch.setattr(TrainingProgress, "on_train_batch_end", watching)
    fit(model, flowers, epochs=20, learning_rate=0.01, batch_size=15, schedule="cosine", progress=False)
    assert len(steps) == 40
    assert max(steps) == pytest.approx(0.01, rel=1e-3)
    assert np.argmax(steps) <= 5
    assert steps[-1] < 1e-4


def test_the_users_own_compilation_is_left_alone(model, flowers):
    model.compile("sgd", "mse")
    optimizer = model.optimizer
    fit(model, flowers, **QUICK)
    fit(model, flowers, **QUICK, cache=False)
    assert model.optimizer is optimizer


def test_a_model_built_by_hand_is_trained_as_well(small, flowers):
    base = copy_of(small)
    x = keras.layers.GlobalAveragePooling2D()(base.output)
    hand = keras.Model(base.input, keras.layers.Dense(5, activation="softmax")(x))
    for layer in hand.layers[:-1]:
        layer.trainable = False
    run = fit(hand, flowers, **QUICK)
    assert run.boundary == "top"
    assert run.settings["cut"].startswith("global_average_pooling2d")


def test_wrong_arguments_are_told_before_anything_is_done(model, flowers):
    with pytest.raises(ValueError, match="Expected epochs"):
        fit(model, flowers, epochs=0)
    with pytest.raises(ValueError, match="Expected seed"):
        fit(model, flowers, seed=-1)
    with pytest.raises(TypeError, match="positional"):
        fit(model, flowers, 3)


def test_the_engine_of_a_training_depends_on_its_photos_and_not_on_what_is_kept(model, flowers, monkeypatch):
    monkeypatch.delenv("GRAFT_ENGINE", raising=False)
    if "openvino" not in engines.available():
        pytest.skip("OpenVINO is not installed")
    for split in (flowers.train, flowers.val):
        cache.activations_at(model, "head_pool", PhotoViews(split), engine="tensorflow")
    monkeypatch.setattr(config, "OPENVINO_PAYS_FROM", 0)
    assert fit(model, flowers, **QUICK).settings["engine"] == "openvino"


def test_a_model_whose_loss_is_no_number_ends_at_its_last_whole_epoch(model, flowers):
    output = model.get_layer("head_output")
    output.kernel.assign(np.full(output.kernel.shape, 3e38))  # numbers, whose sums are none
    epochs = []
    run = fit(
        model, flowers, epochs=5, on_epoch=epochs.append, stop=lambda: len(epochs) == 2, batch_size=8, progress=False
    )
    assert len(run.history) == run.kept_epoch == 2
    assert np.isnan(run.history.val_loss).all()


def test_a_model_that_does_not_fit_is_told(small, flowers, photo_folder):
    with pytest.raises(ValueError, match=r"each of the 5 classes.*attach_head\(base, classes=5\)"):
        fit(attach_head(small, classes=3), flowers)
    with pytest.raises(ValueError, match="head"):
        fit(small, flowers)
    larger = load_photos(photo_folder({"a": 4, "b": 4}), image_size=48)
    with pytest.raises(ValueError, match=r"32 px.*48 px"):
        fit(attach_head(small, classes=2), larger)
    with pytest.raises(ValueError, match="load_photos"):
        fit(attach_head(small, classes=5), flowers.train)


def test_a_model_with_nothing_to_train_is_told(model, flowers):
    model.trainable = False
    with pytest.raises(ValueError, match="every layer frozen"):
        fit(model, flowers)


def test_logits_are_told(small, flowers):
    x = keras.layers.GlobalAveragePooling2D(name="head_pool")(small.output)
    logits = keras.Model(small.input, keras.layers.Dense(5, name="head_output")(x))
    with pytest.raises(ValueError, match="softmax"):
        fit(logits, flowers)
    maps = keras.layers.Conv2D(5, 1)(small.output)
    pooled = keras.Model(small.input, keras.layers.GlobalAveragePooling2D()(maps))  # ends without an activation
    with pytest.raises(ValueError, match="softmax"):
        evaluate(pooled, flowers.val)


def test_a_free_batchnorm_without_weights_is_trained_with_and_without_the_cache(small, flowers):
    def train(cache: bool) -> list:
        base = copy_of(small)
        base.trainable = False
        x = keras.layers.GlobalAveragePooling2D()(base.output)
        x = keras.layers.BatchNormalization(center=False, scale=False, name="norm")(x)
        model = keras.Model(base.input, keras.layers.Dense(5, "softmax", kernel_initializer="zeros")(x))
        fit(model, flowers, **QUICK, cache=cache, keep="last")
        return model.get_layer("norm").get_weights()

    for cached, plain in zip(train(cache=True), train(cache=False), strict=True):
        assert np.abs(cached).max() > 0
        assert np.allclose(cached, plain, atol=1e-5)


def test_random_layers_inside_the_model_repeat_with_the_seed(flowers):
    inputs = keras.Input((32, 32, 3))
    zoomed = keras.layers.RandomZoom(0.5, seed=1)(inputs)
    base = first_stages(input_tensor=zoomed)
    model = attach_head(keras.Model(inputs, base.output), classes=5, share=True)
    settle_statistics(model, flowers.train)  # else hardly anything arrives at the top, drawn at random or not
    freeze(model, until="top")
    start = model.get_weights()
    first = fit(model, flowers, epochs=1, progress=False).history.loss
    model.set_weights(start)
    assert first.equals(fit(model, flowers, epochs=1, progress=False).history.loss)


def test_a_trained_model_is_saved_and_loaded_whole(small, flowers, tmp_path):
    model = attach_head(small, classes=5)
    for until in ("top", "block2b"):
        freeze(model, until=until)
        fit(model, flowers, epochs=1, keep="last", progress=False)
    model.save(tmp_path / "flowers.keras")
    loaded = keras.models.load_model(tmp_path / "flowers.keras")
    assert np.array_equal(evaluate(loaded, flowers.val).probabilities, evaluate(model, flowers.val).probabilities)


def test_a_run_of_numpy_numbers_is_saved_too(model, flowers, tmp_path):
    run = fit(model, flowers, epochs=np.int64(1), learning_rate=np.float32(0.01), seed=np.int64(1), progress=False)
    assert Run.load(run.save(tmp_path / "run.json")).settings == run.settings


def test_random_layers_made_of_others_repeat_with_the_seed(flowers):
    inputs = keras.Input((32, 32, 3))
    views = keras.layers.Pipeline([keras.layers.RandomFlip(), keras.layers.RandomRotation(0.2)])(inputs)
    base = first_stages(input_tensor=views)
    model = attach_head(keras.Model(inputs, base.output), classes=5, share=True)
    settle_statistics(model, flowers.train)  # else hardly anything arrives at the top, drawn at random or not
    freeze(model, until="top")
    before = model.get_weights()
    losses = []
    for _ in range(2):
        model.set_weights(before)
        losses.append(fit(model, flowers, epochs=1, keep="last", progress=False).history.loss[0])
    assert losses[0] == losses[1]


def test_stopped_with_the_last_weights_kept_it_ends_with_the_last_whole_epoch(small, flowers):
    outcomes = []
    for epochs, stop_after in ((9, 5), (1, None)):
        model, steps = attach_head(small, classes=5), []
        freeze(model, until="top")
        run = fit(
            model, flowers, epochs=epochs, batch_size=10, progress=False, keep="last",
            on_batch=lambda what, done, total, steps=steps: steps.append(done) if what == "training" else None,
            stop=lambda steps=steps, stop_after=stop_after: len(steps) == stop_after,
        )  # fmt: skip
        assert run.kept_epoch == 1
        outcomes.append(model.get_weights())
    for stopped, shorter in zip(*outcomes, strict=True):
        np.testing.assert_array_equal(stopped, shorter)
