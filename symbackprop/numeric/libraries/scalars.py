"""Source of the derivation of a scalar network for an array library: the lines that NumPy gets, in its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from sympy import Expr, Symbol

from symbackprop.algebra import Tails
from symbackprop.calculus import Derivation
from symbackprop.notation import NameTable, Order
from symbackprop.notation.layout import laid_out
from symbackprop.notation.python import assignment
from symbackprop.numeric.fact_lines import Pen
from symbackprop.numeric.libraries.breaking import ArrayBreaker
from symbackprop.numeric.libraries.common import OWN_WORDS, array_of, begun, folder_of, gives_array
from symbackprop.numeric.libraries.layer import LayerWords, layer_of, layer_words, needed_for
from symbackprop.numeric.libraries.library import Library
from symbackprop.numeric.libraries.writer import ArrayWriter
from symbackprop.numeric.program import parts_of
from symbackprop.numeric.source import RESERVED, ModuleSource, ScalarModule
from symbackprop.numeric.wrapping import folded


def scalar_source(derivation: Derivation, check_facts: bool = True, *, library: Library) -> ModuleSource:
    """Write the module of a scalar network for a library."""
    return LibraryScalarModule(derivation, check_facts, library).source()


class LibraryScalarModule(ScalarModule):
    """The module of a scalar network, for a library beside NumPy."""

    template = "array_module.py.j2"

    def __init__(self, derivation: Derivation, check_facts: bool, library: Library) -> None:
        self.library = library
        self.helpers = dict(library.helpers)
        self.reserved = RESERVED | OWN_WORDS | library.words | self.helpers.keys()
        super().__init__(derivation, check_facts)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The names of values that are Python's own numbers, as no array stands in their equations."""
        plain: set[Symbol] = set()
        for name, expr in self.equations.items():
            if expr.free_symbols <= plain and not any(map(gives_array, parts_of([expr]))):
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
            return ArrayWriter(self.library, names, self.call, self.numbers, array_of(self.derivation, names))
        # The formula of a function of the user's; its first parameter is an array.
        first = min(expr.free_symbols, key=lambda s: s.name, default=None)
        return ArrayWriter(self.library, names, self.call, frozenset(), names.code(first.name) if first else "")

    def accurate(self, expr: Expr, tails: Tails) -> Expr:
        """As it is, unless the loss is computed in another form: σ together with its derivative takes longer."""
        return expr if self.derivation is self.asked else super().accurate(expr, tails)

    def is_written(self, name: Symbol) -> bool:
        return True  # where the loss alone is asked for

    def first_lines(self, arguments: Sequence[str]) -> list[str]:
        return begun(self.library, arguments)

    def fact_pen(self) -> Pen:
        return replace(super().fact_pen(), begin=self.library.begin, marks=True)

    def more_words(self) -> dict[str, Any]:
        leaves = [self.names.code(s.name) for s in self.network.leaves]
        return {
            "library": self.library,
            "folder": folder_of(self.library),
            "begin": begun(self.library, [array_of(self.derivation, self.names)]),
            "xp": self.library.namespace,
            "keyword_parameters": folded([*leaves, "*", 'reduction="mean"', *self.more_options()], "    "),
            "loss_name": self.names.code(self.network.loss.name),
            "alone": list(self.forward_lines(needed_for(self.network.loss, self.derivation))),
            "layer": self._layer(),
        }

    def _layer(self) -> LayerWords | None:
        layer = layer_of(self.derivation)
        if layer is None:
            return None
        lines = self.forward_lines(needed_for(layer.output, self.derivation))
        return layer_words(layer, self.derivation, self.names, list(lines), self.more_options())
