"""Between what numbers a value lies, whatever stands in the network: tells the sides of kinks that nothing can reach.

Every rule encloses: an end may lie too far out, and never too far in. Both ends belong to a range, so that a value that
only comes near to 0, such as an exponential, is not told apart from one that is 0 there; both are on neither side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from math import inf

import sympy
from sympy import Add, Basic, Expr, Ge, Gt, Le, Lt, Mul, Piecewise, Pow, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Or

from symbackprop.functions import UserFunction
from symbackprop.functions.softmax import log_softmax_component, softmax_component
from symbackprop.functions.veils import VeiledTanh
from symbackprop.judge.forks import Way, difference
from symbackprop.judge.order import in_order
from symbackprop.judge.range import ALL, ONE, POSITIVE, SIGNS, UNIT, ZERO, End, Range
from symbackprop.judge.walk import definition_of
from symbackprop.matrices import Broadcast, Identity, Operation, Product, Sum, SumAll, Transposed
from symbackprop.matrices.operations.catalogue import RECORD_OF
from symbackprop.matrices.operations.record import Record
from symbackprop.network.facts import values_of
from symbackprop.network.network import Network
from symbackprop.notation.recursion import parts_first

LARGER, SMALLER = (Gt, Ge), (Lt, Le)
PI = Fraction(22, 7)
"""Not below π."""


def _exp(x: Range) -> Range:
    """1 + x ≤ exp(x) ≤ 1/(1 - x), the latter where x < 1."""
    return Range(max(ZERO, 1 + x.low), 1 / (1 - x.high) if x.high < 1 else inf) if x.high > -inf else UNIT


def _log(x: Range) -> Range:
    """1 - 1/x ≤ log(x) ≤ x - 1."""
    return Range(1 - 1 / x.low if x.low > 0 else -inf, x.high - 1)


def _odd(x: Range) -> Range:
    """Of tanh and erf, which lie between -1 and 1 and have the sign of their argument."""
    return Range(ZERO if x.low >= 0 else -ONE, ZERO if x.high <= 0 else ONE)


def _beyond(x: Range) -> Range:
    """Of sinh and atanh, which have the sign of their argument and are not smaller than it."""
    return Range(x.low if x.low >= 0 else -inf, x.high if x.high <= 0 else inf)


def _polygamma(order: Range, x: Range) -> Range:
    """Of a derivative of digamma, which has one sign where its order is one or more."""
    known = order.low == order.high and order.low >= 1
    return (POSITIVE if order.low % 2 else -POSITIVE) if known else ALL


def _power(base: Range, power: Fraction) -> Range:
    if power < 0:
        return _power(base, -power).reciprocal
    if power.denominator > 1:  # of what is not below zero, or it would have no root
        return Range(_raised(max(base.low, ZERO), power, min), _raised(max(base.high, ZERO), power, max))
    base = base if power.numerator % 2 else base.size
    return Range(_raised(base.low, power, min), _raised(base.high, power, max))


def _raised(x: End, power: Fraction, nearest: Callable[[End, End], End]) -> End:
    """A power of an end, or a rational number beyond it: what lies between whole powers is no rational number."""
    whole, rest = divmod(power, 1)
    return x**whole * (nearest(x, ONE) if rest else ONE) if x else x


FUNCTIONS: Mapping[type, Callable[..., Range]] = {
    Add: lambda *args: reduce(Range.__add__, args),
    Mul: lambda *args: reduce(Range.__mul__, args),
    sympy.Max: lambda *args: Range(max(x.low for x in args), max(x.high for x in args)),
    sympy.Min: lambda *args: Range(min(x.low for x in args), min(x.high for x in args)),
    sympy.Abs: lambda x: x.size,
    sympy.sign: lambda x: Range(*(Fraction((end > 0) - (end < 0)) for end in (x.low, x.high))),
    sympy.exp: _exp,
    sympy.log: _log,
    sympy.tanh: _odd,
    VeiledTanh: _odd,
    sympy.erf: _odd,
    sympy.erfinv: lambda x: _odd(x) * POSITIVE,
    sympy.sin: lambda x: SIGNS,
    sympy.cos: lambda x: SIGNS,
    sympy.asin: lambda x: _odd(x) * Range(ZERO, PI / 2),
    sympy.atan: lambda x: _odd(x) * Range(ZERO, PI / 2),
    sympy.acos: lambda x: Range(Fraction(3, 2) if x.high <= 0 else ZERO, PI / 2 if x.low >= 0 else PI),
    sympy.atan2: lambda y, x: _odd(y) * Range(ZERO, PI),
    sympy.sinh: _beyond,
    sympy.cosh: lambda x: Range(ONE, inf),
    sympy.asinh: lambda x: Range(min(x.low, ZERO), max(x.high, ZERO)),
    sympy.acosh: lambda x: POSITIVE,
    sympy.atanh: _beyond,
    sympy.polygamma: _polygamma,
    sympy.erfc: lambda x: Range(ONE, ONE) + -_odd(x),
    softmax_component: lambda *args: UNIT,
    log_softmax_component: lambda *args: -POSITIVE,
    type(sympy.pi): lambda: Range(Fraction(3), PI),
    type(sympy.E): lambda: Range(Fraction(2), Fraction(3)),
}
"""Of elementary functions, and of lists. All others have a definition in these."""


def _by_record(record: Record) -> Callable[..., Range]:
    """The range of an operation, as its record has it."""

    def of(*args: Range) -> Range:
        found = ALL if record.bounds is None else record.bounds(*args)
        if isinstance(found, Range):
            return found
        low, high = found
        return Range(-inf if low is None else Fraction(low), inf if high is None else Fraction(high))

    return of


OPERATIONS: Mapping[type[Operation], Callable[..., Range]] = {
    Product: lambda *factors: reduce(lambda a, b: (a * b).repeated, factors),
    Sum: lambda a: a.repeated,
    SumAll: lambda a: a.repeated,
    Transposed: lambda a: a,
    Broadcast: lambda a: a,
    Identity: lambda: UNIT,
    **{operation: _by_record(record) for operation, record in RECORD_OF.items()},
}
"""Of operations of whose entries something is known."""


class Ranges:
    """The ranges of a network's values, under those facts that bound a name by a number."""

    def __init__(self, network: Network, facts: Sequence[Relational] = ()) -> None:
        self.network = network
        self.known: dict[Basic, Range] = {size: Range(ONE, inf) for size in network.sizes}
        for fact in facts:
            if isinstance(fact, LARGER):
                self._told(fact.lhs - fact.rhs)
            elif isinstance(fact, SMALLER):
                self._told(fact.rhs - fact.lhs)
            elif (few := values_of(fact)) is not None:
                low, high = (Fraction(int(number.p), int(number.q)) for number in (few[1][0], few[1][-1]))
                self.known[few[0]] = Range(low, high)
        orders = [in_order(facts, network.leaves, upwards) for upwards in (True, False)]
        self.orders = [known for known, _ in orders if known]
        self.known |= {room: Range(ZERO, inf) for _, rooms in orders for room in rooms}

    def _told(self, gap: Expr) -> None:
        """Note that ``gap`` is not below zero, where it is a name and a number."""
        for leaf in self.network.leaves:
            slope = gap.coeff(leaf)
            rest = gap - slope * leaf
            if slope in (1, -1) and rest.is_Rational:
                end, told = Fraction(int(rest.p), int(rest.q)), self.known.get(leaf, ALL)
                above = slope > 0
                self.known[leaf] = (
                    Range(max(told.low, -end), told.high) if above else Range(told.low, min(told.high, end))
                )

    def reaching(self, ways: Sequence[Way]) -> list[Way]:
        """Those sides of zero and those branches on which something may be."""
        return [way for way in ways if not self._excludes(way)]

    def _excludes(self, way: Way) -> bool:
        key, side = way
        if isinstance(key, Piecewise):
            return self._never(key.args[side].cond)
        if not isinstance(key, Expr):
            return False
        return any(found.high <= 0 if side > 0 else found.low >= 0 for found in self._told_ways(key))

    def _told_ways(self, key: Expr) -> Iterator[Range]:
        """The range of an expression as it stands, and of what it is by the order in which names are stated to be."""
        yield self.of(key)
        for order in self.orders if not key.has(Operation) else ():
            yield self.of(key.xreplace(order).expand())

    def _never(self, condition: Basic) -> bool:
        if isinstance(condition, LARGER + SMALLER):
            for found in self._told_ways(difference(condition)):
                above = found if isinstance(condition, LARGER) else -found
                if above.high < 0 or (above.high == 0 and condition.func in (Gt, Lt)):
                    return True
            return False
        if isinstance(condition, And):
            return any(self._never(arg) for arg in condition.args)
        return isinstance(condition, Or) and all(self._never(arg) for arg in condition.args)

    def of(self, root: Basic) -> Range:
        """The range of an expression, or of each entry of it."""
        for node in parts_first(root, self._parts):
            if node not in self.known:
                self.known[node] = self._of(node)
        return self.known[root]

    def _parts(self, node: Basic) -> Sequence[Basic]:
        if node in self.known:
            return ()
        if isinstance(node, Symbol):
            equation = self.network.to_loss.get(node)
            return () if equation is None else (equation,)
        if isinstance(node, Piecewise):
            return [branch.expr for branch in node.args]
        return node.operands if isinstance(node, Operation) else node.args

    def _of(self, node: Basic) -> Range:
        args = [self.known[part] for part in self._parts(node)]
        if isinstance(node, Symbol):
            return args[0] if args else ALL
        if node.is_Rational:
            return Range(*2 * (Fraction(int(node.p), int(node.q)),))
        if isinstance(node, Piecewise):
            return reduce(Range.joined, args)
        if isinstance(node, Pow):
            power = Fraction(int(node.exp.p), int(node.exp.q)) if node.exp.is_Rational else None
            return _power(args[0], power) if power is not None else POSITIVE if args[0].low >= 0 else ALL
        rule = OPERATIONS.get(type(node)) or FUNCTIONS.get(type(node))
        if rule is not None:
            return rule(*args)
        if isinstance(node, UserFunction):
            return self._applied(node.parameters, node.body, args)
        definition = definition_of(node)
        return ALL if definition is None else self._applied(*definition, args)

    def _applied(self, places: Sequence[Symbol], body: Expr, args: Sequence[Range]) -> Range:
        inner = Ranges(self.network)
        inner.known |= dict(zip(places, args, strict=True))
        return inner.of(body)
