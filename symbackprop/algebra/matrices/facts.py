"""What is stated of the data, and what the equations of a network prove."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sympy import Add, Eq, Expr, Integer, Mul, S, Symbol

from symbackprop.algebra.matrices.everywhere import Everywhere, NodeRule
from symbackprop.algebra.rewrite import EXPANSION_LIMIT, FACT, Rewrite, expanded_size
from symbackprop.matrices import Array, Product, Shape, Softmax, Sum, SumAll, Transposed, as_whole, product, shape_of
from symbackprop.matrices.shapes import same


def put_in(known: Mapping[Expr, Expr]) -> NodeRule:
    """Make the rule that puts in what is known; a product may be known as a part of a longer one, as QᵀQ in QᵀQR."""
    products = [(lhs.args, value) for lhs, value in known.items() if isinstance(lhs, Product)]

    def put(node: Expr) -> Expr:
        if node in known:
            return known[node]
        return _part_put_in(node, products) if isinstance(node, Product) else node

    return put


def _part_put_in(node: Product, products: Sequence[tuple[Sequence[Expr], Expr]]) -> Expr:
    for factors, value in products:
        for start in range(len(node.args) - len(factors) + 1):
            end = start + len(factors)
            if node.args[start:end] == tuple(factors):
                whole = as_whole(value, shape_of(product(*factors)))
                return product(*node.args[:start], whole, *node.args[end:])
    return node


def stated_forms(facts: Sequence[Eq]) -> dict[Expr, Expr]:
    """What is stated, and what that says of the same sums written in other ways.

    rowsum(Aᵀ) = 1 is colsum(A) = 1, and where A is one column total(A) = 1.
    """
    known = {fact.lhs: fact.rhs for fact in facts}
    for fact in facts:
        for form, value in _same_sums(fact.lhs, fact.rhs):
            known.setdefault(form, value)
    return known


def _same_sums(total: Expr, value: Expr) -> Iterator[tuple[Expr, Expr]]:
    if isinstance(total, Sum):
        matrix, axis = total.args[0], int(total.axis)
        turned = Transposed(value) if shape_of(value) else value
        yield Sum(_turned(matrix), Integer(1 - axis)), turned
        if same(shape_of(matrix)[1 - axis], S.One) and not shape_of(value):
            yield SumAll(matrix), value
            yield SumAll(_turned(matrix)), value
    if isinstance(total, SumAll):
        matrix = total.args[0]
        yield SumAll(_turned(matrix)), value
        for axis in (0, 1):
            if same(shape_of(matrix)[1 - axis], S.One):
                yield Sum(matrix, Integer(axis)), value
                yield Sum(_turned(matrix), Integer(1 - axis)), value


def _turned(matrix: Expr) -> Expr:
    return matrix.args[0] if isinstance(matrix, Transposed) else Transposed(matrix)


def fact_about_matrices(fact: Eq, ones: NodeRule) -> Rewrite:
    """The rule that puts in one fact."""
    stated = Everywhere(put_in(stated_forms([fact])))
    return Rewrite(FACT, f"where {fact.lhs} = {fact.rhs}", only_where_changed(stated, ones))


def only_where_changed(rule: NodeRule, after: NodeRule) -> NodeRule:
    """One rule after another: a fact puts in a 1, and no line is about the copies of it."""

    def apply(expr: Expr) -> Expr:
        changed = rule(expr)
        return expr if changed == expr else after(changed)

    return apply


def proved_sums(equations: Mapping[Symbol, Expr], facts: Sequence[Eq]) -> dict[Expr, Expr]:
    """Sums of named values that their equations prove to be numbers: rowsum(softmax(Z)) = 1, colsum(X - mean) = 0."""
    known = stated_forms(facts)
    reductions = {name: expr for name, expr in equations.items() if expr.atoms(Sum) and isinstance(name, Array)}
    proved: dict[Expr, Expr] = {}
    for name, expr in equations.items():
        if isinstance(expr, Softmax):
            proved[Sum(name, Integer(expr.axis))] = S.One
        elif isinstance(name, Array) and isinstance(expr, (Add, Mul)) and not expr.atoms(Product):
            for axis in (0, 1):
                value = _proved_sum(expr, axis, reductions, {**known, **proved})
                if value is not None:
                    proved[Sum(name, Integer(axis))] = value
    return proved


def _proved_sum(expr: Expr, axis: int, reductions: Mapping[Symbol, Expr], known: Mapping[Expr, Expr]) -> Expr | None:
    """The sum of each column or row where it is a number, the same for all of them."""
    if same(shape_of(expr)[axis], S.One):
        return None
    opened = expr.xreplace({n: e for n, e in reductions.items() if same(shape_of(n)[axis], S.One)})
    if expanded_size(opened) > EXPANSION_LIMIT:
        return None
    total = Add(*(_sum_of_term(term, axis, shape_of(expr), known) for term in Add.make_args(opened.expand())))
    total = total.expand()
    return total if total.is_Number else None


def _sum_of_term(term: Expr, axis: int, shape: Shape, known: Mapping[Expr, Expr]) -> Expr:
    factors = Mul.make_args(term)
    fixed = [f for f in factors if not shape_of(f) or same(shape_of(f)[axis], S.One)]
    moving = Mul(*(f for f in factors if f not in fixed))
    if moving == S.One:
        return Mul(shape[axis], *fixed)
    total = Sum(moving, Integer(axis))
    return Mul(*fixed, known.get(total, total))
