"""Fractions and roots, and the derivatives and differentials that are written like fractions."""

from __future__ import annotations

from sympy import Symbol

from symbackprop.errors import did_you_mean
from symbackprop.network.formulas.names import quote
from symbackprop.reading import syntax as s
from symbackprop.reading.brackets import Brackets
from symbackprop.reading.tokens import Token


class Quotients(Brackets):
    """Reads fractions, derivatives and differentials."""

    def root(self, token: Token) -> s.Node:
        """Read √x."""
        self.take()
        inner = self.value()
        return s.Call(token.start, inner.end, "sqrt", (inner,), word="√")

    def identity(self, token: Token) -> s.Node:
        """Read the identity matrix, Iₘ."""
        self.take()
        if token.sub:
            return s.Identity(token.start, token.end, self.lowered(token)[0])
        size = self.bracket()
        return s.Identity(token.start, self.end, size)

    def fraction(self, token: Token) -> s.Node:
        """Read a fraction of LaTeX, or a derivative that is written as one."""
        self.take()
        if self.is_at("{") and self.ahead().kind in ("∂", "d", "change"):
            here = self.at
            if found := self._derivative_in_fraction(token):
                return found
            self.at = here
        above, below = self._group(), self._group()
        return s.Quotient(token.start, self.end, above, below)

    def _group(self) -> s.Node:
        if not self.takes("{"):
            return self.value()
        node = self.condition()
        self.expect("}", "behind a part of a fraction")
        return node

    def _derivative_in_fraction(self, token: Token) -> s.Node | None:
        self.take()
        found = self._differentiated()
        if not self.takes("}") or not self.takes("{"):
            return None
        by = self._by()
        if by is None or not self.takes("}") or found is None:
            return None
        return self._finished(token, found, by)

    def derivative(self, token: Token) -> s.Node:
        """Read ∂y/∂x."""
        found = self._differentiated()
        if found is None or not self.takes("/"):
            self.fail_here("a derivative has no '/'", "write ∂E/∂w1")
        by = self._by()
        if by is None:
            self.fail_here("the name below a derivative is missing", "write ∂E/∂w1")
        return self._finished(token, found, by)

    def _differentiated(self) -> tuple[Symbol | None, bool] | None:
        """What stands above: ∂y, ∂⁺y, or a mere ∂; and whether there was a ⁺."""
        token = self.take()
        if token.kind == "change":
            return token.value, False
        immediate = self._plus()
        if self.is_at("name"):
            return self.take().value, immediate
        return (None, immediate) if self.is_at("}", "/") else None

    def _plus(self) -> bool:
        if self.is_at("raised") and self.token.value == "+":
            self.take()
            return True
        if self.is_at("^"):
            self.take()
            group = self.takes("{")
            self.expect("+", "behind ∂^")
            if group:
                self.expect("}", "behind +")
            return True
        return self.takes("+")

    def _by(self) -> Symbol | None:
        if self.is_at("∂", "d") and self.ahead().kind == "word":
            self.take()
            self.fail_word(self.token)
        if self.is_at("change"):
            return self.take().value
        if self.is_at("∂", "d", "name") and self.ahead().kind == "name" and self.token.text != self.ahead().text:
            self.take()
            return self.take().value
        return None

    def _finished(self, token: Token, found: tuple[Symbol | None, bool], by: Symbol) -> s.Node:
        of, immediate = found
        if of is not None:
            return s.Derivative(token.start, self.end, s.Name(token.start, self.end, of), by, immediate)
        if self.is_at("(", "["):
            inner = self.bracket()
            of_what = inner.items[0] if isinstance(inner, s.Items) else inner
            return s.Derivative(token.start, self.end, of_what, by, immediate)
        return s.Derivative(token.start, self.end, self.power(), by, immediate)

    def change(self, token: Token) -> s.Node:
        """dX, or dE/dX."""
        here = self.at
        found = self._differentiated()
        if found is not None and self.takes("/"):
            by = self._by()
            if by is not None:
                return self._finished(token, found, by)
        self.at = here
        self.take()
        if token.kind == "change":
            return s.Change(token.start, token.end, s.Name(token.start + 1, token.end, token.value))
        if self.is_at("end", ")", "]", "}", "+", "-", "*", "/", "^", "raised"):
            self.given.fail("unbound", f"unknown name {quote(token.text)}",
                            did_you_mean(token.text, self.lexicon.symbols), token.start, token.end)  # fmt: skip
        inner = self.power() if self.is_at("‖") else self._operand()
        return s.Change(token.start, inner.end, inner)

    def _operand(self) -> s.Node:
        node = self.value()
        while self.is_at("(") and isinstance(node, s.Call):
            node = self.value()
        return node
