"""From the tree of a formula to SymPy: each part with the shape that it stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce
from typing import Any, NoReturn

from sympy import Add, And, E, Expr, Integer, Mul, Or, Piecewise, S, Symbol, pi

from symbackprop.calculus import Derivation
from symbackprop.errors import DerivationError, Excerpt, NetworkError, SpecError
from symbackprop.functions.activations import step
from symbackprop.matrices import Inverse, Shape, SumAll, as_whole, shape_of
from symbackprop.matrices.operations import Identity
from symbackprop.matrices.shapes import product_shape, same, spoken, together
from symbackprop.matrices.words import Read, times, transposed
from symbackprop.network.formulas.builder import Builder
from symbackprop.network.formulas.limits import MAX_CONDITIONS
from symbackprop.network.formulas.matrix_table import apart
from symbackprop.notation import Differential, Direct, Frobenius, Immediate, Total
from symbackprop.reading import syntax as s
from symbackprop.reading.calls import Calls
from symbackprop.reading.derivatives import Derivatives
from symbackprop.reading.given import Given
from symbackprop.reading.lexicon import Lexicon

_RELATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


class Meaning:
    """Reads the tree of one formula.

    With ``changes`` a derivative stays as it is written, and dX is the differential of X; without, both are worked out:
    dX is then what many programmers call so, the derivative of the loss by X.
    """

    def __init__(self, given: Given, derivation: Derivation, lexicon: Lexicon, changes: bool = False) -> None:
        self.given = given
        self.derivation = derivation
        self.lexicon = lexicon
        self.changes = changes
        self.derivatives = Derivatives(derivation)
        self.builder = Builder(_Quoting(given))
        self.calls = Calls(self)
        self.comparisons = 0

    def value(self, node: s.Node) -> Read:
        """What a part stands for, and its shape. Raises SpecError, with the place."""
        with self.told(node):
            expr, shape = self._value(node)
            return self.builder.bounded(expr, node), shape

    def expression(self, node: s.Node) -> Expr:
        """What a part stands for, repeated to its whole shape."""
        expr, shape = self.value(node)
        return as_whole(expr, shape)

    def scalar(self, node: s.Node) -> Expr:
        """What a part that must be a number stands for."""
        expr, shape = lowered(self.value(node))
        if shape:
            self.fail("shape", f"{self.piece(node)} is {spoken(shape)} where a number should stand", "sum it", node)
        return expr

    def _value(self, node: s.Node) -> Read:
        match node:
            case s.Number(value=value):
                return value, ()
            case s.Constant(name=name):
                return (pi if name == "pi" else E), ()
            case s.Name(symbol=symbol):
                return symbol, shape_of(symbol)
            case s.Minus(of=of):
                expr, shape = self.value(of)
                return -expr, shape
            case s.Sum():
                return self._sum(node)
            case s.Product():
                return self._product(node)
            case s.Quotient(above=above, below=below):
                return self.entrywise("/", self.value(above), self._inverted(below))
            case s.Power():
                return self._power(node)
            case s.Transpose():
                return self._transpose(node)
            case s.Call():
                return self.calls.call(node)
            case s.Bars(of=of):
                return self._by_entries("abs", [self.value(of)], node)
            case s.Norm(of=of):
                return self.calls.built("norm", [self.value(of)], node)
            case s.Inner(left=left, right=right):
                return self._inner(left, right)
            case s.Cases():
                return self.cases(node.branches, node)
            case s.Compare() | s.Logic() | s.Truth():
                return self._mask(node)
            case s.Items(items=(one,)):
                return self.value(one)
            case s.Derivative():
                return self._derivative(node)
            case s.Change(of=of):
                return self._change(of)
            case s.Identity(size=size):
                found = self.scalar(size)
                return Identity(found), (found, found)
        self.fail("syntax", f"{self.piece(node)} is no value", "write one value", node)

    # Sums, products, powers

    def _sum(self, node: s.Sum) -> Read:
        parts = [(sign, self.value(term)) for sign, term in node.terms]
        if not all(shape for _, (_, shape) in parts):  # a form such as xᵀAx is a number beside numbers
            parts = [(sign, lowered(part)) for sign, part in parts]
        whole, shape = parts[0][1]
        for sign, (expr, found) in parts[1:]:
            shape = together("+" if sign > 0 else "-", whole, shape, expr, found)
        return Add(*(expr if sign > 0 else -expr for sign, (expr, _) in parts)), shape

    def _product(self, node: s.Product) -> Read:
        signs = {sign for sign, _ in node.factors[1:]}
        if signs <= {"*", "·", " "}:
            values = [self.value(factor) for _, factor in node.factors]
            if not any(shape for _, shape in values):
                factors = [expr for expr, _ in values]
                # One at a time gives what Python would, 2*(x + y)*z; for many factors that takes too long.
                return (reduce(lambda a, b: a * b, factors) if len(factors) <= 32 else Mul(*factors)), ()
        total = self.value(node.factors[0][1])
        before = node.factors[0][1]
        for sign, factor in node.factors[1:]:
            if sign in ("/", "⊘"):
                total = self.entrywise("/", total, self._inverted(factor))
            else:
                part = self.value(factor)
                with self.told(s.Node(before.start, factor.end)):
                    total = self._times(sign, total, part, s.Node(node.start, factor.end))
            before = factor
        return total

    def _times(self, sign: str, a: Read, b: Read, node: s.Node) -> Read:
        if sign == "@" and not (a[1] and b[1]):
            if not self.derivation.network.sizes and not a[1] and not b[1]:
                return a[0] * b[0], ()
            product_shape(a[0], a[1], b[0], b[1])
        fits = bool(a[1] and b[1]) and same(a[1][1], b[1][0])
        if sign == "*" and fits and "'" in self.given.text and not _fit_by_entries(a[1], b[1]):
            sign = "@"  # whoever writes X' writes X'*G
        if not a[1] or not b[1] or sign in ("*", "∘"):
            return self.entrywise("*", a, b)
        if sign == "@" or (fits and sign == " "):
            return self.matrix_product(a, b)
        one = (S.One, S.One)
        if not fits and one in (a[1], b[1]):  # a form such as xᵀAx in front of a matrix is a number
            return self.entrywise("*", lowered(a), lowered(b))
        if sign == " ":
            product_shape(a[0], a[1], b[0], b[1])  # says what does not fit
        return self._dotted(a, b, fits, node)

    def _dotted(self, a: Read, b: Read, fits: bool, node: s.Node) -> Read:
        """A dot between matrices: the product that their shapes allow."""
        if not fits:
            return self.entrywise("·", a, b)
        if not _fit_by_entries(a[1], b[1]) or (S.One, S.One) in (a[1], b[1]):
            return self.matrix_product(a, b)
        self.fail(
            "ambiguous", f"the product in {self.piece(node)} can be that of matrices or that of entries",
            "write @ or a blank for the one, * or ∘ for the other", node,
        )  # fmt: skip

    def matrix_product(self, a: Read, b: Read) -> Read:
        """The matrix product, with scalars gathered in front."""
        (first, left), (second, right) = apart(a[0]), apart(b[0])
        expr, shape = times(left, a[1], right, b[1])
        return first * second * expr, shape

    def entrywise(self, sign: str, a: Read, b: Read) -> Read:
        """A product entry by entry; of a quotient ``b`` is 1 over the divisor."""
        if a[1] == (S.One, S.One) != b[1] or b[1] == (S.One, S.One) != a[1]:
            a, b = lowered(a), lowered(b)
        shape = together(sign, a[0], a[1], b[0], b[1])
        return a[0] * b[0], shape

    def _inverted(self, node: s.Node) -> Read:
        expr, shape = self.value(node)
        return self.builder.power(expr, Integer(-1), node), shape

    def _power(self, node: s.Power) -> Read:
        base, exponent = self.value(node.base), lowered(self.value(node.exponent))
        if node.sign == "^" and base[1] and exponent[0] == -1:
            return Inverse(as_whole(*base)), base[1]
        if node.sign == "^" and len(base[1]) == 2 and exponent[0].is_Integer and base[1] != (S.One, S.One):
            if same(*base[1]):
                what = f"{self.piece(node)} can be a product of matrices or a power of each entry"
                self.fail("ambiguous", what, "write A @ A for the one, A**2 for the other", node)
        shape = together("**", base[0], base[1], *exponent) if base[1] and exponent[1] else base[1] or exponent[1]
        return self.builder.power(base[0], exponent[0], node), shape

    def _transpose(self, node: s.Transpose) -> Read:
        expr, shape = self.value(node.of)
        if not shape:
            if self.derivation.network.sizes and not node.inverse:
                return expr, ()
            what = f"{self.piece(node)}: {self.piece(node.of)} is a number, and has no transpose"
            self.fail("shape", what, "a dash or T stands behind a matrix, and behind the name of a function", node)
        if node.inverse:
            expr = Inverse(as_whole(expr, shape))
        return transposed(expr, shape)

    def _inner(self, left: s.Node, right: s.Node) -> Read:
        a, b = self.value(left), self.value(right)
        if self.changes:
            return Frobenius(as_whole(*a), as_whole(*b)), ()
        return self.calls.built("inner", [a, b], s.Node(left.start, right.end))

    # Functions and conditions

    def _by_entries(self, name: str, parts: Sequence[Read], node: s.Node) -> Read:
        return self.calls.by_entries(name, parts, node)

    def cases(self, branches: Sequence[tuple[s.Node, s.Node | None]], node: s.Node) -> Read:
        """Values by condition."""
        if branches[-1][1] is not None and not isinstance(branches[-1][1], s.Truth):
            self.fail("arguments", f"the last case of {self.piece(node)} has a condition", "let it be otherwise", node)
        pairs = []
        whole: Read = (S.Zero, ())
        for value, when in branches:
            part = self.value(value)
            condition, found = (S.true, ()) if when is None else self.condition(when)
            for expr, shape in (part, (condition, found)):
                whole = expr, together("and", whole[0], whole[1], expr, shape)
            pairs.append((part[0], condition))
        return Piecewise(*pairs), whole[1]

    def condition(self, node: s.Node) -> tuple[Any, Any]:
        """A condition, with the shape of what it compares."""
        match node:
            case s.Truth(value=value):
                return (S.true if value else S.false), ()
            case s.Logic(operator=operator, parts=parts):
                found = [self.condition(part) for part in parts]
                shape: Any = reduce(lambda a, b: together("and", S.One, a, S.One, b), (shape for _, shape in found))
                return (And if operator == "and" else Or)(*(part for part, _ in found)), shape
            case s.Compare(sides=sides, relations=relations):
                return self._compared([self.value(side) for side in sides], relations, node)
        self.fail("syntax", f"{self.piece(node)} is not a condition", "write one such as x > 0", node)

    def _compared(self, sides: Sequence[Read], relations: Sequence[str], node: s.Node) -> tuple[Any, Any]:
        self.comparisons += len(relations)
        if self.comparisons > MAX_CONDITIONS:
            self.fail(
                "too-large", f"{self.piece(node)} compares too much", f"use at most {MAX_CONDITIONS} comparisons", node
            )
        self.builder.check_parts([expr for expr, _ in sides], node)
        shape: Any = ()
        parts = []
        for (a, first), relation, (b, second) in zip(sides, relations, sides[1:], strict=False):
            if relation not in _RELATIONS:
                self.fail("forbidden", f"{relation!r} in {self.piece(node)}", "compare by <, <=, > or >=", node)
            shape = together("and", a, shape, b, together("and", a, first, b, second))
            parts.append(_RELATIONS[relation](a, b))
        return And(*parts) if len(parts) > 1 else parts[0], shape

    def _mask(self, node: s.Node) -> Read:
        """A condition where a value stands: 1 where it holds, 0 elsewhere."""
        condition, shape = self.condition(node)
        match node:
            case s.Compare(relations=(">",)) if condition not in (S.true, S.false) and condition.args[1] == 0:
                return step(condition.args[0]), shape
        return Piecewise((1, condition), (0, True)), shape

    # Derivatives

    def _derivative(self, node: s.Derivative) -> Read:
        by = node.by
        if isinstance(node.of, s.Name):
            of = node.of.symbol
            if self.changes:
                return self._written(of, by, node.immediate), shape_of(by)
            local = node.immediate and of != by
            found = self.derivatives.local(of, by) if local else self.derivatives.total(of, by)
            return found, shape_of(by)
        expr, shape = lowered(self.value(node.of))
        if shape:
            self.fail("derivative", f"the derivative of {self.piece(node.of)} is no matrix", "sum it first", node)
        if self.changes:
            return (Immediate if node.immediate else Total)(expr, by), shape_of(by)
        if shape_of(by):
            self.fail("derivative", f"{self.piece(node)} is not worked out", "give the sum a name", node)
        return self.derivatives.of_expression(expr, by), ()

    def _written(self, of: Symbol, by: Symbol, immediate: bool) -> Expr:
        """∂y/∂x as it stands: ∂⁺ and ∂ differ where x reaches y by other routes too."""
        network = self.derivation.network
        if immediate:
            return Immediate(of, by)
        stands_in = by in getattr(network.equations.get(of), "free_symbols", ())
        if of == network.loss or not stands_in or of not in self.derivation.graph.arguments:
            return Total(of, by)
        if by not in self.derivation.graph.arguments[of] or self.derivation.graph.has_detour(of, by):
            return Total(of, by)
        return Direct(of, by)

    def _change(self, of: s.Node) -> Read:
        if self.changes:
            part = self.value(of)
            expr, shape = part if isinstance(of, s.Name) else lowered(part)
            return Differential(as_whole(expr, shape)), shape
        if not isinstance(of, s.Name):
            self.fail("syntax", f"the differential of {self.piece(of)} is no value", "write one value", of)
        return self.derivatives.total(self.derivation.network.loss, of.symbol), shape_of(of.symbol)

    # Messages

    def piece(self, node: s.Node) -> str:
        """The text of a node as messages show it."""
        return self.given.piece(node.start, node.end)

    def fail(self, code: str, what: str, fix: str, node: s.Node) -> NoReturn:
        """Refuse a part of the formula."""
        self.given.fail(code, what, fix, node.start, node.end)

    @contextmanager
    def told(self, node: s.Node) -> Iterator[None]:
        """What is refused meanwhile is told with its place."""
        try:
            yield
        except (NetworkError, DerivationError) as error:
            if error.excerpt is not None:
                raise
            kind = DerivationError if isinstance(error, DerivationError) else SpecError
            excerpt = Excerpt(self.given.text, node.start, node.end)
            raise kind(error.code, error.what, error.fix, excerpt=excerpt) from None


class _Quoting:
    """The formula as a builder of its parts quotes and refuses it."""

    def __init__(self, given: Given) -> None:
        self.given = given

    def piece(self, node: Any) -> str:
        """The text of a node as messages show it."""
        return self.given.piece(node.start, node.end)

    def fail(self, code: str, what: str, fix: str) -> NoReturn:
        """Refuse the formula; the place is told where it is known."""
        raise SpecError(code, what, fix)

    def fail_large(self, node: Any) -> NoReturn:
        """Refuse a node whose numbers grow beyond bounds."""
        self.fail("too-large", f"the numbers in {self.piece(node)} grow too long", "use smaller ones")


def lowered(part: Read) -> Read:
    """A part as a number, where it is a matrix of one entry."""
    expr, shape = part
    return (SumAll(as_whole(expr, shape)), ()) if shape == (S.One, S.One) else part


def _fit_by_entries(first: Shape, second: Shape) -> bool:
    """Whether two matrices can be multiplied entry by entry."""
    return all(same(x, y) or S.One in (x, y) for x, y in zip(first, second, strict=True))
