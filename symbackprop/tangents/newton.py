"""Newton's step: the solution of the equations that the Hessian and the gradient make."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr

from symbackprop.calculus import derive
from symbackprop.calculus.pullback import is_zero
from symbackprop.calculus.step import Recorder, Rule
from symbackprop.errors import DerivationError
from symbackprop.matrices import Solve, shape_of, turned
from symbackprop.network.network import Network
from symbackprop.network.outputs import fresh
from symbackprop.tangents.differentiated import TITLES, Differentiated, Entry
from symbackprop.tangents.layers import layer_of
from symbackprop.tangents.matrices import as_column, hessian, in_shape, is_row
from symbackprop.tangents.products import Names
from symbackprop.tangents.sweep import tidying_of


def newton_step(network: Network, wrt: Names = None) -> Differentiated:
    """The step from where the parameter is to where the gradient would vanish if the Hessian stayed: H·Δw = -g.

    ``wrt`` is one scalar, column or row, by default the parameter of a network that has one. The step has its shape and
    is called step_w; the equations are solved, and no inverse is made. Where the loss is a quadratic form of w, w and
    the step together are its minimum, as for least squares. Raises DerivationError as ``hessian`` does, where there
    are several parameters, and where the Hessian is zero.
    """
    found = hessian(network, wrt)
    if len(found.wrt) != 1:
        said = ", ".join(w.name for w in found.wrt)
        what = f"a step by several names at once ({said}) is not one formula"
        raise DerivationError("wrt", what, "name one, as in wrt=['w'], or put them into one column")
    (w,), (name,) = found.wrt, found.results
    if is_zero(found.formulas[name]):
        what = f"the Hessian of {network.loss.name} by {w.name} is zero, and no step takes the gradient away"
        raise DerivationError("singular", what, "take the gradient itself: sb.derive", where=w.name)
    derivation = derive(network, [w])
    lines = derivation.as_network()
    (gradient,) = lines.outputs
    step = fresh(w, {s.name for s in (*lines.names, *lines.sizes, name)}, ("step_{}", "newton_{}"))
    recorder = Recorder()
    recorder.steps.extend(found.steps)
    uses = (gradient, len(found.steps))
    if shape_of(name):
        solved: Expr = Solve(name, as_column(gradient))
        value = -(turned(solved) if is_row(shape_of(w)) else solved)
    else:
        value = -gradient / name
    recorder.record(step, value, Rule.SOLVE, (name, " times the step takes the gradient away"), uses)
    for rewritten in tidying_of(lines)(value, shape_of(w)):
        value = in_shape(rewritten.result, shape_of(w))
        recorder.record(step, value, Rule(rewritten.rule.name), (rewritten.rule.reason,))
    equations = {**lines.equations, **found.network.equations, step: value}
    made = layer_of(network, equations, [step], (), f"{TITLES['newton']} of {network.name}")
    return replace(
        found,
        what="newton",
        network=made,
        results={step: Entry(w)},
        steps=tuple(recorder.steps),
        truths={step: found.whole},
    )
