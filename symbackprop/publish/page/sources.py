"""The formulas of a derivation in the languages that readers work in."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.calculus import Derivation
from symbackprop.errors import SymbackpropError
from symbackprop.notation import Total, latex
from symbackprop.numeric import source_of
from symbackprop.reporting import Document
from symbackprop.reporting.page import Source

LONGEST = 100_000
"""A module with more characters is not in the page, which says how it is written."""
BACKENDS = {"torch": "PyTorch", "jax": "JAX", "javascript": "JavaScript"}


def sources_of(derivation: Derivation, document: Document, numpy: str) -> tuple[Source, ...]:
    """Modules for the libraries that have all functions of the network, and the equations in LaTeX."""
    return (Source("NumPy", numpy), *_modules(derivation), Source("LaTeX", _equations(derivation, document)))


def _modules(derivation: Derivation) -> Iterator[Source]:
    for backend, title in BACKENDS.items():
        try:
            text = source_of(derivation, backend)
        except SymbackpropError:  # a target may lack a function, and JavaScript has no matrices
            continue
        long = f"symbackprop compile NET --backend {backend}"
        yield Source(title, text) if len(text) <= LONGEST else Source(f"{title}, too long for a page", long)


def _equations(derivation: Derivation, document: Document) -> str:
    """Forward equations, error signals and gradients, each on a line of its own."""
    loss = derivation.network.loss
    lines = [
        *derivation.network.equations.items(),
        *derivation.backward.items(),
        *((Total(loss, w), derivation.shared[w]) for w in derivation.wrt),
    ]
    written = [
        f"{latex(lhs, document.names, document.order)} &= {latex(rhs, document.names, document.order)}"
        for lhs, rhs in lines
    ]
    return "\\begin{align*}\n" + " \\\\\n".join(written) + "\n\\end{align*}"
