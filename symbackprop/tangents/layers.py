"""The equations of a result as a layer: what is found is computed, printed and judged as any network is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sympy import Expr, Symbol

from symbackprop.matrices import as_whole, shape_of
from symbackprop.network.network import Network
from symbackprop.network.order import upstream


def layer_of(
    source: Network, equations: Mapping[Symbol, Expr], results: Iterable[Symbol], given: Iterable[Symbol], name: str
) -> Network:
    """The equations that some results need, as a layer whose outputs they are.

    ``given`` are names that come from outside beside those of the source, as directions do. Adjoints that the source
    is given are inputs here; so are parameters that no result depends on.
    """
    ends = tuple(results)
    needed = upstream(equations, ends)
    kept = {left: as_whole(right, shape_of(left)) for left, right in equations.items() if left in needed}
    reaching = upstream(kept, ends)
    parameters = [w for w in source.parameters if w in reaching]
    others = [w for w in source.parameters if w not in reaching]
    return Network(
        kept,
        inputs=(*source.inputs, *source.outputs.values(), *others, *given),
        targets=source.constants,
        parameters=parameters,
        outputs=ends,
        name=name,
        facts=source.facts,
        values=source.values,
        typed=source.typed,
    )
