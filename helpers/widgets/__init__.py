"""Widgets: thin layers that show what plain functions compute, and let the learner change their arguments.

`__init__.pyi` lists the public names; each is imported when it is first used. What a widget shows can be had without
it; its docstring names the function.
"""

import lazy_loader

_lazy_name, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str):
    if name not in __all__:
        raise AttributeError(f"helpers.widgets has no name {name!r}. It offers: {', '.join(__all__)}.")
    try:
        return _lazy_name(name)
    except ModuleNotFoundError as error:
        if error.name not in ("ipywidgets", "anywidget"):
            raise
        raise ImportError(
            f"Graft's widgets need {error.name}, which is not installed. Install the lab's packages with "
            "`make lab`, or with `pip install -c constraints.txt -e '.[lab]'`."
        ) from None
