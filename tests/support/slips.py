"""Slips that people make in hand-derived gradients, one at a time, made of right formulas.

Nothing here knows of the program's own table of edits: a slip is a change of one place of a SymPy tree, with the words
of which a hint must have some to name what was changed.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sympy import Add, Basic, Expr, Function, Max, Min, Mul, Pow, Rational, Symbol, sqrt

import symbackprop as sb
from symbackprop.calculus import Derivation
from symbackprop.errors import SymbackpropError
from symbackprop.functions import step
from symbackprop.matrices import Operation, Product, Sum, SumAll, Transposed, product, same_shape, shape_of

Place = tuple[int, ...]
Words = tuple[frozenset[str], ...]


@dataclass(frozen=True)
class Slip:
    """A wrong formula, and sets of words: a hint that names what was changed has all of one set."""

    kind: str
    gradient: Symbol
    right: Expr
    wrong: Expr
    told_by: Words

    def is_named_in(self, hint: str) -> bool:
        """Whether a hint names what was changed."""
        found = set(re.findall(r"\w+", hint))
        return any(words <= found for words in self.told_by)


def example(name: str) -> Derivation:
    """The derivation of a shipped example."""
    return sb.derive(sb.load(str(EXAMPLES / f"{name}.toml")))


def right_forms(derivation: Derivation, w: Symbol) -> list[Expr]:
    """The shared and the closed form, and those between: each error signal of the shared one written out."""
    shared = derivation.shared[w]
    forms = [shared, derivation.gradients[w]]
    signals = dict(derivation.backward)
    written = shared
    while written.free_symbols & signals.keys():
        written = written.xreplace(signals)
        forms.append(written)
    for name in sorted(shared.free_symbols & signals.keys(), key=str):
        forms.append(shared.xreplace({name: signals[name]}))
    return list(dict.fromkeys(forms))


def places(expr: Expr) -> Iterator[tuple[Place, Basic]]:
    """Every part of a formula with the way to it; not the settings of operations."""
    stack: list[tuple[Place, Basic]] = [((), expr)]
    while stack:
        place, node = stack.pop()
        yield place, node
        count = len(node.operands) if isinstance(node, Operation) else len(node.args)
        stack.extend(((*place, k), node.args[k]) for k in reversed(range(count)))


def put(expr: Basic, place: Place, new: Basic) -> Basic:
    """The formula with something else in a place."""
    if not place:
        return new
    args = list(expr.args)
    args[place[0]] = put(args[place[0]], place[1:], new)
    return product(*args) if isinstance(expr, Product) else expr.func(*args)


def names(*exprs: Basic) -> frozenset[str]:
    return frozenset(s.name for expr in exprs for s in expr.free_symbols)


def slips(derivation: Derivation, w: Symbol, rng: random.Random) -> list[Slip]:
    """Every slip of every form, in a random order."""
    found: list[Slip] = []
    seen: set[tuple[str, Expr]] = set()
    for right in right_forms(derivation, w):
        for kind, wrong, words in _slips(derivation, right):
            if (
                wrong == right
                or wrong.is_zero
                or wrong.has(SumAll(0))
                or (kind, wrong) in {(s.kind, s.wrong) for s in found[-40:]}
            ):
                continue
            seen.add((kind, wrong))
            try:
                if not same_shape(shape_of(wrong), shape_of(w)):
                    continue
            except SymbackpropError:
                continue
            found.append(Slip(kind, w, right, wrong, (*words, *_signals(derivation, words))))
    rng.shuffle(found)
    return found


def _signals(derivation: Derivation, words: Words) -> Iterator[frozenset[str]]:
    """What is an error signal may be called by its name."""
    for signal, expr in derivation.backward.items():
        if any(one <= names(expr) and len(one) > 1 for one in words):
            yield frozenset({signal.name})


EXAMPLES = Path(sb.__file__).parent / "examples"
TIMES = frozenset({"times", "the", "gradient"})


def _slips(derivation: Derivation, right: Expr) -> Iterator[tuple[str, Expr, Words]]:
    network = derivation.network
    known = [s for s in (*network.names, *derivation.backward) if s != network.loss]
    sizes = list(network.sizes)
    yield "the sign of the whole", -right, (frozenset({"sign", "minus"}),)
    for number in (2, Rational(1, 2), 3):
        yield "a number times the whole", number * right, (TIMES,)
    for size in sizes:
        yield "a size times the whole", size * right, (TIMES | {size.name},)
        yield "over a size", right / size, (TIMES | {size.name},)
    for name in sorted(right.free_symbols & {*known}, key=str):
        for other in _alike(name, known):
            yield "a name throughout", right.xreplace({name: other}), (names(name, other),)
    for a in sorted(right.free_symbols & set(sizes), key=str):
        for b in sizes:
            if a != b:
                yield "a size for another", right.xreplace({a: b}), (names(a, b), frozenset({"times", b.name, a.name}))
    for place, node in places(right):
        if isinstance(node, Expr):
            for kind, new, words in (*_of_part(node, known), *_of_matrix(node)):
                yield kind, put(right, place, new), words


def _alike(name: Symbol, known: Sequence[Symbol]) -> list[Symbol]:
    return [s for s in known if s != name and same_shape(shape_of(s), shape_of(name))]


def _of_part(node: Expr, known: Sequence[Symbol]) -> Iterator[tuple[str, Expr, Words]]:
    if node.is_Symbol and node in known:
        for other in _alike(node, known):
            yield "a name in one place", other, (names(node, other),)
        yield "a power too many", node**2, (names(node),)
    if isinstance(node, Add):
        for term in node.args:
            rest = [arg for arg in node.args if arg is not term]
            yield (
                "the sign of a term",
                Add(*rest, -term),
                (names(term) | {"sign"} if names(term) else frozenset({"1"}),),
            )
            yield "a term left out", Add(*rest), (names(term) or frozenset({"1"}), frozenset({"route"}))
        yield "a term too many", node + 1, (frozenset({"1"}),)
        for a in sorted(node.free_symbols, key=str):
            if node == 1 - a:
                yield "a local derivative for its neighbour", 1 - a**2, (names(a),)
            if node == 1 - a**2:
                yield "a local derivative for its neighbour", 1 - a, (names(a),)
                yield "a local derivative for its neighbour", a * (1 - a), (names(a),)
                yield "a local derivative left out", Rational(1), (names(a),)
    if isinstance(node, Mul):
        for factor in node.args:
            rest = [arg for arg in node.args if arg is not factor]
            if not factor.is_number:
                yield "a factor left out", Mul(*rest), (names(factor), TIMES | names(factor))
                if factor.is_Symbol:
                    yield "a factor twice", node * factor, (names(factor), TIMES | names(factor))
            complement = 1 - factor
            if factor.is_Symbol and complement in node.args:
                pair = [arg for arg in node.args if arg not in (factor, complement)]
                yield "a local derivative left out", Mul(*pair), (names(factor),)
                yield "a local derivative for its neighbour", Mul(*pair, 1 - factor**2), (names(factor),)
        for extra in (s for s in known if shape_of(s) == () or shape_of(s) == shape_of(node)):
            yield "a factor too many", node * extra, (names(extra), TIMES | names(extra))
        yield "a number in one place", 2 * node, (frozenset({"2"}), frozenset({"1", "2"}))
    if isinstance(node, Pow) and not node.exp.free_symbols:
        yield "a wrong power", node.base ** (node.exp + 1), (names(node.base), TIMES | names(node.base))
        yield "a wrong power", node.base ** (2 * node.exp), (names(node.base), TIMES | names(node.base))
        if node.exp == -1:
            yield "over instead of times", node.base, (names(node.base), TIMES | names(node.base))
        if node.exp in (Rational(1, 2), Rational(-1, 2)):
            yield "a root left out", sqrt(node.base) ** (4 * node.exp), (names(node.base), TIMES | names(node.base))
    if isinstance(node, step):
        yield "a side of a kink", step(-node.args[0]), (frozenset({"step"}) | names(node),)
        yield "a side of a kink", 1 - node, (frozenset({"step"}) | names(node),)
    if isinstance(node, (Max, Min)):
        other: type[Function] = Min if isinstance(node, Max) else Max
        yield "a side of a kink", other(*node.args), (frozenset({"max", "min"}), frozenset({"delta_y"}))


def _of_matrix(node: Expr) -> Iterator[tuple[str, Expr, Words]]:
    if isinstance(node, Product):
        for k, factor in enumerate(node.args):
            turned = factor.args[0] if isinstance(factor, Transposed) else Transposed(factor)
            rest = (node.args[:k], node.args[k + 1 :])
            yield "a transpose", product(*rest[0], turned, *rest[1]), (names(factor),)
        for k in range(len(node.args) - 1):
            a, b = node.args[k : k + 2]
            left, right = node.args[:k], node.args[k + 2 :]
            yield "factors exchanged", product(*left, b, a, *right), (names(a, b),)
    if isinstance(node, Sum):
        inside = node.args[0]
        yield (
            "the axis of a sum",
            Sum(inside, 1 - node.axis),
            tuple(map(frozenset, (f"row{a} col{b}".split() for a in ("sum", "mean") for b in ("sum", "mean")))),
        )
        yield "a sum of all", SumAll(inside), (frozenset({"total"}), frozenset({"mean"}))
        yield "a sum left out", inside, tuple(frozenset({f"{a}{b}"}) for a in ("row", "col") for b in ("sum", "mean"))
    if isinstance(node, (Sum, SumAll)):
        size = shape_of(node.args[0])
        if size:
            over = size[getattr(node, "axis", 0)]
            yield "a mean for a sum", node / over, (names(over),)
