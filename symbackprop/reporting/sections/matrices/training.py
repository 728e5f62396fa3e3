"""The update rule, the table of epochs, and the learning rates side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symbackprop.notation import Total, latex
from symbackprop.reporting.blocks import Block, Formula, Heading, Inlines, Maths, Raw
from symbackprop.reporting.evidence import Run
from symbackprop.reporting.sections.figures import training_figures
from symbackprop.reporting.sections.training import COLUMNS, ROWS, epochs, rates
from symbackprop.reporting.sections.updates import further_choices, gradient_descent, update_equations
from symbackprop.reporting.writing import Desk

FULL = "a row holds the parameters before its {}, and what follows from them."
LOSS_ALONE = "a row holds the loss before its {}. The parameters are left out."


def training(desk: Desk) -> Iterator[Block]:
    """How the gradients are used, and what came of it; nothing of a layer, which has no loss to train by."""
    if desk.derivation.network.outputs:
        return
    run = desk.evidence.run
    loss: Inlines = (Maths(desk.loss),)
    yield Heading(1, ("Update rule and training",))
    if run is None or run.rule is None:
        yield from _gradient_descent(desk)
    else:
        yield from update_equations(run.rule)
    if run is not None:
        yield Heading(2, ("Epochs",))
        yield from further_choices(run)
        some = " Some of the epochs are shown." if run.epochs >= ROWS else ""
        in_a_row = (FULL if run.parameters else LOSS_ALONE).format(run.unit)
        yield from epochs(run, loss, _columns(desk, run), f"{in_a_row}{some}")
        yield from training_figures(desk)
    if desk.evidence.sweep:
        yield Heading(2, ("Learning rates",))
        yield from rates(desk.evidence.sweep, loss)
        yield from desk.figure("rates", ("The loss at each learning rate.",))


def _gradient_descent(desk: Desk) -> Iterator[Block]:
    w = desk.derivation.wrt[0]
    words, line = gradient_descent(latex(w, desk.names), latex(Total(desk.loss, w), desk.names))
    yield words
    yield Formula((line,))


def _columns(desk: Desk, run: Run) -> Iterator[tuple[Maths, Sequence[float]]]:
    """The entries of the parameters, and those of the gradients where there is room for them too."""
    for name, column in run.parameters.items():
        yield Maths(Raw(_entry(desk, name, latex(desk.derivation.network.symbol(_bare(name)), desk.names)))), column
    if len(run.parameters) + len(run.gradients) <= COLUMNS:
        for name, column in run.gradients.items():
            gradient = Total(desk.loss, desk.derivation.network.symbol(_bare(name)))
            yield Maths(Raw(_entry(desk, name, latex(gradient, desk.names)))), column


def _bare(name: str) -> str:
    return name.partition("[")[0]


def _entry(desk: Desk, name: str, written: str) -> str:
    """The name of an entry: W_{1,2}."""
    at = name.partition("[")[2].removesuffix("]")
    if not at:
        return written
    bracketed = rf"\left({written}\right)" if r"\frac" in written else f"({written})" if "_" in written else written
    return rf"{bracketed}_{{{at}}}"
