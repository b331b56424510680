"""A model card: every number in it against one computed here."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from helpers import attach_head, calibration, copy_of, evaluate, load_base, model_card
from helpers.judging.neighbours import Neighbours
from helpers.network import lite
from helpers.photos import sources
from tests.shared import needs_lite0


@pytest.fixture(scope="module")
def card(trained, flowers):
    model, report, run = trained
    return model_card(model, flowers, report, run=run, date="2026-11-24", made_by="A. Gardener")


def table(card: str, first: str) -> list[list[str]]:
    """Return the rows of the table whose header begins with a word."""
    (found,) = re.findall(rf"^\| {first} \|.*\n\|[-| ]+\|\n((?:\|.*\n)+)", card + "\n", flags=re.M)
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in found.strip().splitlines()]


def section(card: str, title: str) -> str:
    return card.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_it_has_the_parts_in_their_order(card):
    assert re.findall(r"^##? (.*)$", card, flags=re.M) == [
        "Model card: daisy, dandelion, roses, sunflowers, tulips",
        "What it is",
        "What it is for",
        "Photos it was made from",
        "How it was trained",
        "How well it does",
        "What it cannot do",
        "Licences: open questions",
        "Made with",
    ]
    assert "| made by | A. Gardener |" in card
    assert "| date | 2026-11-24 |" in card
    assert "| licence of this model | not stated |" in card


def test_the_same_arguments_give_the_same_text(trained, flowers, card):
    model, report, run = trained
    assert model_card(model, flowers, report, run=run, date="2026-11-24", made_by="A. Gardener") == card


def test_accuracy_with_its_interval_and_chance_level(trained, flowers, card):
    model = trained[0]
    predicted = model.predict(flowers.test.images(), verbose=0).argmax(axis=1)
    accuracy = np.mean(predicted == flowers.test.labels)
    low, high = proportion_confint(np.sum(predicted == flowers.test.labels), len(predicted), method="wilson")
    assert f"**Accuracy {accuracy:.3f}** on {len(predicted)} photos, 95% confidence interval {low:.3f} to" in card
    assert f" to {high:.3f}. Chance" in card
    assert (
        f"always naming the most common class, is {np.bincount(flowers.test.labels).max() / len(predicted):.3f}" in card
    )


def test_the_table_of_classes_and_the_worst_confusion(trained, flowers, card):
    from sklearn.metrics import confusion_matrix

    predicted = trained[0].predict(flowers.test.images(), verbose=0).argmax(axis=1)
    counts = confusion_matrix(flowers.test.labels, predicted)
    for index, (name, precision, recall, photos) in enumerate(table(section(card, "How well it does"), "class")):
        assert name == flowers.class_names[index]
        assert float(recall) == pytest.approx(counts[index, index] / counts[index].sum(), abs=0.006)
        assert float(precision) == pytest.approx(counts[index, index] / max(counts[:, index].sum(), 1), abs=0.006)
        assert int(photos) == counts[index].sum()
    np.fill_diagonal(counts, 0)
    told = re.search(r"Most common mistake: (\w+) taken for (\w+), (\d+) of (\d+) photos", card)
    one, other = (flowers.class_names.index(name) for name in told.groups()[:2])
    assert counts[one, other] == counts.max() == int(told[3])
    assert int(told[4]) == np.bincount(flowers.test.labels)[one]


def test_photos_are_counted(flowers, card):
    rows = table(section(card, "Photos it was made from"), "class")
    for index, row in enumerate(rows[:-1]):
        counts = [int((split.labels == index).sum()) for split in (flowers.train, flowers.val, flowers.test)]
        assert row == [flowers.class_names[index], *map(str, counts)]
    assert rows[-1] == ["total", "30", "40", "40"]


def test_skipped_files_are_counted_by_reason_and_not_named(trained, flowers):
    model, report, _ = trained
    skipped = tuple((flowers.train.paths[0].parent / f"{n}.jpg", "the file is empty") for n in range(3))
    card = model_card(model, replace(flowers, skipped=(*skipped, (skipped[0][0], "damaged: x"))), report)
    assert "Files that were left out: 4." in card
    assert "- 3 × the file is empty" in card
    assert "- 1 × damaged: x" in card
    assert str(flowers.train.paths[0].parent.parent) not in card


def test_training_is_told_from_the_runs(trained, flowers, card):
    model, report, run = trained
    told = section(card, "How it was trained")
    assert "1. Frozen up to block4a; 6 epochs, kept epoch" in told
    assert "Adam, learning rate 0.01, batches of 32, not augmented, seed 0" in told
    assert f"Accuracy on the validation photos: {run.val_accuracy:.3f}." in told
    other = replace(run, boundary=None, settings=run.settings | {"photos": "x", "weight_decay": 0.1, "augment": True})
    second = section(model_card(model, flowers, report, run=[run, other]), "How it was trained")
    assert "2. Nothing frozen; 6 epochs" in second
    assert "AdamW, learning rate 0.01, batches of 32, weight decay 0.1, augmented" in second
    assert second.rstrip().endswith("It used other photos than those above, or not all.")
    assert "Not recorded." in section(model_card(model, flowers, report), "How it was trained")


def test_it_says_whether_photos_were_kept_together_and_classes_weighted(trained, flowers, card):
    model, report, run = trained
    assert "may still be in two splits" in section(card, "Photos it was made from")
    assert "each class counting the same" not in card
    other = replace(run, settings=run.settings | {"class_weight": "balanced"})
    told = model_card(model, replace(flowers, grouped=True), report, run=other)
    assert "photos that were said to belong together" in section(told, "Photos it was made from")
    assert "may still be in two splits" not in told
    assert "each class counting the same" in section(told, "How it was trained")


def test_it_tells_how_far_seeds_differ(trained, flowers):
    model, report, run = trained
    told = section(model_card(model, flowers, report, run=run, accuracies=[0.7, 0.8, 0.9]), "How well it does")
    # By hand: mean 0.8, standard deviation 0.1, Student's t with two degrees of freedom 4.3027; no accuracy is above 1.
    assert "it reached 0.800 on average, 95% confidence interval of the mean 0.552 to 1.000" in told
    assert "the lowest was 0.700, the highest 0.900" in told
    assert "different seeds" not in section(model_card(model, flowers, report, accuracies=[0.7]), "How well it does")
    with pytest.raises(TypeError, match=r"Expected accuracies to be a list of numbers from 0 to 1, such as"):
        model_card(model, flowers, report, accuracies="0.7")
    with pytest.raises(ValueError, match=r"Expected each of the accuracies to be a number from 0 to 1\. Received: 70"):
        model_card(model, flowers, report, accuracies=[70])


def test_what_it_cannot_do(trained, flowers, card):
    model, report, _ = trained
    told = section(card, "What it cannot do")
    assert "Nothing tells it that a photo shows none of them." in told
    points = f"{100 * calibration(report).error:.0f} percentage points"
    assert f"How sure it is and how often it is right differ by {points} on average" in told
    assert "Tested on fewer than 30 photos" in told
    weakest = report.per_class.recall.idxmin()
    assert f"Weakest class: {weakest}, recall {report.per_class.recall.min():.2f}." in told
    neighbours = Neighbours(model, flowers)
    low, high = neighbours.limit, max(neighbours.limits)
    away = sum(not neighbours.of(image).known for image in flowers.test.images())
    told = section(model_card(model, flowers, report, neighbours=neighbours), "What it cannot do")
    assert "fewer than 5 training photos lie within a certain cosine distance of it" in told
    assert f": {low:.3f} to {high:.3f}, depending on the class" in told
    assert f"This happened to {away} of the 40 photos" in told


def test_open_questions_stand_in_it(trained, flowers, card):
    model, report, _ = trained
    assert "what licence they're under. Ask the photographers" in section(card, "Licences: open questions")
    clear = replace(flowers, source="bundled", licence=sources.OURS)
    assert "No open questions are known." in model_card(model, clear, report)
    asked = section(model_card(model, clear, report, base=sources.IMAGENET_WEIGHTS), "Licences: open questions")
    assert "ImageNet" in asked
    assert "| weights of its base | Apache-2.0 for Keras's code" in model_card(
        model, clear, report, base=sources.IMAGENET_WEIGHTS
    )


@needs_lite0
def test_a_model_on_lite0_names_who_trained_its_base_and_asks_both_questions(flowers):
    base = load_base(lite.NAME, image_size=32)
    model = attach_head(base, classes=5)
    card = model_card(model, replace(flowers, source="bundled", licence=sources.OURS), evaluate(model, flowers.test))
    told = dict(table(section(card, "What it is"), ""))
    assert told["network"] == f"efficientnetlite0_with_head, {base.count_params() + 1281 * 5:,} weights"
    for expected in ("Google, converted to PyTorch by ML Illustrated", "ImageNet", "according to its LICENSE file"):
        assert expected in told["weights of its base"]
    asked = section(card, "Licences: open questions").strip().splitlines()
    assert [line.split(" ", 5)[:5] for line in asked] == [
        ["-", "The", "package", "that", "holds"],
        ["-", "The", "base's", "weights", "were"],
    ]


def test_it_says_on_which_photos_it_was_measured(trained, flowers):
    model = trained[0]
    assert "the test photos, which training never saw" in model_card(model, flowers, trained[1])
    assert "too optimistic" in section(model_card(model, flowers, evaluate(model, flowers.val)), "How well it does")
    assert "says nothing about other photos" in model_card(model, flowers, evaluate(model, flowers.train))
    elsewhere = evaluate(model, replace(flowers.test, fingerprint="of other photos"))
    assert "on other photos than those above" in model_card(model, flowers, elsewhere)


def test_no_mistake_among_a_few_photos_is_not_perfection(trained, flowers):
    model, report, _ = trained
    counts = pd.DataFrame(np.diag([8] * 5), index=report.confusion.index, columns=report.confusion.columns)
    right = replace(report, accuracy=1.0, confusion=counts, predicted=flowers.test.labels)
    card = model_card(model, flowers, right)
    low, _ = proportion_confint(40, 40, method="wilson")
    assert f"95% confidence interval {low:.3f} to 1.000" in card
    assert "None of the 40 photos was classified wrongly." in card


def test_names_cannot_break_the_page(trained, flowers):
    model, report, _ = trained
    card = model_card(model, flowers, report, name="a|b", purpose="<script>\n# big", made_by="x | y")
    assert "# Model card: a\\|b\n" in card
    assert "\\<script\\> # big" in card
    assert "| made by | x \\| y |" in card


def test_a_report_of_another_model_is_refused(trained, flowers, efficientnet):
    model, report, _ = trained
    with pytest.raises(ValueError, match="Expected the report for this exact model"):
        model_card(attach_head(efficientnet, classes=5, seed=3), flowers, report)
    later = copy_of(model)
    kernel = later.get_layer("head_output").kernel
    kernel.assign(kernel * 0)
    with pytest.raises(ValueError, match="trained further"):
        model_card(later, flowers, report)


def test_what_makes_no_sense_is_refused(trained, flowers, efficientnet):
    model, report, run = trained
    with pytest.raises(ValueError, match=r"a report from evaluate. Received: Photos, Run"):
        model_card(model, flowers, run)
    with pytest.raises(ValueError, match="one output for each of the 5 classes"):
        model_card(attach_head(efficientnet, classes=4), flowers, report)
    renamed = replace(report, split=replace(report.split, class_names=tuple("abcde")))
    with pytest.raises(ValueError, match="same classes and size"):
        model_card(model, flowers, renamed)
