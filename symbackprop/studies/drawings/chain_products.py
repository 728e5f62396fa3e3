"""Chain products against the number of layers that they pass."""

from __future__ import annotations

from typing import Any

import numpy as np

from symbackprop.studies.chain_products import ChainProductStudy
from symbackprop.studies.drawings.canvas import GUIDE, Picture, name_curve, style_of

LOWEST, HIGHEST = 1e-40, 1e12
"""Products beyond these are cut off at the edge."""


def pictures(study: ChainProductStudy) -> dict[str, Picture]:
    """A panel for each weight, a curve for each activation."""
    return {"products": Picture(lambda figure: _products(figure, study), 3.0)}


def _products(figure: Any, study: ChainProductStudy) -> None:
    panels = figure.subplots(1, len(study.weights), sharey=True, squeeze=False)[0]
    sizes = np.abs([p for chain in study.chains for p in chain.products if p and np.isfinite(p)])
    low, high = max(sizes.min(initial=1.0) / 10, LOWEST), min(sizes.max(initial=1.0) * 10, HIGHEST)
    for axes, weight in zip(panels, study.weights, strict=True):
        for number, activation in enumerate(study.activations):
            chain = study[activation, weight]
            layers = np.arange(1, len(chain.products) + 1)
            style = style_of(number)
            products = np.abs(np.asarray(chain.products))
            (curve,) = axes.plot(layers, np.where(products > 0, products, np.nan), label=activation, **style)
            name_curve(curve, f"{activation}-{weight:g}")
            if chain.bound.largest < 1:
                axes.plot(layers, chain.limits, color=style["color"], linewidth=0.7, alpha=0.7)
        axes.axhline(1, color=GUIDE, linewidth=0.7)
        axes.set_yscale("log")
        axes.set_ylim(low, high)
        axes.set_xlim(0, study.depth)
        axes.set_title(f"$w = {weight:g}$")
        axes.set_xlabel("layers passed, $k$")
    panels[0].set_ylabel("size of the product")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(study.activations))
