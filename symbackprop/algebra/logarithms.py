"""Logarithms of what is positive, through the names of a network, and what is made of them: for numbers, not for
reading.

exp(z)/(exp(z) + exp(k)) is inf/inf where its value is 1, and a quotient rule makes worse of it, whether it stands in
one equation or its parts have names. What is made of exponentials by products, quotients and sums has a logarithm that
does not overflow, so that a quotient with log p = -log(1 + exp(u)) is σ(-u), and its derivative is that of σ.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sympy import Add, Basic, Expr, Integer, Mul, Number, Pow, S, Symbol, exp, log, preorder_traversal, tanh

from symbackprop.functions import sigmoid, softplus
from symbackprop.functions.activations import log_cosh
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
    overflows: bool = False
    """Whether an equation so far overflows as it is written, beyond the logarithms of single probabilities."""

    def defined(self, name: Symbol, expr: Expr) -> Expr:
        """The stable form of an equation, which is known by its name from here on."""
        stable = self.stable(expr)
        if name not in self.opaque:
            self.definitions[name] = stable
            self.positive(name)  # by now all that this needs is known: no chain of names is walked down at once
        return stable

    def is_hazard(self, expr: Expr) -> bool:
        """Whether the logarithm of a probability stands in an expression, or a power that is infinite where it is 0."""
        for node in preorder_traversal(expr):
            if isinstance(node, log):
                inside, bad = node.args[0], True
            elif isinstance(node, Pow):
                inside, bad = node.base, not (isinstance(node.exp, Integer) and node.exp > 0)
            else:
                continue
            if bad and inside.free_symbols and self.positive(inside) is not None:
                return True
        return False

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
        return self._multiplied(found)

    def _multiplied(self, found: Sequence[tuple[Expr, Positive]]) -> Positive:
        grows = any(positive.grows for _, positive in found)
        divisor = next((f for f, _ in found if self._divided(f) is not None), None)
        above = Add(*(positive.logarithm for factor, positive in found if factor is not divisor))
        if divisor is None:
            return Positive(above, grows)
        below = self._divided(divisor)
        assert below is not None
        return Positive(_quotient(above, below, divisor), grows)

    def _divided(self, factor: Expr) -> Positive | None:
        """The sum that a factor is one over."""
        if not (isinstance(factor, Pow) and factor.exp == -1):
            return None
        below = self.positive(factor.base)
        return below if below is not None and (below.scores or below.along) else None

    def _sum(self, expr: Add) -> Positive | None:
        terms = [self.positive(term) for term in expr.args]
        known = [term for term in terms if term is not None]
        if len(known) < len(terms):
            rest = self._rest(expr)
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
        return Positive(
            SumAll(LogSumExp(LogSumExp(inner.logarithm, Integer(1)), Integer(0))), True, along=(0, 1)
        )

    def _view(self, expr: Broadcast | Transposed) -> Positive | None:
        inner = self.positive(expr.args[0])
        if inner is None:
            return None
        along = inner.along if isinstance(expr, Broadcast) else ()
        return Positive(expr.on(inner.logarithm), inner.grows, inner.scores if not along else (), along)

    def _rest(self, expr: Add) -> Expr | None:
        """What 1 - p is, where p is σ(z)."""
        if len(expr.args) != 2 or expr.args[0] != S.One:
            return None
        taken = -expr.args[1]
        definition = self.definitions.get(taken, taken) if isinstance(taken, Symbol) else taken
        return sigmoid(-definition.args[0]) if isinstance(definition, sigmoid) else None

    # What is made of them

    def stable(self, expr: Expr, factor: bool = False) -> Expr:
        """The expression with quotients and logarithms in a form that does not overflow.

        As a ``factor`` what is one over a sum waits for the rest of its product.
        """
        if not expr.args:
            return expr
        is_product = isinstance(expr, Mul)
        args = [self.stable(arg, is_product) if isinstance(arg, Expr) else arg for arg in expr.args]
        node = expr if all(a is b for a, b in zip(args, expr.args, strict=True)) else expr.func(*args)
        found: Expr | None = None
        if isinstance(node, log):
            found = self._stable_log(node.args[0])
        elif isinstance(node, Mul):
            found = self._stable_product(node)
        elif isinstance(node, Pow):
            found = self._stable_power(node, factor)
        elif isinstance(node, Add):
            return self._rest(node) or node
        if found is None:
            return node
        self.overflows = self.overflows or not (isinstance(node, log) and self._is_probability(node.args[0]))
        return found

    def _is_probability(self, inside: Expr) -> bool:
        """Whether it is a name of σ(z) or of a softmax, or 1 less the former."""
        if isinstance(inside, sigmoid):  # 1 - a, rewritten
            return True
        return isinstance(self.definitions.get(inside), (sigmoid, softmax_component, Softmax))

    def _stable_log(self, inside: Expr) -> Expr | None:
        positive = self.positive(inside)
        if positive is not None and positive.logarithm.free_symbols:
            return positive.logarithm
        if isinstance(inside, Mul):  # log(w·exp(z)): for the logarithm to be real, what is not known is positive
            known = [(factor, self.positive(factor)) for factor in inside.args]
            found = [(factor, p) for factor, p in known if p is not None]
            others = [factor for factor, p in known if p is None]
            if len(others) == 1 and any(p.grows for _, p in found):
                return log(others[0]) + self._multiplied(found).logarithm
        return None

    def _stable_power(self, node: Pow, factor: bool) -> Expr | None:
        """One over a sum of exponentials; a power of a probability, whose derivative is 0·∞ where it is 0."""
        positive = self.positive(node)
        if positive is None or not positive.logarithm.free_symbols:
            return None
        if positive.grows:
            return None if factor else self._stable_product(node)
        whole = isinstance(node.exp, Integer) and node.exp >= 1
        return None if whole else exp(positive.logarithm)

    def _stable_product(self, node: Expr) -> Expr | None:
        """What a product has of exponentials, as one exponential of a sum, or as the function that this is."""
        known = [(factor, self.positive(factor)) for factor in Mul.make_args(node)]
        found = [(factor, p) for factor, p in known if p is not None and p.grows]
        others = [factor for factor, p in known if p is None or not p.grows]
        below = [factor for factor, _ in found if isinstance(factor, Pow) and _is_negative(factor.exp)]
        if not below and len(found) < 2:
            return None
        if below and (spread := self._spread(others, found)) is not None:
            return spread
        return Mul(*others, exponential(self._multiplied(found).logarithm))

    def _spread(self, others: Sequence[Expr], found: Sequence[tuple[Expr, Positive]]) -> Expr | None:
        """Exponentials in a sum over exponentials: (u - v)/(u + v) is a tanh, and else there is a quotient a term."""
        for position, factor in enumerate(others):
            definition = self.definitions.get(factor, factor) if isinstance(factor, Symbol) else factor
            if not isinstance(definition, Add):
                continue
            rest = Mul(*others[:position], *others[position + 1 :])
            whole = self._tanh(definition, found)
            if whole is not None:
                return rest * whole
            terms = [self._split(term) for term in definition.args]
            if not all(growing for _, growing in terms):
                continue
            return Add(
                *(
                    Mul(rest, number, exponential(self._multiplied([*growing, *found]).logarithm))
                    for number, growing in terms
                )
            )
        return None

    def _split(self, term: Expr) -> tuple[Expr, list[tuple[Expr, Positive]]]:
        """What of a term grows, and what stands beside it."""
        known = [(factor, self.positive(factor)) for factor in Mul.make_args(term)]
        growing = [(factor, p) for factor, p in known if p is not None and p.grows]
        return Mul(*(factor for factor, p in known if p is None or not p.grows)), growing

    def _tanh(self, above: Add, found: Sequence[tuple[Expr, Positive]]) -> Expr | None:
        """tanh((u - v)/2) where exp(u) - exp(v) stands over exp(u) + exp(v)."""
        below = self._divided(found[0][0]) if len(found) == 1 else None
        if below is None or len(below.scores) != 2 or len(above.args) != 2:
            return None
        signed = {}
        for term in above.args:
            minus = term.could_extract_minus_sign()
            positive = self.positive(-term if minus else term)
            if positive is None:
                return None
            signed[positive.logarithm] = minus
        plus = [u for u in below.scores if signed.get(u) is False]
        less = [u for u in below.scores if signed.get(u) is True]
        return tanh((plus[0] - less[0]) / 2) if len(plus) == len(less) == 1 else None


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


def exponential(logarithm: Expr) -> Expr:
    """exp(u), as the function that it is where u is the logarithm of one."""
    if isinstance(logarithm, LogSoftmax):
        return Softmax(*logarithm.args)
    tail = -logarithm
    if isinstance(tail, softplus):
        return sigmoid(-tail.args[0])
    return exp(logarithm)


def _of_probability(expr: Expr) -> Positive | None:
    if isinstance(expr, sigmoid):
        return Positive(-softplus(-expr.args[0]))
    if isinstance(expr, softmax_component):
        own = expr.scores[expr.index - 1]
        others = [z - own for k, z in enumerate(expr.scores) if k != expr.index - 1]
        return Positive(-softplus(log_of_sum(others)))
    if isinstance(expr, Softmax):
        return Positive(LogSoftmax(*expr.args))
    return None


def _is_negative(exponent: Expr) -> bool:
    return bool(exponent.is_number and exponent.is_negative)
