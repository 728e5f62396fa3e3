"""Derivations as NumPy: generated source, and functions made of it."""

from symbackprop.numeric.gradient_function import GradientFunction, lambdify

__all__ = ["GradientFunction", "lambdify"]
