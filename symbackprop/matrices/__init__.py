"""The matrix dialect: names with shapes, the operations that mix entries, and what users write for them.

    SymPy's matrices ──► array expressions ──► the rest of symbackprop
    (written.py)         (reading.py)

What words such as inner and colmean make of them is said in words.py, for SymPy's matrices and for formulas in text.

An array expression is plain SymPy over names with shapes. Whatever works entry by entry is scalar algebra, with rows,
columns and scalars repeated as in NumPy; what mixes entries has a class each in operations.py.
"""

from symbackprop.matrices.array import Array, Shape
from symbackprop.matrices.atoms import atoms_of
from symbackprop.matrices.grammar import Broadcast, Operation, Product, Transposed, as_whole, product
from symbackprop.matrices.operations import (
    OPERATIONS,
    Determinant,
    Diagonal,
    DiagonalMatrix,
    Identity,
    Inverse,
    LogDeterminant,
    LogSoftmax,
    LogSumExp,
    Softmax,
    Sum,
    SumAll,
    Trace,
)
from symbackprop.matrices.reading import array_of, read
from symbackprop.matrices.rebuilding import rebuilt, substituted, turned
from symbackprop.matrices.recognise import recognise_operations
from symbackprop.matrices.shapes import same_shape, shape_of, spoken
from symbackprop.matrices.userdefined import UserOperation, operation

__all__ = [
    "OPERATIONS",
    "Array",
    "Broadcast",
    "Determinant",
    "Diagonal",
    "DiagonalMatrix",
    "Identity",
    "Inverse",
    "LogDeterminant",
    "LogSoftmax",
    "LogSumExp",
    "Operation",
    "Product",
    "Shape",
    "Softmax",
    "Sum",
    "SumAll",
    "Trace",
    "Transposed",
    "UserOperation",
    "array_of",
    "as_whole",
    "atoms_of",
    "operation",
    "product",
    "read",
    "rebuilt",
    "recognise_operations",
    "same_shape",
    "shape_of",
    "spoken",
    "substituted",
    "turned",
]
