"""Values up to a constant factor and transposition, and the names that the network has for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sympy import Expr, Pow, Rational, S, Symbol

from symbackprop.algebra.forms.worlds import Print, Worlds
from symbackprop.functions.relatives import relatives
from symbackprop.matrices import Identity, LogSumExp, Softmax, Transposed, shape_of
from symbackprop.matrices.shapes import same_shape

ROOTS = tuple(Rational(k) for k in (-4, -3, -2, -1, 2, 3, 4))
"""The powers of a root that are looked for: r**3 where r = v**(-1/2)."""
Key = tuple[object, ...]


@dataclass(frozen=True)
class Reference:
    """A known value as an expression: a name, its transpose, a power of it; ``scale`` is its first entry, a world."""

    expr: Expr
    scale: tuple[int, ...]


@dataclass
class Classes:
    """The table of what has a name. Matrices are found up to a constant factor, scalars times a few constants."""

    worlds: Worlds
    table: dict[Key, list[Reference]] = field(default_factory=dict)
    scalars: dict[tuple[int, ...], Expr] = field(default_factory=dict)
    related: set[Expr] = field(default_factory=set)

    def add(self, name: Symbol, definition: Expr | None) -> None:
        """Put in a name, and the powers of one that is a root."""
        self._put(name)
        if definition is not None:
            for node in sorted(definition.atoms(LogSumExp), key=str):
                self._put(Softmax(*node.args))
        if (
            definition is not None
            and isinstance(definition, Pow)
            and definition.exp.is_Rational
            and not definition.exp.is_Integer
        ):
            for power in ROOTS:
                self._put(Pow(name, power))

    def add_relatives(self, exprs: Iterable[Expr]) -> None:
        """Put in what the functions in some expressions may be parts of."""
        for relative in relatives(exprs):
            if relative not in self.related:
                self.related.add(relative)
                self._put(relative)

    def add_identities(self) -> None:
        """Put in the identity of each size."""
        for size in self.worlds.network.sizes:
            self._put(Identity(size))

    def _put(self, expr: Expr) -> None:
        value = self.worlds.print_of(expr)
        if value is None or not any(any(entries) for entries in value):
            return
        if all(len(entries) == 1 for entries in value):
            self.scalars.setdefault(tuple(entries[0] for entries in value), expr)
            return
        for form in (expr, Transposed(expr)):
            self._put_matrix(form)

    def _put_matrix(self, form: Expr) -> None:
        value = self.worlds.print_of(form)
        if value is None:
            return
        key, scale = _normalised(value, self.worlds.primes)
        if key is not None:
            self.table.setdefault(key, []).append(Reference(form, scale))

    def is_zero(self, expr: Expr) -> bool:
        """Whether every entry of an expression is zero."""
        value = self.worlds.print_of(expr)
        return value is not None and not any(any(entries) for entries in value)

    def found(self, expr: Expr) -> Iterable[Expr]:
        """References to the value of an expression, each a constant times a name, its transpose or a power."""
        value = self.worlds.print_of(expr)
        if value is None:
            return
        if self.is_zero(expr):
            yield S.Zero
            return
        primes = self.worlds.primes
        if all(len(set(entries)) == 1 for entries in value):
            constants = list(self.worlds.constants.having(tuple(entries[0] for entries in value)))
            if constants:
                yield from constants
                return
        if all(len(entries) == 1 for entries in value):
            yield from self._scalar(tuple(entries[0] for entries in value), primes)
            return
        key, scale = _normalised(value, primes)
        if key is None:
            return
        shape = shape_of(expr)
        for reference in self.table.get(key, ()):
            if not same_shape(shape_of(reference.expr), shape):
                continue
            ratio = tuple(a * pow(b, -1, p) % p for a, b, p in zip(scale, reference.scale, primes, strict=True))
            yield from (constant * reference.expr for constant in self.worlds.constants.having(ratio))

    def _scalar(self, value: tuple[int, ...], primes: tuple[int, ...]) -> Iterable[Expr]:
        for inverse, constant in self.worlds.constants.few:
            known = self.scalars.get(tuple(v * c % p for v, c, p in zip(value, inverse, primes, strict=True)))
            if known is not None:
                yield constant * known
                return


def _normalised(value: Print, primes: tuple[int, ...]) -> tuple[Key | None, tuple[int, ...]]:
    keys: list[tuple[int, ...]] = []
    scales: list[int] = []
    for entries, p in zip(value, primes, strict=True):
        first = next((x for x in entries if x), 0)
        if not first:
            return None, ()
        inverse = pow(first, -1, p)
        keys.append(tuple(x * inverse % p for x in entries))
        scales.append(first)
    return tuple(keys), tuple(scales)
