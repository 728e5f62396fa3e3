"""The logarithm of the gamma function."""

from sympy import loggamma

from symbackprop.functions.base import Primitive
from symbackprop.functions.entrywise.digamma import digamma

ROW = Primitive(
    loggamma, "lgamma", derivatives=(lambda y, z: digamma(z),),
    native={
        "numpy": "scipy.special.gammaln", "math": "lgamma", "torch": "torch.lgamma",
        "jax": "jax.scipy.special.gammaln", "spreadsheet": "GAMMALN",
    },
    analytic=False, domain=lambda z: (z,), latex=r"\mathrm{lgamma}", unicode="logΓ",
    redefinable=True,
    aliases=("loggamma", "gammaln"),
)  # fmt: skip
