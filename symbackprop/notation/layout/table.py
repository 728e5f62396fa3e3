"""Which function lays out each kind of SymPy expression."""

from __future__ import annotations

from sympy import Abs, Add, And, Float, Function, Max, Min, Mul, Or, Piecewise, Pow, Rational, S, Symbol, exp
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanAtom

from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.matrices import Operation, Product, Transposed, UserOperation
from symbackprop.notation.layout import arithmetic, matrices, scalars
from symbackprop.notation.layout.builder import Table
from symbackprop.notation.partial import Differential, Frobenius, Partial

TABLE: Table = (
    (Symbol, scalars.symbol),
    ((Rational, Float), scalars.rational),
    (Add, arithmetic.addition),
    (Mul, arithmetic.multiplication),
    (Partial, scalars.partial),
    (Product, matrices.matrix_product),
    (Transposed, matrices.transposed),
    (UserOperation, matrices.own_operation),
    (Operation, matrices.operation),
    (Differential, matrices.differential),
    (Frobenius, matrices.inner),
    (type(S.NegativeInfinity), scalars.minus_infinity),
    (tuple(type(constant) for constant in scalars.CONSTANTS), scalars.constant),
    ((Max, Min), scalars.extreme),
    (SoftmaxComponent, scalars.softmax),
    (Piecewise, scalars.cases),
    ((Function, Abs, exp), scalars.function),
    (Pow, arithmetic.power),
    (Relational, scalars.compare),
    ((And, Or), scalars.logic),
    (BooleanAtom, scalars.truth),
)
