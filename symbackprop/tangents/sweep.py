"""The forward sweep: from directions on, one equation at a time, what each name changes by.

Where the names that are asked for move along directions V, a name Z moves by Ż, which follows from its equation and
from what the names in it move by (differentials.py). Each line is recorded by the code that takes it. Of the lines of a
derivation the sweep makes those of its second derivatives: what an error signal moves by is dotted as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sympy import Expr, S, Symbol

from symbackprop.calculus.pullback import is_zero
from symbackprop.calculus.step import Reason, Recorder, Rule
from symbackprop.matrices import Broadcast, as_whole, shape_of, substituted
from symbackprop.network.facts import equations_in
from symbackprop.network.network import Network
from symbackprop.network.normalise import is_activation
from symbackprop.network.order import upstream
from symbackprop.network.outputs import fresh
from symbackprop.tangents.differentials import change_of
from symbackprop.tangents.tidying import TIDYING, Tidying


@dataclass
class ForwardSweep:
    """A sweep over the equations of a network, forward.

    ``tangent[name]`` is what a name moves by: a direction, a dotted name, or something as short; names that stand still
    are not in it. ``dotted`` has the formula of each dotted name, in those before it, and ``dot_of[name]`` the dotted
    name of a name.
    """

    network: Network
    directions: Mapping[Symbol, Expr]
    recorder: Recorder
    taken: set[str]
    tangent: dict[Symbol, Expr] = field(default_factory=dict)
    dotted: dict[Symbol, Expr] = field(default_factory=dict)
    dot_of: dict[Symbol, Symbol] = field(default_factory=dict)
    line_of: dict[Symbol, int] = field(default_factory=dict)

    def run(self, ends: Sequence[Symbol]) -> ForwardSweep:
        """Visit every equation that the ends need, in order; each end gets a dotted name, even where it is zero."""
        equations = self.network.equations
        self.tangent.update(self.directions)
        self._given()
        named = {expr: name for name, expr in equations.items() if is_activation(expr)}
        tidying = tidying_of(self.network)
        reaching = upstream(equations, ends)
        for name, expr in equations.items():
            if name in reaching and name not in self.directions:
                self._visit(name, expr, named, tidying, end=name in ends)
        return self

    def _given(self) -> None:
        """A line for each name that moves by itself."""
        alone = len(self.directions) == 1
        for name, direction in self.directions.items():
            dot = fresh(name, self.taken, ("{}_dot",))
            self.taken.add(dot.name)
            because: Reason = (name, " alone moves" if alone else " moves along a direction of its own")
            self.recorder.record(dot, direction, Rule.PUSH, because)

    def _visit(self, name: Symbol, expr: Expr, named: Mapping[Expr, Symbol], tidying: Tidying, end: bool) -> None:
        change = change_of(name, expr, self.tangent, named)
        shape = shape_of(name)
        total = as_whole(change.value, shape) if shape else change.value
        moves = not is_zero(total)
        trace = tidying(total, shape) if moves else ()
        value = trace[-1].result if trace else total
        value = as_whole(value, shape) if shape else value
        if not end and (is_zero(value) or _is_short(value)):
            if not is_zero(value):
                self.tangent[name] = value
            return
        dot = fresh(name, self.taken, ("{}_dot",))
        self.taken.add(dot.name)
        because: Reason = ("; ".join(change.reasons),) if moves else ("nothing in its equation moves",)
        step = self.recorder.record(dot, total, Rule.PUSH, because, (name, *self._cited(total)))
        for rewritten in trace:
            step = self.recorder.record(dot, rewritten.result, Rule(rewritten.rule.name), (rewritten.rule.reason,), ())
        self.line_of[dot] = step.number
        self.dotted[dot] = value
        self.dot_of[name] = dot
        self.tangent[name] = dot

    def _cited(self, expr: Expr) -> tuple[int, ...]:
        return tuple(number for dot, number in self.line_of.items() if dot in expr.free_symbols)

    def written_out(self, expr: Expr) -> Expr:
        """An expression with the formula of every dotted name put in, so that directions alone are left."""
        for dot, value in reversed(self.dotted.items()):
            if dot in expr.free_symbols:
                expr = substituted(expr, {dot: value})
        return expr


def tidying_of(network: Network) -> Tidying:
    """How changes in a network are rewritten, with what is known of its data."""
    made: Tidying = network.kind[TIDYING](network.equations, equations_in(network.facts))
    return made


def directions_of(names: Iterable[Symbol], taken: set[str]) -> dict[Symbol, Symbol]:
    """A direction for each name, of its shape: V_W for a matrix, v_w for a scalar; they are taken then."""
    found: dict[Symbol, Symbol] = {}
    for name in names:
        found[name] = fresh(name, taken, ("V_{}" if shape_of(name) else "v_{}",))
        taken.add(found[name].name)
    return found


def words_of(network: Network) -> set[str]:
    """All that a network calls something."""
    return {name.name for name in (*network.names, *network.sizes)}


def _is_short(value: Expr) -> bool:
    """A number, a name, a number times a name, or one of these repeated."""
    rest = (value.args[0] if isinstance(value, Broadcast) else value).as_coeff_Mul()[1]
    return bool(rest is S.One or rest.is_Number or rest.is_Symbol)
