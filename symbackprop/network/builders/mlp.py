"""Multilayer perceptrons, in the names of the usual hand-written notes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sympy import Expr

from symbackprop.errors import NetworkError, as_given
from symbackprop.network.builders.choices import activation_of, output_activation
from symbackprop.network.builders.matrix import checked_sizes, matrix_mlp
from symbackprop.network.builders.scalar import check_scalar_mlp, scalar_mlp
from symbackprop.network.network import Network


def mlp(
    sizes: Sequence[Any],
    activation: str | Callable[..., Expr] | None = "sigmoid",
    loss: str = "squared_error",
    bias: bool | str = True,
    output: str | Callable[..., Expr] | None = None,
    name: str | None = None,
    *,
    notation: str = "scalar",
    examples: str = "rows",
    batch: Any = "m",
    facts: bool = True,
) -> Network:
    """Write a multilayer perceptron as equations of named scalars, or of matrices.

    Parameters
    ----------
    sizes
        How many inputs, hidden neurons layer by layer, and outputs: ``[2, 2, 2]`` is the network of the notes. Of
        matrices they may also be symbols, or names of sizes: ``["n", "h", "k"]``.
    activation
        Of the hidden layers: a name, a function of one argument, or None for none.
    loss
        ``squared_error`` (half of it), ``smooth_l1``, ``binary_cross_entropy``, or ``cross_entropy`` behind a softmax.
        Of matrices it is the mean over the batch.
    bias
        True for one bias a neuron, ``"layer"`` for one a layer, shared by its neurons, False for none.
    output
        Of the output layer: like ``activation``, which it is by default; a sigmoid for binary cross-entropy.
    name
        What reports call the network.
    notation
        ``"scalar"`` for one equation a neuron, ``"matrix"`` for one a layer and a batch of examples at once.
    examples
        Of matrices: ``"rows"`` for one example a row, Z1 = X W1 + b1; ``"columns"`` for one a column, Z1 = W1 X + b1.
    batch
        Of matrices: the number of examples, like one of the sizes.
    facts
        Of matrices with ``cross_entropy``: whether it is stated that the targets of each example add up to one, so that
        gradients read P - Y and data are held to it. False for targets that do not: class weights, padded examples.

    Names of scalars: inputs i1 …, targets t1 …, weights w1 … row by row, biases b1 …, hidden neurons h1 … (h1_1 … with
    several hidden layers), outputs o1 …, and a_h1, a_o1 … for what the activation makes of them, p1 … for what a
    softmax does. Names of matrices: X, Y for the targets, W1 …, b1 …, Z1 …, A1 …, and P. The loss is E. Raises
    NetworkError.
    """
    title = name or f"{'-'.join(map(str, sizes))} perceptron"
    if notation == "matrix":
        widths, number = checked_sizes(sizes, batch, examples, loss, bias)
        hidden = activation_of(activation)
        last = output_activation(output, hidden, loss)
        return matrix_mlp(widths, number, examples, hidden, last, loss, bias, title, facts)
    if notation != "scalar":
        raise NetworkError("notation", f"notation={as_given(notation)} is not known", 'use "scalar" or "matrix"')
    if (examples, batch) != ("rows", "m"):
        raise NetworkError(
            "notation", "examples and batch are for matrices", 'write notation="matrix", or leave them out'
        )
    check_scalar_mlp(sizes, loss, bias)
    hidden = activation_of(activation)
    return scalar_mlp(sizes, hidden, output_activation(output, hidden, loss), loss, bias, title)
