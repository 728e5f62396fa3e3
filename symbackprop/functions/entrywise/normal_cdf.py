"""The distribution function of the standard normal distribution."""

from sympy import Expr, sqrt
from sympy import erfc as sympy_erfc

from symbackprop.functions.base import Let, Primitive, VocabularyFunction
from symbackprop.functions.entrywise.erfc import erfc
from symbackprop.functions.entrywise.normal_pdf import normal_pdf
from symbackprop.proof_lines import Shown


class normal_cdf(VocabularyFunction):
    """Phi(z), the distribution function of the standard normal law."""


def _stable(let: Let, z: Expr) -> Expr:
    return erfc(-z / sqrt(2)) / 2


_PROOF = (
    Shown(
        r"\tfrac{1}{2}+\int_{0}^{z}\varphi(t)\,\mathrm{d}t",
        left=r"\Phi(z)",
        why="the definition: half of the area under the density, and that from 0 on",
    ),
    Shown(
        r"\varphi(z)",
        left=r"\Phi'(z)",
        why="an integral up to z has what is integrated for its derivative",
    ),
)

ROW = Primitive(
    normal_cdf, "normal_cdf",
    # SymPy would write erfc(-x) as 2 - erfc(x), which has no digits left where x is large.
    definition=lambda z: sympy_erfc(-z / sqrt(2), evaluate=False) / 2,
    derivatives=(lambda y, z: normal_pdf(z),),
    stable=_stable,
    analytic=False, finite=True, latex=r"\Phi", unicode="Φ",
    aliases=("Phi", "cdf", "ndtr"),
    proof=_PROOF,
)  # fmt: skip
