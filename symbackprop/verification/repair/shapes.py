"""Edits that need a formula of their own: transposes, the axis of a sum, powers, sides of kinks, names throughout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from sympy import Abs, Add, Basic, Expr, Function, Integer, Max, Min, Mul, Piecewise, Pow, S, Symbol, sign, tanh
from sympy.core.relational import Relational

from symbackprop.functions import relu, sigmoid, step
from symbackprop.judge.entries import Entries
from symbackprop.matrices import Product, Sum, SumAll, Transposed, product
from symbackprop.verification.repair.edits import Act, Edit, Editor, Kind
from symbackprop.verification.repair.known import Sort
from symbackprop.verification.repair.parts import Part, inner
from symbackprop.verification.repair.worlds import NO_VALUE, Residues

MOST_TRIED = 1500
MOST_NAMES = 40

Variant = tuple[Kind, Basic] | tuple[Kind, Basic, str]
"""The kind of an edit, what to put, and how it is said where that cannot be told from it."""


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
            for kind, new, *said in self._variants(part):
                if self.tried > MOST_TRIED:
                    return
                yield from self._fitting(kind, part, new, "".join(said))

    def _fitting(self, kind: Kind, part: Part, new: Basic, said: str) -> Iterator[Edit]:
        self.tried += 1
        linear = part.linear
        try:
            inside = part.put_below(new, linear)
            value = self.residues.value(inside)
        except NO_VALUE:
            return
        assert linear.weight is not None
        assert linear.value is not None
        if not _repeats_to(value, linear.weight):
            return
        needed = (inner(linear.weight, linear.value, self.p) + self.editor.gap) % self.p
        found = inner(linear.weight, value, self.p)
        if found == needed:
            yield Edit(kind, Act.PUT, part, part.node, new, part.put, new, said=said)
        elif kind is Kind.AXIS and found and needed:
            for scale in self.editor.scales.between(found, needed) if linear is part else ():
                amount = new * scale
                yield Edit(kind, Act.PUT, part, part.node, amount, part.put, amount, odd=True)

    def _variants(self, part: Part) -> Iterator[Variant]:
        node = part.node
        if isinstance(node, Relational):
            yield Kind.SIDE, node.reversed.func(node.lhs, node.rhs)
            return
        if not isinstance(node, Expr):
            return
        yield from self._of_matrices(part, node)
        yield from _of_functions(node)
        yield from _powers(part, node)
        yield from self._throughout(part, node)
        if part.weight is None:
            yield from self._below_a_function(part, node)

    def _of_matrices(self, part: Part, node: Expr) -> Iterator[Variant]:
        if part.value is None or not part.value.shape:
            if isinstance(node, SumAll):
                yield from ((Kind.AXIS, Sum(node.args[0], axis)) for axis in (0, 1))
                yield Kind.AXIS, node.args[0]
            return
        if part.value.shape[0] == part.value.shape[1]:
            yield Kind.TURN, node.args[0] if isinstance(node, Transposed) else Transposed(node)
        if isinstance(node, Product):
            yield from _other_orders(node)
        if isinstance(node, Sum):
            yield Kind.AXIS, Sum(node.args[0], 1 - node.axis)
            yield Kind.AXIS, SumAll(node.args[0])
            yield Kind.AXIS, node.args[0]
        elif not isinstance(node, (Transposed, Product)) or part.parent is not None:
            number, rest = node.as_coeff_Mul()
            yield from ((Kind.AXIS, number * Sum(rest, axis)) for axis in (0, 1))
            yield Kind.AXIS, number * SumAll(rest)

    def _throughout(self, part: Part, node: Expr) -> Iterator[Variant]:
        """One name for another throughout, and two names exchanged."""
        if not node.args or (part.parent is not None and not isinstance(part.parent.node, (Add, Product))):
            return
        names = sorted((s for s in node.free_symbols if _count(node, s) > 1), key=str)
        for name in names:
            for other in self.names:
                if other.expr != name and other.value.shape == self.residues.value(name).shape:
                    where = "" if part.parent is None else f" throughout {node!s:.60}"
                    yield Kind.NAME, node.xreplace({name: other.expr}), f"right if {name} is {other.expr}{where}"
        if part.parent is None:
            for a, b in combinations(sorted(node.free_symbols, key=str)[:MOST_NAMES], 2):
                if self.residues.value(a).shape == self.residues.value(b).shape:
                    yield Kind.NAME, node.xreplace({a: b, b: a}), f"right if {a} and {b} are exchanged"

    def _below_a_function(self, part: Part, node: Expr) -> Iterator[Variant]:
        """Signs, numbers and names where the whole does not depend on them linearly."""
        if node.is_number:
            yield from ((Kind.NUMBER, n) for n in (-node, 2 * node, node / 2, node + 1, node - 1, 1 / node) if n != node)
            return
        yield Kind.SIGN, -node
        if node.is_Symbol:
            for other in self.names:
                if other.expr != node and part.value is not None and other.value.shape == part.value.shape:
                    yield Kind.NAME, other.expr
        if isinstance(node, (Add, Mul)):
            kind = Kind.TERM if node.is_Add else Kind.REMOVAL
            for k in range(len(node.args)):
                yield kind, node.func(*node.args[:k], *node.args[k + 1 :])
        elif not node.is_Symbol:
            yield Kind.SIDE, 1 - node


def _repeats_to(value: Entries, weight: Entries) -> bool:
    shape, goal = value.shape, weight.shape
    return not shape or (len(shape) == len(goal) and all(a in (1, b) for a, b in zip(shape, goal, strict=True)))


def _count(node: Basic, name: Symbol) -> int:
    """How often a name stands in a formula."""
    if node == name:
        return 1
    return sum(_count(arg, name) for arg in node.args if arg.has(name)) if node.args else 0


def _other_orders(node: Product) -> Iterator[Variant]:
    """Two factors of a matrix product exchanged, and as many transposed as it takes."""
    factors = node.args
    for k in range(len(factors) - 1):
        for a, b in ((factors[k + 1], factors[k]), (_turned(factors[k]), _turned(factors[k + 1])),
                     (_turned(factors[k + 1]), _turned(factors[k]))):  # fmt: skip
            yield Kind.TURN, product(*factors[:k], a, b, *factors[k + 2 :])


def _turned(a: Expr) -> Expr:
    return a.args[0] if isinstance(a, Transposed) else Transposed(a)


def _of_functions(node: Expr) -> Iterator[Variant]:
    """Sides of kinks, and one function for another."""
    if isinstance(node, (Max, Min)):
        other = Min if isinstance(node, Max) else Max
        yield Kind.SIDE, other(*node.args)
        if len(node.args) == 2:
            yield from ((Kind.SIDE, arg) for arg in node.args)
    elif isinstance(node, Piecewise) and len(node.args) >= 2:
        for k in range(len(node.args) - 1):
            (a, c), (b, d) = node.args[k], node.args[k + 1]
            yield Kind.SIDE, Piecewise(*node.args[:k], (b, c), (a, d), *node.args[k + 2 :])
        yield from ((Kind.SIDE, branch.expr) for branch in node.args)
    elif isinstance(node, Function) and len(node.args) == 1:
        z = node.args[0]
        yield Kind.SIDE, node.func(-z)
        for other in (step, relu, sigmoid, tanh, sign, Abs):
            if not isinstance(node, other):
                yield Kind.SIDE, other(z)
        yield Kind.SIDE, 1 - node


def _powers(part: Part, node: Expr) -> Iterator[Variant]:
    """Other exponents."""
    if isinstance(node, Pow):
        base, exponent = node.args
        for other in (exponent + 1, exponent - 1, -exponent, 2 * exponent, exponent / 2):
            yield Kind.POWER, base if other == 1 else S.One if other == 0 else Pow(base, other)
        if exponent == Integer(2):
            yield Kind.POWER, base
    elif node.is_Symbol and not isinstance(part.parent.node if part.parent else None, Pow):
        yield Kind.POWER, node**2
        if part.parent is not None:
            yield Kind.POWER, 1 / node
            if part.value is not None and not part.value.shape:
                yield Kind.POWER, node ** (S.One / 2)
