"""The source of a derivation: a module of its own, one line an equation, forward, backward, then the gradients."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sympy import Basic, Expr, Symbol

from symbackprop.calculus import Derivation
from symbackprop.functions import primitive_of
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.matrices import Operation, Shape, UserOperation, spoken
from symbackprop.network.facts import Fact
from symbackprop.network.predictions import predictions_of
from symbackprop.network.shapes_of_data import stated as stated_shape
from symbackprop.notation import NameTable, text
from symbackprop.numeric.convention import Convention
from symbackprop.numeric.fact_lines import WORDS, fact_words
from symbackprop.numeric.facts import spoken_as
from symbackprop.numeric.helpers import DECLARED, with_needs
from symbackprop.numeric.libraries.layer_words import LayerWords, layer_words, loss_ways
from symbackprop.numeric.libraries.library import Library
from symbackprop.numeric.line_writer import LineWriter, text_of
from symbackprop.numeric.prediction import OWN as PREDICTING
from symbackprop.numeric.prediction import Forward, PredictionWords, forward_of, prediction_words
from symbackprop.numeric.program.joint import written_out
from symbackprop.numeric.program.line import BACKWARD, FORWARD, GRADIENTS, Line, needed, parts_of, values_of
from symbackprop.numeric.program.lines import Lines, lines_of
from symbackprop.numeric.rendering import rendered
from symbackprop.numeric.signatures import AMBIGUOUS, CHECK_FACTS, entries, typed
from symbackprop.numeric.stable import computed
from symbackprop.numeric.wrapping import folded, listed, literal, quoted, wrapped

OWN = PREDICTING | frozenset(
    "math Any Array Sequence forward_backward loss_and_gradients NAMES FORWARD GRADIENTS".split()
)
"""What every generated module calls its own, so that no name of a network may."""

_DOUBLE_QUOTES = str.maketrans("'", '"')
OWN_OF_LAYERS = frozenset("forward backward output outputs OUTPUTS INPUTS INPUT_SHAPES UPSTREAM".split())
"""What the modules of layers call their own as well."""

_PARTS = (FORWARD, BACKWARD, GRADIENTS)


@dataclass(frozen=True)
class ModuleSource:
    """Source of a module, and the names under which its function takes values.

    ``forward`` writes the function of the module once more, without the lines that only gradients need.
    """

    text: str
    arguments: dict[str, str]
    forward: Callable[[], str] = field(repr=False)


def module_source(
    derivation: Derivation, convention: Convention, library: Library, check_facts: bool, stable: bool = True
) -> ModuleSource:
    """Write the module. Every name in it has passed the check of names; the network's title is quoted.

    Where it is not ``stable``, the equations are computed as they are written, also where they overflow.
    """
    return Module(derivation, convention, library, check_facts, stable).source()


class Module:
    """The module of a derivation for one library."""

    def __init__(
        self, derivation: Derivation, convention: Convention, library: Library, check_facts: bool, stable: bool
    ) -> None:
        self.asked, self.convention, self.library, self.check_facts = derivation, convention, library, check_facts
        self.derivation = derivation = computed(derivation) if stable else derivation
        self.network = derivation.network
        self.program = lines_of(derivation, library.keeps_digits or derivation is not self.asked, stable)
        reserved = OWN | library.reserved | self.convention.words | (WORDS if derivation.facts else frozenset())
        reserved |= OWN_OF_LAYERS if self.network.outputs else frozenset()
        reserved |= AMBIGUOUS - {s.name for s in self.network.leaves}
        made = (s.name for s in self.program.fresh.made)
        self.names = NameTable.of([*self.program.own, *made], reserved=reserved)
        self.writer = LineWriter(derivation, self.program, self.names, library)

    def source(self) -> ModuleSource:
        """The module as text."""
        network, library, convention, code = self.asked.network, self.library, self.convention, self.names.code
        leaves = [s.name for s in network.leaves]
        arguments = list(map(code, leaves))
        facts = fact_words(self.derivation, self.writer)
        checks = [f"{CHECK_FACTS}: bool = {self.check_facts}"] if self.derivation.facts else []
        options, shaped = [*convention.options, *checks], convention.shaped
        has_layer = library.layers or network.outputs
        layer = layer_words(self.derivation, self.writer, options, shaped) if has_layer else None
        prediction = None if network.outputs else self._prediction()
        words = {
            **self._pass_words(self.program.lines, list(self.program.results.values())),
            "alone": self._alone() if library.layers else [],
            "loss_ways": loss_ways(self.derivation, self.writer) if library.layers and not network.outputs else None,
        }
        by_part = library.layers and (layer or not network.outputs)  # a loss or a layer for its own differentiation
        takes = {*self.writer.takes, *(prediction.takes if prediction else ())} | ({"part"} if by_part else set())
        body = rendered(
            "module.py.j2",
            library=library,
            convention=convention,
            folder=library.name,
            title=quoted(self._title()),
            calls=self._calls(arguments, layer),
            has_loss=not network.outputs,
            contents=self._contents(),
            facts=facts,
            given=typed(arguments, library.given, options),
            described=entries(network.leaves, code, shaped, options),
            loss_type=library.type_of([()], shaped),
            gradient_type=library.type_of(map(network.shape, self.derivation.wrt), shaped),
            argument_list=folded(arguments, "        "),
            loss_name=code(network.loss.name),
            loss_position=list(network.to_loss).index(network.loss),
            names=literal(leaves),
            shapes=_tuple_literal([_shape_literal(network.shape(s)) for s in network.leaves]),
            forward_names=literal([name.name for name in network.equations]),
            gradient_names=literal([w.name for w in self.derivation.wrt]),
            prediction=prediction,
            layer=layer,
            **self._frame(self.program, takes, self.derivation.facts),
            **words,
        )
        return ModuleSource(body.rstrip() + "\n", dict(zip(leaves, arguments, strict=True)), self.forward_pass)

    def _title(self) -> str:
        network = self.asked.network
        if not network.outputs:
            return f"Gradients of {network.loss.name} for the network {network.name}."
        return f"Forward and backward pass of the layer {network.name.removesuffix(' layer')}."

    def _calls(self, arguments: Sequence[str], layer: LayerWords | None) -> list[str]:
        """How the functions of the module are called, for its docstring."""
        if layer is None or not self.asked.network.outputs:
            call = wrapped(", ".join(f"{a}=..." for a in arguments), indent=" " * 8, first=42)
            return [f"loss, gradients = loss_and_gradients({call})"]
        code, upstream = self.names.code, layer.upstream
        inputs = ", ".join(f"{code(s.name)}=..." for s in self.asked.network.leaves if s.name not in upstream)
        both = ", ".join(f"{a}=..." for a in arguments)
        forward, backward = (wrapped(words, indent=" " * 8, first=26) for words in (inputs, both))
        return [f"{layer.said} = forward({forward})", f"gradients = backward({backward})"]

    def predicting(self, names: Sequence[Symbol]) -> ModuleSource:
        """A module of its own that computes these names alone, from what they need, by the same lines."""
        network, code = self.asked.network, self.names.code
        forward = forward_of(self.network, self.program, names)
        words = self._words_of(forward, among_others=False)
        body = rendered(
            "predictor.py.j2",
            library=self.library,
            convention=self.convention,
            folder=self.library.name,
            title=quoted(f"{words.words} of the network {network.name}, from the values that it needs."),
            contents=self._contents_of({"Takes": forward.given, "Gives": forward.names}),
            shapes=_tuple_literal([_shape_literal(network.shape(s)) for s in forward.given]),
            prediction=words,
            **self._frame(forward.program, words.takes),
        )
        return ModuleSource(body.rstrip() + "\n", {s.name: code(s.name) for s in forward.given}, self.forward_pass)

    def _frame(self, program: Lines, takes: Collection[str], facts: Collection[Fact] = ()) -> dict[str, Any]:
        """What stands around the lines of a program: imports, and the helpers that they call.

        ``takes`` are modules of Python's own that the lines take something from.
        """
        parts = self._parts(program, facts)
        among = self.library.helpers
        helpers = [among[name] for name in with_needs(self._helper_names(program, parts), among)]
        helpers += [DECLARED] if any(isinstance(node, UserOperation) for node in parts) else []
        taken = set(takes).union(*(helper.takes for helper in helpers))
        return {
            "takes": taken | ({"math"} if facts or self.convention.shaped else set()),
            "imported": [helper.imported for helper in helpers if helper.imported],
            "blocks": [helper.source for helper in helpers if helper.source],
        }

    def _prediction(self) -> PredictionWords | None:
        """The words for what the network predicts; None where that is nothing, or needs a target."""
        names = predictions_of(self.asked.network)
        forward = forward_of(self.network, self.program, names) if names else None
        if forward is None or not set(self.network.targets).isdisjoint(forward.given):
            return None
        return self._words_of(forward, among_others=True)

    def _words_of(self, forward: Forward, among_others: bool) -> PredictionWords:
        writer = LineWriter(self.derivation, forward.program, self.names, self.library, forward.given[0])
        return prediction_words(forward, writer, self.convention, among_others)

    def forward_pass(self) -> str:
        """The source of the function of the module without the lines that only gradients need."""
        lines = needed(self.program.lines, self.asked.network.equations)
        return rendered("pass.j2", library=self.library, convention=self.convention, **self._pass_words(lines, []))

    def _pass_words(self, lines: Sequence[Line], results: Sequence[str]) -> dict[str, Any]:
        """What the template of the function needs that runs the lines, with those results behind the forward values."""
        code, network = self.names.code, self.asked.network
        gives = [*(name.name for name in network.equations), *results]
        sources = list(zip(lines, self.writer.lines(lines, gives), strict=True))
        written = {part: [source for line, source in sources if line.part == part] for part in _PARTS}
        equations = [name.name for name in network.equations]
        return {
            "parameters": typed(code(s.name) for s in network.leaves),
            "sizes": self.writer.beginning([one for ones in written.values() for one in ones], network.leaves),
            **{part: text_of(ones) for part, ones in written.items()},
            "forward_words": f"{equations[0]} ... {equations[-1]}" if len(equations) > 1 else equations[0],
            "signal_words": self._signal_words(),
            "returned_values": listed(list(map(code, equations))),
            "returned_gradients": listed(list(map(code, results))) if results else [],
        }

    def _alone(self) -> list[str]:
        """The lines of the loss alone."""
        lines = self.writer.lines(needed(self.program.lines, [self.network.loss]), [self.network.loss.name])
        return [*self.writer.beginning(lines, self.network.leaves), *text_of(lines)]

    def _contents(self) -> list[tuple[str, str]]:
        """What the module's docstring tells: the names by role, the loss, facts and conventions."""
        lines = contents(self.asked, self._described, self._plain, self.derivation.facts)
        return list(map(_content, lines))

    def _contents_of(self, groups: Mapping[str, Sequence[Symbol]]) -> list[tuple[str, str]]:
        """The names of some groups, each under what the group is called."""
        return [_content((role, ", ".join(map(self._described, group)))) for role, group in groups.items() if group]

    def _described(self, name: Symbol) -> str:
        """A name, with its shape where the module knows shapes."""
        code = self.names.code(name.name)
        return f"{code}: {spoken(self.asked.network.shape(name))}" if self.convention.shaped else code

    def _plain(self, expr: Expr) -> str:
        return text(expr, self.names, self.derivation.order, unicode=False)

    def _signal_words(self) -> str:
        delta, name = next(((d, n) for n, d in self.derivation.signals.items()), (None, None))
        return f"{delta} is the derivative of {self.network.loss} by {name}, and so on" if delta else ""

    # What the lines need

    def _parts(self, program: Lines, facts: Collection[Fact]) -> list[Basic]:
        """Every node that is written."""
        constants = (constant.value for constant in program.constants)
        stated = (written_out(side) for fact in facts for side in fact.args)
        return parts_of([*values_of(program.lines), *constants, *stated])

    def _helper_names(self, program: Lines, parts: Sequence[Basic]) -> set[str]:
        names = {line.helper for line in program.lines if line.helper}
        called = {line.value for line in program.lines if line.helper}
        return names | {word for node in parts if (word := self._helper_of(node, called)) in self.library.helpers}

    def _helper_of(self, node: Basic, called: Collection[Basic]) -> str:
        """The name of the helper that a node would call; those ``called`` by a line of their own call none."""
        if isinstance(node, SoftmaxComponent):
            return "" if node in called else f"{node.spoken}_of"
        if isinstance(node, Operation):
            return self.library.helper_of(node.spoken)
        row = primitive_of(node)
        return row.name if row is not None else ""


def contents(
    derivation: Derivation, described: Callable[[Symbol], str], plain: Callable[[Expr], str], facts: Iterable[Fact] = ()
) -> Iterator[tuple[str, str]]:
    """What a module tells of a derivation: the names by role, the loss if there is one, facts and conventions."""
    network = derivation.network
    groups = {
        "Inputs": network.inputs, "Constants" if network.outputs else "Targets": network.constants,
        "Parameters": network.parameters, "Outputs": network.outputs, "Adjoints": network.outputs.values(),
        "Gradients": derivation.wrt,
    }  # fmt: skip
    yield from ((role, ", ".join(map(described, group))) for role, group in groups.items() if group)
    if not network.outputs:
        yield "Loss", f"{network.loss.name} = {plain(network.equations[network.loss])}"
    yield from (("Given that", spoken_as(fact, plain)) for fact in facts)
    yield from (("At kinks", words) for words in network.conventions)


def _content(line: tuple[str, str]) -> tuple[str, str]:
    """A line of a module's docstring: its heading, and its words in lines that fit."""
    heading, words = line
    return heading, wrapped(quoted(words), indent=" " * 12, first=12)


def _shape_literal(shape: Shape) -> str:
    """A shape as source; names of sizes have no quotes in them."""
    return repr(stated_shape(shape)).translate(_DOUBLE_QUOTES)


def _tuple_literal(items: Sequence[str]) -> str:
    """A tuple as source, one item a line."""
    return "(\n" + "".join(f"    {item},\n" for item in items) + ")"
