"""Write signatures as a reader calls them: with types, and with values in place of the names of defaults."""

import ast
from pathlib import Path

import griffe

_STARS = {griffe.ParameterKind.var_positional: "*", griffe.ParameterKind.var_keyword: "**"}


class Defaults:
    """Looks up what a default such as `DEFAULTS.epochs`, `config.SEED` or `REPORT` is.

    Args:
        package: griffe's module of `helpers`.
    """

    def __init__(self, package: griffe.Module) -> None:
        self.package = package
        self.owners = {"DEFAULTS": package["training.settings.TrainingSettings"], "config": package["config"]}

    def value(self, written: str, module: griffe.Module) -> str:
        """Return a default as a value, if it is a name of the package, and otherwise as it is written in its module."""
        owner, _, name = written.rpartition(".")
        if owner in self.owners:
            found = self.owners[owner][name]
            return self.value(str(found.value), found.module)
        if not written.isidentifier() or not written.isupper():
            return written
        if (found := module.members.get(written)) is not None and found.is_alias:  # imported from another module
            module = self.package[found.target_path.removeprefix("helpers.").rpartition(".")[0]]
        return _constants(module.filepath).get(written, written)


def signature(found: griffe.Object, defaults: Defaults) -> str:
    """Return what follows the name of a function or a class: its arguments, and what it returns."""
    if not (found.is_function or found.is_class):
        return ""
    shown, starred = [], False
    for parameter in found.parameters:
        if parameter.name in ("self", "cls") or parameter.name.startswith("_"):
            continue
        stars = _STARS.get(parameter.kind, "")
        if parameter.kind is griffe.ParameterKind.keyword_only and not starred:
            shown.append("*")
        starred = starred or stars == "*" or parameter.kind is griffe.ParameterKind.keyword_only
        shown.append(stars + _argument(parameter, defaults, found.module))
    returned = f" -> {found.returns}" if found.is_function and found.returns is not None else ""
    return f"({', '.join(shown)}){returned}"


def type_of(found: griffe.Object) -> str:
    """Return the type of a property or of data, and nothing for what is called."""
    if found.is_function or found.is_class or found.annotation is None:
        return ""
    return str(found.annotation)


def _argument(parameter: griffe.Parameter, defaults: Defaults, module: griffe.Module) -> str:
    written = parameter.name
    if parameter.annotation is not None:
        written += f": {parameter.annotation}"
    if parameter.default is not None and parameter.kind not in _STARS:
        written += f" = {defaults.value(str(parameter.default), module)}"
    return written


def _constants(path: Path) -> dict[str, str]:
    """Return what a module's names in capitals stand for: also those of `REPORT, TOGETHER = …`, which griffe skips."""
    found = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
            several = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
            pairs = zip(target.elts, value.elts, strict=True) if several else [(target, value)]
            found |= {name.id: ast.unparse(stands_for) for name, stands_for in pairs if isinstance(name, ast.Name)}
    return found
