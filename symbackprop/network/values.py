"""Values by name, checked before anything uses them."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from sympy import Symbol

from symbackprop.errors import DataError, as_given, did_you_mean
from symbackprop.matrices import shape_of
from symbackprop.network.kinds import MATRICES, SCALARS, Question, kind_of
from symbackprop.network.rows import Rows, rows_of, shape_of_data
from symbackprop.network.shapes_of_data import bind

Roles = Mapping[str, tuple[Symbol, ...]]
Value = float | tuple[float, ...] | Rows
"""A number, one number an example, or the rows of a matrix."""


def check_known(names: Iterable[str], known: Collection[str], where: str = "") -> None:
    """Values are for names that there are. Raises DataError."""
    for name in names:
        if name not in known:
            raise DataError("unknown-name", f"there is a value for {name}", did_you_mean(name, known), where=where)


def checked_values(values: Mapping[Any, Any], roles: Roles) -> dict[str, Value]:
    """Values as floats and tuples: with one entry an example, all of one length; of rows, where names have shapes."""
    return kind_of(symbol for group in roles.values() for symbol in group)[CHECKED](values, roles)


def _of_arrays(values: Mapping[Any, Any], roles: Roles) -> dict[str, Value]:
    known = {s.name: s for group in roles.values() for s in group}
    named = {str(key): value for key, value in values.items()}
    check_known(named, known, where="values")
    given = {name: shape_of_data(name, named[name]) for name in known if name in named}
    bind({name: shape_of(symbol) for name, symbol in known.items()}, given)
    return {name: rows_of(name, named[name], given[name]) for name in named}


def _of_examples(values: Mapping[Any, Any], roles: Roles) -> dict[str, Value]:
    known = {s.name: role for role, group in roles.items() for s in group}
    result: dict[str, Value] = {}
    length: tuple[str, int] | None = None
    for key, value in values.items():
        name = str(key)
        check_known([name], known, where="values")
        result[name] = numbers = _numbers(name, value)
        if isinstance(numbers, tuple):
            if known[name] == "parameters":
                raise DataError(
                    "shape", f"parameter {name} has {len(numbers)} values", "a parameter has one value", where="values"
                )
            if length is not None and len(numbers) != length[1]:
                raise DataError(
                    "ragged",
                    f"{name} has {len(numbers)} examples and {length[0]} has {length[1]}",
                    "give every column one entry an example",
                    where="values",
                )
            length = (name, len(numbers))
    return result


def _numbers(name: str, value: Any) -> float | tuple[float, ...]:
    try:
        if isinstance(value, (list, tuple)) or getattr(value, "shape", ()) != ():
            numbers: float | tuple[float, ...] = tuple(float(v) for v in value)
        else:
            numbers = float(value)
    except (TypeError, ValueError):
        raise DataError(
            "number", f"{name} = {as_given(value)} is not a number", "give a number", where="values"
        ) from None
    flat = numbers if isinstance(numbers, tuple) else (numbers,)
    if not flat or not all(math.isfinite(v) for v in flat):
        raise DataError(
            "number", f"{name} = {as_given(value)} is empty or not finite", "give finite numbers", where="values"
        )
    return numbers


CHECKED: Question[Callable[[Mapping[Any, Any], Roles], dict[str, Value]]] = Question(
    __name__, "how values are checked", {SCALARS: _of_examples, MATRICES: _of_arrays}
)
