"""The same training at several learning rates: which is fast, which is slow, and which diverges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Unpack, final

from symbackprop.calculus import Derivation, require_loss
from symbackprop.studies.checks import several
from symbackprop.studies.study import Record, Study
from symbackprop.studies.verdict import Course
from symbackprop.training.progress import Progress
from symbackprop.training.recipe import How
from symbackprop.training.start import Initial
from symbackprop.training.sweep import sweep


@final
@dataclass(frozen=True, eq=False)
class LearningRateStudy(Study):
    """The loss after each update at each of several learning rates, from the same first weights.

    ``courses`` has the losses by rate, in the order given; those of a rate that diverged end where they are no longer
    finite. With several examples the loss is their mean, and ``examples`` their number.
    """

    kind: ClassVar[str] = "learning-rates"
    derivation: Derivation
    courses: Mapping[float, Course]
    epochs: int
    examples: int
    choices: str = ""
    """How it was trained, where not by gradient descent on all examples at a constant rate."""

    @property
    def rates(self) -> tuple[float, ...]:
        """The learning rates."""
        return tuple(self.courses)

    @property
    def best(self) -> float | None:
        """The rate with the smallest loss at the end; None where all of them diverge."""
        ends = {rate: course.last for rate, course in self.courses.items() if course.diverged_at is None}
        return min(ends, key=ends.__getitem__) if ends else None

    @property
    def diverging(self) -> tuple[float, ...]:
        """The rates at which the loss grows without end."""
        return tuple(rate for rate, course in self.courses.items() if course.diverges)

    @property
    def about(self) -> str:
        """What it is of, for the names of files: the network."""
        return self.derivation.network.name

    def records(self) -> list[Record]:
        """A row for each rate and epoch: learning rate, epoch, loss."""
        loss = self.derivation.network.loss.name
        return [
            {"learning rate": rate, "epoch": epoch, loss: value}
            for rate, course in self.courses.items()
            for epoch, value in enumerate(course.losses)
        ]

    def __repr__(self) -> str:
        return (
            f"<LearningRateStudy of {self.derivation.network.name!r}: {len(self.courses)} rates, {self.epochs} epochs>"
        )


def learning_rates(
    derivation: Derivation,
    data: Mapping[Any, Any] | None = None,
    *,
    rates: Sequence[float],
    epochs: int,
    initial: Initial = None,
    progress: Progress = None,
    **how: Unpack[How],
) -> LearningRateStudy:
    """Train once at each rate from the same first weights, and keep the loss of every epoch.

    Parameters
    ----------
    derivation, data, initial
        As for ``train``.
    rates
        The learning rates to compare, each positive; one that comes twice counts once.
    epochs
        How many epochs to train at each.
    progress, how
        As for ``sweep``, which does the training: optimiser, schedule, batch_size and so on.

    Raises DataError like ``train``; a rate that diverges is a result.
    """
    require_loss(derivation, "learning_rates")
    result = sweep(
        derivation, data, initial=initial, learning_rates=several(rates), epochs=epochs,
        progress=progress, **how,
    )  # fmt: skip
    first = result.histories[0]
    return LearningRateStudy(
        derivation,
        {one.learning_rate: Course.of(one.losses, one.diverged_at) for one in result},
        epochs,
        max((values.shape[0] for values in first.data.values() if values.ndim == 1), default=1),
        _choices(
            first.optimiser.name, str(first.optimiser), first.schedule.name, str(first.schedule), first.batch_size
        ),
    )


def _choices(optimiser: str, optimiser_words: str, schedule: str, schedule_words: str, batch: int | None) -> str:
    said = [
        "" if optimiser == "gradient-descent" else optimiser_words,
        "" if schedule == "constant" else f"schedule {schedule_words}",
        "" if batch is None else f"batches of {batch}",
    ]
    return ", ".join(word for word in said if word)
