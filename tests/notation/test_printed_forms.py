"""All gradients and error signals, as they are printed in each notation, are read back and proved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pytest
from command_line import run
from conftest import slow_except
from hypothesis import HealthCheck, given, settings
from matrix_networks import MATRIX_EXAMPLES, MatrixCase, random_matrix_networks
from networks import EXAMPLES, Described, described
from printed import NOTATIONS, gradients_verdict, made, printed, shipped
from sympy import Expr, Symbol

import symbackprop as sb
from symbackprop.network.spec import example_names
from symbackprop.reading import read_line

LONGEST = 5_000
"""Expanded forms that are longer than this are for no reader."""


def forms_of(d: sb.Derivation, expanded: bool) -> Iterator[Mapping[Symbol, Expr]]:
    """Each form of all gradients, then each error signal under the name that the loss is differentiated by."""
    yield {w: d.shared[w] for w in d.wrt}
    yield {w: d.gradients[w] for w in d.wrt}
    if expanded and d.network.dialect == "scalar":
        yield {w: d.expanded(w) for w in d.wrt}
    for name, delta in d.signals.items():
        yield {name: d.backward[delta]}


def read_back(d: sb.Derivation, notation: str, by: Symbol, form: Expr) -> Expr | None:
    """What is read of a printed form, in a line about it; None where it is too long for any reader."""
    said = printed(d, notation, form)
    if len(said) > LONGEST:
        return None
    delta = d.signals.get(by) if by not in d.wrt else None
    left = f"d{d.network.loss}/d{by}" if delta is None else delta.name
    line = read_line(f"{left} = {said}", d)
    assert line.name == (delta or by), said
    return line.formula


def check_forms(d: sb.Derivation, notations: Sequence[str], expanded: bool = False) -> None:
    leaves = set(d.network.leaves)
    for forms in forms_of(d, expanded):
        for notation in notations:
            found = {by: read_back(d, notation, by, form) for by, form in forms.items()}
            kept = {by: form for by, form in found.items() if form is not None}
            # All at once along one movement, where none of the names moves another.
            together = [kept] if kept.keys() <= leaves else [{by: form} for by, form in kept.items()]
            for formulas in together if kept else ():
                verdict = gradients_verdict(d, tuple(formulas.items()))
                assert verdict.proved, (notation, forms, str(verdict))


@pytest.mark.parametrize("name", slow_except(["two-layer-sigmoid", "mlp"], example_names()))
def test_what_is_printed_of_an_example_is_proved(name: str) -> None:
    check_forms(shipped(name), list(NOTATIONS))


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({*example_names(), *EXAMPLES, *MATRIX_EXAMPLES}))
def test_what_is_printed_of_every_network_is_proved(name: str) -> None:
    check_forms(made(name), list(NOTATIONS), expanded=True)


MANY = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.slow
@MANY
@given(described(max_depth=3, max_width=3))
def test_what_is_printed_of_random_networks_is_proved(made_: Described) -> None:
    check_forms(sb.derive(made_.network()), list(NOTATIONS))


@pytest.mark.slow
@MANY
@given(random_matrix_networks())
def test_what_is_printed_of_random_networks_of_matrices_is_proved(case: MatrixCase) -> None:
    try:
        d = sb.derive(case.network())
    except sb.DerivationError:
        return
    check_forms(d, list(NOTATIONS))


# -- whole documents


@pytest.mark.parametrize("name", ["xor", "mlp"])
@pytest.mark.parametrize("words", [(), ("--ascii",), ("--latex",)], ids=lambda words: "".join(words) or "unicode")
def test_what_derive_writes_is_a_file_of_lines_that_are_proved(name: str, words: tuple[str, ...]) -> None:
    """Each line of the terminal with an equals sign and a gradient or an error signal on its left."""
    d = shipped(name)
    written = run("derive", name, "--form", "shared", *words, COLUMNS="400").stdout.splitlines()
    proved = 0
    for row in written:
        if " = " not in row:
            continue
        line = read_line(row.strip(), d)
        assert line.name is not None, row
        by = next((n for n, delta in d.signals.items() if delta == line.name), line.name)
        assert gradients_verdict(d, ((by, line.formula),)).proved, row
        proved += 1
    assert proved >= len(d.wrt) + len(d.backward)
