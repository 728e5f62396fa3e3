"""NumPy source of the derivation of a matrix network: one line an equation, and nothing worked out twice."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from types import ModuleType
from typing import Any

from sympy import Basic, Expr, Symbol

from symbackprop.calculus import Derivation
from symbackprop.functions import primitive_of
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.matrices import (
    Array,
    Identity,
    Operation,
    Shape,
    UserOperation,
    spoken,
)
from symbackprop.network import fitting as fitting_shapes
from symbackprop.network.shapes_of_data import stated as stated_shape
from symbackprop.network.told import told_sizes
from symbackprop.notation import NameTable, python, python_assignment, text
from symbackprop.numeric import declared, fitting
from symbackprop.numeric.constants import Constant
from symbackprop.numeric.fact_lines import WORDS, FactWords, Pen, fact_words, said
from symbackprop.numeric.helpers import ARRAY_HELPERS, with_needs
from symbackprop.numeric.matrix_lines import matrix_lines
from symbackprop.numeric.program import BACKWARD, FORWARD, GRADIENTS, Line, parts_of, values_of
from symbackprop.numeric.rendering import rendered
from symbackprop.numeric.sharing import has_another_name
from symbackprop.numeric.source import ModuleSource
from symbackprop.numeric.stable import computed
from symbackprop.numeric.wrapping import WIDTH, folded, listed, literal, quoted, wrapped

CHECKS = (fitting, fitting_shapes)
"""The modules whose functions go into generated modules, to check arrays."""

RESERVED = frozenset(ARRAY_HELPERS) | {
    "np", "math", "forward_backward", "loss_and_gradients", "NAMES", "SHAPES", "FORWARD", "GRADIENTS",
    *(name for module in (*CHECKS, declared) for name, value in vars(module).items() if inspect.isfunction(value)),
}  # fmt: skip
"""What generated modules call their own, so that no name of a network may."""


def matrix_module_source(derivation: Derivation, check_facts: bool = True) -> ModuleSource:
    """Write the module. Every name in it has passed the check of names; the network's title is quoted."""
    return MatrixModule(derivation, check_facts).source()


class MatrixModule:
    """The module of a matrix network, for NumPy; modules for other libraries differ in the parts set apart below."""

    template = "matrix_module.py.j2"
    helpers = ARRAY_HELPERS
    reserved = RESERVED
    checks: tuple[ModuleType, ...] = CHECKS
    keeps_digits = True
    """Whether derivatives keep their digits far from zero also where the network is computed as it is written."""

    def __init__(self, derivation: Derivation, check_facts: bool = True) -> None:
        self.asked, self.check_facts = derivation, check_facts
        self.derivation = derivation = computed(derivation)
        self.network = derivation.network
        self.reserved = self.reserved | (WORDS if derivation.facts else frozenset())
        found = matrix_lines(derivation, self.keeps_digits or derivation is not self.asked)
        self.lines, self.constants, self.results, self.order = found.lines, found.constants, found.results, found.order
        self.names = NameTable.of([*found.own, *(s.name for s in found.fresh.made)], reserved=self.reserved)

    def source(self) -> ModuleSource:
        """The module as text."""
        network = self.asked.network
        leaves = [s.name for s in network.leaves]
        arguments = [self.names.code(name) for name in leaves]
        equations = [name.name for name in network.equations]
        helpers = with_needs(self._helper_names(), self.helpers)
        parts = {part: list(self.lines_of(part)) for part in (FORWARD, BACKWARD, GRADIENTS)}
        constants = list(map(self.constant_line, self.constants))
        written = [*constants, *(line for lines in parts.values() for line in lines)]
        facts = self._facts()
        body = rendered(
            self.template,
            title=quoted(f"Gradients of {network.loss.name} for the network {network.name}."),
            call_example=wrapped(", ".join(f"{a}=..." for a in arguments), indent=" " * 8, first=42),
            contents=self._contents(),
            blocks=[*(self.helpers[name].source for name in helpers), *self._check_of_operations()],
            facts=facts,
            parameters=folded(arguments, "    "),
            keyword_parameters=folded([*arguments, *self.options()], "    "),
            forward_words=f"{equations[0]} ... {equations[-1]}" if len(equations) > 1 else equations[0],
            signal_words=self._signal_words(),
            sizes=[*self.size_lines(written, network.leaves), *constants],
            returned_values=listed([self.names.code(name) for name in equations]),
            returned_gradients=listed([self.names.code(self.results[w]) for w in self.derivation.wrt]),
            argument_list=folded(arguments, "        "),
            loss_position=equations.index(network.loss.name),
            names=literal(leaves),
            shapes=_tuple_literal([_shape_literal(network.shape(s)) for s in network.leaves]),
            forward_names=literal(equations),
            gradient_names=literal([w.name for w in self.derivation.wrt]),
            checks=functions_of(*self.checks),
            **parts,
            **self.more_words(),
        )
        return ModuleSource(body.rstrip() + "\n", dict(zip(leaves, arguments, strict=True)))

    # What modules for other libraries do in another way.

    def more_words(self) -> dict[str, Any]:
        """What the template needs beside the words above."""
        return {"folder": "", "xp": "np"}

    def options(self) -> list[str]:
        """The options of what computes, as its last parameters."""
        return ["*", f"check_facts={self.check_facts}"] if self.derivation.facts else []

    def fact_pen(self) -> Pen:
        """What writes the facts."""
        return Pen(
            assigned=lambda word, expr: self.assigned(word, expr),
            largest="np.max({})",
            before=lambda lines: self.size_lines(lines, self.network.leaves),
        )

    def written(self, expr: Expr) -> str:
        """An expression as source."""
        return python(expr, self.names, self.order, self.call)

    def assigned(self, targets: str, expr: Expr) -> list[str]:
        """``targets = expr`` in lines that fit."""
        return python_assignment(targets, expr, self.names, self.order, self.call, width=WIDTH)

    def argument(self, expr: Expr) -> str:
        """An expression as the argument of a helper."""
        return self.written(expr)

    def number(self, constant: Constant) -> str:
        """The value of a constant as source."""
        value = self.written(constant.value)
        if constant.typed:
            return f"{self.names.code(self.network.leaves[0].name)}.dtype.type({value})"
        return value if constant.is_rational else f"float({value})"

    def copied(self, view: str) -> str:
        """A copy of what may be a view."""
        return f"{view}.copy()"

    def call(self, function: Any, arguments: Sequence[str]) -> str | None:
        """NumPy's own function for an operation of the user's; arrays that are made get the dtype of the others."""
        if isinstance(function, UserOperation):
            return self.checked(function, f"{function.numpy}({', '.join(arguments)})")
        if isinstance(function, Identity):
            return f"np.eye({', '.join(arguments)}, dtype={self.names.code(self.network.leaves[0].name)}.dtype)"
        return None

    def checked(self, function: UserOperation, call: str) -> str:
        """What an operation of the user's gives, whose shape is checked against the one declared."""
        sizes = ", ".join(python(size, self.names, self.order) for size in function.shape)
        return f'declared("{function.spoken}", {call}, {sizes})'

    def helper_of(self, node: Basic) -> str:
        """The name of the helper that a node would call."""
        row = primitive_of(node)
        return node.spoken if isinstance(node, Operation) else (row.name if row is not None else "")

    def _facts(self) -> FactWords | None:
        """The lines that hold data to what is stated of them."""
        codes = {s.name: self.names.code(s.name) for s in self.network.leaves}
        return fact_words(self.derivation, codes, self.fact_pen())

    def _contents(self) -> list[tuple[str, str]]:
        """What the module's docstring tells: the names by role with their shapes, the loss, facts and conventions."""
        network = self.asked.network
        groups = {
            "Inputs": network.inputs, "Targets": network.targets, "Parameters": network.parameters,
            "Gradients": self.derivation.wrt,
        }  # fmt: skip
        lines = [
            (role, ", ".join(f"{self.names.code(s.name)}: {spoken(network.shape(s))}" for s in group))
            for role, group in groups.items()
            if group
        ]
        lines.append(("Loss", f"{network.loss.name} = {self._plain(network.equations[network.loss])}"))
        lines += [("Given that", said(f, self._plain)) for f in self.derivation.facts]
        lines += [("At kinks", convention) for convention in network.conventions]
        return [(role, wrapped(quoted(words), indent=" " * 12, first=12)) for role, words in lines]

    def _plain(self, expr: Expr) -> str:
        return text(expr, self.names, self.derivation.order, unicode=False)

    def _signal_words(self) -> str:
        delta, name = next(((d, n) for n, d in self.derivation.signals.items()), (None, None))
        return f"{delta} is the derivative of {self.network.loss} by {name}, and so on" if delta else ""

    # Sizes and constants

    def size_lines(self, lines: Iterable[str], given: Sequence[Symbol]) -> list[str]:
        """One line a size that the lines use, told by the first of the values given: ``m = X.shape[0]``."""
        used = {node.id for node in ast.walk(ast.parse("\n".join(lines))) if isinstance(node, ast.Name)}
        written: list[str] = []
        for size, (array, axis) in reversed(told_sizes(given).items()):  # a formula reads those above it
            if self.names.code(size.name) in used:
                written.insert(0, f"{self.names.code(size.name)} = {self._read_off(size, array, axis)}")
                used |= {self.names.code(other.name) for other in array.shape[axis].free_symbols}
        return written

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

    def constant_line(self, constant: Constant) -> str:
        """The assignment of a constant."""
        return f"{self.names.code(constant.name.name)} = {self.number(constant)}"

    # Lines

    def lines_of(self, part: str) -> Iterator[str]:
        """The source of one part."""
        for line in self.lines:
            if line.part == part:
                yield from self.line(line)

    def line(self, line: Line) -> list[str]:
        """The source of one line, which may take several."""
        targets = ", ".join(self.names.code(s.name) for s in line.targets)
        if line.helper:
            scores = line.value.scores if isinstance(line.value, SoftmaxComponent) else (line.value,)
            arguments = [self.argument(z) for z in scores]
            return [f"{targets} = {line.helper}({', '.join([*arguments, *line.settings])})"]
        if line.part == GRADIENTS and has_another_name(line.value):
            return [f"{targets} = {self.copied(self.written(line.value))}"]
        return self.assigned(targets, line.value)

    def _check_of_operations(self) -> Iterator[str]:
        """The function that checks what NumPy makes for operations of the user's, where there are any."""
        if any(isinstance(node, UserOperation) for node in self._parts()):
            yield functions_of(declared)

    def _parts(self) -> Iterator[Any]:
        stated = [side for fact in self.derivation.facts for side in fact.args]
        values: Iterable[Expr] = [*values_of(self.lines), *(constant.value for constant in self.constants), *stated]
        yield from parts_of(values)

    def _helper_names(self) -> set[str]:
        names = {line.helper for line in self.lines if line.helper}
        for node in self._parts():
            word = self.helper_of(node)
            if word in self.helpers:
                names.add(word)
        return names


@cache
def functions_of(*modules: ModuleType) -> str:
    """The functions of modules, without their types."""
    return "\n\n\n".join(_functions_of(inspect.getsource(module)) for module in modules)


def _functions_of(source: str) -> str:
    lines = source.splitlines()
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    for node in reversed(functions):
        arguments = ", ".join(argument.arg for argument in node.args.args)
        lines[node.lineno - 1 : node.body[0].lineno - 1] = [f"def {node.name}({arguments}):"]
    return "\n".join(lines[functions[0].lineno - 1 :])


def _shape_literal(shape: Shape) -> str:
    """A shape as source; names of sizes have no quotes in them."""
    return repr(stated_shape(shape)).replace("'", '"')


def _tuple_literal(items: Sequence[str]) -> str:
    """A tuple as source, one item a line."""
    return "(\n" + "".join(f"    {item},\n" for item in items) + ")"
