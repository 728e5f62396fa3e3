"""The section [training] of a spec file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symbackprop.errors import did_you_mean
from symbackprop.network.formulas import quote
from symbackprop.network.spec.tables import Tables, shown

KEYS = ("learning_rate", "epochs", "learning_rates")


@dataclass(frozen=True)
class Training:
    """How a spec file proposes to train its network; ``None`` and ``()`` where it does not say."""

    learning_rate: float | None = None
    epochs: int | None = None
    learning_rates: tuple[float, ...] = ()


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
    )


def _rate(tables: Tables, name: str, value: Any) -> float:
    number = tables.number(("training", name), name, value)
    if number <= 0:
        tables.fail(("training", name), "number", f"{quote(name)} is {shown(value)}", "write a number above 0")
    return number
