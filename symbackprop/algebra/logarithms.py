"""Logarithms of what is positive, found through the names of a network.

What is made of exponentials by products, quotients and sums has a logarithm that does not overflow where it does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sympy import Add, Expr, Integer, Mul, Number, Pow, S, Symbol, exp, log

from symbackprop.functions import log_cosh, sigmoid, softplus
from symbackprop.functions.softmax import log_sum_exp, softmax_component
from symbackprop.matrices import Broadcast, LogSoftmax, LogSumExp, Softmax, Sum, SumAll, Transposed, shape_of


@dataclass(frozen=True)
class Positive:
    """What is known to be positive, by its logarithm; ``grows`` where an exponential is in it, so that it may overflow.

    ``scores`` are the logarithms of the terms where it is a sum, ``along`` the axes where it is one of entries.
    """

    logarithm: Expr
    grows: bool = False
    scores: tuple[Expr, ...] = ()
    along: tuple[int, ...] = ()


@dataclass
class Logarithms:
    """What is known of the names of a network, one equation after the other.

    Nothing is looked up under the names in ``opaque``: what stands behind them is asked for itself.
    """

    opaque: Collection[Symbol] = ()
    definitions: dict[Symbol, Expr] = field(default_factory=dict)
    positives: dict[Expr, Positive | None] = field(default_factory=dict)

    def positive(self, expr: Expr) -> Positive | None:
        """What is known of an expression that is positive for all values, None if that is nothing."""
        if expr not in self.positives:
            self.positives[expr] = self._positive(expr)
        return self.positives[expr]

    def _positive(self, expr: Expr) -> Positive | None:
        if isinstance(expr, Symbol):
            definition = self.definitions.get(expr)
            return None if definition is None else self.positive(definition)
        if isinstance(expr, Number):
            return Positive(log(expr)) if expr.is_Rational and expr.is_positive else None
        if isinstance(expr, exp):
            return Positive(expr.args[0], grows=True)
        if isinstance(expr, Pow):
            return self._power(expr)
        if isinstance(expr, Mul):
            return self._product(expr)
        if isinstance(expr, Add):
            return self._sum(expr)
        if isinstance(expr, (Sum, SumAll)):
            return self._sum_of_entries(expr)
        if isinstance(expr, (Broadcast, Transposed)):
            return self._view(expr)
        return _of_probability(expr)

    def _power(self, expr: Pow) -> Positive | None:
        base = self.positive(expr.base)
        return None if base is None else Positive(expr.exp * base.logarithm, base.grows)

    def _product(self, expr: Mul) -> Positive | None:
        """A product of positive factors; where one of them divides, and is a sum, all go into its terms."""
        known = [(factor, self.positive(factor)) for factor in expr.args]
        found = [(factor, positive) for factor, positive in known if positive is not None]
        if len(found) < len(known):
            return None
        return self.multiplied(found)

    def multiplied(self, found: Sequence[tuple[Expr, Positive]]) -> Positive:
        """The product of factors that are known."""
        grows = any(positive.grows for _, positive in found)
        divisor = next((f for f, _ in found if self.divided_by(f) is not None), None)
        above = Add(*(positive.logarithm for factor, positive in found if factor is not divisor))
        if divisor is None:
            return Positive(_joined(above), grows)
        below = self.divided_by(divisor)
        assert below is not None
        return Positive(_quotient(above, below, divisor), grows)

    def divided_by(self, factor: Expr) -> Positive | None:
        """The sum that a factor is one over."""
        if not (isinstance(factor, Pow) and factor.exp == -1):
            return None
        below = self.positive(factor.base)
        return below if below is not None and (below.scores or below.along) else None

    def _sum(self, expr: Add) -> Positive | None:
        terms = [self.positive(term) for term in expr.args]
        known = [term for term in terms if term is not None]
        if len(known) < len(terms):
            rest = self.rest(expr)
            return None if rest is None else self.positive(rest)
        if not any(term.grows for term in known):
            return None
        scores = tuple(term.logarithm for term in known)
        return Positive(log_of_sum(scores), True, scores)

    def _sum_of_entries(self, expr: Sum | SumAll) -> Positive | None:
        inner = self.positive(expr.args[0])
        if inner is None or not inner.grows or not shape_of(inner.logarithm):
            return None
        if isinstance(expr, Sum):
            return Positive(LogSumExp(inner.logarithm, expr.axis), True, along=(expr.axis,))
        return Positive(SumAll(LogSumExp(LogSumExp(inner.logarithm, Integer(1)), Integer(0))), True, along=(0, 1))

    def _view(self, expr: Broadcast | Transposed) -> Positive | None:
        inner = self.positive(expr.args[0])
        if inner is None:
            return None
        along = inner.along if isinstance(expr, Broadcast) else ()
        return Positive(expr.on(inner.logarithm), inner.grows, inner.scores if not along else (), along)

    def rest(self, expr: Add) -> Expr | None:
        """What 1 - p is, where p is σ(z)."""
        if len(expr.args) != 2 or expr.args[0] != S.One:
            return None
        taken = -expr.args[1]
        definition = self.definitions.get(taken, taken) if isinstance(taken, Symbol) else taken
        if isinstance(definition, softmax_component):
            return sigmoid(-_margin(definition))
        return sigmoid(-definition.args[0]) if isinstance(definition, sigmoid) else None


def _joined(logarithm: Expr) -> Expr:
    """u - log(1 + exp(u)) as -log(1 + exp(-u))."""
    for term in Add.make_args(logarithm):
        tail = -term
        if isinstance(tail, softplus) and logarithm - term == tail.args[0]:
            return -softplus(-tail.args[0])
    return logarithm


def log_of_sum(scores: Iterable[Expr]) -> Expr:
    """log Σ exp(u), with a function for the sum that does not overflow, nor lose its digits near 0."""
    terms = list(scores)
    if len(terms) == 1:
        return terms[0]
    shared = _number_in_all(terms)
    if shared != 0:
        return shared + log_of_sum([u - shared for u in terms])
    if S.Zero in terms:
        terms.remove(S.Zero)
        return softplus(log_of_sum(terms))
    if len(terms) == 2 and terms[0] == -terms[1]:
        return log(2) + log_cosh(terms[1] if terms[0].could_extract_minus_sign() else terms[0])
    return log_sum_exp(*terms)


def _number_in_all(terms: Sequence[Expr]) -> Expr:
    """What all the terms have in front that is a number, such as the -log 2 of exp(z)/2."""
    numbers = {Add(*(part for part in Add.make_args(term) if part.is_number)) for term in terms}
    return numbers.pop() if len(numbers) == 1 else S.Zero


def _quotient(above: Expr, below: Positive, divisor: Expr) -> Expr:
    """The logarithm of a quotient: where the one above is among the terms below, it is taken out of these."""
    if below.along:
        return _quotient_of_entries(above, below, divisor)
    others = [u for u in below.scores if u - above != 0]
    if len(others) != len(below.scores) - 1:
        return above - below.logarithm
    return -softplus(log_of_sum(others) - above)


def _quotient_of_entries(above: Expr, below: Positive, divisor: Expr) -> Expr:
    level = below.logarithm.args[0] if isinstance(below.logarithm, Broadcast) else below.logarithm
    if isinstance(level, LogSumExp) and level.args[0] == above:
        return LogSoftmax(above, Integer(level.axis))
    return above - below.logarithm


def _of_probability(expr: Expr) -> Positive | None:
    if isinstance(expr, sigmoid):
        return Positive(-softplus(-expr.args[0]))
    if isinstance(expr, softmax_component):
        return Positive(log_of_component(expr))
    if isinstance(expr, Softmax):
        return Positive(LogSoftmax(*expr.args))
    return None


def log_of_component(component: softmax_component) -> Expr:
    """The logarithm of one component of a softmax by itself, which keeps its digits where that is near 1."""
    return -softplus(-_margin(component))


def _margin(component: softmax_component) -> Expr:
    """The u for which a component of a softmax is σ(u): its score less the level of the others."""
    others = [z for k, z in enumerate(component.scores, start=1) if k != component.index]
    return component.scores[component.index - 1] - log_of_sum(others)
