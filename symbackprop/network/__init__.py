"""Networks: their equations, the checks on them, spec files, and layered builders."""

from symbackprop.network.builders import mlp
from symbackprop.network.network import Network
from symbackprop.network.numpy_style import ArrayExpression, arrays
from symbackprop.network.spec import example_names, load, load_example

__all__ = ["ArrayExpression", "Network", "arrays", "example_names", "load", "load_example", "mlp"]
