"""From an update rule in SymPy to the function that moves the weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

import numpy as np

from symbackprop.errors import DataError
from symbackprop.notation import python
from symbackprop.numeric.loops import UpdateRule
from symbackprop.training import rules
from symbackprop.training.data import Floats
from symbackprop.training.options_in_text import chosen
from symbackprop.training.rules import RULES, Equations

Weights = dict[str, Any]


@dataclass(frozen=True)
class State:
    """What an optimiser remembers: how many updates it has made, and by weight what its rule keeps."""

    updates: int
    kept: Mapping[str, Sequence[Floats]]


@dataclass(frozen=True)
class Optimiser:
    """An update rule with its options. ``rules()`` are its equations; ``source`` is the code that runs."""

    name: str
    options: Mapping[str, float] = field(default_factory=dict)

    def rules(self) -> Equations:
        """The equations of one update, as pairs of SymPy expressions: left side, right side.

        w is the weight, g its gradient, eta the learning rate, t the number of the update, from 1.
        """
        return RULES[self.name].equations

    @property
    def source(self) -> str:
        """The update as Python, one line an equation."""
        return _source(self.name)

    def start(self, weights: Mapping[str, Any]) -> State:
        """Nothing remembered yet: zeros in the shapes of the weights."""
        count = len(RULES[self.name].kept)
        return State(0, {name: [np.zeros_like(w) for _ in range(count)] for name, w in weights.items()})

    def step(
        self, weights: Mapping[str, Any], gradients: Mapping[str, Any], state: State, rate: float
    ) -> tuple[Weights, State]:
        """The weights after one update, and what is remembered of it; weights without a gradient stay."""
        update, count = _compiled(self.name), state.updates + 1
        moved, kept = dict(weights), dict(state.kept)
        for name, gradient in gradients.items():
            moved[name], kept[name] = update(weights[name], gradient, rate, count, *state.kept[name], **self.options)
        return moved, State(count, kept)

    def loop_rule(self) -> UpdateRule:
        """The rule for a loop that is compiled as a whole."""
        rule, update = RULES[self.name], partial(_compiled(self.name), **self.options)
        return UpdateRule(
            self.name,
            rule.equations,
            rules.w,
            rules.g,
            rules.w_new,
            rules.eta,
            rules.t,
            update,
            self.source,
            rule.kept,
            self.options,
        )

    def __str__(self) -> str:
        options = {k: v for k, v in self.options.items() if v != RULES[self.name].options[k]}
        return " ".join([self.name, *(f"{option}={value:g}" for option, value in options.items())])


def optimiser(name: str = "gradient-descent", **options: float) -> Optimiser:
    """An optimiser, for ``train``.

    ``"gradient-descent"``, ``"momentum"`` and ``"nesterov"`` (option mu), ``"adagrad"`` (epsilon), ``"rmsprop"`` (rho,
    epsilon), ``"adam"`` (beta1, beta2, epsilon), ``"adamw"`` (also decay). Options may stand in the text as well:
    ``"adam beta1=0.8"``. Raises DataError for a name, an option or a value that does not do.
    """
    name, known = chosen("optimiser", name, options, {rule: RULES[rule].options for rule in RULES})
    numbers = {option: float(value) for option, value in known.items()}
    for option, value in numbers.items():
        within, words = _RANGES[option]
        if not (math.isfinite(value) and within(value)):
            usual = RULES[name].options[option]
            raise DataError("optimiser", f"{option} = {value:g} of {name} is not {words}", f"give, say, {usual:g}")
    return Optimiser(name, numbers)


def as_optimiser(given: Optimiser | str) -> Optimiser:
    """An optimiser, or the one of that name. Raises DataError."""
    return given if isinstance(given, Optimiser) else optimiser(given)


_FRACTION = (lambda x: 0 <= x < 1), "from 0 up to 1"
_RANGES: Mapping[str, tuple[Callable[[float], bool], str]] = {
    "mu": _FRACTION,
    "rho": _FRACTION,
    "beta1": _FRACTION,
    "beta2": _FRACTION,
    "epsilon": ((lambda x: x > 0), "a positive number"),
    "decay": ((lambda x: x >= 0), "a number from 0"),
}
"""What each option may be."""


@lru_cache
def _source(name: str) -> str:
    rule = RULES[name]
    arguments = ["w", "g", "eta", "t", *map(str, rule.kept), *rule.options]
    lines = [f"def update({', '.join(arguments)}):"]
    lines += [f"    {left} = {python(right)}" for left, right in rule.equations]
    kept = ", ".join(map(str, rule.kept.values()))
    return "\n".join([*lines, f"    return w_new, [{kept}]"]) + "\n"


@lru_cache
def _compiled(name: str) -> Callable[..., tuple[Any, list[Floats]]]:
    module: dict[str, Any] = {"np": np}
    # The source comes from the table of rules alone.
    exec(compile(_source(name), "<symbackprop>", "exec"), module)  # noqa: S102
    update: Callable[..., tuple[Any, list[Floats]]] = module["update"]
    return update
