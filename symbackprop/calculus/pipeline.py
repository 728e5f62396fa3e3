"""The passes from a network to its gradients, and all of them in a row, from what was given to the forms that are read.

A network has been through the passes of its description when it was made; ``derive`` runs those that follow. Closed
and expanded forms are made where somebody asks for them, each by the pass for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sympy import Symbol

from symbackprop.algebra.forms import Shortening
from symbackprop.algebra.measure import operations
from symbackprop.calculus.dialects import DIALECT
from symbackprop.calculus.graph import Graph, reaches
from symbackprop.calculus.planning import planned
from symbackprop.calculus.step import Recorder
from symbackprop.calculus.sweep import Plan, Sweep, Swept
from symbackprop.errors import DerivationError
from symbackprop.network.facts import Fact, Stated, facts_of, sign_of
from symbackprop.network.network import Network
from symbackprop.network.pipeline import DESCRIPTION
from symbackprop.passes import Note, Pass, counted, some_of

PUBLISHED, TEXTBOOK, STABLE = FORMS = ("published", "textbook", "stable")
"""As short as the search makes it, as the rules leave it, and as it is computed."""
NO_GRAPH = Graph({}, {}, (), {}, {}, {})
NOT_SWEPT = Swept({}, {}, {}, (), {})


@dataclass(frozen=True)
class Task:
    """A derivation that is being made: what is asked, and what the passes so far have found."""

    network: Network
    given_wrt: Iterable[Symbol | str] | None = None
    given_facts: Iterable[Fact | Stated | str] = ()
    wrt: tuple[Symbol, ...] = ()
    facts: tuple[Fact, ...] = ()
    stated: tuple[Stated, ...] = ()
    graph: Graph = NO_GRAPH
    swept: Swept = NOT_SWEPT
    form: str = TEXTBOOK


def _ask(task: Task, note: Note) -> Task:
    wrt, every = task.network.asked(task.given_wrt, task.given_facts)
    facts = task.network.facts if every is task.network.stated else facts_of(every)
    note(f"by {counted(len(wrt), 'name')}: ", *some_of(wrt))
    for fact in facts[len(task.network.facts) :]:
        note("also ", fact.lhs, f" {sign_of(fact)} ", fact.rhs)
    return replace(task, wrt=wrt, facts=facts, stated=every)


def _differentiate(task: Task, note: Note) -> Task:
    network = task.network
    graph = network.kind[DIALECT].graph_of(network, task.wrt)
    for source in task.wrt:
        _check_reach(network, graph, source)
    note(f"{len(graph.active)} of {counted(len(network.to_loss), 'equation')} on routes to the loss")
    if graph.local:
        note(counted(len(graph.local), "local derivative"))
    return replace(task, graph=graph)


def _check_reach(network: Network, graph: Graph, source: Symbol) -> None:
    """Refuse the loss itself, and what does not reach it."""
    of = next((output for output, adjoint in network.outputs.items() if adjoint == source), None)
    if of is not None or (network.outputs and source == network.loss):
        what = (
            f"{source.name} is the adjoint of {of}, which is given" if of else f"{source.name} is no value of the layer"
        )
        raise DerivationError("wrt", what, "leave it out", where=source.name)
    if source == network.loss:
        what = f"{source.name} is the loss itself; its derivative by itself is 1"
        raise DerivationError("wrt", what, "leave it out", where=source.name)
    if source not in graph.users and network.loss not in reaches(network, source):
        end = f"any output ({', '.join(map(str, network.outputs))})" if network.outputs else f"the loss {network.loss}"
        what = f"{source.name} does not reach {end}"
        raise DerivationError("unreached", what, "its gradient is zero; leave it out", where=source.name)


def _sweep(task: Task, note: Note) -> Task:
    swept = swept_in(task.form, task.network, task.graph, task.wrt, task.facts)
    if swept.backward:
        note(f"names {counted(len(swept.backward), 'error signal')}: ", *some_of(list(swept.backward)))
        sharing = sum(not swept.backward.keys().isdisjoint(swept.adjoint[w].free_symbols) for w in task.wrt)
        note(f"writes {counted(sharing, 'gradient')} with them")
    note(f"writes down {counted(len(swept.steps), 'line')} of work")
    _note_rewrites(swept, note)
    return replace(task, swept=swept)


def swept_in(
    form: str, network: Network, graph: Graph, sources: Sequence[Symbol], facts: Sequence[Fact], record: bool = True
) -> Swept:
    """Error signals and gradients in a form: published, each line as short as the search makes it, or by the rules."""

    def sweep(shortening: Shortening | None, plan: Plan) -> Swept:
        recorder = Recorder() if record else None
        return Sweep(network, graph, sources, facts, recorder=recorder, shortening=shortening, plan=plan).run()

    if form != PUBLISHED:
        return sweep(None, Plan())
    shortening = Shortening(network, facts)
    first = sweep(shortening, Plan())
    plan = planned(network, first, sources, shortening)
    if not plan:
        return first
    second = sweep(shortening.anew(), plan)
    allowed = _cost(network, first, sources) + len(plan.helpers)  # -r is one operation more than b - a was
    return second if _cost(network, second, sources) <= allowed else first


def _cost(network: Network, swept: Swept, sources: Sequence[Symbol]) -> int:
    return operations([*swept.backward.values(), *(swept.adjoint[w] for w in sources)], network.sizes)


def _write_out(task: Task, note: Note) -> Task:
    swept = Sweep(task.network, task.graph, task.wrt, task.facts, naming=False).run()
    note(counted(len(task.wrt), "gradient"))
    _note_rewrites(swept, note)
    return replace(task, swept=swept)


def _note_rewrites(swept: Swept, note: Note) -> None:
    """Note by which rules sums were rewritten, and how often."""
    rules = Counter(rule.reason for rewrites in swept.rewrites.values() for rule in rewrites)
    for reason, times in rules.items():
        note(f"{reason}: {counted(times, 'time')}")


DERIVATION: tuple[Pass[Task], ...] = (
    Pass("ask", "Take the names to differentiate by, and what else is known.", _ask),
    Pass("differentiate", "Differentiate each equation by what moves in it.", _differentiate),
    Pass("sweep", "Pass adjoints back from the loss, tidy each sum, and name what is used again.", _sweep),
)
"""What ``derive`` runs."""

CLOSED = Pass("close", "Sweep again without names for error signals: closed forms.", _write_out)
EXPANDED = Pass("expand", "Sweep with every value written out in weights and inputs.", _write_out)
"""What is run when somebody asks for these forms."""

PIPELINE: tuple[Pass[Any], ...] = (*DESCRIPTION, *DERIVATION, CLOSED, EXPANDED)
"""Every pass, in the order in which they run."""
