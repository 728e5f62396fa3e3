"""What training did, on the terminal and in files: the table of epochs, the weights, the rates of a sweep."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symbackprop.calculus import Derivation
    from symbackprop.cli.terminal import Terminal
    from symbackprop.training import SweepResult, TrainingHistory

ROWS = 10
"""About so many epochs are shown."""
DIVERGED = "diverged"
MOST_WEIGHTS = 40
"""With more weights than this the rest is left to the CSV file."""


def show_history(history: TrainingHistory, derivation: Derivation, terminal: Terminal, output: Path | None) -> None:
    """Write the history to a file, if one is named, and show some of its epochs and its weights."""
    if output is not None:
        history.to_csv(output)
    _show_epochs(history, derivation, terminal)
    _show_weights(history, derivation, terminal)
    if output is not None:
        terminal.write("", str(output))
        if not history.whole:
            terminal.say("It leaves out weights or forward values: those of all epochs are too many numbers.")


def _show_epochs(history: TrainingHistory, derivation: Derivation, terminal: Terminal) -> None:
    from symbackprop.cli.terminal import cells

    words = _loss_words(history, derivation, terminal)
    extras = {head.replace(history.loss, words): numbers for head, numbers in history.extras.items()}
    table = terminal.table(">epoch", f">{words}", *(f">{head}" for head in extras))
    epochs = sorted({*shown(history.epochs), history.best_epoch or 0})
    columns = [cells([float(numbers[epoch]) for epoch in epochs]) for numbers in (history.losses, *extras.values())]
    for epoch, *row in zip(epochs, *columns, strict=True):
        table.add_row(str(epoch), *row)
    terminal.show(table)
    if history.stopped:
        since = history.epochs - (history.best_epoch or 0)
        terminal.say("", f"Stopped: no smaller loss in {since} epochs since epoch {history.best_epoch}.")


def _loss_words(history: TrainingHistory, derivation: Derivation, terminal: Terminal) -> str:
    """The name of the loss, and that it is a mean where there are several examples."""
    from symbackprop.cli.equations import Pen

    loss = Pen(derivation, terminal).formula(derivation.network.loss)
    return f"mean {loss}" if history.loss in history.forward else loss


def _show_weights(history: TrainingHistory, derivation: Derivation, terminal: Terminal) -> None:
    from symbackprop.cli.equations import Pen
    from symbackprop.cli.weights import entries_fit, weight_cells

    pen = Pen(derivation, terminal)
    names = {name: pen.formula(derivation.network.symbol(name)) for name in history.parameters}
    moments = [{name: values[0] for name, values in history.parameters.items()}, history.final]
    whole = {name for name in names if entries_fit(moments[0][name].shape, terminal.width - len(names[name]))}
    first, last = (weight_cells(moment, whole) for moment in moments)
    table = terminal.table(
        "weight", ">first", f">after {history.epochs if history.best_epoch is None else history.best_epoch}"
    )
    for name, shown_name in list(names.items())[:MOST_WEIGHTS]:
        shape = "" if name in whole else f" {'×'.join(map(str, moments[0][name].shape))}"
        table.add_row(terminal.fit(f"{shown_name}{shape}"), first[name], last[name])
    terminal.write("")
    terminal.show(table)
    if len(names) > MOST_WEIGHTS:
        terminal.say(f"… and {len(names) - MOST_WEIGHTS} more, which -o FILE writes.")


def shown(last: int) -> list[int]:
    """Which epochs to show: the first two, some round ones in between, and the last."""
    stride = next(s for power in range(20) for s in (10**power, 2 * 10**power, 5 * 10**power) if s * ROWS >= last)
    return sorted({0, min(1, last), *range(0, last, stride), last})


def show_sweep(result: SweepResult, derivation: Derivation, terminal: Terminal, epochs: int) -> None:
    """Show the losses of each learning rate at the start and at the end, and which is smallest."""
    from rich.text import Text

    from symbackprop.cli.terminal import BAD, GOOD

    loss = _loss_words(result.histories[0], derivation, terminal)
    moments = sorted({0, min(1, epochs), epochs})
    table = terminal.table(">learning rate", *(f">{loss} {'after' if k else 'at'} {k}" for k in moments))
    columns = [_losses_at(moment, result) for moment in moments]
    finite = [history for history in result if history.diverged_at is None]
    best = result.best if finite else None
    for history, *losses in zip(result, *columns, strict=True):
        shown = [Text(word, BAD if word == DIVERGED else "") for word in losses]
        table.add_row(f"{history.learning_rate:g}", *shown, style=GOOD if history is best else "")
    terminal.show(table)
    if best is None:
        terminal.write("", Text("Every learning rate diverged; try smaller ones.", BAD))
    else:
        terminal.say("", f"Smallest at the end: learning rate {best.learning_rate:g}.")


def _losses_at(moment: int, result: SweepResult) -> list[str]:
    """One column: the loss of each rate after so many updates, or that it had diverged or stopped by then."""
    from symbackprop.cli.terminal import cells

    reached = [len(history) if history.diverged_at is None else history.diverged_at for history in result]
    numbers = [float(h.losses[moment]) for h, end in zip(result, reached, strict=True) if moment < end]
    words = iter(cells(numbers))
    return [
        next(words) if moment < end else DIVERGED if history.diverged_at is not None else f"stopped at {history.epochs}"
        for history, end in zip(result, reached, strict=True)
    ]


def write_losses(result: SweepResult, output: Path) -> None:
    """One row for each rate and epoch; losses in full."""
    from symbackprop.files import write_atomically

    rows = [f"learning_rate,epoch,{result.histories[0].loss}"]
    for history in result:
        rows += [f"{history.learning_rate!r},{epoch},{float(loss)!r}" for epoch, loss in enumerate(history.losses)]
    write_atomically(output, "\n".join(rows) + "\n")
