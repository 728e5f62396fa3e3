"""The inverse of the error function."""

from sympy import erfinv, exp, pi, sqrt

from symbackprop.functions.base import Primitive
from symbackprop.proof_lines import Shown

_BY_STEPS = '''def erfinv(z):
    """The inverse of the error function, by three steps of Halley's method from a guess (Winitzki, 2008)."""
    if not abs(z) < {1}:
        return {inf}*z if abs(z) == {1} else {nan}
    size = abs(z)
    w = {log1p}(-size*size)
    t = {4.330746750799873} + w/{2}
    y = {sqrt}({sqrt}(t*t - w/{0.147}) - t)
    for k in range(3):
        error = {erf}(y) - size if y < {0.5} else ({1} - size) - {erfc}(y)
        y = y - error/({1.1283791670955126}*{exp}(-y*y) + y*error)
    return y if z > {0} else -y'''


_PROOF = (
    Shown(
        r"\frac{2}{\sqrt{\pi}}\,e^{-\mathrm{erfinv}(z)^2}\,\mathrm{erfinv}'(z)",
        left="1",
        why="the chain rule: erf of erfinv(z) is z, whose derivative is 1",
    ),
    Shown(
        r"\tfrac{1}{2}\sqrt{\pi}\,e^{\mathrm{erfinv}(z)^2}",
        left=r"\mathrm{erfinv}'(z)",
        why="solved for it",
    ),
)

ROW = Primitive(
    erfinv, "erfinv", derivatives=(lambda y, z: sqrt(pi) * exp(y**2) / 2,),
    native={"numpy": "scipy.special.erfinv", "torch": "torch.special.erfinv", "jax": "jax.scipy.special.erfinv"},
    own={"math": _BY_STEPS},
    analytic=False, domain=lambda z: (1 - z, 1 + z), latex=r"\mathrm{erfinv}", unicode="erfinv",
    redefinable=True,
    aliases=("inverf",),
    proof=_PROOF,
)  # fmt: skip
