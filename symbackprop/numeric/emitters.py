"""What writes the module of a derivation and what calls it, by backend and dialect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial, reduce

from symbackprop.calculus import Derivation, require_derivation
from symbackprop.errors import DerivationError, did_you_mean
from symbackprop.numeric.gradient_function import GradientFunction, MatrixGradientFunction
from symbackprop.numeric.libraries import LIBRARIES, Library, matrix_source, operations_by_name, scalar_source
from symbackprop.numeric.library_function import LibraryGradientFunction, LibraryMatrixGradientFunction
from symbackprop.numeric.matrix_source import matrix_module_source
from symbackprop.numeric.source import ModuleSource, module_source


@dataclass(frozen=True)
class Emitter:
    """How the networks of one dialect become code: what writes the module, and what calls it.

    ``library`` is None for NumPy. Writing needs no library; what is to run here has to ``require`` it.
    """

    write: Callable[[Derivation], ModuleSource]
    function: type[GradientFunction]
    library: Library | None = None

    def source(self, derivation: Derivation) -> ModuleSource:
        """The module. Raises DerivationError where a value of the network is called ``reduction``."""
        if any(s.name == "reduction" for s in derivation.network.names):
            raise DerivationError(
                "name",
                "the network calls a value 'reduction', as the gradient function calls its option",
                "rename the value",
            )
        return self.write(derivation)

    def require(self, derivation: Derivation) -> None:
        """Raise SymbackpropError where the library is absent, and DerivationError where it lacks an operation."""
        if self.library is not None:
            self.library.require()
            _check_operations(derivation, self.library)


EMITTERS: Mapping[str, Emitter] = {
    "scalar": Emitter(module_source, GradientFunction),
    "matrix": Emitter(matrix_module_source, MatrixGradientFunction),
}
"""For NumPy, by the name of the dialect."""


def source_of(derivation: Derivation, backend: str = "numpy") -> str:
    """The module of a derivation for a backend, whose library need not be there.

    Raises DerivationError as ``lambdify`` does, but for an operation by a function of NumPy's that the library lacks:
    that is found where the module is to run.
    """
    require_derivation(derivation, "source_of")
    return emitter_of(backend, derivation).source(derivation).text


def emitter_of(backend: str, derivation: Derivation) -> Emitter:
    """The emitter for a backend. Raises DerivationError where there is no such backend."""
    dialect = derivation.network.dialect
    library = check_backend(backend)
    if library is None:
        return EMITTERS[dialect]
    if dialect == "scalar":
        return Emitter(partial(scalar_source, library=library), LibraryGradientFunction, library)
    return Emitter(partial(matrix_source, library=library), LibraryMatrixGradientFunction, library)


def check_backend(backend: str) -> Library | None:
    """The library of a backend, None for NumPy. Raises DerivationError where there is no such backend."""
    if backend == "numpy":
        return None
    library = LIBRARIES.get(backend)
    if library is None:
        known = ["numpy", *LIBRARIES]
        raise DerivationError("backend", f"there is no backend {backend!r:.60}", did_you_mean(str(backend), known))
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
