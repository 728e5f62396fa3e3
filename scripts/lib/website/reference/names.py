"""Every public name of the package with its signature and its docstring, a page for each room."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import EnumType
from functools import cached_property
from types import ModuleType
from typing import Any

from sympy.core.function import FunctionClass

import symbackprop as sb
from symbackprop.functions.catalogue import LOSSES
from website.reference.docstrings import as_markdown

PAGES: Mapping[str, tuple[str, str]] = {
    "network": ("Networks", "Equations in order, from SymPy, from a plain function, from a file or from an example."),
    "calculus": ("Derivations", "Gradients in several forms, and every line of the work behind them."),
    "tangents": ("Second derivatives", "Jacobians and Hessians as matrices, and products with them."),
    "verification": ("Proofs", "Whether a gradient or a formula is right, and bounds of both over a box of values."),
    "numeric": ("Code", "Derived gradients and the forward pass as functions of numbers."),
    "training": ("Training", "Data, first weights, optimisers, and what training leaves behind."),
    "publish": ("Reports", "Documents of a derivation."),
    "studies": ("Studies", "Questions that lecture notes ask, answered by running the derived gradients."),
    "functions": ("Functions", "What stands in equations, of a scalar or of each entry of a matrix."),
    "losses": ("Losses", "How far outputs are from targets."),
    "matrices": ("Matrices", "Operations on whole matrices, and operations of your own."),
    "errors": ("Errors", "What is raised, each with a place, what is wrong, and what to do."),
}
"""The pages in their order: rooms of the package, with their titles and what they are about."""
WIDTH = 100


def name_pages() -> dict[str, str]:
    """The pages by the names of their files."""
    rooms: dict[str, list[tuple[str, Any]]] = {room: [] for room in PAGES}
    for name, found in public_names().items():
        rooms[room_of(name)].append((name, found))
    return {f"{room}.md": _page(room, names) for room, names in rooms.items()}


def public_names() -> dict[str, Any]:
    """Every public name but the version, and those of the studies, which is a module of its own."""
    names = {name: getattr(sb, name) for name in sb.__all__ if name != "__version__"}
    return names | {f"studies.{name}": getattr(sb.studies, name) for name in sb.studies.__all__}


def room_of(name: str) -> str:
    """The page on which a name stands. Raises KeyError for a name of a room that has none."""
    if name.partition(".")[0] == "studies":
        return "studies"
    if name in {loss.name for loss in LOSSES}:
        return "losses"
    return sb._ROOM_OF[name].partition(".")[0]


def _page(room: str, names: list[tuple[str, Any]]) -> str:
    title, about = PAGES[room]
    entries = [_entry(f"sb.{name}", found) for name, found in sorted(names, key=lambda pair: pair[0].lower())]
    return "\n\n".join([f"# {title}", about, "`import symbackprop as sb`", *entries]) + "\n"


def _entry(name: str, found: Any) -> str:
    return "\n\n".join(part for part in _parts(name, found) if part)


def _parts(name: str, found: Any) -> Iterator[str]:
    yield f"## {name}"
    if not isinstance(found, ModuleType | EnumType):
        yield _signature(name, found)
    yield as_markdown(found.__doc__)
    if isinstance(found, EnumType):
        yield "\n".join(f"- `{member.name}`: {member.value}" for member in found)
    elif isinstance(found, type) and not isinstance(found, FunctionClass):  # whose methods are for SymPy
        yield _fields(found)
        for member, value in _members(found):
            yield from _member(f"{name}.{member}", value)


def _fields(found: type) -> str:
    """The fields of a dataclass with their types."""
    known = [entry for entry in fields(found) if not entry.name.startswith("_")] if is_dataclass(found) else []
    return "\n".join(["**Fields**", "", *(f"- `{entry.name}: {entry.type}`" for entry in known)]) if known else ""


def _members(found: type) -> Iterator[tuple[str, Any]]:
    """Public methods and properties, of classes of ours above, too, each once."""
    named: dict[str, Any] = {}
    for base in reversed(found.__mro__):
        if base.__module__.startswith("symbackprop"):
            named |= {name: value for name, value in vars(base).items() if not name.startswith("_")}
    for name, value in named.items():
        if name == "packed_state":
            continue  # for pickle alone
        if isinstance(value, property | cached_property | staticmethod | classmethod) or inspect.isfunction(value):
            yield name, value


def _member(name: str, value: Any) -> Iterator[str]:
    yield f"### {name}"
    if isinstance(value, property | cached_property):
        yield as_markdown(value.__doc__)
        return
    function = value.__func__ if isinstance(value, staticmethod | classmethod) else value
    yield _signature(name, function, bound=not isinstance(value, staticmethod))
    yield as_markdown(function.__doc__)


def _signature(name: str, found: Any, bound: bool = False) -> str:
    """How it is called, on one line or with an argument a line."""
    if isinstance(found, FunctionClass):  # SymPy's have arguments of any number, and ours a record
        usage = found.row.usage or f"{found.row.name}({', '.join(found.row.parameters)})"
        calls = "\n".join(f"sb.{call}" for call in usage.split(" or "))
        return f"```python\n{calls}\n```"
    signature = inspect.signature(found)
    known = list(signature.parameters.values())[1 if bound else 0 :]
    returns = signature.return_annotation
    behind = "" if returns is inspect.Signature.empty or isinstance(found, type) else f" -> {_type(returns)}"
    given = list(_arguments(found, known))
    line = f"{name}({', '.join(given)}){behind}"
    if len(line) > WIDTH:
        line = f"{name}(\n" + "".join(f"    {argument},\n" for argument in given) + f"){behind}"
    return f"```python\n{line}\n```"


def _arguments(found: Any, known: list[inspect.Parameter]) -> Iterator[str]:
    """The arguments as they are declared, with the signs between those of one kind and of another."""
    seen: set[inspect._ParameterKind] = set()
    for parameter in known:
        if parameter.kind is not parameter.POSITIONAL_ONLY and parameter.POSITIONAL_ONLY in seen:
            yield "/"
            seen.discard(parameter.POSITIONAL_ONLY)
        if parameter.kind is parameter.KEYWORD_ONLY and not seen & {parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL}:
            yield "*"
        seen.add(parameter.kind)
        yield _argument(parameter)
    if inspect.Parameter.POSITIONAL_ONLY in seen:
        yield "/"


def _argument(parameter: inspect.Parameter) -> str:
    star = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    kind = "" if parameter.annotation is parameter.empty else f": {_type(parameter.annotation)}"
    default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
    return f"{star}{parameter.name}{kind}{default}"


def _type(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))
