"""The derivatives of digamma, by their order."""

from sympy import Expr, polygamma

from symbackprop.errors import DerivationError
from symbackprop.functions.base import Primitive


def _by_order(y: Expr, n: Expr, z: Expr) -> Expr:
    raise DerivationError("order", f"the order {n!s:.60} of polygamma is a whole number", "it has no derivative")


ROW = Primitive(
    polygamma, "polygamma", derivatives=(_by_order, lambda y, n, z: polygamma(n + 1, z)),
    native={
        "numpy": "scipy.special.polygamma", "torch": "torch.special.polygamma", "jax": "jax.scipy.special.polygamma",
    },
    numbers=1,
    analytic=False, domain=lambda n, z: (z,), usage="polygamma(n, z)", latex=r"\mathrm{polygamma}", unicode="polygamma",
)  # fmt: skip
