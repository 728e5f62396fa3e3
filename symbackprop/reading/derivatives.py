"""What a derivative that stands in a formula is worth: ∂a/∂z of two names, or dE/dZ of the loss."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from sympy import Add, Expr, S, Symbol

from symbackprop.calculus import Derivation, derive
from symbackprop.calculus.rules import local_derivatives
from symbackprop.errors import DerivationError
from symbackprop.matrices import Operation, same_shape, shape_of
from symbackprop.network.normalise import is_activation


class Derivatives:
    """The derivatives of the names of one derivation's network, worked out as they are asked for."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation
        self.network = derivation.network

    @cached_property
    def named(self) -> Mapping[Expr, Symbol]:
        """The names of activations by their formulas."""
        return {expr: name for name, expr in self.network.to_loss.items() if is_activation(expr)}

    def total(self, of: Symbol, by: Symbol) -> Expr:
        """∂of/∂by through every route."""
        if of == by:
            return S.One
        if of == self.network.loss:
            return self._of_loss(by)
        if not self.network.kind.has_routes:
            return self.local(of, by)
        return self.through({of: S.One}, by)

    def through(self, outer: Mapping[Symbol, Expr], by: Symbol) -> Expr:
        """Σ outer[y]·∂y/∂by through every route, for scalars."""
        moved: dict[Symbol, Expr] = {by: S.One}
        for name, expr in self.network.to_loss.items():
            if not moved.keys().isdisjoint(expr.free_symbols) and name != by:
                found = local_derivatives(expr, moved, name, self.named)
                total = Add(*(derivative * moved[argument] for argument, derivative in found.items()))
                if total != 0:
                    moved[name] = total
        return Add(*(factor * moved.get(name, S.Zero) for name, factor in outer.items()))

    def local(self, of: Symbol, by: Symbol) -> Expr:
        """The derivative of ``of`` in its own equation by ``by``. Raises DerivationError where it is no matrix."""
        expr = self.network.to_loss.get(of)
        if expr is None or by not in expr.free_symbols:
            known = ", ".join(sorted(s.name for s in expr.free_symbols)) if expr is not None else ""
            fix = f"the equation of {of} has {known}" if known else f"{of} has no equation"
            raise DerivationError("derivative", f"{by} does not stand in the equation of {of}", fix)
        if shape_of(by) and (expr.atoms(Operation) or not same_shape(shape_of(expr), shape_of(by))):
            raise DerivationError(
                "derivative",
                f"∂{of}/∂{by} is no matrix: {of} does not depend on {by} entry by entry",
                f"write the product that it stands for, such as X.T @ G or G @ W.T, or d{self.network.loss}/d{by}",
            )
        return local_derivatives(expr, {by}, of, self.named).get(by, S.Zero)

    def of_expression(self, expr: Expr, by: Symbol) -> Expr:
        """∂(expr)/∂by through every route of the names in it."""
        found = local_derivatives(expr, expr.free_symbols, expr, self.named)
        return self.through(found, by)

    def of_activation(self, argument: Expr) -> tuple[Symbol, Expr] | None:
        """The activation that the network applies to ``argument``, with its derivative there, or None."""
        for name, expr in self.network.to_loss.items():
            if is_activation(expr) and expr.args and expr.args[0] == argument:
                return name, self.local(name, argument)
        return None

    def _of_loss(self, by: Symbol) -> Expr:
        if by in self.derivation.swept.adjoint:
            return self.derivation.swept.adjoint[by]
        if self.network.kind.has_routes:
            return self.through({self.network.loss: S.One}, by)
        return derive(self.network, [by]).gradients[by]
