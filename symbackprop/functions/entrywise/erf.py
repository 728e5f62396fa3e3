"""The error function."""

from sympy import erf, exp, pi, sqrt

from symbackprop.functions.base import Primitive
from symbackprop.proof_lines import Shown

_PROOF = (
    Shown(
        r"\frac{2}{\sqrt{\pi}}\int_{0}^{z}e^{-t^2}\,\mathrm{d}t",
        left=r"\mathrm{erf}(z)",
        why="the definition",
    ),
    Shown(
        r"\frac{2e^{-z^2}}{\sqrt{\pi}}",
        left=r"\mathrm{erf}'(z)",
        why="an integral up to z has what is integrated for its derivative",
    ),
)

ROW = Primitive(
    erf, "erf", derivatives=(lambda y, z: 2 * exp(-(z**2)) / sqrt(pi),),
    native={
        "numpy": "scipy.special.erf", "math": "erf", "torch": "torch.special.erf", "jax": "jax.scipy.special.erf",
        "spreadsheet": "ERF",
    },
    analytic=False, finite=True, redefinable=True, latex=r"\mathrm{erf}", unicode="erf",
    proof=_PROOF,
)  # fmt: skip
