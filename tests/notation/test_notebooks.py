"""What a notebook shows of networks and derivations: mathematics between dollars, which every notebook sets."""

from __future__ import annotations

import re

import pytest
from conftest import few
from sympy import symbols

import symbackprop as sb

PAIRED = re.compile(r"\$\$.+?\$\$|\$[^$]+\$", re.DOTALL)


@pytest.mark.parametrize("name", few(sb.example_names()))
def test_mathematics_stands_between_dollars_in_blocks_of_one_number_at_most(name: str) -> None:
    net = sb.load_example(name)
    for shown in (net, sb.derive(net)):
        block, page = shown._repr_latex_(), shown._repr_markdown_()
        assert re.fullmatch(r"\$\$\\begin\{aligned\}\n.*\n\\end\{aligned\}\$\$", block, re.DOTALL)
        assert block.count(r"\tag") <= 1
        assert page.endswith(f"\n\n{block}")
        words = PAIRED.sub("", page)
        assert "$" not in words
        assert "\\" not in words
        with pytest.raises(AttributeError):
            shown._repr_html_  # noqa: B018


def test_a_network_says_what_its_names_are_for() -> None:
    assert sb.load_example("or-gate")._repr_markdown_() == (
        "**OR gate**: inputs $x_1$, $x_2$; target $y$; parameters $w_1$, $w_2$, $b$; loss $L$\n\n"
        "$$\\begin{aligned}\n"
        "z &= w_1\\,x_1+w_2\\,x_2+b \\\\\n"
        "\\hat{y} &= \\sigma(z) \\\\\n"
        "L &= \\tfrac{1}{2}(\\hat{y}-y)^2\n"
        "\\end{aligned}$$"
    )
    layer = sb.load_example("attention-layer")._repr_markdown_()
    assert layer.startswith("**attention layer**: inputs $Q$, $K$, $V$; output $O$; adjoint $\\bar{O}$\n")


def test_a_derivation_has_its_error_signals_before_its_gradients() -> None:
    page = sb.derive(sb.load_example("or-gate"))._repr_markdown_()
    assert page.startswith("Gradients of $L$ by error signals:\n\n$$")
    assert page.index(r"\delta_z &=") < page.index(r"\frac{\partial L}{\partial w_1} &=")


def test_long_networks_are_cut_and_say_so() -> None:
    net = sb.mlp([7, 7, 7])
    assert f"{len(net.parameters)} parameters" in net._repr_markdown_()
    chain = sb.mlp([1] * 50)
    assert chain._repr_latex_().count("&=") == 40
    assert chain._repr_markdown_().endswith(f"$$\n\nand {len(chain.equations) - 40} more.")
    d = sb.derive(chain)
    assert d._repr_latex_().count("&=") == 80
    assert d._repr_markdown_().endswith(f"and {len(d.backward) - 40 + len(d.wrt) - 40} more.")


def test_a_name_is_no_markup() -> None:
    w, x, E = symbols("w x E")
    net = sb.Network({E: w * x}, inputs=[x], parameters=[w], loss=E, name="a_b_c $5 *new*")
    assert net._repr_markdown_().startswith(r"**a\_b\_c \$5 \*new\***: input $x$; parameter $w$; loss $E$")
