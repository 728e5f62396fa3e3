"""Why the rules of sums, products, powers, max and min hold, line by line: the others have it in their records.

The letters are those of the rules: u is what the rule is about, v and n stand still, and h is a small change.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Add, Expr, Max, Min, Mul, Pow, S

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
    Shown(r"n\,u^{n-1}", why="one factor u cancels"),
)  # fmt: skip
SQUARE = (
    Shown(r"1\cdot u+u\cdot 1", _BY_U + r"(u\,u)", "the product rule: each of the two factors moves in turn"),
    Shown("2u", _BY_U + "u^{2}", "two terms alike"),
)
WHOLE = (
    Shown(
        r"\sum_{i=1}^{n}u^{n-1}", _BY_U + "u^{n}",
        "the product rule: each of the n factors moves in turn, the others stand still",
    ),
    Shown(r"n\,u^{n-1}", why="so many terms, all alike"),
)  # fmt: skip
RECIPROCAL = (
    Shown(r"\frac{1}{u}", "y", "a name"),
    Shown(r"u\,y", "1", "times u"),
    Shown(r"y+u\,\frac{\mathrm{d}y}{\mathrm{d}u}", "0", "both sides differentiated: the product rule"),
    Shown(r"-\frac{y}{u}", r"\frac{\mathrm{d}y}{\mathrm{d}u}", "solved for it"),
    Shown(r"-\frac{1}{u^{2}}", why="by the name"),
)
BELOW = (
    Shown("u^{-n}", "y", "a name"),
    Shown(r"u^{n}\,y", "1", "times the power with n above it"),
    Shown(
        r"n\,u^{n-1}\,y+u^{n}\,\frac{\mathrm{d}y}{\mathrm{d}u}", "0",
        "both sides differentiated: the product rule, by which each of the n factors moves in turn too",
    ),
    Shown(r"-\frac{n\,y}{u}", r"\frac{\mathrm{d}y}{\mathrm{d}u}", "solved for it"),
    Shown(r"-n\,u^{-n-1}", why="by the name"),
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
    Shown("y^{2}", "u", "squared"),
    Shown(r"2y\,\frac{\mathrm{d}y}{\mathrm{d}u}", "1", "both sides differentiated by u: the chain rule"),
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
    Add: (SUM,), Mul: (PRODUCT,), Pow: (POWER, EXPONENT, ROOT, SQUARE, WHOLE, RECIPROCAL, BELOW),
    Max: (LARGER,), Min: (SMALLER,),
}  # fmt: skip
"""By the operation, as in the table of rules; of a power by its base, where nothing is known of its exponent, and by
its exponent; then of a square root, a square, a whole power, a reciprocal, and a whole power below the line."""


def proof_of_power(exponent: Expr) -> tuple[str, tuple[Shown, ...]]:
    """What a power with that number above it is called, and why its derivative by the base is what it is."""
    if exponent == S.Half:
        return "the root", ROOT
    if not exponent.is_Integer:
        return "the power", POWER
    if abs(exponent) == 1 or exponent == 2:
        return ("the square", SQUARE) if exponent == 2 else ("the reciprocal", RECIPROCAL)
    return ("the whole power", WHOLE) if exponent > 0 else ("the power below the line", BELOW)
