"""Putting equations into one another, for forms in weights and inputs alone.

Values of a network are shared by many expressions, so an expression written out is large as a tree and small in memory.
SymPy looks into the arguments of some functions when it makes them, or asks whether they are finite, and such a look
takes time that doubles with each layer. So they are made without looking, and tanh and cases go under names of which
SymPy asks nothing until the work is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import (
    Abs,
    And,
    Basic,
    Expr,
    Max,
    Min,
    Or,
    Piecewise,
    Pow,
    Symbol,
    exp,
    log,
    sign,
    tanh,
)
from sympy.core.operations import LatticeOp
from sympy.core.relational import Relational
from sympy.functions.elementary.piecewise import ExprCondPair

from symbackprop.functions.veils import VeiledCases, VeiledTanh
from symbackprop.notation.recursion import has_parts_within, parts_first

LOOKING = (exp, log, Abs, sign, Max, Min)
"""Functions that look into their arguments when they are made."""
UNSORTED = (Max, Min, And, Or, Relational)
"""What looks into its arguments even where it is told not to evaluate."""
SHORT = 300
"""How many parts an argument may have that SymPy may look into."""
CASES = (Piecewise, ExprCondPair)


class Expansion:
    """Every value of a network in inputs, targets and parameters alone, and whatever is put together of them.

    What SymPy does not get to see is made here, once for the same arguments: SymPy compares expressions part by part,
    which takes time without end where large ones are equal but not the same.
    """

    def __init__(self, equations: Mapping[Symbol, Expr]) -> None:
        self._made: dict[tuple[Any, ...], Basic] = {}
        self._unveiled: dict[Basic, Basic] = {}
        self._veils = False
        self.values: dict[Symbol, Expr] = {}
        for name, expr in equations.items():
            self.values[name] = self.put_in(expr)

    def put_in(self, expr: Expr) -> Expr:
        """Replace names by their values; ``expr`` itself is small, the values may be large and shared."""
        if expr.is_Symbol:
            return self.values.get(expr, expr)
        if not expr.args:
            return expr
        args = [self.put_in(arg) for arg in expr.args]
        if isinstance(expr, tanh):
            self._veils = True
            return VeiledTanh(*args)
        return expr if _are_same(args, expr.args) else self._rebuilt(expr, args, veiled=True)

    def unveiled(self, root: Expr) -> Expr:
        """The expression with tanh and cases under their own names, and nothing else changed."""
        if not self._veils:
            return root
        made = self._unveiled
        stack: list[Basic] = [root]
        while stack:
            node = stack[-1]
            missing = [arg for arg in node.args if arg not in made]
            if node in made or not missing:
                stack.pop()
                if node not in made:
                    args = [made[arg] for arg in node.args]
                    made[node] = self._shown(node, args)
            else:
                stack.extend(missing)
        return made[root]

    def _shown(self, node: Basic, args: list[Basic]) -> Basic:
        if isinstance(node, VeiledTanh):
            return tanh(*args, evaluate=False)
        if isinstance(node, VeiledCases):
            return self._unseen(Piecewise, args)
        return node if _are_same(args, node.args) else self._rebuilt(node, args, veiled=False)

    def _rebuilt(self, node: Basic, args: list[Basic], *, veiled: bool) -> Any:
        """The same operation on other arguments, with as little of a look at them as SymPy can be held to."""
        if isinstance(node, Piecewise) and veiled:
            self._veils = True
            return self._unseen(VeiledCases, args)
        if isinstance(node, CASES) or (isinstance(node, UNSORTED) and (not _are_short(args) or _have_cases(args))):
            return self._unseen(node.func, args)
        plain = isinstance(node, (*LOOKING, Relational)) or _is_open_power(node, args)
        if plain or (not veiled and isinstance(node, Expr)):
            return node.func(*args, evaluate=False)
        return node.func(*args)

    def _unseen(self, kind: type[Basic], args: Sequence[Basic]) -> Basic:
        """Made without SymPy, which would sort the arguments, ask for signs, or turn cases into other forms."""
        key = (kind, *map(id, args))
        if key not in self._made:
            made = Basic.__new__(kind, *args)
            if issubclass(kind, LatticeOp):
                made._argset = frozenset(args)
            self._made[key] = made
        return self._made[key]


def nesting(equations: Mapping[Symbol, Expr]) -> int:
    """How many levels deep the deepest equation nests, with the names in it written out; nothing is put in for it."""
    levels: dict[Basic, int] = {}
    for name, expr in equations.items():
        for part in parts_first(expr):
            if part not in levels:
                levels[part] = 1 + max((levels[arg] for arg in part.args), default=0)
        levels[name] = levels[expr]
    return max(levels.values(), default=0)


def _are_same(args: Sequence[Basic], others: Sequence[Basic]) -> bool:
    return all(a is b for a, b in zip(args, others, strict=True))


def _have_cases(args: Sequence[Basic]) -> bool:
    """Whether cases stand inside: of conditions on these SymPy makes ITE, which nothing else here knows."""
    return any(arg.has(Piecewise) for arg in args)


def _are_short(args: Sequence[Basic]) -> bool:
    return all(has_parts_within(arg, SHORT) for arg in args)


def _is_open_power(node: Basic, args: Sequence[Basic]) -> bool:
    return isinstance(node, Pow) and not args[1].is_Number and not _are_short(args)
