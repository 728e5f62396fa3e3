"""From tokens to the tree of a formula, by precedence.

condition   comparisons with and, or
sum         terms with + and -
product     factors with a sign between them: * · ∘ ⊘ ⊗ @ /
side        factors side by side, which hold together more tightly than any sign
power       a value with what is raised behind it, attributes and calls
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from sympy import Rational

from symbackprop.network.formulas.limits import MAX_DEPTH
from symbackprop.network.formulas.names import quote
from symbackprop.reading import syntax as s
from symbackprop.reading.values import Values

_RELATIONS = ("<", "<=", ">", ">=", "==", "!=")
_FACTORS = ("*", "·", "∘", "⊘", "⊗", "@", "/")
_BEGINS = frozenset("name word function change d identity ( [ { ⟨ √ ∂ frac".split())


class Parser(Values):
    """Reads expressions; what a single value can be stands in the class below."""

    def whole(self) -> s.Node:
        """The formula that all tokens make."""
        node = self.condition()
        if not self.is_at("end"):
            self.fail_rest()
        return node

    # Conditions

    def condition(self) -> s.Node:
        """A value, or a condition."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise RecursionError
        node = self._joined("or", ("or", "|"), lambda: self._joined("and", ("and", "&"), self._comparison))
        self.depth -= 1
        return node

    def _joined(self, operator: str, signs: tuple[str, ...], inner: Callable[[], s.Node]) -> s.Node:
        parts = [inner()]
        while self.is_at(*signs) and not (self.is_at("|") and self.bars):
            self.take()
            parts.append(inner())
        return parts[0] if len(parts) == 1 else s.Logic(parts[0].start, parts[-1].end, operator, tuple(parts))

    def _comparison(self) -> s.Node:
        sides = [self.sum()]
        relations = []
        while self.is_at(*_RELATIONS) and not (self.is_at(">") and self.angles):
            relations.append(self.take().kind)
            sides.append(self.sum())
        if not relations:
            return sides[0]
        return s.Compare(sides[0].start, sides[-1].end, tuple(sides), tuple(relations))

    # Arithmetic

    def sum(self) -> s.Node:
        """Terms, each with its sign."""
        start = self.token.start
        terms = [(self._sign(), self._product())]
        while self.is_at("+", "-"):
            sign = 1 if self.take().kind == "+" else -1
            terms.append((sign * self._sign(), self._product()))
        if len(terms) == 1:
            sign, node = terms[0]
            return node if sign > 0 else s.Minus(start, node.end, node)
        return s.Sum(start, terms[-1][1].end, tuple(terms))

    def _sign(self) -> int:
        sign = 1
        while self.is_at("+", "-"):
            sign *= 1 if self.take().kind == "+" else -1
        return sign

    def _product(self) -> s.Node:
        first = _product_of(self._factors_beside())
        factors = [("", first)]
        while self.is_at(*_FACTORS):
            token = self.take()
            start, sign = self.token.start, self._sign()
            beside = self._factors_beside()
            if token.kind == "/" and len(beside) > 1:
                self._refuse_divisor(factors[-1][1], beside)
            factor = _product_of(beside)
            factors.append((token.kind, factor if sign > 0 else s.Minus(start, factor.end, factor)))
        return first if len(factors) == 1 else s.Product(first.start, factors[-1][1].end, tuple(factors))

    def _refuse_divisor(self, above: s.Node, below: list[s.Node]) -> NoReturn:
        """Refuse ``a/2b``, which half of the world reads as a/(2b) and the other half as (a/2)b."""
        text = self.given.text
        first, last = below[0], below[-1]
        dividend = text[above.start : above.end]
        one = f"{dividend}/({text[first.start : last.end]})"
        other = f"({dividend}/{text[first.start : first.end]})*{text[first.end : last.end].strip()}"
        what = f"{self.given.piece(above.start, last.end)} can be {quote(one)} or {quote(other)}"
        self.given.fail("ambiguous", what, "put brackets", first.end, last.end)

    def _factors_beside(self) -> list[s.Node]:
        """Factors side by side, one at least."""
        factors = [self.power()]
        while self._begins_factor():
            factors.append(self.power())
        return factors

    def _begins_factor(self) -> bool:
        if self.is_at("|"):
            return not self.bars
        if self.is_at("‖"):
            return not self.norms
        if self.is_at("word"):
            return self.is_constant(self.token) or self.ahead().kind in (".", "(", "'")
        return self.token.kind in _BEGINS  # a number behind a value is a slip

    # Powers and what stands behind a value

    def power(self) -> s.Node:
        """A value with what stands behind it."""
        node = self.value()
        while True:
            found = self._raised(node) or self.behind(node)
            if found is None:
                return node
            node = found

    def _raised(self, node: s.Node) -> s.Node | None:
        token = self.token
        if token.kind == "raised":
            self.take()
            return self._with_raised(node, token.value, "^")
        if token.kind == "∘" and self.clings() and self.ahead().kind == "raised" and self.ahead().start == token.end:
            self.take()
            return self._with_raised(node, self.take().value, "∘")
        if token.kind == "∘" and self.clings() and self.ahead().kind == "^" and self.ahead().start == token.end:
            self.take()
            self.take()
            return self._exponent(node, "∘")
        if token.kind == "'":
            self.take()
            return s.Transpose(node.start, token.end, node)
        if token.kind in ("**", "^"):
            self.take()
            return self._exponent(node, token.kind)
        return None

    def _with_raised(self, node: s.Node, said: str, sign: str) -> s.Node:
        if said in ("T", "-T"):
            return s.Transpose(node.start, self.end, node, said == "-T")
        if said == "+":
            return s.Call(node.start, self.end, "pinv", (node,))
        start = self.tokens[self.at - 1].start
        return s.Power(node.start, self.end, node, s.Number(start, self.end, Rational(int(said))), sign)

    def _exponent(self, node: s.Node, sign: str) -> s.Node:
        group = self.is_at("{")
        if group:
            self.take()
        if group and self.is_at("+") and self.ahead().kind == "}":
            self.take()
            self.take()
            return s.Call(node.start, self.end, "pinv", (node,))
        turned = self.is_at("-") and self.ahead().kind == "T"
        if turned:
            self.take()
        if self.is_at("T", "'") or self._is_transpose(group):
            primes = self.take()
            if group:
                self.expect("}", "behind the exponent")
            del primes
            return s.Transpose(node.start, self.end, node, turned)
        if self.takes("∘"):
            sign = "∘"
        if group:
            exponent = self.condition()
            self.expect("}", "behind the exponent")
        else:
            start, negative = self.token.start, self._sign()
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise RecursionError
            exponent = self._unbraced()
            self.depth -= 1
            exponent = exponent if negative > 0 else s.Minus(start, exponent.end, exponent)
        return s.Power(node.start, self.end, node, exponent, sign)

    def _is_transpose(self, group: bool) -> bool:
        """Whether T, though the name of a matrix, is a transpose here: nobody raises to the power of a matrix."""
        token, behind = self.token, self.ahead().kind
        is_t = token.kind == "name" and token.text == "T" and bool(getattr(token.value, "shape", ()))
        return is_t and (not group or behind == "}")

    def _unbraced(self) -> s.Node:
        """An exponent: one value, and what is raised behind it."""
        node = self.value()
        if self.is_at("**", "^"):
            return self._exponent(node, self.take().kind)
        return self.behind(node) or node if self.is_at(".") else node


def _product_of(factors: list[s.Node]) -> s.Node:
    """Factors side by side as one node."""
    first, last = factors[0], factors[-1]
    signs = ["", *[" "] * (len(factors) - 1)]
    return first if len(factors) == 1 else s.Product(first.start, last.end, tuple(zip(signs, factors, strict=True)))
