"""The update rule, the table of epochs, and the learning rates side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sympy import Symbol

from symbackprop.notation import Total, latex
from symbackprop.reporting.blocks import (
    Block,
    Formula,
    Heading,
    Inlines,
    Line,
    Maths,
    Paragraph,
    Raw,
    Table,
    listed_with_and,
)
from symbackprop.reporting.evidence import Run
from symbackprop.reporting.numbers import column_number, number, plain, shown
from symbackprop.reporting.sections.figures import training_figures
from symbackprop.reporting.sections.rates import rates_told
from symbackprop.reporting.sections.updates import cost_of_batch, further_choices, gradient_descent, update_equations
from symbackprop.reporting.writing import Desk, count

COLUMNS = 8
ROWS = 14


def training(desk: Desk) -> Iterator[Block]:
    """How the gradients are used, and what came of it; nothing of a layer, which has no loss to train by."""
    if desk.derivation.network.outputs:
        return
    run = desk.evidence.run
    told = desk.updated is not None and desk.tells("numbers")
    yield Heading(1, ("Training" if told else "Update rule and training",))
    if desk.examples > 1 and not told:
        yield from cost_of_batch(desk)
    if run is not None and run.rule is not None:
        yield from update_equations(run.rule)
    elif not told:
        yield from _update_rule(desk)
    if run is not None:
        yield Heading(2, ("Epochs",))
        yield from further_choices(run)
        columns = _columns(desk, run, lambda w: Maths(desk.descended(w)))
        yield from epochs(run, _loss_head(desk), columns, f"{_epoch_of(desk, run)}{_in_a_row(run)}")
        yield from training_figures(desk)
    if desk.evidence.sweep:
        yield Heading(2, ("Learning rates",))
        yield from rates(desk.evidence.sweep, _loss_head(desk))
        yield from desk.figure("rates", ("The loss at each learning rate.",))
    if desk.evidence.alone:
        yield Heading(2, ("The first example alone",))
        yield from _alone(desk, desk.evidence.alone)


def _loss_head(desk: Desk) -> Inlines:
    return ("cost",) if desk.examples > 1 else (Maths(desk.loss),)


def _update_rule(desk: Desk) -> Iterator[Block]:
    run, first, w = desk.evidence.run, desk.evidence.first, desk.derivation.wrt[0]
    words, line = gradient_descent(latex(w, desk.names), desk.descended(w).latex)
    yield words
    lines = [line]
    if run is not None and first is not None and run.batch_size is None:
        old, slope = first.values[w.name], first.gradients[w.name]
        bracketed = f"({shown(slope)})" if slope < 0 else shown(slope)
        put_in = Raw(rf"{shown(old)}-{shown(run.learning_rate)}\cdot {bracketed}")
        lines.append(Line(put_in, result=number(old - run.learning_rate * slope)))
    yield Formula(tuple(lines))


def _epoch_of(desk: Desk, run: Run) -> str:
    """What an epoch is, where each makes one update."""
    if run.batch_size is not None:
        return ""
    if desk.examples == 1:
        return "An epoch uses every example once; here there is one, so an epoch is one update. "
    return f"An epoch uses each of the {desk.examples} examples once, and makes one update by their mean gradient. "


# Epochs


Columns = Iterator[tuple[Maths, Sequence[float]]]


def epochs(run: Run, loss: Inlines, further: Columns, in_a_row: str) -> Iterator[Block]:
    """The loss and further columns: the first epochs, some in between, and the last; and what is in a row."""
    end = f" It diverged at epoch {run.diverged_at}." if run.diverged_at is not None else ""
    yield Paragraph((f"At learning rate {plain(run.learning_rate)}, {count(run.epochs, run.unit)}. {in_a_row}{end}",))
    columns = list(further)
    header: tuple[Inlines, ...] = (("epoch",), loss, *((head,) for head, _ in columns))
    numbers = [run.losses, *(column for _, column in columns)]
    rows = tuple(((str(k),), *_number_cells(column[k] for column in numbers)) for k in chosen(len(run.losses)))
    yield Table(header, rows, "r" * len(header), small=True)


def _in_a_row(run: Run) -> str:
    return f"A row holds the parameters before its {run.unit}, and what follows from them.{_left_out(run)}"


def _left_out(run: Run) -> str:
    """What of a long table is not shown."""
    said = []
    if len(run.losses) > len(chosen(len(run.losses))):
        said.append(" Some of the epochs are shown")
    if len(run.parameters) > COLUMNS:
        said.append(f"the first {COLUMNS} of {len(run.parameters)} parameters" + ("" if said else " are shown"))
    words = ", and ".join(said)
    return f" {words.strip()[0].upper()}{words.strip()[1:]}." if words else ""


def _columns(desk: Desk, run: Run, gradient: Callable[[Symbol], Maths]) -> Columns:
    """The parameters, then forward values and gradients where there is room for all of them."""
    symbol = desk.derivation.network.symbol
    values = {name: column for name, column in run.values.items() if name != desk.loss.name}
    families: tuple[tuple[dict[str, Sequence[float]], Callable[[str], Maths]], ...] = (
        (dict(run.parameters), lambda name: Maths(symbol(name))),
        (values, lambda name: Maths(symbol(name))),
        (dict(run.gradients), lambda name: gradient(symbol(name))),
    )
    room = COLUMNS
    for position, (family, head) in enumerate(families):
        names = list(family)[:room] if position == 0 or len(family) <= room else []
        room -= len(names)
        for name in names:
            yield head(name), family[name]


def _number_cells(values: Iterator[float]) -> Iterator[Inlines]:
    return ((Maths(column_number(value)),) for value in values)


def chosen(count: int) -> list[int]:
    """Which rows of a long table to show: 0, 1, 2, 5, 10, 20, 50 and so on, as most happens early, and the last."""
    if count <= ROWS:
        return list(range(count))
    rounds = (digit * 10**power for power in range(len(str(count))) for digit in (1, 2, 5))
    return sorted({0, count - 1, *(k for k in rounds if k < count)})


# Learning rates


def rates(runs: Sequence[Run], loss: Inlines) -> Iterator[Block]:
    """The loss at each of several rates: at first, after one update, at last."""
    yield Paragraph(("The same start, trained at several rates. ", *rates_told(runs, loss)))
    yield Table(_rate_header(runs, loss), tuple(_rate_row(run) for run in runs), "rrrr")


def _alone(desk: Desk, runs: Sequence[Run]) -> Iterator[Block]:
    """The first example of a batch, trained on alone: what is learnt from it, and how fast."""
    loss: Inlines = (Maths(desk.loss),)
    first = runs[0]
    columns = _columns(desk, first, lambda w: Maths(Total(desk.loss, w)))
    yield from epochs(first, loss, columns, f"Every update is made from this example. {_in_a_row(first)}")
    yield from _unmoved(desk, first)
    if len(runs) == 1:
        return
    yield Paragraph(("The same at several rates, with the parameters where they end. ", *rates_told(runs, loss)))
    names = list(runs[0].parameters)[: COLUMNS - 2]
    header = (*_rate_header(runs, loss), *((Maths(desk.derivation.network.symbol(name)),) for name in names))
    rows = tuple(
        (*_rate_row(run), *_number_cells(run.parameters[name][-1] for name in names))
        for run in sorted(runs, key=lambda run: run.learning_rate)
    )
    yield Table(header, rows, "r" * len(header), small=True)


def _unmoved(desk: Desk, run: Run) -> Iterator[Block]:
    """Which parameters stay where they are, as their gradients are zero."""
    still = [name for name, column in run.gradients.items() if not any(column)]
    if 0 < len(still) < len(run.gradients):
        names = listed_with_and([Maths(desk.derivation.network.symbol(name)) for name in still[:COLUMNS]])
        more = f" and {len(still) - COLUMNS} more" if len(still) > COLUMNS else ""
        one = len(still) == 1
        stay = "stays as it is: its gradient is" if one else "stay as they are: their gradients are"
        yield Paragraph((*names, f"{more} {stay} 0 for this example."))


def _rate_header(runs: Sequence[Run], loss: Inlines) -> tuple[Inlines, ...]:
    return ("rate",), ("initial ", *loss), ("after 1 update",), (f"after {max(run.epochs for run in runs)}",)


def _rate_row(run: Run) -> tuple[Inlines, ...]:
    after_one = run.losses[min(1, len(run.losses) - 1)]
    first, second, last = _number_cells(iter((run.losses[0], after_one, run.losses[-1])))
    return (plain(run.learning_rate),), first, second, ("diverged",) if run.diverged_at is not None else last
