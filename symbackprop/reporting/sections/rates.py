"""What a table of learning rates shows, in sentences that hold for its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symbackprop.reporting.blocks import Inline, Inlines, Maths, listed_with_and
from symbackprop.reporting.evidence import Run
from symbackprop.reporting.numbers import column_number, plain


def rates_told(runs: Sequence[Run], loss: Inlines) -> Inlines:
    """Which rate ends lowest and what the others do: which hardly move, which step too far at first, which diverge."""
    ended = sorted((run for run in runs if run.diverged_at is None), key=lambda run: run.learning_rate)
    diverged = [run for run in runs if run.diverged_at is not None]
    sentences = [
        *_best(ended, loss, all_ended=not diverged),
        *_still([run for run in ended if _printed(run.losses[-1]) == _printed(run.losses[0])], loss),
        *_up_first([run for run in ended if run.losses[1:] and run.losses[1] > run.losses[0]], loss),
        *_diverged(diverged),
    ]
    pieces: list[Inline] = []
    for sentence in sentences:
        pieces += [*([" "] if pieces else []), *sentence]
    return tuple(pieces)


def _printed(value: float) -> str:
    return column_number(value).latex


def _rates(runs: Sequence[Run]) -> Inlines:
    return listed_with_and([(plain(run.learning_rate),) for run in runs])


def _best(ended: Sequence[Run], loss: Inlines, all_ended: bool) -> Iterator[Inlines]:
    """Which rate ends with the smallest loss, where the printed digits tell, and which way the others lie."""
    if len(ended) < 2:
        return
    best = min(ended, key=lambda run: run.losses[-1])
    if [_printed(run.losses[-1]) for run in ended].count(_printed(best.losses[-1])) > 1:
        return
    reached = Maths(column_number(best.losses[-1]))
    smallest: Inlines = ("The smallest ", *loss, " in the end, ", reached, ", comes from ")
    rate = f"rate {plain(best.learning_rate)}"
    if best is ended[-1]:
        rate += ", the largest" + ("" if all_ended else " that does not diverge")
    elif best is ended[0]:
        rate += ", the smallest"
    else:
        rate += ": with smaller and with larger ones it ends higher"
    yield (*smallest, rate, ".")


def _still(runs: Sequence[Run], loss: Inlines) -> Iterator[Inlines]:
    if runs:
        yield ("At ", *_rates(runs), " ", *_the(loss), " ends where it began, in all digits that are printed.")


def _up_first(runs: Sequence[Run], loss: Inlines) -> Iterator[Inlines]:
    """The rates at which the first step goes too far, and whether what follows makes up for it."""
    if not runs:
        return
    lower = all(run.losses[-1] < run.losses[0] for run in runs)
    after = ", and later ones bring it down" if lower else ""
    yield ("At ", *_rates(runs), " the first update raises ", *_the(loss), f", as its step is too long{after}.")


def _the(loss: Inlines) -> Inlines:
    return ("the cost",) if loss == ("cost",) else loss


def _diverged(runs: Sequence[Run]) -> Iterator[Inlines]:
    if runs:
        yield ("At ", *_rates(runs), " it diverges: the steps are too long, and the numbers grow beyond all bounds.")
