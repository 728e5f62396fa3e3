"""Expressions as people write them: in LaTeX, in Unicode, in plain ASCII, and in Python.

    expression ──► layout     ──► text                  ──► lines
                   (layout/)      (writer.py: latex/,       (breaking.py: latex/,
                                   text/, python/)           python/)

A layout is a tree of nodes.py in the order of order.py. All writers share writer.py, and all names come from a table of
names.py; what is broken into lines is broken by breaking.py. Each language has a package for what is its own.
"""

from symbackprop.notation.latex import aligned, latex, latex_lines
from symbackprop.notation.layout import layout
from symbackprop.notation.names import NameTable
from symbackprop.notation.order import Order
from symbackprop.notation.partial import Differential, Direct, Frobenius, Immediate, Partial, Total
from symbackprop.notation.python import python, python_assignment
from symbackprop.notation.text import text
from symbackprop.notation.widths import latex_width

__all__ = [
    "Differential",
    "Direct",
    "Frobenius",
    "Immediate",
    "NameTable",
    "Order",
    "Partial",
    "Total",
    "aligned",
    "latex",
    "latex_lines",
    "latex_width",
    "layout",
    "python",
    "python_assignment",
    "text",
]
