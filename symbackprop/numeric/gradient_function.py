"""The compiled gradient: generated NumPy source, and a callable made of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError, DerivationError, as_given
from symbackprop.files import write_atomically
from symbackprop.matrices import Shape
from symbackprop.numeric.called import by_argument, shown
from symbackprop.numeric.exchange import Exchange, Taken
from symbackprop.numeric.facts import names_in_facts, without_factor
from symbackprop.numeric.module_errors import data_error, is_ours, told
from symbackprop.numeric.part import Part
from symbackprop.numeric.rendering import run
from symbackprop.numeric.seen import Seen

Reduction = Literal["mean", "sum", "none"]


@dataclass(frozen=True, eq=False)
class GradientFunction:
    """``loss, gradients = f(**values)``: values by name, each gradient an array of the shape of what it is by.

    Scalars are numbers or flat arrays with one entry an example; with arrays the loss and the gradients are means over
    the examples, and ``reduction`` may be "mean", "sum" or "none". A network of matrices has its batch inside, so that
    its loss says how the examples are added up. Integers are cast to floats, and float32 stays float32; arrays of
    another ``backend`` keep their dtype and device. Where its library traces or hides the numbers, data that break a
    fact give NaN for the loss and all gradients. ``source`` is the module that runs; ``save(path)`` writes it to a
    file that needs NumPy, or the library of the backend, and nothing else. ``shapes`` has the shape of each name.

    Of a layer it is ``outputs, gradients = f(**values)``: both by name, with the adjoints of the outputs among the
    values. Of scalars a gradient is an array where its value is one, and else the sum over the examples.
    ``f.outputs_of`` and ``f.passed_back`` give the one and the other.
    """

    source: str
    names: tuple[str, ...]
    loss: str
    wrt: tuple[str, ...]
    arguments: dict[str, str]
    module: dict[str, Any]
    shapes: Mapping[str, Shape]
    derivation: Derivation
    exchange: Exchange
    """How values come in and results go out."""
    elsewhere: Callable[..., GradientFunction] = field(repr=False)
    """Makes the same function for another ``backend``."""
    forward: Callable[[], str] = field(repr=False)
    """Writes the function of the module that computes, without the lines that only gradients need."""
    backend: str = "numpy"
    check_facts: bool = True
    outputs: tuple[str, ...] = ()
    """Those of a layer."""
    seen: Seen = field(default_factory=Seen, repr=False)

    def __reduce__(self) -> tuple[Callable[..., GradientFunction], tuple[()]]:
        """For ``pickle``: the derivation, of which the same module is written where it is read."""
        return partial(self.elsewhere, backend=self.backend, check_facts=self.check_facts), ()

    def __call__(
        self, /, *, reduction: Reduction = "mean", check_facts: bool | None = None, **values: Any
    ) -> tuple[Any, dict[str, Any]]:
        """The loss and its gradients.

        ``check_facts`` says whether the values are held to the facts of the derivation; None does as ``lambdify`` was
        told. Raises DataError for missing or unknown names, shapes that do not fit and facts that do not hold.
        """
        if self.outputs:
            check_nothing_added(reduction)
            every, passed = self.forward_backward(check_facts=check_facts, **values)
            return {name: every[name] for name in self.outputs}, passed
        self.exchange.check_reduction(reduction, self.loss)
        taken = self._taken(values)
        marks = self.hold(taken.arrays, check_facts)
        forward, gradients = self._computed(taken)
        there = self.module["FORWARD"].index(self.loss)
        loss, *found = self._marked(taken.finished((forward[there], *gradients), reduction), marks)
        return loss, dict(zip(self.wrt, found, strict=True))

    def outputs_of(self, /, *, check_facts: bool | None = None, **values: Any) -> Any:
        """What a layer gives, from its inputs alone: one array, or a tuple. Raises DataError as a call does."""
        return self._run("forward", self.module["INPUTS"] if self.outputs else (), values, check_facts)

    def passed_back(self, /, *, check_facts: bool | None = None, **values: Any) -> dict[str, Any]:
        """The gradients of a layer, by name. Raises DataError as a call does."""
        passed: dict[str, Any] = self._run("backward", self.names, values, check_facts)
        return passed

    def _run(self, what: str, names: Sequence[str], values: Mapping[str, Any], check_facts: bool | None) -> Any:
        """A function of the module of a layer."""
        if not self.outputs:
            fix = "give its outputs in place of the loss: Network(…, outputs=[Y])"
            raise DerivationError("layer", f"{self.derivation.network.name} has a loss and is no layer", fix)
        call = self.by_argument(values, names)
        with told():
            return self.module[what](**call, **self.fact_option(check_facts))

    def fact_option(self, check_facts: bool | None) -> dict[str, bool]:
        """The keyword that tells the module whether to check facts, where it has any."""
        wanted = self.check_facts if check_facts is None else check_facts
        return {"check_facts": wanted} if self.derivation.facts else {}

    def hold(self, arrays: Sequence[Any], check_facts: bool | None = None) -> Sequence[Any]:
        """Hold arrays that fit to the facts; gives what marks the results where their numbers are hidden.

        Raises DataError.
        """
        if not self.fact_option(check_facts).get("check_facts"):
            return ()
        try:
            marks: Sequence[Any] | None = self.module["require_facts"](dict(zip(self.names, arrays, strict=True)))
        except Exception as error:
            if type(error).__name__.strip("_") == "LinAlgError":  # each library has its own
                raise without_factor(self.derivation) from None
            if not isinstance(error, ValueError) or not is_ours(error):
                raise
            raise data_error(error) from None
        return marks or ()

    def forward_backward(
        self, /, *, check_facts: bool | None = None, **values: Any
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """All forward values and all gradients, by name. Raises DataError as a call does.

        Of examples there are all forward values, example by example, and the mean of each gradient.
        """
        taken = self._taken(values)
        return self._finished(taken, self.hold(taken.arrays, check_facts))

    def again(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Like ``forward_backward`` at every step of a training, for arrays of one dtype that have been checked before.

        Facts are checked once for each array that has not been seen. An array that is written to afterwards is trusted
        to obey them still; numbers, which cannot be told from others, are checked at each call. Raises DataError for a
        name that is missing or unknown.
        """
        if len(values) != len(self.names) or not all(name in values for name in self.names):
            self.by_argument(values)
        taken = self.exchange.trusted(self.module, self.names, [values[name] for name in self.names])
        return self._finished(taken, self._held_once(taken, values))

    def _taken(self, values: Mapping[str, Any]) -> Taken:
        call = self.by_argument(values)
        return self.exchange.taken(self.module, self.names, [call[self.arguments[name]] for name in self.names])

    def _held_once(self, taken: Taken, values: Mapping[str, Any]) -> Sequence[Any]:
        """Hold arrays to the facts that have not been seen; ``values`` are what they were taken from."""
        if not self.fact_option(None).get("check_facts"):
            return ()
        about = [values[name] for name in names_in_facts(self.derivation) if name in values]
        if self.seen.knows(about):
            return ()
        marks = self.hold(taken.arrays)
        if not marks:
            self.seen.add(about)
        return marks

    def _computed(self, taken: Taken) -> tuple[Sequence[Any], Sequence[Any]]:
        """What the lines of the module make of arrays: forward values and gradients, as they come out."""
        try:
            with self.exchange.quiet():
                found: tuple[Sequence[Any], Sequence[Any]] = self.module["forward_backward"](*taken.arrays)
        except Exception as error:
            refused = self.exchange.refusal(self.derivation, self.names, taken.arrays, error)
            if refused is None:
                raise
            raise refused from None
        return found

    def _finished(self, taken: Taken, marks: Sequence[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        forward, gradients = self._computed(taken)
        found = dict(zip(self.module["FORWARD"], taken.finished(forward, "none"), strict=True))
        if self.outputs:
            found |= zip(self.outputs, self._marked([found[name] for name in self.outputs], marks), strict=True)
            single = dict(zip(self.names, (not array.ndim for array in taken.arrays), strict=True))
            how = ["sum" if single.get(name, True) else "none" for name in self.wrt]
            passed = [x for one, each in zip(gradients, how, strict=True) for x in taken.finished([one], each)]
            return found, dict(zip(self.wrt, self._marked(passed, marks), strict=True))
        (found[self.loss],) = self._marked([found[self.loss]], marks)
        return found, dict(zip(self.wrt, self._marked(taken.finished(gradients, "mean"), marks), strict=True))

    def _marked(self, results: Iterable[Any], marks: Sequence[Any]) -> Iterable[Any]:
        """Results, which are NaN where data that cannot be seen break a fact."""
        return [self.module["marked"](x, marks) for x in results] if marks else results

    def as_torch(
        self, reduction: Reduction = "mean", output: str = "", check_facts: bool | None = None
    ) -> Callable[..., Any]:
        """The loss for models in PyTorch, through which the derived gradients flow back.

        ``loss(**values)``, or ``loss(values, …)`` with dictionaries of values by name, gives a tensor; ``backward``
        works by all that the derivation is by. Where the loss is total(G*Y) for a target G, ``output="Y"`` gives Y in
        its place, as a layer that takes all values but G. ``check_facts`` is as in a call; under vmap and
        torch.compile, where no number can be seen, data that break a fact give NaN. Of a layer it is its output, or a
        tuple of them, of all values but their adjoints. Raises SymbackpropError where
        PyTorch is absent, and DerivationError where there is no such layer.
        """
        return self._part("torch", reduction, output, check_facts)

    def as_jax(
        self, reduction: Reduction = "mean", output: str = "", check_facts: bool | None = None
    ) -> Callable[..., Any]:
        """The loss for JAX, a ``custom_vjp``: what ``jax.grad`` finds are the derived gradients.

        ``loss(parameters, data)`` takes dictionaries of values by name, as many as one likes, and values by name; jit
        and vmap can trace it. ``output`` and ``check_facts`` are as in ``as_torch``; data that are traced cannot be
        refused, and where they break a fact the loss and all gradients are NaN. Raises SymbackpropError where JAX is
        absent, and DerivationError where there is no such layer.
        """
        return self._part("jax", reduction, output, check_facts)

    def _part(self, backend: str, reduction: Reduction, output: str, check_facts: bool | None) -> Part:
        """The loss or the layer as a function of dictionaries and of values by name."""
        function = self if self.backend == backend else self.elsewhere(backend=backend)
        if not self.outputs:
            self.exchange.check_reduction(reduction, self.loss)
        options: dict[str, Any] = {} if reduction == "mean" else {"reduction": reduction}
        options |= self.fact_option(check_facts)
        is_layer = bool(output or self.outputs)
        if is_layer:
            function.check_layer(output, reduction)
        return Part(
            function,
            "layer" if is_layer else "loss",
            function.module["INPUTS"] if is_layer else self.names,
            options,
            f"{output or ', '.join(self.outputs) or self.loss}, whose gradients by {shown(self.wrt)} were derived.",
        )

    def check_layer(self, output: str, reduction: str) -> None:
        """Raise an error where the module has no layer of that output."""
        if self.outputs and output and (output,) != self.outputs:
            what = f"the layer gives {shown(self.outputs)}, not {as_given(output)} alone"
            raise DerivationError("layer", what, "leave output= out")
        if not self.outputs and self.module.get("OUTPUT") != output:
            raise DerivationError(
                "layer",
                f"the loss {self.loss} is not total(G*{output}) for a target G, so that there is no layer",
                f"let {self.loss} be sb.inner(G, {output}), where G has the shape of {output} and is used there alone",
            )
        check_nothing_added(reduction)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the module; the file appears whole or not at all."""
        write_atomically(path, self.source)

    def by_argument(self, values: Mapping[str, Any], names: Sequence[str] = ()) -> dict[str, Any]:
        """The values under the names that the module has for them. Raises DataError where one is missing."""
        return by_argument(values, names or self.names, self.arguments)

    def __repr__(self) -> str:
        what = ", ".join(self.outputs) or self.loss
        return f"<GradientFunction of {what}: takes {shown(self.names)}; gradients by {shown(self.wrt)}>"


def check_nothing_added(reduction: str) -> None:
    """Refuse to reduce what a layer gives over the examples. Raises DataError."""
    if reduction != "mean":
        raise DataError("reduction", f"reduction is {as_given(reduction)}, and a layer adds nothing up", "leave it out")


def forward_only(function: GradientFunction) -> GradientFunction:
    """The same function of values without any gradient: its forward values have the same bits.

    It runs the lines of the generated module that its forward values need, in their order.
    """
    module = dict(function.module)
    run(function.forward(), module)
    return replace(function, wrt=(), module=module)
