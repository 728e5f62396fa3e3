"""What the form of an error signal says: a mean that is taken out on the way back, as it was on the way forward."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Add, Expr, Integer, Mul, Pow, Symbol

from symbackprop.matrices import Broadcast, Sum, shape_of
from symbackprop.reporting.blocks import Inlines, Maths
from symbackprop.reporting.writing import Desk

LINES = ("column", "row")


def mean_taken_out(desk: Desk, name: Symbol, value: Expr) -> Inlines:
    """Δ - mean(Δ), where the name goes through its difference from its own mean."""
    terms = value.args if isinstance(value, Add) else ()
    signals = set(desk.derivation.backward) | set(desk.derivation.network.outputs.values())
    found = [term for term in terms if term in signals]
    if len(terms) != 2 or len(found) != 1:
        return ()
    (rest,) = (term for term in terms if term not in found)
    axis = _mean_of(-rest, found[0])
    equations = desk.derivation.network.to_loss
    forward = any(_is_less_mean(equations, user, name, axis) for user in desk.derivation.graph.users.get(name, ()))
    if axis is None or not forward:
        return ()
    return (f"The {LINES[axis]} mean is taken out of what comes back, as it was on the way forward.",)


def direction_taken_out(desk: Desk, name: Symbol, value: Expr) -> Inlines:
    """(Δ - Ẑ∘mean(Δ∘Ẑ))/s, where Ẑ is the name over s."""
    below = [f.base for f in Mul.make_args(value) if isinstance(f, Pow) and f.exp == -1]
    if len(below) != 1:
        return ()
    inside = value * below[0]
    terms = inside.args if isinstance(inside, Add) else ()
    signals = set(desk.derivation.backward) | set(desk.derivation.network.outputs.values())
    found = [term for term in terms if term in signals]
    equations = desk.derivation.network.to_loss
    for user in desk.derivation.graph.users.get(name, ()):
        if len(terms) != 2 or len(found) != 1 or equations[user] != name / below[0]:
            continue
        (rest,) = (term for term in terms if term not in found)
        axis = _mean_of(-rest / user, found[0] * user)
        if axis is not None:
            return (
                "Taken out is ", Maths(user), f" times the {LINES[axis]} mean of ", Maths(found[0] * user),
                ", which is what comes back through ", Maths(below[0]), "; the rest is divided by ", Maths(below[0]),
                ", as ", Maths(name), " was on the way forward.",
            )  # fmt: skip
    return ()


def _mean_of(mean: Expr, of: Expr) -> int | None:
    """The axis along which one is the mean of the other; None where it is not."""
    plain = mean.args[0] if isinstance(mean, Broadcast) else mean
    for axis in (0, 1):
        if shape_of(of) and plain == Sum(of, Integer(axis)) / shape_of(of)[axis]:
            return axis
    return None


def _is_less_mean(equations: Mapping[Symbol, Expr], user: Symbol, name: Symbol, axis: int | None) -> bool:
    """Whether a name's equation is another less its mean along an axis."""
    expr = equations[user]
    rest = [term for term in expr.args if term != name] if isinstance(expr, Add) else []
    if axis is None or len(rest) != 1 or name not in expr.args:
        return False
    mean = -rest[0]
    return _mean_of(equations.get(mean, mean), name) == axis
