"""In which order the parts of a sweep are told: each gradient as soon as all that it needs is there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from symbackprop.calculus import Derivation
from symbackprop.reporting.alike import roles_of
from symbackprop.reporting.sweep_parts import Part, outline_of, parts_of


@dataclass(frozen=True)
class Stage:
    """Parts of one shape that are told together; the first is worked, unless one of the shape, ``like``, was before.

    ``shape`` is a number of their shape.
    """

    parts: tuple[Part, ...]
    shape: int
    like: Part | None = None


@dataclass(frozen=True)
class _Placed:
    """A part, the number of its shape, and the places of the parts whose lines it cites."""

    part: Part
    shape: int
    needs: frozenset[int]


def stages(derivation: Derivation) -> tuple[Stage, ...]:
    """The parts of a sweep of scalars, from the loss back.

    Error signals of one shape come together as far as each has what it needs; then the gradients that have it. A
    gradient whose unit is fed by an input has another shape than one further on, so that one of each is worked.
    """
    placed = _placed(derivation)
    waiting = {place: one for place, one in enumerate(placed) if one.part.signal is not None}
    gradients = {place: one for place, one in enumerate(placed) if one.part.signal is None}
    told: set[int] = set()
    first: dict[int, Part] = {}
    plan: list[Stage] = []

    def tell(places: Collection[int]) -> None:
        shape = placed[next(iter(places))].shape
        plan.append(Stage(tuple(placed[place].part for place in places), shape, first.get(shape)))
        first.setdefault(shape, plan[-1].parts[0])

    def tell_gradients() -> None:
        ready = _ready(gradients, told)
        for shape in dict.fromkeys(gradients[place].shape for place in ready):
            tell([place for place in ready if gradients[place].shape == shape])
        for place in ready:
            del gradients[place]

    tell_gradients()
    while waiting:
        shape = next(iter(waiting.values())).shape
        ready = _ready({place: one for place, one in waiting.items() if one.shape == shape}, told)
        assert ready, "an error signal cites those alone that stand before it"
        tell(ready)
        for place in ready:
            del waiting[place]
        tell_gradients()
    assert not gradients, "every gradient has what it needs in the end"
    return tuple(plan)


def _ready(among: dict[int, _Placed], told: set[int]) -> list[int]:
    """The places of those that cite nothing but what is told, in order; they are told then."""
    found = []
    for place, one in among.items():
        if one.needs <= told:
            told.add(place)
            found.append(place)
    return found


def _placed(derivation: Derivation) -> list[_Placed]:
    parts = parts_of(derivation)
    roles = {name.name: role.name for name, role in roles_of(derivation.network).items()}
    signals = {delta.name: "" for delta in derivation.backward}
    alike: dict[str, str] = {**dict.fromkeys(roles, ""), **signals}
    of_line = {step.number: place for place, part in enumerate(parts) for step in part.steps}
    numbers: dict[tuple[str, ...], int] = {}
    placed = []
    for place, part in enumerate(parts):
        outline = outline_of(part, alike if part.signal is not None else {**roles, **signals})
        needs = frozenset(of_line[use] for use in _cited(part)) - {place}
        placed.append(_Placed(part, numbers.setdefault(outline, len(numbers)), needs))
    return placed


def _cited(part: Part) -> Iterable[int]:
    return (use for step in part.steps for use in step.uses if isinstance(use, int))
