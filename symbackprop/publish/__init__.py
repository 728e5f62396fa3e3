"""Reports with everything in them: derive, check, compute, then hand it all to the writers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sympy

from symbackprop.calculus import Derivation, require_derivation
from symbackprop.files import write_atomically
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.numeric import lambdify
from symbackprop.publish.formats import FORMATS, USUAL, checked_formats, made
from symbackprop.publish.matrices import matrix_evidence, matrix_run
from symbackprop.publish.scalars import scalar_evidence, scalar_run
from symbackprop.reporting import Checked, Evidence, Run, document
from symbackprop.training import TrainingHistory
from symbackprop.verification import CheckReport, check
from symbackprop.version import __version__

__all__ = ["FORMATS", "USUAL", "gather", "report"]


def report(
    derivation: Derivation,
    path: str | os.PathLike[str],
    values: Mapping[Any, Any] | None = None,
    history: TrainingHistory | None = None,
    sweep: Iterable[TrainingHistory] = (),
    formats: Sequence[str] = USUAL,
    checked: CheckReport | None = None,
    shapes: bool = False,
) -> tuple[Path, ...]:
    """Write a derivation as documents, and return their paths.

    Parameters
    ----------
    derivation
        What to report.
    path
        Where: ``"reports/two_layer"`` gives two_layer.md and two_layer.tex.
    values
        Inputs, targets and parameters of the first step, by name; the network's own stand in for what is missing.
        Without any, the report has no numbers put in.
    history, sweep
        Training to tabulate, and training at several learning rates.
    formats
        Of ``md``, ``tex`` and ``pdf``, which is set by pdflatex where it is found, else by the Python module typst
        (extra ``pdf``).
    checked
        What ``check`` found, where it has been run already.
    shapes
        Put its shape under each matrix, m×n.

    The same input gives the same bytes. Raises DataError where values do not fit, and SymbackpropError for an unknown
    format or a place that cannot be written to; nothing is written then. Where there can be no PDF, the other formats
    are written and SymbackpropError is raised.
    """
    require_derivation(derivation, "report")
    formats = checked_formats(formats)
    tree = document(derivation, gather(derivation, values, history, tuple(sweep), checked), shapes)
    contents, failure = made(tree, path, formats)
    for target, content in contents.items():
        write_atomically(target, content)
    if failure is not None:
        raise failure
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
    return Evidence(
        checked=_checked(checked or check(derivation)),
        source=function.source,
        versions={"symbackprop": __version__, "SymPy": sympy.__version__, "NumPy": np.__version__},
        run=None if history is None else gatherer.run(history),
        sweep=tuple(gatherer.run(one) for one in sweep),
        **(gatherer.at_values(derivation, function, given, history, sweep) if has_values else {}),
    )


@dataclass(frozen=True)
class Gatherer:
    """How the evidence of one kind is gathered: what values give, and training."""

    at_values: Callable[..., dict[str, Any]]
    run: Callable[[TrainingHistory], Run]


GATHERER = Question(
    __name__,
    "what its reports tell of numbers",
    {SCALARS: Gatherer(scalar_evidence, scalar_run), MATRICES: Gatherer(matrix_evidence, matrix_run)},
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
