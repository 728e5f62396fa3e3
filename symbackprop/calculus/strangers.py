"""What is no network and no derivation, and what to do with it, told by where its type comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symbackprop.calculus.derivation import Derivation
from symbackprop.errors import DerivationError
from symbackprop.network.network import Network

EQUATIONS = "sb.Network({y: w*x, E: (y - t)**2}, inputs=[x], targets=[t], parameters=[w], loss=E)"
_LIBRARIES = {
    "torch": "PyTorch keeps no equations",
    "keras": "Keras keeps no equations",
    "tensorflow": "TensorFlow keeps no equations",
    "jax": "JAX keeps no equations",
    "flax": "Flax keeps no equations",
    "sklearn": "scikit-learn keeps no equations",
}
"""What is said of values of libraries, which are known by the modules of their types: none is imported."""
_DATA = {"numpy": "an array", "pandas": "a table", "polars": "a table"}
_ARRAYS = frozenset({"Tensor", "Parameter", "EagerTensor", "ArrayImpl"})
"""What those libraries call their arrays."""


def require_network(given: object, caller: str) -> None:
    """Refuse what is no network. Raises DerivationError, which says how one is made."""
    if not isinstance(given, Network):
        raise DerivationError(
            "type", f"{caller} was given a {type(given).__name__}, not a network", way_from(given, caller)
        )


def require_derivation(given: object, caller: str) -> None:
    """Refuse anything but a derivation, such as the network that it is made of. Raises DerivationError."""
    if isinstance(given, Derivation):
        return
    what = f"{caller} was given a {type(given).__name__}, not a derivation"
    if isinstance(given, Network):
        raise DerivationError("type", what, f"write {caller}(sb.derive(net))")
    if isinstance(getattr(given, "derivation", None), Derivation):
        raise DerivationError("type", what, f"write {caller}(f.derivation)")
    raise DerivationError("type", what, f"derive(net) makes one of a network: {way_from(given, 'derive')}")


def require_loss(given: object, caller: str) -> None:
    """Refuse what is no derivation, and that of a layer, which has no loss. Raises DerivationError."""
    require_derivation(given, caller)
    if isinstance(given, Derivation) and given.network.outputs:
        outputs = ", ".join(map(str, given.network.outputs))
        raise DerivationError(
            "layer",
            f"{given.network.name} is a layer, which has no loss, and {caller} needs one",
            f"write a network with its equations and a loss of {outputs}",
        )


def way_from(given: object, caller: str) -> str:
    """How one gets from what is no network to one."""
    home = _home(type(given))
    data = "an array" if type(given).__name__ in _ARRAYS else _DATA.get(home, "")
    if data:
        return f"{data} is data, which train and gradient functions take; write the equations: {EQUATIONS}"
    library = next((words for base in type(given).__mro__ if (words := _LIBRARIES.get(_home(base)))), "")
    if library:
        return f"{library}; write them down, {EQUATIONS}, and give the weights as values="
    if isinstance(given, Derivation):
        return f"use it as it is, or derive its network again: {caller}(derivation.network)"
    if isinstance(getattr(given, "derivation", None), Derivation):
        return f"use its own: {caller}(f.derivation.network)"
    if isinstance(given, str) or home == "pathlib":
        return "sb.load(path) reads a file, sb.load_example(name) an example"
    if isinstance(given, Mapping):
        return f"write {caller}(sb.Network(equations, inputs=[…], targets=[…], parameters=[…], loss=E))"
    if callable(given):
        return f'a function of NumPy is made a network: {caller}(sb.Network.from_function(f, X="m × n", W="n × k"))'
    return f"write its equations: {EQUATIONS}"


def _home(kind: type[Any]) -> str:
    """The package that a type comes from."""
    return kind.__module__.partition(".")[0]
