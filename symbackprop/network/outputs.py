"""Layers: networks with outputs in place of a loss, whose adjoints are given.

With Ȳ for the adjoint of an output Y, a change of Y changes whatever loss follows by dL = ⟨Ȳ, dY⟩. So a layer is a
network whose last equation is L = ⟨Ȳ, Y⟩, added up over its outputs, with Ȳ a value that comes from outside and does
not change; what is known of losses holds for it, and the gradients of L are what the outputs pass back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from sympy import Add, Expr, MatrixSymbol, Mul, Symbol

from symbackprop.errors import NetworkError, as_given, did_you_mean
from symbackprop.functions.applied import ArrayLike
from symbackprop.matrices import Array, SumAll, array_of, same_shape, shape_of, spoken

Outputs = Mapping[Symbol, Symbol]
_LOSSES = ("L", "J", "loss")


def check_ends(loss: Any, outputs: Any) -> None:
    """A network ends in a loss or in outputs. Raises NetworkError."""
    if loss is not None and outputs is not None:
        what = f"the loss {as_given(str(loss))} is given, and outputs as well"
        raise NetworkError("outputs", what, "leave out the one or the other: the adjoints of outputs are given")


def outputs_of(given: Any, names: Iterable[Symbol], taken: Iterable[str]) -> dict[Symbol, Symbol]:
    """The outputs, each with the name of its adjoint: that which it is given, or Y_bar.

    ``names`` are those that have an equation, ``taken`` all names of the network and of its sizes. Raises NetworkError.
    """
    known = {name.name: name for name in names}
    words = set(taken)
    pairs = list(given.items()) if isinstance(given, Mapping) else [(output, None) for output in _listed(given)]
    if not pairs:
        raise NetworkError("outputs", "there are no outputs", f"name one equation at least: {', '.join(known)}")
    found: dict[Symbol, Symbol] = {}
    for one, wanted in pairs:
        output = _output(one, known)
        if output in found:
            raise NetworkError("outputs", f"the output {output.name} is given twice", "name it once", where=output.name)
        found[output] = adjoint = fresh(output, words) if wanted is None else _called(wanted, output)
        if adjoint.name in words:
            what = f"the adjoint of {output.name} is called {adjoint.name}, as another value is"
            raise NetworkError("outputs", what, "give it a name of its own", where=output.name)
        words.add(adjoint.name)
    return found


def loss_of(outputs: Outputs, taken: Iterable[str]) -> tuple[Symbol, Expr]:
    """What stands for the loss that follows a layer, and ⟨Ȳ, Y⟩ added up over the outputs."""
    words = {*taken, *(adjoint.name for adjoint in outputs.values())}
    name = next(word for word in (*_LOSSES, *(f"L_{k}" for k in range(1, len(words) + 2))) if word not in words)
    return Symbol(name), Add(*(inner(adjoint, output) for output, adjoint in outputs.items()))


def inner(adjoint: Symbol, output: Symbol) -> Expr:
    """⟨Ȳ, Y⟩."""
    product = Mul(adjoint, output)
    return SumAll(product) if shape_of(output) else product


def _listed(given: Any) -> list[Any]:
    if isinstance(given, (str, Symbol, MatrixSymbol, ArrayLike)):
        return [given]
    if not isinstance(given, Iterable):
        raise NetworkError("outputs", f"outputs is {as_given(given)}", "give a list of names, as in outputs=[Y]")
    return list(given)


def _output(given: Any, known: Mapping[str, Symbol]) -> Symbol:
    symbol = array_of(given)
    if not isinstance(symbol, (str, Symbol)):
        what = f"the output {as_given(str(given))} is not a single name"
        raise NetworkError("outputs", what, f"give it an equation, and its name: {', '.join(list(known)[-6:])}")
    word = str(symbol)
    if word not in known or (isinstance(symbol, Symbol) and symbol != known[word]):
        what = f"the output {as_given(word)} has no equation"
        raise NetworkError("outputs", what, did_you_mean(word, known), where=word if word in known else "")
    return known[word]


def _called(wanted: Any, output: Symbol) -> Symbol:
    """The adjoint under a name of the user's, with the shape of its output."""
    shape = shape_of(output)
    if isinstance(wanted, str):
        return Array(wanted, shape) if shape else Symbol(wanted)
    symbol = array_of(wanted)
    if not isinstance(symbol, Symbol):
        what = f"the adjoint of {output.name} is {as_given(str(wanted))}, which is not a name"
        raise NetworkError("outputs", what, "give a symbol or its name, as in {Y: 'G'}", where=output.name)
    if not same_shape(shape_of(symbol), shape):
        _refuse_shape(symbol, output)
    return symbol


def _refuse_shape(adjoint: Symbol, output: Symbol) -> NoReturn:
    sizes = (spoken(shape_of(name)) if shape_of(name) else "a scalar" for name in (adjoint, output))
    what = "the adjoint {} is {}, and {} is {}".format(*(w for n in (adjoint, output) for w in (n.name, next(sizes))))
    raise NetworkError("outputs", what, "an adjoint has the shape of its output", where=output.name)


def fresh(name: Symbol, taken: set[str], patterns: Sequence[str] = ("{}_bar", "G_{}")) -> Symbol:
    """A name that nothing has, with the shape of another: after the first pattern that is free, or with a number."""
    words = [pattern.format(name.name) for pattern in patterns]
    numbered = (f"{words[0]}_{k}" for k in range(2, len(taken) + 3))
    return _called(next(word for word in (*words, *numbered) if word not in taken), name)
