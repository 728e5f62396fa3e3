"""What the program prints of a derivation, in every notation, for tests that read it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache

from matrix_networks import MATRIX_EXAMPLES
from networks import EXAMPLES
from sympy import Expr, Symbol

import symbackprop as sb
from symbackprop.judge import Gradients, Line, Verdict, judge
from symbackprop.network.spec import example_names, read_example
from symbackprop.notation import NameTable, latex, latex_lines, text

Write = Callable[[Expr, NameTable, sb.Derivation], str]

NOTATIONS: Mapping[str, Write] = {
    "unicode": lambda e, names, d: text(e, names, d.order),
    "ascii": lambda e, names, d: text(e, names, d.order, unicode=False),
    "latex": lambda e, names, d: latex(e, names, d.order),
    "markdown": lambda e, names, d: " ".join(f"$`{piece}`$" for piece in latex_lines(e, names, d.order, 46)),
    "str": lambda e, names, d: str(e),
}


@cache
def shipped(name: str) -> sb.Derivation:
    return sb.derive(read_example(name).network)


@cache
def made(name: str) -> sb.Derivation:
    """The derivation of an example of the tests, or of a shipped one."""
    if name in example_names():
        return shipped(name)
    if name in EXAMPLES:
        return sb.derive(EXAMPLES[name]())
    case = MATRIX_EXAMPLES[name]()
    return sb.derive(case.network(), wrt=list(case.wrt) or None)


@cache
def names_of(d: sb.Derivation) -> NameTable:
    return NameTable.of(s.name for s in (*d.network.names, *d.backward, *d.network.sizes))


def printed(d: sb.Derivation, notation: str, expr: Expr) -> str:
    return NOTATIONS[notation](expr, names_of(d), d)


def lines_of(d: sb.Derivation) -> Iterator[sb.Step]:
    """The lines of the sweep, then those of the work of each gradient; what was written before is left out."""
    written: set[tuple[Expr, Expr]] = set()
    for steps in (d.steps, *(sb.work(d, w) for w in d.wrt)):
        for step in steps:
            if (step.lhs, step.rhs) not in written:
                written.add((step.lhs, step.rhs))
                yield step


@cache
def line_verdict(d: sb.Derivation, lhs: Expr, rhs: Expr) -> Verdict:
    return judge(Line.of(d, lhs, rhs))


@cache
def gradients_verdict(d: sb.Derivation, formulas: tuple[tuple[Symbol, Expr], ...]) -> Verdict:
    return judge(Gradients(d.network, dict(formulas), signals=d.backward, facts=d.facts))
