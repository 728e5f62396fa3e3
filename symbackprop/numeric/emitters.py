"""What writes the module of a derivation and what calls it, by backend and dialect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial, reduce

from symbackprop.calculus import Derivation
from symbackprop.errors import DerivationError, as_given, did_you_mean
from symbackprop.numeric.gradient_function import GradientFunction, MatrixGradientFunction
from symbackprop.numeric.libraries import LIBRARIES, Library, matrix_source, operations_by_name, scalar_source
from symbackprop.numeric.library_function import LibraryGradientFunction, LibraryMatrixGradientFunction
from symbackprop.numeric.matrix_source import matrix_module_source
from symbackprop.numeric.source import ModuleSource, module_source


@dataclass(frozen=True)
class Emitter:
    """How the networks of one dialect become code: what writes the module, and what calls it."""

    write: Callable[[Derivation], ModuleSource]
    function: type[GradientFunction]


EMITTERS: Mapping[str, Emitter] = {
    "scalar": Emitter(module_source, GradientFunction),
    "matrix": Emitter(matrix_module_source, MatrixGradientFunction),
}
"""For NumPy, by the name of the dialect."""


def emitter_of(backend: str, derivation: Derivation) -> Emitter:
    """The emitter for a backend.

    Raises DerivationError where there is no such backend or its library lacks an operation of the network's, and
    SymbackpropError where the library is absent.
    """
    dialect = derivation.network.dialect
    library = check_backend(backend)
    if library is None:
        return EMITTERS[dialect]
    _check_operations(derivation, library)
    if dialect == "scalar":
        return Emitter(partial(scalar_source, library=library), LibraryGradientFunction)
    return Emitter(partial(matrix_source, library=library), LibraryMatrixGradientFunction)


def check_backend(backend: str) -> Library | None:
    """The library of a backend, None for NumPy.

    Raises DerivationError where there is no such backend, and SymbackpropError where its library is absent.
    """
    if backend == "numpy":
        return None
    library = LIBRARIES.get(backend)
    if library is None:
        known = ["numpy", *LIBRARIES]
        raise DerivationError("backend", f"there is no backend {as_given(backend)}", did_you_mean(str(backend), known))
    library.require()
    return library


def _check_operations(derivation: Derivation, library: Library) -> None:
    """Refuse an operation of the user's whose NumPy function the library has no namesake of."""
    home = library.home()
    for operation in operations_by_name(derivation):
        words = operation.numpy.split(".")[1:]
        if reduce(lambda found, word: getattr(found, word, None), words, home) is None:
            raise DerivationError(
                "backend",
                f"{library.title} has no {'.'.join(words)}, by which {operation.spoken} is worked out",
                f"describe {operation.spoken} by a formula, with value=",
                where=operation.spoken,
            )
