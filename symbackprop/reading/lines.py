"""What is read of a text: a formula, a line about a gradient or an error signal, or any printed equation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sympy import Expr, Symbol

from symbackprop.calculus import Derivation
from symbackprop.errors import SpecError, SymbackpropError
from symbackprop.matrices import as_whole, same_shape, shape_of
from symbackprop.network.formulas.names import quote
from symbackprop.notation.recursion import run_deep
from symbackprop.reading import syntax
from symbackprop.reading.given import Given
from symbackprop.reading.lexer import tokens_of
from symbackprop.reading.lexicon import Lexicon
from symbackprop.reading.meaning import Meaning
from symbackprop.reading.parser import Parser
from symbackprop.reading.telling import lowered
from symbackprop.reading.tokens import END, Token

T = TypeVar("T")

_NUMBERED = re.compile(r"\A\s*\([0-9]+\)\s+")
_REASON = re.compile(r"\s{2,}\[.*\]\s*\Z", re.DOTALL)


@dataclass(frozen=True)
class Line:
    """A line as it was read: what it is about, and the formula for it.

    ``kind`` is ``gradient``, with the name that the loss is differentiated by; ``signal``, with the error signal; or
    ``formula``, where the text says nothing of what it is about and ``name`` is None. ``text`` is the formula as it was
    written.
    """

    name: Symbol | None
    kind: str
    formula: Expr
    text: str


@dataclass(frozen=True)
class Written:
    """How an answer is written.

    ``left`` has what stands before an equals sign: one name, or those of a derivative, what is differentiated and by
    what; it is empty where there is no sign, and None where something else stands there. ``text`` is the formula.
    ``unworked`` is the first derivative that was left in it, such as ∂E/∂a, and ``primed`` the first such as σ′(z).
    """

    left: tuple[Symbol, ...] | None
    text: str
    unworked: str
    primed: str


def read_formula(text: str, derivation: Derivation, wrt: Symbol | None = None) -> Expr:
    """Read a formula in any notation, in the names of a derivation: of values, error signals, weights and sizes.

    It may be written as the program prints it, in Unicode, ASCII, LaTeX, Markdown or code, or as people write it:
    ``2(t1 - a)``, ``sigmoid'(o1)``, ``np.sum(Z, axis=0, keepdims=True)``, ``(Z1 > 0) * G``. ``wrt`` is the name by
    which it is a gradient: a form such as xᵀAx is a number where that is one. Raises SpecError, with the place.
    """
    return _reading(text, derivation, lambda reader: reader.formula(reader.tokens, wrt))


def read_line(text: str, derivation: Derivation) -> Line:
    """Read a line such as ``dE/dw1 = …``, ``∂E/∂w₁ = …``, ``delta_o1 = …`` or ``dW1 = …``, or a formula alone."""
    return _reading(text, derivation, lambda reader: reader.line())


def read_equation(text: str, derivation: Derivation) -> tuple[Expr, Expr]:
    """Read both sides of a printed line of work, with its derivatives and differentials as they stand."""
    bare = _REASON.sub("", _NUMBERED.sub("", text, count=1))
    return _reading(bare, derivation, lambda reader: reader.equation(), changes=True)


def read_written(text: str, derivation: Derivation) -> Written:
    """Read how an answer is written, which may be a whole line; the formula itself is for ``read_formula``."""
    return _reading(text, derivation, lambda reader: reader.written())


def _reading(text: str, derivation: Derivation, read: Callable[[_Reader], T], changes: bool = False) -> T:
    """Run ``read`` with room for deep recursion; what Python or SymPy cannot take becomes an error of ours."""
    nesting = min(sum(sign in "([{^" for sign in text) + text.count("**") + text.count("frac"), 200)
    try:
        return run_deep(4 * nesting, lambda: read(_Reader(text, derivation, changes)))
    except (RecursionError, MemoryError):
        raise SpecError("too-large", f"{quote(text)} is nested too deeply", "name some of its parts") from None
    except SymbackpropError:
        raise
    except (ArithmeticError, NotImplementedError, TypeError, ValueError) as error:
        what = f"{quote(text)} cannot be worked out ({quote(str(error))})"
        raise SpecError("syntax", what, "write it in another way") from None


class _Reader:
    """One text, cut into tokens."""

    def __init__(self, text: str, derivation: Derivation, changes: bool) -> None:
        self.given = Given(text)
        self.derivation = derivation
        self.lexicon = Lexicon.of(derivation)
        self.tokens = tokens_of(self.given, self.lexicon)
        self.meaning = Meaning(self.given, derivation, self.lexicon, changes)

    def tree(self, tokens: Sequence[Token]) -> syntax.Node:
        """The tree of the tokens, of which a full stop or a comma at the end is no part."""
        while len(tokens) > 1 and tokens[-2].kind in (".", ",", ";"):
            tokens = [*tokens[:-2], tokens[-1]]
        return Parser(tokens, self.given, self.lexicon, self.meaning.changes).whole()

    def formula(self, tokens: Sequence[Token], wrt: Symbol | None) -> Expr:
        """The formula that some of the tokens make."""
        part = self.meaning.value(self.tree(tokens))
        if wrt is not None and not same_shape(part[1], shape_of(wrt)) and not shape_of(wrt):
            part = lowered(part)
        return as_whole(*part)

    def sides(self) -> tuple[Sequence[Token], Sequence[Token]] | None:
        """The tokens on both sides of the equals sign, or None where there is none."""
        depth = 0
        places = []
        for place, token in enumerate(self.tokens):
            depth += (token.kind in "([{") - (token.kind in ")]}")
            if token.kind == "=" and depth == 0:
                places.append(place)
        if not places:
            return None
        if len(places) > 1:
            second = self.tokens[places[1]]
            self.given.fail("syntax", "the line has more than one '='", "write one line for each", second.start)
        sign = self.tokens[places[0]]
        left, right = self.tokens[: places[0]], self.tokens[places[0] + 1 :]
        return [*left, Token(END, sign.start, sign.end)], right

    def line(self) -> Line:
        """The whole line, or a formula alone."""
        sides = self.sides()
        if sides is None:
            return Line(None, "formula", self.formula(self.tokens, None), self.given.text.strip())
        name, kind = self._about(self.tree(sides[0]))
        formula = self.formula(sides[1], name)
        return Line(name, kind, formula, self.given.text[sides[1][0].start : sides[1][-2].end])

    def written(self) -> Written:
        """The sides of an answer, and what of it is left to be worked out."""
        sides = self.sides()
        left: tuple[Symbol, ...] | None = ()
        right: Sequence[Token] = self.tokens
        if sides is not None:
            left, right = self._named(self.tree(sides[0])), sides[1]
        nodes = list(syntax.nodes_of(self.tree(right)))
        unworked = (node for node in nodes if isinstance(node, (syntax.Derivative, syntax.Change)))
        primed = (node for node in nodes if isinstance(node, syntax.Call) and node.primes)
        first, last = right[0].start, right[-2].end if len(right) > 1 else right[0].end
        return Written(left, self.given.text[first:last], *(self._first(found) for found in (unworked, primed)))

    def _first(self, nodes: Iterator[syntax.Node]) -> str:
        return next((self.given.text[node.start : node.end] for node in nodes), "")

    def _named(self, left: syntax.Node) -> tuple[Symbol, ...] | None:
        match left:
            case syntax.Name(symbol=symbol):
                return (symbol,)
            case syntax.Derivative(of=syntax.Name(symbol=of), by=by):
                return of, by
            case syntax.Change(of=syntax.Name(symbol=by)):
                return self.derivation.network.loss, by
        return None

    def _about(self, left: syntax.Node) -> tuple[Symbol, str]:
        """What the left side of a line names."""
        loss = self.derivation.network.loss
        match left:
            case syntax.Name(symbol=symbol) if symbol in self.derivation.backward:
                return symbol, "signal"
            case syntax.Derivative(of=syntax.Name(symbol=of), by=by) if of == loss:
                return self._about_derivative(by)
            case syntax.Change(of=syntax.Name(symbol=by)):
                return self._about_derivative(by)
            case syntax.Derivative(of=syntax.Name(symbol=of)):
                what = f"{self.given.piece(left.start, left.end)} is not a derivative of the loss {loss}"
                self.given.fail("syntax", what, f"write d{loss}/d…", left.start, left.end)
        what = f"{self.given.piece(left.start, left.end)} is neither a gradient nor an error signal"
        signal = next(iter(self.derivation.backward), None)
        known = f" or {signal} = …" if signal is not None else ""
        first = self.derivation.wrt[0]
        self.given.fail("syntax", what, f"write d{loss}/d{first} = …{known}", left.start, left.end)

    def _about_derivative(self, by: Symbol) -> tuple[Symbol, str]:
        signal = self.derivation.signals.get(by)
        if by in self.derivation.wrt or signal is None:
            return by, "gradient"
        return signal, "signal"

    def equation(self) -> tuple[Expr, Expr]:
        """Both sides as they stand."""
        sides = self.sides()
        if sides is None:
            self.given.fail("syntax", f"{quote(self.given.text)} has no '='", "write a left and a right side", 0)
        left, right = (self.meaning.value(self.tree(side)) for side in sides)
        if bool(left[1]) is not bool(right[1]):
            left, right = lowered(left), lowered(right)
        shape = left[1] or right[1]
        return as_whole(*left) if left[1] else left[0], as_whole(right[0], shape) if right[1] else right[0]
