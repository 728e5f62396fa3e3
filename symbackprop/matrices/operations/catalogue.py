"""Every operation on matrices, from the files of this folder: a file here with its RECORDS is all it takes."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module

from sympy import Expr

from symbackprop.matrices import operations
from symbackprop.matrices.grammar import Broadcast, Operation, Product, Transposed
from symbackprop.matrices.operations.record import Record, Usage
from symbackprop.matrices.sums import Identity, Sum, SumAll


def _records() -> Iterator[Record]:
    names = sorted(found.name for found in pkgutil.iter_modules(operations.__path__))
    for name in names:
        if name not in ("catalogue", "record"):
            yield from import_module(f"{operations.__name__}.{name}").RECORDS


RECORDS: tuple[Record, ...] = tuple(_records())
"""What is known of each operation, in the order of the names of their files."""
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
