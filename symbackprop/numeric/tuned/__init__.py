"""Training steps of matrix networks that make no arrays: NumPy calls into buffers that live as long as the step."""

from symbackprop.numeric.tuned.stepper import MatrixStepper
from symbackprop.numeric.tuned.update import UpdateRule

__all__ = ["MatrixStepper", "UpdateRule"]
