"""The complementary error function."""

from sympy import erfc as sympy_erfc
from sympy import exp, pi, sqrt

from symbackprop.functions.base import Primitive, VocabularyFunction
from symbackprop.proof_lines import Shown

COEFFICIENTS = """
    0.57703373861646969, 0.355436921270498487, 0.0650951588287865246, 0.00367114239583663917,
    -0.0011128447433526325, -0.000160758299153780798, 3.27803157417313706e-05,
    5.44244164550501603e-06, -1.51546655531714816e-06, -1.42976081811698649e-07,
    8.23460882741949343e-08, -1.29628468523065625e-09, -4.1547216310151983e-09,
    6.34705827836281118e-10, 1.43208227122562237e-10, -6.16039010520458554e-11,
    2.06121385547216963e-12, 3.57149314884770445e-12, -8.58642284325179648e-13,
    -6.14560021379063055e-14, 7.41872574859661706e-14, -1.28950427550323256e-14,
    -2.35872638571063236e-15, 1.57293493816859114e-15, -2.27829662395464652e-16,
    -6.31233045075642981e-17, 3.5916763531814923e-17,
"""
_SERIES = f'''def erfc(z: Array) -> Array:
    """Give 1 less the error function, by the Chebyshev series of exp(z**2)*erfc(z)/t in t = 2/(2 + z)."""
    xp = array_namespace(z)
    size = xp.abs(z)
    t = 2/(2 + size)
    y = 4*t - 2
    above = beyond = 0.0
    for coefficient in reversed(ERFC[1:]):
        above, beyond = y*above - beyond + coefficient, above
    tail = t*xp.exp(-size*size)*(y*above/2 - beyond + ERFC[0])
    return xp.where(z >= 0, tail, 2 - tail)


ERFC = ({COEFFICIENTS})'''
"""For libraries without one."""
_IN_JAVASCRIPT = f"""// 1 less the error function, by the Chebyshev series of exp(z**2)*erfc(z)/t in t = 2/(2 + z).
function erfc(z) {{
  const size = Math.abs(z);
  const t = 2/(2 + size);
  const y = 4*t - 2;
  let above = 0, beyond = 0;
  for (let k = ERFC.length - 1; k > 0; k--) {{
    [above, beyond] = [y*above - beyond + ERFC[k], above];
  }}
  const tail = t*Math.exp(-size*size)*(y*above/2 - beyond + ERFC[0]);
  return z >= 0 ? tail : 2 - tail;
}}
const ERFC = [{COEFFICIENTS}];"""


class erfc(VocabularyFunction):
    """1 - erf(z), with its digits where erf(z) is near 1."""


_PROOF = (
    Shown(
        r"1-\frac{2}{\sqrt{\pi}}\int_{0}^{z}e^{-t^2}\,\mathrm{d}t",
        left=r"\mathrm{erfc}(z)",
        why="the definition",
    ),
    Shown(
        r"-\frac{2e^{-z^2}}{\sqrt{\pi}}",
        left=r"\mathrm{erfc}'(z)",
        why="an integral up to z has what is integrated for its derivative",
    ),
)

ROW = Primitive(
    erfc, "erfc",
    definition=lambda z: sympy_erfc(z, evaluate=False),
    derivatives=(lambda y, z: -2 * exp(-(z**2)) / sqrt(pi),),
    native={
        "numpy": "scipy.special.erfc", "math": "erfc", "torch": "torch.special.erfc",
        "jax": "jax.scipy.special.erfc", "spreadsheet": "ERFC",
    },
    own={"xp": _SERIES, "javascript": _IN_JAVASCRIPT},
    analytic=False, finite=True, latex=r"\mathrm{erfc}", unicode="erfc",
    redefinable=True,
    proof=_PROOF,
)  # fmt: skip
