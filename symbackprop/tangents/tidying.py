"""How changes of each kind of value are rewritten: by the rules by which adjoints are, and a few more.

Where a change is written in the direction alone, values of the network turn up that have a name, and diagonal matrices
stand side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sympy import Eq, Expr, Symbol

from symbackprop.algebra import TAKE_OUT, Rewrite, Rewritten, tidy
from symbackprop.algebra.matrices import Everywhere, MatrixTidier
from symbackprop.algebra.rewrite import take_out_common
from symbackprop.calculus.step import Rule
from symbackprop.matrices import DiagonalMatrix, Product, as_whole, product, shape_of, substituted
from symbackprop.matrices.array import Shape
from symbackprop.network.kinds import MATRICES, SCALARS, Question

Tidying = Callable[[Expr, Shape], Sequence[Rewritten]]
"""Rewrites an expression of a shape, and tells each rewriting that changed it."""
ROUNDS = 4
"""How often all rules are gone through."""


def _scalars(equations: Mapping[Symbol, Expr], facts: Sequence[Eq]) -> Tidying:
    fold = _folding(equations)

    def rewrite(expr: Expr, shape: Shape) -> Sequence[Rewritten]:
        more = (COMMON, fold)
        own = [lambda now, rule=rule: _applied(rule, now, shape) for rule in more]
        return _in_rounds(expr, (lambda now: tidy(now, facts), *own))

    return rewrite


def _matrices(equations: Mapping[Symbol, Expr], facts: Sequence[Eq]) -> Tidying:
    tidier = MatrixTidier.of(equations, facts)
    fold = _folding(equations)

    def rewrite(expr: Expr, shape: Shape) -> Sequence[Rewritten]:
        more = (fold, DIAGONALS)
        own = [lambda now, rule=rule: _applied(rule, now, shape) for rule in more]
        return _in_rounds(expr, (lambda now: tidier.tidy(now, shape), *own))

    return rewrite


def _in_rounds(expr: Expr, parts: Sequence[Callable[[Expr], Sequence[Rewritten]]]) -> tuple[Rewritten, ...]:
    """Go through the rules until nothing changes."""
    trace: list[Rewritten] = []
    for _ in range(ROUNDS):
        before = expr
        for rewrite in parts:
            found = rewrite(expr)
            trace += found
            expr = found[-1].result if found else expr
        if expr == before:
            break
    return tuple(trace)


def _applied(rule: Rewrite, expr: Expr, shape: Shape) -> tuple[Rewritten, ...]:
    result = rule.apply(expr)
    result = as_whole(result, shape) if shape else result
    return () if result == expr else (Rewritten(rule, result),)


def _folding(equations: Mapping[Symbol, Expr]) -> Rewrite:
    """The rule that puts in the names of values that stand whole in an expression."""
    named: dict[Expr, Symbol] = {}
    for name, expr in equations.items():
        if not expr.as_coeff_Mul()[1].is_Symbol and not expr.is_number:
            named.setdefault(expr, name)
    return Rewrite(Rule.FOLD, "where the name is defined so", lambda expr: substituted(expr, _standing(expr, named)))


def _standing(expr: Expr, named: Mapping[Expr, Symbol]) -> dict[Expr, Symbol]:
    """The values with a name that stand in an expression, whose names stand for the same shape."""
    return {value: name for value, name in named.items() if expr.has(value) and shape_of(value) == shape_of(name)}


def _multiplied(node: Expr) -> Expr:
    """diag(a)·diag(b) is diag(a∘b)."""
    if not isinstance(node, Product):
        return node
    kept: list[Expr] = []
    for factor in product(*node.args).args:
        if kept and isinstance(kept[-1], DiagonalMatrix) and isinstance(factor, DiagonalMatrix):
            kept[-1] = DiagonalMatrix(kept[-1].args[0] * factor.args[0])
        else:
            kept.append(factor)
    return product(*kept) if len(kept) < len(node.args) else node


COMMON = Rewrite(TAKE_OUT.name, TAKE_OUT.condition, Everywhere(take_out_common))
"""In every sum, those inside of products too: where one direction moves, its factor stands in all terms."""
DIAGONALS = Rewrite(Rule.DIAGONALS, "always: diag(a)·diag(b) = diag(a∘b)", Everywhere(_multiplied))
TIDYING = Question(__name__, "how changes are rewritten", {SCALARS: _scalars, MATRICES: _matrices})
