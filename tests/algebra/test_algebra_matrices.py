"""Each rewriting of array expressions keeps value and shape, comes to an end, and says the same when asked again."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pytest
from exact_arrays import Value, exact_array, lifted, near, shape_at
from hypothesis import given, note, settings
from hypothesis import strategies as st
from processes import TESTS, the_one_output
from sympy import Add, Eq, Expr, Integer, Mul, Pow, Rational, S, Symbol, count_ops, exp, log, sqrt, symbols

import symbackprop as sb
from symbackprop.algebra import matrices as rules
from symbackprop.algebra.matrices import (
    Everywhere,
    MatrixTidier,
    drop_identities,
    proved_sums,
    proved_symmetries,
    take_out_factors,
)
from symbackprop.calculus.step import Rule
from symbackprop.matrices import (
    Array,
    Broadcast,
    Determinant,
    Diagonal,
    DiagonalMatrix,
    Identity,
    Inverse,
    LogDeterminant,
    LogSoftmax,
    LogSumExp,
    Product,
    Softmax,
    Sum,
    SumAll,
    Trace,
    Transposed,
    product,
    same_shape,
    shape_of,
)

m, n, k, c, d = symbols("m n k c d")
A, B = Array("A", (m, n)), Array("B", (m, n))
X, Z, W = Array("X", (m, n)), Array("Z", (m, n)), Array("W", (n, k))
Q, R, D = Array("Q", (n, n)), Array("R", (n, n)), Array("D", (n, n))
S_ = Array("S", (n, n))
row, row2, column, tall = Array("r", (1, n)), Array("q", (1, n)), Array("v", (m, 1)), Array("u", (n, 1))
MU, C, SIGMA, HAT, P, Y = (
    Array("mu", (1, n)), Array("C", (m, n)), Array("sigma", (1, n)), Array("X_hat", (m, n)), Array("P", (m, n)),
    Array("Y", (m, n)),
)  # fmt: skip
EQUATIONS: dict[Symbol, Expr] = {
    MU: Sum(X, 0) / m,
    C: X - MU,
    SIGMA: sqrt(Sum(C**2, 0) / m + Rational(1, 10)),
    HAT: C / SIGMA,
    P: Softmax(Z, 1),
}
SCALED, PARTED, BESIDE, RHO = Array("T_", (m, n)), Array("U_", (m, n)), Array("H", (1, n)), Symbol("rho")
QUOTIENTS: dict[Symbol, Expr] = {SCALED: X / c, PARTED: A / row, BESIDE: row2 / (c * row), RHO: SumAll(X) * d / m}
"""Names of quotients by scalars and by rows, which shrink what they are put into: X/T is c."""
FACTS = (Eq(Sum(Y, Integer(1)), S.One, evaluate=False), Eq(Transposed(S_), S_, evaluate=False))
GIVEN = (A, B, X, Z, W, Q, R, row, row2, column, tall, Y)
TIDIER = MatrixTidier.of(EQUATIONS, FACTS)
ALL_RULES = [(tidier, k) for tidier in (TIDIER, MatrixTidier.of(QUOTIENTS, FACTS)) for k in range(len(tidier.rules))]
"""Every rule of two networks: one that is listed is tested."""
SIZES = ({"m": 2, "n": 3, "k": 2}, {"m": 3, "n": 2, "k": 4}, {"m": 1, "n": 2, "k": 1}, {"m": 2, "n": 1, "k": 3},
         {"m": 1, "n": 1, "k": 1})  # fmt: skip


@cache
def point(seed: int) -> Mapping[str, Value]:
    """Positive values that have the facts and the equations; D and S are far from singular."""
    rng = random.Random(seed)
    values: dict[str, Value] = {name: lifted(size) for name, size in SIZES[seed % len(SIZES)].items()}
    values |= {"c": lifted(rng.uniform(0.3, 2)), "d": lifted(rng.uniform(0.3, 2))}

    def drawn(array: Array) -> Value:
        rows, columns = shape_at(array, values)
        return lifted([[rng.uniform(0.3, 2) for _ in range(columns)] for _ in range(rows)])

    for array in GIVEN:
        values[array.name] = drawn(array)
    values["Y"] = values["Y"] / exact_array(Sum(Y, 1), values)
    unit = exact_array(Identity(n), values)
    values["D"] = drawn(D) + 9 * unit
    values["S"] = exact_array(Q + Transposed(Q) + 9 * Identity(n), values)
    for name, expr in (EQUATIONS | QUOTIENTS).items():
        values[name.name] = exact_array(expr, values)
    return values


def the_same(one: Expr, other: Expr) -> None:
    """The same shape for all sizes, and the same numbers at some of them."""
    assert same_shape(shape_of(one), shape_of(other)), (one, other, shape_of(one), shape_of(other))
    for seed in range(len(SIZES)):
        at = point(seed)
        found, expected = exact_array(other, at), exact_array(one, at)
        assert near(found, expected, 1e-30), (seed, one, other, found, expected)


# -- random expressions

SIDES = (m, n, k, S.One)
Draw = Callable[[Any], Any]


class _Growing:
    """Array expressions of a wanted shape, with a bound on their depth; every entry is positive where it must be."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw

    def pick(self, things: Any) -> Any:
        return self.draw(st.sampled_from(list(things)))

    def side(self) -> Expr:
        return self.pick(SIDES)

    def atom(self, shape: tuple[Expr, Expr]) -> Expr:
        names = [a for a in (*GIVEN, D, S_, *EQUATIONS) if a.shape == shape]
        names += [Transposed(a) for a in (*GIVEN, D, S_, *EQUATIONS) if a.shape == shape[::-1]]
        if shape[0] == shape[1]:
            names += [Identity(shape[0]), Inverse(D), Transposed(Inverse(D))] if shape[0] == n else [Identity(shape[0])]
        return self.pick([*names, Broadcast(self.pick([S.One, S.One, c, c * d, S.Zero, Integer(-2)]), *shape)])

    def scalar(self, depth: int) -> Expr:
        kind = self.pick(["name", "number", "size", "total", "trace", "product", "det"] if depth > 0 else ["name"])
        if kind == "number":
            return self.pick([Integer(2), S.NegativeOne, Rational(1, 3)])
        if kind == "size":
            return self.pick([m, 1 / n, k])
        if kind == "total":
            return SumAll(self.grown((self.side(), self.side()), depth - 1))
        if kind == "trace":
            return Trace(self.grown((n, n), depth - 1))
        if kind == "det":
            return self.pick([Determinant, LogDeterminant])(self.pick([D, S_, 2 * D, c * S_, Transposed(D)]))
        if kind == "product":
            return self.scalar(depth - 1) * self.scalar(depth - 1)
        return self.pick([c, d, 1 / c])

    def grown(self, shape: tuple[Expr, Expr], depth: int) -> Expr:
        made = self._grown(shape, depth)
        return made if same_shape(shape_of(made), shape) else Broadcast(made, *shape)

    def _grown(self, shape: tuple[Expr, Expr], depth: int) -> Expr:
        if depth <= 0:
            return self.atom(shape)
        rows, columns = shape
        kinds = [
            "product",
            "product",
            "sum",
            "sum",
            "mul",
            "mul",
            "scaled",
            "transpose",
            "broadcast",
            "divide",
            "shared",
        ]
        kinds += ["power", "function", "softmax", "cancel"]
        kinds += ["rowsum", "rowsum", "logsumexp"] if columns == 1 else []
        kinds += ["colsum", "colsum", "logsumexp"] if rows == 1 else []
        kinds += ["diag"] if rows == columns else []
        kinds += ["inverse", "undone"] if shape == (n, n) else []
        kinds += ["diagonal"] if columns == 1 and rows != 1 else []
        made: Expr = getattr(self, f"_{self.pick(kinds)}")(shape, depth - 1)
        return made

    def _product(self, shape: Any, depth: int) -> Expr:
        inner = self.side()
        return product(self.grown((shape[0], inner), depth), self.grown((inner, shape[1]), depth))

    def _sum(self, shape: Any, depth: int) -> Expr:
        sign = self.pick([1, 1, -1, 2])
        return self.grown(shape, depth) + sign * self._part(shape, depth)

    def _part(self, shape: Any, depth: int) -> Expr:
        """A term or a factor: whole, or a row, a column or a scalar that is repeated by itself."""
        kind = self.pick(["whole", "whole", "row", "column", "scalar"])
        if kind == "row":
            return self.grown((S.One, shape[1]), depth)
        if kind == "column":
            return self.grown((shape[0], S.One), depth)
        return self.scalar(depth) if kind == "scalar" else self.grown(shape, depth)

    def _mul(self, shape: Any, depth: int) -> Expr:
        return self.grown(shape, depth) * self._part(shape, depth)

    def _scaled(self, shape: Any, depth: int) -> Expr:
        return self.scalar(depth) * self.grown(shape, depth)

    def _transpose(self, shape: Any, depth: int) -> Expr:
        return Transposed(self.grown(shape[::-1], depth))

    def _broadcast(self, shape: Any, depth: int) -> Expr:
        part = self.pick([(S.One, shape[1]), (shape[0], S.One), ()])
        return Broadcast(self.grown(part, depth) if part else self.scalar(depth), *shape)

    def _divide(self, shape: Any, depth: int) -> Expr:
        return self.grown(shape, depth) / self.pick([a for a in (*GIVEN, SIGMA) if fits(a.shape, shape)] or [c])

    def _cancel(self, shape: Any, depth: int) -> Expr:
        names = [a for a in (*GIVEN, SIGMA, P) if fits(a.shape, shape)] or [c]
        below, other = self.pick(names), self.pick(names)
        return below * (self.grown(shape, depth) / below - self._part(shape, depth)) + other * below

    def _shared(self, shape: Any, depth: int) -> Expr:
        """Sums of products with a factor in common."""
        inner = self.side()
        common = self.grown((shape[0], inner), depth)
        one, other = self.grown((inner, shape[1]), depth), self.grown((inner, shape[1]), depth)
        if self.pick([True, False]):
            return product(common, one) + self.scalar(depth) * product(common, other)
        common = self.grown((inner, shape[1]), depth)
        one, other = self.grown((shape[0], inner), depth), self.grown((shape[0], inner), depth)
        return self.scalar(depth) * product(one, common) - product(other, common)

    def _power(self, shape: Any, depth: int) -> Expr:
        return Pow(self.grown(shape, depth), 2)

    def _function(self, shape: Any, depth: int) -> Expr:
        return sb.sigmoid(self.grown(shape, depth))

    def _softmax(self, shape: Any, depth: int) -> Expr:
        inner = sb.sigmoid(self.grown(shape, depth))
        return self.pick([Softmax, LogSoftmax])(inner, Integer(self.pick([0, 1])))

    def _rowsum(self, shape: Any, depth: int) -> Expr:
        return Sum(self.grown((shape[0], self.side()), depth), Integer(1))

    def _colsum(self, shape: Any, depth: int) -> Expr:
        return Sum(self.grown((self.side(), shape[1]), depth), Integer(0))

    def _logsumexp(self, shape: Any, depth: int) -> Expr:
        if shape[1] == 1:
            return LogSumExp(sb.sigmoid(self.grown((shape[0], self.side()), depth)), Integer(1))
        return LogSumExp(sb.sigmoid(self.grown((self.side(), shape[1]), depth)), Integer(0))

    def _diag(self, shape: Any, depth: int) -> Expr:
        return DiagonalMatrix(self.grown((shape[0], S.One), depth))

    def _diagonal(self, shape: Any, depth: int) -> Expr:
        return Diagonal(self.grown((shape[0], shape[0]), depth))

    def _inverse(self, shape: Any, depth: int) -> Expr:
        return Inverse(self.pick([D, Transposed(D), S_, Inverse(D), Identity(n), 2 * D]))

    def _undone(self, shape: Any, depth: int) -> Expr:
        inverse = self.pick([Inverse(D), Transposed(Inverse(D)), Inverse(Transposed(D))])
        undone = D if inverse == Inverse(D) else Transposed(D)
        return product(self.grown(shape, depth), *self.pick([(inverse, undone), (undone, inverse)]))


def fits(part: Any, shape: Any) -> bool:
    return all(own in (S.One, whole) for own, whole in zip(part, shape, strict=True))


@st.composite
def arrays(draw: Draw, depth: int = 3) -> Expr:
    """An array expression, or a scalar of one."""
    growing = _Growing(draw)
    if growing.pick(range(8)) == 0:
        return growing.scalar(depth)
    return growing.grown((growing.side(), growing.side()), depth)


@st.composite
def adjoints(draw: Draw) -> Expr:
    """A sum of products, such as a sweep leaves."""
    growing = _Growing(draw)
    shape = (growing.side(), growing.side())
    terms = [growing.grown(shape, 2) for _ in range(growing.pick([1, 2, 3]))]
    made = Add(*terms)
    return made if same_shape(shape_of(made), shape) else Broadcast(made, *shape)


# Expressions of the forms that a rule is about, and of forms that only look like them


def _about_copies(grow: _Growing) -> Expr:
    rows, columns = grow.side(), grow.side()
    part = grow.pick([(S.One, columns), (rows, S.One), ()])
    copies = Broadcast(grow.grown(part, 1) if part else grow.scalar(1), rows, columns)
    before, behind = grow.grown((grow.side(), rows), 1), grow.grown((columns, grow.side()), 1)
    kinds = [
        Sum(copies, Integer(0)), Sum(copies, Integer(1)), SumAll(copies), Transposed(copies), copies * copies + copies,
        product(before, copies), product(copies, behind), product(before, copies, behind),
        sb.sigmoid(copies), copies * grow.grown((rows, columns), 1),
        Sum(copies * grow.grown((rows, S.One), 1), Integer(0)),
    ]  # fmt: skip
    return grow.pick(kinds)


def _about_transposes(grow: _Growing) -> Expr:
    rows, inner, columns = grow.side(), grow.side(), grow.side()
    a, b = grow.grown((rows, inner), 1), grow.grown((inner, columns), 1)
    e, f = Transposed(grow.grown((rows, columns), 1)), grow.grown((columns, rows), 1)
    square = grow.grown((n, n), 1) + 9 * Identity(n)
    kinds = [
        Transposed(product(a, b)), Transposed(product(a, b, f)), Transposed(e + f), Transposed(e * f * grow.scalar(1)),
        Transposed(sb.sigmoid(e) + Transposed(product(a, b))), Sum(e, Integer(0)), Sum(e, Integer(1)), SumAll(e),
        Trace(Transposed(square)), Determinant(Transposed(square)), LogDeterminant(Transposed(square)),
        Transposed(DiagonalMatrix(grow.grown((rows, S.One), 1))), Transposed(square),
        Transposed(e * SumAll(product(e, grow.grown((rows, inner), 1)))), Transposed(Transposed(grow.atom((1, 1)))),
    ]  # fmt: skip
    return grow.pick(kinds)


def _about_scalars(grow: _Growing) -> Expr:
    rows, columns, behind = grow.side(), grow.side(), grow.side()
    factor = grow.pick([c, Integer(2), S.NegativeOne, 1 / m, c / d, grow.scalar(1)])
    whole = grow.grown((rows, columns), 1)
    scaled = factor * whole * grow.pick([S.One, grow.atom((S.One, columns)), grow.atom((rows, S.One))])
    square = grow.pick([D, S_, D + S_, Product(D, S_)])
    kinds = [
        product(scaled, grow.grown((columns, behind), 1)),
        product(2 * whole - 2 * scaled, grow.atom((columns, behind))),
        Sum(scaled, Integer(0)), Sum(scaled, Integer(1)), SumAll(scaled), Transposed(scaled),
        (2 * whole + 4 * scaled) / (2 * c), (2 * whole - 2 * scaled) / (2 * c),
        Trace(factor * square), Diagonal(factor * square), DiagonalMatrix(factor * grow.grown((rows, S.One), 1)),
        Determinant(2 * square), Determinant(c * square), LogDeterminant(c * square), Inverse(c * square),
        Softmax(c * whole, Integer(0)), LogSumExp(c * whole, Integer(1)), LogSoftmax(2 * whole, Integer(1)),
    ]  # fmt: skip
    return grow.pick(kinds)


def _about_inverses(grow: _Growing) -> Expr:
    def factor() -> Expr:
        square = grow.pick([D, S_])
        kinds = [square, Transposed(square), Inverse(square), Transposed(Inverse(square)), Inverse(Transposed(square))]
        return grow.pick([*kinds, *kinds, Identity(n), Q])

    factors = [factor() for _ in range(grow.pick([2, 3, 4, 5]))]
    return grow.pick([product(*factors), product(*factors, grow.atom((n, k))), Trace(Identity(n)) * product(*factors)])


def _about_common_factors(grow: _Growing) -> Expr:
    shape, inner, other = (grow.side(), grow.side()), grow.side(), grow.side()
    left, right = [grow.atom((shape[0], inner)) for _ in "ab"], [grow.atom((inner, shape[1])) for _ in "ab"]
    between = [grow.atom((inner, inner)) for _ in "ab"]
    terms = []
    for _ in range(grow.pick([2, 3, 4])):
        a, z = grow.pick(left), grow.pick(right)
        middle = grow.pick([[], [grow.pick(between)]])
        terms.append(grow.pick([S.One, S.NegativeOne, c, 2 / m]) * product(a, *middle, z))
    longer = product(grow.atom((shape[0], other)), grow.atom((other, inner)), right[0])
    return Add(*terms, grow.pick([S.Zero, longer, grow.grown(shape, 1)]))


def _about_names(grow: _Growing) -> Expr:
    def powers() -> Expr:
        up, down = [C, C**2, HAT, SIGMA, row, A, c], [1 / SIGMA, SIGMA**-2, SIGMA**-3, 1 / row, 1 / c, A]
        return Mul(*(grow.pick(up) for _ in range(2)), *(grow.pick(down) for _ in range(2)))

    inside, beside = powers() * C, powers()
    kinds = [
        inside, inside * Sum(A * C * SIGMA ** grow.pick([-1, 0, 1]), Integer(0)), beside * Sum(inside, Integer(0)),
        beside * Sum(inside, Integer(1)), beside * SumAll(inside),
        Sum(inside, Integer(0)) * Sum(C * A, Integer(0)) / SIGMA,
        Sum(inside, Integer(1)) / SIGMA, SumAll(A * C) / SIGMA, SumAll(A / SIGMA) * C, *_shrinking(grow),
    ]  # fmt: skip
    return grow.pick(kinds)


def _shrinking(grow: _Growing) -> list[Expr]:
    """Sums whose terms are smaller than they are, once a name is put in: a row, a column, a number."""

    def part() -> Expr:
        return grow.pick(
            [S.One, 1 / SCALED, 1 / PARTED, 1 / X, SCALED, PARTED, X, A, row, 1 / row, column, BESIDE, row2, c, RHO]
        )

    inside = part() * part() * part() + 0 * A
    inside = inside if same_shape(shape_of(inside), (m, n)) else inside * grow.pick([X, A])
    outside = grow.pick([1 / c, 1 / row, c, S.One, X / c, A / row, d / c**2, 1 / (c * row)])
    return [outside * SumAll(inside), outside * Sum(inside, Integer(0)), outside * Sum(inside, Integer(1))]


def _about_sums(grow: _Growing) -> Expr:
    """Sums that are known, and others beside them."""
    axis = Integer(grow.pick([0, 1]))
    terms = [
        grow.pick([P, Y, C, HAT, row, column, c, A, P * column, C * row, HAT / row, Y * c]) * grow.pick([1, -1, 2, c])
        for _ in range(grow.pick([1, 2, 3]))
    ]
    total = Sum(Add(*terms) + 0 * A, axis)
    if not same_shape(shape_of(total.args[0]), (m, n)):
        total = Sum(Broadcast(total.args[0], m, n), axis)
    return grow.pick([total, A * total, total * Sum(P, Integer(1)), P * (total - Sum(Y, axis))])


ABOUT: dict[Callable[[Expr], Expr], Callable[[_Growing], Expr]] = {
    rules.collapse: _about_copies,
    rules.transpose: _about_transposes,
    rules.gather_scalars: _about_scalars,
    rules.drop_identities: _about_inverses,
    rules.take_out_factors: _about_common_factors,
    rules.fold_names(EQUATIONS): _about_names,
    rules.fold_names(QUOTIENTS): _about_names,
}


@st.composite
def what_rules_are_about(draw: Draw) -> Expr:
    """An expression of the forms that one of the rules is about, at times inside another operation."""
    grow = _Growing(draw)
    made = grow.pick([*ABOUT.values(), _about_sums])(grow)
    return grow.pick([made, made, c * made, made**2, SumAll(made) if shape_of(made) else made])


# -- each rule, at random points where its condition holds


@pytest.mark.slow
@pytest.mark.parametrize("rule", ABOUT, ids=lambda rule: rule.__name__)
@settings(max_examples=150)
@given(data=st.data())
def test_a_rule_keeps_value_and_shape_where_it_applies(rule: Callable[[Expr], Expr], data: Any) -> None:
    expr = ABOUT[rule](_Growing(data.draw))
    found = Everywhere(rule)(expr)
    note(f"{expr} -> {found}")
    the_same(expr, found)


@pytest.mark.slow
@pytest.mark.parametrize("rule", ABOUT, ids=lambda rule: rule.__name__)
@settings(max_examples=60)
@given(expr=arrays())
def test_a_rule_at_every_node_keeps_value_and_shape(rule: Callable[[Expr], Expr], expr: Expr) -> None:
    found = Everywhere(rule)(expr)
    note(f"{expr} -> {found}")
    the_same(expr, found)
    assert Everywhere(rule)(found) == found


@pytest.mark.slow
@pytest.mark.parametrize(("tidier", "number"), ALL_RULES, ids=[t.rules[k].name for t, k in ALL_RULES])
@settings(max_examples=60)
@given(expr=what_rules_are_about())
def test_a_rule_keeps_value_and_shape(tidier: MatrixTidier, number: int, expr: Expr) -> None:
    found = tidier.rules[number].apply(expr)
    note(f"{expr} -> {found}")
    the_same(expr, found)


@pytest.mark.slow
@pytest.mark.parametrize("tidier", [TIDIER, ALL_RULES[-1][0]], ids=["normalised", "quotients"])
@settings(max_examples=120)
@given(expr=st.one_of(adjoints(), what_rules_are_about()))
def test_tidying_keeps_the_value_line_by_line(tidier: MatrixTidier, expr: Expr) -> None:
    trace = tidier.tidy(expr, shape_of(expr))
    before = expr
    for rewritten in trace:
        note(f"{rewritten.rule.name}: {rewritten.result}")
        assert rewritten.result != before
        assert rewritten.rule.name in {rule.name for rule in tidier.rules}
        the_same(expr, rewritten.result)
        before = rewritten.result


@pytest.mark.slow
@settings(max_examples=200)
@given(st.one_of(adjoints(), what_rules_are_about()))
def test_a_second_time_there_is_nothing_left_to_tidy(expr: Expr) -> None:
    trace = TIDIER.tidy(expr, shape_of(expr))
    if trace:
        again = TIDIER.tidy(trace[-1].result, shape_of(expr))
        assert not again, [(r.rule.name, r.result) for r in (*trace, *again)]


@settings(max_examples=60)
@given(arrays(depth=2))
def test_without_names_and_facts_the_same_holds(expr: Expr) -> None:
    plain = MatrixTidier.of({}, [])
    trace = plain.tidy(expr, shape_of(expr))
    if trace:
        the_same(expr, trace[-1].result)


def test_every_rule_has_a_name_among_the_reasons_and_a_condition() -> None:
    for rule in TIDIER.rules:
        assert Rule(rule.name)
        assert rule.condition
        assert rule.reason
    names = [rule.name for rule in TIDIER.rules]
    assert names.count("using a fact") == len(FACTS)
    assert len(set(names)) == len(names) - len(FACTS) + 1
    assert next(rule for rule in TIDIER.rules if rule.name == "using a fact").reason == "since rowsum(Y) = 1"


# -- each rule by example


def tidied(expr: Expr, tidier: MatrixTidier = TIDIER) -> Expr:
    trace = tidier.tidy(expr, shape_of(expr))
    return trace[-1].result if trace else expr


ONE = S.One
COLLAPSED = [
    (Product(Broadcast(ONE, m, n), Broadcast(ONE, n, m)), Broadcast(n, m, m)),
    (Product(Broadcast(ONE, 1, m), Broadcast(ONE, m, 1)), Broadcast(m, 1, 1)),
    (Sum(Broadcast(ONE, m, n), 0), Broadcast(m, 1, n)),
    (Sum(Broadcast(row, m, n), 0), m * row),
    (Sum(Broadcast(row, m, n), 1), Broadcast(Sum(row, 1), m, 1)),
    (Sum(Broadcast(column, m, n), 1), n * column),
    (Sum(Broadcast(c, m, n), 1), Broadcast(c * n, m, 1)),
    (SumAll(Broadcast(c, m, n)), c * m * n),
    (SumAll(Broadcast(row, m, n)), m * SumAll(row)),
    (SumAll(Broadcast(column, m, n)), n * SumAll(column)),
    (Sum(row, 0), row),
    (Sum(column, 1), column),
    (Transposed(Broadcast(row, m, n)), Broadcast(Transposed(row), n, m)),
    (Transposed(Broadcast(c, m, n)), Broadcast(c, n, m)),
    (Product(A, Broadcast(ONE, n, 1)), Sum(A, 1)),
    (Product(Broadcast(ONE, 1, m), A), Sum(A, 0)),
    (Product(A, Broadcast(ONE, n, k)), Broadcast(Sum(A, 1), m, k)),
    (Product(A, Broadcast(row2, n, n)), Sum(A, 1) * row2),
    (Product(Broadcast(tall, n, m), A), tall * Sum(A, 0)),
    (Product(Broadcast(column, m, m), A), column * Sum(A, 0)),
    (A * Broadcast(row, m, n), A * row),
    (A + Broadcast(c, m, n), A + c),
    (Broadcast(row, m, n) * Broadcast(column, m, n), row * column),
    (Broadcast(Broadcast(c, 1, n), m, n), Broadcast(c, m, n)),
    (Broadcast(A, m, n), A),
    (sb.sigmoid(Broadcast(row, m, n)), Broadcast(sb.sigmoid(row), m, n)),
    (Broadcast(row, m, n) ** 2, Broadcast(row**2, m, n)),
]
TRANSPOSES = [
    (Transposed(Product(A, W)), Product(Transposed(W), Transposed(A))),
    (Transposed(Product(Transposed(A), A)), Product(Transposed(A), A)),
    (Transposed(Product(Transposed(W), Transposed(A))), Product(A, W)),
    (Transposed(Transposed(A)), A),
    (Transposed(c * Transposed(A)), c * A),
    (Transposed(Product(Transposed(column), column)), Product(Transposed(column), column)),
    (Transposed(Transposed(Q) * SumAll(Product(Transposed(Q), D))), Q * SumAll(Product(Transposed(Q), D))),
    (Transposed(Identity(n)), Identity(n)),
    (Transposed(DiagonalMatrix(tall)), DiagonalMatrix(tall)),
    (Transposed(Transposed(A) * Transposed(B)), A * B),
    (Transposed(Transposed(A) + c), A + c),
    (Transposed(A + B), Transposed(A + B)),
    (Transposed(A * B), Transposed(A * B)),
    (Sum(Transposed(A), 0), Transposed(Sum(A, 1))),
    (Sum(Transposed(A), 1), Transposed(Sum(A, 0))),
    (SumAll(Transposed(A)), SumAll(A)),
    (Trace(Transposed(Q)), Trace(Q)),
    (Determinant(Transposed(Q)), Determinant(Q)),
    (LogDeterminant(Transposed(Q)), LogDeterminant(Q)),
    (Transposed(Product(A, W) + Product(B, W)), Product(Transposed(W), Transposed(A + B))),
]
SCALARS = [
    (Product(A, c * W), c * Product(A, W)),
    (Product(2 * A, c * W), 2 * c * Product(A, W)),
    (Product(A / m, W), Product(A, W) / m),
    (Product(-A, W), -Product(A, W)),
    (Product(2 * A - 2 * B, W), 2 * Product(A - B, W)),
    (Product(-A - B, W), -Product(A + B, W)),
    (Sum(-2 * A - 2 * B, 0), -2 * Sum(A + B, 0)),
    (Sum(c * A, 0), c * Sum(A, 0)),
    (Sum(A * row, 0), row * Sum(A, 0)),
    (Sum(A * column, 1), column * Sum(A, 1)),
    (Sum(A * column, 0), Sum(A * column, 0)),
    (Sum(2 * c * A / row, 0), 2 * c * Sum(A, 0) / row),
    (SumAll(c * A), c * SumAll(A)),
    (SumAll(A * row), SumAll(A * row)),
    (Trace(c * Q), c * Trace(Q)),
    (Transposed(c * A), c * Transposed(A)),
    (Diagonal(c * Q), c * Diagonal(Q)),
    (DiagonalMatrix(c * tall), c * DiagonalMatrix(tall)),
    (SumAll(A) * Product(B, W) / m, SumAll(A) * Product(B, W) / m),
    (Product(A * SumAll(B), W), SumAll(B) * Product(A, W)),
    (Determinant(c * Q), Determinant(c * Q)),
    (LogDeterminant(2 * Q), LogDeterminant(2 * Q)),
    (Inverse(2 * Q), Inverse(2 * Q)),
    (Softmax(2 * A, 0), Softmax(2 * A, 0)),
    (LogSumExp(2 * A, 0), LogSumExp(2 * A, 0)),
]
CANCELLED = [
    (Product(Q, Inverse(Q)), Identity(n)),
    (Product(Inverse(Q), Q), Identity(n)),
    (Product(A, Inverse(Q), Q), A),
    (Product(A, Q, Inverse(Q), W), Product(A, W)),
    (Product(A, Identity(n)), A),
    (Product(Identity(m), A, Identity(n), W), Product(A, W)),
    (Product(Transposed(Q), Transposed(Inverse(Q))), Identity(n)),
    (Product(Transposed(Inverse(Q)), Transposed(Q)), Identity(n)),
    (Product(Inverse(Transposed(Q)), Transposed(Q)), Identity(n)),
    (Product(Inverse(Q), Q, Inverse(R), R), Identity(n)),
    (Product(Q, R, Inverse(R), Inverse(Q)), Identity(n)),
    (Product(Q, Q, Inverse(Q)), Q),
    (Product(Q, R, Inverse(Q)), Product(Q, R, Inverse(Q))),
    (Product(Q, Transposed(Inverse(Q))), Product(Q, Transposed(Inverse(Q)))),
    (Inverse(Inverse(Q)), Q),
    (Inverse(Identity(n)), Identity(n)),
    (Inverse(Transposed(Q)), Transposed(Inverse(Q))),
    (Trace(Identity(n)), n),
    (Diagonal(DiagonalMatrix(tall)), tall),
    (DiagonalMatrix(Broadcast(ONE, n, 1)), Identity(n)),
    (A * (B / A - row / A), B - row),
    (P * (Y / P), Y),
    (P * (B / P - Sum(B, 1)), B - P * Sum(B, 1)),
    (sb.sigmoid(A) * (1 - sb.sigmoid(A)) * (-B / sb.sigmoid(A) + (1 - B) / (1 - sb.sigmoid(A))), sb.sigmoid(A) - B),
    (Product(Inverse(R), Transposed(Product(Transposed(Q), Transposed(R)))), Q),
]
COMMON = [
    (Product(A, Q) + Product(A, R), Product(A, Q + R)),
    (Product(A, Q) - 2 * Product(A, R), Product(A, Q - 2 * R)),
    (Product(A, W) + Product(B, W), Product(A + B, W)),
    (Product(A, W) / m - Product(B, W) / m, Product(A - B, W) / m),
    (Product(Q, tall) + Product(Transposed(Q), tall), Product(Q + Transposed(Q), tall)),
    (Product(Q, R, tall) + Product(Q, Q, tall), Product(Q, R + Q, tall)),
    (Product(A, Q) + B, Product(A, Q) + B),
    (Product(A, Q) + Product(B, R), Product(A, Q) + Product(B, R)),
    (A * B + A * row, A * (B + row)),
    (c * A + c * B, c * (A + B)),
    (A * Sum(B, 0) + A * row, A * (Sum(B, 0) + row)),
]
KNOWN = [
    (Sum(Y, 1), Broadcast(ONE, m, 1)),
    (P * Sum(Y, 1) - Y, P - Y),
    (Transposed(S_), S_),
    (Product(S_, tall) + Product(Transposed(S_), tall), 2 * Product(S_, tall)),
    (Sum(P, 1), Broadcast(ONE, m, 1)),
    (Sum(C, 0), Broadcast(S.Zero, 1, n)),
    (Sum(HAT, 0), Broadcast(S.Zero, 1, n)),
    (Sum(C * row, 0), Broadcast(S.Zero, 1, n)),
    (Sum(P, 0), Sum(P, 0)),
    (Sum(C, 1), Sum(C, 1)),
    (C / SIGMA, HAT),
    (2 * A * C / SIGMA, 2 * A * HAT),
    (C**2 / SIGMA**2, HAT**2),
    (Sum(A * C, 0) / SIGMA, Sum(A * HAT, 0)),
    (C / SIGMA**2, HAT / SIGMA),
    (C * SIGMA, C * SIGMA),
    (P * (1 - Sum(P, 1)), Broadcast(S.Zero, m, n)),
    (Sum(C + row, 0), m * row),
    (Sum(2 * P + c, 1), Broadcast(2 + c * n, m, 1)),
    (Sum(A + B, 0), Sum(A + B, 0)),
]
ALL = {
    "copies": COLLAPSED, "transposes": TRANSPOSES, "scalars": SCALARS, "cancelled": CANCELLED, "common": COMMON,
    "known": KNOWN,
}  # fmt: skip


@pytest.mark.parametrize(
    ("expr", "expected"), [pair for pairs in ALL.values() for pair in pairs], ids=lambda expr: str(expr)
)
def test_what_becomes_of_an_expression(expr: Expr, expected: Expr) -> None:
    the_same(expr, expected)
    assert tidied(expr) == expected


@pytest.mark.parametrize(
    ("rule", "pairs"),
    [(rules.collapse, COLLAPSED), (rules.transpose, TRANSPOSES[:17]), (rules.gather_scalars, SCALARS)],
    ids=["collapse", "transpose", "gather_scalars"],
)
def test_one_rule_is_enough(rule: Callable[[Expr], Expr], pairs: list[tuple[Expr, Expr]]) -> None:
    for expr, expected in pairs:
        assert Everywhere(rule)(expr) == expected, expr


@pytest.mark.parametrize(
    "expr", [Determinant(2 * D), LogDeterminant(c * D), Determinant(Determinant(D) * S_), Inverse(c * D), Inverse(-D)]
)
def test_what_is_not_linear_keeps_its_scalars(expr: Expr) -> None:
    the_same(expr, tidied(expr))


def test_a_rule_gets_as_large_as_what_it_rewrites() -> None:
    found = Everywhere(lambda node: S.One if node == Product(A, W) else node)(Transposed(Product(A, W)))
    assert shape_of(found) == (k, m)
    found = Everywhere(lambda node: row if node == Product(A, Q) else node)(Sum(Product(A, Q), Integer(0)))
    assert shape_of(found) == (1, n)
    the_same(found, Sum(Broadcast(row, m, n), Integer(0)))


# -- what a network proves


def test_what_the_equations_prove() -> None:
    assert proved_sums(EQUATIONS, []) == {
        Sum(C, 0): S.Zero, Sum(HAT, 0): S.Zero, Sum(P, 1): S.One,
    }  # fmt: skip
    assert TIDIER.proved == {**proved_sums(EQUATIONS, FACTS), **proved_symmetries(EQUATIONS, FACTS)}


V, U, T = Array("V", (m, n)), Array("U", (m, 1)), Array("T", (m, n))


@pytest.mark.parametrize(
    ("equations", "proved"),
    [
        ({V: X - Sum(X, 0) / m}, {Sum(V, 0): S.Zero}),
        ({V: X - Sum(X, 1) / n}, {Sum(V, 1): S.Zero}),
        ({V: X - SumAll(X) / (m * n)}, {}),
        ({V: X - Sum(X, 0) / n}, {}),
        ({V: X - Sum(X, 0)}, {}),
        ({V: X / Sum(X, 0)}, {Sum(V, 0): S.One}),
        ({V: 3 * X / Sum(X, 1)}, {Sum(V, 1): Integer(3)}),
        ({U: Sum(X, 1), V: X / U}, {Sum(V, 1): S.One}),
        ({U: Sum(X, 1) / n, V: X - U, T: 2 * V * c}, {Sum(V, 1): S.Zero, Sum(T, 1): S.Zero}),
        ({V: Softmax(X, 0), T: 1 - V}, {Sum(V, 0): S.One}),
        ({V: Softmax(X, 0), T: V - 1 / m}, {Sum(V, 0): S.One, Sum(T, 0): S.Zero}),
        ({V: Softmax(X, 1), T: V * row}, {Sum(V, 1): S.One}),
        ({V: Softmax(X, 1), T: V * column}, {Sum(V, 1): S.One}),
        ({V: Product(X, Q)}, {}),
        ({V: LogSoftmax(X, 1)}, {Sum(exp(V), 1): S.One}),
        ({U: LogSumExp(X, 1)}, {Sum(exp(X - U), 1): S.One}),
        ({V: X * 0 + X - X}, {}),
    ],
    ids=str,
)
def test_a_sum_is_proved_or_it_is_not(equations: dict[Symbol, Expr], proved: dict[Expr, Expr]) -> None:
    equations = {name: expr for name, expr in equations.items() if expr != 0}
    assert proved_sums(equations, []) == proved
    at = dict(point(0))
    for name, expr in equations.items():
        at[name.name] = exact_array(expr, at)
    for total, value in proved.items():
        assert near(exact_array(total, at), exact_array(Broadcast(value, *shape_of(total)), at), 1e-30)


def test_what_is_stated_helps_to_prove() -> None:
    equations = {V: P - Y, P: Softmax(Z, 1)}
    assert proved_sums({P: equations[P], V: equations[V]}, []) == {Sum(P, 1): S.One}
    assert proved_sums({P: equations[P], V: equations[V]}, FACTS) == {Sum(P, 1): S.One, Sum(V, 1): S.Zero}


def test_a_proof_is_recorded_with_what_was_proved() -> None:
    trace = TIDIER.tidy(2 * Sum(C, 0), (1, n))
    assert [(r.rule.name, r.result) for r in trace] == [("using what the network proves", Broadcast(S.Zero, 1, n))]
    assert "colsum(C) = 0" in trace[0].rule.condition
    trace = TIDIER.tidy(A * Sum(Y, 1), (m, n))
    assert [(r.rule.reason, r.result) for r in trace] == [("since rowsum(Y) = 1", A)]


# -- order and size


def test_a_sum_of_many_terms_is_tidied_soon() -> None:
    terms = [Product(A, W, Transposed(Array(f"T{j}", (n, k)))) for j in range(60)]
    found = tidied(Add(*(2 * term / m for term in terms)))
    assert isinstance(found, Mul)
    assert len(found.atoms(Product)) == 1
    deep = tall
    for _ in range(60):
        deep = Transposed(Product(Transposed(deep), Q))
    assert tidied(deep) == product(*[Transposed(Q)] * 60, tall)


def test_a_function_of_an_expression_is_tidied_inside() -> None:
    assert tidied(exp(Transposed(Transposed(A)) + Broadcast(c, m, n))) == exp(A + c)
    assert tidied(log(Sum(Broadcast(row, m, n), 0))) == log(m * row)
    assert count_ops(tidied(log(sb.sigmoid(A)))) <= count_ops(log(sb.sigmoid(A)))


PRINT_ALL = """
import sys
sys.path.insert(0, {tests!r})
import algebra.test_algebra_matrices as here
from sympy import Add, srepr
for pairs in here.ALL.values():
    for expr, _ in pairs:
        print([(r.rule.reason, srepr(r.result)) for r in here.TIDIER.tidy(expr, here.shape_of(expr))])
wide = [expr for pairs in here.ALL.values() for expr, _ in pairs if here.shape_of(expr) == (here.m, here.n)]
print(srepr(here.tidied(Add(*wide))), here.TIDIER.proved)
"""


@pytest.mark.slow
def test_every_process_tidies_alike() -> None:
    printed = the_one_output(PRINT_ALL.format(tests=str(TESTS)), ("0", "1", "4242"))
    assert len(printed) > 5_000


SYMMETRIC = S_
K, INV, LAPLACE, OTHER = (Array(name, (n, n)) for name in ("K", "inv_K", "L", "O"))
STATED = [Eq(Transposed(SYMMETRIC), SYMMETRIC, evaluate=False)]


@pytest.mark.parametrize(
    ("expr", "is_symmetric"),
    [
        (Product(Transposed(X), X), True),
        (Product(Transposed(X), X) + 3 * Identity(n), True),
        (Inverse(SYMMETRIC), True),
        (Identity(n) - SYMMETRIC, True),
        (SYMMETRIC**2 + exp(SYMMETRIC), True),
        (Product(OTHER, SYMMETRIC, Transposed(OTHER)), True),
        (OTHER + Transposed(OTHER), True),
        (Product(OTHER, SYMMETRIC), False),
        (OTHER, False),
        (OTHER - Transposed(OTHER), False),
        (Softmax(SYMMETRIC, 1), False),
        (SYMMETRIC + Sum(SYMMETRIC, 0), False),
    ],
    ids=str,
)
def test_a_symmetry_is_proved_or_it_is_not(expr: Expr, is_symmetric: bool) -> None:
    proved = proved_symmetries({K: expr, INV: Inverse(K)}, STATED)
    assert (Transposed(K) in proved) is (Transposed(INV) in proved) is is_symmetric
    assert all(value == lhs.args[0] for lhs, value in proved.items())


def test_symmetry_is_used_in_sums_and_inverses() -> None:
    tidier = MatrixTidier.of({K: Product(Transposed(X), X) + Identity(n), INV: Inverse(K)}, STATED)

    def tidied(expr: Expr) -> Expr:
        trace = tidier.tidy(expr, (n, n))
        return trace[-1].result if trace else expr

    assert tidied(Transposed(Identity(n) - SYMMETRIC)) == Identity(n) - SYMMETRIC
    assert tidied(INV + Transposed(INV)) == 2 * INV
    assert tidied(Transposed(Inverse(SYMMETRIC))) == Inverse(SYMMETRIC)


def test_sums_that_have_names_and_sums_of_products() -> None:
    mean = Array("mu", (1, n))
    tidier = MatrixTidier.of({mean: Sum(X, 0) / m}, [])
    assert tidier.tidy(Sum(X, 0) * 3, (1, n))[-1].result == 3 * m * mean
    assert tidier.tidy(Sum(X - mean, 0), (1, n))[-1].result == Broadcast(S.Zero, 1, n)
    assert take_out_factors(Sum(Product(Transposed(X), X), 1)) == Product(Transposed(X), Sum(X, 1))
    assert take_out_factors(Sum(Product(Transposed(X), X), 0)) == Product(Sum(Transposed(X), 0), X)
    assert drop_identities(Sum(Identity(n), 1)) == Broadcast(S.One, n, 1)
    assert drop_identities(SumAll(Identity(n))) == n


def test_a_product_is_known_inside_a_longer_one() -> None:
    orthogonal = [Eq(Product(Transposed(Q), Q), Identity(n), evaluate=False)]
    tidier = MatrixTidier.of({}, orthogonal)
    assert tidier.tidy(Product(Transposed(Q), Q, R), (n, n))[-1].result == R
    assert tidier.tidy(Product(R, Transposed(Q), Q, Transposed(R)), (n, n))[-1].result == Product(R, Transposed(R))
    assert tidier.tidy(Product(Q, Transposed(Q), R), (n, n)) == ()
