"""The distribution function of the standard normal distribution."""

from sympy import Expr, sqrt
from sympy import erfc as sympy_erfc

from symbackprop.functions.base import Let, Primitive, VocabularyFunction
from symbackprop.functions.entrywise.erfc import erfc
from symbackprop.functions.entrywise.normal_pdf import normal_pdf


class normal_cdf(VocabularyFunction):
    """Phi(z), the distribution function of the standard normal law."""


def _stable(let: Let, z: Expr) -> Expr:
    return erfc(-z / sqrt(2)) / 2


ROW = Primitive(
    normal_cdf, "normal_cdf",
    # SymPy would write erfc(-x) as 2 - erfc(x), which has no digits left where x is large.
    definition=lambda z: sympy_erfc(-z / sqrt(2), evaluate=False) / 2,
    derivatives=(lambda y, z: normal_pdf(z),),
    stable=_stable,
    analytic=False, finite=True, latex=r"\Phi", unicode="Φ",
    aliases=("Phi", "cdf", "ndtr"),
)  # fmt: skip
