"""The network as it is usually drawn: units in columns, from inputs to the loss, and weights on what joins them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sympy import Symbol

from symbackprop.calculus import Derivation
from symbackprop.drawings.choosing import DOTS, Chosen, Link, chosen
from symbackprop.drawings.faces import names_of
from symbackprop.drawings.graph import GAP, MARGIN, dots, placed, sheet_of
from symbackprop.drawings.layered import Item, lay_out
from symbackprop.drawings.picture import Edge, Label, Node, Part, Picture
from symbackprop.drawings.routing import Placing, way
from symbackprop.drawings.setting import room_for, width_of
from symbackprop.drawings.units import Unit, units_of
from symbackprop.drawings.words import network_words
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.notation import NameTable

ROUND = 30.0
MOST_UNITS = 7
MOST_WEIGHTS = 16
"""Between two columns with more joining lines the weights are not written."""
UNDER = 9.0
HEADINGS = 16.0


def network(derivation: Derivation) -> Picture:
    """The network in layers: units of scalars, and boxes with shapes and operations of matrices."""
    return derivation.network.kind[PICTURES](derivation)


def _boxes(derivation: Derivation) -> Picture:
    sheet = sheet_of(derivation, None, numbered=False)
    parts = sheet.parts(sheet.all_seen())
    title = f"The network {derivation.network.name}"
    return Picture(sheet.width, sheet.height, parts, title, network_words(derivation, sheet.plan.left_out))


def _layers(derivation: Derivation) -> Picture:
    names = names_of(derivation)
    units = {unit.name.name: unit for unit in units_of(derivation.network)}
    columns, links = _columns(derivation, units)
    plan = chosen(columns, links, MOST_UNITS, MOST_UNITS)
    nodes = {name: _node(derivation, names, units, name) for column in plan.columns for name in column}
    labels = _weights(names, units, plan)
    under = {name: _under(names, units.get(name)) for name in nodes}
    columned = [
        [
            Item(n, max(nodes[n].width, width_of(under[n], 8)), nodes[n].height, 2, UNDER if under[n] else 2)
            for n in column
        ]
        for column in plan.columns
    ]
    laid = lay_out(columned, plan.links, _gaps(plan, labels), 10.0, (MARGIN, MARGIN + HEADINGS))
    nodes = {name: placed(node, laid) for name, node in nodes.items()}
    nodes = {name: _with_under(node, under[name]) for name, node in nodes.items()}
    ways = {link: way(nodes[link[0]], nodes[link[1]], laid) for link in plan.links}
    placing = Placing.among(nodes.values(), ways.values())
    edges = []
    for link, points in ways.items():
        label = (placing.on_way(labels[link], points, THIRDS, APART),) if link in labels else ()
        edges.append(Edge(*link, points, "ink", 0.6, labels=label))
    parts: list[Part] = [*edges]
    for name, node in nodes.items():
        parts += dots(node) if name.startswith(DOTS) else [node]
    width, height = laid.width + MARGIN, laid.height + MARGIN
    headings = _headings(derivation, plan, nodes)
    over = max(0.0, *(width_of(h.latex, h.size) / 2 - h.x + 2 for h in headings)) if headings else 0.0
    beyond = max([0.0, *(h.x + width_of(h.latex, h.size) / 2 + 2 - width for h in headings)])
    title = f"The network {derivation.network.name}"
    words = network_words(derivation, plan.left_out)
    picture = Picture(width + beyond, height, (*parts, *headings), title, words)
    return picture.moved(over)


THIRDS = (0.3, 0.36, 0.24, 0.2, 0.16, 0.42, 0.5, 0.6, 0.68, 0.76)
"""Weights stand in the first third of their line, where lines to one unit are apart."""
APART = 3.0
"""How far a weight stands from lines that are not its own, so that it is clear whose it is."""


def _columns(derivation: Derivation, units: Mapping[str, Unit]) -> tuple[list[list[str]], list[Link]]:
    net = derivation.network
    renamed = {unit.total: name for name, unit in units.items() if unit.total is not None}
    links = [(value.name, name) for name, unit in units.items() for value in unit.weights if value not in renamed]
    taken = {source for source, _ in links}
    depth: dict[str, int] = {s.name: 0 for s in net.inputs if s.name in taken}
    before: dict[str, list[str]] = {}
    for source, target in links:
        before.setdefault(target, []).append(source)
    for name in units:
        depth[name] = 1 + max((depth[source] for source in before.get(name, ())), default=0)
    columns: list[list[str]] = [[] for _ in range(max(depth.values(), default=0) + 1)]
    for name, k in depth.items():
        columns[k].append(name)
    return [column for column in columns if column], links


def _node(derivation: Derivation, names: NameTable, units: Mapping[str, Unit], name: str) -> Node:
    if name.startswith(DOTS):
        return Node(name, 0, 0, 14, 18)
    unit = units.get(name)
    written = names.latex(name)
    if unit is None:
        width = max(ROUND - 8, width_of(written, 10) + 9)
        return Node(name, 0, 0, width, ROUND - 8, fill="given", labels=(Label(0, 3, written, size=10, role="name",
                                                                              of=(name,)),))  # fmt: skip
    width = max(ROUND, width_of(written, 10) + 10, room_for(unit.sign, 7) + 14)
    labels = [Label(0, -1.0 if unit.sign else 3.0, written, size=10, role="name", of=(name,))]
    if unit.sign:
        labels.append(Label(0, 9.6, unit.sign, size=7, tone="why", role="operation", of=(name,)))
    fill = "computed" if Symbol(name) != derivation.network.loss else "lit"
    return Node(name, 0, 0, width, ROUND, ROUND / 2, fill, labels=tuple(labels))


def _under(names: NameTable, unit: Unit | None) -> str:
    """Biases and targets, below the unit that has them."""
    if unit is None:
        return ""
    biases = "".join(rf"+{names.latex(s.name)}" for s in unit.biases[:2])
    more = r"+\dots" if len(unit.biases) > 2 else ""
    targets = ",".join(names.latex(s.name) for s in unit.targets[:2])
    more_targets = r",\dots" if len(unit.targets) > 2 else ""
    apart = r"\text{ }" if biases and targets else ""
    return biases + more + apart + targets + more_targets


def _with_under(node: Node, written: str) -> Node:
    if not written:
        return node
    y = node.y + node.height / 2 + 8.5
    label = Label(node.x, y, written, tone="why", size=8, role="beside", of=(node.name,), halo=True)
    return replace(node, labels=(*node.labels, label))


def _weights(names: NameTable, units: Mapping[str, Unit], plan: Chosen) -> dict[Link, Label]:
    """The weight on each line, where there are few lines between two columns."""
    at = {name: k for k, column in enumerate(plan.columns) for name in column}
    crowd: dict[int, int] = {}
    for source, _ in plan.links:
        crowd[at[source]] = crowd.get(at[source], 0) + 1
    labels = {}
    for source, target in plan.links:
        unit = units.get(target)
        weights = () if unit is None else next((w for v, w in unit.weights.items() if v.name == source), ())
        if weights and crowd[at[source]] <= MOST_WEIGHTS:
            written = r"\,".join(names.latex(w.name) for w in weights)
            labels[source, target] = Label(0, 0, written, size=8, role="weight", of=(source, target), halo=True)
    return labels


def _gaps(plan: Chosen, labels: Mapping[Link, Label]) -> list[float]:
    at = {name: k for k, column in enumerate(plan.columns) for name in column}
    gaps = []
    for k in range(len(plan.columns)):
        lines = [link for link in plan.links if at[link[0]] == k]
        wide = max((width_of(labels[link].latex, 8) for link in lines if link in labels), default=0.0)
        gaps.append(max(GAP + 6, 2.6 * wide + 12) + min(8.0 * max(len(lines) - 1, 0), 56.0))
    return gaps


def _headings(derivation: Derivation, plan: Chosen, nodes: Mapping[str, Node]) -> list[Label]:
    """What the columns are: inputs on the left, the loss on the right, hidden units and outputs between."""
    net = derivation.network
    inputs = {s.name for s in net.inputs}
    found = []
    for column in plan.columns:
        real = [name for name in column if not name.startswith(DOTS)]
        word = ""
        if real and all(name in inputs for name in real):
            word = "input" if len(real) == 1 else "inputs"
        elif real == [net.loss.name]:
            word = "loss"
        elif real and all(Symbol(name) in net.outputs for name in real):
            word = "output" if len(real) == 1 else "outputs"
        if word:
            found.append(Label(nodes[real[0]].x, MARGIN + 6, rf"\text{{{word}}}", tone="why", size=8))
    return found


Draw = Callable[[Derivation], Picture]
PICTURES = Question(__name__, "how it is drawn in layers", {SCALARS: _layers, MATRICES: _boxes})
