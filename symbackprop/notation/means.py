"""Sums of matrices that are written as means: a sum over the number of what it adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sympy import Expr, Integer, Mul, Pow, Rational, S

from symbackprop.matrices import Operation, Shape, Sum, SumAll, shape_of
from symbackprop.matrices.sums import Reduction


class Mean(Reduction):
    """The mean of each column (axis 0) or of each row (axis 1), as it is written; networks hold the sum over a size."""

    named_by_axis = True

    @property
    def spoken(self) -> str:  # type: ignore[override]
        """colmean or rowmean."""
        return ("colmean", "rowmean")[self.axis]


class MeanAll(Operation):
    """The mean of all entries, as it is written."""

    spoken = "mean"

    def shape_of(self, *given: Shape) -> Shape:
        return ()


def with_means(factors: Sequence[Expr]) -> tuple[Expr, ...]:
    """The factors of a product, with each sum that is divided by the number of its terms made a mean.

    A sum of squares of a row or a column stays a sum, as it is written as a norm; and so does one that is halved.
    """
    numbers = [factor for factor in factors if isinstance(factor, Rational)]
    rest = [factor for factor in factors if not isinstance(factor, Rational)]
    ratio: Rational = Mul(*numbers)
    below: Counter[Expr] = Counter()
    for factor in rest:
        if _is_divisor(factor):
            below[factor.base] += -int(factor.exp)
    made: dict[int, Expr] = {}
    for position, factor in enumerate(rest):
        if isinstance(factor, (Sum, SumAll)) and (size := _size(factor)) is not None:
            number, sizes = size.as_coeff_Mul()
            powers = sizes.as_powers_dict()
            left = _without(ratio, number, alone=sizes == S.One)
            if left is not None and all(sizes == S.One or below[base] >= count for base, count in powers.items()):
                below.subtract({} if sizes == S.One else {base: int(count) for base, count in powers.items()})
                ratio = left
                array = factor.args[0]
                made[position] = Mean(array, factor.axis) if isinstance(factor, Sum) else MeanAll(array)
    if not made:
        return tuple(factors)
    kept = [made.get(position, factor) for position, factor in enumerate(rest) if not _is_divisor(factor)]
    divisors = [Pow(base, -count) for base, count in below.items() if count]
    return (*([] if ratio == 1 else [ratio]), *divisors, *kept)


def _is_divisor(factor: Expr) -> bool:
    return isinstance(factor, Pow) and isinstance(factor.exp, Integer) and factor.exp < 0 and not shape_of(factor.base)


def _size(total: Expr) -> Expr | None:
    """How many terms each sum has, or None where it is no candidate for a mean."""
    array = total.args[0]
    shape = shape_of(array)
    if isinstance(total, Sum):
        return shape[total.axis]
    square = isinstance(array, Pow) and array.exp == 2
    return None if not shape or (square and S.One in shape) else shape[0] * shape[1]


def _without(ratio: Rational, number: Expr, alone: bool) -> Rational | None:
    """The ratio with that number taken from under its bar, or None where it does not stand there."""
    if not isinstance(number, Integer):
        return None
    if alone:
        return ratio * number if number > 2 and abs(ratio) * number == 1 else None
    return ratio * number if ratio.q % int(number) == 0 else None
