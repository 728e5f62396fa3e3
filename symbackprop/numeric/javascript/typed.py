"""The functions that the reader of a page may type, as JavaScript."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sympy import Symbol

from symbackprop.functions.catalogue import BY_NAME, VOCABULARY
from symbackprop.network.network import Network
from symbackprop.notation import NameTable
from symbackprop.numeric.helpers import with_needs
from symbackprop.numeric.javascript.helpers import HELPERS
from symbackprop.numeric.javascript.writer import JavaScriptWriter
from symbackprop.numeric.rendering import rendered

EVERYDAY = "sin cos tan tanh sinh cosh sign sigmoid relu softplus step".split()
"""The functions that a reader may type in every page, beside those of ``Math``."""
_NATIVE = {
    "exp": "Math.exp", "log": "Math.log", "sqrt": "Math.sqrt", "abs": "Math.abs", "max": "Math.max", "min": "Math.min",
}  # fmt: skip


def typed_functions(network: Network, called: set[str]) -> Iterator[tuple[str, str]]:
    """The functions of every day and the network's own, by name; ``called`` gets the helpers that they need."""
    yield from _NATIVE.items()
    for name in dict.fromkeys((*EVERYDAY, *_used(network))):
        row = BY_NAME.get(name)
        if row is None or row.numbers:
            continue
        arguments = [Symbol(word) for word in row.parameters]
        writer = JavaScriptWriter(NameTable())
        written = writer.step(row.cls(*arguments))
        if any(HELPERS[word].lacking for word in writer.called & HELPERS.keys()):
            continue
        called |= writer.called
        call = f"({', '.join(row.parameters)}) => {written}"
        yield name, call
        if row.unicode.isalpha() and row.unicode != name:
            yield row.unicode, call


def function_source(network: Network) -> tuple[str, tuple[str, ...]]:
    """An expression of JavaScript, an object with these functions as ``FUNCTIONS``; and their names."""
    called: set[str] = set()
    functions = dict(typed_functions(network, called))
    helpers = [HELPERS[name].source for name in with_needs(called & HELPERS.keys(), HELPERS)]
    return rendered("functions.js.j2", helpers=helpers, functions=functions).strip(), tuple(functions)


def _used(network: Network) -> Iterable[str]:
    """The names of the vocabulary's functions that stand in the network."""
    equations = network.equations.values()
    return dict.fromkeys(row.name for row in VOCABULARY if any(expr.has(row.cls) for expr in equations))
