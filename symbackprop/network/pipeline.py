"""The passes that make a network of what is given: its equations are read, checked, and brought into one form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from sympy import Expr, Symbol

from symbackprop.matrices import Array
from symbackprop.network import checks
from symbackprop.network.facts import Fact, Stated, facts_of, sign_of, stated
from symbackprop.network.known_functions import check_functions
from symbackprop.network.normalise import named, recognised
from symbackprop.network.order import in_order
from symbackprop.network.outputs import check_ends, loss_of, outputs_of
from symbackprop.network.sizes import check_entries, check_settings, check_shapes, sizes_of
from symbackprop.network.values import Value, checked_values
from symbackprop.notation.order import TypedOrder
from symbackprop.passes import Note, Pass, counted, some_of


@dataclass(frozen=True)
class Draft:
    """A network that is being made: what was given, and what the passes so far have made of it."""

    given: Any
    roles: Mapping[str, tuple[Symbol, ...]]
    loss: Symbol
    given_outputs: Any
    given_facts: Iterable[Fact | Stated | str]
    given_values: Mapping[str, Any]
    typed: TypedOrder
    equations: Mapping[Symbol, Expr] = field(default_factory=dict)
    outputs: Mapping[Symbol, Symbol] = field(default_factory=dict)
    stated: tuple[Stated, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def leaves(self) -> tuple[Symbol, ...]:
        """The names whose values come from outside."""
        return tuple(symbol for group in self.roles.values() for symbol in group)

    def frozen(self, key: str) -> tuple[str, Mapping[Any, Any]]:
        """A mapping of the draft under its name, to be read alone."""
        return key, MappingProxyType(getattr(self, key))

    @property
    def sizes(self) -> Mapping[Symbol, Array]:
        """The symbols in the shapes of names, each with the first array that has it."""
        return sizes_of((*self.leaves, *self.equations))


def _read(draft: Draft, note: Note) -> Draft:
    pairs = checks.pairs_of(draft.given)
    note(counted(len(pairs), "equation"))
    draft = replace(draft, equations=dict(pairs))
    checks.check_names(pairs, draft.roles, draft.sizes)
    if draft.given_outputs is not None:
        draft = _ended(draft, note)
    arrays = [name for name in (*draft.leaves, *draft.equations) if isinstance(name, Array)]
    if arrays:
        sizes = (" of the sizes ", *some_of(list(draft.sizes))) if draft.sizes else ()
        note(counted(len(arrays), "array"), *sizes)
    return draft


def _ended(draft: Draft, note: Note) -> Draft:
    """The draft of a layer, with the adjoints of its outputs among the targets, and ⟨Ȳ, Y⟩ for its last equation."""
    check_ends(draft.loss, draft.given_outputs)
    taken = [name.name for name in (*draft.leaves, *draft.equations, *draft.sizes)]
    outputs = outputs_of(draft.given_outputs, draft.equations, taken)
    loss, value = loss_of(outputs, taken)
    for output, adjoint in outputs.items():
        note("the adjoint of ", output, " is given: ", adjoint)
    roles = {**draft.roles, "targets": (*draft.roles["targets"], *outputs.values())}
    equations = {**draft.equations, loss: value}
    checks.check_names(list(equations.items()), roles, draft.sizes)
    return replace(draft, outputs=outputs, loss=loss, roles=roles, equations=equations)


def _bind(draft: Draft, note: Note) -> Draft:
    checks.check_loss(draft.loss, list(draft.equations))
    leaves = frozenset(draft.leaves)
    sizes = sizes_of(leaves - frozenset(draft.outputs.values()))  # of what there is before the outputs
    checks.check_bound(list(draft.equations.items()), leaves | sizes.keys())
    check_settings(draft.equations, sizes)
    for role, every in draft.roles.items():
        group = [name for name in every if name not in draft.outputs.values()]  # of which it has been said already
        if group:
            note(counted(len(group), role.removesuffix("s")), ": ", *some_of(group))
    return draft


def _recognise(draft: Draft, note: Note) -> Draft:
    return replace(draft, equations=recognised(draft.equations, note))


def _name(draft: Draft, note: Note) -> Draft:
    taken = {symbol.name for symbol in (*draft.leaves, *draft.sizes)}
    equations, typed = named(draft.equations, taken, draft.typed, note)
    return replace(draft, equations=equations, typed=typed)


def _order(draft: Draft, note: Note) -> Draft:
    ordered = in_order(draft.equations)
    if draft.outputs:  # what names were given stands before ⟨Ȳ, Y⟩, which is none of the layer's own
        ordered[draft.loss] = ordered.pop(draft.loss)
    if list(ordered) != list(draft.equations):
        note("the order is now ", *some_of(list(ordered)))
    return replace(draft, equations=ordered)


def _check(draft: Draft, note: Note) -> Draft:
    check_shapes(draft.equations)
    check_entries(draft.equations)
    check_functions(draft.equations)
    checks.check_reach(draft.equations, draft.roles["parameters"], draft.loss, draft.outputs)
    return draft


def _state(draft: Draft, note: Note) -> Draft:
    every = stated(draft.given_facts, draft.roles, computed=draft.equations)
    for fact in facts_of(every):
        note(fact.lhs, f" {sign_of(fact)} ", fact.rhs)
    return replace(draft, stated=every)


def _values(draft: Draft, note: Note) -> Draft:
    values = checked_values(draft.given_values, draft.roles)
    if values:
        note(counted(len(values), "value"))
    return replace(draft, values=values)


DESCRIPTION: tuple[Pass[Draft], ...] = (
    Pass("read", "Take tuples of names apart, and turn SymPy's matrices into arrays.", _read),
    Pass("bind", "See that every name is defined once, and that the loss is one of them.", _bind),
    Pass("recognise", "Take written-out forms for the functions that they are.", _recognise),
    Pass("name", "Give each activation, and what it is applied to, a name of its own.", _name),
    Pass("order", "Put each equation behind those that it uses.", _order),
    Pass("check", "See that shapes fit, functions are known, and parameters reach the loss.", _check),
    Pass("state", "Read what is known of the data, and see that it can hold together.", _state),
    Pass("values", "Check the values that come with the network.", _values),
)
"""From what is given to a network, in this order."""
