"""A formula that somebody gives for a gradient: read, with the names and the shape that it must have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sympy import Expr, Symbol, SympifyError, sympify

from symbackprop.calculus import Derivation
from symbackprop.errors import DerivationError, did_you_mean
from symbackprop.functions.recognise import recognise
from symbackprop.matrices import Array, Operation, Shape, as_whole, read, rebuilt, same_shape, shape_of, spoken
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.notation import text
from symbackprop.reading import read_formula, read_line


def right_side(derivation: Derivation, w: Symbol, text: str) -> str:
    """The formula in a text that may be a whole line. Raises DerivationError where the line is about another name."""
    line = read_line(text, derivation) if "=" in text else None
    if line is None or line.name is None:
        return text
    if line.name not in (w, derivation.signals.get(w)):
        what = f"the line is about {line.name}, and the gradient by {w} is asked for"
        raise DerivationError("line", what, "leave out what stands before the equals sign, or ask for the other")
    return line.text


def formula_of(derivation: Derivation, w: Symbol, formula: Any, about: str = "") -> tuple[Expr, str]:
    """A formula for the gradient by ``w`` as an expression, and how to repeat it.

    ``about`` is what messages call another thing of the shape of ``w`` that the formula is for.

    Raises DerivationError where its names or its shape are not those of the network, SpecError for text that is not a
    formula.
    """
    return derivation.network.kind[READ](derivation, w, formula, about or f"d{derivation.network.loss}/d{w}")


def _of_scalars(derivation: Derivation, w: Symbol, formula: Any, about: str) -> tuple[Expr, str]:
    return _read(derivation, w, formula), str(formula)


def _of_matrices(derivation: Derivation, w: Symbol, formula: Any, about: str) -> tuple[Expr, str]:
    expr = _read_matrix(derivation, w, about, formula)
    # SymPy prints A*B for the matrix product, and here that is the product entry by entry.
    return expr, formula if isinstance(formula, str) else text(expr, order=derivation.order, unicode=False)


def _read(derivation: Derivation, w: Symbol, formula: Expr | str) -> Expr:
    expr = read_formula(formula, derivation, w) if isinstance(formula, str) else sympify(formula, strict=True)
    _check_names(expr, _names(derivation))
    return recognise(expr)


def _read_matrix(derivation: Derivation, w: Symbol, gradient: str, formula: Any) -> Expr:
    """A formula in SymPy's matrices, in arrays or in text, once its names and its shape are those of the network."""
    known = _names(derivation)
    try:
        expr = recognise(_array_expression(derivation, w, formula), rebuilt)
    except SympifyError:
        raise DerivationError(
            "formula",
            f"a {type(formula).__name__} is no formula",
            "give text, or an expression of MatrixSymbols and symbols",
        ) from None
    _check_names(expr, {**known, **{size.name: size for size in derivation.network.sizes}})
    for symbol in sorted(expr.free_symbols, key=str):
        stated = shape_of(known[symbol.name]) if symbol.name in known else ()
        if not same_shape(shape_of(symbol), stated):
            what = f"{symbol.name} is {spoken(shape_of(symbol))} in the formula and {spoken(stated)} in the network"
            raise DerivationError("shape", what, "give it the shape that it has in the network")
    found, wanted = shape_of(expr), shape_of(w)
    if expr == 0:
        return as_whole(expr, wanted)  # a matrix of zeros is written so
    if not same_shape(found, wanted):
        what = f"the formula is {spoken(found)} and {gradient} is {spoken(wanted)}"
        raise DerivationError("shape", what, _how_to_fit(found, wanted))
    return expr


def _array_expression(derivation: Derivation, w: Symbol, formula: Any) -> Expr:
    if isinstance(formula, str):
        return read_formula(formula, derivation, w)
    given = sympify(formula, strict=True)
    return given if given.has(Array, Operation) else read(given)


def _how_to_fit(found: Shape, wanted: Shape) -> str:
    if same_shape(found, wanted[::-1]):
        return "did you mean the transpose?"
    if not wanted:
        return "sum it with total(…)"
    if not found:
        return f"repeat it: broadcast(…, {', '.join(map(str, wanted))})"
    return "the gradient by a matrix has the shape of the matrix"


def _names(derivation: Derivation) -> dict[str, Symbol]:
    return {s.name: s for s in (*derivation.network.names, *derivation.backward)}


def _check_names(expr: Expr, known: Mapping[str, Symbol]) -> None:
    for symbol in sorted(expr.free_symbols, key=str):
        if symbol.name not in known:
            raise DerivationError(
                "unknown-name",
                f"{symbol.name} in the formula is no name of the network",
                did_you_mean(symbol.name, known),
            )


READ: Question[Callable[[Derivation, Symbol, Any, str], tuple[Expr, str]]] = Question(
    __name__, "how a formula for a gradient is read", {SCALARS: _of_scalars, MATRICES: _of_matrices}
)
