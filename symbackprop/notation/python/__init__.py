"""Expressions as Python source that works on NumPy arrays, written as a careful engineer would write it.

    CodeWriter  ──►  ArrayCode  ──►  FormulaCode  ──►  PythonWriter, and the writer for other libraries
                ──►  what is written for plain numbers (../../numeric/plain_numbers.py)

These stand in writer.py; breaking.py breaks long lines. guard.py makes branches safe to compute where they do not hold;
products.py groups the factors of matrix products as costs NumPy least.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr

from symbackprop.notation.breaking import Breaker
from symbackprop.notation.layout import laid_out, names_in
from symbackprop.notation.names import NameTable
from symbackprop.notation.nodes import Node
from symbackprop.notation.order import Order
from symbackprop.notation.python.breaking import FormulaBreaker
from symbackprop.notation.python.writer import OPERATIONS, Hook, PythonWriter, is_number

__all__ = [
    "OPERATIONS",
    "Hook",
    "PythonWriter",
    "assignment",
    "is_number",
    "python",
    "python_assignment",
]


def python(expr: Expr, names: NameTable | None = None, order: Order | None = None, call: Hook | None = None) -> str:
    """Write ``expr`` as Python source with NumPy's functions: ``(t1 - a_o1)**2/2``, ``np.maximum(0, z)``.

    Functions that NumPy lacks are called by their names in the vocabulary, unless ``call`` says otherwise. Matrices are
    two-dimensional arrays: ``(Delta_Z2 @ W2.T)*A1*(1 - A1)``, ``Delta_Z1.sum(axis=0, keepdims=True)``.
    """
    writer = PythonWriter(names or NameTable.of(names_in(expr)), call)
    return laid_out(expr, order, writer.write)


def python_assignment(
    target: str,
    expr: Expr,
    names: NameTable | None = None,
    order: Order | None = None,
    call: Hook | None = None,
    width: int = 100,
) -> list[str]:
    """Write ``target = expr`` in lines of at most ``width`` characters, where the expression can be broken.

    Long right sides stand in brackets, a line to themselves, and break before an operator.
    """
    breaker = FormulaBreaker(PythonWriter(names or NameTable.of(names_in(expr)), call))
    return laid_out(expr, order, lambda node: assignment(target, node, breaker, width))


def assignment(target: str, node: Node, breaker: Breaker[Any], width: int) -> list[str]:
    """An assignment, in brackets and several lines where one is too short."""
    line = f"{target} = {breaker.writer.write(node)}"
    if len(line) <= width:
        return [line]
    return [f"{target} = (", *(f"    {line}" for line in breaker.lines(node, width - 4)), ")"]
