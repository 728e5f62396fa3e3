"""A matrix network at sizes that are numbers, as the scalar network of its entries."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from sympy import Expr, Integer, Symbol

from symbackprop.errors import NetworkError, did_you_mean
from symbackprop.matrices import Array, Determinant
from symbackprop.matrices.operations.cholesky import Cholesky
from symbackprop.matrices.operations.record import Grid
from symbackprop.network.entries import Entries
from symbackprop.network.facts import Fact, sign_of, without_curves
from symbackprop.network.kinds import MATRICES, SCALARS, Kind, Question
from symbackprop.network.order import upstream
from symbackprop.network.rows import entry_names
from symbackprop.network.values import Value

MAX_ENTRIES = 20_000
"""How many names the scalar network may have."""


class Described(Protocol):
    """What is asked of a network to write it out."""

    @property
    def kind(self) -> Kind:
        """The kind of its values."""

    @property
    def equations(self) -> Mapping[Symbol, Expr]:
        """Expressions by name."""

    @property
    def roles(self) -> Mapping[str, tuple[Symbol, ...]]:
        """Inputs, targets and parameters."""

    @property
    def loss(self) -> Symbol:
        """The name that is minimised."""

    @property
    def outputs(self) -> Mapping[Symbol, Symbol]:
        """The outputs of a layer, each with its adjoint."""

    @property
    def constants(self) -> tuple[Symbol, ...]:
        """The targets without the adjoints of outputs."""

    @property
    def name(self) -> str:
        """What the network is called."""

    @property
    def names(self) -> tuple[Symbol, ...]:
        """Every name."""

    @property
    def sizes(self) -> Mapping[Symbol, Array]:
        """The symbols in shapes."""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What is stated."""

    @property
    def values(self) -> Mapping[str, Value]:
        """Values by name."""


def expanded(network: Described, sizes: Mapping[Any, Any]) -> dict[str, Any] | None:
    """What the scalar network of the entries of a network is made of: see ``Network.expand``.

    None where the network is that already. Raises NetworkError.
    """
    return network.kind[ENTRIES](network, _numbers(network, sizes))


def entry_grids(network: Described, sizes: Mapping[Any, Any]) -> dict[Symbol, Grid]:
    """The names that the entries of each array have in the scalar network; of a scalar network there are none."""
    return network.kind[GRIDS](network, _numbers(network, sizes))


def _of_scalars(network: Described, numbers: Mapping[Symbol, Integer]) -> None:
    return None


def _of_matrices(network: Described, numbers: Mapping[Symbol, Integer]) -> dict[str, Any]:
    grids = _grids(network, numbers)
    equations = _equations(network, numbers, grids)
    ends = _flat(network.outputs, grids) or [network.loss]
    reaching = upstream(equations, ends)
    flat = {role: _flat(group, grids) for role, group in {**network.roles, "targets": network.constants}.items()}
    outputs = dict(zip(ends, _flat(network.outputs.values(), grids), strict=True)) if network.outputs else None
    return {
        "equations": equations,
        "inputs": [*flat["inputs"], *(entry for entry in flat["parameters"] if entry not in reaching)],
        "targets": flat["targets"],
        "parameters": [entry for entry in flat["parameters"] if entry in reaching],
        "loss": None if network.outputs else network.loss,
        "outputs": outputs,
        "name": network.name,
        "facts": _facts(network, numbers, grids),
        "values": _values(network, grids),
    }


ENTRIES: Question[Callable[[Described, Mapping[Symbol, Integer]], dict[str, Any] | None]] = Question(
    __name__, "what its entries are as scalars", {SCALARS: _of_scalars, MATRICES: _of_matrices}
)

GRIDS: Question[Callable[[Described, Mapping[Symbol, Integer]], dict[Symbol, Grid]]] = Question(
    __name__,
    "what the entries of its arrays are called",
    {SCALARS: lambda network, numbers: {}, MATRICES: lambda network, numbers: _grids(network, numbers)},
)


def _numbers(network: Described, sizes: Mapping[Any, Any]) -> dict[Symbol, Integer]:
    """What each size stands for. Raises NetworkError where one is missing, unknown or no size."""
    known = {size.name: size for size in network.sizes}
    numbers = {}
    for key, value in sizes.items():
        if str(key) not in known:
            fix = did_you_mean(str(key), known) if known else "all its sizes are numbers: write expand({})"
            raise NetworkError("sizes", f"{network.name} has no size {key!s:.40}", fix, where="expand")
        numbers[known[str(key)]] = Integer(_whole(f"size {key}", value))
    missing = [size.name for size in network.sizes if size not in numbers]
    if missing:
        wanted = ", ".join(f"{name!r}: 2" for name in missing)
        raise NetworkError(
            "sizes", f"there is no number for {', '.join(missing)}", f"add it, as in {{{wanted}}}", where="expand"
        )
    return numbers


def _whole(what: str, value: Any) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        number = 0
    if number < 1 or isinstance(value, bool):
        raise NetworkError("sizes", f"{what} is {value!s:.40}", "a size is a whole number from 1 up", where="expand")
    return number


def _grids(network: Described, numbers: Mapping[Symbol, Integer]) -> dict[Symbol, Grid]:
    """A symbol for every entry of every array."""
    arrays = [name for name in network.names if isinstance(name, Array)]
    shapes = {
        array: tuple(_whole(f"{size} of {array.name}", size.xreplace(numbers)) for size in array.shape)
        for array in arrays
    }
    count = sum(rows * columns for rows, columns in shapes.values())
    if count > MAX_ENTRIES:
        raise NetworkError(
            "sizes",
            f"at these sizes {network.name} has {count:,} entries",
            f"expand it to {MAX_ENTRIES:,} at most",
            where="expand",
        )
    taken = {name.name for name in network.names if name not in shapes}
    return {array: _grid(array.name, shape, taken) for array, shape in shapes.items()}


def _grid(name: str, shape: tuple[int, ...], taken: set[str]) -> Grid:
    """Names that nothing else has: W_2_3, b_2 in a row or a column, and the array's own where it has one entry."""
    names = entry_names(name, *shape)
    while any(entry in taken for row in names for entry in row):
        name = f"{name}_e"
        names = entry_names(name, *shape)
    taken.update(entry for row in names for entry in row)
    return tuple(tuple(map(Symbol, row)) for row in names)


def _equations(
    network: Described, numbers: Mapping[Symbol, Integer], grids: Mapping[Symbol, Grid]
) -> dict[Symbol, Expr]:
    """One equation an entry, and one for each determinant."""
    determinants = _Determinants(
        taken={name.name for name in (*network.names, *_flat(network.names, grids))},
        names={expr.args[0]: name for name, expr in network.equations.items() if isinstance(expr, Determinant)},
    )
    equations = determinants.equations
    entries = Entries(numbers, grids, determinants.named)
    for name, expr in network.equations.items():
        try:
            found = entries.of(expr)
        except NetworkError as error:
            raise NetworkError(error.code, error.what, error.fix, where=name.name) from None
        for left, right in zip(grids.get(name, ((name,),)), found, strict=True):
            # A determinant with a name of its own has its equation by now.
            equations.update((entry, value) for entry, value in zip(left, right, strict=True) if entry != value)
    return equations


@dataclass
class _Determinants:
    """Names for determinants, which stand in every entry of an inverse: those that the network has, or new ones."""

    taken: set[str]
    names: dict[Expr, Symbol]
    equations: dict[Symbol, Expr] = field(default_factory=dict)

    def named(self, matrix: Expr, determinant: Expr) -> Expr:
        """The name of a determinant, whose equation is written down; that of a single entry is the entry."""
        if not determinant.args:
            return determinant
        if matrix not in self.names:
            self.names[matrix] = self._fresh(f"det_{matrix.name}" if matrix.is_Symbol else "det")
        self.equations[self.names[matrix]] = determinant
        return self.names[matrix]

    def _fresh(self, stem: str) -> Symbol:
        candidate, number = stem, 1
        while candidate in self.taken:
            number += 1
            candidate = f"{stem}_{number}"
        self.taken.add(candidate)
        return Symbol(candidate)


def _flat(names: Iterable[Symbol], grids: Mapping[Symbol, Grid]) -> list[Symbol]:
    """The names of scalars as they are, and of arrays their entries row by row."""
    return [entry for name in names for row in grids.get(name, ((name,),)) for entry in row]


def _facts(network: Described, numbers: Mapping[Symbol, Integer], grids: Mapping[Symbol, Grid]) -> list[Fact]:
    """What the facts say of entries, each once: where A is symmetric, A_1_2 = A_2_1.

    What is linear in no entry cannot be solved for one, and is left out: the gradients hold without it. So is what is
    said of a factor, of which an entry has roots in it.
    """
    entries = Entries(numbers, grids, lambda matrix, determinant: determinant)
    stated: dict[Any, Fact] = {}
    for fact in network.facts:
        if fact.has(Cholesky):
            continue
        # A difference has the shape of both sides, also where one of them is smaller and repeated.
        left, right = (entries.of(side) for side in fact.args)
        for i, row in enumerate(entries.of(fact.lhs - fact.rhs)):
            for j, gap in enumerate(row):
                sign = sign_of(fact)
                if gap != 0 and (sign != "=" or (-gap, sign) not in stated):
                    stated.setdefault((gap, sign), fact.func(_at(left, i, j), _at(right, i, j), evaluate=False))
    return without_curves(list(stated.values()))


def _at(grid: Grid, i: int, j: int) -> Expr:
    row = grid[i if len(grid) > 1 else 0]
    return row[j if len(row) > 1 else 0]


def _values(network: Described, grids: Mapping[Symbol, Grid]) -> dict[str, Any]:
    """The values of the network entry by entry, where they have these sizes."""
    values: dict[str, Any] = {}
    by_name = {array.name: grid for array, grid in grids.items()}
    for name, value in network.values.items():
        grid = by_name.get(name)
        if grid is None:
            values[name] = value
            continue
        rows: Any = value
        if len(rows) == len(grid) and len(rows[0]) == len(grid[0]):
            for names, numbers in zip(grid, rows, strict=True):
                values.update(zip((entry.name for entry in names), numbers, strict=True))
    return values
