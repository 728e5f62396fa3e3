"""A derivation as lines of code, in which nothing is worked out twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sympy import Expr, S, Symbol

from symbackprop.algebra import Tails, stabilised
from symbackprop.calculus import Derivation
from symbackprop.matrices import Array, Broadcast, as_whole, shape_of
from symbackprop.notation import Order
from symbackprop.numeric.program.constants import Constant, with_constants
from symbackprop.numeric.program.joint import jointly, opened
from symbackprop.numeric.program.line import BACKWARD, FORWARD, GRADIENTS, Fresh, Line, gradient_names
from symbackprop.numeric.program.sharing import shared


@dataclass(frozen=True)
class Lines:
    """Lines forward, backward, then the gradients; the constants that they use; what each gradient is called.

    ``own`` are the names that the derivation has, ``fresh`` gives others.
    """

    lines: Sequence[Line]
    constants: Sequence[Constant]
    results: Mapping[Symbol, str]
    own: Sequence[str]
    fresh: Fresh
    order: Order


def lines_of(derivation: Derivation, accurate: bool = True, stable: bool = True) -> Lines:
    """The lines of a derivation; ``accurate`` where derivatives keep their digits far from zero, which takes time.

    Where they are not ``stable``, logarithms of probabilities stay as they are written.
    """
    network = derivation.network
    own = [s.name for s in (*network.names, *network.sizes, *derivation.backward)]
    results = gradient_names(derivation, own)
    own += results.values()
    fresh = Fresh(own)
    lines = jointly(opened(list(_equations(derivation, results, accurate and stable, stable))), fresh)
    arrays = any(map(network.shape, network.leaves))
    lines, constants = with_constants(lines, network.sizes, fresh, typed=arrays)
    lines, more = _with_shapes(fresh.in_order(shared(lines, network.sizes, fresh)), fresh)
    return Lines(lines, [*constants, *more], results, own, fresh, _order(derivation, fresh))


def _equations(derivation: Derivation, results: Mapping[Symbol, str], accurate: bool, stable: bool) -> Iterator[Line]:
    """One line an equation: forward, backward, then the gradients."""
    network = derivation.network
    tails = Tails(network.equations if accurate else {})
    for name, expr in (stabilised(network.equations) if stable else network.equations).items():
        yield Line((name,), expr, FORWARD)
    for name, expr in derivation.backward.items():
        yield Line((name,), tails.accurate(expr), BACKWARD)
    for w, result in results.items():
        shape = network.shape(w)
        target = Array(result, shape) if shape else Symbol(result)  # other lines may use what one gradient is
        yield Line((target,), as_whole(tails.accurate(derivation.shared[w]), shape), GRADIENTS)


def _with_shapes(lines: Sequence[Line], fresh: Fresh) -> tuple[list[Line], list[Constant]]:
    """The lines with arrays for values of which names of what is shared leave a number, and constants for these.

    V = X*Y and U = X*Y - V make U = 0.
    """
    numbers: dict[Expr, Constant] = {}
    result = []
    for line in lines:
        target, value = line.targets[0], line.value
        if not line.helper and isinstance(target, Array) and not shape_of(value):
            if value not in numbers:
                numbers[value] = Constant(fresh.numbered("c", S.One), value, typed=True)
            line = replace(line, value=Broadcast(numbers[value].name, *target.shape))
        result.append(line)
    return result, list(numbers.values())


def _order(derivation: Derivation, fresh: Fresh) -> Order:
    """The order of the derivation, in which a name made here stands where what it stands for would."""
    levels = dict(derivation.order.levels)
    for symbol, expr in fresh.made.items():
        levels[symbol.name] = max((levels.get(s.name, 0.0) for s in expr.free_symbols), default=0.0)
    return replace(derivation.order, levels=levels)
