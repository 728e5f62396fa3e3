"""NumPy source of a derivation: a module of its own, one line an equation, forward then backward."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Basic, Expr, Integer, Symbol

from symbackprop.algebra import Tails, stabilised
from symbackprop.calculus import Derivation
from symbackprop.functions import UserFunction, primitive_of
from symbackprop.functions.softmax import SoftmaxComponent, log_softmax_component, softmax_component
from symbackprop.notation import NameTable, Order, python, python_assignment, text
from symbackprop.numeric.fact_lines import WORDS, FactWords, Pen, fact_words, said
from symbackprop.numeric.helpers import HELPERS, IMPORTS, with_needs
from symbackprop.numeric.program import gradient_names
from symbackprop.numeric.rendering import rendered
from symbackprop.numeric.slopes import helper_of, named_slopes, slopes_in
from symbackprop.numeric.stable import computed
from symbackprop.numeric.wrapping import WIDTH, folded, indented, listed, literal, quoted, wrapped

RESERVED = frozenset(HELPERS) | {
    "np", "math", "forward_backward", "loss_and_gradients", "reduction", "NAMES", "FORWARD", "GRADIENTS",
}  # fmt: skip
"""What generated modules call their own, so that no name of a network may."""


@dataclass(frozen=True)
class ModuleSource:
    """Source of a module, and the names under which its function takes and returns values."""

    text: str
    arguments: dict[str, str]


def module_source(derivation: Derivation, check_facts: bool = True) -> ModuleSource:
    """Write the module. Every name in it has passed the check of names; the network's title is quoted."""
    return ScalarModule(derivation, check_facts).source()


class ScalarModule:
    """The module of a scalar network, for NumPy; modules for other libraries differ in the parts set apart below."""

    template = "module.py.j2"
    helpers = HELPERS
    reserved = RESERVED

    def __init__(self, derivation: Derivation, check_facts: bool = True) -> None:
        self.asked, self.check_facts = derivation, check_facts
        self.derivation = derivation = computed(derivation)
        self.network = derivation.network
        self.equations = stabilised(self.network.equations)
        tails = Tails(self.network.equations)
        self.backward = {name: self.accurate(expr, tails) for name, expr in derivation.backward.items()}
        self.shared = {w: self.accurate(expr, tails) for w, expr in derivation.shared.items()}
        self.softmaxes = {e: name for name, e in self.network.equations.items() if isinstance(e, SoftmaxComponent)}
        self.reserved = self.reserved | (WORDS if derivation.facts else frozenset())
        own = [s.name for s in (*self.network.names, *derivation.backward)]
        self.results = gradient_names(derivation, own)
        taken = {*own, *self.results.values()}
        slopes = slopes_in((*self.backward.values(), *self.shared.values()))
        self.named_slopes = named_slopes(slopes, self.equations, taken)
        self.slopes = dict(self.named_slopes.values())
        self.logarithms = self._logarithm_names(taken)
        users = sorted({type(f).__name__ for f in self._functions() if isinstance(f, UserFunction)})
        self.functions = NameTable.of(users, reserved=self.reserved)
        self.reserved = self.reserved | {self.functions.code(name) for name in users}
        self.names = NameTable.of(
            [*own, *self.results.values(), *(s.name for s in (*self.slopes.values(), *self.logarithms.values()))],
            reserved=self.reserved,
        )

    def _logarithm_names(self, taken: Iterable[str]) -> dict[SoftmaxComponent, Symbol]:
        """A name for each logarithm of a softmax that a stable loss needs, such as log_p1 for log(p1)."""
        used = set(taken)
        names: dict[SoftmaxComponent, Symbol] = {}
        for softmax, name in self.softmaxes.items():
            component = log_softmax_component(Integer(softmax.index), *softmax.scores)
            if isinstance(softmax, softmax_component) and component not in self.softmaxes:
                word = f"log_{name.name}"
                while word in used:
                    word += "_"
                used.add(word)
                names[component] = Symbol(word)
        return names

    def source(self) -> ModuleSource:
        """The module as text."""
        network = self.asked.network
        leaves = [s.name for s in network.leaves]
        arguments = [self.names.code(name) for name in leaves]
        equations = [name.name for name in network.equations]
        results = [self.names.code(self.results[w]) for w in self.derivation.wrt]
        helpers = with_needs(self._helper_names(), self.helpers)
        facts = self._facts()
        body = rendered(
            self.template,
            facts=facts,
            signature=folded([*arguments, "*", 'reduction="mean"', *self.more_options()], "    "),
            title=quoted(f"Gradients of {network.loss.name} for the network {network.name}."),
            call_example=wrapped(", ".join(f"{a}=..." for a in arguments), indent=" " * 8, first=42),
            contents=self._contents(),
            imports=sorted({IMPORTS[name] for name in helpers if name in IMPORTS} | ({"math"} if facts else set())),
            blocks=[*(self.helpers[name].source for name in helpers), *self._user_functions()],
            parameters=folded(arguments, "    "),
            forward_words=f"{equations[0]} ... {equations[-1]}" if len(equations) > 1 else equations[0],
            signal_words=self._signal_words(),
            forward=list(self.forward_lines()),
            backward=list(self._lines(self.backward.items())),
            gradients=list(self._gradient_lines()),
            returned_values=listed([self.names.code(name) for name in equations]),
            returned_gradients=listed(results),
            argument_list=folded(arguments, "        "),
            loss_position=list(network.equations).index(network.loss),
            names=literal(leaves),
            forward_names=literal(equations),
            gradient_names=literal([w.name for w in self.derivation.wrt]),
            **self.more_words(),
        )
        return ModuleSource(body.rstrip() + "\n", dict(zip(leaves, arguments, strict=True)))

    # What modules for other libraries do in another way.

    def more_words(self) -> dict[str, Any]:
        """What the template needs beside the words above."""
        return {"folder": "", "xp": "np"}

    def more_options(self) -> list[str]:
        """The options of what computes, beside how it adds up."""
        return [f"check_facts={self.check_facts}"] if self.derivation.facts else []

    def accurate(self, expr: Expr, tails: Tails) -> Expr:
        """An expression of the backward pass with the digits that it has far from zero."""
        return tails.accurate(expr)

    def written(self, expr: Expr, names: NameTable, order: Order | None) -> str:
        """An expression as source."""
        return python(expr, names, order, self.call)

    def assigned(self, target: str, expr: Expr, names: NameTable, order: Order | None, width: int) -> list[str]:
        """``target = expr`` in lines of that width."""
        return python_assignment(target, expr, names, order, self.call, width=width)

    def fact_pen(self) -> Pen:
        """What writes the facts."""
        order = self.derivation.order
        return Pen(assigned=lambda word, expr: self.assigned(word, expr, self.names, order, WIDTH))

    def argument(self, expr: Expr) -> str:
        """An expression as the argument of a helper."""
        return self.written(expr, self.names, self.derivation.order)

    def is_written(self, name: Symbol) -> bool:
        """Whether an equation has a line as it is; a function beside which its derivative is worked out has none."""
        return name not in self.named_slopes

    def first_lines(self, arguments: Sequence[str]) -> list[str]:
        """The lines with which a function of these arguments begins."""
        return []

    def _facts(self) -> FactWords | None:
        """The lines that hold data to what is stated of them."""
        codes = {s.name: self.names.code(s.name) for s in self.network.leaves}
        return fact_words(self.derivation, codes, self.fact_pen())

    def _contents(self) -> list[tuple[str, str]]:
        """What the module's docstring tells: the names by role, the loss, the conventions."""
        network = self.asked.network
        groups = {
            "Inputs": network.inputs, "Targets": network.targets, "Parameters": network.parameters,
            "Gradients": self.derivation.wrt,
        }  # fmt: skip
        lines = [(role, ", ".join(self.names.code(s.name) for s in group)) for role, group in groups.items() if group]
        lines.append(("Loss", f"{network.loss.name} = {self._plain(network.equations[network.loss])}"))
        lines += [("Given that", said(f, self._plain)) for f in self.derivation.facts]
        lines += [("At kinks", convention) for convention in network.conventions]
        return [(role, wrapped(quoted(words), indent=" " * 12, first=12)) for role, words in lines]

    # The lines of the computation.

    def forward_lines(self, wanted: Collection[Symbol] | None = None) -> Iterator[str]:
        """One line an equation, of all or of those wanted; the components of one softmax share a line."""
        done: set[Symbol] = set()
        for name, expr in self.equations.items():
            if name in done or (wanted is not None and name not in wanted):
                continue
            if isinstance(expr, SoftmaxComponent) and expr == self.network.equations[name]:
                targets = self._components(expr)
                done.update(targets.values())
                yield from self._softmax_lines(targets.values(), expr)
            elif name in self.named_slopes and wanted is None:
                slope, symbol = self.named_slopes[name]
                pair = f"{self.names.code(name.name)}, {self.names.code(symbol.name)}"
                yield f"{pair} = {helper_of(slope)}({self.argument(slope.args[0])})"
            else:
                for component in sorted(expr.atoms(log_softmax_component) & self.logarithms.keys(), key=_index):
                    if self.logarithms[component] not in done:
                        logarithms = [self.logarithms[sibling] for sibling in component.siblings()]
                        done.update(logarithms)
                        yield from self._softmax_lines(logarithms, component)
                yield from self._assignment(name.name, expr.xreplace(self.logarithms))

    def _components(self, expr: SoftmaxComponent) -> dict[SoftmaxComponent, Symbol]:
        return {sibling: self.softmaxes[sibling] for sibling in expr.siblings()}

    def _softmax_lines(self, targets: Iterable[Symbol], expr: SoftmaxComponent) -> list[str]:
        """All components of one softmax at once, in several lines where one is too short."""
        left = ", ".join(self.names.code(s.name) for s in targets)
        line = f"{left} = {self._softmax(expr)}"
        if len(line) <= WIDTH:
            return [line]
        scores = ", ".join(self.argument(z) for z in expr.scores)
        return ["(", *indented(left), f") = {expr.spoken}(", *indented(scores), ")"]

    def _softmax(self, expr: SoftmaxComponent) -> str:
        return f"{expr.spoken}({', '.join(self.argument(z) for z in expr.scores)})"

    def _gradient_lines(self) -> Iterator[str]:
        for w, name in self.results.items():
            yield from self._assignment(name, self.shared[w].xreplace(self.slopes))

    def _lines(self, pairs: Iterable[tuple[Symbol, Expr]]) -> Iterator[str]:
        for name, expr in pairs:
            yield from self._assignment(name.name, expr.xreplace(self.slopes))

    def _assignment(self, target: str, expr: Expr) -> list[str]:
        code = self.names.code(target)
        return self.assigned(code, expr, self.names, self.derivation.order, WIDTH)

    def call(self, function: Any, arguments: Sequence[str]) -> str | None:
        """A user's function by its name in the code; a lone component of a softmax as that entry of the list."""
        if isinstance(function, UserFunction):
            return f"{self.functions.code(type(function).__name__)}({', '.join(arguments)})"
        if isinstance(function, SoftmaxComponent):
            return f"{self._softmax(function)}[{function.index - 1}]"
        return None

    # What the lines need.

    def _functions(self) -> Iterator[Basic]:
        seen: set[Basic] = set()
        stack: list[Basic] = [
            *(side for fact in self.derivation.facts for side in fact.args),
            *(expr for name, expr in self.network.equations.items() if self.is_written(name)),
            *(expr for name, expr in self.equations.items() if self.is_written(name)),
            *(expr.xreplace(self.slopes) for expr in (*self.backward.values(), *self.shared.values())),
        ]  # fmt: skip
        while stack:
            node = stack.pop()
            if node in seen or not node.args:
                continue
            seen.add(node)
            stack.extend(node.args)
            if isinstance(node, UserFunction):
                stack.append(node.body)
            yield node

    def _helper_names(self) -> set[str]:
        names = {helper_of(slope) for slope in self.slopes}
        for node in self._functions():
            row = primitive_of(node)
            word = node.spoken if isinstance(node, SoftmaxComponent) else (row.name if row is not None else "")
            if word in self.helpers:
                names.add(word)
        return names

    def _user_functions(self) -> list[str]:
        found = {type(node).__name__: type(node) for node in self._functions() if isinstance(node, UserFunction)}
        return [self._user_function(found[name]) for name in sorted(found, key=lambda n: (_depth(found[n]), n))]

    def _user_function(self, function: type[UserFunction]) -> str:
        body = function.body.xreplace(dict(zip(function.parameters, function.written, strict=True)))
        names = NameTable.of([p.name for p in function.written], reserved=self.reserved | {"value"})
        arguments = ", ".join(names.code(p.name) for p in function.written)
        head = f"def {self.functions.code(function.__name__)}({arguments}):"
        first = self.first_lines([names.code(p.name) for p in function.written])
        head = "\n".join([head, *(f"    {line}" for line in first)])
        if len(line := f"    return {self.written(body, names, None)}") <= WIDTH:
            return f"{head}\n{line}"
        lines = self.assigned("value", body, names, None, WIDTH - 4)
        return "\n".join([head, *(f"    {line}" for line in lines), "    return value"])

    def _plain(self, expr: Expr) -> str:
        return text(expr, self.names, self.derivation.order, unicode=False)

    def _signal_words(self) -> str:
        delta, name = next(((d, n) for n, d in self.derivation.signals.items()), (None, None))
        return f"{delta} is the derivative of {self.network.loss} by {name}, and so on" if delta else ""


def _depth(function: type[UserFunction]) -> int:
    """How deep a user's function calls others of the user's: callers come after those that they call."""
    inner = [_depth(type(f)) for f in function.body.atoms(UserFunction)]
    return 1 + max(inner, default=0)


def _index(component: SoftmaxComponent) -> int:
    return component.index
