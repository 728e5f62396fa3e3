"""Networks: their equations, the checks on them, spec files, and layered builders."""

from symbackprop.network.builders import mlp
from symbackprop.network.network import Network

__all__ = ["Network", "mlp"]
