"""A bundle judged on somebody else's folder: by the names of classes, not by their places."""

import shutil
import unicodedata

import numpy as np
import pytest

from helpers import config, load_bundle
from helpers.sharing.labelled import _labels_by_name, judge_folder


@pytest.fixture(scope="module")
def bundle(bundle_folder):
    return load_bundle(bundle_folder)


@pytest.fixture
def folder(tmp_path):
    """Return a function that fills a folder: name of a class to the bundled class that it shows; ten photos of each."""

    def fill(classes: dict[str, str]):
        for name, shown in classes.items():
            (tmp_path / name).mkdir(parents=True)
            pictures = sorted((config.BUNDLED_FLOWERS / shown).glob("*.jpg"))[60:70]
            for picture in pictures:
                shutil.copy(picture, tmp_path / name / picture.name)
        return tmp_path

    return fill


def by_hand(bundle, folder, named: dict[str, str]) -> dict[str, list]:
    return {name: [bundle.predict(path) for path in sorted((folder / name).glob("*.jpg"))] for name in named}


def test_classes_are_matched_by_name_whatever_their_order_and_spelling(bundle, folder):
    named = {"a_strange_one": "roses", "Tulips": "tulips", "sun-flowers": "sunflowers", "daisy": "daisy"}
    place = folder(named)
    judged, said = judge_folder(bundle, place), by_hand(bundle, place, named)
    right = sum(answer.label == "tulips" for answer in said["Tulips"])
    right += sum(answer.label == "daisy" for answer in said["daisy"])
    assert judged.report.split.class_names == bundle.class_names
    assert len(judged.report.split) == 20
    assert judged.report.accuracy == pytest.approx(right / 20)
    assert right > 20 / 5  # more than by chance, so the names were matched
    assert judged.report.per_class.photos.to_dict() == {
        "daisy": 10, "dandelion": 0, "roses": 0, "sunflowers": 0, "tulips": 10,
    }  # fmt: skip
    away = {name: np.mean([not answer.known for answer in answers]) for name, answers in said.items()}
    assert judged.report.per_class.turned_away["tulips"] == pytest.approx(away["Tulips"])
    assert np.isnan(judged.report.per_class.turned_away["roses"])
    assert judged.strange.photos.to_dict() == {"a_strange_one": 10, "sun-flowers": 10}
    assert judged.strange.turned_away.to_dict() == pytest.approx(
        {name: away[name] for name in ("a_strange_one", "sun-flowers")}
    )


def test_two_folders_that_are_spelt_alike_are_matched_by_their_very_names(bundle, folder):
    judged = judge_folder(bundle, folder({"daisy": "daisy", "Daisy": "roses", "tulips": "tulips"}))
    assert list(judged.strange.index) == ["Daisy"]
    assert judged.report.per_class.photos["daisy"] == 10


def test_a_folder_of_strange_classes_is_refused(bundle, folder):
    with pytest.raises(
        ValueError, match=r"Expected photos of classes that the model knows: daisy, .*Received: cats, d"
    ):
        judge_folder(bundle, folder({"cats": "daisy", "dogs": "roses"}))


def test_two_that_are_spelt_alike_leave_the_others_matched():
    known = ("daisy", "tulips", "Red Rose", "red_rose", "rosé")
    named = ("daisy", "Daisy", "Tulips", "RED-ROSE", "red_rose", unicodedata.normalize("NFD", "Rosé"))
    assert _labels_by_name(named, known) == [0, None, 1, None, 3, 4]


def test_photos_that_were_too_many_for_memory_stay_on_the_disk(bundle, folder, monkeypatch):
    place = folder({"daisy": "daisy", "tulips": "tulips"})
    kept = judge_folder(bundle, place)
    monkeypatch.setattr(config, "IMAGES_IN_MEMORY", 1000)
    read = judge_folder(bundle, place)
    assert (kept.report.split.in_memory, read.report.split.in_memory) == (True, False)
    assert read.report.split.fingerprint == kept.report.split.fingerprint
    assert read.report.accuracy == kept.report.accuracy


def test_a_divided_folder_is_refused_with_the_part_to_name(bundle, folder):
    shown = {"daisy": "daisy", "tulips": "tulips"}
    place = folder({f"{part}/{name}": name for part in ("train", "Test_set") for name in shown})
    with pytest.raises(ValueError, match=r"Expected one folder per class.*divided into train and test\..*Test_set'\.$"):
        judge_folder(bundle, place)
    assert judge_folder(bundle, place / "Test_set").report.per_class.photos["daisy"] == 10


def test_a_folder_whose_classes_are_divided_is_refused(bundle, folder):
    place = folder({f"{name}/{part}": name for part in ("train", "test") for name in ("daisy", "tulips")})
    with pytest.raises(
        ValueError, match=r"divided into train and test\. Put the photos to judge on into a folder of th"
    ):
        judge_folder(bundle, place)
    table = "file,label\n" + "".join(
        f"{path.relative_to(place).as_posix()},{path.parts[-3]}\n" for path in sorted(place.rglob("test/*.jpg"))
    )
    (place / "labels.csv").write_text(table)
    assert len(judge_folder(bundle, place, place / "labels.csv").report.split) == 20
