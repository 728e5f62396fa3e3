"""Products with a direction: ``jvp`` pushes it forward to outputs, ``hvp`` through the lines of a derivation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from sympy import Symbol

from symbackprop.calculus import derive
from symbackprop.calculus.step import Recorder
from symbackprop.calculus.strangers import require_network
from symbackprop.errors import DerivationError
from symbackprop.network.network import Network
from symbackprop.network.order import upstream
from symbackprop.tangents.differentiated import AreGradients, Differentiated, Entry, MoveBy
from symbackprop.tangents.layers import layer_of
from symbackprop.tangents.sweep import ForwardSweep, directions_of, words_of

Names: TypeAlias = Iterable[Symbol | str] | Symbol | str | None


def jvp(network: Network, of: Names = None, wrt: Names = None) -> Differentiated:
    """Push directions forward: what values change by where names move along a direction each.

    Parameters
    ----------
    network
        A network with a loss, or a layer.
    of
        The values whose changes are asked for: by default the outputs of a layer, or the loss.
    wrt
        The names that move, each along a direction of its own, which has its shape and is called V_W or, of a scalar,
        v_w; by default as for ``derive``.

    The result has a formula for each value, called Y_dot, which is linear in the directions: the Jacobian of the values
    times the directions, at about the cost of computing the values twice. Raises DerivationError where a name is
    unknown, or where no value depends on it.
    """
    require_network(network, "jvp")
    names = network.asked(wrt)[0]
    ends = ends_of(network, of)
    check_reach(network, names, ends)
    taken = words_of(network)
    directions = directions_of(names, taken)
    recorder = Recorder()
    swept = ForwardSweep(network, directions, recorder, taken).run(ends)
    results = {swept.dot_of[end]: Entry(end) for end in ends}
    equations = {**network.equations, **swept.dotted}
    made = layer_of(network, equations, results, directions.values(), f"changes of {network.name}")
    judged = layer_of(network, equations, [*ends, *results], directions.values(), made.name)
    truths = {dot: (MoveBy(judged, directions, {entry.of: dot}),) for dot, entry in results.items()}
    whole = (MoveBy(judged, directions, {entry.of: dot for dot, entry in results.items()}),)
    return Differentiated("jvp", network, made, names, results, directions, tuple(recorder.steps), truths, whole)


def hvp(network: Network, wrt: Names = None) -> Differentiated:
    """Multiply the Hessian of the loss by directions, without making it: for parameters of any shape.

    ``wrt`` are the names by which the loss is differentiated twice, by default the parameters; each has a direction of
    its shape, V_W or v_w. The lines of the derivation, forward and backward, are pushed along these directions, so that
    each error signal δ gets a dotted one beside it. The result has a formula for each name: what the gradient by it
    changes by, which is the Hessian's rows for that name times all directions together. It costs about as much as two
    gradients. Of a layer it is about ⟨Ȳ, Y⟩. Raises DerivationError as ``derive`` does.
    """
    require_network(network, "hvp")
    derivation = derive(network, wrt)
    lines = derivation.as_network()
    gradients = dict(zip(derivation.wrt, lines.outputs, strict=True))
    directions = {w: lines.outputs[gradients[w]] for w in derivation.wrt}
    recorder = Recorder()
    swept = ForwardSweep(lines, directions, recorder, words_of(lines)).run(list(gradients.values()))
    results = {swept.dot_of[gradient]: Entry(w) for w, gradient in gradients.items()}
    equations = {**lines.equations, **swept.dotted}
    title = f"Hessian of {network.name} times directions"
    made = layer_of(network, equations, results, directions.values(), title)
    judged = layer_of(network, equations, [*gradients.values(), *results], directions.values(), title)
    moved = {gradient: swept.dot_of[gradient] for gradient in gradients.values()}
    first = AreGradients(derivation)
    truths = {dot: (first, MoveBy(judged, directions, {gradient: dot})) for gradient, dot in moved.items()}
    whole = (first, MoveBy(judged, directions, moved))
    steps = tuple(recorder.steps)
    return Differentiated("hvp", network, made, derivation.wrt, results, directions, steps, truths, whole)


def ends_of(network: Network, of: Names) -> tuple[Symbol, ...]:
    """The values asked for: the outputs or the loss where nothing is said. Raises DerivationError, NetworkError."""
    if of is None:
        return tuple(network.outputs) if network.outputs else (network.loss,)
    given = [of] if isinstance(of, (str, Symbol)) else list(of)
    found = tuple(dict.fromkeys(map(network.symbol, given)))
    if not found:
        raise DerivationError("of", "there is nothing to differentiate", "give one name at least, as in of=['y']")
    for name in found:
        if name not in network.equations:
            what = f"{name.name} has no equation: it is given, and its derivative by itself is 1"
            raise DerivationError("of", what, "name what an equation computes", where=name.name)
    return found


def check_reach(network: Network, names: Sequence[Symbol], ends: Sequence[Symbol]) -> None:
    """Refuse a name that reaches none of the values, and one that is such a value. Raises DerivationError."""
    reaching = upstream(network.equations, ends)
    for name in names:
        if name in ends:
            what = f"{name.name} is asked for and moves: its derivative by itself is 1"
            raise DerivationError("wrt", what, "leave it out", where=name.name)
        if name not in reaching:
            what = f"{name.name} does not reach {', '.join(end.name for end in ends)}"
            raise DerivationError("unreached", what, "its derivative is zero; leave it out", where=name.name)
