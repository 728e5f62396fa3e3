"""Expressions as people write them: in LaTeX, Unicode, ASCII and Python."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Abs,
    Add,
    And,
    Float,
    Max,
    Min,
    Mul,
    Or,
    Piecewise,
    Pow,
    Rational,
    S,
    Symbol,
    exp,
    log,
    pi,
    sign,
    sin,
    sqrt,
    symbols,
    tanh,
)

import symbackprop.notation as notation
from symbackprop.errors import SymbackpropError
from symbackprop.functions import (
    elu,
    function,
    huber,
    leaky_relu,
    log_softmax,
    normal_pdf,
    relu,
    sigmoid,
    silu,
    softmax,
    softplus,
    step,
)
from symbackprop.notation import (
    Direct,
    Immediate,
    NameTable,
    Order,
    Total,
    latex,
    latex_lines,
    latex_width,
    layout,
    python,
    python_assignment,
    text,
)
from symbackprop.notation.nodes import Minus, Name, Number, Product, Sum

i1, i2, t1, t2, t3, b1, w1, w2, w5, w6, w7, w8 = symbols("i1 i2 t1 t2 t3 b1 w1 w2 w5 w6 w7 w8")
h1, o1, o2, a_h1, a_h2, a_o1, a_o2, E, E1, E2 = symbols("h1 o1 o2 a_h1 a_h2 a_o1 a_o2 E E1 E2")
delta_o1, delta_o2 = symbols("delta_o1 delta_o2")
p1, p2, x, y, z, z1, z2, z3 = symbols("p1 p2 x y z z1 z2 z3")
HALF = Rational(1, 2)

ORDER = Order(
    {
        **{"w1": 0.5, "w2": 0.5, "b1": 0.5, "h1": 1, "a_h1": 2, "a_h2": 2, "w5": 2.5, "w6": 2.5, "w7": 2.5, "w8": 2.5},
        **{"o1": 3, "o2": 3, "p1": 4, "a_o1": 4, "a_o2": 4, "E1": 5, "E2": 5, "E": 6},
    },
    frozenset(["delta_o1", "delta_o2"]),
)
BACK = (a_o1 - t1) * a_o1 * (1 - a_o1) * w5 + (a_o2 - t2) * a_o2 * (1 - a_o2) * w7
SIGNALS = delta_o1 * w5 + delta_o2 * w7
swish = function("my_swish", lambda z: z * sigmoid(z))


def every_form(expr: Any) -> tuple[str, str, str, str]:
    return (
        latex(expr, order=ORDER),
        text(expr, order=ORDER),
        text(expr, order=ORDER, unicode=False),
        python(expr, order=ORDER),
    )


# Names


@pytest.mark.parametrize(
    ("name", "tex", "unicode"),
    [
        ("w1", "w_1", "w₁"),
        ("w_1", "w_1", "w₁"),
        ("w12", "w_{12}", "w₁₂"),
        ("h1_2", "h_{1,2}", "h₁,₂"),
        ("a_h1", "a_{h_1}", "aₕ₁"),
        ("a_h1_2", "a_{h_{1,2}}", "aₕ₁,₂"),
        ("delta_o1", r"\delta_{o_1}", "δₒ₁"),
        ("delta_h1_2", r"\delta_{h_{1,2}}", "δₕ₁,₂"),
        ("alpha", r"\alpha", "α"),
        ("α", r"\alpha", "α"),
        ("ε2", r"\varepsilon_2", "ε₂"),
        ("lambda", r"\lambda", "λ"),
        ("E", "E", "E"),
        ("loss", r"\mathrm{loss}", "loss"),
        ("chat", r"\mathrm{chat}", "chat"),
        ("xnorm", r"\mathrm{xnorm}", "xnorm"),
        ("yhat", r"\mathrm{yhat}", "yhat"),
        ("b_out", r"b_{\mathrm{out}}", "bₒᵤₜ"),
        ("b_rho", r"b_{\rho}", "b_ρ"),
        ("a_z1", "a_{z_1}", "a_z₁"),
        ("h1_z", "h_{1,z}", "h₁_z"),
        ("hidden_state2", r"\mathrm{hidden}_{\mathrm{state}_2}", "hiddenₛₜₐₜₑ₂"),
        ("W2b", r"\mathtt{W2b}", "W2b"),
        ("x_", r"\mathtt{x\_}", "x_"),
        ("a__b", r"\mathtt{a\_\_b}", "a__b"),
    ],
)
def test_names(name, tex, unicode):
    for table in (NameTable.of([name]), NameTable()):
        assert (table.latex(name), table.unicode(name), table.ascii(name)) == (tex, unicode, name)


def test_names_that_would_look_alike_are_told_apart():
    names = ["x_1", "x1", "alpha", "α", "a_ho1", "a_h_o1", "x_1_", "a_b__c", "a_b_c"]
    table = NameTable.of(names)
    assert (table.latex("x1"), table.latex("x_1")) == ("x_1", r"\mathtt{x\_1}")
    assert (table.unicode("x1"), table.unicode("x_1")) == ("x₁", "x_1")
    assert (table.latex("α"), table.latex("alpha")) == (r"\alpha", r"\mathtt{alpha}")
    for write in (table.latex, table.unicode, table.ascii, table.code):
        assert len({write(name) for name in names}) == len(names)


def test_code_names_are_safe_and_distinct():
    table = NameTable.of(["lambda", "np", "sum", "sum_", "E", "expit", "δ", "print"], reserved=frozenset(["expit"]))
    written = {name: table.code(name) for name in ["lambda", "np", "sum", "sum_", "E", "expit", "δ", "print"]}
    assert written == {
        "lambda": "lambda_",
        "np": "np_",
        "sum": "sum__",
        "sum_": "sum_",
        "E": "E",
        "expit": "expit_",
        "δ": "δ",
        "print": "print_",
    }
    assert table.code("class") == "class_"
    assert table.code("list") == "list_"


@pytest.mark.parametrize("name", [r"\input{x}", "a%b", "__import__('os')", "1x", "", "a b", "_x", "x'"])
def test_names_that_are_not_names_are_refused(name):
    for write in (NameTable().latex, NameTable().unicode, NameTable().ascii, NameTable().code):
        with pytest.raises(SymbackpropError, match="cannot be written"):
            write(name)


# Expressions


@pytest.mark.parametrize(
    ("expr", "tex", "unicode", "ascii_", "code"),
    [
        (
            a_h1 * a_o1 * (1 - a_o1) * (a_o1 - t1),
            r"(a_{o_1}-t_1)\,a_{o_1}(1-a_{o_1})\,a_{h_1}",
            "(aₒ₁ − t₁)·aₒ₁·(1 − aₒ₁)·aₕ₁",
            "(a_o1 - t1)*a_o1*(1 - a_o1)*a_h1",
            "(a_o1 - t1)*a_o1*(1 - a_o1)*a_h1",
        ),
        (a_h1 * w5, r"w_5\,a_{h_1}", "w₅·aₕ₁", "w5*a_h1", "w5*a_h1"),
        (
            b1 + i1 * w1 + i2 * w2,
            r"w_1\,i_1+w_2\,i_2+b_1",
            "w₁·i₁ + w₂·i₂ + b₁",
            "w1*i1 + w2*i2 + b1",
            "w1*i1 + w2*i2 + b1",
        ),
        (a_h1 * delta_o1, r"\delta_{o_1}\,a_{h_1}", "δₒ₁·aₕ₁", "delta_o1*a_h1", "delta_o1*a_h1"),
        (
            a_h1 * i1 * (1 - a_h1) * SIGNALS,
            r"a_{h_1}(1-a_{h_1})\,i_1\,(\delta_{o_1}\,w_5+\delta_{o_2}\,w_7)",
            "aₕ₁·(1 − aₕ₁)·i₁·(δₒ₁·w₅ + δₒ₂·w₇)",
            "a_h1*(1 - a_h1)*i1*(delta_o1*w5 + delta_o2*w7)",
            "a_h1*(1 - a_h1)*i1*(delta_o1*w5 + delta_o2*w7)",
        ),
        (
            (t1 - a_o1) ** 2 / 2 + (t2 - a_o2) ** 2 / 2,
            r"\tfrac{1}{2}(t_1-a_{o_1})^2+\tfrac{1}{2}(t_2-a_{o_2})^2",
            "½(t₁ − aₒ₁)² + ½(t₂ − aₒ₂)²",
            "(t1 - a_o1)**2/2 + (t2 - a_o2)**2/2",
            "(t1 - a_o1)**2/2 + (t2 - a_o2)**2/2",
        ),
        (2 * a_o1 - 2 * t1, "2(a_{o_1}-t_1)", "2(aₒ₁ − t₁)", "2*(a_o1 - t1)", "2*(a_o1 - t1)"),
        (x / 4 - y / 4, r"\tfrac{1}{4}(x-y)", "¼(x − y)", "(x - y)/4", "(x - y)/4"),
        (-x - y, "-(x+y)", "−(x + y)", "-(x + y)", "-(x + y)"),
        ((-x - y) * w1, "-w_1\\,(x+y)", "−w₁·(x + y)", "-w1*(x + y)", "-w1*(x + y)"),
        (1 - x, "1-x", "1 − x", "1 - x", "1 - x"),
        (x - 1, "x-1", "x − 1", "x - 1", "x - 1"),
        (3 * x**2 / 7, r"\tfrac{3}{7}x^2", "(3/7)·x²", "3*x**2/7", "3*x**2/7"),
        (3 * x / 4, r"\tfrac{3}{4}x", "¾x", "3*x/4", "0.75*x"),
        (x / 100, r"0.01\,x", "0.01·x", "0.01*x", "0.01*x"),
        (x / 3, r"\tfrac{1}{3}x", "⅓x", "x/3", "x/3"),
        (HALF, r"\tfrac{1}{2}", "½", "1/2", "0.5"),
        (Rational(-1, 3), r"-\tfrac{1}{3}", "−⅓", "-1/3", "-1/3"),
        (Rational(2, 7) ** x, r"(\tfrac{2}{7})^x", "(2/7)^x", "(2/7)**x", "(2/7)**x"),
        (Float("0.1") * x, r"0.1\,x", "0.1·x", "0.1*x", "0.1*x"),
        (Rational(1, 10**7) + x, "10^{-7}+x", "1e-7 + x", "1e-7 + x", "1e-7 + x"),
        (-t1 / p1, r"-\frac{t_1}{p_1}", "−t₁/p₁", "-t1/p1", "-t1/p1"),
        ((x + y) / (2 * z), r"\frac{x+y}{2z}", "(x + y)/(2z)", "(x + y)/(2*z)", "(x + y)/(2*z)"),
        (
            Mul(-t1 / p1, p1 * (1 - p1), evaluate=False),
            r"-\frac{t_1}{p_1}\,p_1(1-p_1)",
            "−(t₁/p₁)·p₁·(1 − p₁)",
            "-(t1/p1)*p1*(1 - p1)",
            "-(t1/p1)*p1*(1 - p1)",
        ),
        (sqrt(x), r"\sqrt{x}", "√x", "sqrt(x)", "np.sqrt(x)"),
        (1 / sqrt(x + y), r"\frac{1}{\sqrt{x+y}}", "1/√(x + y)", "1/sqrt(x + y)", "1/np.sqrt(x + y)"),
        (x ** Rational(3, 2), "x^{3/2}", "x^(3/2)", "x**(3/2)", "x**1.5"),
        (x ** (-y), r"\frac{1}{x^y}", "1/x^y", "1/x**y", "1/x**y"),
        (3 * 2**x, r"3\cdot 2^x", "3·2^x", "3*2**x", "3*2**x"),
        (2 * pi * x, r"2\pi\,x", "2π·x", "2*pi*x", "2*np.pi*x"),
        (S.Exp1 * E, r"\mathrm{e}\,E", "e·E", "exp(1)*E", "np.e*E"),
        (E * x, r"E\,x", "E·x", "E*x", "E*x"),
        (1 / (1 + exp(-z)), r"\frac{1}{1+e^{-z}}", "1/(1 + exp(−z))", "1/(1 + exp(-z))", "1/(1 + np.exp(-z))"),
        (exp(-(z**2) / 2), "e^{-z^2/2}", "exp(−½z²)", "exp(-z**2/2)", "np.exp(-z**2/2)"),
        (
            exp(-sum(symbols("x1:8"))),
            r"\exp(-(x_1+x_2+x_3+x_4+x_5+x_6+x_7))",
            "exp(−(x₁ + x₂ + x₃ + x₄ + x₅ + x₆ + x₇))",
            "exp(-(x1 + x2 + x3 + x4 + x5 + x6 + x7))",
            "np.exp(-(x1 + x2 + x3 + x4 + x5 + x6 + x7))",
        ),
        (
            -t1 * log(p1) - (1 - t1) * log(1 - p1),
            r"-\bigl[t_1\log(p_1)+(1-t_1)\log(1-p_1)\bigr]",
            "−(t₁·log(p₁) + (1 − t₁)·log(1 − p₁))",
            "-(t1*log(p1) + (1 - t1)*log(1 - p1))",
            "-(t1*np.log(p1) + (1 - t1)*np.log(1 - p1))",
        ),
        (sigmoid(h1), r"\sigma(h_1)", "σ(h₁)", "sigmoid(h1)", "sigmoid(h1)"),
        (sigmoid(x / y), r"\sigma\!\left(\frac{x}{y}\right)", "σ(x/y)", "sigmoid(x/y)", "sigmoid(x/y)"),
        (
            sigmoid(z) * (1 - sigmoid(z)),
            r"\sigma(z)\bigl(1-\sigma(z)\bigr)",
            "σ(z)·(1 − σ(z))",
            "sigmoid(z)*(1 - sigmoid(z))",
            "sigmoid(z)*(1 - sigmoid(z))",
        ),
        (1 - tanh(z) ** 2, r"1-\tanh(z)^2", "1 − tanh(z)²", "1 - tanh(z)**2", "1 - np.tanh(z)**2"),
        (w5 * (1 - a_h1**2), r"w_5\,(1-a_{h_1}^2)", "w₅·(1 − aₕ₁²)", "w5*(1 - a_h1**2)", "w5*(1 - a_h1**2)"),
        (
            softmax(z1, z2, z3)[1],
            r"\mathrm{softmax}_{2}(z_1,z_2,z_3)",
            "softmax₂(z₁, z₂, z₃)",
            "softmax(z2, [z1, z2, z3])",
            "softmax(z2, [z1, z2, z3])",
        ),
        (
            log_softmax(z1, z2)[0],
            r"\log\mathrm{softmax}_{1}(z_1,z_2)",
            "log_softmax₁(z₁, z₂)",
            "log_softmax(z1, [z1, z2])",
            "log_softmax(z1, [z1, z2])",
        ),
        (
            leaky_relu(z),
            r"\mathrm{LeakyReLU}_{0.01}(z)",
            "LeakyReLU(z, 0.01)",
            "leaky_relu(z, 0.01)",
            "leaky_relu(z, 0.01)",
        ),
        (elu(z), r"\mathrm{ELU}(z)", "ELU(z)", "elu(z)", "elu(z, 1)"),
        (elu(z, HALF), r"\mathrm{ELU}_{1/2}(z)", "ELU(z, ½)", "elu(z, 1/2)", "elu(z, 0.5)"),
        (relu(z), r"\mathrm{ReLU}(z)", "ReLU(z)", "relu(z)", "relu(z)"),
        (step(z), r"\mathbf{1}[z>0]", "step(z)", "step(z)", "step(z)"),
        (huber(x - y), r"\mathrm{smooth}_{L_1}(x-y)", "smoothL1(x − y)", "huber(x - y)", "huber(x - y)"),
        (normal_pdf(x), r"\varphi(x)", "φ(x)", "normal_pdf(x)", "normal_pdf(x)"),
        (swish(z1), r"\mathrm{my\_swish}(z_1)", "my_swish(z₁)", "my_swish(z1)", "my_swish(z1)"),
        (2 * sign(x), r"2\,\mathrm{sign}(x)", "2·sign(x)", "2*sign(x)", "2*np.sign(x)"),
        (Abs(x - y), r"\lvert x-y\rvert", "|x − y|", "abs(x - y)", "np.abs(x - y)"),
        (Max(0, x), r"\max(0,x)", "max(0, x)", "max(0, x)", "np.maximum(0, x)"),
        (Max(x, y, z), r"\max(x,y,z)", "max(x, y, z)", "max(x, y, z)", "np.maximum(x, np.maximum(y, z))"),
        (Max(-1, Min(1, x)), r"\max(-1,\min(1,x))", "max(−1, min(1, x))", "max(-1, min(1, x))", "np.clip(x, -1, 1)"),
        (
            Piecewise((1, z > 0), (Rational(1, 100), True)),
            r"\begin{cases} 1 & \text{if } z>0 \\ 0.01 & \text{otherwise} \end{cases}",
            "{1 if z > 0; 0.01 otherwise}",
            "where(z > 0, 1, 0.01)",
            "np.where(z > 0, 1, 0.01)",
        ),
        (
            x * Piecewise((1, And(x < y, z > 0)), (0, True)),
            r"x\,\mathbf{1}[x<y \text{ and } z>0]", "x·[x < y and z > 0]", "x*[x < y and z > 0]",
            "x*np.where((x < y) & (z > 0), 1, 0)",
        ),
        (
            Piecewise((x, x < 1), (y, Or(x > 3, And(z <= 2, y >= 1)))),
            r"\begin{cases} x & \text{if } x<1 \\ "
            r"y & \text{if } x>3 \text{ or } (y\ge 1 \text{ and } z\le 2) \end{cases}",
            "{x if x < 1; y if x > 3 or (y ≥ 1 and z ≤ 2)}",
            "piecewise((x, x < 1), (y, x > 3 or (y >= 1 and z <= 2)))",
            "np.where(x < 1, x, np.where((x > 3) | ((y >= 1) & (z <= 2)), y, np.nan))",
        ),
        (
            x * Piecewise((1, z > 0), (2, True)),
            r"x\left(\begin{cases} 1 & \text{if } z>0 \\ 2 & \text{otherwise} \end{cases}\right)",
            "x·{1 if z > 0; 2 otherwise}",
            "x*where(z > 0, 1, 2)",
            "x*np.where(z > 0, 1, 2)",
        ),
    ],
)  # fmt: skip
def test_written(expr, tex, unicode, ascii_, code):
    assert every_form(expr) == (tex, unicode, ascii_, code)


@pytest.mark.parametrize(
    ("expr", "tex", "unicode", "ascii_"),
    [
        (Total(E, w1), r"\frac{\partial E}{\partial w_1}", "∂E/∂w₁", "dE/dw1"),
        (Immediate(y, x), r"\frac{\partial^{+} y}{\partial x}", "∂⁺y/∂x", "d+y/dx"),
        (
            Direct(o1, w5) * Total(E1, a_o1) * Direct(a_o1, o1),
            r"\frac{\partial E_1}{\partial a_{o_1}}\,"
            r"\frac{\partial a_{o_1}}{\partial o_1}\,\frac{\partial o_1}{\partial w_5}",
            "∂E₁/∂aₒ₁ · ∂aₒ₁/∂o₁ · ∂o₁/∂w₅",
            "dE1/da_o1 * da_o1/do1 * do1/dw5",
        ),
        (
            Total(E1, w5) + Total(E2, w5),
            r"\frac{\partial E_1}{\partial w_5}+\frac{\partial E_2}{\partial w_5}",
            "∂E₁/∂w₅ + ∂E₂/∂w₅",
            "dE1/dw5 + dE2/dw5",
        ),
        (
            Direct((t1 - a_o1) ** 2 / 2, w5),
            r"\frac{\partial}{\partial w_5}\left[\tfrac{1}{2}(t_1-a_{o_1})^2\right]",
            "∂/∂w₅[½(t₁ − aₒ₁)²]",
            "d/dw5[(t1 - a_o1)**2/2]",
        ),
        (
            delta_o1 * Direct(o1, w5),
            r"\delta_{o_1}\,\frac{\partial o_1}{\partial w_5}",
            "δₒ₁ · ∂o₁/∂w₅",
            "delta_o1 * do1/dw5",
        ),
        (x / Total(E, w1), r"\frac{x}{\frac{\partial E}{\partial w_1}}", "x/(∂E/∂w₁)", "x/(dE/dw1)"),
    ],
)  # fmt: skip
def test_derivatives(expr, tex, unicode, ascii_):
    assert (latex(expr, order=ORDER), text(expr, order=ORDER), text(expr, order=ORDER, unicode=False)) == (
        tex,
        unicode,
        ascii_,
    )
    with pytest.raises(SymbackpropError, match="has no Python"):
        python(expr)


def test_the_chain_is_in_order_without_levels():
    chain = Direct(symbols("q"), w5) * Total(E, x) * Direct(x, symbols("q"))
    assert text(chain) == "∂E/∂x · ∂x/∂q · ∂q/∂w₅"


def test_closed_form_of_a_hidden_weight():
    assert text(a_h1 * i1 * (1 - a_h1) * BACK, order=ORDER) == (
        "aₕ₁·(1 − aₕ₁)·i₁·((aₒ₁ − t₁)·aₒ₁·(1 − aₒ₁)·w₅ + (aₒ₂ − t₂)·aₒ₂·(1 − aₒ₂)·w₇)"
    )
    assert r"i_1\,\bigl[(a_{o_1}-t_1)" in latex(a_h1 * i1 * (1 - a_h1) * BACK, order=ORDER)


def test_natural_order_without_levels():
    terms = [symbols(f"w{k}") * symbols(f"x{k}") for k in (10, 2, 1)]
    assert text(Add(*terms), unicode=False) == "w1*x1 + w2*x2 + w10*x10"
    assert text((1 - a_h1) ** 2 * a_h1**2 * x, unicode=False) == "a_h1**2*(1 - a_h1)**2*x"
    assert text(x**2 * (1 + x * y) * z * sigmoid(z), unicode=False) == "x**2*z*sigmoid(z)*(1 + x*y)"


def test_layout_is_a_tree_with_signs():
    assert layout(-x) == Minus(Name("x"))
    assert layout(x - y) == Sum(((1, Name("x")), (-1, Name("y"))))
    assert layout(x / 2) == Product(Number(1, 2), (Name("x"),))


def test_what_has_no_notation_is_refused():
    with pytest.raises(SymbackpropError, match="ImaginaryUnit has no notation"):
        latex(S.ImaginaryUnit * x)


# For GitHub


def test_latex_uses_nothing_that_github_refuses():
    for expr in (BACK, Max(x, y), swish(x), sign(x), Piecewise((x, x > 0), (0, True)), Total(E, w1), softplus(x)):
        assert not re.search(r"operatorname|newcommand|mbox|phantom|label|%|#|\$", latex(expr))


def test_brackets_grow_outwards():
    inner = x + y * sigmoid(z + x)
    written = latex(w1 * (1 + w2 * inner))
    assert written.index(r"\Bigl[") < written.index(r"\bigl[") < written.index(r"\bigr]") < written.index(r"\Bigr]")


# Long lines

OUTER = a_h1 * (1 - a_h1) * i1 * Add(
    *((symbols(f"a_o{k}") - symbols(f"t{k}")) * symbols(f"a_o{k}") * symbols(f"w{2 * k + 3}") for k in range(1, 9))
)  # fmt: skip
LONG = [
    OUTER,
    sigmoid(OUTER),
    OUTER / p1 + x,
    y * OUTER - OUTER**2,
    Add(*(symbols(f"w{k}") * symbols(f"x{k}") for k in range(40))),
    Mul(*(symbols(f"w{k}") for k in range(40))),
    Piecewise((OUTER, x > 0), (exp(x) * OUTER, True)),
    Max(*(symbols(f"some_long_name_{k}") for k in range(9))),
]


@pytest.mark.parametrize("width", [40, 60, 80])
@pytest.mark.parametrize("expr", LONG[:-2])
def test_latex_lines_keep_to_their_width(expr, width):
    lines = latex_lines(expr, order=ORDER, width=width)
    assert all(latex_width(line) <= width for line in lines)
    assert all(line.startswith("{}") for line in lines[1:])
    assert "\\left" not in "".join(lines)
    assert re.sub(r"\{\}|\\cdot|\\,|\\[Bb]ig[lr]| |[][()]", "", "".join(lines)).count("w") == latex(expr).count("w")


def test_latex_lines_break_at_signs_then_between_factors():
    assert latex_lines(x * y + z * w1 - b1, width=7) == [r"w_1\,z", r"{}+x\,y", "{}-b_1"]
    assert latex_lines(w1 * w2 * w5 * w6, width=5) == [r"w_1\,w_2", r"{}\cdot w_5", r"{}\cdot w_6"]
    assert latex_lines(x + y) == ["x+y"]


@pytest.mark.parametrize("width", [60, 79, 100])
@pytest.mark.parametrize("expr", LONG)
def test_python_assignments_keep_to_their_width(expr, width):
    lines = python_assignment("target", expr, order=ORDER, width=width)
    assert all(len(line) <= width for line in lines)
    names = {s.name: 0.1 + k / 7 for k, s in enumerate(sorted(expr.free_symbols, key=str))}
    scope: dict[str, Any] = {"np": np, "sigmoid": lambda z: 1 / (1 + np.exp(-z)), **names}
    exec("\n".join(lines), scope)
    assert scope["target"] == pytest.approx(eval(python(expr, order=ORDER), scope), rel=1e-14)


def test_short_assignments_stay_on_one_line():
    assert python_assignment("E1", (t1 - a_o1) ** 2 / 2) == ["E1 = (t1 - a_o1)**2/2"]


@pytest.mark.parametrize(
    ("formula", "width"),
    [
        ("w_1", 1.65),
        (r"\frac{x+y}{2}", 4.4),
        (r"\sigma(x)", 3.2),
        (r"\begin{cases} 1 & \text{if }x \\ 2 \end{cases}", 6.5),
        (r"\Bigl[x", 2.6),
    ],
)
def test_latex_width(formula, width):
    assert latex_width(formula) == pytest.approx(width)


# Python in detail


def test_calls_can_be_written_otherwise():
    def call(applied, written):
        return f"s_{applied.index}" if hasattr(applied, "index") else None

    assert python(x * softmax(z1, z2)[1] + sigmoid(x), call=call) == "sigmoid(x) + x*s_2"


def test_python_uses_code_names():
    expr = Symbol("lambda") * Symbol("np") + Symbol("sum")
    assert python(expr) == "lambda_*np_ + sum_"
    assert python(x, NameTable.of(["x"], frozenset(["x"]))) == "x_"


@pytest.mark.parametrize(
    ("expr", "code"),
    [
        (Piecewise((z, z > 0), (exp(z) - 1, True)), "np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1)"),
        (Piecewise((z, z <= 0), (exp(-z), True)), "np.where(z <= 0, z, np.exp(-np.maximum(z, 0)))"),
        (
            Piecewise((log(z), z > 0), (1 / z, True)),
            "np.where(z > 0, np.log(np.where(z > 0, z, 1)), 1/np.where(z <= 0, z, -1))",
        ),
        (Piecewise((sqrt(z), z >= 0), (z**2, True)), "np.where(z >= 0, np.sqrt(np.maximum(z, 0)), z**2)"),
    ],
)
def test_branches_are_safe_where_they_do_not_hold(expr, code):
    assert python(expr) == code
    values = np.array([-1e4, -2.0, 3.0, 1e4])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        results = eval(code, {"np": np, "z": values})
    assert np.isfinite(results).all()


# Reading it back


class Numbers:
    """NumPy's functions on exact numbers, for evaluating what was written."""

    pi, e = mpmath.pi, mpmath.e
    exp, log, sqrt, tanh, abs, sign, sin, cos = (
        *(mpmath.exp, mpmath.log, mpmath.sqrt, mpmath.tanh, abs, mpmath.sign, mpmath.sin, mpmath.cos),
    )
    maximum, minimum = max, min

    @staticmethod
    def clip(value, low, high):
        return max(low, min(high, value))

    @staticmethod
    def where(condition, yes, no):
        return yes if condition else no


HELPERS = {
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "softplus": lambda z: mpmath.log(1 + mpmath.exp(z)),
    "silu": lambda z: z / (1 + mpmath.exp(-z)),
    "leaky_relu": lambda z, slope: z if z > 0 else slope * z,
    "relu": lambda z: max(z, 0),
    **{name: getattr(Numbers, name) for name in ("exp", "log", "sqrt", "tanh", "where", "sign", "sin", "cos")},
}


def evaluated(source: str, values: dict[str, Any]) -> Any:
    """Evaluate what was written with 40 digits, reading its numbers exactly."""
    exact = re.sub(r"(?<![\w.])(\d[\d.]*(?:e-?\d+)?)", r"mpf('\1')", source)
    with mpmath.workdps(40):
        return eval(exact, {"np": Numbers, "mpf": mpmath.mpf, "pi": mpmath.pi, **HELPERS, **values})


LEAVES = st.one_of(
    st.sampled_from(symbols("x y z w1 w10 a_h1")),
    st.sampled_from([Rational(k) for k in (-2, -1, 1, 2, 3)]),
    st.sampled_from([HALF, Rational(-3, 4), Rational(1, 3), Rational(1, 100), Rational(7, 5), pi]),
)


def larger(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    pair, triple = st.tuples(inner, inner), st.tuples(inner, inner, inner)
    kept = st.booleans()
    return st.one_of(
        st.builds(lambda args, keep: Add(*args, evaluate=not keep), triple, kept),
        st.builds(lambda args, keep: Mul(*args, evaluate=not keep), triple, kept),
        st.builds(lambda a: -a, inner),
        st.builds(lambda a: Mul(-1, a, evaluate=False), inner),
        st.builds(lambda a, n: Pow(a, n, evaluate=False), inner, st.sampled_from([2, 3])),
        st.builds(lambda args: args[0] / (1 + args[1] ** 2), pair),
        st.builds(lambda a, n: (2 + sin(a)) ** n, inner, st.sampled_from([-2, -1, HALF, -HALF, Rational(-3, 2)])),
        st.builds(lambda a, f: f(tanh(a)), inner, st.sampled_from([exp, sigmoid, Abs, softplus, silu, leaky_relu])),
        st.builds(lambda args: Max(*args), pair),
        st.builds(lambda args: Min(*args), triple),
        st.builds(lambda args: Piecewise((args[0], args[1] > 0), (args[2], True)), triple),
    )  # fmt: skip


EXPRESSIONS = st.recursive(LEAVES, larger, max_leaves=9)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(expr=EXPRESSIONS, data=st.data())
def test_python_and_ascii_mean_what_was_meant(expr, data):
    names = sorted(s.name for s in expr.free_symbols)
    number = st.floats(-2, 2).filter(lambda v: abs(v) > 1e-3)
    values = {name: data.draw(number, label=name) for name in names}
    exact = {Symbol(name): Rational(value) for name, value in values.items()}
    meant = mpmath.mpf(str(expr.xreplace(exact).evalf(40)))
    if not mpmath.isfinite(meant) or (0 < abs(meant) < 1e-9):
        return
    given_values = {name: mpmath.mpf(value) for name, value in values.items()}
    for order in (None, Order({"x": 3, "z": 2, "w1": 1}, frozenset(["y"]))):
        for source in (python(expr, order=order), text(expr, order=order, unicode=False)):
            assert math.isclose(evaluated(source, given_values), meant, rel_tol=1e-12, abs_tol=1e-12), source
        assert latex(expr, order=order).count("{") == latex(expr, order=order).count("}")
        assert text(expr, order=order)


# Depth, size and determinism


def chain(depth: int) -> Any:
    expr: Any = x
    for k in range(depth):
        expr = tanh(Mul(Symbol(f"w{k}"), expr, evaluate=False), evaluate=False)
    return expr


def test_deep_expressions():
    limit = sys.getrecursionlimit()
    expr = chain(500)
    assert latex(expr).count(r"\tanh") == 500
    assert text(expr).startswith("tanh(w₄₉₉·tanh(w₄₉₈·")
    assert text(expr, unicode=False).count("(") == 500
    assert python(expr).startswith("np.tanh(w499*np.tanh(")
    assert all(latex_width(line) <= 60 for line in latex_lines(expr, width=60))
    assert len(python_assignment("y", expr)) > 3
    assert sys.getrecursionlimit() == limit


def test_wide_products():
    factors = [Symbol(f"w{k}") for k in range(1500)]
    assert python(Mul(*factors)) == "*".join(factor.name for factor in factors)
    links = [Total(Symbol(f"a{k + 1}"), Symbol(f"a{k}")) for k in range(1500)]
    assert text(Mul(*links), unicode=False).endswith("da2/da1 * da1/da0")


@pytest.mark.slow
def test_the_same_text_under_any_hash_seed():
    script = (
        "from sympy import *; from symbackprop.notation import *; from symbackprop.functions import *\n"
        "x, y, z, q = symbols('x y z q'); names = symbols('a1:9 b c d')\n"
        "e = Add(*names)*x*y*(1 - x)*(z - y)*Max(*names) + Piecewise((x, And(x > 0, y < 1, z > 2)), (y, True))\n"
        "print(latex(e), text(e), text(e, unicode=False), python(e), latex_lines(e, width=30))"
    )
    outputs = set()
    for seed in ("0", "1", "2", "31337"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])}
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1


def test_public_names():
    assert notation.__all__ == sorted(notation.__all__)
    assert all(hasattr(notation, name) for name in notation.__all__)
