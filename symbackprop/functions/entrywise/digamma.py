"""The derivative of the logarithm of the gamma function."""

from sympy import polygamma

from symbackprop.functions.base import Primitive, VocabularyFunction
from symbackprop.functions.entrywise.trigamma import trigamma
from symbackprop.proof_lines import Shown


class digamma(VocabularyFunction):
    """The derivative of lgamma, ψ(z)."""


_BY_SERIES = '''def digamma(z):
    """The derivative of lgamma for z > 0: its asymptotic series from 10 on, and the recurrence below."""
    if not z > {0}:
        return {nan}
    below = {0.0}
    while z < {10}:
        below = below - {1}/z
        z = z + {1}
    s = {1}/(z*z)
    tail = s*({1}/{12} - s*({1}/{120} - s*({1}/{252} - s*({1}/{240} - s*({1}/{132} - s*({691}/{32760} - s/{12}))))))
    return below + {log}(z) - {0.5}/z - tail'''


_PROOF = (
    Shown(
        r"\psi_1(z)",
        left=r"\psi'(z)",
        why="its derivative is called trigamma",
    ),
)

ROW = Primitive(
    digamma, "digamma",
    definition=lambda z: polygamma(0, z),
    derivatives=(lambda y, z: trigamma(z),),
    native={"numpy": "scipy.special.digamma", "torch": "torch.digamma", "jax": "jax.scipy.special.digamma"},
    own={"math": _BY_SERIES},
    analytic=False, domain=lambda z: (z,), latex=r"\psi", unicode="ψ",
    aliases=("psi",),
    proof=_PROOF,
)  # fmt: skip
