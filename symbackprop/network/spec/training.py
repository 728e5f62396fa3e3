"""The section [training] of a spec file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from symbackprop.errors import did_you_mean
from symbackprop.network.formulas import quote
from symbackprop.network.spec.tables import Tables, shown

KEYS = (
    "learning_rate", "epochs", "learning_rates", "initial", "optimiser", "schedule", "batch_size", "seed", "sizes",
    "patience", "accuracy", "dtype", "backend", "optimizer",
)  # fmt: skip


@dataclass(frozen=True)
class Training:
    """How a spec file proposes to train its network; ``None`` and ``()`` where it does not say.

    ``how`` has the further choices that it makes, by the names that ``symbackprop.train`` has for them; whether there
    is such an optimiser, and so on, is for ``train`` to say.
    """

    learning_rate: float | None = None
    epochs: int | None = None
    learning_rates: tuple[float, ...] = ()
    how: Mapping[str, Any] = field(default_factory=dict)


def read_training(tables: Tables) -> Training:
    """Read the section; what it does not say is left open."""
    table = tables.table("training")
    for key in table:
        if key not in KEYS:
            tables.fail(
                ("training", key),
                "unknown-key",
                f"unknown key {quote(key)} in [training]",
                did_you_mean(key, KEYS),
            )
    table = _spelled(tables, table)
    epochs = table.get("epochs")
    if epochs is not None and (isinstance(epochs, bool) or not isinstance(epochs, int) or epochs < 1):
        tables.fail(("training", "epochs"), "number", f"'epochs' is {shown(epochs)}", "write a whole number above 0")
    rates = table.get("learning_rates", [])
    if not isinstance(rates, list):
        tables.fail(
            ("training", "learning_rates"),
            "number",
            f"'learning_rates' is {shown(rates)}",
            "write a list: [0.1, 0.5]",
        )
    rate = table.get("learning_rate")
    return Training(
        None if rate is None else _rate(tables, "learning_rate", rate),
        epochs,
        tuple(_rate(tables, "learning_rates", item) for item in rates),
        {key: read(tables, key, table[key]) for key, read in _FURTHER.items() if key in table},
    )


def _spelled(tables: Tables, table: dict[str, Any]) -> dict[str, Any]:
    """The section with one spelling of optimiser."""
    if "optimizer" not in table:
        return table
    chosen = _text(tables, "optimizer", table["optimizer"])
    if table.get("optimiser", chosen) != chosen:
        what = f"optimiser is {shown(table['optimiser'])} and optimizer is {shown(chosen)}"
        tables.fail(("training", "optimizer"), "duplicate", what, "they are two spellings of one choice: give one")
    return {**table, "optimiser": chosen}


def _rate(tables: Tables, name: str, value: Any) -> float:
    number = tables.number(("training", name), name, value)
    if number <= 0:
        tables.fail(("training", name), "number", f"{quote(name)} is {shown(value)}", "write a number above 0")
    return number


def _text(tables: Tables, key: str, value: Any) -> str:
    if not isinstance(value, str):
        tables.fail(("training", key), "text", f"{quote(key)} is {shown(value)}, not text", _SUCH_AS[key])
    return value


def _initial(tables: Tables, key: str, value: Any) -> str | float:
    return value if isinstance(value, str) else tables.number(("training", key), key, value)


def _count(tables: Tables, key: str, value: Any, least: int = 1) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        what = f"{quote(key)} is {shown(value)}"
        tables.fail(("training", key), "number", what, f"write a whole number from {least}")
    return value


def _seed(tables: Tables, key: str, value: Any) -> int:
    return _count(tables, key, value, least=0)


def _sizes(tables: Tables, key: str, value: Any) -> dict[str, int]:
    if not isinstance(value, dict):
        tables.fail(("training", key), "sizes", f"{quote(key)} is {shown(value)}", "write sizes = { h = 16 }")
    return {name: _count(tables, key, size) for name, size in value.items()}


def _names(tables: Tables, key: str, value: Any) -> str | list[str]:
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return value
    return _text(tables, key, value)


_SUCH_AS = {
    "optimiser": 'write the name of one: optimiser = "adam"',
    "optimizer": 'write the name of one: optimizer = "adam"',
    "schedule": 'write the name of one: schedule = "cosine"',
    "accuracy": 'write the name of an output: accuracy = "P"',
    "dtype": 'write dtype = "float32"',
    "backend": 'write backend = "numba"',
}
_FURTHER: Mapping[str, Callable[[Tables, str, Any], Any]] = {
    "initial": _initial,
    "optimiser": _text,
    "schedule": _text,
    "batch_size": _count,
    "seed": _seed,
    "sizes": _sizes,
    "patience": _count,
    "accuracy": _names,
    "dtype": _text,
    "backend": _text,
}
"""How each further choice is read."""
