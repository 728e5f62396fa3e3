"""The functions that are worked out together, in words that each array library has its own for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from symbackprop.matrices.operations.record import Kernel

PAIR = "tuple[Array, Array]"

# fmt: off
LOG_SUM_EXP = Kernel("log_sum_exp", ("*scores",), "log(exp(z_1) + ...); shifted by the largest, none overflows.", """
    largest = scores[0]
    for z in scores[1:]:
        largest = $xp.maximum(largest, z)
    total: Array = sum($xp.exp(z - largest) for z in scores)
    return largest + $xp.log(total)""")
SOFTMAX = Kernel("softmax", ("*scores",),
    "exp(z_j)/(exp(z_1) + ...) for each score; shifted by the largest, none overflows.", """
    largest = scores[0]
    for z in scores[1:]:
        largest = $xp.maximum(largest, z)
    powers = [$xp.exp(z - largest) for z in scores]
    total = sum(powers)
    return [power/total for power in powers]""", returns="list[Array]")
LOG_SOFTMAX = Kernel("log_softmax", ("*scores",),
    "z_j - log(exp(z_1) + ...) for each score; shifted by the largest, none overflows.", """
    largest = scores[0]
    for z in scores[1:]:
        largest = $xp.maximum(largest, z)
    shifted = [z - largest for z in scores]
    total: Array = sum($xp.exp(z) for z in shifted)
    level = $xp.log(total)
    return [z - level for z in shifted]""", returns="list[Array]")
# fmt: on
"""Of a list of scores."""

# fmt: off
_KERNELS = (
    LOG_SUM_EXP,
    replace(SOFTMAX, name="softmax_of"),
    replace(LOG_SOFTMAX, name="log_softmax_of"),
    Kernel("sigmoid_and_slope", ("z",), "1/(1 + exp(-z)) and its derivative.", """
    e = $xp.exp(-$xp.abs(z))
    return $xp.where(z >= 0, $xp.ones_like(e), e)/(1 + e), e/(1 + e)**2""", returns=PAIR),
    Kernel("tanh_and_slope", ("z",), "tanh(z) and its derivative.", """
    return $xp.tanh(z), tanh_slope(z)""", needs=("tanh_slope",), returns=PAIR),
    Kernel("softmax", ("z", "axis: int"), "exp(z) over its sum along the axis, without overflow.", """
    powers = $xp.exp(z - $max(z, $axis=axis, $keepdims=True))
    return powers/$xp.sum(powers, $axis=axis, $keepdims=True)"""),
    Kernel("log_softmax", ("z", "axis: int"), "The logarithm of the softmax along the axis, without overflow.", """
    shifted = z - $max(z, $axis=axis, $keepdims=True)
    return shifted - $xp.log($xp.sum($xp.exp(shifted), $axis=axis, $keepdims=True))"""),
    Kernel("logsumexp", ("z", "axis: int"), "The logarithm of the sum of exp(z) along the axis, without overflow.", """
    largest = $max(z, $axis=axis, $keepdims=True)
    return largest + $xp.log($xp.sum($xp.exp(z - largest), $axis=axis, $keepdims=True))"""),
    Kernel("softmax_and_log", ("z", "axis: int"), "The softmax along the axis and its logarithm, without overflow.", """
    shifted = z - $max(z, $axis=axis, $keepdims=True)
    powers = $xp.exp(shifted)
    total = $xp.sum(powers, $axis=axis, $keepdims=True)
    return powers/total, shifted - $xp.log(total)""", returns=PAIR),
    Kernel("softmax_and_logsumexp", ("z", "axis: int"),
        "The softmax along the axis, and the logarithm of the sum of exp(z), without overflow.", """
    largest = $max(z, $axis=axis, $keepdims=True)
    powers = $xp.exp(z - largest)
    total = $xp.sum(powers, $axis=axis, $keepdims=True)
    return powers/total, largest + $xp.log(total)""", returns=PAIR),
    Kernel("sigmoid_and_tail", ("z",),
        "1/(1 + exp(-z)) and log(1 + exp(-|z|)); min(z, 0) less the latter is the logarithm of the former.", """
    e = $xp.exp(-$xp.abs(z))
    return $xp.where(z >= 0, $xp.ones_like(e), e)/(1 + e), $xp.log1p(e)""", returns=PAIR),
)
# fmt: on

TOGETHER: Mapping[str, Kernel] = {kernel.name: kernel for kernel in _KERNELS}
"""By name. A softmax of arrays goes along an axis, and that of a list of scores is called softmax_of."""
