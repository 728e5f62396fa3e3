"""The rules of the search: what a node of a form may be written as instead, each with its name and condition.

A rule looks at one node and yields other ways to write it, shorter or longer; the search keeps what makes the whole
form shorter. What a rule yields need only be right: whether it is, is held against the worlds once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from sympy import Add, Expr, Mul, Pow, S

from symbackprop.algebra.forms.indicators import as_sign, to_no_power
from symbackprop.algebra.forms.known import Known, Move
from symbackprop.algebra.forms.quotients import (
    cancelled,
    cleared,
    with_common_divisor,
    with_constant_inside,
    with_one_base,
)
from symbackprop.algebra.forms.reductions import beside_inverse, in_one_sum
from symbackprop.algebra.matrices.broadcasts import collapse
from symbackprop.algebra.matrices.products import drop_identities, take_out_factors
from symbackprop.algebra.matrices.scalars import gather_scalars
from symbackprop.algebra.rewrite import UNLESS_CANCELLED, gather_shared, take_out_common
from symbackprop.matrices import (
    Broadcast,
    Operation,
    Product,
    Sum,
    SumAll,
    Trace,
    Transposed,
    as_whole,
    product,
    shape_of,
)
from symbackprop.matrices.shapes import same, same_shape

MOST_PARTS = 6
"""Of a sum or a product with more parts than this, only pairs are looked at."""


# Names in place of values


def _put_in_names(node: Expr, known: Known) -> Iterator[Expr]:
    """The node, or some of its terms or factors, are a constant times a name, or its transpose, or a number."""
    if node.is_Symbol or node.is_Number:
        return
    yield from (found for found in known.names_for(node) if found != node)
    if not (node.is_Add or node.is_Mul or isinstance(node, Product)):
        return
    for chosen, rest in _parts(node):
        part = _of(node, chosen)
        if part.is_Number or part.is_Symbol:
            continue
        for found in known.names_for(part):
            if found == part:
                continue
            if isinstance(node, Product):
                whole = as_whole(found, shape_of(part))
                name = found.as_coeff_Mul()[1]
                if shape_of(name) and same_shape(shape_of(name), shape_of(part)):
                    before, after = rest
                    yield Mul(found / name, product(*before, name, *after))
                else:
                    yield product(*rest[0], whole, *rest[1])
            else:
                yield node.func(found, *rest[0])


def _of(node: Expr, parts: tuple[Expr, ...]) -> Expr:
    return product(*parts) if isinstance(node, Product) else node.func(*parts)


def _parts(node: Expr) -> Iterator[tuple[tuple[Expr, ...], tuple[tuple[Expr, ...], ...]]]:
    """Some of the parts of a node, and those that are left: before and after them in a product of matrices."""
    args = node.args
    if isinstance(node, Product):
        for length in range(len(args) - 1, 1, -1):
            for start in range(len(args) - length + 1):
                yield args[start : start + length], (args[:start], args[start + length :])
        return
    numbers = tuple(arg for arg in args if arg.is_Number)
    args = tuple(arg for arg in args if not arg.is_Number)
    if node.is_Mul:
        args = tuple(part for arg in args for part in _powers_apart(arg))
    places = range(len(args))
    sizes = range(len(args) if numbers else len(args) - 1, 1, -1) if len(args) <= MOST_PARTS else (2,)
    seen = set()
    for size in sizes:
        for chosen in combinations(places, size):
            some = tuple(args[k] for k in chosen)
            if some not in seen:
                seen.add(some)
                yield some, ((*numbers, *(args[k] for k in places if k not in chosen)),)
    if node.is_Add and numbers:
        for arg in args:
            yield (*numbers, arg), (tuple(other for other in args if other is not arg),)


def _powers_apart(factor: Expr) -> tuple[Expr, ...]:
    """r³ is r·r·r, and s⁻² is s⁻¹·s⁻¹: a part of a power may be a part of a name."""
    if isinstance(factor, Pow) and factor.exp.is_Integer and 1 < abs(factor.exp) <= 3:
        return (factor.base ** (1 if factor.exp > 0 else -1),) * abs(int(factor.exp))
    return (factor,)


def _same_terms(node: Expr, known: Known) -> Iterator[Expr]:
    """Terms of a sum that are the same value times constants: K + Kᵀ is 2·K where K is symmetric."""
    if not node.is_Add:
        return
    worlds = known.classes.worlds
    for a, b in combinations(node.args, 2):
        first, second = worlds.print_of(a), worlds.print_of(b)
        if first is None or second is None or len(first[0]) != len(second[0]):
            continue
        rest = [arg for arg in node.args if arg is not a and arg is not b]
        for ratio in worlds.ratio(second, first):
            yield Add((1 + ratio) * a, *rest)
            yield Add((1 + 1 / ratio) * b, *rest)


# What names stand for


def _write_out(node: Expr, known: Known) -> Iterator[Expr]:
    """A name in a sum or a product, written out: it may cancel there, or be known to be zero."""
    if not (node.is_Add or node.is_Mul or isinstance(node, (Product, Sum, SumAll, Trace))):
        return
    for k, arg in enumerate(node.args):
        inner = arg.as_coeff_Mul()[1] if node.is_Add else arg
        if inner in known.definitions:
            opened = (
                as_whole(known.definitions[inner], shape_of(inner)) if shape_of(inner) else known.definitions[inner]
            )
            whole = arg.xreplace({inner: opened}) if arg is not inner else opened
            yield _rebuilt(node, k, whole)


def _rebuilt(node: Expr, k: int, part: Expr) -> Expr:
    args = [*node.args[:k], part, *node.args[k + 1 :]]
    if isinstance(node, Product):
        return product(*args)
    if isinstance(node, Operation):
        return node.on(part)
    if node.is_Add:
        args = [piece for arg in args for piece in Add.make_args(arg.args[0] if isinstance(arg, Broadcast) else arg)]
    return node.func(*args)


# Sums and products


def _distribute(node: Expr, known: Known) -> Iterator[Expr]:
    """a·(b + c) = a·b + a·c, of matrices too; a sum of a sum is the sum of the sums."""
    if node.is_Mul or isinstance(node, Product):
        for k, factor in enumerate(node.args):
            if factor.is_Add and len(factor.args) <= MOST_PARTS:
                whole = shape_of(factor) if isinstance(node, Product) else ()
                parts = (as_whole(term, whole) if whole else term for term in factor.args)
                yield Add(*map(gather_scalars, (_rebuilt(node, k, part) for part in parts)))
    if isinstance(node, (Sum, SumAll, Trace, Transposed)):
        inner = node.args[0]
        if inner.is_Add and len(inner.args) <= MOST_PARTS:
            yield _sum_of(map(node.on, inner.args), known)
        if inner.is_Mul:
            for k, factor in enumerate(inner.args):
                if factor.is_Add and len(factor.args) <= MOST_PARTS:
                    terms = [Mul(*inner.args[:k], term, *inner.args[k + 1 :]) for term in factor.args]
                    yield _sum_of(map(node.on, terms), known)


def _sum_of(terms: Iterable[Expr], known: Known) -> Expr:
    """The sum of terms, scalars in front; those that are worth a number are it, as rowsum(P) where P is a softmax."""
    return Add(*(_number(gather_scalars(collapse(term)), known) for term in terms))


def _number(term: Expr, known: Known) -> Expr:
    """The number, or the constant of sizes, that a term is worth in every entry; else the term."""
    return next((found for found in known.names_for(term) if known.is_constant(found)), term)


def _take_out(node: Expr, known: Known) -> Iterator[Expr]:
    """What terms have in common, in front of them: all of them, or some."""
    if not node.is_Add:
        return
    yield take_out_common(node)
    yield gather_shared(node)
    bases = [base for term in node.args for base in Mul.make_args(term.as_coeff_Mul()[1])]
    for base in dict.fromkeys(base for base in bases if bases.count(base) > 1):
        sharing = [term for term in node.args if base in Mul.make_args(term)]
        rest = [term for term in node.args if term not in sharing]
        if len(sharing) > 1:
            yield Add(Mul(base, take_out_common(Add(*(term / base for term in sharing)))), *rest)


def _take_out_matrix(node: Expr, known: Known) -> Iterator[Expr]:
    yield take_out_factors(node)


# Reductions


def _into_sum(node: Expr, known: Known) -> Iterator[Expr]:
    """What is the same for all terms of a sum goes into it: s·colsum(A) is colsum(s∘A)."""
    if not node.is_Mul:
        return
    for k, factor in enumerate(node.args):
        if not isinstance(factor, (Sum, SumAll)):
            continue
        others = [*node.args[:k], *node.args[k + 1 :]]
        for chosen in others:
            shape = shape_of(chosen)
            fixed = not shape or (isinstance(factor, Sum) and same(shape[factor.axis], S.One))
            if fixed and not chosen.is_Number:
                inside = factor.on(Mul(chosen, factor.args[0]))
                yield Mul(inside, *(other for other in others if other is not chosen))


def _scalars_in_front(node: Expr, known: Known) -> Iterator[Expr]:
    yield gather_scalars(node)


def _without_copies(node: Expr, known: Known) -> Iterator[Expr]:
    yield collapse(node)


def _without_identities(node: Expr, known: Known) -> Iterator[Expr]:
    yield drop_identities(node)


MOVES: tuple[Move, ...] = (
    Move("putting in a name", "where the name is defined so", _put_in_names),
    Move("gathering like terms", "where the terms are the same value", _same_terms),
    Move("putting in what a name stands for", "where its equation holds", _write_out),
    Move("multiplying out", f"{UNLESS_CANCELLED}, and terms that go away are: a·(b + c) = a·b + a·c", _distribute),
    Move("taking out the common part", "always: x*y + x*z = x*(y + z)", _take_out),
    Move("taking out a common factor of the products", "always: A·B + A·C = A·(B + C)", _take_out_matrix),
    Move("cancelling", "where the cancelled factor is not zero", cancelled),
    Move("clearing a fraction", "where the divisor is not zero: a + b/d = (a·d + b)/d", cleared),
    Move("taking out a common divisor", "always: a/d + b/d² = (a + b/d)/d", with_common_divisor),
    Move("turning signs", "always: a constant goes into a sum beside it", with_constant_inside),
    Move("gathering powers", f"{UNLESS_CANCELLED}: (1 - p)·(p - 1) = -(1 - p)²", with_one_base),
    Move("moving a factor into a sum", "where all terms have it: s·colsum(A) = colsum(s∘A)", _into_sum),
    Move("gathering scalars in front", "always: A·(cB) = c·A·B", _scalars_in_front),
    Move("collapsing a broadcast", "always: a sum of m copies of b is m·b", _without_copies),
    Move("dropping what cancels in a product", "where the inverses exist", _without_identities),
    Move("adding sums along one axis", "always: rowsum(A) + rowsum(B) = rowsum(A + B)", in_one_sum),
    Move("cancelling beside an inverse", "where all factors are square: A·(B·A)⁻¹ = B⁻¹", beside_inverse),
    Move("dropping the power of an indicator", "always: it is 0 or 1", to_no_power),
    Move("taking two indicators for a sign", "always: step(z) - step(-z) = sign(z)", as_sign),
)
