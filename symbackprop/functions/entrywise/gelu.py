"""The Gaussian error linear unit, in its exact form."""

from sympy import Expr, sqrt
from sympy import erfc as sympy_erfc

from symbackprop.functions.base import Let, Primitive, VocabularyFunction
from symbackprop.functions.entrywise.normal_cdf import normal_cdf
from symbackprop.functions.entrywise.normal_pdf import normal_pdf
from symbackprop.proof_lines import Shown


class gelu(VocabularyFunction):
    """z*Phi(z), with Phi the normal distribution function (the exact form, not its tanh approximation)."""


def _stable(let: Let, z: Expr) -> Expr:
    return z * normal_cdf(z)


_PROOF = (
    Shown(
        r"\Phi(z)+z\,\Phi'(z)",
        left=r"\mathrm{GELU}'(z)",
        why="the product rule: it is z times Φ",
    ),
    Shown(
        r"\Phi(z)+z\,\varphi(z)",
        why="a distribution function is the integral of its density",
    ),
)

ROW = Primitive(
    gelu, "gelu",
    definition=lambda z: z * sympy_erfc(-z / sqrt(2), evaluate=False) / 2,
    derivatives=(lambda y, z: normal_cdf(z) + z * normal_pdf(z),),
    stable=_stable,
    # Analytic, but NumPy has no error function of a complex number, so its checks use real differences.
    activation=True, analytic=False, finite=True, latex=r"\mathrm{GELU}", unicode="GELU",
    proof=_PROOF,
)  # fmt: skip
