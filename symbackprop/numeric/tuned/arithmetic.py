"""How sums, products, powers and choices of entries become NumPy calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sympy import Add, Expr, Max, Min, Mul, Pow, S, Symbol

from symbackprop.functions import step
from symbackprop.matrices import Product, same_shape, shape_of
from symbackprop.numeric.program.sharing import is_view
from symbackprop.numeric.tuned.instructions import whole

if TYPE_CHECKING:
    from symbackprop.numeric.tuned.lowering import Lowering

_MOST_FACTORS = 8
"""Whole powers up to this one are products."""
_Part = tuple[str, Expr]


def _folded(lowering: Lowering, first: Expr, rest: Sequence[_Part], target: Symbol) -> None:
    """Parts put together from the left; each is worked out just before."""
    here = lowering.gathered(first, target)
    for function, part in rest:
        beside = lowering.beside(function, part, here) if lowering.is_fixed(part) else lowering.operand(part)
        lowering.entrywise(function, target, here, beside)
        here = whole(target)
    if not rest and here.symbol != target:
        lowering.entrywise("copyto", target, here)


def _in_place(lowering: Lowering, parts: Sequence[Expr], expr: Expr, target: Symbol) -> bool:
    """Whether the parts may gather in the target; else their value is made elsewhere and copied."""
    if sum(target in part.free_symbols for part in parts) < 2:
        return True
    value = lowering.temporary(shape_of(expr))
    lowering.into(expr, value)
    lowering.entrywise("copyto", target, whole(value))
    return False


def _sum(lowering: Lowering, expr: Expr, target: Symbol) -> None:
    """Terms in the order in which they need few arrays: positive ones before those that are taken away."""
    if not _in_place(lowering, expr.args, expr, target):
        return
    terms = [(1, -t) if t.could_extract_minus_sign() and not lowering.is_fixed(t) else (0, t) for t in expr.args]
    terms.sort(key=lambda term: (target not in term[1].free_symbols, term[0]))
    positive = [t for minus, t in terms if not minus]
    negative = [t for minus, t in terms if minus]
    ordered = _ordered(lowering, positive or negative, target)
    rest = [("add", part) for part in ordered[1:]]
    if positive:
        rest += [("subtract", part) for part in _ordered(lowering, negative, target)[::-1]]
    _folded(lowering, ordered[0], rest, target)
    if not positive:
        lowering.entrywise("negative", target, whole(target))


def _product(lowering: Lowering, expr: Expr, target: Symbol) -> None:
    """Factors in such an order, then divisors; a number goes with what is smallest."""
    if not _in_place(lowering, expr.args, expr, target):
        return
    number = Mul(*(factor for factor in expr.args if lowering.is_fixed(factor)))
    factors = [factor for factor in expr.args if not lowering.is_fixed(factor)]
    below = [1 / factor for factor in factors if _is_divisor(factor)]
    above = _ordered(lowering, [factor for factor in factors if not _is_divisor(factor)], target)
    small = [factor for factor in above if not same_shape(shape_of(factor), shape_of(expr))]
    if number != 1 and small:
        above[above.index(small[0])] = number * small[0]
        number = S.One
    if not above:
        above, number = [number], S.One
    rest = [("multiply", part) for part in above[1:]] + [("divide", part) for part in below]
    if number not in (1, -1):
        rest.append(("multiply", number))
    _folded(lowering, above[0], rest, target)
    if number == -1:
        lowering.entrywise("negative", target, whole(target))


def _ordered(lowering: Lowering, parts: Sequence[Expr], target: Symbol) -> list[Expr]:
    """What the target stands in, one part that has to be worked out, what is there, then the other parts."""
    near = [part for part in parts if part.is_Symbol or is_view(part) or lowering.is_fixed(part)]
    far = sorted((part for part in parts if part not in near), key=lambda part: not isinstance(part, Product))
    ordered = [*far[:1], *near, *far[1:]]
    return sorted(ordered, key=lambda part: target not in part.free_symbols)


def _power(lowering: Lowering, expr: Expr, target: Symbol) -> None:
    """Small whole powers are products."""
    base, exponent = expr.args
    if _is_divisor(expr):
        lowering.entrywise("divide", target, lowering.number(1), lowering.gathered(1 / expr, target))
    elif exponent == S.Half:
        lowering.entrywise("sqrt", target, lowering.gathered(base, target))
    elif exponent == 2:
        here = lowering.gathered(base, target)
        lowering.entrywise("multiply", target, here, here)
    elif exponent.is_Integer and exponent <= _MOST_FACTORS:
        here = lowering.operand(base)
        lowering.entrywise("multiply", target, here, here)
        for _ in range(int(exponent) - 2):
            lowering.entrywise("multiply", target, whole(target), here)
    else:
        _folded(lowering, base, [("power", exponent)], target)


def _extreme(lowering: Lowering, expr: Expr, target: Symbol) -> None:
    """The largest or smallest of several."""
    function = "maximum" if isinstance(expr, Max) else "minimum"
    first, *rest = sorted(expr.args, key=lowering.is_fixed)
    _folded(lowering, first, [(function, part) for part in rest], target)


def _step(lowering: Lowering, expr: Expr, target: Symbol) -> None:
    """Truth values as numbers."""
    lowering.entrywise("copyto", target, lowering.mask(expr))


def _is_divisor(factor: Expr) -> bool:
    return isinstance(factor, Pow) and bool(factor.exp.is_number and factor.exp.is_negative)


RULES: Mapping[type, Callable[[Lowering, Any, Symbol], None]] = {
    Add: _sum, Mul: _product, Pow: _power, Max: _extreme, Min: _extreme, step: _step,
}  # fmt: skip
"""By the type of an expression."""
