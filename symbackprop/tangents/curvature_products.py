"""Gauss-Newton matrices and Fisher information times directions, for parameters of any shape.

Directions are pushed forward to the values between, the gradient of the loss by these is pushed along what they move
by, and what comes out is passed back to the parameters: Jᵀ·(H·(J·V)), and no matrix is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Expr, Symbol

from symbackprop.calculus import derive
from symbackprop.calculus.step import Recorder, Rule, Step, listed
from symbackprop.matrices import as_whole, shape_of
from symbackprop.network.network import Network
from symbackprop.network.order import upstream
from symbackprop.network.outputs import fresh
from symbackprop.tangents.differentiated import TITLES, AreGradients, Differentiated, Entry
from symbackprop.tangents.layers import layer_of
from symbackprop.tangents.products import jvp


def times_directions(
    what: str, network: Network, names: Sequence[Symbol], values: Sequence[Symbol], outer: Differentiated
) -> Differentiated:
    """Jᵀ·(H·(J·V)), where ``outer`` is the Hessian of the loss by the values times directions of these."""
    inner = jvp(network, values, names)
    moving = {entry.of: dot for dot, entry in inner.results.items()}
    taken = {name.name for name in (*network.names, *network.sizes, *inner.network.names)}
    put_in: dict[Symbol, Symbol] = {direction: moving[value] for value, direction in outer.directions.items()}
    for name in outer.network.equations:
        if name not in network.equations and name.name in taken:
            put_in[name] = fresh(name, taken, ("{}_between",))
        taken.add(put_in.get(name, name).name)
    between = {put_in.get(left, left): right.xreplace(put_in) for left, right in outer.network.equations.items()}
    given = {entry.of: put_in.get(name, name) for name, entry in outer.results.items()}
    back = derive(_up_to(network, given, names), names)
    recorder = Recorder()
    recorder.steps.extend(inner.steps)
    for steps, other in ((outer.steps, put_in), (back.steps, {})):
        recorder.steps.extend([later(step, len(recorder.steps), other) for step in steps])
    equations = {**network.equations, **inner.network.equations, **between, **back.backward}
    results: dict[Symbol, Entry] = {}
    letter = "F" if what == "fisher" else "G"
    for w in names:
        name = fresh(w, taken, (letter + "_{}",))
        taken.add(name.name)
        results[name] = Entry(w)
        equations[name] = as_whole(back.shared[w], shape_of(w)) if shape_of(w) else back.shared[w]
        because = ("what the values between pass back of ", *listed(list(given.values())))
        recorder.record(name, equations[name], Rule.READ, because, (len(recorder.steps),))
    title = f"{TITLES[what]} times directions: {network.name}"
    made = layer_of(network, equations, results, inner.directions.values(), title)
    whole = (*inner.whole, *outer.whole, AreGradients(back))
    truths = dict.fromkeys(results, whole)
    return Differentiated(
        what, network, made, tuple(names), results, inner.directions, tuple(recorder.steps), truths, whole
    )


def _up_to(network: Network, given: Mapping[Symbol, Symbol], names: Sequence[Symbol]) -> Network:
    """The network up to some values, whose adjoints are given."""
    needed = upstream(network.equations, given)
    kept: dict[Symbol, Expr] = {left: right for left, right in network.equations.items() if left in needed}
    reaching = upstream(kept, given)
    parameters = [w for w in network.parameters if w in reaching]
    others = [w for w in network.parameters if w not in reaching]
    return Network(
        kept,
        inputs=(*network.inputs, *others),
        targets=network.targets,
        parameters=parameters,
        outputs=dict(given),
        name=network.name,
        facts=network.facts,
        typed=network.typed,
    )


def later(step: Step, by: int, other: Mapping[Symbol, Symbol]) -> Step:
    """A line with the number that it has behind others, and with other names."""
    uses = tuple(use + by if isinstance(use, int) else other.get(use, use) for use in step.uses)
    because = tuple(part if isinstance(part, str) else part.xreplace(other) for part in step.because)
    sides = (step.lhs.xreplace(other), step.rhs.xreplace(other))
    return Step(*sides, step.rule, because, uses, step.number + by)
