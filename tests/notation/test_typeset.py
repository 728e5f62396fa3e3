"""The LaTeX that is printed is read into a tree, whole, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from symbackprop.notation.typeset import Fence, Fraction, Grid, Letters, Row, Scripts, Sign, Words, read_typeset

ROOT = Path(__file__).resolve().parents[2]
A_H1 = Scripts(Letters("a"), Scripts(Letters("h"), Letters("1", "upright")))


@pytest.mark.parametrize(
    ("latex", "tree"),
    [
        ("a_{h_1}", A_H1),
        (r"\frac{\partial E}{\partial a_{h_1}}", Fraction(
            Row((Sign("∂", "ordinary"), Letters("E"))), Row((Sign("∂", "ordinary"), A_H1)),
        )),
        (r"\mathbf{0.3775}", Letters("0.3775", "bold")),
        (r"\sigma'(z)", Row((
            Scripts(Letters("σ"), None, Sign("′", "ordinary")),
            Sign("(", "opening"), Letters("z"), Sign(")", "closing"),
        ))),
        (r"\left(x\right)", Fence("(", Letters("x"), ")")),
        (r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", Grid(
            ((Letters("1", "upright"), Letters("2", "upright")), (Letters("3", "upright"), Letters("4", "upright"))),
            "[", "]",
        )),
        (r"\mathrm{X\_hat}", Letters("X_hat", "upright")),
        (r"\int_{0}^{z}", Scripts(Sign("∫", "large"), Letters("0", "upright"), Letters("z"))),
        (r"\text{if } x", Row((Words("if "), Letters("x")))),
    ],
)  # fmt: skip
def test_what_a_formula_is_made_of(latex: str, tree: object) -> None:
    assert read_typeset(latex) == tree


def test_every_formula_of_the_gallery_is_read() -> None:
    found = [
        formula
        for path in (*ROOT.glob("reports/*.md"), *ROOT.glob("reports/studies/*.md"))
        for formula in re.findall(r"\$`(.*?)`\$", path.read_text(encoding="utf-8"), re.DOTALL)
    ]
    assert len(found) > 1000
    for formula in dict.fromkeys(found):
        read_typeset(formula.replace(r"\vert ", "|"))


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        (r"\input{x}", r"\input{x} has the command input, which is none of those that are printed"),
        (
            r"\begin{verbatim}",
            r"\begin{verbatim} has the environment verbatim, which is none of those that are printed",
        ),
        (r"\frac{a}", r"\frac{a} ends too soon"),
        ("a}", "there is one } too many in a}"),
        ("_a", "there is a _ without what it belongs to in _a"),
    ],
)
def test_what_is_never_printed_is_refused(latex: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        read_typeset(latex)
