"""Lines that go on in the array which they have made, as PyTorch can: ``D = A*B``, then ``D *= C``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sympy import Add, Expr, Mul, Pow, Symbol

from symbackprop.matrices import Array, Product, shape_of
from symbackprop.numeric.program.line import Line


@dataclass(frozen=True)
class Steps:
    """What an array is made as, and what then goes into it, each with its sign: ``*=``, ``+=`` or ``-=``."""

    first: Expr
    then: tuple[tuple[str, Expr], ...] = ()


def steps_of(line: Line, passed: Collection[Symbol]) -> Steps:
    """The steps of a line that makes one array.

    ``passed`` are the names made of what comes back. As vmap can have many of these at once, what is made of them goes
    into nothing else.
    """
    target = line.targets[0]
    if line.helper or not isinstance(target, Array):
        return Steps(line.value)
    return _Splitter(target, frozenset(passed)).split(line.value)


@dataclass(frozen=True)
class _Splitter:
    """Divides the value of one array."""

    target: Array
    passed: frozenset[Symbol]

    def split(self, value: Expr) -> Steps:
        if isinstance(value, Add):
            return self._sum(value)
        return self._product(value) if isinstance(value, Mul) else Steps(value)

    def _sum(self, value: Add) -> Steps:
        terms = [term for term in value.args if self._is_made(term) and self._may_take(term, value)]
        if not terms:
            return Steps(value)
        begun = self._product(terms[0]) if isinstance(terms[0], Mul) else Steps(terms[0])
        others = (term for term in value.args if term != terms[0])
        signed = (("-=", -term) if term.could_extract_minus_sign() else ("+=", term) for term in others)
        return Steps(begun.first, (*begun.then, *signed))

    def _product(self, value: Mul) -> Steps:
        whole = [factor for factor in value.args if self._is_whole(factor) and self._may_take(factor, value)]
        if not whole:
            return Steps(value)
        start = whole[0]
        later = [factor for factor in value.args if factor != start and shape_of(factor) and not _divides(factor)]
        if later and len(later) + 1 == len(value.args) and not isinstance(start, Product):
            later.pop(0)  # it takes two to make an array
        first = Mul(*(factor for factor in value.args if factor not in later))
        return Steps(first, tuple(("*=", factor) for factor in later))

    def _is_made(self, term: Expr) -> bool:
        """Whether a term makes a new array of the whole shape."""
        return isinstance(term, (Mul, Product)) and any(map(self._is_whole, Mul.make_args(term)))

    def _is_whole(self, part: Expr) -> bool:
        """Whether a part is an array of floats that has the whole shape."""
        return isinstance(part, (Array, Product)) and shape_of(part) == self.target.shape

    def _may_take(self, part: Expr, value: Expr) -> bool:
        """Whether what else is in a value may go into an array made of a part of it."""
        return value.free_symbols.isdisjoint(self.passed) or not part.free_symbols.isdisjoint(self.passed)


def _divides(factor: Expr) -> bool:
    return isinstance(factor, Pow) and factor.exp.could_extract_minus_sign()
