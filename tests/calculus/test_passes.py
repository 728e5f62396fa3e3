"""The row of passes from what is given to the gradients, and what each notes of its own work."""

from __future__ import annotations

import pytest
from command_line import run
from conftest import few
from processes import TESTS, the_one_output
from sympy import Eq, MatrixSymbol, Symbol, exp, symbols

import symbackprop as sb
from symbackprop.calculus.pipeline import CLOSED, DERIVATION, EXPANDED, PIPELINE
from symbackprop.calculus.step import words
from symbackprop.network.pipeline import DESCRIPTION
from symbackprop.passes import Note, Pass, counted, some_of
from symbackprop.passes import run as ran

x, t, w, v, y, E = symbols("x t w v y E")
m, n, k = symbols("m n k")


def by_hand(**more: object) -> sb.Network:
    """Equations out of order, with a sigmoid that is written out inside a product."""
    equations = {E: (y - t) ** 2 / 2, y: v / (1 + exp(-w * x))}
    return sb.Network(equations, inputs=[x], targets=[t], parameters=[w, v], loss=E, **more)  # type: ignore[arg-type]


def notes(network_or_derivation: sb.Network | sb.Derivation) -> dict[str, list[str]]:
    return {one.name: [words(change) for change in one.changes] for one in network_or_derivation.passes}


def test_passes_run_in_a_row_and_each_note_is_kept_once() -> None:
    def doubled(number: int, note: Note) -> int:
        note(f"{number} is doubled")
        note(f"{number} is doubled")
        return 2 * number

    def looked_at(number: int, note: Note) -> int:
        return number

    twice, look = Pass("twice", "Double it.", doubled), Pass("look", "Look at it.", looked_at)
    number, record = ran([twice, look, twice], 3)
    assert number == 12
    assert [(one.name, one.says, one.changes) for one in record] == [
        ("twice", "Double it.", (("3 is doubled",),)),
        ("look", "Look at it.", ()),
        ("twice", "Double it.", (("6 is doubled",),)),
    ]


def test_names_are_counted_and_cut_short() -> None:
    assert (counted(1, "name"), counted(1200, "name")) == ("1 name", "1,200 names")
    assert words(some_of(symbols("a:c"))) == "a, b, c"
    assert words(some_of(symbols("a:h"))) == "a, b, c, d, e, f, …"


def test_the_row_is_what_runs() -> None:
    d = sb.derive(by_hand())
    before = [one.name for one in (*DESCRIPTION, *DERIVATION)]
    assert [one.name for one in d.network.passes] == [one.name for one in DESCRIPTION]
    assert [one.name for one in d.passes] == before
    d.expanded(w)
    assert [one.name for one in d.passes] == [*before, EXPANDED.name]
    d = sb.derive(by_hand())
    d.gradients[w]
    d.gradients[v]
    d.expanded(w)
    assert [one.name for one in d.passes] == [one.name for one in PIPELINE] == [*before, CLOSED.name, EXPANDED.name]
    assert len({one.name for one in PIPELINE}) == len(PIPELINE)


def test_each_pass_notes_what_it_changed() -> None:
    net = by_hand(facts=["x < 1"], values={"x": 0.5})
    a, z = Symbol("a_z1"), Symbol("z1")
    assert set(net.equations) == {E, y, a, z}
    d = sb.derive(net, facts=[Eq(x + t, 1)])
    assert notes(d) == {
        "read": ["2 equations"],
        "bind": ["1 input: x", "1 target: t", "2 parameters: w, v"],
        "recognise": ["1/(1 + exp(−w·x)) read as σ(w·x) in y"],
        "name": ["names 1 activation: a_z₁", "names 1 argument: z₁"],
        "order": ["the order is now z₁, a_z₁, y, E"],
        "check": [],
        "state": ["x < 1"],
        "values": ["1 value"],
        "ask": ["by 2 names: w, v", "also t + x = 1"],
        "differentiate": ["4 of 4 equations on routes to the loss", "5 local derivatives"],
        "sweep": [
            f"names {len(d.backward)} error signals: δ_y, δ_z₁",
            "writes 2 gradients with them",
            f"writes down {len(d.steps)} lines of work",
        ],
    }


def test_rewriting_is_told_with_the_facts_that_it_uses() -> None:
    d = sb.derive(sb.load_example("softmax-classifier"))
    told = notes(d)["sweep"]
    rules = [rule for rewrites in d.swept.rewrites.values() for rule in rewrites]
    times = sum(rule.reason == "since t1 + t2 + t3 = 1" for rule in rules)
    assert times == 3
    assert f"since t1 + t2 + t3 = 1: {times} times" in told
    assert not any("since" in line for line in notes(sb.derive(sb.mlp([2, 3], loss="cross_entropy")))["sweep"])


def test_passes_of_matrices() -> None:
    X, Z, P = MatrixSymbol("X", m, n), MatrixSymbol("Z", m, k), MatrixSymbol("P", m, k)
    W = MatrixSymbol("W", n, k)
    repeated = sb.rowsum(sb.exp(Z)) * sb.ones(1, k)
    written = sb.hadamard(sb.exp(Z), sb.power(repeated, -1))
    net = sb.Network(
        {Z: X * W, P: written, E: -sb.total(sb.log(P))}, inputs=[X], targets=[], parameters=[W], loss=E
    )  # fmt: skip
    told = notes(net)
    assert told["read"] == ["3 equations", "4 arrays of the sizes m, n, k"]
    assert [line.rsplit(" read as ", 1)[1] for line in told["recognise"]] == ["softmax_rows(Z) in P"]


@pytest.mark.parametrize("name", few(sb.example_names()))
def test_the_command_line_shows_them_in_eighty_columns(name: str) -> None:
    shown = run("derive", name, "--passes", "--form", "shared", COLUMNS="80").stdout
    rows = shown.splitlines()
    assert max(map(len, rows)) <= 80
    end = rows.index("")
    assert " ".join(rows[end + 1 :]) == str(sb.derive(sb.load_example(name)).operations)
    heads = [row.split(" ")[0] for row in rows[2:end] if not row.startswith(" ")]
    assert heads == [one.name for one in (*DESCRIPTION, *DERIVATION)]
    ascii_only = run("derive", name, "--passes", "--ascii").stdout
    assert ascii_only.isascii()
    assert f"\n{CLOSED.name} " in ascii_only
    assert "\x1b" not in shown


def test_the_command_line_cuts_long_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setattr(sys.modules["symbackprop.cli.commands.formulas"], "MOST_CHANGES", 2)
    shown = run("derive", "two-layer-sigmoid", "--passes", "--ascii").stdout
    assert "2 targets: t1, t2\n" in shown
    assert "and 1 more\n" in shown
    assert "8 parameters" not in shown


SAYING = """
import symbackprop as sb
from sympy import exp, symbols
from symbackprop.calculus.step import words
from calculus.test_passes import by_hand
z1, z2, z3, p, q, E = symbols("z1 z2 z3 p q E")
total = exp(z1) + exp(z2) + exp(z3)
written = {E: -p * q, p: exp(z1) / total, q: exp(z3) / total}
softmax = sb.Network(written, inputs=[], targets=[], parameters=[z1, z2, z3], loss=E)
for network in (by_hand(), softmax, sb.load_example("attention")):
    derivation = sb.derive(network)
    derivation.gradients[network.parameters[0]]
    for one in derivation.passes:
        print(one.name, [words(change) for change in one.changes])
"""


@pytest.mark.slow
def test_every_process_notes_the_same() -> None:
    said = the_one_output(f"import sys; sys.path.insert(0, {str(TESTS)!r})\n{SAYING}", ["0", "1", "2"]).decode()
    assert "read as" in said
    assert said.count("close") == 3
