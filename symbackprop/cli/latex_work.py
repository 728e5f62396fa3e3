"""The work for one gradient as LaTeX, in environments of amsmath that can be put into a paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from symbackprop.notation import latex
from symbackprop.reporting.blocks import Inlines, Maths, Raw
from symbackprop.reporting.latex import escaped
from symbackprop.reporting.maths_in_words import reason_of

if TYPE_CHECKING:
    from symbackprop.calculus import Step
    from symbackprop.calculus.step import Reason
    from symbackprop.cli.equations import Equation, Pen


def display(title: str, rows: Iterable[str]) -> list[str]:
    """Rows that are aligned at their equals signs, under their title as a comment; nothing where there are none."""
    written = list(rows)
    if not written:
        return []
    rows = [*(rf"  {row} \\" for row in written[:-1]), f"  {written[-1]}"]
    return [f"% {title}", r"\begin{align*}", *rows, r"\end{align*}"]


def equations(pen: Pen, given: Iterable[Equation]) -> Iterator[str]:
    """A row for each equation."""
    for left, right in given:
        yield f"{latex(left, pen.names, pen.order)} &= {latex(right, pen.names, pen.order)}"


def work(pen: Pen, steps: Sequence[Step]) -> Iterator[str]:
    """A row for each line of the work, its left side where that is another one, its number and reason behind it."""
    before = None
    for step in steps:
        left = "" if step.lhs == before else f"{latex(step.lhs, pen.names, pen.order)} "
        before = step.lhs
        reason = "".join(_pieces(pen, reason_of(because(step))))
        yield f"{left}&= {latex(step.rhs, pen.names, pen.order)} && \\text{{({step.number}) {reason}}}"


def because(step: Step) -> Reason:
    """Why a line holds, with the equations that it cites and that its reason does not name."""
    from symbackprop.calculus import Rule

    cited = [f"({use})" if isinstance(use, int) else use for use in step.uses if use not in step.because]
    named = [part for use in cited for part in (", ", use)][1:]
    if step.rule is Rule.SUBSTITUTE and named:
        return (*step.because[:1], " of ", *named, *step.because[1:])
    return (*step.because, ", by ", *named) if named else step.because


def _pieces(pen: Pen, pieces: Inlines) -> Iterator[str]:
    for piece in pieces:
        match piece:
            case str():
                yield escaped(piece)
            case Maths(content=Raw(latex=written)):
                yield f"${written}$"
            case Maths(content=content):
                yield f"${latex(content, pen.names, pen.order)}$"
            case _:
                raise AssertionError(piece)
