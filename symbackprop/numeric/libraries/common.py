"""What the modules of scalar and of matrix networks have in common, for a library beside NumPy."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Basic, sign

from symbackprop.calculus import Derivation
from symbackprop.functions import UserFunction, primitive_of
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.matrices import Operation
from symbackprop.notation import NameTable
from symbackprop.numeric.libraries.layer import layer_of
from symbackprop.numeric.libraries.library import Library

OWN_WORDS = frozenset(
    "LOSS ERFC OUTPUT INPUTS UPSTREAM Loss Layer loss layer output arrays fitted finished max min abs tuple zip".split()
)
"""What the modules call their own beside what modules for NumPy do."""


def folder_of(library: Library) -> str:
    """Where the templates of a library are."""
    return library.name.replace("-", "_")


def begun(library: Library, arguments: Sequence[str]) -> list[str]:
    """The lines with which a function begins."""
    return [library.begin.format(arguments[0])] if library.begin else []


def array_of(derivation: Derivation, names: NameTable) -> str:
    """The name in the source of a value that is an array in every function."""
    layer = layer_of(derivation)
    return next(names.code(s.name) for s in derivation.network.leaves if layer is None or s != layer.upstream)


def gives_array(node: Basic) -> bool:
    """Whether the source has an array for a node even where it is made of numbers."""
    row = primitive_of(node)
    helped = row is not None and row.definition is not None
    return helped or isinstance(node, (Operation, UserFunction, SoftmaxComponent, sign))
