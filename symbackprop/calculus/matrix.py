"""Matrices: an adjoint passes back by the table of adjoints, and each use adds a term."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import final

from sympy import Add, Expr, Mul, S, Symbol

from symbackprop.algebra import Rewritten
from symbackprop.algebra.matrices import MatrixTidier
from symbackprop.calculus.dialect import LONG, Dialect
from symbackprop.calculus.graph import Graph, graph_along
from symbackprop.calculus.pullback import Pair, Pulled, changes, is_zero, pull_back, uses_of_adjoint
from symbackprop.calculus.step import Reason, Recorder, Rule, Step, because_of, listed
from symbackprop.matrices import Array, Broadcast, LogSoftmax, Operation, Product, Softmax, as_whole, shape_of
from symbackprop.network.network import Network
from symbackprop.network.normalise import is_activation
from symbackprop.notation import Differential, Frobenius, Total
from symbackprop.notation.layout import names_as_written
from symbackprop.notation.recursion import has_parts_within


def matrix_graph(network: Network, sources: Sequence[Symbol]) -> Graph:
    """The routes from ``sources`` to the loss; what passes along them is worked out by the sweep."""
    return graph_along(
        network, sources, lambda name, expr, moved: dict.fromkeys(sorted(expr.free_symbols & moved, key=str))
    )


@final
@dataclass
class MatrixDialect(Dialect):
    """Adjoints pulled back through equations of array expressions.

    ``pulled`` is what each equation that has been gone through passed back, to all of its names at once, and
    ``moves_of[user]`` the number of the line in which that ends.
    """

    pulled: dict[Symbol, Pulled] = field(default_factory=dict)
    moves_of: dict[Symbol, int] = field(default_factory=dict)

    @cached_property
    def named(self) -> Mapping[Expr, Symbol]:
        """The values that have a name, so that what is passed back says P and not softmax(Z)."""
        return {expr: name for name, expr in self.network.to_loss.items() if is_activation(expr)}

    @cached_property
    def tidier(self) -> MatrixTidier:
        """The rewriting of adjoints, with what is stated and what is proved of this network."""
        return MatrixTidier.of(self.network.equations, self.facts)  # ⟨Ȳ, Y⟩ is no value of a layer's

    def learn(self, signal: Symbol, value: Expr) -> None:
        self.tidier = self.tidier.knowing(signal, value)

    def total(self, name: Symbol) -> Expr:
        users = [user for user in self.graph.users.get(name, ()) if not is_zero(self.adjoint[user])]
        total = Add(*(self._through(user).passed[name] for user in users))
        return as_whole(total, name.shape) if isinstance(name, Array) else total

    def _through(self, user: Symbol) -> Pulled:
        if user not in self.pulled:
            expr = self.network.to_loss[user]
            names = list(self.graph.arguments[user])
            if len(names) > 1:
                written = names_as_written(expr, self.network.order)
                names.sort(key=lambda name: written.index(name.name))
            self.pulled[user] = pull_back(user, expr, self.adjoint[user], names, self.named)
        return self.pulled[user]

    def tidied(self, name: Symbol, total: Expr) -> Sequence[Rewritten]:
        return self.tidier.tidy(total, shape_of(name))

    def deserves_name(self, name: Symbol, value: Expr) -> bool:
        """Where it is used more than once, or belongs to a layer A·W + b; never where it is a name or a constant."""
        constant = value.free_symbols <= self.network.sizes.keys()  # such as I/m
        if name not in self.graph.arguments or constant or _is_trivial(value):
            return False
        if not has_parts_within(value, LONG):
            return True
        expr = self.network.to_loss[name]
        if isinstance(expr, (Softmax, LogSoftmax)):  # -Y/P cancels in P∘(G - rowsum(G∘P)): it goes on as it is
            return isinstance(value, Add) or bool(value.atoms(Operation, Add))
        moved = set(self.graph.arguments[name])
        return bool(expr.atoms(Product)) or uses_of_adjoint(expr, moved) > 1

    def prefix(self, name: Symbol) -> str:
        return "Delta" if isinstance(name, Array) else "delta"

    def signal(self, name: Symbol, word: str) -> Symbol:
        return Array(word, name.shape) if isinstance(name, Array) else Symbol(word)

    def record(self, name: Symbol, total: Expr, trace: Sequence[Rewritten], recorder: Recorder) -> Step:
        return _Record(self, recorder).lines(name, total, trace)


def _is_trivial(value: Expr) -> bool:
    """A number, a name, a number times a name, or what is merely repeated."""
    rest = value.as_coeff_Mul()[1]
    return bool(rest.is_Number or rest.is_Symbol or isinstance(rest, Broadcast))


class _Record:
    """The lines that lead to one adjoint."""

    def __init__(self, dialect: MatrixDialect, recorder: Recorder) -> None:
        self.dialect = dialect
        self.recorder = recorder
        self.loss = dialect.network.loss

    def lines(self, name: Symbol, total: Expr, trace: Sequence[Rewritten]) -> Step:
        users = self.dialect.graph.users.get(name, ())
        moves_of = self.dialect.moves_of
        moving = [user for user in users if not is_zero(self.dialect.adjoint[user])]
        for user in moving:
            if user not in moves_of:
                given = self.dialect.line_of.get(user) if user == self.loss else None
                moves_of[user] = self._moves(user).number if given is None else given
        still = [user for user in users if user not in moving]
        cited = (*(moves_of[user] for user in moving), *(self.dialect.line_of[user] for user in still))
        lhs = Total(self.loss, name)
        because: Reason = ("what stands beside ", Differential(name))
        if not users:
            because = ("it moves nothing",)
        elif not moving:
            because = ("the gradient by ", *listed(still), " is zero")
        else:
            if len(moving) > 1:
                because = ("one term for each use of ", name, ": ", *listed(moving))
            if still:
                because = (*because, "; the gradient by ", *listed(still), " is zero")
        step = self.recorder.record(lhs, total, Rule.READ, because, cited)
        for rewritten in trace:
            uses = rewritten.equations or self._put_in(step.rhs, rewritten)
            because = because_of(rewritten, uses)
            cited = self.dialect.cited(uses, rewritten.result)
            step = self.recorder.record(lhs, rewritten.result, Rule(rewritten.rule.name), because, cited)
        return step

    def _put_in(self, before: Expr, rewritten: Rewritten) -> tuple[Symbol, ...]:
        """The names of the network that a rewriting has put in, whose equations it uses."""
        after, equations = rewritten.result, self.dialect.network.to_loss
        if rewritten.rule.name == Rule.FOLD:
            return tuple(name for name in equations if after.count(name) > before.count(name))
        new = after.free_symbols - before.free_symbols
        return tuple(name for name in equations if name in new) if new else ()

    def _moves(self, user: Symbol) -> Step:
        """⟨G, dY⟩ moved to what stands beside the change of each name in the equation of Y.

        Moves whose adjoint is still to be repeated wait for the next.
        """
        adjoint = self.dialect.adjoint[user]
        lhs = Differential(user) if adjoint is S.One else Frobenius(adjoint, Differential(user))
        line_of = self.dialect.line_of
        uses: tuple[Symbol | int, ...] = (user, line_of[user]) if user in line_of else (user,)
        moved = frozenset(self.dialect.graph.arguments[user])
        waiting: list[str] = []
        step: Step | None = None
        moves = self.dialect.pulled[user].moves
        for number, move in enumerate(moves):
            waiting.append(move.reason)
            last = number == len(moves) - 1
            if not last and not all(pair.is_whole for pair in move.pairs):
                continue
            because = "; ".join(dict.fromkeys(part for reason in waiting for part in reason.split("; ")))
            terms = [term for pair in move.pairs for term in self._written(pair, moved)]
            rhs = terms[0] if len(terms) == 1 else Add(*terms, evaluate=False)
            step = self.recorder.record(lhs, rhs, Rule.ADJOINT, (because,), uses)
            waiting = []
        assert step is not None, f"{user} has an equation with names in it"
        return step

    def _written(self, pair: Pair, moved: frozenset[Symbol]) -> Iterator[Expr]:
        shape = shape_of(pair.part)
        adjoint = as_whole(pair.adjoint, shape) if shape else pair.adjoint
        for change in changes(pair.part, moved):
            yield Frobenius(adjoint, change) if shape else Mul(adjoint, change)
