"""From a network to its derivation."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Symbol

from symbackprop.calculus.derivation import Derivation
from symbackprop.calculus.pipeline import DERIVATION, FORMS, STABLE, TEXTBOOK, Task
from symbackprop.calculus.stable import in_stable_form
from symbackprop.calculus.strangers import require_network
from symbackprop.errors import DerivationError
from symbackprop.network.facts import Fact, Stated
from symbackprop.network.network import Network
from symbackprop.passes import run


def derive(
    network: Network,
    wrt: Iterable[Symbol | str] | None = None,
    facts: Iterable[Fact | Stated | str] = (),
    form: str = TEXTBOOK,
) -> Derivation:
    """Derive the gradient of a network's loss by the chain rule, in reverse mode over its equations.

    Parameters
    ----------
    network
        The network; its loss is a scalar.
    wrt
        The names to differentiate by: parameters (all of them by default), inputs, targets, or intermediate values.
    facts
        What is known beside what the network states: equations about the data, such as ``Eq(t1 + t2 + t3, 1)`` or
        ``"rowsum(Y) = 1"``, where values lie, such as ``"delta > 0"``, and words, such as ``"S symmetric"``.
    form
        ``"textbook"``: each line as the rules of algebra leave it, an error signal for each value that is used again.
        ``"published"``: each line as short as a search finds it, with names of the network put in wherever a part is
        worth the same, what is used again named, and error signals that do not pay written out. ``"stable"``: of the
        network whose equations neither overflow nor lose digits, as code is written.

    Raises DerivationError where a name is unknown or does not reach the loss. A name may reach the loss and yet not
    move it, as a bias before a batch norm: ``zero`` of the derivation has those, and ``check`` names them.
    """
    require_network(network, "derive")
    if form not in FORMS:
        raise DerivationError("form", f"there is no form {form!r}", f"choose {', '.join(FORMS[:-1])} or {FORMS[-1]}")
    if form == STABLE:
        asked = network.asked(wrt, ())[0]
        network, wrt = in_stable_form(network, asked), asked
    task, ran = run(DERIVATION, Task(network, wrt, facts, form=form))
    passes = (*network.passes, *ran)
    return Derivation(network, task.wrt, task.facts, task.stated, task.graph, task.swept, passes, form)
