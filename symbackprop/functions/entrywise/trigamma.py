"""The second derivative of the logarithm of the gamma function."""

from sympy import polygamma

from symbackprop.functions.base import Primitive, VocabularyFunction
from symbackprop.proof_lines import Shown


class trigamma(VocabularyFunction):
    """The derivative of digamma, ψ′(z)."""


_BY_SERIES = '''def trigamma(z):
    """The derivative of digamma for z > 0: its asymptotic series from 10 on, and the recurrence below."""
    if not z > {0}:
        return {nan}
    below = {0.0}
    while z < {10}:
        below = below + {1}/(z*z)
        z = z + {1}
    s = {1}/(z*z)
    tail = s*({1}/{6} - s*({1}/{30} - s*({1}/{42} - s*({1}/{30} - s*({5}/{66} - s*({691}/{2730} - s*{7}/{6}))))))
    return below + ({1} + tail)/z + s/{2}'''


_PROOF = (
    Shown(
        r"\mathrm{polygamma}(2,z)",
        left=r"\psi_1'(z)",
        why="polygamma of order n is the n-th derivative of digamma, and trigamma is the first",
    ),
)

ROW = Primitive(
    trigamma, "trigamma",
    definition=lambda z: polygamma(1, z),
    derivatives=(lambda y, z: polygamma(2, z),),
    own={"math": _BY_SERIES},
    analytic=False, domain=lambda z: (z,), latex=r"\psi_1", unicode="ψ₁",
    aliases=("psi1",),
    proof=_PROOF,
)  # fmt: skip
