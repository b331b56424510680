"""Graft: transfer learning you can touch.

`__init__.pyi` lists the public names. Each is imported when it is first used, so that `import helpers` takes no time
and loads neither TensorFlow nor matplotlib (PEP 562).
"""

import lazy_loader

from helpers.quiet import quieten_tensorflow

quieten_tensorflow()

_lazy_name, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str):
    if name in __all__:
        return _lazy_name(name)
    raise AttributeError(f"helpers has no name {name!r}. It offers: {', '.join(__all__)}.")
