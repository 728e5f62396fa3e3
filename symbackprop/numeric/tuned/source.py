"""The source of a tuned step: a module of NumPy calls, each of which writes into an array that is there already."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from sympy import Basic

from symbackprop.calculus import Derivation
from symbackprop.matrices import Shape, UserOperation
from symbackprop.numeric.helpers import ARRAY_HELPERS, DECLARED, called_by, with_needs
from symbackprop.numeric.kernels import Helper
from symbackprop.numeric.loops import UpdateRule
from symbackprop.numeric.loops.update import Assignment
from symbackprop.numeric.program.line import BACKWARD, FORWARD, parts_of
from symbackprop.numeric.rendering import rendered
from symbackprop.numeric.tuned.fusing import Passes
from symbackprop.numeric.tuned.instructions import shape_of_name
from symbackprop.numeric.tuned.memory import Layout
from symbackprop.numeric.tuned.plan import StepPlan
from symbackprop.numeric.tuned.text import StepText
from symbackprop.numeric.wrapping import folded, quoted

FUNCTIONS = frozenset(
    "absolute add arccos arccosh arcsin arcsinh arctan arctanh copyto cos cosh divide exp greater log log1p matmul "
    "maximum minimum multiply negative power sign sin sinh sqrt subtract tan tanh".split()
)
"""What is imported from NumPy by name, if it is used."""

RESERVED = (
    frozenset(ARRAY_HELPERS) | FUNCTIONS
    | {"np", "math", "prepared", "train", "dtype", "loss", "declared", "isfinite", "Any", "Array"}
)  # fmt: skip
"""What generated modules call their own, so that no name of a network may."""

_HEADINGS = {FORWARD: "Forward pass", BACKWARD: "Backward pass, gradients and updates"}
_IN_ADVANCE = "; signals and gradients are times the rate"


@dataclass(frozen=True)
class StepSource:
    """A module with ``prepared(dtype, sizes…, weights…, states…)``, which returns ``train(data…, rate, count)``.

    Names of ``data`` and ``sizes`` are the network's, in the order of the arguments; ``orders`` tells in which order,
    "C" or "F", each array of data is read fastest. The module needs the functions of ``passes``, compiled by numba, if
    it is ``fused``. ``entrywise`` has the shape of what each instruction writes that is in a pass, or could be.
    """

    text: str
    passes: Passes
    fused: bool
    data: tuple[str, ...]
    sizes: tuple[str, ...]
    orders: Mapping[str, Layout]
    entrywise: tuple[Shape, ...]


def step_source(
    derivation: Derivation, rule: UpdateRule, trained: Collection[str], dtype: np.dtype[Any], fused: bool
) -> StepSource:
    """Write the module for arrays of that dtype; with passes for numba in place of single calls, if it is ``fused``.

    Every name in it has passed the check of names; the network's title is quoted. What was written last is kept: to
    train the same network again, as a search over learning rates does, takes no time to write.
    """
    options = tuple(rule.options.items())
    return _written(_Wanted(derivation, rule.equations, options, tuple(trained), dtype, fused, rule))


@dataclass(frozen=True)
class _Wanted:
    """All that a module follows from; the rule is told from others by its equations and its options."""

    derivation: Derivation
    equations: tuple[Assignment, ...]
    options: tuple[tuple[str, float], ...]
    trained: tuple[str, ...]
    dtype: np.dtype[Any]
    fused: bool
    rule: UpdateRule = field(compare=False)


@lru_cache(maxsize=16)
def _written(wanted: _Wanted) -> StepSource:
    plan = StepPlan(wanted.derivation, wanted.rule, wanted.trained, wanted.dtype, wanted.fused)
    return _Writer(plan).source()


class _Writer:
    def __init__(self, plan: StepPlan) -> None:
        self.plan = plan
        self.text = StepText(plan, RESERVED | frozenset(plan.passes.names))

    def source(self) -> StepSource:
        """The module."""
        plan, text = self.plan, self.text
        network, program = plan.network, plan.program
        sizes, touched = list(network.sizes), plan.touched()
        numbers = [number for number in plan.numbers if number.symbol in touched]
        written = rendered(
            "tuned_step.py.j2",
            title=quoted(f"A training step of {network.loss.name} for the network {network.name}."),
            imports=", ".join(sorted({one.function.partition(".")[0] for one in plan.alone()} & FUNCTIONS)),
            helpers=self._helpers(),
            arguments=folded(["dtype", *map(text.code, (*sizes, *plan.weights, *plan.states))], "    "),
            options=[f"{text.code(name)} = {value!r}" for name, value in program.options.items()],
            numbers=[text.number_line(number) for number in numbers],
            arrays=[text.array_line(group) for group in plan.groups if group[0] in touched],
            data=folded([*map(text.code, (*plan.data, program.rate, program.count))], "        "),
            changing=[f"{text.code(n.symbol)}[()] = {text.written(n.value)}" for n in numbers if n.changing],
            body=list(self._body()),
        )
        in_passes = [one for run in plan.passes.found for one in plan.instructions[run.start : run.end]]
        return StepSource(
            text=written.rstrip() + "\n",
            passes=plan.passes,
            fused=bool(plan.found),
            data=tuple(s.name for s in plan.data),
            sizes=tuple(s.name for s in sizes),
            orders={s.name: plan.order(s) for s in plan.data},
            entrywise=tuple(shape_of_name(one.target) for one in in_passes),
        )

    def _body(self) -> Iterator[str]:
        """The lines of a step, each under the equation that it works out; a pass stands under all of its equations."""
        flat = [(line, k, one) for line, ones in self.plan.lowered for k, one in enumerate(ones)]
        calls = {one.start: one for one in self.plan.found}
        part, at = "", 0
        while at < len(flat):
            call = calls.get(at)
            here = flat[at : call.end if call else at + 1]
            for line, _, one in (item for item in here if item[1] == 0):
                heading = FORWARD if line.part == FORWARD else BACKWARD
                if heading != part:
                    part = heading
                    yield from (
                        "",
                        f"# {_HEADINGS[part]}{_IN_ADVANCE * (part == BACKWARD and self.plan.program.in_advance)}",
                    )
                if one.kind != "readable" or one.line is None or one.line.value != line.value:
                    yield from self.text.equation(line)
            if call:
                yield f"{self.plan.passes.name(call)}({', '.join(map(self.text.code, call.arrays))})"
            else:
                yield from self.text.instruction(here[0][2])
            at += len(here)

    # What the readable lines need

    def _readable_parts(self) -> list[Basic]:
        values = [one.line.value for one in self.plan.instructions if one.line is not None]
        return parts_of([*values, *(number.value for number in self.plan.numbers)])

    def _helpers(self) -> list[Helper]:
        found = [ARRAY_HELPERS[name] for name in with_needs(self._helper_names(), ARRAY_HELPERS)]
        declares = any(isinstance(node, UserOperation) for node in self._readable_parts())
        return [*found, DECLARED] if declares else found

    def _helper_names(self) -> set[str]:
        names = {one.line.helper for one in self.plan.instructions if one.line is not None and one.line.helper}
        for node in self._readable_parts():
            word = called_by(node)
            if word in ARRAY_HELPERS:
                names.add(word)
        return names
