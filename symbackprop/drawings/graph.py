"""The computational graph: a node for each name, forward from left to right, with local derivatives on its edges.

Values stand above the nodes and gradients below them; what carries no gradient back is dashed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from sympy import Symbol

from symbackprop.calculus import Derivation
from symbackprop.drawings.choosing import DOTS, Chosen, Link, chosen
from symbackprop.drawings.faces import FACES, names_of
from symbackprop.drawings.layered import Item, Laid, lay_out
from symbackprop.drawings.picture import Edge, Label, Mark, Node, Part, Picture, Point
from symbackprop.drawings.routing import Placing, way
from symbackprop.drawings.setting import room_for, width_of
from symbackprop.drawings.words import graph_words
from symbackprop.notation import NameTable, latex, latex_width
from symbackprop.notation.numbers import shown

DIGITS = 4
SIZE = 7
"""Of numbers and local derivatives."""
MARGIN = 8.0
GAP = 22.0
"""Between columns, where no label needs more."""
WIDEST_LOCAL = 22
"""Characters of a local derivative that is written out; a longer one is ∂y/∂x."""


@dataclass(frozen=True)
class Numbers:
    """What the nodes and the edges of a graph come to, by their names.

    Of matrices these are norms, and edges have none.
    """

    values: Mapping[str, float] = field(default_factory=dict)
    gradients: Mapping[str, float] = field(default_factory=dict)
    links: Mapping[Link, float] = field(default_factory=dict)
    norms: bool = False


@dataclass(frozen=True)
class Seen:
    """What of a graph is to be seen: values, gradients and local derivatives by their names, and what stands out."""

    values: Collection[str]
    gradients: Collection[str]
    locals: Collection[Link]
    nodes: Collection[str] = ()
    edges: Collection[Link] = ()
    lit: Collection[str] = ()


@dataclass(frozen=True)
class Sheet:
    """A graph with the place of everything in it, of which pictures show more or less."""

    derivation: Derivation
    names: NameTable
    numbers: Numbers
    plan: Chosen
    nodes: Mapping[str, Node]
    ways: Mapping[Link, tuple[Point, ...]]
    values: Mapping[str, Label]
    gradients: Mapping[str, Label]
    locals: Mapping[Link, Label]
    carrying: frozenset[Link]
    width: float
    height: float

    def all_seen(self, route: Collection[str] = ()) -> Seen:
        """Everything, with the routes through some names standing out."""
        edges = [link for link in self.ways if link[0] in route and link[1] in route and link in self.carrying]
        return Seen(tuple(self.values), tuple(self.gradients), tuple(self.locals), route, edges)

    def parts(self, seen: Seen) -> tuple[Part, ...]:
        """The parts of a picture that shows so much."""
        edges = []
        nodes: list[Part] = []
        for link, points in self.ways.items():
            out = link in seen.edges
            carries = link in self.carrying
            label = self.locals.get(link)
            labels = (label,) if label is not None and link in seen.locals else ()
            tone = "route" if out else "ink" if carries else "why"
            dashes = () if carries else (2.0, 1.8)
            edges.append(Edge(*link, points, tone, 0.9 if out else 0.6, dashes, out, labels=labels))
        for name, node in self.nodes.items():
            if name.startswith(DOTS):
                nodes += dots(node)
                continue
            own = [*node.labels]
            if name in self.values:
                own.append(self._number(self.values, name, seen.values))
            if name in self.gradients:
                own.append(self._number(self.gradients, name, seen.gradients))
            out = name in seen.nodes
            fill = "lit" if name in seen.lit else node.fill
            tone = "route" if out else "ink"
            nodes.append(replace(node, labels=tuple(own), fill=fill, tone=tone, stands_out=out))
        return (*edges, *nodes)

    def _number(self, labels: Mapping[str, Label], name: str, seen: Collection[str]) -> Label:
        return labels[name] if name in seen else replace(labels[name], latex="")


def dots(node: Node) -> list[Part]:
    """Three dots, one below the other; side by side between columns."""
    across = node.name == DOTS
    return [
        Mark(node.x + (k * 5 if across else 0), node.y + (0 if across else k * 5), tone="why", size=1.1)
        for k in (-1, 0, 1)
    ]


def graph(derivation: Derivation, numbers: Numbers | None = None, route: str | None = None) -> Picture:
    """The computational graph of a derivation, with numbers where there are any.

    ``route`` is a name whose routes to the loss stand out.
    """
    sheet = sheet_of(derivation, numbers)
    through = () if route not in sheet.nodes else through_of(derivation, str(route))
    parts = sheet.parts(sheet.all_seen(through))
    title = f"Computational graph of {derivation.network.name}"
    words = graph_words(derivation, sheet.plan, numbers is not None, route if through else None)
    return Picture(sheet.width, sheet.height, parts, title, words)


def routes(derivation: Derivation, name: str) -> Picture:
    """The routes from a name to the loss alone, with the local derivatives whose products add up to its gradient."""
    through = through_of(derivation, name)
    sheet = sheet_of(derivation, None, frozenset(through), numbered=False)
    source, loss = name, derivation.network.loss.name
    title = f"Routes from {source} to {loss} in {derivation.network.name}"
    count = derivation.path_count(name)
    lead = "One route leads" if count == 1 else f"{count:,} routes lead"
    words = f"{lead} from {source} to {loss}; each edge has its local derivative, and a route is their product."
    if sheet.plan.left_out:
        words += " Dots stand for what is left out."
    seen = Seen((), (), tuple(sheet.locals), (name, loss))
    return Picture(sheet.width, sheet.height, sheet.parts(seen), title, words)


def through_of(derivation: Derivation, name: str) -> tuple[str, ...]:
    """The names on the routes from a name to the end."""
    symbol = derivation.network.symbol(name)
    return (name, *sorted(s.name for s in derivation.graph.above(symbol)))


def sheet_of(
    derivation: Derivation, numbers: Numbers | None, only: frozenset[str] | None = None, numbered: bool = True
) -> Sheet:
    """Lay a graph out, with room for numbers; ``only`` has the names that are drawn where that is not all of them."""
    network, names = derivation.network, names_of(derivation)
    columns, links = columns_of(derivation, only)
    plan = chosen(columns, links)
    symbols = {s.name: s for s in network.names}
    face = network.kind[FACES]
    boxes = {
        name: Node(name, 0, 0, 14, 18) if name.startswith(DOTS) else face(derivation, names, symbols[name], False)
        for column in plan.columns
        for name in column
    }
    carrying = frozenset((used.name, user.name) for user, args in derivation.graph.arguments.items() for used in args)
    known = numbers or Numbers()
    written = _locals(derivation, names, plan, carrying, known) if network.kind.has_routes else {}
    room = SIZE + 5.0 if numbered else 0.0
    columned = [
        [
            Item(name, max(boxes[name].width, _number_width(known, name)), boxes[name].height, room, room)
            for name in column
        ]
        for column in plan.columns
    ]
    gaps = _gaps(plan, written)
    laid = lay_out(columned, plan.links, gaps, spacing=3.0 if numbered else 10.0, origin=(MARGIN, MARGIN))
    nodes = {name: placed(boxes[name], laid) for name in boxes}
    shown_with = [name for name in nodes if numbered and not name.startswith(DOTS)]
    values = {name: _value(nodes[name], known) for name in shown_with}
    backward = _moved(derivation)
    gradients = {name: _gradient(nodes[name], known) for name in values if name in backward}
    ways = {link: way(nodes[link[0]], nodes[link[1]], laid) for link in plan.links}
    obstacles = [
        replace(node, labels=(*node.labels, *(labels[name] for labels in (values, gradients) if name in labels)))
        for name, node in nodes.items()
    ]
    placing = Placing.among(obstacles, ways.values())
    located = {link: placing.on_way(label, ways[link]) for link, label in written.items()}
    return Sheet(
        derivation, names, known, plan, nodes, ways, values, gradients, located, carrying,
        laid.width + MARGIN, laid.height + MARGIN,
    )  # fmt: skip


def columns_of(derivation: Derivation, only: frozenset[str] | None = None) -> tuple[list[list[str]], list[Link]]:
    """Equations by how deep they stand, what is given just before its first use; and who is used by whom."""
    network = derivation.network
    used_at_all = frozenset().union(*(expr.free_symbols for expr in network.equations.values()))
    given = [s for s in (*network.inputs, *network.constants, *network.parameters) if s in used_at_all]
    inside = {s for s in (*network.equations, *given) if only is None or s.name in only}
    computed = [s.name for s in network.equations if s in inside]
    links = [
        (used.name, user.name)
        for user, expr in network.equations.items()
        if user in inside
        for used in sorted(expr.free_symbols & inside, key=lambda s: s.name)
    ]
    before: dict[str, list[str]] = {}
    users: dict[str, list[str]] = {}
    for used, user in links:
        before.setdefault(user, []).append(used)
        users.setdefault(used, []).append(user)
    depth: dict[str, int] = {}
    for name in computed:
        depth[name] = 1 + max((depth.get(used, 0) for used in before.get(name, ())), default=0)
    for s in given:
        if s in inside:
            depth[s.name] = min((depth[user] for user in users.get(s.name, ())), default=1) - 1
    columns: dict[int, list[str]] = {k: [] for k in sorted(set(depth.values()))}
    for name, k in depth.items():
        columns[k].append(name)
    return list(columns.values()), links


def _moved(derivation: Derivation) -> frozenset[str]:
    """The names that have a gradient."""
    graph = derivation.graph
    return frozenset(s.name for s in (*derivation.wrt, *graph.active, *graph.users))


def _locals(
    derivation: Derivation, names: NameTable, plan: Chosen, carrying: frozenset[Link], numbers: Numbers
) -> dict[Link, Label]:
    """The label of each edge: its number, or its local derivative in letters."""
    symbols = {s.name: s for s in derivation.network.names}
    labels = {}
    for link in plan.links:
        if link not in carrying or any(name.startswith(DOTS) for name in link):
            continue
        if link in numbers.links:
            written = shown(numbers.links[link], DIGITS)
        else:
            used, user = (symbols[name] for name in link)
            written = latex(derivation.local[user, used], names, derivation.order)
            if latex_width(written) > WIDEST_LOCAL:
                written = link_in_a_row(derivation, names, user, used)
        labels[link] = Label(0, 0, written, size=SIZE, tone="why", role="local", of=link, halo=True)
    return labels


def link_in_a_row(derivation: Derivation, names: NameTable, user: Symbol, used: Symbol) -> str:
    """∂user/∂used with a slash, and with a plus where other routes lead from the one to the other."""
    plus = "^{+}" if derivation.graph.has_detour(user, used) else ""
    return rf"\partial{plus} {names.latex(user.name)}/\partial {names.latex(used.name)}"


def _gaps(plan: Chosen, labels: Mapping[Link, Label]) -> list[float]:
    """How far apart columns stand: as far as the labels between them need, and their arrows."""
    at = {name: k for k, column in enumerate(plan.columns) for name in column}
    gaps = [GAP] * len(plan.columns)
    for (used, user), label in labels.items():
        wide = room_for(label.latex, label.size) + 18
        if at[user] == at[used] + 1:
            gaps[at[used]] = max(gaps[at[used]], wide)
    steep = [sum(1 for link in plan.links if at[link[0]] == k) for k in range(len(plan.columns))]
    return [gap + min(1.6 * max(count - 2, 0), 22) for gap, count in zip(gaps, steep, strict=True)]


def placed(node: Node, laid: Laid) -> Node:
    """A node from the origin to its place on the sheet."""
    x, y = laid.centres[node.name]
    labels = tuple(replace(label, x=label.x + x, y=label.y + y) for label in node.labels)
    return replace(node, x=x, y=y, labels=labels)


def _number_width(numbers: Numbers, name: str) -> float:
    both = [numbers.values.get(name), numbers.gradients.get(name)]
    return max((width_of(shown(v, DIGITS), SIZE) + 3 for v in both if v is not None), default=0.0)


def _value(node: Node, numbers: Numbers) -> Label:
    written = shown(numbers.values[node.name], DIGITS) if node.name in numbers.values else ""
    y = node.y - node.height / 2 - 5.0
    return Label(node.x, y, written, tone="value", size=SIZE, role="value", of=(node.name,))


def _gradient(node: Node, numbers: Numbers) -> Label:
    written = shown(numbers.gradients[node.name], DIGITS) if node.name in numbers.gradients else ""
    y = node.y + node.height / 2 + 9.8
    return Label(node.x, y, written, tone="gradient", size=SIZE, role="gradient", of=(node.name,))
