"""The product of the entries, of each column, of each row and of all; and for each entry that of all others.

What an entry gets back is the product of the others, which exists also where entries are zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import mul
from typing import Any

from sympy import Expr, Integer, MatrixExpr

from symbackprop.matrices.applying import applied_matrix, applied_scalar, matrix, to_matrix
from symbackprop.matrices.array import Shape
from symbackprop.matrices.grammar import Operation
from symbackprop.matrices.operations.record import (
    ALWAYS,
    Adjoint,
    Arithmetic,
    Grid,
    Kernel,
    Record,
    Words,
    along,
    along_all,
    flat,
    grid_of,
    in_every_library,
    in_one_line,
)
from symbackprop.matrices.sums import Along, Reduction, Sum, SumAll
from symbackprop.proof_lines import Shown


class LineProduct(Reduction):
    """The product of the entries of each column (axis 0) or of each row (axis 1)."""

    named_by_axis = True

    @property
    def spoken(self) -> str:  # type: ignore[override]
        """colprod or rowprod."""
        return ("colprod", "rowprod")[self.axis]


class ProductOfAll(Operation):
    """The product of all entries, a scalar."""

    spoken = "prod"

    def shape_of(self, *given: Shape) -> Shape:
        return ()


class OthersInLine(Along):
    """For each entry the product of all others in its column (axis 0) or in its row (axis 1)."""

    named_by_axis = True

    @property
    def spoken(self) -> str:  # type: ignore[override]
        """colprod_others or rowprod_others."""
        return ("colprod_others", "rowprod_others")[self.axis]


class Others(Operation):
    """For each entry the product of all others."""

    spoken = "prod_others"

    def shape_of(self, *given: Shape) -> Shape:
        return given[0]


def rowprod(a: Any) -> MatrixExpr:
    """The product of the entries of each row: an m×1 column."""
    return applied_matrix("rowprod", a, (matrix("rowprod", a).shape[0], 1))


def colprod(a: Any) -> MatrixExpr:
    """The product of the entries of each column: a 1×n row."""
    return applied_matrix("colprod", a, (1, matrix("colprod", a).shape[1]))


def prod(a: Any) -> Expr:
    """The product of all entries, a scalar."""
    return applied_scalar("prod", a)


def _others(of: Arithmetic) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    return lambda line: tuple(
        reduce(mul, (x for k, x in enumerate(line) if k != place), of.number(1)) for place in range(len(line))
    )


def _others_of_all(of: Arithmetic, node: Others, a: Grid) -> Grid:
    return along_all(_others(of), a)


def _numeric_others(np: Any, z: Any, axis: int) -> Any:
    """The entries before times the entries behind."""
    z = np.moveaxis(z, axis, 0)
    rest = [np.prod(np.delete(z, k, axis=0), axis=0) for k in range(len(z))]
    return np.moveaxis(np.stack(rest), 0, axis)


_NUMPY = '''def product_of_others(z: Array, axis: int | None) -> Array:
    """Give for each entry the product of all others along the axis, or of all others where the axis is None."""
    zero = z == 0
    rest = np.where(zero, 1, z)
    whole, count = rest.prod(axis=axis, keepdims=True), zero.sum(axis=axis, keepdims=True)
    return np.where(count > zero, 0, whole)/rest'''
_KERNEL = Kernel(
    "product_of_others", ("z", "axis: int | None"),
    "For each entry the product of all others along the axis, or of all others where the axis is None.",
    """
    if axis is None:
        return $xp.reshape(product_of_others($xp.reshape(z, (1, -1)), 1), z.shape)
    zero = $xp.where(z == 0, $xp.ones_like(z), $xp.zeros_like(z))
    rest = z + zero
    whole, count = $xp.prod(rest, $axis=axis, $keepdims=True), $xp.sum(zero, $axis=axis, $keepdims=True)
    return $xp.where(count > zero, $xp.zeros_like(z), whole)/rest""",
)  # fmt: skip
_KERNELS: Mapping[str, Kernel | str] = {**in_every_library(_KERNEL), "numpy": _NUMPY}


def _words(word: str, axis: int, said: str) -> Words:
    name = rf"\mathrm{{{word}}}"
    return Words(
        word,
        f"{{}}.prod(axis={axis}, keepdims=True)",
        f"$xp.prod({{}}, $axis={axis}, $keepdims=True)",
        meaning=(name, f"{name}(A)", f" is the {said}"),
    )


def _other_words(word: str, axis: str, of: str) -> Words:
    form = f"product_of_others({{}}, axis={axis})"
    escaped = word.replace("_", r"\_")
    name = rf"\mathrm{{{escaped}}}"
    meaning = (name, f"{name}(A)", f" has for each entry the product of all others {of}".rstrip())
    return Words(word, form, form, helper="product_of_others", kernels=_KERNELS, meaning=meaning)


def _others_pass(node: OthersInLine, i: int, g: Expr, y: Expr) -> Expr:
    return (Sum(g * y, Integer(node.axis)) - g * y) / node.args[0]


_LINE: tuple[Shown, ...] = (
    Shown(
        r"\prod_{k\ne i}A_{k}",
        left=r"\frac{\partial Y}{\partial A_{i}}",
        why="of one row or column, Y is the entry times all others, which do not hold it",
    ),
    Shown(
        r"\bigl\langle G\circ \mathrm{prod\_others}(A),\,\mathrm{d}A\bigr\rangle",
        left=r"\langle G,\,\mathrm{d}Y\rangle",
        why="the same for every entry; the products of the others are colprod_others(A) or rowprod_others(A)",
    ),
)
_ALL: tuple[Shown, ...] = (
    Shown(
        r"\prod_{k\ne i}A_{k}",
        left=r"\frac{\partial y}{\partial A_{i}}",
        why="y is the entry times all others, which do not hold it",
    ),
    Shown(
        r"\bigl\langle g\,\mathrm{prod\_others}(A),\,\mathrm{d}A\bigr\rangle",
        left=r"g\,\mathrm{d}y",
        why="the same for every entry",
    ),
)
_OTHERS: tuple[Shown, ...] = (
    Shown(
        r"\frac{Y_{j}}{A_{i}}\quad(i\ne j)",
        left=r"\frac{\partial Y_{j}}{\partial A_{i}}",
        why=(
            "the product without the entry j has the factor i once, and the rest of it is what is left when "
            "that is divided out"
        ),
    ),
    Shown(
        "0",
        left=r"\frac{\partial Y_{i}}{\partial A_{i}}",
        why="the product of the others does not hold the entry itself",
    ),
    Shown(
        r"\frac{\sum_{j}G_{j}\,Y_{j}-G_{i}\,Y_{i}}{A_{i}}",
        left=r"\sum_{j}G_{j}\,\frac{\partial Y_{j}}{\partial A_{i}}",
        why="both cases, added up: all of the sum but its own term",
    ),
    Shown(
        r"\Bigl\langle \bigl(\mathrm{sum}(G\circ Y)-G\circ Y\bigr)\oslash A,\,\mathrm{d}A\Bigr\rangle",
        left=r"\langle G,\,\mathrm{d}Y\rangle",
        why="the same for every entry",
    ),
)

RECORDS = (
    Record(
        LineProduct,
        adjoint=Adjoint(
            LineProduct, ALWAYS, "Y = colprod(A) or rowprod(A)", "A gets G∘colprod_others(A) or G∘rowprod_others(A)",
            "a product passes back to each entry the product of the others",
            lambda node, i, g, y: g * OthersInLine(*node.args),
            proof=_LINE,
        ),
        entries=lambda of, node, a: along(node.axis, lambda line: (reduce(mul, line),), a),
        numeric=lambda np, node, a, _: a.prod(axis=node.axis - 2, keepdims=True),
        bounds=lambda a: a.multiplied,
        words=(
            _words("rowprod", 1, "column of the products of its rows"),
            _words("colprod", 0, "row of the products of its columns"),
        ),
        usages=(
            to_matrix("rowprod", lambda a: LineProduct(a, 1)),
            to_matrix("colprod", lambda a: LineProduct(a, 0)),
        ),
        said="products",
    ),
    Record(
        ProductOfAll,
        adjoint=Adjoint(
            ProductOfAll, ALWAYS, "y = prod(A)", "A gets g·prod_others(A)",
            "a product passes back to each entry the product of the others",
            lambda node, i, g, y: g * Others(node.args[0]),
            proof=_ALL,
        ),
        entries=lambda of, node, a: grid_of(reduce(mul, in_one_line(a))),
        numeric=lambda np, node, a: a.prod(axis=(-2, -1), keepdims=True),
        bounds=lambda a: a.multiplied,
        words=(
            Words(
                "prod", "{}.prod()", "$xp.prod({})",
                meaning=(r"\mathrm{prod}", r"\mathrm{prod}(A)", " is the product of all entries"),
            ),
        ),
        usages=(to_matrix("prod", ProductOfAll),),
    ),
    Record(
        OthersInLine,
        adjoint=Adjoint(
            OthersInLine, "no entry of A zero", "Y = colprod_others(A) or rowprod_others(A)",
            "A gets (sum(G∘Y) − G∘Y)⊘A",
            "each entry stands in the products that belong to the others",
            _others_pass, uses=2,
            proof=_OTHERS,
        ),
        entries=lambda of, node, a: along(node.axis, _others(of), a),
        numeric=lambda np, node, a, _: _numeric_others(np, a, node.axis - 2),
        words=(_other_words("rowprod_others", "1", "in its row"), _other_words("colprod_others", "0", "in its column")),
        usages=(
            to_matrix("rowprod_others", lambda a: OthersInLine(a, 1)),
            to_matrix("colprod_others", lambda a: OthersInLine(a, 0)),
        ),
    ),
    Record(
        Others,
        adjoint=Adjoint(
            Others, "no entry of A zero", "Y = prod_others(A)", "A gets (sum(G∘Y) − G∘Y)⊘A",
            "each entry stands in the products that belong to the others",
            lambda node, i, g, y: (SumAll(g * y) - g * y) / node.args[0], uses=2,
            proof=_OTHERS,
        ),
        entries=_others_of_all,
        numeric=lambda np, node, a: _numeric_others(np, flat(a), -1).reshape(a.shape),
        words=(_other_words("prod_others", "None", ""),),
        usages=(to_matrix("prod_others", Others),),
    ),
)  # fmt: skip
