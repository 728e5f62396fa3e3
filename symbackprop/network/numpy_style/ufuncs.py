"""NumPy's and SciPy's functions of single numbers, by the names that these have there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sympy import And, Integer, Max, Min, Not, Or, Piecewise, Rational, Rel, log, sqrt

from symbackprop.errors import NetworkError, did_you_mean
from symbackprop.functions import VOCABULARY
from symbackprop.functions.applied import own_rules
from symbackprop.functions.built import BUILT
from symbackprop.network.numpy_style import reductions
from symbackprop.network.numpy_style.value import ArrayValue, matmul

_OF_RECORDS: Mapping[str, Callable[..., Any]] = {
    word: row.cls
    for row in VOCABULARY
    for word in (row.native.get("numpy", "").rpartition(".")[2], *row.aliases, row.name)
}
"""The functions of the vocabulary, by what NumPy and SciPy call them, and by the names that people have for them."""

UFUNCS: Mapping[str, Callable[..., Any]] = {
    **_OF_RECORDS, **{word: one.build for word, one in BUILT.items()},
    "add": lambda a, b: a + b, "subtract": lambda a, b: a - b, "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b, "power": lambda a, b: a**b, "float_power": lambda a, b: a**b,
    "negative": lambda a: -a, "positive": lambda a: a,
    "heaviside": lambda a, b: Piecewise((0, a < 0), (1, a > 0), (b, True)),
    "exp2": lambda a: Integer(2) ** a, "log2": lambda a: log(a) / log(2), "log10": lambda a: log(a) / log(10),
    "sqrt": sqrt, "cbrt": lambda a: Piecewise((a ** Rational(1, 3), a >= 0), (-((-a) ** Rational(1, 3)), True)),
    "hypot": lambda a, b: sqrt(a**2 + b**2), "logit": lambda a: log(a / (1 - a)),
    "maximum": Max, "minimum": Min, "fmax": Max, "fmin": Min,
}  # fmt: skip
"""What each makes of expressions, by NumPy's name or SciPy's."""

_COMPARED = {"less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">="}
_JOINED: Mapping[str, tuple[Callable[..., Any], str]] = {
    "logical_and": (And, "&"), "bitwise_and": (And, "&"), "logical_or": (Or, "|"), "bitwise_or": (Or, "|"),
    "logical_not": (Not, "~"), "invert": (Not, "~"),
}  # fmt: skip
_SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "power": "**"}
_REDUCTIONS = {"add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min"}


def applied_ufunc(name: str, method: str, inputs: Sequence[Any], options: Mapping[str, Any]) -> Any:
    """What a function of NumPy's makes of values that are not worked out yet. Raises NetworkError for others."""
    kin = own_rules(inputs)
    if not isinstance(kin, ArrayValue):
        raise NetworkError("in-place", f"np.{name} is to write into an array of numbers", "make a new array")
    for option in ("out", "where"):
        if options.get(option, True) is not True and options[option] not in (None, (None,)):
            raise NetworkError("option", f"np.{name}(…, {option}=…) changes an array in place", "make a new array")
    if method == "reduce" and name in _REDUCTIONS:
        axis = inputs[1] if len(inputs) > 1 else options.get("axis", 0)
        return reductions.reduced(_REDUCTIONS[name], kin.lifted(inputs[0]), axis, bool(options.get("keepdims", False)))
    if method == "outer" and name in UFUNCS:
        a, b = map(kin.lifted, inputs)
        return kin.by_entries(UFUNCS[name], [kin.made(*a.column), kin.made(*b.row)], _SIGNS.get(name, "and"))
    if method == "__call__":
        if name == "matmul":
            return matmul(*map(kin.lifted, inputs))
        if name in _COMPARED:
            return kin.condition(lambda a, b: Rel(a, b, _COMPARED[name]), inputs, _COMPARED[name])
        if name in _JOINED:
            return kin.joined(_JOINED[name][0], inputs, _JOINED[name][1])
        if name in UFUNCS:
            return kin.by_entries(UFUNCS[name], inputs, _SIGNS.get(name, "and"))
    known = {*UFUNCS, *_COMPARED, *_JOINED, "matmul"}
    said = name if method == "__call__" else f"{name}.{method}"
    raise NetworkError("unknown-function", f"np.{said} is not known in networks", did_you_mean(said, known))
