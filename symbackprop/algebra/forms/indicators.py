"""Rules about indicators, which are 1 on one side of zero and 0 elsewhere, at zero too."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from sympy import Add, Expr, Mul, Pow

from symbackprop.algebra.forms.known import Known
from symbackprop.functions.relatives import indicators_in, is_indicator, sign_for


def to_no_power(node: Expr, known: Known) -> Iterator[Expr]:
    """A power of an indicator is the indicator."""
    if isinstance(node, Pow) and is_indicator(node.base) and node.exp.is_positive:
        yield node.base


def as_sign(node: Expr, known: Known) -> Iterator[Expr]:
    """step(z) - step(-z) = sign(z), which is 0 at 0 on both sides; with the same factors before both."""
    if not node.is_Add:
        return
    worlds = known.classes.worlds
    for a, b in combinations(node.args, 2):
        for one in indicators_in(a):
            for other in indicators_in(b):
                rest = a / one
                if rest.has(one) or rest != -b / other:
                    continue
                first, second = worlds.print_of(-one.args[0]), worlds.print_of(other.args[0])
                if first is not None and first == second:
                    others = [arg for arg in node.args if arg is not a and arg is not b]
                    yield Add(Mul(rest, sign_for(one)), *others)
