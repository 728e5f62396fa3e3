"""The vocabulary: activations, softmax, losses, and the users' own functions."""

from symbackprop.functions.activations import elu, gelu, leaky_relu, relu, sigmoid, silu, softplus, step
from symbackprop.functions.elementary import absolute, exp, log, sqrt, tanh
from symbackprop.functions.losses import binary_cross_entropy, cross_entropy, smooth_l1, squared_error
from symbackprop.functions.softmax import log_softmax, softmax
from symbackprop.functions.user import UserFunction, function
from symbackprop.functions.vocabulary import VOCABULARY, primitive_of

__all__ = [
    "VOCABULARY",
    "UserFunction",
    "absolute",
    "binary_cross_entropy",
    "cross_entropy",
    "elu",
    "exp",
    "function",
    "gelu",
    "leaky_relu",
    "log",
    "log_softmax",
    "primitive_of",
    "relu",
    "sigmoid",
    "silu",
    "smooth_l1",
    "softmax",
    "softplus",
    "sqrt",
    "squared_error",
    "step",
    "tanh",
]
