"""The catalogue of operations: the files of this folder, in the order in which a report tells their rules.

A new operation is a new file with its RECORDS, and a line here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sympy import Expr

from symbackprop.matrices.grammar import Broadcast, Operation, Product, Transposed
from symbackprop.matrices.operations import (
    blocks,
    cholesky,
    cumulative,
    determinant,
    diagonal,
    first_largest,
    inverse,
    kronecker,
    largest,
    log_determinant,
    log_softmax,
    logsumexp,
    products,
    pseudoinverse,
    softmax,
    solve,
    stacked,
    symmetric,
    trace,
    triangles,
)
from symbackprop.matrices.operations.record import Record, Usage
from symbackprop.matrices.sums import Identity, Sum, SumAll

FILES = (
    softmax, log_softmax, logsumexp, trace, inverse, determinant, log_determinant, diagonal, largest, first_largest,
    products, cumulative, triangles, solve, blocks, stacked, kronecker, symmetric, cholesky, pseudoinverse,
)  # fmt: skip

RECORDS: tuple[Record, ...] = tuple(record for file in FILES for record in file.RECORDS)
"""What is known of each operation."""
RECORD_OF: Mapping[type[Operation], Record] = {record.operation: record for record in RECORDS}
USAGES: Mapping[str, Usage] = {usage.word: usage for record in RECORDS for usage in record.usages}
"""The words of formulas for them."""
GRAMMAR: tuple[type[Operation], ...] = (Product, Transposed, Sum, SumAll, Broadcast, Identity)
"""The operations that rules are about, and that every room knows."""
OPERATIONS: tuple[type[Operation], ...] = (*GRAMMAR, *RECORD_OF)
"""Every operation that ships with symbackprop."""


def conventions_of_operations(exprs: Iterable[Expr]) -> set[str]:
    """The conventions at the kinks of the operations in these expressions."""
    kinds = {type(node) for expr in exprs for node in expr.atoms(Operation)}
    return {RECORD_OF[kind].convention for kind in kinds & RECORD_OF.keys()} - {""}
