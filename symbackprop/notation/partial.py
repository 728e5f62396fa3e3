"""Derivatives that are written down before they are worked out, as SymPy expressions."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Symbol, sympify


class Partial(Expr):  # type: ignore[misc]  # SymPy's Expr is untyped
    """∂y/∂x, not yet worked out; ``y`` is a name of the network or an expression of such names."""

    is_commutative = True

    def __new__(cls, y: Any, x: Any) -> Partial:
        of = y if isinstance(y, Expr) else sympify(y, strict=True)
        by = x if isinstance(x, Expr) else sympify(x, strict=True)
        made: Partial = Expr.__new__(cls, of, by)
        return made

    @property
    def of(self) -> Expr:
        """What is differentiated."""
        return self.args[0]

    @property
    def by(self) -> Symbol:
        """What it is differentiated with respect to."""
        return self.args[1]

    def _sympystr(self, printer: Any) -> str:
        return f"{type(self).__name__}({printer._print(self.of)}, {printer._print(self.by)})"


class Total(Partial):
    """∂y/∂x through every route from x to y."""


class Direct(Partial):
    """∂y/∂x as y's own equation has it, its other names held fixed."""


class Immediate(Direct):
    """A Direct derivative where x reaches y by other routes too, so that it is written ∂⁺y/∂x."""
