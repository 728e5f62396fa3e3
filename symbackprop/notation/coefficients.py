"""Signs and numbers in layouts: splitting them off, putting them on, taking them out of sums, as decimals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction as Ratio

from symbackprop.notation.nodes import Apply, Constant, Derivative, Minus, Name, Node, Number, Power, Product, Transpose


def split_sign(node: Node) -> tuple[int, Node]:
    """Split a node into its sign, 1 or -1, and what stands behind it."""
    return (-1, node.term) if isinstance(node, Minus) else (1, node)


def signed(sign: float | Ratio, node: Node) -> Node:
    """The node, with a minus where ``sign`` is negative."""
    return Minus(node) if sign < 0 else node


def number(ratio: Ratio) -> Node:
    """A rational number as a node."""
    return signed(ratio, Number(abs(ratio.numerator), ratio.denominator))


def decimal_text(number: Number) -> str:
    """Write a number that terminates as a decimal: ``0.01``, or ``1e-07`` where there would be many zeros."""
    exact = number.decimal
    assert exact is not None
    return str(exact).lower() if -6 <= exact.adjusted() < 0 else f"{exact:e}" if exact.adjusted() < 0 else f"{exact:f}"


def times(ratio: Ratio, nodes: Sequence[Node]) -> Node:
    """A number that is not negative, times the nodes."""
    if not nodes:
        return number(ratio)
    if ratio == 1 and len(nodes) == 1:
        return nodes[0]
    return Product(None if ratio == 1 else Number(ratio.numerator, ratio.denominator), tuple(nodes))


def coefficient(node: Node) -> Ratio:
    """The number that a term without a sign begins with."""
    if isinstance(node, Product):
        node = node.coefficient or Number(1)
    return Ratio(node.numerator, node.denominator) if isinstance(node, Number) else Ratio(1)


def scale(node: Node, by: Ratio) -> Node:
    """A term multiplied by a number, which joins its coefficient."""
    sign, body = split_sign(node)
    factors: tuple[Node, ...] = (body,)
    if isinstance(body, (Number, Product)):
        factors = body.factors if isinstance(body, Product) else ()
    ratio = sign * by * coefficient(body)
    return signed(ratio, times(abs(ratio), factors))


def content(nodes: Sequence[Node]) -> Ratio:
    """The number to be taken out of a sum of ``nodes``: 2 of 2·a - 2·t and of 2·a + 4·b, -1 where all are negative.

    A decimal stays where it was typed, if other numbers would have more digits: 0.5·a + 0.01·b is not 0.01·(50·a + b).
    """
    split = [split_sign(node) for node in nodes]
    sign = -1 if all(sign < 0 for sign, _ in split) else 1
    if not all(_is_plain(node) for _, node in split):
        return Ratio(sign)
    sizes = [coefficient(node) for _, node in split]
    common = Ratio(math.gcd(*(size.numerator for size in sizes)), math.lcm(*(size.denominator for size in sizes)))
    if common != min(sizes) or (_reads_as_decimal(common) and _digits(common, sizes) > _digits(Ratio(1), sizes)):
        return Ratio(sign)
    return sign * common


def _reads_as_decimal(ratio: Ratio) -> bool:
    return Number(ratio.numerator, ratio.denominator).reads_as_decimal


def _digits(out: Ratio, sizes: Sequence[Ratio]) -> int:
    """How many digits are written where a number is taken out of others; a 1 is not written."""
    return sum(_written(ratio) for ratio in (out, *(size / out for size in sizes)))


def _written(ratio: Ratio) -> int:
    exact = Number(ratio.numerator, ratio.denominator).decimal
    if ratio == 1:
        return 0
    return len(str(ratio.numerator)) if ratio.denominator == 1 or exact is None else len(exact.as_tuple().digits)


def _is_plain(node: Node) -> bool:
    """Whether a term is a product of names and the like, so that 2·a - 2·t reads better as 2·(a - t)."""
    if isinstance(node, Product):
        return all(_is_plain(factor) for factor in node.factors)
    if isinstance(node, Power):
        return isinstance(node.base, Name)
    if isinstance(node, Transpose):
        return isinstance(node.of, Name)
    return isinstance(node, (Name, Constant, Apply, Derivative))
