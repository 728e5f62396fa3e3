"""What a picture is made of, before any format is chosen: nodes, edges, labels, lines, cells. Lengths are in points.

The x axis runs to the right and the y axis downwards. A label is LaTeX of our own printers; words are in ``\\text``.
A tone says what a part is, never alone: values stand above nodes and gradients below, routes are drawn double, and the
curves of a plot differ in their dashes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

Point = tuple[float, float]

TONES: Mapping[str, str] = {
    "ink": "1A1A1A",
    "value": "1B6E3A",
    "gradient": "A8201A",
    "why": "5A5A5A",
    "route": "1F4E9E",
    "faint": "C9C9C9",
    "paper": "FFFFFF",
    "given": "EEF3EE",
    "learned": "F3F0E4",
    "computed": "FFFFFF",
    "lit": "FFF3C4",
    "curve1": "0072B2",
    "curve2": "B34A00",
    "curve3": "00785A",
    "curve4": "A8487F",
    "curve5": "8A6200",
    "curve6": "555555",
}
"""The colours by what they stand for, in hexadecimal."""
DASHES: tuple[tuple[float, ...], ...] = ((), (5, 2), (1.5, 1.5), (6, 2, 1.5, 2), (3, 1.2, 1, 1.2, 1, 1.2), (9, 3))
"""The dashes of curves, one each: they are told apart without colours."""
SHADES = ("F4F8FB", "DCE8F2", "C3D7E8", "F6DCC2", "EBBE93", "DD9E6F", "C87D4C", "A85F30")
"""The shades of heat maps from low to high: darker and darker on either side of the middle, blue and then orange."""


@dataclass(frozen=True)
class Label:
    """A formula at a point of its baseline.

    ``anchor`` is start, middle or end. ``role`` is what a script finds it by: name, value, gradient or local; ``of``
    has the name that it belongs to, or the two names of its edge. With ``halo`` the paper shines through behind it, so
    that no line runs through the letters.
    """

    x: float
    y: float
    latex: str
    anchor: str = "middle"
    tone: str = "ink"
    size: int = 9
    role: str = ""
    of: tuple[str, ...] = ()
    halo: bool = False
    bold: bool = False


@dataclass(frozen=True)
class Node:
    """A box with rounded corners about its centre, with its labels; ``corner`` of half its height makes a circle."""

    name: str
    x: float
    y: float
    width: float
    height: float
    corner: float = 0.0
    fill: str = "computed"
    tone: str = "ink"
    weight: float = 0.8
    stands_out: bool = False
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True)
class Edge:
    """A way from one node to another: ``points`` are two of a straight line, or 1 + 3n of Bézier curves.

    What stands out is drawn as a double line.
    """

    source: str
    target: str
    points: tuple[Point, ...]
    tone: str = "ink"
    weight: float = 0.6
    dashes: tuple[float, ...] = ()
    stands_out: bool = False
    head: bool = True
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True)
class Polyline:
    """A line through points; ``name`` is what it is found by."""

    points: tuple[Point, ...]
    tone: str = "ink"
    weight: float = 0.6
    dashes: tuple[float, ...] = ()
    name: str = ""


@dataclass(frozen=True)
class Mark:
    """A small sign at a point: a disc, a ring, a square or a cross."""

    x: float
    y: float
    shape: str = "disc"
    tone: str = "ink"
    size: float = 2.6


@dataclass(frozen=True)
class Cells:
    """A heat map: ``rows`` of shades, numbers of ``SHADES``, the first row on top, each cell as large as the others."""

    x: float
    y: float
    width: float
    height: float
    rows: tuple[tuple[int, ...], ...]

    def runs(self) -> Iterator[tuple[float, float, float, float, int]]:
        """Cells of one shade side by side as one: x, y, width, height, shade."""
        high = self.height / len(self.rows)
        wide = self.width / len(self.rows[0])
        for k, row in enumerate(self.rows):
            start = 0
            for at in range(1, len(row) + 1):
                if at == len(row) or row[at] != row[start]:
                    yield self.x + start * wide, self.y + k * high, (at - start) * wide, high, row[start]
                    start = at


Part = Label | Node | Edge | Polyline | Mark | Cells


@dataclass(frozen=True)
class Picture:
    """Parts on a sheet of paper, those that come later on top; ``words`` say what is to be seen."""

    width: float
    height: float
    parts: tuple[Part, ...]
    title: str = ""
    words: str = ""

    def labels(self) -> Iterator[Label]:
        """Every label."""
        for part in self.parts:
            match part:
                case Label():
                    yield part
                case Node(labels=labels) | Edge(labels=labels):
                    yield from labels

    def told(self, title: str, words: str) -> Picture:
        """The same with a title and what is to be seen."""
        return replace(self, title=title, words=words)

    def moved(self, right: float, down: float = 0.0) -> Picture:
        """The same with room on the left, and above."""
        if not right and not down:
            return self
        parts = tuple(moved(part, right, down) for part in self.parts)
        return replace(self, parts=parts, width=self.width + right, height=self.height + down)


def moved(part: Part, right: float, down: float) -> Part:
    """A part with all that belongs to it in another place."""
    match part:
        case Edge():
            points = tuple((x + right, y + down) for x, y in part.points)
            return replace(part, points=points, labels=tuple(_moved(label, right, down) for label in part.labels))
        case Polyline():
            return replace(part, points=tuple((x + right, y + down) for x, y in part.points))
        case Node():
            labels = tuple(_moved(label, right, down) for label in part.labels)
            return replace(part, x=part.x + right, y=part.y + down, labels=labels)
        case Label():
            return _moved(part, right, down)
        case Mark() | Cells():
            return replace(part, x=part.x + right, y=part.y + down)


def _moved(label: Label, right: float, down: float) -> Label:
    return replace(label, x=label.x + right, y=label.y + down)
