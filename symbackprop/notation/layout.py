"""From a SymPy expression to its layout: what a person would write, in the order in which they would write it.

SymPy sorts products by the alphabet. People follow the network instead: a product goes from the loss backwards,
(a_o1 - t1)·a_o1·(1 - a_o1)·a_h1, and a sum has its number first, then its products, then its bias.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction as Ratio
from typing import Any, TypeVar

from sympy import (
    Abs,
    Add,
    And,
    Basic,
    E,
    Expr,
    Float,
    Function,
    Max,
    Min,
    Mul,
    Or,
    Piecewise,
    Pow,
    Rational,
    S,
    Symbol,
    exp,
    pi,
)
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanAtom

from symbackprop.errors import SymbackpropError
from symbackprop.functions.activations import elu, leaky_relu
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.functions.vocabulary import primitive_of
from symbackprop.notation.coefficients import content, number, scale, signed, split_sign, times
from symbackprop.notation.deep import depth, run_deep, subexpressions
from symbackprop.notation.nodes import (
    Apply,
    Cases,
    Compare,
    Constant,
    Derivative,
    Fraction,
    Logic,
    Minus,
    Name,
    Node,
    Power,
    Root,
    Sum,
    Truth,
)
from symbackprop.notation.order import NOWHERE, Order, Placed, factor_rank, highest, joined, linked, natural, term_rank
from symbackprop.notation.partial import Immediate, Partial

_CONSTANTS = {pi: "pi", E: "e", S.Infinity: "inf", S.NaN: "nan", S.ComplexInfinity: "nan"}
_WITH_SETTINGS = (leaky_relu, elu)

T = TypeVar("T")


def layout(expr: Expr, order: Order | None = None) -> Node:
    """Lay ``expr`` out in the order in which a person would write it.

    Nothing is worked out and nothing is lost: the layout has the value of ``expr``, and products that were built
    with ``evaluate=False`` keep their factors.
    """
    return laid_out(expr, order, lambda node: node)


def laid_out(expr: Expr, order: Order | None, work: Callable[[Node], T]) -> T:
    """Lay ``expr`` out and return ``work`` of its layout, both with room for deep recursion."""
    builder = _Builder(order or Order())
    return run_deep(depth(expr), lambda: work(builder.place(expr).node))


def names_in(expr: Basic) -> list[str]:
    """The names of the symbols in ``expr``, sorted."""
    return sorted({part.name for part in subexpressions(expr) if isinstance(part, Symbol)})


@dataclass(frozen=True, slots=True)
class _Scaled:
    """A rational number times factors over other factors."""

    ratio: Ratio
    above: list[Placed]
    below: list[Placed]


class _Builder:
    """Lays out one expression, from the leaves up."""

    def __init__(self, order: Order) -> None:
        self.order = order

    def place(self, expr: Any) -> Placed:
        for kind, method in _METHODS:
            if isinstance(expr, kind):
                return method(self, expr)
        raise SymbackpropError(
            "notation",
            f"{type(expr).__name__} has no notation",
            "write the network with the functions of the vocabulary",
        )

    def places(self, exprs: Iterable[Any]) -> list[Placed]:
        return [self.place(expr) for expr in exprs]

    # Leaves

    def symbol(self, expr: Any) -> Placed:
        return Placed(Name(expr.name), self.order.levels.get(expr.name, 0.0), natural(expr.name))

    def rational(self, expr: Any) -> Placed:
        ratio = _ratio(expr)
        return Placed(number(ratio), NOWHERE, ((2, ratio.numerator, str(ratio.denominator)),))

    def constant(self, expr: Any) -> Placed:
        return Placed(Constant(_CONSTANTS[expr]), NOWHERE, natural(_CONSTANTS[expr]))

    def minus_infinity(self, expr: Any) -> Placed:
        return Placed(Minus(Constant("inf")), NOWHERE, natural("inf"))

    def truth(self, expr: Any) -> Placed:
        return Placed(Truth(bool(expr)), NOWHERE, ())

    # Sums

    def sum(self, expr: Any) -> Placed:
        outside, placed = self.sum_and_content(expr)
        return placed if outside == 1 else self.product_of(_Scaled(outside, [placed], []))

    def sum_and_content(self, expr: Any) -> tuple[Ratio, Placed]:
        """The number that a person would take out of the sum, and what is left."""
        terms = self.places(_flat_terms(expr))
        outside = content([term.node for term in terms])
        if outside != 1:
            terms = [Placed(scale(term.node, 1 / outside), term.level, term.key) for term in terms]
        terms.sort(key=term_rank)
        node = Sum(tuple(split_sign(term.node) for term in terms))
        return outside, Placed(node, highest(terms), joined(terms))

    # Products and fractions

    def product(self, expr: Any) -> Placed:
        return self.product_of(self.scaled(expr.args))

    def scaled(self, args: tuple[Any, ...]) -> _Scaled:
        """The factors of a product, flattened; a fraction inside a product stays a fraction."""
        ratio = Ratio(1)
        above: list[Placed] = []
        below: list[Placed] = []
        stack = list(reversed(args))
        alone = sum(not isinstance(arg, Rational) for arg in args) < 2
        while stack:
            arg = stack.pop()
            if isinstance(arg, (Rational, Float)):
                ratio *= _ratio(arg)
            elif isinstance(arg, Mul) and (alone or not any(map(_is_under_bar, arg.args))):
                stack.extend(reversed(arg.args))
            elif isinstance(arg, Mul):
                sign, node = split_sign((placed := self.place(arg)).node)
                ratio *= sign
                above.append(Placed(node, placed.level, placed.key))
            else:
                down = _is_under_bar(arg)
                factor = _turned_over(arg) if down else arg
                outside, placed = (
                    self.sum_and_content(factor) if isinstance(factor, Add) else (Ratio(1), self.place(factor))
                )
                (below if down else above).append(placed)
                ratio *= 1 / outside if down else outside
        return _Scaled(ratio, above, below)

    def product_of(self, scaled: _Scaled) -> Placed:
        """Set the factors in order, over the bar and under it."""
        above, below = (
            linked(sorted(part, key=lambda factor: factor_rank(factor, self.order)))
            for part in (scaled.above, scaled.below)
        )
        size = abs(scaled.ratio)
        if below:
            node: Node = Fraction(
                times(Ratio(size.numerator), [part.node for part in above]),
                times(Ratio(size.denominator), [part.node for part in below]),
            )
        else:
            node = times(size, [part.node for part in above])
        placed = above + below
        return Placed(signed(-1 if scaled.ratio < 0 else 1, node), highest(placed), joined(placed))

    def power(self, expr: Any) -> Placed:
        if _is_under_bar(expr):
            return self.product_of(self.scaled((expr,)))
        base = self.place(expr.base)
        if expr.exp == S.Half:
            return Placed(Root(base.node), base.level, base.key)
        exponent = self.place(expr.exp)
        return Placed(Power(base.node, exponent.node), highest([base, exponent]), joined([base, exponent]))

    # Functions

    def function(self, expr: Any) -> Placed:
        row = primitive_of(expr)
        name = row.name if row else type(expr).__name__
        count = 1 if isinstance(expr, _WITH_SETTINGS) else len(expr.args)
        arguments, settings = self.places(expr.args[:count]), self.places(expr.args[count:])
        return self.applied(expr, name, arguments, settings)

    def softmax(self, expr: Any) -> Placed:
        placed = self.applied(expr, expr.spoken, self.places(expr.scores), [])
        assert isinstance(placed.node, Apply)
        node = Apply(expr.spoken, placed.node.arguments, (), expr.index, expr)
        return Placed(node, placed.level, placed.key + natural(str(expr.index)))

    def extreme(self, expr: Any) -> Placed:
        arguments = sorted(self.places(expr.args), key=lambda part: (part.level != NOWHERE, part.key))
        return self.applied(expr, type(expr).__name__.lower(), arguments, [])

    def applied(self, expr: Any, name: str, arguments: list[Placed], settings: list[Placed]) -> Placed:
        node = Apply(name, tuple(part.node for part in arguments), tuple(part.node for part in settings), source=expr)
        return Placed(node, highest(arguments + settings), joined(arguments + settings, name))

    # Cases and conditions

    def cases(self, expr: Any) -> Placed:
        branches: list[tuple[Node, Node | None]] = []
        parts: list[Placed] = []
        for value, condition in expr.args:
            shown, when = self.place(value), self.place(condition)
            parts += [shown, when]
            branches.append((shown.node, None if when.node == Truth(True) else when.node))
        if branches[0][1] is None:
            return parts[0]
        return Placed(Cases(tuple(branches)), highest(parts), joined(parts))

    def compare(self, expr: Any) -> Placed:
        left, right = self.place(expr.lhs), self.place(expr.rhs)
        return Placed(Compare(left.node, expr.rel_op, right.node), highest([left, right]), joined([left, right]))

    def logic(self, expr: Any) -> Placed:
        parts = sorted(self.places(expr.args), key=lambda part: part.key)
        operator = "and" if isinstance(expr, And) else "or"
        return Placed(Logic(operator, tuple(part.node for part in parts)), highest(parts), joined(parts))

    def partial(self, expr: Any) -> Placed:
        of, by = self.place(expr.of), self.place(expr.by)
        return Placed(Derivative(of.node, by.node, isinstance(expr, Immediate)), of.level, joined([of, by], "∂"))


_METHODS: tuple[tuple[Any, Callable[[_Builder, Any], Placed]], ...] = (
    (Symbol, _Builder.symbol),
    ((Rational, Float), _Builder.rational),
    (Add, _Builder.sum),
    (Mul, _Builder.product),
    (Partial, _Builder.partial),
    (type(S.NegativeInfinity), _Builder.minus_infinity),
    (tuple(type(constant) for constant in _CONSTANTS), _Builder.constant),
    ((Max, Min), _Builder.extreme),
    (SoftmaxComponent, _Builder.softmax),
    (Piecewise, _Builder.cases),
    ((Function, Abs, exp), _Builder.function),
    (Pow, _Builder.power),
    (Relational, _Builder.compare),
    ((And, Or), _Builder.logic),
    (BooleanAtom, _Builder.truth),
)


def _ratio(number: Any) -> Ratio:
    return Ratio(repr(float(number))) if isinstance(number, Float) else Ratio(int(number.p), int(number.q))


def _flat_terms(expr: Any) -> list[Any]:
    terms: list[Any] = []
    stack = list(reversed(expr.args))
    while stack:
        term = stack.pop()
        if isinstance(term, Add):
            stack.extend(reversed(term.args))
        else:
            terms.append(term)
    return terms


def _is_under_bar(expr: Any) -> bool:
    """Whether ``expr`` is written as one over something: a power with a negative exponent, but not exp(-z)."""
    if not isinstance(expr, Pow) or isinstance(expr, exp):
        return False
    exponent = expr.exp
    if isinstance(exponent, Mul):
        exponent = exponent.args[0]
    return isinstance(exponent, Rational) and bool(exponent.is_negative)


def _turned_over(expr: Any) -> Any:
    return expr.base if expr.exp == -1 else Pow(expr.base, -expr.exp, evaluate=False)
