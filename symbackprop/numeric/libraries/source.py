"""Source of a derivation for an array library: the lines that NumPy gets, in the words of that library."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import Basic, Expr, Piecewise, Symbol, sign

from symbackprop.calculus import Derivation
from symbackprop.functions import UserFunction, primitive_of
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.matrices import Array, Identity, Operation, Product, UserOperation, shape_of
from symbackprop.network import fitting as fitting_shapes
from symbackprop.notation import NameTable, Order
from symbackprop.notation.layout import laid_out
from symbackprop.notation.python import assignment
from symbackprop.numeric.constants import Constant
from symbackprop.numeric.libraries.breaking import ArrayBreaker
from symbackprop.numeric.libraries.layer import Layer, layer_of, needed_for
from symbackprop.numeric.libraries.library import Library
from symbackprop.numeric.libraries.writer import ArrayWriter
from symbackprop.numeric.matrix_source import RESERVED as MATRIX_RESERVED
from symbackprop.numeric.matrix_source import MatrixModule
from symbackprop.numeric.program import FORWARD, parts_of
from symbackprop.numeric.source import RESERVED, ModuleSource, ScalarModule
from symbackprop.numeric.wrapping import WIDTH, folded, literal

_OWN = frozenset(
    "LOSS ERFC OUTPUT INPUTS UPSTREAM Loss Layer loss layer output arrays fitted finished max min abs tuple zip".split()
)
"""What the modules call their own beside what modules for NumPy do."""


def scalar_source(derivation: Derivation, library: Library) -> ModuleSource:
    """Write the module of a scalar network for a library."""
    return _ScalarModule(derivation, library).source()


def matrix_source(derivation: Derivation, library: Library) -> ModuleSource:
    """Write the module of a matrix network for a library."""
    return _MatrixModule(derivation, library).source()


def _folder(library: Library) -> str:
    """Where the templates of a library are."""
    return library.name.replace("-", "_")


def _begun(library: Library, arguments: Sequence[str]) -> list[str]:
    """The lines with which a function begins."""
    return [library.begin.format(arguments[0])] if library.begin else []


class _ScalarModule(ScalarModule):
    template = "array_module.py.j2"

    def __init__(self, derivation: Derivation, library: Library) -> None:
        self.library = library
        self.helpers = dict(library.helpers)
        self.reserved = RESERVED | _OWN | library.words | self.helpers.keys()
        super().__init__(derivation)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The names of values that are Python's own numbers, as no array stands in their equations."""
        plain: set[Symbol] = set()
        for name, expr in self.equations.items():
            if expr.free_symbols <= plain and not any(map(_gives_array, parts_of([expr]))):
                plain.add(name)
        return frozenset(s.name for s in plain)

    def written(self, expr: Expr, names: NameTable, order: Order | None) -> str:
        return laid_out(expr, order, self._writer(expr, names).write)

    def assigned(self, target: str, expr: Expr, names: NameTable, order: Order | None, width: int) -> list[str]:
        breaker = ArrayBreaker(self._writer(expr, names))
        return laid_out(expr, order, lambda node: assignment(target, node, breaker, width))

    def argument(self, expr: Expr) -> str:
        return laid_out(expr, self.derivation.order, self._writer(expr, self.names).array)

    def _writer(self, expr: Expr, names: NameTable) -> ArrayWriter:
        if names is self.names:
            return ArrayWriter(self.library, names, self.call, self.numbers, _like(self.derivation, names))
        # The formula of a function of the user's; its first parameter is an array.
        first = min(expr.free_symbols, key=lambda s: s.name, default=None)
        return ArrayWriter(self.library, names, self.call, frozenset(), names.code(first.name) if first else "")

    def first_lines(self, arguments: Sequence[str]) -> list[str]:
        return _begun(self.library, arguments)

    def more_words(self) -> dict[str, Any]:
        leaves = [self.names.code(s.name) for s in self.network.leaves]
        return {
            "library": self.library,
            "folder": _folder(self.library),
            "begin": _begun(self.library, [_like(self.derivation, self.names)]),
            "keyword_parameters": folded([*leaves, "*", 'reduction="mean"'], "    "),
            "layer": self._layer(),
        }

    def _layer(self) -> LayerWords | None:
        layer = layer_of(self.derivation)
        if layer is None:
            return None
        lines = self.forward_lines(needed_for(layer.output, self.derivation))
        return _layer_words(layer, self.derivation, self.names, list(lines))


class _MatrixModule(MatrixModule):
    template = "array_matrix_module.py.j2"
    checks = (fitting_shapes,)

    def __init__(self, derivation: Derivation, library: Library) -> None:
        self.library = library
        self.helpers = dict(library.array_helpers)
        self.reserved = MATRIX_RESERVED | _OWN | library.words | self.helpers.keys()
        super().__init__(derivation)

    @property
    def like(self) -> str:
        """The name in the source of an array whose dtype and device all others have."""
        return _like(self.derivation, self.names)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The names of Python's own numbers: sizes, constants, and what is made of them alone."""
        plain: set[Basic] = {*self.network.sizes, *(c.name for c in self.constants if not c.typed)}
        for line in self.lines:
            arrays = line.helper or any(map(_gives_array, parts_of([line.value])))
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
            "folder": _folder(self.library),
            "begin": _begun(self.library, [self.like]),
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
        return _layer_words(layer, self.derivation, self.names, [*sizes, *constants, *lines])

    def _needed(self, output: Symbol) -> frozenset[Symbol]:
        """What the lines assign that the output is worked out from."""
        needed = {output}
        for line in reversed(self.lines):
            if not needed.isdisjoint(line.targets):
                needed |= line.value.free_symbols
        return frozenset(needed)


@dataclass(frozen=True)
class LayerWords:
    """What the template of a layer needs: the name of the output in the source, and what it is worked out from."""

    name: str
    output: str
    upstream: str
    parameters: str
    inputs: str
    lines: Sequence[str]


def _layer_words(layer: Layer, derivation: Derivation, names: NameTable, lines: Sequence[str]) -> LayerWords:
    inputs = [s.name for s in derivation.network.leaves if s != layer.upstream]
    parameters = folded([names.code(name) for name in inputs], "        ")
    return LayerWords(
        names.code(layer.output.name), layer.output.name, layer.upstream.name, parameters, literal(inputs), lines
    )


def _names_in(lines: Sequence[str]) -> set[str]:
    """The names that lines of source mention."""
    return {node.id for node in ast.walk(ast.parse("\n".join(lines))) if isinstance(node, ast.Name)}


def _assigns(line: str, names: Collection[str]) -> bool:
    return line.split(" = ")[0] in names


def _like(derivation: Derivation, names: NameTable) -> str:
    """The name in the source of a value that is an array in every function."""
    layer = layer_of(derivation)
    return next(names.code(s.name) for s in derivation.network.leaves if layer is None or s != layer.upstream)


def _gives_array(node: Basic) -> bool:
    """Whether the source has an array for a node even where it is made of numbers."""
    row = primitive_of(node)
    helped = row is not None and row.definition is not None
    return helped or isinstance(node, (Operation, UserFunction, SoftmaxComponent, sign))


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
