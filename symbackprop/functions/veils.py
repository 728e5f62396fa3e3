"""tanh and cases under names of which SymPy asks nothing, as long as large expressions are put together."""

from __future__ import annotations

from sympy import Expr, Function, Piecewise


class VeiledTanh(Function):  # type: ignore[misc]  # SymPy's Function is untyped
    """tanh, as long as nothing is to be asked of it."""


class VeiledCases(Piecewise):  # type: ignore[misc]
    """Cases, as long as they are to stay as they are: a power of cases would be taken case by case, anew."""

    def _eval_power(self, exponent: Expr) -> None:
        return None
