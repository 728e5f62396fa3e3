"""Gradients against numeric derivatives at points, for what can be judged in no other way."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symbackprop.calculus import Derivation
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.network.network import Network
from symbackprop.numeric.elementary import Numbers
from symbackprop.numeric.evaluate import forward, gradient_forms, with_signals
from symbackprop.verification.differences import REAL_STEP, analytic_names, central_differences, complex_steps
from symbackprop.verification.matrix_differences import Probe, directions, gradients_by_entries, nearest, slopes
from symbackprop.verification.matrix_points import matrix_points
from symbackprop.verification.points import random_points
from symbackprop.verification.rounding import matrix_sizes, sizes
from symbackprop.verification.unsafe_points import nearest_kink

TOLERANCE = {"complex step": 1e-9, "central difference": 1e-6}
FORM_TOLERANCE = 1e-9
ROUNDING = 1e-5
"""Of the size of a gradient's terms: a difference below a tolerance times this is what rounding leaves."""
SMALLEST_STEP = 1e-5
LOSS_ROUNDING = 1e-15
"""How far, relatively, rounding may put a loss from its value."""


@dataclass(frozen=True)
class Sampled:
    """Worst relative errors of one gradient over all points: of the code, and of its forms."""

    method: str
    error: float
    forms: dict[str, float]

    @property
    def ok(self) -> bool:
        """Whether every error is within its tolerance."""
        return self.error <= TOLERANCE[self.method] and all(e <= FORM_TOLERANCE for e in self.forms.values())


def sampled(
    derivation: Derivation, function: Callable[..., Any], drawn: Sequence[Mapping[str, Any]], seed: int
) -> dict[str, Sampled]:
    """Compare every gradient with a numeric derivative at points: where nothing better can be done.

    The compiled gradient is compared with a complex step where every function on the way is analytic, with a central
    difference elsewhere; its forms are compared with the compiled one.
    """
    network = derivation.network
    smooth = frozenset(s.name for s in analytic_names(network))
    rows = {w.name: _Worst("complex step" if w.name in smooth else "central difference") for w in derivation.wrt}
    for number, point in enumerate(drawn):
        loss, compiled = function(**point)
        # Where every gradient is zero, as behind a dead relu, differences of the loss still leave their rounding.
        scale = max(1e-3 * abs(float(loss)), *(float(np.max(np.abs(g))) for g in compiled.values()))
        moment = _Moment(derivation, point, float(loss), compiled, scale, smooth, (seed, number))
        network.kind[BENCH].compare(moment, rows)
    return {name: Sampled(row.method, row.error, row.forms) for name, row in rows.items()}


@dataclass(frozen=True)
class _Moment:
    """One point of a check, and what the compiled code said there; ``scale`` is the size of its gradients."""

    derivation: Derivation
    point: Mapping[str, Any]
    loss: float
    compiled: Mapping[str, Numbers]
    scale: float
    smooth: Container[str]
    seed: tuple[int, int]


def _compare_numbers(at: _Moment, rows: Mapping[str, _Worst]) -> None:
    forms = gradient_forms(at.derivation, at.point)
    numeric = numeric_gradients(at.derivation.network, at.point, list(rows), at.smooth)
    terms = sizes(at.derivation, forward(at.derivation.network, at.point))
    for name, row in rows.items():
        compiled = float(at.compiled[name])
        row.compare(numeric[name], compiled, at.scale, ROUNDING * terms[name])
        written = {form: float(found[name]) for form, found in forms.items()}
        row.compare_forms(written, compiled, max(1e-9 * at.scale, ROUNDING * terms[name]))


def _differentiate_numbers(
    network: Network, point: Mapping[str, Any], names: Sequence[str], smooth: Container[str], step: float
) -> dict[str, Numbers]:
    return {
        **complex_steps(network, point, [name for name in names if name in smooth]),
        **central_differences(network, point, [name for name in names if name not in smooth], step),
    }


def _compare_matrices(at: _Moment, rows: Mapping[str, _Worst]) -> None:
    network = at.derivation.network
    forms = gradient_forms(at.derivation, at.point)
    terms = matrix_sizes(at.derivation, with_signals(at.derivation, forward(network, at.point)))
    step = real_step(network, at.point)
    of_loss = LOSS_ROUNDING * abs(at.loss) / step / TOLERANCE["central difference"]
    rng = np.random.default_rng(at.seed)
    for names, steps, least in (
        ([name for name in rows if name in at.smooth], (), 0.0),
        ([name for name in rows if name not in at.smooth], (step, step / 100), of_loss),
    ):
        probes = (probe for name in names for probe in directions(name, np.shape(at.compiled[name]), rng))
        for probe, found in slopes(network, at.point, probes, steps):
            said = probe.along(at.compiled[probe.name])
            rounding = ROUNDING * np.sqrt(Probe("", probe.stack**2).along(terms[probe.name] ** 2))
            rows[probe.name].compare(nearest(said, found), said, at.scale, np.maximum(rounding, least))
    for name, row in rows.items():
        written = {form: found[name] for form, found in forms.items()}
        row.compare_forms(written, at.compiled[name], np.maximum(1e-9 * at.scale, ROUNDING * terms[name]))


@dataclass(frozen=True)
class Bench:
    """How the networks of one kind are tried: where, what is compared there, and every gradient by numbers."""

    points: Callable[[Derivation, int, int], list[dict[str, Any]]]
    compare: Callable[[_Moment, Mapping[str, _Worst]], None]
    differentiate: Callable[..., dict[str, Numbers]]


BENCH = Question(
    __name__,
    "how a gradient is tried at random points",
    {
        SCALARS: Bench(random_points, _compare_numbers, _differentiate_numbers),
        MATRICES: Bench(matrix_points, _compare_matrices, gradients_by_entries),
    },
)


def numeric_gradients(
    network: Network, point: Mapping[str, Any], names: Sequence[str], smooth: Container[str]
) -> dict[str, Numbers]:
    """Every gradient by numbers alone: by a complex step for the names in ``smooth``, else by central differences.

    The differences are small beside the way to the nearest kink, as far as rounding allows. The gradient by a matrix
    has its shape.
    """
    rough = [name for name in names if name not in smooth]
    step = real_step(network, point) if rough else REAL_STEP
    return network.kind[BENCH].differentiate(network, point, names, smooth, step)


def real_step(network: Network, point: Mapping[str, Any]) -> float:
    """A step for central differences that leads over no kink, as far as rounding allows."""
    return min(REAL_STEP, max(SMALLEST_STEP, nearest_kink(network, point) / 30))


class _Worst:
    """The worst errors of one gradient so far, over all its entries."""

    def __init__(self, method: str) -> None:
        self.method = method
        self.error = 0.0
        self.forms: dict[str, float] = {}

    def compare(self, numeric: Numbers, compiled: Numbers, scale: float, rounding: Numbers) -> None:
        # A difference of losses cannot see a gradient far smaller than the largest one.
        floor = np.maximum(scale * (1e-14 if self.method == "complex step" else 1e-3), rounding)
        self.error = max(self.error, worst_error(compiled, numeric, floor))

    def compare_forms(self, forms: Mapping[str, Numbers], compiled: Numbers, floor: Numbers) -> None:
        for form, value in forms.items():
            self.forms[form] = max(self.forms.get(form, 0.0), worst_error(value, compiled, floor))


def relative_error(found: float, expected: float, floor: float = 0.0) -> float:
    """|found - expected| over the larger of both sizes, or over ``floor`` where both are smaller; NaN counts as 1."""
    difference = abs(found - expected)
    if difference == 0:
        return 0.0
    if not math.isfinite(difference):
        return 1.0
    return difference / max(abs(found), abs(expected), floor)


def relative_errors(found: Numbers, expected: Numbers, floor: Numbers = 0.0) -> Numbers:
    """The relative error of each entry; all of them are 1 where the shapes differ."""
    if np.shape(found) != np.shape(expected):
        return np.ones(np.shape(expected))
    with np.errstate(all="ignore"):
        difference = np.abs(np.subtract(found, expected))
        errors = difference / np.maximum(np.maximum(np.abs(found), np.abs(expected)), floor)
    return np.where(difference == 0, 0.0, np.where(np.isfinite(difference), errors, 1.0))


def worst_error(found: Numbers, expected: Numbers, floor: Numbers = 0.0) -> float:
    """The largest relative error of any entry."""
    if np.ndim(expected) or np.ndim(found):
        return float(np.max(relative_errors(found, expected, floor)))
    return relative_error(float(found), float(expected), float(floor))
