"""Formulas over names of which some are matrices.

``*``, ``/``, ``**`` and functions work entry by entry, and repeat rows, columns and scalars as NumPy does; ``@`` is the
matrix product and ``.T`` the transpose. Each part is read together with the shape that it stands for: an expression's
own shape may be smaller, as that of 1 is where ones(m, 1) is meant, and SymPy has taken X - X for 0.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import final

from sympy import Expr, Integer, Symbol

from symbackprop.errors import NetworkError, SpecError
from symbackprop.functions.user import UserFunction
from symbackprop.matrices import Shape, as_whole, shape_of
from symbackprop.matrices.operations.record import Read
from symbackprop.matrices.shapes import named, same_shape, shape_of_all
from symbackprop.matrices.vocabulary import times, transposed
from symbackprop.network.formulas.matrix_table import MATRIX_WORDS, WORDS, Word, apart, check_matrix
from symbackprop.network.formulas.names import quote
from symbackprop.network.formulas.reader import Reader
from symbackprop.network.formulas.sizes import is_size
from symbackprop.network.formulas.table import LOSSES, VECTOR
from symbackprop.network.sizes import sizes_of

_OF_ALL = {"max": "largest", "min": "smallest"}
"""What max and min are of one matrix; of several values they are taken entry by entry."""
_SIGNS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}


@final
class MatrixReader(Reader):
    """Turns one formula into an array expression. The sizes of the matrices are known by name."""

    matrices = True

    def __init__(
        self, text: str, symbols: Mapping[str, Symbol], functions: Mapping[str, type[UserFunction]], where: str
    ) -> None:
        self.sizes = {size.name: size for size in sizes_of(symbols.values())}
        self.parts: dict[ast.expr, Read] = {}
        super().__init__(text, {**self.sizes, **symbols}, functions, where, MATRIX_WORDS - symbols.keys())

    def expression(self) -> Expr:
        """The one value that the formula stands for, of the shape that it stands for."""
        self._read(self.root, 1)
        with self._told():
            return as_whole(*self.parts[self.root])

    def components(self, count: int) -> tuple[Expr, ...]:
        """The components of a formula that stands for ``count`` values, which are scalars."""
        found = self.calls.components(self.root, count)
        self._check_scalars(self.root)
        return found

    def _read(self, node: ast.expr, depth: int) -> Expr:
        return self._part(node, depth)[0]

    def _part(self, node: ast.expr, depth: int) -> Read:
        """Read a node with the shape that it stands for, and keep both."""
        with self._told():
            self.parts[node] = self._value(node, depth)
        return self.parts[node]

    def _value(self, node: ast.expr, depth: int) -> Read:
        match node:
            case ast.BinOp(op=ast.MatMult()):
                return self._matrix_product(node, depth)
            case ast.Attribute(value=value, attr="T"):
                operand = self._part(value, depth + 1)
                check_matrix(self.source.segment(node), operand)
                return transposed(*operand)
            case ast.Subscript(value=value, slice=places):
                return self._block(node, self._part(value, depth + 1), places, depth)
            case ast.Call(func=ast.Name(id=("max" | "min") as name), args=[part], keywords=[]):
                operand = self._part(part, depth + 1)
                if operand[1]:
                    return WORDS[_OF_ALL[name]].build(operand)  # type: ignore[no-any-return]
            case ast.Call(func=ast.Name(id=name)) if self._is_matrix_word(name, node):
                return self._word(WORDS[name], name, node, depth)
            case ast.Call(func=ast.Name(id=name), keywords=[_, *_]):
                self.source.fail("arguments", f"{self.source.piece(node)} gives {name} an axis", "leave the axis out")
        expr = self._entrywise(node, depth)
        if isinstance(node, ast.Name):
            return expr, shape_of(expr)
        return expr, self._entry_by_entry(node)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Shapes that do not fit become an error that names the equation."""
        try:
            yield
        except SpecError:
            raise
        except NetworkError as error:
            raise SpecError(error.code, error.what, error.fix, where=self.source.where) from None

    # Entry by entry.

    def _entry_by_entry(self, node: ast.expr) -> Shape:
        """The shape of what has been read entry by entry: that of all its parts, repeated as far as they must be."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in LOSSES and LOSSES[node.func.id].by_entries and not _has_list(node):
                return self._shape_of_loss(node.func.id, node)
            if node.func.id in (*VECTOR, *LOSSES):
                self._check_scalars(node)
        return shape_of_all(self._inner(node))

    def _inner(self, node: ast.AST) -> Iterator[tuple[str, Read]]:
        """The outermost parts within a node that have been read, each with the sign before it."""
        stack = _within("and", node)
        while stack:
            sign, inner = stack.pop()
            if inner in self.parts:
                yield sign, self.parts[inner]
            else:
                stack += _within(sign, inner)

    def _shape_of_loss(self, name: str, node: ast.Call) -> Shape:
        """The shape of the matrix of the losses of entries; outputs and targets must be as many."""
        outputs, targets = (self.parts[arg] for arg in node.args[:2])
        if not same_shape(outputs[1], targets[1]):
            raise NetworkError(
                "shape",
                f"{name} of {named(*outputs)} and {named(*targets)}: the sizes differ",
                "outputs and targets must have one shape; broadcast(t, rows, columns) repeats what is smaller",
            )
        return outputs[1]

    def _check_scalars(self, node: ast.expr) -> None:
        """Refuse matrices in a list of scores, and in one of outputs."""
        if any(shape for _, (_, shape) in self._inner(node)):
            fix = "write softmax(Z, axis=1) for each row of a matrix, and a loss without a list: squared_error(Y, T)"
            self.source.fail("scalar", f"{self.source.piece(node)} is of scalars, and is given a matrix", fix)

    # Operations on matrices.

    def _matrix_product(self, node: ast.expr, depth: int) -> Read:
        """A chain of products, read along; scalars are gathered in front."""
        factors: list[ast.expr] = []
        whole = node
        while isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            factors.append(node.right)
            node = node.left
        scale, total, shape = _scaled(self._part(node, depth + 1))
        for factor in reversed(factors):
            more, right, found = _scaled(self._part(factor, depth + 1))
            again, total, shape = _scaled(times(total, shape, right, found))
            scale *= more * again
        return self.builder.bounded(scale * total, whole), shape

    def _block(self, node: ast.expr, operand: Read, places: ast.expr, depth: int) -> Read:
        """Rows and columns of a matrix, as in A[0:2, :]; of one row and one column the entry, a scalar."""
        check_matrix(self.source.segment(node), operand)
        if not isinstance(places, ast.Tuple) or len(places.elts) != 2:
            fix = "write A[i, :] for a row, A[:, j] for a column, A[i, j] for an entry"
            self.source.fail("places", f"{self.source.piece(node)} does not say rows and columns", fix)
        ends: list[Read] = []
        for place, whole in zip(places.elts, operand[1], strict=True):
            if isinstance(place, ast.Slice):
                if place.step is not None:
                    self.source.fail("places", f"{self.source.piece(node)} has steps", "take what stands side by side")
                lower, upper = (
                    self._size(end, node, depth, True) if end is not None else (left_out, ())
                    for end, left_out in ((place.lower, Integer(0)), (place.upper, whole))
                )
            else:
                lower = self._size(place, node, depth, True)
                upper = (lower[0] + 1, ())
            ends += [lower, upper]
        found: Read = WORDS["block"].build(operand, *ends)
        if not any(isinstance(place, ast.Slice) for place in places.elts):
            return WORDS["total"].build(found)  # type: ignore[no-any-return]
        return found

    def _is_matrix_word(self, name: str, node: ast.Call) -> bool:
        """Whether a call is of an operation on matrices: softmax is one unless it is given a list of scores."""
        return name in WORDS and name not in self.functions and not (name in VECTOR and _has_list(node))

    def _word(self, word: Word, name: str, node: ast.Call, depth: int) -> Read:
        args, keywords = list(node.args), [keyword.value for keyword in node.keywords]
        if keywords and not word.axis:
            self.source.fail("arguments", f"{self.source.piece(node)} gives {name} an axis", f"write {word.usage}")
        self.source.check_count(name, word, args, node)
        if word.axis:
            keywords += args[1:]
            del args[1:]
        split = len(args) - word.sizes
        operands = [self._part(arg, depth + 1) for arg in args[:split]]
        for operand in operands[: word.matrices]:
            check_matrix(self.source.segment(node), operand)
        settings: list[Read | int] = [self._size(arg, node, depth, word.places) for arg in args[split:]]
        if word.axis:
            settings.append(self._axis(name, keywords, node, depth))
        built: Read = word.build(*operands, *settings)
        return self.builder.bounded(built[0], node), built[1]

    def _axis(self, name: str, given: list[ast.expr], node: ast.Call, depth: int) -> int:
        """The axis, which is the second argument or the one with the word axis."""
        if not given:
            self.source.fail(
                "axis",
                f"{self.source.piece(node)} of a matrix has no axis",
                f"write {name}(Z, axis=1) for each row or {name}(Z, axis=0) for each column",
            )
        axis = self._read(given[0], depth + 1)
        if len(given) > 1 or not isinstance(axis, Integer):
            self.source.fail("axis", f"the axis in {self.source.piece(node)} is not one number", "say axis=1 or axis=0")
        return int(axis)

    def _size(self, arg: ast.expr, node: ast.expr, depth: int, place: bool = False) -> Read:
        size = self._read(arg, depth + 1)
        strange = size.free_symbols - frozenset(self.sizes.values())
        if strange or not is_size(size, 0 if place else 1):
            known = ", ".join(sorted(self.sizes)) or "whole numbers"
            self.source.fail(
                "size", f"{quote(self.source.segment(arg))} in {self.source.piece(node)} is not a size",
                f"use whole numbers and the sizes of the network's matrices: {known}",
            )  # fmt: skip
        return size, ()


def _has_list(node: ast.Call) -> bool:
    return any(isinstance(arg, (ast.List, ast.Tuple)) for arg in node.args)


def _within(sign: str, node: ast.AST) -> list[tuple[str, ast.AST]]:
    """The children of a node, last first, each with the sign before it."""
    if isinstance(node, ast.BinOp):
        return [(_SIGNS.get(type(node.op), sign), node.right), (sign, node.left)]
    return [(sign, child) for child in reversed(list(ast.iter_child_nodes(node)))]


def _scaled(part: Read) -> tuple[Expr, Expr, Shape]:
    """The scalar factors of a matrix, the rest, and its shape."""
    expr, shape = part
    scale, rest = apart(expr) if shape else (Integer(1), expr)
    return scale, rest, shape
