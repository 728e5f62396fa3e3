"""Reports with everything in them: derive, check, compute, then hand it all to the writers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import sympy

from symbackprop.calculus import Derivation, require_derivation
from symbackprop.errors import SymbackpropError, did_you_mean
from symbackprop.files import write_atomically
from symbackprop.numeric import GradientFunction, lambdify
from symbackprop.numeric.evaluate import evaluate, forward, gradient_forms, with_signals
from symbackprop.reporting import Checked, Document, Evidence, FirstStep, Run, document, latex, markdown
from symbackprop.training import TrainingHistory
from symbackprop.training.data import checked_data, checked_parameters
from symbackprop.training.train import descend
from symbackprop.verification import CheckReport, check
from symbackprop.verification.check import TOLERANCE, numeric_gradients
from symbackprop.verification.differences import analytic_names
from symbackprop.version import __version__

EPOCHS_ALONE = 100
ROUNDING = 1e-15
FORMATS: Mapping[str, Callable[[Document], str]] = {"md": markdown, "tex": latex}


def report(
    derivation: Derivation,
    path: str | os.PathLike[str],
    values: Mapping[Any, Any] | None = None,
    history: TrainingHistory | None = None,
    sweep: Iterable[TrainingHistory] = (),
    formats: Sequence[str] = ("md", "tex"),
    checked: CheckReport | None = None,
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
        Of ``md`` and ``tex``.
    checked
        What ``check`` found, where it has been run already.

    The same input gives the same bytes. Raises DataError where values do not fit, and SymbackpropError for an unknown
    format or a place that cannot be written to; nothing is written then.
    """
    require_derivation(derivation, "report")
    formats = (formats,) if isinstance(formats, str) else formats
    for name in formats:
        if name not in FORMATS:
            raise SymbackpropError("format", f"there is no format {name!r}", did_you_mean(name, FORMATS))
    tree = document(derivation, gather(derivation, values, history, tuple(sweep), checked))
    stem = Path(path).with_suffix("") if Path(path).suffix.removeprefix(".") in FORMATS else Path(path)
    written = {Path(f"{stem}.{name}"): FORMATS[name](tree) for name in dict.fromkeys(formats)}
    for target, text in written.items():
        write_atomically(target, text)
    return tuple(written)


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
    first = _first_step(derivation, given, function) if values is not None or leaves <= given.keys() else None
    return Evidence(
        checked=_checked(checked or check(derivation)),
        source=function.source,
        versions={"symbackprop": __version__, "SymPy": sympy.__version__, "NumPy": np.__version__},
        first=first,
        given={name: _plain(value) for name, value in given.items()} if first is not None else {},
        run=None if history is None else _run(history),
        sweep=tuple(_run(one) for one in sweep),
        alone=()
        if history is None or first is None or first.examples == 1
        else _alone(derivation, history, sweep, function),
    )


def _checked(found: CheckReport) -> Checked:
    return Checked(
        methods={row.name: row.method for row in found.rows},
        tolerances={row.name: TOLERANCE[row.method] for row in found.rows},
        passed={row.name: row.ok for row in found.rows},
        points=found.points,
    )


def _plain(value: Any) -> float | tuple[float, ...]:
    array = np.asarray(value, dtype=float)
    return tuple(map(float, array)) if array.ndim else float(array)


def _run(history: TrainingHistory) -> Run:
    return Run(
        learning_rate=history.learning_rate,
        epochs=history.epochs,
        parameters=_lists(history.parameters),
        gradients=_lists(history.gradients),
        values=_lists({name: values for name, values in history.forward.items() if values.ndim == 1}),
        losses=[float(v) for v in history.losses],
        diverged_at=history.diverged_at,
    )


def _without_rounding(value: float) -> float:
    """0.2 - 0.3 + 0.1 is 0, not 5.6e-17."""
    return 0.0 if abs(value) < ROUNDING else value


def _lists(columns: Mapping[str, Any]) -> dict[str, list[float]]:
    return {name: [float(v) for v in values] for name, values in columns.items()}


def _alone(
    derivation: Derivation, history: TrainingHistory, sweep: Sequence[TrainingHistory], function: GradientFunction
) -> tuple[Run, ...]:
    """Training on the first example alone, at the rate of the batch and then at the others."""
    data = {name: float(np.ravel(values)[0]) for name, values in history.data.items()}
    initial = {name: float(values[0]) for name, values in history.parameters.items()}
    rates = dict.fromkeys([history.learning_rate, *(one.learning_rate for one in sweep)])
    epochs = min(history.epochs, EPOCHS_ALONE)
    return tuple(_run(descend(derivation, data, initial, rate, epochs, function=function)) for rate in rates)


def _first_step(derivation: Derivation, given: Mapping[str, Any], function: GradientFunction) -> FirstStep:
    network = derivation.network
    data = checked_data(derivation, given)
    weights = checked_parameters(network, given)
    batch = {**data, **weights}
    examples = max((array.shape[0] for array in batch.values() if array.ndim), default=1)
    point = {name: float(array[0]) if array.ndim else float(array) for name, array in batch.items()}
    values = {name: _without_rounding(float(value)) for name, value in forward(network, point).items()}
    known = with_signals(derivation, values)
    loss, compiled = function(reduction="mean", **batch)
    smooth = frozenset(s.name for s in analytic_names(network))
    rows = [{name: float(a[k]) if a.ndim else float(a) for name, a in batch.items()} for k in range(examples)]
    numeric = [numeric_gradients(network, row, list(compiled), smooth) for row in rows]
    return FirstStep(
        values=values,
        signals={delta.name: float(known[delta.name]) for delta in derivation.backward},
        links={(u.name, v.name): float(evaluate(e, values)) for (u, v), e in derivation.local.items()},
        adjoints={w.name: float(evaluate(derivation.shared[w], known)) for w in derivation.wrt},
        gradients={name: float(g) for name, g in compiled.items()},
        numeric={name: float(np.mean([row[name] for row in numeric])) for name in compiled},
        closed={
            name: float(np.mean(np.broadcast_to(g, (examples,))))
            for name, g in gradient_forms(derivation, batch)["closed"].items()
        },
        examples=examples,
        loss=float(loss),
    )
