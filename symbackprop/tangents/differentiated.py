"""What is found of Jacobians, Hessians and their products: formulas, the work that led there, and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, TypeAlias

from sympy import Expr, Matrix, Symbol

from symbackprop.calculus import Derivation, Step
from symbackprop.calculus.pipeline import NO_GRAPH, NOT_SWEPT
from symbackprop.errors import DerivationError, did_you_mean
from symbackprop.matrices import Transposed, shape_of
from symbackprop.network.network import Network
from symbackprop.network.order import upstream
from symbackprop.notation import NameTable, latex, text
from symbackprop.notation.notebooks import displayed, titled
from symbackprop.packing import Packed


@dataclass(frozen=True, eq=False)
class AreGradients:
    """The formulas of a derivation are the gradients of its loss."""

    derivation: Derivation


@dataclass(frozen=True, eq=False)
class MoveBy:
    """Where names move along directions and all others from outside stand still, each name moves by its formula."""

    network: Network
    directions: Mapping[Symbol, Expr]
    formulas: Mapping[Symbol, Expr]


@dataclass(frozen=True, eq=False)
class AreEqual:
    """Two expressions of a network have the same value."""

    network: Network
    left: Expr
    right: Expr


Truth: TypeAlias = AreGradients | MoveBy | AreEqual


@dataclass(frozen=True)
class Entry:
    """A result: what it is the derivative of, and by which name; None for a product with all directions at once."""

    of: Symbol
    by: Symbol | None = None


@dataclass(frozen=True, eq=False)
class Differentiated(Packed):
    """A Jacobian, a Hessian or a product with one, in closed form.

    ``what`` is ``jvp``, ``hvp``, ``jacobian``, ``hessian``, ``gauss-newton``, ``fisher`` or ``newton``. ``network`` is
    a layer whose outputs are the results, with all equations that lead there; directions are among its inputs.
    ``results`` tells of each what it is, and ``formulas`` has them. ``steps`` are the lines of the work,
    ``truths`` what ``check`` has to prove for each result, ``whole`` what for all of them together. ``source`` is
    the network that was asked about, ``wrt`` the names by which. ``conditions`` say in words under which condition a
    result is what it is called.
    """

    what: str
    source: Network
    network: Network
    wrt: tuple[Symbol, ...]
    results: Mapping[Symbol, Entry]
    directions: Mapping[Symbol, Symbol]
    steps: tuple[Step, ...]
    truths: Mapping[Symbol, Sequence[Truth]]
    whole: Sequence[Truth]
    conditions: tuple[str, ...] = ()

    def packed_state(self) -> Mapping[str, Any]:
        """All that it was made of, for ``pickle``."""
        return {entry.name: getattr(self, entry.name) for entry in fields(self)}

    @cached_property
    def formulas(self) -> Mapping[Symbol, Expr]:
        """The formula of each result, in the names of ``network``."""
        return {name: self.network.equations[name] for name in self.results}

    @cached_property
    def needed(self) -> Mapping[Symbol, Expr]:
        """The equations that the results need beside those of the network that was asked about."""
        known = self.source.equations
        return {left: e for left, e in self.network.equations.items() if left not in known and left not in self.results}

    def formula(self, name: Symbol | str = "") -> Expr:
        """The formula of a result, which need not be named where there is one alone. Raises DerivationError."""
        known = {result.name: result for result in self.results}
        word = str(name) or (next(iter(known)) if len(known) == 1 else "")
        if word not in known:
            what = f"there is no result {word!r}" if word else f"there are {len(known)} results"
            raise DerivationError("result", what, did_you_mean(word, known))
        return self.formulas[known[word]]

    def block(self, of: Symbol | str, by: Symbol | str) -> Expr:
        """The part of a Jacobian or a Hessian that belongs to two names; that of a Hessian in either order.

        Raises DerivationError where there is none.
        """
        for name, entry in self.results.items():
            if (str(entry.of), str(entry.by)) == (str(of), str(by)):
                return self.formulas[name]
        for name, entry in self.results.items():
            if self.is_symmetric and (str(entry.of), str(entry.by)) == (str(by), str(of)):
                formula = self.formulas[name]
                return Transposed(formula) if shape_of(formula) else formula
        pairs = ", ".join(f"{entry.of} and {entry.by}" for entry in list(self.results.values())[:6])
        raise DerivationError("result", f"there is nothing for {of} and {by}", f"ask for one of {pairs}")

    @property
    def is_product(self) -> bool:
        """Whether the results are products with directions, and not matrices."""
        return any(entry.by is None for entry in self.results.values())

    @property
    def is_symmetric(self) -> bool:
        """Whether each entry off the diagonal stands for two."""
        return self.what in ("hessian", "gauss-newton", "fisher") and not self.is_product

    @property
    def is_constant(self) -> bool:
        """Whether no result depends on any value, nor on the size of one."""
        return not any(expr.free_symbols for expr in self.formulas.values())

    @cached_property
    def table(self) -> Matrix:
        """The whole matrix of a network of scalars, entry by entry. Raises DerivationError for matrices."""
        if any(shape_of(name) for name in self.results) or self.is_product:
            fix = "use block(of, by), or formula() where there is one alone"
            raise DerivationError("table", f"this {self.what} is not a table of scalars", fix)
        rows = self.wrt if self.is_symmetric else tuple(dict.fromkeys(entry.of for entry in self.results.values()))
        return Matrix([[self.block(of, by) for by in self.wrt] for of in rows])

    @cached_property
    def lines_before(self) -> Mapping[Symbol, Expr]:
        """The equations that the work goes through and that it has not found itself: of the network, and gradients."""
        found = {step.lhs for step in self.steps}
        known = {name: expr for truth in self.whole for name, expr in _equations_of(truth).items()}
        wanted = {use for step in self.steps for use in step.uses if isinstance(use, Symbol)}
        needed = upstream(known, [name for name in known if name in wanted])
        return {name: expr for name, expr in known.items() if name in needed and name not in found}

    @cached_property
    def lines(self) -> Derivation:
        """Its equations as a derivation of nothing, which is what code is written of and points are drawn for."""
        return Derivation(self.network, (), self.network.facts, self.network.stated, NO_GRAPH, NOT_SWEPT)

    def _repr_latex_(self) -> str:
        return displayed(self._equations_shown(), self.network.order)

    def _repr_markdown_(self) -> str:
        return titled(f"{self.title}:", self._equations_shown(), self.network.order)

    def _equations_shown(self) -> Sequence[Sequence[tuple[Expr, Expr]]]:
        return list(self.needed.items()), list(self.formulas.items())

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        times = " times directions" if self.is_product and self.what in ("gauss-newton", "fisher") else ""
        return f"{TITLES[self.what]}{times}: {self.source.name}"

    def latex(self, name: Symbol | str = "") -> str:
        """The formula of a result in LaTeX. Raises DerivationError as ``formula`` does."""
        return latex(self.formula(name), order=self.network.order)

    def __str__(self) -> str:
        table = NameTable.of(name.name for name in (*self.network.names, *self.network.sizes))
        equations = (equation for group in self._equations_shown() for equation in group)
        return "\n".join(" = ".join(text(side, table, self.network.order) for side in sides) for sides in equations)

    def __repr__(self) -> str:
        return f"<{self.title}: {', '.join(map(str, self.results))}, {len(self.steps)} steps>"


def _equations_of(truth: Truth) -> Mapping[Symbol, Expr]:
    """The equations that a truth is about."""
    return {} if isinstance(truth, AreGradients) else truth.network.equations


TITLES: Mapping[str, str] = {
    "jvp": "Jacobian times directions",
    "hvp": "Hessian times directions",
    "jacobian": "Jacobian",
    "hessian": "Hessian",
    "gauss-newton": "Gauss-Newton matrix",
    "fisher": "Fisher information",
    "newton": "Newton's step",
}
"""What each is called in titles."""
