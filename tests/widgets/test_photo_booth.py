"""The photo booth without a browser: what the page sends is kept, trained on and answered as the plain calls do it."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image

from helpers import Neighbours, attach_head, explain_photo, fit, freeze, load_photos
from helpers.widgets import PhotoBooth
from helpers.widgets.booth.folder import BoothFolder, read_square
from helpers.widgets.booth.names import check_class_name, tidied

LIGHT, DARK = (200, 90), (60, 140)


def frame(colours: tuple[int, int], seed: int, kind: str = "jpeg") -> bytes:
    """Return the file of a picture in the manner of a camera: a patch on a ground, moved a little, with noise."""
    rng = np.random.default_rng(seed)
    picture = np.full((64, 64, 3), colours[0], np.int64)
    left, top = rng.integers(10, 25, size=2)
    picture[top : top + 24, left : left + 24, 1] = colours[1]
    picture += rng.integers(-20, 21, picture.shape)
    file = io.BytesIO()
    Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(file, format=kind)
    return file.getvalue()


@pytest.fixture
def place(tmp_path):
    return tmp_path / "my_photos"


@pytest.fixture
def booth(small, place):
    return PhotoBooth(small, place)


@pytest.fixture
def answers(booth, monkeypatch):
    """Return what the booth sends to the page, besides the state of its widgets."""
    sent: list[dict] = []
    monkeypatch.setattr(booth.page, "send", lambda content, buffers=None: sent.append(content))
    return sent


def tell(booth: PhotoBooth, kind: str, data: bytes | None = None, **content) -> None:
    """Do what a message from the page does."""
    buffers = [] if data is None else [memoryview(data)]
    booth.page._handle_custom_msg({"kind": kind, "view": "v", **content}, buffers)


def named(booth: PhotoBooth, *names: str) -> list[str]:
    """Give the first classes their names, and return all keys."""
    keys = [each.key for each in booth.classes]
    for key, name in zip(keys, names, strict=False):
        tell(booth, "rename", key=key, name=name)
    return keys


def collect(booth: PhotoBooth, key: str, colours: tuple[int, int], holds=(8, 8), first: int = 0) -> None:
    seeds = itertools.count(first)
    for hold, count in enumerate(holds):
        for _ in range(count):
            tell(booth, "photo", frame(colours, next(seeds)), key=key, hold=f"v {first} {hold}", turn=1)
        tell(booth, "released")


@pytest.fixture(scope="module")
def trained_booth(small, tmp_path_factory):
    """A booth with two classes of sixteen frames, in two holds each, trained."""
    booth = PhotoBooth(small, tmp_path_factory.mktemp("booth") / "photos")
    mug, keys = named(booth, "mug", "keys")
    collect(booth, mug, LIGHT)
    collect(booth, keys, DARK, first=100)
    booth.train.click()
    booth.worker.wait()
    assert booth.trouble.value == ""
    return booth


def test_frames_of_a_hold_are_kept_in_the_folder_of_their_class(booth, place, answers):
    mug, _ = named(booth, " my  mug ", "keys")
    assert not place.exists(), "nothing is made before there is a photo"
    collect(booth, mug, LIGHT, holds=(3, 2))
    assert [path.relative_to(place).as_posix() for path in sorted(place.rglob("*.*"))] == [
        "my mug/my mug_001_001.jpg",
        "my mug/my mug_001_002.jpg",
        "my mug/my mug_001_003.jpg",
        "my mug/my mug_002_001.jpg",
        "my mug/my mug_002_002.jpg",
    ]
    assert (place / "my mug" / "my mug_001_001.jpg").read_bytes() == frame(LIGHT, 0)
    assert [each["photos"] for each in answers if each["kind"] == "kept"] == [1, 2, 3, 4, 5]
    assert all(each["kept"] and each["view"] == "v" for each in answers)
    shown = booth.page.classes[0]
    assert (shown["name"], shown["photos"], len(shown["thumbnails"])) == ("my mug", 5, 5)
    assert "5 photos of 1 class; not trained yet" in repr(booth)


def test_photos_that_are_there_stay_and_numbers_go_on(small, place):
    (place / "mug").mkdir(parents=True)
    for name in ("mug_004_001.jpg", "holiday.png"):
        (place / "mug" / name).write_bytes(frame(LIGHT, 1, "jpeg" if name.endswith("jpg") else "png"))
    before = {path: path.read_bytes() for path in place.rglob("*.*")}
    booth = PhotoBooth(small, place)
    assert [(each.name, each.photos) for each in booth.classes] == [("mug", 2), ("Class 2", 0)]
    assert len(booth.page.classes[0]["thumbnails"]) == 2
    collect(booth, next(iter(booth.classes)).key, LIGHT, holds=(1, 1))
    new = {path.name for path in place.rglob("*.*")} - {path.name for path in before}
    assert new == {"mug_005_001.jpg", "mug_006_001.jpg"}
    assert {path: path.read_bytes() for path in before} == before


def test_a_second_booth_goes_on_with_the_numbers(small, place):
    for number in (1, 2):
        booth = PhotoBooth(small, place)
        collect(booth, next(iter(booth.classes)).key, LIGHT, holds=(2,), first=10 * number)
    assert sorted(path.stem for path in place.rglob("*.jpg")) == [
        f"Class 1_00{hold}_00{number}" for hold in (1, 2) for number in (1, 2)
    ]


def test_a_photo_is_never_written_over_another(place):
    folder = BoothFolder(place)
    first = folder.keep("mug", b"one", 7)
    second = folder.keep("mug", b"two", 7, ".PNG")
    assert (first.name, second.name) == ("mug_007_001.jpg", "mug_007_002.png")
    assert first.read_bytes() == b"one"


def test_nothing_half_written_is_ever_among_the_photos(place, monkeypatch):
    folder = BoothFolder(place)
    folder.keep("mug", b"one", 1)

    def breaks(*names):
        raise OSError("the disk is full")

    monkeypatch.setattr("os.replace", breaks)
    with pytest.raises(OSError, match="full"):
        folder.keep("mug", b"two", 1)
    assert [path.name for path in (place / "mug").iterdir()] == ["mug_001_001.jpg"]


def test_a_folder_that_cannot_be_written_is_told_and_the_page_is_answered(booth, place, answers, expected_trouble):
    place.write_text("a file where the folder should be")
    tell(booth, "photo", frame(LIGHT, 0), key="class1", hold="v 1", turn=3)
    assert "Expected to write photos into" in str(expected_trouble())
    assert [(each["kept"], each["turn"]) for each in answers] == [(False, 3)]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "Give the class a name"),
        ("a/b", "Received: / in it"),
        ("a\\b", r"Received: \\ in it"),
        ("..", r"Received: \. in it"),
        (".hidden", r"Received: \. in it"),
        ("mug.", r"Received: \. in it"),
        ("a\0b", r"U\+0000"),
        ("a\u202eb", r"U\+202E"),
        ("what?", r"Received: \? in it"),
        ("-mug", "begins with a letter or a digit"),
        ("CON", "on every system"),
        ("lpt1", "on every system"),
        ("Train", "part of a divided folder"),
        ("test set", "part of a divided folder"),
        ("x" * 61, "at most 60"),
        ("MUG", "no other class has"),
        ("STRASSE", "no other class has"),
    ],
)
def test_names_that_would_be_no_safe_folders_are_refused(name, told):
    with pytest.raises(ValueError, match=told):
        check_class_name(name, others=["mug", "straße"])


@pytest.mark.parametrize("name", ["mug", "my mug 2", "Füller", "नीला कप", "赤いカップ", "2", "left-hand_side"])
def test_names_in_any_language_make_folders(name, place, small):
    check_class_name(tidied(name))
    booth = PhotoBooth(small, place)
    key, _ = named(booth, name)
    collect(booth, key, LIGHT, holds=(1,))
    (photo,) = place.rglob("*.jpg")
    assert photo.parent == place / tidied(name)


def test_the_page_is_told_why_a_name_will_not_do_and_photos_are_refused(booth, place, answers, expected_trouble):
    first, second = named(booth, "mug", "Mug")
    assert "no other class has" in booth.page.classes[1]["problem"]
    assert booth.page.classes[0]["problem"] == "", "the one that came first may keep its name"
    tell(booth, "photo", frame(LIGHT, 0), key=second, hold="v 1", turn=1)
    assert "no other class has" in str(expected_trouble())
    assert not answers[-1]["kept"]
    assert not place.exists()
    tell(booth, "rename", key=first, name="cup")
    assert booth.page.classes[1]["problem"] == ""


def test_a_class_with_photos_keeps_its_name_and_place(booth, place, expected_trouble):
    mug, _ = named(booth, "mug")
    collect(booth, mug, LIGHT, holds=(1,))
    tell(booth, "rename", key=mug, name="cup")
    assert booth.page.classes[0]["name"] == "mug"
    tell(booth, "remove", key=mug)
    assert "Photos are never deleted here" in str(expected_trouble())
    assert len(list(place.rglob("*.jpg"))) == 1
    assert len(booth.page.classes) == 2


def test_classes_are_added_and_empty_ones_removed(booth, place):
    tell(booth, "add")
    assert [each["name"] for each in booth.page.classes] == ["Class 1", "Class 2", "Class 3"]
    tell(booth, "remove", key="class2")
    tell(booth, "add")
    assert [each["name"] for each in booth.page.classes] == ["Class 1", "Class 3", "Class 4"]
    assert len({each["key"] for each in booth.page.classes}) == 3
    (place / "Class 1").mkdir(parents=True)
    tell(booth, "remove", key="class1")
    assert list(place.iterdir()) == []


def test_files_are_kept_as_they_are_each_as_a_hold_of_its_own(booth, place, answers):
    for number in range(2):
        data = frame(LIGHT, number, "png")
        tell(booth, "photo", data, key="class1", hold=f"v file {number}", name="../a.PNG", turn=number)
    assert sorted(path.name for path in place.rglob("*.*")) == ["Class 1_001_001.png", "Class 1_002_001.png"]
    assert (place / "Class 1" / "Class 1_001_001.png").read_bytes() == frame(LIGHT, 0, "png")


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("letter.jpg", b"dear reader", "letter.jpg cannot be read: not a JPEG"),
        ("photo.txt", frame(LIGHT, 0), "one that ends in '.txt'"),
        ("", b"", "the file is empty"),
    ],
)
def test_what_is_no_photo_is_refused(booth, place, answers, expected_trouble, name, data, told):
    tell(booth, "photo", data, key="class1", hold="v", name=name, turn=1)
    assert told in str(expected_trouble())
    assert not answers[-1]["kept"]
    assert not list(place.rglob("*.*"))


def test_training_is_what_the_plain_calls_do(trained_booth, small):
    place = trained_booth.folder.path
    groups = PhotoBooth.groups_in(place)
    photos = load_photos(place, 32, split=(0.75, 0.25, 0), groups=groups)
    model = attach_head(small, classes=2)
    freeze(model)
    run = fit(model, photos, epochs=15, learning_rate=0.003, progress=False)
    for mine, theirs in zip(trained_booth.model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert trained_booth.run.val_accuracy == run.val_accuracy
    told = trained_booth.said.value
    assert f"Trained on {len(photos.train)} photos" in told
    assert f"{run.val_accuracy:.3f}" in told
    assert "flatter" in told
    assert trained_booth.page.answering
    (code,) = [shown.value for shown in trained_booth.children if "The same without" in getattr(shown, "value", "")]
    assert "epochs=15, learning_rate=0.003" in code
    assert "split=(0.75, 0.25, 0)" in code


def test_a_hold_is_on_one_side_of_the_split(trained_booth):
    photos = trained_booth.photos
    sides = {"train": photos.train.paths, "val": photos.val.paths}
    holds = {side: {path.stem.rsplit("_", 1)[0] for path in paths} for side, paths in sides.items()}
    assert not holds["train"] & holds["val"]
    assert len(photos.train) + len(photos.val) == 32


def test_answers_are_those_of_explain_photo(trained_booth):
    booth = trained_booth
    neighbours = Neighbours(booth.model, booth.photos)
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, format="png")
    unknown = 0
    for data in (frame(LIGHT, 500, "png"), frame(DARK, 501, "png"), file.getvalue()):
        mine = booth.answer(data)
        theirs = explain_photo(booth.model, read_square(data, 32), neighbours).answer
        assert mine.label == theirs.label
        np.testing.assert_allclose(list(mine.probabilities.values()), list(theirs.probabilities.values()), atol=1e-3)
        assert mine.distance == pytest.approx(theirs.distance, abs=1e-3)
        assert (mine.limit, mine.known) == (theirs.limit, theirs.known)
        unknown += not mine.known
    assert unknown, "noise is none of these"


def test_each_look_is_answered_once_with_bars_for_all_classes(trained_booth, monkeypatch):
    sent: list[dict] = []
    monkeypatch.setattr(trained_booth.page, "send", lambda content, buffers=None: sent.append(content))
    tell(trained_booth, "look", frame(DARK, 700), turn=9)
    (answer,) = sent
    assert (answer["kind"], answer["view"], answer["turn"]) == ("answer", "v", 9)
    assert [name for name, _ in answer["bars"]] == ["keys", "mug"]
    assert sum(share for _, share in answer["bars"]) == pytest.approx(1, abs=1e-3)
    assert answer["verdict"] == str(trained_booth.answer(frame(DARK, 700)).verdict)


def test_a_look_that_fails_is_answered_too(trained_booth, monkeypatch, expected_trouble):
    sent: list[dict] = []
    monkeypatch.setattr(trained_booth.page, "send", lambda content, buffers=None: sent.append(content))
    tell(trained_booth, "look", b"no photo", turn=1, name="letter.jpg")
    assert "letter.jpg cannot be read" in str(expected_trouble())
    assert [(each["turn"], "bars" in each) for each in sent] == [(1, False)]
    assert trained_booth.page.answering
    trained_booth.trouble.value = ""


def test_looking_does_not_wipe_away_what_went_wrong(trained_booth, expected_trouble):
    tell(trained_booth, "rename", key="class99", name="cup")
    assert isinstance(expected_trouble(), KeyError)
    tell(trained_booth, "look", frame(DARK, 1), turn=1)
    assert "class99" in trained_booth.trouble.value
    trained_booth.trouble.value = ""


def test_too_little_to_train_on_is_told_in_a_sentence(booth, expected_trouble):
    mug, _ = named(booth, "mug", "keys")
    collect(booth, mug, LIGHT, holds=(6,))
    booth.train.click()
    told = str(expected_trouble())
    assert "at least 5 photos of each class. Received: 0 of 'keys'" in told
    assert not booth.train.disabled
    tell(booth, "remove", key="class2")
    booth.train.click()
    assert "at least two classes. Received: 1" in str(expected_trouble())


def test_one_hold_is_divided_by_time(booth, place):
    mug, keys = named(booth, "mug", "keys")
    collect(booth, mug, LIGHT, holds=(12,))
    collect(booth, keys, DARK, holds=(4, 4), first=50)
    groups = PhotoBooth.groups_in(place)
    pieces = [groups[f"mug/mug_001_{number:03d}.jpg"] for number in range(1, 13)]
    assert [len(list(same)) for _, same in itertools.groupby(pieces)] == [3, 3, 3, 3]
    assert groups["keys/keys_001_001.jpg"] == ("keys", 1)
    photos = load_photos(place, 32, split=(0.75, 0.25, 0), groups=groups)
    validated = sorted(path.stem for path in photos.val.paths if path.parent.name == "mug")
    assert len(validated) == 3
    assert int(validated[-1][-3:]) - int(validated[0][-3:]) == 2, "not next to each other in time"


def test_photos_by_other_means_are_trained_on_and_belong_to_no_group(booth, place):
    mug, keys = named(booth, "mug", "keys")
    collect(booth, mug, LIGHT, holds=(6,))
    collect(booth, keys, DARK, holds=(6,), first=50)
    (place / "pen").mkdir()
    for number in range(6):
        (place / "pen" / f"IMG_001_{number:03d}.png").write_bytes(frame((120, 250), number, "png"))
    assert not [path for path in PhotoBooth.groups_in(place) if path.startswith("pen")]
    booth.start_training()
    booth.worker.wait()
    assert booth.photos.class_names == ("keys", "mug", "pen")
    assert [each["name"] for each in booth.page.classes] == ["mug", "keys", "pen"]


def test_what_fails_in_training_is_told_and_the_button_comes_back(booth, place, expected_trouble):
    mug, keys = named(booth, "mug", "keys")
    same = frame(LIGHT, 0)  # a covered camera: all frames are one picture, in both classes
    for number, key in itertools.product(range(6), (mug, keys)):
        tell(booth, "photo", same, key=key, hold=f"v {number}", turn=1)
    booth.train.click()
    booth.worker.wait()
    assert "different readable photos" in str(expected_trouble())
    assert not booth.train.disabled
    assert not booth.page.answering


def test_groups_of_a_missing_folder_are_told(place):
    with pytest.raises(FileNotFoundError, match="Take photos first"):
        PhotoBooth.groups_in(place)
    with pytest.raises(TypeError, match="folder to be a path"):
        PhotoBooth.groups_in(3)


def test_wrong_arguments_are_refused(small, place):
    with pytest.raises(TypeError, match="Expected base to be a Keras model"):
        PhotoBooth("EfficientNetB0")
    with pytest.raises(TypeError, match="folder to be a path"):
        PhotoBooth(small, 3)
    with pytest.raises(ValueError, match="seed"):
        PhotoBooth(small, place, seed=-1)
    place.write_text("")
    with pytest.raises(ValueError, match="a file"):
        PhotoBooth(small, place)
    place.unlink()
    for part in ("train", "test"):
        (place / part).mkdir(parents=True)
    with pytest.raises(ValueError, match="parts of a divided set"):
        PhotoBooth(small, place)


def test_where_widgets_do_not_render_there_is_a_drawing(booth, place, monkeypatch):
    monkeypatch.setattr("matplotlib.pyplot.figure", lambda *a, **k: pytest.fail("pyplot"))
    shown = booth._repr_mimebundle_()
    assert shown["text/plain"] == "<PhotoBooth: no photos yet>"
    assert "a camera and the classes beside it" in shown["text/html"]
    assert not place.exists()
    assert booth.ahead._thread is None, "nothing is computed before the camera is on"


def test_the_base_stays_as_it_is(trained_booth, small):
    kept = [layer.name for layer in small.layers]
    assert not [name for name in kept if name.startswith("head_")]
    for mine, theirs in zip(small.get_weights(), trained_booth.model.get_weights(), strict=False):
        np.testing.assert_array_equal(mine, theirs)
