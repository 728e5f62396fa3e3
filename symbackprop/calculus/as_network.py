"""A derivation as a network: what it computes is equations again, so that a gradient can stand in a loss."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Symbol

from symbackprop.matrices import as_whole, shape_of
from symbackprop.network.facts import Stated
from symbackprop.network.network import Network
from symbackprop.network.order import upstream
from symbackprop.network.outputs import fresh


def gradient_network(
    network: Network, backward: Mapping[Symbol, Expr], gradients: Mapping[Symbol, Expr], facts: tuple[Stated, ...]
) -> Network:
    """The forward equations, the error signals and the gradients as equations, whose outputs are the gradients.

    The gradient by W is called W_bar, and its adjoint V_W: with ⟨V, W̄⟩ for a loss, what is passed back is the product
    of the second derivatives with V. Adjoints of the outputs of a layer are inputs here.
    """
    taken = {name.name for name in (*network.names, *network.sizes, *backward)}
    named: dict[Symbol, Symbol] = {}
    for name in gradients:
        named[name] = fresh(name, taken, ("{}_bar", "dL_d{}", "G_{}"))
        taken.add(named[name].name)
    vectors: dict[Symbol, Symbol] = {}
    for name, gradient in named.items():
        vectors[gradient] = fresh(name, taken, ("V_{}" if shape_of(name) else "v_{}",))
        taken.add(vectors[gradient].name)
    equations = {
        **network.equations,
        **{delta: as_whole(value, shape_of(delta)) for delta, value in backward.items()},
        **{named[name]: as_whole(value, shape_of(name)) for name, value in gradients.items()},
    }
    reaching = upstream(equations, vectors)
    return Network(
        equations,
        inputs=(*network.inputs, *network.outputs.values(), *(w for w in network.parameters if w not in reaching)),
        targets=network.constants,
        parameters=[w for w in network.parameters if w in reaching],
        outputs=vectors,
        name=f"gradients of {network.name}",
        facts=facts,
        values=network.values,
        typed=network.typed,
    )
