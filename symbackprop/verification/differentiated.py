"""Are Jacobians, Hessians and their products right, and is the code made of them?

Each result rests on a few truths, and all of them go before the judge: that the first derivatives are the gradients of
the loss, and that values move by the formulas where names move along directions. The code is compared with fifty
digits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sympy import Symbol

from symbackprop.judge import Claim, Equal, Gradients, Pushed, Ruling, Verdict, judge
from symbackprop.judge.numbers import Undecidable, Unlucky
from symbackprop.numeric import predictor
from symbackprop.numeric.sizes import sizes_of_values
from symbackprop.tangents import AreEqual, AreGradients, Differentiated, MoveBy, Truth
from symbackprop.verification.code import CODE_TOLERANCE, errors
from symbackprop.verification.sampled import BENCH


@dataclass(frozen=True)
class ResultRow:
    """What was found of one result: a verdict on each truth that it rests on, and the worst error of the code.

    The error is None where the code was not compared, as no number of digits works out one of its functions.
    """

    name: str
    verdicts: tuple[Verdict, ...]
    error: float | None

    @property
    def code_ok(self) -> bool:
        """Whether the code agrees at every point where it was compared."""
        return self.error is None or self.error <= CODE_TOLERANCE

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong: no truth, and not the code."""
        return self.code_ok and not any(verdict.wrong for verdict in self.verdicts)

    @property
    def proved(self) -> bool:
        """Whether every truth is proved, and the code agrees."""
        return self.error is not None and self.code_ok and all(verdict.proved for verdict in self.verdicts)

    @property
    def ruling(self) -> str:
        """``proved``, ``WRONG`` or ``undecided``."""
        return "WRONG" if not self.ok else "proved" if self.proved else "undecided"


@dataclass(frozen=True)
class ResultReport:
    """What a check of a Jacobian, a Hessian or a product found, one row a result."""

    title: str
    rows: tuple[ResultRow, ...]
    points: int
    sizes: tuple[Mapping[str, int], ...] = ()
    """What the symbols of sizes stood for at each point; empty where there are none."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return all(row.ok for row in self.rows)

    @property
    def proved(self) -> bool:
        """Whether all is proved, and the code agrees."""
        return all(row.proved for row in self.rows)

    @property
    def verdict(self) -> Verdict | None:
        """The weakest of the proofs; None where nothing is proved."""
        verdicts = [verdict for row in self.rows for verdict in row.verdicts if verdict.proved]
        return max(verdicts, key=lambda verdict: (verdict.chance, len(verdict.covered)), default=None)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why results are undecided, each reason once."""
        found = (v.reason for row in self.rows for v in row.verdicts if v.ruling is Ruling.UNDECIDED)
        return tuple(dict.fromkeys(found))

    @property
    def summary(self) -> str:
        """What came of it, in a line."""
        at = "1 point" if self.points == 1 else f"{self.points} points"
        wrong = sum(not row.ok for row in self.rows)
        if wrong:
            return f"{wrong} of {len(self.rows)} results are WRONG"
        undecided = sum(not row.proved for row in self.rows)
        if undecided:
            return f"{undecided} of {len(self.rows)} results are undecided"
        return f"all results are proved, and the code agrees at {at}"

    def table(self) -> str:
        """All rows as text."""
        cells = [("result", "formula", "code", "")]
        for row in self.rows:
            rulings = [str(verdict.ruling) for verdict in row.verdicts]
            weakest = next((ruling for ruling in rulings if ruling != str(Ruling.PROVED)), str(Ruling.PROVED))
            error = "-" if row.error is None else f"{row.error:.1e}"
            cells.append((row.name, weakest, error, "ok" if row.ok else "WRONG"))
        widths = [max(len(line[k]) for line in cells) for k in range(4)]
        return "\n".join("  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in cells)

    def __str__(self) -> str:
        lines = [self.table(), f"{self.title}: {self.summary}"]
        lines += [] if self.verdict is None else [f"proved: {self.verdict.method}"]
        lines += [f"undecided: {reason}" for reason in self.reasons]
        return "\n".join(lines)


def check_differentiated(result: Differentiated, points: int, seed: int) -> ResultReport:
    """Judge all that the results rest on, and compare the code with fifty digits at random points.

    Raises DataError where no valid point is found.
    """
    verdicts = _verdicts(result)
    worst, drawn = _errors(result, points, seed)
    rows = tuple(ResultRow(name.name, verdicts[name], worst.get(name.name)) for name in result.results)
    sizes = tuple(sizes_of_values(result.network, point) for point in drawn) if result.network.sizes else ()
    return ResultReport(result.title, rows, len(drawn), sizes)


def _verdicts(result: Differentiated) -> dict[Symbol, tuple[Verdict, ...]]:
    """The verdicts on all results together where they are proved, and else on each by itself."""
    together: list[Verdict] = []
    for truth in result.whole:
        together.append(judge(claim_of(truth), witnesses=False))
        if not together[-1].proved:
            break
    else:
        return dict.fromkeys(result.results, tuple(together))
    known: dict[int, Verdict] = {}
    for truths in result.truths.values():
        for truth in truths:
            if id(truth) not in known:
                known[id(truth)] = judge(claim_of(truth))
    return {name: tuple(known[id(truth)] for truth in truths) for name, truths in result.truths.items()}


def claim_of(truth: Truth) -> Claim:
    """What the judge is asked."""
    match truth:
        case AreGradients(derivation=derivation):
            formulas = dict(derivation.shared.items())
            return Gradients(derivation.network, formulas, signals=derivation.backward, facts=derivation.facts)
        case MoveBy(network=network, directions=directions, formulas=moved):
            return Pushed(network, directions, moved, facts=network.facts)
        case AreEqual(network=network, left=left, right=right):
            return Equal(network, left, right, facts=network.facts)


def _errors(result: Differentiated, points: int, seed: int) -> tuple[dict[str, float], Sequence[Mapping[str, object]]]:
    """How far the code is off for each result, in the worst case, and the points; nothing where digits tell nothing."""
    network, lines, names = result.network, result.lines, tuple(result.results)
    about = replace(lines, wrt=names, swept=replace(lines.swept, adjoint=dict(zip(names, names, strict=True))))
    drawn = network.kind[BENCH].points(lines, points, seed)
    worst = dict.fromkeys((name.name for name in names), 0.0)
    if result.is_constant:
        return worst, drawn
    function = predictor(lines, list(names))
    try:
        for number, point in enumerate(drawn):
            found = function(**{name: point[name] for name in function.names})
            sizes = sizes_of_values(network, point)
            for name, error in errors(about, point, sizes, found, seed + number).items():
                worst[name] = max(error, worst[name])
    except (Undecidable, Unlucky):
        return {}, drawn
    return worst, drawn
