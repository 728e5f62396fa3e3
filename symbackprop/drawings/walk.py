"""The walk through a graph, a frame a step: forward, where each value comes from, then back, how gradients arrive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sympy import Symbol

from symbackprop.calculus import Derivation
from symbackprop.drawings.choosing import Link
from symbackprop.drawings.graph import DIGITS, MARGIN, Numbers, Seen, Sheet, sheet_of
from symbackprop.drawings.picture import Label, Picture
from symbackprop.drawings.setting import plain, width_of
from symbackprop.notation import latex, latex_width
from symbackprop.notation.numbers import shown

ROOM = 24.0
"""Above the graph, for what the step says."""
WIDEST = 64
"""Characters of a formula that is written out in a step."""


@dataclass(frozen=True)
class Step:
    """One step: the name that gets its value or its gradient, and what is said of it, in LaTeX."""

    name: str
    forward: bool
    says: str


def walk(derivation: Derivation, numbers: Numbers) -> tuple[Picture, ...]:
    """The frames of the walk, in order; the first shows what is given.

    Each frame has everything of the frames before it. Names of a large network that its picture leaves out have no
    frame of their own.
    """
    sheet = sheet_of(derivation, numbers)
    steps = list(_steps(derivation, sheet))
    frames = []
    values = [s.name for s in derivation.network.leaves if s.name in sheet.values]
    gradients: list[str] = []
    links: list[Link] = []
    total = len(steps)
    wide = max([sheet.width, *(2 * MARGIN + width_of(_caption(step, k, total), 9) for k, step in enumerate(steps, 1))])
    for k, step in enumerate([None, *steps]):
        edges: list[Link] = []
        lit: tuple[str, ...] = ()
        if step is not None and step.forward:
            values.append(step.name)
            edges = [link for link in sheet.ways if link[1] == step.name]
        elif step is not None:
            gradients.append(step.name)
            edges = [link for link in sheet.carrying if link[0] == step.name and link in sheet.ways]
            links += edges
        if step is not None:
            lit = (step.name,)
        seen = Seen(tuple(values), tuple(gradients), tuple(links), (), edges, lit)
        says = _caption(step, k, total)
        label = Label(MARGIN, MARGIN + 9, says, "start", size=9, role="step")
        raised = Picture(sheet.width, sheet.height, sheet.parts(seen)).moved(0.0, ROOM)
        title = f"Step {k} of {total} of the walk through {derivation.network.name}"
        frames.append(Picture(wide, raised.height, (label, *raised.parts), title, plain(says)))
    return tuple(frames)


def _caption(step: Step | None, number: int, total: int) -> str:
    if step is None:
        return r"\text{What is given. Forward first, then back.}"
    direction = "forward" if step.forward else "back"
    return rf"\text{{{number} of {total}, {direction}: }}{step.says}"


def _steps(derivation: Derivation, sheet: Sheet) -> Iterator[Step]:
    network = derivation.network
    for name, expr in network.equations.items():
        if name.name in sheet.values:
            written = latex(expr, sheet.names, derivation.order)
            middle = f" = {written}" if latex_width(written) <= WIDEST else ""
            yield Step(name.name, True, f"{sheet.names.latex(name.name)}{middle}{_comes_to(sheet, name.name, True)}")
    ends = tuple(network.outputs) or (network.loss,)
    drawn = [name for column in sheet.plan.columns for name in column if name in sheet.gradients]
    order = {s.name: k for k, s in enumerate((*network.leaves, *network.equations))}
    depth = {name: k for k, column in enumerate(sheet.plan.columns) for name in column}
    for name in sorted(drawn, key=lambda n: (-_after(network.equations, n, order), -depth[n], order[n])):
        yield Step(name, False, _backward(derivation, sheet, network.symbol(name), ends))


def _after(equations: object, name: str, order: dict[str, int]) -> int:
    """Equations go back in the opposite order, and what is given when all that uses it is done."""
    return order[name] if Symbol(name) in equations else -1  # type: ignore[operator]


def _backward(derivation: Derivation, sheet: Sheet, name: Symbol, ends: tuple[Symbol, ...]) -> str:
    """How a gradient arrives: the gradients of the users, each times its local derivative."""
    names, loss = sheet.names, derivation.network.loss
    left = rf"\partial {names.latex(loss.name)}/\partial {names.latex(name.name)}"
    users = derivation.graph.users.get(name, ())
    if name in ends and not derivation.network.outputs:
        return f"{left} = 1"
    symbols = "+".join(_product(sheet, loss.name, user.name, name.name) for user in users)
    known = [(sheet.numbers.gradients.get(u.name), sheet.numbers.links.get((name.name, u.name))) for u in users]
    middle = f" = {symbols}" if derivation.network.kind.has_routes and users and latex_width(symbols) <= WIDEST else ""
    if all(g is not None and f is not None for g, f in known) and known:
        put_in = "+".join(rf"{_bracketed(g)}\cdot {_bracketed(f)}" for g, f in known if g is not None and f is not None)
        middle += f" = {put_in}" if latex_width(put_in) <= WIDEST / 2 else ""
    return f"{left}{middle}{_comes_to(sheet, name.name, False)}"


def _product(sheet: Sheet, loss: str, user: str, name: str) -> str:
    loss, user, name = (sheet.names.latex(word) for word in (loss, user, name))
    local = rf"\partial {user}/\partial {name}"
    return local if user == loss else rf"\partial {loss}/\partial {user}\cdot {local}"


def _bracketed(value: float) -> str:
    written = shown(value, DIGITS)
    return f"({written})" if written.startswith("-") or "^" in written else written


def _comes_to(sheet: Sheet, name: str, forward: bool) -> str:
    known = sheet.numbers.values if forward else sheet.numbers.gradients
    if name not in known:
        return ""
    if sheet.numbers.norms and derivation_shape(sheet, name):
        return rf"\text{{, norm }}{shown(known[name], DIGITS)}"
    return f" = {shown(known[name], DIGITS)}"


def derivation_shape(sheet: Sheet, name: str) -> bool:
    """Whether a name is a matrix, of which the norm is told."""
    return bool(sheet.derivation.network.shape(name))
