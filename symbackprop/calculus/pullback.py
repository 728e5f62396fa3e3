"""An adjoint on its way back through one equation, operation by operation.

The change of the loss is ⟨G, dY⟩. Where Y is an operation on A, the table of adjoints (matrices/adjoints.py) says what
stands beside dA; where Y works entry by entry, the rules of scalars say so (calculus/rules.py). What is on its way are
pairs of an adjoint and the part of the equation that it belongs to, and each move of one is kept, for the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sympy import Add, Basic, Expr, Mul, Symbol

from symbackprop.algebra.matrices import gather_numbers
from symbackprop.calculus.rules import local_derivatives
from symbackprop.matrices import (
    Array,
    Broadcast,
    Inverse,
    Operation,
    as_whole,
    atoms_of,
    same_shape,
    shape_of,
    substituted,
)
from symbackprop.matrices.adjoints import adjoint_of, summed_to
from symbackprop.notation import Differential


@dataclass(frozen=True)
class Pair:
    """⟨adjoint, d part⟩: an adjoint, and the part of an equation that it belongs to."""

    adjoint: Expr
    part: Expr

    @property
    def is_whole(self) -> bool:
        """Whether the adjoint has the shape of its part, and not that of a row, a column or a scalar to be repeated."""
        return same_shape(shape_of(self.adjoint), shape_of(self.part))


@dataclass(frozen=True)
class Move:
    """The pairs after one operation, and why they equal those before it."""

    pairs: tuple[Pair, ...]
    reason: str


def is_zero(adjoint: Expr) -> bool:
    """Whether an adjoint is zero, of whatever shape."""
    return bool((adjoint.args[0] if isinstance(adjoint, Broadcast) else adjoint) == 0)


def pull_back(
    name: Symbol, expr: Expr, adjoint: Expr, to: Symbol, named: Mapping[Expr, Symbol]
) -> tuple[Expr, tuple[Move, ...]]:
    """What ``to`` gets back of the adjoint of ``name``, whose equation is ``expr``, and the moves that led there.

    ``named`` maps expressions to their names in the network, for what is written with the value of an operation.
    """
    moves: list[Move] = []
    pairs = [Pair(adjoint, expr)]
    while True:
        position = next((k for k, pair in enumerate(pairs) if pair.part != to), None)
        if position is None:
            break
        pair = pairs[position]
        found, reason = _moved(pair, name if pair.part == expr else named.get(pair.part, pair.part), to, named)
        pairs = [*pairs[:position], *found, *pairs[position + 1 :]]
        moves.append(Move(tuple(pairs), reason))
    if not moves:
        moves.append(Move(tuple(pairs), "the equation is another name for it"))
    return Add(*(pair.adjoint for pair in pairs)), tuple(moves)


def _moved(pair: Pair, value: Expr, to: Symbol, named: Mapping[Expr, Symbol]) -> tuple[list[Pair], str]:
    """The pairs that one operation makes of a pair, and why."""
    if isinstance(pair.part, Operation):
        return _through_operation(pair.part, pair.adjoint, value, to, named)
    return _entry_by_entry(pair.part, pair.adjoint, value, to, named)


def _through_operation(
    node: Operation, adjoint: Expr, value: Expr, to: Symbol, named: Mapping[Expr, Symbol]
) -> tuple[list[Pair], str]:
    inverse = Inverse(node.operands[0])
    known = {inverse: named[inverse]} if inverse in named else {}
    row = adjoint_of(node)
    given = as_whole(adjoint, node.shape) if node.shape else adjoint
    pairs = [
        Pair(substituted(row.passes(node, i, given, value), known), operand)
        for i, operand in enumerate(node.operands)
        if to in operand.free_symbols
    ]
    return pairs, row.reason


def _entry_by_entry(
    part: Expr, adjoint: Expr, value: Expr, to: Symbol, named: Mapping[Expr, Symbol]
) -> tuple[list[Pair], str]:
    """The rules of scalars, with the operations inside taken for names of their own."""
    atoms = list(atoms_of(part, to))
    places = {atom: Array(f"_.{k}", shape_of(atom)) for k, atom in enumerate(atoms) if atom != to}
    back = {place: atom for atom, place in places.items()}
    formula = part.xreplace(places)
    wanted = {places.get(atom, atom) for atom in atoms}
    found = local_derivatives(formula, wanted, formula if value == part else value, named)
    shape = shape_of(part)
    pairs = []
    repeated = False
    for atom in atoms:
        derivative = found.get(places.get(atom, atom))
        if derivative is None:
            continue
        passed = gather_numbers(adjoint * substituted(derivative, back))  # SymPy multiplies 2 into a difference
        if not same_shape(shape_of(atom), shape):
            passed, repeated = summed_to(as_whole(passed, shape), shape, shape_of(atom)), True
        pairs.append(Pair(passed, atom))
    return pairs, _reason(part, atoms, repeated)


SUM = "a sum passes its adjoint back to each term"
FACTOR = "a product entry by entry passes back the other factor"
SCALAR = "a scalar factor is passed on"
FUNCTION = "an elementwise function passes back its derivative"
COPIES = "a broadcast passes back a sum"


def _reason(part: Expr, atoms: Sequence[Expr], repeated: bool) -> str:
    """What stands between an expression and the names and operations in it, in words."""
    words = dict.fromkeys(word for atom in atoms for word in _on_the_way(part, atom))
    if repeated:
        words = {word: None for word in words if word != SUM} | {COPIES: None}
    return "; ".join(words)


def _on_the_way(part: Expr, atom: Expr) -> Iterator[str]:
    """The rules by which an adjoint comes from an expression to a name or an operation inside it."""
    while part != atom:
        inner = next(arg for arg in part.args if arg == atom or _stands_in(arg, atom))
        if isinstance(part, Add):
            yield SUM
        elif isinstance(part, Mul):
            yield FACTOR if any(shape_of(factor) for factor in part.args if factor != inner) else SCALAR
        else:
            yield FUNCTION
            if not isinstance(inner, Expr):  # the branches of a case
                return
        part = inner


def _stands_in(part: Basic, atom: Expr) -> bool:
    return not isinstance(part, Operation) and any(arg == atom or _stands_in(arg, atom) for arg in part.args)


def uses_of_adjoint(expr: Expr, moved: set[Symbol]) -> int:
    """How often the adjoint of an equation stands in what it passes back to the names in ``moved``."""
    if expr.is_Symbol:
        return int(expr in moved)
    if isinstance(expr, Operation):
        return adjoint_of(expr).uses * sum(uses_of_adjoint(operand, moved) for operand in expr.operands)
    atoms = {atom: None for name in sorted(moved & expr.free_symbols, key=str) for atom in atoms_of(expr, name)}
    return sum(uses_of_adjoint(atom, moved) if atom != expr else 1 for atom in atoms)


def changes(pair: Pair, to: Symbol) -> Expr:
    """How the change of a pair's part is written: X dW for X·W, where W alone changes."""
    node = pair.part
    if isinstance(node, Operation) and adjoint_of(node).linear:
        moving = [operand for operand in node.operands if to in operand.free_symbols]
        if len(moving) == 1 and moving[0] == to:
            return node.on(*(Differential(operand) if operand == to else operand for operand in node.operands))
    return Differential(node)
