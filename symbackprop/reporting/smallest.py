"""The smallest case of a matrix network: at sizes so small that its entries can be worked by the chain rule of scalars.

The scalar network of the entries is what ``expand`` makes of it, and its lines are those that ``derive`` takes. What
is chosen here is how small: one example where examples do not look at one another, three entries where they do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod

from sympy import Expr, Integer, Symbol

from symbackprop.calculus import Derivation, Step, derive
from symbackprop.calculus.graph import routes_until
from symbackprop.calculus.step import blocks_of
from symbackprop.errors import DerivationError, NetworkError
from symbackprop.matrices import Array, Operation, Product, Softmax, Sum, SumAll, shape_of
from symbackprop.matrices.operations.record import Grid
from symbackprop.matrices.sums import Along
from symbackprop.network.expand import entry_grids
from symbackprop.notation import Total, latex, latex_width
from symbackprop.notation.recursion import subexpressions
from symbackprop.reporting.alike import Group, groups_of
from symbackprop.reporting.naming_entries import Entry, entry_names_of

MIXED, ADDED = 3, 2
"""How many entries there are along what an operation looks over as a whole, where two would be a case of its own (two
numbers less their mean are opposite), and how many where something is added up, forward or in a derivative; 1
elsewhere."""
Route = tuple[Symbol, ...]
MOST_ENTRIES = 160
MOST_LINES = 44
MOST_WIDE = 84
MOST_TERMS = 4
"""A case with more entries, more lines of work or a wider right side would take over three pages and is not told; nor
is one with more terms in a sum than these, where a smaller one has fewer."""


@dataclass(frozen=True)
class Numbers:
    """The numbers of the case: values of entries, error signals, local derivatives and derivatives of the loss.

    ``first`` is the number of the first example that they are taken from, where the data have more.
    """

    values: Mapping[str, float]
    signals: Mapping[str, float]
    links: Mapping[tuple[str, str], float]
    adjoints: Mapping[str, float]
    first: int | None = None


@dataclass(frozen=True)
class Smallest:
    """A network at small sizes, entry by entry. ``grids`` has the names of the entries of each array."""

    whole: Derivation
    derivation: Derivation
    sizes: Mapping[Symbol, int]
    grids: Mapping[Symbol, Grid]
    numbers: Numbers | None = None

    @cached_property
    def entries(self) -> Mapping[Symbol, Entry]:
        """Of each entry the array that it stands in, and where."""
        return {
            entry: Entry(array, i, j, (len(grid), len(grid[0])))
            for array, grid in self.grids.items()
            for i, row in enumerate(grid)
            for j, entry in enumerate(row)
        }

    @cached_property
    def written(self) -> Mapping[str, str]:
        """How names are written: the entries of Z as z₁ and so on."""
        return entry_names_of(self.whole, self.derivation, self.entries)

    @cached_property
    def alike(self) -> tuple[Group, ...]:
        """The names whose derivatives are told, those of one array that go alike together, from the loss back."""
        derivation = self.derivation
        told = [block[0].lhs.by for block in self.blocks.values()]
        found: list[Group] = []
        for group in groups_of(derivation, told):
            owners: dict[Symbol, list[Symbol]] = {}
            for name in group.names:
                owners.setdefault(self.entries[name].array if name in self.entries else name, []).append(name)
            found += [Group(tuple(names), group.level) for names in owners.values()]
        place = {name: k for k, name in enumerate(told)}
        return tuple(sorted(found, key=lambda group: place[group.worked]))

    @cached_property
    def blocks(self) -> Mapping[Symbol, tuple[Step, ...]]:
        """The lines about the derivative of the loss by each name."""
        loss = self.derivation.network.loss
        blocks = blocks_of(self.derivation.steps)
        return {b[0].lhs.by: b for b in blocks if isinstance(b[0].lhs, Total) and b[0].lhs.of == loss}

    @property
    def adds_up_few(self) -> bool:
        """Whether no derivative that is worked is a sum of so many terms that it takes lines to write."""
        users = self.derivation.graph.users
        return all(len(users.get(group.worked, ())) <= MOST_TERMS for group in self.alike)

    @property
    def is_short(self) -> bool:
        """Whether it can be told in one page to three."""
        lines = [step for group in self.alike for step in self.blocks[group.worked]]
        equations = self.derivation.network.equations.values()
        sides = [*equations, *(step.rhs for step in lines)]
        return len(lines) <= MOST_LINES and all(latex_width(latex(side)) <= MOST_WIDE for side in sides)


def smallest_cases(whole: Derivation, known: Mapping[Symbol, int]) -> Iterator[Smallest]:
    """The cases that are short enough, the most telling first. ``known`` are the sizes that the data have."""
    tried: list[dict[Symbol, int]] = []
    fewer = ((MIXED, ADDED), (MIXED - 1, ADDED), (MIXED, 1), (MIXED - 1, 1))
    for mixed, added, back in ((MIXED, ADDED, ADDED), *((mixed, added, 1) for mixed, added in fewer)):
        sizes = _sizes(whole, known, mixed, added, back)
        if sizes in tried:
            continue
        tried.append(sizes)
        case = _case(whole, sizes)
        if case is not None and case.is_short and (back == 1 or case.adds_up_few):
            yield case


def _case(whole: Derivation, sizes: Mapping[Symbol, int]) -> Smallest | None:
    """The case at some sizes; None where the network has none there, or too many entries."""
    network = whole.network
    numbers = {size: Integer(length) for size, length in sizes.items()}
    shapes = [[size.xreplace(numbers) for size in name.shape] for name in network.names if isinstance(name, Array)]
    if not all(size.is_Integer for shape in shapes for size in shape) or sum(map(prod, shapes)) > MOST_ENTRIES:
        return None
    try:
        small, grids = network.expand(sizes), entry_grids(network, sizes)
        moved = {entry for w in whole.wrt for row in grids.get(w, ((w,),)) for entry in row}
        wrt = [name for name in small.leaves if name in moved]
        return Smallest(whole, derive(small, [name for name in wrt if _reaches(small.to_loss, name)]), sizes, grids)
    except (NetworkError, DerivationError):
        return None


def _reaches(equations: Mapping[Symbol, Expr], name: Symbol) -> bool:
    return any(name in expr.free_symbols for expr in equations.values())


def _sizes(whole: Derivation, known: Mapping[Symbol, int], mixed: int, added: int, back: int) -> dict[Symbol, int]:
    """So many entries along each size, ``back`` of them where a sum stands in the derivatives alone."""
    network = whole.network
    along, over = _looked_over(whole)
    summed = _summed_back(whole)
    chosen = {}
    for size in network.sizes:
        wanted = mixed if size in along else added if size in over else back if size in summed else 1
        chosen[size] = min(wanted, known.get(size, wanted))
    return chosen


def _looked_over(whole: Derivation) -> tuple[set[Expr], set[Expr]]:
    """The sizes along which an operation sees all entries at once, and those over which products are added up.

    The sums in which a loss ends are neither: each of their terms can be taken alone.
    """
    network = whole.network
    along: set[Expr] = set()
    over: set[Expr] = set()
    for name, expr in network.to_loss.items():
        for part in subexpressions(expr):
            if isinstance(part, Product):
                over |= {shape_of(factor)[1] for factor in part.args[:-1]}
            elif isinstance(part, Along):
                if name != network.loss or isinstance(part, Softmax) or not part.reduces:
                    along.add(shape_of(part.operands[0])[part.axis])
            elif isinstance(part, Operation) and name != network.loss and not part.view:
                over |= {size for operand in part.operands for size in shape_of(operand)}
    return along, over


def _summed_back(whole: Derivation) -> set[Expr]:
    """The sizes over which the error signals and the gradients have sums: of examples for a bias, of outputs behind."""
    found: set[Expr] = set()
    for part in subexpressions(*whole.backward.values(), *whole.shared.values()):
        if isinstance(part, Product):
            found |= {shape_of(factor)[1] for factor in part.args[:-1]}
        elif isinstance(part, Sum):
            found.add(shape_of(part.operands[0])[part.axis])
        elif isinstance(part, SumAll):
            found |= set(shape_of(part.operands[0]))
    return found


@dataclass(frozen=True)
class Mixing:
    """A line of entries each of which depends on every entry of another line, as each p on every z of a softmax.

    ``routes[i][j]`` are those from ``of[j]`` to ``to[i]``, as the names that they pass.
    """

    of: tuple[Symbol, ...]
    to: tuple[Symbol, ...]
    routes: tuple[tuple[tuple[Route, ...], ...], ...]

    @property
    def is_direct(self) -> bool:
        """Whether each stands in every equation itself, with nothing between."""
        return all(len(route) == 2 for row in self.routes for routes in row for route in routes)


def mixings(case: Smallest) -> Iterator[Mixing]:
    """The lines of entries that mix, in the order of the forward pass; a product of matrices is none."""
    equations = case.whole.network.equations
    for to in equations:
        if to not in case.grids or any(isinstance(part, Product) for part in subexpressions(equations[to])):
            continue
        for grid in case.grids.values():
            if (len(grid), len(grid[0])) != (len(case.grids[to]), len(case.grids[to][0])):
                continue
            lines = ((grid[0], case.grids[to][0]), *([tuple(row[0] for row in g) for g in (grid, case.grids[to])],))
            found = (mixing for one in lines if (mixing := _mixing(case, tuple(one[0]), tuple(one[1]))) is not None)
            yield from list(found)[:1]


def _mixing(case: Smallest, of: tuple[Symbol, ...], to: tuple[Symbol, ...]) -> Mixing | None:
    graph = case.derivation.graph
    if len(of) < 2 or not all(b in graph.users.get(a, ()) for a, b in zip(of, to, strict=True)):
        return None
    ends = frozenset(to)
    routes = [[route for route in routes_until(graph, a, ends) if route[-1] in ends] for a in of]
    table = tuple(tuple(tuple(r for r in from_a if r[-1] == b) for from_a in routes) for b in to)
    return Mixing(of, to, table) if all(cell for row in table for cell in row) else None
