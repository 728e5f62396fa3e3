"""The change of an expression along directions: what its names move by, pushed forward through it.

An operation that is linear in an operand changes by itself, with the change of the operand in its place. Any other is
known by what it passes back: for Y = f(A) the table of adjoints has a linear map with ⟨G, dY⟩ = ⟨Ḡ(G), dA⟩, so that dY
is what the same map passes back of dA to G. So there is one table, and what is pushed forward cannot disagree with it.
What works entry by entry has the derivatives of scalars (calculus/rules.py), each times the change of its argument.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sympy import Add, Expr, Mul, S, Symbol

from symbackprop.algebra import GATHER
from symbackprop.algebra.matrices import gather_numbers
from symbackprop.algebra.rewrite import take_out_common
from symbackprop.calculus.pullback import is_zero, pull_back
from symbackprop.calculus.rules import local_derivatives
from symbackprop.matrices import Array, Inverse, Operation, as_whole, atoms_of, same_shape, shape_of, substituted
from symbackprop.matrices.adjoints import adjoint_of

Tangents = Mapping[Symbol, Expr]
"""What names move by; the others stand still."""

LINEAR = "a linear operation changes by itself, with the change of its operand in the place of the operand"
PRODUCT = "the product rule: one factor moves at a time"
ENTRYWISE = "an elementwise function changes by its derivative times the change of its argument"
SUM = "a sum changes by the changes of its terms"
SAME = "the equation is another name for it"


@dataclass(frozen=True)
class Change:
    """What an equation changes by, and the rules by which that was found, each once and in order."""

    value: Expr
    reasons: tuple[str, ...]


def change_of(name: Symbol, expr: Expr, tangents: Tangents, named: Mapping[Expr, Symbol]) -> Change:
    """The change of ``name``, whose equation is ``expr``, where names move by ``tangents``; zero where none does.

    ``named`` maps expressions to their names in the network, so that the derivative of sigmoid(z) says a where a is
    sigmoid(z).
    """
    pushing = _Pushing(tangents, named)
    value = pushing.of(expr, name)
    return Change(value, tuple(pushing.reasons) or (SAME,))


class _Pushing:
    """One walk through an equation, which keeps the rules that it used."""

    def __init__(self, tangents: Tangents, named: Mapping[Expr, Symbol]) -> None:
        self.tangents = tangents
        self.named = named
        self.reasons: dict[str, None] = {}

    def of(self, expr: Expr, value: Expr) -> Expr:
        """The change of a part of the equation, whose value is written as ``value``; of its shape unless it is 0."""
        if not self._moves(expr):
            return S.Zero
        if expr.is_Symbol:
            return self.tangents[expr]
        if isinstance(expr, Operation):
            terms = [self._through(expr, i, value) for i in range(len(expr.operands))]
        else:
            terms = list(self._entry_by_entry(expr, value))
        moved = [term for term in terms if not is_zero(term)]
        return Add(*moved) if moved else S.Zero

    def _moves(self, expr: Expr) -> bool:
        return not self.tangents.keys().isdisjoint(expr.free_symbols)

    def _through(self, node: Operation, i: int, value: Expr) -> Expr:
        """What an operation changes by where its i-th operand moves."""
        operand = node.operands[i]
        change = self.of(operand, self.named.get(operand, operand))
        if is_zero(change):
            return S.Zero
        if shape_of(operand):
            change = as_whole(change, shape_of(operand))
        if node.linear or i in node.linear_in:
            self.reasons[PRODUCT if len(node.operands) > 1 else LINEAR] = None
            return node.on(*(change if k == i else other for k, other in enumerate(node.operands)))
        return self._turned(node, i, value, change)

    def _turned(self, node: Operation, i: int, value: Expr, change: Expr) -> Expr:
        """The transpose of what the operation passes back."""
        given = Array("_.g", node.shape) if node.shape else Symbol("_.g")
        inverse = Inverse(node.operands[0])
        row = adjoint_of(node)
        known = {inverse: self.named[inverse]} if inverse in self.named else {}
        passed = substituted(row.passes(node, i, given, value), known)
        self.reasons[f"the change of {node.spoken} is the transpose of what it passes back"] = None
        if given not in passed.free_symbols:
            return S.Zero
        whole = as_whole(passed, shape_of(node.operands[i])) if shape_of(node.operands[i]) else passed
        return pull_back(given, whole, change, [given], self.named).passed[given]

    def _entry_by_entry(self, part: Expr, value: Expr) -> Iterator[Expr]:
        """The rules of scalars: a sum term by term, a product factor by factor, a function by its arguments."""
        if isinstance(part, Add):
            self.reasons[SUM] = None
            yield from (self.of(term, self.named.get(term, term)) for term in part.args)
        elif isinstance(part, Mul) and len(groups := self._groups(part)) > 1:
            self.reasons[PRODUCT] = None
            for group in groups:
                inner = Mul(*group)
                rest = Mul(*(factor for factor in part.args if factor not in group))
                yield gather_numbers(rest * self.of(inner, self.named.get(inner, inner)))
        else:
            yield from self._by_arguments(part, value)

    def _groups(self, part: Mul) -> list[list[Expr]]:
        """The factors that move, those in which one name alone moves side by side: a and 1 - a."""
        groups: dict[frozenset[Symbol], list[Expr]] = {}
        apart: list[list[Expr]] = []
        for factor in part.args:
            moving = frozenset(factor.free_symbols & self.tangents.keys())
            if len(moving) == 1 and not factor.has(Operation):
                groups.setdefault(moving, []).append(factor)
            elif moving:
                apart.append([factor])
        return [*groups.values(), *apart]

    def _by_arguments(self, part: Expr, value: Expr) -> Iterator[Expr]:
        """The derivative by each argument that moves, in a short form, times its change."""
        whole = isinstance(part, Mul) or not all(isinstance(arg, Expr) for arg in part.args)  # the branches of a case
        moving = atoms_of(part, self.tangents.keys()) if whole else (arg for arg in part.args if self._moves(arg))
        arguments = sorted(dict.fromkeys(moving), key=str)
        places = {arg: Array(f"_.{k}", shape_of(arg)) for k, arg in enumerate(arguments) if not arg.is_Symbol}
        back = {place: arg for arg, place in places.items()}
        formula = part.xreplace(places)
        wanted = {places.get(arg, arg) for arg in arguments}
        found = local_derivatives(formula, wanted, formula if value == part else value, self.named)
        self.reasons[PRODUCT if isinstance(part, Mul) else ENTRYWISE] = None
        shape = shape_of(part)
        for arg in arguments:
            derivative = found.get(places.get(arg, arg))
            change = S.Zero if derivative is None else self.of(arg, self.named.get(arg, arg))
            if is_zero(change):
                continue
            term = gather_numbers(substituted(_short(derivative), back) * change)
            yield as_whole(term, shape) if shape and not same_shape(shape_of(term), shape) else term


def _short(derivative: Expr) -> Expr:
    """A local derivative multiplied out where that makes it shorter: a(1 - 2a) for a(1 - a) - a·a."""
    return take_out_common(GATHER.apply(derivative)) if isinstance(derivative, (Add, Mul)) else derivative
