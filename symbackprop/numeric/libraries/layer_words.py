"""The source of a layer: its outputs alone, and both ways, of which the way back works out nothing again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sympy import Symbol

from symbackprop.calculus import Derivation
from symbackprop.network.sizes_told import told_sizes
from symbackprop.numeric.libraries.asked import asked
from symbackprop.numeric.libraries.fits import fits
from symbackprop.numeric.libraries.layer import Layer, layer_of
from symbackprop.numeric.line_writer import LineWriter, text_of
from symbackprop.numeric.program.line import FORWARD, GRADIENTS, Line, needed
from symbackprop.numeric.program.sharing import has_another_name
from symbackprop.numeric.signatures import CHECK_FACTS, entries, said, typed
from symbackprop.numeric.wrapping import folded, listed, literal


@dataclass(frozen=True)
class Ways:
    """The words for what has a way back that is handed what the way forward has worked out.

    ``results`` are the outputs and what is kept, ``parameters`` those of the way back, ``unasked`` the gradients where
    it may be told to leave some out. ``fits`` tells of shapes that these are right.
    """

    inputs: Sequence[str]
    fits: Sequence[str]
    forward: Sequence[str]
    results: Sequence[str]
    parameters: Sequence[str]
    unasked: Sequence[str]
    back: Sequence[str]
    gradients: Sequence[str]


@dataclass(frozen=True)
class LayerWords:
    """What the template of a layer needs: the names of the outputs in the source, and what they are worked out from.

    There is a tuple of outputs where a layer has ``several``, which ``returns`` is the type of. ``given`` are the
    parameters of its function, ``given_forward`` and ``given_backward`` those of the module's, and what is described of
    each is said in docstrings.
    """

    name: str
    said: str
    adjoints: str
    outputs: Sequence[str]
    upstream: Sequence[str]
    parameters: Sequence[str]
    arguments: str
    given: Sequence[str]
    given_forward: Sequence[str]
    given_backward: Sequence[str]
    described: Sequence[str]
    described_forward: Sequence[str]
    described_backward: Sequence[str]
    returns: str
    inputs: str
    lines: Sequence[str]
    ways: Ways

    @property
    def several(self) -> int:
        """How many outputs there are, where there is not just one."""
        return len(self.outputs) if len(self.outputs) > 1 else 0

    @property
    def outputs_literal(self) -> str:
        """The names of the outputs as source."""
        return literal(self.outputs)

    @property
    def upstream_literal(self) -> str:
        """The names of their adjoints as source."""
        return literal(self.upstream)


@dataclass(frozen=True)
class Passes:
    """The lines forward, to the outputs; those back, to the gradients; and what these are handed of the former."""

    forward: Sequence[Line]
    back: Sequence[Line]
    kept: Sequence[Symbol]


def layer_words(derivation: Derivation, writer: LineWriter, options: Sequence[str], shaped: bool) -> LayerWords | None:
    """The words for the layer that a derivation describes, whose keywords are ``options``; None where it is none."""
    layer = layer_of(derivation)
    if layer is None:
        return None
    inputs = [s for s in derivation.network.leaves if s not in layer.upstream]
    given = [*inputs, *layer.upstream]
    passes = passes_of(writer.program.lines, layer.outputs, _late(layer, given, writer), writer.numbers)
    if not passes.forward:
        return None  # what it gives has a size that it is not told

    def code(names: Iterable[Symbol]) -> list[str]:
        return [writer.names.code(name.name) for name in names]

    checks = [option for option in options if option.startswith(CHECK_FACTS)]
    kinds = [writer.library.type_of([derivation.network.shape(output)], shaped) for output in layer.outputs]
    kind, leaves, names = writer.library.given, derivation.network.leaves, writer.names.code
    return LayerWords(
        name=", ".join(code(layer.outputs)),
        said=", ".join(said(output.name, names) for output in layer.outputs),
        adjoints=", ".join(code(layer.upstream)),
        outputs=[output.name for output in layer.outputs],
        upstream=[adjoint.name for adjoint in layer.upstream],
        parameters=typed(code(inputs)),
        arguments=folded(code(inputs), "        "),
        given=typed(code(inputs), kind, options),
        given_forward=typed(code(inputs), kind, checks),
        given_backward=typed(code(leaves), kind, checks),
        described=entries(inputs, names, shaped, options),
        described_forward=entries(inputs, names, shaped, checks),
        described_backward=entries(leaves, names, shaped, checks),
        returns=f"tuple[{', '.join(kinds)}]" if len(kinds) > 1 else kinds[0],
        inputs=literal([s.name for s in inputs]),
        lines=_source(needed(passes.forward, layer.outputs), layer.outputs, given, writer),
        ways=_ways(passes, layer, inputs, writer),
    )


def loss_ways(derivation: Derivation, writer: LineWriter) -> Ways:
    """The words for a loss, whose gradients are worked out on the way back."""
    network = derivation.network
    alone = Layer((network.loss,), ())
    return _ways(passes_of(writer.program.lines, alone.outputs, (), writer.numbers), alone, network.leaves, writer)


def _ways(passes: Passes, layer: Layer, inputs: Sequence[Symbol], writer: LineWriter) -> Ways:
    code = [writer.names.code(s.name) for s in (*inputs, *layer.outputs, *passes.kept, *layer.upstream)]
    results = code[len(inputs) : len(code) - len(layer.upstream)]
    gradients = [writer.names.code(name) for name in writer.program.results.values()]
    given = [*inputs, *layer.upstream]
    back = writer.lines(passes.back, writer.program.results.values())
    return Ways(
        inputs=code[: len(inputs)],
        fits=fits(inputs, writer.names),
        forward=_source(passes.forward, [*layer.outputs, *passes.kept], given, writer),
        results=listed(results),
        parameters=["wanted: set[str]", *typed(code)],
        unasked=listed(gradients) if len(gradients) > 1 else [],
        back=[
            *writer.beginning(back, given),
            *asked(list(zip(passes.back, back, strict=True)), layer.upstream, writer),
        ],
        gradients=listed(gradients),
    )


def _source(lines: Sequence[Line], results: Iterable[Symbol], given: Sequence[Symbol], writer: LineWriter) -> list[str]:
    written = writer.lines(lines, [s.name for s in results])
    return [*writer.beginning(written, given), *text_of(written)]


def _late(layer: Layer, given: Sequence[Symbol], writer: LineWriter) -> set[Symbol]:
    """The adjoints of the outputs, the sizes that they alone tell, and the constants made of those."""
    late = set(layer.upstream)
    for size, (array, axis) in told_sizes(given).items():
        if array in layer.upstream or not late.isdisjoint(array.shape[axis].free_symbols):
            late.add(size)
    return late | {c.name for c in writer.program.constants if not late.isdisjoint(c.value.free_symbols)}


def passes_of(
    lines: Sequence[Line], outputs: Sequence[Symbol], known_late: Iterable[Symbol], numbers: frozenset[str]
) -> Passes:
    """Divide the lines of a derivation: what needs something ``known_late``, as an adjoint is, belongs to the way back.

    What costs nothing, other names of arrays and what is made of Python's own ``numbers``, is written twice, not handed
    on. The way forward has no lines where an output itself comes late.
    """
    late = set(known_late)
    early: list[Line] = []
    for line in lines:
        if line.part == FORWARD and late.isdisjoint(line.value.free_symbols):
            early.append(line)
        else:
            late.update(line.targets)

    def is_written_back(line: Line) -> bool:
        is_free = not line.helper and (line.value.is_Symbol or has_another_name(line.value))
        return line not in early or line.targets[0].name in numbers or is_free

    back = needed(lines, (s for line in lines if line.part == GRADIENTS for s in line.targets), is_written_back)
    used = {s for line in back for s in line.value.free_symbols}
    kept = [s for line in early if line not in back for s in line.targets if s in used]
    forward = needed(early, [*outputs, *kept]) if late.isdisjoint(outputs) else []
    return Passes(forward, back, [s for s in kept if s not in outputs])
