"""Widgets: thin shells that show what plain functions compute, and let the learner turn their arguments.

Each is imported when it is first used. What a widget shows can be had without it; its docstring names the function.
"""

from importlib import import_module

_HOME = {
    "CutPoint": "cut_point",
    "DataDial": "data_dial",
    "ErrorGallery": "error_gallery",
    "FreezeLab": "freeze_lab",
    "Guess": "guess",
    "LayerMicroscope": "layer_microscope",
    "PhotoBrowser": "photo_browser",
    "PhotoDrop": "photo_drop",
    "Prediction": "prediction",
}

__all__ = sorted(_HOME)


def __getattr__(name: str):
    if name in _HOME:
        try:
            return getattr(import_module(f"helpers.widgets.{_HOME[name]}"), name)
        except ModuleNotFoundError as error:
            if error.name not in ("ipywidgets", "anywidget"):
                raise
            raise ImportError(
                f"Graft's widgets need {error.name}, which is not installed. Install the lab's packages: "
                "`make lab` does, or `pip install -c constraints.txt -e '.[lab]'`."
            ) from None
    raise AttributeError(f"helpers.widgets has no name {name!r}. It offers: {', '.join(__all__)}.")


def __dir__() -> list[str]:
    return __all__
