"""The functions that ``math`` lacks, for plain numbers: each has the values of its NumPy twin in numeric/helpers.py.

They neither overflow nor lose digits far from zero, and give NaN for NaN.
"""

from __future__ import annotations

from collections.abc import Mapping

from symbackprop.numeric.helpers import Helper

LOOP_HELPERS: Mapping[str, Helper] = {
    "maximum": Helper(
        '''def maximum(a, b):
    """The larger of two numbers, NaN if one is."""
    return a if a >= b or a != a else b'''
    ),
    "minimum": Helper(
        '''def minimum(a, b):
    """The smaller of two numbers, NaN if one is."""
    return a if a <= b or a != a else b'''
    ),
    "clip": Helper(
        '''def clip(z, low, high):
    """z, held between two bounds."""
    return low if z < low else high if z > high else z'''
    ),
    "sign": Helper(
        '''def sign(z):
    """1 for z > 0, -1 for z < 0, z itself elsewhere."""
    return 1.0 if z > 0 else -1.0 if z < 0 else z'''
    ),
    "step": Helper(
        '''def step(z):
    """1 for z > 0, 0 elsewhere."""
    return 1.0 if z > 0 else 0.0 if z <= 0 else z'''
    ),
    "relu": Helper(
        '''def relu(z):
    """max(0, z)."""
    return 0.0 if z < 0 else z'''
    ),
    "leaky_relu": Helper(
        '''def leaky_relu(z, slope):
    """z for z > 0, slope*z elsewhere."""
    return z if z > 0 else slope*z'''
    ),
    "elu": Helper(
        '''def elu(z, alpha):
    """z for z > 0, alpha*(exp(z) - 1) elsewhere."""
    return z if z > 0 else alpha*expm1(z)''',
        needs=("expm1",),
    ),
    "softplus": Helper(
        '''def softplus(z):
    """log(1 + exp(z)), without overflow."""
    return (0.0 if z < 0 else z) + log1p(exp(-abs(z)))''',
        needs=("exp", "log1p"),
    ),
    "log_cosh": Helper(
        '''def log_cosh(z):
    """log(cosh(z)), without overflow; near 0 it is the logarithm of 1 + 2*sinh(z/2)**2."""
    size = abs(z)
    if size < 1:
        part = expm1(size/2)
        return log1p(part*part*(2 + part)*(2 + part)/(2*(1 + part)*(1 + part)))
    return size + log1p(exp(-2*size)) - log(2.0)''',
        needs=("exp", "expm1", "log", "log1p"),
    ),
    "silu": Helper(
        '''def silu(z):
    """z/(1 + exp(-z))."""
    return z/(1 + exp(-z))''',
        needs=("exp",),
    ),
    "tanh_slope": Helper(
        '''def tanh_slope(z):
    """The derivative of tanh."""
    e = exp(-2*abs(z))
    return 4*e/((1 + e)*(1 + e))''',
        needs=("exp",),
    ),
    "normal_cdf": Helper(
        '''def normal_cdf(z):
    """The distribution function of the standard normal law."""
    return erfc(-z/sqrt(2.0))/2''',
        needs=("erfc", "sqrt"),
    ),
    "normal_pdf": Helper(
        '''def normal_pdf(z):
    """The density of the standard normal law."""
    return exp(-z*z/2)/sqrt(2*pi)''',
        needs=("exp", "sqrt", "pi"),
    ),
    "gelu": Helper(
        '''def gelu(z):
    """z times the normal distribution function."""
    return z*normal_cdf(z)''',
        needs=("normal_cdf",),
    ),
    "huber": Helper(
        '''def huber(x):
    """x**2/2 for |x| < 1, |x| - 1/2 elsewhere."""
    size = abs(x)
    return size*size/2 if size < 1 else size - 0.5'''
    ),
}
"""``needs`` are other helpers, and words of ``math``."""
