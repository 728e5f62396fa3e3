"""What is asked before a derivative is worked out, and what came of it: sentences that hold for the network at hand."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Add, Expr, Mul, Symbol

from symbackprop.functions import UserFunction, primitive_of
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.matrices import Product, Sum, Transposed, shape_of
from symbackprop.reporting.blocks import Inlines, Maths, listed, listed_with_and
from symbackprop.reporting.sections.matrices.forms import direction_taken_out, mean_taken_out
from symbackprop.reporting.sweep_parts import Part
from symbackprop.reporting.writing import Desk

USES_TOLD = 4
"""Of a name that stands in more equations only their number is told."""


def question(desk: Desk, part: Part) -> Inlines:
    """What is asked of a name, and where it stands."""
    derivation, name = desk.derivation, part.name
    asked: Inlines = ("How does ", Maths(desk.loss), " change with ", Maths(name), "? ")
    if part.signal is not None and shape_of(name):
        asked = ("How does ", Maths(desk.loss), " change with each entry of ", Maths(name), "? That is what ",
                 Maths(part.signal), " holds. ")  # fmt: skip
    if name in derivation.network.outputs:
        return (*asked, "That is given.")
    users = derivation.graph.users.get(name, ())
    if not users:
        return (*asked, "Not at all: no route leads there.")
    if len(users) > USES_TOLD:
        return (*asked, Maths(name), f" stands in {len(users)} equations; what comes back through each is added up.")
    cited = [desk.refs((user,)) for user in users]
    one = len(users) == 1
    if not all(cited):
        places: Inlines = (f"the equation{'' if one else 's'} of ", *listed_with_and(map(Maths, users)))
        gives: Inlines = ()
    else:
        places = listed_with_and(cited)
        gives = (f", which give{'s' if one else ''} ", *listed_with_and(map(Maths, users)))
    if one:
        return (*asked, Maths(name), " stands in ", *places, " alone", *gives, ".")
    return (*asked, Maths(name), " stands in ", *places, *gives, "; what comes back through each is added up.")


def meaning(desk: Desk, part: Part) -> Inlines:
    """What a derivative that was worked out says; nothing where it is best told by itself."""
    derivation, name = desk.derivation, part.name
    value = derivation.backward[part.signal] if part.signal is not None else derivation.shared[name]
    signals = set(derivation.backward) | set(derivation.network.outputs.values())
    return (
        _error(desk, value)
        or _through_activation(desk, name, value)
        or _of_a_weight(desk, name, value, signals)
        or _of_a_bias(desk, name, value, signals)
        or mean_taken_out(desk, name, value)
        or direction_taken_out(desk, name, value)
    )


def _error(desk: Desk, value: Expr) -> Inlines:
    """A prediction less its target, or some part of that."""
    network = desk.derivation.network
    factors = value.args if isinstance(value, Mul) else (value,)
    sums = [factor for factor in factors if isinstance(factor, Add)]
    if len(sums) != 1 or any(factor.free_symbols & set(network.equations) for factor in factors if factor not in sums):
        return ()
    made = [term for term in sums[0].args if term in network.equations]
    wanted = [-term for term in sums[0].args if -term in network.targets]
    if len(sums[0].args) == 2 and made and wanted:
        factor = value / sums[0]
        times: Inlines = () if factor == 1 else (", times ", Maths(factor))
        return ("It is the error, what ", Maths(made[0]), " is less what it should be", *times, ".")
    return ()


def _through_activation(desk: Desk, name: Symbol, value: Expr) -> Inlines:
    """What comes back to an activation, times its slope."""
    derivation = desk.derivation
    users = derivation.graph.users.get(name, ())
    if len(users) != 1 or users[0] in derivation.network.outputs:
        return ()
    expr = derivation.network.to_loss[users[0]]
    row = primitive_of(expr)
    applied = isinstance(expr, UserFunction) or (row is not None and row.activation)
    if not applied or isinstance(expr, SoftmaxComponent) or expr.args[0] != name or not isinstance(value, Mul):
        return ()
    each = ", entry by entry" if not derivation.network.kind.one_number else ""
    return ("It is what comes back to ", Maths(users[0]), f", times the slope of its activation{each}.")


def _of_a_weight(desk: Desk, name: Symbol, value: Expr, signals: set[Symbol]) -> Inlines:
    """An error signal times what the weight multiplies."""
    if isinstance(value, Product) and len(value.args) == 2:
        left, right = value.args
        inside = [side.args[0] if isinstance(side, Transposed) else side for side in (left, right)]
        signal = next((side for side in inside if side in signals), None)
        other = next((side for side in inside if side not in signals), None)
        if signal is None or not isinstance(other, Symbol):
            return ()
        size = shape_of(left)[1]
        added = () if size == 1 else (", added up over ", Maths(size), " of them")
        one = isinstance(size, Symbol) and size in desk.derivation.network.sizes
        return (
            "Each entry is an error signal times what the weight multiplies, an entry of ", Maths(other),
            *(added if one else ()), ".",
        )  # fmt: skip
    factors = value.args if isinstance(value, Mul) else ()
    if len(factors) != 2 or not all(isinstance(factor, Symbol) for factor in factors):
        return ()
    signal = next((factor for factor in factors if factor in signals), None)
    other = next((factor for factor in factors if factor not in signals), None)
    users = desk.derivation.graph.users.get(name, ())
    if (
        signal is None
        or other is None
        or len(users) != 1
        or desk.derivation.network.to_loss[users[0]].diff(name) != other
    ):
        return ()
    given = signal in desk.derivation.network.outputs.values()
    return (
        "It is " if given else "It is the error signal ",
        Maths(signal),
        " times what stands beside ",
        Maths(name),
        " there, ",
        Maths(other),
        ".",
    )


def _of_a_bias(desk: Desk, name: Symbol, value: Expr, signals: set[Symbol]) -> Inlines:
    """Error signals, or the sum of them."""
    if isinstance(value, Sum) and value.args[0] in signals:
        line = "row" if value.axis == 0 else "column"
        return (Maths(name), f" is added to each {line}, so it gets the sum of the error signals of all {line}s.")
    terms: Sequence[Expr] = value.args if isinstance(value, Add) else (value,)
    if not all(term in signals for term in terms) or name not in desk.derivation.network.parameters:
        return ()
    if len(terms) == 1:
        return (Maths(name), " is added there and nothing else is done to it, so it gets the error signal as it is.")
    added: Inlines = listed(Maths(term) for term in terms)
    return (Maths(name), " is added in each of these, so it gets the sum of their error signals ", *added, ".")
