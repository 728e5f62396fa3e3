"""Source of the derivation of a matrix network for an array library: the lines that NumPy gets, in its words."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from typing import Any

from sympy import Basic, Expr, Piecewise, Symbol, sign

from symbackprop.calculus import Derivation
from symbackprop.functions import UserFunction, primitive_of
from symbackprop.matrices import Array, Identity, Product, UserOperation, shape_of
from symbackprop.network import fitting as fitting_shapes
from symbackprop.notation.layout import laid_out
from symbackprop.notation.python import assignment
from symbackprop.numeric.constants import Constant
from symbackprop.numeric.libraries.breaking import ArrayBreaker
from symbackprop.numeric.libraries.common import OWN_WORDS, array_of, begun, folder_of, gives_array
from symbackprop.numeric.libraries.layer import LayerWords, layer_of, layer_words
from symbackprop.numeric.libraries.library import Library
from symbackprop.numeric.libraries.writer import ArrayWriter
from symbackprop.numeric.matrix_source import RESERVED, MatrixModule
from symbackprop.numeric.program import FORWARD, parts_of
from symbackprop.numeric.source import ModuleSource
from symbackprop.numeric.wrapping import WIDTH


def matrix_source(derivation: Derivation, library: Library) -> ModuleSource:
    """Write the module of a matrix network for a library."""
    return LibraryMatrixModule(derivation, library).source()


class LibraryMatrixModule(MatrixModule):
    """The module of a matrix network, for a library beside NumPy."""

    template = "array_matrix_module.py.j2"
    checks = (fitting_shapes,)

    def __init__(self, derivation: Derivation, library: Library) -> None:
        self.library = library
        self.helpers = dict(library.array_helpers)
        self.reserved = RESERVED | OWN_WORDS | library.words | self.helpers.keys()
        super().__init__(derivation)

    @property
    def like(self) -> str:
        """The name in the source of an array whose dtype and device all others have."""
        return array_of(self.derivation, self.names)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The names of Python's own numbers: sizes, constants, and what is made of them alone."""
        plain: set[Basic] = {*self.network.sizes, *(c.name for c in self.constants if not c.typed)}
        for line in self.lines:
            arrays = line.helper or any(map(gives_array, parts_of([line.value])))
            if not arrays and line.value.free_symbols <= plain and not isinstance(line.targets[0], Array):
                plain.update(line.targets)
        return frozenset(s.name for s in plain if isinstance(s, Symbol))

    @property
    def writer(self) -> ArrayWriter:
        """What writes the lines."""
        return ArrayWriter(self.library, self.names, self.call, self.numbers, self.like)

    def written(self, expr: Expr) -> str:
        return laid_out(expr, self.order, self.writer.write)

    def assigned(self, targets: str, expr: Expr) -> list[str]:
        parts = added_product(expr)
        if self.library.added_product and parts:
            line = f"{targets} = {self.library.added_product.format(*map(self.written, parts))}"
            if len(line) <= WIDTH:
                return [line]
        breaker = ArrayBreaker(self.writer)
        return laid_out(expr, self.order, lambda node: assignment(targets, node, breaker, WIDTH))

    def argument(self, expr: Expr) -> str:
        return laid_out(expr, self.order, self.writer.array)

    def number(self, constant: Constant) -> str:
        value = self.written(_elementary(constant.value))
        return self.library.number.format(value, self.like) if constant.typed else value

    def copied(self, view: str) -> str:
        return self.library.copy.format(view)

    def call(self, function: Any, arguments: Sequence[str]) -> str | None:
        """The library's function of the name that an operation of the user's has in NumPy; identity matrices."""
        if isinstance(function, UserOperation):
            name = function.numpy.removeprefix("np.")
            return self.checked(function, f"{self.library.namespace}.{name}({', '.join(arguments)})")
        if isinstance(function, Identity):
            return self.library.identity.format(*arguments, self.like)
        return None

    def helper_of(self, node: Basic) -> str:
        """The helper that a node calls; a diagonal matrix has one in every library but NumPy."""
        word = super().helper_of(node)
        return "diagonal_matrix" if word == "diag" else word

    def more_words(self) -> dict[str, Any]:
        return {
            "library": self.library,
            "folder": folder_of(self.library),
            "begin": begun(self.library, [self.like]),
            "layer": self._layer(),
        }

    def _layer(self) -> LayerWords | None:
        layer = layer_of(self.derivation)
        if layer is None:
            return None
        lines = list(self.lines_of(FORWARD, self._needed(layer.output)))
        constants = [line for line in map(self.constant_line, self.constants) if _assigns(line, _names_in(lines))]
        sizes = [line for line in self.size_lines([*constants, *lines]) if _assigns(line, _names_in(constants + lines))]
        if self.names.code(layer.upstream.name) in _names_in(sizes):
            return None  # what it gives has a size that it is not told
        return layer_words(layer, self.derivation, self.names, [*sizes, *constants, *lines])

    def _needed(self, output: Symbol) -> frozenset[Symbol]:
        """What the lines assign that the output is worked out from."""
        needed = {output}
        for line in reversed(self.lines):
            if not needed.isdisjoint(line.targets):
                needed |= line.value.free_symbols
        return frozenset(needed)


def _names_in(lines: Sequence[str]) -> set[str]:
    """The names that lines of source mention."""
    return {node.id for node in ast.walk(ast.parse("\n".join(lines))) if isinstance(node, ast.Name)}


def _assigns(line: str, names: Collection[str]) -> bool:
    return line.split(" = ")[0] in names


def added_product(expr: Expr) -> tuple[Expr, Expr, Expr] | None:
    """The C, A and B of C + A @ B, where C is an array that fits into the product; None for anything else."""
    if not (expr.is_Add and len(expr.args) == 2):
        return None
    for array, product in (expr.args, expr.args[::-1]):
        if isinstance(array, Array) and isinstance(product, Product) and len(product.args) == 2:
            sides = zip(array.shape, shape_of(product), strict=True)
            if all(side in (1, whole) for side, whole in sides):
                return array, *product.args
    return None


def _elementary(expr: Expr) -> Expr:
    """The expression, made of numbers alone, with what Python's own functions can work out."""
    while True:
        known: dict[Basic, Expr] = {}
        for node in parts_of([expr]):
            row = primitive_of(node)
            if isinstance(node, sign):
                (z,) = node.args
                known[node] = Piecewise((1, z > 0), (-1, z < 0), (0, True))
            elif isinstance(node, UserFunction):
                known[node] = node.definition()
            elif row is not None and row.definition is not None:
                known[node] = row.definition(*node.args)
        if not known:
            return expr
        expr = expr.xreplace(known)


def operations_by_name(derivation: Derivation) -> Iterable[UserOperation]:
    """The operations of the user's that are worked out by a function of NumPy's."""
    equations = [*derivation.network.equations.values(), *derivation.backward.values(), *derivation.shared.values()]
    return (node for node in parts_of(equations) if isinstance(node, UserOperation) and node.numpy)
