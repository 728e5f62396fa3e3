"""Arrays that behave as NumPy's do, and networks from plain functions of them.

names with shapes ──► expressions ──► equations
(declared)            (expression: operators and methods;      (tracing: the names of local variables
                       ufuncs, routines: NumPy's functions)     become names of equations)
"""

from symbackprop.network.numpy_style.declared import arrays
from symbackprop.network.numpy_style.expression import ArrayExpression

__all__ = ["ArrayExpression", "arrays"]
