"""The training loop of a scalar network at work, in the way that is fastest for what it is asked.

One example, or a few, go through plain Python; where that raises, as for exp(1000), NumPy's numbers take over from that
update on. Many examples are arrays. All of it goes through one compiled function instead where that is asked for, or is
worth the time that compiling takes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from symbackprop.calculus import Derivation
from symbackprop.numeric.gradient_function import GradientFunction
from symbackprop.numeric.loops.batch import Batch, Moved, Record
from symbackprop.numeric.loops.choice import FEW, Choice
from symbackprop.numeric.loops.functions import Functions, Running
from symbackprop.numeric.loops.one_update import single_steps
from symbackprop.numeric.loops.update import UpdateRule
from symbackprop.numeric.loops.variant import Form
from symbackprop.numeric.loops.vector import Vector


class ScalarLoop:
    """Makes updates of a network's weights, from data of one dtype.

    ``function`` is the derivation compiled for NumPy; ``many`` tells whether data are arrays of examples; ``wanted`` is
    "auto", "numpy" or "numba"; ``functions`` are those of the rule, where they have been made before.
    """

    def __init__(
        self,
        derivation: Derivation,
        rule: UpdateRule,
        function: GradientFunction,
        many: bool,
        dtype: Any,
        wanted: str,
        functions: Functions | None = None,
    ) -> None:
        self.rule, self.many, self.dtype = rule, many, np.dtype(dtype)
        self.functions = functions or Functions(derivation, rule)
        self.vector = Vector(derivation, rule, function) if many else None
        self.forms = {record: Form(many, record, self.dtype.name) for record in (False, True)}
        self.options = list(map(float, rule.options.values()))
        self.is_fast = wanted == "numba"
        self.choice = Choice(self.functions.source(self._form(False)).size) if wanted == "auto" else None

    @property
    def backend(self) -> str:
        """What makes the updates: "numba", or else "numpy", which plain Python counts as."""
        return "numba" if self.is_fast else "numpy"

    def source(self, examples: int) -> str:
        """The code that makes an update from so many examples."""
        if self.vector is not None and not self.is_fast and self._are_arrays(examples):
            return self.vector.source
        return self.functions.source(self._form(False)).text

    def run(self, moved: Moved, batch: Batch) -> None:
        """Make the updates, in place; ``batch.losses`` get the loss before each, up to one that is not finite."""
        begun = moved.updates
        if self._is_fast_for(batch):
            self._compiled(moved, batch)
        elif self.vector is not None and self._are_arrays(batch.examples):
            self.vector.run(moved, batch)
        elif self.dtype == np.float64:
            self._in_python(moved, batch)
        else:
            self._by_numbers(moved, batch)
        moved.updates = begun + batch.made

    def single_steps(self, moved: Moved, data: Any) -> Callable[[float], float] | None:
        """What makes an update at a time, with next to nothing around it, or None where plain Python does not do."""
        if self.is_fast or self.many or self.dtype != np.float64:
            return None
        moved.weights, moved.kept = _floats(moved.weights), _floats(moved.kept)
        return single_steps(self.functions.in_python(self._form(False)), moved, data.tolist(), self.options)

    def _form(self, record: bool) -> Form:
        return self.forms[record]

    def _are_arrays(self, examples: int) -> bool:
        return examples > FEW or self.dtype != np.float64

    def _is_fast_for(self, batch: Batch) -> bool:
        """Whether the compiled loop is used; once it was, it stays."""
        if not self.is_fast and self.choice is not None:
            self.is_fast = self.choice.is_worth_it(
                len(batch.rates), batch.examples, lambda: self.functions.is_kept(self._form(batch.record is not None))
            )
        return self.is_fast

    def _compiled(self, moved: Moved, batch: Batch) -> None:
        running = self.functions.by_numba(self._form(batch.record is not None))
        moved.weights, moved.kept = (np.array(x, dtype=self.dtype) for x in (moved.weights, moved.kept))
        # A copy: numba compiles anew for arrays that cannot be written, as those of one rate for all updates are.
        batch = replace(batch, rates=np.array(batch.rates, order="C"))
        self._call(running, moved, batch, np.array(self.options))

    def _in_python(self, moved: Moved, batch: Batch) -> None:
        """Python's own numbers; NumPy's for those updates alone that they cannot make, so that parts are as a whole."""
        done = 0
        while done < len(batch.rates):
            count = self._as_far_as_python_goes(moved, _part(batch, done, len(batch.rates)))
            moved.updates += count
            done += count
            if done < len(batch.rates):
                self._by_numbers(moved, _part(batch, done, done + 1))
                moved.updates += 1
                if not np.isfinite(batch.losses[done]):
                    return
                done += 1

    def _as_far_as_python_goes(self, moved: Moved, batch: Batch) -> int:
        """Make the updates before the first at which Python raises; how many there are."""
        running = self.functions.in_python(self._form(batch.record is not None))
        moved.weights, moved.kept = _floats(moved.weights), _floats(moved.kept)
        counts = [len(batch.rates)]
        for count in counts:
            lists = _listed(_part(batch, 0, count))
            try:
                self._call(running, moved, lists, self.options)
            except (ArithmeticError, ValueError):
                # The function changes nothing but losses and record before its end. It raised before the first loss
                # that is missing, or just behind the last that is not.
                filled = _filled(lists.losses)
                counts += [n for n in (filled, filled - 1) if 0 < n < count and n not in counts]
                continue
            _put(batch, lists, _filled(lists.losses))
            return count
        return 0

    def _by_numbers(self, moved: Moved, batch: Batch) -> None:
        """The same code on NumPy's numbers: they keep float32, and have inf and NaN where Python's raise."""
        form = replace(self._form(batch.record is not None), space="numpy")
        moved.weights, moved.kept = (list(np.array(x, dtype=self.dtype)) for x in (moved.weights, moved.kept))
        data = batch.data if self.many else list(batch.data)
        with np.errstate(all="ignore"):
            self._call(self.functions.in_python(form), moved, replace(batch, data=data), self.options)

    def _call(self, running: Running, moved: Moved, batch: Batch, options: Any) -> None:
        record = batch.record or Record(None, None, None, -1)
        pool = {
            "data": batch.data, "weights": moved.weights, "kept": moved.kept, "options": options,
            "updates": moved.updates, "rates": batch.rates, "begins": batch.begins, "ends": batch.ends,
            "losses": batch.losses, "moves": record.moves, "values": record.values,
            "parameters": record.parameters, "gradients": record.gradients,
        }  # fmt: skip
        running.call(*[pool[name] for name in running.arguments])


def _floats(numbers: Any) -> list[float]:
    """Numbers as a list of Python's own; the same list where it is one already."""
    if type(numbers) is list and all(type(number) is float for number in numbers):
        return numbers
    found: list[float] = np.asarray(numbers, dtype=float).tolist()
    return found


def _listed(batch: Batch) -> Batch:
    """The batch with lists in place of arrays, which Python reads and fills faster; no loss is known."""
    record = batch.record
    if record is not None:
        values, parameters, gradients = (x.tolist() for x in (record.values, record.parameters, record.gradients))
        record = Record(values, parameters, gradients, record.moves)
    count = len(batch.rates)
    same = count > 0 and batch.rates.strides == (0,)
    rates = [float(batch.rates[0])] * count if same else batch.rates.tolist()
    data, begins, ends = (x.tolist() for x in (batch.data, batch.begins, batch.ends))
    return Batch(data, rates, begins, ends, [None] * count, record)


def _part(batch: Batch, first: int, last: int) -> Batch:
    """The updates from one up to another, with their part of the losses and of the record."""
    record = batch.record
    if record is not None:
        values, parameters, gradients = (x[first:last] for x in (record.values, record.parameters, record.gradients))
        record = Record(values, parameters, gradients, record.moves - first)
    rates, begins, ends, losses = (x[first:last] for x in (batch.rates, batch.begins, batch.ends, batch.losses))
    return replace(batch, rates=rates, begins=begins, ends=ends, losses=losses, record=record)


def _filled(losses: list[float | None]) -> int:
    """How many losses there are before the first that there is not."""
    return losses.index(None) if None in losses[-1:] else len(losses)


def _put(batch: Batch, lists: Batch, count: int) -> None:
    """Take over the first losses and rows of the record from lists to arrays."""
    batch.losses[:count] = np.fromiter(lists.losses, float, count)
    if batch.record is not None and lists.record is not None:
        for name in ("values", "parameters", "gradients"):
            getattr(batch.record, name)[:count] = getattr(lists.record, name)[:count]
