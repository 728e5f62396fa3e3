"""The order in which the terms and factors of formulas were typed: SymPy sorts those of sums and products."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sympy import Add, Expr, Mul


class Typed:
    """Keeps the order of what has been read; where one sum was typed in two orders, the first."""

    def __init__(self) -> None:
        self.order: dict[Expr, tuple[Expr, ...]] = {}

    def sum(self, whole: Expr, terms: Iterable[Expr]) -> Expr:
        """Keep the order of a sum, and return it."""
        if isinstance(whole, Add):
            self.order.setdefault(whole, self._flat(terms, Add))
        return whole

    def product(self, whole: Expr, factors: Sequence[Expr]) -> Expr:
        """Keep the order of a product, and return it; SymPy has multiplied a number into a lone sum."""
        _, rest = whole.as_coeff_Mul()
        if isinstance(rest, Mul):
            self.order.setdefault(rest, tuple(f for f in self._flat(factors, Mul) if not f.is_Number))
        elif isinstance(whole, Add):
            number = Mul(*(factor for factor in factors if factor.is_Number))
            inner = next((factor for factor in factors if isinstance(factor, Add)), None)
            if inner is not None:
                self.order.setdefault(whole, tuple(number * term for term in self._flat([inner], Add)))
        return whole

    def minus(self, operand: Expr) -> Expr:
        """Minus an expression, whose terms keep their order."""
        return self.product(-operand, [Mul(-1), operand])

    def _flat(self, parts: Iterable[Expr], kind: type[Expr]) -> tuple[Expr, ...]:
        """The terms of sums among terms, or the factors of products among factors, in their own order."""
        found: list[Expr] = []
        for part in parts:
            rest = part.as_coeff_Mul()[1] if kind is Mul else part
            found += self.order.get(rest, rest.args) if isinstance(rest, kind) else [part]
        return tuple(found)
