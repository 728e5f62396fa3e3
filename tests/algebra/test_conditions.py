"""Each rule's condition is needed: there is an instance outside that is false. What holds always has no exception.

An instance outside is made by the rule itself, in a network in which its condition holds. It is held against another
network, in which it does not hold and in which the judge finds it wrong; or against a point at which one side has a
value and the other has none.
"""

from __future__ import annotations

import ast
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from algebra.test_algebra import sums
from algebra.test_algebra_matrices import ABOUT, Q, _Growing, arrays
from algebra.test_forms import EQUATIONS, MOVES, SEARCH, A, B, C, K, P, S, W, c, forms, m, mu, n, nodes_of, r
from algebra.test_judge_rules import network_of
from exact_arrays import exact_array, lifted, matrix, near
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Abs, Eq, Expr, Integer, Pow, Symbol, symbols

import symbackprop as sb
from symbackprop.algebra import Rewrite, fact_rule
from symbackprop.algebra.entry_facts import entry_rules
from symbackprop.algebra.matrices import Everywhere, MatrixTidier, collapse, gather_scalars, take_out_factors, transpose
from symbackprop.algebra.rewrite import CANCEL, GATHER, SIGNS, TAKE_OUT
from symbackprop.algebra.stated_signs import sign_rule
from symbackprop.algebra.vanishing import Vanishing
from symbackprop.judge import Equal, Ruling, judge
from symbackprop.matrices import (
    Array,
    Broadcast,
    DiagonalMatrix,
    Identity,
    Inverse,
    Sum,
    Transposed,
    as_whole,
    product,
    shape_of,
)
from symbackprop.matrices.operations.diagonal import Diagonal
from symbackprop.network.facts import Fact
from symbackprop.tangents.tidying import COMMON, DIAGONALS, _folding

ROOM = Path(sb.__file__).parent
RULES = ("Rewrite", "Move")
"""The classes of rules that rewrite; each call of one makes a rule."""

a, b, d, p, t1, t2, x, y = symbols("a b d p t1 t2 x y")
Y, O_ = Array("Y", (m, n)), Array("O", (n, n))


@dataclass(frozen=True)
class Outside:
    """What a rule makes of a form, and where it is not the same."""

    rule: str
    """The module, and what the source has for the name of the rule."""
    made: Callable[[Expr], Iterable[Expr]]
    """The forms that the rule makes of one, where its condition holds."""
    before: Expr
    after: Expr
    equations: Mapping[Symbol, Expr] = field(default_factory=dict)
    facts: Sequence[Fact] = ()
    """Equations and facts under which the condition holds; without them it does not."""
    point: Mapping[str, Any] | None = None
    """A point at which it does not hold, where no equations or facts decide."""
    refused: bool = False
    """Whether the rule sees by itself that its condition does not hold, and makes no such form."""


def _move(name: str) -> Callable[[Expr], Iterable[Expr]]:
    """A rule of the search, in a network of names with equations."""

    def made(form: Expr) -> Iterable[Expr]:
        move = next(move for move in MOVES if move.name == name)
        return move.at(form, SEARCH.known)

    return made


def _of(rule: Rewrite | None) -> Callable[[Expr], list[Expr]]:
    assert rule is not None
    return lambda form: [rule.apply(form)]


def _tidier(equations: Mapping[Symbol, Expr], facts: Sequence[Fact], name: str, place: int = 0) -> Any:
    return _of([rule for rule in MatrixTidier.of(equations, facts).rules if rule.name == name][place])


def _signs(form: Expr) -> list[Expr]:
    return _of(sign_rule([x > 0], {}, form))(form)


def _zero(equations: Mapping[Symbol, Expr], defined: Mapping[Symbol, Expr]) -> Callable[[Expr], list[Expr]]:
    return lambda form: _of(Vanishing(defined, equations, []).rule(form))(form)


def _stated(left: Expr, right: Any) -> Eq:
    return Eq(left, right, evaluate=False)


SHARES: dict[Symbol, Expr] = dict(zip(symbols("q1 q2"), sb.softmax(symbols("s1 s2")), strict=True))
q1, q2 = SHARES
TOGETHER, SIGN = _stated(t1 + t2, 1), _stated(y**2, 1)
ROWS, ENTRIES = _stated(Sum(Y, Integer(1)), Integer(1)), _stated(Y**2, Integer(1))
ORTHOGONAL, DIAGONAL = _stated(product(Transposed(Q), Q), Identity(n)), _stated(DiagonalMatrix(Diagonal(O_)), O_)
FACT_RULE = "using a fact"
UNDONE = "dropping what cancels in a product"
PAIR = product(S, Inverse(S), Transposed(A))
AT_PAIR = {"S": [[1, 0], [0, 0]], "A": [[1, 2], [3, 4]]}
DIVIDED, AT_ZERO = a * (b / a + 1), {"a": 0, "b": 1}

NEEDED = [
    Outside("forms/moves: 'putting in a name'", _move("putting in a name"), A - Sum(A, Integer(0)) / m, C, EQUATIONS),
    Outside("forms/moves: 'gathering like terms'", _move("gathering like terms"), K + Transposed(K), 2 * K, EQUATIONS),
    Outside("forms/moves: 'putting in what a name stands for'", _move("putting in what a name stands for"),
            C * r, (A - mu) * r, EQUATIONS),
    Outside("forms/moves: 'multiplying out'", _move("multiplying out"), DIVIDED, a + b, point=AT_ZERO),
    Outside("forms/moves: 'multiplying out'", _move("multiplying out"),
            Sum(C + B, Integer(0)), Sum(B, Integer(0)), EQUATIONS),
    Outside("forms/moves: 'cancelling'", _move("cancelling"), DIVIDED, a + b, point=AT_ZERO),
    Outside("forms/moves: 'clearing a fraction'", _move("clearing a fraction"),
            1 / (a + b / d), d / (a * d + b), point={"a": 1, "b": 1, "d": 0}),
    Outside("forms/moves: 'gathering powers'", _move("gathering powers"),
            (p - 1) ** 2 / (1 - p), 1 - p, point={"p": 1}),
    Outside("forms/moves: 'moving a factor into a sum'", _move("moving a factor into a sum"),
            c * Sum(W, Integer(1)), as_whole(Sum(c * W, Integer(1)), (n, n)), refused=True),
    Outside("forms/moves: 'cancelling beside an inverse'", _move("cancelling beside an inverse"),
            product(A, Inverse(product(Transposed(B), A)), Transposed(B), Y), Y, refused=True,
            point={"A": [[1], [0]], "B": [[1], [1]], "Y": [[1], [2]]}),
    Outside(f"forms/moves: {UNDONE!r}", _move(UNDONE), PAIR, Transposed(A), point=AT_PAIR),
    Outside("rewrite: 'cancelling'", _of(CANCEL), DIVIDED, a + b, point=AT_ZERO),
    Outside("rewrite: 'gathering like terms'", _of(GATHER), DIVIDED - b, a, point=AT_ZERO),
    Outside("rewrite: FACT", _of(fact_rule(TOGETHER)), p * (t1 + t2), p, facts=[TOGETHER]),
    Outside("entry_facts: FACT", _of(entry_rules([SIGN])[0]), y**4 * x, x, facts=[SIGN]),
    Outside("stated_signs: FACT", _signs, Abs(x), x, facts=[x > 0]),
    Outside("vanishing: GATHERED", _zero({}, {d: x * y}), d - x * y, Integer(0), {d: x * y}),
    Outside("vanishing: PROVED", _zero(SHARES, {}), q1 * x + q2 * x - x, Integer(0), SHARES),
    Outside("matrices/entry_facts: FACT", _tidier({}, [ENTRIES], FACT_RULE, 1), B * Y**4, B, facts=[ENTRIES]),
    Outside("matrices/entry_facts: FACT", _tidier({}, [ORTHOGONAL], FACT_RULE, 1),
            Inverse(Q), Transposed(Q), facts=[ORTHOGONAL]),
    Outside("matrices/entry_facts: FACT", _tidier({}, [DIAGONAL], FACT_RULE, 1), Transposed(O_), O_, facts=[DIAGONAL]),
    Outside("matrices/entry_facts: FACT", _tidier({}, [Y > 0], FACT_RULE), Abs(Y), Y, facts=[Y > 0]),
    Outside("matrices/facts: FACT", _tidier({}, [ROWS], FACT_RULE), A * Sum(Y, Integer(1)), A, facts=[ROWS]),
    Outside(f"matrices/tidier: {UNDONE!r}", _tidier({}, [], UNDONE), PAIR, Transposed(A), point=AT_PAIR),
    Outside("matrices/tidier: rule.name", _tidier({}, [], "cancelling"), B * (A / B + 1), A + B,
            point={"A": [[1]], "B": [[0]]}),
    Outside("matrices/tidier: PROVED", _tidier(EQUATIONS, [], "using what the network proves"),
            Sum(C, Integer(0)), Broadcast(Integer(0), 1, n), EQUATIONS),
    Outside("matrices/tidier: 'putting in a name'", _tidier({P: A / r}, [], "putting in a name"),
            B * A / r, B * P, {P: A / r}),
    Outside("tangents/tidying: Rule.FOLD", _of(_folding(EQUATIONS)),
            W * product(Transposed(A), A), W * K, EQUATIONS),
]  # fmt: skip


@pytest.mark.parametrize("case", NEEDED, ids=lambda case: f"{case.rule}: {case.before}")
def test_a_condition_is_needed(case: Outside) -> None:
    assert (case.after in case.made(case.before)) is not case.refused
    names = _names(case)
    if not case.refused:
        inside = network_of([name for name in names if name not in case.equations], case.equations)
        assert judge(Equal(inside, case.before, case.after, facts=tuple(case.facts))).proved
    if case.point is None:
        assert judge(Equal(network_of(names), case.before, case.after)).ruling is Ruling.WRONG
    else:
        before, after = _value(case.before, case.point), _value(case.after, case.point)
        assert not (before is None and after is None)
        assert before is None or after is None or not near(before, after, 1e-30)


def _names(case: Outside) -> list[Symbol]:
    """The names in an instance and in the equations that they need."""
    parts = [case.before, case.after, *case.equations, *case.equations.values(), *case.facts]
    sizes = {size for part in parts for name in part.free_symbols for size in _sizes(name)}
    return sorted({name for part in parts for name in part.free_symbols} - sizes, key=str)


def _sizes(name: Any) -> set[Any]:
    return {symbol for size in shape_of(name) for symbol in size.free_symbols}


def _value(expr: Expr, point: Mapping[str, Any]) -> Any:
    """The value of a form at a point, None where it has none there."""
    at = {name: matrix(value) if isinstance(value, list) else lifted(value) for name, value in point.items()}
    for name in expr.free_symbols:
        for size, number in zip(shape_of(name), getattr(at.get(name.name), "shape", ()), strict=True):
            at.setdefault(str(size), lifted(number))
    try:
        return exact_array(expr, at)
    except ZeroDivisionError:
        return None


# -- rules that hold always

Draw = Callable[..., Any]


def _scalars_of(rule: Rewrite) -> tuple[st.SearchStrategy[Expr], Callable[[Expr], Iterable[Expr]]]:
    return sums(), _of(rule)


def _arrays_of(rule: Callable[[Expr], Expr]) -> tuple[st.SearchStrategy[Expr], Callable[[Expr], Iterable[Expr]]]:
    return _about(rule), _of(Rewrite("", "", Everywhere(rule)))


@st.composite
def _about(draw: Draw, rule: Callable[[Expr], Expr]) -> Expr:
    made: Expr = draw(st.one_of(st.builds(lambda: ABOUT[rule](_Growing(draw))), arrays()))
    return made


@st.composite
def _diagonals(draw: Draw) -> Expr:
    """A product with diagonal matrices side by side."""
    column, other = Array("u", (n, Integer(1))), Array("w", (n, Integer(1)))
    kinds = [DiagonalMatrix(column), DiagonalMatrix(other), DiagonalMatrix(column * other), Q]
    return product(*draw(st.lists(st.sampled_from(kinds), min_size=2, max_size=5)))


@st.composite
def _sums_of_terms(draw: Draw) -> Expr:
    made: Expr = draw(arrays())
    whole = as_whole(made, (m, n)) if not shape_of(made) else made
    return Sum(whole, Integer(draw(st.sampled_from([0, 1]))))


def _in_search(name: str) -> tuple[st.SearchStrategy[Expr], Callable[[Expr], Iterable[Expr]]]:
    def made(form: Expr) -> Iterable[Expr]:
        for node in nodes_of(form):
            for other in _move(name)(node):
                yield form.xreplace({node: as_whole(other, shape_of(node)) if shape_of(node) else other})

    return forms(depth=2), made


ALWAYS: dict[str, tuple[st.SearchStrategy[Expr], Callable[[Expr], Iterable[Expr]]]] = {
    "rewrite: 'turning signs'": _scalars_of(SIGNS),
    "rewrite: 'taking out the common part'": _scalars_of(TAKE_OUT),
    "tangents/tidying: TAKE_OUT.name": _scalars_of(COMMON),
    "tangents/tidying: Rule.DIAGONALS": (_diagonals(), _of(DIAGONALS)),
    "matrices/tidier: 'collapsing a broadcast'": _arrays_of(collapse),
    "matrices/tidier: 'pushing transposes in'": _arrays_of(transpose),
    "matrices/tidier: 'gathering scalars in front'": _arrays_of(gather_scalars),
    "matrices/tidier: 'summing each term'": (_sums_of_terms(), _tidier({}, [], "summing each term")),
    "matrices/tidier: 'taking out a common factor of the products'": _arrays_of(take_out_factors),
    **{
        f"forms/moves: {name!r}": _in_search(name)
        for name in (
            "taking out the common part", "taking out a common factor of the products", "turning signs",
            "gathering scalars in front", "collapsing a broadcast", "taking out a common divisor",
            "adding sums along one axis", "dropping the power of an indicator", "taking two indicators for a sign",
        )
    },
}  # fmt: skip


def has_no_exception(form: Expr, made: Iterable[Expr], seed: int) -> None:
    """At points with zeros, ones and both signs, at sizes among which is 1: the same value, or none on both sides.

    Only where v met 1/v, which no product of SymPy's keeps, there may be a value where there was none.
    """
    for other in made:
        if other == form:
            continue
        at = _point(form.free_symbols | other.free_symbols, seed)
        values = [_at(expr, at) for expr in (form, other)]
        if values[0] is None:
            assert values[1] is None or _divisors(form) - _divisors(other), (form, other, at)
        else:
            assert values[1] is not None, (form, other, at)
            assert near(*values, 1e-30), (form, other, at)


def _divisors(expr: Expr) -> set[Any]:
    return {power.base for power in expr.atoms(Pow) if power.exp.could_extract_minus_sign()}


DRAWN = (-2, -1, -1, 0, 0, 1, 1, 2)


def _point(names: Iterable[Any], seed: int) -> dict[str, Any]:
    rng = random.Random(seed)
    at: dict[str, Any] = {size: rng.choice([1, 1, 2, 3]) for size in "mnkh"}
    for name in sorted(names, key=str):
        shape = [int(size.xreplace({Symbol(word): Integer(at[word]) for word in "mnkh"})) for size in shape_of(name)]
        if shape:
            at[name.name] = matrix([[rng.choice(DRAWN) for _ in range(shape[1])] for _ in range(shape[0])])
        elif name.name not in at:
            at[name.name] = rng.choice(DRAWN)
    return {name: value if hasattr(value, "shape") else lifted(value) for name, value in at.items()}


def _at(expr: Expr, at: Mapping[str, Any]) -> Any:
    try:
        return exact_array(expr, at)
    except ZeroDivisionError:
        return None


@pytest.mark.parametrize("rule", ALWAYS)
@settings(max_examples=15, deadline=None)
@given(data=st.data(), seed=st.integers(0, 10**6))
def test_what_holds_always_needs_no_condition(rule: str, data: Any, seed: int) -> None:
    about, made = ALWAYS[rule]
    form = data.draw(about)
    has_no_exception(form, made(form), seed)


@pytest.mark.slow
@pytest.mark.parametrize("rule", ALWAYS)
@settings(max_examples=200, deadline=None)
@given(data=st.data(), seed=st.integers(0, 10**6))
def test_what_holds_always_has_no_exception_among_many(rule: str, data: Any, seed: int) -> None:
    about, made = ALWAYS[rule]
    form = data.draw(about)
    has_no_exception(form, made(form), seed)


# -- no rule is left out


def _rules_in_source() -> Iterator[tuple[str, str]]:
    """Each call that makes a rule: its module with the name that it is given, and its condition, as written."""
    for path in sorted(ROOM.rglob("*.py")):
        if not any(f"{word}(" in (source := path.read_text()) for word in RULES):
            continue
        module = path.relative_to(ROOM).with_suffix("").as_posix().removeprefix("algebra/")
        for node in ast.walk(ast.parse(source)):
            makes = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RULES
            if makes and len(node.args) == 3:
                yield f"{module}: {ast.unparse(node.args[0])}", ast.unparse(node.args[1])


def test_every_rule_has_an_instance_outside_of_its_condition_or_holds_always() -> None:
    found = list(_rules_in_source())
    always = {rule for rule, condition in found if condition.startswith(("'always", "TAKE_OUT.condition"))}
    assert always == set(ALWAYS)
    assert Counter(rule for rule, _ in found if rule not in always) <= Counter(case.rule for case in NEEDED)
    assert {case.rule for case in NEEDED} <= {rule for rule, _ in found}


def test_the_table_of_the_search_is_whole() -> None:
    told = {f"forms/moves: {move.name!r}" for move in MOVES}
    assert told <= set(ALWAYS) | {case.rule for case in NEEDED}
    for move in MOVES:
        assert move.condition.startswith("always" if f"forms/moves: {move.name!r}" in ALWAYS else "where ")
