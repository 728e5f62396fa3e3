"""Is a gradient that somebody derived by hand right?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sympy import Expr, Symbol, SympifyError, sympify

from symbackprop.calculus import Derivation, require_derivation
from symbackprop.errors import DerivationError, did_you_mean
from symbackprop.functions.recognise import recognise
from symbackprop.judge import Gradients, Verdict, judge
from symbackprop.matrices import Array, Operation, Shape, as_whole, read, rebuilt, same_shape, shape_of, spoken
from symbackprop.network.formulas import parse_expression
from symbackprop.notation import text


@dataclass(frozen=True)
class Verification:
    """Whether a formula is the gradient: proved, wrong, or undecided.

    Where it is wrong there is a point at which they differ, with both values there, and a hint at the slip where one is
    known. Of a matrix it is the entry where they differ most, which ``entry`` tells, counted from 1.
    """

    verdict: Verdict
    gradient: str
    formula: str
    hint: str = ""

    @property
    def ok(self) -> bool:
        """Whether the formula is proved to be the gradient."""
        return self.verdict.proved

    @property
    def point(self) -> Mapping[str, Any] | None:
        """The values of inputs, targets and parameters at which the formula is wrong."""
        return None if self.verdict.witness is None else self.verdict.witness.point

    @property
    def expected(self) -> float | None:
        """The gradient at the point."""
        return None if self.verdict.witness is None else self.verdict.witness.expected

    @property
    def found(self) -> float | None:
        """What the formula gives at the point."""
        return None if self.verdict.witness is None else self.verdict.witness.found

    @property
    def values(self) -> Mapping[str, Any]:
        """What the formula's other names, such as a_h1 or delta_o1, come to at the point."""
        return {} if self.verdict.witness is None else (self.verdict.witness.names or {})

    @property
    def sizes(self) -> Mapping[str, int]:
        """What the symbols of sizes stand for at the point."""
        return {} if self.verdict.witness is None else self.verdict.witness.sizes

    @property
    def entry(self) -> tuple[int, int] | None:
        """The entry of a matrix that is shown."""
        return None if self.verdict.witness is None else self.verdict.witness.entry

    @property
    def numbers(self) -> dict[str, float]:
        """The sizes and the scalars of the point: what can be told in a line."""
        return {**self.sizes, **{name: x for name, x in (self.point or {}).items() if not np.ndim(x)}}

    @property
    def digits(self) -> tuple[str, str]:
        """The gradient and what the formula gives, with as many digits as tell them apart."""
        return ("", "") if self.verdict.witness is None else self.verdict.witness.digits

    def __str__(self) -> str:
        ruling = self.verdict.ruling
        if self.verdict.proved:
            return f"{ruling}: {self.gradient} = {self.formula}\n{self.verdict.method}"
        if not self.verdict.wrong:
            return f"{ruling}: whether {self.gradient} is {self.formula}\n{self.verdict.reason}"
        shown = {**self.numbers, **{name: x for name, x in self.values.items() if not np.ndim(x)}}
        where = ", ".join(f"{name} = {value:.6g}" for name, value in shown.items())
        hint = f"\n{self.hint}" if self.hint else ""
        return (
            f"{ruling}: {self.gradient} is not {self.formula}\n"
            + (f"at {where}\n" if where else "")
            + (f"in entry {self.entry} " if self.entry else "")
            + f"the gradient is {self.digits[0]} and the formula gives {self.digits[1]}{hint}"
        )


def verify(derivation: Derivation, name: Symbol | str, formula: Any, seed: int = 0) -> Verification:
    """Tell whether ``formula`` is the gradient of the loss by ``name``.

    The formula is an expression, or text, in forward names, error signals (delta_o1 …), weights, inputs and targets.
    Text is parsed by a safe reader. For a matrix it is ``"X.T @ Delta_Z1"``, or the same in SymPy's matrices.

    It is *proved* by an exact identity; *wrong* where a point shows it, at which rigorous bounds of both values have
    nothing in common; else *undecided*, with the reason. The same formula gets the same verdict in every run; ``seed``
    chooses other points to try. Raises DerivationError for an unknown name and for another shape, SpecError for text
    that is not a formula.
    """
    require_derivation(derivation, "verify")
    w = derivation.symbol(name)
    gradient = f"d{derivation.network.loss}/d{w}"
    if derivation.network.dialect == "matrix":
        expr = _read_matrix(derivation, w, gradient, formula)
        # SymPy prints A*B for the matrix product, and here that is the product entry by entry.
        said = formula if isinstance(formula, str) else text(expr, order=derivation.order, unicode=False)
    else:
        expr = _read(derivation, formula)
        said = str(formula)
    claim = Gradients(derivation.network, {w: expr}, signals=derivation.backward, facts=derivation.facts)
    return Verification(judge(claim, seed), gradient, said)


def _read(derivation: Derivation, formula: Expr | str) -> Expr:
    known = _names(derivation)
    expr = parse_expression(formula, known) if isinstance(formula, str) else sympify(formula, strict=True)
    _check_names(expr, known)
    return recognise(expr)


def _read_matrix(derivation: Derivation, w: Symbol, gradient: str, formula: Any) -> Expr:
    """A formula in SymPy's matrices, in arrays or in text, once its names and its shape are those of the network."""
    known = _names(derivation)
    try:
        expr = recognise(_array_expression(formula, known), rebuilt)
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


def _array_expression(formula: Any, known: Mapping[str, Symbol]) -> Expr:
    if isinstance(formula, str):
        return parse_expression(formula, known)
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
