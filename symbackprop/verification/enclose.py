"""How far apart are two formulas over a whole box of values? A proven bound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from typing import Any

from symbackprop.calculus import Derivation, require_derivation
from symbackprop.errors import DataError, DerivationError, as_given
from symbackprop.judge import Claim, Equal, Gradients, Level, Ruling
from symbackprop.judge.balls import require_flint
from symbackprop.judge.boxes import Bounds, bounded
from symbackprop.judge.numbers import Undecidable
from symbackprop.verification.formulas import formula_of
from symbackprop.verification.numbers import values_of

PIECES = 1_000


@dataclass(frozen=True)
class Enclosure:
    """How far two formulas are apart over a box: at most ``most`` anywhere, and at least ``least`` at ``point``.

    ``ruling`` is *proved* where that is within what was asked for, *wrong* where ``point`` shows that it is not, else
    *undecided*: ``pieces`` of the box were not enough.
    """

    ruling: Ruling
    left: str
    right: str
    box: Mapping[str, tuple[float, float]]
    least: float
    most: float
    within: float | None
    point: Mapping[str, float]
    values: tuple[float, float]
    """What both formulas come to at the point."""
    pieces: int

    level = Level.ENCLOSED

    @property
    def ok(self) -> bool:
        """Whether the bound is proved."""
        return self.ruling is Ruling.PROVED

    def __str__(self) -> str:
        said = f"|{self.left} - ({self.right})|"
        # Names with one value are left out, unless there are no others.
        wide = {name: ends for name, ends in self.box.items() if ends[0] < ends[1]} or self.box
        where = ", ".join(f"{name} in [{low:g}, {high:g}]" for name, (low, high) in wide.items())
        at = ", ".join(f"{name} = {x:.6g}" for name, x in self.point.items() if name in wide)
        if self.ruling is Ruling.WRONG:
            return (
                f"{self.ruling}: {said} is not within {self.within:g} for {where}\n"
                f"at {at} it is {self.values[0]:.12g} and {self.values[1]:.12g}"
            )
        reached = (
            f"at {at} it is at least {_rounded(self.least, ROUND_FLOOR)}"
            if self.least > 0
            else "no point shows any gap"
        )
        if self.ruling is Ruling.PROVED:
            return f"{self.ruling}: {said} is {_bound(self.most)} for {where}, away from kinks; {reached}"
        wanted = "bounded" if self.within is None else f"within {self.within:g}"
        found = "it has no bound" if self.most == float("inf") else f"it is {_bound(self.most)}"
        return f"{self.ruling}: whether {said} is {wanted} for {where}\nin {self.pieces} pieces {found}; {reached}"


def enclose(
    derivation: Derivation,
    left: Any,
    right: Any,
    box: Mapping[Any, Any],
    within: float | None = None,
    pieces: int = PIECES,
) -> Enclosure:
    """Bound how far apart two formulas are for all values in a box, by intervals that leave nothing out.

    What this proves of a formula that is nearly right, and for which no identity holds: an approximation is within
    so much, a gradient is off by no more than that. Scalar networks alone. Needs python-flint (the extra ``proof``).

    Parameters
    ----------
    left, right
        Expressions or text, in names of the network and error signals. A parameter's gradient is written ``dE/dw``
        on the left; it is then taken from the equations of the network, and not from what was derived of them.
    box
        By name a number or a pair ``(low, high)``. Names that are left out have the network's own values.
    within
        The bound that is asked for: *proved*, *wrong* with a point, or *undecided*. Without it the least bound that
        can be found is proved, up to a hundredth.
    pieces
        Into how many pieces the box is cut at most.

    Raises SymbackpropError where python-flint is absent, DerivationError for matrices and unknown names, SpecError for
    text that is no formula, DataError for a box that does not fit.
    """
    require_derivation(derivation, "enclose")
    network = derivation.network
    if not network.kind.one_number:
        what = f"{network.name or 'the network'} has matrices, and enclose knows scalars alone"
        raise DerivationError("matrices", what, "write the entries out as scalars, or use verify")
    require_flint()
    checked = _checked(derivation, box)
    if within is not None and not within >= 0:
        raise DataError("within", f"within={within!r} is no bound", "give a number that is not below zero")
    if isinstance(pieces, bool) or not isinstance(pieces, int) or pieces < 1:
        raise DataError("pieces", f"pieces={pieces!r} is no number of pieces", "give a whole number of 1 or more")
    claim, said = _claim(derivation, left, right)
    try:
        found = bounded(claim, checked, pieces, within)
    except Undecidable as reason:
        what = f"{said[0]} and {said[1]} cannot be enclosed: {reason}"
        raise DerivationError("enclosure", what, "use verify, which tries other ways") from None
    return Enclosure(
        _ruling(found, within), *said, {name: (float(low), float(high)) for name, (low, high) in checked.items()},
        found.least, found.most, within, {name: float(x) for name, x in found.point.items()},
        (found.left, found.right), found.pieces,
    )  # fmt: skip


def _ruling(found: Bounds, within: float | None) -> Ruling:
    if found.most <= (float("inf") if within is None else within) and found.most < float("inf"):
        return Ruling.PROVED
    return Ruling.WRONG if within is not None and found.least > within else Ruling.UNDECIDED


def _claim(derivation: Derivation, left: Any, right: Any) -> tuple[Claim, tuple[str, str]]:
    network, signals = derivation.network, derivation.backward
    # Any name of the network will do for reading scalars: a formula is not held to a shape.
    w = derivation.wrt[0]
    for name in network.names:
        if isinstance(left, str) and left.replace(" ", "") in (f"d{network.loss}/d{name}", f"∂{network.loss}/∂{name}"):
            expr, said = formula_of(derivation, name, right)
            return Gradients(network, {name: expr}, signals=signals), (f"d{network.loss}/d{name}", said)
    (a, said_a), (b, said_b) = (formula_of(derivation, w, formula) for formula in (left, right))
    return Equal(network, a, b, signals=signals), (said_a, said_b)


def _checked(derivation: Derivation, box: Mapping[Any, Any]) -> dict[str, tuple[Fraction, Fraction]]:
    """From where to where each name goes, decimals as they are written."""
    if not isinstance(box, Mapping):
        raise DataError("box", f"a {type(box).__name__} is no box", "give names with pairs: {'x': (-1, 1)}")
    ends: list[dict[Any, Any]] = [{}, {}]
    for name, value in box.items():
        pair = value if isinstance(value, (tuple, list)) else (value, value)
        if len(pair) != 2:
            raise DataError("box", f"{name} is given {as_given(value)}", "give a number, or a pair (low, high)")
        for end, number in zip(ends, pair, strict=True):
            end[name] = number
    low, high = (values_of(derivation.network, end) for end in ends)
    for leaf in low:
        if low[leaf] > high[leaf]:
            raise DataError("box", f"{leaf} goes from {low[leaf]:g} to {high[leaf]:g}", "give the smaller number first")
    return {leaf: (Fraction(repr(low[leaf])), Fraction(repr(high[leaf]))) for leaf in low}


def _bound(most: float) -> str:
    return f"at most {_rounded(most, ROUND_CEILING)}" if most else "zero"


def _rounded(bound: float, way: str) -> str:
    """Three digits, rounded so that a bound stays one."""
    exact = Decimal(bound)
    step = Decimal(1).scaleb(exact.adjusted() - 2)
    return f"{exact.quantize(step, way, Context(prec=60)):.2e}"
