"""How values come into a generated module and how results go out of it, by the kind of values that a network has."""

from __future__ import annotations

from dataclasses import dataclass

from symbackprop.numeric.exchange import Exchange, OfExamples, OfShapes


@dataclass(frozen=True)
class Convention:
    """What a module does with values before its lines run, and with results after that.

    ``folder`` has its templates and ``prepared`` is the line that takes values in, with values, names and shapes in
    the places of {}; ``exchange`` does the same around a module that runs here. ``options`` are keywords of what
    computes, and ``words`` what modules call their own. ``shaped`` is whether values have shapes that the module knows.
    """

    folder: str
    prepared: str
    exchange: type[Exchange]
    words: frozenset[str]
    options: tuple[str, ...] = ()
    shaped: bool = False


EXAMPLES = Convention(
    folder="examples",
    exchange=OfExamples,
    prepared="values, shape = _prepared({names}, [{values}])",
    words=frozenset(["reduction"]),
    options=('reduction: str = "mean"',),
)
"""Numbers, or flat arrays with one entry an example, over which results are reduced."""

SHAPES = Convention(
    folder="shapes",
    exchange=OfShapes,
    prepared="values = fitted([{values}], {names}, {shapes})",
    words=frozenset("SHAPES fitted arrays misfit declared".split()),
    shaped=True,
)
"""Arrays that have to fit the shapes of the network, whose loss says itself how examples are added up."""
