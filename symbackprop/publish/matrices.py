"""The evidence of a matrix network: its first step in numbers, one update, and its examples one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sympy import Symbol

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError
from symbackprop.matrices import Array, lengths_of
from symbackprop.network.network import Network
from symbackprop.numeric import GradientFunction
from symbackprop.numeric.elementary import Numbers
from symbackprop.numeric.evaluate import evaluate_all, forward, with_signals
from symbackprop.numeric.sizes import fit, sizes_of_values
from symbackprop.publish.choices import choices, is_plain
from symbackprop.publish.graph_numbers import graph_numbers
from symbackprop.reporting import Batch, Example, MatrixStep, Run, Update
from symbackprop.reporting.evidence import Value
from symbackprop.training import TrainingHistory
from symbackprop.verification.differences import analytic_names
from symbackprop.verification.matrix_points import matrix_points
from symbackprop.verification.sampled import numeric_gradients

ROUNDING = 1e-14
ENTRIES_KEPT = 8
"""The entries of all parameters are told epoch by epoch where there are no more."""
ENTRIES_BY_NUMBERS = 1_000
"""A gradient with more entries is not differentiated numerically at the values given; the check has its own points."""
EXAMPLES = 64
"""A batch with more examples is not gone through one by one."""
POINTS = 5
AGREES = 1e-9


def matrix_evidence(
    derivation: Derivation,
    function: GradientFunction,
    given: Mapping[str, Any],
    history: TrainingHistory | None,
    sweep: Sequence[TrainingHistory],
) -> dict[str, Any]:
    """The fields of the evidence that need values. Raises DataError where values are missing or do not fit.

    ``sweep`` is for the dialects whose examples are trained on alone.
    """
    found, gradients = function.forward_backward(**given)
    point, sizes = fit(derivation.network, given)
    rate = history.learning_rate if history is not None and is_plain(history) else None
    step = _step(derivation, function, point, sizes, found, gradients, rate)
    # Of a layer nothing is a mean over examples.
    graph = graph_numbers(derivation, point)
    return {
        "graph": graph,
        "step": step,
        "batch": None if derivation.network.outputs else _batch(derivation, function, point),
    }


def matrix_run(history: TrainingHistory) -> Run:
    """Training at one rate; the entries of the parameters where they are few."""
    few = sum(int(np.size(values[0])) for values in history.parameters.values()) <= ENTRIES_KEPT
    kept = few and len(history.weight_epochs) == len(history.losses)
    return Run(
        learning_rate=history.learning_rate,
        epochs=history.epochs,
        parameters=_entries(history.parameters) if kept else {},
        gradients=_entries(history.gradients) if kept else {},
        values={},
        losses=[float(v) for v in history.losses],
        diverged_at=history.diverged_at,
        **choices(history),
    )


def _entries(columns: Mapping[str, Any]) -> dict[str, list[float]]:
    """A list for each entry, W[1,2] for row 1 and column 2."""
    found = {}
    for name, values in columns.items():
        for at in np.ndindex(values.shape[1:]):
            place = f"[{','.join(str(k + 1) for k in at)}]" if at else ""
            found[name + place] = [float(v) for v in values[(slice(None), *at)]]
    return found


def _value(of: Numbers) -> Value:
    """A number or the rows of a matrix, without what rounding leaves of a zero."""
    array = np.where(np.abs(of) < ROUNDING, 0.0, of)
    if not array.ndim:
        return float(array)
    return tuple(tuple(map(float, row)) for row in array)


def _values(of: Mapping[str, Numbers]) -> dict[str, Value]:
    return {name: _value(value) for name, value in of.items()}


# The first step


def _step(
    derivation: Derivation,
    function: GradientFunction,
    point: Mapping[str, Numbers],
    sizes: Mapping[str, int],
    found: Mapping[str, Numbers],
    gradients: Mapping[str, Numbers],
    rate: float | None,
) -> MatrixStep:
    network = derivation.network
    forwards = forward(network, point)
    known = with_signals(derivation, forwards)
    closed: dict[str, Numbers] = {}
    if not derivation.has_long_closed_forms:
        found_closed = evaluate_all((derivation.gradients[w] for w in derivation.wrt), known)
        closed = {w.name: value for w, value in zip(derivation.wrt, found_closed, strict=True)}
    countable = [name for name, gradient in gradients.items() if np.size(gradient) <= ENTRIES_BY_NUMBERS]
    smooth = frozenset(s.name for s in analytic_names(network))
    numeric = numeric_gradients(network, point, countable, smooth)
    return MatrixStep(
        sizes=dict(sizes),
        values=_values({**point, **found}),
        signals=_values(_signals(derivation, known, sizes)),
        gradients=_values(gradients),
        from_closed={name: _apart(gradients[name], value) for name, value in closed.items()},
        from_numeric={name: _apart(gradients[name], value) for name, value in numeric.items()},
        loss=float(forwards[network.loss.name] if network.outputs else found[network.loss.name]),
        update=None if rate is None else _update(network, function, point, gradients, rate),
    )


def _apart(one: Numbers, other: Numbers) -> float:
    """The largest difference of two entries in one place, over the size of the largest entry; 1 where all are zero."""
    largest = float(np.max(np.abs(other), initial=0))
    return float(np.max(np.abs(np.asarray(one) - other), initial=0)) / (largest or 1)


def _signals(derivation: Derivation, known: Mapping[str, Numbers], sizes: Mapping[str, int]) -> dict[str, Numbers]:
    """The error signals among all that is known at a point, in the full shapes of their names."""
    at = {size: sizes[size.name] for size in derivation.network.sizes if size.name in sizes}
    return {delta.name: np.broadcast_to(known[delta.name], lengths_of(delta, at)) for delta in derivation.backward}


def _update(
    network: Network,
    function: GradientFunction,
    point: Mapping[str, Numbers],
    gradients: Mapping[str, Numbers],
    rate: float,
) -> Update | None:
    """One update of every parameter, and the loss after it; None where there is no gradient by any."""
    moved = {s.name: point[s.name] - rate * gradients[s.name] for s in network.parameters if s.name in gradients}
    if not moved:
        return None
    with np.errstate(all="ignore"):  # at a large rate the loss may overflow
        after, _ = function.forward_backward(**{**point, **moved})
    return Update(rate, _values(moved), float(after[network.loss.name]))


# The examples of a batch


def _batch(derivation: Derivation, function: GradientFunction, point: Mapping[str, Numbers]) -> Batch | None:
    """The examples one by one, where the loss and each gradient are the means of theirs; else None.

    That they are is seen at these values, and at random ones, as there are data whose examples are all alike.
    """
    for size in _sizes_of_data(derivation.network):
        axis = _axes(derivation.network, size)
        name = next(iter(axis), None)
        count = 0 if name is None else np.shape(point[name])[axis[name]]
        if not 1 < count <= EXAMPLES:
            continue
        examples = _alone(derivation, function, point, size, axis)
        if examples is not None and _holds_elsewhere(derivation, function, size, axis):
            return Batch(size.name, {name: axis[name] for name in sorted(axis)}, tuple(examples))
    return None


def _holds_elsewhere(derivation: Derivation, function: GradientFunction, size: Symbol, axis: Mapping[str, int]) -> bool:
    """Whether examples can be taken alone at random points, those of several examples."""
    name = next(iter(axis))
    points = [p for p in matrix_points(derivation, POINTS, seed=0) if np.shape(p[name])[axis[name]] > 1]
    return bool(points) and all(_alone(derivation, function, point, size, axis) is not None for point in points)


def _alone(
    derivation: Derivation,
    function: GradientFunction,
    point: Mapping[str, Numbers],
    size: Symbol,
    axis: Mapping[str, int],
) -> list[Example] | None:
    """What each example comes to alone, or None where the batch is not the mean of them."""
    found, gradients = function.forward_backward(check_facts=True, **point)
    sizes = sizes_of_values(derivation.network, point)
    signals = _signals(derivation, with_signals(derivation, forward(derivation.network, point)), sizes)
    loss = derivation.network.loss.name
    examples = []
    for k in range(sizes[size.name]):
        alone = {name: np.take(v, [k], axis[name]) if name in axis else v for name, v in point.items()}
        try:
            forward_alone, gradients_alone = function.forward_backward(check_facts=True, **alone)
        except DataError:  # the facts, or an inverse, may need the other examples
            return None
        known_alone = with_signals(derivation, forward(derivation.network, alone))
        signals_alone = _signals(derivation, known_alone, {**sizes, size.name: 1})
        if not _is_part(derivation, size, k, sizes[size.name], signals, signals_alone):
            return None
        examples.append((forward_alone[loss], gradients_alone))
    if not _are_means(found[loss], gradients, examples):
        return None
    return [Example(float(cost), _values(each)) for cost, each in examples]


def _sizes_of_data(network: Network) -> list[Symbol]:
    """The sizes that inputs or targets have and parameters have not."""
    learned = {s for w in network.parameters if isinstance(w, Array) for size in w.shape for s in size.free_symbols}
    return [size for size in network.sizes if size not in learned]


def _axes(network: Network, size: Symbol) -> dict[str, int]:
    """Along which axis each input and target has its examples; empty where one has the size in another place."""
    axes = {}
    for name in (*network.inputs, *network.targets):
        if isinstance(name, Array) and any(size in length.free_symbols for length in name.shape):
            if [length == size for length in name.shape].count(True) != 1:
                return {}
            axes[name.name] = 0 if name.shape[0] == size else 1
    return axes


def _is_part(
    derivation: Derivation,
    size: Symbol,
    k: int,
    count: int,
    signals: Mapping[str, Numbers],
    alone: Mapping[str, Numbers],
) -> bool:
    """Whether the error signals of example k in the batch are those that it has alone, divided by the number of all."""
    for delta in derivation.backward:
        if isinstance(delta, Array) and size in delta.shape:
            part = np.take(signals[delta.name], [k], delta.shape.index(size))
            if not np.allclose(count * part, alone[delta.name], rtol=AGREES, atol=AGREES):
                return False
    return True


def _are_means(
    loss: Numbers, gradients: Mapping[str, Numbers], examples: Sequence[tuple[Numbers, Mapping[str, Numbers]]]
) -> bool:
    scale = max(float(np.max(np.abs(gradient))) for gradient in gradients.values())
    means = {name: np.mean([alone[name] for _, alone in examples], axis=0) for name in gradients}
    near = all(np.allclose(means[name], gradients[name], rtol=AGREES, atol=AGREES * scale) for name in gradients)
    return near and bool(np.isclose(np.mean([cost for cost, _ in examples]), loss, rtol=AGREES))
