"""Jacobians and Hessians as matrices: what stands beside one direction at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

from sympy import Add, Expr, Mul, S, Symbol

from symbackprop.calculus import derive
from symbackprop.calculus.step import Reason, Recorder, Rule, listed
from symbackprop.calculus.strangers import require_network
from symbackprop.errors import DerivationError
from symbackprop.matrices import Array, Shape, SumAll, as_whole, product, shape_of, spoken, turned
from symbackprop.network.network import Network
from symbackprop.network.outputs import fresh
from symbackprop.network.predictions import predictions_of
from symbackprop.notation.recursion import has_parts_within
from symbackprop.tangents.beside import is_line, length_of, matrix_beside
from symbackprop.tangents.differentiated import TITLES, AreGradients, Differentiated, Entry, MoveBy, Truth
from symbackprop.tangents.layers import layer_of
from symbackprop.tangents.products import Names, check_reach, ends_of
from symbackprop.tangents.sweep import ForwardSweep, directions_of, tidying_of, words_of
from symbackprop.tangents.tidying import Tidying

EMPTY: Mapping[Symbol, tuple[Symbol, Symbol]] = MappingProxyType({})
MOST_PARTS = 20_000
"""Of a change in the direction alone, which is read."""


@dataclass
class Reader:
    """Reads matrices beside directions in the changes of a network's values, and records each line.

    ``taken`` are the names that there are. ``directions`` has that of each name that was moved, and ``matrices`` what
    was read, by the symbol that it got.
    """

    network: Network
    taken: set[str]
    recorder: Recorder = field(default_factory=Recorder)
    directions: dict[Symbol, Symbol] = field(default_factory=dict)
    matrices: dict[Symbol, Expr] = field(default_factory=dict)

    def read(self, by: Symbol, values: Mapping[Symbol, Symbol]) -> None:
        """Move one name, push that forward to some values, and read what stands beside its direction.

        ``values`` maps each to the symbol that its matrix gets.
        """
        direction = self.directions[by] = directions_of([by], self.taken)[by]
        swept = ForwardSweep(self.network, {by: direction}, self.recorder, set(self.taken)).run(list(values))
        for value, name in values.items():
            dot = swept.dot_of[value]
            change = self._written_out(swept, dot, direction)
            matrix = matrix_beside(change, direction)
            matrix = in_shape(matrix, shape_of(name))
            because: Reason = ("what stands beside ", direction, " in ", dot)
            self.matrices[name] = self._tidied(name, matrix, Rule.BESIDE, because, (len(self.recorder.steps),))

    def _written_out(self, swept: ForwardSweep, dot: Symbol, direction: Symbol) -> Expr:
        """What a value changes by, in the direction alone."""
        formula = swept.dotted[dot]
        change = swept.written_out(formula)
        require_readable(change, dot)
        if change == formula:
            return change
        used = [other for other in swept.dotted if other in formula.free_symbols]
        because: Reason = ("putting in ", *listed(used))
        uses = tuple(swept.line_of[other] for other in (dot, *used))
        return self._tidied(dot, change, Rule.SUBSTITUTE, because, uses)

    def _tidied(self, name: Symbol, value: Expr, rule: Rule, because: Reason, uses: tuple[int, ...]) -> Expr:
        """Record a line and those that rewrite it, and return what comes out."""
        shape = shape_of(name)
        self.recorder.record(name, value, rule, because, uses)
        for rewritten in self._tidying(value, shape):
            value = in_shape(rewritten.result, shape)
            self.recorder.record(name, value, Rule(rewritten.rule.name), (rewritten.rule.reason,))
        return value

    @cached_property
    def _tidying(self) -> Tidying:
        return tidying_of(self.network)


def jacobian(network: Network, of: Names = None, wrt: Names = None) -> Differentiated:
    """The Jacobian of values by names, as a matrix for each pair of them.

    Parameters
    ----------
    network
        A network with a loss, or a layer.
    of
        The values: by default the outputs of a layer, else what the network compares with its targets, else the loss.
    wrt
        The names by which they are differentiated; by default as for ``derive``.

    Each value and each name is a scalar, a column or a row. The Jacobian of y (m×1) by x (n×1) is m×n, its entry (i, j)
    ∂yᵢ/∂xⱼ; a row counts as the column of its entries. It is called J, or J_y_x where there are several. Raises
    DerivationError where a value or a name is a matrix, as there are more indices then: ``jvp`` takes these.
    """
    require_network(network, "jacobian")
    names = network.asked(wrt)[0]
    ends = ends_of(network, of if of is not None else (None if network.outputs else predictions_of(network) or None))
    check_reach(network, names, ends)
    for name in (*ends, *names):
        require_line(name, "Jacobian", "jvp, which multiplies it by a direction")
    taken = words_of(network)
    results = symbols_of([(end, by) for by in names for end in ends], "J", taken)
    reader = Reader(network, taken)
    for by in names:
        reader.read(by, {entry.of: name for name, entry in results.items() if entry.by == by})
    return found("jacobian", network, network.equations, names, results, reader)


def hessian(network: Network, wrt: Names = None) -> Differentiated:
    """The Hessian of the loss by names, as a matrix for each pair of them, the pair w, v once.

    ``wrt`` are scalars, columns or rows, by default the parameters. The block of w (n×1) and v (k×1) is n×k, its entry
    (i, j) ∂²E/∂wᵢ∂vⱼ; of scalars it is a number. It is called H, or H_w_v where there are several. The result has
    ``table`` for scalars, ``block(w, v)`` and ``newton()``. Of a layer it is about ⟨Ȳ, Y⟩.

    Raises DerivationError where a parameter is a matrix, of which the Hessian has four indices: ``hvp`` multiplies it.
    """
    require_network(network, "hessian")
    for name in network.asked(wrt)[0]:
        require_line(name, "Hessian", "hvp, which multiplies it by a direction")
    derivation = derive(network, wrt)
    lines = derivation.as_network()
    gradients = dict(zip(derivation.wrt, lines.outputs, strict=True))
    taken = words_of(lines) - {vector.name for vector in lines.outputs.values()}
    pairs = [(w, v) for k, w in enumerate(derivation.wrt) for v in derivation.wrt[k:]]
    results = symbols_of(pairs, "H", taken)
    reader = Reader(lines, taken)
    for v in derivation.wrt:
        reader.read(v, {gradients[entry.of]: name for name, entry in results.items() if entry.by == v})
    moving = {name: Entry(gradients[entry.of], entry.by) for name, entry in results.items()}
    before = (AreGradients(derivation),)
    mirrored = {
        name: (gradients[entry.by], entry.of)
        for name, entry in results.items()
        if entry.by is not None and entry.by != entry.of
    }
    made = found("hessian", network, lines.equations, derivation.wrt, moving, reader, before, mirrored)
    return replace(made, results=results)


def found(
    what: str,
    source: Network,
    equations: Mapping[Symbol, Expr],
    names: Sequence[Symbol],
    results: Mapping[Symbol, Entry],
    reader: Reader,
    before: Sequence[Truth] = (),
    mirrored: Mapping[Symbol, tuple[Symbol, Symbol]] = EMPTY,
) -> Differentiated:
    """A result of matrices that were read: each, times the direction of its name, is what the value moves by.

    ``mirrored`` has the value and the name for which the transpose of a matrix stands.
    """
    title = f"{TITLES[what]} of {source.name}"
    every = {**equations, **reader.matrices}
    values = tuple(dict.fromkeys(entry.of for entry in results.values()))
    judged = layer_of(source, every, [*values, *results], reader.directions.values(), title)
    directions = reader.directions
    truths: dict[Symbol, tuple[Truth, ...]] = {}
    moved: dict[Symbol, list[Expr]] = {value: [] for value in values}
    for name, entry in results.items():
        assert entry.by is not None
        change = times(name, directions[entry.by], shape_of(entry.of))
        truths[name] = (*before, MoveBy(judged, {entry.by: directions[entry.by]}, {entry.of: change}))
        moved[entry.of].append(change)
        if name in mirrored:
            of, by = mirrored[name]
            moved[of].append(times(turned(name), directions[by], shape_of(of)))
    whole = (*before, MoveBy(judged, directions, {value: Add(*changes) for value, changes in moved.items()}))
    made = layer_of(source, every, results, (), title)
    steps = tuple(reader.recorder.steps)
    return Differentiated(what, source, made, tuple(names), results, directions, steps, truths, whole)


def times(matrix: Expr, direction: Expr, shape: Shape) -> Expr:
    """M·v in the shape of the value that moves, where a row stands for its transpose."""
    moved = product(matrix, as_column(direction)) if shape_of(direction) else Mul(matrix, direction)
    if not shape:
        return SumAll(moved) if shape_of(moved) else moved
    return turned(moved) if is_row(shape) else moved


def in_shape(expr: Expr, shape: Shape) -> Expr:
    """An expression with a shape; what has one entry is a scalar where a scalar should stand."""
    if shape:
        return as_whole(expr, shape)
    return SumAll(expr) if shape_of(expr) else expr


def as_column(line: Expr) -> Expr:
    """A column, or a row as a column."""
    return turned(line) if is_row(shape_of(line)) else line


def is_row(shape: Shape) -> bool:
    """Whether a shape is that of a row of several entries."""
    return bool(shape) and shape[0] == S.One and shape[1] != S.One


def symbols_of(pairs: Sequence[tuple[Symbol, Symbol]], letter: str, taken: set[str]) -> dict[Symbol, Entry]:
    """A symbol for the matrix of each value and name: H alone, or H_w_v of several; they are taken then."""
    results: dict[Symbol, Entry] = {}
    for of, by in pairs:
        scalar = not shape_of(of) and not shape_of(by)
        word = letter if len(pairs) == 1 else f"{letter}_{of.name}_{by.name}"
        shaped = Array(word, (length_of(shape_of(of)), length_of(shape_of(by))))
        name = fresh(Symbol(word) if scalar else shaped, taken, ("{}", "{}_matrix"))
        taken.add(name.name)
        results[name] = Entry(of, by)
    return results


def require_line(name: Symbol, what: str, instead: str) -> None:
    """Refuse a name that is a matrix. Raises DerivationError."""
    shape = shape_of(name)
    if not is_line(shape):
        said = f"a {what} of the matrix {name.name} ({spoken(shape)}) has more than two indices"
        raise DerivationError("shape", said, f"use {instead}", where=name.name)


def require_readable(expr: Expr, dot: Symbol) -> None:
    """Refuse a form that nobody reads. Raises DerivationError."""
    if not has_parts_within(expr, MOST_PARTS):
        what = f"{dot.name} in the direction alone has more than {MOST_PARTS:,} parts"
        raise DerivationError("too-long", what, "use the product with a direction: hvp of a loss, jvp of other values")
