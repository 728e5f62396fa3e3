"""What a notebook says of a network before its equations: its name, and what its names are for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized

from sympy import Symbol

from symbackprop.notation import NameTable, latex

MOST_NAMES = 12
"""So many names of one role are listed; more are counted."""
_ONE = {
    "inputs": "input", "targets": "target", "parameters": "parameter", "outputs": "output", "adjoints": "adjoint",
    "losses": "loss",
}  # fmt: skip
_MEANT_IN_MARKDOWN = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]<>#$|~"})


def heading(name: str, leaves: Mapping[str, Sequence[Symbol]], outputs: Mapping[Symbol, Symbol], loss: Symbol) -> str:
    """A sentence in Markdown, such as ``**OR gate**: inputs $x_1$, $x_2$; target $y$; loss $L$``."""
    ends = {"outputs": tuple(outputs), "adjoints": tuple(outputs.values())} if outputs else {"losses": (loss,)}
    groups = {**leaves, **ends}
    names = NameTable.of(symbol.name for group in groups.values() for symbol in group)
    parts = [_listed(role, group, names) for role, group in groups.items() if group]
    return f"**{name.translate(_MEANT_IN_MARKDOWN)}**: {'; '.join(parts)}"


def _listed(role: str, group: Sequence[Symbol], names: NameTable) -> str:
    if len(group) > MOST_NAMES:
        return f"{len(group):,} {role}"
    word = role if len(group) > 1 else _ONE[role]
    return f"{word} {', '.join(f'${latex(symbol, names)}$' for symbol in group)}"


def counted(
    name: str, equations: Sized, roles: Mapping[str, Sequence[Symbol]], outputs: Mapping[Symbol, Symbol], loss: Symbol
) -> str:
    """One line: ``<Network 'OR gate': 3 equations, 2 inputs, 3 parameters, loss L>``."""
    end = f"outputs {', '.join(map(str, outputs))}" if outputs else f"loss {loss}"
    numbers = f"{len(equations)} equations, {len(roles['inputs'])} inputs, {len(roles['parameters'])} parameters"
    return f"<Network {name!r}: {numbers}, {end}>"
