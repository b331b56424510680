"""Asking a bundle: the same answers as Keras and Neighbours give, and one sentence for whatever cannot be used."""

import io
import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest
from PIL import Image
from sklearn.neighbors import NearestNeighbors

from helpers import config, load_bundle, read_photo
from helpers.judging.neighbours import Neighbours
from helpers.sharing import bundle


@pytest.fixture(scope="module")
def asked(bundle_folder):
    return load_bundle(bundle_folder)


@pytest.fixture
def copied(bundle_folder, tmp_path):
    return shutil.copytree(bundle_folder, tmp_path / "copied")


def test_it_answers_as_the_keras_model_does(asked, bundle_folder, flowers):
    model = keras.models.load_model(bundle_folder / bundle.KERAS)
    expected = model.predict(flowers.test.images(), verbose=0)
    for path, image, probabilities in zip(flowers.test.paths, flowers.test.images(), expected, strict=True):
        for photo in (path, str(path), path.read_bytes(), image):
            answer = asked.predict(photo)
            assert list(answer.probabilities) == list(flowers.class_names)
            np.testing.assert_allclose(list(answer.probabilities.values()), probabilities, atol=1e-5)
            assert answer.label == flowers.class_names[probabilities.argmax()]
            assert answer.confidence == answer.probabilities[answer.label]


def test_it_knows_and_knows_not_what_neighbours_does(asked, trained, flowers, strange):
    neighbours, verdicts = Neighbours(trained[0], flowers), []
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    for image in (read_photo(strange, 32), noise, *flowers.test.images(range(8)), *flowers.val.images(range(8))):
        likeness, answer = neighbours.of(image), asked.predict(image)
        assert answer.distance == pytest.approx(likeness.distance, abs=1e-3)
        assert answer.limit == pytest.approx(likeness.limit)
        verdicts.append(answer.known)
        assert answer.known == likeness.known or abs(likeness.distance - likeness.limit) < 1e-3
    assert set(verdicts) == {True, False}


def test_the_distance_is_scikit_learns():
    rng = np.random.default_rng(1)
    rows, others = rng.normal(size=(50, 7)), rng.normal(size=(9, 7))
    others[0] = 0  # a photo that leaves the network silent
    tree = NearestNeighbors(n_neighbors=5, metric="cosine").fit(rows)
    expected = tree.kneighbors(others)[0]
    for nth in (1, 5):
        ours = bundle.distance_to_nth(bundle.unit_rows(rows), others, nth)
        np.testing.assert_allclose(ours, expected[:, nth - 1], atol=1e-6)


def test_a_photo_is_prepared_as_for_training(asked, flowers, tmp_path):
    picture = Image.open(flowers.test.paths[3])
    turned = Image.Exif()
    turned[0x0112] = 8  # the camera lay on its side
    picture.rotate(-90, expand=True).save(tmp_path / "turned.png", exif=turned)
    picture.save(tmp_path / "straight.png")
    one, other = (asked.predict(tmp_path / name) for name in ("turned.png", "straight.png"))
    assert one.probabilities == pytest.approx(other.probabilities, abs=0.02)
    assert one.label == other.label


def test_several_threads_may_ask_at_a_time(asked, flowers):
    images = flowers.test.images()
    expected = [asked.predict(image).probabilities for image in images]
    with ThreadPoolExecutor(4) as pool:
        assert [answer.probabilities for answer in pool.map(asked.predict, images)] == expected


def test_it_tells_what_it_holds(asked, flowers):
    assert asked.class_names == flowers.class_names
    assert asked.image_size == 32
    assert "# Model card: daisy" in asked.card
    assert repr(asked) == "<Bundle 'flowers': daisy, dandelion, roses, sunflowers, tulips; photos of 32 px>"


def test_asking_loads_neither_keras_nor_scikit_learn(bundle_folder, flowers):
    code = (
        "import sys, json; from helpers import load_bundle;"
        f"load_bundle({str(bundle_folder)!r}).predict({str(flowers.test.paths[0])!r});"
        "print(json.dumps(sorted({'tensorflow', 'keras', 'sklearn', 'pandas', 'matplotlib'} & set(sys.modules))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=config.ROOT)
    assert done.stderr == ""
    assert json.loads(done.stdout) == []


def test_what_is_no_photo(asked, tmp_path):
    (tmp_path / "list.jpg").write_text("milk")
    with pytest.raises(ValueError, match=r"Expected a photo that can be read. Received: 'list.jpg': not a JPEG"):
        asked.predict(tmp_path / "list.jpg")
    with pytest.raises(ValueError, match=r"Received: a file: the file is empty\."):
        asked.predict(b"")
    file = io.BytesIO()
    Image.new("RGB", (400, 400), "red").save(file, "JPEG")
    with pytest.raises(ValueError, match="damaged"):
        asked.predict(file.getvalue()[:500])
    with pytest.raises(FileNotFoundError, match=r"Expected a photo. Received: .*none.jpg"):
        asked.predict(tmp_path / "none.jpg")
    with pytest.raises(FileNotFoundError, match="isn't a file"):
        asked.predict(tmp_path)


def test_pixels_of_another_form(asked):
    with pytest.raises(ValueError, match=r"shape \(32, 32, 3\).*Received: shape \(48, 48, 3\)"):
        asked.predict(np.zeros((48, 48, 3), np.uint8))
    with pytest.raises(ValueError, match="none above 1"):
        asked.predict(np.full((32, 32, 3), 0.5))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -1.0, 255.5, 1e9])
def test_pixels_that_no_photo_has(asked, value):
    pixels = np.full((32, 32, 3), 100.0)
    pixels[3, 4, 1] = value
    with pytest.raises(ValueError, match=r"Expected the photo to hold pixels from 0 to 255\. Received: "):
        asked.predict(pixels)


@pytest.mark.parametrize("photo", [None, 3, [1, 2], {}])
def test_what_is_neither_a_file_nor_pixels(asked, photo):
    with pytest.raises(TypeError, match=r"Expected a photo: the path of a file, .* Received: .*\. Pass "):
        asked.predict(photo)


def test_names_that_a_sentence_has_no_room_for(asked):
    with pytest.raises(FileNotFoundError, match=r"Received: 'no\\x0asuch\.jpg', which isn't a file"):
        asked.predict("no\nsuch.jpg")
    with pytest.raises(ValueError, match=r"^Expected the photo to be a path\. .{,120}File name too long.{,30}$"):
        asked.predict("x" * 5000)


def test_a_picture_beyond_all_measure(asked, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    file = io.BytesIO()
    Image.new("RGB", (50, 50)).save(file, "PNG")
    with pytest.raises(ValueError, match="megapixels"):
        asked.predict(file.getvalue())


def test_a_file_of_absurd_size_is_never_read(asked, tmp_path):
    with (tmp_path / "sparse.jpg").open("wb") as file:
        file.truncate(10_000_000_000)
    with pytest.raises(ValueError, match=r"Received: 'sparse.jpg': the file has 10,000 MB, more than 200"):
        asked.predict(tmp_path / "sparse.jpg")


def test_what_is_no_bundle(tmp_path, bundle_folder):
    with pytest.raises(FileNotFoundError, match=r"Expected a bundle.*which isn't a folder"):
        load_bundle(tmp_path / "none")
    with pytest.raises(FileNotFoundError, match=r"which isn't a folder"):
        load_bundle(bundle_folder / bundle.CARD)
    with pytest.raises(FileNotFoundError, match=r"which lacks classes.json, model.tflite"):
        load_bundle(tmp_path)


@pytest.mark.parametrize("name", [bundle.LITE, bundle.FEATURES])
def test_a_damaged_file_is_told(copied, name):
    data = bytearray((copied / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copied / name).write_bytes(data)
    with pytest.raises(ValueError, match=rf"damaged \({name} isn't the file that was written with this bundle\)"):
        load_bundle(copied)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '"x"', "{}", '{"format": "another"}', '{"format": "graft bundle 1", "class_names": 3}']
)
def test_a_damaged_description_is_told(copied, text):
    (copied / bundle.CLASSES).write_text(text)
    with pytest.raises(ValueError, match=r"which is damaged \(.+\)\. Write it again with save_bundle"):
        load_bundle(copied)


def test_an_older_bundle_is_told_from_a_newer(copied):
    described = json.loads((copied / bundle.CLASSES).read_text())
    (copied / bundle.CLASSES).write_text(json.dumps(described | {"format": "graft bundle 3"}))
    with pytest.raises(ValueError, match="format 'graft bundle 3'"):
        load_bundle(copied)


def test_a_bundle_of_the_first_format_has_one_limit_for_all_classes(copied, flowers):
    described = json.loads((copied / bundle.CLASSES).read_text())
    unknown = {key: value for key, value in described["unknown"].items() if key != "limits"} | {"limit": 0.123}
    older = described | {"format": "graft bundle 1", "unknown": unknown}
    (copied / bundle.CLASSES).write_text(json.dumps(older))
    answers = [load_bundle(copied).predict(image) for image in flowers.test.images(range(6))]
    assert {answer.limit for answer in answers} == {0.123}
    assert all(answer.known == (answer.distance <= 0.123) for answer in answers)


def test_photos_are_stretched_as_the_training_photos_were(copied, asked, tmp_path):
    values = np.random.default_rng(0).integers(7000, 9001, (32, 32), dtype=np.uint16)
    Image.fromarray(values).save(tmp_path / "thermal.png")
    described = json.loads((copied / bundle.CLASSES).read_text())
    assert described["stretch"] is None
    (copied / bundle.CLASSES).write_text(json.dumps(described | {"stretch": [7000, 9000]}))
    answer = load_bundle(copied).predict(tmp_path / "thermal.png")
    assert answer.probabilities == asked.predict(read_photo(tmp_path / "thermal.png", 32, (7000, 9000))).probabilities
    assert answer.probabilities != asked.predict(tmp_path / "thermal.png").probabilities
    (copied / bundle.CLASSES).write_text(json.dumps(described | {"stretch": [9000]}))
    with pytest.raises(ValueError, match=r"damaged.*two values of 16-bit grey"):
        load_bundle(copied)


def test_a_limit_is_missing(copied):
    described = json.loads((copied / bundle.CLASSES).read_text())
    described["unknown"]["limits"].pop()
    (copied / bundle.CLASSES).write_text(json.dumps(described))
    with pytest.raises(ValueError, match="which is damaged"):
        load_bundle(copied)


def test_keras_is_not_needed_in_the_folder_either(copied, flowers):
    (copied / bundle.KERAS).unlink()
    assert load_bundle(copied).predict(flowers.test.images()[0]).label in flowers.class_names
