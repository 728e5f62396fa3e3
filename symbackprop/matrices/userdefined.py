"""Operations of the user's own: a value, and what each argument gets back of the adjoint."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sympy import Expr, MatrixSymbol, Symbol

from symbackprop.errors import NetworkError
from symbackprop.functions.applied import AppliedMatrix, is_matrix
from symbackprop.matrices.array import Array, Shape
from symbackprop.matrices.operations import Operation
from symbackprop.matrices.shapes import named, same, same_shape, shape_of, spoken
from symbackprop.naming import NAME

_NUMPY = re.compile(r"np(\.[a-z_][a-z0-9_]*)+")


class UserOperation(Operation):
    """An operation that a user described with matrices of symbolic size.

    ``parameters``, ``result`` and ``upstream`` are the arrays of the description; ``value`` is the result in terms of
    the parameters, or ``numpy`` the name of the NumPy function that works it out; ``adjoints`` has one expression a
    parameter, in terms of parameters, result and upstream.
    """

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
        return described.xreplace({**sizes, **arrays, **others})


class AppliedOperation(AppliedMatrix):
    """An operation of the user's own, applied to SymPy's matrices."""

    operation: ClassVar[type[UserOperation]]


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
        MatrixSymbols that stand for the arguments, the result and the adjoint of the result; their sizes are symbols
        that stand for any size.
    adjoints
        For each argument what it gets back, in terms of arguments, result and upstream.
    value
        The result in terms of the arguments; or else
    numpy
        the name of the NumPy function that works it out, such as ``"np.linalg.cholesky"``.

    Raises NetworkError where a shape does not fit, and where both or neither of ``value`` and ``numpy`` are given.
    ``check`` compares the adjoints with numeric derivatives in every network that uses the operation.
    """
    from symbackprop.matrices.reading import array_of, read

    if not NAME.fullmatch(name):
        raise NetworkError("name", f"{name!r:.60} cannot be the name of an operation", "use letters, digits and _")
    parameters = tuple(array_of(argument) for argument in arguments)
    known = {*parameters, array_of(result), array_of(upstream)}
    if not all(isinstance(array, Array) for array in known):
        raise NetworkError(
            "operation", "a matrix is described by a MatrixSymbol", "use MatrixSymbol('A', m, n)", where=name
        )
    if (value is None) == (not numpy) or (numpy and not _NUMPY.fullmatch(numpy)):
        raise NetworkError(
            "operation",
            "it needs one of value and numpy",
            'give a formula, or a name such as "np.linalg.cholesky"',
            where=name,
        )
    if len(adjoints) != len(parameters):
        raise NetworkError(
            "operation", f"{len(adjoints)} adjoints for {len(parameters)} arguments", "give one each", where=name
        )
    formula = None if value is None else _fitting(name, "its value", read(value), array_of(result).shape)
    passed = tuple(
        _fitting(name, f"the adjoint of {parameter}", read(adjoint), parameter.shape)
        for parameter, adjoint in zip(parameters, adjoints, strict=True)
    )
    members = {
        "spoken": name, "parameters": parameters, "result": array_of(result), "upstream": array_of(upstream),
        "value": formula, "numpy": numpy, "adjoints": passed,
    }  # fmt: skip
    made = type(name, (UserOperation,), members)
    applied = type(f"Applied_{name}", (AppliedOperation,), {"operation": made})

    def apply(*operands: Any) -> Any:
        """Apply the operation to matrices."""
        if len(operands) != len(parameters) or not all(map(is_matrix, operands)):
            raise NetworkError("operation", f"{name} takes {len(parameters)} matrices", "give it as many", where=name)
        sizes: dict[Symbol, Any] = {}
        for argument, operand in zip(arguments, operands, strict=True):
            sizes.update(zip(argument.shape, operand.shape, strict=True))
        shape = [size.xreplace(sizes) for size in result.shape]
        return applied(name, operands, (), shape)

    apply.__name__ = name
    return apply


def _fitting(name: str, what: str, expr: Expr, wanted: Shape) -> Expr:
    found = shape_of(expr)
    if not same_shape(found, wanted):
        raise NetworkError(
            "shape", f"{what} is {spoken(found)}, not {spoken(wanted)}", "let it have that shape", where=name
        )
    return expr
