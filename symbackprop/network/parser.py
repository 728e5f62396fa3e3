"""Formulas from text, without running any of it.

    text ──► tokens ──► Python's syntax tree ──► SymPy
           (words are      (a whitelist of       (built node by node,
            checked)        kinds of node)        its numbers bounded)

SymPy's own readers evaluate what they are given, so no text reaches them. The scan of tokens comes first because it
can say in the writer's own words what is wrong ("write * for a product"); the whitelist would refuse the same text.
"""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import islice
from typing import Any, NoReturn, TypeAlias

from sympy import (
    Abs,
    Add,
    And,
    Eq,
    Expr,
    Max,
    Min,
    Mul,
    Or,
    Piecewise,
    Pow,
    Rational,
    Symbol,
    exp,
    log,
    nan,
    oo,
    preorder_traversal,
    sign,
    sqrt,
    tanh,
    true,
    zoo,
)

from symbackprop.errors import SpecError, did_you_mean
from symbackprop.functions.activations import (
    elu,
    gelu,
    huber,
    leaky_relu,
    normal_cdf,
    normal_pdf,
    relu,
    sigmoid,
    silu,
    softplus,
    step,
)
from symbackprop.functions.losses import binary_cross_entropy, cross_entropy, smooth_l1, squared_error
from symbackprop.functions.softmax import log_softmax, softmax
from symbackprop.functions.user import UserFunction, function_from_body

MAX_LENGTH = 10_000
"""Characters in one formula."""
MAX_BRACKETS = 100
"""Brackets within brackets."""
MAX_DEPTH = 100
"""Operations within operations; a sum or a product of many terms counts once. SymPy cannot print much deeper ones."""
MAX_TANH = 4
"""tanh within tanh: to ask whether it is real takes SymPy five times longer with each (150 s for twelve)."""
MAX_EXPONENT = 64
"""Size of an exponent that is a number."""
MAX_DIGITS = 100
"""Digits of a number as it is written."""
MAX_RESULT_BITS = 3_400
"""Size of a number that comes out of arithmetic: a thousand digits."""
MAX_ROOT_BITS = 80
"""Size of a number under a root, whose factors SymPy looks for."""
MAX_CONSTANT = 10**6
"""Size of a constant that a function is applied to: exp(exp(10**6)) has more digits than there is memory."""
MAX_CONSTANT_PARTS = 25
"""Parts of a constant such as sqrt(2/3): SymPy works out its sign again and again, function within function."""
MAX_EXTREMA = 64
"""Arguments of max and min in one formula; SymPy compares them pair by pair."""
MAX_CONDITIONS = 16
"""Comparisons in one where or piecewise; SymPy multiplies out those of branches with one value."""

Names: TypeAlias = Mapping[str, Symbol] | Callable[[str], Symbol]
"""What a name stands for: a table of symbols, or a function that makes one of any name."""


# ── Public ────────────────────────────────────────────────────────────────────────────────────────────────────────


def parse_expression(
    text: str, symbols: Names, functions: Mapping[str, type[UserFunction]] | None = None, *, where: str = ""
) -> Expr:
    """Read a formula such as ``w1*i1 + sigmoid(h1)``.

    ``symbols`` gives the symbols by name (a name that is not in it is an error), or makes one of any name;
    ``functions`` are the user's own. Raises SpecError, whose ``where`` is the one given here.
    """
    return _guarded(text, where, lambda: _Reader(text, symbols, functions or {}, where).expression())


def parse_equation(
    text: str,
    symbols: Names,
    functions: Mapping[str, type[UserFunction]] | None = None,
    *,
    count: int = 1,
    where: str = "",
) -> Expr | tuple[Expr, ...]:
    """Read the right side of an equation that defines ``count`` names.

    For one name it is an expression. For several it is ``softmax([…])`` or ``log_softmax([…])`` over as many scores,
    and the answer is the tuple of its components.
    """
    if count == 1:
        return parse_expression(text, symbols, functions, where=where)
    return _guarded(text, where, lambda: _Reader(text, symbols, functions or {}, where).components(count))


def parse_fact(
    text: str, symbols: Names, functions: Mapping[str, type[UserFunction]] | None = None, *, where: str = ""
) -> Eq:
    """Read a fact such as ``t1 + t2 + t3 = 1``."""
    sides = text.split("=")
    if len(sides) != 2:
        raise SpecError(
            "fact",
            f"{quote(text)} has {len(sides) - 1} equals signs",
            "write one formula, one =, and another formula",
            where=where,
        )
    left, right = (parse_expression(side.strip(), symbols, functions, where=where) for side in sides)
    fact = Eq(left, right)
    if not isinstance(fact, Eq):
        verdict = "says nothing: it always holds" if fact == true else "can never hold"
        raise SpecError("fact", f"{quote(text)} {verdict}", "correct it, or leave it out", where=where)
    return fact


def parse_function(
    head: str, body: str, functions: Mapping[str, type[UserFunction]] | None = None, *, where: str = ""
) -> type[UserFunction]:
    """Read a function of the user's own: ``swish(z)`` and its formula ``z*sigmoid(z)``."""
    found = re.fullmatch(r"\s*([^(),]+)\(([^()]+)\)\s*", head)
    if found is None:
        raise SpecError(
            "function", f"{quote(head)} is not a function and its parameters", "write it as swish(z)", where=where
        )
    name = parse_name(found[1], where=where)
    parameters = parse_names(found[2], where=where)
    if name in FUNCTION_NAMES or name in (functions or {}):
        raise SpecError("duplicate", f"the function {quote(name)} is known already", "rename it", where=where)
    formula = parse_expression(body, Symbol, functions, where=where or name)
    return function_from_body(name, tuple(Symbol(parameter) for parameter in parameters), formula)


def parse_name(text: str, *, where: str = "") -> str:
    """Check one name and return its normal form: ``w₁`` is ``w1``, and the micro sign is μ."""
    name = unicodedata.normalize("NFKC", text.strip())
    if keyword.iskeyword(name):
        raise SpecError(
            "name",
            f"{quote(name)} is a word of Python, not a name",
            f"formulas hold no code; a name can be {name + '_1'!r}",
            where=where,
        )
    if not _NAME.fullmatch(name) or not _LOOKS_LIKE_NAME.fullmatch(text.strip()):
        raise SpecError(
            "name",
            f"{quote(text)} is not a name",
            "a name begins with a letter (a-z, A-Z or Greek) and goes on with letters, digits and _",
            where=where,
        )
    if len(name) > MAX_DIGITS:
        raise SpecError("name", f"the name {quote(text)} is too long", f"use at most {MAX_DIGITS} letters", where=where)
    return name


def parse_names(text: str, *, where: str = "") -> tuple[str, ...]:
    """Check several names with commas between them, ``p1, p2, p3``, each given once."""
    names = tuple(parse_name(part, where=where) for part in text.split(","))
    for name in names:
        if names.count(name) > 1:
            raise SpecError("duplicate", f"{quote(text)} has {quote(name)} twice", "give each name once", where=where)
    return names


def quote(text: str) -> str:
    """Return the user's own words for a message: in quotes, on one line, and shortened to 60 characters."""
    words = " ".join(text.split())
    return repr(words if len(words) <= 60 else words[:59] + "…")


# ── Functions that formulas may use ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Known:
    """A function: how it is built, how it is written, and its least and greatest number of arguments."""

    build: Callable[..., Expr]
    usage: str
    least: int = 1
    most: int = 1


_PLAIN: dict[str, _Known] = {
    "sigmoid": _Known(sigmoid, "sigmoid(z)"),
    "tanh": _Known(tanh, "tanh(z)"),
    "relu": _Known(relu, "relu(z)"),
    "leaky_relu": _Known(leaky_relu, "leaky_relu(z) or leaky_relu(z, slope)", 1, 2),
    "elu": _Known(elu, "elu(z) or elu(z, alpha)", 1, 2),
    "softplus": _Known(softplus, "softplus(z)"),
    "gelu": _Known(gelu, "gelu(z)"),
    "silu": _Known(silu, "silu(z)"),
    "exp": _Known(exp, "exp(z)"),
    "log": _Known(log, "log(z)"),
    "sqrt": _Known(sqrt, "sqrt(z)"),
    "abs": _Known(Abs, "abs(z)"),
    "sign": _Known(sign, "sign(z)"),
    "step": _Known(step, "step(z)"),
    "huber": _Known(huber, "huber(x)"),
    "normal_cdf": _Known(normal_cdf, "normal_cdf(z)"),
    "normal_pdf": _Known(normal_pdf, "normal_pdf(z)"),
    "max": _Known(Max, "max(a, b)", 2, MAX_EXTREMA),
    "min": _Known(Min, "min(a, b)", 2, MAX_EXTREMA),
}

_LOSSES: dict[str, _Known] = {
    loss.__name__: _Known(loss, f"{loss.__name__}(y, t) or {loss.__name__}([y1, y2], [t1, t2])", 2, 2)
    for loss in (squared_error, smooth_l1, cross_entropy, binary_cross_entropy)
}

_VECTOR: dict[str, Callable[..., tuple[Expr, ...]]] = {"softmax": softmax, "log_softmax": log_softmax}

_WHERE = _Known(Piecewise, "where(condition, a, b)", 3, 3)
_PIECEWISE_USAGE = "write piecewise((a, condition), (b, True))"

FUNCTION_NAMES = frozenset([*_PLAIN, *_LOSSES, *_VECTOR, "where", "piecewise"])
"""Every function that a formula may use; none of them can be the name of a quantity."""

_UNBOUNDED = frozenset({"log", "sqrt", "abs", "sign", "step", "max", "min"})
"""Functions that make no large number out of a large constant."""


# ── Words ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_GREEK = "α-ωΑ-Ω"
_NAME = re.compile(rf"[A-Za-z{_GREEK}][A-Za-z0-9_{_GREEK}]*")
_SUPERSCRIPTS = "²³¹⁰⁴-⁹"  # x² must not become the name x2, as NFKC would have it
_LOOKS_LIKE_NAME = re.compile(rf"[^\W{_SUPERSCRIPTS}]+")
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
    |(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<word>[^\W0-9{_SUPERSCRIPTS}][^\W{_SUPERSCRIPTS}]*)
    |(?P<sign>\*\*|//|<=|>=|==|!=|<<|>>|:=|[-+*/()\[\],<>])
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_CLOSES = {")": "(", "]": "["}
_JOINING = frozenset({"and", "or"})
_FORBIDDEN_SIGNS = {"//": "/", "<<": "<", ">>": ">"}
_HINTS = {
    "^": ("syntax", "write ** for a power"),
    "=": ("syntax", "write the right side alone; in a file, the name is the key"),
    "²": ("syntax", "write **2 for a square"),
    "³": ("syntax", "write **3 for a cube"),
    "−": ("syntax", "write - for a minus sign"),
    "·": ("syntax", "write * for a product"),
    "×": ("syntax", "write * for a product"),
    "÷": ("syntax", "write / for a quotient"),
    "√": ("syntax", "write sqrt(…) for a root"),
    "≤": ("syntax", "write <="),
    "≥": ("syntax", "write >="),
    "'": ("forbidden", "a formula holds no text in quotes"),
    '"': ("forbidden", "a formula holds no text in quotes"),
    ".": ("forbidden", "a formula holds numbers, names and functions, and no attributes"),
    "{": ("forbidden", "use round brackets"),
    "}": ("forbidden", "use round brackets"),
}


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int

    @property
    def ends_value(self) -> bool:
        return self.kind == "number" or self.text in _CLOSES or (self.kind == "word" and self.text not in _JOINING)

    @property
    def begins_value(self) -> bool:
        return self.kind == "number" or self.text in ("(", "[") or (self.kind == "word" and self.text not in _JOINING)


class _Scanner:
    """Checks a formula word by word, and hands it back with its names in normal form."""

    def __init__(self, text: str, where: str) -> None:
        self.text = text
        self.where = where

    def normal_text(self) -> str:
        if len(self.text) > MAX_LENGTH:
            self._fail(
                "too-large", f"{quote(self.text)} has {len(self.text):,} characters", f"use at most {MAX_LENGTH:,}"
            )
        if not self.text.strip():
            self._fail("syntax", "the formula is empty", "write a formula such as w1*i1 + w2*i2")
        tokens = [self._checked(token) for token in self._tokens()]
        self._check_brackets(tokens)
        for before, token in zip([None, *tokens], [*tokens, None], strict=True):
            self._check_pair(before, token)
        return "".join(self._spelled(tokens)).strip()

    def _tokens(self) -> Iterator[_Token]:
        for found in _TOKEN.finditer(self.text):
            if found.lastgroup != "space":
                yield _Token(found.lastgroup or "other", found[0], found.start())

    def _checked(self, token: _Token) -> _Token:
        if token.kind == "number":
            self._check_number(token)
        elif token.kind == "word" and token.text.startswith("_") and self.text[token.start - 1 : token.start].isdigit():
            self._fail("number", f"'_' in {self._near(token)}", "write a number with digits alone")
        elif token.kind == "word" and token.text not in _JOINING and token.text != "True":
            return _Token("word", parse_name(token.text, where=self.where), token.start)
        elif token.text in ("==", "!="):
            fix = "compare by <, <=, > or >=" if "where" in self.text else "write the right side alone, and no =="
            self._fail("forbidden", f"{token.text!r} in {self._near(token)}", fix)
        elif token.text in _FORBIDDEN_SIGNS:
            self._fail("forbidden", f"{token.text!r} in {self._near(token)}", f"write {_FORBIDDEN_SIGNS[token.text]}")
        elif token.kind == "other" or token.text == ":=":
            code, fix = _HINTS.get(
                token.text, ("forbidden", "a formula is made of numbers, names, functions and + - * / **")
            )
            self._fail(code, f"{token.text!r} in {self._near(token)}", fix)
        return token

    def _check_number(self, token: _Token) -> None:
        mantissa, _, power = token.text.lower().partition("e")
        if sum(character.isdigit() for character in mantissa) > MAX_DIGITS:
            self._fail("number", f"the number {quote(token.text)} is too long", f"use at most {MAX_DIGITS} digits")
        if power and abs(int(power[:20])) > 300:
            self._fail("number", f"the number {quote(token.text)} is out of range", "keep to 1e-300 … 1e300")
        if re.fullmatch(r"0[0-9]+", mantissa) and not power:
            self._fail("number", f"the number {quote(token.text)} begins with 0", f"write {int(mantissa)}")

    def _check_brackets(self, tokens: list[_Token]) -> None:
        open_ones: list[_Token] = []
        for token in tokens:
            if token.text in ("(", "["):
                open_ones.append(token)
                if len(open_ones) > MAX_BRACKETS:
                    self._fail(
                        "too-large",
                        f"{quote(self.text)} has more than {MAX_BRACKETS} brackets within brackets",
                        "name some of its parts",
                    )
            elif token.text in _CLOSES and (not open_ones or open_ones.pop().text != _CLOSES[token.text]):
                self._fail(
                    "syntax",
                    f"{token.text!r} in {self._near(token)} closes nothing",
                    "let each bracket have its other half",
                )
        if open_ones:
            self._fail("syntax", f"{open_ones[-1].text!r} in {self._near(open_ones[-1])} is not closed", "close it")

    def _check_pair(self, before: _Token | None, token: _Token | None) -> None:
        """Refuse two values side by side, and a sign with no value where it needs one."""
        after_value = before is not None and before.ends_value
        if token is None:
            if not after_value:
                self._fail("syntax", f"{quote(self.text)} ends where a value should stand", "complete it")
        elif before is not None and after_value and token.begins_value:
            if token.text == "[":
                self._fail(
                    "forbidden", f"'[' in {self._near(token)}", "names have no parts; write names such as w1, w2"
                )
            if not (token.text == "(" and before.kind == "word"):
                self._fail_product(before, token)
        elif not after_value and not token.begins_value and token.text not in ("+", "-"):
            empty = before is not None and token.text in _CLOSES and before.text in ("(", "[", ",")
            if not empty:
                self._fail("syntax", f"a value is missing before {token.text!r} in {self._near(token)}", "put it in")

    def _fail_product(self, before: _Token, token: _Token) -> NoReturn:
        left, right = before.text, token.text
        shown = f": {left}*{right}" if before.kind != "sign" and token.kind != "sign" else ""
        self._fail("syntax", f"{self._near(token)} has two values side by side", f"write * for a product{shown}")

    def _spelled(self, tokens: list[_Token]) -> Iterator[str]:
        """The pieces of the text, with words in normal form; on one line, so that columns are places in it."""
        end = 0
        for token in tokens:
            yield " " * (token.start > end or token.text in _JOINING)
            yield token.text
            # The length of a word may have changed; where it began in the text, and so how it ended, has not.
            end = self._end(token)

    def _end(self, token: _Token) -> int:
        found = _TOKEN.match(self.text, token.start)
        return token.start if found is None else found.end()

    def _near(self, token: _Token) -> str:
        return quote(self.text[max(0, token.start - 25) : token.start + 25])

    def _fail(self, code: str, what: str, fix: str) -> NoReturn:
        raise SpecError(code, what, fix, where=self.where)


# ── Syntax tree to SymPy ──────────────────────────────────────────────────────────────────────────────────────────

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
}
_CONDITIONS = (ast.Compare, ast.BoolOp)


class _Reader:
    """Turns one formula into SymPy. Every kind of node that is not named here is refused."""

    def __init__(self, text: str, symbols: Names, functions: Mapping[str, type[UserFunction]], where: str) -> None:
        self.where = where
        self.symbols = symbols
        self.functions = functions
        self.extrema = 0
        self.tanh_around = 0
        self.text = _Scanner(text, where).normal_text()
        self.source = self.text.encode()
        try:
            self.root = ast.parse(self.text, mode="eval").body
        except (SyntaxError, ValueError) as error:
            if "nested" in str(error) or "recursion" in str(error):
                raise RecursionError from None
            self._fail("syntax", f"{quote(self.text)} cannot be read as a formula", "check its brackets and commas")

    def expression(self) -> Expr:
        return self._read(self.root, 1)

    def components(self, count: int) -> tuple[Expr, ...]:
        """The components of softmax([…]), which stands as the whole formula."""
        node = self.root
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _VECTOR):
            self._fail(
                "components",
                f"{self._piece(node)} is one value for {count} names",
                "a key of several names takes softmax([…]) or log_softmax([…])",
            )
        name = node.func.id
        scores = self._list(node.args[0], 2) if len(node.args) == 1 and not node.keywords else None
        if scores is None:
            self._fail("arguments", f"{self._piece(node)} is not over a list", f"write {name}([z1, z2, z3])")
        if len(scores) != count:
            self._fail(
                "components",
                f"{self._piece(node)} has {_count(len(scores), 'component')} for {count} names",
                "give as many scores as names",
            )
        return _VECTOR[name](scores)

    def _read(self, node: ast.expr, depth: int) -> Expr:
        if depth > MAX_DEPTH:
            raise RecursionError
        match node:
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                return self._bounded(self._sum(node, depth), node)
            case ast.BinOp(op=ast.Mult() | ast.Div()):
                return self._bounded(self._product(node, depth), node)
            case ast.BinOp(op=ast.Pow(), left=base, right=exponent):
                return self._power(self._read(base, depth + 1), self._read(exponent, depth + 1), node)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self._read(operand, depth + 1)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self._read(operand, depth + 1)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._call(name, args, node, depth)
            case ast.Name(id=name):
                return self._symbol(name)
            case ast.Constant(value=value) if type(value) in (int, float):
                return self._number(node)
        self._refuse(node)

    def _refuse(self, node: ast.expr) -> NoReturn:
        what = self._piece(node)
        if isinstance(node, _CONDITIONS) or (isinstance(node, ast.Constant) and node.value is True):
            self._fail("forbidden", f"the condition {what}", "conditions stand inside where(…) or piecewise(…) alone")
        if isinstance(node, (ast.List, ast.Tuple)):
            self._fail("forbidden", f"the list {what}", "lists stand inside softmax, log_softmax and the losses alone")
        self._fail("forbidden", what, "a formula is made of numbers, names, functions and + - * / **")

    def _number(self, node: ast.expr) -> Expr:
        value = Fraction(self._segment(node))
        return Rational(value.numerator, value.denominator)

    def _symbol(self, name: str) -> Expr:
        if not callable(self.symbols):
            if name in self.symbols:
                return self.symbols[name]
            if not self._is_function(name):
                known = did_you_mean(name, self.symbols)
                self._fail("unbound", f"unknown name {quote(name)}", known)
        if self._is_function(name):
            self._fail("name", f"{quote(name)} is a function, and stands here as a name", f"write {name}(…)")
        return self.symbols(name) if callable(self.symbols) else self.symbols[name]

    def _is_function(self, name: str) -> bool:
        return name in FUNCTION_NAMES or name in self.functions

    # Arithmetic. Sums and products are read along, not down: a neuron may have a thousand inputs.

    def _sum(self, node: ast.expr, depth: int) -> Expr:
        terms: list[Expr] = []
        while isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
            term = self._read(node.right, depth + 1)
            terms.append(-term if isinstance(node.op, ast.Sub) else term)
            node = node.left
        return Add(self._read(node, depth + 1), *reversed(terms))

    def _product(self, node: ast.expr, depth: int) -> Expr:
        factors: list[Expr] = []
        while isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div)):
            factor = self._read(node.right, depth + 1)
            factors.append(self._power(factor, Rational(-1), node) if isinstance(node.op, ast.Div) else factor)
            node = node.left
        factors.append(self._read(node, depth + 1))
        factors.reverse()
        # One at a time gives what Python would, 2*(x + y)*z; for many factors that takes too long.
        return reduce(lambda a, b: a * b, factors) if len(factors) <= 32 else Mul(*factors)

    def _power(self, base: Expr, exponent: Expr, node: ast.expr) -> Expr:
        self._check_parts([base, exponent], node)
        if exponent.is_number:
            size = abs(exponent if exponent.is_Rational else exponent.evalf(15))
            if size > MAX_EXPONENT:
                self._fail("too-large", f"the exponent in {self._piece(node)}", f"use at most {MAX_EXPONENT}")
            if base == 0 and exponent.is_negative:
                self._fail("number", f"{self._piece(node)} divides by zero", "let the divisor be something else")
            if base.is_Rational and _bits(base) * size > MAX_RESULT_BITS:
                self._fail_large(node)
            if base.is_Rational and not exponent.is_integer and _bits(base) > MAX_ROOT_BITS:
                self._fail_large(node)
        return self._bounded(self._real(Pow(base, exponent), node), node)

    # Functions.

    def _call(self, name: str, args: list[ast.expr], node: ast.expr, depth: int) -> Expr:
        if name == "where":
            return self._where(args, node, depth)
        if name == "piecewise":
            return self._piecewise(args, node, depth)
        if name in _VECTOR:
            return self._component(name, args, node, depth)
        if name in _LOSSES:
            return self._loss(name, args, node, depth)
        if name in self.functions:
            return self._own(self.functions[name], name, args, node, depth)
        if name in _PLAIN:
            self._check_count(name, _PLAIN[name], args, node)
            with self._inside(name, node):
                values = [self._read(arg, depth + 1) for arg in args]
            return self._apply(name, values, node)
        if not callable(self.symbols) and name in self.symbols:
            self._fail(
                "unknown-function",
                f"{quote(name)} in {self._piece(node)} is a name, not a function",
                "write * for a product",
            )
        fix = did_you_mean(name, [*FUNCTION_NAMES, *self.functions])
        self._fail("unknown-function", f"unknown function {quote(name)} in {self._piece(node)}", fix)

    @contextmanager
    def _inside(self, name: str, node: ast.expr) -> Iterator[None]:
        """Count how many tanh stand around what is read meanwhile."""
        self.tanh_around += name == "tanh"
        if self.tanh_around > MAX_TANH:
            self._fail("too-large", f"{self._piece(node)} is inside {MAX_TANH} tanh", "name some of its parts")
        yield
        self.tanh_around -= name == "tanh"

    def _check_count(self, name: str, known: _Known, args: list[ast.expr], node: ast.expr) -> None:
        if known.least <= len(args) <= known.most:
            return
        takes = str(known.least) if known.least == known.most else f"{known.least} or {known.most}"
        if known.most == MAX_EXTREMA:
            takes = f"{known.least} to {known.most}"
        self._fail(
            "arguments",
            f"{self._piece(node)} gives {name} {_count(len(args), 'argument')}",
            f"it takes {takes}: write {known.usage}",
        )

    def _apply(self, name: str, args: list[Expr], node: ast.expr) -> Expr:
        if name in ("max", "min"):
            self.extrema += len(args)
            if self.extrema > MAX_EXTREMA:
                self._fail("too-large", f"{self._piece(node)} compares too much", "name some of its parts")
        self._check_parts(args, node)
        if name not in _UNBOUNDED:
            for arg in args:
                self._check_constant(arg, node)
        if name == "exp":
            self._check_logarithms(args[0], node)
        return self._bounded(self._real(_PLAIN[name].build(*args), node), node)

    def _own(self, cls: type[UserFunction], name: str, args: list[ast.expr], node: ast.expr, depth: int) -> Expr:
        count = len(cls.parameters)
        usage = f"{name}({', '.join(parameter.name for parameter in cls.written)})"
        self._check_count(name, _Known(cls, usage, count, count), args, node)
        values = [self._read(arg, depth + 1) for arg in args]
        if any(value.is_number for value in values):
            self._rehearse(cls, values, node, _Budget(1_000))
        return cls(*values)

    def _rehearse(self, cls: type[UserFunction], values: list[Expr], node: ast.expr, budget: _Budget) -> Expr:
        """Work the user's formula out at its arguments under the same bounds as a formula that is written out.

        Without this a constant could slip through: f(z) = exp(z**64*log(2)) is harmless until it is f(10**6).
        """
        table = dict(zip(cls.parameters, values, strict=True))

        def build(expr: Expr) -> Any:
            if not budget.spend():
                self._fail_large(node)
            if expr in table or not expr.args:
                return table.get(expr, expr)
            args = [build(arg) for arg in expr.args]
            if isinstance(expr, UserFunction):
                return self._rehearse(type(expr), args, node, budget)
            if isinstance(expr, Pow):
                return self._power(args[0], args[1], node)
            name = _SPELLED.get(expr.func)
            return self._apply(name, args, node) if name else self._bounded(expr.func(*args), node)

        return build(cls.body)

    def _component(self, name: str, args: list[ast.expr], node: ast.expr, depth: int) -> Expr:
        if len(args) == 1 and isinstance(args[0], ast.List):
            self._fail(
                "components",
                f"{self._piece(node)} has {_count(len(args[0].elts), 'component')} and stands for one value",
                f'give it the whole right side of a key such as "p1, p2, p3", or write {name}(z1, [z1, z2, z3])',
            )
        scores = self._list(args[1], depth) if len(args) == 2 else None
        if scores is None or len(scores) < 2:
            self._fail(
                "arguments",
                f"{self._piece(node)} lacks a list of two scores or more",
                f"write {name}(z1, [z1, z2, z3])",
            )
        chosen = self._read(args[0], depth + 1)
        if scores.count(chosen) != 1:
            times = "is not" if chosen not in scores else "is more than once"
            self._fail(
                "arguments",
                f"{self._piece(args[0])} {times} in the list of {self._piece(node)}",
                "let it stand there exactly once",
            )
        return _VECTOR[name](scores)[scores.index(chosen)]

    def _loss(self, name: str, args: list[ast.expr], node: ast.expr, depth: int) -> Expr:
        self._check_count(name, _LOSSES[name], args, node)
        sides = [self._list(arg, depth) or [self._read(arg, depth + 1)] for arg in args]
        if len(sides[0]) != len(sides[1]):
            self._fail(
                "arguments",
                f"{self._piece(node)} has {_count(len(sides[0]), 'output')} and {_count(len(sides[1]), 'target')}",
                "give as many targets as outputs",
            )
        return self._bounded(self._real(_LOSSES[name].build(*sides), node), node)

    def _list(self, node: ast.expr, depth: int) -> list[Expr] | None:
        """The items of a list that is written out, or ``None`` where it is not one."""
        if not isinstance(node, (ast.List, ast.Tuple)):
            return None
        if not node.elts:
            self._fail("arguments", "an empty list", "put names into it")
        return [self._read(item, depth + 1) for item in node.elts]

    # Conditions.

    def _where(self, args: list[ast.expr], node: ast.expr, depth: int) -> Expr:
        self._check_count("where", _WHERE, args, node)
        self._check_conditions(args[:1], node)
        condition = self._truth(args[0], depth + 1)
        yes, no = (self._read(arg, depth + 1) for arg in args[1:])
        return Piecewise((yes, condition), (no, True))

    def _piecewise(self, args: list[ast.expr], node: ast.expr, depth: int) -> Expr:
        pairs = [arg.elts for arg in args if isinstance(arg, ast.Tuple) and len(arg.elts) == 2]
        if len(pairs) < len(args) or not args:
            self._fail("arguments", f"{self._piece(node)} is not made of values with conditions", _PIECEWISE_USAGE)
        always = [isinstance(condition, ast.Constant) and condition.value is True for _, condition in pairs]
        if always != [False] * (len(pairs) - 1) + [True]:
            self._fail("arguments", f"True is not the last condition of {self._piece(node)}", _PIECEWISE_USAGE)
        self._check_conditions((condition for _, condition in pairs), node)
        branches = [(self._read(value, depth + 1), self._truth(test, depth + 1)) for value, test in pairs[:-1]]
        return Piecewise(*branches, (self._read(pairs[-1][0], depth + 1), True))

    def _check_conditions(self, conditions: Iterable[ast.expr], node: ast.expr) -> None:
        parts = (part for condition in conditions for part in ast.walk(condition))
        if sum(isinstance(part, ast.Compare) for part in parts) > MAX_CONDITIONS:
            fix = f"use at most {MAX_CONDITIONS} comparisons"
            self._fail("too-large", f"{self._piece(node)} compares too much", fix)

    def _truth(self, node: ast.expr, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise RecursionError
        match node:
            case ast.BoolOp(op=ast.And(), values=values):
                return And(*(self._truth(value, depth + 1) for value in values))
            case ast.BoolOp(op=ast.Or(), values=values):
                return Or(*(self._truth(value, depth + 1) for value in values))
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
                sides = [self._read(side, depth + 1) for side in (left, right)]
                self._check_parts(sides, node)
                return _COMPARISONS[type(op)](*sides)
            case ast.Compare(ops=[_, _, *_]):
                fix = "write one comparison at a time: 0 < x and x < 1"
                self._fail("syntax", f"{self._piece(node)} compares more than two values", fix)
        self._fail("syntax", f"{self._piece(node)} is not a condition", "write one such as x > 0")

    # Bounds on numbers.

    def _bounded(self, expr: Expr, node: ast.expr) -> Expr:
        """Refuse numbers and exponents that have grown too large; they stand within two levels of the top."""
        inner = [part for arg in expr.args for part in arg.args]
        for part in (expr, *expr.args, *inner):
            if part.is_Rational and _bits(part) > MAX_RESULT_BITS:
                self._fail_large(node)
            if part.is_Pow and part.base.is_Rational and _bits(part.base) > MAX_ROOT_BITS:
                self._fail_large(node)
            if part.is_Pow and part.exp.is_Rational and abs(part.exp) > MAX_EXPONENT:
                self._fail("too-large", f"the exponent in {self._piece(node)}", f"use at most {MAX_EXPONENT}")
        return expr

    def _real(self, expr: Expr, node: ast.expr) -> Expr:
        """Refuse constants that are no real number, such as log(0) and sqrt(-1)."""
        if expr.is_number and (expr.is_extended_real is False or expr.has(oo, -oo, zoo, nan)):
            self._fail("number", f"{self._piece(node)} is not a real number", "every value of a network is real")
        return expr

    def _check_parts(self, args: list[Expr], node: ast.expr) -> None:
        """Bound the constants among ``args`` before SymPy asks for their signs, which takes longer with every part."""
        for arg in args:
            if arg.is_number and not _is_short(arg):
                self._fail("too-large", f"a constant in {self._piece(node)} has too many parts", "write its value")

    def _check_constant(self, arg: Expr, node: ast.expr) -> None:
        if arg.is_number:
            size = abs(arg if arg.is_Rational else arg.evalf(15))
            if size > MAX_CONSTANT:
                fix = f"apply functions to constants of at most {MAX_CONSTANT:,}"
                self._fail("too-large", f"the constant in {self._piece(node)}", fix)

    def _check_logarithms(self, arg: Expr, node: ast.expr) -> None:
        """Bound c in exp(c*log(x)), which SymPy turns into x**c."""
        for term in Add.make_args(arg):
            factors = Mul.make_args(term)
            size = Mul(*(factor for factor in factors if not isinstance(factor, log)))
            if any(isinstance(factor, log) for factor in factors) and size.is_number:
                self._power(Symbol("x"), size, node)

    # Messages.

    def _segment(self, node: ast.expr) -> str:
        return self.source[node.col_offset : node.end_col_offset].decode()

    def _piece(self, node: ast.expr) -> str:
        return quote(self._segment(node))

    def _fail_large(self, node: ast.expr) -> NoReturn:
        self._fail("too-large", f"the numbers in {self._piece(node)} grow too long", "use smaller ones")

    def _fail(self, code: str, what: str, fix: str) -> NoReturn:
        raise SpecError(code, what, fix, where=self.where)


_SPELLED: dict[Any, str] = {known.build: name for name, known in _PLAIN.items()}


class _Budget:
    """A number of steps that may be taken."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def spend(self) -> bool:
        self.steps -= 1
        return self.steps >= 0


def _bits(number: Expr) -> int:
    """The size of a rational number: the length of its numerator or its denominator."""
    return max(int(number.p).bit_length(), int(number.q).bit_length())


def _is_short(constant: Expr) -> bool:
    """Whether a constant has few parts, and no more than two functions or powers within each other."""
    parts = list(islice(preorder_traversal(constant), MAX_CONSTANT_PARTS + 1))
    return len(parts) <= MAX_CONSTANT_PARTS and _nesting(constant) <= 2


def _nesting(constant: Expr) -> int:
    inner = max((_nesting(arg) for arg in constant.args), default=0)
    return inner if constant.is_Atom or constant.is_Add or constant.is_Mul else inner + 1


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _guarded(text: str, where: str, read: Callable[[], Any]) -> Any:
    """Run ``read``; what Python or SymPy cannot take becomes an error of ours."""
    try:
        return read()
    except (RecursionError, MemoryError):
        raise SpecError(
            "too-large", f"{quote(text)} is nested too deeply", "name some of its parts", where=where
        ) from None
    except SpecError:
        raise
    except (ArithmeticError, NotImplementedError, TypeError, ValueError) as error:
        what = f"{quote(text)} cannot be worked out ({quote(str(error))})"
        raise SpecError("syntax", what, "write it in another way", where=where) from None
