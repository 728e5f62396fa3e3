"""Transposes, pushed in as far as that makes them fewer, and matrices that are their own transpose."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sympy import Eq, Expr, Integer, Symbol

from symbackprop.algebra.matrices.every_node import NodeRule
from symbackprop.matrices import (
    Inverse,
    Operation,
    Product,
    Sum,
    SumAll,
    Transposed,
    atoms_of,
    product,
    shape_of,
    turned,
)
from symbackprop.matrices.shapes import same
from symbackprop.matrices.sums import NumberOfSquare


def transpose(node: Expr) -> Expr:
    """(A·B)ᵀ = BᵀAᵀ, (Aᵀ)ᵀ = A; into sums and entries where that leaves no more transposes than before."""
    return transpose_knowing(())(node)


def transpose_knowing(symmetric: Collection[Expr]) -> NodeRule:
    """Make the rule, for a network in which these names are their own transpose."""

    def push(node: Expr) -> Expr:
        match node:
            case Transposed(args=(inner,)) if turned(inner) != node:
                return turned(inner)
            case Transposed(args=(Product() as inner,)):
                return product(*(Transposed(factor) for factor in reversed(inner.args)))
            case Transposed(args=(Operation(symmetric=True) as inner,)):
                return inner
            case Transposed(args=(inner,)) if not isinstance(inner, Operation) and not inner.is_Symbol:
                return _transposed_entries(node, inner, symmetric)
            case Sum(args=(Transposed() as inner, _)):
                return Transposed(Sum(inner.args[0], Integer(1 - node.axis)))
            case SumAll(args=(Transposed() as inner,)):
                return SumAll(inner.args[0])
            case NumberOfSquare(args=(Transposed() as inner,)):
                return node.func(inner.args[0])
        return node

    return push


def _transposed_entries(node: Transposed, inner: Expr, symmetric: Collection[Expr]) -> Expr:
    """f(A, B)ᵀ = f(Aᵀ, Bᵀ), where A or B is a transpose already, or its own."""
    everything = list(atoms_of(inner))
    atoms = [atom for atom in everything if shape_of(atom)]
    turned = {atom: atom.args[0] if isinstance(atom, Transposed) else Transposed(atom) for atom in atoms}
    turned |= {atom: atom for atom in everything if atom not in turned}  # what is inside a total stays as it is
    before = 1 + sum(isinstance(atom, Transposed) for atom in atoms)
    after = sum(not isinstance(atom, Transposed) and flipped(atom, symmetric) != atom for atom in atoms)
    return inner.xreplace(turned) if after < before else node


def flipped(expr: Expr, symmetric: Collection[Expr]) -> Expr:
    """The transpose with no transpose left that can be pushed in; ``symmetric`` names are their own."""
    match expr:
        case Transposed():
            return expr.args[0]
        case _ if all(size == 1 for size in shape_of(expr)):
            return expr
        case Product():
            return product(*(flipped(factor, symmetric) for factor in reversed(expr.args)))
        case Inverse():
            return Inverse(flipped(expr.args[0], symmetric))
        case Operation(symmetric=True):
            return expr
        case Operation():
            return Transposed(expr)
    if expr.is_Symbol:
        return expr if expr in symmetric or not shape_of(expr) else Transposed(expr)
    return expr.xreplace({atom: flipped(atom, symmetric) if shape_of(atom) else atom for atom in atoms_of(expr)})


def proved_symmetries(equations: Mapping[Symbol, Expr], facts: Sequence[Eq]) -> dict[Expr, Expr]:
    """Transposes that are the matrix itself: of X·Xᵀ + c·I, of the inverse of a symmetric matrix."""
    symmetric = {fact.rhs for fact in facts if fact.lhs == Transposed(fact.rhs)}
    proved: dict[Expr, Expr] = {Transposed(Inverse(stated)): Inverse(stated) for stated in _in_order(symmetric)}
    for name, expr in equations.items():
        shape = shape_of(name)
        if shape and same(*shape) and flipped(expr, symmetric) == expr:
            symmetric.add(name)
            proved[Transposed(name)] = name
            proved[Transposed(Inverse(name))] = Inverse(name)
    return proved


def _in_order(names: Collection[Expr]) -> list[Expr]:
    return sorted(names, key=str)
