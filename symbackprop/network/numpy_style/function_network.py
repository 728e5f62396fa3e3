"""Networks from plain functions: which argument is what, and what the function returns."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Symbol

from symbackprop.errors import NetworkError, did_you_mean
from symbackprop.network.numpy_style.declared import leaf, shape_in
from symbackprop.network.numpy_style.expression import ArrayExpression
from symbackprop.network.numpy_style.tracing import Equations, traced
from symbackprop.network.order import upstream

Outputs = Iterable[Any] | Mapping[Any, Any] | str | None
"""The names of what a layer gives, perhaps each with that of its adjoint; None where a function returns a loss."""

ROLES = ("inputs", "targets", "parameters")
_ROLE_WORDS = {word: role for role in ROLES for word in (role, role.removesuffix("s"))}
_USUAL = {
    "inputs": re.compile(r"[xX]\d*|[xX]_.*|inputs?|data|features", re.IGNORECASE),
    "targets": re.compile(r"[yYtT]\d*|[yYtT]_.*|targets?|labels?", re.IGNORECASE),
}
"""What names of arguments are usually for, where nothing is said; all others are parameters."""


@dataclass(frozen=True)
class Parts:
    """What a network is made of."""

    equations: Mapping[Symbol, Expr]
    roles: Mapping[str, tuple[Symbol, ...]]
    loss: Symbol | None
    outputs: Mapping[Any, Any] | None
    name: str


def parts_of(
    function: Callable[..., Any],
    shapes: Mapping[str, str],
    roles: Mapping[str, Iterable[Any] | str | None],
    outputs: Outputs = None,
) -> Parts:
    """Run a function once on arrays of these shapes, and read what a network is made of.

    ``roles`` say which arguments are inputs, targets and parameters, as far as they are not None; ``outputs`` what a
    layer returns, in order, by names of its own, perhaps with those of the adjoints.
    """
    word = str(getattr(function, "__name__", type(function).__name__))
    arguments = _arguments(function, shapes, word)
    leaves = {name: leaf(name, shape_in(text, f"{word}({name})")) for name, (text, _) in arguments.items()}
    told = {name: role for name, (_, role) in arguments.items() if role}
    chosen = _roles(list(leaves), told, roles, word)
    equations = Equations(leaves)
    returned = traced(function, leaves, equations)
    named = _loss(returned, equations, word) if outputs is None else _outputs(returned, outputs, equations, word)
    found = equations.settled(named)
    ends = {name: value.expr for name, value in named.items()}
    needed = upstream(found, ends.values())
    adjoints = outputs if isinstance(outputs, Mapping) else None
    return Parts(
        {name: expr for name, expr in found.items() if name in needed},
        {role: tuple(leaves[name].expr for name in names) for role, names in chosen.items()},
        next(iter(ends.values())) if outputs is None else None,
        None if outputs is None else {end: adjoints and adjoints[name] for name, end in ends.items()},
        word,
    )


def _arguments(function: Callable[..., Any], shapes: Mapping[str, str], word: str) -> dict[str, tuple[str, str]]:
    """The arguments that are arrays, each with its shape and its role as far as they are written."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        what = f"{function!r:.60} is no function"
        raise NetworkError("function", what, "give a function of arrays") from None
    found: dict[str, tuple[str, str]] = {}
    for name, parameter in signature.parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            what = f"{word} takes {parameter}, which cannot be given by name"
            raise NetworkError("function", what, "give it plain arguments, one for each array", where=word)
        written = shapes.get(name, parameter.annotation)
        if isinstance(written, str) and (name in shapes or parameter.default is parameter.empty):
            found[name] = _shape_and_role(written.strip().strip("\"'"))
        elif parameter.default is parameter.empty:
            what = f"nothing is said of the shape of its argument {name}"
            raise NetworkError("shape", what, f'write {name}="rows × columns" or {name}="scalar"', where=word)
    for name in shapes:
        if name not in signature.parameters:
            fix = did_you_mean(name, signature.parameters)
            raise NetworkError("unknown-name", f"{name} has a shape and is no argument", fix, where=word)
    return found


def _shape_and_role(written: str) -> tuple[str, str]:
    """``m × n, target`` is a shape and a role."""
    head, _, last = written.rpartition(" ")
    role = _ROLE_WORDS.get(last, "")
    return (head.rstrip(" ,"), role) if role else (written, "")


def _roles(
    names: list[str], told: Mapping[str, str], given: Mapping[str, Iterable[Any] | str | None], word: str
) -> dict[str, list[str]]:
    """The names of each role: as they are told, else by their usual names."""
    known = dict(told)
    for role, group in given.items():
        several = re.split(r"[\s,]+", group.strip()) if isinstance(group, str) else map(str, group or ())
        for name in several:
            if name not in names:
                raise NetworkError(
                    "unknown-name", f"{name} in {role} is no argument", did_you_mean(name, names), where=word
                )
            known[name] = role
    stated = {role for role, group in given.items() if group is not None}
    for name in names:
        if name not in known:
            usual = next((role for role, pattern in _USUAL.items() if pattern.fullmatch(name)), "parameters")
            free = (role for role in (usual, "inputs", "parameters", "targets") if role not in stated)
            known[name] = next(free, usual)
    return {role: [name for name in names if known[name] == role] for role in ROLES}


def _loss(returned: Any, equations: Equations, word: str) -> dict[str, ArrayExpression]:
    """What is returned, by its name. Raises NetworkError where it is no scalar."""
    fix = 'return one number, such as E.sum() or E.mean(), or name what a layer gives: outputs="Y"'
    if not isinstance(returned, ArrayExpression):
        said = "nothing" if returned is None else f"a {type(returned).__name__}"
        raise NetworkError("loss", f"{word} returns {said}, not the loss", fix, where=word)
    if returned.ndim:
        shape = "×".join(map(str, returned.sizes)) if returned.ndim == 2 else f"({returned.sizes[0]},)"
        what = f"{word} returns an array of shape {shape}, and a loss is one number"
        raise NetworkError("loss", what, fix, where=word)
    _require_equation(returned, "loss", equations, word)
    return {equations.plain(returned): returned}


def _outputs(returned: Any, outputs: Outputs, equations: Equations, word: str) -> dict[str, ArrayExpression]:
    """What a layer returns, by the names that are given. Raises NetworkError where these are more or fewer."""
    names = re.split(r"[\s,]+", outputs.strip()) if isinstance(outputs, str) else list(map(str, outputs or ()))
    values = list(returned) if isinstance(returned, (tuple, list)) else [returned]
    if len(names) != len(values) or not all(isinstance(value, ArrayExpression) for value in values):
        single = "1 array" if isinstance(values[0], ArrayExpression) else f"a {type(values[0]).__name__}"
        given = single if len(values) == 1 else f"{len(values)} values"
        what = f"{word} returns {given}, and outputs names {', '.join(names) or 'nothing'}"
        raise NetworkError("outputs", what, "name each array that the function returns, in order", where=word)
    for name, value in zip(names, values, strict=True):
        _require_equation(value, name, equations, word)
    return dict(zip(names, values, strict=True))


def _require_equation(value: ArrayExpression, name: str, equations: Equations, word: str) -> None:
    """Give a value a name if it has none. Raises NetworkError where it is an argument, or made of numbers alone."""
    if value.expr not in equations.found:
        equations.name(value, name)
    if value.expr not in equations.found:
        fix = "return what is computed of the arguments"
        raise NetworkError("loss", f"{word} returns {value.expr}, which no equation works out", fix, where=word)
