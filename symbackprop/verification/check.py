"""Symbolic against numeric: is what was derived, and the code made of it, the derivative of the forward pass?"""

from __future__ import annotations

import math
from collections.abc import Container, Sequence
from dataclasses import dataclass

from symbackprop.calculus import Derivation, require_derivation
from symbackprop.errors import DataError
from symbackprop.network.network import Network
from symbackprop.numeric import lambdify
from symbackprop.numeric.evaluate import forward, gradient_forms
from symbackprop.verification.differences import REAL_STEP, analytic_names, central_differences, complex_steps
from symbackprop.verification.points import Point, nearest_kink, random_points
from symbackprop.verification.rounding import sizes

TOLERANCE = {"complex step": 1e-9, "central difference": 1e-6}
FORM_TOLERANCE = 1e-9
ROUNDING = 1e-5
"""Of the size of a gradient's terms: a difference below a tolerance times this is what rounding leaves."""
SMALLEST_STEP = 1e-5
FORMS = ("shared", "closed", "expanded")


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
        header = ["gradient", "method", "numeric", *FORMS, ""]
        cells = [header] + [
            [
                f"d{self.loss}/d{row.name}", row.method, f"{row.error:.1e}",
                *(f"{row.forms[form]:.1e}" for form in FORMS), "ok" if row.ok else "WRONG",
            ]
            for row in self.rows
        ]  # fmt: skip
        widths = [max(len(line[k]) for line in cells) for k in range(len(header))]
        return "\n".join("  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in cells)

    def __str__(self) -> str:
        verdict = "all gradients agree" if self.ok else "THE GRADIENTS DO NOT AGREE"
        return f"{self.table()}\n{self.network}: {verdict} at {self.points} points"


def check(derivation: Derivation, points: int = 5, seed: int = 0) -> CheckReport:
    """Compare every gradient with a numeric derivative at random points.

    The compiled gradient is compared with a complex step where every function on the way is analytic, with a central
    difference elsewhere; the shared, closed and expanded forms are compared with the compiled one. Points near a kink
    are drawn again. Raises DataError where no valid point is found.
    """
    require_derivation(derivation, "check")
    _check_count("points", points, least=1)
    _check_count("seed", seed, least=0)
    network = derivation.network
    function = lambdify(derivation)
    drawn = random_points(derivation, points, seed)
    smooth = frozenset(s.name for s in analytic_names(network))
    rows = {w.name: _Worst("complex step" if w.name in smooth else "central difference") for w in derivation.wrt}
    for point in drawn:
        loss, compiled = function(reduction="mean", **point)
        # Where every gradient is zero, as behind a dead relu, differences of the loss still leave their rounding.
        scale = max(1e-3 * abs(float(loss)), *(abs(float(g)) for g in compiled.values()))
        forms = gradient_forms(derivation, point)
        numeric = numeric_gradients(network, point, list(rows), smooth)
        terms = sizes(derivation, forward(network, point))
        for name, row in rows.items():
            row.compare(numeric[name], float(compiled[name]), scale, ROUNDING * terms[name])
            written = {form: float(found[name]) for form, found in forms.items()}
            row.compare_forms(written, float(compiled[name]), max(1e-9 * scale, ROUNDING * terms[name]))
    found = tuple(CheckRow(name, row.method, row.error, row.forms) for name, row in rows.items())
    return CheckReport(network.name, network.loss.name, found, len(drawn))


def _check_count(name: str, value: object, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise DataError(name, f"{name} = {value!r:.60} is not a whole number from {least}", f"give, say, {least + 4}")


def numeric_gradients(network: Network, point: Point, names: Sequence[str], smooth: Container[str]) -> dict[str, float]:
    """Every gradient by numbers alone: by a complex step for the names in ``smooth``, else by central differences.

    The differences are small beside the way to the nearest kink, as far as rounding allows.
    """
    rough = [name for name in names if name not in smooth]
    step = min(REAL_STEP, max(SMALLEST_STEP, nearest_kink(network, point) / 30)) if rough else REAL_STEP
    return {
        **complex_steps(network, point, [name for name in names if name in smooth]),
        **central_differences(network, point, rough, step),
    }


class _Worst:
    """The worst errors of one gradient so far."""

    def __init__(self, method: str) -> None:
        self.method = method
        self.error = 0.0
        self.forms = dict.fromkeys(FORMS, 0.0)

    def compare(self, numeric: float, compiled: float, scale: float, rounding: float) -> None:
        # A difference of losses cannot see a gradient far smaller than the largest one.
        floor = max(scale * (1e-14 if self.method == "complex step" else 1e-3), rounding)
        self.error = max(self.error, relative_error(compiled, numeric, floor))

    def compare_forms(self, forms: dict[str, float], compiled: float, floor: float) -> None:
        for form, value in forms.items():
            self.forms[form] = max(self.forms[form], relative_error(value, compiled, floor))


def relative_error(found: float, expected: float, floor: float = 0.0) -> float:
    """|found - expected| over the larger of both sizes, or over ``floor`` where both are smaller; NaN counts as 1."""
    difference = abs(found - expected)
    if difference == 0:
        return 0.0
    if not math.isfinite(difference):
        return 1.0
    return difference / max(abs(found), abs(expected), floor)
