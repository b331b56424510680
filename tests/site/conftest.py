"""The website's own modules: they are in `site/`, which is no package, since the standard library has a `site`."""

import importlib.util
from types import ModuleType

import pytest

from helpers import config


@pytest.fixture(scope="session")
def part():
    """Return a function that imports one file of `site/` that needs nothing but the standard library."""

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(f"site_{name}", config.ROOT / "site" / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load
