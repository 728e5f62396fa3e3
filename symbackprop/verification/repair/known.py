"""What may be put into a formula: names, sizes, local derivatives, and the parts of the right forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from sympy import Add, Expr, Mul, Piecewise, Pow, Rational, S, Symbol, preorder_traversal, sqrt

from symbackprop.calculus import Derivation
from symbackprop.calculus.graph import count_routes
from symbackprop.calculus.rules import local_derivatives
from symbackprop.errors import SymbackpropError
from symbackprop.judge.entries import Entries
from symbackprop.matrices import Operation
from symbackprop.verification.repair.worlds import NO_VALUE, Residues

MOST_KNOWN = 240
MOST_ROUTES = 64
"""Closed forms are looked at up to so many routes: beyond they are long."""
LONGEST = 90
"""How many letters there may be in what a hint puts in."""
NUMBERS = (1, 2, 3, 4)


class Sort(IntEnum):
    """What it is, the likeliest first."""

    NAME = 0
    LOCAL = 1
    PIECE = 2


@dataclass(frozen=True, eq=False)
class Known:
    """An expression with its value in the first world; ``note`` says what it is the derivative of."""

    expr: Expr
    value: Entries
    sort: Sort
    note: str = ""


def known_of(derivation: Derivation, w: Symbol, residues: Residues) -> list[Known]:
    """All that may be put in, each value once, under the likeliest of its spellings."""
    found: dict[Entries, Known] = {}
    for expr, sort, note in _candidates(derivation, w):
        if len(found) >= MOST_KNOWN:
            break
        try:
            value = residues.value(expr)
        except NO_VALUE:
            continue
        if any(value.flat) and value.flat != (1,):
            found.setdefault(value, Known(expr, value, sort, note))
    return list(found.values())


def _candidates(derivation: Derivation, w: Symbol) -> Iterator[tuple[Expr, Sort, str]]:
    network = derivation.network
    for name in (*network.names, *derivation.backward, *network.sizes):
        if name != network.loss:
            yield name, Sort.NAME, ""
    for expr, note in locals_of(derivation):
        if not expr.is_Symbol and not expr.is_number:
            yield expr.as_coeff_Mul()[1], Sort.LOCAL, note if expr.as_coeff_Mul()[0] == 1 else ""
            yield expr, Sort.LOCAL, note
    for expr in _right_forms(derivation, w):
        spelled = {str(piece): piece for piece in set(_pieces(expr))}
        for said in sorted(spelled, key=lambda said: (len(said), said)):
            if len(said) <= LONGEST:
                yield spelled[said], Sort.PIECE, ""


def locals_of(derivation: Derivation) -> list[tuple[Expr, str]]:
    """Local derivatives, each with the words for it."""
    network = derivation.network
    if network.kind.has_routes:
        return [(expr, _ratio(user, used)) for (user, used), expr in derivation.local.items()]
    named = {expr: name for name, expr in network.to_loss.items() if not expr.is_Symbol and not expr.is_number}
    found = []
    for name, expr in network.to_loss.items():
        parts = [expr, *sorted((o for node in expr.atoms(Operation) for o in node.operands), key=str)]
        for part in parts:
            if part.is_Symbol or part.atoms(Operation):
                continue
            try:
                moved = local_derivatives(part, part.free_symbols, named.get(part, part), named)
            except SymbackpropError:
                continue
            for used in sorted(moved, key=str):
                found.append((moved[used], _ratio(name, used) if part is expr else ""))
    return found


def _ratio(user: Symbol, used: Symbol) -> str:
    return f"∂{user.name}/∂{used.name}"


def _right_forms(derivation: Derivation, w: Symbol) -> Iterator[Expr]:
    """The gradient in its forms, and the error signals, the nearest to the gradient first."""
    yield derivation.shared[w]
    if count_routes(derivation.graph, w, derivation.network.loss) <= MOST_ROUTES:
        yield derivation.gradients[w]
    needed = set(derivation.shared[w].free_symbols)
    for name, expr in reversed(list(derivation.backward.items())):
        if name in needed:
            needed |= expr.free_symbols
            yield expr


def _pieces(expr: Expr) -> Iterator[Expr]:
    """Parts of a right form that a formula may lack: terms, factors, operands; each without its number too."""
    for node in preorder_traversal(expr):
        if isinstance(node, (Mul, Add, Operation, Pow, Piecewise)) or (isinstance(node, Expr) and node.is_Function):
            yield node
            yield node.as_coeff_Mul()[1]


@dataclass(frozen=True, eq=False)
class Scales:
    """Numbers and sizes that a factor may be.

    ``by_inverse`` has them by their inverse modulo p: several where a size is 3 in this world. ``monomials`` are sizes
    alone, each with its value.
    """

    p: int
    by_inverse: Mapping[int, Sequence[Expr]]
    monomials: Sequence[tuple[Expr, int]]

    @classmethod
    def of(cls, sizes: Iterable[Symbol], residues: Residues) -> Scales:
        """±1 to ±4 and their reciprocals, times or over one size, two sizes or the root of one."""
        symbols = sorted(sizes, key=str)
        monomials: list[Expr] = [S.One]
        for k, a in enumerate(symbols):
            monomials += [a, 1 / a, sqrt(a), 1 / sqrt(a)]
            for b in symbols[k:]:
                monomials += [a * b, 1 / (a * b)]
            monomials += [a / b for b in symbols if b != a]
        valued = []
        for monomial in monomials:
            try:
                valued.append((monomial, int(residues.value(monomial).only)))
            except NO_VALUE:
                continue
        p = residues.p
        numbers = [(n, pow(n, -1, p)) for n in NUMBERS] + [(Rational(1, n), n) for n in NUMBERS[1:]]
        found: dict[int, list[Expr]] = {}
        for monomial, value in valued:
            inverse = pow(value, -1, p)
            for number, other in numbers:
                found.setdefault(inverse * other % p, []).append(number * monomial)
                found.setdefault(-inverse * other % p, []).append(-number * monomial)
        return cls(p, found, valued)

    def between(self, found: int, needed: int) -> Sequence[Expr]:
        """The factors in the table that make what is needed of what was found."""
        return self.by_inverse.get(found * pow(needed, -1, self.p) % self.p, ()) if needed else ()

    def any_between(self, found: int, needed: int, *, sized: bool) -> Iterator[Expr]:
        """The same, with any fraction for a number; where ``sized`` that may be times sizes, too."""
        known = self.between(found, needed)
        yield from known
        if found:
            ratio = needed * pow(found, -1, self.p) % self.p
            for monomial, value in self.monomials if sized else self.monomials[:1]:
                number = rational_of(ratio * pow(value, -1, self.p), self.p)
                if number is not None and number * monomial not in known:
                    yield number * monomial


def rational_of(residue: int, p: int, largest: int = 10**6) -> Expr | None:
    """The fraction of small numbers that is this modulo p, by the Euclidean algorithm."""
    r, s = p, residue % p
    a, b = 0, 1
    while s > largest:
        quotient = r // s
        r, s = s, r - quotient * s
        a, b = b, a - quotient * b
    if not 0 < abs(b) <= largest:
        return None
    return Rational(s if b > 0 else -s, abs(b))
