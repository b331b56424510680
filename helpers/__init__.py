"""Graft: transfer learning you can touch.

The names below are the course's whole public face. Each is imported when it is first used, so that
``import helpers`` is instant and loads neither TensorFlow nor matplotlib (PEP 562).
"""

from importlib import import_module

from helpers.quiet import quieten_tensorflow

_HOME = {
    "Photos": "data",
    "Split": "split",
    "load_flowers": "data",
    "load_photos": "data",
    "read_photo": "pixels",
    "Block": "anatomy",
    "blocks": "anatomy",
    "layer_table": "anatomy",
    "load_base": "backbone",
    "settle_statistics": "settling",
    "source_accuracy": "remembering",
    "attach_head": "head",
    "FreezePlan": "freezing",
    "freeze": "freezing",
    "Run": "training",
    "fit": "training",
    "Report": "evaluation",
    "evaluate": "evaluation",
    "luck_band": "evaluation",
    "copy_of": "head",
    "activations": "explain",
    "grad_cam": "explain",
    "strongest_patches": "patches",
    "Recipe": "recipe",
    "Step": "recipe",
    "sweep": "sweeping",
    "licence_questions": "licences",
    "model_card": "cards",
    "export_litert": "exporting",
    "save_bundle": "packing",
    "load_bundle": "bundle",
}

quieten_tensorflow()

__all__ = [*sorted(_HOME), "plots"]


def __getattr__(name: str):
    if name in _HOME:
        return getattr(import_module(f"helpers.{_HOME[name]}"), name)
    if name == "plots":
        return import_module("helpers.plots")
    raise AttributeError(f"helpers has no name {name!r}. It offers: {', '.join(__all__)}.")


def __dir__() -> list[str]:
    return __all__
