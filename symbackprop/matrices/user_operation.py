"""Operations of the user's own: a value, and what each argument gets back of the adjoint."""

from __future__ import annotations

import copyreg
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from sympy import Expr, MatrixSymbol, Symbol

from symbackprop.errors import NetworkError
from symbackprop.functions.applied import AppliedOperation, is_matrix
from symbackprop.matrices.array import Array, Shape
from symbackprop.matrices.described import Description
from symbackprop.matrices.grammar import Operation
from symbackprop.matrices.rebuilding import substituted
from symbackprop.matrices.shapes import named, same, shape_of
from symbackprop.packing import Described, as_described


class UserOperationClass(Described):
    """The class of the classes that ``operation`` makes."""


copyreg.pickle(UserOperationClass, as_described)


class UserOperation(Operation, metaclass=UserOperationClass):
    """An operation that a user described with matrices of symbolic size.

    ``parameters``, ``result`` and ``upstream`` are the arrays of the description; ``value`` is the result in terms of
    the parameters, or ``numpy`` the name of the NumPy function that works it out; ``adjoints`` has one expression a
    parameter, in terms of parameters, result and upstream.
    """

    letter = "a"
    described = ("spoken", "parameters", "result", "upstream", "value", "numpy", "adjoints")
    parameters: ClassVar[tuple[Array, ...]]
    result: ClassVar[Array]
    upstream: ClassVar[Array]
    value: ClassVar[Expr | None]
    numpy: ClassVar[str]
    adjoints: ClassVar[tuple[Expr, ...]]

    def shape_of(self, *given: Shape) -> Shape:
        sizes = self._sizes(given)
        return tuple(size.xreplace(sizes) for size in self.result.shape)

    def _sizes(self, given: Sequence[Shape]) -> dict[Expr, Expr]:
        """What each size of the description stands for here."""
        sizes: dict[Expr, Expr] = {}
        for parameter, operand, shape in zip(self.parameters, self.operands, given, strict=True):
            fits = len(shape) == 2
            for described, actual in zip(parameter.shape, shape, strict=False):
                known = sizes.setdefault(described, actual) if described.is_Symbol else described
                fits = fits and same(known, actual)
            if not fits:
                raise NetworkError(
                    "shape",
                    f"{self.spoken} is given {named(operand, shape)} for its {named(parameter, parameter.shape)}",
                    f"{self.spoken} takes {', '.join(named(p, p.shape) for p in self.parameters)}",
                )
        return sizes

    def definition(self) -> Expr | None:
        """The value in terms of this application's operands, where there is a formula."""
        return None if self.value is None else self._here(self.value, {})

    def adjoint(self, position: int, adjoint: Expr, value: Expr) -> Expr:
        """What the operand at that position gets back of the adjoint of the result, whose value is ``value``."""
        return self._here(self.adjoints[position], {self.result: value, self.upstream: adjoint})

    def _here(self, described: Expr, others: Mapping[Expr, Expr]) -> Expr:
        sizes = self._sizes([shape_of(operand) for operand in self.operands])
        arrays = dict(zip(self.parameters, self.operands, strict=True))
        here: Expr = substituted(described, {**sizes, **arrays, **others})
        return here


def operation(
    name: str,
    arguments: Sequence[MatrixSymbol],
    result: MatrixSymbol,
    upstream: MatrixSymbol,
    *,
    adjoints: Sequence[Any],
    value: Any = None,
    numpy: str = "",
) -> Any:
    """Make an operation of the user's own, to be applied to matrices in the equations of a network.

    Parameters
    ----------
    name
        What formulas call it.
    arguments, result, upstream
        MatrixSymbols that stand for the arguments, the result and the adjoint of the result, which has the shape of
        the result. The sizes of the arguments are symbols, which stand for any size, or numbers.
    adjoints
        For each argument what it gets back, in terms of arguments, result, upstream and sizes.
    value
        The result in terms of the arguments and sizes; or else
    numpy
        the name of the NumPy function that works it out, such as ``"np.linalg.cholesky"``.

    Raises NetworkError where a shape does not fit, where value or adjoints use what is none of these, where the
    arguments do not tell the sizes of the result, and where both or neither of ``value`` and ``numpy`` are given.
    ``check`` compares the adjoints with numeric derivatives in every network that uses the operation.
    """
    described = Description(name, arguments, result, upstream, adjoints=adjoints, value=value, numpy=numpy)
    members = {
        "spoken": name, "parameters": described.parameters, "result": described.result, "upstream": described.upstream,
        "value": described.value, "numpy": numpy, "adjoints": described.adjoints,
    }  # fmt: skip
    return Applicable(type(name, (UserOperation,), members))


class Applicable:
    """An operation of the user's own, to be called with matrices of SymPy's."""

    def __init__(self, made: type[UserOperation]) -> None:
        self.made, self.__name__ = made, made.__name__

    @cached_property
    def _applied(self) -> type[AppliedOperation]:
        return type(f"Applied_{self.__name__}", (AppliedOperation,), {"operation": self.made})

    def __call__(self, *operands: Any) -> Any:
        """Apply the operation to matrices."""
        name, parameters = self.__name__, self.made.parameters
        if len(operands) != len(parameters) or not all(map(is_matrix, operands)):
            raise NetworkError("operation", f"{name} takes {len(parameters)} matrices", "give it as many", where=name)
        sizes: dict[Symbol, Any] = {}
        for parameter, operand in zip(parameters, operands, strict=True):
            sizes.update((size, n) for size, n in zip(parameter.shape, operand.shape, strict=True) if size.is_Symbol)
        shape = [size.xreplace(sizes) for size in self.made.result.shape]
        return self._applied(name, operands, (), shape)

    def __reduce__(self) -> tuple[type[Applicable], tuple[type[UserOperation]]]:
        return Applicable, (self.made,)

    def __repr__(self) -> str:
        return f"<operation {self.__name__}>"
