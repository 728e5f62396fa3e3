"""The proofs of the rules of matrices in numbers: what their letters stand for, for an operation on drawn matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from typeset_values import Scope, Side, Value, World, places_of, read_side

from symbackprop.notation.typeset import Letters, Node
from symbackprop.proof_lines import Shown

STEP = 1e-30
"""Of a complex step, whose imaginary part is the derivative to the last digit."""


def name(text: str) -> Letters:
    return Letters(text)


def word(text: str) -> Letters:
    return Letters(text, "upright")


def is_small(a: Any, b: Any) -> bool:
    """Whether two values are the same but for rounding; a number may stand for a matrix where it is zero."""
    left, right = np.squeeze(np.asarray(a)), np.squeeze(np.asarray(b))
    if left.shape != right.shape and not (left.ndim == 0 and left == 0) and not (right.ndim == 0 and right == 0):
        return False
    return bool(np.allclose(left, right, rtol=1e-9, atol=1e-9 * (1 + float(np.max(np.abs(right), initial=0)))))


class Numbers(World):
    """Matrices of floats, which are moved by complex steps."""

    def __init__(
        self,
        values: Mapping[Node, Any],
        moves: Mapping[Node, Any],
        derived: Mapping[Node, Value],
        words: Mapping[Node, Callable[..., Any]],
        blocks: tuple[int, int] | None = None,
    ) -> None:
        self.values, self.moves, self.derived, self.words = values, moves, dict(derived), words
        self.blocks = blocks

    def start(self) -> Scope:
        return Scope(self, self.values)

    def number(self, text: str) -> Any:
        return float(text) if "." in text else int(text)

    def change(self, of: Value, scope: Scope) -> Any:
        moved = {letter: scope.values[letter] + 1j * STEP * move for letter, move in self.moves.items()}
        return np.imag(np.asarray(of(scope.given(moved)))) / STEP

    def derivative(self, of: Value, by: Node, place: Value | None, scope: Scope) -> Any:
        unit = np.zeros_like(np.asarray(scope.values[by], dtype=float))
        where = () if place is None else place(scope)
        if len(where) == 2:
            unit[where] = 1
        else:
            unit.reshape(-1)[where[0] if where else 0] = 1
        return np.imag(np.asarray(of(scope.given({by: scope.values[by] + 1j * STEP * unit})))) / STEP

    def slope(self, function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
        (argument,) = arguments
        return np.imag(function(argument + 1j * STEP)) / STEP

    def integral(self, of: Value, by: Node, low: Any, high: Any, scope: Scope) -> Any:
        raise ValueError("no rule of matrices has an integral")

    def exponential(self, of: Any) -> Any:
        return np.exp(of)

    def root(self, of: Any) -> Any:
        return np.sqrt(of)

    def block_size(self, scope: Scope) -> tuple[int, int]:
        assert self.blocks is not None
        return self.blocks


# What the words mean, by their definitions


def lyapunov(a: Any, b: Any) -> Any:
    """A·X + X·A = B as one set of equations for the entries of X, row by row."""
    whole = np.kron(a, np.eye(len(a))) + np.kron(np.eye(len(a)), a.T)
    return np.linalg.solve(whole, b.reshape(-1)).reshape(b.shape)


def between_powers(a: Any, b: Any, k: Any) -> Any:
    powers = [np.linalg.matrix_power(a, i) for i in range(int(k))]
    return sum((i @ b @ j for i, j in zip(powers, reversed(powers), strict=True)), 0 * b)


def half(a: Any) -> Any:
    return (np.tril(a) + np.tril(a, -1)) / 2


def block_inner(g: Any, b: Any) -> Any:
    rows, columns = g.shape[0] // b.shape[0], g.shape[1] // b.shape[1]
    return np.array([
        [(g[i * b.shape[0] : (i + 1) * b.shape[0], j * b.shape[1] : (j + 1) * b.shape[1]] * b).sum()
         for j in range(columns)] for i in range(rows)
    ])  # fmt: skip


def block_sum(g: Any, a: Any) -> Any:
    rows, columns = g.shape[0] // a.shape[0], g.shape[1] // a.shape[1]
    return sum(
        g[i * rows : (i + 1) * rows, j * columns : (j + 1) * columns] * a[i, j]
        for i in range(a.shape[0])
        for j in range(a.shape[1])
    )


def of_others(z: Any, axis: int) -> Any:
    return np.stack([np.prod(np.delete(z, k, axis), axis=axis) for k in range(z.shape[axis])], axis)


def of_all(function: Callable[..., Any], z: Any) -> Any:
    return function(z.reshape(1, -1), 1).reshape(z.shape)


def first(z: Any, axis: int) -> Any:
    places = np.argmax(np.real(z), axis=axis)
    found = np.zeros(z.shape)
    np.put_along_axis(found, np.expand_dims(places, axis), 1, axis=axis)
    return found


def cofactors(a: Any) -> Any:
    """Minors with their signs."""
    n = len(a)
    return np.array([
        [(-1) ** (i + j) * np.linalg.det(np.delete(np.delete(a, i, 0), j, 1)) for j in range(n)] for i in range(n)
    ])  # fmt: skip


WORDS: Mapping[str, Callable[..., Any]] = {
    "tr": np.trace, "det": np.linalg.det, "sym": lambda a: (a + a.T) / 2, "halftril": half, "tril": np.tril,
    "triu": np.triu, "lyapunov": lyapunov, "solve": np.linalg.solve, "between_powers": between_powers,
    "blockinner": block_inner, "blocksum": block_sum, "diag": np.diagflat,
    "diagonal": lambda a: np.diagonal(a)[:, None], "log": np.log, "exp": np.exp,
    "colsum": lambda a: a.sum(axis=0, keepdims=True), "rowsum": lambda a: a.sum(axis=1, keepdims=True),
}  # fmt: skip
"""The words that mean one thing for every operation."""


def along(axis: int | None) -> Mapping[str, Callable[..., Any]]:
    """The words that go along an axis, or over all entries."""
    if axis is None:
        return {
            "sum": np.sum, "prod_others": lambda a: of_all(of_others, a), "argmax": lambda a: of_all(first, a),
        }  # fmt: skip
    return {
        "sum": lambda a: a.sum(axis=axis, keepdims=True), "cumsum": lambda a: np.cumsum(a, axis=axis),
        "reverse_cumsum": lambda a: np.flip(np.cumsum(np.flip(a, axis), axis=axis), axis),
        "prod_others": lambda a: of_others(a, axis), "argmax": lambda a: first(a, axis),
    }  # fmt: skip


def chains(proof: Sequence[Shown]) -> Iterator[tuple[str, str]]:
    """The left and the right side of each line; one without left goes on from the last line that has one."""
    left = ""
    for line in proof:
        left = line.left or left
        assert left, "a proof begins with a left side"
        yield left, line.right


def hold(proof: Sequence[Shown], world: World) -> list[int]:
    """How often each line was held, for all places; it fails where one is not true.

    A line whose left side is a letter that nothing is known of names its right side.
    """
    scope, counts = world.start(), []
    for left, right in chains(proof):
        after = read_side(right, world, scope)
        letter = name(left)
        if len(left) == 1 and not world.knows(letter, scope):
            assert after.condition is None
            assert isinstance(world.derived, dict)
            world.derived[letter] = after.value
            counts.append(1)
            continue
        before = read_side(left, world, scope)
        counts.append(_held(before, after, world, scope, f"{left} = {right}"))
    return counts


def _held(before: Side, after: Side, world: World, scope: Scope, line: str) -> int:
    spans = places_of([before, after], world, scope)
    known = scope.at(**{f"#{letter}": len(span) for letter, span in spans.items()})
    count = 0
    for places in product(*spans.values()):
        here = known.at(**dict(zip(spans, places, strict=True)))
        if after.condition is not None and not after.condition(here):
            continue
        left, right = before.value(here), after.value(here)
        assert is_small(left, right), f"{line} is {left} = {right} at {here.places}"
        count += 1
    return count
