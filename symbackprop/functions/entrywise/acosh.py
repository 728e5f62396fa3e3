"""The inverse of the hyperbolic cosine."""

from sympy import acosh, sqrt

from symbackprop.functions.base import Primitive, everywhere

ROW = Primitive(
    acosh, "acosh", derivatives=(lambda y, z: 1 / (sqrt(z - 1) * sqrt(z + 1)),),
    native=everywhere("acosh", numpy="arccosh"), domain=lambda z: (z - 1,), redefinable=True,
    latex=r"\mathrm{arcosh}", unicode="arcosh",
    aliases=("arcosh", "arccosh"),
)  # fmt: skip
