"""The functions that NumPy lacks, as the NumPy source that goes into generated modules.

Each is stable: it neither overflows nor loses its digits far from zero. With e = exp(-|z|), σ(z) is 1/(1 + e) for
z >= 0 and e/(1 + e) elsewhere, and softplus(z) is max(z, 0) + log(1 + e).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Helper:
    """Source of one function, and the names of other helpers that it calls."""

    source: str
    needs: tuple[str, ...] = ()


HELPERS: dict[str, Helper] = {
    "sigmoid": Helper(
        '''def sigmoid(z):
    """1/(1 + exp(-z)), without overflow."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e)/(1 + e)'''
    ),
    "sigmoid_slope": Helper(
        '''def sigmoid_slope(z):
    """The derivative of sigmoid."""
    e = np.exp(-np.abs(z))
    return e/(1 + e)**2'''
    ),
    "sigmoid_and_slope": Helper(
        '''def sigmoid_and_slope(z):
    """1/(1 + exp(-z)) and its derivative."""
    with np.errstate(over="ignore"):
        e = np.exp(-z)
    y = 1/(1 + e)
    return y, np.minimum(e, np.finfo(e.dtype).max)*y*y  # e*y is 1 less y, and keeps its digits'''
    ),
    "tanh_slope": Helper(
        '''def tanh_slope(z):
    """The derivative of tanh."""
    e = np.exp(-2*np.abs(z))
    return 4*e/(1 + e)**2'''
    ),
    "tanh_and_slope": Helper(
        '''def tanh_and_slope(z):
    """tanh(z) and its derivative, of which 1 - y**2 has no digits left where y is near 1."""
    y = np.tanh(z)
    slope = np.asarray(1 - y*y)
    if slope.min() < 1e-5:
        far = slope < 1e-5
        slope[far] = tanh_slope(np.asarray(z)[far])
    return y, slope[()]''',
        needs=("tanh_slope",),
    ),
    "relu": Helper(
        '''def relu(z):
    """max(0, z)."""
    return np.maximum(z, 0)'''
    ),
    "leaky_relu": Helper(
        '''def leaky_relu(z, slope):
    """z for z > 0, slope*z elsewhere."""
    return np.where(z > 0, z, slope*z)'''
    ),
    "elu": Helper(
        '''def elu(z, alpha):
    """z for z > 0, alpha*(exp(z) - 1) elsewhere."""
    return np.where(z > 0, z, alpha*np.expm1(np.minimum(z, 0)))'''
    ),
    "softplus": Helper(
        '''def softplus(z):
    """log(1 + exp(z)), without overflow."""
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))'''
    ),
    "silu": Helper(
        '''def silu(z):
    """z*sigmoid(z)."""
    return z*sigmoid(z)''',
        needs=("sigmoid",),
    ),
    "normal_cdf": Helper(
        '''def normal_cdf(z):
    """The distribution function of the standard normal law."""
    return np.asarray(erfc(-z/np.sqrt(2)), dtype=np.result_type(z, 1.0))[()]/2''',
        needs=("erfc",),
    ),
    "normal_pdf": Helper(
        '''def normal_pdf(z):
    """The density of the standard normal law."""
    return np.exp(-z**2/2)/np.sqrt(2*np.pi).astype(np.result_type(z, 1.0))'''
    ),
    "gelu": Helper(
        '''def gelu(z):
    """z times the normal distribution function."""
    return z*normal_cdf(z)''',
        needs=("normal_cdf",),
    ),
    "erfc": Helper("erfc = np.vectorize(math.erfc, otypes=[float])"),
    "step": Helper(
        '''def step(z):
    """1 for z > 0, 0 elsewhere."""
    return np.heaviside(z, 0)'''
    ),
    "huber": Helper(
        '''def huber(x):
    """x**2/2 for |x| < 1, |x| - 1/2 elsewhere."""
    near = np.minimum(np.abs(x), 1)
    return near*(np.abs(x) - near/2)'''
    ),
    "log_cosh": Helper(
        '''def log_cosh(z):
    """log(cosh(z)), without overflow; near 0 it is the logarithm of 1 + 2*sinh(z/2)**2."""
    size = np.abs(z)
    near = np.minimum(size, 1)
    far = size + np.log1p(np.exp(-2*size)) - math.log(2)
    return np.where(size < 1, np.log1p(2*np.sinh(near/2)**2), far)'''
    ),
    "log_sum_exp": Helper(
        '''def log_sum_exp(*scores):
    """log(exp(z_1) + ...); shifted by the largest, none overflows."""
    largest = scores[0]
    for z in scores[1:]:
        largest = np.maximum(largest, z)
    return largest + np.log(sum(np.exp(z - largest) for z in scores))'''
    ),
    "softmax": Helper(
        '''def softmax(*scores):
    """exp(z_j)/(exp(z_1) + ...) for each score; shifted by the largest, none overflows."""
    largest = scores[0]
    for z in scores[1:]:
        largest = np.maximum(largest, z)
    powers = [np.exp(z - largest) for z in scores]
    total = sum(powers)
    return [power/total for power in powers]'''
    ),
    "log_softmax": Helper(
        '''def log_softmax(*scores):
    """z_j - log(exp(z_1) + ...) for each score; shifted by the largest, none overflows."""
    largest = scores[0]
    for z in scores[1:]:
        largest = np.maximum(largest, z)
    shifted = [z - largest for z in scores]
    total = np.log(sum(np.exp(z) for z in shifted))
    return [z - total for z in shifted]'''
    ),
}

ARRAY_HELPERS: dict[str, Helper] = {
    **HELPERS,
    "softmax": Helper(
        '''def softmax(z, axis):
    """exp(z) over its sum along the axis, without overflow."""
    powers = np.exp(z - z.max(axis=axis, keepdims=True))
    return powers/powers.sum(axis=axis, keepdims=True)'''
    ),
    "log_softmax": Helper(
        '''def log_softmax(z, axis):
    """The logarithm of the softmax along the axis, without overflow."""
    shifted = z - z.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))'''
    ),
    "logsumexp": Helper(
        '''def logsumexp(z, axis):
    """The logarithm of the sum of exp(z) along the axis, without overflow."""
    largest = z.max(axis=axis, keepdims=True)
    return largest + np.log(np.exp(z - largest).sum(axis=axis, keepdims=True))'''
    ),
    "softmax_and_log": Helper(
        '''def softmax_and_log(z, axis):
    """The softmax along the axis and its logarithm, without overflow."""
    shifted = z - z.max(axis=axis, keepdims=True)
    powers = np.exp(shifted)
    total = powers.sum(axis=axis, keepdims=True)
    return powers/total, shifted - np.log(total)'''
    ),
    "softmax_and_logsumexp": Helper(
        '''def softmax_and_logsumexp(z, axis):
    """The softmax along the axis, and the logarithm of the sum of exp(z), without overflow."""
    largest = z.max(axis=axis, keepdims=True)
    powers = np.exp(z - largest)
    total = powers.sum(axis=axis, keepdims=True)
    return powers/total, largest + np.log(total)'''
    ),
    "sigmoid_and_tail": Helper(
        '''def sigmoid_and_tail(z):
    """1/(1 + exp(-z)) and log(1 + exp(-|z|)); min(z, 0) less the latter is the logarithm of the former."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e)/(1 + e), np.log1p(e)'''
    ),
    "softmax_of": replace(HELPERS["softmax"], source=HELPERS["softmax"].source.replace("softmax(", "softmax_of(")),
    "log_softmax_of": replace(
        HELPERS["log_softmax"], source=HELPERS["log_softmax"].source.replace("log_softmax(", "log_softmax_of(")
    ),
}
"""The same for arrays: a softmax goes along an axis, and that of a list of scores is called softmax_of."""

IMPORTS = {"erfc": "math", "log_cosh": "math"}
"""Modules of the standard library that a helper needs: NumPy has no error function. All else needs NumPy alone."""


def with_needs(names: Iterable[str], among: Mapping[str, Helper] = HELPERS) -> list[str]:
    """Names of helpers and of all that they call, each before those that call it."""
    ordered: list[str] = []

    def add(name: str) -> None:
        for need in among[name].needs:
            add(need)
        if name not in ordered:
            ordered.append(name)

    for name in sorted(names):
        add(name)
    return ordered
