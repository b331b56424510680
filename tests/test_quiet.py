"""TensorFlow starts without a word, later than its import, and whatever goes wrong meanwhile is heard."""

import os
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from helpers import config, quiet

START_UP = [
    "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR",
    "I0000 00:00:1795622319.017611   16023 cpu_feature_guard.cc:227] This TensorFlow binary is optimized.",
    "To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow.",
    "2026-11-25 15:58:11.123456: I tensorflow/core/util/port.cc:153] oneDNN custom operations are on.",
    "E0000 00:00:1795622319.017611 16023 cuda_dnn.cc:8579] Unable to register cuDNN factory: already registered",
    "W0000 00:00:1795622319.017611 16023 tf_tfl_flatbuffer_helpers.cc:365] Ignored output_format.",
    "INFO: Created TensorFlow Lite XNNPACK delegate for CPU.",
]
ERRORS = [
    "E0000 00:00:1795622319.017611 16023 env.cc:25] the disk is broken",
    "2026-11-25 15:58:11.123456: F tensorflow/core/platform/cpu.cc:37] needs instructions that this machine lacks",
    "libgomp: Thread creation failed",
    "Illegal instruction",
]


def run(code: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        cwd=config.ROOT,
        env={**os.environ, **environment},
    )


@pytest.fixture
def stand_in(tmp_path):
    """Return a function that puts a small `tensorflow` in the place of the real one: what its import does."""

    def write(on_import: str, on_start: str = "pass") -> str:
        (tmp_path / "tensorflow" / "python" / "eager").mkdir(parents=True)
        (tmp_path / "tensorflow" / "__init__.py").write_text(
            f"import logging, os\nfrom logging import getLogger as get_logger\n{on_import}\n"
        )
        (tmp_path / "tensorflow" / "python" / "eager" / "context.py").write_text(
            f"import os\nclass Context:\n    def ensure_initialized(self):\n        {on_start}\n"
        )
        return str(tmp_path)

    return write


def writes(lines: list[str]) -> str:
    return f"os.write(2, {os.linesep.join([*lines, '']).encode()!r})"


def test_start_up_lines_are_dropped_and_errors_heard(stand_in):
    both = [line for pair in zip(START_UP, ERRORS * 2, strict=False) for line in pair]
    done = run("import helpers, tensorflow", PYTHONPATH=stand_in(writes(both)))
    assert done.returncode == 0
    assert done.stderr.splitlines() == (ERRORS * 2)[: len(START_UP)]


def test_so_are_those_of_the_first_operation(stand_in):
    code = """
        import helpers, tensorflow
        from tensorflow.python.eager.context import Context
        Context().ensure_initialized()
        Context().ensure_initialized()
    """
    done = run(code, PYTHONPATH=stand_in("pass", writes([START_UP[1], ERRORS[0]])))
    first, *second = done.stderr.splitlines()
    assert first == ERRORS[0]
    assert second == [START_UP[1], ERRORS[0]], "the filter is there for the first operation alone"


def test_the_last_words_of_a_crash_are_heard(stand_in):
    done = run("import helpers, tensorflow", PYTHONPATH=stand_in(writes([ERRORS[1]]) + "; os.abort()"))
    assert done.returncode != 0
    assert ERRORS[1] in done.stderr


def test_a_tensorflow_that_cannot_be_loaded_raises_its_own_error(stand_in):
    done = run("import helpers, tensorflow", PYTHONPATH=stand_in("raise ImportError('no such library')"))
    assert "ImportError: no such library" in done.stderr


@pytest.mark.parametrize("library", ["tensorflow", "keras"])
def test_tensorflow_can_be_configured_after_it_was_imported(library):
    code = f"""
        import helpers, {library}, tensorflow as tf
        tf.config.threading.set_inter_op_parallelism_threads(1)
        cpu = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
        print(len(tf.config.list_logical_devices("CPU")))
    """
    done = run(code)
    assert (done.stdout, done.stderr) == ("2\n", "")


def test_the_real_runtime_starts_where_the_filter_waits_for_it_and_garbage_is_collected_again():
    code = """
        import gc, helpers, tensorflow as tf
        from helpers import quiet
        from tensorflow.python.eager.context import Context
        waiting = Context.ensure_initialized
        tf.zeros(1)
        print(waiting.__module__, Context.ensure_initialized.__module__)
        print(gc.isenabled(), gc.get_freeze_count() > 100_000)
    """
    assert run(code).stdout.split() == ["helpers.quiet", "tensorflow.python.eager.context", "True", "True"]


def test_two_threads_at_once_give_the_descriptor_back():
    before = os.fstat(2)

    def hide(after: float, seconds: float) -> None:
        time.sleep(after)
        with quiet.chatter_hidden():
            time.sleep(seconds)

    threads = [threading.Thread(target=hide, args=times) for times in ((0, 0.2), (0.1, 0.3))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (os.fstat(2).st_dev, os.fstat(2).st_ino) == (before.st_dev, before.st_ino)


def test_start_up_lines_are_left_out_of_a_text_and_nothing_else_is():
    told = (
        "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
        "I0000 00:00:1795724162.532657    6591 port.cc:153] oneDNN custom operations are on.\n"
    )
    assert quiet.without_chatter(told) == ""
    assert quiet.without_chatter(f"{told}E0000 00:00:1 an error\nUserWarning: look\n") == (
        "E0000 00:00:1 an error\nUserWarning: look\n"
    )
