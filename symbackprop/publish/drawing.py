"""``drawing``: a network or a derivation as a picture, for notebooks, pages and papers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np

from symbackprop.calculus import Derivation, derive, way_from
from symbackprop.drawings import Numbers, Picture, graph, network, routes, svg, tikz, walk
from symbackprop.drawings.tikz import document
from symbackprop.errors import DataError, DerivationError, SymbackpropError, as_given, did_you_mean, quote_path
from symbackprop.files import write_atomically
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.network.network import Network
from symbackprop.network.values import check_known
from symbackprop.numeric.elementary import Numbers as Values
from symbackprop.numeric.sizes import fit
from symbackprop.publish.graph_numbers import graph_numbers
from symbackprop.reporting.alike import standing_out
from symbackprop.training.data import checked_data, checked_parameters

KINDS = ("network", "graph", "walk", "routes")
"""What can be drawn."""
SUFFIXES = (".svg", ".tex")


@final
@dataclass(frozen=True)
class Drawing:
    """One picture or, of a walk, one for each step. A notebook shows it, or the last step.

    ``drawing[k]`` is a picture of its own, with ``width`` and ``height`` in points, a ``title``, and ``words`` that say
    what is to be seen.
    """

    pictures: tuple[Picture, ...]

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, step: int) -> Picture:
        return self.pictures[step]

    def __iter__(self) -> Iterator[Picture]:
        return iter(self.pictures)

    def svg(self, step: int = -1) -> str:
        """The picture, or that of a step, as SVG."""
        return svg(self.pictures[step])

    def tikz(self, step: int = -1) -> str:
        """The picture, or that of a step, as a tikzpicture; ``.save("x.tex")`` writes a document that compiles."""
        return tikz(self.pictures[step])

    def _repr_svg_(self) -> str:
        return self.svg()

    def save(self, path: str | os.PathLike[str]) -> tuple[Path, ...]:
        """Write it as SVG or as a LaTeX document, by the suffix of the path; a walk as NAME-01.svg and so on.

        Returns the paths. Raises SymbackpropError for another suffix, and where the files cannot be written.
        """
        target = Path(path)
        check_suffix(target)
        paths = [target]
        if len(self.pictures) > 1:
            digits = max(2, len(str(len(self.pictures))))
            numbers = range(1, len(self.pictures) + 1)
            paths = [target.with_name(f"{target.stem}-{k:0{digits}}{target.suffix}") for k in numbers]
        write = svg if target.suffix == ".svg" else document
        texts = [write(picture) for picture in self.pictures]
        for place, text in zip(paths, texts, strict=True):
            write_atomically(place, text)
        return tuple(paths)


def check_suffix(path: Path) -> None:
    """Raise SymbackpropError for a file that is neither SVG nor LaTeX."""
    if path.suffix not in SUFFIXES:
        raise SymbackpropError(
            "format", f"{quote_path(path)} is neither .svg nor .tex", "end its name in .svg for pages or .tex for LaTeX"
        )


def drawing(
    of: Network | Derivation,
    kind: str = "network",
    values: Mapping[Any, Any] | None = None,
    name: str | None = None,
) -> Drawing:
    """Draw a network or a derivation.

    Parameters
    ----------
    of
        What to draw. A network is derived first, by its parameters, for all kinds but its gradients.
    kind
        ``network``: in layers, or in boxes with shapes of matrices. ``graph``: the computational graph with a value
        above each node, a gradient below it, and local derivatives on its edges. ``walk``: the same, a picture a step,
        forward and back. ``routes``: the ways from one name to the loss.
    values
        Values by name; the network's own stand in for what is missing. Of several examples of scalars the first is
        drawn. Without values a graph has its local derivatives as formulas, and a walk cannot be drawn.
    name
        Whose routes are drawn, and stand out in a graph; by default the first with several routes.

    Numbers of matrices are their Frobenius norms. Large networks are drawn in part, with dots. Raises DerivationError
    for what cannot be drawn, NetworkError for an unknown name, and DataError where values are missing or do not fit.
    """
    if kind not in KINDS:
        known = f"{did_you_mean(kind, KINDS)}"
        raise DerivationError("kind", f"there is no drawing {as_given(kind)}", known)
    derivation = _derived(of)
    if kind == "network":
        return Drawing((network(derivation),))
    wanted = standing_out(derivation) if name is None else derivation.symbol(name).name
    if kind == "routes":
        _require_routes(derivation)
        return Drawing((routes(derivation, wanted or derivation.wrt[0].name),))
    numbers = _numbers(derivation, values, kind)
    if kind == "graph":
        return Drawing((graph(derivation, numbers, wanted),))
    assert numbers is not None
    return Drawing(walk(derivation, numbers))


def _derived(of: object) -> Derivation:
    if isinstance(of, Derivation):
        return of
    if isinstance(of, Network):
        return derive(of)
    what = f"drawing was given a {type(of).__name__}, neither a network nor a derivation"
    raise DerivationError("type", what, way_from(of, "drawing"))


def _require_routes(derivation: Derivation) -> None:
    if not derivation.network.kind.has_routes:
        what = f"a {derivation.network.kind.word} network has no routes with a local derivative on each edge"
        raise DerivationError("dialect", what, "draw its graph, or that of net.expand(sizes)")


def _numbers(derivation: Derivation, values: Mapping[Any, Any] | None, kind: str) -> Numbers | None:
    net = derivation.network
    own = {str(name): value for name, value in (values or {}).items()}
    check_known(own, [s.name for s in net.leaves])
    given = {**net.values, **own}
    missing = [s.name for s in net.leaves if s.name not in given]
    if missing and values is None and kind == "graph":
        return None
    if missing:
        what = f"a {kind} with numbers needs a value of {missing[0]}"
        more = f", and of {len(missing) - 1} more" if len(missing) > 1 else ""
        raise DataError("missing", what + more, "give it in values=, or write it into the file of the network")
    return graph_numbers(derivation, net.kind[POINT](derivation, given))


def _first_example(derivation: Derivation, given: Mapping[str, Any]) -> Mapping[str, Values]:
    if derivation.network.outputs:  # checked as parameters are, one number each
        given = {name: np.ravel(value)[0] for name, value in given.items()}
    arrays = {**checked_data(derivation, given), **checked_parameters(derivation.network, given)}
    return {name: float(array[0]) if array.ndim else float(array) for name, array in arrays.items()}


def _matrices(derivation: Derivation, given: Mapping[str, Any]) -> Mapping[str, Values]:
    return fit(derivation.network, given)[0]


POINT = Question(__name__, "where its graph is drawn", {SCALARS: _first_example, MATRICES: _matrices})
