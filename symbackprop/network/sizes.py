"""The sizes of a matrix network, and the shapes of its equations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NoReturn

from sympy import Expr, S, Symbol

from symbackprop.errors import NetworkError
from symbackprop.matrices import Array, Broadcast, Operation, Product, Shape, Transposed, same_shape, shape_of, spoken

MOST_ENTRIES = 10**9
"""Of a matrix whose sizes tell so many in any case: it would need 8 GB."""


def check_entries(equations: Mapping[Symbol, Expr]) -> None:
    """Refuse matrices that no memory holds, such as eye(1000000*n), before anything makes them."""
    for name, expr in equations.items():
        for node in (name, *expr.atoms(Operation)):
            count = S.One
            for size in shape_of(node):
                count *= size.xreplace(dict.fromkeys(size.free_symbols, S.One))
            if count > MOST_ENTRIES:
                raise NetworkError(
                    "size",
                    f"{node!s:.60} is {spoken(shape_of(node))} and has more than {MOST_ENTRIES:,} entries",
                    "use smaller sizes; rowsum(A*B) needs no diagonal matrix, and no identity is needed in a product",
                    where=name.name,
                )


def check_settings(equations: Mapping[Symbol, Expr], known: Iterable[Symbol]) -> None:
    """Refuse an operation whose size, place or exponent is not made of whole numbers and the ``known`` sizes."""
    sizes = frozenset(known)
    for name, expr in equations.items():
        for node in expr.atoms(Operation):
            strange = {symbol for setting in node.settings for symbol in setting.free_symbols - sizes}
            if strange:
                words = ", ".join(sorted(map(str, sizes))) or "none yet"
                raise NetworkError(
                    "size",
                    f"{min(map(str, strange))} in {node!s:.60} is not a size",
                    f"use whole numbers and the sizes of the network's matrices: {words}",
                    where=name.name,
                )


def sizes_of(names: Iterable[Symbol]) -> dict[Symbol, Array]:
    """The symbols in the shapes of the names, each with the first array that has it."""
    found: dict[Symbol, Array] = {}
    for name in names:
        if isinstance(name, Array):
            for size in name.shape:
                for symbol in sorted(size.free_symbols, key=str):
                    found.setdefault(symbol, name)
    return found


def fitted(name: Symbol, expr: Expr, shape: Shape | None = None) -> Expr:
    """The expression with the shape that its name has. Raises NetworkError where that cannot be.

    ``shape`` is what the expression stands for, where it is written in SymPy's matrices: it must be the name's own.
    """
    wanted = shape_of(name)
    try:
        found = shape_of(expr)
    except NetworkError as error:
        raise NetworkError(error.code, error.what, error.fix, where=name.name) from None
    stands_for = found if shape is None else shape
    if same_shape(stands_for, wanted):
        return expr if same_shape(found, wanted) else Broadcast(expr, *wanted)
    if not wanted and same_shape(stands_for, (S.One, S.One)):
        _refuse_one_entry(name, expr, "" if shape is None else "sb.")
    _refuse(name, stands_for, wanted)


def _refuse_one_entry(name: Symbol, expr: Expr, prefix: str) -> NoReturn:
    fix = f"take its one entry: {prefix}total(…)"
    if isinstance(expr, Product) and len(expr.args) == 3 and isinstance(expr.args[0], Transposed):
        turned, form, right = expr.args
        left = turned.args[0]
        given = f"{left}, {form}" if left == right else f"{left}, {form}, {right}"
        fix = f"write {prefix}quadratic({given}), or {prefix}total(…) for its one entry"
    raise NetworkError(
        "shape", f"{name.name} is a scalar and its expression is 1×1, a matrix of one entry", fix, where=name.name
    )


def _refuse(name: Symbol, found: Shape, wanted: Shape) -> NoReturn:
    if not wanted:
        what = f"{name.name} is a scalar and its expression is {spoken(found)}"
        fix = f"make the name with MatrixSymbol({name.name!r}, {', '.join(map(str, found))}), or sum: total(…)"
    elif not found:
        what = f"{name.name} is {spoken(wanted)} and its expression is a scalar"
        fix = f"repeat it: broadcast(…, {', '.join(map(str, wanted))})"
    else:
        what = f"{name.name} is {spoken(wanted)} and its expression is {spoken(found)}"
        fix = "did you mean the transpose?" if same_shape(found, wanted[::-1]) else "let both have one shape"
    raise NetworkError("shape", what, fix, where=name.name)


def check_shapes(equations: Mapping[Symbol, Expr]) -> None:
    """Every equation's expression has the shape of its name."""
    for name, expr in equations.items():
        fitted(name, expr)


def check_scalar(loss: Symbol) -> None:
    """Refuse a loss that is a matrix."""
    if isinstance(loss, Array):
        one = all(size == S.One for size in loss.shape)
        fix = "take its one entry with total(…)" if one else "sum it with total(…), or average it with mean(…)"
        raise NetworkError(
            "loss", f"the loss {loss.name} is a {spoken(loss.shape)} matrix, not a scalar", fix, where=loss.name
        )
