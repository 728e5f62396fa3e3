"""What writes the module of a derivation and what calls it, by backend and kind of value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any

from symbackprop.calculus import Derivation, require_derivation
from symbackprop.errors import DerivationError, as_given, did_you_mean
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.numeric.gradient_function import GradientFunction, MatrixGradientFunction
from symbackprop.numeric.libraries import LIBRARIES, Library, matrix_source, operations_by_name, scalar_source
from symbackprop.numeric.library_function import LibraryGradientFunction, LibraryMatrixGradientFunction
from symbackprop.numeric.matrix_source import matrix_module_source
from symbackprop.numeric.module_errors import FILE, importing
from symbackprop.numeric.source import ModuleSource, module_source

OPTIONS = ("reduction", "check_facts")
"""What gradient functions call their options, so that no value may."""


@dataclass(frozen=True)
class Emitter:
    """How the networks of one kind become code: what writes the module, and what calls it.

    ``library`` is None for NumPy. Writing needs no library; what is to run here has to ``require`` it.
    """

    write: Callable[[Derivation, bool], ModuleSource]
    function: type[GradientFunction]
    library: Library | None = None

    def source(self, derivation: Derivation, check_facts: bool) -> ModuleSource:
        """The module. Raises DerivationError where a value of the network is called as an option is."""
        taken = next((s.name for s in derivation.network.names if s.name in OPTIONS), None)
        if taken is not None:
            what = f"the network calls a value {taken!r}, as the gradient function calls its option"
            raise DerivationError("name", what, "rename the value")
        return self.write(derivation, check_facts)

    def require(self, derivation: Derivation) -> None:
        """Raise SymbackpropError where the library is absent, and DerivationError where it lacks an operation."""
        if self.library is not None:
            self.library.require()
            _check_operations(derivation, self.library)


@dataclass(frozen=True)
class Writers:
    """The emitters of one kind of value: for NumPy, and for any other library."""

    numpy: Emitter
    library: Callable[[Library], Emitter]


def _scalars_on(library: Library) -> Emitter:
    return Emitter(partial(scalar_source, library=library), LibraryGradientFunction, library)


def _matrices_on(library: Library) -> Emitter:
    return Emitter(partial(matrix_source, library=library), LibraryMatrixGradientFunction, library)


WRITERS = Question(
    __name__,
    "what writes its code",
    {
        SCALARS: Writers(Emitter(module_source, GradientFunction), _scalars_on),
        MATRICES: Writers(Emitter(matrix_module_source, MatrixGradientFunction), _matrices_on),
    },
)


def source_of(derivation: Derivation, backend: str = "numpy", check_facts: bool = True) -> str:
    """The module of a derivation for a backend, whose library need not be there.

    Raises DerivationError as ``lambdify`` does, but for an operation by a function of NumPy's that the library lacks:
    that is found where the module is to run.
    """
    require_derivation(derivation, "source_of")
    return emitter_of(backend, derivation).source(derivation, check_facts).text


def emitter_of(backend: str, derivation: Derivation) -> Emitter:
    """The emitter for a backend. Raises DerivationError where there is no such backend."""
    library = check_backend(backend)
    writers = derivation.network.kind[WRITERS]
    return writers.numpy if library is None else writers.library(library)


def check_backend(backend: str) -> Library | None:
    """The library of a backend, None for NumPy. Raises DerivationError where there is no such backend."""
    if backend == "numpy":
        return None
    library = LIBRARIES.get(backend)
    if library is None:
        known = ["numpy", *LIBRARIES]
        raise DerivationError("backend", f"there is no backend {as_given(backend)}", did_you_mean(str(backend), known))
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


def lambdify(derivation: Derivation, *, backend: str = "numpy", check_facts: bool = True) -> GradientFunction:
    """Compile a derivation: one pass forward, one backward, every gradient.

    ``backend`` is "numpy", "torch", "jax", or "array-api" for any library that keeps to the Array API. The lines that
    run are the derived ones everywhere; no library differentiates anything. Values are held to the facts of the
    derivation, as the gradients are right for no other, unless ``check_facts`` is False.

    Raises DerivationError where a value of the network is called as an option is, ``reduction`` or ``check_facts``, and
    where there is no such backend, and SymbackpropError where its library is absent.
    """
    require_derivation(derivation, "lambdify")
    network = derivation.network
    emitter = emitter_of(backend, derivation)
    emitter.require(derivation)
    written = emitter.source(derivation, check_facts)
    module: dict[str, Any] = {"__name__": "symbackprop_gradients"}
    # The source is ours from the first line to the last: names in it have passed the check of names, and a network's
    # title is quoted, so that no text of a user's is run.
    with importing():
        exec(compile(written.text, FILE, "exec"), module)  # noqa: S102
    return emitter.function(
        source=written.text,
        names=tuple(written.arguments),
        loss=network.loss.name,
        wrt=tuple(w.name for w in derivation.wrt),
        arguments=written.arguments,
        module=module,
        shapes={s.name: network.shape(s) for s in network.names},
        derivation=derivation,
        elsewhere=partial(lambdify, derivation),
        backend=backend,
        check_facts=check_facts,
    )
