"""The helpers of generated NumPy modules: functions that NumPy lacks, and those that are worked out together.

Functions of one number are written from their records (kernels.py). What shares its costly part stands here: σ(z) and
its derivative share exp(-z), a softmax and its logarithm the powers of e.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping

from sympy import Basic

from symbackprop.errors import SymbackpropError
from symbackprop.functions.catalogue import primitive_of
from symbackprop.matrices import Operation
from symbackprop.notation.words import WORDS, helper_of
from symbackprop.numeric.declared import declared
from symbackprop.numeric.kernels import NUMPY, Helper, Helpers, in_words, kernels, words_of
from symbackprop.numeric.together import LOG_SOFTMAX, LOG_SUM_EXP, SOFTMAX, TOGETHER

_WORDS = words_of("np")

HELPERS: Helpers = kernels(NUMPY) | {
    "sigmoid_and_slope": Helper(
        '''def sigmoid_and_slope(z: Array) -> tuple[Array, Array]:
    """Give 1/(1 + exp(-z)) and its derivative."""
    with np.errstate(over="ignore"):
        e = np.exp(-z)
    y = 1/(1 + e)
    return y, np.minimum(e, np.finfo(e.dtype).max)*y*y  # e*y is 1 less y, and keeps its digits'''
    ),
    "tanh_and_slope": Helper(
        '''def tanh_and_slope(z: Array) -> tuple[Array, Array]:
    """Give tanh(z) and its derivative, of which 1 - y**2 has no digits left where y is near 1."""
    y = np.tanh(z)
    slope = np.asarray(1 - y*y)
    near = 1e-3 if y.dtype == np.float64 else 0.03
    if slope.min() < near:
        far = slope < near
        slope[far] = tanh_slope(np.asarray(z)[far])
    return y, slope[()]''',
        needs=("tanh_slope",),
    ),
    **in_words({kernel.name: kernel for kernel in (LOG_SUM_EXP, SOFTMAX, LOG_SOFTMAX)}, _WORDS),
}

ARRAY_HELPERS: Helpers = HELPERS | {
    "softmax": Helper(
        '''def softmax(z: Array, axis: int) -> Array:
    """Give exp(z) over its sum along the axis, without overflow."""
    powers = np.exp(z - z.max(axis=axis, keepdims=True))
    return powers/powers.sum(axis=axis, keepdims=True)'''
    ),
    "log_softmax": Helper(
        '''def log_softmax(z: Array, axis: int) -> Array:
    """Give the logarithm of the softmax along the axis, without overflow."""
    shifted = z - z.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))'''
    ),
    "logsumexp": Helper(
        '''def logsumexp(z: Array, axis: int) -> Array:
    """Give the logarithm of the sum of exp(z) along the axis, without overflow."""
    largest = z.max(axis=axis, keepdims=True)
    return largest + np.log(np.exp(z - largest).sum(axis=axis, keepdims=True))'''
    ),
    "softmax_and_log": Helper(
        '''def softmax_and_log(z: Array, axis: int) -> tuple[Array, Array]:
    """Give the softmax along the axis and its logarithm, without overflow."""
    shifted = z - z.max(axis=axis, keepdims=True)
    powers = np.exp(shifted)
    total = powers.sum(axis=axis, keepdims=True)
    return powers/total, shifted - np.log(total)'''
    ),
    "softmax_and_logsumexp": Helper(
        '''def softmax_and_logsumexp(z: Array, axis: int) -> tuple[Array, Array]:
    """Give the softmax along the axis, and the logarithm of the sum of exp(z), without overflow."""
    largest = z.max(axis=axis, keepdims=True)
    powers = np.exp(z - largest)
    total = powers.sum(axis=axis, keepdims=True)
    return powers/total, largest + np.log(total)'''
    ),
    "sigmoid_and_tail": Helper(
        '''def sigmoid_and_tail(z: Array) -> tuple[Array, Array]:
    """Give 1/(1 + exp(-z)) and log(1 + exp(-|z|)); log of the former is min(z, 0) less this."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e)/(1 + e), np.log1p(e)'''
    ),
    **in_words({word: TOGETHER[word] for word in ("softmax_of", "log_softmax_of")}, _WORDS),
    **in_words({row.helper: row.kernels["numpy"] for row in WORDS.values() if "numpy" in row.kernels}, _WORDS),
}
"""The same for arrays: a softmax goes along an axis, and that of a list of scores is called softmax_of."""

DECLARED = Helper(inspect.getsource(declared).rstrip())
"""What an array library makes of matrices for an operation of the user's, against the shape that the user declared."""


def called_by(node: Basic) -> str:
    """The name of the helper that a node would call where a library has none of its own; empty if it calls none."""
    if isinstance(node, Operation):
        return helper_of(node.spoken)
    row = primitive_of(node)
    return row.name if row is not None else ""


def with_needs(names: Iterable[str], among: Mapping[str, Helper] = HELPERS) -> list[str]:
    """Names of helpers and of all that they call, each before those that call it.

    Raises SymbackpropError where there is none for the target.
    """
    ordered: list[str] = []

    def add(name: str) -> None:
        helper = among[name]
        if helper.lacking is not None:
            raise SymbackpropError("kernel", *helper.lacking)
        for need in helper.needs:
            add(need)
        if name not in ordered:
            ordered.append(name)

    for name in sorted(names):
        add(name)
    return ordered
