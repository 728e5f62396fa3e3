"""The update rule, the table of epochs, and the learning rates side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symbackprop.notation import Total, latex
from symbackprop.reporting.blocks import Block, Figure, Formula, Heading, Inlines, Line, Maths, Paragraph, Raw, Table
from symbackprop.reporting.evidence import Run
from symbackprop.reporting.numbers import column_number, number, plain, shown
from symbackprop.reporting.writing import Desk

COLUMNS = 8
ROWS = 14


def training(desk: Desk) -> Iterator[Block]:
    """How the gradients are used, and what came of it."""
    yield Heading(1, ("Update rule and training",))
    w = desk.derivation.wrt[0]
    name, gradient = latex(w, desk.names), latex(Total(desk.loss, w), desk.names)
    yield Paragraph(
        ("Gradient descent moves each parameter against its gradient, all at once, by the learning rate ",
         Maths(Raw(r"\eta")), ":")
    )  # fmt: skip
    lines = [Line(Raw(rf"{name}-\eta\,{gradient}"), Raw(rf"{name}^{{\mathrm{{new}}}}"))]
    run, first = desk.evidence.run, desk.evidence.first
    if run is not None and first is not None:
        old, slope = first.given_value(w.name), first.gradients[w.name]
        put_in = rf"{shown(old)}-{shown(run.learning_rate)}\cdot {_bracketed(slope)}"
        lines.append(Line(Raw(put_in), result=number(old - run.learning_rate * slope)))
    yield Formula(tuple(lines))
    if first is not None and first.examples > 1:
        yield from _batch(desk)
    if run is not None:
        yield from _epochs(desk, run)
    if desk.evidence.sweep:
        yield from _rates(desk, desk.evidence.sweep)


def _bracketed(value: float) -> str:
    return f"({shown(value)})" if value < 0 else shown(value)


def _batch(desk: Desk) -> Iterator[Block]:
    assert desk.evidence.first is not None
    n = desk.evidence.first.examples
    yield Paragraph(
        (
            f"With {n} examples the cost is the mean of their losses, so each gradient is the mean of the examples' "
            "gradients:",
        )
    )
    loss = latex(desk.loss, desk.names)
    w = latex(desk.derivation.wrt[0], desk.names)
    mean = rf"\frac{{1}}{{{n}}}\sum_{{k=1}}^{{{n}}}"
    yield Formula(
        (
            Line(Raw(rf"{mean}{loss}^{{(k)}}"), Raw(r"\mathrm{cost}")),
            Line(
                Raw(rf"{mean}\frac{{\partial {loss}^{{(k)}}}}{{\partial {w}}}"),
                Raw(rf"\frac{{\partial\,\mathrm{{cost}}}}{{\partial {w}}}"),
            ),
        )
    )


def _epochs(desk: Desk, run: Run) -> Iterator[Block]:
    """The first epochs, some in between, and the last."""
    yield Heading(2, ("Epochs",))
    end = f" It diverged at epoch {run.diverged_at}." if run.diverged_at is not None else ""
    yield Paragraph(
        (f"At learning rate {plain(run.learning_rate)}, {run.epochs} updates; each row holds the parameters before its "
         f"update.{end}",)
    )  # fmt: skip
    names = list(run.columns)[:COLUMNS]
    header: tuple[Inlines, ...] = (
        ("epoch",), _loss_head(desk), *((Maths(desk.derivation.network.symbol(name)),) for name in names),
    )  # fmt: skip
    rows = tuple(_epoch_row(run, names, k) for k in chosen(len(run.losses)))
    yield Table(header, rows, "r" * len(header), small=True)
    yield Figure("loss", ("The loss, epoch by epoch.",))


def _epoch_row(run: Run, names: Sequence[str], k: int) -> tuple[Inlines, ...]:
    numbers = (run.losses[k], *(run.columns[name][k] for name in names))
    return ((str(k),), *((Maths(column_number(value)),) for value in numbers))


def _loss_head(desk: Desk) -> Inlines:
    first = desk.evidence.first
    return ("cost",) if first is not None and first.examples > 1 else (Maths(desk.loss),)


def chosen(count: int) -> list[int]:
    """Which rows of a long table to show: the first few, some evenly in between, the last."""
    if count <= ROWS:
        return list(range(count))
    start = list(range(5))
    between = [round(4 + (count - 1 - 4) * k / (ROWS - 5)) for k in range(1, ROWS - 5)]
    return sorted({*start, *(_rounded(k, count) for k in between), count - 1})


def _rounded(k: int, count: int) -> int:
    """A round number near k, as people expect in a table."""
    unit = 5 if count <= 200 else 10 ** (len(str(count)) - 2) * 5
    return min(max(unit, unit * round(k / unit)), count - 1)


def _rates(desk: Desk, runs: Sequence[Run]) -> Iterator[Block]:
    yield Heading(2, ("Learning rates",))
    yield Paragraph(
        ("The same start at several rates. Which one serves best belongs to this network and these values.",)
    )
    header: tuple[Inlines, ...] = (
        ("rate",), (*_loss_head(desk), " at first"), ("after 1 update",), (f"after {runs[0].epochs}",),
    )  # fmt: skip
    yield Table(header, tuple(_rate_row(run) for run in runs), "rrrr")
    yield Figure("rates", ("The loss at each learning rate.",))


def _rate_row(run: Run) -> tuple[Inlines, ...]:
    after_one = run.losses[min(1, len(run.losses) - 1)]
    last: Inlines = ("diverged",) if run.diverged_at is not None else (Maths(column_number(run.losses[-1])),)
    return (
        (plain(run.learning_rate),),
        (Maths(column_number(run.losses[0])),),
        (Maths(column_number(after_one)),),
        last,
    )
