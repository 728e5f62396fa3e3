"""Constants that may stand before a name: small fractions, times sizes and their reciprocals."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sympy import Expr, Rational, S, Symbol

SMALL = (1, 2, 3, 4, 6, 8)
FACTORS = tuple(dict.fromkeys(Fraction(sign * a, b) for b in SMALL for a in SMALL for sign in (1, -1)))
BEFORE_SCALARS = tuple(Fraction(sign * a, b) for a, b in ((1, 1), (2, 1), (1, 2)) for sign in (1, -1))
"""A scalar is looked for times these alone, and times a size or its reciprocal."""

Residues = tuple[int, ...]
"""A number, as it is in the field of each world."""


@dataclass(frozen=True)
class Constants:
    """Constants by their residues; ``few`` are those that are tried before scalars, by the residues of 1 over them."""

    table: Mapping[Residues, Sequence[tuple[Fraction, Expr]]]
    few: tuple[tuple[Residues, Expr], ...]

    @classmethod
    def of(
        cls,
        sizes: Sequence[Symbol],
        below: Collection[Symbol],
        numbers: Sequence[Mapping[Symbol, Fraction]],
        primes: Sequence[int],
    ) -> Constants:
        """Small fractions times products and quotients of sizes; ``numbers`` are the sizes in each world.

        Of the sizes that are ``below`` there is that less 1, too, as in an unbiased variance.
        """
        monomials = _monomials(sizes, below)
        values = [[_at(monomial, at) for at in numbers] for monomial in monomials]
        table: dict[Residues, list[tuple[Fraction, Expr]]] = {}
        for monomial, row in zip(monomials, values, strict=True):
            here = _residues(row, primes)
            for factor in FACTORS:
                own = _residues([factor] * len(primes), primes)
                key = tuple(a * b % p for a, b, p in zip(here, own, primes, strict=True))
                table.setdefault(key, []).append((factor, monomial))
        few = tuple(
            (_residues([1 / (value * factor) for value in row], primes), _written(factor) * monomial)
            for factor in BEFORE_SCALARS
            for monomial, row in list(zip(monomials, values, strict=True))[: 1 + 2 * len(sizes)]
        )
        return cls(table, few)

    def having(self, residues: Residues) -> Iterator[Expr]:
        """The constants that have these residues: 2/n and 1/(m - 1) are the same where m is 3 and n is 4."""
        yield from (_written(factor) * monomial for factor, monomial in self.table.get(residues, ()))


def _monomials(sizes: Sequence[Symbol], below: Collection[Symbol]) -> list[Expr]:
    monomials: list[Expr] = [S.One, *sizes, *(1 / size for size in sizes)]
    for k, a in enumerate(sizes):
        monomials += [product for b in sizes[k:] for product in (a * b, 1 / (a * b))]
        monomials += [a / b for b in sizes if b != a]
        monomials += [a - 1, 1 / (a - 1)] if a in below else []
    return monomials


def _at(monomial: Expr, numbers: Mapping[Symbol, Fraction]) -> Fraction:
    value = monomial.xreplace({size: _written(number) for size, number in numbers.items()})
    return Fraction(int(value.p), int(value.q))


def _written(number: Fraction) -> Rational:
    return Rational(number.numerator, number.denominator)


def _residues(values: Sequence[Fraction], primes: Sequence[int]) -> Residues:
    return tuple(v.numerator * pow(v.denominator, -1, p) % p for v, p in zip(values, primes, strict=True))
