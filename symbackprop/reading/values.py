"""A single value in a formula: a number, a name, a bracket, a call, a fraction, cases, a derivative."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace

from sympy import Symbol

from symbackprop.errors import did_you_mean
from symbackprop.network.formulas.names import quote
from symbackprop.reading import syntax as s
from symbackprop.reading.cursor import Cursor
from symbackprop.reading.given import Given
from symbackprop.reading.lexicon import Lexicon, key
from symbackprop.reading.signs import MODULES
from symbackprop.reading.tokens import Token
from symbackprop.reading.words import AXES, UNBRACKETED

_CLOSES = {"(": ")", "[": "]", "{": "}"}
_IGNORED = frozenset("keepdims keepdim dtype out copy".split())
_AXIS = {"dim": "axis"}


class Values(Cursor):
    """Reads values. ``bars``, ``norms`` and ``angles`` tell how many of these brackets are open."""

    def __init__(self, tokens: Sequence[Token], given: Given, lexicon: Lexicon, changes: bool = False) -> None:
        super().__init__(tokens, given, lexicon)
        self.changes = changes
        self.bars = self.norms = self.angles = self.depth = 0

    @abstractmethod
    def condition(self) -> s.Node:
        """A value, or a condition."""

    @abstractmethod
    def sum(self) -> s.Node:
        """Terms, each with its sign."""

    @abstractmethod
    def power(self) -> s.Node:
        """A value with what stands behind it."""

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
                return self._function(token)
            case "identity":
                return self._identity(token)
            case "T" if self.lexicon.find("T"):
                self.take()
                return s.Name(token.start, token.end, self.lexicon.find("T")[0])
            case "(" | "[":
                return self._bracket()
            case "{":
                return self._braces()
            case "|" | "‖":
                return self._bars(token)
            case "⟨" | "<":
                return self._inner(token)
            case "√":
                return self._root(token)
            case "frac":
                return self._fraction(token)
            case "∂":
                return self._derivative(token)
            case "change" | "d":
                return self._change(token)
            case "True" | "False":
                self.take()
                return s.Truth(token.start, token.end, token.kind == "True")
            case "∞":
                self.fail_here("∞ is not a real number", "every value of a network is real", "number")
        self.fail_value()

    # Names and functions

    def is_constant(self, token: Token) -> bool:
        """Whether a word is π or e."""
        return token.kind == "word" and (key(token.text) == "pi" or token.text.strip("\\{} ") in ("e", "mathrm{e", "E"))

    def _name(self, token: Token) -> s.Node:
        behind = self.ahead()
        if token.text in MODULES and behind.kind == "." and self.ahead(2).kind == "function":
            return self._in_module()
        if token.function and behind.kind in ("(", "'") and self._is_call(token):
            return self._function(token)
        if token.text == "d" and self._is_differential(token):
            return self._change(token)
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
            return self._in_module()
        if self.is_constant(token):
            self.take()
            return s.Constant(token.start, token.end, "pi" if key(token.text) == "pi" else "e")
        if self.ahead().kind == "'" and self.ahead(2).kind == "(":
            return self._function(token)  # f'(z), of whichever activation that is
        self.fail_word(token)

    def _in_module(self) -> s.Node:
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
        from symbackprop.reading.cursor import _FUNCTION_WORDS

        return _FUNCTION_WORDS | frozenset(self.lexicon.functions)

    def _function(self, token: Token) -> s.Node:
        function: str = token.function or (token.value if token.kind == "function" else "")
        self.take()
        sub = self._sub(token)
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
            arguments, keywords = self._arguments()
        elif self._unbracketed(function, token):
            arguments, keywords = (self.power(),), ()
        else:
            what = f"{quote(token.text)} is a function, and stands here as a name"
            self.given.fail("name", what, f"write {token.text}(…)", token.start, token.end)
        if function in AXES:
            function, axis = AXES[function]
            from sympy import Integer

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
            from sympy import Integer

            return s.Number(found.start, found.end, Integer(int(found.value)))
        if self.is_at("^", "**") and self.ahead().kind == "number" and self.ahead(2).kind in ("(", "name"):
            self.take()
            number = self.take()
            return s.Number(number.start, number.end, number.value)
        if self.is_at("raised"):
            what = f"{self.given.piece(token.start, self.token.end)} can be an inverse function or 1 over its value"
            self.fail_here(what, "write 1/f(z)", "ambiguous")
        return None

    def _sub(self, token: Token) -> tuple[s.Node, ...]:
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

    def _arguments(self) -> tuple[tuple[s.Node, ...], tuple[tuple[str, s.Node], ...]]:
        closing = _CLOSES[self.take().kind]
        bars, self.bars = self.bars, 0
        arguments: list[s.Node] = []
        keywords: list[tuple[str, s.Node]] = []
        while not self.is_at(closing):
            if self.ahead().kind == "=" and self.is_at("word", "name"):
                word = self.take().text
                self.take()
                found = self.condition() if not (self.is_at("word") and word in _IGNORED) else None
                if found is None:
                    self.take()
                elif word not in _IGNORED:
                    keywords.append((_AXIS.get(word, word), found))
            else:
                arguments.append(self.condition())
            if not self.takes(",", ";") and not self.is_at(closing):
                self.fail_rest(closing)
        self.take()
        self.bars = bars
        return tuple(arguments), tuple(keywords)

    def fail_rest(self, closing: str = "") -> None:
        """Refuse what stands behind a value and cannot go on from it."""
        token, before = self.token, self.tokens[self.at - 1]
        if token.kind == "word":
            self.fail_word(token)
        if token.kind in ("number", "name", "("):
            what = f"{self.given.piece(before.start, token.end)} has two values side by side"
            self.fail_here(what, "write * for a product")
        if token.kind == "=":
            self.fail_here("'=' stands in a formula", "write the right side alone, or one line with one =")
        wanted = f"an operator or {closing!r}" if closing else "an operator"
        self.fail_here(f"{quote(token.text or token.kind)} stands where {wanted} is expected", "put it in")

    # Brackets

    def _bracket(self) -> s.Node:
        token = self.token
        items, _ = self._arguments()
        if not items:
            self.given.fail("syntax", "there is nothing in the brackets", "put a value in", token.start, self.end)
        if len(items) == 1 and token.kind == "(":
            return replace(items[0], start=token.start, end=self.end)
        return s.Items(token.start, self.end, items)

    def _braces(self) -> s.Node:
        """A group of LaTeX, or values by condition."""
        token = self.take()
        bars, self.bars = self.bars, 0
        first = self.condition()
        if self.takes("}"):
            self.bars = bars
            return replace(first, start=token.start, end=self.end)
        branches = [(first, self._branch())]
        while self.takes(";", ",") and not self.is_at("}"):
            branches.append((self.condition(), self._branch()))
        self.expect("}", "behind the cases")
        self.bars = bars
        return s.Cases(token.start, self.end, tuple(branches))

    def _branch(self) -> s.Node | None:
        """The condition of a branch, None where it holds otherwise."""
        self.takes(",")
        if self.takes("otherwise"):
            return None
        if not self.takes("if"):
            self.fail_here("the condition of a case is missing", "write if …, or otherwise")
        return self.condition()

    def _bars(self, token: Token) -> s.Node:
        count = "bars" if token.kind == "|" else "norms"
        self.take()
        setattr(self, count, getattr(self, count) + 1)
        inner = self.sum()
        setattr(self, count, getattr(self, count) - 1)
        self.expect(token.kind, "to close what it opens")
        return (s.Bars if token.kind == "|" else s.Norm)(token.start, self.end, inner)

    def _inner(self, token: Token) -> s.Node:
        self.take()
        self.angles += token.kind == "<"
        left = self.sum()
        self.expect(",", "between the sides of an inner product")
        right = self.sum()
        self.angles -= token.kind == "<"
        self.expect("⟩" if token.kind == "⟨" else ">", "to close what it opens")
        return s.Inner(token.start, self.end, left, right)

    def _root(self, token: Token) -> s.Node:
        self.take()
        inner = self.value()
        return s.Call(token.start, inner.end, "sqrt", (inner,), word="√")

    def _identity(self, token: Token) -> s.Node:
        self.take()
        if token.sub:
            return s.Identity(token.start, token.end, self._sub(token)[0])
        size = self._bracket()
        return s.Identity(token.start, self.end, size)

    # Fractions and derivatives

    def _fraction(self, token: Token) -> s.Node:
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

    def _derivative(self, token: Token) -> s.Node:
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
            inner = self._bracket()
            of_what = inner.items[0] if isinstance(inner, s.Items) else inner
            return s.Derivative(token.start, self.end, of_what, by, immediate)
        return s.Derivative(token.start, self.end, self.power(), by, immediate)

    def _change(self, token: Token) -> s.Node:
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

    # What stands behind a value

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
            self._arguments()
            return s.Transpose(node.start, self.end, node)
        if word in ("astype", "copy", "float", "double", "item") and self.is_at("("):
            while not self.takes(")"):
                self.take()
            return node
        function = token.value if token.kind == "function" else self.lexicon.function(word)
        if isinstance(function, str) and self.is_at("("):
            arguments, keywords = self._arguments()
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
