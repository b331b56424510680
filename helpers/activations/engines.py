"""What runs a frozen part of a network: TensorFlow, or OpenVINO, which is faster where it is installed (`make bench`).

A frozen prefix is never trained, so anything that computes the same numbers faster may run it. OpenVINO
(https://docs.openvino.ai) does so in float32, equal up to rounding. A network is converted for it once, and kept.
"""

import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import metadata
from itertools import chain
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from helpers import config
from helpers.activations.storage import Store
from helpers.bars import Bar
from helpers.network import twins

ENGINES = ("auto", "tensorflow", "openvino")

_converting = threading.Lock()  # what is changed around a conversion belongs to the whole process


class ConversionError(RuntimeError):
    """OpenVINO cannot run a network; the message says why."""


def choose(engine: str, photos: int, image_size: int) -> str:
    """Return which engine is meant.

    Args:
        engine: One of `ENGINES`. `"auto"` is what `GRAFT_ENGINE` says, else OpenVINO where it is installed and there
            are enough photos to repay the conversion, else TensorFlow.
        photos: Number of photos to run.
        image_size: Side of the photos in pixels.

    Raises:
        ValueError: If there is no such engine, or it isn't available.
    """
    asked = engine
    if engine == "auto":
        engine = config.engine_override() or "auto"
    if engine not in ENGINES:
        raise ValueError(f"Expected engine to be one of {', '.join(ENGINES)}. Received: {engine!r}.")
    if engine == "auto":
        pays = photos * image_size**2 >= config.OPENVINO_PAYS_FROM
        return "openvino" if pays and _openvino() else "tensorflow"
    if engine != "tensorflow" and not _openvino():
        raise ValueError(
            f"Expected an engine that is available. Received: {engine!r}, which needs OpenVINO on a processor that it "
            "supports (`pip install openvino`), not imported by other code before Graft. Try engine='tensorflow'."
            + (" GRAFT_ENGINE asked for it." if asked == "auto" else "")
        )
    return engine


def is_free(engine: str) -> bool:
    """Return whether `choose` may pick an engine: neither the caller nor `GRAFT_ENGINE` has named one."""
    return engine == "auto" and config.engine_override() in (None, "auto")


def available() -> tuple[str, ...]:
    """Return the engines that can be used here."""
    return ("tensorflow", "openvino") if _openvino() else ("tensorflow",)


def run(
    part: keras.Model, batches: Iterable[np.ndarray], engine: str, name: str, store: Store
) -> Iterator[list[np.ndarray]]:
    """Run a part of a network over batches, in inference mode.

    Args:
        part: From `cutting.part`.
        batches: Arrays of at most `config.BATCH_SIZE` rows. Smaller ones are padded, so that nothing has to be
            traced for a second shape.
        engine: `"tensorflow"` or `"openvino"`.
        name: Letters and digits; says what the part computes: its layers, weights and shapes.
        store: Where converted parts are kept.

    Yields:
        Some rows at a time, in order: an array for each output of the part.

    Raises:
        ConversionError: If OpenVINO cannot run this part.
    """
    batches = iter(batches)
    first = next(batches, None)
    if first is None:
        return
    batches = chain([first], batches)
    if engine == "tensorflow" or _is_identity(part):
        with twins.lent(part) as twin:
            for batch in batches:
                yield _listed(predict_batch(twin, batch))
    else:
        yield from _run_openvino(_compiled(part, first.shape[1:], name, store), batches)


def _is_identity(part: keras.Model) -> bool:
    # Dropout does nothing in inference mode, and OpenVINO refuses to run a network that does nothing.
    return all(isinstance(layer, (keras.layers.InputLayer, keras.layers.Dropout)) for layer in part.layers)


def predict_batch(
    model: keras.Model, images: np.ndarray, size: int = config.BATCH_SIZE
) -> np.ndarray | list[np.ndarray]:
    """Return a model's output for one batch, computed by TensorFlow."""
    outputs = model.predict_on_batch(_padded(images, size))
    if isinstance(outputs, list):
        return [np.asarray(output)[: len(images)] for output in outputs]
    return np.asarray(outputs)[: len(images)]


def predict_images(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Return the output of a model that has one, for any number of photos, computed by TensorFlow in batches."""
    outputs = []
    with Bar("looking at photos", len(images), "photos") as bar, twins.lent(model) as twin:
        for start in range(0, len(images), config.BATCH_SIZE):
            outputs.append(predict_batch(twin, images[start : start + config.BATCH_SIZE]))
            bar.to(start + len(outputs[-1]))
    return np.concatenate(outputs)


def _padded(batch: np.ndarray, size: int) -> np.ndarray:
    padding = np.zeros((size - len(batch), *batch.shape[1:]), batch.dtype)
    return np.concatenate([batch, padding]) if len(padding) else batch


def _listed(outputs: np.ndarray | list[np.ndarray]) -> list[np.ndarray]:
    return outputs if isinstance(outputs, list) else [outputs]


@cache
def _openvino() -> Any | None:
    # OpenVINO counts its uses in the home folder and posts them, unless its telemetry package cannot be imported: then
    # it falls back on a stub of its own. If other code imported it with telemetry before us, we leave it alone.
    if "openvino" in sys.modules and sys.modules.get("openvino_telemetry") is not None:
        return None
    sys.modules["openvino_telemetry"] = None  # pyright: ignore[reportArgumentType] # Python's way to forbid an import
    try:
        import openvino
    except ImportError:
        return None
    return openvino if "CPU" in openvino.Core().available_devices else None


def _compiled(part: keras.Model, shape: tuple[int, ...], name: str, store: Store) -> Any:
    openvino = _openvino()
    assert openvino is not None, "choose() has asked for it"
    threads = tf.config.threading.get_intra_op_parallelism_threads()
    options = {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_PRECISION_HINT": "f32"}
    options |= {"INFERENCE_NUM_THREADS": threads} if threads else {}
    shape = (config.OPENVINO_BATCH, *shape)
    key = f"{name}-{'x'.join(map(str, shape))}-openvino-{metadata.version('openvino')}".replace(".", "-")
    kept = store.find(key)
    if kept is None:
        try:
            data = np.frombuffer(_converted(part, shape, openvino), np.uint8)
        except Exception as error:  # from OpenVINO, of many kinds
            raise ConversionError(str(error).strip().splitlines()[0] if str(error) else type(error).__name__) from None
        kept = data if store.reason_not_cached(data.nbytes) else store.keep(key, data.shape, data.dtype, [data])
    graph, weights = _unpacked(kept.tobytes())
    core = openvino.Core()
    return core.compile_model(core.read_model(graph, weights), "CPU", options)


def _converted(part: keras.Model, shape: tuple[int, ...], openvino: Any) -> bytes:
    infer = tf.function(lambda batch: part(batch, training=False), input_signature=[tf.TensorSpec(shape, tf.float32)])
    with _converting, _name_kept_between_execs():
        converted = openvino.convert_model(infer)
    # The converter also hands out what Keras's swish keeps for its gradient. Kept as outputs, they would forbid fusing.
    names = ["Identity:0", *(f"Identity_{number}:0" for number in range(1, len(part.outputs)))]
    wanted = [converted.output(name).get_node().input_value(0) for name in names]
    lean = openvino.Model(wanted, converted.get_parameters())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "part.xml"
        openvino.save_model(lean, file, compress_to_fp16=False)
        graph, weights = file.read_bytes(), file.with_suffix(".bin").read_bytes()
    return len(graph).to_bytes(8, "little") + graph + weights


@contextmanager
def _name_kept_between_execs() -> Iterator[None]:
    # To read TensorFlow's version, OpenVINO runs exec("import tensorflow") and then exec("del tensorflow") in one
    # function. Since Python 3.13 the second finds no such name (PEP 667). TensorFlow is imported already, so that in
    # this one module neither needs to do anything.
    if sys.version_info < (3, 13):
        yield
        return
    from openvino.frontend.tensorflow import utils

    vars(utils)["exec"] = lambda code: None
    try:
        yield
    finally:
        del vars(utils)["exec"]


def _unpacked(data: bytes) -> tuple[bytes, bytes]:
    end = 8 + int.from_bytes(data[:8], "little")
    return data[8:end], data[end:]


def _run_openvino(compiled: Any, batches: Iterable[np.ndarray]) -> Iterator[list[np.ndarray]]:
    # A ring of requests: while they compute, the next batch is prepared; results come out in the order they went in.
    idle = [compiled.create_infer_request() for _ in range(compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))]
    busy: deque[tuple[Any, int]] = deque()
    try:
        for rows in _pieces(batches, config.OPENVINO_BATCH):
            if not idle:
                yield _result(busy, idle)
            request = idle.pop()
            request.start_async({0: _padded(np.asarray(rows, np.float32), config.OPENVINO_BATCH)})
            busy.append((request, len(rows)))
        while busy:
            yield _result(busy, idle)
    finally:
        for request, _ in busy:
            request.wait()


def _pieces(batches: Iterable[np.ndarray], size: int) -> Iterator[np.ndarray]:
    for batch in batches:
        for start in range(0, len(batch), size):
            yield batch[start : start + size]


def _result(busy: deque[tuple[Any, int]], idle: list[Any]) -> list[np.ndarray]:
    request, rows = busy[0]
    request.wait()
    busy.popleft()
    idle.append(request)
    return [output.data[:rows].copy() for output in request.output_tensors]
