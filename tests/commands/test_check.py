"""`check`: what it says of a folder, whatever is in it."""

from PIL import Image

from helpers.__main__ import main


def test_near_copies_are_named_with_their_splits(capsys, photo_folder):
    folder = photo_folder({"daisy": 12, "tulips": 12})
    assert main(["check", str(folder)]) == 0
    assert "near-copies" not in capsys.readouterr().out
    for path in list(folder.rglob("*.png")):
        Image.open(path).resize((96, 96), Image.Resampling.BICUBIC).save(path.with_name(f"{path.stem}_large.jpg"))
    assert main(["check", str(folder)]) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("near-copies: ")]
    assert len(told) > 3
    assert all("_large.jpg (" in line and ".png (" in line and line.endswith(" look the same") for line in told)
    assert any("(train)" in line and "(test)" in line for line in told)
