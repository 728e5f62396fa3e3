"""Formulas from text, without running any of it.

    text ──► tokens ──► Python's syntax tree ──► SymPy
           (scanner:      (source)             (reader, calls, conditions: a whitelist of kinds of node;
            words are                           builder: each node built under the bounds of limits;
            checked)                            matrices, matrix_table: the same with shapes)

SymPy's own readers evaluate what they are given, so no text reaches them. The scan of tokens comes first because it
can say in the writer's own words what is wrong ("write * for a product"); the whitelist would refuse the same text.
"""

from symbackprop.network.formulas.matrix_table import MATRIX_WORDS
from symbackprop.network.formulas.names import parse_name, parse_names, quote
from symbackprop.network.formulas.parse import (
    names_used,
    parse_equation,
    parse_expression,
    parse_facts,
    parse_function,
    parse_size,
)
from symbackprop.network.formulas.reader import Names
from symbackprop.network.formulas.source import counted
from symbackprop.network.formulas.table import FUNCTION_NAMES, TAKEN_NAMES

__all__ = [
    "FUNCTION_NAMES",
    "MATRIX_WORDS",
    "TAKEN_NAMES",
    "Names",
    "counted",
    "names_used",
    "parse_equation",
    "parse_expression",
    "parse_facts",
    "parse_function",
    "parse_name",
    "parse_names",
    "parse_size",
    "quote",
]
