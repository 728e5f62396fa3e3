"""Derivations as code: generated source for NumPy and other array libraries, and functions made of it."""

from symbackprop.numeric.compiling import lambdify
from symbackprop.numeric.emitters import check_backend, source_of
from symbackprop.numeric.gradient_function import GradientFunction
from symbackprop.numeric.predicting import predictor
from symbackprop.numeric.predictor import Predictor

__all__ = ["GradientFunction", "Predictor", "check_backend", "lambdify", "predictor", "source_of"]
