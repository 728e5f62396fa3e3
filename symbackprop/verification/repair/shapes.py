"""Edits that need a formula of their own: transposes, the axis of a sum, powers, sides of kinks, names throughout."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from sympy import Abs, Add, Basic, Expr, Function, Integer, Max, Min, Mul, Piecewise, Pow, S, Symbol, sign, tanh
from sympy.core.relational import Relational

from symbackprop.functions import relu, sigmoid, step
from symbackprop.judge.entries import Entries
from symbackprop.matrices import Product, Sum, SumAll, product
from symbackprop.verification.repair.edits import Act, Edit, Editor, Kind
from symbackprop.verification.repair.known import Sort
from symbackprop.verification.repair.parts import Part, goes_into, inner, summed
from symbackprop.verification.repair.places import turned
from symbackprop.verification.repair.worlds import NO_VALUE, Residues

MOST_TRIED = 1500
MOST_NAMES = 40


@dataclass(frozen=True, eq=False)
class Variant:
    """Something to put in the place of a part, with its value if that is known, and how it is said."""

    kind: Kind
    new: Callable[[], Basic]
    value: Entries | None = None
    names: tuple[Expr, ...] = ()
    """The name that is exchanged throughout, and the one for it, for which the first one may be put in turn."""


def _variant(kind: Kind, new: Basic) -> Variant:
    return Variant(kind, lambda: new)


class Reshaper:
    """Tries other formulas in the place of a part."""

    def __init__(self, editor: Editor, parts: Sequence[Part], residues: Residues) -> None:
        self.editor = editor
        self.parts = parts
        self.residues = residues
        self.p = residues.p
        self.names = [one for one in editor.known if one.sort is Sort.NAME][:MOST_NAMES]
        self.tried = 0

    def edits(self) -> Iterator[Edit]:
        """Every edit that fits."""
        for part in self.parts:
            for variant in self._variants(part):
                if self.tried > MOST_TRIED:
                    return
                self.tried += 1
                yield from self._fitting(part, variant)

    def _fitting(self, part: Part, variant: Variant) -> Iterator[Edit]:
        linear = part.linear
        value = variant.value
        try:
            new = variant.new()
            if value is None:
                value = self.residues.value(part.put_below(new, linear))
        except NO_VALUE:
            return
        assert linear.weight is not None
        assert linear.value is not None
        if not goes_into(value.shape, linear.weight.shape):
            return
        if variant.kind is Kind.AXIS and not any(value.flat):
            return  # to leave a term out is said as that
        needed = (inner(linear.weight, linear.value, self.p) + self.editor.gap) % self.p
        found = inner(linear.weight, value, self.p)
        if found == needed:
            yield Edit(variant.kind, Act.PUT, part, part.node, new, part.put, new, names=variant.names)
        elif variant.kind is Kind.AXIS and linear is part:
            for scale in self.editor.scales.between(found, needed):
                amount = new * scale
                yield Edit(Kind.AXIS, Act.PUT, part, part.node, amount, part.put, amount, odd=True)

    def _variants(self, part: Part) -> Iterator[Variant]:
        node = part.node
        if isinstance(node, Relational):
            yield _variant(Kind.SIDE, node.reversed.func(node.lhs, node.rhs))
            return
        if not isinstance(node, Expr):
            return
        if part.value is not None and part.value.shape:
            yield from self._turned(part, node, part.value)
        if isinstance(node, (Sum, SumAll)):
            yield from _other_sums(node)
        if isinstance(node, Product):
            yield from _other_orders(node)
        yield from _of_functions(node)
        yield from _powers(part, node)
        yield from self._throughout(part, node)
        if part.weight is None:
            yield from self._below_a_function(part, node)

    def _turned(self, part: Part, node: Expr, value: Entries) -> Iterator[Variant]:
        """The transpose, and sums of rows, of columns and of all, whose values are quickly told."""
        linear = part.weight is not None
        rows, columns = value.shape
        if rows == columns:
            yield Variant(Kind.TURN, lambda: turned(node), value.transposed if linear else None)
        if isinstance(node, Sum):
            return
        number, rest = node.as_coeff_Mul()
        for axis, shape in ((0, (1, columns)), (1, (rows, 1))):
            if shape != value.shape:
                sums = summed(value, shape, self.p) if linear else None
                yield Variant(Kind.AXIS, partial(_sum, number, rest, axis), sums)
        yield Variant(Kind.AXIS, lambda: number * SumAll(rest), summed(value, (), self.p) if linear else None)

    def _throughout(self, part: Part, node: Expr) -> Iterator[Variant]:
        """One name for another throughout, and two names exchanged."""
        if not node.args or (part.parent is not None and not isinstance(part.parent.node, (Add, Product))):
            return
        for name in sorted((s for s in node.free_symbols if _count(node, s) > 1), key=str):
            for other in self.names:
                if other.expr != name and other.value.shape == self.residues.value(name).shape:
                    names = name, other.expr
                    yield Variant(Kind.NAME, partial(node.xreplace, {name: other.expr}), names=names)
        if part.parent is None:
            for a, b in combinations(sorted(node.free_symbols, key=str)[:MOST_NAMES], 2):
                if self.residues.value(a).shape == self.residues.value(b).shape:
                    yield Variant(Kind.NAME, partial(node.xreplace, {a: b, b: a}), names=(a, b, a))

    def _below_a_function(self, part: Part, node: Expr) -> Iterator[Variant]:
        """Signs, numbers and names where the whole does not depend on them linearly."""
        if node.is_number:
            if isinstance(part.parent.node if part.parent else None, Pow) and part.index == 1:
                return  # the power has its own edits
            yield from (
                _variant(Kind.NUMBER, n) for n in (-node, 2 * node, node / 2, node + 1, node - 1, 1 / node) if n != node
            )
            return
        yield _variant(Kind.SIGN, -node)
        if node.is_Symbol:
            for other in self.names:
                if other.expr != node and part.value is not None and other.value.shape == part.value.shape:
                    yield _variant(Kind.NAME, other.expr)
        if isinstance(node, (Add, Mul)):
            kind = Kind.TERM if node.is_Add else Kind.REMOVAL
            for k in range(len(node.args)):
                yield _variant(kind, node.func(*node.args[:k], *node.args[k + 1 :]))
        elif not node.is_Symbol:
            yield _variant(Kind.SIDE, 1 - node)


def _count(node: Basic, name: Symbol) -> int:
    """How often a name stands in a formula."""
    if node == name:
        return 1
    return sum(_count(arg, name) for arg in node.args if arg.has(name)) if node.args else 0


def _sum(number: Expr, rest: Expr, axis: int) -> Expr:
    return number * Sum(rest, axis)


def _other_sums(node: Sum | SumAll) -> Iterator[Variant]:
    """Of rows for that of columns, of all, and none."""
    inside = node.operands[0]
    if isinstance(node, Sum):
        yield _variant(Kind.AXIS, Sum(inside, 1 - node.axis))
        yield _variant(Kind.AXIS, SumAll(inside))
    else:
        yield from (_variant(Kind.AXIS, Sum(inside, axis)) for axis in (0, 1))
    yield _variant(Kind.AXIS, inside)


def _other_orders(node: Product) -> Iterator[Variant]:
    """Two factors of a matrix product exchanged, and as many transposed as it takes."""
    factors = node.args
    for k in range(len(factors) - 1):
        for a, b in ((factors[k + 1], factors[k]), (turned(factors[k]), turned(factors[k + 1])),
                     (turned(factors[k + 1]), turned(factors[k]))):  # fmt: skip
            yield _variant(Kind.TURN, product(*factors[:k], a, b, *factors[k + 2 :]))


def _of_functions(node: Expr) -> Iterator[Variant]:
    """Sides of kinks, and one function for another."""
    if isinstance(node, (Max, Min)):
        other = Min if isinstance(node, Max) else Max
        yield _variant(Kind.SIDE, other(*node.args))
        if len(node.args) == 2:
            yield from (_variant(Kind.SIDE, arg) for arg in node.args)
    elif isinstance(node, Piecewise) and len(node.args) >= 2:
        for k in range(len(node.args) - 1):
            (a, c), (b, d) = node.args[k], node.args[k + 1]
            yield _variant(Kind.SIDE, Piecewise(*node.args[:k], (b, c), (a, d), *node.args[k + 2 :]))
        yield from (_variant(Kind.SIDE, branch.expr) for branch in node.args)
    elif isinstance(node, Function) and len(node.args) == 1:
        z = node.args[0]
        yield _variant(Kind.SIDE, node.func(-z))
        for other in (step, relu, sigmoid, tanh, sign, Abs):
            if not isinstance(node, other):
                yield _variant(Kind.SIDE, other(z))
        yield _variant(Kind.SIDE, 1 - node)


def _powers(part: Part, node: Expr) -> Iterator[Variant]:
    """Other exponents."""
    if isinstance(node, Pow):
        base, exponent = node.args
        for other in (exponent + 1, exponent - 1, -exponent, 2 * exponent, exponent / 2):
            yield _variant(Kind.POWER, base if other == 1 else S.One if other == 0 else Pow(base, other))
        if exponent == Integer(2):
            yield _variant(Kind.POWER, base)
    elif node.is_Symbol and not isinstance(part.parent.node if part.parent else None, Pow):
        yield _variant(Kind.POWER, node**2)
        if part.parent is not None:
            yield _variant(Kind.POWER, 1 / node)
            if part.value is not None and not part.value.shape:
                yield _variant(Kind.POWER, node ** (S.One / 2))
