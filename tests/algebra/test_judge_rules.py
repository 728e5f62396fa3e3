"""Every rewrite rule and every row of the tables of derivatives is judged, exactly, under its stated condition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from algebra.test_algebra import DEFINED, RULES, SCORES, sums
from algebra.test_algebra_matrices import (
    ABOUT,
    ALL_RULES,
    EQUATIONS,
    FACTS,
    GIVEN,
    QUOTIENTS,
    S_,
    TIDIER,
    D,
    _Growing,
    adjoints,
    arrays,
    what_rules_are_about,
)
from conftest import few
from hypothesis import given, settings
from hypothesis import strategies as st
from operations import nodes_of_operation
from sympy import Add, Eq, Expr, Integer, Rational, Symbol, polygamma, symbols

import symbackprop as sb
from symbackprop.algebra import Rewrite, fact_rule, stabilised, tidy
from symbackprop.algebra.matrices import Everywhere, MatrixTidier
from symbackprop.calculus.pullback import is_zero
from symbackprop.functions.base import Primitive
from symbackprop.functions.catalogue import VOCABULARY
from symbackprop.functions.softmax import log_sum_exp
from symbackprop.judge import Equal, Gradients, Ruling, judge
from symbackprop.matrices import Array, Operation, SumAll, as_whole, same_shape, shape_of
from symbackprop.matrices.adjoints import ADJOINTS

FEW, MANY = settings(max_examples=6), settings(max_examples=20)
E, G_ = Symbol("E_"), Symbol("G_")


def network_of(names: Any, equations: Mapping[Symbol, Expr] | None = None, facts: Any = ()) -> sb.Network:
    """A network that has these names and equations, and a loss that uses them all."""
    whole = [*names, *(equations or {})]
    loss = Add(*(SumAll(name) if isinstance(name, Array) else name for name in whole))
    made = sb.Network({**(equations or {}), E: loss}, inputs=[], targets=[], parameters=names, loss=E)
    assert not facts or made.parameters
    return made


def the_same(net: sb.Network, one: Expr, other: Expr, facts: Any = ()) -> None:
    """The same shape for all sizes, and the same value wherever both are defined."""
    assert same_shape(shape_of(one), shape_of(other)), (one, other)
    if one != other:
        verdict = judge(Equal(net, one, other, facts=facts))
        assert verdict.proved, (one, other, str(verdict))


# -- scalars

SCALARS = network_of(symbols("a p t1 t2 x y"))
STATED = Eq(Symbol("t1") + Symbol("t2"), 1)


def check_scalars(rule: Rewrite, expr: Expr) -> None:
    the_same(SCALARS, rule.apply(expr), expr)


def check_lines(expr: Expr, out: bool) -> None:
    for line in tidy(expr, [STATED], multiply_out=out):
        the_same(SCALARS, line.result, expr, [STATED])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@FEW
@given(expr=sums())
def test_a_rule_of_scalars(rule: Rewrite, expr: Expr) -> None:
    check_scalars(rule, expr)


@FEW
@given(sums())
def test_a_fact(expr: Expr) -> None:
    the_same(SCALARS, fact_rule(STATED).apply(expr), expr, [STATED])


@FEW
@given(sums(), st.booleans())
def test_tidied_line_by_line(expr: Expr, out: bool) -> None:
    check_lines(expr, out)


@pytest.mark.slow
@pytest.mark.parametrize("rule", [*RULES, fact_rule(STATED)], ids=lambda rule: rule.name)
@MANY
@given(expr=sums())
def test_a_rule_of_scalars_on_many(rule: Rewrite, expr: Expr) -> None:
    the_same(SCALARS, rule.apply(expr), expr, [STATED])


@pytest.mark.slow
@MANY
@given(sums(), st.booleans())
def test_many_tidied_line_by_line(expr: Expr, out: bool) -> None:
    check_lines(expr, out)


def test_a_rule_that_needs_its_fact_is_refused_without_it() -> None:
    t1, t2 = symbols("t1 t2")
    assert judge(Equal(SCALARS, t1 + t2, Rational(1))).ruling is Ruling.WRONG
    assert judge(Equal(SCALARS, t1 + t2, Rational(1), facts=[STATED])).proved


z, t, x, w = symbols("z t x w")
LOGS = network_of([*SCORES, z, t, x], DEFINED)
p1, p2, p3 = (name for name in DEFINED if name.name.startswith("p"))
a, b = (next(name for name in DEFINED if name.name == word) for word in "ab")


@pytest.mark.parametrize(
    "before",
    [
        sb.log(a), sb.log(1 - a), -t * sb.log(a) - (1 - t) * sb.log(1 - a), sb.log(p2), t * sb.log(p2) + sb.log(p3),
        -t * sb.log(p1) - x * sb.log(p3), sb.log(x), sb.log(b), sb.log(1 - p1), sb.log(2 - a), sb.log(a * x),
    ],
    ids=str,
)  # fmt: skip
def test_a_stable_form(before: Expr) -> None:
    after = stabilised({**DEFINED, w: before})[w]
    the_same(LOGS, after.replace(log_sum_exp, lambda *scores: sb.log(Add(*map(sb.exp, scores)))), before)


# -- matrices

NAMES = [*GIVEN, D, S_, *symbols("c d")]
MATRICES = network_of(NAMES, {**EQUATIONS, **QUOTIENTS}, FACTS)


def check_trace(tidier: MatrixTidier, expr: Expr) -> None:
    for rewritten in tidier.tidy(expr, shape_of(expr)):
        the_same(MATRICES, expr, rewritten.result, FACTS)


@pytest.mark.parametrize("rule", few(ABOUT), ids=lambda rule: rule.__name__)
@FEW
@given(data=st.data())
def test_a_rule_of_matrices_where_it_applies(rule: Callable[[Expr], Expr], data: Any) -> None:
    expr = ABOUT[rule](_Growing(data.draw))
    the_same(MATRICES, expr, Everywhere(rule)(expr), FACTS)


@pytest.mark.slow
@pytest.mark.parametrize("rule", ABOUT, ids=lambda rule: rule.__name__)
@MANY
@given(data=st.data())
def test_a_rule_of_matrices_on_many(rule: Callable[[Expr], Expr], data: Any) -> None:
    expr = data.draw(st.one_of(st.builds(lambda: ABOUT[rule](_Growing(data.draw))), arrays()))
    the_same(MATRICES, expr, Everywhere(rule)(expr), FACTS)


@pytest.mark.slow
@pytest.mark.parametrize(("tidier", "number"), ALL_RULES, ids=[t.rules[k].name for t, k in ALL_RULES])
@settings(max_examples=10)
@given(expr=what_rules_are_about())
def test_a_rule_of_the_tidier(tidier: MatrixTidier, number: int, expr: Expr) -> None:
    the_same(MATRICES, expr, tidier.rules[number].apply(expr), FACTS)


@pytest.mark.slow
@pytest.mark.parametrize("tidier", [TIDIER, ALL_RULES[-1][0]], ids=["normalised", "quotients"])
@FEW
@given(expr=st.one_of(adjoints(), what_rules_are_about()))
def test_adjoints_tidied_line_by_line(tidier: MatrixTidier, expr: Expr) -> None:
    check_trace(tidier, expr)


@pytest.mark.slow
@pytest.mark.parametrize("tidier", [TIDIER, ALL_RULES[-1][0]], ids=["normalised", "quotients"])
@MANY
@given(expr=st.one_of(adjoints(), what_rules_are_about()))
def test_many_adjoints_tidied_line_by_line(tidier: MatrixTidier, expr: Expr) -> None:
    check_trace(tidier, expr)


# -- the table of adjoints

m, n, k, h = symbols("m n k h")
A, B, C, Q, V = Array("A", (m, n)), Array("B", (n, k)), Array("C", (k, h)), Array("Q", (n, n)), Array("V", (n, 1))
SQUARE = {"Inverse", "Trace", "Determinant", "LogDeterminant", "Diagonal"}


def nodes_of(operation: type[Operation]) -> list[Operation]:
    """The operation of names, in each way that it can be written."""
    word = operation.__name__
    if word == "Product":
        return [operation(*factors) for factors in ((A, B), (A, B, C), (Q, Q))]
    if word in {"Sum", "LogSumExp", "Softmax", "LogSoftmax"}:
        return [operation(A, axis) for axis in (0, 1)]
    if word == "Broadcast":
        row, number = Array("r", (1, n)), Symbol("s")
        return [operation(row, m, n), operation(V, n, k), operation(number, m, n)]
    if word == "DiagonalMatrix":
        return [operation(V)]
    if word == "Identity":
        return []
    if word in SQUARE or word in {"Transposed", "SumAll"}:
        return [operation(Q)] if word in SQUARE else [operation(A)]
    return nodes_of_operation(operation)


@pytest.mark.parametrize("row", few(ADJOINTS), ids=lambda row: row.operation.__name__)
def test_a_row_of_the_table_of_adjoints(row: Any) -> None:
    for node in nodes_of(row.operation):
        shape = shape_of(node)
        value, upstream = (Array(word, shape) if shape else Symbol(word) for word in ("Y_", "G_"))
        leaves = [*dict.fromkeys(node.operands), upstream]
        loss = SumAll(value * upstream) if shape else value * upstream
        net = sb.Network({value: node, E: loss}, inputs=[], targets=[], parameters=leaves, loss=E)
        gradients: dict[Symbol, Expr] = {}
        for i, operand in enumerate(node.operands):
            passed = as_whole(row.passes(node, i, upstream, value), shape_of(operand))
            gradients[operand] = gradients[operand] + passed if operand in gradients else passed
        verdict = judge(Gradients(net, gradients))
        assert verdict.proved, (node, gradients, str(verdict))
        for operand, passed in gradients.items():
            near = passed * (1 + Rational(1, 10**10)) if not is_zero(passed) else passed + Rational(1, 10**10)
            assert judge(Gradients(net, {operand: near})).wrong, (node, operand)


# -- the derivatives of the vocabulary


@pytest.mark.parametrize("row", few(VOCABULARY), ids=lambda row: row.name)
def test_a_derivative_of_the_vocabulary(row: Primitive) -> None:
    args = symbols(f"z1:{len(row.derivatives) + 1}")
    y = Symbol("y_")
    if row.cls is polygamma:
        args = (Integer(2), *args[1:])  # an order is a whole number
    names = [arg for arg in args if arg.is_Symbol]
    net = sb.Network({y: row.cls(*args), E: y}, inputs=[], targets=[], parameters=names, loss=E)
    for arg, derivative in zip(args, row.derivatives, strict=True):
        if arg not in names:
            continue
        found = derivative(y, *args)
        verdict = judge(Gradients(net, {arg: found}))
        assert verdict.proved, (row.name, arg, str(verdict))
        assert found == 0 or judge(Gradients(net, {arg: found * (1 + Rational(1, 10**10))})).wrong
