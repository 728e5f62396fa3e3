"""What array libraries have of their own: NumPy, PyTorch, JAX and whatever keeps to the Array API."""

from symbackprop.numeric.libraries.expressions import operations_by_name
from symbackprop.numeric.libraries.layer import layer_of
from symbackprop.numeric.libraries.library import ARRAY_API, JAX, LIBRARIES, NUMPY, TORCH, Library

__all__ = ["ARRAY_API", "JAX", "LIBRARIES", "NUMPY", "TORCH", "Library", "layer_of", "operations_by_name"]
