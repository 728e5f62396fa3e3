"""The absolute value."""

from sympy import Abs, sign

from symbackprop.functions.base import Primitive

ROW = Primitive(
    Abs, "abs", derivatives=(lambda y, z: sign(z),),
    kinks=lambda z: (z,), convention="|·|'(0) = 0",
    native={
        "numpy": "np.abs", "xp": "xp.abs", "torch": "torch.abs", "jax": "jnp.abs", "python": "abs",
        "javascript": "Math.abs", "spreadsheet": "ABS",
    },
    analytic=False, finite=True, unicode="abs",
    aliases=("fabs", "absolute"),
)  # fmt: skip
