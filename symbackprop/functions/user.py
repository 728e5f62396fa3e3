"""Functions of the user's own: a name and a formula."""

from __future__ import annotations

import copyreg
import inspect
from collections.abc import Callable
from typing import Any, ClassVar

from sympy import Expr, Function, Symbol, sympify
from sympy.core.function import FunctionClass

from symbackprop.errors import NetworkError, as_given
from symbackprop.functions.applied import entry_by_entry, have_entries
from symbackprop.functions.recognise import recognise
from symbackprop.naming import NAME
from symbackprop.packing import Described, as_described

_OTHER_WORDS = frozenset("max min sqrt softmax log_softmax Piecewise".split())
"""Words of the vocabulary that have no row of their own."""


MOST_PARTS = 2_000
"""Of a formula, with the functions in it written out: twelve functions, each of twice the one before, have 10,000."""


class UserFunctionClass(Described, FunctionClass):  # type: ignore[misc]  # SymPy's classes are untyped
    """The class of the classes that ``function`` makes."""


copyreg.pickle(UserFunctionClass, as_described)


class UserFunction(Function, metaclass=UserFunctionClass):  # type: ignore[misc]  # SymPy's Function is untyped
    """A function given by its formula: ``body`` in terms of ``parameters``.

    The parameters are symbols with a leading underscore, which no name of a network has, so that a formula in z can be
    used in a network that has a z of its own. ``written`` are the parameters as the user wrote them.
    """

    described = ("parameters", "written", "body", "size", "nargs")
    parameters: ClassVar[tuple[Symbol, ...]]
    written: ClassVar[tuple[Symbol, ...]]
    body: ClassVar[Expr]
    size: ClassVar[int]
    """How many parts the formula has, with those of the functions in it written out."""

    def __new__(cls, *args: Any, **options: Any) -> Any:
        if have_entries(args):
            return entry_by_entry(cls, args)
        return super().__new__(cls, *args, **options)

    def definition(self) -> Expr:
        """The formula with this application's arguments put in."""
        return self.body.xreplace(dict(zip(self.parameters, self.args, strict=True)))

    def _eval_evalf(self, prec: int) -> Expr:
        return self.definition()._eval_evalf(prec)


def function(name: str, formula: Callable[..., Any]) -> type[UserFunction]:
    """Make a function of the user's own from a formula.

    >>> swish = function("swish", lambda z: z*sigmoid(z))

    The formula is called once with symbols named like its parameters; it must return a SymPy expression of the
    vocabulary in those symbols alone. Raises NetworkError where it does not.
    """
    parameters = inspect.signature(formula).parameters.values()
    for parameter in parameters:
        if parameter.kind not in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            raise NetworkError(
                "function", f"{name}() takes {parameter}", "give the formula plain parameters alone", where=name
            )
    symbols = tuple(Symbol(parameter.name) for parameter in parameters)
    return function_from_body(name, symbols, sympify(formula(*symbols), strict=True))


def function_from_body(name: str, parameters: tuple[Symbol, ...], body: Expr) -> type[UserFunction]:
    """Make a function from its name, its parameters and its formula as an expression."""
    _check_name(name)
    if not parameters:
        raise NetworkError("function", f"{name}() has no parameter", "give it one at least", where=name)
    for parameter in parameters:
        if not NAME.fullmatch(parameter.name):
            raise NetworkError(
                "name",
                f"{as_given(parameter.name)} cannot be the name of a parameter",
                "use a letter (Greek ones too) followed by letters, digits and underscores",
                where=name,
            )
    strangers = sorted(s.name for s in body.free_symbols - set(parameters))
    if strangers:
        raise NetworkError(
            "unbound",
            f"the formula of {name} uses {', '.join(strangers)}",
            f"a function may use its parameters alone: {', '.join(p.name for p in parameters)}",
            where=name,
        )
    size = _size_of(body)
    if size > MOST_PARTS:
        raise NetworkError(
            "too-long",
            f"{name}, with the functions in it written out, has more than {MOST_PARTS:,} parts",
            "functions of functions grow fast; give the network an equation for each of their values",
            where=name,
        )
    private = tuple(Symbol(f"_{p.name}") for p in parameters)
    members: dict[str, Any] = {
        "parameters": private,
        "written": parameters,
        "body": recognise(body).xreplace(dict(zip(parameters, private, strict=True))),
        "size": size,
        "nargs": len(parameters),
    }
    return type(name, (UserFunction,), members)


def _size_of(body: Expr) -> int:
    """The parts of a formula, counted as far as the bound."""
    size, stack = 0, [body]
    while stack and size <= MOST_PARTS:
        part = stack.pop()
        size += 1 + (part.size if isinstance(part, UserFunction) else 0)
        stack.extend(part.args)
    return size


def _check_name(name: str) -> None:
    """The name will stand in generated code and in formulas, beside those of the vocabulary."""
    from symbackprop.functions.catalogue import VOCABULARY

    if not NAME.fullmatch(name):
        raise NetworkError(
            "name",
            f"{as_given(name)} cannot be the name of a function",
            "use a letter (Greek ones too) followed by letters, digits and underscores",
        )
    if name in _OTHER_WORDS or any(row.name == name and not row.redefinable for row in VOCABULARY):
        raise NetworkError(
            "function", f"{name}() is in the vocabulary already", "give your function a name of its own", where=name
        )
