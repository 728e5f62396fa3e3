"""A formula taken apart: each part with its value, and with how a change of it moves the whole.

The whole is looked at through one number, the inner product with a random direction. What is linear in a part on the
way there has a weight: the whole moves by ⟨weight, change⟩. Parts below a power or a function have none; they move what
is linear again above them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import mul

from sympy import Add, Basic, Expr, Max, Min, Mul

from symbackprop.judge.entries import Entries, along, entrywise, matrix_product, repeated
from symbackprop.judge.numbers import Undefined
from symbackprop.matrices import Broadcast, DiagonalMatrix, Product, Sum, SumAll, Trace, Transposed
from symbackprop.verification.repair.worlds import NO_VALUE, Residues

MOST_PARTS = 400


@dataclass(eq=False)
class Part:
    """A part of a formula. ``weight`` has the shape to which its parent repeats it; None below what is not linear."""

    node: Basic
    parent: Part | None
    index: int
    depth: int
    value: Entries | None
    weight: Entries | None = None
    parts: list[Part] = field(default_factory=list)

    def put(self, new: Basic) -> Basic:
        """The whole formula with something else in this place."""
        return self.put_below(new, None)

    def put_below(self, new: Basic, top: Part | None) -> Basic:
        """An ancestor, or the whole, with something else in this place."""
        part = self
        while part.parent is not None and part is not top:
            args = list(part.parent.node.args)
            args[part.index] = new
            new = _made(part.parent.node, args)
            part = part.parent
        return new

    @property
    def path(self) -> tuple[int, ...]:
        """The way to it from the whole."""
        return () if self.parent is None else (*self.parent.path, self.index)

    @property
    def linear(self) -> Part:
        """The innermost part around this one, or itself, on which the whole depends linearly."""
        part = self
        while part.weight is None:
            assert part.parent is not None
            part = part.parent
        return part


def _made(node: Basic, args: Sequence[Basic]) -> Basic:
    """The same kind of node with other arguments. Raises Undefined where there is none: infinity is compared with 0."""
    if isinstance(node, (Max, Min)):
        return node.func(*args, evaluate=False)  # SymPy takes long to look for what is the larger of two formulas
    try:
        return node.func(*args)
    except TypeError:
        raise Undefined(f"{node.func.__name__} of {', '.join(map(str, args))}") from None


def taken_apart(formula: Expr, residues: Residues, direction: Entries) -> list[Part]:
    """All parts of a formula, the outer ones first, as many as the limit allows."""
    root = Part(formula, None, 0, 0, residues.value(formula), direction)
    found = [root]
    place = 0
    while place < len(found) < MOST_PARTS:
        part = found[place]
        place += 1
        part.parts = [_part(arg, part, k, residues) for k, arg in enumerate(part.node.args) if _is_part(part.node, k)]
        _weigh(part, residues.p)
        found += part.parts
    return found


def _is_part(node: Basic, index: int) -> bool:
    operands = getattr(node, "operands", None)  # what follows the operands are an axis and sizes
    return operands is None or index < len(operands)


def _part(node: Basic, parent: Part, index: int, residues: Residues) -> Part:
    try:
        value = residues.value(node) if isinstance(node, Expr) else None
    except NO_VALUE:
        value = None
    return Part(node, parent, index, parent.depth + 1, value)


def _weigh(part: Part, p: int) -> None:
    """Give the parts of a part their weights, where it is linear in each of them."""
    if part.weight is None or part.value is None or any(one.value is None for one in part.parts):
        return
    rule = WEIGHTS.get(type(part.node))
    if rule is None or not part.parts:
        return
    own = summed(part.weight, part.value.shape, p)
    for one, weight in zip(part.parts, rule(part, own, [one.value for one in part.parts if one.value], p), strict=True):
        one.weight = weight


def reduced(a: Entries, p: int) -> Entries:
    """Entries modulo p."""
    return a.each(lambda x: x % p)


def times(a: Entries, b: Entries, p: int) -> Entries:
    """The product entry by entry."""
    return reduced(entrywise(mul, a, b), p)


def summed(a: Entries, shape: tuple[int, ...], p: int) -> Entries:
    """What stands beside a row, a column or a scalar that is repeated to the shape of ``a``."""
    if a.shape == shape:
        return a
    if not shape:
        return Entries((), (sum(a.flat) % p,))
    for axis in (0, 1):
        if shape[axis] == 1 and a.shape[axis] != 1:
            a = along(axis, lambda line: [sum(line) % p], a)
    return a


def chained(factors: Sequence[Entries], p: int) -> Entries:
    """The matrix product of one factor or more."""
    return reduce(lambda a, b: matrix_product(a, b, lambda xs, ys: sum(map(mul, xs, ys)) % p), factors)


def inner(a: Entries, b: Entries, p: int) -> int:
    """⟨a, b⟩, where b may be repeated."""
    if a.shape != b.shape:
        a = summed(a, b.shape, p)
    return int(sum(map(mul, a.flat, b.flat))) % p


def goes_into(shape: tuple[int, ...], goal: tuple[int, ...]) -> bool:
    """Whether something is repeated to a shape."""
    return not shape or (len(shape) == len(goal) and all(a in (1, b) for a, b in zip(shape, goal, strict=True)))


Weights = Iterator[Entries]
Values = Sequence[Entries]


def _of_add(part: Part, own: Entries, values: Values, p: int) -> Weights:
    return (own for _ in values)


def _of_mul(part: Part, own: Entries, values: Values, p: int) -> Weights:
    before = [own]
    for value in values[:-1]:
        before.append(times(before[-1], value, p))
    after: list[Entries | None] = [None]
    for value in reversed(values[1:]):
        last = after[-1]
        after.append(value if last is None else times(last, value, p))
    for a, b in zip(before, reversed(after), strict=True):
        yield a if b is None else times(a, b, p)


def _of_product(part: Part, own: Entries, values: Values, p: int) -> Weights:
    for k in range(len(values)):
        weight = own
        if k:
            weight = chained([chained(values[:k], p).transposed, weight], p)
        if values[k + 1 :]:
            weight = chained([weight, chained(values[k + 1 :], p).transposed], p)
        yield weight


def _repeated(part: Part, own: Entries, values: Values, p: int) -> Weights:
    yield repeated(own, values[0].shape)


def _of_trace(part: Part, own: Entries, values: Values, p: int) -> Weights:
    size = values[0].shape[0]
    yield Entries(values[0].shape, tuple(own.only if i == j else 0 for i in range(size) for j in range(size)))


def _of_diagonal_matrix(part: Part, own: Entries, values: Values, p: int) -> Weights:
    yield Entries(values[0].shape, own.flat[:: own.shape[1] + 1])


def _as_it_is(part: Part, own: Entries, values: Values, p: int) -> Weights:
    yield own


WEIGHTS: Mapping[type, Callable[[Part, Entries, Values, int], Weights]] = {
    Add: _of_add,
    Mul: _of_mul,
    Product: _of_product,
    Transposed: lambda part, own, values, p: iter([own.transposed]),
    Sum: _repeated,
    SumAll: _repeated,
    Broadcast: _as_it_is,
    Trace: _of_trace,
    DiagonalMatrix: _of_diagonal_matrix,
}
"""What stands beside each part of a part, by its kind."""
