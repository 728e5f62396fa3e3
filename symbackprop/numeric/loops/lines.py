"""Lines for plain numbers: a square is a product with itself, and a softmax is worked out score by score."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from sympy import Add, Basic, Expr, Max, Mul, Piecewise, Pow, Symbol, exp, log

from symbackprop.functions import UserFunction
from symbackprop.functions.softmax import SoftmaxComponent, log_softmax_component, log_sum_exp
from symbackprop.numeric.loops.update import Assignment
from symbackprop.numeric.program.line import Line


class Squares:
    """Squares and cubes of sums and products as products of a name with itself, which stands in other lines, too.

    That takes a quarter of the time of a power, and does not raise. ``elsewhere`` are the expressions of other lines:
    where minus a sum is in one of them, that is what gets the name.
    """

    def __init__(self, fresh: Callable[[str], Symbol], elsewhere: Iterable[Expr]) -> None:
        self.fresh = fresh
        self.sums = {part for expr in elsewhere for part in expr.atoms(Add)}
        self.names: dict[Basic, Symbol] = {}

    def named(self, lines: Iterable[Line]) -> Iterator[Line]:
        """The lines, with those before each that name a base."""
        for line in lines:
            bases: list[Assignment] = []
            value = self._out_of(line.value.xreplace(self.names), bases)
            yield from (replace(line, targets=(name,), value=base) for name, base in bases)
            yield replace(line, value=value)

    def _out_of(self, expr: Any, found: list[Assignment]) -> Any:
        if not expr.args or isinstance(expr, Piecewise):
            return expr
        args = [self._out_of(arg, found) for arg in expr.args]
        node = expr if all(a is b for a, b in zip(args, expr.args, strict=True)) else expr.func(*args)
        if not (isinstance(node, Pow) and node.exp in (2, 3) and isinstance(node.base, (Add, Mul))):
            return node
        base = -node.base if node.exp == 2 and -node.base in self.sums else node.base
        if base not in self.names:
            self.names[base] = self.fresh("base")
            found.append((self.names[base], base))
        return Pow(self.names[base], node.exp)


class Softmaxes:
    """Softmaxes as assignments: the largest score, the powers of the others beside it, their total, each component.

    What components of the same scores share is assigned once, before the first line that needs it.
    """

    def __init__(self, fresh: Callable[[str], Symbol]) -> None:
        self.fresh = fresh
        self.shared: dict[tuple[Expr, ...], tuple[Symbol, tuple[Expr, ...], tuple[Symbol, ...], Symbol]] = {}
        self.components: dict[Basic, Expr] = {}

    def expanded(self, lines: Iterable[Line]) -> Iterator[Line]:
        """The lines, with those before each that its softmaxes need."""
        for line in lines:
            for left, right in self._expanded(line.targets[0], line.value):
                yield replace(line, targets=(left,), value=right)

    def _expanded(self, left: Symbol, right: Expr) -> Iterator[Assignment]:
        right = _without_functions_of_softmaxes(right)
        known: dict[Basic, Expr] = {}
        for component in sorted(right.atoms(SoftmaxComponent), key=lambda c: (c.spoken, c.index, str(c))):
            if component not in self.components:
                yield from self._shared(component.scores)
                whole = self._component(component)
                if component == right:
                    self.components[component] = left
                    yield left, whole
                    return
                self.components[component] = self.fresh(component.spoken)
                yield self.components[component], whole
            known[component] = self.components[component]
        for level in sorted(right.atoms(log_sum_exp), key=str):
            yield from self._shared(level.scores)
            top, _, _, total = self.shared[level.scores]
            known[level] = top + log(total)
        yield left, right.xreplace(known)

    def _shared(self, scores: tuple[Expr, ...]) -> Iterator[Assignment]:
        if scores in self.shared:
            return
        top, total = self.fresh("top"), self.fresh("total")
        shifted, powers = [], []
        yield top, Max(*scores, evaluate=False) if len(scores) > 1 else scores[0]
        for score in scores:
            shifted.append(self.fresh("below"))
            yield shifted[-1], Add(score, -top)
        for part in shifted:
            powers.append(self.fresh("power"))
            yield powers[-1], exp(part)
        yield total, Add(*powers)
        self.shared[scores] = top, tuple(shifted), tuple(powers), total

    def _component(self, component: SoftmaxComponent) -> Expr:
        _, shifted, powers, total = self.shared[component.scores]
        k = component.index - 1
        if isinstance(component, log_softmax_component):
            return shifted[k] - log(total)
        return powers[k] * Pow(total, -1)


def _without_functions_of_softmaxes(expr: Expr) -> Expr:
    """The expression with the formula in place of each function of the user's that has a softmax in it."""
    for call in expr.atoms(UserFunction):
        if call.body.has(SoftmaxComponent):
            return _without_functions_of_softmaxes(expr.xreplace({call: call.definition()}))
    return expr
