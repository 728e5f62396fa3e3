"""Is a gradient that somebody derived by hand right?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sympy import Symbol

from symbackprop.calculus import Derivation, require_derivation
from symbackprop.judge import Gradients, Verdict, judge
from symbackprop.verification.at_values import at_values
from symbackprop.verification.formulas import formula_of, right_side
from symbackprop.verification.repair import hint


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
        """The values of inputs, targets and parameters at which the formula is wrong; matrices are arrays."""
        return None if self.verdict.witness is None else _arrays(self.verdict.witness.point)

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
        return {} if self.verdict.witness is None else _arrays(self.verdict.witness.names or {})

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
        gives = "is not defined" if np.isnan(self.found or 0.0) else f"gives {self.digits[1]}"
        return (
            f"{ruling}: {self.gradient} is not {self.formula}\n"
            + (f"at {where}\n" if where else "")
            + (f"in entry {self.entry} " if self.entry else "")
            + f"the gradient is {self.digits[0]} and the formula {gives}{hint}"
        )


def _arrays(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: np.asarray(value) if np.ndim(value) else value for name, value in values.items()}


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
    none of it is run. A matrix can be given in SymPy's matrices too.

    It is *proved* by an exact identity; *wrong* where a point shows it, at which rigorous bounds of both values have
    nothing in common, with a hint at the slip where a single edit mends it; else *undecided*, with the reason. The same
    formula gets the same verdict in every run; ``seed`` chooses other points to try.

    With ``values`` for inputs, targets and parameters (those that are left out are the network's own) the formula may
    be a number, or an array of numbers, which is right within the digits that it is written with. Another formula that
    is not the gradient everywhere is then judged at these values alone.

    Raises DerivationError for an unknown name and for another shape, SpecError for text that is not a formula,
    DataError for values that do not fit.
    """
    require_derivation(derivation, "verify")
    w = derivation.symbol(name)
    gradient = f"d{derivation.network.loss}/d{w}"
    if isinstance(formula, str):
        formula = right_side(derivation, w, formula)
    if values is not None:
        said, verdict = at_values(derivation, w, formula, values)
        return Verification(verdict, gradient, said)
    expr, said = formula_of(derivation, w, formula)
    claim = Gradients(derivation.network, {w: expr}, signals=derivation.backward, facts=derivation.facts)
    verdict = judge(claim, seed)
    return Verification(verdict, gradient, said, (verdict.reason or hint(derivation, w, expr)) if verdict.wrong else "")
