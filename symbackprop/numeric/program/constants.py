"""Numbers that the sizes of arrays decide, worked out once before the lines that use them.

They are Python's own numbers, which leave float32 as it is: NumPy's ``np.sqrt(d)`` would not. An array is multiplied by
one number and not by several: ``2*A/m`` becomes ``c1*A`` with ``c1 = 2/m``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sympy import Add, Basic, Expr, Function, Mul, Piecewise, Pow, S, Symbol, exp

from symbackprop.matrices import Broadcast, Operation, Transposed, rebuilt, shape_of
from symbackprop.numeric.program.line import Fresh, Line
from symbackprop.numeric.program.sharing import without_number


@dataclass(frozen=True)
class Constant:
    """A number with a name; ``typed`` where it has the dtype of the arrays, as an array is made of it alone."""

    name: Symbol
    value: Expr
    typed: bool = False

    @property
    def is_rational(self) -> bool:
        """Whether no function of NumPy's is needed."""
        return not _is_irrational(self.value)


def with_constants(
    lines: Sequence[Line], sizes: Collection[Symbol], fresh: Fresh, typed: bool = True
) -> tuple[list[Line], tuple[Constant, ...]]:
    """The lines with names for constants, and the constants; ``typed`` where values have a dtype that these can take.

    Values that are given as they are may be Python's own numbers, which have none.
    """
    taking = _Taking(frozenset(sizes), fresh, typed)
    lines = [replace(line, value=taking.out_of(_numbers_in_front(line.value))) for line in lines]
    return lines, tuple(taking.constants.values())


class _Taking:
    def __init__(self, sizes: frozenset[Symbol], fresh: Fresh, typed: bool) -> None:
        self.sizes, self.fresh, self.typed = sizes, fresh, typed
        self.constants: dict[tuple[Expr, bool], Constant] = {}

    def out_of(self, expr: Basic) -> Basic:
        """The expression with constants in place of what depends on sizes alone."""
        if not expr.args:
            return expr
        if self._is_fixed(expr):
            return self._name(expr) if _is_irrational(expr) else expr
        if isinstance(expr, Add):
            return rebuilt(expr, [self._product(t) if isinstance(t, Mul) else self.out_of(t) for t in expr.args])
        if isinstance(expr, Mul):
            return self._product(expr, free_sign=False)
        if self.typed and isinstance(expr, Piecewise) and all(branch.expr.is_number for branch in expr.args):
            return self._choice(expr)
        if isinstance(expr, Broadcast) and self._is_fixed(expr.args[0]):
            return Broadcast(self._name(expr.args[0], typed=True), *expr.args[1:])
        return self._rebuilt(expr)

    def _rebuilt(self, expr: Basic) -> Basic:
        made: Basic = rebuilt(expr, [self.out_of(arg) for arg in expr.args])
        return made

    def _product(self, expr: Mul, free_sign: bool = True) -> Basic:
        """A product with one constant, which takes its minus along; in a term of a sum that is free."""
        fixed = Mul(*(factor for factor in expr.args if self._is_fixed(factor)))
        above, below = fixed.as_numer_denom()
        several = bool(shape_of(expr)) and above not in ((1, -1) if free_sign else (1,)) and below != 1
        if not (several or _is_irrational(fixed)):
            return self._rebuilt(expr)
        others = (self.out_of(factor) for factor in expr.args if not self._is_fixed(factor))
        return Mul(self._name(fixed), *others)

    def _choice(self, expr: Piecewise) -> Basic:
        """A choice between numbers is made between numbers of the right dtype."""
        *before, (value, condition) = expr.args
        return Piecewise(*before, (self._name(value, typed=True), condition), evaluate=False)

    def _is_fixed(self, expr: Basic) -> bool:
        return isinstance(expr, Expr) and expr.free_symbols <= self.sizes and not shape_of(expr)

    def _name(self, value: Expr, typed: bool = False) -> Symbol:
        if (value, typed) not in self.constants:
            self.constants[value, typed] = Constant(self.fresh.numbered("c", S.One), value, typed)
        return self.constants[value, typed].name


def _numbers_in_front(expr: Basic) -> Basic:
    """The expression with numbers taken out of sums and products: (2·A - 2·B)/m becomes 2/m·(A - B)."""
    args = [_numbers_in_front(arg) for arg in expr.args]
    node: Basic = rebuilt(expr, args)
    if isinstance(node, Operation) and node.linear and (node.adds_up or isinstance(node, (Broadcast, Transposed))):
        operands, settings = node.operands, node.settings
    elif isinstance(node, Mul):
        operands, settings = node.args, ()
    else:
        return node
    taken = [_primitive(operand) for operand in operands]
    number = Mul(*(number for number, _ in taken))
    return node if number == 1 else number * node.func(*(part for _, part in taken), *settings)


def _primitive(part: Expr) -> tuple[Expr, Expr]:
    """The number in front of a sum or a product, and the rest, which stands for no single number."""
    number, rest = without_number(part) if isinstance(part, Add) else part.as_coeff_Mul()
    return (number, rest) if rest.free_symbols else (S.One, part)


def _is_irrational(expr: Basic) -> bool:
    return any(
        (isinstance(node, Pow) and not node.exp.is_Integer) or isinstance(node, (Function, exp))
        for node in (expr, *expr.atoms(Pow, Function))
    )
