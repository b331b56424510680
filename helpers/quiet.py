"""Keep TensorFlow's start-up lines out of notebooks.

They carry a process number and a time, would stand in every lesson's stored output, and no log level turns them
off: they are written to file descriptor 2 before logging starts. So that descriptor is pointed elsewhere while
TensorFlow is first imported and runs its first operation, whoever imports it, and nothing else is touched.
"""

import importlib.util
import os
import sys
from contextlib import contextmanager


@contextmanager
def stderr_closed():
    """Throw away what is written to file descriptor 2 while the block runs."""
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)


class _QuietTensorFlow:
    """An entry of `sys.meta_path` that steps aside once it has been asked for TensorFlow."""

    def find_spec(self, name, path=None, target=None):
        if name != "tensorflow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None:
            load = spec.loader.exec_module

            def load_quietly(module) -> None:
                with stderr_closed():
                    load(module)
                    module.zeros(1)  # the first operation has its own lines
                # A lesson builds many small models; a warning that each needs a plan of its own is no news.
                module.get_logger().setLevel("ERROR")

            spec.loader.exec_module = load_quietly
        return spec


def quieten_tensorflow() -> None:
    """Make the first `import tensorflow`, or `import keras`, a silent one. Costs nothing until then."""
    if "tensorflow" not in sys.modules:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        sys.meta_path.insert(0, _QuietTensorFlow())
