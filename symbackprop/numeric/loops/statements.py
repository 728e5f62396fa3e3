"""Assignments in sections, laid out and not yet written; what is used once goes into the line that uses it.

In plain Python each local variable costs its share of the time of an update.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import islice
from typing import Any

from symbackprop.notation.nodes import Fraction, Minus, Name, Node, Product, Sum
from symbackprop.numeric.wrapping import WIDTH


@dataclass(frozen=True)
class Written:
    """Lines of source, the names that they read, each as often as it stands there, and what they use beside these.

    That are helpers, by name, and what is taken, as ``Take`` has it.
    """

    lines: tuple[str, ...]
    reads: Counter[str]
    uses: frozenset[str]


@dataclass(frozen=True)
class Statement:
    """``target = value``, or with another ``sign`` such as +=."""

    target: str
    value: Node
    sign: str = "="


@dataclass(frozen=True)
class Section:
    """Statements under a heading."""

    heading: str
    statements: tuple[Statement, ...]


Write = Callable[[Statement], Written]
"""What writes a statement."""


def remembering(write: Write) -> Write:
    """Write each statement once, and give what was written when it comes again."""
    known: dict[int, tuple[Statement, Written]] = {}

    def again(statement: Statement) -> Written:
        if id(statement) not in known:
            known[id(statement)] = statement, write(statement)
        return known[id(statement)][1]

    return again


def source_of(sections: Iterable[Section], write: Write) -> list[str]:
    """The sections as source, each behind an empty line; nothing of those that have no statements."""
    found: list[str] = []
    for section in sections:
        lines = [line for statement in section.statements for line in write(statement).lines]
        found += ["", *([f"# {section.heading}"] if section.heading else []), *lines] if lines else []
    return found


def inlined(sections: Sequence[Section], lasting: Collection[str], write: Write) -> list[Section]:
    """The sections without variables that are used once; ``lasting`` are those that other lines use, too.

    A value is put in only where nothing that it reads is assigned in between and all fits into one line. It keeps its
    brackets, so that all values stay the same.
    """
    flat = [statement for section in sections for statement in section.statements]
    left = iter(_Inlining(flat, write).without_single_uses(lasting))
    return [
        replace(section, statements=tuple(s for s in islice(left, len(section.statements)) if s is not None))
        for section in sections
    ]


class _Inlining:
    def __init__(self, statements: Sequence[Statement], write: Write) -> None:
        self.statements, self.write = statements, write
        self.written = list(map(write, statements))
        self.uses = Counter(name for one in self.written for name in one.reads.elements())
        self.assigned: dict[str, list[int]] = {}
        for k, statement in enumerate(statements):
            self.assigned.setdefault(statement.target, []).append(k)

    def without_single_uses(self, lasting: Collection[str]) -> list[Statement | None]:
        """The statements, None in the place of those that have gone into another."""
        found: list[Statement | None] = list(self.statements)
        for k, later in enumerate(self.statements):
            for name in list(self.written[k].reads):
                place = self._place(name, k)
                earlier, now = None if place is None or name in lasting else found[place], found[k]
                if place is None or earlier is None or now is None or not self._may(earlier, place, k):
                    continue
                put = replace(later if now is later else now, value=put_in(now.value, {name: earlier.value}))
                written = self.write(put)
                if len(written.lines) == 1 and len(written.lines[0]) <= WIDTH:
                    found[k], self.written[k] = put, written
                    found[place] = None
        return found

    def _place(self, name: str, before: int) -> int | None:
        """Where a name that is used once gets its value, if it gets one alone and before that."""
        places = self.assigned.get(name, ())
        return places[0] if len(places) == 1 and self.uses[name] == 1 and places[0] < before else None

    def _may(self, earlier: Statement, place: int, k: int) -> bool:
        """Whether a statement may go into a later one: both stand in one line, and nothing changes in between."""
        alone = earlier.sign == "=" and len(self.written[place].lines) == 1 and len(self.written[k].lines) == 1
        reads = self.written[place].reads
        return alone and not any(place < j < k for name in reads for j in self.assigned.get(name, ()))


def put_in(part: Any, known: Mapping[str, Node]) -> Any:
    """A part of a layout with values in the place of names; signs are put together, and brackets stay."""
    if isinstance(part, Name):
        return known.get(part.name, part)
    if isinstance(part, tuple):
        return tuple(put_in(item, known) for item in part)
    if not isinstance(part, Node):
        return part
    old = [getattr(part, field.name) for field in fields(part)]  # type: ignore[arg-type]  # all are dataclasses
    new = [put_in(item, known) for item in old]
    if all(one is other or one == other for one, other in zip(new, old, strict=True)):
        return part
    return _with_one_sign(type(part)(*new))


def _with_one_sign(node: Node) -> Node:
    """The node without two signs in a row: -(-a) is a, b + (-a) is b - a, and -(-a + b) is a - b."""
    match node:
        case Minus(term):
            return _opposite(term) or node
        case Sum(terms):
            return Sum(tuple(_signed(sign, term) for sign, term in terms))
    return node


def _signed(sign: int, term: Node) -> tuple[int, Node]:
    """A term of a sum whose sign stands before it, unless it is a sum itself."""
    opposite = None if isinstance(term, Sum) else _opposite(term)
    return (sign, term) if opposite is None else (-sign, opposite)


def _opposite(node: Node) -> Node | None:
    """What is minus the node, where that begins with a minus: all of it, or its first factor; else None."""
    match node:
        case Minus(term):
            return term
        case Sum(((-1, _), *_) as terms):
            return Sum(tuple((-sign, term) for sign, term in terms))
        case Product(None, (first, *rest)):
            turned = _opposite(first)
            return None if turned is None else Product(None, (turned, *rest))
        case Fraction(numerator, denominator):
            turned = _opposite(numerator)
            return None if turned is None else Fraction(turned, denominator)
    return None
