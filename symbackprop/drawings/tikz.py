"""A picture as TikZ, which needs the package tikz and the colours of ``colours``, and no library of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from symbackprop.drawings.boxes import box_of
from symbackprop.drawings.picture import SHADES, TONES, Cells, Edge, Label, Mark, Node, Part, Picture, Point, Polyline
from symbackprop.drawings.svg import DOUBLE, head, num, shortened

WIDEST = 470.0
"""Points that a line of a page has room for; wider pictures are made smaller."""
_ANCHORS = {"start": "base west", "middle": "base", "end": "base east"}


def tikz(picture: Picture, widest: float = WIDEST) -> str:
    """Write a picture as a tikzpicture, as wide as a line of text at the most. The same gives the same."""
    scale = min(1.0, widest / picture.width)
    shrunk = "" if scale == 1.0 else f",scale={scale:.4f},every node/.append style={{transform shape}}"
    used = sorted({shade for part in picture.parts if isinstance(part, Cells) for row in part.rows for shade in row})
    lines = [
        f"\\begin{{tikzpicture}}[x=1pt,y=-1pt,line cap=round,line join=round{shrunk},"
        "every node/.style={inner sep=0pt,outer sep=0pt}]",
        *(rf"\definecolor{{shade{shade}}}{{HTML}}{{{SHADES[shade]}}}" for shade in used),
        rf"\useasboundingbox (0,0) rectangle ({num(picture.width)},{num(picture.height)});",
        *(line for part in picture.parts for line in _part(part)),
        r"\end{tikzpicture}",
    ]
    return "\n".join(lines)


def colours() -> str:
    """The colours of pictures, for the preamble."""
    return "\n".join(rf"\definecolor{{{tone}}}{{HTML}}{{{colour}}}" for tone, colour in TONES.items())


def document(picture: Picture) -> str:
    """A picture as a document of its own, with a page of its size."""
    wide, high = num(picture.width + 4), num(picture.height + 6)  # two more, as a page that is just full runs over
    return (
        "\\documentclass[11pt]{article}\n\\usepackage[utf8]{inputenc}\n\\usepackage{amsmath,mathtools,tikz}\n"
        f"\\usepackage[papersize={{{wide}pt,{high}pt}},margin=2pt]{{geometry}}\n"
        f"{colours()}\n\\setlength{{\\topskip}}{{0pt}}\n\\setlength{{\\parindent}}{{0pt}}\n\\pagestyle{{empty}}\n"
        f"\\begin{{document}}\n{tikz(picture, picture.width)}\n\\end{{document}}\n"
    )


def _at(point: Point) -> str:
    return f"({num(point[0])},{num(point[1])})"


def _part(part: Part) -> Iterable[str]:
    match part:
        case Label():
            return _label(part)
        case Node():
            return _node(part)
        case Edge():
            return _edge(part)
        case Polyline():
            return [rf"\draw[{_pen(part.tone, part.weight, part.dashes)}] {' -- '.join(map(_at, part.points))};"]
        case Mark():
            return [_mark(part)]
        case Cells():
            return _cells(part)


def _pen(tone: str, weight: float, dashes: tuple[float, ...] = ()) -> str:
    pattern = ""
    if dashes:
        steps = " ".join(f"{'off' if k % 2 else 'on'} {num(length)}pt" for k, length in enumerate(dashes))
        pattern = f",dash pattern={steps},line cap=butt"
    return f"{tone},line width={num(weight)}pt{pattern}"


def _node(node: Node) -> Iterator[str]:
    rings = (DOUBLE + node.weight, 0.0) if node.stands_out else (0.0,)
    for out in rings:
        x, y = node.width / 2 + out, node.height / 2 + out
        corner = f",rounded corners={num(node.corner + out)}pt" if node.corner else ""
        box = f"{_at((node.x - x, node.y - y))} rectangle {_at((node.x + x, node.y + y))}"
        yield rf"\filldraw[draw={node.tone},fill={node.fill},line width={num(node.weight)}pt{corner}] {box};"
    for label in node.labels:
        yield from _label(label)


def _path(points: tuple[Point, ...]) -> str:
    start, *rest = map(_at, points)
    if len(points) == 2:
        return f"{start} -- {rest[0]}"
    curves = (f" .. controls {rest[k]} and {rest[k + 1]} .. {rest[k + 2]}" for k in range(0, len(rest), 3))
    return start + "".join(curves)


def _edge(edge: Edge) -> Iterator[str]:
    path = _path(shortened(edge.points) if edge.head else edge.points)
    if edge.stands_out:
        yield rf"\draw[{_pen(edge.tone, 2 * edge.weight + DOUBLE)}] {path};"
        yield rf"\draw[{_pen('paper', DOUBLE)}] {path};"
    else:
        yield rf"\draw[{_pen(edge.tone, edge.weight, edge.dashes)}] {path};"
    if edge.head:
        corners = " -- ".join(map(_at, head(edge.points, edge.stands_out)))
        yield rf"\fill[{edge.tone}] {corners} -- cycle;"
    for label in edge.labels:
        yield from _label(label)


def _label(label: Label) -> Iterator[str]:
    if not label.latex:
        return
    if label.halo:
        left, top, right, bottom = box_of(label)
        yield rf"\fill[paper] {_at((left - 1, top))} rectangle {_at((right + 1, bottom))};"
    bold = r"\boldmath\bfseries" if label.bold else ""
    font = rf"\fontsize{{{label.size}}}{{{label.size + 2}}}\selectfont{bold}"
    yield (
        rf"\node[anchor={_ANCHORS[label.anchor]},text={label.tone}] at ({num(label.x)},{num(label.y)}) "
        rf"{{{font}${label.latex}$}};"
    )


def _mark(mark: Mark) -> str:
    x, y, r = mark.x, mark.y, mark.size
    match mark.shape:
        case "cross":
            one = f"{_at((x - r, y - r))} -- {_at((x + r, y + r))}"
            other = f"{_at((x - r, y + r))} -- {_at((x + r, y - r))}"
            return rf"\draw[{_pen(mark.tone, 1.6)}] {one} {other};"
        case "square":
            return rf"\fill[{mark.tone}] {_at((x - r, y - r))} rectangle {_at((x + r, y + r))};"
        case "ring":
            return rf"\filldraw[draw={mark.tone},fill=paper,line width=1.2pt] {_at((x, y))} circle ({num(r)});"
        case _:
            return rf"\fill[{mark.tone}] {_at((x, y))} circle ({num(r)});"


def _cells(cells: Cells) -> Iterator[str]:
    bottom, right = cells.y + cells.height, cells.x + cells.width
    for x, y, wide, high, shade in cells.runs():
        corner = _at((min(x + wide + 0.3, right), min(y + high + 0.3, bottom)))
        yield rf"\fill[shade{shade}] {_at((x, y))} rectangle {corner};"
