"""The compiled gradient: generated NumPy source, and a callable made of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from symbackprop.calculus import Derivation, require_derivation
from symbackprop.errors import DataError, DerivationError
from symbackprop.files import write_atomically
from symbackprop.matrices import Shape
from symbackprop.network.shapes_of_data import shape_error
from symbackprop.network.values import check_known
from symbackprop.numeric.facts import check_facts_of_arrays
from symbackprop.numeric.undefined import undefined

FILE = "<symbackprop>"
"""What stands for a file name in the tracebacks of generated modules."""

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
    backend: str = "numpy"

    def __call__(self, /, *, reduction: Reduction = "mean", **values: Any) -> tuple[Any, dict[str, Any]]:
        """The loss and its gradients. Raises DataError for missing or unknown names and shapes that do not fit."""
        self.check_reduction(reduction)
        call = self.by_argument(values)
        try:
            result: tuple[Any, dict[str, Any]] = self.module["loss_and_gradients"](**call, reduction=reduction)
        except (TypeError, ValueError) as error:
            raise data_error(error) from None
        return result

    def forward_backward(self, /, **values: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """All forward values, example by example, and the mean of each gradient over the examples."""
        call = self.by_argument(values)
        try:
            arrays, shape = self.module["_prepared"]([call[self.arguments[name]] for name in self.names])
        except (TypeError, ValueError) as error:
            raise data_error(error) from None
        forward, gradients = self.module["forward_backward"](*arrays)
        reduced, dtype = self.module["_reduced"], arrays[0].dtype
        return (
            {name: reduced(x, shape, "none", dtype) for name, x in zip(self.module["FORWARD"], forward, strict=True)},
            {name: reduced(x, shape, "mean", dtype) for name, x in zip(self.wrt, gradients, strict=True)},
        )

    def again(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Like ``forward_backward``, for values whose shapes and facts have been checked before."""
        return self.forward_backward(**values)

    def as_torch(self, reduction: Reduction = "mean", output: str = "") -> Callable[..., Any]:
        """The loss for models in PyTorch, through which the derived gradients flow back.

        ``loss(**values)``, or ``loss(values, …)`` with dictionaries of values by name, gives a tensor; ``backward``
        works by all that the derivation is by. Where the loss is total(G*Y) for a target G, ``output="Y"`` gives Y in
        its place, as a layer that takes all values but G. Raises SymbackpropError where PyTorch is absent, and
        DerivationError where there is no such layer.
        """
        return self._part("torch", reduction, output)

    def as_jax(self, reduction: Reduction = "mean", output: str = "") -> Callable[..., Any]:
        """The loss for JAX, a ``custom_vjp``: what ``jax.grad`` finds are the derived gradients.

        ``loss(parameters, data)`` takes dictionaries of values by name, as many as one likes, and values by name; jit
        and vmap can trace it. ``output`` is as in ``as_torch``. Raises SymbackpropError where JAX is absent, and
        DerivationError where there is no such layer.
        """
        return self._part("jax", reduction, output)

    def _part(self, backend: str, reduction: Reduction, output: str) -> Callable[..., Any]:
        """The loss or the layer as a function of dictionaries and of values by name."""
        function = self if self.backend == backend else lambdify(self.derivation, backend=backend)
        self.check_reduction(reduction)
        options = {} if reduction == "mean" else {"reduction": reduction}
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
                raise _underived(error) if type(error) is LookupError else data_error(error) from None

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
            raise DataError("reduction", f"reduction is {reduction!r}, and a layer adds nothing up", "leave it out")

    def check_reduction(self, reduction: str) -> None:
        """Raise DataError where the examples cannot be added up so."""
        if reduction not in ("mean", "sum", "none"):
            raise DataError("reduction", f"reduction is {reduction!r}", 'use "mean", "sum" or "none"')

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

    def __call__(self, /, *, reduction: Reduction = "mean", **values: Any) -> tuple[Any, dict[str, Any]]:
        """The loss and its gradients. Raises DataError for names, shapes and facts that do not hold."""
        self.check_reduction(reduction)
        forward, gradients = self.forward_backward(**values)
        return forward[self.loss], gradients

    def forward_backward(self, /, **values: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """All forward values and all gradients, by name. Raises DataError as a call does."""
        call = self.by_argument(values)
        try:
            arrays = self.module["fitted"](
                [call[self.arguments[name]] for name in self.names], self.names, self.module["SHAPES"]
            )
        except (TypeError, ValueError) as error:
            raise shape_error(error) from None
        self.check_facts(dict(zip(self.names, arrays, strict=True)))
        return self.computed(arrays)

    def check_facts(self, arrays: Mapping[str, Any]) -> None:
        """Hold arrays that fit against what the derivation was told of them. Raises DataError."""
        check_facts_of_arrays(self.derivation, arrays)

    def check_reduction(self, reduction: str) -> None:
        """Raise DataError where the examples are to be added up in another way than the network's."""
        if reduction != "mean":
            raise DataError(
                "reduction",
                f"reduction is {reduction!r}, and a network of matrices has its batch inside",
                f"leave it out; the equation of {self.loss} says how the examples are added up",
            )

    def again(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Like ``forward_backward``, for arrays of one dtype whose shapes and facts have been checked before."""
        return self.computed([values[name] for name in self.names])

    def computed(self, arrays: Sequence[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
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


def data_error(error: Exception) -> DataError:
    """What is said of bad numbers, ``what; fix``, as an error."""
    what, _, fix = str(error).partition("; ")
    return DataError("shape", what, fix or "give numbers, or flat arrays of one length")


def _underived(error: Exception) -> DerivationError:
    """What is said of a gradient that is asked for and was not derived, as an error."""
    what, _, fix = str(error).partition("; ")
    return DerivationError("underived", what, fix)


def is_ours(error: Exception) -> bool:
    """Whether generated source raised the error, and not the library that it calls."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return place is not None and place.tb_frame.f_code.co_filename == FILE


def _shown(names: Iterable[str]) -> str:
    words = list(names)
    return ", ".join(words if len(words) <= 12 else [*words[:6], "…", *words[-3:]])


def lambdify(derivation: Derivation, *, backend: str = "numpy") -> GradientFunction:
    """Compile a derivation: one pass forward, one backward, every gradient.

    ``backend`` is "numpy", "torch", "jax", or "array-api" for any library that keeps to the Array API. The lines that
    run are the derived ones everywhere; no library differentiates anything.

    Raises DerivationError where a value of the network is called ``reduction`` and where there is no such backend, and
    SymbackpropError where its library is absent.
    """
    from symbackprop.numeric.emitters import emitter_of  # here, because its functions are made of those above

    require_derivation(derivation, "lambdify")
    network = derivation.network
    emitter = emitter_of(backend, derivation)
    emitter.require(derivation)
    written = emitter.source(derivation)
    module: dict[str, Any] = {"__name__": "symbackprop_gradients"}
    # The source is ours from the first line to the last: names in it have passed the check of names, and a network's
    # title is quoted, so that no text of a user's is run.
    exec(compile(written.text, FILE, "exec"), module)  # noqa: S102
    return emitter.function(
        source=written.text,
        names=tuple(written.arguments),
        loss=network.loss.name,
        wrt=tuple(w.name for w in derivation.wrt),
        arguments=written.arguments,
        module=module,
        shapes={s.name: network.shape(s) for s in network.names},
        derivation=derivation,
        backend=backend,
    )
