"""Write a docstring in Keras's style as MyST Markdown: prose, and a field for each argument, result and error."""

import re
from collections.abc import Callable

import griffe

# Several arguments that share a line are one field: `epochs, learning_rate: What their sliders are set to`.
_SHARED = re.compile(r"^( +)(\w+(?:, \w+)+)(?=: )", flags=re.MULTILINE)
_FIELDS = {"parameters": "param", "returns": "returns", "yields": "yields", "raises": "raises"}


def as_markdown(found: griffe.Object, link: Callable[[str], str]) -> str:
    """Return the docstring of a function, class or property.

    Args:
        found: What has the docstring, or none.
        link: Turns names in backticks into links.

    Raises:
        ValueError: If the docstring has a section that the house style doesn't know.
    """
    if not found.has_docstring:
        return ""
    found.docstring.value = _SHARED.sub(lambda line: line[1] + line[2].replace(", ", "/"), found.docstring.value)
    return "\n\n".join(_section(section, found, link) for section in found.docstring.parse("google"))


def first_sentence(found: griffe.Object) -> str:
    """Return the first sentence of a docstring; nothing if there is none."""
    if not found.has_docstring:
        return ""
    paragraph = found.docstring.value.split("\n\n")[0].replace("\n", " ")
    return re.split(r"(?<=[.!?])\s+(?=[A-Z`])", paragraph)[0].replace("|", r"\|")


def _section(section: griffe.DocstringSection, found: griffe.Object, link: Callable[[str], str]) -> str:
    kind = section.kind.value
    if kind == "text":
        return link(section.value)
    if kind == "admonition" and section.value.kind == "example":
        return f"**Example**\n\n```python\n{section.value.contents}\n```"
    if kind == "attributes":
        return "\n\n".join(_attribute(item, found, link) for item in section.value)
    if kind in _FIELDS:
        return "\n".join(_field(_FIELDS[kind], item, link) for item in section.value)
    raise ValueError(f"{found.path}: expected sections such as Args and Returns. Received: {section.title or kind!r}.")


def _field(label: str, item: griffe.DocstringElement, link: Callable[[str], str]) -> str:
    # Types are in the signature.
    name = {"param": getattr(item, "name", ""), "raises": str(item.annotation).strip("()")}.get(label, "")
    first, *others = link(item.description).splitlines()
    mark = f"{label} {name}".strip().replace("*", r"\*")
    return "\n".join([f":{mark}: {first}", *(f"    {line}".rstrip() for line in others)])


def _attribute(item: griffe.DocstringAttribute, found: griffe.Object, link: Callable[[str], str]) -> str:
    lines = []
    for name in item.name.split("/"):
        member = found.members.get(name)
        typed = getattr(member, "annotation", None)
        lines += [f"```{{py:attribute}} {name}", *([f":type: {typed}"] if typed else [])]
        lines += ["", link(item.description), "```", ""]
    return "\n".join(lines).rstrip()
