"""What the reverse sweep asks of the kind of values that a network has.

The sweep itself knows names and adjoints alone. How an adjoint passes back through an equation, how what arrives is
rewritten, and which lines of work that takes is told by a dialect: scalars (scalar.py), matrices (matrix.py).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sympy import Expr, Symbol

from symbackprop.algebra import Rewritten
from symbackprop.calculus.graph import Graph
from symbackprop.calculus.step import Recorder, Step
from symbackprop.network.facts import Fact
from symbackprop.network.network import Network

LONG = 200
"""An adjoint of more parts than this has a name in any case."""


@dataclass
class Dialect(ABC):
    """One sweep's view of a network. ``adjoint`` holds what the sweep has found so far, the loss itself at 1.

    ``line_of[name]`` is the number of the line that ends in the adjoint of a name.
    """

    network: Network
    graph: Graph
    facts: Sequence[Fact]
    adjoint: Mapping[Symbol, Expr]
    line_of: dict[Symbol, int] = field(default_factory=dict)

    helpers: dict[Symbol, int] = field(default_factory=dict)
    """The number of the line in which each name for what is used again is given."""

    def cited(self, uses: Sequence[Symbol], result: Expr) -> tuple[Symbol | int, ...]:
        """What a line cites: equations by their names, and by their lines the names for what is used again."""
        equations = self.network.to_loss
        again = sorted(number for helper, number in self.helpers.items() if helper in result.free_symbols)
        return (*(name for name in uses if name in equations), *again)

    @abstractmethod
    def total(self, name: Symbol) -> Expr:
        """What the equations that use ``name`` pass back to it, added up and not yet rewritten."""

    @abstractmethod
    def tidied(self, name: Symbol, total: Expr) -> Sequence[Rewritten]:
        """The rewritings that lead from the total to the form that a person would write."""

    @abstractmethod
    def deserves_name(self, name: Symbol, value: Expr) -> bool:
        """Whether the adjoint of ``name`` is worth a name of its own."""

    @abstractmethod
    def signal(self, name: Symbol, word: str) -> Symbol:
        """The symbol of an error signal, which belongs to ``name`` and is called ``word``."""

    @abstractmethod
    def learn(self, signal: Symbol, value: Expr) -> None:
        """Take note of an error signal and what it stands for."""

    @abstractmethod
    def prefix(self, name: Symbol) -> str:
        """What the name of an error signal begins with."""

    @abstractmethod
    def record(self, name: Symbol, total: Expr, trace: Sequence[Rewritten], recorder: Recorder) -> Step:
        """Write down the lines that led to the adjoint of ``name``, and return the last."""
