"""What a report tells beside the derivation: numbers, checks, training and source, handed in by whoever made them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sympy import Expr, Symbol

from symbackprop.drawings import Picture
from symbackprop.reporting.smallest import Smallest

Rows = tuple[tuple[float, ...], ...]
"""The rows of a matrix."""
Value = float | Rows


@dataclass(frozen=True)
class FirstStep:
    """Every number of the first step, at the first example: values, error signals, local derivatives, gradients.

    ``adjoints`` has the derivative of the loss by every name on a route to it.
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
class Update:
    """One update of gradient descent at a rate: the parameters after it, and the loss that they have."""

    learning_rate: float
    parameters: Mapping[str, Value]
    loss: float


@dataclass(frozen=True)
class MatrixStep:
    """Every number of the first step of a matrix network: values, error signals and gradients.

    ``gradients`` are those of the generated code; ``from_closed`` and ``from_numeric`` say how far the entries of each
    are from those of the closed form, and of numeric differentiation of the forward pass alone, relative to the largest
    entry; a gradient that is too large for one of these is missing there.
    """

    sizes: Mapping[str, int]
    values: Mapping[str, Value]
    signals: Mapping[str, Value]
    gradients: Mapping[str, Value]
    from_closed: Mapping[str, float]
    from_numeric: Mapping[str, float]
    loss: float
    update: Update | None = None


@dataclass(frozen=True)
class Example:
    """What one example of a batch comes to alone: its loss and its gradients."""

    loss: float
    gradients: Mapping[str, Value]


@dataclass(frozen=True)
class Batch:
    """The examples of a batch one by one, where their gradients have the gradient of the batch as their mean.

    ``size`` is the symbol of their number; ``axis`` says along which axis they lie, 0 for rows and 1 for columns, for
    each name that has one entry or more of each example.
    """

    size: str
    axis: Mapping[str, int]
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class UpdateRule:
    """How an optimiser moves a weight w with the gradient g: its name as spoken, its equations in order, what it keeps.

    ``options`` has the number of each further symbol in the equations.
    """

    name: str
    equations: tuple[tuple[Symbol, Expr], ...]
    kept: tuple[Symbol, ...]
    options: Mapping[str, float]


@dataclass(frozen=True)
class Run:
    """Training at one rate: rows of numbers by name, row 0 before the first update.

    ``values`` are forward values, of training on one example alone. An entry of a matrix has a name such as W[1,2].
    """

    learning_rate: float
    epochs: int
    parameters: Mapping[str, Sequence[float]]
    gradients: Mapping[str, Sequence[float]]
    values: Mapping[str, Sequence[float]]
    losses: Sequence[float]
    diverged_at: int | None = None
    rule: UpdateRule | None = None
    """None for gradient descent."""
    schedule: str = ""
    """In words, where the learning rate changes."""
    batch_size: int | None = None
    """How many examples an update is made from, where that is not all of them."""

    @property
    def unit(self) -> str:
        """What makes one row of the next: an update, or an epoch of several."""
        return "update" if self.batch_size is None else "epoch"


@dataclass(frozen=True)
class Checked:
    """The verdict on each gradient, and how it was reached; the sizes at which the code was tried, if any."""

    rulings: Mapping[str, str]
    """``proved``, ``undecided`` or ``WRONG``, by name."""
    passed: Mapping[str, bool]
    """Whether the code agrees, by name."""
    tolerances: Mapping[str, float]
    methods: tuple[str, ...]
    """What the code was compared with."""
    points: int
    forms: tuple[str, ...]
    level: str = ""
    """How what is proved was proved."""
    chance: float = 0.0
    """A bound on the probability that a false formula passes for proved."""
    covered: str = ""
    reasons: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    sizes: tuple[Mapping[str, int], ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything passed."""
        return all(self.passed.values()) and "WRONG" not in self.rulings.values()


@dataclass(frozen=True)
class Evidence:
    """All that goes into a report beside the derivation; each part may be absent but the check and the source."""

    checked: Checked
    source: str
    versions: Mapping[str, str]
    first: FirstStep | None = None
    step: MatrixStep | None = None
    """The first step of a matrix network, which has no ``first``."""
    rewritten: bool = False
    """Whether the source is of the equations in another form, as it would overflow or lose digits otherwise."""
    batch: Batch | None = None
    given: Mapping[str, float | tuple[float, ...]] = field(default_factory=dict)
    run: Run | None = None
    sweep: tuple[Run, ...] = ()
    alone: tuple[Run, ...] = ()
    """Where there is a batch: training on its first example alone, at each of the rates."""
    smallest: Smallest | None = None
    """Of a matrix network, the case that is worked entry by entry."""
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    """Pictures that need numbers, by the keys of their figures."""
