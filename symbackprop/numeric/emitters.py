"""What writes the module of a derivation and what calls it, by backend and kind of value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial, reduce
from typing import Any

from symbackprop.calculus import Derivation, require_derivation
from symbackprop.errors import DerivationError, as_given, did_you_mean
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.numeric.convention import EXAMPLES, SHAPES
from symbackprop.numeric.exchange import Exchange
from symbackprop.numeric.gradient_function import GradientFunction
from symbackprop.numeric.javascript import javascript_source
from symbackprop.numeric.libraries import LIBRARIES, NUMPY, Library, operations_by_name
from symbackprop.numeric.module import ModuleSource, module_source
from symbackprop.numeric.module_errors import importing
from symbackprop.numeric.rendering import run

OPTIONS = ("reduction", "check_facts")
"""What gradient functions call their options, so that no value may."""


LANGUAGES: Mapping[str, Callable[[Derivation, bool, bool], str]] = {"javascript": javascript_source}
"""What writes modules of other languages."""
_LIBRARIES: Mapping[str, Library] = {NUMPY.name: NUMPY, **LIBRARIES}

WRITING = Question(
    __name__,
    "what writes its code",
    {
        SCALARS: EXAMPLES,
        MATRICES: SHAPES,
    },
)


def written(derivation: Derivation, library: Library, check_facts: bool, stable: bool) -> ModuleSource:
    """The module. Raises DerivationError where a value of the network is called as an option is."""
    taken = next((s.name for s in derivation.network.names if s.name in OPTIONS), None)
    if taken is not None:
        what = f"the network calls a value {taken!r}, as the gradient function calls its option"
        raise DerivationError("name", what, "rename the value")
    return module_source(derivation, derivation.network.kind[WRITING], library, check_facts, stable)


def source_of(derivation: Derivation, backend: str = "numpy", check_facts: bool = True, stable: bool = True) -> str:
    """The module of a derivation for a backend, whose library need not be there.

    Raises DerivationError as ``lambdify`` does, but for an operation by a function of NumPy's that the library lacks:
    that is found where the module is to run.
    """
    require_derivation(derivation, "source_of")
    check_backend(backend)
    if backend in LANGUAGES:
        return LANGUAGES[backend](derivation, check_facts, stable)
    return written(derivation, library_of(backend), check_facts, stable).text


def check_backend(backend: str) -> None:
    """Refuse a backend that there is not, with a DerivationError."""
    known = [*_LIBRARIES, *LANGUAGES]
    if backend not in known:
        raise DerivationError("backend", f"there is no backend {as_given(backend)}", did_you_mean(str(backend), known))


def library_of(backend: str) -> Library:
    """The library of a backend. Raises DerivationError where there is none, or where it is another language."""
    check_backend(backend)
    if backend in LANGUAGES:
        raise DerivationError(
            "backend", f"{backend} is not run from Python", f"write it with symbackprop compile NET --backend {backend}"
        )
    return _LIBRARIES[backend]


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


def library_for(derivation: Derivation, backend: str) -> Library:
    """The library of a backend, once it is there and has all that a derivation is computed by.

    Raises DerivationError, and SymbackpropError where it is absent.
    """
    library = library_of(backend)
    if library.strict:
        library.require()
        _check_operations(derivation, library)
    return library


def module_of(source: str, exchange: Exchange) -> dict[str, Any]:
    """A module of ours that runs, and says of bad data what this package does.

    Raises SymbackpropError where it imports what is absent.
    """
    module: dict[str, Any] = {}  # without a name, as PyTorch's compiler would look for a file of that name
    with importing():
        run(source, module)
    module.update(exchange.checks(module))  # its functions look there
    return module


def lambdify(
    derivation: Derivation, *, backend: str = "numpy", check_facts: bool = True, stable: bool = True
) -> GradientFunction:
    """Compile a derivation: one pass forward, one backward, every gradient.

    ``backend`` is "numpy", "torch", "jax", or "array-api" for any library that keeps to the Array API. The lines that
    run are the derived ones everywhere; no library differentiates anything. Values are held to the facts of the
    derivation, as the gradients are right for no other, unless ``check_facts`` is False.

    Where the equations would overflow, or lose their digits far from zero, they are computed in another form, which is
    not what is printed: log(1 + exp(z)) is z at z = 800. With ``stable=False`` they are computed as they are written.

    Raises DerivationError where a value of the network is called as an option is, ``reduction`` or ``check_facts``, and
    where there is no such backend, and SymbackpropError where its library is absent.
    """
    require_derivation(derivation, "lambdify")
    network = derivation.network
    library = library_for(derivation, backend)
    source = written(derivation, library, check_facts, stable)
    exchange = network.kind[WRITING].exchange(library.strict)
    return GradientFunction(
        source=source.text,
        names=tuple(source.arguments),
        loss=network.loss.name,
        wrt=tuple(w.name for w in derivation.wrt),
        arguments=source.arguments,
        forward=source.forward,
        module=module_of(source.text, exchange),
        shapes={s.name: network.shape(s) for s in network.names},
        derivation=derivation,
        exchange=exchange,
        elsewhere=partial(lambdify, derivation, stable=stable),
        backend=backend,
        check_facts=check_facts,
        outputs=tuple(output.name for output in network.outputs),
    )
