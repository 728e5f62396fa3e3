"""The lines of a program as source: in NumPy's words, or in those of a library that is stricter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from sympy import Basic, Expr, Symbol

from symbackprop.calculus import Derivation
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.matrices import Array, Identity, UserOperation
from symbackprop.network.sizes_told import told_sizes
from symbackprop.notation import NameTable, python
from symbackprop.notation.layout import laid_out
from symbackprop.notation.nodes import Name, Node, Operand, OwnCall
from symbackprop.notation.python import PythonWriter, assignment
from symbackprop.notation.python.breaking import FormulaBreaker
from symbackprop.notation.python.writer import FormulaCode
from symbackprop.numeric.libraries.expressions import added_product, elementary, gives_array
from symbackprop.numeric.libraries.layer import array_of
from symbackprop.numeric.libraries.library import Library
from symbackprop.numeric.libraries.writer import ArrayWriter
from symbackprop.numeric.program.constants import Constant
from symbackprop.numeric.program.line import GRADIENTS, Line, parts_of
from symbackprop.numeric.program.lines import Lines
from symbackprop.numeric.program.sharing import has_another_name
from symbackprop.numeric.wrapping import WIDTH, indented


@dataclass(frozen=True)
class Written:
    """Lines of source, the names of values and sizes that they read, and the modules that they take something from."""

    text: tuple[str, ...]
    reads: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()


class LineWriter:
    """Writes the lines of a program for one library; ``names`` has the names in the source.

    ``like`` is a value that is an array wherever the lines run, which others take their dtype from.
    """

    def __init__(
        self, derivation: Derivation, program: Lines, names: NameTable, library: Library, like: Symbol | None = None
    ) -> None:
        self.network, self.program, self.names, self.library = derivation.network, program, names, library
        self.order = program.order
        self.like = names.code((like or array_of(derivation)).name)
        self.takes: set[str] = set()
        """The modules that the lines take something from which have been written by now."""

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The names of Python's own numbers: sizes, constants, and what is made of them alone."""
        plain: set[Basic] = {*self.network.sizes, *(c.name for c in self.program.constants if not c.typed)}
        for line in self.program.lines:
            arrays = line.helper or any(map(gives_array, parts_of([line.value])))
            if not arrays and line.value.free_symbols <= plain and not isinstance(line.targets[0], Array):
                plain.update(line.targets)
        return frozenset(s.name for s in plain if isinstance(s, Symbol))

    @cached_property
    def _writer(self) -> FormulaCode:
        if not self.library.strict:
            return PythonWriter(self.names, self._call)
        return ArrayWriter(self.library, self.names, self._call, self.numbers, self.like)

    def assigned(self, targets: str, expr: Expr) -> Written:
        """``targets = expr`` in lines that fit."""
        library = self.library
        parts = added_product(expr) if library.added_product else None
        if parts:
            line = f"{targets} = {library.added_product.format(*map(self.text, parts))}"
            if len(line) <= WIDTH:
                return self._written((line,), _read(parts))
        return laid_out(
            expr,
            self.order,
            lambda node: self._written(
                tuple(assignment(targets, node, FormulaBreaker(self._writer), WIDTH)), frozenset(_names(node))
            ),
        )

    def _written(self, text: tuple[str, ...], reads: frozenset[str]) -> Written:
        """Lines that have just been written, with what they take."""
        takes = frozenset(self._writer.takes)
        self._writer.takes.clear()
        self.takes |= takes
        return Written(text, reads, takes)

    def _of_library(self, form: str, *words: object) -> str:
        """What the library has in its own words, by its module."""
        self._writer.takes.add(self.library.namespace)
        return form.format(*words)

    def lines(self, lines: Sequence[Line], results: Iterable[str]) -> list[Written]:
        """The source of the lines of a function with results of these names; what nothing reads is called ``_``."""
        read = {s.name for line in lines for s in line.value.free_symbols}.union(results)
        return [self.line(line, read) for line in lines]

    def line(self, line: Line, read: Collection[str]) -> Written:
        """The source of one line, which may take several."""
        targets = ", ".join(self.names.code(s.name) if s.name in read else "_" for s in line.targets)
        if line.helper:
            return self._helper_call(targets, line)
        if line.part == GRADIENTS and has_another_name(line.value):
            return self._written(
                (f"{targets} = {self._of_library(self.library.copy, self.text(line.value))}",), _read([line.value])
            )
        return self.assigned(targets, line.value)

    def _helper_call(self, targets: str, line: Line) -> Written:
        scores = line.value.scores if isinstance(line.value, SoftmaxComponent) else (line.value,)
        arguments = [*map(self._argument, scores), *line.settings]
        text = [f"{targets} = {line.helper}({', '.join(arguments)})"]
        if len(text[0]) > WIDTH:
            text = ["(", *indented(targets), f") = {line.helper}(", *indented(", ".join(arguments)), ")"]
        return self._written(tuple(text), _read(scores))

    def constant(self, constant: Constant) -> Written:
        """The assignment of a constant."""
        value = self.text(elementary(constant.value) if self.library.strict else constant.value)
        if constant.typed:
            value = self._of_library(self.library.number, value, self.like)
        elif not (self.library.strict or constant.is_rational):
            value = f"float({value})"
        return self._written((f"{self.names.code(constant.name.name)} = {value}",), _read([constant.value]))

    def sizes(self, lines: Sequence[Written], given: Sequence[Symbol]) -> list[Written]:
        """One line a size that the lines read, told by the first of the values given: ``m = X.shape[0]``."""
        used = {name for line in lines for name in line.reads}
        written: list[Written] = []
        for size, (array, axis) in reversed(told_sizes(given).items()):  # a formula reads those above it
            if size.name in used:
                text = f"{self.names.code(size.name)} = {self._read_off(size, array, axis)}"
                others = {other.name for other in array.shape[axis].free_symbols}
                written.insert(0, Written((text,), frozenset([array.name, *others])))
                used |= others
        return written

    def beginning(self, lines: Sequence[Written], given: Sequence[Symbol]) -> list[str]:
        """The lines before some others: the library, sizes and constants that these need.

        Sizes are those that the values ``given`` tell.
        """
        used = {name for line in lines for name in line.reads}
        constants = [self.constant(one) for one in self.program.constants if one.name.name in used]
        begin = self.found(self.like, [*constants, *lines])
        return [*begin, *text_of([*self.sizes([*constants, *lines], given), *constants])]

    def found(self, like: str, lines: Iterable[Written]) -> list[str]:
        """How a function finds the library by an array, where its lines need that."""
        needed = any(self.library.namespace in line.takes for line in lines)
        return [self.library.begin.format(like)] if self.library.begin and needed else []

    def _read_off(self, size: Symbol, array: Array, axis: int) -> str:
        """The size as a side of an array tells it, which is the size, or a formula that the size has no power in."""
        side, found = array.shape[axis], f"{self.names.code(array.name)}.shape[{axis}]"
        base, step = side.subs(size, 0), side.diff(size)
        less = f" - {self._bracketed(base)}" if base != 0 else ""
        if step == 1:
            return f"{found}{less}"
        return f"({found}{less})//{self._bracketed(step)}" if less else f"{found}//{self._bracketed(step)}"

    def _bracketed(self, size: Expr) -> str:
        written = python(size, self.names, self.order)
        return written if size.is_Symbol or (size.is_Integer and size > 0) else f"({written})"

    def text(self, expr: Expr) -> str:
        """An expression in one line."""
        return laid_out(expr, self.order, self._writer.write)

    def _argument(self, expr: Expr) -> str:
        """An expression as the argument of a helper, which takes arrays alone where the library is strict."""
        return laid_out(expr, self.order, self._writer.argument)

    def _call(self, function: Any, arguments: Sequence[str]) -> str | None:
        """The library's function for an operation of the user's; arrays that are made get the dtype of the others."""
        if isinstance(function, UserOperation):
            sizes = ", ".join(python(size, self.names, self.order) for size in function.shape)
            word = self._of_library(f"{self.library.namespace}.{{}}", function.numpy.removeprefix("np."))
            call = f"{word}({', '.join(arguments)})"
            return f'declared("{function.spoken}", {call}, {sizes})'
        if isinstance(function, Identity):
            return self._of_library(self.library.identity, *arguments, self.like)
        if isinstance(function, SoftmaxComponent):  # one of them alone: that entry of the list
            return f"{function.spoken}_of({', '.join(map(self._argument, function.scores))})[{function.index - 1}]"
        return None


def text_of(lines: Iterable[Written]) -> list[str]:
    """The source of some lines."""
    return [text for line in lines for text in line.text]


def _read(exprs: Iterable[Expr]) -> frozenset[str]:
    """The names that the source of some expressions reads."""
    return frozenset(name for expr in exprs for name in laid_out(expr, None, lambda node: list(_names(node))))


def _names(part: Any) -> Iterator[str]:
    """The names that are written for a node; shapes are not, but for those that are checked."""
    if isinstance(part, Name):
        yield part.name
    elif isinstance(part, Operand):
        yield from _names(part.node)
    elif isinstance(part, Node):
        for field in fields(part):  # type: ignore[arg-type]  # every kind of node is a dataclass
            yield from _names(getattr(part, field.name))
        if isinstance(part, OwnCall) and isinstance(part.source, UserOperation):
            yield from (s.name for size in part.source.shape for s in size.free_symbols)
    elif isinstance(part, tuple):
        for item in part:
            yield from _names(item)
