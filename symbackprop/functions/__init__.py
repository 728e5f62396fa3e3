"""The vocabulary: functions of scalars and of entries, softmax, losses, and the users' own functions."""

from symbackprop.functions.built import clip, maximum, minimum, reciprocal, rsqrt, square
from symbackprop.functions.catalogue import VOCABULARY, primitive_of
from symbackprop.functions.elementary import (
    absolute,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cos,
    cosh,
    erf,
    erfinv,
    exp,
    lgamma,
    log,
    polygamma,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
)
from symbackprop.functions.entrywise.celu import celu
from symbackprop.functions.entrywise.digamma import digamma
from symbackprop.functions.entrywise.elu import elu
from symbackprop.functions.entrywise.erfc import erfc
from symbackprop.functions.entrywise.expm1 import expm1
from symbackprop.functions.entrywise.gelu import gelu
from symbackprop.functions.entrywise.gelu_tanh import gelu_tanh
from symbackprop.functions.entrywise.hard_sigmoid import hard_sigmoid
from symbackprop.functions.entrywise.hardswish import hardswish
from symbackprop.functions.entrywise.huber import huber
from symbackprop.functions.entrywise.leaky_relu import leaky_relu
from symbackprop.functions.entrywise.log1p import log1p
from symbackprop.functions.entrywise.log_cosh import log_cosh
from symbackprop.functions.entrywise.log_sigmoid import log_sigmoid
from symbackprop.functions.entrywise.logaddexp import logaddexp
from symbackprop.functions.entrywise.mish import mish
from symbackprop.functions.entrywise.normal_cdf import normal_cdf
from symbackprop.functions.entrywise.normal_pdf import normal_pdf
from symbackprop.functions.entrywise.relu import relu
from symbackprop.functions.entrywise.relu6 import relu6
from symbackprop.functions.entrywise.selu import selu
from symbackprop.functions.entrywise.sigmoid import sigmoid
from symbackprop.functions.entrywise.sigmoid_slope import sigmoid_slope
from symbackprop.functions.entrywise.silu import silu
from symbackprop.functions.entrywise.softplus import softplus
from symbackprop.functions.entrywise.softsign import softsign
from symbackprop.functions.entrywise.step import step
from symbackprop.functions.entrywise.stop_gradient import stop_gradient
from symbackprop.functions.entrywise.tanh_slope import tanh_slope
from symbackprop.functions.entrywise.trigamma import trigamma
from symbackprop.functions.entrywise.xlogy import xlogy
from symbackprop.functions.losses.binary_cross_entropy import binary_cross_entropy
from symbackprop.functions.losses.contrastive import contrastive
from symbackprop.functions.losses.cosine_distance import cosine_distance
from symbackprop.functions.losses.cross_entropy import cross_entropy
from symbackprop.functions.losses.focal import focal
from symbackprop.functions.losses.gaussian_nll import gaussian_nll
from symbackprop.functions.losses.hinge import hinge
from symbackprop.functions.losses.huber_loss import huber_loss
from symbackprop.functions.losses.js_divergence import js_divergence
from symbackprop.functions.losses.kl_divergence import kl_divergence
from symbackprop.functions.losses.poisson_nll import poisson_nll
from symbackprop.functions.losses.quantile import quantile
from symbackprop.functions.losses.smooth_l1 import smooth_l1
from symbackprop.functions.losses.smoothed_cross_entropy import smoothed_cross_entropy
from symbackprop.functions.losses.squared_error import squared_error
from symbackprop.functions.losses.squared_hinge import squared_hinge
from symbackprop.functions.losses.student_t_nll import student_t_nll
from symbackprop.functions.losses.triplet import triplet
from symbackprop.functions.softmax import log_softmax, softmax
from symbackprop.functions.user import UserFunction, function

__all__ = [
    "VOCABULARY",
    "UserFunction",
    "absolute",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "binary_cross_entropy",
    "celu",
    "clip",
    "contrastive",
    "cos",
    "cosh",
    "cosine_distance",
    "cross_entropy",
    "digamma",
    "elu",
    "erf",
    "erfc",
    "erfinv",
    "exp",
    "expm1",
    "focal",
    "function",
    "gaussian_nll",
    "gelu",
    "gelu_tanh",
    "hard_sigmoid",
    "hardswish",
    "hinge",
    "huber",
    "huber_loss",
    "js_divergence",
    "kl_divergence",
    "leaky_relu",
    "lgamma",
    "log",
    "log1p",
    "log_cosh",
    "log_sigmoid",
    "log_softmax",
    "logaddexp",
    "maximum",
    "minimum",
    "mish",
    "normal_cdf",
    "normal_pdf",
    "poisson_nll",
    "polygamma",
    "primitive_of",
    "quantile",
    "reciprocal",
    "relu",
    "relu6",
    "rsqrt",
    "selu",
    "sigmoid",
    "sigmoid_slope",
    "silu",
    "sin",
    "sinh",
    "smooth_l1",
    "smoothed_cross_entropy",
    "softmax",
    "softplus",
    "softsign",
    "sqrt",
    "square",
    "squared_error",
    "squared_hinge",
    "step",
    "stop_gradient",
    "student_t_nll",
    "tan",
    "tanh",
    "tanh_slope",
    "trigamma",
    "triplet",
    "xlogy",
]
