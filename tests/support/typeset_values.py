"""The value of a formula that is set: its tree, as notation/typeset has it, worked out in numbers.

A world says what letters and words stand for, and how something changes; the same signs are read for numbers and for
matrices: a product of two arrays is theirs, `A_{ij}` is an entry, `\\mathrm{d}` a change, a fraction of changes a
derivative. What is not understood is refused, so that no line is held true unread.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import product
from typing import Any

import numpy as np

from symbackprop.notation.typeset import (
    Fence,
    Fraction,
    Grid,
    Letters,
    Node,
    Root,
    Row,
    Scripts,
    Sign,
    Space,
    Words,
    read_typeset,
)

PLACES = ("i", "j", "k", "l")
"""Letters that count entries where they are no letters of the world."""
TRANSPOSE = Letters("T", "sans")
WIDE = 1.0
RELATIONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b, ">": lambda a, b: a > b, "≤": lambda a, b: a <= b, "≥": lambda a, b: a >= b,
    "≠": lambda a, b: a != b, "=": lambda a, b: a == b,
}  # fmt: skip


@dataclass(frozen=True)
class Scope:
    """What letters stand for here: values of the letters that may change, and the places of entries."""

    world: World
    values: Mapping[Node, Any]
    places: Mapping[str, int] = field(default_factory=dict)

    def at(self, **places: int) -> Scope:
        return replace(self, places={**self.places, **places})

    def given(self, values: Mapping[Node, Any]) -> Scope:
        return replace(self, values={**self.values, **values})


Value = Callable[[Scope], Any]


class World(ABC):
    """What the letters and words of a proof stand for."""

    words: Mapping[Node, Callable[..., Any]]
    derived: Mapping[Node, Value]
    """Letters that are worked out from others, and move with them."""

    @abstractmethod
    def start(self) -> Scope:
        """The values of the letters that may change."""

    @abstractmethod
    def number(self, text: str) -> Any:
        """A number as it is written."""

    @abstractmethod
    def change(self, of: Value, scope: Scope) -> Any:
        """The differential."""

    @abstractmethod
    def derivative(self, of: Value, by: Node, place: Value | None, scope: Scope) -> Any:
        """The derivative by a letter, or by the entry of it in a place."""

    @abstractmethod
    def slope(self, function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
        """The derivative of a function of one argument there."""

    @abstractmethod
    def integral(self, of: Value, by: Node, low: Any, high: Any, scope: Scope) -> Any:
        """The integral."""

    @abstractmethod
    def exponential(self, of: Any) -> Any:
        """e raised to it."""

    @abstractmethod
    def root(self, of: Any) -> Any:
        """The square root."""

    def block_size(self, scope: Scope) -> tuple[int, int]:
        """Rows and columns of the blocks that places in brackets name."""
        raise ValueError("there are no blocks here")

    def knows(self, node: Node, scope: Scope) -> bool:
        return node in scope.values or node in self.derived

    def letter(self, node: Node, scope: Scope) -> Any:
        return scope.values[node] if node in scope.values else self.derived[node](scope)


@dataclass(frozen=True)
class Side:
    """A formula, and where it holds."""

    value: Value
    condition: Value | None
    parts: tuple[Node, ...]


def read_side(latex: str, world: World, scope: Scope) -> Side:
    """A formula with the condition behind its wide space."""
    parts = _flat(read_typeset(latex))
    wide = next((k for k, part in enumerate(parts) if isinstance(part, Space)), len(parts))
    reader = _Reader(parts[:wide], world, scope, latex)
    value = reader.whole()
    condition = None
    if wide < len(parts):
        inner = parts[wide + 1 :]
        if not (_is(inner[0], "(") and _is(inner[-1], ")")):
            raise ValueError(f"the condition of {latex} has no brackets")
        condition = _Reader(inner[1:-1], world, scope, latex).condition_whole()
    return Side(value, condition, tuple(parts))


def read_pairs(latex: str, world: World, scope: Scope) -> list[tuple[Value, Node]]:
    """The pairs of a sum of ⟨…, dA⟩: what stands beside each change, and the letter that changes."""
    parts = _flat(read_typeset(latex))
    found: list[tuple[Value, Node]] = []
    start = 0
    for at, part in enumerate(parts):
        if not _is(part, "⟩"):
            continue
        body = parts[start:at]
        if found and _is(body[0], "+"):
            body = body[1:]
        if not (_is(body[0], "⟨") and _is(body[-3], ",") and _is_change(body[-2])):
            raise ValueError(f"{latex} is no sum of inner products with changes")
        found.append((_Reader(body[1:-3], world, scope, latex).whole(), body[-1]))
        start = at + 1
    if start != len(parts):
        raise ValueError(f"{latex} is no sum of inner products with changes")
    return found


def places_of(sides: Sequence[Side], world: World, scope: Scope) -> dict[str, range]:
    """How far each letter that counts entries goes, by the entries that are named with it."""
    found: dict[str, int] = {}
    for side in sides:
        for part in _deep(side.parts):
            if not (isinstance(part, Scripts) and part.below is not None) or world.knows(
                Scripts(part.base, part.below), scope
            ):
                continue
            if not (isinstance(part.base, Letters) and world.knows(part.base, scope)) and not _is(part.base, ")"):
                continue
            names = _flat(part.below)
            inside = _is(names[0], "(")
            letters = [y for x in names if isinstance(x, Letters) for y in (x.text if x.is_number else [x.text])]
            if _is(part.base, ")"):
                continue  # an entry of a formula: its places are named elsewhere too
            shape = np.shape(world.letter(part.base, scope))
            if inside:
                rows, columns = world.block_size(scope)
                shape = (shape[0] // rows, shape[1] // columns)
            elif len(letters) == 1:
                shape = (int(np.prod(shape)),)
            for name, size in zip(letters, shape, strict=True):
                if name in PLACES and not world.knows(Letters(name), scope) and name not in scope.places:
                    found[name] = min(found.get(name, size), size)
    return {name: range(size) for name, size in sorted(found.items())}


def _deep(parts: Sequence[Node]) -> Iterator[Node]:
    for part in parts:
        yield part
        match part:
            case Row(parts=inner):
                yield from _deep(inner)
            case Scripts(base=base, below=below, above=above):
                yield from _deep([x for x in (base, below, above) if x is not None])
            case Fraction(above=above, below=below):
                yield from _deep([above, below])
            case Root(radicand=inside):
                yield from _deep([inside])
            case Fence(body=body):
                yield from _deep([body])
            case Grid(rows=rows):
                yield from _deep([cell for row in rows for cell in row])


def _flat(node: Node) -> list[Node]:
    """Parts side by side, with brackets as signs and without narrow spaces."""
    match node:
        case Row(parts=parts):
            return [inner for part in parts for inner in _flat(part)]
        case Fence(opening=opening, body=body, closing=closing):
            return [Sign(opening, "opening"), *_flat(body), Sign(closing, "closing")]
        case Scripts(base=Fence(opening=opening, body=body, closing=closing), below=below, above=above):
            return [Sign(opening, "opening"), *_flat(body), Scripts(Sign(closing, "closing"), below, above)]
        case Space(width=width):
            return [node] if width >= WIDE else []
        case _:
            return [node]


def _is(part: Node | None, *texts: str) -> bool:
    return isinstance(part, Sign) and part.text in texts


def _bare(part: Node | None) -> Node | None:
    """A part without what is lowered and raised behind it."""
    return part.base if isinstance(part, Scripts) else part


def _is_change(part: Node | None) -> bool:
    return _is(part, "∂") or part == Letters("d", "upright")


def matrix(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.ndim == 2


def times(a: Any, b: Any) -> Any:
    """A product as it is written side by side: of two matrices theirs."""
    return a @ b if matrix(a) and matrix(b) else a * b


OPERATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "∘": lambda a, b: a * b, "⊘": lambda a, b: a / b, "/": lambda a, b: a / b, "·": times, "⊗": np.kron,
}  # fmt: skip


class _Reader:
    """Reads parts from left to right."""

    def __init__(self, parts: Sequence[Node], world: World, scope: Scope, latex: str) -> None:
        self.parts, self.world, self.scope, self.latex, self.at = list(parts), world, scope, latex, 0

    def inner(self, node: Node) -> _Reader:
        return _Reader(_flat(node), self.world, self.scope, self.latex)

    def peek(self, ahead: int = 0) -> Node | None:
        place = self.at + ahead
        return self.parts[place] if place < len(self.parts) else None

    def take(self) -> Node:
        part = self.peek()
        if part is None:
            raise ValueError(f"{self.latex} ends too soon")
        self.at += 1
        return part

    def whole(self) -> Value:
        found = self.sum()
        if self.peek() is not None:
            raise ValueError(f"{self.peek()} is one too many in {self.latex}")
        return found

    def condition_whole(self) -> Value:
        found = self.condition()
        if self.peek() is not None:
            raise ValueError(f"{self.peek()} is one too many in {self.latex}")
        return found

    def condition(self) -> Value:
        """Comparisons in a chain, such as 0 < z < 6; several with commas between them."""
        sides, signs = [self.sum()], []
        while isinstance(sign := self.peek(), Sign) and sign.text in RELATIONS:
            self.at += 1
            signs.append(sign.text)
            sides.append(self.sum())
        if not signs:
            raise ValueError(f"{self.latex} compares nothing where it should")

        def holds(scope: Scope) -> bool:
            values = [side(scope) for side in sides]
            pairs = zip(signs, values, values[1:], strict=False)
            return all(bool(RELATIONS[sign](a, b)) for sign, a, b in pairs)

        if not _is(self.peek(), ","):
            return holds
        self.at += 1
        rest = self.condition()
        return lambda scope: holds(scope) and rest(scope)

    def sum(self) -> Value:
        terms: list[tuple[int, Value]] = []
        sign = 1
        if _is(self.peek(), "+", "−"):
            sign = -1 if _is(self.take(), "−") else 1
        terms.append((sign, self.term()))
        while _is(self.peek(), "+", "−"):
            sign = -1 if _is(self.take(), "−") else 1
            terms.append((sign, self.term()))

        def value(scope: Scope) -> Any:
            return reduce(lambda a, b: a + b, (x(scope) if s > 0 else -x(scope) for s, x in terms))

        return value

    def term(self) -> Value:
        found = self.factor()
        while not self._ends():
            part = self.peek()
            if isinstance(part, Sign) and part.text in OPERATIONS:
                self.at += 1
                found = _joined(OPERATIONS[part.text], found, self.factor())
            else:
                found = _joined(times, found, self.factor())
        return found

    def _ends(self) -> bool:
        part = _bare(self.peek())
        if part is None:
            return True
        return isinstance(part, Sign) and (
            part.kind in ("closing", "comma", "relation") or part.text in ("+", "−") or part.text in RELATIONS
        )

    def factor(self) -> Value:
        part = self.take()
        base = _bare(part)
        if base == Letters("1", "bold") and _is(self.peek(), "["):
            self.at += 1
            condition = self.condition()
            closing = self.take()
            return self.raised(lambda scope: self.world.number("1" if condition(scope) else "0"), closing, "]")
        if _is(base, "∑", "∏"):
            return self.large(part)
        if _is(base, "∫"):
            return self.integral(part)
        if _is_change(part):
            return self.changed()
        if _is(part, "⟨"):
            return self.inner_product()
        if _is(part, "|"):
            found = self.sum()
            return self.raised(lambda scope: abs(found(scope)), self.take(), "|")
        if _is(part, "(", "["):
            found = self.sum()
            return self.raised(found, self.take(), ")", "]")
        word = self.word(part)
        if word is not None:
            return self.called(*word)
        match part:
            case Scripts(base=base, below=below, above=above):
                return self.scripted(base, below, above)
            case Fraction(above=above, below=below):
                return self.fraction(above, below)
            case _:
                return self.plain(part)

    def plain(self, part: Node) -> Value:
        """A part without scripts."""
        if isinstance(part, Letters) and part.is_number:
            number = self.world.number(part.text)
            return lambda scope: number
        if isinstance(part, Root):
            inside = self.inner(part.radicand).whole()
            return lambda scope: self.world.root(inside(scope))
        if isinstance(part, Grid):
            return self.grid(part)
        if isinstance(part, Fraction):
            return self.fraction(part.above, part.below)
        if isinstance(part, Letters) and part.text in self.scope.places:
            return lambda scope: scope.places[part.text]
        if self.world.knows(part, self.scope):
            return lambda scope: self.world.letter(part, scope)
        if isinstance(part, Letters) and part.text in PLACES:
            return lambda scope: scope.places[part.text]
        raise ValueError(f"nothing is known of {part} in {self.latex}")

    def scripted(self, base: Node, below: Node | None, above: Node | None) -> Value:
        if base == Letters("e") and below is None and above is not None:
            power = self.inner(above).whole()
            return lambda scope: self.world.exponential(power(scope))
        if below is not None and self.world.knows(Scripts(base, below), self.scope):
            found = self.plain(Scripts(base, below))
        else:
            found = self.plain(base)
            if below is not None:
                found = self.entry(found, below)
        return found if above is None else self.power(found, above)

    def raised(self, found: Value, closing: Node, *signs: str) -> Value:
        """What stands in brackets, with what is lowered and raised behind them."""
        if not _is(_bare(closing), *signs):
            raise ValueError(f"a bracket is not closed in {self.latex}: {closing}")
        if not isinstance(closing, Scripts):
            return found
        if closing.below is not None:
            found = self.entry(found, closing.below)
        return found if closing.above is None else self.power(found, closing.above)

    def entry(self, of: Value, below: Node) -> Value:
        """An entry by its place, or a block where the place stands in brackets; numbers count from 1."""
        parts = _flat(below)
        inside = _is(parts[0], "(")
        names = [
            letter
            for part in parts
            if isinstance(part, Letters)
            for letter in (part.text if part.is_number else [part.text])
        ]

        def where(scope: Scope) -> list[int]:
            return [int(x) - 1 if x.isdigit() else self.counted(x, scope) for x in names]

        def value(scope: Scope) -> Any:
            whole, place = np.asarray(of(scope)), where(scope)
            if inside:
                rows, columns = self.world.block_size(scope)
                i, j = place
                return whole[i * rows : (i + 1) * rows, j * columns : (j + 1) * columns]
            return whole.reshape(-1)[place[0]] if len(place) == 1 else whole[place[0], place[1]]

        return value

    def power(self, of: Value, above: Node) -> Value:
        parts = _flat(above)
        if parts == [TRANSPOSE]:
            return lambda scope: of(scope).T
        if _is(parts[0], "−") and parts[1:] == [TRANSPOSE]:
            return lambda scope: np.linalg.inv(of(scope)).T
        if _is(parts[0], "∘"):
            power = self.inner(Row(tuple(parts[1:]))).whole()
            return lambda scope: of(scope) ** power(scope)
        power = self.inner(above).whole()

        def value(scope: Scope) -> Any:
            base, exponent = of(scope), power(scope)
            return np.linalg.matrix_power(base, int(exponent)) if matrix(base) else base**exponent

        return value

    def word(self, part: Node) -> tuple[Callable[..., Any], bool, Node | None, list[Value]] | None:
        """A function by its name, whether its derivative is meant, its power, and settings that stand below it."""
        if part in self.world.words:
            return self.world.words[part], False, None, []
        if not isinstance(part, Scripts):
            return None
        prime = _is(part.above, "′")
        bare = part.base if part.below is None else Scripts(part.base, part.below)
        if bare in self.world.words:
            return self.world.words[bare], prime, None if prime else part.above, []
        if part.base in self.world.words and part.below is not None:
            below = self.inner(part.below).whole()
            return self.world.words[part.base], prime, None if prime else part.above, [below]
        return None

    def called(self, function: Callable[..., Any], prime: bool, above: Node | None, settings: list[Value]) -> Value:
        arguments: list[Value] = []
        closing: Node | None = None
        if _is(self.peek(), "("):
            self.at += 1
            arguments.append(self.sum())
            while _is(self.peek(), ","):
                self.at += 1
                arguments.append(self.sum())
            closing = self.take()
        else:
            arguments.append(self.factor())
        arguments += settings

        def value(scope: Scope) -> Any:
            given = [argument(scope) for argument in arguments]
            return self.world.slope(function, given) if prime else function(*given)

        found: Value = value if closing is None else self.raised(value, closing, ")")
        return found if above is None else self.power(found, above)

    def fraction(self, above: Node, below: Node) -> Value:
        upper, lower = _flat(above), _flat(below)
        if _is_change(upper[0]) and _is_change(lower[0]):
            [by] = lower[1:]
            rest = _Reader(upper[1:], self.world, self.scope, self.latex)
            of = rest.whole() if upper[1:] else self.factor()
            place = None
            if isinstance(by, Scripts) and not self.world.knows(by, self.scope):
                assert by.below is not None
                place, by = self.place(by.below), by.base
            return lambda scope: self.world.derivative(of, by, place, scope)
        return _joined(lambda a, b: a / b, self.inner(above).whole(), self.inner(below).whole())

    def counted(self, name: str, scope: Scope) -> int:
        """The place that a letter stands for: one that runs, or one that is told."""
        return scope.places[name] if name in scope.places else int(self.world.letter(Letters(name), scope))

    def place(self, below: Node) -> Value:
        names = [part.text for part in _flat(below) if isinstance(part, Letters)]
        return lambda scope: tuple(self.counted(name, scope) for name in names)

    def changed(self) -> Value:
        """A change of what follows; of a letter that is raised it would be read in two ways."""
        part = self.peek()
        if isinstance(part, Scripts) and part.above is not None and not self.word(part):
            raise ValueError(f"{self.latex} has a change of what is raised; set brackets")
        of = self.factor()
        return lambda scope: self.world.change(of, scope)

    def inner_product(self) -> Value:
        left = self.sum()
        if not _is(self.take(), ","):
            raise ValueError(f"{self.latex} has brackets without a comma")
        right = self.sum()
        if not _is(self.take(), "⟩"):
            raise ValueError(f"{self.latex} has brackets that are not closed")

        def value(scope: Scope) -> Any:
            a, b = np.asarray(left(scope)), np.asarray(right(scope))
            if a.shape != b.shape and 0 not in (a.ndim, b.ndim):
                raise ValueError(f"{self.latex} has the inner product of shapes {a.shape} and {b.shape}")
            return (a * b).sum()

        return value

    def large(self, part: Node) -> Value:
        """A sum or a product over places, over all but one, or from one number to another."""
        if not isinstance(part, Scripts) or part.below is None:
            raise ValueError(f"{self.latex} has a sum over nothing")
        adds = _is(part.base, "∑")
        names = _flat(part.below)
        bound = [names[0].text] if isinstance(names[0], Letters) else []
        low = high = None
        condition: Value | None = None
        if len(names) > 1 and _is(names[1], ","):
            bound = [name.text for name in names if isinstance(name, Letters)]
        elif len(names) > 1 and _is(names[1], "=") and part.above is not None:
            low, high = self.inner(Row(tuple(names[2:]))).whole(), self.inner(part.above).whole()
        elif len(names) > 1:
            condition = self.inner(part.below).condition_whole()
        body = self.term()

        def value(scope: Scope) -> Any:
            if low is not None and high is not None:
                spans = [range(int(low(scope)), int(high(scope)) + 1)]
            else:
                spans = [range(scope.places["#" + name]) for name in bound]
            total: Any = None
            for places in product(*spans):
                here = scope.at(**dict(zip(bound, places, strict=True)))
                if condition is not None and not condition(here):
                    continue
                found = body(here)
                total = found if total is None else (total + found if adds else total * found)
            return (0.0 if adds else 1.0) if total is None else total

        return value

    def integral(self, part: Node) -> Value:
        assert isinstance(part, Scripts)
        assert part.below is not None
        low = self.inner(part.below).whole()
        high = None if part.above is None else self.inner(part.above).whole()
        end = next(k for k in range(self.at, len(self.parts)) if _is_change(self.parts[k]))
        by = self.parts[end + 1]
        inside = _Reader(self.parts[self.at : end], self.world, self.scope.given({by: 0}), self.latex).whole()
        self.at = end + 2
        assert high is not None
        return lambda scope: self.world.integral(inside, by, low(scope), high(scope), scope)

    def grid(self, grid: Grid) -> Value:
        if grid.opening == "{":
            return self.cases(grid)
        cells = [[self.inner(cell).whole() for cell in row] for row in grid.rows]

        def value(scope: Scope) -> Any:
            values = [[np.asarray(cell(scope)) for cell in row] for row in cells]
            heights = [max(cell.shape[0] for cell in row if cell.ndim) for row in values if any(c.ndim for c in row)]
            height = heights[0]
            whole = [
                [cell if cell.ndim else np.zeros((height, height), dtype=complex) for cell in row] for row in values
            ]
            return np.block(whole)

        return value

    def cases(self, grid: Grid) -> Value:
        rows: list[tuple[Value, Value | None]] = []
        for body, where in grid.rows:
            words = _flat(where)
            otherwise = words[0] == Words("otherwise")
            condition = None if otherwise else self.inner(Row(tuple(words[1:]))).condition_whole()
            rows.append((self.inner(body).whole(), condition))

        def value(scope: Scope) -> Any:
            return next(body(scope) for body, holds in rows if holds is None or holds(scope))

        return value


def _joined(operation: Callable[[Any, Any], Any], a: Value, b: Value) -> Value:
    return lambda scope: operation(a(scope), b(scope))
