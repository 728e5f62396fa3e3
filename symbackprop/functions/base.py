"""What a function of the vocabulary is: a SymPy class, and a row of facts about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from sympy import Expr, Function

from symbackprop.functions.applied import entry_by_entry, is_matrix


@dataclass(frozen=True)
class Primitive:
    """One row of the vocabulary.

    ``derivatives`` has one entry an argument, called as ``derivative(y, *args)`` where ``y`` stands for the
    function's own output, so that a derivative is written in terms of the output where that is shorter.
    ``definition`` is the function in elementary terms, or ``None`` where SymPy's class is elementary itself.
    ``kinks`` gives the expressions at whose zeros the derivative jumps; ``convention`` says what the derivative
    is taken to be there.
    """

    cls: type[Expr]
    name: str
    derivatives: tuple[Callable[..., Expr], ...]
    definition: Callable[..., Expr] | None = None
    activation: bool = False
    analytic: bool = True
    kinks: Callable[..., tuple[Expr, ...]] | None = None
    convention: str = ""
    latex: str = ""
    unicode: str = ""


class VocabularyFunction(Function):  # type: ignore[misc]  # SymPy's Function is untyped
    """A function of ours, known to SymPy: it differentiates and evaluates by its row of the vocabulary."""

    row: ClassVar[Primitive]

    def __new__(cls, *args: Any, **options: Any) -> Any:
        if any(map(is_matrix, args)):
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
