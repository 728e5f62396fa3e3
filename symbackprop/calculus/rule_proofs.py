"""Why the rules of sums, products, powers, max and min hold, line by line: the others have it in their records.

The letters are those of the rules: u is what the rule is about, v and n stand still, and h is a small change.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Add, Max, Min, Mul, Pow

from symbackprop.proof_lines import Shown

_BY_U = r"\frac{\partial}{\partial u}\,"

SUM = (
    Shown("h", r"(u+h)+v-(u+v)", "the other term stands still"),
    Shown("1", _BY_U + "(u+v)", "over h"),
)
PRODUCT = (
    Shown(r"h\,v", r"(u+h)\,v-u\,v", "the other factor stands still"),
    Shown("v", _BY_U + r"(u\,v)", "over h"),
)
POWER = (
    Shown(
        r"e^{n\,\log(u)}\,\frac{n}{u}\quad(u>0)", _BY_U + "u^{n}",
        "a power is exp of n times the logarithm; the chain rule",
    ),
    Shown(
        r"n\,u^{n-1}",
        why="one factor u cancels; for whole n the product and quotient rules give it for each u where it exists",
    ),
)  # fmt: skip
EXPONENT = (
    Shown(
        r"e^{n\,\log(u)}\,\log(u)\quad(u>0)", r"\frac{\partial}{\partial n}\,u^{n}",
        "a power is exp of n times the logarithm; the chain rule",
    ),
    Shown(r"u^{n}\,\log(u)", why="by the same"),
)  # fmt: skip
ROOT = (
    Shown(r"\sqrt{u}", "y", "a name"),
    Shown(r"2y\,\frac{\mathrm{d}y}{\mathrm{d}u}", "1", "the square of y is u: both sides differentiated"),
    Shown(r"\frac{1}{2y}", r"\frac{\mathrm{d}y}{\mathrm{d}u}", "solved for it"),
)
LARGER = (
    Shown(r"1\quad(u>v)", _BY_U + r"\max(u,v)", "it is u there"),
    Shown(r"0\quad(u<v)", _BY_U + r"\max(u,v)", "it is v there"),
    Shown(
        r"\tfrac{1}{2}\bigl(1+\mathrm{sign}(u-v)\bigr)", _BY_U + r"\max(u,v)",
        "both in one; where they tie, by convention, half",
    ),
)  # fmt: skip
SMALLER = (
    Shown(r"1\quad(u<v)", _BY_U + r"\min(u,v)", "it is u there"),
    Shown(r"0\quad(u>v)", _BY_U + r"\min(u,v)", "it is v there"),
    Shown(
        r"\tfrac{1}{2}\bigl(1-\mathrm{sign}(u-v)\bigr)", _BY_U + r"\min(u,v)",
        "both in one; where they tie, by convention, half",
    ),
)  # fmt: skip

PROOFS: Mapping[type, tuple[tuple[Shown, ...], ...]] = {
    Add: (SUM,), Mul: (PRODUCT,), Pow: (POWER, EXPONENT, ROOT), Max: (LARGER,), Min: (SMALLER,),
}  # fmt: skip
"""By the operation, as in the table of rules; of a power by its base, by its exponent, and of a square root."""
