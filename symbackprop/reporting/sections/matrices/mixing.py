"""How each entry of a line moves every entry of another: the table of derivatives of a softmax, or of a mean taken off.

The derivative of one entry by another is the sum over the routes between them, of the products of local derivatives.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import prod

from sympy import Add, Expr, Mul, Symbol

from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.notation import Total, latex_width
from symbackprop.proof_lines import Shown
from symbackprop.reporting.blocks import Block, Formula, Inlines, Line, Maths, Paragraph, Raw, listed, listed_with_and
from symbackprop.reporting.letters import indices_of, shown_in
from symbackprop.reporting.maths_in_words import with_mathematics
from symbackprop.reporting.numbers import MATRIX_DIGITS, number
from symbackprop.reporting.sections.matrices.small_writing import DOT, Small, bracketed
from symbackprop.reporting.smallest import Mixing, Numbers, Route, mixings

SHORT = 34
"""What is no wider stands in one line with what comes of it."""
WIDEST = 64
"""A table of formulas that is wider is left out: its two kinds of entries stand above it. So is one of fractions,
whose rows would meet."""


def mixing_blocks(small: Small) -> Iterator[Block]:
    """One of each kind of mixing, in the order of the forward pass."""
    told: list[tuple[Symbol, Symbol]] = []
    for mixing in mixings(small.case):
        arrays = small.case.entries[mixing.of[0]].array, small.case.entries[mixing.to[0]].array
        if arrays in told:
            continue
        told.append(arrays)
        yield from _told(small, mixing)


def _told(small: Small, mixing: Mixing) -> Iterator[Block]:
    of, to = mixing.of, mixing.to
    each: Inlines = ("Each of ", *listed_with_and(map(small.maths, to)), " depends on each of ",
                     *listed_with_and(map(small.maths, of)))  # fmt: skip
    between = dict.fromkeys(name for row in mixing.routes for cell in row for route in cell for name in route[1:-1])
    through = [name for name in between if name not in to]
    how: Inlines = (", through ", *listed_with_and(map(small.maths, through))) if through else ()
    yield Paragraph((*each, *how, ". How much does one move another?"))
    proof = _proof(small, to[0])
    lines: list[Line] = []
    if proof:
        lines += [Line(Raw(s.right), Raw(s.left) if s.left else None, with_mathematics(s.why)) for s in proof]
    else:
        lines += [*_by_routes(small, mixing, 0, 0), *_by_routes(small, mixing, 1, 0)]
    yield Formula(tuple(lines))
    table = [[small.latex(_derivative(small, cell)) for cell in row] for row in mixing.routes]
    width = sum(max(map(latex_width, column)) + 1 for column in zip(*table, strict=True))
    tall = any(r"\frac" in cell for row in table for cell in row)
    numbers = None if _is_constant(small, mixing) else _numbers(small, mixing)
    shown = [*([] if tall or width > WIDEST else [_matrix(table)]), *([] if numbers is None else [_matrix(numbers)])]
    if shown:
        first = small.desk.line(_head(small, mixing), shown[0], defines=("mixing", of, to))
        yield Paragraph(("All of them, a row for each ", small.maths(to[0]), " … and a column for each ",
                         small.maths(of[0]), " …:"))  # fmt: skip
        yield Formula((first, *map(Line, shown[1:])))


def _is_constant(small: Small, mixing: Mixing) -> bool:
    """Whether the derivatives are numbers already."""
    return not any(_derivative(small, cell).free_symbols for row in mixing.routes for cell in row)


def by_column(small: Small, name: Symbol) -> Inlines:
    """That a column of the table gives the same derivative at once, where entries mix through others."""
    numbers = small.case.numbers
    for mixing in mixings(small.case):
        place = small.desk.refs((("mixing", mixing.of, mixing.to),))
        if mixing.is_direct or mixing.of[0] != name or not place or numbers is None:
            continue
        column = [sum(_product(numbers, route) for route in row[0]) for row in mixing.routes]
        terms = [
            DOT.join(_signed(value, first=not (k or n)) for n, value in enumerate((numbers.adjoints[to.name], slope)))
            for k, (to, slope) in enumerate(zip(mixing.to, column, strict=True))
        ]
        value = small.adjoint(name)
        assert value is not None
        slopes = listed(small.maths(Total(small.desk.loss, to)) for to in mixing.to)
        return (" By the first column of ", *place, " the same comes of ", *slopes, " at once: ",
                Maths(Raw("+".join(terms)), value), ".")  # fmt: skip
    return ()


def _signed(value: float, first: bool) -> str:
    written = number(value, MATRIX_DIGITS).latex
    return f"({written})" if written.startswith("-") and not first else written


def _product(numbers: Numbers, route: Route) -> float:
    """The product of the local derivatives along a route."""
    return prod(numbers.links[user, used] for used, user in pairwise(name.name for name in route))


def _proof(small: Small, name: Symbol) -> tuple[Shown, ...]:
    """The proof that a function of several scores has of its own."""
    expr = small.case.derivation.network.equations[name]
    if not isinstance(expr, SoftmaxComponent):
        return ()
    letters = indices_of(small.desk)
    return tuple(shown_in(shown, letters) for shown in expr.proof)


def _by_routes(small: Small, mixing: Mixing, i: int, j: int) -> Iterator[Line]:
    """The derivative of one entry by another, route by route, then as it is."""
    routes = sorted(mixing.routes[i][j], key=len)  # directly before round about
    slope = small.raw(Total(mixing.to[i], mixing.of[j]))
    factors = [_factors(small, route) for route in routes]
    terms = [DOT.join(_bracketed(small, f, first=not (k or n)) for n, f in enumerate(one))
             for k, one in enumerate(factors)]  # fmt: skip
    written = "+".join(terms)
    ways = [_way(small, route) for route in routes]
    result = small.raw(_derivative(small, routes))
    if result.latex == written:
        yield Line(result, slope, listed_with_and(ways))
    elif latex_width(written) + latex_width(result.latex) < SHORT:
        yield Line(Raw(f"{written} = {result.latex}"), slope, listed_with_and(ways))
    else:
        yield Line(Raw(written), slope, listed_with_and(ways))
        yield Line(result)


def _way(small: Small, route: Route) -> Inlines:
    between = route[1:-1]
    if not between:
        return ("directly",)
    return ("through ", *listed_with_and(map(small.maths, between)))


def _factors(small: Small, route: Route) -> list[Expr]:
    """The local derivatives along a route, from its end back."""
    local = small.case.derivation.local
    return [local[user, used] for used, user in pairwise(route)][::-1]


def _derivative(small: Small, routes: Sequence[Route]) -> Expr:
    return Add(*(Mul(*_factors(small, route)) for route in routes))


def _bracketed(small: Small, factor: Expr, first: bool) -> str:
    written = small.latex(factor)
    return bracketed(written) if factor.is_Add or (written.startswith("-") and not first) else written


def _head(small: Small, mixing: Mixing) -> Raw:
    """∂(p₁, p₂)/∂(z₁, z₂)."""
    above, below = (r",\,".join(map(small.latex, names)) for names in (mixing.to, mixing.of))
    return Raw(rf"\frac{{\partial({above})}}{{\partial({below})}}")


def _matrix(table: Sequence[Sequence[str]]) -> Raw:
    rows = r" \\ ".join(" & ".join(row) for row in table)
    return Raw(rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}")


def _numbers(small: Small, mixing: Mixing) -> list[list[str]] | None:
    """The table in numbers, from the numbers of the local derivatives."""
    numbers = small.case.numbers
    if numbers is None:
        return None
    return [
        [number(sum(_product(numbers, route) for route in routes), MATRIX_DIGITS).latex for routes in row]
        for row in mixing.routes
    ]
