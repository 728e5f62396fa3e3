"""What makes equations a network, each check with the error that says how to mend it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from sympy import Eq, Expr, MatrixBase, MatrixSymbol, Symbol, preorder_traversal
from sympy.core.sympify import SympifyError

from symbackprop.errors import NetworkError, as_given, did_you_mean, ended
from symbackprop.functions.applied import in_sympy
from symbackprop.matrices import Array, array_of, spoken
from symbackprop.matrices.from_sympy import read_with_shape
from symbackprop.naming import NAME
from symbackprop.network.order import upstream
from symbackprop.network.sizes import check_scalar, fitted
from symbackprop.network.sizes_told import check_size, check_sizes
from symbackprop.notation.recursion import depth, has_parts_within

MAX_DEPTH = 150
"""How deep one expression may nest: SymPy walks it by recursion, which Python stops at a thousand calls."""
MAX_PARTS = 100_000
"""How many parts one expression may have when written out: SymPy walks what is shared each time that it occurs."""
Roles = Mapping[str, tuple[Symbol, ...]]


def pairs_of(equations: Any) -> list[tuple[Symbol, Expr]]:
    """The equations as (name, expression), from a mapping or a list of Eq; tuples of names are taken apart."""
    if isinstance(equations, Mapping):
        items: list[tuple[Any, Any]] = list(equations.items())
    else:
        items = [(eq.lhs, eq.rhs) if isinstance(eq, Eq) else _refuse_equation(eq) for eq in equations]
    pairs: list[tuple[Symbol, Expr]] = []
    for left, right in items:
        if isinstance(left, tuple):
            pairs.extend(_taken_apart(left, right))
        else:
            pairs.append((left, right))
    read = [(name, _expression(name, right)) for left, right in pairs for name in [_name(left)]]
    _check_sizes_once(read)
    return [(name, _in_arrays(name, expr)) for name, expr in read]


def _refuse_equation(item: Any) -> tuple[Any, Any]:
    raise NetworkError(
        "equation",
        f"{item!s:.60} is not an equation",
        "give a mapping from names to expressions, or a list of Eq(name, expression)",
    )


def _taken_apart(left: tuple[Any, ...], right: Any) -> list[tuple[Any, Any]]:
    parts = tuple(right) if isinstance(right, (tuple, list)) else (right,)
    names = ", ".join(str(name) for name in left)
    if len(parts) != len(left):
        raise NetworkError(
            "equation",
            f"{len(left)} names ({names}) for {len(parts)} expressions",
            "give as many names as the vector function has components",
            where=names,
        )
    return list(zip(left, parts, strict=True))


def _name(left: Any) -> Symbol:
    left = array_of(left)
    if not isinstance(left, Symbol):
        raise NetworkError(
            "name",
            f"{left!s:.60} stands where a name should",
            "every key of the equations is a SymPy Symbol or MatrixSymbol, and every value an expression",
        )
    return left


def _expression(left: Symbol, right: Any) -> Expr:
    try:
        expr = in_sympy(right)
    except SympifyError:
        raise NetworkError(
            "expression",
            f"{as_given(right)} is not a SymPy expression",
            "write it with symbols; text is read from spec files alone",
            where=left.name,
        ) from None
    if not isinstance(expr, Expr) or isinstance(expr, MatrixBase):
        raise NetworkError(
            "scalar",
            f"{expr!s:.60} is not a scalar expression, nor one of MatrixSymbols",
            "write one equation for each scalar or matrix; a softmax of scalars takes a tuple of names",
            where=left.name,
        )
    if depth(expr) > MAX_DEPTH:
        raise NetworkError(
            "too-deep",
            f"an expression nests more than {MAX_DEPTH} functions",
            "write one equation for each layer",
            where=left.name,
        )
    if not has_parts_within(expr, MAX_PARTS):
        raise NetworkError(
            "too-long",
            f"an expression written out has more than {MAX_PARTS:,} parts",
            "write one equation for each value that is used again",
            where=left.name,
        )
    return expr


def _check_sizes_once(pairs: Sequence[tuple[Symbol, Expr]]) -> None:
    """No two sizes have one name: shapes would be told apart that look alike."""
    known: dict[str, Symbol] = {}
    for left, expr in pairs:
        parts = preorder_traversal(expr) if any(isinstance(s, MatrixSymbol) for s in expr.free_symbols) else ()
        for array in (left, *(part for part in parts if isinstance(part, MatrixSymbol))):
            for size in getattr(array, "shape", ()):
                for symbol in sorted(size.free_symbols, key=str):
                    if known.setdefault(symbol.name, symbol) != symbol:
                        _refuse_two_sizes(symbol, array.name)


def _refuse_two_sizes(size: Symbol, where: str) -> NoReturn:
    raise NetworkError(
        "two-symbols",
        f"two different symbols are called {size.name}: their assumptions differ",
        f"make the size once, as in {size.name} = Symbol({size.name!r}), and use it throughout",
        where=where,
    )


def _in_arrays(left: Symbol, expr: Expr) -> Expr:
    """What is written in SymPy's matrices, as an array expression of the shape that its name has."""
    try:
        found, shape = read_with_shape(expr)
    except NetworkError as error:
        raise NetworkError(error.code, error.what, error.fix, where=left.name) from None
    return found if found == expr else fitted(left, found, shape)


def check_names(pairs: Sequence[tuple[Symbol, Expr]], roles: Roles, sizes: Mapping[Symbol, Array]) -> None:
    """Every name is defined once, in one place, as one symbol, by a name that can be written anywhere."""
    defined: dict[str, str] = {}
    symbols: dict[str, Symbol] = {}
    for role, symbol in [
        *((role, s) for role, group in roles.items() for s in group),
        *(("equations", left) for left, _ in pairs),
    ]:
        _check_symbol(symbol, role)
        if symbol.name in defined:
            twice = "twice in" if defined[symbol.name] == role else f"in {defined[symbol.name]} and in"
            raise NetworkError(
                "duplicate",
                f"{symbol.name} is defined {twice} {role}",
                "give each value a name of its own",
                where=symbol.name,
            )
        defined[symbol.name] = role
        symbols[symbol.name] = symbol
    for size, array in sizes.items():
        _check_symbol(size, "sizes")
        if size.name in defined:
            raise NetworkError(
                "duplicate",
                f"{size.name} is a size of {array.name} and in {defined[size.name]}",
                "give sizes names of their own",
                where=size.name,
            )
        if symbols.setdefault(size.name, size) != size:
            _refuse_two_sizes(size, array.name)
    for left, expr in pairs:
        for symbol in sorted(expr.free_symbols, key=str):
            same_name = symbols.get(symbol.name)
            if same_name is not None and same_name != symbol:
                _refuse_two(same_name, symbol, left.name)
    check_sizes(symbol for group in roles.values() for symbol in group)


def _refuse_two(known: Symbol, other: Symbol, where: str) -> NoReturn:
    """Refuse two symbols of one name, and say in what they differ."""
    name, fix = known.name, "give each a name of its own"
    if isinstance(known, Array) and isinstance(other, Array):
        first, second = spoken(known.shape), spoken(other.shape)
        if first == second:
            fix = "make each size once with Symbol, and use it throughout"
            what = f"the sizes of {name} ({first}) are different symbols of the same names: their assumptions differ"
        else:
            what = f"{name} has two shapes, {first} and {second}"
    elif isinstance(known, Array) or isinstance(other, Array):
        matrix = known if isinstance(known, Array) else other
        what = f"{name} is both a matrix ({spoken(matrix.shape)}) and a scalar"
    else:
        what = f"two different symbols are called {name}: their assumptions differ"
        fix = f"make the symbol once, as in {name} = Symbol({name!r}), and use it throughout"
    raise NetworkError("two-symbols", what, fix, where=where)


def _check_symbol(symbol: Any, role: str) -> None:
    if not isinstance(symbol, Symbol):
        raise NetworkError(
            "name", f"{symbol!s:.60} in {role} is not a SymPy Symbol", "make it with Symbol('…') or symbols('…')"
        )
    name = symbol.name
    if not NAME.fullmatch(name) or unicodedata.normalize("NFKC", name) != name:
        raise NetworkError(
            "name",
            f"{as_given(name)} cannot be written in code, LaTeX and spec files alike",
            "use a letter (Greek ones too) followed by letters, digits and underscores",
            where=f"{role}",
        )
    if not symbol.is_commutative or symbol.is_extended_real is False:
        raise NetworkError(
            "assumptions", f"{name} is not declared as a real number", f"make it with Symbol({name!r})", where=name
        )
    if isinstance(symbol, Array):
        for size in symbol.shape:
            check_size(size, symbol)
    if role == "parameters":
        _check_parameter_assumptions(symbol)


def _check_parameter_assumptions(symbol: Symbol) -> None:
    # SymPy has replaced |w| by w already where w was declared positive: wrong once training makes w negative.
    told = [
        word
        for word, known in (
            ("positive", symbol.is_positive), ("negative", symbol.is_negative), ("nonnegative", symbol.is_nonnegative),
            ("nonpositive", symbol.is_nonpositive), ("nonzero", symbol.is_nonzero), ("integer", symbol.is_integer),
        )
        if known
    ]  # fmt: skip
    if told:
        raise NetworkError(
            "assumptions",
            f"parameter {symbol.name} is declared {told[0]}, which training does not keep",
            f"make it with Symbol({symbol.name!r}) or with real=True alone",
            where=symbol.name,
        )


def check_loss(loss: Any, names: Iterable[Symbol]) -> None:
    """The loss is one of the names that an equation defines."""
    known = list(names)
    if isinstance(loss, Symbol) and loss in known:
        check_scalar(loss)
        return
    if loss is None:
        what = "no loss is given"
    elif isinstance(loss, Symbol):
        what = f"the loss {loss.name} has no equation"
    else:
        what = f"the loss {loss!s:.60} is not a single name"
    raise NetworkError(
        "loss", what, f"give the name of one scalar equation: {', '.join(s.name for s in known[-6:]) or 'none yet'}"
    )


def check_bound(pairs: Sequence[tuple[Symbol, Expr]], leaves: frozenset[Symbol]) -> None:
    """Every name that an expression uses is defined somewhere."""
    bound = leaves | {left for left, _ in pairs}
    known = {symbol.name for symbol in bound}
    for left, expr in pairs:
        for symbol in sorted(expr.free_symbols - bound, key=str):
            raise NetworkError(
                "unbound",
                f"{symbol.name} is used but never defined",
                f"{ended(did_you_mean(symbol.name, known))} Else list it with inputs or parameters, or define it",
                where=left.name,
            )


def check_reach(
    equations: Mapping[Symbol, Expr], parameters: Sequence[Symbol], loss: Symbol, outputs: Iterable[Symbol] = ()
) -> None:
    """Every parameter has a route to the loss, or to an output of a layer."""
    reaching = upstream(equations, [loss])
    ends = ", ".join(output.name for output in outputs)
    end, way = (f"any output ({ends})", "an output") if ends else (f"the loss {loss.name}", "the loss")
    for parameter in parameters:
        if parameter not in reaching:
            raise NetworkError(
                "unreached",
                f"parameter {parameter.name} does not reach {end}",
                f"use it in an equation on the way to {way}, or list it with the inputs",
                where=parameter.name,
            )


def lookup(name: Any, known: Mapping[str, Symbol]) -> Symbol:
    """The symbol of that name among the known ones."""
    word = str(name)
    if word not in known:
        raise NetworkError("unknown-name", f"the network has no {word}", did_you_mean(word, known))
    return known[word]
