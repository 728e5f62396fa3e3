"""Derivations as source for array libraries beside NumPy: PyTorch, JAX and whatever keeps to the Array API."""

from symbackprop.numeric.libraries.expressions import operations_by_name
from symbackprop.numeric.libraries.layer import layer_of
from symbackprop.numeric.libraries.library import ARRAY_API, JAX, LIBRARIES, TORCH, Library
from symbackprop.numeric.libraries.matrices import matrix_source
from symbackprop.numeric.libraries.scalars import scalar_source

__all__ = [
    "ARRAY_API",
    "JAX",
    "LIBRARIES",
    "TORCH",
    "Library",
    "layer_of",
    "matrix_source",
    "operations_by_name",
    "scalar_source",
]
