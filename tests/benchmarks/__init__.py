"""Benchmarks. The import below comes before Keras, so that TensorFlow starts quietly."""

import helpers  # noqa: F401
