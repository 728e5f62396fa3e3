"""Is a gradient that somebody derived by hand right?"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations

from sympy import Expr, Symbol, sympify

from symbackprop.calculus import Derivation, Path, require_derivation, words
from symbackprop.errors import DerivationError, did_you_mean
from symbackprop.functions.recognise import recognise
from symbackprop.network.formulas import parse_expression
from symbackprop.numeric.evaluate import evaluate, forward, with_signals
from symbackprop.verification.check import ROUNDING, relative_error
from symbackprop.verification.points import Point, random_points
from symbackprop.verification.rounding import sizes

POINTS = 5
TOLERANCE = 1e-9
ROUTES_TRIED = 12


@dataclass(frozen=True)
class Verification:
    """Whether a formula is the gradient; where it is not, a point at which they differ and both values there."""

    ok: bool
    gradient: str
    formula: str
    point: Point | None = None
    expected: float | None = None
    found: float | None = None
    hint: str = ""
    values: Point = field(default_factory=dict)
    """What the formula's other names, such as a_h1 or delta_o1, come to at the point."""

    def __str__(self) -> str:
        if self.ok:
            return f"right: {self.gradient} = {self.formula}"
        assert self.point is not None
        where = ", ".join(f"{name} = {value:.6g}" for name, value in (self.point | self.values).items())
        hint = f"\n{self.hint}" if self.hint else ""
        return (
            f"wrong: {self.gradient} is not {self.formula}\n"
            f"at {where}\nthe gradient is {self.expected:.12g} and the formula gives {self.found:.12g}{hint}"
        )


def verify(derivation: Derivation, name: Symbol | str, formula: Expr | str, seed: int = 0) -> Verification:
    """Tell whether ``formula`` is the gradient of the loss by ``name``.

    The formula is an expression, or text, in forward names, error signals (delta_o1 …), weights, inputs and targets.
    Text is parsed by the same safe reader as a spec file. A wrong formula is compared with common slips: a factor, a
    sign, a route left out. Raises DerivationError for an unknown name, SpecError for text that is not a formula.
    """
    require_derivation(derivation, "verify")
    w = derivation.symbol(name)
    expr = _read(derivation, formula)
    comparisons = []
    floors = []
    for point in random_points(derivation, POINTS, seed):
        values = with_signals(derivation, forward(derivation.network, point))
        expected = float(evaluate(derivation.shared[w], values))
        comparisons.append((point, values, expected, float(evaluate(expr, values))))
        floors.append(ROUNDING * sizes(derivation, values)[w.name])
    gradient = f"d{derivation.network.loss}/d{w}"
    said = str(formula)
    for (point, values, expected, found), floor in zip(comparisons, floors, strict=True):
        if relative_error(found, expected, floor) > TOLERANCE:
            hint = _factor_hint([(e, f) for *_, e, f in comparisons]) or _route_hint(
                derivation, w, [(values, f) for _, values, _, f in comparisons]
            )
            used = {s.name: float(values[s.name]) for s in sorted(expr.free_symbols, key=str) if s.name not in point}
            return Verification(False, gradient, said, point, expected, found, hint, used)
    return Verification(True, gradient, said)


def _read(derivation: Derivation, formula: Expr | str) -> Expr:
    known = {s.name: s for s in (*derivation.network.names, *derivation.backward)}
    expr = parse_expression(formula, known) if isinstance(formula, str) else sympify(formula, strict=True)
    for symbol in sorted(expr.free_symbols, key=str):
        if symbol.name not in known:
            raise DerivationError(
                "unknown-name",
                f"{symbol.name} in the formula is no name of the network",
                did_you_mean(symbol.name, known),
            )
    return recognise(expr)


def _factor_hint(pairs: list[tuple[float, float]]) -> str:
    """The formula is a constant times the gradient at every point."""
    if any(expected == 0 for expected, _ in pairs):
        return ""
    ratios = [found / expected for expected, found in pairs]
    first = ratios[0]
    if first == 0 or any(relative_error(ratio, first) > 1e-8 for ratio in ratios):
        return ""
    if relative_error(first, -1.0) < 1e-8:
        return "the sign is wrong: the formula is minus the gradient at every point"
    return f"the formula is {first:.6g} times the gradient at every point"


def _route_hint(derivation: Derivation, w: Symbol, pairs: list[tuple[dict[str, float], float]]) -> str:
    """The formula leaves out one route or more from the weight to the loss."""
    if not 1 < derivation.path_count(w) <= ROUTES_TRIED:
        return ""
    paths = list(derivation.paths(w))
    contributions = [[float(evaluate(path.product, values)) for path in paths] for values, _ in pairs]
    for missing in range(1, len(paths)):
        for left_out in combinations(range(len(paths)), missing):
            sums = [sum(c for k, c in enumerate(line) if k not in left_out) for line in contributions]
            if all(relative_error(total, found) < 1e-8 for total, (_, found) in zip(sums, pairs, strict=True)):
                return "the formula leaves out " + " and ".join(_route(paths[k]) for k in left_out)
    return ""


def _route(path: Path) -> str:
    return "the route " + words(tuple(str(name) if k == 0 else f" → {name}" for k, name in enumerate(path.names)))
