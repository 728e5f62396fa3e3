"""The compiled gradient: generated NumPy source, and a callable made of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError, DerivationError, as_given
from symbackprop.files import write_atomically
from symbackprop.matrices import Shape
from symbackprop.network.shapes_of_data import shape_error
from symbackprop.network.values import check_known
from symbackprop.numeric.facts import names_in_facts
from symbackprop.numeric.module_errors import data_error, is_ours, underived
from symbackprop.numeric.seen import Seen
from symbackprop.numeric.undefined import undefined

Reduction = Literal["mean", "sum", "none"]


@dataclass(frozen=True, eq=False)
class GradientFunction:
    """``loss, gradients = f(**values)``: values by name, numbers or flat arrays with one entry an example.

    ``gradients`` maps names to numbers. With arrays the loss and the gradients are means over the examples;
    ``reduction`` may be "mean", "sum" or "none". Integers are cast to floats, and float32 stays float32. ``source`` is
    the module that runs; ``save(path)`` writes it to a file that needs NumPy, or the library of another ``backend``,
    and nothing else. ``shapes`` has the shape of each name, () for a scalar.
    """

    source: str
    names: tuple[str, ...]
    loss: str
    wrt: tuple[str, ...]
    arguments: dict[str, str]
    module: dict[str, Any]
    shapes: Mapping[str, Shape]
    derivation: Derivation
    elsewhere: Callable[..., GradientFunction] = field(repr=False)
    """Makes the same function for another ``backend``."""
    forward: Callable[[], str] = field(repr=False)
    """Writes the function of the module that computes, without the lines that only gradients need."""
    backend: str = "numpy"
    check_facts: bool = True
    seen: Seen = field(default_factory=Seen, repr=False)

    def __call__(
        self, /, *, reduction: Reduction = "mean", check_facts: bool | None = None, **values: Any
    ) -> tuple[Any, dict[str, Any]]:
        """The loss and its gradients.

        ``check_facts`` says whether the values are held to the facts of the derivation; None does as ``lambdify`` was
        told. Raises DataError for missing or unknown names, shapes that do not fit and facts that do not hold.
        """
        self.check_reduction(reduction)
        call = self.by_argument(values)
        options = {"reduction": reduction, **self.fact_option(check_facts)}
        try:
            result: tuple[Any, dict[str, Any]] = self.module["loss_and_gradients"](**call, **options)
        except (TypeError, ValueError) as error:
            raise data_error(error) from None
        return result

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
        except ValueError as error:
            if not is_ours(error):
                raise
            raise data_error(error) from None
        return marks or ()

    def in_facts(self, values: Mapping[str, Any]) -> list[Any]:
        """The values that facts are about."""
        return [values[name] for name in names_in_facts(self.derivation) if name in values]

    def hold_once(self, values: Mapping[str, Any]) -> Sequence[Any]:
        """Like ``hold``, for arrays that have not been seen."""
        if not self.fact_option(None).get("check_facts"):
            return ()
        about = self.in_facts(values)
        if self.seen.knows(about):
            return ()
        marks = self.hold([values[name] for name in self.names])
        if not marks:
            self.seen.add(about)
        return marks

    def marked(
        self, forward: dict[str, Any], gradients: dict[str, Any], marks: Sequence[Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The results, in which the loss and the gradients are NaN where data that cannot be seen break a fact."""
        if not marks:
            return forward, gradients
        mark = self.module["marked"]
        loss = mark(forward[self.loss], marks)
        return {**forward, self.loss: loss}, {name: mark(x, marks) for name, x in gradients.items()}

    def forward_backward(
        self, /, *, check_facts: bool | None = None, **values: Any
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """All forward values, example by example, and the mean of each gradient over the examples."""
        call = self.by_argument(values)
        try:
            arrays, shape = self.module["_prepared"](self.names, [call[self.arguments[name]] for name in self.names])
        except (TypeError, ValueError) as error:
            raise data_error(error) from None
        self.hold(arrays, check_facts)
        with np.errstate(over="ignore"):
            forward, gradients = self.module["forward_backward"](*arrays)
        reduced, like = self.module["_reduced"], arrays[0]
        return (
            {name: reduced(x, shape, "none", like) for name, x in zip(self.module["FORWARD"], forward, strict=True)},
            {name: reduced(x, shape, "mean", like) for name, x in zip(self.wrt, gradients, strict=True)},
        )

    def again(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Like ``forward_backward``, at every step of a training.

        Facts are checked once for each array that has not been seen. An array that is written to afterwards is trusted
        to obey them still; numbers, which cannot be told from others, are checked at each call.
        """
        about = self.in_facts(values)
        if self.seen.knows(about):
            return self.forward_backward(check_facts=False, **values)
        found = self.forward_backward(**values)
        self.seen.add(about)
        return found

    def as_torch(
        self, reduction: Reduction = "mean", output: str = "", check_facts: bool | None = None
    ) -> Callable[..., Any]:
        """The loss for models in PyTorch, through which the derived gradients flow back.

        ``loss(**values)``, or ``loss(values, …)`` with dictionaries of values by name, gives a tensor; ``backward``
        works by all that the derivation is by. Where the loss is total(G*Y) for a target G, ``output="Y"`` gives Y in
        its place, as a layer that takes all values but G. ``check_facts`` is as in a call; under vmap and
        torch.compile, where no number can be seen, data that break a fact give NaN. Raises SymbackpropError where
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

    def _part(self, backend: str, reduction: Reduction, output: str, check_facts: bool | None) -> Callable[..., Any]:
        """The loss or the layer as a function of dictionaries and of values by name."""
        function = self if self.backend == backend else self.elsewhere(backend=backend)
        self.check_reduction(reduction)
        options: dict[str, Any] = {} if reduction == "mean" else {"reduction": reduction}
        options |= self.fact_option(check_facts)
        if output:
            function.check_layer(output, reduction)
        run = function.module["layer" if output else "loss"]
        names = function.module["INPUTS"] if output else self.names

        def part(*groups: Mapping[str, Any], **values: Any) -> Any:
            call = function.by_argument({n: x for group in (*groups, values) for n, x in group.items()}, names)
            try:
                return run(**call, **options)
            except (TypeError, ValueError, LookupError) as error:
                if not is_ours(error):
                    raise
                raise underived(error) if type(error) is LookupError else data_error(error) from None

        part.__doc__ = f"{output or self.loss}, whose gradients by {_shown(self.wrt)} were derived."
        return part

    def check_layer(self, output: str, reduction: str) -> None:
        """Raise an error where the module has no layer of that output."""
        if self.module.get("OUTPUT") != output:
            raise DerivationError(
                "layer",
                f"the loss {self.loss} is not total(G*{output}) for a target G, so that there is no layer",
                f"let {self.loss} be sb.inner(G, {output}), where G has the shape of {output} and is used there alone",
            )
        if reduction != "mean":
            raise DataError(
                "reduction", f"reduction is {as_given(reduction)}, and a layer adds nothing up", "leave it out"
            )

    def check_reduction(self, reduction: str) -> None:
        """Raise DataError where the examples cannot be added up so."""
        if reduction not in ("mean", "sum", "none"):
            raise DataError("reduction", f"reduction is {as_given(reduction)}", 'use "mean", "sum" or "none"')

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the module; the file appears whole or not at all."""
        write_atomically(path, self.source)

    def by_argument(self, values: Mapping[str, Any], names: Sequence[str] = ()) -> dict[str, Any]:
        """The values under the names that the module has for them. Raises DataError where one is missing."""
        wanted = names or self.names
        check_known(values, wanted)
        missing = [name for name in wanted if name not in values]
        if missing:
            raise DataError("missing-value", f"there is no value for {_shown(missing)}", "give a value for every name")
        return {self.arguments[name]: value for name, value in values.items()}

    def __repr__(self) -> str:
        return f"<GradientFunction of {self.loss}: takes {_shown(self.names)}; gradients by {_shown(self.wrt)}>"


@dataclass(frozen=True, eq=False)
class MatrixGradientFunction(GradientFunction):
    """``loss, gradients = f(**values)``: values by name, arrays of the shapes that the network gives them.

    Each gradient is an array of exactly the shape of what it is the gradient by. The network has its batch inside, so
    that its loss says how the examples are added up. What a derivation was told of the data is checked at each call.
    """

    def __call__(
        self, /, *, reduction: Reduction = "mean", check_facts: bool | None = None, **values: Any
    ) -> tuple[Any, dict[str, Any]]:
        """The loss and its gradients. ``check_facts`` is as of scalars.

        Raises DataError for names, shapes and facts that do not hold.
        """
        self.check_reduction(reduction)
        forward, gradients = self.forward_backward(check_facts=check_facts, **values)
        return forward[self.loss], gradients

    def forward_backward(
        self, /, *, check_facts: bool | None = None, **values: Any
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """All forward values and all gradients, by name. Raises DataError as a call does."""
        call = self.by_argument(values)
        try:
            arrays = self.module["fitted"](
                [call[self.arguments[name]] for name in self.names], self.names, self.module["SHAPES"]
            )
        except (TypeError, ValueError) as error:
            raise shape_error(error) from None
        return self.computed(arrays, self.hold(arrays, check_facts))

    def check_reduction(self, reduction: str) -> None:
        """Raise DataError where the examples are to be added up in another way than the network's."""
        if reduction != "mean":
            raise DataError(
                "reduction",
                f"reduction is {as_given(reduction)}, and a network of matrices has its batch inside",
                f"leave it out; the equation of {self.loss} says how the examples are added up",
            )

    def again(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Like ``forward_backward``, for arrays of one dtype whose shapes have been checked before.

        Facts are checked once for each array that has not been seen. An array that is written to afterwards is trusted
        to obey them still; numbers, which cannot be told from others, are checked at each call.
        """
        return self.computed([values[name] for name in self.names], self.hold_once(values))

    def computed(self, arrays: Sequence[Any], marks: Sequence[Any] = ()) -> tuple[dict[str, Any], dict[str, Any]]:
        """All forward values and gradients of arrays that fit."""
        try:
            with np.errstate(over="ignore"):
                forward, gradients = self.module["forward_backward"](*arrays)
        except np.linalg.LinAlgError as error:
            found = undefined(self.derivation, dict(zip(self.names, arrays, strict=True)))
            what = f"{error}: {found} has no value" if found else str(error)
            raise DataError("matrix", what, "give values at which all that is asked of a matrix exists") from None
        except ValueError as error:  # a user's NumPy function gives another shape than it was said to
            raise shape_error(error) from None
        dtype = arrays[0].dtype
        return (
            {name: np.asarray(x, dtype)[()] for name, x in zip(self.module["FORWARD"], forward, strict=True)},
            {name: np.asarray(x, dtype)[()] for name, x in zip(self.wrt, gradients, strict=True)},
        )


def _shown(names: Iterable[str]) -> str:
    words = list(names)
    return ", ".join(words if len(words) <= 12 else [*words[:6], "…", *words[-3:]])
