"""Changes pushed forward: products with Jacobians and Hessians, and these themselves where they are matrices."""

from symbackprop.tangents.curvature import fisher, gauss_newton
from symbackprop.tangents.differentiated import AreEqual, AreGradients, Differentiated, Entry, MoveBy, Truth
from symbackprop.tangents.matrices import hessian, jacobian
from symbackprop.tangents.newton import newton_step
from symbackprop.tangents.products import hvp, jvp

__all__ = [
    "AreEqual",
    "AreGradients",
    "Differentiated",
    "Entry",
    "MoveBy",
    "Truth",
    "fisher",
    "gauss_newton",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "newton_step",
]
