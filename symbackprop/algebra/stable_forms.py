"""Equations in a form that does not overflow, found through the names of a network: for numbers, not for reading.

exp(z)/(exp(z) + exp(k)) is inf/inf where its value is 1, and a quotient rule makes worse of it, whether it stands in
one equation or its parts have names. A quotient with log p = -log(1 + exp(u)) is σ(-u).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sympy import Add, Expr, Integer, Mul, Pow, S, Symbol, exp, log, preorder_traversal, tanh

from symbackprop.algebra.logarithms import Logarithms, Positive
from symbackprop.functions import sigmoid, softplus
from symbackprop.functions.softmax import softmax_component
from symbackprop.matrices import LogSoftmax, Softmax


@dataclass
class StableForms(Logarithms):
    """The equations of a network, one after the other, in stable form."""

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
            return self.rest(node) or node
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
                return log(others[0]) + self.multiplied(found).logarithm
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
        growing = {s for factor, p in known for s in self._growing(factor, p)}
        found = [(factor, p) for factor, p in known if p is not None and _goes_with(p, growing)]
        others = [factor for factor, p in known if p is None or not _goes_with(p, growing)]
        below = [factor for factor, _ in found if isinstance(factor, Pow) and _is_negative(factor.exp)]
        if found and (spread := self._spread(others, found)) is not None:
            return spread
        if not below and len(found) < 2:
            return None
        number = abs(Mul(*(factor for factor in others if factor.is_Rational)))
        if self._is_term(number, found):  # 2*exp(z)/(2*exp(z) + …)
            others, found = [*others, 1 / number], [*found, (number, Positive(log(number)))]
        return Mul(*others, exponential(self.multiplied(found).logarithm))

    def _is_term(self, number: Expr, found: Sequence[tuple[Expr, Positive]]) -> bool:
        """Whether what stands above, times a number, is one of the terms below."""
        above = log(number) + Add(*(p.logarithm for factor, p in found if self.divided_by(factor) is None))
        below = [divided for factor, _ in found if (divided := self.divided_by(factor)) is not None]
        return number != 1 and len(below) == 1 and any(u - above == 0 for u in below[0].scores)

    def _growing(self, factor: Expr, positive: Positive | None) -> set[Symbol]:
        """What a factor grows with: those of its terms that do, where it is a sum of which the sign is not known."""
        if positive is not None:
            return positive.logarithm.free_symbols if positive.grows else set()
        definition = self.definitions.get(factor, factor) if isinstance(factor, Symbol) else factor
        terms = definition.args if isinstance(definition, Add) else ()
        return {s for term in terms for _, p in self._split(term)[1] for s in p.logarithm.free_symbols}

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
            if not any(growing for _, growing in terms):
                continue
            return Add(
                *(
                    Mul(rest, number, exponential(self.multiplied([*growing, *found]).logarithm))
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
        scores = self._two_scores(*found) if len(above.args) == 2 else ()
        if not scores:
            return None
        signed = {}
        for term in above.args:
            minus = term.could_extract_minus_sign()
            positive = self.positive(-term if minus else term)
            if positive is None:
                return None
            signed[positive.logarithm] = minus
        plus = [u for u in scores if signed.get(u) is False]
        less = [u for u in scores if signed.get(u) is True]
        return tanh((plus[0] - less[0]) / 2) if len(plus) == len(less) == 1 else None

    def _two_scores(self, *found: tuple[Expr, Positive]) -> tuple[Expr, ...]:
        """The u and v where one over exp(u) + exp(v) is all there is; v is 0 where that is σ(-u)."""
        [(factor, positive), *more] = found
        below = self.divided_by(factor)
        if more:
            return ()
        if below is not None:
            return below.scores if len(below.scores) == 2 else ()
        tail = -positive.logarithm
        return (tail.args[0], S.Zero) if isinstance(tail, softplus) else ()


def exponential(logarithm: Expr) -> Expr:
    """exp(u), as the function that it is where u is the logarithm of one."""
    if isinstance(logarithm, LogSoftmax):
        return Softmax(*logarithm.args)
    tail = -logarithm
    if isinstance(tail, softplus):
        return sigmoid(-tail.args[0])
    return exp(logarithm)


def _goes_with(positive: Positive, growing: Collection[Symbol]) -> bool:
    """Whether it grows, or is a probability that may go to 0 as what grows does to infinity: exp(z)*σ(-z)."""
    return positive.grows or not positive.logarithm.free_symbols.isdisjoint(growing)


def _is_negative(exponent: Expr) -> bool:
    return bool(exponent.is_number and exponent.is_negative)
