"""What is known of a function: a SymPy class, and a record of facts about it.

A record is all that the rest of the program asks of a function. Its file is one of those in ``entrywise``.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from sympy import Expr, Function, Symbol

from symbackprop.functions.applied import entry_by_entry, have_entries
from symbackprop.proof_lines import Shown


class Let:
    """Names the steps of a stable form: ``let("e", exp(-z))`` is a symbol that stands for that value.

    A step keeps its brackets: SymPy would write (z - top) - total as z - total - top, which has fewer digits.
    """

    def __init__(self) -> None:
        self.steps: dict[Symbol, Expr] = {}

    def __call__(self, word: str, value: Expr) -> Symbol:
        step = Symbol(word)
        self.steps[step] = value
        return step


@dataclass(frozen=True)
class Stable:
    """A function in steps that neither overflow nor lose digits, with its parameters."""

    parameters: tuple[Symbol, ...]
    steps: Mapping[Symbol, Expr]
    value: Expr


@dataclass(frozen=True)
class Primitive:
    """The record of a function.

    ``derivatives`` has one entry an argument, called as ``derivative(y, *args)`` where ``y`` stands for the
    function's own output, so that a derivative is written in terms of the output where that is shorter.
    ``definition`` is the function in elementary terms, or ``None`` where SymPy's class is elementary itself.
    ``kinks`` gives the expressions at whose zeros the derivative jumps; ``convention`` says what the derivative
    is taken to be there. ``domain`` gives the expressions that must be positive for it to have a derivative.
    ``analytic`` says whether NumPy works it out for complex numbers.

    ``stable`` is the function in steps, called as ``stable(let, *args)``; where there is none, the definition is
    stable. ``native`` says how a target calls it that has it: ``{"numpy": "np.arcsin"}``. ``own`` is the source of the
    function for a target that does better than the steps, or must; in that for "math", numbers, which may get a dtype,
    and words of ``math`` stand in {}: ``{0.5}/z + {log}(z)``; that for "spreadsheet" is a formula, with the arguments
    by their names in {}. ``quick`` says that the definition is good enough for plain numbers and arrays made
    beforehand, since where it overflows the result is right all the same.

    ``latex`` and ``unicode`` are how it is printed, and ``aliases`` what people call it beside.
    ``numbers`` is how many of the arguments, from the first, are numbers in every network, such as an order;
    ``settings`` is how many of the arguments, from the last, are settings, such as the slope of a leaky ReLU;
    ``hidden`` are settings that are not shown where they have these values, and ``least`` is the number of arguments
    that must be given, if some need not. ``redefinable`` says that a function of the user's own may have the name:
    older networks define it themselves. ``finite`` says that it is finite where
    its arguments are, ``grows`` that it overflows for large ones.

    ``proof`` derives the derivatives from the definition, and ends for each of them in what ``derivatives`` says.
    """

    cls: type[Expr]
    name: str
    derivatives: tuple[Callable[..., Expr], ...]
    definition: Callable[..., Expr] | None = None
    stable: Callable[..., Expr] | None = None
    native: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)
    quick: bool = False
    activation: bool = False
    analytic: bool = True
    finite: bool = False
    grows: bool = False
    kinks: Callable[..., tuple[Expr, ...]] | None = None
    convention: str = ""
    domain: Callable[..., tuple[Expr, ...]] | None = None
    redefinable: bool = False
    numbers: int = 0
    settings: int = 0
    least: int = 0
    hidden: tuple[Expr, ...] = ()
    usage: str = ""
    latex: str = ""
    unicode: str = ""
    aliases: tuple[str, ...] = ()
    proof: tuple[Shown, ...] = ()

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """What its arguments are called, settings among them."""
        return tuple(inspect.signature(self.derivatives[0]).parameters)[1:] if self.derivatives else ("z",)

    @property
    def count(self) -> int:
        """The number of its arguments, settings among them."""
        return len(self.parameters)

    @property
    def words(self) -> str:
        """What the function is, in one short line: the first sentence that its class says of it."""
        return re.split(r"; | \(|\. |\.$", (self.cls.__doc__ or "").strip().splitlines()[0])[0] + "."

    @cached_property
    def in_steps(self) -> Stable:
        """The stable form, or else the definition, in parameters of their own names. Raises ValueError for neither."""
        if self.stable is None:
            return self._in_one
        parameters = tuple(map(Symbol, list(inspect.signature(self.stable).parameters)[1:]))
        let = Let()
        return Stable(parameters, let.steps, self.stable(let, *parameters))

    @property
    def quickest(self) -> Stable:
        """The definition where it is good enough, else the stable form."""
        return self._in_one if self.quick else self.in_steps

    @cached_property
    def _in_one(self) -> Stable:
        if self.definition is None:
            raise ValueError(f"{self.name} has no formula")
        parameters = tuple(map(Symbol, inspect.signature(self.definition).parameters))
        return Stable(parameters, {}, self.definition(*parameters))


def everywhere(word: str, numpy: str = "", spreadsheet: str = "") -> dict[str, str]:
    """How targets call a function that all have: NumPy and spreadsheets under names of their own, if they have them."""
    return {
        "numpy": f"np.{numpy or word}", "xp": f"xp.{word}", "torch": f"torch.{word}", "jax": f"jnp.{word}",
        "math": word, "javascript": f"Math.{word}", "spreadsheet": spreadsheet or word.upper(),
    }  # fmt: skip


class VocabularyFunction(Function):  # type: ignore[misc]  # SymPy's Function is untyped
    """A function of ours, known to SymPy: it differentiates and evaluates by its record."""

    row: ClassVar[Primitive]

    def __new__(cls, *args: Any, **options: Any) -> Any:
        if have_entries(args):
            return entry_by_entry(cls, args)
        return super().__new__(cls, *args, **options)

    def fdiff(self, argindex: int = 1) -> Expr:
        return self.row.derivatives[argindex - 1](self, *self.args)

    def _eval_evalf(self, prec: int) -> Expr | None:
        definition = self.row.definition
        return None if definition is None else definition(*self.args)._eval_evalf(prec)

    def _eval_is_extended_real(self) -> bool | None:
        return True if all(arg.is_extended_real for arg in self.args) else None

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        body = ", ".join(printer._print(arg) for arg in self.args)
        power = "" if exp is None else f"^{{{exp}}}"
        return rf"{self.row.latex}{power}\left({body}\right)"
