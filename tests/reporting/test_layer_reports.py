"""Reports of layers: titled and told so, with what is given, in numbers too, and without a word of training."""

from __future__ import annotations

from pathlib import Path

import pytest
from layers import LAYERS, gate, values_of
from sympy import Eq, MatrixSymbol, symbols

import symbackprop as sb

SHIPPED = ["attention-layer", "batch-norm-layer", "layer-norm-layer"]


def markdown(net: sb.Network, folder: Path, **more: object) -> str:
    (path,) = sb.report(sb.derive(net), folder / "layer", formats=["md"], **more)  # type: ignore[arg-type]
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SHIPPED)
def test_it_is_told_that_it_is_a_layer(name: str, tmp_path: Path) -> None:
    net = sb.load_example(name)
    text = markdown(net, tmp_path)
    assert text.startswith(f"# The backward pass of a layer by hand: {net.name}\n")
    assert "It has no loss: the adjoint of the output, $`\\bar{" in text
    assert "## From the outputs back" in text
    assert "## The layer in numbers" in text
    assert "the loss that follows, which is no part of the layer" in text
    for word in ("learning rate", "training", "epoch", "to be learned", "descent", "update"):
        assert word not in text.partition("## The generated NumPy code")[0].lower()


def test_a_layer_of_scalars(tmp_path: Path) -> None:
    net = gate()
    text = markdown(net, tmp_path, values=values_of(net))
    assert (
        "The layer has 2 inputs, 2 parameters and 3 equations, which lead to the outputs $`y`$, $`g`$. It has no loss: "
        "the adjoints of the outputs, $`\\bar{y} = \\frac{\\partial L}{\\partial y}`$, "
        "$`G = \\frac{\\partial L}{\\partial g}`$, are given, for whatever loss $`L`$ follows, and what the layer "
        "passes back is derived from there."
    ) in text
    assert (
        "| $`\\mathrm{d}L`$ | $`= \\bar{y}\\,\\mathrm{d}y+G\\,\\mathrm{d}g`$ | $`\\bar{y}`$ and $`G`$ are given" in text
    )
    assert "learning rate" not in text


@pytest.mark.parametrize("name", LAYERS)
def test_numbers_are_not_needed(name: str, tmp_path: Path) -> None:
    assert "in numbers" not in markdown(LAYERS[name](), tmp_path)


def test_a_batch_of_scalars_shows_its_first_example(tmp_path: Path) -> None:
    text = markdown(gate(), tmp_path, values={"x": [0.5, 1.0], "h": 0.1, "w": 0.2, "u": 0.3, "y_bar": 1.0, "G": 0.5})
    assert "## The layer in numbers" in text
    assert " means" not in text.partition("## The generated NumPy code")[0]


def test_the_convention_of_a_symmetric_parameter_is_stated(tmp_path: Path) -> None:
    m, n, loss = symbols("m n E")
    x, s = MatrixSymbol("X", m, n), MatrixSymbol("S", n, n)
    net = sb.Network(
        {loss: sb.logdet(s) + sb.total(sb.hadamard(x * s**-1, x)) / m},
        inputs=[x], parameters=[s], loss=loss, facts=[Eq(s.T, s)],
    )  # fmt: skip
    assert (
        "It is known that $`S^{\\mathsf{T}} = S`$. Gradients by $`S`$ are by each entry alone: each is moved as if the "
        "others could stay, from where the fact holds."
    ) in markdown(net, tmp_path)
