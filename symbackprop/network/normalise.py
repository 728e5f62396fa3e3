"""Equations as the engine wants them: written-out forms recognised, every activation under a name of its own."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Symbol

from symbackprop.functions import UserFunction, log_cosh, primitive_of
from symbackprop.functions.recognise import recognise
from symbackprop.functions.softmax import SoftmaxComponent, log_sum_exp
from symbackprop.matrices import (
    Array,
    Operation,
    as_whole,
    rebuilt,
    recognise_operations,
    shape_of,
)
from symbackprop.notation.order import TypedOrder
from symbackprop.notation.recursion import subexpressions
from symbackprop.passes import Note, counted, some_of

ACTIVATION, ARGUMENT = "activation", "argument"


def recognised(equations: Mapping[Symbol, Expr], note: Note) -> dict[Symbol, Expr]:
    """Take written-out forms for what they are: ``1/(1 + exp(-z))`` is sigmoid(z). Each is noted with its equation."""
    found = {}
    for name, expr in equations.items():

        def told(written: Expr, known: Expr, where: Symbol = name) -> None:
            note(written, " read as ", known, " in ", where)

        found[name] = recognise_operations(recognise(expr, rebuilt, told), told)
    return found


def named(
    equations: Mapping[Symbol, Expr], taken: set[str], typed: TypedOrder, note: Note
) -> tuple[dict[Symbol, Expr], TypedOrder]:
    """Give names to activations that have none, and to what they are applied to; note which.

    ``taken`` are the names of inputs, targets and parameters. ``o: w*sigmoid(h)`` becomes ``a_h: sigmoid(h)`` and
    ``o: w*a_h``; ``a: sigmoid(w*x)`` becomes ``z_a: w*x`` and ``a: sigmoid(z_a)``. The order in which they were typed
    is told of what has become of sums and products.
    """
    naming = _Naming(equations, taken)
    result = dict(naming.run())
    for what, names in naming.made.items():
        if names:
            note(f"names {counted(len(names), what)}: ", *some_of(names))
    return result, naming.carried(typed)


def is_activation(expr: Expr) -> bool:
    """Whether ``expr`` applies a function that gets a name of its own: an activation, softmax, or a user's function."""
    if isinstance(expr, (SoftmaxComponent, UserFunction, log_sum_exp, log_cosh)):
        return True
    if isinstance(expr, Operation):
        return bool(expr.letter)
    row = primitive_of(expr)
    return row is not None and row.activation


class _Naming:
    """One pass over the equations that takes activations out of expressions."""

    def __init__(self, equations: Mapping[Symbol, Expr], taken: set[str]) -> None:
        self.equations = equations
        self.taken = taken | {name.name for name in equations}
        self.named: dict[Expr, Symbol] = {}
        for name, expr in equations.items():
            if is_activation(expr):
                self.named.setdefault(expr, name)
        self.result: dict[Symbol, Expr] = {}
        self.made: dict[str, list[Symbol]] = {ACTIVATION: [], ARGUMENT: []}

    def run(self) -> dict[Symbol, Expr]:
        for name, expr in self.equations.items():
            if is_activation(expr):
                applied = self._with_named_arguments(expr, whole=name)
                first = self.named.setdefault(applied, name)
                # One name a component: its siblings' derivatives, and the code for them all, are written with that one.
                self.result[name] = first if first != name and isinstance(expr, SoftmaxComponent) else applied
            else:
                self.result[name] = self._inner(expr)
        for expr in list(self.result.values()):
            self._name_siblings(expr)
        return self.result

    def carried(self, typed: TypedOrder) -> TypedOrder:
        """The typed order of the sums and products that still stand in the equations, by their new forms."""
        standing = {part for expr in self.equations.values() for part in subexpressions(expr)}
        found: dict[Expr, tuple[Expr, ...]] = {}
        for whole, parts in typed.items():
            known = recognise(whole)
            if known in standing or -known in standing:
                found.setdefault(self._inner(known), tuple(self._inner(recognise(part)) for part in parts))
        return found

    def _inner(self, expr: Expr) -> Expr:
        """Replace each activation inside ``expr`` by its name."""
        if is_activation(expr):
            if expr in self.named:
                return self.named[expr]
            applied = self._with_named_arguments(expr, whole=None)
            if applied not in self.named:
                letter = applied.letter if isinstance(applied, Operation) else "a"
                self.named[applied] = self._fresh(ACTIVATION, applied, letter, self._argument_name(applied))
            return self.named[applied]
        if not expr.args:
            return expr
        made = rebuilt(expr, [self._inner(arg) for arg in expr.args])
        return expr if made is expr else as_whole(made, shape_of(expr))  # P - P is 0, and still a matrix

    def _with_named_arguments(self, expr: Expr, whole: Symbol | None) -> Expr:
        """Give names to the arguments of an activation that are neither names nor numbers."""
        settings = expr.settings if isinstance(expr, Operation) else ()
        args = []
        for arg in expr.args[: len(expr.args) - len(settings)]:
            inner = self._inner(arg)
            if not (inner.is_Symbol or inner.is_number):
                inner = self._name_argument(inner, whole)
            args.append(inner)
        return expr.func(*args, *settings)

    def _name_argument(self, arg: Expr, whole: Symbol | None) -> Symbol:
        for name, expr in self.result.items():
            if expr == arg:
                return name
        return self._fresh(ARGUMENT, arg, "z", "" if whole is None else whole.name)

    def _name_siblings(self, expr: Expr) -> None:
        """Every component of a softmax gets a name: the derivative of one is written with the others."""
        if isinstance(expr, SoftmaxComponent):
            for sibling in expr.siblings():
                if sibling not in self.named and sibling not in self.result.values():
                    self.named[sibling] = self._fresh(ACTIVATION, sibling, "a", self._argument_name(sibling))

    def _argument_name(self, applied: Expr) -> str:
        args = applied.args
        first = args[applied.index] if isinstance(applied, SoftmaxComponent) else args[0]
        return str(first.name) if first.is_Symbol else "c"

    def _fresh(self, what: str, expr: Expr, letter: str, of: str) -> Symbol:
        """Give an expression a name and an equation: z_a or z1, a capital where it is a matrix."""
        shape = shape_of(expr)
        letter = letter.upper() if shape and len(letter) == 1 else letter
        base = f"{letter}_{of}" if of else letter
        candidate, count = (base, 1) if of else (f"{base}1", 1)
        while candidate in self.taken:
            count += 1
            candidate = f"{base}_{count}" if of else f"{base}{count}"
        self.taken.add(candidate)
        name = Array(candidate, shape) if shape else Symbol(candidate)
        self.result[name] = expr
        self.made[what].append(name)
        return name
