"""Is a gradient that somebody derived by hand right?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
from sympy import Expr, Symbol, SympifyError, sympify

from symbackprop.calculus import Derivation, Path, require_derivation, words
from symbackprop.errors import DerivationError, did_you_mean
from symbackprop.functions.recognise import recognise
from symbackprop.matrices import Array, Operation, Shape, read, same_shape, shape_of, spoken
from symbackprop.notation import text
from symbackprop.numeric.evaluate import evaluate, forward, with_signals
from symbackprop.numeric.sizes import sizes_of_values
from symbackprop.reading import read_formula, read_line
from symbackprop.verification.check import ROUNDING, relative_error, relative_errors
from symbackprop.verification.matrix_hints import Compared, hint_of
from symbackprop.verification.matrix_points import matrix_points
from symbackprop.verification.numbers import number_given, values_of
from symbackprop.verification.points import random_points
from symbackprop.verification.rounding import matrix_sizes, size_of, sizes

POINTS = 5
TOLERANCE = 1e-9
ROUTES_TRIED = 12


@dataclass(frozen=True)
class Verification:
    """Whether a formula is the gradient; where it is not, a point at which they differ and both values there.

    Of a matrix it is the entry where they differ most, which ``entry`` tells, counted from 1.
    """

    ok: bool
    gradient: str
    formula: str
    point: Mapping[str, Any] | None = None
    expected: float | None = None
    found: float | None = None
    hint: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What the formula's other names, such as a_h1 or delta_o1, come to at the point."""
    sizes: Mapping[str, int] = field(default_factory=dict)
    """What the symbols of sizes stand for at the point."""
    entry: tuple[int, int] | None = None

    @property
    def numbers(self) -> dict[str, float]:
        """The sizes and the scalars of the point: what can be told in a line."""
        return {**self.sizes, **{name: x for name, x in (self.point or {}).items() if not np.ndim(x)}}

    def __str__(self) -> str:
        if self.ok:
            return f"right: {self.gradient} = {self.formula}"
        shown = {**self.numbers, **{name: x for name, x in self.values.items() if not np.ndim(x)}}
        where = ", ".join(f"{name} = {value:.6g}" for name, value in shown.items())
        hint = f"\n{self.hint}" if self.hint else ""
        return (
            f"wrong: {self.gradient} is not {self.formula}\n"
            + (f"at {where}\n" if where else "")
            + (f"in entry {self.entry} " if self.entry else "")
            + f"the gradient is {self.expected:.12g} and the formula gives {self.found:.12g}{hint}"
        )


def verify(
    derivation: Derivation,
    name: Symbol | str,
    formula: Any,
    seed: int = 0,
    values: Mapping[Any, Any] | None = None,
) -> Verification:
    """Tell whether ``formula`` is the gradient of the loss by ``name``.

    The formula is an expression, or text, in forward names, error signals (delta_o1 …), weights, inputs and targets.
    Text may be written in any notation that the program prints, or as in NumPy: ``"X.T @ Delta_Z1"``, ``"Xᵀ Δ_Z₁"``;
    none of it is run. A matrix can be given in SymPy's matrices too. A wrong formula is compared with common slips: a
    factor, a sign, a route left out, a transpose. With ``values`` for inputs, targets and parameters (those that are
    left out are the network's own) the formula is compared there alone, and may be a number, or an array of numbers,
    which is right within the digits that it is written with. Raises DerivationError for an unknown name and for another
    shape, SpecError for text that is not a formula, DataError for values that do not fit.
    """
    require_derivation(derivation, "verify")
    w = derivation.symbol(name)
    gradient = f"d{derivation.network.loss}/d{w}"
    if isinstance(formula, str):
        formula = _right_side(derivation, w, formula)
    if values is not None:
        return at_values(derivation, w, formula, values)
    return JUDGES[derivation.network.dialect](derivation, w, gradient, formula, seed)


def _judge_number(derivation: Derivation, w: Symbol, gradient: str, formula: Any, seed: int) -> Verification:
    expr = _read(derivation, w, formula)
    comparisons = []
    floors = []
    for point in random_points(derivation, POINTS, seed):
        values = with_signals(derivation, forward(derivation.network, point))
        expected = float(evaluate(derivation.shared[w], values))
        comparisons.append((point, values, expected, float(evaluate(expr, values))))
        floors.append(ROUNDING * sizes(derivation, values)[w.name])
    said = str(formula)
    for (point, values, expected, found), floor in zip(comparisons, floors, strict=True):
        if relative_error(found, expected, floor) > TOLERANCE:
            hint = _factor_hint([(e, f) for *_, e, f in comparisons]) or _route_hint(
                derivation, w, [(values, f) for _, values, _, f in comparisons]
            )
            used = {s.name: float(values[s.name]) for s in sorted(expr.free_symbols, key=str) if s.name not in point}
            return Verification(False, gradient, said, point, expected, found, hint, used)
    return Verification(True, gradient, said)


def _judge_matrix(derivation: Derivation, w: Symbol, gradient: str, formula: Any, seed: int) -> Verification:
    expr = _read_matrix(derivation, w, gradient, formula)
    # SymPy prints A*B for the matrix product, and here that is the product entry by entry.
    said = formula if isinstance(formula, str) else text(expr, order=derivation.order, unicode=False)
    compared = [_compared(derivation, w, expr, point) for point in matrix_points(derivation, POINTS, seed)]
    for one in compared:
        errors = relative_errors(one.found, one.expected, one.floor)
        if np.max(errors) > TOLERANCE:
            worst = np.unravel_index(np.argmax(errors), np.shape(errors))
            strangers = sorted(s.name for s in expr.free_symbols if s.name not in {**one.point, **one.sizes})
            return Verification(
                False, gradient, said, one.point, float(one.expected[worst]), float(one.found[worst]),
                hint_of(compared), {name: one.values[name] for name in strangers}, one.sizes,
                (int(worst[0]) + 1, int(worst[1]) + 1) if worst else None,
            )  # fmt: skip
    return Verification(True, gradient, said)


def _compared(derivation: Derivation, w: Symbol, expr: Expr, point: Mapping[str, Any]) -> Compared:
    values = with_signals(derivation, forward(derivation.network, point))
    expected = np.asarray(evaluate(derivation.shared[w], values))
    terms = matrix_sizes(derivation, values)[w.name]
    try:
        found, own = np.asarray(evaluate(expr, values)), size_of(expr, derivation, values)
    except np.linalg.LinAlgError:  # the formula asks for what is not there, such as the inverse of a singular matrix
        found, own = np.full_like(expected, np.nan), terms
    sizes_here = sizes_of_values(derivation.network, point)
    return Compared(point, values, sizes_here, expected, found, ROUNDING * np.maximum(terms, own))


def at_values(derivation: Derivation, w: Symbol, formula: Any, values: Mapping[Any, Any]) -> Verification:
    """Tell whether a formula or a number is the gradient by ``w`` at given values."""
    gradient = f"d{derivation.network.loss}/d{w}"
    point = values_of(derivation.network, values)
    known = with_signals(derivation, forward(derivation.network, point))
    expected = np.asarray(evaluate(derivation.shared[w], known), dtype=float)
    given = number_given(formula)
    if given is None:
        scalar = derivation.network.dialect == "scalar"
        expr = _read(derivation, w, formula) if scalar else _read_matrix(derivation, w, gradient, formula)
        found = np.asarray(evaluate(expr, known), dtype=float)
        slack = np.maximum(TOLERANCE * np.abs(expected), ROUNDING * TOLERANCE)
    else:
        found, slack = given
    if np.shape(found) != np.shape(expected):
        what = f"{gradient} has the shape {np.shape(expected)} at these values, and what is given {np.shape(found)}"
        raise DerivationError("shape", what, "give one number for each of its entries")
    said = f"{formula} at these values"
    errors = np.abs(found - expected) - slack
    if np.all(errors <= 0):
        return Verification(True, gradient, said, point)
    worst = np.unravel_index(np.argmax(np.where(np.isnan(errors), np.inf, errors)), np.shape(errors))
    hint = "the sign is wrong" if np.all(np.abs(found + expected) <= slack) else ""
    entry = (int(worst[0]) + 1, int(worst[1]) + 1) if worst else None
    sizes_here = sizes_of_values(derivation.network, point) if derivation.network.sizes else {}
    return Verification(
        False, gradient, said, point, float(expected[worst]), float(found[worst]), hint, {}, sizes_here, entry
    )


JUDGES: Mapping[str, Callable[[Derivation, Symbol, str, Any, int], Verification]] = {
    "scalar": _judge_number,
    "matrix": _judge_matrix,
}
"""By the name of the dialect."""


def _right_side(derivation: Derivation, w: Symbol, text: str) -> str:
    """The formula in a text that may be a whole line. Raises DerivationError where the line is about another name."""
    line = read_line(text, derivation) if "=" in text else None
    if line is None or line.name is None:
        return text
    if line.name not in (w, derivation.signals.get(w)):
        what = f"the line is about {line.name}, and the gradient by {w} is asked for"
        raise DerivationError("line", what, "leave out what stands before the equals sign, or ask for the other")
    return line.text


def _read(derivation: Derivation, w: Symbol, formula: Expr | str) -> Expr:
    known = _names(derivation)
    expr = read_formula(formula, derivation, w) if isinstance(formula, str) else sympify(formula, strict=True)
    _check_names(expr, known)
    return recognise(expr)


def _read_matrix(derivation: Derivation, w: Symbol, gradient: str, formula: Any) -> Expr:
    """A formula in SymPy's matrices, in arrays or in text, once its names and its shape are those of the network."""
    known = _names(derivation)
    try:
        expr = recognise(_array_expression(derivation, w, formula))
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


def _factor_hint(pairs: list[tuple[float, float]]) -> str:
    """The formula is a constant times the gradient at every point."""
    if any(expected == 0 for expected, _ in pairs):
        return ""
    ratios = [found / expected for expected, found in pairs]
    first = ratios[0]
    if first == 0 or any(relative_error(ratio, first) > 1e-8 for ratio in ratios):
        return ""
    if relative_error(first, -1.0) < 1e-8:
        return "the sign is wrong: the formula is minus the gradient at every point"
    return f"the formula is {first:.6g} times the gradient at every point"


def _route_hint(derivation: Derivation, w: Symbol, pairs: list[tuple[dict[str, float], float]]) -> str:
    """The formula leaves out one route or more from the weight to the loss."""
    if not 1 < derivation.path_count(w) <= ROUTES_TRIED:
        return ""
    paths = list(derivation.paths(w))
    contributions = [[float(evaluate(path.product, values)) for path in paths] for values, _ in pairs]
    for missing in range(1, len(paths)):
        for left_out in combinations(range(len(paths)), missing):
            sums = [sum(c for k, c in enumerate(line) if k not in left_out) for line in contributions]
            if all(relative_error(total, found) < 1e-8 for total, (_, found) in zip(sums, pairs, strict=True)):
                return "the formula leaves out " + " and ".join(_route(paths[k]) for k in left_out)
    return ""


def _route(path: Path) -> str:
    return "the route " + words(tuple(str(name) if k == 0 else f" → {name}" for k, name in enumerate(path.names)))
