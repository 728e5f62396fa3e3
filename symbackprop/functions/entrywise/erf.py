"""The error function."""

from sympy import erf, exp, pi, sqrt

from symbackprop.functions.base import Primitive

ROW = Primitive(
    erf, "erf", derivatives=(lambda y, z: 2 * exp(-(z**2)) / sqrt(pi),),
    native={
        "numpy": "scipy.special.erf", "math": "erf", "torch": "torch.special.erf", "jax": "jax.scipy.special.erf",
        "spreadsheet": "ERF",
    },
    analytic=False, finite=True, redefinable=True, latex=r"\mathrm{erf}", unicode="erf",
)  # fmt: skip
