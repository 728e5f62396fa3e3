"""Training steps of matrix networks that make no arrays: NumPy calls into buffers that live as long as the step."""

from symbackprop.numeric.tuned.choice import Choice
from symbackprop.numeric.tuned.stepper import MatrixStepper

__all__ = ["Choice", "MatrixStepper"]
