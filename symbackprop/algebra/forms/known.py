"""What a rule of the search is, and what it may use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from sympy import Expr, Symbol

from symbackprop.algebra.forms.classes import Classes
from symbackprop.algebra.rewrite import Ground


@dataclass(frozen=True)
class Known:
    """What rules may use: the values that have a name, and what each name stands for."""

    classes: Classes
    definitions: dict[Symbol, Expr] = field(default_factory=dict)
    others: dict[Expr, tuple[tuple[Move, Expr], ...]] = field(default_factory=dict)
    """What was found for nodes of the form that is searched."""
    hidden: set[Symbol] = field(default_factory=set)
    """Names that are not to be put in."""

    def names_for(self, expr: Expr) -> Iterator[Expr]:
        """What may stand in the place of an expression: a constant times a name, or its transpose, or a number."""
        return (found for found in self.classes.found(expr) if self.hidden.isdisjoint(found.free_symbols))

    def is_constant(self, expr: Expr) -> bool:
        """Whether an expression is one of numbers and sizes alone."""
        return set(expr.free_symbols) <= set(self.classes.worlds.network.sizes)


@dataclass(frozen=True)
class Move(Ground):
    """A rule, with the function that yields other ways to write a node."""

    at: Callable[[Expr, Known], Iterable[Expr]] = field(repr=False)
