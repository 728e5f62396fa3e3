"""Source of the derivation of a matrix network for an array library: the lines that NumPy gets, in its words."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from sympy import Basic, Expr, Symbol

from symbackprop.calculus import Derivation
from symbackprop.matrices import Array, Identity, UserOperation
from symbackprop.network import fitting as fitting_shapes
from symbackprop.network.told import told_sizes
from symbackprop.notation.layout import laid_out
from symbackprop.notation.python import assignment
from symbackprop.numeric.constants import Constant
from symbackprop.numeric.fact_lines import Pen
from symbackprop.numeric.libraries.breaking import ArrayBreaker
from symbackprop.numeric.libraries.common import OWN_WORDS, array_of, begun, folder_of, gives_array
from symbackprop.numeric.libraries.expressions import added_product, elementary
from symbackprop.numeric.libraries.layer import Layer, LayerWords, Ways, inputs_of, layer_of, layer_words
from symbackprop.numeric.libraries.library import Library
from symbackprop.numeric.libraries.passes import Passes, needed, passes_of
from symbackprop.numeric.libraries.writer import ArrayWriter
from symbackprop.numeric.matrix_source import RESERVED, MatrixModule
from symbackprop.numeric.program import Line, parts_of
from symbackprop.numeric.source import ModuleSource
from symbackprop.numeric.wrapping import WIDTH, folded, listed


def matrix_source(derivation: Derivation, check_facts: bool = True, *, library: Library) -> ModuleSource:
    """Write the module of a matrix network for a library."""
    return LibraryMatrixModule(derivation, check_facts, library).source()


class LibraryMatrixModule(MatrixModule):
    """The module of a matrix network, for a library beside NumPy."""

    template = "array_matrix_module.py.j2"
    checks = (fitting_shapes,)
    keeps_digits = False  # libraries have σ in one call: with its derivative it takes half as long again

    def __init__(self, derivation: Derivation, check_facts: bool, library: Library) -> None:
        self.library = library
        self.helpers = dict(library.array_helpers)
        self.reserved = RESERVED | OWN_WORDS | library.words | self.helpers.keys()
        super().__init__(derivation, check_facts)

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
        value = self.written(elementary(constant.value))
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

    def fact_pen(self) -> Pen:
        largest = "torch.amax({})" if self.library.name == "torch" else f"{self.library.namespace}.max({{}})"
        layer = layer_of(self.derivation)
        given = [s for s in self.network.leaves if layer is None or s != layer.upstream]
        return replace(
            super().fact_pen(),
            largest=largest,
            before=lambda lines: self.size_lines(lines, given),
            begin=self.library.begin,
            marks=True,
        )

    def more_words(self) -> dict[str, Any]:
        return {
            "library": self.library,
            "xp": self.library.namespace,
            "folder": folder_of(self.library),
            "begin": begun(self.library, [self.like]),
            "loss_name": self.names.code(self.network.loss.name),
            "alone": self._with_sizes(needed(self.lines, [self.network.loss]), self.network.leaves),
            "layer": self._layer(),
        }

    def _layer(self) -> LayerWords | None:
        layer = layer_of(self.derivation)
        if layer is None:
            return None
        passes = passes_of(self.lines, layer.output, self._late(layer), self.numbers)
        if not passes.forward:
            return None  # what it gives has a size that it is not told
        lines = self._with_sizes(needed(passes.forward, [layer.output]), self._last(layer.upstream))
        return layer_words(layer, self.derivation, self.names, lines, self.options()[1:], self._ways(layer, passes))

    def _late(self, layer: Layer) -> set[Symbol]:
        """The adjoint of the output, the sizes that it alone tells, and the constants made of those."""
        late = {layer.upstream}
        for size, (array, axis) in told_sizes(self._last(layer.upstream)).items():
            if array == layer.upstream or not late.isdisjoint(array.shape[axis].free_symbols):
                late.add(size)
        return late | {c.name for c in self.constants if not late.isdisjoint(c.value.free_symbols)}

    def _ways(self, layer: Layer, passes: Passes) -> Ways:
        """The source of both ways."""
        code = self.names.code
        inputs = inputs_of(layer, self.derivation)
        given = self._last(layer.upstream)
        return Ways(
            forward=self._with_sizes(passes.forward, given),
            results=listed([code(s.name) for s in (layer.output, *passes.kept)]),
            parameters=folded([code(name) for name in (*inputs, *_back_names(layer, passes))], "    "),
            back=self._with_sizes(passes.back, given),
            gradients=listed([code(self.results[w]) for w in self.derivation.wrt]),
        )

    def _last(self, name: Symbol) -> list[Symbol]:
        """The values that are given, that one behind the others."""
        return [*(s for s in self.network.leaves if s != name), name]

    def _with_sizes(self, lines: Sequence[Line], given: Sequence[Symbol]) -> list[str]:
        """The source of some lines, behind that of the sizes, which the values given tell, and constants."""
        written = [text for line in lines for text in self.line(line)]
        constants = [line for line in map(self.constant_line, self.constants) if _assigns(line, _names_in(written))]
        return [*self.size_lines([*constants, *written], given), *constants, *written]


def _back_names(layer: Layer, passes: Passes) -> list[str]:
    """What the way back takes beside the inputs of the layer, in the order in which PyTorch hands it over."""
    return [*(s.name for s in (layer.output, *passes.kept)), layer.upstream.name]


def _names_in(lines: Sequence[str]) -> set[str]:
    """The names that lines of source mention."""
    return {node.id for node in ast.walk(ast.parse("\n".join(lines))) if isinstance(node, ast.Name)}


def _assigns(line: str, names: Collection[str]) -> bool:
    return line.split(" = ")[0] in names
