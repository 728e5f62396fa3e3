"""The vocabulary: functions of scalars and of entries, softmax, losses, and the users' own functions."""

from symbackprop.functions.catalogue import VOCABULARY, primitive_of
from symbackprop.functions.elementary import absolute, exp, log, sqrt, tanh
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
from symbackprop.functions.losses import binary_cross_entropy, cross_entropy, smooth_l1, squared_error
from symbackprop.functions.softmax import log_softmax, softmax
from symbackprop.functions.user import UserFunction, function

__all__ = [
    "VOCABULARY",
    "UserFunction",
    "absolute",
    "binary_cross_entropy",
    "celu",
    "cross_entropy",
    "digamma",
    "elu",
    "erfc",
    "exp",
    "expm1",
    "function",
    "gelu",
    "gelu_tanh",
    "hard_sigmoid",
    "hardswish",
    "huber",
    "leaky_relu",
    "log",
    "log1p",
    "log_cosh",
    "log_sigmoid",
    "log_softmax",
    "logaddexp",
    "mish",
    "normal_cdf",
    "normal_pdf",
    "primitive_of",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "sigmoid_slope",
    "silu",
    "smooth_l1",
    "softmax",
    "softplus",
    "softsign",
    "sqrt",
    "squared_error",
    "step",
    "stop_gradient",
    "tanh",
    "tanh_slope",
    "trigamma",
    "xlogy",
]
