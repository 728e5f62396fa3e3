"""The logarithm of the gamma function."""

from sympy import loggamma

from symbackprop.functions.base import Primitive
from symbackprop.functions.entrywise.digamma import digamma
from symbackprop.proof_lines import Shown

_PROOF = (
    Shown(
        r"\frac{\Gamma'(z)}{\Gamma(z)}",
        left=r"\mathrm{lgamma}'(z)",
        why="the derivative of a logarithm",
    ),
    Shown(
        r"\psi(z)",
        why="this quotient is called digamma",
    ),
)

ROW = Primitive(
    loggamma, "lgamma", derivatives=(lambda y, z: digamma(z),),
    native={
        "numpy": "scipy.special.gammaln", "math": "lgamma", "torch": "torch.lgamma",
        "jax": "jax.scipy.special.gammaln", "spreadsheet": "GAMMALN",
    },
    analytic=False, domain=lambda z: (z,), latex=r"\mathrm{lgamma}", unicode="logΓ",
    redefinable=True,
    aliases=("loggamma", "gammaln"),
    proof=_PROOF,
)  # fmt: skip
