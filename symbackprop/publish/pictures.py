"""The pictures of a report that need numbers: the graph of the first step, and what training did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from symbackprop.calculus import Derivation
from symbackprop.drawings import Numbers, Picture, graph
from symbackprop.drawings.faces import names_of
from symbackprop.drawings.plots import losses, rates, sizes
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.numeric import GradientFunction
from symbackprop.publish.planes import boundary_picture, surface_picture
from symbackprop.reporting.alike import standing_out
from symbackprop.training import TrainingHistory
from symbackprop.training.data import count_of


def pictures(
    derivation: Derivation,
    function: GradientFunction,
    numbers: Numbers | None,
    history: TrainingHistory | None,
    sweep: Sequence[TrainingHistory],
) -> dict[str, Picture]:
    """The pictures that can be drawn, by the keys of their figures."""
    found: Mapping[str, Picture | None] = dict(_drawn(derivation, function, numbers, history, sweep))
    return {key: picture for key, picture in found.items() if picture is not None}


def _drawn(
    derivation: Derivation,
    function: GradientFunction,
    numbers: Numbers | None,
    history: TrainingHistory | None,
    sweep: Sequence[TrainingHistory],
) -> Iterator[tuple[str, Picture | None]]:
    name = derivation.network.name
    if numbers is not None:
        yield "graph", graph(derivation, numbers, standing_out(derivation))
    if history is not None and len(history.losses) > 1:
        written, spoken = _loss(derivation, history)
        yield "loss", losses(_numbers(history.losses), f"{history.learning_rate:g}", written, name, spoken)
        layers = derivation.network.kind[LAYERS](derivation, history)
        yield "sizes", sizes(layers, name) if len(layers) > 1 else None
        yield "boundary", boundary_picture(derivation, history)
        yield "surface", surface_picture(derivation, function, history)
    if len(sweep) > 1:
        written, spoken = _loss(derivation, sweep[0])
        runs = {f"{one.learning_rate:g}": _numbers(one.losses) for one in sweep}
        yield "rates", rates(runs, written, name, spoken)


def _loss(derivation: Derivation, history: TrainingHistory) -> tuple[str, str]:
    """What is descended, in LaTeX and in words: the loss, or the cost of several examples of scalars."""
    several = derivation.network.kind.one_number and count_of(history.data) > 1
    if several:
        return r"\mathrm{cost}", "cost"
    return names_of(derivation).latex(history.loss), f"loss {history.loss}"


def _numbers(values: Any) -> list[float]:
    return [float(value) for value in values]


Layers = dict[str, tuple[str, list[float]]]
"""For what is called so in words: its name in LaTeX, and the size of its gradients, epoch by epoch."""


def _by_depth(derivation: Derivation, history: TrainingHistory) -> Layers:
    """The parameters of each depth together, the root of the sum of the squares of their gradients."""
    levels = derivation.network.levels
    depths: dict[float, list[str]] = {}
    for w in derivation.network.parameters:
        if w.name in history.gradients:
            depths.setdefault(levels[w.name], []).append(w.name)
    found: Layers = {}
    for number, depth in enumerate(sorted(depths), start=1):
        rows = np.stack([np.asarray(history.gradients[name], dtype=float) for name in depths[depth]])
        with np.errstate(all="ignore"):
            found[f"layer {number}"] = rf"\text{{layer }}{number}", _numbers(np.linalg.norm(rows, axis=0))
    return found


def _by_name(derivation: Derivation, history: TrainingHistory) -> Layers:
    """Each parameter, the Frobenius norm of its gradient."""
    if len(history.weight_epochs) != len(history.losses):
        return {}
    names = names_of(derivation)
    found: Layers = {}
    for name, rows in history.gradients.items():
        flat = np.asarray(rows, dtype=float).reshape(len(rows), -1)
        with np.errstate(all="ignore"):
            norms = _numbers(np.linalg.norm(flat, axis=1))
        found[f"that by {name}"] = rf"\partial {names.latex(history.loss)}/\partial {names.latex(name)}", norms
    return found


LAYERS = Question(__name__, "what is a layer of it", {SCALARS: _by_depth, MATRICES: _by_name})
