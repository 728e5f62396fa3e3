"""Transposes, pushed in as far as that makes them fewer."""

from __future__ import annotations

from sympy import Basic, Expr, Integer

from symbackprop.matrices import (
    Determinant,
    DiagonalMatrix,
    Identity,
    LogDeterminant,
    Operation,
    Product,
    Sum,
    SumAll,
    Trace,
    Transposed,
    product,
    shape_of,
)


def transpose(node: Expr) -> Expr:
    """(A·B)ᵀ = BᵀAᵀ, (Aᵀ)ᵀ = A; into sums and entries where that leaves no more transposes than before."""
    match node:
        case Transposed(args=(Transposed() as inner,)):
            return inner.args[0]
        case Transposed(args=(Product() as inner,)):
            return product(*(Transposed(factor) for factor in reversed(inner.args)))
        case Transposed(args=((Identity() | DiagonalMatrix()) as inner,)):
            return inner
        case Transposed(args=(inner,)) if not isinstance(inner, Operation) and not inner.is_Symbol:
            return _transposed_entries(node, inner)
        case Sum(args=(Transposed() as inner, _)):
            return Transposed(Sum(inner.args[0], Integer(1 - node.axis)))
        case SumAll(args=(Transposed() as inner,)):
            return SumAll(inner.args[0])
        case Trace() | Determinant() | LogDeterminant() if isinstance(inner := node.args[0], Transposed):
            return node.func(inner.args[0])
    return node


def _transposed_entries(node: Transposed, inner: Expr) -> Expr:
    """f(A, B)ᵀ = f(Aᵀ, Bᵀ), where A or B is a transpose already."""
    atoms = sorted({atom for atom in _atoms(inner) if shape_of(atom)}, key=lambda atom: atom.sort_key())
    turned = {atom: atom.args[0] if isinstance(atom, Transposed) else Transposed(atom) for atom in atoms}
    before = 1 + sum(isinstance(atom, Transposed) for atom in atoms)
    after = sum(isinstance(atom, Transposed) for atom in turned.values())
    return inner.xreplace(turned) if after < before else node


def _atoms(expr: Expr) -> set[Expr]:
    """The names and the outermost operations of an expression that works entry by entry."""
    found: set[Expr] = set()
    stack: list[Basic] = [expr]
    while stack:
        node = stack.pop()
        if node.is_Symbol or isinstance(node, Operation):
            found.add(node)
        else:
            stack.extend(node.args)  # the conditions of cases too, which are no expressions
    return found
