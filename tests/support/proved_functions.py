"""The proofs of functions in numbers of many digits: what their letters and words stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import mpmath
import sympy
from mpmath import mp, mpf
from proved import chains
from typeset_values import Scope, Value, World, read_side

from symbackprop.functions.base import Primitive
from symbackprop.functions.catalogue import ROWS
from symbackprop.notation import latex
from symbackprop.notation.typeset import Letters, Node, read_typeset
from symbackprop.proof_lines import Shown

DIGITS = 50
TOLERANCE = mpf(10) ** -25
"""Derivatives are limits of quotients, which lose half of the digits."""
HELD = "stop_gradient"
"""The function whose derivative is not that of its value: it is a constant by definition."""


def letter(text: str) -> Node:
    return read_typeset(latex(sympy.Symbol(text)))


def valued(row: Primitive) -> Callable[..., Any]:
    """A function by its definition in elementary terms, at numbers of many digits."""
    if row.name == HELD:
        return lambda z: mpf("0.75")
    parameters = sympy.symbols(row.parameters)
    formula = row.definition(*parameters) if row.definition else row.cls(*parameters)
    if row.cls is sympy.polygamma:
        return lambda n, z: mpmath.psi(int(n), z)
    found: Callable[..., Any] = sympy.lambdify(parameters, formula, "mpmath")
    return found


WORDS: Mapping[Node, Callable[..., Any]] = {
    **{read_typeset(row.latex): valued(row) for row in ROWS if row.latex},
    Letters("log_cosh", "upright"): valued(next(row for row in ROWS if row.name == "log_cosh")),
    Letters("max", "upright"): max, Letters("min", "upright"): min, Letters("Γ", "upright"): mpmath.gamma,
}  # fmt: skip


class Digits(World):
    """Numbers of fifty digits; derivatives are limits of quotients of differences."""

    words = WORDS

    def __init__(self, values: Mapping[Node, Any]) -> None:
        self.values = values
        self.derived: dict[Node, Value] = {Letters("π"): lambda scope: mp.pi}

    def start(self) -> Scope:
        return Scope(self, self.values)

    def number(self, text: str) -> Any:
        return mpf(text)

    def change(self, of: Value, scope: Scope) -> Any:
        raise ValueError("a change alone is no number")

    def derivative(self, of: Value, by: Node, place: Value | None, scope: Scope) -> Any:
        assert place is None
        return mpmath.diff(lambda x: of(scope.given({by: x})), scope.values[by])

    def slope(self, function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
        return mpmath.diff(lambda x: function(x, *arguments[1:]), arguments[0])

    def integral(self, of: Value, by: Node, low: Any, high: Any, scope: Scope) -> Any:
        return mpmath.quad(lambda x: of(scope.given({by: x})), [low, high])

    def exponential(self, of: Any) -> Any:
        return mpmath.exp(of)

    def root(self, of: Any) -> Any:
        return mpmath.sqrt(of)


def held(proof: Sequence[Shown], values: Mapping[str, Any]) -> Iterator[bool]:
    """For each line whether its condition holds at these numbers; it fails where the line does and is not true.

    A line whose left side is a letter that nothing is known of names its right side.
    """
    world = Digits({letter(text): value for text, value in values.items()})
    scope = world.start()
    for left, right in chains(proof):
        after = read_side(right, world, scope)
        if len(left) == 1 and not left.isdigit() and not world.knows(letter(left), scope):
            world.derived[letter(left)] = after.value
            yield True
            continue
        before = read_side(left, world, scope)
        if after.condition is not None and not after.condition(scope):
            yield False
            continue
        one, other = before.value(scope), after.value(scope)
        assert abs(one - other) <= TOLERANCE * (1 + abs(other)), f"{left} = {right} is {one} = {other} at {values}"
        yield True
