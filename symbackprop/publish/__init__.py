"""Reports with everything in them: derive, check, compute, then hand it all to the writers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import sympy

from symbackprop.calculus import Derivation, require_derivation
from symbackprop.errors import Unmade
from symbackprop.files import write_atomically
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.numeric import lambdify
from symbackprop.numeric.stable import computed
from symbackprop.publish.differentiated import report_differentiated, require_no_more
from symbackprop.publish.drawing import Drawing, drawing
from symbackprop.publish.formats import DOCUMENTS, FORMATS, checked_formats, files, made
from symbackprop.publish.material import Material
from symbackprop.publish.matrices import matrix_evidence, matrix_run
from symbackprop.publish.pictures import pictures
from symbackprop.publish.scalars import scalar_evidence, scalar_run
from symbackprop.publish.smallest import smallest_case
from symbackprop.reporting import Checked, Evidence, Extent, Run, chosen_sections, document
from symbackprop.reporting.smallest import Smallest
from symbackprop.tangents import Differentiated
from symbackprop.training import TrainingHistory
from symbackprop.verification import CheckReport, ResultReport, check
from symbackprop.version import __version__

__all__ = ["DOCUMENTS", "FORMATS", "Drawing", "drawing", "gather", "report"]


def report(
    derivation: Derivation | Differentiated,
    path: str | os.PathLike[str],
    values: Mapping[Any, Any] | None = None,
    history: TrainingHistory | None = None,
    sweep: Iterable[TrainingHistory] = (),
    formats: Sequence[str] = tuple(DOCUMENTS),
    checked: CheckReport | ResultReport | None = None,
    shapes: bool = False,
    *,
    handout: bool = False,
    sections: Sequence[str] | None = None,
    fragment: bool | str = False,
    title: str = "",
    author: str = "",
    command: str = "",
) -> tuple[Path, ...]:
    """Write a derivation as documents, and return their paths; Markdown has its pictures beside it, as SVG.

    Parameters
    ----------
    derivation
        What to report: a derivation; or a Jacobian, a Hessian or a product with one, whose report has ``formats`` md,
        tex, pdf and html, and of what follows ``checked``, ``fragment``, ``title`` and ``author``.
    path
        Where: ``"reports/two_layer"`` gives two_layer.md and two_layer.tex, and pictures such as two_layer-graph.svg.
    values
        Inputs, targets and parameters of the first step, by name; the network's own stand in for what is missing.
        Without any, the report has no numbers put in.
    history, sweep
        Training to tabulate, and training at several learning rates.
    formats
        Of ``md``, ``tex``, ``pdf``, which is set by pdflatex where it is found, else by the Python module typst (extra
        ``pdf``), ``html``, which is one page that opens without a network, and ``xlsx``, which is a workbook with
        ``history`` and ``sweep`` as formulas and needs the extra ``xlsx``.
    checked
        What ``check`` found, where it has been run already.
    shapes
        Put its shape under each matrix, m×n.
    handout
        Write two to four pages to hand out: the network, its equations, one gradient of each kind worked, all results
        and the first step in numbers.
    sections
        Write these alone, of ``question``, ``symbols``, ``drawing``, ``forward``, ``smallest``, ``rules``,
        ``derivation``, ``layers``, ``results``, ``routes``, ``numbers``, ``batch``, ``training``, ``chain``,
        ``checks``, ``code`` and ``appendix``.
    fragment
        Write what goes into another document: no head, and labels that begin with this word, ``"eq"`` for True.
    title, author
        What stands above it. There is no date.
    command
        What makes the documents again, for the page to say.

    The same input gives the same bytes. Raises DataError where values do not fit, and SymbackpropError for an unknown
    format or section, or a place that cannot be written to; nothing is written then. Where one of the formats cannot be
    had, as its extra is absent, the others are written and Unmade is raised, which keeps their paths.
    """
    if isinstance(derivation, Differentiated):
        require_no_more(
            values=values, history=history, sweep=tuple(sweep), shapes=shapes, handout=handout, sections=sections
        )
        extent = Extent.of(False, None, fragment, title, author)
        found = checked if isinstance(checked, ResultReport) else None
        return report_differentiated(derivation, path, formats, found, extent)
    require_derivation(derivation, "report")
    formats = checked_formats(formats)
    extent = Extent.of(handout, sections, fragment, title, author)
    chosen_sections(extent)
    several = tuple(sweep)
    evidence = gather(derivation, values, history, several, checked if isinstance(checked, CheckReport) else None)
    tree = document(derivation, evidence, shapes, extent)
    given = {str(name): value for name, value in (values or {}).items()}
    return _write(Material(derivation, tree, evidence, given, history, several, command), files(path, formats))


def _write(material: Material, places: Mapping[str, Path]) -> tuple[Path, ...]:
    """Write each format to its file. Raises Unmade for the first that cannot be had, once the others are written."""
    named = {place: replace(material, document=material.document.beside(place.stem)) for place in places.values()}
    contents, refused = made({place: partial(FORMATS[name].make, named[place]) for name, place in places.items()})
    pictures = {
        place.with_name(file): text
        for name, place in places.items()
        if place in contents
        for file, text in FORMATS[name].beside(named[place]).items()
    }
    for place, content in {**contents, **pictures}.items():
        write_atomically(place, content)
    if refused is not None:
        raise Unmade.of(refused, tuple(contents)) from None
    return tuple(contents)


def gather(
    derivation: Derivation,
    values: Mapping[Any, Any] | None = None,
    history: TrainingHistory | None = None,
    sweep: Sequence[TrainingHistory] = (),
    checked: CheckReport | None = None,
) -> Evidence:
    """Check and compute all that a report tells beside the derivation."""
    function = lambdify(derivation)
    given = {**derivation.network.values, **{str(name): value for name, value in (values or {}).items()}}
    leaves = {s.name for s in derivation.network.leaves}
    gatherer = derivation.network.kind[GATHERER]
    has_values = values is not None or leaves <= given.keys()
    found = gatherer.at_values(derivation, function, given, history, sweep) if has_values else {}
    return Evidence(
        checked=_checked(checked or check(derivation)),
        source=function.source,
        rewritten=computed(derivation) is not derivation,
        versions={"symbackprop": __version__, "SymPy": sympy.__version__, "NumPy": np.__version__},
        run=None if history is None else gatherer.run(history),
        sweep=tuple(gatherer.run(one) for one in sweep),
        smallest=gatherer.smallest(derivation, given if has_values else {}),
        pictures=pictures(derivation, function, found.pop("graph", None), history, sweep),
        **found,
    )


@dataclass(frozen=True)
class Gatherer:
    """How the evidence of one kind is gathered: what values give, and training."""

    at_values: Callable[..., dict[str, Any]]
    run: Callable[[TrainingHistory], Run]
    smallest: Callable[[Derivation, Mapping[str, Any]], Smallest | None]
    """The case that is told before the whole is; none where the whole is of scalars."""


GATHERER = Question(
    __name__,
    "what its reports tell of numbers",
    {
        SCALARS: Gatherer(scalar_evidence, scalar_run, lambda derivation, given: None),
        MATRICES: Gatherer(matrix_evidence, matrix_run, smallest_case),
    },
)


def _checked(found: CheckReport) -> Checked:
    verdict = found.verdict
    return Checked(
        rulings={row.name: row.ruling for row in found.rows},
        passed={row.name: row.code_ok for row in found.rows},
        tolerances={row.name: row.tolerance for row in found.rows},
        methods=tuple(sorted({row.method for row in found.rows})),
        points=found.points,
        forms=found.forms,
        level="" if verdict is None else str(verdict.level),
        chance=0.0 if verdict is None else verdict.chance,
        covered="" if verdict is None else verdict.covered,
        reasons=found.reasons,
        left_out=found.left_out,
        sizes=found.sizes,
    )
