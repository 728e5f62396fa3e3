"""The loss as a function of one parameter: the curve, its minimum, its slope, and what gradient descent does on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np

from symbackprop.calculus import Derivation, derive, require_loss
from symbackprop.errors import DataError
from symbackprop.numeric import GradientFunction, lambdify
from symbackprop.studies.checks import several, whole_number
from symbackprop.studies.curve_inputs import checked_interval, checked_parameter, values_of
from symbackprop.studies.study import Record, Study
from symbackprop.studies.verdict import Course
from symbackprop.training.data import Floats, checked_epochs, checked_rate, count_of
from symbackprop.training.train import descend

POINTS = 401
MOST_POINTS = 100_001
EPOCHS = 50
REACH = 4.0
"""The curve is drawn for so much on either side of where the parameter starts, unless steps lead further …"""
FURTHEST = 12.0
"""… but for no more than this."""

Slope = Callable[[Floats], tuple[Floats, Floats]]


@dataclass(frozen=True)
class Descent:
    """Gradient descent on the one parameter: where it was before each update, and the course of the loss."""

    rate: float
    places: tuple[float, ...]
    slopes: tuple[float, ...]
    course: Course


@final
@dataclass(frozen=True, eq=False)
class LossCurveStudy(Study):
    """The loss at places of one parameter, the other values staying as they are; with several examples their mean."""

    kind: ClassVar[str] = "loss-curve"
    derivation: Derivation
    """With respect to the parameter alone."""
    parameter: str
    start: float
    places: tuple[float, ...]
    losses: tuple[float, ...]
    slopes: tuple[float, ...]
    minima: tuple[tuple[float, float], ...]
    """Each minimum inside the interval: where, and the loss there."""
    descents: tuple[Descent, ...]
    fixed: Mapping[str, float]
    examples: int
    example: int | None
    """The one example that the curve is of, counted from 1; None for all of them."""

    @property
    def least(self) -> tuple[float, float]:
        """The smallest finite loss of the curve, and where."""
        curve = zip(self.places, self.losses, strict=True)
        return min((point for point in (*self.minima, *curve) if math.isfinite(point[1])), key=lambda point: point[1])

    @property
    def finite(self) -> int:
        """At how many places the loss is a finite number."""
        return sum(map(math.isfinite, self.losses))

    def at(self, place: float) -> tuple[float, float]:
        """The loss and its derivative at the point of the curve that is nearest."""
        k = int(np.argmin(np.abs(np.asarray(self.places) - place)))
        return self.losses[k], self.slopes[k]

    @property
    def about(self) -> str:
        """What it is of, for the names of files: the network."""
        return self.derivation.network.name

    def records(self) -> list[Record]:
        """The points of the curve, then those of each descent with its learning rate and epoch."""
        loss, b = self.derivation.network.loss.name, self.parameter
        curve: list[Record] = [
            {"learning rate": "", "epoch": "", b: place, loss: value, f"d{loss}/d{b}": slope}
            for place, value, slope in zip(self.places, self.losses, self.slopes, strict=True)
        ]
        return curve + [
            {"learning rate": one.rate, "epoch": epoch, b: place, loss: value, f"d{loss}/d{b}": slope}
            for one in self.descents
            for epoch, (place, value, slope) in enumerate(zip(one.places, one.course.losses, one.slopes, strict=True))
        ]

    def __repr__(self) -> str:
        name = self.derivation.network.name
        return f"<LossCurveStudy of {name!r} by {self.parameter}: from {self.places[0]:g} to {self.places[-1]:g}>"


def loss_curve(
    derivation: Derivation,
    parameter: Any,
    data: Mapping[Any, Any] | None = None,
    *,
    initial: Mapping[Any, Any] | None = None,
    example: int | None = None,
    rates: Sequence[float] = (),
    epochs: int = EPOCHS,
    interval: tuple[float, float] | None = None,
    points: int = POINTS,
) -> LossCurveStudy:
    """The loss along one parameter of a network of scalars, and gradient descent on that parameter alone.

    Parameters
    ----------
    derivation
        Of the network; the gradient by the parameter is derived from it.
    parameter
        The parameter, by name.
    data, initial
        Inputs and targets, and the value of each parameter; the network's own stand in for what is missing.
    example
        The one example to look at, counted from 1; without it the mean over all of them.
    rates, epochs
        Learning rates at which to descend from the parameter's own value, and for how many updates.
    interval, points
        From where to where, and at how many points; by default around the start and the steps.

    Raises DataError for a parameter, an example or numbers that there are not, and NetworkError for a network that is
    not of scalars.
    """
    require_loss(derivation, "loss_curve")
    name = checked_parameter(derivation, parameter)
    alone = derive(derivation.network, [name], derivation.facts)
    values, fixed = values_of(alone, data, initial, example)
    start = fixed.pop(name)
    count = whole_number("points", points, 3, MOST_POINTS, POINTS)
    steps, learning = checked_epochs(epochs), [checked_rate(rate) for rate in several(rates)]
    function = lambdify(alone)
    descents = tuple(_descent(alone, function, values, {**fixed, name: start}, rate, steps) for rate in learning)
    low, high = _interval(start, descents) if interval is None else checked_interval(interval)
    curve = _along(function, values, fixed, name)
    places = np.linspace(low, high, count)
    if low < start < high:
        places[np.argmin(np.abs(places - start))] = start
    losses, slopes = curve(places)
    if not np.isfinite(losses).any():
        what = f"{alone.network.loss.name} is finite nowhere between {low:g} and {high:g}"
        raise DataError("interval", what, "give another interval, or other values")
    return LossCurveStudy(
        alone, name, start, _floats(places), _floats(losses), _floats(slopes),
        tuple(_minima(curve, places, slopes)), descents, fixed,
        count_of(values), example,
    )  # fmt: skip


def _floats(values: Floats) -> tuple[float, ...]:
    return tuple(float(v) for v in values)


def _interval(start: float, descents: Sequence[Descent]) -> tuple[float, float]:
    """Whole numbers around the start, and around the steps that do not lead too far."""
    near = [p for one in descents for p in one.places if abs(p - start) <= FURTHEST]
    return (
        float(math.floor(min([start - REACH, *(p - 1 for p in near)]))),
        float(math.ceil(max([start + REACH, *(p + 1 for p in near)]))),
    )


def _descent(
    derivation: Derivation,
    function: GradientFunction,
    values: Mapping[str, Floats],
    initial: Mapping[str, float],
    rate: float,
    epochs: int,
) -> Descent:
    name = derivation.wrt[0].name
    history = descend(derivation, values, initial, rate, epochs, function=function)
    return Descent(
        rate,
        _floats(history.parameters[name]),
        _floats(history.gradients[name]),
        Course.of(history.losses, history.diverged_at),
    )


def _along(function: GradientFunction, values: Mapping[str, Floats], fixed: Mapping[str, float], name: str) -> Slope:
    """The loss and its derivative at many places of the parameter at once, as means over the examples."""
    examples = count_of(values)

    def mean(found: Floats) -> Floats:
        return np.asarray(found.reshape(-1, examples).mean(axis=1))

    def at(places: Floats) -> tuple[Floats, Floats]:
        tiled = {key: np.tile(v, len(places)) if v.ndim else v for key, v in values.items()}
        with np.errstate(all="ignore"):  # a curve may have places at which it has no value
            moved = {**tiled, **fixed, name: np.repeat(places, examples)}
            losses, found = function(reduction="none", check_facts=False, **moved)
        return mean(losses), mean(found[name])

    return at


def _minima(curve: Slope, places: Floats, slopes: Floats) -> Iterator[tuple[float, float]]:
    """Where the derivative goes from negative to positive, found by halving."""
    for k in np.flatnonzero((slopes[:-1] < 0) & (slopes[1:] >= 0)):
        low, high = places[k], places[k + 1]
        while low < (middle := (low + high) / 2) < high:
            if curve(np.array([middle]))[1][0] < 0:
                low = middle
            else:
                high = middle
        yield float(high), float(curve(np.array([high]))[0][0])
