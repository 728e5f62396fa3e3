"""From the tree of a formula to SymPy: each part with the shape that it stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce
from typing import Any, final

from sympy import And, E, Expr, Or, Piecewise, S, Symbol, pi

from symbackprop.calculus import Derivation
from symbackprop.functions import step
from symbackprop.matrices import Identity, as_whole, shape_of
from symbackprop.matrices.operations.record import Read
from symbackprop.matrices.shapes import together
from symbackprop.network.formulas.limits import MAX_CONDITIONS
from symbackprop.notation import Differential, Direct, Immediate, Total
from symbackprop.reading import syntax as s
from symbackprop.reading.arithmetic import Arithmetic
from symbackprop.reading.calls import Calls
from symbackprop.reading.given import Given
from symbackprop.reading.lexicon import Lexicon
from symbackprop.reading.telling import lowered

_RELATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@final
class Meaning(Arithmetic):
    """Reads the tree of one formula.

    With ``changes`` a derivative stays as it is written, and dX is the differential of X; without, both are worked out:
    dX is then what many programmers call so, the derivative of the loss by X.
    """

    def __init__(self, given: Given, derivation: Derivation, lexicon: Lexicon, changes: bool = False) -> None:
        super().__init__(given, derivation, lexicon, changes)
        self.calls = Calls(self)
        self.comparisons = 0
        self.choices_around = 0

    def value(self, node: s.Node) -> Read:
        """What a part stands for, and its shape. Raises SpecError, with the place."""
        with self.told(node):
            expr, shape = self._value(node)
            return self.builder.bounded(expr, node), shape

    def expression(self, node: s.Node) -> Expr:
        """What a part stands for, repeated to its whole shape."""
        expr, shape = self.value(node)
        return as_whole(expr, shape)

    def _value(self, node: s.Node) -> Read:
        match node:
            case s.Number(value=value):
                return value, ()
            case s.Constant(name=name):
                return (pi if name == "pi" else E), ()
            case s.Name(symbol=symbol):
                return symbol, shape_of(symbol)
            case s.Minus(of=of):
                expr, shape = self.value(of)
                return -expr, shape
            case s.Sum():
                return self.sum(node)
            case s.Product():
                return self.product(node)
            case s.Quotient(above=above, below=below):
                return self.entrywise("/", self.value(above), self._inverted(below))
            case s.Power():
                return self.power(node)
            case s.Transpose():
                return self.transpose(node)
            case s.Call():
                return self.calls.call(node)
            case s.Bars(of=of):
                return self.calls.by_entries("abs", [self.value(of)], node)
            case s.Norm(of=of):
                return self.calls.built("norm", [self.value(of)], node)
            case s.Inner(left=left, right=right):
                return self.inner(left, right)
            case s.Cases():
                return self.cases(node.branches, node)
            case s.Compare() | s.Logic() | s.Truth():
                return self._mask(node)
            case s.Items(items=(one,)):
                return self.value(one)
            case s.Derivative():
                return self._derivative(node)
            case s.Change(of=of):
                return self._change(of)
            case s.Identity(size=size):
                found = self.scalar(size)
                return Identity(found), (found, found)
        self.fail("syntax", f"{self.piece(node)} is no value", "write one value", node)

    def cases(self, branches: Sequence[tuple[s.Node, s.Node | None]], node: s.Node) -> Read:
        """Values by condition."""
        if branches[-1][1] is not None and not isinstance(branches[-1][1], s.Truth):
            self.fail("arguments", f"the last case of {self.piece(node)} has a condition", "let it be otherwise", node)
        pairs = []
        whole: Read = (S.Zero, ())
        with self._choosing():
            for value, when in branches:
                part = self.value(value)
                condition, found = (S.true, ()) if when is None else self.condition(when)
                for expr, shape in (part, (condition, found)):
                    whole = expr, together("and", whole[0], whole[1], expr, shape)
                pairs.append((part[0], condition))
        return Piecewise(*pairs), whole[1]

    @contextmanager
    def _choosing(self) -> Iterator[None]:
        """Count the comparisons of a choice with those of all that is within it: SymPy multiplies them out."""
        if not self.choices_around:
            self.comparisons = 0
        self.choices_around += 1
        yield
        self.choices_around -= 1

    def condition(self, node: s.Node) -> tuple[Any, Any]:
        """A condition, with the shape of what it compares."""
        match node:
            case s.Truth(value=value):
                return (S.true if value else S.false), ()
            case s.Logic(operator=operator, parts=parts):
                found = [self.condition(part) for part in parts]
                shape: Any = reduce(lambda a, b: together("and", S.One, a, S.One, b), (shape for _, shape in found))
                return (And if operator == "and" else Or)(*(part for part, _ in found)), shape
            case s.Compare(sides=sides, relations=relations):
                return self._compared([self.value(side) for side in sides], relations, node)
        self.fail("syntax", f"{self.piece(node)} is not a condition", "write one such as x > 0", node)

    def _compared(self, sides: Sequence[Read], relations: Sequence[str], node: s.Node) -> tuple[Any, Any]:
        self.comparisons += len(relations)
        if self.comparisons > MAX_CONDITIONS:
            self.fail(
                "too-large", f"{self.piece(node)} compares too much", f"use at most {MAX_CONDITIONS} comparisons", node
            )
        self.builder.check_parts([expr for expr, _ in sides], node)
        shape: Any = ()
        parts = []
        for (a, first), relation, (b, second) in zip(sides, relations, sides[1:], strict=False):
            if relation not in _RELATIONS:
                self.fail("forbidden", f"{relation!r} in {self.piece(node)}", "compare by <, <=, > or >=", node)
            shape = together("and", a, shape, b, together("and", a, first, b, second))
            parts.append(_RELATIONS[relation](a, b))
        return And(*parts) if len(parts) > 1 else parts[0], shape

    def _mask(self, node: s.Node) -> Read:
        """A condition where a value stands: 1 where it holds, 0 elsewhere."""
        with self._choosing():
            condition, shape = self.condition(node)
        match node:
            case s.Compare(relations=(">",)) if condition not in (S.true, S.false) and condition.args[1] == 0:
                return step(condition.args[0]), shape
        return Piecewise((1, condition), (0, True)), shape

    def _derivative(self, node: s.Derivative) -> Read:
        by = node.by
        if isinstance(node.of, s.Name):
            of = node.of.symbol
            if self.changes:
                return self._written(of, by, node.immediate), shape_of(by)
            local = node.immediate and of != by
            found = self.derivatives.local(of, by) if local else self.derivatives.total(of, by)
            return found, shape_of(by)
        expr, shape = lowered(self.value(node.of))
        if shape:
            self.fail("derivative", f"the derivative of {self.piece(node.of)} is no matrix", "sum it first", node)
        if self.changes:
            return (Immediate if node.immediate else Total)(expr, by), shape_of(by)
        if shape_of(by):
            self.fail("derivative", f"{self.piece(node)} is not worked out", "give the sum a name", node)
        return self.derivatives.of_expression(expr, by), ()

    def _written(self, of: Symbol, by: Symbol, immediate: bool) -> Expr:
        """∂y/∂x as it stands: ∂⁺ and ∂ differ where x reaches y by other routes too."""
        network = self.derivation.network
        if immediate:
            return Immediate(of, by)
        stands_in = by in getattr(network.to_loss.get(of), "free_symbols", ())
        if of == network.loss or not stands_in or of not in self.derivation.graph.arguments:
            return Total(of, by)
        if by not in self.derivation.graph.arguments[of] or self.derivation.graph.has_detour(of, by):
            return Total(of, by)
        return Direct(of, by)

    def _change(self, of: s.Node) -> Read:
        if self.changes:
            part = self.value(of)
            expr, shape = part if isinstance(of, s.Name) else lowered(part)
            return Differential(as_whole(expr, shape)), shape
        if not isinstance(of, s.Name):
            self.fail("syntax", f"the differential of {self.piece(of)} is no value", "write one value", of)
        return self.derivatives.total(self.derivation.network.loss, of.symbol), shape_of(of.symbol)
