"""A derivation on a terminal one line at a time: Enter goes on, b goes back, q ends."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from symbackprop.cli.equations import Line, Pen
from symbackprop.cli.latex_work import because
from symbackprop.cli.terminal import GRADIENT, REASON

if TYPE_CHECKING:
    from rich.text import Text
    from sympy import Symbol

    from symbackprop.calculus import Step

ON, BACK, END = 1, -1, 0
KEYS: Mapping[str, int] = {
    **dict.fromkeys(("\r", "\n", " ", "n", "\x1b[C", "\x1b[B"), ON),  # and the arrows to the right and down
    **dict.fromkeys(("b", "p", "\x7f", "\b", "\x1b[D", "\x1b[A"), BACK),  # backspace, the arrows to the left and up
    **dict.fromkeys(("q", "\x1b"), END),
}
"""Where each key leads; others do nothing."""
_KEY = re.compile(r"\x1b[\[O][0-9;]*[A-Za-z~]|.", re.DOTALL)
"""One key of those that arrive at once: some keys send several signs."""


def can_walk() -> bool:
    """Whether somebody is there to press keys and to look on: both ends are a terminal."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def walk(pen: Pen, title: str, steps: Sequence[Step], remarks: Sequence[str] = ()) -> None:
    """Show the lines one by one, as keys are pressed; ``remarks`` stand beneath the last."""
    at, keys = 0, _pressed()
    while True:
        last = at == len(steps) - 1
        click.clear()
        pen.sections(page(pen, title, steps, at))
        if last and remarks:
            pen.terminal.write("", *remarks)
        pen.terminal.write("", *pen.wrapped(_where(at, len(steps)), pen.terminal.width))
        moved = next((KEYS[key] for key in keys if key in KEYS and not (KEYS[key] == BACK and at == 0)), END)
        if moved == END or (moved == ON and last):
            return
        at += moved


def page(pen: Pen, title: str, steps: Sequence[Step], at: int) -> list[tuple[str, Sequence[Text]]]:
    """One line with its reason, behind the one that it equals, and what it cites, in sections."""
    step = steps[at]
    equal = at > 0 and steps[at - 1].lhs == step.lhs
    left, right = pen.formula(step.lhs), pen.formula(step.rhs)
    reason = f"({step.number}) {pen.words(because(step))}"
    before = [Line(left, pen.formula(steps[at - 1].rhs), f"({steps[at - 1].number})")] if equal else []
    lines = pen.lines([*before, Line("" if equal else left, right, reason)], GRADIENT, indent=2)
    shown = {steps[at - 1].number} if equal else set()
    uses = [use for use in step.uses if use not in shown]
    cited = pen.lines(list(_cited(pen, steps, uses)), REASON, indent=2)
    return [(title, lines), ("What it cites", cited)]


def _cited(pen: Pen, steps: Sequence[Step], uses: Sequence[Symbol | int]) -> Iterator[Line]:
    """Equations and lines that are cited, as they read."""
    equations = {**pen.derivation.network.to_loss, **dict(pen.derivation.backward.items())}
    by_number = {step.number: step for step in steps}
    for use in uses:
        if isinstance(use, int):
            line = by_number[use]
            yield Line(pen.formula(line.lhs), pen.formula(line.rhs), f"({use})")
        else:
            yield Line(pen.formula(use), pen.formula(equations[use]))


def _where(at: int, count: int) -> str:
    on = "Enter next" if at + 1 < count else "Enter end"
    back = ["b back"] if at else []
    return "  ".join((f"{at + 1} of {count}", on, *back, "q quit"))


def _pressed() -> Iterator[str]:
    """The keys that are pressed, one by one."""
    while True:
        try:
            signs = click.getchar()
        except EOFError:  # Ctrl-D, or a terminal that has gone
            return
        if not signs:
            return
        yield from _KEY.findall(signs)
