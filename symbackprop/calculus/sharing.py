"""Parts that two lines share within longer products and sums, and the lines with a name in their place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from sympy import Add, Basic, Expr, Mul, Pow, S, Symbol, preorder_traversal

from symbackprop.algebra.forms.settled import slopes_in
from symbackprop.algebra.matrices.every_node import Everywhere
from symbackprop.algebra.matrices.scalars import gather_scalars
from symbackprop.matrices import Operation, Product, Transposed, as_whole, product, shape_of, substituted
from symbackprop.matrices.rebuilding import turned

MOST_NODES = 24
"""In derivations with more products than this, pairs of them are not compared."""


def shared_parts(lines: Iterable[Expr], class_of: Callable[[Expr], int]) -> list[Expr]:
    """Parts of products and sums in two places, up to a constant and transposition, each as it stands first."""
    lines = list(lines)
    nodes = list(dict.fromkeys(node for line in lines for node in _products(line)))
    totals = list(dict.fromkeys(node for line in lines for node in line.atoms(Add)))
    whole = {class_of(line): line for line in lines if isinstance(line, Operation) and not isinstance(line, Product)}
    places = Counter(whole.keys())
    first = dict(whole)
    for node in nodes:
        found = {class_of(part): part for part in (*_runs(node), *_multiples(node))}
        for number, part in found.items():
            places[number] += 1
            first.setdefault(number, part)
    again = [first[number] for number, count in places.items() if count > 1]
    if len(nodes) <= MOST_NODES:
        again += [part for a, b in combinations(nodes, 2) for part in _common(a, b)]
    if len(totals) <= MOST_NODES:
        again += [part for a, b in combinations(sorted(totals, key=str), 2) for part in _common_terms(a, b)]
    return list({class_of(part): part for part in reversed(again)}.values())[::-1]


def _products(line: Expr) -> Iterator[Expr]:
    stack: list[Basic] = [line]
    while stack:
        node = stack.pop()
        stack.extend(node.operands if isinstance(node, Operation) else node.args)
        if isinstance(node, Expr) and (node.is_Mul or isinstance(node, Product)):
            yield node


def _runs(node: Expr) -> Iterator[Expr]:
    """Matrices that stand side by side, and single ones that are no names."""
    if isinstance(node, Product):
        for length in range(1, len(node.args) + 1):
            for start in range(len(node.args) - length + 1):
                part = product(*node.args[start : start + length])
                if not (part.is_Symbol or isinstance(part, Transposed)):
                    yield part


def _multiples(node: Expr) -> Iterator[Expr]:
    """The scalars before a product of matrices, times each of these."""
    matrices = [factor for factor in node.args if isinstance(factor, Product)] if node.is_Mul else []
    scalars = [factor for factor in node.args if not shape_of(factor) and not factor.is_Number]
    if len(matrices) == 1 and scalars:
        yield from (Mul(*scalars, turned(f) if isinstance(f, Transposed) else f) for f in matrices[0].args)


def _common(a: Expr, b: Expr) -> Iterator[Expr]:
    """The factors that two products entry by entry have in common, where they are two or more; slopes stay together."""
    if not (a.is_Mul and b.is_Mul):
        return
    mine, theirs = _powers(a), _powers(b)
    common = {base: _least(mine[base], theirs[base]) for base in mine if base in theirs}
    part = Mul(*(base**power for base, power in common.items()))
    slopes = {factor for slope in (*slopes_in(a), *slopes_in(b)) for factor in slope.args}
    if sum(map(abs, common.values())) > 1 and slopes.isdisjoint(common):
        yield part


def _common_terms(a: Expr, b: Expr) -> Iterator[Expr]:
    """Two terms or more that two sums have in common, with the same signs or with the others."""
    theirs = dict.fromkeys(b.args)
    for sign in (1, -1):
        common = [term for term in a.args if sign * term in theirs]
        if 1 < len(common) < max(len(a.args), len(b.args)) and all(shape_of(term) == shape_of(a) for term in common):
            part = Add(*common)
            yield -part if part.could_extract_minus_sign() else part


def _powers(node: Expr) -> dict[Expr, int]:
    """The factors of a product that have whole powers, without numbers and products of matrices."""
    pairs = (factor.as_base_exp() for factor in Mul.make_args(node))
    return {
        base: int(power)
        for base, power in pairs
        if power.is_Integer and not base.is_Number and not isinstance(base, Product)
    }


def _least(a: int, b: int) -> int:
    """The power that two powers have in common: none where one of them divides and the other does not."""
    return 0 if a * b < 0 else min(a, b, key=abs)


def with_name(part: Expr, name: Symbol) -> Callable[[Expr], Expr]:
    """A function that puts a name in the place of a part, wherever products have it, and of its transpose."""
    constant, rest = part.as_coeff_Mul()
    powers = {base: power for base, power in _powers(rest).items() if power}
    run: Sequence[Expr] = rest.args if isinstance(rest, Product) else () if rest.is_Mul or rest.is_Pow else (rest,)
    back = [turned(factor) for factor in reversed(run)]
    matrices = [base for base in powers if shape_of(base)]

    def in_product(node: Expr) -> Expr:
        for wanted, called in ((list(run), name), (back, turned(name))):
            for start in range(len(node.args) - len(run) + 1):
                if list(node.args[start : start + len(run)]) == wanted:
                    return product(*node.args[:start], called, *node.args[start + len(run) :])
        return node

    def entry_by_entry(node: Expr) -> Expr:
        mine = _powers(node)
        left = {base: power for base, power in powers.items() if _least(mine.get(base, 0), power) != power}
        if not left:
            return Mul(node, name / constant, *(Pow(base, -power) for base, power in powers.items()))
        products = [factor for factor in node.args if isinstance(factor, Product)]
        if list(left.items()) != [(matrix, 1) for matrix in matrices] or len(products) != 1:
            return node
        (matrix,) = matrices
        known = {matrix: name, turned(matrix): turned(name)}
        place = next((k for k, factor in enumerate(products[0].args) if factor in known), None)
        if place is None:
            return node
        factors = [known[factor] if k == place else factor for k, factor in enumerate(products[0].args)]
        others = [factor for factor in node.args if factor is not products[0]]
        outside = (Pow(base, -power) for base, power in powers.items() if base is not matrix)
        return Mul(*others, *outside, 1 / constant, product(*factors))

    def in_sum(node: Expr) -> Expr:
        for sign in (1, -1):
            terms = [sign * term for term in part.args]
            if all(term in node.args for term in terms):
                return Add(sign * name, *(term for term in node.args if term not in terms))
        return node

    def rule(node: Expr) -> Expr:
        if node == part:
            return name
        if part.is_Add and node.is_Add:
            return in_sum(node)
        if run:
            return in_product(node) if isinstance(node, Product) else node
        return entry_by_entry(node) if node.is_Mul else node

    return Everywhere(rule)


def rescaled(line: Expr, name: Symbol, other: Symbol, factor: Expr) -> Expr:
    """A line with another name for a multiple of one: scalars are gathered in front."""
    changed = substituted(line, {name: other / factor})
    gathered: Expr = _gathered(changed)
    return as_whole(gathered, shape_of(line)) if shape_of(line) else gathered


_gathered = Everywhere(gather_scalars)


def times_used(name: Symbol, lines: Iterable[Expr]) -> int:
    """How often a name stands in some lines."""
    return sum(node == name for line in lines for node in preorder_traversal(line))


def factors_beside(name: Symbol, value: Expr, lines: Iterable[Expr], always: bool) -> list[Expr]:
    """The scalars that stand before a name in lines, and what takes the fractions out of its value.

    With ``always`` these are only factors that stand before the name wherever it is, with this or the other sign.
    """
    lines = list(lines)
    found: dict[Expr, int] = {}
    for line in lines:
        for node in _products(line):
            inside = [f for f in node.args if f == name or (isinstance(f, (Product, Transposed)) and f.has(name))]
            if node.is_Mul and inside:
                scalars = Mul(*(factor for factor in node.args if not shape_of(factor) and factor != name))
                for factor in dict.fromkeys((scalars, scalars.as_coeff_Mul()[0])):
                    found[factor] = found.get(factor, 0) + times_used(name, inside)
    if always:
        everywhere = times_used(name, lines)
        found = {f: count for f, count in found.items() if count + found.get(-f, 0) == everywhere}
    numbers = {abs(term.as_coeff_Mul()[0]) for term in value.args} if value.is_Add else set()
    if len(numbers) == 1 and not numbers.copy().pop().is_Integer:
        found[1 / numbers.pop()] = 1
    return [factor for factor in found if factor != S.One]


def written_out_together(lines: Mapping[Symbol, Expr], signals: Iterable[Symbol]) -> Iterator[list[Symbol]]:
    """The error signals that are added in one line, each alone or times a number."""
    named = set(signals)
    for value in lines.values():
        terms = [term.as_coeff_Mul()[1] for term in value.args] if value.is_Add else []
        together = [term for term in terms if term in named]
        if len(together) > 1:
            yield together
