"""What is stated of the data, and what the equations of a network prove."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sympy import Add, Eq, Expr, Integer, Mul, S, Symbol, exp

from symbackprop.algebra.matrices.every_node import Everywhere, NodeRule
from symbackprop.algebra.rewrite import EXPANSION_LIMIT, FACT, Rewrite, expanded_size
from symbackprop.matrices import (
    Array,
    LogSoftmax,
    LogSumExp,
    Product,
    Shape,
    Softmax,
    Sum,
    SumAll,
    Transposed,
    as_whole,
    product,
    shape_of,
    substituted,
)
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
    return Rewrite(FACT, f"where {fact.lhs} = {fact.rhs}", only_where_changed(stated, ones), uses=(fact,))


def only_where_changed(rule: NodeRule, after: NodeRule) -> NodeRule:
    """One rule after another: a fact puts in a 1, and no line is about the copies of it."""

    def apply(expr: Expr) -> Expr:
        changed = rule(expr)
        return expr if changed == expr else after(changed)

    return apply


@dataclass(frozen=True)
class Sums:
    """What is known of sums along an axis; ``reductions`` are the equations that hold sums."""

    reductions: Mapping[Symbol, Expr]
    known: Mapping[Expr, Expr]

    @classmethod
    def stated(cls, equations: Mapping[Symbol, Expr], facts: Sequence[Eq]) -> Sums:
        """What is stated, and nothing proved yet."""
        reductions = {name: expr for name, expr in equations.items() if expr.atoms(Sum) and isinstance(name, Array)}
        return cls(reductions, stated_forms(facts))

    def of(self, array: Expr, axis: int) -> Expr | None:
        """The sum of each column or row where it is a number, the same for all of them."""
        if same(shape_of(array)[axis], S.One) or not (self.reductions or self.known):
            return None
        opened = substituted(array, {n: e for n, e in self.reductions.items() if same(shape_of(n)[axis], S.One)})
        if expanded_size(opened) > EXPANSION_LIMIT:
            return None
        terms = Add.make_args(_multiplied_out(opened))
        total = _multiplied_out(Add(*(_sum_of_term(term, axis, shape_of(array), self.known) for term in terms)))
        return total if total.is_Number else None

    def of_name(self, name: Symbol, expr: Expr) -> dict[Expr, Expr]:
        """The sums of a named value that are numbers."""
        found = {Sum(name, Integer(axis)): self.of(expr, axis) for axis in (0, 1)} if isinstance(name, Array) else {}
        return {total: value for total, value in found.items() if value is not None}

    def also(self, proved: Mapping[Expr, Expr]) -> Sums:
        """With more that is known."""
        return replace(self, known={**self.known, **proved})

    def vanish(self, node: Expr) -> Expr:
        """A sum is zero where its terms are proved to cancel; a total is where that of each row or column is."""
        axes = (node.axis,) if isinstance(node, Sum) else (0, 1) if isinstance(node, SumAll) else ()
        whole = axes and shape_of(node.args[0])
        return S.Zero if whole and any(self.of(node.args[0], axis) == S.Zero for axis in axes) else node


def proved_sums(equations: Mapping[Symbol, Expr], facts: Sequence[Eq]) -> dict[Expr, Expr]:
    """Sums of named values that their equations prove to be numbers: rowsum(softmax(Z)) = 1, colsum(X - mean) = 0."""
    sums = Sums.stated(equations, facts)
    proved: dict[Expr, Expr] = {}
    for name, expr in equations.items():
        match expr:
            case Softmax():
                proved[Sum(name, Integer(expr.axis))] = S.One
            case LogSoftmax():
                proved[Sum(exp(name), Integer(expr.axis))] = S.One
            case LogSumExp():
                proved[Sum(exp(expr.args[0] - name), Integer(expr.axis))] = S.One
            case Add() | Mul() if not expr.atoms(Product):
                proved |= sums.also(proved).of_name(name, expr)
    return proved


def _multiplied_out(expr: Expr) -> Expr:
    """Entry by entry; what is inside an operation or a function stays as it is."""
    places: dict[Expr, Symbol] = {}

    def veiled(node: Expr) -> Expr:
        is_open = node.is_Add or node.is_Mul or (node.is_Pow and isinstance(node.exp, Integer))
        if is_open:
            return node.func(*map(veiled, node.args))
        return places.setdefault(node, Symbol(f"_.{len(places)}")) if node.args else node

    apart = veiled(expr).expand()
    return apart.xreplace({place: node for node, place in places.items()})


def _sum_of_term(term: Expr, axis: int, shape: Shape, known: Mapping[Expr, Expr]) -> Expr:
    factors = Mul.make_args(term)
    fixed = [f for f in factors if not shape_of(f) or same(shape_of(f)[axis], S.One)]
    moving = Mul(*(f for f in factors if f not in fixed))
    if not shape_of(moving):
        return Mul(shape[axis], moving, *fixed)
    total = Sum(moving, Integer(axis))
    return Mul(*fixed, known.get(total, total))
