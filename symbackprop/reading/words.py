"""The words for functions: the program's own, those of papers, and those of the libraries of programmers."""

from __future__ import annotations

from collections.abc import Mapping

from symbackprop.functions import VOCABULARY
from symbackprop.network.formulas import FUNCTION_NAMES, MATRIX_WORDS
from symbackprop.notation.words import WORDS

FUNCTION_WORDS = FUNCTION_NAMES | MATRIX_WORDS
"""The functions that formulas may use, by the program's own names."""

_ALIASES: Mapping[str, str] = {
    **{word.replace("_", ""): row.name for row in VOCABULARY for word in row.aliases},
    "maximum": "max", "Max": "max", "amax": "max", "minimum": "min", "Min": "min", "Abs": "abs",
    "tr": "trace", "summe": "sum", "nansum": "sum", "average": "mean", "Piecewise": "piecewise",
    "identity": "eye", "hadamard": "hadamard", "multiply": "hadamard", "mul": "hadamard",
    "divide": "divide", "truedivide": "divide", "div": "divide",
    "dot": "matmul", "mm": "matmul", "bmm": "matmul", "multidot": "matmul", "matmul": "matmul", "outer": "outer",
    "diagflat": "diag", "inverse": "inv", "slogdet": "slogdet", "broadcastto": "broadcast_to",
    "clamp": "clip",
    "float": "float", "double": "float", "asarray": "float", "array": "float", "copy": "float",
}  # fmt: skip
_OWN = (
    "sum mean square power pow add subtract negative reciprocal clip where transpose ones zeros ones_like zeros_like "
    "broadcast_to log1p expm1 divide matmul outer indicator Total Direct Immediate heaviside positive logaddexp"
)

AXES: Mapping[str, tuple[str, int]] = {
    f"{words.word}_{axis}": (words.word, number)
    for words in WORDS.values()
    if words.axis_below
    for axis, number in (("rows", 1), ("cols", 0))
}
"""Operations whose name says along which axis they go."""

FUNCTIONS: Mapping[str, str] = {
    **{word.replace("_", ""): word for word in sorted({*FUNCTION_NAMES, *MATRIX_WORDS, *_OWN.split()})},
    **{word.replace("_", ""): word for word in AXES},
    **_ALIASES,
}
"""The function that a word means, by the word without underscores."""

UNBRACKETED = frozenset({"det", "trace", "log", "exp", "tanh", "sqrt"})
"""Functions that may be applied to what stands behind them without brackets, as in ``det A``."""

KEYWORDS: Mapping[str, str] = {
    "if": "if", "for": "if", "when": "if", "where": "if", "otherwise": "otherwise", "else": "otherwise",
    "and": "and", "or": "or", "True": "True", "true": "True", "False": "False", "false": "False",
}  # fmt: skip
"""Words of conditions."""
