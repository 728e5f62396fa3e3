"""The derivatives of digamma, by their order."""

from sympy import Expr, polygamma

from symbackprop.errors import DerivationError
from symbackprop.functions.base import Primitive
from symbackprop.proof_lines import Shown


def _by_order(y: Expr, n: Expr, z: Expr) -> Expr:
    raise DerivationError("order", f"the order {n!s:.60} of polygamma is a whole number", "it has no derivative")


_PROOF = (
    Shown(
        r"\mathrm{polygamma}(n+1,z)",
        left=r"\frac{\partial}{\partial z}\,\mathrm{polygamma}(n,z)",
        why="polygamma of order n is the n-th derivative of digamma",
    ),
)

ROW = Primitive(
    polygamma, "polygamma", derivatives=(_by_order, lambda y, n, z: polygamma(n + 1, z)),
    native={
        "numpy": "scipy.special.polygamma", "torch": "torch.special.polygamma", "jax": "jax.scipy.special.polygamma",
    },
    numbers=1,
    analytic=False, domain=lambda n, z: (z,), usage="polygamma(n, z)", latex=r"\mathrm{polygamma}", unicode="polygamma",
    proof=_PROOF,
)  # fmt: skip
