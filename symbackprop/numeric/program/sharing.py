"""What several lines have in common is worked out once, under a name of its own.

Two sums that differ in sign, and two products that differ in a number, count as one. Transposes and repeated rows are
views, which cost nothing, and are left where they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from sympy import Add, Basic, Expr, Integer, Mul, Pow, S, Symbol
from sympy.functions.elementary.piecewise import ExprCondPair

from symbackprop.matrices import (
    Array,
    Identity,
    Operation,
    Product,
    Transposed,
    UserOperation,
    rebuilt,
    shape_of,
    substituted,
    turned,
)
from symbackprop.numeric.program.line import Fresh, Line, parts_of


def is_view(expr: Basic) -> bool:
    """Whether no number is worked out: a transpose, a repetition."""
    return isinstance(expr, Operation) and expr.view


def has_another_name(value: Expr) -> bool:
    """Whether the value is an array that stands elsewhere too, or that cannot be written to."""
    inner = value.args[0] if isinstance(value, Transposed) else value
    return isinstance(inner, (Array, UserOperation)) or (isinstance(inner, Operation) and inner.lends)


def shared(lines: Sequence[Line], sizes: Collection[Symbol], fresh: Fresh) -> list[Line]:
    """The lines with names for all that is needed more than once; what is done with sizes alone costs nothing."""
    values = grouped(turned_once([from_the_right(line.value) for line in lines]))
    return _Sharing(frozenset(sizes), fresh).run(
        [replace(line, value=value) for line, value in zip(lines, values, strict=True)]
    )


def from_the_right(expr: Expr) -> Expr:
    """The expression with each product that ends in a column worked out from there, which keeps to columns."""
    args = [from_the_right(arg) if isinstance(arg, Expr) else arg for arg in expr.args]
    node: Expr = rebuilt(expr, args)
    if isinstance(node, Product) and len(node.args) > 2 and shape_of(node.args[-1])[1] == S.One:
        *before, last = node.args
        while before:
            last = Product(before.pop(), last)
        return last
    return node


def turned_once(exprs: Sequence[Expr]) -> list[Expr]:
    """The expressions with a product that is the transpose of one before it as that transpose: AᵀB + BᵀA is P + Pᵀ."""
    first: set[Expr] = set()
    known: dict[Expr, Expr] = {}
    for node in parts_of(exprs):
        if isinstance(node, Product):
            back = Product(*(turned(factor) for factor in reversed(node.args)))
            if back in first and back != node:
                known[node] = Transposed(back)
            first.add(node)
    return [substituted(expr, known) for expr in exprs] if known else list(exprs)


def grouped(exprs: Sequence[Expr]) -> list[Expr]:
    """The expressions with brackets in products of many factors round those that stand in several products.

    X·V and Xᵀ·X·V become X·V and Xᵀ·(X·V).
    """
    exprs = list(exprs)
    while True:
        products = [node for node in parts_of(exprs) if isinstance(node, Product)]
        runs = Counter(run for node in products for run in dict.fromkeys(_runs(node.args)))
        common = [run for run, count in runs.items() if count > 1]
        inner = max(common, key=len, default=())
        known = {node: bracketed for node in products if (bracketed := _bracketed(node, inner)) is not None}
        if not known:
            return exprs
        exprs = [substituted(expr, known) for expr in exprs]


def _runs(factors: tuple[Expr, ...]) -> Iterator[tuple[Expr, ...]]:
    """Two or more factors that stand side by side."""
    count = len(factors)
    return (factors[i:j] for i in range(count) for j in range(i + 2, count + 1))


def _bracketed(node: Product, inner: tuple[Expr, ...]) -> Expr | None:
    """The product with brackets round some of its factors, or None where those are not in it, or all of it."""
    size = len(inner)
    if not 1 < size < len(node.args):
        return None
    for k in range(len(node.args) - size + 1):
        if node.args[k : k + size] == inner:
            return Product(*node.args[:k], Product(*inner), *node.args[k + size :])
    return None


LONGEST_DENOMINATOR = 100
"""1/100000*a*(100000 + 4471*x) is to be a*(1 + 0.04471*x): a/100000 alone may be smaller than any float32 is."""


def without_number(expr: Add) -> tuple[Expr, Expr]:
    """The number that stands in front of all terms of a sum, and the rest; a long denominator stays in the terms."""
    number, rest = expr.primitive()
    return (number, rest) if number.q <= LONGEST_DENOMINATOR else (S(number.p), expr / number.p)


def canonical(expr: Expr) -> tuple[Expr, Expr]:
    """What is shared of an expression, and the number that it is multiplied by."""
    if isinstance(expr, Mul):
        number, rest = expr.as_coeff_Mul()
        if number is S.One or isinstance(rest, Add):
            return expr, S.One
        return rest, number
    if isinstance(expr, Add):
        number, rest = without_number(expr)
        return (-rest, -number) if rest.could_extract_minus_sign() else (rest, number)
    return expr, S.One


class _Sharing:
    def __init__(self, sizes: frozenset[Symbol], fresh: Fresh) -> None:
        self.sizes = sizes
        self.fresh = fresh
        self.count: Counter[Expr] = Counter()
        self.signs: Counter[Expr] = Counter()
        """For each sum, how much more often it is wanted as it stands in ``count`` than with the other sign."""
        self.names: dict[Expr, tuple[Symbol, Expr]] = {}
        self.lines: list[Line] = []

    def run(self, lines: Sequence[Line]) -> list[Line]:
        for line in lines:
            self._visit(line.value)
        for line in lines:
            value = self._rebuilt(line.value, line.part, named=not line.helper)
            self.lines.append(replace(line, value=value))
            key, number = canonical(line.value)
            if not line.helper and self._is_costly(key) and key not in self.names:
                self.names[key] = line.targets[0], 1 / number
        return self.lines

    def _visit(self, expr: Basic, squared: bool = False) -> None:
        """Count what the expression is made of, once for each place where it is worked out."""
        if not expr.args:
            return
        inner = _turned_over(expr)
        if inner is not None:
            return self._visit(inner)
        key, number = canonical(expr) if isinstance(expr, Expr) else (expr, S.One)
        if self._is_costly(key):
            self.count[key] += 1
            self.signs[key] += 0 if squared else (1 if number.is_positive else -1)
            if self.count[key] > 1:
                return None
        for arg in key.args:
            self._visit(arg, squared=isinstance(key, Pow) and bool(key.exp.is_even))
        return None

    def _rebuilt(self, expr: Basic, part: str, named: bool = False) -> Basic:
        """The expression with names for what has one; ``named`` is what a line is about to name."""
        if not expr.args:
            return expr
        inner = _turned_over(expr)
        if inner is not None:
            return 1 / self._rebuilt(inner, part)
        key, number = canonical(expr) if isinstance(expr, Expr) else (expr, S.One)
        if key in self.names:
            name, scale = self.names[key]
            return number * scale * name
        args = [self._rebuilt(arg, part) for arg in key.args]
        value: Basic = rebuilt(key, args)
        if named or self.count[key] < 2:
            # A condition is no factor: what has no number in front stays as it is.
            return expr if value is key else value if number is S.One else number * value
        sign = Integer(-1 if isinstance(key, Add) and self.signs[key] < 0 else 1)
        name = self.fresh.numbered("t", key)
        self.lines.append(Line((name,), sign * value, part))
        self.names[key] = name, sign
        return number * sign * name

    def _is_costly(self, key: Basic) -> bool:
        """Whether working it out twice would be a waste: it has names in it, and is no view."""
        return isinstance(key, Identity) or bool(
            isinstance(key, Expr)
            and key.args
            and not isinstance(key, ExprCondPair)
            and not is_view(key)
            and key.free_symbols - self.sizes
            and _turned_over(key) is None
        )


def _turned_over(expr: Basic) -> Expr | None:
    """What an expression is one over, if it is written so: x/√v is a quotient, and √v what may be shared."""
    if isinstance(expr, Pow) and expr.exp.is_number and expr.exp.is_negative:
        inner: Expr = expr.base if expr.exp == -1 else Pow(expr.base, -expr.exp)
        return inner
    return None
