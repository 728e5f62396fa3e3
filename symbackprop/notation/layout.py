"""From a SymPy expression to its layout: what a person would write, in the order in which they would write it.

SymPy sorts products by the alphabet. People follow the network instead: a product goes from the loss backwards,
(a_o1 - t1)·a_o1·(1 - a_o1)·a_h1, and a sum has its number first, then its products, then its bias.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
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
from symbackprop.matrices import Array, Operation, Shape, SumAll, Transposed, UserOperation, shape_of
from symbackprop.matrices import Product as ArrayProduct
from symbackprop.matrices import Sum as ArraySum
from symbackprop.notation.coefficients import content, number, scale, signed, split_sign, times
from symbackprop.notation.deep import depth, run_deep, subexpressions
from symbackprop.notation.means import Mean, with_means
from symbackprop.notation.nodes import (
    Apply,
    Call,
    Cases,
    Change,
    Compare,
    Constant,
    Derivative,
    Entrywise,
    Fraction,
    Inner,
    Logic,
    MatrixProduct,
    Minus,
    Name,
    Node,
    Number,
    Operand,
    OwnCall,
    Power,
    Product,
    Root,
    Scaled,
    Sum,
    Transpose,
    Truth,
)
from symbackprop.notation.order import NOWHERE, Order, Placed, factor_rank, highest, joined, linked, natural, term_rank
from symbackprop.notation.partial import Differential, Frobenius, Immediate, Partial

_CONSTANTS = {pi: "pi", E: "e", S.Infinity: "inf", S.NaN: "nan", S.ComplexInfinity: "nan"}
_WITH_SETTINGS = (leaky_relu, elu)
_WITH_SHAPES = (Array, Operation, Differential, Frobenius)

T = TypeVar("T")


def layout(expr: Expr, order: Order | None = None) -> Node:
    """Lay ``expr`` out in the order in which a person would write it.

    Nothing is worked out and nothing is lost: the layout has the value of ``expr``, and products that were built
    with ``evaluate=False`` keep their factors.
    """
    return laid_out(expr, order, lambda node: node)


def laid_out(expr: Expr, order: Order | None, work: Callable[[Node], T]) -> T:
    """Lay ``expr`` out and return ``work`` of its layout, both with room for deep recursion."""
    has_shapes = any(isinstance(part, _WITH_SHAPES) for part in subexpressions(expr))
    builder = _Builder(order or Order(), has_shapes)
    return run_deep(depth(expr), lambda: work(builder.place(expr).node))


def names_in(expr: Basic) -> list[str]:
    """The names of the symbols in ``expr``, sorted."""
    return sorted({part.name for part in subexpressions(expr) if isinstance(part, Symbol)})


def shapes_in(expr: Expr) -> dict[str, tuple[Node, ...]]:
    """The shape of each matrix in ``expr``, its sizes laid out, by its name."""
    return {
        part.name: tuple(layout(size) for size in part.shape)
        for part in subexpressions(expr)
        if isinstance(part, Array)
    }


@dataclass(frozen=True, slots=True)
class _Ratio:
    """A rational number times factors over other factors."""

    ratio: Ratio
    above: list[Placed]
    below: list[Placed]


class _Builder:
    """Lays out one expression, from the leaves up."""

    def __init__(self, order: Order, has_shapes: bool) -> None:
        self.order = order
        self.has_shapes = has_shapes
        self.shapes: dict[Expr, Shape] = {}

    def place(self, expr: Any) -> Placed:
        for kind, method in _METHODS:
            if isinstance(expr, kind):
                return self.shaped(method(self, expr), expr)
        raise SymbackpropError(
            "notation",
            f"{type(expr).__name__} has no notation",
            "write the network with the functions of the vocabulary",
        )

    def places(self, exprs: Iterable[Any]) -> list[Placed]:
        return [self.place(expr) for expr in exprs]

    # Shapes

    def shaped(self, placed: Placed, expr: Any) -> Placed:
        """The same with the shape of ``expr``; the shapes of its parts are known by then."""
        shape = self.shape(expr)
        return replace(placed, shape=shape) if shape else placed

    def shape(self, expr: Any) -> Shape:
        if not self.has_shapes:
            return ()
        if expr not in self.shapes:
            self.shapes[expr] = shape_of(expr)
        return self.shapes[expr]

    def operand(self, placed: Placed) -> Operand:
        return Operand(placed.node, tuple(self.place(size).node for size in placed.shape))

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
        return placed if outside == 1 else self.product_of(_Ratio(outside, [self.shaped(placed, expr)], []))

    def sum_and_content(self, expr: Any) -> tuple[Ratio, Placed]:
        """The number that a person would take out of the sum, and what is left."""
        terms = self.places(_flat_terms(expr))
        outside = content([term.node for term in terms])
        if outside != 1:
            terms = [replace(term, node=scale(term.node, 1 / outside)) for term in terms]
        among_matrices = any(term.shape for term in terms)
        terms.sort(key=lambda term: term_rank(term, among_matrices))
        node = Sum(tuple(split_sign(term.node) for term in terms))
        return outside, Placed(node, highest(terms), joined(terms))

    # Products and fractions

    def product(self, expr: Any) -> Placed:
        return self.product_of(self.scaled(with_means(expr.args) if self.has_shapes else expr.args))

    def scaled(self, args: tuple[Any, ...]) -> _Ratio:
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
                above.append(replace(placed, node=node))
            else:
                down = _is_under_bar(arg)
                factor = _turned_over(arg) if down else arg
                outside, placed = (
                    self.sum_and_content(factor) if isinstance(factor, Add) else (Ratio(1), self.place(factor))
                )
                (below if down else above).append(self.shaped(placed, factor))
                ratio *= 1 / outside if down else outside
        return _Ratio(ratio, above, below)

    def product_of(self, scaled: _Ratio) -> Placed:
        """Set the factors in order, over the bar and under it; scalars stand in front of matrices."""
        if any(part.shape for part in scaled.above + scaled.below):
            return self.with_matrices(scaled)
        if scaled.below and any(_is_made_of_matrices(part.node) for part in scaled.above):
            return self.with_reductions(scaled)
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

    def in_order(self, factors: Iterable[Placed]) -> list[Placed]:
        return linked(sorted(factors, key=lambda factor: factor_rank(factor, self.order)))

    def with_matrices(self, scaled: _Ratio) -> Placed:
        """Matrices entry by entry, with the scalars in front."""
        above = self.in_order(part for part in scaled.above if part.shape)
        below = self.in_order(part for part in scaled.below if part.shape)
        scalar = self.product_of(
            _Ratio(scaled.ratio, *([p for p in part if not p.shape] for part in (scaled.above, scaled.below)))
        )
        sign, front = split_sign(scalar.node)
        over = [self.operand(part) for part in above]
        under = [self.operand(part) for part in below]
        if not over:
            node: Node = Entrywise((Operand(front),), tuple(under))
        else:
            whole = over[0].node if len(over) == 1 and not under else Entrywise(tuple(over), tuple(under))
            node = _scaled(front, whole)
        placed = [*above, *below, scalar]
        return Placed(signed(sign, node), highest(placed), joined(placed))

    def with_reductions(self, scaled: _Ratio) -> Placed:
        """A quotient of scalars in front of numbers that are made of matrices, so that these stand under no bar."""
        made = [part for part in scaled.above if _is_made_of_matrices(part.node)]
        plain = [part for part in scaled.above if not _is_made_of_matrices(part.node)]
        scalar, whole = (
            self.product_of(part) for part in (_Ratio(scaled.ratio, plain, scaled.below), _Ratio(Ratio(1), made, []))
        )
        sign, front = split_sign(scalar.node)
        return Placed(signed(sign, _scaled(front, whole.node)), highest([whole, scalar]), joined([whole, scalar]))

    def power(self, expr: Any) -> Placed:
        if _is_under_bar(expr):
            return self.product_of(self.scaled((expr,)))
        base = self.place(expr.base)
        if expr.exp == S.Half:
            return Placed(Root(base.node), base.level, base.key)
        exponent = self.place(expr.exp)
        node = Power(base.node, exponent.node, bool(base.shape or exponent.shape))
        return Placed(node, highest([base, exponent]), joined([base, exponent]))

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
        shown, set_to = (tuple(part.node for part in parts) for parts in (arguments, settings))
        node = Apply(name, shown, set_to, source=expr, entrywise=any(part.shape for part in arguments))
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

    # Matrices

    def matrix_product(self, expr: Any) -> Placed:
        factors = self.places(_flat_factors(expr))
        node = MatrixProduct(tuple(self.operand(factor) for factor in factors))
        return Placed(node, highest(factors), joined(factors))

    def transposed(self, expr: Any) -> Placed:
        of = self.place(expr.args[0])
        return Placed(Transpose(of.node), of.level, of.key + natural("T"))

    def operation(self, expr: Any) -> Placed:
        operands, settings = self.places(expr.operands), self.places(expr.settings)
        word = expr.spoken
        if isinstance(expr, (ArraySum, Mean)):
            settings = []  # the word says which
        elif isinstance(expr, SumAll) and all(size == S.One for size in operands[0].shape):
            word = "entry"
        node = Call(word, tuple(part.node for part in operands), tuple(part.node for part in settings), expr)
        return Placed(node, highest(operands), joined(operands) + natural(word))

    def own_operation(self, expr: Any) -> Placed:
        operands = self.places(expr.operands)
        node = OwnCall(expr.spoken, tuple(part.node for part in operands), expr)
        return Placed(node, highest(operands), joined(operands) + natural(expr.spoken))

    def differential(self, expr: Any) -> Placed:
        of = self.place(expr.of)
        return Placed(Change(of.node), of.level, of.key + natural("d"))

    def inner(self, expr: Any) -> Placed:
        left, right = self.place(expr.left), self.place(expr.right)
        return Placed(Inner(left.node, right.node), highest([left, right]), joined([left, right]))


_METHODS: tuple[tuple[Any, Callable[[_Builder, Any], Placed]], ...] = (
    (Symbol, _Builder.symbol),
    ((Rational, Float), _Builder.rational),
    (Add, _Builder.sum),
    (Mul, _Builder.product),
    (Partial, _Builder.partial),
    (ArrayProduct, _Builder.matrix_product),
    (Transposed, _Builder.transposed),
    (UserOperation, _Builder.own_operation),
    (Operation, _Builder.operation),
    (Differential, _Builder.differential),
    (Frobenius, _Builder.inner),
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


def _flat_factors(expr: Any) -> list[Any]:
    factors: list[Any] = []
    for factor in expr.args:
        factors += _flat_factors(factor) if isinstance(factor, ArrayProduct) else [factor]
    return factors


def _scaled(front: Node, whole: Node) -> Node:
    """A scalar in front of a matrix: a number that stands before a mere name joins it as its coefficient."""
    if front == Number(1):
        return whole
    if isinstance(front, Number) and not isinstance(whole, (Entrywise, MatrixProduct)):
        return Product(front, (whole,))
    return Scaled(front, whole)


def _is_made_of_matrices(node: Node) -> bool:
    """Whether a scalar is a total, a trace or the like, or a sum or a differential of such."""
    if isinstance(node, Change):
        return _is_made_of_matrices(node.of)
    if isinstance(node, Sum):
        return any(_is_made_of_matrices(term) for _, term in node.terms)
    if isinstance(node, Product):
        return any(map(_is_made_of_matrices, node.factors))
    return isinstance(node, (Call, Scaled, Inner))


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
