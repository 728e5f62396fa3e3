"""The functions of the vocabulary in terms of the Array API, stable far from zero as those for NumPy are.

``xp`` stands for the library. With e = exp(-|z|), σ(z) is 1/(1 + e) for z >= 0 and e/(1 + e) elsewhere, and softplus(z)
is max(z, 0) + log(1 + e).
"""

from __future__ import annotations

from symbackprop.numeric.helpers import Helper

_SIGMOID = '''def sigmoid(z):
    """1/(1 + exp(-z)), without overflow."""
    e = xp.exp(-xp.abs(z))
    return xp.where(z >= 0, xp.ones_like(e), e)/(1 + e)'''

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

_ERFC = '''def erfc(z):
    """1 less the error function, by the Chebyshev series of exp(z**2)*erfc(z)/t in t = 2/(2 + z)."""
    size = xp.abs(z)
    t = 2/(2 + size)
    y = 4*t - 2
    above = beyond = 0.0
    for coefficient in reversed(ERFC[1:]):
        above, beyond = y*above - beyond + coefficient, above
    tail = t*xp.exp(-size*size)*(y*above/2 - beyond + ERFC[0])
    return xp.where(z >= 0, tail, 2 - tail)


ERFC = (
    0.57703373861646969, 0.355436921270498487, 0.0650951588287865246, 0.00367114239583663917,
    -0.0011128447433526325, -0.000160758299153780798, 3.27803157417313706e-05,
    5.44244164550501603e-06, -1.51546655531714816e-06, -1.42976081811698649e-07,
    8.23460882741949343e-08, -1.29628468523065625e-09, -4.1547216310151983e-09,
    6.34705827836281118e-10, 1.43208227122562237e-10, -6.16039010520458554e-11,
    2.06121385547216963e-12, 3.57149314884770445e-12, -8.58642284325179648e-13,
    -6.14560021379063055e-14, 7.41872574859661706e-14, -1.28950427550323256e-14,
    -2.35872638571063236e-15, 1.57293493816859114e-15, -2.27829662395464652e-16,
    -6.31233045075642981e-17, 3.5916763531814923e-17,
)'''

HELPERS: dict[str, Helper] = {
    "sigmoid": Helper(_SIGMOID),
    "sigmoid_slope": Helper(
        '''def sigmoid_slope(z):
    """The derivative of sigmoid."""
    e = xp.exp(-xp.abs(z))
    return e/(1 + e)**2'''
    ),
    "sigmoid_and_slope": Helper(
        '''def sigmoid_and_slope(z):
    """1/(1 + exp(-z)) and its derivative."""
    e = xp.exp(-xp.abs(z))
    return xp.where(z >= 0, xp.ones_like(e), e)/(1 + e), e/(1 + e)**2'''
    ),
    "tanh_slope": Helper(
        '''def tanh_slope(z):
    """The derivative of tanh."""
    e = xp.exp(-2*xp.abs(z))
    return 4*e/(1 + e)**2'''
    ),
    "tanh_and_slope": Helper(
        '''def tanh_and_slope(z):
    """tanh(z) and its derivative."""
    return xp.tanh(z), tanh_slope(z)''',
        needs=("tanh_slope",),
    ),
    "relu": Helper(
        '''def relu(z):
    """max(0, z)."""
    return xp.clip(z, 0)'''
    ),
    "leaky_relu": Helper(
        '''def leaky_relu(z, slope):
    """z for z > 0, slope*z elsewhere."""
    return xp.where(z > 0, z, slope*z)'''
    ),
    "elu": Helper(
        '''def elu(z, alpha):
    """z for z > 0, alpha*(exp(z) - 1) elsewhere."""
    return xp.where(z > 0, z, alpha*xp.expm1(xp.clip(z, None, 0)))'''
    ),
    "softplus": Helper(
        '''def softplus(z):
    """log(1 + exp(z)), without overflow."""
    return xp.clip(z, 0) + xp.log1p(xp.exp(-xp.abs(z)))'''
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
    return erfc(-z/math.sqrt(2))/2''',
        needs=("erfc",),
    ),
    "normal_pdf": Helper(
        '''def normal_pdf(z):
    """The density of the standard normal law."""
    return xp.exp(-z**2/2)/math.sqrt(2*math.pi)'''
    ),
    "gelu": Helper(
        '''def gelu(z):
    """z times the normal distribution function."""
    return z*normal_cdf(z)''',
        needs=("normal_cdf",),
    ),
    "erfc": Helper(_ERFC),
    "step": Helper(
        '''def step(z):
    """1 for z > 0, 0 elsewhere."""
    return xp.where(z > 0, xp.ones_like(z), xp.zeros_like(z))'''
    ),
    "huber": Helper(
        '''def huber(x):
    """x**2/2 for |x| < 1, |x| - 1/2 elsewhere."""
    near = xp.clip(xp.abs(x), None, 1)
    return near*(xp.abs(x) - near/2)'''
    ),
    "log_cosh": Helper(
        '''def log_cosh(z):
    """log(cosh(z)), without overflow; near 0 it is the logarithm of 1 + 2*sinh(z/2)**2."""
    size = xp.abs(z)
    near = xp.clip(size, None, 1)
    far = size + xp.log1p(xp.exp(-2*size)) - math.log(2)
    return xp.where(size < 1, xp.log1p(2*xp.sinh(near/2)**2), far)'''
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

ARRAY_HELPERS: dict[str, Helper] = {
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
    "diagonal_matrix": Helper(
        '''def diagonal_matrix(column):
    """The square matrix with the entries of a row or column on its diagonal."""
    entries = xp.reshape(column, (-1,))
    places = xp.arange(entries.shape[0], device=device(column))
    return xp.where(places[:, None] == places, entries, xp.zeros_like(entries))'''
    ),
}
"""The same for arrays: a softmax goes along an axis, and that of a list of scores is called softmax_of."""
