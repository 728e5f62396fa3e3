"""Values and gradients of networks at their first weights, layer by layer and depth by depth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from symbackprop.studies.drawings.canvas import GUIDE, Picture, name_curve, style_of
from symbackprop.studies.initialisation import InitialisationStudy, Rule

LOWEST, HIGHEST = 1e-60, 1e40
"""Sizes beyond these are cut off at the edge."""


def pictures(study: InitialisationStudy) -> dict[str, Picture]:
    """The deepest network layer by layer, and the first layer of every depth."""
    made = {"layers": Picture(lambda figure: _layers(figure, study), 3.4)}
    if len(study.depths) > 2:
        made["depths"] = Picture(lambda figure: _depths(figure, study), 3.1)
    return made


def label(rule: Rule) -> str:
    """What a rule is called in a legend and in a table."""
    return rule if isinstance(rule, str) else f"all {rule:g}"


def _layers(figure: Any, study: InitialisationStudy) -> None:
    left, right = figure.subplots(1, 2)
    depth = study.depths[-1]
    for number, rule in enumerate(study.rules):
        deep = study.at(rule, depth)
        layers = list(range(1, depth + 1))
        _curve(left, layers, deep.deviations, f"z-{rule}", label(rule), number)
        _curve(right, layers, deep.gradients, f"gradient-{rule}", label(rule), number)
    left.axhline(1, color=GUIDE, linewidth=0.7)
    left.set_ylabel(r"standard deviation of $z_k$")
    right.set_ylabel(r"size of $\partial E/\partial W_k$")
    for axes in (left, right):
        _scales(axes)
        axes.set_xlim(0, depth)
        axes.set_xlabel("layer, $k$")
    _legend(figure, right, left)


def _depths(figure: Any, study: InitialisationStudy) -> None:
    axes = figure.subplots()
    for number, rule in enumerate(study.rules):
        sizes = [study.at(rule, depth).gradients[0] for depth in study.depths]
        _curve(axes, study.depths, sizes, f"first-{rule}", label(rule), number, marker="o", markersize=3)
    _scales(axes)
    axes.set_xlabel("layers of the network")
    axes.set_ylabel(r"size of $\partial E/\partial W_1$")
    axes.set_xlim(0, study.depths[-1] * 1.02)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))


def _curve(
    axes: Any, places: Sequence[int], sizes: Sequence[float], name: str, label: str, number: int, **how: Any
) -> None:
    """A curve on a logarithmic axis, which has no place for zeros."""
    values = np.asarray(sizes)
    if not (values > 0).any():
        return
    (curve,) = axes.plot(places, np.where(values > 0, values, np.nan), label=label, **style_of(number), **how)
    name_curve(curve, name)


def _scales(axes: Any) -> None:
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    axes.set_ylim(max(low, LOWEST), min(high, HIGHEST))


def _legend(figure: Any, *panels: Any) -> None:
    """Every curve once, also where one panel has no place for it."""
    curves = {label: handle for axes in panels for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)}
    figure.legend(curves.values(), curves, loc="outside lower center", ncols=min(4, max(1, len(curves))))
