"""The operations of the catalogue, applied to names: whatever tests say of every operation, they say of these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sympy import Integer, symbols

from symbackprop.errors import NetworkError
from symbackprop.matrices import Array, Operation, shape_of
from symbackprop.matrices.operations.catalogue import RECORDS, USAGES
from symbackprop.matrices.operations.record import Usage

m, n, k = symbols("m n k")
A, Q, V = Array("A", (m, n)), Array("Q", (n, n)), Array("V", (n, 1))
P = Array("P", (n, n))
B, C, D = Array("B", (m, n)), Array("C", (n, k)), Array("D", (m + 1, n + 1))
T = Array("T", (n + 1, n))
BIG = Array("F", (m * n, n * k))
OPERANDS: Sequence[tuple[Array, ...]] = ((A,), (Q,), (V,), (Q, C), (A, B), (A, C), (BIG, C), (BIG, A), (Q, P))
SIZES: Mapping[str, tuple[Integer, ...]] = {
    "block": (Integer(0), m, Integer(1), n + 1),
    "embedded": (Integer(1), Integer(0), m + 2, n + 1),
    "matrix_power": (n + 1,),
    "between_powers": (n + 1,),
}
"""The sizes of those usages that have any."""
POSITIVE = {"cholesky", "lyapunov", "sqrtm"}
"""Words of operations whose first operand is a symmetric positive definite matrix."""
TALL = {"pinv"}
"""Words of operations on matrices of full column rank."""


def operands_of(usage: Usage) -> Iterator[tuple[Array, ...]]:
    """Operands that a usage may have: of names that may, and of as few as it takes."""
    if usage.word == "block":
        yield (D,)
        return
    count = 1 if usage.axis else usage.least - usage.sizes
    for given in OPERANDS:
        if usage.word in TALL and given == (A,):
            yield (T,)
        elif len(given) == count:
            yield given


def nodes_of_word(word: str) -> list[Operation]:
    """The operation of that word on names, along each axis where it goes along one."""
    usage = USAGES[word]
    sizes = [(size, ()) for size in SIZES.get(word, ())]
    found: list[Operation] = []
    for given in operands_of(usage):
        parts = [(array, array.shape) for array in given]
        for axis in ((0,), (1,)) if usage.axis else ((),):
            try:
                made = usage.build(*parts, *sizes, *axis)[0]
                shape_of(made)
            except NetworkError:
                continue
            found.append(made)
        if found:
            return found
    raise AssertionError(f"{word} fits none of the operands tried")


def nodes_of_operation(operation: type[Operation]) -> list[Operation]:
    """An operation of the catalogue on names, by each of its words."""
    (record,) = (record for record in RECORDS if record.operation is operation)
    return [node for usage in record.usages for node in nodes_of_word(usage.word)]
