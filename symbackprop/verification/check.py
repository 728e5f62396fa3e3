"""Symbolic against numeric: is what was derived, and the code made of it, the derivative of the forward pass?"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symbackprop.calculus import Derivation, require_derivation
from symbackprop.errors import DataError, as_given
from symbackprop.network.network import Network
from symbackprop.numeric import lambdify
from symbackprop.numeric.evaluate import Numbers, forward, gradient_forms, with_signals
from symbackprop.numeric.sizes import sizes_of_values
from symbackprop.verification.differences import REAL_STEP, analytic_names, central_differences, complex_steps
from symbackprop.verification.hazards import nearest_kink
from symbackprop.verification.matrix_differences import Probe, directions, gradients_by_entries, nearest, slopes
from symbackprop.verification.matrix_points import matrix_points
from symbackprop.verification.points import random_points
from symbackprop.verification.rounding import matrix_sizes, sizes

TOLERANCE = {"complex step": 1e-9, "central difference": 1e-6}
FORM_TOLERANCE = 1e-9
ROUNDING = 1e-5
"""Of the size of a gradient's terms: a difference below a tolerance times this is what rounding leaves."""
SMALLEST_STEP = 1e-5
LOSS_ROUNDING = 1e-15
"""How far, relatively, rounding may put a loss from its value."""
FORMS = ("shared", "closed", "expanded")
"""The forms of a gradient, in the order of a report; a dialect may not have them all."""


@dataclass(frozen=True)
class CheckRow:
    """Worst relative errors of one gradient over all points."""

    name: str
    method: str
    error: float
    forms: dict[str, float]

    @property
    def ok(self) -> bool:
        """Whether every error is within its tolerance."""
        return self.error <= TOLERANCE[self.method] and all(e <= FORM_TOLERANCE for e in self.forms.values())


@dataclass(frozen=True)
class CheckReport:
    """What a check found, one row a gradient."""

    network: str
    loss: str
    rows: tuple[CheckRow, ...]
    points: int
    sizes: tuple[Mapping[str, int], ...] = ()
    """What the symbols of sizes stood for at each point; empty where there are none."""

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms of the gradients that were compared."""
        return tuple(form for form in FORMS if all(form in row.forms for row in self.rows))

    @property
    def sizes_tried(self) -> str:
        """The sizes point by point, as in ``m=2 n=3; m=5 n=4``; empty where there are none."""
        return "; ".join(" ".join(f"{name}={number}" for name, number in sizes.items()) for sizes in self.sizes)

    @property
    def ok(self) -> bool:
        """Whether every gradient passed."""
        return all(row.ok for row in self.rows)

    @property
    def worst(self) -> CheckRow:
        """The row with the largest error against the numeric derivative."""
        return max(self.rows, key=lambda row: row.error / TOLERANCE[row.method])

    def table(self) -> str:
        """All rows as text."""
        header = ["gradient", "method", "numeric", *self.forms, ""]
        cells = [header] + [
            [
                f"d{self.loss}/d{row.name}", row.method, f"{row.error:.1e}",
                *(f"{row.forms[form]:.1e}" for form in self.forms), "ok" if row.ok else "WRONG",
            ]
            for row in self.rows
        ]  # fmt: skip
        widths = [max(len(line[k]) for line in cells) for k in range(len(header))]
        return "\n".join("  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in cells)

    def __str__(self) -> str:
        verdict = "all gradients agree" if self.ok else "THE GRADIENTS DO NOT AGREE"
        at = "1 point" if self.points == 1 and self.sizes else f"{self.points} points"
        return f"{self.table()}\n{self.network}: {verdict} at {at}{self._with_sizes()}"

    def _with_sizes(self) -> str:
        return f" with {self.sizes_tried}" if self.sizes else ""


def check(derivation: Derivation, points: int = 5, seed: int = 0) -> CheckReport:
    """Compare every gradient with a numeric derivative at random points.

    The compiled gradient is compared with a complex step where every function on the way is analytic, with a central
    difference elsewhere; the shared, closed and expanded forms are compared with the compiled one. Points near a kink
    are drawn again. Matrices are compared entry by entry, with sizes drawn anew for each point; they have no expanded
    form. Raises DataError where no valid point is found.
    """
    require_derivation(derivation, "check")
    _check_count("points", points, least=1)
    _check_count("seed", seed, least=0)
    network = derivation.network
    bench = BENCHES[network.dialect]
    function = lambdify(derivation)
    drawn = bench.points(derivation, points, seed)
    smooth = frozenset(s.name for s in analytic_names(network))
    rows = {w.name: _Worst("complex step" if w.name in smooth else "central difference") for w in derivation.wrt}
    for number, point in enumerate(drawn):
        loss, compiled = function(**point)
        # Where every gradient is zero, as behind a dead relu, differences of the loss still leave their rounding.
        scale = max(1e-3 * abs(float(loss)), *(float(np.max(np.abs(g))) for g in compiled.values()))
        bench.compare(_Moment(derivation, point, float(loss), compiled, scale, smooth, (seed, number)), rows)
    found = tuple(CheckRow(name, row.method, row.error, row.forms) for name, row in rows.items())
    sizes = tuple(sizes_of_values(network, point) for point in drawn) if network.sizes else ()
    return CheckReport(network.name, network.loss.name, found, len(drawn), sizes)


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
    """How the networks of one dialect are tried: where, what is compared there, and every gradient by numbers."""

    points: Callable[[Derivation, int, int], list[dict[str, Any]]]
    compare: Callable[[_Moment, Mapping[str, _Worst]], None]
    differentiate: Callable[..., dict[str, Numbers]]


BENCHES: Mapping[str, Bench] = {
    "scalar": Bench(random_points, _compare_numbers, _differentiate_numbers),
    "matrix": Bench(matrix_points, _compare_matrices, gradients_by_entries),
}
"""By the name of the dialect."""


def _check_count(name: str, value: object, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise DataError(
            name, f"{name} = {as_given(value)} is not a whole number from {least}", f"give, say, {least + 4}"
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
    return BENCHES[network.dialect].differentiate(network, point, names, smooth, step)


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
