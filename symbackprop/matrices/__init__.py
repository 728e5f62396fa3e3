"""The matrix dialect: names with shapes, the operations that mix entries, and what users write for them.

    SymPy's matrices ──► array expressions ──► the rest of symbackprop
    (user_functions.py)  (from_sympy.py)

What words such as inner and colmean make of them is said in vocabulary.py, for SymPy's matrices and for formulas in
text.

An array expression is plain SymPy over names with shapes. Whatever works entry by entry is scalar algebra, with rows,
columns and scalars repeated as in NumPy; what mixes entries has a class each, in grammar.py and sums.py where rules are
about it, and in operations/ with all else that is known of it.
"""

from symbackprop.matrices.array import Array, Shape
from symbackprop.matrices.atoms import atoms_of
from symbackprop.matrices.from_sympy import array_of, read
from symbackprop.matrices.grammar import Broadcast, Operation, Product, Transposed, as_whole, product
from symbackprop.matrices.operations.blocks import Block, Embedded
from symbackprop.matrices.operations.catalogue import OPERATIONS
from symbackprop.matrices.operations.cholesky import Cholesky
from symbackprop.matrices.operations.cumulative import CumulativeSum, ReverseCumulativeSum
from symbackprop.matrices.operations.determinant import Determinant
from symbackprop.matrices.operations.diagonal import Diagonal, DiagonalMatrix
from symbackprop.matrices.operations.first_largest import FirstLargest, FirstLargestOfAll
from symbackprop.matrices.operations.kronecker import BlockInner, BlockSum, Kronecker
from symbackprop.matrices.operations.largest import Largest, LargestOfAll, Smallest, SmallestOfAll
from symbackprop.matrices.operations.log_determinant import LogDeterminant
from symbackprop.matrices.operations.log_softmax import LogSoftmax
from symbackprop.matrices.operations.logsumexp import LogSumExp
from symbackprop.matrices.operations.lyapunov import Lyapunov
from symbackprop.matrices.operations.matrix_root import MatrixRoot
from symbackprop.matrices.operations.products import LineProduct, Others, OthersInLine, ProductOfAll
from symbackprop.matrices.operations.pseudoinverse import PseudoInverse
from symbackprop.matrices.operations.softmax import Softmax
from symbackprop.matrices.operations.solve import Solve
from symbackprop.matrices.operations.stacked import Stacked
from symbackprop.matrices.operations.symmetric import SymmetricPart
from symbackprop.matrices.operations.trace import Trace
from symbackprop.matrices.operations.triangles import HalfTriangle, LowerTriangle, UpperTriangle
from symbackprop.matrices.rebuilding import rebuilt, substituted, turned
from symbackprop.matrices.recognise import recognise_operations
from symbackprop.matrices.shapes import lengths_of, same_shape, shape_of, spoken
from symbackprop.matrices.sums import Identity, Inverse, Sum, SumAll
from symbackprop.matrices.user_operation import UserOperation, operation

__all__ = [
    "OPERATIONS",
    "Array",
    "Block",
    "BlockInner",
    "BlockSum",
    "Broadcast",
    "Cholesky",
    "CumulativeSum",
    "Determinant",
    "Diagonal",
    "DiagonalMatrix",
    "Embedded",
    "FirstLargest",
    "FirstLargestOfAll",
    "HalfTriangle",
    "Identity",
    "Inverse",
    "Kronecker",
    "Largest",
    "LargestOfAll",
    "LineProduct",
    "LogDeterminant",
    "LogSoftmax",
    "LogSumExp",
    "LowerTriangle",
    "Lyapunov",
    "MatrixRoot",
    "Operation",
    "Others",
    "OthersInLine",
    "Product",
    "ProductOfAll",
    "PseudoInverse",
    "ReverseCumulativeSum",
    "Shape",
    "Smallest",
    "SmallestOfAll",
    "Softmax",
    "Solve",
    "Stacked",
    "Sum",
    "SumAll",
    "SymmetricPart",
    "Trace",
    "Transposed",
    "UpperTriangle",
    "UserOperation",
    "array_of",
    "as_whole",
    "atoms_of",
    "lengths_of",
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
