"""An adjoint on its way back through one equation, operation by operation.

The change of the loss is ⟨G, dY⟩. Where Y is an operation on A, the table of adjoints (matrices/adjoints.py) says what
stands beside dA; where Y works entry by entry, the rules of scalars say so (calculus/rules.py). What is on its way are
pairs of an adjoint and the part of the equation that it belongs to, and each move of one is kept, for the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
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


@dataclass(frozen=True)
class Pulled:
    """What an equation passes back to each of its names, and the moves that led there."""

    passed: Mapping[Symbol, Expr]
    moves: tuple[Move, ...]


def pull_back(name: Symbol, expr: Expr, adjoint: Expr, to: Sequence[Symbol], named: Mapping[Expr, Symbol]) -> Pulled:
    """What the names ``to`` get back of the adjoint of ``name``, whose equation is ``expr``.

    All of them move at once, so that what is written after each move is the whole change, in the order of ``to``.
    ``named`` maps expressions to their names in the network, for what is written with the value of an operation.
    """
    moved = {name: k for k, name in enumerate(to)}
    moves: list[Move] = []
    pairs = [Pair(adjoint, expr)]
    while any(pair.part not in moved for pair in pairs):
        following: list[Pair] = []
        reasons: list[str] = []
        for pair in pairs:
            if pair.part in moved:
                following.append(pair)
                continue
            found, reason = _moved(pair, name if pair.part == expr else named.get(pair.part, pair.part), moved, named)
            following += found
            reasons.append(reason)
        pairs = following
        moves.append(Move(tuple(pairs), "; ".join(dict.fromkeys(part for r in reasons for part in r.split("; ")))))
    if not moves:
        moves.append(Move(tuple(pairs), "the equation is another name for it"))
    passed = {s: Add(*(pair.adjoint for pair in pairs if pair.part == s)) for s in to}
    return Pulled(passed, tuple(moves))


def _moved(
    pair: Pair, value: Expr, moved: Mapping[Symbol, int], named: Mapping[Expr, Symbol]
) -> tuple[list[Pair], str]:
    """The pairs that one operation makes of a pair, and why."""
    if isinstance(pair.part, Operation):
        return _through_operation(pair.part, pair.adjoint, value, moved, named)
    return _entry_by_entry(pair.part, pair.adjoint, value, moved, named)


def _through_operation(
    node: Operation, adjoint: Expr, value: Expr, moved: Mapping[Symbol, int], named: Mapping[Expr, Symbol]
) -> tuple[list[Pair], str]:
    inverse = Inverse(node.operands[0])
    known = {inverse: named[inverse]} if inverse in named else {}
    row = adjoint_of(node)
    given = as_whole(adjoint, node.shape) if node.shape else adjoint
    pairs = [
        Pair(substituted(row.passes(node, i, given, value), known), operand)
        for i, operand in enumerate(node.operands)
        if not moved.keys().isdisjoint(operand.free_symbols)
    ]
    return pairs, row.reason


def _entry_by_entry(
    part: Expr, adjoint: Expr, value: Expr, moved: Mapping[Symbol, int], named: Mapping[Expr, Symbol]
) -> tuple[list[Pair], str]:
    """The rules of scalars, with the operations inside taken for names of their own."""
    atoms = sorted(
        atoms_of(part, moved.keys()), key=lambda atom: min(moved[s] for s in atom.free_symbols if s in moved)
    )
    places = {atom: Array(f"_.{k}", shape_of(atom)) for k, atom in enumerate(atoms) if atom not in moved}
    back = {place: atom for atom, place in places.items()}
    formula = part.xreplace(places)
    wanted = {places.get(atom, atom) for atom in atoms}
    found = local_derivatives(formula, wanted, formula if value == part else value, named)
    shape = shape_of(part)
    pairs = []
    words: dict[str, None] = {}
    for atom in atoms:
        derivative = found.get(places.get(atom, atom))
        if derivative is None:
            continue
        passed = gather_numbers(adjoint * substituted(derivative, back))  # SymPy multiplies 2 into a difference
        why = dict.fromkeys(_on_the_way(part, atom))
        if not same_shape(shape_of(atom), shape):
            passed = summed_to(as_whole(passed, shape), shape, shape_of(atom))
            why = {word: None for word in why if word != SUM} | {COPIES: None}
        pairs.append(Pair(passed, atom))
        words |= why
    return pairs, "; ".join(words)


SUM = "a sum passes its adjoint back to each term"
FACTOR = "a product entry by entry passes back the other factor"
SCALAR = "a scalar factor is passed on"
FUNCTION = "an elementwise function passes back its derivative"
COPIES = "a broadcast passes back a sum"


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
        moving = [operand for operand in expr.operands if not moved.isdisjoint(operand.free_symbols)]
        return adjoint_of(expr).uses * sum(uses_of_adjoint(operand, moved) for operand in moving) if moving else 0
    atoms = dict.fromkeys(atoms_of(expr, moved))
    return sum(uses_of_adjoint(atom, moved) if atom != expr else 1 for atom in atoms)


def changes(part: Expr, moved: Set[Symbol]) -> tuple[Expr, ...]:
    """The change of a part as the sum that it is: dX W and X dW for X·W where both move, where W alone does X dW."""
    if isinstance(part, Operation) and part.linear:
        moving = [i for i, operand in enumerate(part.operands) if not moved.isdisjoint(operand.free_symbols)]
        if all(part.operands[i] in moved for i in moving):
            return tuple(
                part.on(*(Differential(operand) if k == i else operand for k, operand in enumerate(part.operands)))
                for i in moving
            )
    return (Differential(part),)
