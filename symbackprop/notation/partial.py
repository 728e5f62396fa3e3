"""Derivatives that are written down before they are worked out, as SymPy expressions."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Symbol, sympify

from symbackprop.matrices import Shape, shape_of


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


class Differential(Expr):  # type: ignore[misc]
    """dX: a small change of a matrix or a scalar, or of an expression of such."""

    is_commutative = True
    is_number = False

    def __new__(cls, of: Expr) -> Differential:
        made: Differential = Expr.__new__(cls, of)
        return made

    @property
    def of(self) -> Expr:
        """What changes."""
        return self.args[0]

    @property
    def shape(self) -> Shape:
        """The shape of what changes."""
        return shape_of(self.of)

    def _sympystr(self, printer: Any) -> str:
        inner = printer._print(self.of)
        return f"d{inner}" if self.of.is_Symbol else f"d({inner})"


class Frobenius(Expr):  # type: ignore[misc]
    """⟨A, B⟩ = ΣΣ a·b, the inner product of two matrices of one shape, or of two scalars."""

    is_commutative = True
    is_number = False
    shape: Shape = ()

    def __new__(cls, a: Expr, b: Expr) -> Frobenius:
        made: Frobenius = Expr.__new__(cls, a, b)
        return made

    @property
    def left(self) -> Expr:
        """The adjoint."""
        return self.args[0]

    @property
    def right(self) -> Expr:
        """What moves."""
        return self.args[1]

    def _sympystr(self, printer: Any) -> str:
        return f"<{printer._print(self.left)}, {printer._print(self.right)}>"
