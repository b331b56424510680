"""A table of labels beside photos that lie in one folder."""

import shutil

import pytest

from helpers import load_photos


@pytest.fixture
def flat(photo_folder, tmp_path):
    """Return a folder with twelve photos, and the lines of a table that labels them."""
    drawn, folder = photo_folder({"daisy": 6, "tulips": 6}), tmp_path / "flat"
    folder.mkdir()
    for path in [*drawn.glob("daisy/*"), *drawn.glob("tulips/*")]:
        shutil.move(path, folder / path.name)
    return folder


def lines(folder, header="file,label", form="{name},{label}") -> list[str]:
    names = sorted(path.name for path in folder.glob("*.png"))
    return [header, *(form.format(name=n, stem=n[:-4], label=n.split("_")[0].upper()) for n in names)]


def table(folder, rows, name="labels.csv", encoding="utf-8"):
    (folder / name).write_bytes("\n".join(rows).encode(encoding))
    return name


@pytest.mark.parametrize(
    ("header", "form"),
    [
        ("file,label", "{name},{label}"),
        ("Filename,Class", "{name},{label}"),
        ("label;image", "{label};{name}"),
        ("id,breed", "{stem},{label}"),
        ("image_id\tsize\tspecies", "{name}\t5\t{label}"),
        ('"file","label"', '"{name}","{label}"'),
        ("path,label", "./{name}, {label} "),
        ("id,img_path,label", "daisy_001,{name},{label}"),
    ],
)
def test_a_table_gives_the_classes(flat, header, form):
    photos = load_photos(flat, image_size=32, labels=table(flat, lines(flat, header, form)))
    assert photos.class_names == ("DAISY", "TULIPS")
    for split in (photos.train, photos.val, photos.test):
        labels = [photos.class_names[label] for label in split.labels]
        assert labels == [path.name.split("_")[0].upper() for path in split.paths]
    assert sum(map(len, (photos.train, photos.val, photos.test))) == 12
    assert photos.skipped == ()
    assert "labels='labels.csv'" in photos.loading


def test_the_splits_are_those_of_sub_folders(flat, photo_folder, tmp_path_factory):
    sorted_out = tmp_path_factory.mktemp("sorted")
    for path in flat.glob("*.png"):
        (sorted_out / path.name.split("_")[0].upper()).mkdir(exist_ok=True)
        shutil.copy(path, sorted_out / path.name.split("_")[0].upper() / path.name)
    by_table = load_photos(flat, image_size=32, labels=table(flat, lines(flat)))
    assert by_table.fingerprint == load_photos(sorted_out, image_size=32).fingerprint


def test_the_table_may_lie_elsewhere_and_name_sub_folders(flat, tmp_path):
    (flat / "more").mkdir()
    shutil.move(flat / "daisy_000.png", flat / "more" / "x.png")
    rows = [*lines(flat), "more\\x.png,DAISY"]
    photos = load_photos(flat, image_size=32, labels=tmp_path / table(tmp_path, rows, "a.csv", "utf-8-sig"))
    assert sum(map(len, (photos.train, photos.val, photos.test))) == 12


PARTS = ("train", "train", "train", "val", "test", "test")


def in_parts(flat, place="{part}") -> list[str]:
    """Move the photos into folders by part, and return the lines of a table that labels them there."""
    for path in sorted(flat.glob("*.png")):
        folder = flat / place.format(part=PARTS[int(path.stem[-1])], label=path.name.split("_")[0])
        folder.mkdir(exist_ok=True, parents=True)
        shutil.move(path, folder)
    paths = sorted(flat.rglob("*.png"))
    return ["file,label", *(f"{p.relative_to(flat).as_posix()},{p.name.split('_')[0]}" for p in paths)]


@pytest.mark.parametrize("place", ["{part}", "images/{part}", "{part}/{label}", "{label}/{part}", "asl_{part}"])
def test_parts_in_the_paths_are_used(flat, place):
    photos = load_photos(flat, image_size=32, labels=table(flat, in_parts(flat, place)))
    assert photos.parts == ("train", "val", "test")
    assert [len(split) for split in (photos.train, photos.val, photos.test)] == [6, 2, 4]
    assert {PARTS[int(path.stem[-1])] for path in photos.test.paths} == {"test"}


def test_photos_beside_those_in_parts_are_told(flat):
    rows = in_parts(flat)
    (flat / "more").mkdir()
    shutil.move(flat / "val" / "daisy_003.png", flat / "more")
    rows = [row.replace("val/daisy", "more/daisy") for row in rows]
    with pytest.raises(ValueError, match=r"'more/daisy_003\.png' beside photos in test and train and val\. Move it"):
        load_photos(flat, image_size=32, labels=table(flat, rows))


@pytest.mark.parametrize("header", ["split", "Data Set", "subset"])
def test_a_column_of_parts_is_used(flat, header):
    names = {"train": "Train", "val": "valid", "test": "TEST"}
    rows = [f"file,label,{header}"]
    for row in lines(flat)[1:]:
        rows.append(f"{row},{names[PARTS[int(row.partition('.')[0][-1])]]}")
    photos = load_photos(flat, image_size=32, labels=table(flat, rows))
    assert photos.parts == ("train", "val", "test")
    assert [len(split) for split in (photos.train, photos.val, photos.test)] == [6, 2, 4]
    assert {PARTS[int(path.stem[-1])] for path in photos.val.paths} == {"val"}


@pytest.mark.parametrize("values", [("1", "2"), ("train", "train"), ("", ""), ("test", "spine")])
def test_a_column_of_other_things_is_no_split(flat, values):
    rows = [f"{row},{'split' if not at else values[at % 2]}" for at, row in enumerate(lines(flat))]
    photos = load_photos(flat, image_size=32, labels=table(flat, rows))
    assert photos.parts == ()
    assert sum(map(len, (photos.train, photos.val, photos.test))) == 12


def test_a_column_of_parts_with_other_words_is_told(flat):
    rows = [f"{row},{('train', 'test')[at % 2] if at else 'split'}" for at, row in enumerate(lines(flat))]
    rows[5] = rows[5].replace("test", "holdout").replace("train", "holdout")
    with pytest.raises(
        ValueError, match=r"train, val or test in column 'split' of 'labels\.csv'.*'holdout' in line 6\."
    ):
        load_photos(flat, image_size=32, labels=table(flat, rows))


@pytest.mark.parametrize(("first", "other"), [("Training", "PublicTest"), ("train", "holdout"), ("train", "")])
def test_a_column_with_a_part_to_train_on_and_other_words_is_told(flat, first, other):
    rows = [f"{row},{(first, other)[at % 2] if at else 'usage'}" for at, row in enumerate(lines(flat))]
    with pytest.raises(ValueError, match=rf"train, val or test in column 'usage' .*Received: '{other}' in line 2\."):
        load_photos(flat, image_size=32, labels=table(flat, rows))


def test_a_column_may_divide_what_lies_in_a_single_part(flat):
    (flat / "train").mkdir()
    for path in flat.glob("*.png"):
        shutil.move(path, flat / "train")
    paths = sorted((flat / "train").iterdir())
    rows = [f"train/{p.name},{p.name[0]},{('train', 'train', 'val')[at % 3]}" for at, p in enumerate(paths)]
    photos = load_photos(flat, image_size=32, labels=table(flat, ["file,label,split", *rows]))
    assert [len(split) for split in (photos.train, photos.val, photos.test)] == [8, 4, 0]


@pytest.mark.parametrize("around", ["dev", "testing/flowers"])
def test_a_folder_around_the_parts_is_no_part(flat, around):
    rows = in_parts(flat, around + "/{part}")
    photos = load_photos(flat, image_size=32, labels=table(flat, rows))
    assert [len(split) for split in (photos.train, photos.val, photos.test)] == [6, 2, 4]


def test_a_part_beside_one_of_another_spelling_is_told(flat):
    rows = [row.replace("test/", "PublicTest/").replace("val/", "train/") for row in in_parts(flat)]
    (flat / "test").rename(flat / "PublicTest")
    for path in (flat / "val").iterdir():
        shutil.move(path, flat / "train")
    with pytest.raises(ValueError, match=r"'PublicTest/.*png' beside photos in train\. Move it into a part"):
        load_photos(flat, image_size=32, labels=table(flat, rows))


def test_two_columns_of_classes_are_told_unless_they_say_the_same(flat):
    rows = ["file,class,species", *(f"{row.replace(',', ',plant,')}" for row in lines(flat)[1:])]
    with pytest.raises(ValueError, match=r"one column of classes .*'class' and 'species'.*Rename the one that"):
        load_photos(flat, image_size=32, labels=table(flat, rows))
    rows = ["file,label,class name", *(f"{row},{row.split(',')[1].lower()}" for row in lines(flat)[1:])]
    assert load_photos(flat, image_size=32, labels=table(flat, rows)).class_names == ("DAISY", "TULIPS")


def numbered(flat, header: str, form: str) -> list[str]:
    """Give the photos running numbers as names, in an order that isn't that of the table's lines; return its lines."""
    rows = [header]
    for number, path in enumerate(sorted(flat.glob("*.png"), reverse=True), 1):
        label, name = path.name.split("_")[0].upper(), f"{number}.png"
        path.rename(flat / name)
        rows.append(form.format(name=name, stem=number, label=label, line=13 - number))
    return [rows[0], *sorted(rows[1:], key=lambda row: int(row.split(",")[0]))]


@pytest.mark.parametrize(
    ("header", "form", "missing", "twice"),
    [
        ("id,img_path,label", "{line},{name},{label}", False, False),
        ("id,img_path,label", "{line},{name},{label}", True, False),
        ("id,filename,label", "{line},{name},{label}", False, False),
        ("id,filename,label", "{line},{name},{label}", False, True),
        ("id,img_path,label", "{line},{name},{label}", False, True),
    ],
)
def test_running_numbers_are_not_taken_for_the_photos_of_these_names(flat, header, form, missing, twice):
    rows = numbered(flat, header, form)
    shown = {row.split(",")[1]: row.split(",")[2] for row in rows[1:]}
    if missing:
        (flat / "5.png").unlink()
        shutil.copy(flat / "6.png", flat / "5.jpg")  # so that the number still stands for one file
        with pytest.raises(FileNotFoundError, match=r"in column 'img path'.* 1 that aren't: 5\.png"):
            load_photos(flat, image_size=32, labels=table(flat, rows))
        return
    if twice:
        rows[12] = "12," + rows[11].partition(",")[2]
    photos = load_photos(flat, image_size=32, labels=table(flat, rows))
    for split in (photos.train, photos.val, photos.test):
        for path, label in zip(split.paths, split.labels, strict=True):
            assert photos.class_names[label] == shown[path.name]


def test_photos_with_several_masks_stay_the_photos(flat):
    (flat / "masks").mkdir()
    rows = ["file,label,mask"]
    for row in lines(flat)[1:]:
        name = row.partition(",")[0]
        for number in range(2):
            shutil.copy(flat / name, flat / "masks" / f"{number}{name}")
            rows.append(f"{row},masks/{number}{name}")
    photos = load_photos(flat, image_size=32, labels=table(flat, rows))
    used = [path for split in (photos.train, photos.val, photos.test) for path in split.paths]
    assert sorted(used) == sorted(flat.glob("*.png"))


def test_the_column_in_which_files_are_missing_is_the_one_with_the_most(flat):
    rows = lines(flat, "image_id,images,label", "{stem},3,{label}")
    (flat / "daisy_002.png").unlink()
    with pytest.raises(FileNotFoundError, match=r"in column 'image id'.* 1 that aren't: daisy_002\. "):
        load_photos(flat, image_size=32, labels=table(flat, rows))


@pytest.mark.parametrize("second", ["", "flower"])
def test_a_second_column_of_classes_that_divides_nothing_is_passed_over(flat, second):
    rows = [f"{row},{second if at else 'category'}" for at, row in enumerate(lines(flat))]
    assert load_photos(flat, image_size=32, labels=table(flat, rows)).class_names == ("DAISY", "TULIPS")


def test_a_folder_of_augmented_photos_beside_the_training_photos_is_no_part(flat):
    for path in sorted(flat.glob("*.png")):
        place = flat / ("train", "train_augmented")[int(path.stem[-1]) % 2]
        place.mkdir(exist_ok=True)
        shutil.move(path, place)
    rows = [f"{p.relative_to(flat).as_posix()},{p.name[0]}" for p in sorted(flat.rglob("*.png"))]
    photos = load_photos(flat, image_size=32, labels=table(flat, ["file,label", *rows]))
    assert photos.parts == ()
    assert sum(map(len, (photos.train, photos.val, photos.test))) == 12


def test_a_table_may_take_val_from_the_training_photos(flat):
    rows = in_parts(flat)
    parts = ["split", *(row.split("/")[0] for row in rows[1:])]
    rows = [f"{row},{part}".replace(",val", ",train") for row, part in zip(rows, parts, strict=True)]
    for path in (flat / "val").iterdir():
        shutil.move(path, flat / "train")
    rows = [row.replace("val/", "train/").replace("001.png,daisy,train", "001.png,daisy,val")
            .replace("001.png,tulips,train", "001.png,tulips,val") for row in rows]  # fmt: skip
    photos = load_photos(flat, image_size=32, labels=table(flat, rows))
    assert [len(split) for split in (photos.train, photos.val, photos.test)] == [6, 2, 4]


@pytest.mark.parametrize(
    ("header", "form"),
    [
        ("image_id,images,label", "{stem},3,{label}"),
        ("filename,files,label", "{name},7,{label}"),
        ("id,mask,label", "{stem},masks/{name},{label}"),
        ("id,url,label", "{stem},https://example.org/{name},{label}"),
    ],
)
def test_the_column_of_files_is_the_one_whose_cells_are_the_photos(flat, header, form):
    (flat / "masks").mkdir()
    rows = lines(flat, header, form)
    for path in flat.glob("*.png"):
        shutil.copy(path, flat / "masks")
    photos = load_photos(flat, image_size=32, labels=table(flat, rows))
    used = [path for split in (photos.train, photos.val, photos.test) for path in split.paths]
    assert len(used) == 12
    assert {path.parent for path in used} == {flat}


def test_a_table_that_cannot_be_opened_is_told(flat, monkeypatch):
    table(flat, lines(flat))
    opening = type(flat).open

    def refused(path, *arguments, **named):
        if path.suffix == ".csv":
            raise PermissionError(13, "Permission denied", str(path))
        return opening(path, *arguments, **named)

    monkeypatch.setattr(type(flat), "open", refused)
    with pytest.raises(ValueError, match=r"read 'labels\.csv'\. Received: Permission denied\. Close it"):
        load_photos(flat, image_size=32, labels="labels.csv")


def test_a_column_of_parts_and_folders_that_contradict_each_other_are_told(flat):
    rows = in_parts(flat)
    rows = [f"{row},{row.split('/')[0] if at else 'split'}" for at, row in enumerate(rows)]
    assert load_photos(flat, image_size=32, labels=table(flat, rows)).parts == ("train", "val", "test")
    rows[1] = rows[1].rpartition(",")[0] + ",train"
    with pytest.raises(ValueError, match=r"the same part\. Received: train for 'test/daisy_004\.png'\. Correct"):
        load_photos(flat, image_size=32, labels=table(flat, rows))
    rows[1:2] = [rows[1].replace(",train", ",test"), rows[1]]
    with pytest.raises(ValueError, match=r"one part per file .*'test' and 'train' for 'test/daisy_004\.png'"):
        load_photos(flat, image_size=32, labels=table(flat, rows))


def test_a_name_that_stands_for_two_files_is_told(flat):
    shutil.copy(flat / "daisy_000.png", flat / "daisy_000.jpg")
    with pytest.raises(
        ValueError, match=r"stand for one file\. Received: 'daisy_000', which could be .*jpg or .*png\."
    ):
        load_photos(flat, image_size=32, labels=table(flat, lines(flat, "id,label", "{stem},{label}")))


def test_why_photos_of_a_small_class_were_skipped_is_told(flat):
    for path in flat.glob("tulips*"):
        path.write_bytes(b"milk")
    with pytest.raises(ValueError, match=r"class 'TULIPS'.*Received: 0\..* Skipped: .*tulips_00\d\.png: not a JPEG"):
        load_photos(flat, image_size=32, labels=table(flat, lines(flat)))


def test_photos_without_a_line_are_skipped_and_named(flat):
    rows = [row for row in lines(flat) if not row.startswith("tulips_003")]
    photos = load_photos(flat, image_size=32, labels=table(flat, rows))
    assert [(path.name, reason) for path, reason in photos.skipped] == [
        ("tulips_003.png", "has no label in 'labels.csv'")
    ]


def test_files_that_are_missing_are_told(flat):
    rows = [*lines(flat), *(f"gone{number}.jpg,DAISY" for number in range(4))]
    with pytest.raises(FileNotFoundError, match=r"'labels.csv' names .* 4 that aren't: gone0.jpg, gone1.jpg, .*, …"):
        load_photos(flat, image_size=32, labels=table(flat, rows))


def test_lines_without_a_label_are_told(flat):
    rows = [row.replace("TULIPS", "") if "003" in row else row for row in lines(flat)]
    with pytest.raises(ValueError, match=r"a label for each file .*none for 1: tulips_003.png"):
        load_photos(flat, image_size=32, labels=table(flat, rows))


def test_two_labels_for_one_file_are_told(flat):
    with pytest.raises(ValueError, match=r"one label per file .*'DAISY' and 'TULIPS' for 'daisy_000.png'"):
        load_photos(flat, image_size=32, labels=table(flat, [*lines(flat), "daisy_000.png,TULIPS"]))
    load_photos(flat, image_size=32, labels=table(flat, [*lines(flat), "daisy_000.png,DAISY"]))


@pytest.mark.parametrize(
    ("rows", "received"),
    [
        (["daisy_000.png,daisy", "daisy_001.png,daisy"], "'daisy_000.png', 'daisy'"),
        (["file,size", "daisy_000.png,5"], "'file', 'size'"),
        (["file,label"], "'file', 'label', and no other line"),
        ([], "an empty file"),
    ],
)
def test_other_columns_are_told(flat, rows, received):
    with pytest.raises(ValueError, match=rf"a column of files, such as 'file', and one of classes.*{received}\. "):
        load_photos(flat, image_size=32, labels=table(flat, rows))


def test_a_table_in_another_encoding_is_told(flat):
    rows = [row.replace("TULIPS", "TULPÉ") for row in lines(flat)]
    with pytest.raises(ValueError, match="Save it as CSV in UTF-8"):
        load_photos(flat, image_size=32, labels=table(flat, rows, encoding="latin-1"))


def test_a_table_that_is_not_there_or_there_twice_is_told(flat, tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match=r"'nowhere\.csv', which is neither here nor in"):
        load_photos(flat, image_size=32, labels="nowhere.csv")
    monkeypatch.chdir(tmp_path)
    table(flat, lines(flat))
    table(tmp_path, lines(flat))
    with pytest.raises(ValueError, match=r"'labels.csv', which is both here and in"):
        load_photos(flat, image_size=32, labels="labels.csv")


def test_a_single_class_is_told(flat):
    rows = [row.replace("TULIPS", "DAISY") for row in lines(flat)]
    with pytest.raises(ValueError, match=r"at least two classes .*only 'DAISY'"):
        load_photos(flat, image_size=32, labels=table(flat, rows))
    with pytest.raises(ValueError, match=r"at least two classes .*no label"):
        load_photos(flat, image_size=32, labels=table(flat, ["file,label", " ,", ""]))


def test_other_files_of_a_photos_name_are_not_taken_for_it(flat):
    for path in flat.glob("*.png"):
        path.with_suffix(".xml").write_text("<box/>")
    photos = load_photos(flat, image_size=32, labels=table(flat, lines(flat, "id,label", "{stem},{label}")))
    assert sum(map(len, (photos.train, photos.val, photos.test))) == 12


def test_a_cell_without_an_end_is_told(flat):
    rows = [*lines(flat), '"' + "x" * 200_000]
    with pytest.raises(ValueError, match=r"Expected 'labels\.csv' to be a table.*can't be read.*quotation mark"):
        load_photos(flat, image_size=32, labels=table(flat, rows))


def test_a_cell_without_an_end_is_told_in_a_small_table_too(flat):
    rows = lines(flat)
    rows[3] = rows[3].replace(",", ',"')
    with pytest.raises(ValueError, match=r"Expected 'labels\.csv' to be a table.*quotation mark"):
        load_photos(flat, image_size=32, labels=table(flat, rows))


def test_text_that_was_divided_at_its_comma_is_told(flat):
    rows = [line.replace("DAISY", "Rose, red") for line in lines(flat)]
    with pytest.raises(ValueError, match=r"Expected 2 cells in each line.* Received: 3 in line 2\. Put text"):
        load_photos(flat, image_size=32, labels=table(flat, rows))


def test_a_link_to_nowhere_beside_the_table_is_passed_over(flat):
    (flat / ".#labels.csv").symlink_to("nobody@nowhere.1234")  # as an editor leaves it that is open
    photos = load_photos(flat, image_size=32, labels=table(flat, lines(flat)))
    assert sum(map(len, (photos.train, photos.val, photos.test))) == 12


def test_long_names_are_shortened_in_sentences(flat):
    for rows in ([*lines(flat), "x" * 5_000 + ",DAISY"], [*lines(flat), "daisy_000.png," + "y" * 5_000], ["z" * 5_000]):
        with pytest.raises((FileNotFoundError, ValueError), match=r"(xx|yy|zz)…(xx|yy|zz)") as caught:
            load_photos(flat, image_size=32, labels=table(flat, rows))
        assert len(str(caught.value)) < 700


def test_a_cell_may_have_any_characters_and_lines(flat):
    rows = [row.replace("TULIPS", '"two\nlines"').replace("DAISY", "D\u2028Y") for row in lines(flat)]
    photos = load_photos(flat, image_size=32, labels=table(flat, rows))
    assert photos.class_names == ("D\\u2028Y", "two\\x0alines")
    with pytest.raises(FileNotFoundError, match=r"\(no name in line 20\)"):
        load_photos(flat, image_size=32, labels=table(flat, [*rows, ",DAISY"]))


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_lines_may_end_as_on_any_system(flat, end):
    (flat / "labels.csv").write_bytes(end.join(lines(flat)).encode())
    assert load_photos(flat, image_size=32, labels="labels.csv").class_names == ("DAISY", "TULIPS")


@pytest.mark.parametrize("form", ["{name},{label}", "{stem},{label}"])
def test_accents_may_be_written_either_way(flat, form):
    decomposed, composed = "e\u0301", "\u00e9"  # Macs write the first
    for path in list(flat.glob("daisy*")):
        path.rename(path.with_name(path.name.replace("daisy", f"marguerit{decomposed}")))
    rows = [row.replace(decomposed, composed) for row in lines(flat, "file,label", form)]
    rows[-1] = rows[-1].replace("TULIPS", "TULIPE\u0301S")
    rows[-2] = rows[-2].replace("TULIPS", "TULIP\u00c9S")
    photos = load_photos(flat, image_size=32, labels=table(flat, rows), split=(0, 0, 1))
    assert photos.class_names == (f"MARGUERIT{composed.upper()}", "TULIPS", "TULIP\u00c9S")
