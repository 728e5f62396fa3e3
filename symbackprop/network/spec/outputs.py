"""The outputs of a layer in a file: a list of names, or a section with the name of the adjoint of each."""

from __future__ import annotations

from symbackprop.network.formulas import parse_name, quote
from symbackprop.network.spec.tables import Tables, shown


def outputs_in(tables: Tables) -> dict[str, str | None] | None:
    """The outputs, each with the name of its adjoint where it is given one; None where the file has a loss."""
    content = tables.content.get("outputs")
    if content is None:
        return None
    if "loss" in tables.content:
        what = "the file has a loss and outputs"
        tables.fail(("outputs",), "outputs", what, "leave out [loss] or outputs: the adjoints of outputs are given")
    if not content:
        tables.fail(("outputs",), "outputs", "there are no outputs", 'name them, as in outputs = ["Y"]')
    pairs = [(name, None) for name in content] if isinstance(content, list) else list(content.items())
    found: dict[str, str | None] = {}
    for written, adjoint in pairs:
        if not isinstance(written, str):
            tables.fail(("outputs",), "name", f"{shown(written)} in outputs is not a name", 'write ["Y"]')
        key = ("outputs", written) if isinstance(content, dict) else ("outputs",)
        if adjoint is not None and not isinstance(adjoint, str):
            fix = f'write {written} = "{written}_bar", and its value under [adjoints]'
            tables.fail(key, "text", f"the adjoint of {quote(written)} is {shown(adjoint)}, not a name", fix)
        with tables.at(key):
            name = parse_name(written, where="outputs")
            if name in found:
                tables.fail(key, "outputs", f"the output {quote(name)} is given twice", "name it once")
            found[name] = None if adjoint is None else parse_name(adjoint, where="outputs")
    return found
