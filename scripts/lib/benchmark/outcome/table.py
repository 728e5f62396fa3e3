"""The report of a run in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from benchmark.outcome.select import Group, groups, rows
from benchmark.outcome.targets import Verdict, verdicts
from benchmark.records import Ratio, Record, ratio

ABOUT = """\
Written by `scripts/benchmark`. In every round each contestant runs for a moment, after a rest and a warm-up, in an
order that moves on from round to round; the quickest of three bursts counts, as other work disturbs one, seldom all. A
ratio is the median over the rounds of the ratios within each, and in brackets stand the quartiles. Below 1, ours is
faster. Nobody is timed before three updates have led to the same loss and the same weights as derived gradients in
float64. Getting ready and compiling are not in a step, but in a column of their own. With one thread the whole process
keeps to one core."""

STEPS = """\
A step is the forward pass, the gradients of all weights and biases, and an update by gradient descent, on the same
batch in float32; the loss is softmax and cross-entropy. PyTorch, JAX, autograd and the NumPy by hand take the classes
as numbers, ours takes any probabilities. "Ours, PyTorch" and "ours, JAX jit" are derived gradients on the arrays of
these libraries. The limit of whoever uses NumPy's BLAS is its matrix products alone, into buffers that are there
already."""

TINY = """\
The network of `two-layer-bias`, ten weights, float64. Ours, C, JAX's scan and the Python by hand keep the loop inside;
all others are called for each update. PyTorch and autograd run the equations as they are written, and also with a
matrix a layer."""

DERIVE = """\
All weight gradients of perceptrons of sigmoids with squared error, each derivation in a process of its own. Operations
include the forward pass; a sigmoid counts as four. Ours records every step with its reason on the way."""

MEMORY = """\
Arrays kept from step to step, without weights and data, and the peak of a step above them, as Python's tracer sees
them (it does not see buffers that numba makes for itself). A step must hold: the activations of each layer, the error
signals of the hidden ones (that of the outputs fits where the probabilities were), and the gradients of weights and
biases."""


def report(machine: dict[str, Any], records: Sequence[Record], plots: Sequence[str]) -> str:
    """All of it; ``plots`` are the names of the files of plots, by part."""
    blocks = ["# Benchmark", ABOUT, _machine(machine), *_targets(verdicts(records))]
    sections = [
        ("steps", "Training steps of layers", STEPS, _contests),
        ("tiny", "Training steps of the 2-2-2 network", TINY, _contests),
        ("memory", "Memory of a step", MEMORY, _memory),
        ("derive", "Deriving", DERIVE, _derive),
        ("growth", "As networks grow", "", _growth),
    ]
    for part, title, words, write in sections:
        found = groups(records, part)
        if found:
            picture = [f"![{title}]({part}.svg)"] if f"{part}.svg" in plots else []
            blocks += [f"## {title}", *filter(None, [words]), *picture, *write(found)]
    return "\n\n".join(blocks) + "\n"


def _machine(machine: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items() if number)
    lines = [
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}; {machine['date']}; load "
        f"{machine['load']} at the start; BLAS kernels of NumPy: {machine['blas'] or 'unknown'}.",
        f"{versions}.",
    ]
    return "\n".join(lines)


def _targets(found: Sequence[Verdict]) -> list[str]:
    if not found:
        return []
    table = [["promise", "where", "measured", "holds"]]
    table += [[v.promise, v.where, _ratio(v.measured), v.holds] for v in found]
    words = '"Even": the median misses the bound, and the middle half of the rounds lies on both sides of it.'
    return ["## What is promised", words, _table(table, "llrl")]


def _contests(found: Sequence[Group]) -> Iterator[str]:
    """For each row a table, with columns for each number of threads."""
    for row in rows(found):
        here = [group for group in found if group.row == row]
        first = next((r.contestant for r in here[0].records if r.kind == "ours"), "ours")
        head = ["contestant"]
        for group in here:
            threads = f"{group.threads} thread{'s' if group.threads > 1 else ''}"
            head += [f"{threads}: µs", f"{first} ÷ it", "best of ours ÷ it"]
        table = [[*head, "getting ready, s"]]
        for k, record in enumerate(here[0].records):
            cells = [cell for group in here for cell in _cells(group, group.records[k], first)]
            setup = "" if record.setup is None or record.status != "measured" else f"{record.setup:.2f}"
            table.append([_name(record), *cells, setup])
        yield f"### {row}\n\n{_table(table, 'l' + 'r' * (len(head)))}" + _reasons(here)


def _cells(group: Group, record: Record, first: str) -> list[str]:
    if record.status != "measured":
        return [record.status, "", ""]
    ours, best = group.get(first), group.fastest("ours")
    return [_micros(record.median), *(_ratio(ratio(o, record)) if o else "" for o in (ours, best))]


def _reasons(here: Sequence[Group]) -> str:
    """Why somebody was not measured, under the table."""
    why = {f"{r.contestant}: {r.status}, {r.reason}": None for g in here for r in g.records if r.status != "measured"}
    return "".join(f"\n\n{line}" for line in why)


def _memory(found: Sequence[Group]) -> Iterator[str]:
    names = list(dict.fromkeys(r.contestant for group in found for r in group.records))
    table = [["bytes", *names, "ours, NumPy ÷ what it must hold"]]
    for group in found:
        ours, limit = group.get("ours, NumPy"), group.get("activations and gradients")
        share = f"{ours.count / limit.count:.2f}" if ours and limit and ours.count and limit.count else ""
        by_name = {r.contestant: r for r in group.records}
        table.append([group.row, *(_count(by_name[name]) for name in names), share])
    yield _table(table, "l" + "r" * (len(names) + 1)) + _reasons(found)


def _derive(found: Sequence[Group]) -> Iterator[str]:
    for group in found:
        ours = group.get("ours")
        table = [["contestant", "ms", "ours ÷ it", "operations", "what it finds"]]
        for r in group.records:
            if r.status == "over":
                table.append([_name(r), f"over {r.seconds[0]:.0f} s", "", "", ""])
            elif r.status == "measured":
                shown = _ratio(ratio(ours, r)) if ours else ""
                table.append([_name(r), f"{1e3 * r.median:.2f}", shown, _count(r), r.reason])
            else:
                table.append([_name(r), r.status, "", "", r.reason])
        kept = [k for k in range(5) if any(line[k] for line in table[1:])]
        yield f"### {group.row}\n\n" + _table([[line[k] for k in kept] for line in table], "lrrrl")


def _growth(found: Sequence[Group]) -> Iterator[str]:
    table = [["", "ms"], *([group.row, f"{1e3 * group.records[0].median:.1f}"] for group in found)]
    yield _table(table, "lr")


def _table(lines: Sequence[Sequence[str]], alignment: str) -> str:
    head, *body = lines
    rule = [":--" if side == "l" else "--:" for side in alignment[: len(head)]]
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, rule, *body])


def _name(record: Record) -> str:
    return f"**{record.contestant}**" if record.kind == "ours" else record.contestant


def _ratio(found: Ratio | None) -> str:
    if found is None:
        return ""
    low, median, high = map(_short, (found.low, found.median, found.high))
    return median if low == high else f"{median} [{low}, {high}]"


def _short(x: float) -> str:
    """Two digits behind the point, more for what is small, none for what is large."""
    return f"{x:.0f}" if x >= 100 else f"{x:.2f}" if x >= 0.1 else f"{x:.2g}"


def _micros(seconds: float) -> str:
    micros = 1e6 * seconds
    return f"{micros:,.0f}" if micros >= 100 else f"{micros:.1f}" if micros >= 10 else f"{micros:.3f}"


def _count(record: Record) -> str:
    return record.status if record.status != "measured" else "" if record.count is None else f"{record.count:,}"
