"""The vocabulary: activations, softmax, losses, and the users' own functions."""

from sympy import tanh

from symbackprop.functions.activations import elu, gelu, leaky_relu, relu, sigmoid, silu, softplus, step
from symbackprop.functions.losses import binary_cross_entropy, cross_entropy, smooth_l1, squared_error
from symbackprop.functions.softmax import log_softmax, softmax
from symbackprop.functions.user import UserFunction, function
from symbackprop.functions.vocabulary import VOCABULARY, primitive_of

__all__ = [
    "VOCABULARY",
    "UserFunction",
    "binary_cross_entropy",
    "cross_entropy",
    "elu",
    "function",
    "gelu",
    "leaky_relu",
    "log_softmax",
    "primitive_of",
    "relu",
    "sigmoid",
    "silu",
    "smooth_l1",
    "softmax",
    "softplus",
    "squared_error",
    "step",
    "tanh",
]
