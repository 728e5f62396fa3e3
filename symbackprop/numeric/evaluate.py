"""Expressions at numbers, read straight off the SymPy tree: a second opinion beside the generated code.

Works on real and complex numbers and on arrays of them. Functions of the vocabulary are taken by their elementary
definitions, so that nothing of the generated code, nor of the calculus, is trusted here.

A matrix may be a stack of matrices: an array of shape (…, rows, columns), beside which a scalar has shape (…). Inside,
a scalar of a matrix expression has shape (…, 1, 1), so that everything is repeated by NumPy's own rules; it gets these
two axes where its value is read, and loses them where the value of an expression is given back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import reduce

import numpy as np
from sympy import (
    Basic,
    Expr,
    Integer,
    Piecewise,
    Pow,
    Rational,
    Symbol,
)
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError, DerivationError
from symbackprop.functions import UserFunction, primitive_of
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.matrices import Array, Operation, UserOperation
from symbackprop.network.network import Network
from symbackprop.numeric.elementary import FUNCTIONS, Numbers
from symbackprop.numeric.operations import MATRIX_OPERATIONS, by_numpy
from symbackprop.numeric.sizes import sizes_of_values


def evaluate(expr: Expr, values: Mapping[str, Numbers]) -> Numbers:
    """The value of one expression. Raises DataError where a name has no value."""
    return evaluate_all([expr], values)[0]


def evaluate_all(exprs: Iterable[Expr], values: Mapping[str, Numbers]) -> list[Numbers]:
    """The values of several expressions; what they share is worked out once."""
    wanted = list(exprs)
    known: dict[Basic, Numbers] = {}
    matrices = _matrices_among(wanted)
    with np.errstate(all="ignore"):
        if matrices is None:
            return [_value(expr, values, known) for expr in wanted]
        values = _Lifted(values, matrices)
        found = [_value(expr, values, known) for expr in wanted]
        return [x if _is_matrix(expr) else lowered(x) for expr, x in zip(wanted, found, strict=True)]


class _Lifted(Mapping[str, Numbers]):
    """Values by name, in which a stack of scalars has two more axes, as one of matrices has."""

    def __init__(self, values: Mapping[str, Numbers], matrices: frozenset[str]) -> None:
        self.given = values
        self.matrices = matrices

    def __getitem__(self, name: str) -> Numbers:
        value = self.given[name]
        return value if name in self.matrices or not np.ndim(value) else np.asarray(value)[..., None, None]

    def __iter__(self) -> Iterator[str]:
        return iter(self.given)

    def __len__(self) -> int:
        return len(self.given)


def lowered(value: Numbers) -> Numbers:
    """A scalar, or a stack of scalars, without the two axes that it has among matrices."""
    return value[..., 0, 0] if np.ndim(value) >= 2 else value


def _matrices_among(exprs: Iterable[Basic]) -> frozenset[str] | None:
    """The names of the matrices in the expressions, or None where all of them are scalar formulas."""
    names: set[str] = set()
    seen: set[Basic] = set()
    stack = list(exprs)
    mixing = False
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        stack.extend(node.args)
        mixing = mixing or isinstance(node, Operation)
        if isinstance(node, Array):
            names.add(node.name)
    return frozenset(names) if names or mixing else None


def _is_matrix(expr: Basic) -> bool:
    """Whether the value of an expression is a matrix: one reaches it otherwise than through a total or a trace."""
    stack, seen = [expr], {expr}
    while stack:
        node = stack.pop()
        if isinstance(node, Array):
            return True
        if isinstance(node, Operation):
            if node.shape:
                return True
            continue
        for arg in node.args:
            if arg not in seen:
                seen.add(arg)
                stack.append(arg)
    return False


def _value(root: Basic, values: Mapping[str, Numbers], known: dict[Basic, Numbers]) -> Numbers:
    # Without recursion: closed forms of deep networks nest deeply.
    stack: list[Basic] = [root]
    while stack:
        node = stack[-1]
        if node in known:
            stack.pop()
            continue
        parts = _parts(node)
        missing = [part for part in parts if part not in known]
        if missing:
            stack.extend(missing)
            continue
        known[node] = _combine(node, [known[part] for part in parts], values)
        stack.pop()
    return known[root]


def _parts(node: Basic) -> tuple[Basic, ...]:
    """What must be worked out before ``node``."""
    if isinstance(node, Piecewise):
        return tuple(part for branch in node.args for part in (branch.expr, branch.cond))
    if isinstance(node, SoftmaxComponent):
        return node.scores
    if node.is_Atom or isinstance(node, Rational):
        return ()
    return tuple(node.args)


def _definition(node: Basic) -> tuple[tuple[Symbol, ...], Expr] | None:
    """What a function of the vocabulary or of the user's is, in terms of parameters; None for an operation."""
    if isinstance(node, UserFunction):
        return node.parameters, node.body
    if isinstance(node, SoftmaxComponent):
        places = _places(len(node.scores))
        return places, type(node)(Integer(node.index), *places).definition()
    row = primitive_of(node)
    if row is None or row.definition is None or type(node) in FUNCTIONS:
        return None
    places = _places(len(node.args))
    return places, row.definition(*places)


def _places(count: int) -> tuple[Symbol, ...]:
    return tuple(Symbol(f"_{k}") for k in range(count))


def _combine(node: Basic, args: list[Numbers], values: Mapping[str, Numbers]) -> Numbers:
    if isinstance(node, Symbol):
        if node.name not in values:
            raise DataError("missing-value", f"there is no value for {node.name}", "give a number for every name")
        value = values[node.name]
        return np.float64(value) if isinstance(value, (int, float)) else value  # Python's own 1/0.0 raises
    if isinstance(node, (BooleanTrue, BooleanFalse)):
        return bool(node)
    if node.is_number and not args:
        return np.float64(float(node))
    if isinstance(node, Piecewise):
        return reduce(
            lambda otherwise, branch: np.where(branch[1], branch[0], otherwise),
            list(zip(args[::2], args[1::2], strict=True))[-2::-1],
            args[-2],
        )
    if isinstance(node, Pow):
        return _power(node, args)
    if isinstance(node, Operation) and type(node) in MATRIX_OPERATIONS:
        return MATRIX_OPERATIONS[type(node)](node, *args)
    if isinstance(node, UserOperation):
        formula = node.definition()
        return by_numpy(node, *args) if formula is None else _value(formula, values, {})
    operation = FUNCTIONS.get(type(node))
    if operation is not None:
        return operation(*args)
    definition = _definition(node)
    assert definition is not None, f"no operation for {type(node).__name__}"
    places, body = definition
    return _value(body, {place.name: value for place, value in zip(places, args, strict=True)}, {})


def _power(node: Pow, args: list[Numbers]) -> Numbers:
    base, exponent = args
    if isinstance(node.exp, Integer):
        whole = int(node.exp)
        return base**whole if whole >= 0 else 1.0 / base**-whole
    if node.exp == Rational(1, 2):
        return np.sqrt(base)
    return np.power(base, exponent)


def forward(network: Network, values: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """All values of a forward pass: the given ones and every equation's.

    An equation whose name has a value already keeps that value, as if it were an input. Beside the names of a matrix
    network stand the sizes that its symbols have in the arrays given.
    """
    result = {**sizes_of_values(network, values), **values}
    for name, expr in network.to_loss.items():
        if name.name not in result:
            result[name.name] = evaluate(expr, result)
    return result


def with_signals(derivation: Derivation, values: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """Forward values, and the error signals that follow from them."""
    result = dict(values)
    for delta, expr in derivation.backward.items():
        result[delta.name] = evaluate(expr, result)
    return result


@contextmanager
def _where_made() -> Iterator[None]:
    """Leave out a form that is too long to be made."""
    try:
        yield
    except DerivationError as error:
        if error.code != "too-long":
            raise


def gradient_forms(derivation: Derivation, point: Mapping[str, Numbers]) -> dict[str, dict[str, Numbers]]:
    """The shared, closed and expanded form of every gradient at a point.

    Matrices have no expanded form; closed and expanded forms of very deep networks are left out.
    """
    values = with_signals(derivation, forward(derivation.network, point))
    names = [w.name for w in derivation.wrt]
    forms = {"shared": evaluate_all(derivation.shared.values(), values)}
    with _where_made():
        forms["closed"] = evaluate_all(derivation.gradients.values(), values)
    if derivation.network.kind.has_routes:
        with _where_made():
            forms["expanded"] = evaluate_all((derivation.written_out(w) for w in derivation.wrt), values)
    return {form: dict(zip(names, found, strict=True)) for form, found in forms.items()}
