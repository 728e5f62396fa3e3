"""Networks with outputs in place of a loss: what they are made of, and what is refused in which words."""

from __future__ import annotations

from typing import Any

import pytest
from layers import LAYERS, X, Y, Z, b, dense, gate, m, n, several, u, w, x, y, z
from sympy import MatrixSymbol, Symbol, symbols

import symbackprop as sb

E = Symbol("E")


def layer(**changes: Any) -> sb.Network:
    given: dict[str, Any] = {"inputs": [x], "parameters": [w], "outputs": [y]} | changes
    return sb.Network({z: w * x, y: sb.sigmoid(z)}, **given)


def test_adjoints_are_given_behind_the_targets() -> None:
    net = several()
    assert [(str(output), str(adjoint)) for output, adjoint in net.outputs.items()] == [
        ("Y", "Y_bar"), ("s", "s_bar"), ("Z", "Z_bar"),
    ]  # fmt: skip
    assert [str(name) for name in net.targets] == ["c", "Y_bar", "s_bar", "Z_bar"]
    assert [str(name) for name in net.constants] == ["c"]
    assert [str(name) for name in net.leaves] == ["X", "c", "W", "b", "Y_bar", "s_bar", "Z_bar"]
    assert net.shape("Y_bar") == net.shape("Y")
    assert str(net) == "<Network 'several': 3 equations, 1 inputs, 2 parameters, outputs Y, s, Z>"


def test_the_equations_are_those_that_were_given() -> None:
    net = dense()
    assert [str(name) for name in net.equations] == ["Z", "Y"]
    assert [str(name) for name in net.to_loss] == ["Z", "Y", "L"]
    assert str(net.to_loss[net.loss]) == "total(Y*Y_bar)"


def test_a_network_with_a_loss_has_no_outputs() -> None:
    net = sb.load_example("or-gate")
    assert not net.outputs
    assert net.to_loss == net.equations
    assert net.constants == net.targets
    assert net.sources == net.parameters


def test_it_is_differentiated_by_inputs_and_parameters_that_reach_an_output() -> None:
    assert [str(name) for name in sb.derive(gate()).wrt] == ["x", "h", "w", "u"]
    assert [str(name) for name in sb.derive(layer(inputs=[x, u])).wrt] == ["x", "w"]
    assert [str(name) for name in sb.derive(gate(), wrt="h").wrt] == ["h"]


@pytest.mark.parametrize("outputs", [{y: "G"}, {y: Symbol("G")}, {"y": "G"}])
def test_adjoints_may_have_names(outputs: Any) -> None:
    assert str(layer(outputs=outputs).outputs[y]) == "G"


@pytest.mark.parametrize("outputs", ["y", y, [y], ("y",), {y: None}])
def test_outputs_are_one_name_or_several(outputs: Any) -> None:
    assert str(layer(outputs=outputs).outputs[y]) == "y_bar"


def test_what_is_called_like_an_adjoint_or_the_loss_keeps_its_name() -> None:
    y_bar, loss = symbols("y_bar L")
    net = sb.Network({loss: w * x + y_bar, y: loss**2}, inputs=[x, y_bar], parameters=[w], outputs=[y])
    assert str(net.outputs[y]) == "G_y"
    assert str(net.loss) == "J"
    assert sb.check(sb.derive(net)).proved


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "both": (
        {"loss": E},
        "error[outputs]: the loss 'E' is given, and outputs as well; leave out the one or the other: the adjoints of "
        "outputs are given",
    ),
    "none": ({"outputs": []}, "error[outputs]: there are no outputs; name one equation at least: z, y"),
    "neither": ({"outputs": None}, "error[loss]: no loss is given; give the name of one scalar equation: z, y"),
    "unknown": ({"outputs": ["yy"]}, "error[outputs]: the output 'yy' has no equation; did you mean 'y'?"),
    "twice": ({"outputs": [y, "y"]}, "error[outputs]: in y: the output y is given twice; name it once"),
    "no name": (
        {"outputs": [y + 1]},
        "error[outputs]: the output 'y + 1' is not a single name; give it an equation, and its name: z, y",
    ),
    "no list": ({"outputs": 3}, "error[outputs]: outputs is 3; give a list of names, as in outputs=[Y]"),
    "taken": (
        {"outputs": {y: "w"}},
        "error[outputs]: in y: the adjoint of y is called w, as another value is; give it a name of its own",
    ),
    "adjoint": (
        {"outputs": {y: 1}},
        "error[outputs]: in y: the adjoint of y is '1', which is not a name; give a symbol or its name, as in {Y: 'G'}",
    ),
    "unreached": (
        {"parameters": [w, u]},
        "error[unreached]: in u: parameter u does not reach any output (y); use it in an equation on the way to an "
        "output, or list it with the inputs",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case: str) -> None:
    changes, words = REFUSED[case]
    with pytest.raises(sb.NetworkError) as error:
        layer(**changes)
    assert str(error.value) == words


def test_an_adjoint_has_the_shape_of_its_output() -> None:
    with pytest.raises(sb.NetworkError) as error:
        sb.Network({Z: X * MatrixSymbol("W", n, n)}, inputs=[X], outputs={Z: MatrixSymbol("G", n, m)})
    assert "Z" in str(error.value)
    with pytest.raises(sb.NetworkError) as error:
        sb.Network({y: w * x}, inputs=[x], parameters=[w], outputs={y: MatrixSymbol("G", n, m)})
    assert str(error.value) == (
        "error[outputs]: in y: the adjoint G is n×m, and y is a scalar; an adjoint has the shape of its output"
    )


def test_a_size_that_nothing_but_an_output_tells_is_refused() -> None:
    with pytest.raises(sb.NetworkError) as error:
        sb.Network({Y: sb.ones(m, 1) * b}, inputs=[], parameters=[b], outputs=[Y])
    assert error.value.code == "unbound"


def test_what_cannot_be_derived_by() -> None:
    for wrt, words in (
        ("y_bar", "error[wrt]: in y_bar: y_bar is the adjoint of y, which is given; leave it out"),
        ("L", "error[wrt]: in L: L is no value of the layer; leave it out"),
        ("u", "error[unreached]: in u: u does not reach any output (y); its gradient is zero; leave it out"),
    ):
        with pytest.raises(sb.SymbackpropError) as error:
            sb.derive(layer(inputs=[x, u]), wrt=wrt)
        assert str(error.value) == words


@pytest.mark.parametrize("name", LAYERS)
def test_entries_are_a_layer_too(name: str) -> None:
    net = LAYERS[name]()
    sizes = {str(size): 2 for size in net.sizes}
    scalars = net.expand(sizes) if sizes else net
    assert scalars.dialect == "scalar"
    assert len(scalars.outputs) == sum(4 if net.shape(output) else 1 for output in net.outputs)
    assert sb.check(sb.derive(scalars)).proved


def test_values_of_adjoints_may_come_with_the_network() -> None:
    net = layer(values={"x": 1.0, "y_bar": 0.5})
    assert net.values["y_bar"] == 0.5
