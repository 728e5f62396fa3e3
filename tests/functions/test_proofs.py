"""Every function has a proof of its derivatives, each line of which is held at fifty digits, and which ends in them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from mpmath import mpf
from networks import exact
from proved import Numbers, hold, name, word
from proved_functions import DIGITS, HELD, held
from sympy import Add, Expr, Max, Min, Mul, Pow, S, Symbol
from typeset_values import Value

import symbackprop as sb
from symbackprop.calculus.rule_proofs import EXPONENT, POWER, PROOFS, ROOT, proof_of_power
from symbackprop.calculus.rules import RULES
from symbackprop.functions.base import Primitive
from symbackprop.functions.catalogue import ROWS
from symbackprop.functions.softmax import (
    LOG_SUM_EXP,
    SoftmaxComponent,
    log_softmax_component,
    log_sum_exp,
    softmax_component,
)
from symbackprop.notation import latex
from symbackprop.notation.typeset import Node, read_typeset
from symbackprop.proof_lines import Shown
from symbackprop.reading import read_formula
from symbackprop.reporting.blocks import Maths, Raw
from symbackprop.reporting.maths_in_words import with_mathematics

PROVED = [row for row in ROWS if row.derivatives]
names = pytest.mark.parametrize("row", PROVED, ids=lambda row: row.name)
LEAST = 3
"""At how many points each line is held at least."""


def points(row: Primitive) -> Iterator[dict[str, Any]]:
    """Numbers for the arguments, in the domain and away from kinks; settings are positive, a number is whole."""
    rng, args = random.Random(row.name), list(map(Symbol, row.parameters))
    while True:
        values = {s.name: mpf(rng.uniform(-8, 8) if rng.random() < 0.5 else rng.uniform(-1.5, 1.5)) for s in args}
        values |= {s.name: mpf(rng.uniform(0.25, 2)) for s in args[len(args) - row.settings :] if row.settings}
        values |= {s.name: mpf(rng.randint(1, 3)) for s in args[: row.numbers]}
        domain = row.domain(*args) if row.domain else ()
        kinks = row.kinks(*args) if row.kinks else ()
        inside = all(exact(S(part), values) > 0.05 for part in domain)
        if inside and all(abs(exact(S(part), values)) > 0.05 for part in kinks):
            yield {**values, "h": mpf(rng.uniform(-1, 1))}


def ways_to_write(row: Primitive, argument: str) -> set[str]:
    """How the derivative by an argument may stand on the left of a line."""
    args = list(map(Symbol, row.parameters))
    applied, by = latex(row.cls(*args)), latex(Symbol(argument))
    written = {rf"\frac{{\partial}}{{\partial {by}}}\,{applied}"}
    if args[0].name == argument:
        written.add(rf"\frac{{\mathrm{{d}}}}{{\mathrm{{d}}{by}}}\,{applied}")
        written.add(applied.replace(f"({by})", f"'({by})"))
    return written


def last_lines(row: Primitive) -> dict[str, str]:
    """For each argument the right side of the last line about its derivative."""
    found: dict[str, str] = {}
    left = ""
    for line in row.proof:
        left = line.left or left
        for argument in row.parameters[row.numbers :]:
            if left in ways_to_write(row, argument):
                found[argument] = line.right
    return found


def named_in(row: Primitive) -> dict[str, str]:
    """What is named by a letter of its own."""
    lefts = {line.left: line.right for line in row.proof if len(line.left) == 1 and line.left.isalpha()}
    return {left: right for left, right in lefts.items() if left not in row.parameters}


@names
def test_a_function_has_a_proof(row: Primitive) -> None:
    assert row.proof, f"{row.name} has no proof; give its row one"
    assert row.proof[0].left
    assert len(row.proof) <= 5 * len(row.derivatives)
    assert all(line.why for line in row.proof)
    assert not [line for line in row.proof if "operatorname" in line.left + line.right]  # GitHub does not set it
    assert last_lines(row).keys() == set(row.parameters[row.numbers :])


@names
def test_each_line_of_a_proof_is_true(row: Primitive) -> None:
    """At fifty digits, by the definition alone; a line with a condition at some points at least."""
    with mpmath.workdps(DIGITS):
        counts = [0] * len(row.proof)
        for _, values in zip(range(200), points(row), strict=False):
            for line, holds in enumerate(held(row.proof, values)):
                counts[line] += holds
            if min(counts) >= LEAST:
                break
    assert min(counts) >= LEAST, (row.proof[counts.index(min(counts))], counts)


def derivation_of(row: Primitive, others: tuple[str, ...]) -> sb.Derivation:
    """A derivation whose names are the arguments of a function, for reading formulas in them."""
    args = [S(2) if place < row.numbers else Symbol(text) for place, text in enumerate(row.parameters)]
    result, loss = Symbol("a_"), Symbol("E_")
    leaves = [arg for arg in args if arg.is_Symbol] + [Symbol(other) for other in others]
    formula = row.cls(*args)
    equations = {result: formula, loss: Add(result, *map(Symbol, others)) ** 2}
    return sb.derive(sb.Network(equations, inputs=[], targets=[], parameters=leaves, loss=loss))


@names
def test_a_proof_ends_in_the_derivatives_of_the_record(row: Primitive) -> None:
    """The last line about each is read back, and is the same expression, in terms of the output where that is."""
    own = named_in(row)
    d = derivation_of(row, tuple(own))
    args = [S(2) if place < row.numbers else Symbol(text) for place, text in enumerate(row.parameters)]
    meant = {Symbol(text): read_formula(right, d) for text, right in own.items()}
    for argument, right in last_lines(row).items():
        place = row.parameters.index(argument)
        expected = S(row.derivatives[place](row.cls(*args), *args))
        written = right.replace("(n", "(2") if row.numbers else right
        assert read_formula(written, d).xreplace(meant) == expected, (right, expected)


@names
def test_the_words_of_a_proof_can_be_set(row: Primitive) -> None:
    for line in row.proof:
        for piece in with_mathematics(line.why):
            if isinstance(piece, Maths):
                assert isinstance(piece.content, Raw)
                assert read_typeset(piece.content.latex)


# Functions of several scores


def scores_world(size: int) -> Numbers:
    """Scores z of some size in a row, their softmax p and the logarithm y of the sum of their powers."""
    rng = np.random.default_rng(size)
    z = rng.normal(size=(1, size))
    derived: dict[Node, Value] = {
        name("p"): lambda scope: np.exp(scope.values[name("z")]) / np.exp(scope.values[name("z")]).sum(),
        name("y"): lambda scope: np.log(np.exp(scope.values[name("z")]).sum()),
    }
    return Numbers({name("z"): z}, {name("z"): np.ones_like(z)}, derived, {word("log"): np.log})


@pytest.mark.parametrize(
    "proof", [softmax_component.proof, log_softmax_component.proof, LOG_SUM_EXP.proof], ids=["p", "log p", "log sum"]
)
def test_the_proofs_for_several_scores_are_true(proof: tuple[Shown, ...]) -> None:
    counts = [hold(proof, scores_world(size)) for size in (1, 2, 3)]
    assert all(map(any, zip(*counts, strict=True)))
    assert all(line.why for line in proof)


@pytest.mark.parametrize("cls", [softmax_component, log_softmax_component])
def test_the_components_have_the_derivatives_that_are_proved(cls: type[SoftmaxComponent]) -> None:
    """By the score of its own, and by another."""
    scores = sympy.symbols("z1 z2 z3")
    p = [softmax_component(S(k), *scores) for k in (1, 2, 3)]
    logs = cls is log_softmax_component
    share = [sympy.exp(log_softmax_component(S(k), *scores)) for k in (1, 2, 3)] if logs else p
    same, other = cls(S(1), *scores).fdiff(2), cls(S(1), *scores).fdiff(3)
    assert same == (1 - share[0] if logs else p[0] * (1 - p[0]))
    assert other == (-share[1] if logs else -p[0] * p[1])
    whole = log_sum_exp(*scores)
    assert whole.fdiff(1) == sympy.exp(scores[0] - whole)


# Sums, products, powers, max and min


u, v, n, y = sympy.symbols("u v n y")
whole = Symbol("n", integer=True, positive=True)
RULED: list[tuple[type, int, Expr]] = [
    (Add, 0, u + v), (Mul, 0, u * v), (Pow, 0, u**n), (Pow, 1, u**n), (Pow, 0, sympy.sqrt(u)),
    (Pow, 0, u**2), (Pow, 0, u**whole), (Pow, 0, 1 / u), (Pow, 0, u**-whole), (Max, 0, Max(u, v)), (Min, 0, Min(u, v)),
]  # fmt: skip
CHAINS = [proof for proofs in PROOFS.values() for proof in proofs]


def test_every_rule_has_its_proof() -> None:
    assert PROOFS.keys() | {log_sum_exp} == RULES.keys()
    assert len(CHAINS) == len(RULED)
    assert PROOFS[Pow][:3] == (POWER, EXPONENT, ROOT)
    exponents = (S(1) / 3, S.Half, S(2), S(3), S(-1), S(-2))
    assert [proof_of_power(n)[1] for n in exponents] == [POWER, *PROOFS[Pow][2:]]
    assert proof_of_power(S(-1) / 2)[1] == POWER
    assert len({proof_of_power(n)[0] for n in exponents}) == len(exponents)


@pytest.mark.parametrize(("proof", "ruled"), list(zip(CHAINS, RULED, strict=True)), ids=[str(r[2]) for r in RULED])
def test_the_proofs_of_rules_are_true_and_end_in_them(proof: tuple[Shown, ...], ruled: tuple[type, int, Expr]) -> None:
    cls, place, formula = ruled
    rng = random.Random(str(formula))
    last = Shown(proof[-1].right, "w")
    with mpmath.workdps(DIGITS):
        counts = [0] * len(proof)
        for _ in range(40):
            values = {text: mpf(rng.uniform(0.2, 4)) for text in "uvnh"}
            values |= {"n": mpf(rng.randint(1, 5))} if whole in formula.free_symbols else {}
            for line, holds in enumerate(held(proof, values)):
                counts[line] += holds
            arg = formula.args.index(u) if cls is not Pow else place
            rule = RULES[cls](formula, arg, y if formula == sympy.sqrt(u) else formula)
            numbers = {**values, "y": exact(formula, values)}
            found = exact(rule, numbers)
            assert all(held((last,), {**numbers, "w": found}))
    assert min(counts) >= LEAST
    assert all(line.why for line in proof)


# The tests themselves


@pytest.mark.parametrize(
    ("line", "z"),
    [
        (Shown(r"2\,\sigma(z)\,\bigl(1-\sigma(z)\bigr)", r"\sigma'(z)"), "0.75"),
        (Shown(r"1\quad(z>-1)", r"\mathrm{ReLU}'(z)"), "-0.75"),
        (Shown(r"\frac{1}{z}+10^{-20}", r"\log'(z)"), "0.75"),
    ],
)
def test_a_false_line_is_found(line: Shown, z: str) -> None:
    with mpmath.workdps(DIGITS), pytest.raises(AssertionError, match="is "):
        list(held((line,), {"z": mpf(z)}))


def test_what_is_held_for_a_constant_is_one() -> None:
    assert HELD in {row.name for row in ROWS}
    assert sb.stop_gradient(Symbol("z")).diff(Symbol("z")) == 0
