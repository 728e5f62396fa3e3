"""How many values feed each weight, and how many it feeds: from where it stands in the equations.

    rows are examples      Z = X @ W + b      W is fed by as many values as it has rows
    columns are examples   Z = W @ X + b      W is fed by as many values as it has columns
    scalars                h = w1*x1 + w2*x2 + b      w1 is fed by as many values as its weighted sum has weights

A parameter that is only added is a bias. In a matrix network one that multiplies entry by entry, such as the gamma of a
normalisation, is a scale.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sympy import Add, Expr, Integer, Mul, S, Symbol

from symbackprop.matrices import Array, Product, Sum, SumAll, Transposed, UserOperation, same_shape, shape_of
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.network.network import Network


@dataclass(frozen=True)
class Standing:
    """What a parameter does. ``fan_in`` is how many values are added up with it, ``fan_out`` to how many each goes."""

    kind: Literal["weight", "bias", "scale"]
    fan_in: Expr = S.One
    fan_out: Expr = S.One


BIAS, SCALE = Standing("bias"), Standing("scale")
Found = Iterator[tuple[Symbol, Standing]]


def standings(network: Network) -> dict[str, Standing]:
    """How each parameter stands in the first equation that has it; fans of matrices are formulas of sizes."""
    found = network.kind[STANDINGS](network)
    return {w.name: found[w] for w in network.parameters}


# Scalars


def _of_scalars(network: Network) -> dict[Symbol, Standing]:
    parameters = frozenset(network.parameters)
    found: dict[Symbol, tuple[Expr, int]] = {}
    for expr in network.equations.values():
        for weight, value, fan_in in _weighted(expr, parameters):
            found.setdefault(weight, (value, fan_in))
    values = [value for value, _ in found.values()]
    return {
        w: Standing("weight", Integer(found[w][1]), Integer(values.count(found[w][0]))) if w in found else BIAS
        for w in parameters
    }


def _weighted(expr: Expr, parameters: frozenset[Symbol]) -> Iterator[tuple[Symbol, Expr, int]]:
    """Each weight in an expression, the value that it multiplies, and how many weights its sum has."""
    pairs = [pair for term in Add.make_args(expr) for pair in _products(term, parameters)]
    for weight, value in pairs:
        yield weight, value, len(pairs)
    for term in Add.make_args(expr):
        for part in Mul.make_args(term):
            for arg in (part,) if isinstance(part, Add) else part.args:
                yield from _weighted(arg, parameters)


def _products(term: Expr, parameters: frozenset[Symbol]) -> Iterator[tuple[Symbol, Expr]]:
    """The weights in one product, each with the value that stands beside it."""
    factors = Mul.make_args(term)
    value = Mul(*(f for f in factors if not f.free_symbols <= parameters))
    if value != S.One:
        for factor in factors:
            if factor.free_symbols <= parameters:
                for weight in sorted(factor.free_symbols, key=str):
                    yield weight, value


# Matrices


def _of_matrices(network: Network) -> dict[Symbol, Standing]:
    walk = _Walk(network)
    found: dict[Symbol, Standing] = {}
    for expr in network.equations.values():
        for parameter, standing in walk.through(expr):
            found.setdefault(parameter, standing)
    return found


class _Walk:
    """Goes through array expressions; each parameter comes out as it stands there."""

    def __init__(self, network: Network) -> None:
        self.parameters = frozenset(network.parameters)
        self.values = frozenset(network.names) - self.parameters

    def through(self, expr: Expr) -> Found:
        """Every parameter in an expression."""
        if expr in self.parameters:
            yield expr, BIAS
        elif isinstance(expr, Product):
            yield from self._product(expr)
        elif isinstance(expr, Mul):
            yield from self._entrywise(expr)
        elif isinstance(expr, Sum | SumAll):
            yield from self._sum(expr)
        elif isinstance(expr, UserOperation):
            yield from self._own(expr)
        else:
            yield from self._all(expr.args)

    def _all(self, parts: Sequence[Expr]) -> Found:
        for part in parts:
            yield from self.through(part)

    def _product(self, product: Product) -> Found:
        """In a product the values come to a weight from the side on which data are nearest."""
        data = [bool(factor.free_symbols & self.values) for factor in product.operands]
        for place, factor in enumerate(product.operands):
            left = next((k for k in range(1, place + 1) if data[place - k]), None)
            right = next((k for k in range(1, len(data) - place) if data[place + k]), None)
            rows, columns = shape_of(factor)
            from_the_right = right is not None and (left is None or right < left)
            weight = Standing("weight", columns, rows) if from_the_right else Standing("weight", rows, columns)
            for parameter, standing in self.through(factor):
                yield parameter, weight if standing == BIAS and _fills(parameter, factor) else standing

    def _entrywise(self, expr: Mul) -> Found:
        """Beside data, what would be a bias is a scale; beside numbers and sizes alone it stays what it is."""
        for part in expr.args:
            beside = any(other is not part and other.free_symbols & self.values for other in expr.args)
            for parameter, standing in self.through(part):
                yield parameter, SCALE if beside and standing == BIAS else standing

    def _sum(self, expr: Sum | SumAll) -> Found:
        """In ``rowsum(X*w)`` the w is a weight after all: of as many values as are added up."""
        shape = shape_of(expr.args[0])
        count = shape[expr.axis] if isinstance(expr, Sum) and shape else Mul(*shape)
        for parameter, standing in self.through(expr.args[0]):
            yield parameter, Standing("weight", count) if standing == SCALE else standing

    def _own(self, expr: UserOperation) -> Found:
        definition = expr.definition()
        if definition is not None:
            yield from self.through(definition)
            return
        for parameter, standing in self._all(expr.operands):
            matrix = isinstance(parameter, Array) and standing == BIAS
            yield parameter, Standing("weight", *parameter.shape) if matrix else standing


def _fills(parameter: Symbol, factor: Expr) -> bool:
    """Whether a parameter is as large as the factor of a product that it stands in, and not a bias inside it."""
    shape = shape_of(parameter)
    return factor in (parameter, Transposed(parameter)) or (bool(shape) and same_shape(shape, shape_of(factor)))


STANDINGS: Question[Callable[[Network], dict[Symbol, Standing]]] = Question(
    __name__, "how a parameter stands in its equation", {SCALARS: _of_scalars, MATRICES: _of_matrices}
)
