"""Values of this package as bytes, for ``pickle``, in which every expression stays exactly as it is.

SymPy makes an expression anew from its arguments when it is read back: 2*(x + y) comes out as 2*x + 2*y, and a row
repeated to a shape as another product. So the parts of all expressions go into one list, each behind its own parts, and
are put together as they were. Nothing nests there, so that a network may be as deep as it likes.
"""

from __future__ import annotations

import io
import pickle
from abc import abstractmethod
from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any, final

from sympy import Basic
from sympy.core.operations import LatticeOp

Part = tuple[type[Basic], tuple[int, ...], dict[str, Any]]
"""An expression: its class, the numbers of its arguments in the list, and what else it holds."""

_MADE_ANEW = frozenset({"_args", "_mhash", "_assumptions", "_argset", "__dict__", "__weakref__"})
"""What an expression holds that follows from its class and its arguments."""


class Packed:
    """Something that never changes once it is made: it is pickled exactly, and a deep copy of it is itself.

    ``packed_state`` gives the attributes that everything else follows from.
    """

    __slots__ = ()

    @abstractmethod
    def packed_state(self) -> Mapping[str, Any]:
        """The attributes by name."""

    @final
    def __reduce__(self) -> tuple[Callable[[bytes], Any], tuple[bytes]]:
        return unpacked, (packed(self),)

    @final
    def __copy__(self) -> Any:
        return self

    @final
    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self


def packed(value: Any) -> bytes:
    """A value as bytes."""
    packer = _Packer()
    body = packer.written(value)
    return pickle.dumps((packer.parts, body), pickle.HIGHEST_PROTOCOL)


def unpacked(data: bytes) -> Any:
    """The value that was packed."""
    parts, body = pickle.loads(data)
    made: list[Basic] = []
    for part in parts:
        made.append(part if isinstance(part, Basic) else _joined(part, made))
    reader = pickle.Unpickler(io.BytesIO(body))
    reader.persistent_load = made.__getitem__  # type: ignore[method-assign]
    return reader.load()


class _Packer(pickle.Pickler):
    """Writes expressions as their numbers in ``parts``; those without arguments stand there as they are."""

    def __init__(self) -> None:
        self.parts: list[Basic | Part] = []
        self._numbers: dict[int, int] = {}
        self._kept: list[Basic] = []  # they must live as long as their ids are known
        self._body = io.BytesIO()
        super().__init__(self._body, pickle.HIGHEST_PROTOCOL)

    def written(self, value: Any) -> bytes:
        self.dump(value)
        return self._body.getvalue()

    def persistent_id(self, obj: Any) -> int | None:
        return self._number(obj) if isinstance(obj, Basic) else None

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, Packed):
            return _with_state, (type(obj), dict(obj.packed_state()))
        if isinstance(obj, MappingProxyType):
            return _closed, (dict(obj),)
        return NotImplemented

    def _number(self, root: Basic) -> int:
        stack = [root]
        while stack:
            node = stack[-1]
            waiting = [arg for arg in node.args if id(arg) not in self._numbers]
            if waiting:
                stack.extend(waiting)
                continue
            stack.pop()
            if id(node) not in self._numbers:
                self._numbers[id(node)] = len(self.parts)
                self._kept.append(node)
                self.parts.append(self._part(node) if node.args else node)
        return self._numbers[id(root)]

    def _part(self, node: Basic) -> Part:
        return type(node), tuple(self._numbers[id(arg)] for arg in node.args), _held(node)


def _held(node: Basic) -> dict[str, Any]:
    """What an expression holds beside its arguments, such as whether it commutes."""
    kind, missing = type(node), object()
    names = {name for base in kind.__mro__ for name in _slots(base)} | set(getattr(node, "__dict__", ()))
    kept = sorted(name for name in names - _MADE_ANEW if not isinstance(getattr(kind, name, None), cached_property))
    found = {name: getattr(node, name, missing) for name in kept}
    return {name: value for name, value in found.items() if value is not missing}


def _slots(kind: type) -> tuple[str, ...]:
    slots = vars(kind).get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _joined(part: Part, made: list[Basic]) -> Basic:
    kind, numbers, held = part
    args = [made[number] for number in numbers]
    node = Basic.__new__(kind, *args)
    for name, value in held.items():
        setattr(node, name, value)
    if issubclass(kind, LatticeOp):
        node._argset = frozenset(args)
    return node


def _closed(values: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """A mapping that cannot be written to; pickle finds no class of that name."""
    return MappingProxyType(values)


def _with_state(kind: type[Any], state: Mapping[str, Any]) -> Any:
    """A value made of its attributes, without another look at them."""
    made = object.__new__(kind)
    for name, value in state.items():
        object.__setattr__(made, name, value)
    return made


class Described(type):
    """The class of classes that are made of a user's description: two of one name and description are the same.

    So one that comes from ``pickle`` equals the one that was written. ``described`` of the class above them are the
    attributes that say all of a class; ``copyreg.pickle(…, as_described)`` makes them known to ``pickle``.
    """

    described: tuple[str, ...]

    def __eq__(cls, other: object) -> bool:
        return cls is other or (
            type(other) is type(cls) and cls.__name__ == other.__name__ and cls.description() == other.description()
        )

    def __hash__(cls) -> int:
        return hash((cls.__name__, cls.description()))

    def description(cls) -> tuple[Any, ...]:
        """All that is said of the class; nothing of the one above."""
        return tuple(vars(cls).get(name) for name in cls.described)


def as_described(cls: Described) -> Any:
    """What makes the class again: its name finds it nowhere, unless it is the one above."""
    if "described" in vars(cls):
        return cls.__name__
    return _class_again, (
        cls.__mro__[1],
        cls.__name__,
        packed(dict(zip(cls.described, cls.description(), strict=True))),
    )


def _class_again(above: type[Any], name: str, members: bytes) -> type[Any]:
    kind: Any = type(above)
    made: type[Any] = kind(name, (above,), unpacked(members))
    return made
