"""``predictor``: a function of the forward pass alone, made of the lines of a derivation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from sympy import Symbol

from symbackprop.calculus import Derivation, derive
from symbackprop.errors import DerivationError, as_given
from symbackprop.network.network import Network
from symbackprop.network.predictions import predictions_of
from symbackprop.numeric.emitters import WRITING, library_for, module_of
from symbackprop.numeric.module import Module
from symbackprop.numeric.predictor import Predictor

Names: TypeAlias = str | Symbol | Sequence[str | Symbol] | None
"""A name, or several; None for what the network compares with its targets."""


def predictor(
    given: Derivation | Network, names: Names = None, *, backend: str = "numpy", stable: bool = True
) -> Predictor:
    """Make a function that computes named values of a network, without its targets.

    Parameters
    ----------
    given
        A derivation, or a network.
    names
        What to compute: ``"P"``, whose value the function gives, or a list of names, of which it gives a dictionary.
        By default what the network's equations compare with its targets.
    backend, stable
        As for ``lambdify``.

    The function takes the inputs and parameters that the names need: ``sb.predictor(d, "P")(X=…, W=…)``. Raises
    NetworkError for a name that there is not, DerivationError where a name is none that is computed, or nothing is
    compared with a target, and SymbackpropError where the backend's library is absent.
    """
    derivation = _derivation_of(given)
    network = derivation.network
    wanted, several = _asked(network, names)
    library = library_for(derivation, backend)
    convention = network.kind[WRITING]
    exchange = convention.exchange(library.strict)
    source = Module(derivation, convention, library, check_facts=False, stable=stable).predicting(wanted)
    return Predictor(
        source=source.text,
        names=tuple(source.arguments),
        predicts=tuple(s.name for s in wanted),
        arguments=source.arguments,
        module=module_of(source.text, exchange),
        shapes={name: network.shape(name) for name in (*source.arguments, *(s.name for s in wanted))},
        derivation=derivation,
        exchange=exchange,
        again=(_again, (derivation, tuple(s.name for s in wanted), several, backend, stable)),
        several=several,
        backend=backend,
    )


def _again(derivation: Derivation, names: Sequence[str], several: bool, backend: str, stable: bool) -> Predictor:
    return predictor(derivation, list(names) if several else names[0], backend=backend, stable=stable)


def _derivation_of(given: Any) -> Derivation:
    """The derivation, or that of a network: by its parameters, or its inputs where it has none."""
    if isinstance(given, Derivation):
        return given
    if not isinstance(given, Network):
        raise DerivationError(
            "network", f"predictor takes a network, not {as_given(given)}", "give a network or its derivation"
        )
    return derive(given, None if given.parameters else given.inputs)


def _asked(network: Network, names: Names) -> tuple[tuple[Symbol, ...], bool]:
    """The names to compute, and whether they are given back by name."""
    if names is None:
        found = predictions_of(network)
        if not found:
            what = f"{network.name} has no equation for what it compares with a target"
            raise DerivationError("names", what, f"give that an equation of its own, or {_NAME_ONE}")
        return found, len(found) > 1
    several = not isinstance(names, (str, Symbol))
    wanted = tuple(dict.fromkeys(map(network.symbol, names if several else [names])))
    if not wanted:
        raise DerivationError("names", "there is nothing to predict", _NAME_ONE)
    for symbol in wanted:
        if symbol not in network.equations:
            raise DerivationError("names", f"{symbol} is given, and not computed", _NAME_ONE)
    return wanted, several


_NAME_ONE = 'name what an equation computes, as in predictor(d, "P")'
