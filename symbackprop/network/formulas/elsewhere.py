"""What people write for matrices elsewhere, in papers, NumPy and MATLAB, and what to write in its place."""

from __future__ import annotations

import re

from symbackprop.network.formulas.matrix_table import MATRIX_WORDS
from symbackprop.network.formulas.table import FUNCTION_NAMES

FUNCTIONS = {
    **dict.fromkeys(("dot", "matmul", "mm"), "write A @ B for the matrix product"),
    **dict.fromkeys(("multiply", "mul"), "write A*B for the product entry by entry"),
    "divide": "write A/B for the quotient entry by entry",
    "power": "write A**2 for a power entry by entry",
    "absolute": "write abs(A)",
    "maximum": "write max(A, B)",
    "minimum": "write min(A, B)",
    "sum": "write total(A), rowsum(A) or colsum(A)",
    "identity": "write eye(n)",
    **dict.fromkeys(("concat", "concatenate", "stack"), "write vstack(A, B) or hstack(A, B)"),
    "amax": "write max(A), rowmax(A) or colmax(A)",
    "amin": "write min(A), rowmin(A) or colmin(A)",
}
"""In place of functions."""

_TRANSPOSE, _INVERSE = "write .T for the transpose", "write inv(A) for the inverse"
_ATTRIBUTES = {
    **FUNCTIONS,
    **dict.fromkeys(("t", "transpose"), _TRANSPOSE),
    **dict.fromkeys(("i", "inv", "inverse"), _INVERSE),
    "mean": "write mean(A), rowmean(A) or colmean(A)",
    "shape": "write the sizes by their names, such as m",
}
_MODULES = frozenset({"jnp", "math", "np", "numpy", "sb", "sp", "symbackprop", "sympy", "tf", "torch"})
_PRODUCT = "write @ for the matrix product, * for the product entry by entry and with a scalar"
_SIGNS = {"·": _PRODUCT, "×": _PRODUCT}


def in_place_of_attribute(text: str, start: int) -> str:
    """What to write in place of the attribute whose dot stands at ``start``: ``.t`` of a matrix, ``.tanh`` of np."""
    names = re.findall(r"\w+", re.match(r"[\w.]*", text[start:])[0])  # type: ignore[index]  # it matches nothing, too
    before = re.search(r"(\w*)[\w.]*$", text[:start])
    if before and before[1] in _MODULES:
        known = names[-1] in FUNCTION_NAMES | MATRIX_WORDS
        return f"write {names[-1]}(…)" if known else FUNCTIONS.get(names[-1], "functions stand here without a module")
    return _ATTRIBUTES.get(names[0].lower(), "a matrix has no attribute but .T, its transpose")


def in_place_of_sign(text: str, start: int) -> str:
    """What to write in place of the sign at ``start``, where it means something for matrices; else nothing."""
    sign, after = text[start], text[start + 1 :]
    value = re.search(r"(?<![.\w])([^\W\d]\w*)$|[\w)\]]$", text[:start].rstrip())
    raised = re.match(r"\s*[({]*\s*(?:(T|top|⊤)|-\s*1)\b", after) if sign == "^" else None
    if value and (sign in "'’′" or (raised and raised[1])):
        return f"write {value[1] or '(…)'}.T for the transpose"
    if value and raised:
        return f"{_INVERSE}, A**(-1) for 1 over each entry"
    return _SIGNS.get(sign, "")
