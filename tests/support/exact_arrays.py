"""A 50-digit witness of array expressions: what each operation is, written out once more, entry by entry.

A matrix is a NumPy array of mpmath's numbers, a scalar one such number. The witness knows nothing of the package's own
evaluators and adjoints; like the one for scalars it differentiates by differences that leave 25 digits right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import mpmath
import numpy as np
import sympy as sp
from matrix_networks import MatrixCase, sizes_for
from mpmath import mpf
from networks import STEP, WITNESS, exact
from sympy import Expr, Piecewise, Symbol

import symbackprop as sb
from symbackprop import matrices as op
from symbackprop.functions.user import UserFunction
from symbackprop.matrices.operations.matrix_power import BetweenPowers, MatrixPower
from symbackprop.notation import Differential, Frobenius, Total

Value = Any
"""A number of mpmath's, or an array of them with two axes."""


def matrix(rows: Sequence[Sequence[Any]]) -> Value:
    """An array of 50-digit numbers."""
    made = np.empty((len(rows), len(rows[0])), dtype=object)
    for i, row in enumerate(rows):
        made[i] = [mpmath.mpmathify(entry) for entry in row]
    return made


def lifted(value: Any) -> Value:
    """A float or an array of floats as 50-digit numbers."""
    return matrix(np.asarray(value).tolist()) if np.ndim(value) else mpmath.mpmathify(float(value))


def _turned(a: Value) -> Value:
    return matrix([[a[i, j] for i in range(a.shape[0])] for j in range(a.shape[1])])


def _along(axis: int, function: Callable[[list[mpf]], list[mpf]], a: Value) -> Value:
    """A function of each column (axis 0) or of each row (axis 1)."""
    if axis == 0:
        return _turned(_along(1, function, _turned(a)))
    return matrix([function(list(row)) for row in a])


def _softmax(row: list[mpf]) -> list[mpf]:
    total = mpmath.fsum(mpmath.exp(z) for z in row)
    return [mpmath.exp(z) / total for z in row]


def _power(a: Value, k: int) -> Value:
    return _times(a, _power(a, k - 1)) if k else matrix(np.eye(len(a)).tolist())


def _times(a: Value, b: Value) -> Value:
    assert a.shape[1] == b.shape[0], (a.shape, b.shape)
    return matrix(
        [[mpmath.fsum(x * y for x, y in zip(row, column, strict=True)) for column in _turned(b)] for row in a]
    )


def _product(node: Any, *factors: Value) -> Value:
    total = factors[0]
    for factor in factors[1:]:
        total = _times(total, factor)
    return total


def _det(a: Value) -> mpf:
    return mpmath.det(mpmath.matrix(a.tolist()))


def _unit(size: Any) -> Value:
    return matrix([[int(i == j) for j in range(int(size))] for i in range(int(size))])


def _first_largest(row: list[mpf]) -> list[int]:
    return [int(k == row.index(max(row))) for k in range(len(row))]


def _others(row: list[mpf]) -> list[mpf]:
    return [mpmath.fprod(row[:k] + row[k + 1 :]) for k in range(len(row))]


def _of_all(function: Callable[[list[mpf]], list[mpf]], a: Value) -> Value:
    return matrix(np.reshape(np.array(function(list(a.flat)), dtype=object), a.shape))


def _triangle(a: Value, side: int) -> Value:
    return matrix([[x if (i - j) * side >= 0 else 0 for j, x in enumerate(row)] for i, row in enumerate(a)])


def _blocks(g: Value, rows: int, columns: int) -> Any:
    """The blocks of that size, by their places."""
    for i in range(0, g.shape[0], rows):
        for j in range(0, g.shape[1], columns):
            yield (i // rows, j // columns), g[i : i + rows, j : j + columns]


def _block_inner(g: Value, b: Value) -> Value:
    found = matrix([[0] * (g.shape[1] // b.shape[1])] * (g.shape[0] // b.shape[0]))
    for place, block in _blocks(g, *b.shape):
        found[place] = _inner(block, b)
    return found


def _block_sum(g: Value, a: Value) -> Value:
    rows, columns = g.shape[0] // a.shape[0], g.shape[1] // a.shape[1]
    return sum((a[place] * block for place, block in _blocks(g, rows, columns)), matrix([[0] * columns] * rows))


def _embedded(block: Value, top: int, left: int, rows: int, columns: int) -> Value:
    whole = matrix([[0] * columns] * rows)
    whole[top : top + block.shape[0], left : left + block.shape[1]] = block
    return whole


def _cholesky(a: Value) -> Value:
    return matrix(mpmath.cholesky(mpmath.matrix(((a + _turned(a)) / 2).tolist())).tolist())


def _eigenvalues(a: Value) -> tuple[Value, Value]:
    values, vectors = mpmath.eigsy(mpmath.matrix(((a + _turned(a)) / 2).tolist()))
    return matrix([[value] for value in values]), matrix(vectors.tolist())


def _root(a: Value) -> Value:
    values, vectors = _eigenvalues(a)
    return _times(vectors * matrix([[mpmath.sqrt(value) for value in values[:, 0]]]), _turned(vectors))


def _lyapunov(a: Value, b: Value) -> Value:
    values, vectors = _eigenvalues(a)
    back = _times(_times(_turned(vectors), b), vectors) / (values + _turned(values))
    return _times(_times(vectors, back), _turned(vectors))


def _inverse(a: Value) -> Value:
    return matrix((mpmath.matrix(a.tolist()) ** -1).tolist())


FORWARD: Mapping[type, Callable[..., Value]] = {
    op.Product: _product,
    op.Transposed: lambda node, a: _turned(a),
    op.Sum: lambda node, a, _: _along(node.axis, lambda row: [mpmath.fsum(row)], a),
    op.SumAll: lambda node, a: mpmath.fsum(entry for row in a for entry in row),
    op.LogSumExp: lambda node, a, _: _along(
        node.axis, lambda row: [mpmath.log(mpmath.fsum(mpmath.exp(z) for z in row))], a
    ),
    op.Softmax: lambda node, a, _: _along(node.axis, _softmax, a),
    op.LogSoftmax: lambda node, a, _: _along(node.axis, lambda row: [mpmath.log(p) for p in _softmax(row)], a),
    op.Inverse: lambda node, a: _inverse(a),
    op.Trace: lambda node, a: mpmath.fsum(a[i, i] for i in range(len(a))),
    op.Determinant: lambda node, a: _det(a),
    op.LogDeterminant: lambda node, a: mpmath.log(abs(_det(a))),
    op.Diagonal: lambda node, a: matrix([[a[i, i]] for i in range(len(a))]),
    op.DiagonalMatrix: lambda node, a: _unit(len(a)) * a,
    op.Identity: lambda node, size: _unit(size),
    op.Broadcast: lambda node, part, rows, columns: part + matrix([[0] * int(columns)] * int(rows)),
    op.Largest: lambda node, a, _: _along(node.axis, lambda row: [max(row)], a),
    op.Smallest: lambda node, a, _: _along(node.axis, lambda row: [min(row)], a),
    op.LargestOfAll: lambda node, a: max(a.flat),
    op.SmallestOfAll: lambda node, a: min(a.flat),
    op.FirstLargest: lambda node, a, _: _along(node.axis, _first_largest, a),
    op.FirstLargestOfAll: lambda node, a: _of_all(_first_largest, a),
    op.LineProduct: lambda node, a, _: _along(node.axis, lambda row: [mpmath.fprod(row)], a),
    op.ProductOfAll: lambda node, a: mpmath.fprod(a.flat),
    op.OthersInLine: lambda node, a, _: _along(node.axis, _others, a),
    op.Others: lambda node, a: _of_all(_others, a),
    op.CumulativeSum: lambda node, a, _: np.cumsum(a, axis=node.axis),
    op.ReverseCumulativeSum: lambda node, a, _: np.cumsum(a[::-1, ::-1], axis=node.axis)[::-1, ::-1],
    op.LowerTriangle: lambda node, a: _triangle(a, 1),
    op.UpperTriangle: lambda node, a: _triangle(a, -1),
    op.HalfTriangle: lambda node, a: (_triangle(a, 1) + a - _triangle(a, -1)) / 2,
    op.SymmetricPart: lambda node, a: (a + _turned(a)) / 2,
    op.Solve: lambda node, a, b: _times(_inverse(a), b),
    op.Block: lambda node, a, top, bottom, left, right: a[int(top) : int(bottom), int(left) : int(right)],
    op.Embedded: lambda node, a, *places: _embedded(a, *map(int, places)),
    op.Stacked: lambda node, *parts: np.concatenate(parts[:-1], axis=node.axis),
    op.Kronecker: lambda node, a, b: np.kron(a, b),
    op.BlockInner: lambda node, g, b: _block_inner(g, b),
    op.BlockSum: lambda node, g, a: _block_sum(g, a),
    op.Cholesky: lambda node, a: _cholesky(a),
    op.MatrixRoot: lambda node, a: _root(a),
    op.Lyapunov: lambda node, a, b: _lyapunov(a, b),
    op.PseudoInverse: lambda node, a: _times(_inverse(_times(_turned(a), a)), _turned(a)),
    MatrixPower: lambda node, a, k: _power(a, int(k)),
    BetweenPowers: lambda node, a, b, k: sum(
        (_times(_power(a, i), _times(b, _power(a, int(k) - 1 - i))) for i in range(int(k))), 0 * b
    ),
}
"""Each operation of the dialect, plainly."""


def exact_array(expr: Expr, values: Mapping[str, Value], move: Callable[[Expr], Value] | None = None) -> Value:
    """The value of an array expression; ``move`` tells that of a Differential."""
    known: dict[Any, Value] = {}

    def value(node: Any) -> Value:
        if node not in known:
            known[node] = _value(node)
        return known[node]

    def _value(node: Any) -> Value:
        if isinstance(node, Symbol):
            return values[node.name]
        if isinstance(node, Differential):
            assert move is not None, node
            return move(node.of)
        if isinstance(node, Frobenius):
            return _inner(value(node.left), value(node.right))
        if not node.args:
            return exact(node, {})
        if type(node) in FORWARD:
            return FORWARD[type(node)](node, *map(value, node.args))
        if isinstance(node, op.UserOperation):
            return value(node.definition())
        if isinstance(node, (Piecewise, UserFunction)):
            names = sorted(node.free_symbols, key=str)
            return _each(lambda *at: exact(node, dict(zip(map(str, names), at, strict=True))), *map(value, names))
        return _each(WITNESS[type(node)], *map(value, node.args))

    return value(expr)


def _each(function: Callable[..., Any], *args: Value) -> Value:
    return np.frompyfunc(function, len(args), 1)(*args)


def _inner(a: Value, b: Value) -> mpf:
    if not np.ndim(a):
        assert not np.ndim(b)
        return a * b
    assert a.shape == b.shape, (a.shape, b.shape)
    return mpmath.fsum(x * y for x, y in zip(a.flat, b.flat, strict=True))


def shape_at(expr: Expr, values: Mapping[str, Value]) -> tuple[int, ...]:
    """The shape of an expression in whole numbers."""
    return tuple(int(exact(size, values)) for size in op.shape_of(expr))


def near(found: Value, expected: Value, tolerance: float = 1e-18) -> bool:
    """Whether shapes and entries agree, relative to the largest entry."""
    if np.shape(found) != np.shape(expected):
        return False
    difference, size = np.ravel(found - expected), np.ravel(expected)
    return max(map(abs, difference)) <= tolerance * max(1, *map(abs, size))


# A network at a point


def point_of(case: MatrixCase, net: sb.Network, sizes: Mapping[str, int], seed: int = 0) -> dict[str, Value]:
    """A value for each name from outside, and for each size; where rows or columns sum to one, to 50 digits."""
    here = sizes_for(net, sizes)
    found = {name: lifted(value) for name, value in {**here, **case.values(sizes, seed)}.items()}
    for fact in net.facts:
        if isinstance(fact.lhs, op.Sum) and fact.rhs == 1 and fact.lhs.args[0].is_Symbol:
            found[fact.lhs.args[0].name] /= exact_array(fact.lhs, found)
    return found


def exact_values(net: sb.Network, point: Mapping[str, Value]) -> dict[str, Value]:
    """Every value of a forward pass; a name that has a value already keeps it."""
    known = dict(point)
    for name, expr in net.equations.items():
        if name.name not in known:
            known[name.name] = exact_array(expr, known)
    return known


def signals_too(d: sb.Derivation, point: Mapping[str, Value]) -> dict[str, Value]:
    """Every forward value and every error signal."""
    values = exact_values(d.network, point)
    for delta, definition in d.backward.items():
        values[delta.name] = exact_array(definition, values)
    return values


def numeric_gradient(net: sb.Network, of: Symbol, by: Symbol, point: Mapping[str, Value]) -> Value:
    """The gradient by central differences, one entry after the other; what ``by`` does not reach stays as it is."""
    here = exact_values(net, point)[by.name]
    reached = {by.name}
    for name, expr in net.equations.items():
        if name != by and reached & {s.name for s in expr.free_symbols}:
            reached.add(name.name)
    fixed = {name: value for name, value in exact_values(net, point).items() if name not in reached - {by.name}}

    def moved(at: Any) -> mpf:
        return exact_values(net, {**fixed, by.name: at})[of.name]

    if not np.ndim(here):
        return (moved(here + STEP) - moved(here - STEP)) / (2 * STEP)
    found = np.empty(here.shape, dtype=object)
    for place in np.ndindex(*here.shape):
        up, down = here.copy(), here.copy()
        up[place] += STEP
        down[place] -= STEP
        found[place] = (moved(up) - moved(down)) / (2 * STEP)
    return found


def moved_together(d: sb.Derivation, point: Mapping[str, Value], seed: int) -> Callable[[Expr], Value]:
    """The change of an expression where all that the loss is derived by moves at once, in random directions.

    What follows from it moves along by the equations; what the loss is not derived by stays.
    """
    here = exact_values(d.network, point)
    free = [name for name in d.wrt if name not in d.graph.active]
    directions = {name.name: a_direction(here[name.name], seed + k) for k, name in enumerate(free)}

    def at(step: Any) -> dict[str, Value]:
        known = {**here, **{name: here[name] + step * along for name, along in directions.items()}}
        for name, expr in d.network.equations.items():
            if name in d.graph.active:
                known[name.name] = exact_array(expr, known)
        return known

    up, down = at(STEP), at(-STEP)
    return lambda of: (exact_array(of, up) - exact_array(of, down)) / (2 * STEP)


def a_direction(value: Value, seed: int) -> Value:
    """A random direction in which a value can move."""
    rng = np.random.default_rng(seed)
    return lifted(rng.uniform(-1, 1, np.shape(value)) if np.ndim(value) else rng.uniform(-1, 1))


def lines_by_name(d: sb.Derivation) -> list[tuple[Symbol, tuple[sb.Step, ...]]]:
    """The lines of a sweep, those that lead to one name together."""
    found: list[tuple[Symbol, tuple[sb.Step, ...]]] = []
    waiting: list[sb.Step] = []
    for position, step in enumerate(d.steps):
        waiting.append(step)
        if isinstance(step.lhs, Total) and (position + 1 == len(d.steps) or d.steps[position + 1].lhs != step.lhs):
            found.append((step.lhs.by, tuple(waiting)))
            waiting = []
    assert not waiting
    return found


def operations_in(*exprs: Expr) -> int:
    """How many operations expressions take; a sum of n terms is n - 1 of them."""
    total = 0
    for expr in exprs:
        for node in sp.preorder_traversal(expr):
            if isinstance(node, (sp.Add, sp.Mul, op.Product)):
                total += len(node.args) - 1
            elif node.args and not isinstance(node, op.Broadcast):
                total += 1
    return total
