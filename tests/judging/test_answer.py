"""One wording for what a model says about a photo, without Keras."""

import json
import subprocess
import sys

from helpers import config
from helpers.judging.answer import NONE_OF_THESE, Answer
from helpers.sharing import bundle

SHARES = {"daisy": 0.934, "rose": 0.066}
KNOWN, UNKNOWN = Answer("daisy", SHARES, True, 0.1, 0.2), Answer("daisy", SHARES, False, 0.3, 0.2)


def test_a_known_photo_gets_its_class_and_how_sure_the_model_is():
    assert KNOWN.confidence == 0.934
    assert str(KNOWN) == KNOWN.verdict == "daisy, 93% sure"
    assert KNOWN.reason.startswith("it looks like something the model was trained on (distance 0.10;")


def test_an_unknown_photo_gets_none_of_these_with_the_reason():
    assert UNKNOWN.verdict == NONE_OF_THESE
    assert str(UNKNOWN) == f"{UNKNOWN.verdict}: {UNKNOWN.reason}"
    assert UNKNOWN.reason.startswith("too far from what the model was trained on (distance 0.30;")
    assert UNKNOWN.reason.endswith("within 0.20); if forced to choose: daisy")


def test_the_sentence_is_written_down_once():
    told = [
        path.relative_to(config.ROOT).as_posix()
        for path in (config.ROOT / "helpers").rglob("*.*")
        if path.suffix in (".py", ".js", ".html") and "forced to choose" in path.read_text(encoding="utf-8").lower()
    ]
    assert told == ["helpers/judging/answer.py"]
    assert bundle.Answer is Answer


def test_it_needs_neither_keras_nor_scikit_learn():
    code = (
        "import sys, json, helpers.judging.answer;"
        "print(json.dumps(sorted({'tensorflow', 'keras', 'sklearn', 'pandas', 'numpy'} & set(sys.modules))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=config.ROOT, check=True)
    assert json.loads(done.stdout) == []
