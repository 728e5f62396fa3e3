"""The value of an expression for numbers of any kind, read straight off the SymPy tree.

Functions are taken by their elementary definitions and operations by theirs, so that nothing of the calculus, of its
tables of derivatives and adjoints, and of the generated code is trusted here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache, lru_cache, partial
from typing import Any

import sympy
from sympy import Basic, Expr, Piecewise, Pow, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import ITE, And, BooleanFalse, BooleanTrue, Not, Or

from symbackprop.functions import UserFunction, primitive_of
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.judge import entries
from symbackprop.judge.definitions import FORMULAS, FUNCTIONS, OPERATIONS
from symbackprop.judge.entries import Entries, entrywise, folded
from symbackprop.judge.forks import Forks, difference
from symbackprop.judge.numbers import Number, Numbers, Undecidable
from symbackprop.matrices import Operation, UserOperation


def parts_of(node: Basic) -> Sequence[Basic]:
    """What a node needs first."""
    if isinstance(node, Piecewise):
        return [part for branch in node.args for part in (branch.expr, *_compared(branch.cond))]
    if isinstance(node, SoftmaxComponent):
        return node.scores
    if isinstance(node, Operation):
        return node.operands
    if isinstance(node, Relational):
        return [difference(node)]
    if node.is_Atom:
        return ()
    return node.args  # type: ignore[no-any-return]


def _compared(condition: Basic) -> list[Basic]:
    if isinstance(condition, Relational):
        return [difference(condition)]
    return [part for arg in condition.args for part in _compared(arg)]


class Walk:
    """Values of expressions over given values of names. What was worked out once is kept.

    ``sizes`` are whole numbers for the symbols of sizes; ``forks`` hears of each comparison. ``rule`` is what a node of
    the expression itself is worth, once what ``parts`` says that it needs is known.
    """

    def __init__(
        self,
        numbers: Numbers,
        values: Mapping[str, Entries],
        sizes: Mapping[str, int],
        forks: Forks | None = None,
        rule: Callable[[Walk, Basic], Entries] | None = None,
        parts: Callable[[Basic], Sequence[Basic]] = parts_of,
    ) -> None:
        self.numbers: Numbers = numbers
        self.values = values
        self.sizes = sizes
        self.forks = forks or Forks()
        self.rule = rule or Walk.by_definition
        self.parts = parts
        self.known: dict[Basic, Entries] = {}
        self.zero: Number = numbers.number(Fraction(0))
        self.one: Number = numbers.number(Fraction(1))

    def value(self, root: Basic) -> Entries:
        """The value of an expression. Raises Unlucky where there is none at these numbers, Undecidable where never."""
        for node in _parts_first(root, self.parts):
            if node not in self.known:
                self.known[node] = self.rule(self, node)
        return self.known[root]

    def size(self, expr: Expr) -> int:
        """A size as a whole number."""
        return int(at_sizes(expr, self.sizes))

    # What it is then

    def by_definition(self, node: Basic) -> Entries:
        """What a node is worth by its definition, where its parts are known."""
        if isinstance(node, Symbol):
            return self._name(node)
        if node.is_Rational:
            return Entries.scalar(self.numbers.number(Fraction(int(node.p), int(node.q))))
        if node.is_Float:
            return Entries.scalar(self.numbers.number(_fraction(node)))
        if isinstance(node, Piecewise):
            return self._piecewise(node)
        if isinstance(node, Pow):
            return self._power(node)
        if isinstance(node, SoftmaxComponent):
            return self._of_definition(node, node.definition())
        if isinstance(node, UserFunction):
            return self._applied(node, node.parameters, node.body)
        if isinstance(node, UserOperation):
            formula = node.definition()
            if formula is None:
                raise Undecidable(f"{node.spoken} is known by a NumPy function alone")
            return self._inner(formula)
        if isinstance(node, Operation):
            return OPERATIONS[type(node)](self, node, *(self.known[operand] for operand in node.operands))
        rule = FUNCTIONS.get(type(node))
        if rule is not None:
            return rule(self, node, [self.known[arg] for arg in node.args])
        definition = definition_of(node)
        if definition is not None:
            return self._applied(node, *definition)
        raise Undecidable(f"{type(node).__name__} has no definition that can be worked out exactly")

    def _name(self, name: Symbol) -> Entries:
        if name.name in self.values:
            return self.values[name.name]
        if name.name in self.sizes:
            return Entries.scalar(self.numbers.number(Fraction(self.sizes[name.name])))
        raise Undecidable(f"{name.name} has no value")

    def _of_definition(self, node: Basic, definition: Expr) -> Entries:
        return Walk(self.numbers, self.values, self.sizes, self.forks).adopting(self.known).value(definition)

    def adopting(self, known: dict[Basic, Entries]) -> Walk:
        """This walk, with values that another one knows."""
        self.known = known
        return self

    def _inner(self, formula: Expr) -> Entries:
        return self._of_definition(formula, formula)

    def _applied(self, node: Basic, places: Sequence[Symbol], body: Expr) -> Entries:
        """A function by its formula. Its forks are named by what stands in it here."""
        inner = Walk(
            self.numbers, self.values, self.sizes, self.forks.inside(dict(zip(places, node.args, strict=True)))
        )
        inner.known = {place: self.known[arg] for place, arg in zip(places, node.args, strict=True)}
        return inner.value(body)

    def _power(self, node: Pow) -> Entries:
        base, exponent = self.known[node.base], self.known[node.exp]
        if node.exp.is_Rational:
            power = partial(self.numbers.power, exponent=Fraction(int(node.exp.p), int(node.exp.q)))
            result = base.each(power)
            self.forks.turned(node, self.numbers.turned)
            return result
        if all(symbol.name in self.sizes for symbol in node.exp.free_symbols):
            known = at_sizes(node.exp, self.sizes)
            if known.is_Rational:
                return base.each(partial(self.numbers.power, exponent=Fraction(int(known.p), int(known.q))))
        if node.base == sympy.E:
            return exponent.each(self.numbers.exp)
        return entrywise(lambda x, y: self.numbers.exp(y * self.numbers.log(x)), base, exponent)

    # Comparisons

    def sides(self, key: Expr, numbers: Entries) -> list[int]:
        """The sign of each entry of what is compared with zero, as the forks have it."""
        return [self.forks.side(key, x, self.numbers) for x in numbers.flat]

    def _piecewise(self, node: Piecewise) -> Entries:
        conditions = [self._condition(branch.cond) for branch in node.args]
        parts = [self.known[branch.expr] for branch in node.args]
        shape = entries.common_shape([*parts, *conditions])
        flats = [entries.repeated(part, shape).flat for part in parts]
        held = [entries.repeated(condition, shape).flat for condition in conditions]
        chosen = []
        for place in range(len(flats[0])):
            branch = next((k for k, condition in enumerate(held) if condition[place]), None)
            if branch is None:
                raise Undecidable("a piecewise function that leaves a case out")
            self.forks.took(node, branch)
            chosen.append(flats[branch][place])
        return Entries(shape, tuple(chosen))

    def _condition(self, condition: Basic) -> Entries:
        if isinstance(condition, (BooleanTrue, BooleanFalse)):
            return Entries.scalar(bool(condition))
        if isinstance(condition, Relational):
            gap = difference(condition)
            compared = self.known[gap]
            test = RELATIONS[type(condition)]
            return Entries(compared.shape, tuple(test(side) for side in self.sides(gap, compared)))
        parts = [self._condition(arg) for arg in condition.args]
        if isinstance(condition, (And, Or)):
            combine: Callable[[bool, bool], bool] = (lambda a, b: a and b) if isinstance(condition, And) else _either
            return folded(combine, parts)
        if isinstance(condition, Not):
            return parts[0].each(lambda held: not held)
        if isinstance(condition, ITE):
            return entrywise(lambda test, then, other: then if test else other, *parts)
        raise Undecidable(f"the condition {condition} is of a kind that cannot be judged")


@lru_cache(maxsize=1 << 14)
def _parts_first(root: Basic, parts: Callable[[Basic], Sequence[Basic]]) -> tuple[Basic, ...]:
    """Every node of an expression that is worked out, each once, behind those that it needs."""
    found: dict[Basic, None] = {}
    stack = [root]  # without recursion: closed forms of deep networks nest deeply
    while stack:
        node = stack[-1]
        missing = [part for part in parts(node) if part not in found]
        if missing:
            stack.extend(missing)
            continue
        found.setdefault(node)
        stack.pop()
    return tuple(found)


def at_sizes(expr: Expr, sizes: Mapping[str, int]) -> Expr:
    """An expression with whole numbers for the symbols of sizes, whatever is assumed of these."""
    return expr.xreplace({s: sympy.Integer(sizes[s.name]) for s in expr.free_symbols if s.name in sizes})


def definition_of(node: Basic) -> tuple[tuple[Symbol, ...], Expr] | None:
    """The formula of an applied function, in terms of places for its arguments; None where it has none."""
    row = primitive_of(node)
    formula = FORMULAS.get(type(node)) or (row.definition if row is not None else None)
    return None if formula is None else _in_places(formula, len(node.args))


@cache
def _in_places(formula: Callable[..., Expr], count: int) -> tuple[tuple[Symbol, ...], Expr]:
    """A formula in terms of so many places. SymPy takes its time to build one."""
    places = tuple(Symbol(f"_{k}") for k in range(count))
    return places, formula(*places)


def _either(a: bool, b: bool) -> bool:
    return a or b


def _fraction(number: Any) -> Fraction:
    """A decimal as it was written: what a person means by 0.1 is a tenth."""
    return Fraction(str(sympy.Float(number, 15)))


RELATIONS: Mapping[type, Callable[[int], bool]] = {
    sympy.StrictGreaterThan: lambda side: side > 0,
    sympy.GreaterThan: lambda side: side >= 0,
    sympy.StrictLessThan: lambda side: side < 0,
    sympy.LessThan: lambda side: side <= 0,
}
