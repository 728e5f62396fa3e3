"""Are the gradients right, in every form, and is the code made of them?

Every form of every gradient goes before the judge; the code is compared with fifty digits of what was proved. Where a
network has an operation that only NumPy knows, both are compared with numeric derivatives instead, and nothing is
called proved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import overload

from sympy import Expr, Symbol

from symbackprop.calculus import DOES_NOT_MOVE, Derivation, require_derivation
from symbackprop.errors import DataError, as_given
from symbackprop.judge import Gradients, Level, Ruling, Verdict, judge
from symbackprop.judge.numbers import Undecidable, Unlucky
from symbackprop.numeric import lambdify
from symbackprop.numeric.sizes import sizes_of_values
from symbackprop.tangents import Differentiated
from symbackprop.verification.code import CODE_TOLERANCE, errors
from symbackprop.verification.differentiated import ResultReport, check_differentiated
from symbackprop.verification.sampled import BENCH, TOLERANCE, sampled

FORMS = ("shared", "closed", "expanded")
"""The forms of a gradient, in the order of a report; a dialect may not have them all."""
CODE = "50 digits"
"""What the code is compared with where the formulas can be worked out so far."""


@dataclass(frozen=True)
class CheckRow:
    """What was found of one gradient: a verdict on each form, and the worst error of the code over all points."""

    name: str
    verdicts: Mapping[str, Verdict]
    method: str
    error: float

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong: no form, and not the code."""
        return self.code_ok and not any(verdict.wrong for verdict in self.verdicts.values())

    @property
    def proved(self) -> bool:
        """Whether every form is proved, and the code agrees."""
        return self.code_ok and all(verdict.proved for verdict in self.verdicts.values())

    @property
    def code_ok(self) -> bool:
        """Whether the code agrees at every point."""
        return self.error <= self.tolerance

    @property
    def tolerance(self) -> float:
        """How large the error of the code may be."""
        return CODE_TOLERANCE if self.method == CODE else TOLERANCE[self.method]

    @property
    def ruling(self) -> str:
        """``proved``, ``WRONG`` or ``undecided``."""
        return "WRONG" if not self.ok else "proved" if self.proved else "undecided"


@dataclass(frozen=True)
class CheckReport:
    """What a check found, one row a gradient."""

    network: str
    loss: str
    rows: tuple[CheckRow, ...]
    points: int
    sizes: tuple[Mapping[str, int], ...] = ()
    """What the symbols of sizes stood for at each point; empty where there are none."""
    left_out: tuple[str, ...] = ()
    """The forms that are too large to be judged."""
    zero: tuple[str, ...] = ()
    """The names that do not move the loss: their gradients are derived as zero."""

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms of the gradients that were judged."""
        return tuple(form for form in FORMS if all(form in row.verdicts for row in self.rows))

    @property
    def sizes_tried(self) -> str:
        """The sizes point by point, as in ``m=2 n=3; m=5 n=4``; empty where there are none."""
        return "; ".join(" ".join(f"{name}={number}" for name, number in sizes.items()) for sizes in self.sizes)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return all(row.ok for row in self.rows)

    @property
    def proved(self) -> bool:
        """Whether every form of every gradient is proved, and the code agrees."""
        return all(row.proved for row in self.rows)

    @property
    def worst(self) -> CheckRow:
        """A row that is wrong, where there is one; else that with the largest error of the code."""
        return max(self.rows, key=lambda row: (not row.ok, row.error / row.tolerance))

    @property
    def verdict(self) -> Verdict | None:
        """The weakest of the proofs; None where nothing is proved."""
        verdicts = [verdict for row in self.rows for verdict in row.verdicts.values() if verdict.proved]
        return max(verdicts, key=lambda verdict: (verdict.chance, len(verdict.covered)), default=None)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why gradients are undecided, each reason once."""
        found = (v.reason for row in self.rows for v in row.verdicts.values() if v.ruling is Ruling.UNDECIDED)
        return tuple(dict.fromkeys(found))

    def table(self) -> str:
        """All rows as text."""
        header = ["gradient", *self.forms, "code", ""]
        cells = [header] + [
            [
                f"d{self.loss}/d{row.name}", *(str(row.verdicts[form].ruling) for form in self.forms),
                f"{row.error:.1e}", "WRONG" if not row.ok else "ok",
            ]
            for row in self.rows
        ]  # fmt: skip
        widths = [max(len(line[k]) for line in cells) for k in range(len(header))]
        return "\n".join("  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in cells)

    @property
    def summary(self) -> str:
        """What came of it, in a line."""
        wrong = sum(not row.ok for row in self.rows)
        at = "1 point" if self.points == 1 else f"{self.points} points"
        if wrong:
            return f"{wrong} of {len(self.rows)} gradients are WRONG"
        undecided = sum(not row.proved for row in self.rows)
        if undecided:
            return f"{undecided} of {len(self.rows)} gradients are undecided; they agree with numbers at {at}"
        return f"all gradients are proved, and the code agrees at {at}"

    def __str__(self) -> str:
        lines = [self.table(), f"{self.network}: {self.summary}{self._with_sizes()}"]
        lines += [] if self.verdict is None else [f"proved: {self.verdict.method}"]
        lines += [f"undecided: {reason}" for reason in self.reasons]
        lines += [f"left out, as too many routes lead to the loss: {form} forms" for form in self.left_out]
        lines += self.remarks
        return "\n".join(lines)

    @property
    def remarks(self) -> tuple[str, ...]:
        """A sentence for each name that does not move the loss."""
        return tuple(f"{name} {DOES_NOT_MOVE}" for name in self.zero)

    def _with_sizes(self) -> str:
        return f" with {self.sizes_tried}" if self.sizes else ""


@overload
def check(
    derivation: Derivation, points: int = 5, seed: int = 0, forms: Sequence[str] | None = None
) -> CheckReport: ...
@overload
def check(derivation: Differentiated, points: int = 5, seed: int = 0) -> ResultReport: ...
def check(
    derivation: Derivation | Differentiated, points: int = 5, seed: int = 0, forms: Sequence[str] | None = None
) -> CheckReport | ResultReport:
    """Judge every gradient in every form, and compare the code with fifty digits.

    Parameters
    ----------
    derivation
        What ``derive`` has made; or a Jacobian, a Hessian or a product with one, of which all is judged that it rests
        on: the gradients, and what values move by.
    points
        At how many random points the code is tried; with symbols of sizes each has sizes of its own.
    seed
        What the points are drawn from. The verdicts on formulas do not depend on it.
    forms
        Of ``shared``, ``closed`` and ``expanded`` (scalars alone) those to judge. By default all, but for closed and
        expanded forms of names from which more than 2,000 routes lead to the loss; ``left_out`` says so.

    Raises DataError where no valid point is found, and for an unknown form.
    """
    _check_count("points", points, least=1)
    _check_count("seed", seed, least=0)
    if isinstance(derivation, Differentiated):
        return check_differentiated(derivation, points, seed)
    require_derivation(derivation, "check")
    network = derivation.network
    wanted, left_out = _chosen(derivation, forms)
    function = lambdify(derivation)
    drawn = network.kind[BENCH].points(derivation, points, seed)
    verdicts = {form: _judged(derivation, form) for form in wanted}
    sizes = tuple(sizes_of_values(network, point) for point in drawn) if network.sizes else ()
    try:
        method = dict.fromkeys((w.name for w in derivation.wrt), CODE)
        worst = dict.fromkeys(method, 0.0)
        for number, point in enumerate(drawn):
            found = errors(derivation, point, sizes_of_values(network, point), function(**point)[1], seed + number)
            worst = {name: max(error, found[name]) for name, error in worst.items()}
    except (Undecidable, Unlucky):
        samples = sampled(derivation, function, drawn, seed)
        method = {name: sample.method for name, sample in samples.items()}
        worst = {name: sample.error for name, sample in samples.items()}
        verdicts = {
            form: {w: _seen(verdict, form, samples[w.name].forms.get(form, 0.0)) for w, verdict in row.items()}
            for form, row in verdicts.items()
        }
    zero = tuple(w.name for w in derivation.zero)
    rows = tuple(
        CheckRow(w.name, {form: verdicts[form][w] for form in wanted}, method[w.name], worst[w.name])
        for w in derivation.wrt
    )
    return CheckReport(network.name, network.loss.name, rows, len(drawn), sizes, left_out, zero)


def _chosen(derivation: Derivation, forms: Sequence[str] | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The forms to judge, and those that are left out for their size."""
    has = FORMS if derivation.network.kind.has_routes else FORMS[:2]
    for form in forms or ():
        if form not in has:
            raise DataError("form", f"{as_given(form)} is no form of these gradients", f"choose of {', '.join(has)}")
    if forms is not None:
        return tuple(form for form in has if form in forms), ()
    return (has[:1], has[1:]) if derivation.has_long_closed_forms else (has, ())


def formulas_of(derivation: Derivation, form: str) -> dict[Symbol, Expr]:
    """Every gradient in one form."""
    if form == "expanded":
        return {w: derivation.written_out(w) for w in derivation.wrt}
    found = derivation.shared if form == "shared" else derivation.gradients
    return {w: found[w] for w in derivation.wrt}


def _judged(derivation: Derivation, form: str) -> dict[Symbol, Verdict]:
    """A verdict on each gradient: on all leaves together where all are proved, as one movement of them all tells."""
    formulas = formulas_of(derivation, form)
    leaves = {w: formula for w, formula in formulas.items() if w in derivation.network.leaves}
    verdicts = {}
    if len(leaves) > 1:
        whole = judge(_claim(derivation, leaves), witnesses=False)
        verdicts = dict.fromkeys(leaves, whole) if whole.proved else {}
    alone = {w: judge(_claim(derivation, {w: formulas[w]})) for w in formulas if w not in verdicts}
    return {w: verdicts[w] if w in verdicts else alone[w] for w in formulas}


def _claim(derivation: Derivation, formulas: Mapping[Symbol, Expr]) -> Gradients:
    return Gradients(derivation.network, formulas, signals=derivation.backward, facts=derivation.facts)


def _seen(verdict: Verdict, form: str, error: float) -> Verdict:
    """A verdict on what only samples tell of: a large error is one, a small one leaves it undecided."""
    if verdict.ruling is Ruling.UNDECIDED and error > CODE_TOLERANCE:
        return Verdict(Ruling.WRONG, Level.SAMPLED, reason=f"the {form} form and the code differ by {error:.1e}")
    return verdict


def _check_count(name: str, value: object, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise DataError(
            name, f"{name} = {as_given(value)} is not a whole number from {least}", f"give, say, {least + 4}"
        )
