"""What a reader of a matrix report meets: reasons in words, signs that are used, free letters, code that runs."""

from __future__ import annotations

import builtins
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from sympy import MatrixSymbol, Symbol, symbols

import symbackprop as sb
from symbackprop.notation import Total, latex
from symbackprop.publish import gather
from symbackprop.reporting import Extent, document, markdown
from symbackprop.reporting.mathematics import helpers_of, mathematics

MATRICES = [name for name in sb.example_names() if sb.load_example(name).dialect == "matrix"]


def written_of(d: sb.Derivation) -> str:
    return markdown(document(d, gather(d)))


@pytest.fixture(scope="module")
def written() -> Mapping[str, str]:
    return {name: written_of(sb.derive(sb.load_example(name))) for name in MATRICES}


def section(text: str, title: str) -> str:
    return text.split(f"\n## {title}\n")[1].split("\n## ")[0]


def back(text: str) -> str:
    return section(text, "From the outputs back" if "## From the outputs back" in text else "From the loss back")


# Reasons


@pytest.mark.parametrize("name", MATRICES)
def test_no_reason_is_a_number_alone(written: Mapping[str, str], name: str) -> None:
    for line in back(written[name]).splitlines():
        why = line.split(" | ")[-1]
        found = re.search(r"\[\(\d+\)\]\(#eq-\d+\): (.+)", why)
        for reason in found[1].split("; ") if found else ():
            assert re.match(r"(?!by \[)[^\[\]()]*[a-z]{3}", reason), why


def test_a_rule_has_fewer_words_where_it_was_told_before(written: Mapping[str, str]) -> None:
    text = back(written["batch-norm-layer"])
    assert text.count("a product entry by entry passes back the other factor, [(21)]") == 1
    assert "the other factor of a product, [(21)]" in text
    assert "a sum for what is repeated, [(23)]" in text


def test_what_is_proved_elsewhere_is_named(written: Mapping[str, str]) -> None:
    text = written["mlp"]
    small = section(text, "The smallest case, entry by entry")
    sigma, tanh, square = (
        re.search(rf"\*\*\((\d+)\)\*\* \|[^|]*\| \$`{re.escape(right)}`\$", text)[1]
        for right in (r"= \sigma(z)\,\bigl(1-\sigma(z)\bigr)", r"= 1-\tanh(z)^2", "= 2u")
    )
    assert rf"; $`\sigma'`$ by [({sigma})]" in small
    assert f"; that of the square by [({square})]" in small
    assert rf"with $`\tanh'`$ by [({tanh})]" in back(text)
    assert "proved in" not in small


def test_only_powers_that_move_are_proved_each_in_its_way(written: Mapping[str, str]) -> None:
    rules = section(written["softmax-cross-entropy"], "The rules that are used")
    assert "u^{" not in rules  # 1/m is a power that does not move
    rules = section(written["batch-norm"], "The rules that are used")
    assert "n\\,u^{n-1}" not in rules
    for proved in ("= 2u", r"= -\frac{1}{u^{2}}", r"= \frac{1}{2y}"):
        assert proved in rules


# Letters and signs


@pytest.mark.parametrize("name", MATRICES)
def test_what_counts_is_no_size(written: Mapping[str, str], name: str) -> None:
    net = sb.load_example(name)
    sizes = {size.name for size in net.sizes} | {symbol.name for symbol in net.names}
    for counted in re.findall(r"\\sum_\{([a-z])(?:=1|,[a-z])?\}", written[name]):
        assert counted not in sizes
    for place in re.findall(r"_\{([a-z]),:\}|_\{:,([a-z])\}", written[name]):
        assert sizes.isdisjoint(place)


def test_letters_that_are_sizes_are_left_to_them() -> None:
    i, j, k, E = *symbols("i j k"), Symbol("E")
    X, T, W = MatrixSymbol("X", i, j), MatrixSymbol("T", i, k), MatrixSymbol("W", j, k)
    Y = MatrixSymbol("Y", i, k)
    values = {"X": [[1, 2], [3, 4]], "T": [[1], [0]], "W": [[0.1], [0.2]]}
    equations = {Y: sb.softmax(X * W, axis=1), E: sb.total(sb.power(Y - T, 2)) / i}
    net = sb.Network(equations, inputs=[X], targets=[T], parameters=[W], loss=E, values=values)
    text = written_of(sb.derive(net))
    assert r"\partial E/\partial W_{rs}" in text
    assert not re.search(r"\\sum_\{[ijk]", text)
    assert "_{i,:}" not in text


@pytest.mark.parametrize("name", MATRICES)
def test_the_legend_has_what_is_printed_alone(written: Mapping[str, str], name: str) -> None:
    legend, _, rest = section(written[name], "Symbols").partition("How it is written:")[2].partition("![")
    rest = written[name].replace(legend, "").replace(r"\partial^{+}", "")
    for sign in (r"\mathrm{colsum}", r"\mathrm{rowsum}", r"\mathrm{tr}", r"\oslash", r"^{+}", r"^{\circ 2}", r"\lVert"):
        assert (sign in legend) == (sign in rest), sign


@pytest.mark.parametrize("name", MATRICES)
def test_what_never_is_zero_is_no_condition(written: Mapping[str, str], name: str) -> None:
    assert "not zero." not in written[name]


# What came out, and how sure it is


def test_operations_are_told_where_some_are_saved(written: Mapping[str, str]) -> None:
    for name in MATRICES:
        taken = sb.derive(sb.load_example(name)).operations
        told = f"these lines take {taken.backward} operations beside the {taken.forward} of the forward pass"
        assert (told in written[name]) == (taken.backward < taken.naive)
        assert "In operations" not in written[name]


def test_functions_modulo_a_prime_are_told_where_there_are_any(written: Mapping[str, str]) -> None:
    x, w, y = (MatrixSymbol(name, 2, 2) for name in "xwy")
    plain = sb.derive(sb.Network({y: x * w, Symbol("E"): sb.total(sb.power(y, 2))}, inputs=[x], targets=[],
                                 parameters=[w], loss=Symbol("E")))  # fmt: skip
    said = "no exponentials and logarithms"
    assert said in written["mlp"]
    assert said not in written_of(plain)


def test_entries_are_compared() -> None:
    d = sb.derive(sb.load_example("mlp"))
    step = gather(d).step
    assert step is not None
    assert step.from_closed.keys() == step.from_numeric.keys() == {w.name for w in d.wrt}
    assert max(step.from_closed.values()) < 1e-12
    assert 0 < max(step.from_numeric.values()) < 1e-8


# In short


@pytest.mark.parametrize("name", MATRICES)
def test_the_answers_stand_on_the_first_page(written: Mapping[str, str], name: str) -> None:
    d = sb.derive(sb.load_example(name))
    asked = section(written[name], "What is asked")
    result = dict(re.findall(r"\*\*\((\d+)\)\*\* \|[^|]*\| (\$`.*?`\$) \|", section(written[name], "What came out")))
    short = asked.partition("**In short.**")[2].partition("**Checks.**")[0]
    lines = re.findall(r"\| (\$`[^|]*`\$) \| \[\((\d+)\)\]", short)
    assert len(lines) <= 8
    assert all(result[number] == formula for formula, number in lines)
    assert not short or len(lines) >= len(d.wrt)
    assert short or name == "rnn"  # its lines are many


@pytest.mark.parametrize("name", ["batch-norm-layer", "layer-norm-layer", "attention-layer"])
def test_the_hand_out_of_a_layer_is_an_appendix(name: str) -> None:
    d = sb.derive(sb.load_example(name))
    made = document(d, gather(d), extent=Extent.of(handout=True))
    assert set(made.references()) <= set(made.numbers())
    assert not made.figures()
    text = markdown(made)
    for given in (*d.network.leaves, *d.network.outputs.values()):
        assert f"$`{latex(given)}`$ (" in text.partition("**In short.**")[0]
    assert text.index("**In short.**") < text.index("**Signs.**") < text.index("## Forward pass")
    for w in d.wrt:
        told = rf"$`\displaystyle {latex(Total(d.network.loss, w))}`$ | $`"
        assert 2 <= text.count(told) <= 3  # in short, where it is derived, and in forward values alone
    assert "What came out" not in text
    assert "bmatrix" not in text


# The code


def run(code: str) -> dict[str, Any]:
    """What a printed block defines, in a world with nothing else in it."""
    world: dict[str, Any] = {"__builtins__": builtins}
    exec(compile(code, "printed", "exec"), world)
    return world


@pytest.mark.parametrize("name", MATRICES)
def test_the_printed_code_runs_as_it_is_printed(written: Mapping[str, str], name: str) -> None:
    net = sb.load_example(name)
    d = sb.derive(net)
    code = written[name].split("```python\n")[1].split("```")[0]
    values, gradients = run(code)["forward_backward"](*(np.array(net.values[leaf.name]) for leaf in net.leaves))
    forward, expected = sb.lambdify(d).forward_backward(**net.values)
    assert len(gradients) == len(d.wrt)
    for w, gradient in zip(d.wrt, gradients, strict=True):
        assert np.allclose(gradient, expected[w.name], rtol=1e-12, atol=1e-14)
    assert any(np.allclose(value, forward[next(iter(net.equations)).name]) for value in values)


@pytest.mark.parametrize("name", ["two-layer-sigmoid", "xor", "deep-chain"])
def test_the_printed_code_of_scalars_runs_too(name: str) -> None:
    code = written_of(sb.derive(sb.load_example(name))).split("```python\n")[1].split("```")[0]
    assert "forward_backward" in run(code)


def test_code_says_whether_it_is_as_it_was_derived(written: Mapping[str, str]) -> None:
    assert "It is written line by line as it was derived:" in written["batch-norm-layer"]
    assert "save that `sigmoid_and_slope` and `tanh_and_slope` work out functions" in written["mlp"]
    z, k, a, b, p, E = symbols("z k a b p E")
    equations = {a: sb.exp(z), b: sb.exp(k), p: a / (a + b), E: -sb.log(p)}
    d = sb.derive(sb.Network(equations, inputs=[k], targets=[], parameters=[z], loss=E))
    assert gather(d).rewritten
    assert "in a form that neither overflows nor loses digits, so some of its lines differ" in written_of(d)


def test_what_the_mathematics_needs_is_printed_once() -> None:
    source = '"""Words."""\n\nimport math\nimport numpy as np\n\nA = int\n\n\n'
    source += "def one(x: A) -> A:\n    return two(x)\n\n\n"
    source += "def forward(x):\n    return x\n\n\ndef two(x):\n    return np.abs(x)\n"
    printed = mathematics(source)
    assert printed.startswith("import numpy as np\n\nA = int\n\n\ndef two(x):\n    return np.abs(x)\n\n\ndef one(")
    assert "math\n" not in printed
    assert "def forward" not in printed
    assert helpers_of(mathematics(source)) == ("two",)
    assert helpers_of(mathematics("x = 1\n")) == ()
