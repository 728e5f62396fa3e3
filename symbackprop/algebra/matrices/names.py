"""Names that the network has for quotients and for sums: (X - μ)/s is X̂, and colsum(X) is m·μ."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Integer, Mul, Pow, S, Symbol

from symbackprop.algebra.matrices.every_node import NodeRule
from symbackprop.matrices import Array, Sum, SumAll, shape_of
from symbackprop.matrices.shapes import same


def fold_names(equations: Mapping[Symbol, Expr]) -> NodeRule:
    """Make the rule that puts in the names of quotients: (X - μ)/s is X̂, where that is what the network calls it."""
    definitions = [
        (name, dict(map(_base_and_power, Mul.make_args(expr))))
        for name, expr in equations.items()
        if isinstance(expr, Mul) and isinstance(name, Array) and any(_base_and_power(f)[1] < 0 for f in expr.args)
        and all(_base_and_power(f)[0].is_Symbol for f in expr.args)
    ]  # fmt: skip
    sums = named_sums(equations)

    def fold(node: Expr) -> Expr:
        if node in sums:
            return sums[node]
        if not isinstance(node, Mul):
            return node
        for factor in node.args:
            if isinstance(factor, (Sum, SumAll)):
                for name, wanted in definitions:
                    folded = _folded_into(node, factor, name, wanted)
                    if folded is not None:
                        return folded
        powers = dict(map(_base_and_power, node.args))
        for name, wanted in definitions:
            if all(_reaches(powers.get(base, S.Zero), power) for base, power in wanted.items()):
                return Mul(node, name, *(Pow(base, -power) for base, power in wanted.items()))
        return node

    return fold


def named_sums(equations: Mapping[Symbol, Expr]) -> dict[Expr, Expr]:
    """Sums that the network has a name for, perhaps with a number in front: of μ = colsum(X)/m, colsum(X) is m·μ.

    Another factor may be zero, and of y = c·total(X) nothing could be said of the total then.
    """
    found: dict[Expr, Expr] = {}
    sizes = {
        s
        for name in equations
        for array in (name, *equations[name].atoms(Array))
        for size in shape_of(array)
        for s in size.free_symbols
    }
    for name, expr in equations.items():
        totals = [factor for factor in Mul.make_args(expr) if isinstance(factor, (Sum, SumAll))]
        rest = [factor for factor in Mul.make_args(expr) if factor not in totals]
        if len(totals) == 1 and Mul(*rest).free_symbols <= sizes:
            found.setdefault(totals[0], name / Mul(*rest))
    return found


def _folded_into(node: Mul, total: Sum | SumAll, name: Symbol, wanted: Mapping[Expr, Expr]) -> Expr | None:
    """s⁻¹·colsum(A∘Xc) is colsum(A∘X̂), where X̂ is Xc/s: what the sum does not touch may go back into it."""
    inside = dict(map(_base_and_power, Mul.make_args(total.args[0])))
    outside = dict(map(_base_and_power, node.args))
    within = {base for base, power in wanted.items() if _reaches(inside.get(base, S.Zero), power)}
    without = {base for base, power in wanted.items() if _reaches(outside.get(base, S.Zero), power)} - within
    if not within or not without or len(within) + len(without) < len(wanted):
        return None
    if any(not _is_fixed(base, total) for base in without):
        return None
    rest = Mul(*(factor for factor in node.args if factor is not total), *(base ** -wanted[base] for base in without))
    summed = Mul(total.args[0], name, *(base ** -wanted[base] for base in within))
    return rest * total.on(summed)  # X/Q is t, and still a matrix where it is summed


def _is_fixed(base: Expr, total: Sum | SumAll) -> bool:
    """Whether every term of the sum has the same factor ``base``."""
    shape = shape_of(base)
    return not shape or (isinstance(total, Sum) and same(shape[total.axis], S.One))


def _base_and_power(factor: Expr) -> tuple[Expr, Expr]:
    base, power = factor.as_base_exp()
    return (base, power) if isinstance(power, Integer) else (factor, S.One)


def _reaches(power: Expr, wanted: Expr) -> bool:
    return bool(power >= wanted > 0 or power <= wanted < 0)
