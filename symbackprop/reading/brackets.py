"""What stands in brackets of every kind."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace

from symbackprop.network.formulas.names import quote
from symbackprop.reading import syntax as s
from symbackprop.reading.cursor import Cursor
from symbackprop.reading.given import Given
from symbackprop.reading.lexicon import Lexicon
from symbackprop.reading.tokens import Token

_CLOSES = {"(": ")", "[": "]", "{": "}"}
_IGNORED = frozenset("keepdims keepdim dtype out copy".split())
_AXIS = {"dim": "axis"}


class Brackets(Cursor):
    """Reads brackets. ``bars``, ``norms`` and ``angles`` tell how many are open, and ``depth`` how deep it is here."""

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
    def value(self) -> s.Node:
        """One value."""

    @abstractmethod
    def lowered(self, token: Token) -> tuple[s.Node, ...]:
        """What stands lowered behind a function, as values."""

    @abstractmethod
    def power(self) -> s.Node:
        """A value with what stands behind it."""

    def arguments(self) -> tuple[tuple[s.Node, ...], tuple[tuple[str, s.Node], ...]]:
        """Read what stands in brackets between commas, and what has a word and = before it."""
        closing = _CLOSES[self.take().kind]
        outside, self.bars, self.angles = (self.bars, self.angles), 0, 0
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
        self.bars, self.angles = outside
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

    def bracket(self) -> s.Node:
        """Read a value in brackets, or several."""
        token = self.token
        items, _ = self.arguments()
        if not items:
            self.given.fail("syntax", "there is nothing in the brackets", "put a value in", token.start, self.end)
        if len(items) == 1 and token.kind == "(":
            return replace(items[0], start=token.start, end=self.end)
        return s.Items(token.start, self.end, items)

    def braces(self) -> s.Node:
        """A group of LaTeX, or values by condition."""
        token = self.take()
        outside, self.bars, self.angles = (self.bars, self.angles), 0, 0
        first = self.condition()
        if self.takes("}"):
            self.bars, self.angles = outside
            return replace(first, start=token.start, end=self.end)
        branches = [(first, self._branch())]
        while self.takes(";", ",") and not self.is_at("}"):
            branches.append((self.condition(), self._branch()))
        self.expect("}", "behind the cases")
        self.bars, self.angles = outside
        return s.Cases(token.start, self.end, tuple(branches))

    def _branch(self) -> s.Node | None:
        """The condition of a branch, None where it holds otherwise."""
        comma = self.takes(",")
        if self.takes("otherwise"):
            return None
        if not self.takes("if") and not comma:
            self.fail_here("the condition of a case is missing", "write if …, or otherwise")
        return self.condition()

    def between_bars(self, token: Token) -> s.Node:
        """Read |x| or ‖A‖."""
        count = "bars" if token.kind == "|" else "norms"
        self.take()
        setattr(self, count, getattr(self, count) + 1)
        inner = self.sum()
        setattr(self, count, getattr(self, count) - 1)
        self.expect(token.kind, "to close what it opens")
        return (s.Bars if token.kind == "|" else s.Norm)(token.start, self.end, inner)

    def inner_product(self, token: Token) -> s.Node:
        """Read ⟨A, B⟩."""
        self.take()
        self.angles += token.kind == "<"
        left = self.sum()
        self.expect(",", "between the sides of an inner product")
        right = self.sum()
        self.angles -= token.kind == "<"
        self.expect("⟩" if token.kind == "⟨" else ">", "to close what it opens")
        return s.Inner(token.start, self.end, left, right)
