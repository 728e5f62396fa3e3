"""A mapping from the symbols of a network, which also takes their names as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

from sympy import Symbol

from symbackprop.errors import DerivationError, did_you_mean
from symbackprop.packing import Packed

V = TypeVar("V")


class BySymbol(Packed, Mapping[Symbol, V], Generic[V]):
    """Values by symbol, made when first asked for; ``m[w1]`` and ``m["w1"]`` are the same."""

    def __init__(self, keys: Sequence[Symbol], make: Callable[[Symbol], V], kind: str) -> None:
        self._keys = {key.name: key for key in keys}
        self._make = make
        self._kind = kind
        self._made: dict[str, V] = {}

    def packed_state(self) -> Mapping[str, Any]:
        """Every value, for ``pickle``: those that nobody has asked for are made."""
        made = {name: self[name] for name in self._keys}
        return {"_keys": self._keys, "_make": None, "_kind": self._kind, "_made": made}

    def __getitem__(self, key: Symbol | str) -> V:
        name = str(key)
        if name not in self._keys:
            raise MissingGradient(name, self._kind, list(self._keys))
        if name not in self._made:
            self._made[name] = self._make(self._keys[name])
        return self._made[name]

    def __contains__(self, key: object) -> bool:
        return str(key) in self._keys

    def __iter__(self) -> Iterator[Symbol]:
        return iter(self._keys.values())

    def __len__(self) -> int:
        return len(self._keys)

    def __repr__(self) -> str:
        return "{" + ", ".join(f"{key}: {self[key]}" for key in self) + "}"


class ByEdge(Packed, Mapping[tuple[Symbol, Symbol], V], Generic[V]):
    """Values by pairs of symbols, (user, used); ``m["a_h1", "h1"]`` takes names."""

    def __init__(self, values: Mapping[tuple[Symbol, Symbol], V], kind: str) -> None:
        self._values = values
        self._kind = kind
        self._named = {(user.name, used.name): (user, used) for user, used in values}

    def packed_state(self) -> Mapping[str, Any]:
        """Every value, for ``pickle``."""
        return {"_values": self._values, "_kind": self._kind, "_named": self._named}

    def __getitem__(self, key: tuple[Symbol | str, Symbol | str]) -> V:
        if key in self._values:
            return self._values[key]
        names = (str(key[0]), str(key[1]))
        if names not in self._named:
            known = [f"{user} by {used}" for user, used in self._named]
            raise MissingGradient(f"{names[0]} by {names[1]}", self._kind, known)
        return self._values[self._named[names]]

    def __contains__(self, key: object) -> bool:
        return key in self._values or (isinstance(key, tuple) and tuple(map(str, key)) in self._named)

    def __iter__(self) -> Iterator[tuple[Symbol, Symbol]]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(dict(self._values))


class MissingGradient(DerivationError, KeyError):
    """There is nothing of that name; also a KeyError, as a mapping's users expect."""

    def __init__(self, name: str, kind: str, known: list[str]) -> None:
        super().__init__("unknown-name", f"there is no {kind} of {name}", did_you_mean(name, known))

    __str__ = DerivationError.__str__
