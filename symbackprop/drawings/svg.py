"""A picture as SVG that browsers, GitHub and notebooks show.

Each colour stands twice: as an attribute, which every program understands, and as a variable such as ``--value``, by
which a page may give it its own. The paper is drawn, so that the picture can be read on a dark page. Scripts move the
line by ``dy``, as not every browser knows ``baseline-shift``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from html import escape

from symbackprop.drawings.boxes import box_of
from symbackprop.drawings.picture import SHADES, TONES, Cells, Edge, Label, Mark, Node, Part, Picture, Point, Polyline
from symbackprop.drawings.setting import pieces

FONT = "STIX Two Text, STIXGeneral, Latin Modern Roman, Cambria, Times New Roman, serif"
_STYLES = {
    "italic": ' font-style="italic"', "bold": ' font-weight="bold"', "sans": ' font-family="sans-serif"',
    "typewriter": ' font-family="monospace"', "script": ' font-style="italic"',
}  # fmt: skip
HEAD, HALF = 5.0, 1.9
"""How long the head of an arrow is, and half its width."""
DOUBLE = 1.5
"""How far apart the two lines of what stands out are."""


def svg(picture: Picture, inside: bool = False) -> str:
    """Write a picture as SVG, a document of its own. The same gives the same.

    ``inside`` a page it is without head and style: the page has ``style_of(TONES)`` in its own style sheet, and says
    beside it in words what is to be seen.
    """
    wide, high = num(picture.width), num(picture.height)
    if inside:
        parts = [line for part in picture.parts for line in _part(part)]
        return "\n".join(
            [
                f'<svg class="symbackprop" aria-hidden="true" width="{wide}pt" height="{high}pt"'
                f' viewBox="0 0 {wide} {high}" font-family="{FONT}" stroke-linecap="round" stroke-linejoin="round">',
                f'<rect class="f-paper" fill="#{TONES["paper"]}" width="{wide}" height="{high}"/>',
                *parts,
                "</svg>\n",
            ]
        )
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="symbackprop" role="img" width="{wide}pt" height="{high}pt"'
        f' viewBox="0 0 {wide} {high}" font-family="{FONT}" stroke-linecap="round" stroke-linejoin="round">',
        f"<title>{escape(_visible(picture.title))}</title>",
        f"<desc>{escape(_visible(picture.words))}</desc>",
        f"<style>{style_of(_used(picture))}</style>",
        f'<rect class="f-paper" fill="#{TONES["paper"]}" width="{wide}" height="{high}"/>',
        *(line for part in picture.parts for line in _part(part)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _visible(words: str) -> str:
    """Words without characters that XML cannot hold."""
    return "".join(c if c.isprintable() else " " for c in words)


def num(value: float) -> str:
    """A length with two decimals at the most."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def style_of(tones: Collection[str]) -> str:
    """The rules by which a page can give tones colours of its own."""
    rules = []
    for tone in TONES:
        if tone in tones:
            colour = f"var(--{tone},#{TONES[tone]})"
            rules.append(f".symbackprop .f-{tone}{{fill:{colour}}}.symbackprop .s-{tone}{{stroke:{colour}}}")
    return "".join(rules)


def _used(picture: Picture) -> set[str]:
    return {tone for part in picture.parts for tone in _tones(part)} | {"paper"}


def _tones(part: Part) -> Iterator[str]:
    match part:
        case Node(tone=tone, fill=fill, labels=labels):
            yield from (tone, fill, *(label.tone for label in labels))
        case Edge(tone=tone, labels=labels):
            yield from (tone, *(label.tone for label in labels))
        case Label(tone=tone) | Polyline(tone=tone) | Mark(tone=tone):
            yield tone


def _part(part: Part) -> Iterable[str]:
    match part:
        case Label():
            return [_label(part)]
        case Node():
            return _node(part)
        case Edge():
            return _edge(part)
        case Polyline():
            return [_polyline(part)]
        case Mark():
            return [_mark(part)]
        case Cells():
            return _cells(part)


def _fill(tone: str) -> str:
    return f'f-{tone}" fill="#{TONES[tone]}"'


def _stroke(tone: str, weight: float, dashes: tuple[float, ...] = ()) -> str:
    dashed = f' stroke-dasharray="{" ".join(map(num, dashes))}" stroke-linecap="butt"' if dashes else ""
    return f's-{tone}" stroke="#{TONES[tone]}" stroke-width="{num(weight)}"{dashed}'


def _node(node: Node) -> Iterator[str]:
    yield f'<g class="node" data-name="{escape(node.name)}">'
    rings = (0.0, DOUBLE + node.weight) if node.stands_out else (0.0,)
    for out in reversed(rings):
        place = f'x="{num(node.x - node.width / 2 - out)}" y="{num(node.y - node.height / 2 - out)}"'
        size = f'width="{num(node.width + 2 * out)}" height="{num(node.height + 2 * out)}"'
        colours = f'class="f-{node.fill} {_stroke(node.tone, node.weight)} fill="#{TONES[node.fill]}"'
        yield f'<rect {colours} {place} {size} rx="{num(node.corner + out if node.corner else 0)}"/>'
    yield from map(_label, node.labels)
    yield "</g>"


def _path(points: tuple[Point, ...]) -> str:
    start, *rest = (f"{num(x)} {num(y)}" for x, y in points)
    if len(points) == 2:
        return f"M{start}L{rest[0]}"
    return f"M{start}" + "".join(f"C{' '.join(rest[k : k + 3])}" for k in range(0, len(rest), 3))


def _edge(edge: Edge) -> Iterator[str]:
    ends = f'data-from="{escape(edge.source)}" data-to="{escape(edge.target)}"'
    yield f'<g class="edge" {ends}>'
    points = shortened(edge.points) if edge.head else edge.points
    path = _path(points)
    if edge.stands_out:
        yield f'<path class="{_stroke(edge.tone, 2 * edge.weight + DOUBLE)} fill="none" d="{path}"/>'
        yield f'<path class="{_stroke("paper", DOUBLE)} fill="none" d="{path}"/>'
    else:
        yield f'<path class="{_stroke(edge.tone, edge.weight, edge.dashes)} fill="none" d="{path}"/>'
    if edge.head:
        corners = " ".join(f"{num(x)},{num(y)}" for x, y in head(edge.points, edge.stands_out))
        yield f'<polygon class="{_fill(edge.tone)} points="{corners}"/>'
    yield from map(_label, edge.labels)
    yield "</g>"


def shortened(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """A way that ends where the head of its arrow begins."""
    *before, last = points
    (x, y), along = last, direction(points)
    return (*before, (x - along[0] * HEAD * 0.8, y - along[1] * HEAD * 0.8))


def direction(points: tuple[Point, ...]) -> Point:
    """The direction in which a way ends, of length 1."""
    x, y = points[-1]
    for u, v in reversed(points[:-1]):
        far = float(((x - u) ** 2 + (y - v) ** 2) ** 0.5)
        if far > 1e-6:
            return (x - u) / far, (y - v) / far
    return 1.0, 0.0


def head(points: tuple[Point, ...], large: bool = False) -> tuple[Point, Point, Point]:
    """The corners of the head of an arrow."""
    (x, y), (u, v) = points[-1], direction(points)
    half = HALF * (1.7 if large else 1.0)
    back = HEAD * (1.25 if large else 1.0)
    return (
        (x, y), (x - u * back - v * half, y - v * back + u * half), (x - u * back + v * half, y - v * back - u * half)
    )  # fmt: skip


def _label(label: Label) -> str:
    classes = f"{label.role} " if label.role else ""
    data = ""
    if len(label.of) == 1:
        data = f' data-of="{escape(label.of[0])}"'
    elif label.of:
        data = f' data-from="{escape(label.of[0])}" data-to="{escape(label.of[1])}"'
    weight = ' font-weight="bold"' if label.bold else ""
    place = f'x="{num(label.x)}" y="{num(label.y)}" font-size="{label.size}" text-anchor="{label.anchor}"'
    text = f'<text class="{classes}{_fill(label.tone)}{data} {place}{weight}>{_set(label)}</text>'
    return _halo(label) + text if label.halo and label.latex else text


def _halo(label: Label) -> str:
    """Paper behind a label."""
    left, top, right, bottom = box_of(label)
    size = f'width="{num(right - left + 2)}" height="{num(bottom - top)}"'
    return f'<rect class="{_fill("paper")} x="{num(left - 1)}" y="{num(top)}" {size}/>'


def _set(label: Label) -> str:
    """The pieces of a formula; each says how far it stands from the line of the one before it."""
    written, level = "", 0.0
    for piece in pieces(label.latex):
        marks = _STYLES.get(piece.style, "")
        if piece.size != 1.0:
            marks += f' font-size="{num(piece.size * label.size)}"'
        if piece.down != level:
            marks += f' dy="{num((piece.down - level) * label.size)}"'
        if piece.back:
            marks += f' dx="{num(-piece.back * label.size)}"'
        level = piece.down
        text = escape(piece.text)
        written += f"<tspan{marks}>{text}</tspan>" if marks else text
    return written


def _polyline(line: Polyline) -> str:
    points = " ".join(f"{num(x)},{num(y)}" for x, y in line.points)
    name = f' data-name="{escape(line.name)}"' if line.name else ""
    return f'<polyline class="{_stroke(line.tone, line.weight, line.dashes)} fill="none"{name} points="{points}"/>'


def _mark(mark: Mark) -> str:
    x, y, r = mark.x, mark.y, mark.size
    match mark.shape:
        case "cross":
            path = f"M{num(x - r)} {num(y - r)}L{num(x + r)} {num(y + r)}"
            path += f"M{num(x - r)} {num(y + r)}L{num(x + r)} {num(y - r)}"
            return f'<path class="{_stroke(mark.tone, 1.6)} fill="none" d="{path}"/>'
        case "square":
            place = f'x="{num(x - r)}" y="{num(y - r)}" width="{num(2 * r)}" height="{num(2 * r)}"'
            return f'<rect class="{_fill(mark.tone)} {place}/>'
        case "ring":
            place = f'cx="{num(x)}" cy="{num(y)}" r="{num(r)}"'
            colours = f'class="f-paper {_stroke(mark.tone, 1.2)} fill="#{TONES["paper"]}"'
            return f"<circle {colours} {place}/>"
        case _:
            return f'<circle class="{_fill(mark.tone)} cx="{num(x)}" cy="{num(y)}" r="{num(r)}"/>'


def _cells(cells: Cells) -> Iterator[str]:
    """A path for each shade, of rectangles. Neighbours overlap a little, so that no light shows between them."""
    yield '<g class="cells" shape-rendering="crispEdges">'
    bottom, right = cells.y + cells.height, cells.x + cells.width
    paths: dict[int, list[str]] = {}
    for x, y, wide, high, shade in cells.runs():
        across, down = num(min(wide + 0.3, right - x)), num(min(high + 0.3, bottom - y))
        paths.setdefault(shade, []).append(f"M{num(x)} {num(y)}h{across}v{down}h-{across}z")
    for shade, path in sorted(paths.items()):
        yield f'<path fill="#{SHADES[shade]}" d="{"".join(path)}"/>'
    yield "</g>"
