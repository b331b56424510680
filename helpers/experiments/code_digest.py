"""Which version of the code measured something: one digest over the course's own files and the libraries it uses."""

import hashlib
import json
from pathlib import Path

from helpers import config

PACKAGE = config.ROOT / "helpers"
# Everything that a run of an experiment passes through. Widgets, exercises and the like have no say in a result.
DECISIVE = (
    "config.py",
    "checks.py",
    "bars.py",
    "photos",
    "network",
    "activations",
    "training",
    "judging",
    "experiments",
)


def code_digest(package: Path | None = None) -> str:
    """Return a short text that changes with any code that can change an experiment's results.

    Args:
        package: Folder of the package; by default this one.

    Returns:
        Sixteen hexadecimal digits. They depend on the content of the files, not on where the package lies.
    """
    package = PACKAGE if package is None else package
    digest = hashlib.sha256(json.dumps(config.versions(), sort_keys=True).encode())
    for name in DECISIVE:
        for file in sorted([package / name] if name.endswith(".py") else (package / name).rglob("*.py")):
            digest.update(file.relative_to(package).as_posix().encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]
