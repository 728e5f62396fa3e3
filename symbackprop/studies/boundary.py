"""The decision boundary of a network of two inputs: where its output is ½ after training, and the cost until then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Unpack, final

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Poly, Symbol

from symbackprop.calculus import Derivation, require_loss
from symbackprop.errors import DataError, did_you_mean
from symbackprop.functions import primitive_of
from symbackprop.network.network import Network
from symbackprop.numeric import GradientFunction, lambdify
from symbackprop.studies.checks import whole_number
from symbackprop.studies.separable import Shared, shared_point
from symbackprop.studies.study import Record, Study
from symbackprop.studies.verdict import Course
from symbackprop.training import TrainingHistory
from symbackprop.training.data import count_of
from symbackprop.training.progress import Progress
from symbackprop.training.recipe import How, Recipe
from symbackprop.training.start import Initial
from symbackprop.training.train import descend

HALF = 0.5
UNDECIDED = 1e-9
"""An output so near ½ is on neither side."""
GRID = 51
MOST_GRID = 2001
MARGIN = 0.5
"""So much is shown around the examples, as a part of how far they are apart."""

Floats = NDArray[np.float64]


@final
@dataclass(frozen=True, eq=False)
class BoundaryStudy(Study):
    """A trained network over the plane of its two inputs.

    ``values[j, k]`` is the output at ``grid[1][j]``, ``grid[0][k]``: rows go along the second input. ``line`` are the
    numbers c, c₁, c₂ of the boundary c + c₁·x₁ + c₂·x₂ = 0 where that is a straight line, else None. ``shared`` is a
    point that both classes surround, where no straight line can separate them, else None.
    """

    kind: ClassVar[str] = "boundary"
    half: ClassVar[float] = HALF
    derivation: Derivation
    history: TrainingHistory = field(repr=False)
    course: Course
    inputs: tuple[str, str]
    output: str
    target: str
    examples: tuple[tuple[float, float], ...]
    targets: tuple[float, ...]
    outputs: tuple[float, ...]
    grid: tuple[Floats, Floats]
    values: Floats
    line: tuple[float, float, float] | None
    shared: Shared | None

    @property
    def right(self) -> tuple[bool, ...]:
        """For each example whether output and target lie on the same side of ½; an output of ½ is on neither."""
        return tuple(
            abs(output - HALF) > UNDECIDED and (output > HALF) == (target > HALF)
            for output, target in zip(self.outputs, self.targets, strict=True)
        )

    @property
    def flat(self) -> bool:
        """Whether the output is ½ all over, so that there is no boundary."""
        return bool(np.all(np.abs(self.values - HALF) <= UNDECIDED))

    @property
    def about(self) -> str:
        """What it is of, for the names of files: the network."""
        return self.derivation.network.name

    def records(self) -> list[Record]:
        """The output at every point of the grid."""
        first, second = self.inputs
        return [
            {first: float(x), second: float(y), self.output: float(self.values[j, k])}
            for j, y in enumerate(self.grid[1])
            for k, x in enumerate(self.grid[0])
        ]

    def __repr__(self) -> str:
        name = self.derivation.network.name
        return f"<BoundaryStudy of {name!r}: {sum(self.right)} of {len(self.right)} examples right>"


def boundary(
    derivation: Derivation,
    data: Mapping[Any, Any] | None = None,
    *,
    learning_rate: float,
    epochs: int,
    initial: Initial = None,
    output: Any = None,
    grid: int = GRID,
    progress: Progress = None,
    **how: Unpack[How],
) -> BoundaryStudy:
    """Train a network of two scalar inputs and one target, and look at its output over the plane of the inputs.

    Parameters
    ----------
    derivation, data, learning_rate, epochs, initial, progress, how
        As for ``train``.
    output
        The value that is compared with the target, by name; by default the one that the loss compares with it.
    grid
        At how many values of each input to look.

    Raises DataError where the network does not have two inputs and one target, and like ``train``; training that
    diverges is a result.
    """
    require_loss(derivation, "boundary")
    network = derivation.network
    _check(network)
    count = whole_number("grid", grid, 2, MOST_GRID, GRID)
    seen = _output(network, output)
    function = lambdify(derivation)
    history = descend(derivation, data, initial, learning_rate, epochs, progress, function, Recipe.of(how))
    first, second = (name.name for name in network.inputs)
    target = network.targets[0].name
    n = count_of(history.data)
    x, y, t = (np.broadcast_to(history.data[name], (n,)) for name in (first, second, target))
    axes = (_axis(x, count), _axis(y, count))
    weights = history.final
    over = {first: np.tile(axes[0], count), second: np.repeat(axes[1], count)}
    values = _outputs(function, {**over, target: 0.0, **weights}, seen.name).reshape(count, count)
    outputs = _outputs(function, {first: x, second: y, target: 0.0, **weights}, seen.name)
    points = list(zip(map(float, x), map(float, y), strict=True))
    return BoundaryStudy(
        derivation, history, Course.of(history.losses, history.diverged_at), (first, second), seen.name, target,
        tuple(points), tuple(map(float, t)), tuple(map(float, outputs)), axes, values, _line(network, seen, weights),
        shared_point(*([p for p, v in zip(points, t, strict=True) if (v > HALF) == side] for side in (False, True))),
    )  # fmt: skip


def _outputs(function: GradientFunction, point: Mapping[str, Any], name: str) -> Floats:
    with np.errstate(all="ignore"):
        return np.asarray(function.forward_backward(**point)[0][name], dtype=float)


def _check(network: Network) -> None:
    if not network.kind.one_number:
        fix = "write it with scalars, or take net.expand(sizes)"
        raise DataError("dialect", f"{network.name!r} has matrices, and a boundary is over two numbers", fix)
    for family, symbols, wanted in (("input", network.inputs, 2), ("target", network.targets, 1)):
        if len(symbols) != wanted:
            names = ", ".join(s.name for s in symbols) or "none"
            what = f"{network.name!r} has {len(symbols)} {family}s ({names})"
            raise DataError(f"{family}s", what, "a boundary is drawn for two inputs and one target")


def _output(network: Network, given: Any) -> Symbol:
    """The value that is compared with the target."""
    if given is not None:
        symbol = network.symbol(given)
        if symbol not in network.equations:
            known = (s.name for s in network.equations)
            raise DataError("output", f"{symbol.name} is not an output", did_you_mean(symbol.name, known))
        return symbol
    compared = network.equations[network.loss].free_symbols & network.equations.keys()
    if not compared:
        what = "the loss compares no computed value with the target"
        raise DataError("output", what, "give the output of the network an equation of its own")
    if len(compared) != 1:
        names = sorted(s.name for s in compared)
        raise DataError(
            "output",
            f"the loss compares {', '.join(names)} with the target",
            f'name the output: output="{names[0]}" in Python, --compare {names[0]} in a terminal',
        )
    return Symbol(compared.pop().name)


def _axis(values: Floats, count: int) -> Floats:
    low, high = float(values.min()), float(values.max())
    margin = MARGIN * ((high - low) or 1.0)
    return np.linspace(low - margin, high + margin, count)


def _line(network: Network, output: Symbol, weights: Mapping[str, float]) -> tuple[float, float, float] | None:
    """The line σ⁻¹(½) = 0 of an output that is the sigmoid of a sum linear in the inputs."""
    row = primitive_of(network.equations[output])
    inside: Expr = network.equations[output].args[0] if row is not None and row.name == "sigmoid" else None
    if inside is None or inside not in network.equations:
        return None
    numbers = {name: weights[name.name] for name in network.parameters}
    poly = Poly(network.equations[inside], *network.inputs) if _is_linear(network, inside) else None
    if poly is None:
        return None
    constant, *slopes = (float(poly.coeff_monomial(m).xreplace(numbers)) for m in (1, *network.inputs))
    return (constant, slopes[0], slopes[1]) if max(map(abs, slopes)) > UNDECIDED else None


def _is_linear(network: Network, name: Symbol) -> bool:
    expr = network.equations[name]
    if expr.free_symbols - {*network.inputs, *network.parameters}:
        return False
    return bool(expr.is_polynomial(*network.inputs)) and Poly(expr, *network.inputs).total_degree() <= 1
