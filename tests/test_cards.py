"""The cards of the two bases: their numbers are those of the code, of the package and of the stored results."""

import re

import pandas as pd
import pytest

from helpers import compare_runs, config
from helpers.network import lite, lite_weights

CARD = (config.ROOT / "data" / "base" / "EfficientNetLite0.md").read_text(encoding="utf-8")


def test_lite0s_card_has_the_size_of_the_network():
    base = lite.build(32)
    trained = sum(weight.shape.num_elements() for weight in base.trainable_weights)
    assert f"{len(base.layers)} layers, {base.count_params():,} weights" in CARD
    assert f"{trained + 1281 * 1000:,} weights that training can change" in CARD


def test_lite0s_card_names_the_package_and_its_file():
    assert f"`{lite_weights.PACKAGE}` {lite_weights.VERSION}" in CARD
    file = lite_weights.package_file()
    if file is None:
        pytest.skip(f"{lite_weights.PACKAGE} is not installed")
    assert f"`{file.name}`" in CARD
    assert f"({file.stat().st_size / 1e6:.1f} MB" in CARD


def test_lite0s_card_shows_what_fine_tuning_gained():
    measured = pd.read_csv(config.RESULTS / "fine_tuning.csv").groupby("until").accuracy
    told = re.search(r"<!-- fine_tuning -->\n(.*)<!-- end of fine_tuning -->", CARD, flags=re.S)[1]
    rows = {"top": "the head alone", "block5c": "blocks above block5c", "block3b": "blocks above block3b"}
    assert len(measured) == len(rows)
    for until, name in rows.items():
        of = measured.get_group(until)
        assert f"| {name} | {of.mean():.3f} | {of.min():.3f} to {of.max():.3f} |" in told


@pytest.mark.parametrize("card", ["EfficientNetLite0.md", "MODEL_CARD.md"])
@pytest.mark.parametrize("name", ["pretraining", "pretraining_real"])
def test_both_cards_show_what_pretraining_was_worth(card, name):
    text = (config.ROOT / "data" / "base" / card).read_text(encoding="utf-8")
    told = re.search(rf"<!-- {name} -->\n(.*)<!-- end of {name} -->", text, flags=re.S)[1]
    means = pd.read_csv(config.RESULTS / f"{name}.csv").groupby(["learned_from", "per_class", "base"]).accuracy.mean()
    for learned_from in ("photos", "formulas", "nothing"):
        (row,) = re.findall(rf"^\| {learned_from} \(\w+\) \| (.*) \|$", told, flags=re.M)
        cells = [
            f"{means[learned_from, n, 'frozen']:.3f}, {means[learned_from, n, 'fine-tuned']:.3f}" for n in (10, 20, 60)
        ]
        assert row.split(" | ") == cells


@pytest.mark.parametrize("name", ["pretraining", "pretraining_real"])
def test_what_the_cards_say_of_fine_tuning_holds(name):
    """Clearly better somewhere for the base that learned from photos, nowhere with ten; never clearly for nothing."""
    results = pd.read_csv(config.RESULTS / f"{name}.csv")
    gains = {
        key: compare_runs(rows, by="base", against="frozen").loc["fine-tuned"]
        for key, rows in results.groupby(["learned_from", "per_class"])
    }
    assert gains["photos", 60].low > 0
    assert gains["photos", 20].difference > 0.03
    assert not gains["photos", 10].clear
    assert not any(gains["nothing", count].clear for count in (10, 20, 60))
    assert max(gains["formulas", count].difference for count in (10, 20, 60)) < 0.02
    assert all(gains["formulas", count].difference < 0 for count in (10, 20))
    frozen = results[results.base == "frozen"].groupby(["learned_from", "per_class"]).accuracy.mean()
    behind = [frozen["photos", count] - frozen["formulas", count] for count in (10, 20, 60)]
    assert behind == sorted(behind)
    assert behind[0] < 0.03
    assert behind[-1] > 0.1


def test_the_table_of_class_names_is_what_the_card_says_of_it():
    classes = pd.read_csv(config.IMAGENET_CLASSES)
    assert len(classes) == 1000
    assert f"{classes.plant.sum()} in all" in CARD
    assert {"crane (bird)", "rapeseed", "daisy", "yellow lady's slipper"} <= set(classes.name)


@pytest.mark.parametrize("card", ["EfficientNetLite0.md", "MODEL_CARD.md"])
def test_what_a_card_links_to_is_there(card):
    folder = config.ROOT / "data" / "base"
    for target in re.findall(r"\]\((?!https://)([^)#]+)", (folder / card).read_text(encoding="utf-8")):
        assert (folder / target).exists(), target
