"""The walk through a graph, a frame a step: forward, where each value comes from, then back, how gradients arrive."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from sympy import Symbol

from symbackprop.calculus import Derivation
from symbackprop.drawings.choosing import Link
from symbackprop.drawings.graph import DIGITS, MARGIN, Numbers, Seen, Sheet, link_in_a_row, sheet_of
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


def _after(equations: Container[Symbol], name: str, order: Mapping[str, int]) -> int:
    """Equations go back in the opposite order, and what is given when all that uses it is done."""
    return order[name] if Symbol(name) in equations else -1


def _backward(derivation: Derivation, sheet: Sheet, name: Symbol, ends: tuple[Symbol, ...]) -> str:
    """How a gradient arrives: the gradients of the users, each times its local derivative."""
    names, loss = sheet.names, derivation.network.loss
    left = rf"\partial {names.latex(loss.name)}/\partial {names.latex(name.name)}"
    users = derivation.graph.users.get(name, ())
    if name in ends and not derivation.network.outputs:
        return f"{left} = 1"
    if not derivation.network.kind.has_routes or not users:
        return f"{left}{_comes_to(sheet, name.name, False)}"
    products = [_product(sheet, user, name) for user in users]
    several = len(users) > 1
    symbols = "+".join(f"({written})" if several and written.startswith("-") else written for written in products)
    middle = f" = {symbols}" if latex_width(symbols) <= WIDEST else ""
    factors = [_factors(sheet, user, name) for user in users]
    if all(factors) and sum(map(len, factors)) > 1:
        put_in = "+".join(r"\cdot ".join(map(_bracketed, numbers)) for numbers in factors)
        middle += f" = {put_in}" if latex_width(put_in) <= WIDEST / 2 else ""
    return f"{left}{middle}{_comes_to(sheet, name.name, False)}"


def _product(sheet: Sheet, user: Symbol, name: Symbol) -> str:
    """What comes back from a user: its gradient times its local derivative, which is all of it where it is the loss."""
    derivation, names = sheet.derivation, sheet.names
    loss = derivation.network.loss
    if user == loss:
        return latex(derivation.local[user, name], names, derivation.order)
    link = link_in_a_row(derivation, names, user, name)
    return rf"\partial {names.latex(loss.name)}/\partial {names.latex(user.name)}\cdot {link}"


def _factors(sheet: Sheet, user: Symbol, name: Symbol) -> list[float]:
    """The numbers of the product; none where there is one that is not known."""
    local = sheet.numbers.links.get((name.name, user.name))
    gradient = sheet.numbers.gradients.get(user.name)
    known = [local] if user == sheet.derivation.network.loss else [gradient, local]
    return [number for number in known if number is not None] if None not in known else []


def _bracketed(value: float) -> str:
    written = shown(value, DIGITS)
    return f"({written})" if written.startswith("-") or "^" in written else written


def _comes_to(sheet: Sheet, name: str, forward: bool) -> str:
    known = sheet.numbers.values if forward else sheet.numbers.gradients
    if name not in known:
        return ""
    if sheet.numbers.norms and sheet.derivation.network.shape(name):
        return rf"\text{{, norm }}{shown(known[name], DIGITS)}"
    return f" = {shown(known[name], DIGITS)}"
