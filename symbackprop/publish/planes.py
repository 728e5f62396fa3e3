"""The numbers over planes: the output of a trained network over its two inputs, and the loss over two weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from symbackprop.calculus import Derivation
from symbackprop.drawings.faces import names_of
from symbackprop.drawings.picture import Picture
from symbackprop.drawings.plane import Plane, boundary, surface
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.network.predictions import predictions_of
from symbackprop.notation import NameTable
from symbackprop.numeric import GradientFunction
from symbackprop.training import TrainingHistory
from symbackprop.training.data import count_of

GRID = 25
"""Points along each side."""
LARGEST = 20_000
"""A loss over more numbers is not computed at every point of a plane."""
MARGIN = 0.5
FLOOR = 0.05


def boundary_picture(derivation: Derivation, history: TrainingHistory) -> Picture | None:
    """The output over the plane, where two inputs lead to one output whose targets are 0 and 1; else None."""
    network = derivation.network
    found = _examples(derivation, history)
    if found is None or history.diverged_at is not None:
        return None
    (x, y), targets, labels, put = found
    if len(targets) < 2 or not set(np.unique(targets)) <= {0.0, 1.0}:
        return None
    across, up = (_around(side, MARGIN) for side in (x, y))
    points = np.meshgrid(_middles(across), _middles(up))
    outputs = np.asarray(history.predict(put(points[0].ravel(), points[1].ravel())), dtype=float)
    if outputs.size != GRID * GRID or not np.isfinite(outputs).all():
        return None
    names = names_of(derivation)
    plane = Plane(across, up, _rows(outputs.reshape(GRID, GRID)), *labels)
    examples = [(float(a), float(b), float(t)) for a, b, t in zip(x, y, targets, strict=True)]
    [output] = predictions_of(network)
    return boundary(plane, examples, names.latex(output.name), names.latex(network.targets[0].name), network.name)


def _examples(derivation: Derivation, history: TrainingHistory) -> Any:
    """The two inputs and the targets of all examples, the names of the axes, and how points are handed in; or None."""
    network = derivation.network
    if len(network.targets) != 1 or len(predictions_of(network)) != 1:
        return None
    return network.kind[EXAMPLES](derivation, history)


def _of_scalars(derivation: Derivation, history: TrainingHistory) -> Any:
    network, names = derivation.network, names_of(derivation)
    if len(network.inputs) != 2:
        return None
    one, two = (s.name for s in network.inputs)
    count = count_of(history.data)
    x, y, t = (np.broadcast_to(history.data[name], (count,)) for name in (one, two, network.targets[0].name))
    return (x, y), t, (names.latex(one), names.latex(two)), lambda u, v: {one: u, two: v}


def _of_matrices(derivation: Derivation, history: TrainingHistory) -> Any:
    """One matrix of inputs with two rows or two columns, the examples along the other axis."""
    network, names = derivation.network, names_of(derivation)
    data, target = history.data, np.asarray(history.data[network.targets[0].name])
    wide = [s.name for s in network.inputs if np.ndim(data[s.name]) == 2]
    if len(wide) != 1 or 1 not in target.shape or len(network.inputs) != 1:
        return None
    matrix = np.asarray(data[wide[0]])
    axis = 0 if target.shape[1] == 1 and matrix.shape == (target.shape[0], 2) else 1
    if matrix.shape[1 - axis] != 2 or matrix.shape[axis] != target.size:
        return None
    pair = matrix.T if axis == 0 else matrix
    what = "column" if axis == 0 else "row"
    labels = tuple(rf"\text{{{what} {k} of }}{names.latex(wide[0])}" for k in (1, 2))

    def put(u: Any, v: Any) -> dict[str, Any]:
        return {wide[0]: np.stack([u, v], axis=1 - axis)}

    return (pair[0], pair[1]), target.ravel(), labels, put


def surface_picture(derivation: Derivation, function: GradientFunction, history: TrainingHistory) -> Picture | None:
    """The loss over the two weights with the largest gradients at first, the others as training left them."""
    network = derivation.network
    whole = len(history.weight_epochs) == len(history.losses) and history.diverged_at is None
    numbers = sum(np.size(v) for v in (*history.data.values(), *history.final.values()))
    entries = _entries(history)
    if not whole or len(entries) < 2 or numbers > LARGEST or len(history.losses) < 2:
        return None
    chosen = sorted(entries, key=lambda at: -abs(float(history.gradients[at[0]][(0, *at[1])])))[:2]
    one, two = sorted(chosen, key=entries.index)
    paths = [_path(history, entry) for entry in (one, two)]
    if not all(np.isfinite(path).all() for path in paths):
        return None
    widest = max(float(np.ptp(path)) for path in paths)
    sides = [_about(path, widest) for path in paths]
    values = network.kind[LOSSES](function, history, (one, two), [_middles(side) for side in sides])
    if not np.isfinite(values).any():
        return None
    names = names_of(derivation)
    x, y = (_written(names, *entry) for entry in (one, two))
    spoken = [name + (f"[{','.join(str(k + 1) for k in at)}]" if at else "") for name, at in (one, two)]
    mean = "cost" if any(v.ndim for v in history.data.values()) and network.kind.one_number else network.loss.name
    first, last = ([f"{float(path[at]):.4g}" for path in paths] for at in (0, -1))
    words = (
        f"The loss over {spoken[0]} and {spoken[1]}, whose gradients are the largest at first, the other parameters as"
        f" training left them. A line leads from the first values, {first[0]} and {first[1]}, drawn as"
        f" a ring, to the last, {last[0]} and {last[1]}, drawn as a cross, where"
        f" the loss is {float(history.losses[-1]):.4g}; the darker the blue, and then the orange, the larger it is."
    )
    loss = r"\mathrm{cost}" if mean == "cost" else names.latex(mean)
    plane = Plane(sides[0], sides[1], _rows(values), x, y)
    return surface(plane, list(zip(map(float, paths[0]), map(float, paths[1]), strict=True)), loss, network.name, words)


def _path(history: TrainingHistory, entry: Entry) -> Any:
    """An entry of a parameter, epoch by epoch."""
    name, at = entry
    place: Any = (slice(None), *at)
    return np.asarray(history.parameters[name])[place]


Entry = tuple[str, tuple[int, ...]]


def _entries(history: TrainingHistory) -> list[Entry]:
    """Every entry of every parameter that is trained, by its name and its place."""
    moved = {name: rows for name, rows in history.parameters.items() if name in history.gradients}
    return [(name, at) for name, rows in moved.items() for at in np.ndindex(np.shape(rows)[1:])]


def _written(names: NameTable, name: str, at: tuple[int, ...]) -> str:
    written = names.latex(name)
    place = ",".join(str(k + 1) for k in at)
    if not place:
        return written
    return rf"({written})_{{{place}}}" if "_" in written else rf"{written}_{{{place}}}"


def _losses_of_scalars(
    function: GradientFunction, history: TrainingHistory, entries: tuple[Entry, Entry], sides: Any
) -> Any:
    """All points of the plane, with all examples each, in one call."""
    u, v = (grid.ravel() for grid in np.meshgrid(*sides))
    count = count_of(history.data)
    point: dict[str, Any] = {name: np.tile(np.broadcast_to(x, (count,)), u.size) for name, x in history.data.items()}
    point |= history.final
    point |= {name: np.repeat(w, count) for (name, _), w in zip(entries, (u, v), strict=True)}
    with np.errstate(all="ignore"):
        losses = function.forward_backward(check_facts=False, **point)[0][history.loss]
    return np.asarray(losses, dtype=float).reshape(u.size, count).mean(axis=1).reshape(GRID, GRID)


def _losses_of_matrices(
    function: GradientFunction, history: TrainingHistory, entries: tuple[Entry, Entry], sides: Any
) -> Any:
    values = np.empty((GRID, GRID))
    with np.errstate(all="ignore"):
        for j, v in enumerate(sides[1]):
            for k, u in enumerate(sides[0]):
                point = {**history.data, **history.final}
                for (name, at), w in zip(entries, (u, v), strict=True):
                    moved = np.array(point[name], dtype=float)
                    moved[at] = w
                    point[name] = moved
                values[j, k] = float(function(check_facts=False, **point)[0])
    return values


def _around(values: Any, margin: float) -> tuple[float, float]:
    low, high = float(np.min(values)), float(np.max(values))
    more = margin * ((high - low) or 1.0)
    return low - more, high + more


def _about(path: Any, widest: float) -> tuple[float, float]:
    """A side of the plane around a path: never much shorter than the longest path, so that a short one is seen so."""
    middle = (float(np.min(path)) + float(np.max(path))) / 2
    half = max(0.75 * float(np.ptp(path)), 0.3 * widest, FLOOR)
    return middle - half, middle + half


def _middles(side: tuple[float, float]) -> Any:
    low, high = side
    return low + (np.arange(GRID) + 0.5) * (high - low) / GRID


def _rows(values: Any) -> list[list[float]]:
    return [[float(v) for v in row] for row in values]


EXAMPLES = Question(__name__, "where its examples lie", {SCALARS: _of_scalars, MATRICES: _of_matrices})
LOSSES = Question(__name__, "its loss over a plane", {SCALARS: _losses_of_scalars, MATRICES: _losses_of_matrices})
