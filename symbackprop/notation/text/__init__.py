"""Expressions for a terminal, in Unicode or in the plain ASCII that spec files are written in.

    TextWriter  ──►  UnicodeWriter
                ──►  KeyboardWriter  ──►  AsciiWriter, and all source (../python/writer.py)

The two that others are made from stand in writer.py.
"""

from __future__ import annotations

from sympy import Expr

from symbackprop.notation.layout import for_people, laid_out, names_in
from symbackprop.notation.names import NameTable
from symbackprop.notation.order import Order
from symbackprop.notation.text.ascii import AsciiWriter
from symbackprop.notation.text.unicode import UnicodeWriter

__all__ = ["text"]


def text(expr: Expr, names: NameTable | None = None, order: Order | None = None, unicode: bool = True) -> str:
    """Write ``expr`` on one line for a terminal: ``½(t₁ − aₒ₁)²``, or ``(t1 - a_o1)**2/2`` without ``unicode``.

    The ASCII text of an expression that has no unfinished derivatives in it can be read back from a spec file.
    """
    table = names or NameTable.of(names_in(expr))
    writer = UnicodeWriter(table) if unicode else AsciiWriter(table)
    return laid_out(for_people(expr), order, writer.write)
