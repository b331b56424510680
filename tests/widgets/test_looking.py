"""The widgets that look and do not train, without a browser: every control moves what it should."""

import io
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from helpers import activations, attach_head, config, evaluate, grad_cam, plots, strongest_patches
from helpers.experiments.photos_worth import own_best_rates, photos_worth
from helpers.judging import strongest_places
from helpers.judging.linear_probe import probe
from helpers.widgets import CutPoint, DataDial, ErrorGallery, Guess, LayerMicroscope, PhotoBrowser, PhotoDrop


def test_the_browser_shows_each_photo_once(flowers):
    browser = PhotoBrowser(flowers)
    browser.split.value = flowers.val
    shown = []
    for page in range(1, browser.page.max + 1):
        browser.page.value = page
        shown += browser.shown.tolist()
        assert len(browser.tiles.tiles) == len(browser.shown)
    assert shown == list(range(len(flowers.val)))


def test_the_browser_keeps_the_test_photos_closed_unless_there_are_no_others(flowers, photo_folder):
    from helpers import load_photos

    offered = [split for _, split in PhotoBrowser(flowers).split.options]
    assert offered == [flowers.train, flowers.val]
    judged = load_photos(photo_folder({"a": 3, "b": 3}), image_size=32, split=(0, 0, 1))
    assert [split for _, split in PhotoBrowser(judged).split.options] == [judged.test]


def test_the_browser_keeps_to_a_class_and_turns_back(flowers):
    browser = PhotoBrowser(flowers)
    browser.page.value = browser.page.max
    browser.of_class.value = 3
    assert browser.page.value == 1
    assert set(flowers.train.labels[browser.rows]) == {3}
    assert {tile["text"] for tile in browser.tiles.tiles} == {flowers.class_names[3]}


def test_the_crop_dial_and_the_photo_decide_the_views(flowers):
    browser = PhotoBrowser(flowers)
    photo, *views = browser.augmented()
    np.testing.assert_array_equal(photo, flowers.train.images([0])[0])
    browser.crop.value = 1.0  # the whole photo: mirrored or as it is
    for view in browser.augmented()[1:]:
        assert np.array_equal(view, photo) or np.array_equal(view, photo[:, ::-1])
    browser.tiles.chosen = 2
    np.testing.assert_array_equal(browser.augmented()[0], flowers.train.images([2])[0])
    assert len(browser.views.tiles) == len(views) + 1


def test_the_browser_names_what_was_refused(photo_folder):
    from helpers import load_photos

    folder = photo_folder({"a": 6, "b": 6})
    (folder / "a" / "<list>.jpg").write_text("milk")
    browser = PhotoBrowser(load_photos(folder, image_size=32))
    assert "&lt;list&gt;.jpg" in browser.refused.value
    assert "not a JPEG" in browser.refused.value


@pytest.mark.parametrize(("cut", "units"), [(1, ()), (9, (64,)), (19, (128, 64))])
def test_the_cut_point_tells_what_attach_head_builds(mobilenet, cut, units):
    widget = CutPoint(mobilenet, classes=5)
    widget.strip.boundary = cut
    widget.hidden_units.value = units
    model = attach_head(mobilenet, classes=5, cut_at=widget.cut_at, hidden_units=units)
    parts = widget.parts()
    assert parts.params.sum() == model.count_params()
    assert parts.output_shape.iloc[-1] == model.output_shape[1:]
    head = parts[~parts.part.isin(widget.names)]
    assert f"<b>{head.params.sum():,}</b>" in widget.numbers.value
    assert f'cut_at="{widget.cut_at}"' in widget.code.value


def test_something_is_left_below_every_cut(mobilenet):
    widget = CutPoint(mobilenet, classes=5)
    widget.strip.boundary = 0
    assert widget.strip.boundary == 1
    assert widget.cut_at == "stem"


def test_the_cuts_are_compared_by_a_probe_beside_their_size(small, flowers):
    widget = CutPoint(small, classes=5, cut_at="block2a", photos=flowers)
    widget.compare.click()
    widget.worker.wait()
    table = widget.probed
    assert table.index.tolist() == widget.names
    for block in ("stem", "block2a", "top"):
        features = [
            activations(small, split.images(), block).mean(axis=(1, 2)) for split in (flowers.train, flowers.val)
        ]
        labels = np.concatenate([flowers.train.labels, flowers.val.labels])
        rows = np.arange(len(labels))
        expected = probe(np.concatenate(features), labels, rows[: len(flowers.train)], rows[len(flowers.train) :])
        assert table.accuracy[block] == pytest.approx(expected, abs=0.03)  # rounding decides a photo or two
        kept = attach_head(small, classes=5, cut_at=block)
        head = kept.get_layer(kept.layers[-1].name).count_params()
        assert table.weights[block] == kept.count_params() - head
    for boundary in (1, 3):
        widget.strip.boundary = boundary
        assert f"<b>{table.accuracy[widget.cut_at]:.3f}</b>" in widget.verdict.value
        assert table.accuracy.idxmax() in widget.verdict.value
    assert "svg" in widget.curve.value
    assert not widget.compare.disabled


def test_the_cut_point_goes_back_to_where_it_began(small):
    widget = CutPoint(small, classes=5, cut_at="block2a")
    widget.strip.boundary, widget.hidden_units.value = 1, (64,)
    widget.reset.click()
    assert (widget.cut_at, widget.hidden_units.value) == ("block2a", ())


def test_without_photos_no_cuts_are_compared(small, expected_trouble):
    widget = CutPoint(small, classes=5)
    widget.compare.click()
    assert "photos=photos" in str(expected_trouble())


def test_the_first_guess_counts_and_comes_before_the_answer(trained, flowers):
    guess = Guess(trained, flowers.val, n=3)
    assert guess.next.disabled
    assert "It is" not in guess.answer.value
    guess.buttons[4].click()
    guess.buttons[1].click()
    assert guess.guesses == [4]
    truth = flowers.val.labels[guess.rows[0]]
    assert f"It is {flowers.class_names[truth]}" in guess.answer.value
    guess.next.click()
    guess.buttons[int(flowers.val.labels[guess.rows[1]])].click()
    guess.next.click()
    guess.buttons[0].click()
    truths = flowers.val.labels[guess.rows]
    report = evaluate(trained, flowers.val)
    assert guess.points() == (
        int((np.array(guess.guesses) == truths).sum()),
        int((report.predicted[guess.rows] == truths).sum()),
    )
    assert guess.next.disabled


def test_mistakes_are_reviewed_at_the_end_and_a_new_round_has_other_photos(trained, flowers):
    guess = Guess(trained, flowers.val, n=4)
    assert guess.again.disabled
    truths, theirs = flowers.val.labels[guess.rows], guess.probabilities.argmax(axis=1)
    guesses = [int(truths[0]), (int(truths[1]) + 1) % 5, int(truths[2]), int(truths[3])]
    for number, label in enumerate(guesses):
        assert guess.review.tiles == []
        guess.buttons[label].click()
        if number < 3:
            guess.next.click()
    wrong = [at for at in range(4) if guesses[at] != truths[at] or theirs[at] != truths[at]]
    assert guess.mistakes() == wrong
    assert 1 in wrong
    names = flowers.class_names
    expected = [f"{names[truths[at]]}; you: {names[guesses[at]]}, model: {names[theirs[at]]}" for at in wrong]
    assert [tile["text"] for tile in guess.review.tiles] == expected
    assert "You got 3 of 4 right." in guess.answer.value
    before = guess.rows.tolist()
    guess.again.click()
    assert guess.rows.tolist() != before
    assert (guess.guesses, guess.at, guess.review.tiles) == ([], 0, [])
    assert guess.again.disabled
    assert not guess.buttons[0].disabled


def test_the_answer_has_its_room_from_the_start(trained, flowers):
    assert int(Guess(trained, flowers.val).answer.layout.min_height.removesuffix("px")) >= 22 * 8


NOW = datetime(2026, 11, 24, tzinfo=UTC)


def file_of(image: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(image).save(out, format="png")
    return out.getvalue()


def upload(widget: PhotoDrop, name: str, content: bytes) -> None:
    widget.upload.value = ({"name": name, "content": content, "type": "", "size": len(content), "last_modified": NOW},)
    widget.worker.wait()


def test_a_dropped_photo_is_judged_like_any_other(trained, flowers):
    drop = PhotoDrop(trained, flowers)
    image = flowers.test.images([0])[0]
    upload(drop, "mine.png", file_of(image))
    expected = evaluate(trained, flowers.test).probabilities[0]
    np.testing.assert_allclose(list(drop.explanation.answer.probabilities.values()), expected, atol=1e-5)
    np.testing.assert_allclose(drop.explanation.heat, grad_cam(trained, image), atol=1e-5)
    assert len(drop.nearest.tiles) == 5
    assert "mine.png" in drop.pictures.value


def test_noise_is_none_of_these(trained, flowers):
    drop = PhotoDrop(trained, flowers)
    upload(drop, "noise.png", file_of(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)))
    assert not drop.explanation.answer.known
    assert drop.verdict() == f"{drop.explanation.answer}"


def test_a_file_that_is_no_photo_is_refused_by_name(trained, flowers, expected_trouble):
    drop = PhotoDrop(trained, flowers)
    drop.instead.click()
    drop.worker.wait()
    assert drop.explanation is not None
    upload(drop, "letter.jpg", b"dear reader")
    assert "letter.jpg cannot be read: not a JPEG" in str(expected_trouble())
    assert drop.explanation is None
    assert drop.pictures.value == ""


def test_the_gallery_opens_the_photos_of_a_cell(trained, flowers):
    report = evaluate(trained, flowers.test)
    gallery = ErrorGallery(trained, flowers, report=report)
    counts = report.confusion.to_numpy()
    assert [int(tile["text"]) for tile in gallery.table.tiles] == counts.ravel().tolist()
    for cell in np.ndindex(5, 5):
        gallery.table.chosen = int(np.ravel_multi_index(cell, (5, 5)))
        assert gallery.cell == cell
        assert len(gallery.tiles.tiles) == min(counts[cell], 12)
        assert (flowers.test.labels[gallery.rows] == cell[0]).all()
        assert (report.predicted[gallery.rows] == cell[1]).all()
    gallery.worker.wait()


def test_the_gallery_explains_the_photo_that_is_chosen(trained, flowers):
    gallery = ErrorGallery(trained, flowers)
    counts = gallery.report.confusion.to_numpy()
    gallery.table.chosen = int(counts.argmax())
    gallery.tiles.chosen = 1
    gallery.worker.wait()
    label, predicted = gallery.cell
    assert f"true: {flowers.class_names[label]}" in gallery.why.value
    assert f"evidence for {flowers.class_names[predicted]}" in gallery.why.value
    assert len(gallery.nearest.tiles) == 5


def test_where_widgets_do_not_render_the_gallery_shows_photos_of_the_open_cell(trained, flowers, monkeypatch):
    gallery = ErrorGallery(trained, flowers)
    drawn, real = [], plots.described
    monkeypatch.setattr(plots, "described", lambda ax, text: drawn.append(ax.figure) or real(ax, text))
    counts = gallery.report.confusion.to_numpy()
    gallery.table.chosen = int(counts.argmax())
    (label, predicted), (row, *_) = (flowers.class_names[number] for number in gallery.cell), gallery.rows
    told = [f"true: {label}", f"predicted: {predicted}", f"{gallery.report.probabilities[row].max():.0%}"]
    assert ", ".join(told) + " sure" in gallery.picture().text
    matrix, first, second = drawn[0].get_figure(root=True).axes
    assert first.get_title(loc="left") == "\n".join(told) + " sure"
    np.testing.assert_array_equal(first.images[0].get_array(), flowers.test.images([row])[0])
    assert second.images
    (frame,) = matrix.patches
    assert (frame.get_y() + 0.5, frame.get_x() + 0.5) == gallery.cell
    gallery.table.chosen = int(np.flatnonzero(counts.ravel() == 0)[0])
    assert gallery.picture().text == f"The error gallery: {gallery.summary()}."
    gallery.worker.wait()


def test_the_gallery_tells_coverage_and_accuracy(trained, flowers):
    gallery = ErrorGallery(trained, flowers)
    gallery.threshold.value = 0.3
    covered, accuracy = gallery.report.above(0.3)
    assert 0 < covered < 1
    assert f"<b>{covered:.1%}</b> of the" in gallery.covered.value
    assert f"<b>{accuracy:.1%}</b>" in gallery.covered.value
    gallery.worker.wait()


def made_up_results() -> pd.DataFrame:
    rows = [
        {"method": method, "per_class": count, "learning_rate": 0.1, "seed": seed, "val_accuracy": 0.5,
         "accuracy": start + 0.1 * step + 0.01 * seed}
        for method, start in (("frozen base", 0.6), ("from scratch", 0.3))
        for step, count in enumerate((5, 10, 20, 40, 80))
        for seed in range(3)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_the_dial_tells_what_worth_computes():
    results = made_up_results()
    dial = DataDial(results)
    dial.per_class.value = 5
    assert str(photos_worth(own_best_rates(results), 5, "frozen base")) in dial.told.value
    assert "With 5 photos per class, frozen base reaches <b>0.610</b>" in dial.told.value
    dial.per_class.value = 80
    assert "more than 80" in dial.told.value


def test_the_dial_needs_something_to_compare_with():
    results = made_up_results()
    with pytest.raises(ValueError, match="from scratch"):
        DataDial(results[results.method == "frozen base"])


def test_the_microscope_shows_the_map_and_the_patches_of_its_channel(efficientnet, flowers):
    scope = LayerMicroscope(flowers, efficientnet, at="block3b", channel=7)
    scope.tiles.chosen = 2
    scope.worker.wait()
    scope.indexer.wait()
    scope.worker.wait()
    image = flowers.val.images([int(scope.rows[2])])[0]
    expected = activations(efficientnet, image, "block3b")[:, :, 7]
    np.testing.assert_array_equal(scope.feature_map(efficientnet.name), expected)
    found = strongest_patches(efficientnet, flowers, "block3b", 7)
    assert [tile["text"] for tile in scope.found[efficientnet.name].tiles] == [patch.label for patch in found]
    assert scope.row.value.count("<img") == 18


def test_the_microscope_shows_more_positions_at_224_pixels(photo_folder):
    from helpers import load_base, load_photos

    photos = load_photos(photo_folder({"a": 3, "b": 3}), image_size=224)
    scope = LayerMicroscope(photos, load_base("EfficientNetB0", weights="bundled", image_size=224), at="block2b")
    for waiting in (scope.worker, scope.indexer, scope.worker):
        waiting.wait()
    assert scope.feature_map("efficientnetb0").shape == (56, 56)
    assert "56 × 56" in scope.maps.value
    assert len(scope.found["efficientnetb0"].tiles) == 6  # one patch of each photo


def test_a_block_opens_at_the_channel_whose_answers_vary_most_over_the_photos(efficientnet, flowers):
    scope = LayerMicroscope(flowers, efficientnet, at="block5c")
    for boundary in (None, 2):  # at first, and a block with fewer channels
        if boundary is not None:
            scope.strip.boundary = boundary
        answers = np.stack(
            [activations(efficientnet, image, scope.at).mean(axis=(0, 1)) for image in flowers.val.images(scope.rows)]
        )
        usual = np.abs(answers).mean(axis=0)
        score = answers.std(axis=0) / (usual + usual.mean())
        assert scope.channel.value == score.argmax()
        assert scope.channel.max == answers.shape[1] - 1
        assert f"channel {scope.channel.value}," in scope.maps.value
    scope.indexer.wait()
    scope.worker.wait()


def test_an_index_that_comes_with_the_course_is_taken_only_where_it_fits(efficientnet, flowers, tmp_path, monkeypatch):
    monkeypatch.setattr(config, "STRONGEST", tmp_path / "index.npz")
    index = strongest_places.index_strongest(efficientnet, flowers)
    strongest_places.save_index(index)
    strongest_places._stored.cache_clear()
    stored = strongest_places.stored_index(efficientnet, flowers)
    np.testing.assert_array_equal(stored.strongest["block4b"], index.strongest["block4b"])
    assert strongest_places.stored_index(efficientnet, flowers.with_per_class(2)) is None
    strongest_places._stored.cache_clear()


def test_two_bases_without_an_index_are_looked_through_one_after_the_other(efficientnet, mobilenet, flowers):
    scope = LayerMicroscope(flowers, {"one": efficientnet, "other": efficientnet}, at="block1a")
    for _ in range(3):
        scope.worker.wait()
        scope.indexer.wait()
    assert [len(tiles.tiles) for tiles in scope.found.values()] == [9, 9]
    assert "one row each" in scope.said.value


def test_an_empty_cell_shows_nothing_of_the_cell_before(trained, flowers):
    gallery = ErrorGallery(trained, flowers)
    counts = gallery.report.confusion.to_numpy()
    gallery.table.chosen = int(counts.argmax())
    gallery.table.chosen = int(np.flatnonzero(counts.ravel() == 0)[0])
    gallery.worker.wait()
    assert gallery.why.value == ""
    assert gallery.nearest.tiles == []


def test_nothing_to_guess_is_told(trained, flowers):
    from dataclasses import replace

    empty = replace(flowers.val, paths=(), labels=flowers.val.labels[:0], digests=())
    with pytest.raises(ValueError, match=r"photos\.val"):
        Guess(trained, empty)
