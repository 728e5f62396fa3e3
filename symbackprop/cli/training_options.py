"""What to train and how: options, and the network's own [training] in place of those not given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import click

from symbackprop.errors import Diverged

if TYPE_CHECKING:
    from symbackprop.calculus import Derivation
    from symbackprop.cli.find_network import Found
    from symbackprop.training import SweepResult, TrainingHistory

Values = Mapping[str, Any] | None


@dataclass(frozen=True)
class Plan:
    """One learning rate, several of them, and a number of updates; None and empty where nobody said.

    ``how`` has further choices, by the names that ``train`` has for them.
    """

    found: Found
    rate: float | None
    epochs: int | None
    rates: tuple[float, ...]
    how: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        found: Found,
        rate: float | None,
        epochs: int | None,
        rates: Sequence[float] | None,
        how: Mapping[str, Any] | None = None,
    ) -> Plan:
        """Put the network's own settings in the place of options that were not given."""
        own = found.spec.training
        return cls(
            found,
            own.learning_rate if rate is None else rate,
            own.epochs if epochs is None else epochs,
            own.learning_rates if rates is None else tuple(rates),
            {**own.how, **{name: choice for name, choice in (how or {}).items() if choice is not None}},
        )

    def require_rate(self) -> Plan:
        """Refuse to go on without a learning rate and a number of epochs."""
        self._require("--lr", "0.5", self.rate)
        self._require("--epochs", "45", self.epochs)
        return self

    def require_rates(self) -> Plan:
        """Refuse to go on without learning rates and a number of epochs."""
        self._require("--lr", "0.1,0.5,2", self.rates or None)
        self._require("--epochs", "45", self.epochs)
        return self

    def require_whole(self) -> Plan:
        """Refuse half of what training needs; none of it is all right."""
        if self.rate is not None or self.rates:
            self._require("--epochs", "45", self.epochs)
        elif self.epochs is not None:
            self._require("--lr", "0.5", None)
        return self

    def train(self, derivation: Derivation, data: Values) -> TrainingHistory:
        """Train once. Raises Diverged, which keeps the history."""
        from symbackprop.training import train

        assert self.rate is not None
        assert self.epochs is not None
        with self.found.blamed():
            return train(derivation, data, learning_rate=self.rate, epochs=self.epochs, progress=True, **self.how)

    def sweep(self, derivation: Derivation, data: Values) -> SweepResult | tuple[()]:
        """Train once for each of the rates; empty without any."""
        from symbackprop.training import sweep

        if not self.rates or self.epochs is None:
            return ()
        with self.found.blamed():
            return sweep(derivation, data, learning_rates=self.rates, epochs=self.epochs, progress=True, **self.how)

    def _require(self, option: str, such_as: str, value: object) -> None:
        if value is None:
            name = self.found.network.name
            raise click.UsageError(
                f"{option} is missing, and {name!r} has no [training] that says it; give {option} {such_as}",
                click.get_current_context(),
            )


def kept(error: Diverged) -> TrainingHistory:
    """The history of training that diverged."""
    history: Any = error.history
    return cast("TrainingHistory", history)
