"""A bar with the loss and the learning rate, on a terminal alone."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from symbackprop.errors import DataError, as_given

if TYPE_CHECKING:
    from rich.console import Console

Progress = Callable[[int, float], None] | bool | None
"""What users give: a function that takes the epoch and the loss, or True for a bar."""
Told = Callable[[int, float, float], None]
"""Takes the epoch, the loss and the learning rate."""
IMPATIENT = 0.6
"""Seconds after which the bar appears."""
PAUSE = 0.1
"""Seconds between two drawings."""


@contextlib.contextmanager
def telling(progress: Progress, epochs: int) -> Iterator[Told]:
    """Give the function that is called after each epoch. Raises DataError."""
    if progress is True:
        with bar(epochs) as told:
            yield told
    elif callable(progress):
        yield lambda epoch, loss, rate: progress(epoch, loss)
    elif progress is not None and progress is not False:
        raise DataError(
            "progress", f"progress is {as_given(progress)}", "give True for a bar, or a function of two numbers"
        )
    else:
        yield lambda epoch, loss, rate: None


@contextlib.contextmanager
def bar(total: int, console: Console | None = None) -> Iterator[Told]:
    """Give a function that draws how far training is, on standard error or another console.

    Nothing is drawn where that is no terminal, and nothing in the first moments of training.
    """
    from rich.console import Console

    console = console or Console(stderr=True)
    if not console.is_interactive:
        yield lambda epoch, loss, rate: None
        return
    with contextlib.ExitStack() as stack:
        yield _Bar(total, console, stack)


class _Bar:
    def __init__(self, total: int, console: Console, stack: contextlib.ExitStack) -> None:
        self.total, self.console, self.stack = total, console, stack
        self.due = time.monotonic() + IMPATIENT
        self.draw: Told | None = None

    def __call__(self, epoch: int, loss: float, rate: float) -> None:
        now = time.monotonic()
        if now >= self.due:
            self.draw = self.draw or self._appear(epoch, loss, rate)
            self.draw(epoch, loss, rate)
            self.due = now + PAUSE

    def _appear(self, epoch: int, loss: float, rate: float) -> Told:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("training"), BarColumn(), MofNCompleteColumn(),
            TextColumn("loss {task.fields[loss]:.6g}  rate {task.fields[rate]:.3g}"), TimeRemainingColumn(),
        )  # fmt: skip
        progress = self.stack.enter_context(Progress(*columns, console=self.console, transient=True))
        task = progress.add_task("training", total=self.total, completed=epoch, loss=loss, rate=rate)
        return lambda epoch, loss, rate: progress.update(task, completed=epoch, loss=loss, rate=rate)
