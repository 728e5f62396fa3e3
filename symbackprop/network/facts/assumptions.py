"""What can be stated of one name in words: a row each, with the relations that it stands for and how points are drawn.

The relations are facts like all others: rules, data, generated code and the judge know those, and no words. One more
assumption is one more row, where relations can say it; ``docs/contributing.md`` tells how.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from sympy import Eq, Expr, Integer, Rational, Symbol
from sympy.core.relational import GreaterThan, LessThan, StrictGreaterThan, StrictLessThan

from symbackprop.matrices import Identity, Sum, Transposed, product, shape_of
from symbackprop.matrices.operations.cholesky import Cholesky
from symbackprop.matrices.operations.diagonal import Diagonal, DiagonalMatrix
from symbackprop.matrices.operations.triangles import LowerTriangle, UpperTriangle
from symbackprop.matrices.shapes import same
from symbackprop.network.facts import made
from symbackprop.network.facts.relations import Fact
from symbackprop.network.facts.sets import among, values_of

SCALAR, MATRIX, SQUARE = "a name", "a matrix", "a square matrix"
"""Of what something can be stated."""
Way = Callable[[made.Rows], int]
"""Tells which of several ways a matrix is."""


@dataclass(frozen=True)
class Assumption:
    """One row: the words, of what they can be stated, the relations, and what makes numbers that obey them.

    Where nothing is ``made``, equations are obeyed by Newton's method and bounds by moving values between them.
    """

    words: tuple[str, ...]
    of: str
    says: Callable[[Symbol], Sequence[Fact]]
    made: made.Making | None = None

    def fits(self, name: Symbol) -> bool:
        """Whether it can be stated of that name."""
        shape = shape_of(name)
        return self.of == SCALAR or bool(shape and (self.of == MATRIX or same(*shape)))


def _equal(left: Expr, right: Expr) -> Eq:
    return Eq(left, right, evaluate=False)


def _gram(left: Expr, right: Expr) -> Eq:
    return _equal(product(left, right), Identity(shape_of(left)[0]))


def _sums(name: Expr, axis: int) -> Eq:
    return _equal(Sum(name, Integer(axis)), Integer(1))


def _squares(name: Expr, axis: int) -> Eq:
    return _sums(name**2, axis)


ROWS: tuple[Assumption, ...] = (
    Assumption(("positive",), SCALAR, lambda a: [StrictGreaterThan(a, 0, evaluate=False)]),
    Assumption(("negative",), SCALAR, lambda a: [StrictLessThan(a, 0, evaluate=False)]),
    Assumption(("nonnegative", "non-negative"), SCALAR, lambda a: [GreaterThan(a, 0, evaluate=False)]),
    Assumption(("nonpositive", "non-positive"), SCALAR, lambda a: [LessThan(a, 0, evaluate=False)]),
    Assumption(("one-hot rows",), MATRIX, lambda a: [among(a, (0, 1)), _sums(a, 1)], made.one_hot_rows),
    Assumption(("one-hot columns",), MATRIX, lambda a: [among(a, (0, 1)), _sums(a, 0)], made.one_hot_columns),
    Assumption(("mask", "indicator", "indicators"), SCALAR, lambda a: [among(a, (0, 1))]),
    Assumption(("sign", "signs"), SCALAR, lambda a: [among(a, (-1, 1))]),
    Assumption(
        ("positive definite", "positive-definite"), SQUARE,
        lambda a: [_equal(Transposed(a), a), StrictGreaterThan(Diagonal(Cholesky(a)), 0, evaluate=False)],
        made.definite,
    ),
    Assumption(
        ("orthogonal",), SQUARE, lambda a: [_gram(Transposed(a), a), _gram(a, Transposed(a))],
        made.orthonormal_columns,
    ),
    Assumption(("orthonormal columns",), MATRIX, lambda a: [_gram(Transposed(a), a)], made.orthonormal_columns),
    Assumption(("orthonormal rows",), MATRIX, lambda a: [_gram(a, Transposed(a))], made.orthonormal_rows),
    Assumption(("diagonal",), SQUARE, lambda a: [_equal(DiagonalMatrix(Diagonal(a)), a)], made.diagonal),
    Assumption(("lower triangular", "lower-triangular"), SQUARE, lambda a: [_equal(LowerTriangle(a), a)], made.lower),
    Assumption(("upper triangular", "upper-triangular"), SQUARE, lambda a: [_equal(UpperTriangle(a), a)], made.upper),
    Assumption(("symmetric",), SQUARE, lambda a: [_equal(Transposed(a), a)], made.mirrored),
    Assumption(
        ("antisymmetric", "skew-symmetric"), SQUARE, lambda a: [_equal(Transposed(a), -a)], made.turned
    ),
    Assumption(
        ("stochastic rows",), MATRIX, lambda a: [_sums(a, 1), GreaterThan(a, 0, evaluate=False)], made.shares
    ),
    Assumption(("unit rows",), MATRIX, lambda a: [_squares(a, 1)], made.unit_rows),
    Assumption(("unit columns",), MATRIX, lambda a: [_squares(a, 0)], made.unit_columns),
)  # fmt: skip
"""In this order: where two rows hold of a name, the first makes its numbers."""


@dataclass(frozen=True)
class Joint:
    """What several rows say together of a square matrix, each in one of its forms; what makes numbers that obey all.

    Where matrices are so in several ways, ``way`` tells which of them one is, counted from 0, of as many as the matrix
    has rows and one more.
    """

    says: Callable[[Symbol], Sequence[Sequence[Fact]]]
    made: made.Making
    way: Way | None = None

    def holds(self, name: Symbol, known: Collection[Fact]) -> bool:
        """Whether the facts say all of it."""
        return SQUARE_ONLY.fits(name) and all(any(fact in known for fact in some) for some in self.says(name))


def _mirror(a: Expr) -> Eq:
    return _equal(Transposed(a), a)


def _grams(a: Expr) -> Sequence[Fact]:
    """That a matrix is orthogonal, of a symmetric one too, of which the transpose is left out."""
    return [_gram(Transposed(a), a), _gram(a, Transposed(a)), _gram(a, a)]


SQUARE_ONLY = next(row for row in ROWS if row.of == SQUARE)
JOINTS: tuple[Joint, ...] = (
    Joint(
        lambda a: [[_mirror(a)], _grams(a), [StrictGreaterThan(Diagonal(Cholesky(a)), 0, evaluate=False)]], made.unit
    ),
    Joint(lambda a: [[_mirror(a)], _grams(a)], made.reflections, made.turned_round),
    Joint(lambda a: [[_equal(LowerTriangle(a), a)], [_equal(UpperTriangle(a), a), _mirror(a)]], made.diagonal),
    Joint(lambda a: [[_equal(UpperTriangle(a), a)], [_mirror(a)]], made.diagonal),
)
"""In this order, before the rows: none of these makes what the others say as well."""

BY_WORDS: Mapping[str, Assumption] = {words: row for row in ROWS for words in row.words}


def is_an_assumption(fact: Fact, names: Iterable[Symbol]) -> bool:
    """Whether a fact alone says of one of the names what a row or a set says."""
    found = values_of(fact)
    return any(
        (found is not None and found[0] == name) or any(row.says(name) == [fact] for row in ROWS if row.fits(name))
        for name in names
        if name in fact.free_symbols
    )


@lru_cache(64)
def making(facts: tuple[Fact, ...]) -> Mapping[Symbol, made.Making]:
    """What makes the numbers of each name that has such a row, or is among a few numbers."""
    found: dict[Symbol, made.Making] = {}
    known = frozenset(facts)
    for name in sorted({s for fact in facts for s in fact.free_symbols}, key=str):
        joint = joint_of(name, known)
        row = joint or next(
            (row for row in ROWS if row.made and row.fits(name) and known.issuperset(row.says(name))), None
        )  # fmt: skip
        few = [values[1] for fact in facts if (values := values_of(fact)) is not None and values[0] == name]
        if row is not None and row.made is not None:
            found[name] = row.made
        elif few:
            found[name] = _one_of([x for x in few[0] if all(x in others for others in few)])
    return found


def joint_of(name: Symbol, known: Collection[Fact]) -> Joint | None:
    """What the facts say of a name by several rows together; None where that is no such thing."""
    return next((joint for joint in JOINTS if joint.holds(name, known)), None)


def ways(facts: Sequence[Fact]) -> dict[str, Way]:
    """The names of matrices that are as is stated in several ways, and what tells which of them one is."""
    known = frozenset(facts)
    joints = ((name, joint_of(name, known)) for name in {s for fact in facts for s in fact.free_symbols})
    return {name.name: joint.way for name, joint in joints if joint is not None and joint.way is not None}


def chosen(facts: Sequence[Fact]) -> dict[str, tuple[Fact, ...]]:
    """The names whose entries are among a few numbers, with the facts that say so."""
    found: dict[str, tuple[Fact, ...]] = {}
    for fact in facts:
        values = values_of(fact)
        if values is not None:
            found[values[0].name] = (*found.get(values[0].name, ()), fact)
    return found


def _one_of(numbers: Sequence[Rational]) -> made.Making:
    fractions = [Fraction(int(number.p), int(number.q)) for number in numbers]

    def make(rows: made.Rows, means: made.Means) -> made.Rows:
        known = [means.number(fraction) for fraction in fractions]
        return [[known[means.pick(len(known))] for _ in row] for row in rows]

    return make
