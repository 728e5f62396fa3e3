"""Derivations as code: generated source for NumPy and other array libraries, and functions made of it."""

from symbackprop.numeric.emitters import check_backend, lambdify, source_of
from symbackprop.numeric.gradient_function import GradientFunction

__all__ = ["GradientFunction", "check_backend", "lambdify", "source_of"]
