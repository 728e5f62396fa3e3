"""Functions and what they are applied to: with brackets, with dashes and powers, of a module, as attributes."""

from __future__ import annotations

from sympy import Integer

from symbackprop.errors import did_you_mean
from symbackprop.network.formulas.names import quote
from symbackprop.reading import syntax as s
from symbackprop.reading.lexicon import key
from symbackprop.reading.quotients import Quotients
from symbackprop.reading.signs import MODULES
from symbackprop.reading.tokens import Token
from symbackprop.reading.words import AXES, FUNCTION_WORDS, UNBRACKETED


class Applied(Quotients):
    """Reads functions and attributes."""

    def is_constant(self, token: Token) -> bool:
        """Whether a word is π or e."""
        return token.kind == "word" and (key(token.text) == "pi" or token.text.strip("\\{} ") in ("e", "mathrm{e", "E"))

    def in_module(self) -> s.Node:
        """Read the function behind ``np.`` and the like."""
        start = self.take().start
        while self.is_at(".") and self.ahead().kind in ("word", "function", "name"):
            self.take()
            if self.is_at("function") or self.is_constant(self.token):
                node = self.value()
                return node
            if self.token.text not in MODULES:
                word = self.token.text
                what = f"unknown function {quote(word)}"
                fix = did_you_mean(word, sorted(self.known_functions()))
                self.given.fail("unknown-function", what, fix, self.token.start, self.token.end)
            self.take()
        self.given.fail("syntax", f"{self.given.piece(start, self.end)} is no function", "write one behind it", start)

    def known_functions(self) -> frozenset[str]:
        """The functions that formulas may use, by the program's own names."""
        return FUNCTION_WORDS | frozenset(self.lexicon.functions)

    def function(self, token: Token) -> s.Node:
        """Read a function with its arguments, and what stands between them: σ′(z), tanh²(z)."""
        function: str = token.function or (token.value if token.kind == "function" else "")
        self.take()
        sub = self.lowered(token)
        primes = 0
        while self.is_at("'") or (
            self.is_at("^") and self.ahead().kind in ("'", "{") and self.ahead(2).kind in ("'", "(")
        ):
            if self.take().kind == "^":
                group = self.takes("{")
                self.expect("'", "behind ^")
                if group:
                    self.expect("}", "behind the dash")
            primes += 1
        raised = self._raised_function(token)
        if self.is_at("(") or (function == "indicator" and self.is_at("[", "{")):
            arguments, keywords = self.arguments()
        elif self._unbracketed(function, token):
            arguments, keywords = (self.power(),), ()
        else:
            what = f"{quote(token.text)} is a function, and stands here as a name"
            self.given.fail("name", what, f"write {token.text}(…)", token.start, token.end)
        if function in AXES:
            function, axis = AXES[function]
            keywords = (*keywords, ("axis", s.Number(token.start, token.end, Integer(axis))))
        call = s.Call(token.start, self.end, function, arguments, keywords, sub, primes, token.text)
        return call if raised is None else s.Power(call.start, call.end, call, raised, "^")

    def _unbracketed(self, function: str, token: Token) -> bool:
        begins = self.token.kind in ("name", "number", "|", "‖", "√", "function", "frac", "change", "word")
        command = token.text.startswith("\\") or function in ("det", "trace") or self.is_at("|")
        return function in UNBRACKETED and begins and command

    def _raised_function(self, token: Token) -> s.Node | None:
        """The exponent of tanh²(z), which is that of its value."""
        if self.is_at("raised") and self.token.value.isdigit():
            found = self.take()
            return s.Number(found.start, found.end, Integer(int(found.value)))
        if self.is_at("^", "**") and self.ahead().kind == "number" and self.ahead(2).kind in ("(", "name"):
            self.take()
            number = self.take()
            return s.Number(number.start, number.end, number.value)
        if self.is_at("raised"):
            what = f"{self.given.piece(token.start, self.token.end)} can be an inverse function or 1 over its value"
            self.fail_here(what, "write 1/f(z)", "ambiguous")
        return None

    def lowered(self, token: Token) -> tuple[s.Node, ...]:
        """What stands lowered behind a function, as values: sizes with a × between them are several."""
        if not token.sub:
            return ()
        inner = type(self)(token.sub, self.given, self.lexicon)
        node = inner.condition()
        if not inner.is_at("end"):
            inner.fail_value()
        if isinstance(node, s.Product) and all(sign in ("", "·") for sign, _ in node.factors):
            return tuple(factor for _, factor in node.factors)
        return (node,)

    def behind(self, node: s.Node) -> s.Node | None:
        """An attribute or a method, or an index that only makes a column."""
        if self.is_at(".") and (self.ahead().kind in ("T", "word", "function", "name")):
            return self._attribute(node)
        if self.is_at("[") and self.clings() and isinstance(node, s.Call):
            return self._index(node)
        return None

    def _attribute(self, node: s.Node) -> s.Node:
        self.take()
        token = self.take()
        word = token.text
        if word in ("T", "mT"):
            return s.Transpose(node.start, token.end, node)
        if word in ("t", "transpose") and self.is_at("("):
            self.arguments()
            return s.Transpose(node.start, self.end, node)
        if word in ("astype", "copy", "float", "double", "item") and self.is_at("("):
            while not self.takes(")"):
                self.take()
            return node
        function = token.value if token.kind == "function" else self.lexicon.function(word)
        if isinstance(function, str) and self.is_at("("):
            arguments, keywords = self.arguments()
            return s.Call(node.start, self.end, function, (node, *arguments), keywords, word=word)
        fix = "a value has no attribute but .T, .sum(), .mean() and other functions"
        self.given.fail("forbidden", f"{quote('.' + word)} in {self.given.piece(node.start, token.end)}", fix,
                        token.start, token.end)  # fmt: skip

    def _index(self, node: s.Call) -> s.Node | None:
        """``np.diagonal(A)[:, None]`` is a column as it is, and ``slogdet(A)[1]`` the logarithm."""
        said = "".join(self.ahead(k).text for k in range(0, 5)).replace(" ", "")
        for known in ("[:,None]", "[1]"):
            if said.startswith(known):
                while self.take().kind != "]":
                    pass
                return node
        return None
