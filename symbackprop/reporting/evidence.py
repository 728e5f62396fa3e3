"""What a report tells beside the derivation: numbers, checks, training and source, handed in by whoever made them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class FirstStep:
    """Every number of the first step, at the first example: values, error signals, local derivatives, gradients.

    ``gradients`` are those of the generated code, as means over all ``examples``; ``numeric`` are gradients by numeric
    differentiation of the forward pass alone, ``closed`` those of the closed forms.
    """

    values: Mapping[str, float]
    signals: Mapping[str, float]
    links: Mapping[tuple[str, str], float]
    adjoints: Mapping[str, float]
    gradients: Mapping[str, float]
    numeric: Mapping[str, float]
    closed: Mapping[str, float]
    examples: int
    loss: float


@dataclass(frozen=True)
class Run:
    """Training at one rate: rows of numbers by name, row 0 before the first update.

    ``values`` are forward values, of training on one example alone.
    """

    learning_rate: float
    epochs: int
    parameters: Mapping[str, Sequence[float]]
    gradients: Mapping[str, Sequence[float]]
    values: Mapping[str, Sequence[float]]
    losses: Sequence[float]
    diverged_at: int | None = None


@dataclass(frozen=True)
class Checked:
    """The verdict on each gradient: how it was checked, and whether it passed."""

    methods: Mapping[str, str]
    tolerances: Mapping[str, float]
    passed: Mapping[str, bool]
    points: int

    @property
    def ok(self) -> bool:
        """Whether everything passed."""
        return all(self.passed.values())


@dataclass(frozen=True)
class Evidence:
    """All that goes into a report beside the derivation; each part may be absent but the check and the source."""

    checked: Checked
    source: str
    versions: Mapping[str, str]
    first: FirstStep | None = None
    given: Mapping[str, float | tuple[float, ...]] = field(default_factory=dict)
    run: Run | None = None
    sweep: tuple[Run, ...] = ()
    alone: tuple[Run, ...] = ()
    """Where there is a batch: training on its first example alone, at each of the rates."""
