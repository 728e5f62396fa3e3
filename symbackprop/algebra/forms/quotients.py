"""Rules about fractions, constants and powers in products."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from sympy import Add, Expr, Integer, Mul, Pow

from symbackprop.algebra.forms.known import Known
from symbackprop.algebra.rewrite import cancel_denominators


def cancelled(node: Expr, known: Known) -> Iterator[Expr]:
    """A sum whose denominators stand as factors beside it is multiplied out."""
    yield cancel_denominators(node)


def with_constant_inside(node: Expr, known: Known) -> Iterator[Expr]:
    """A constant goes into a sum beside it: 2·r·(n/2 + 1/2) is r·(n + 1), -(a - b) is b - a."""
    if not node.is_Mul:
        return
    constant, rest = node.as_coeff_Mul()
    if constant == 1:
        return
    factors = Mul.make_args(rest)
    for k, factor in enumerate(factors):
        if factor.is_Add:
            into = Add(*(constant * term for term in factor.args))
            yield Mul(*factors[:k], into, *factors[k + 1 :])


def cleared(node: Expr, known: Known) -> Iterator[Expr]:
    """(a + b/d)·c = (a·d + b)·c/d, above the line and below it."""
    if not node.is_Mul and not (isinstance(node, Pow) and node.base.is_Add):
        return
    factors = Mul.make_args(node)
    for k, factor in enumerate(factors):
        base, power = factor.as_base_exp()
        if not base.is_Add or not power.is_Integer:
            continue
        for divisor in _divisors(base):
            cleared = Add(*(term * divisor for term in base.args))
            yield Mul(*factors[:k], *factors[k + 1 :], cleared**power, divisor**-power)
        if power == -1:
            for other in factors:
                below, exponent = other.as_base_exp()
                if (
                    below is not base
                    and exponent.is_Integer
                    and exponent < 0
                    and not below.is_Add
                    and not below.is_Number
                ):
                    rest = [f for f in factors if f is not factor and f is not other]
                    yield Mul(*rest, Add(*(term * below**-exponent for term in base.args)) ** -1)


def with_common_divisor(node: Expr, known: Known) -> Iterator[Expr]:
    """a/d + b/d² = (a + b/d)/d: terms that are divided by powers of the same base are divided by the least of them."""
    if not node.is_Add:
        return
    divided: dict[Expr, dict[Expr, int]] = {}
    for term in node.args:
        for factor in Mul.make_args(term):
            base, power = factor.as_base_exp()
            if power.is_Integer and power < 0 and not base.is_Number:
                divided.setdefault(base, {})[term] = -int(power)
    for base, terms in divided.items():
        least = min(terms.values())
        if len(terms) > 1 and least < max(terms.values()):
            rest = [term for term in node.args if term not in terms]
            yield Add(Mul(Add(*(term * base**least for term in terms)), base**-least), *rest)


def _divisors(total: Expr) -> list[Expr]:
    """What the terms of a sum are divided by, names, products of powers, and numbers."""
    found: dict[Expr, None] = {}
    for term in total.args:
        below = [f for f in Mul.make_args(term) if isinstance(f, Pow) and f.exp.is_Integer and f.exp < 0]
        for factor in below:
            found[factor.base**-factor.exp] = None
        if len(below) > 1:
            found[Mul(*(factor.base**-factor.exp for factor in below))] = None
        number = term.as_coeff_Mul()[0]
        if number.is_Rational and number.q != 1:
            found[Integer(number.q)] = None
    return list(found)


def with_one_base(node: Expr, known: Known) -> Iterator[Expr]:
    """Factors that are the same up to a sign have one base: (1 - p)·(p - 1) is -(1 - p)²."""
    if not node.is_Mul:
        return
    for a, b in combinations(node.args, 2):
        (base, power), (other, more) = a.as_base_exp(), b.as_base_exp()
        if base != other and base == -other and power.is_Integer:
            sign = -1 if power % 2 else 1
            rest = [arg for arg in node.args if arg is not a and arg is not b]
            yield Mul(sign, Pow(other, power + more), *rest)
