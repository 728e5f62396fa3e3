"""The functions that are worked out together, in terms of the Array API; ``xp`` stands for the library."""

from __future__ import annotations

from symbackprop.notation.words import WORDS
from symbackprop.numeric.kernels import Helper, Helpers

_SOFTMAX = '''def softmax(*scores):
    """exp(z_j)/(exp(z_1) + ...) for each score; shifted by the largest, none overflows."""
    largest = scores[0]
    for z in scores[1:]:
        largest = xp.maximum(largest, z)
    powers = [xp.exp(z - largest) for z in scores]
    total = sum(powers)
    return [power/total for power in powers]'''

_LOG_SOFTMAX = '''def log_softmax(*scores):
    """z_j - log(exp(z_1) + ...) for each score; shifted by the largest, none overflows."""
    largest = scores[0]
    for z in scores[1:]:
        largest = xp.maximum(largest, z)
    shifted = [z - largest for z in scores]
    total = xp.log(sum(xp.exp(z) for z in shifted))
    return [z - total for z in shifted]'''

HELPERS: dict[str, Helper] = {
    "sigmoid_and_slope": Helper(
        '''def sigmoid_and_slope(z):
    """1/(1 + exp(-z)) and its derivative."""
    e = xp.exp(-xp.abs(z))
    return xp.where(z >= 0, xp.ones_like(e), e)/(1 + e), e/(1 + e)**2'''
    ),
    "tanh_and_slope": Helper(
        '''def tanh_and_slope(z):
    """tanh(z) and its derivative."""
    return xp.tanh(z), tanh_slope(z)''',
        needs=("tanh_slope",),
    ),
    "log_sum_exp": Helper(
        '''def log_sum_exp(*scores):
    """log(exp(z_1) + ...); shifted by the largest, none overflows."""
    largest = scores[0]
    for z in scores[1:]:
        largest = xp.maximum(largest, z)
    return largest + xp.log(sum(xp.exp(z - largest) for z in scores))'''
    ),
    "softmax": Helper(_SOFTMAX),
    "log_softmax": Helper(_LOG_SOFTMAX),
}

ARRAY_HELPERS = Helpers({}) | {
    **HELPERS,
    "softmax": Helper(
        '''def softmax(z, axis):
    """exp(z) over its sum along the axis, without overflow."""
    powers = xp.exp(z - xp.max(z, axis=axis, keepdims=True))
    return powers/xp.sum(powers, axis=axis, keepdims=True)'''
    ),
    "log_softmax": Helper(
        '''def log_softmax(z, axis):
    """The logarithm of the softmax along the axis, without overflow."""
    shifted = z - xp.max(z, axis=axis, keepdims=True)
    return shifted - xp.log(xp.sum(xp.exp(shifted), axis=axis, keepdims=True))'''
    ),
    "logsumexp": Helper(
        '''def logsumexp(z, axis):
    """The logarithm of the sum of exp(z) along the axis, without overflow."""
    largest = xp.max(z, axis=axis, keepdims=True)
    return largest + xp.log(xp.sum(xp.exp(z - largest), axis=axis, keepdims=True))'''
    ),
    "softmax_and_log": Helper(
        '''def softmax_and_log(z, axis):
    """The softmax along the axis and its logarithm, without overflow."""
    shifted = z - xp.max(z, axis=axis, keepdims=True)
    powers = xp.exp(shifted)
    total = xp.sum(powers, axis=axis, keepdims=True)
    return powers/total, shifted - xp.log(total)'''
    ),
    "softmax_and_logsumexp": Helper(
        '''def softmax_and_logsumexp(z, axis):
    """The softmax along the axis, and the logarithm of the sum of exp(z), without overflow."""
    largest = xp.max(z, axis=axis, keepdims=True)
    powers = xp.exp(z - largest)
    total = xp.sum(powers, axis=axis, keepdims=True)
    return powers/total, largest + xp.log(total)'''
    ),
    "sigmoid_and_tail": Helper(
        '''def sigmoid_and_tail(z):
    """1/(1 + exp(-z)) and log(1 + exp(-|z|)); min(z, 0) less the latter is the logarithm of the former."""
    e = xp.exp(-xp.abs(z))
    return xp.where(z >= 0, xp.ones_like(e), e)/(1 + e), xp.log1p(e)'''
    ),
    "softmax_of": Helper(_SOFTMAX.replace("softmax(", "softmax_of(")),
    "log_softmax_of": Helper(_LOG_SOFTMAX.replace("log_softmax(", "log_softmax_of(")),
    **{words.helper: Helper(words.kernels["array-api"]) for words in WORDS.values() if "array-api" in words.kernels},
}
"""The same for arrays: a softmax goes along an axis, and that of a list of scores is called softmax_of."""
