"""A single value in a formula: a number, a name, a bracket, a call, a fraction, cases, a derivative."""

from __future__ import annotations

from symbackprop.reading import syntax as s
from symbackprop.reading.applied import Applied
from symbackprop.reading.lexicon import key
from symbackprop.reading.signs import MODULES
from symbackprop.reading.tokens import Token


class Values(Applied):
    """Reads values."""

    def value(self) -> s.Node:
        """One value."""
        token = self.token
        match token.kind:
            case "number":
                self.take()
                return s.Number(token.start, token.end, token.value)
            case "name":
                return self._name(token)
            case "word":
                return self._word(token)
            case "function":
                return self.function(token)
            case "identity":
                return self.identity(token)
            case "T" if self.lexicon.find("T"):
                self.take()
                return s.Name(token.start, token.end, self.lexicon.find("T")[0])
            case "(" | "[":
                return self.bracket()
            case "{":
                return self.braces()
            case "|" | "‖":
                return self.between_bars(token)
            case "⟨" | "<":
                return self.inner_product(token)
            case "√":
                return self.root(token)
            case "frac":
                return self.fraction(token)
            case "∂":
                return self.derivative(token)
            case "change" | "d":
                return self.change(token)
            case "True" | "False":
                self.take()
                return s.Truth(token.start, token.end, token.kind == "True")
            case "∞":
                self.fail_here("∞ is not a real number", "every value of a network is real", "number")
        self.fail_value()

    def _name(self, token: Token) -> s.Node:
        behind = self.ahead()
        if token.text in MODULES and behind.kind == "." and self.ahead(2).kind == "function":
            return self.in_module()
        if token.function and behind.kind in ("(", "'") and self._is_call(token):
            return self.function(token)
        if token.text == "d" and self._is_differential(token):
            return self.change(token)
        self.take()
        return s.Name(token.start, token.end, token.value)

    def _is_differential(self, token: Token) -> bool:
        """Whether a d that is also a name is none here: in d(…), as a product has its sign, and in d/dx[…]."""
        behind = self.ahead()
        if behind.kind in ("(", "‖"):
            return self.changes and behind.start == token.end
        return behind.kind == "/" and self.ahead(2).kind == "change" and self.ahead(3).kind == "["

    def _is_call(self, token: Token) -> bool:
        """Whether a name that is also a function is one here: σ(z) is, and σ(1 - σ) is the product."""
        if self.ahead().start != token.end:
            return False
        inside = [self.ahead(k) for k in range(2, 6)]
        complement = [t.kind for t in inside] == ["number", "-", "name", ")"] and inside[2].value == token.value
        return not complement

    def _word(self, token: Token) -> s.Node:
        if token.text in MODULES and self.ahead().kind == ".":
            return self.in_module()
        if self.is_constant(token):
            self.take()
            return s.Constant(token.start, token.end, "pi" if key(token.text) == "pi" else "e")
        if self.ahead().kind == "'" and self.ahead(2).kind == "(":
            return self.function(token)  # f'(z), of whichever activation that is
        self.fail_word(token)
