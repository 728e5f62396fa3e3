"""The words for what a network predicts: the lines forward to some names, and the values that those need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sympy import Symbol

from symbackprop.errors import DerivationError
from symbackprop.network.network import Network
from symbackprop.network.sizes_told import told_sizes
from symbackprop.numeric.convention import Convention
from symbackprop.numeric.line_writer import LineWriter, text_of
from symbackprop.numeric.program.line import needed
from symbackprop.numeric.program.lines import Lines
from symbackprop.numeric.signatures import entries, said, typed
from symbackprop.numeric.wrapping import folded, listed, literal, quoted, wrapped

OWN = frozenset("forward predicted PREDICTED NEEDED".split())
"""What modules that predict call their own."""
SHORT = 36
"""Names that are longer together are not all told in a line."""


@dataclass(frozen=True)
class Forward:
    """The program of some names alone, and the values that it is given, in the order of the network."""

    program: Lines
    names: Sequence[Symbol]
    given: Sequence[Symbol]


def forward_of(network: Network, program: Lines, names: Sequence[Symbol]) -> Forward:
    """The part of a program that names need. Raises DerivationError where they need no value at all."""
    lines = needed(program.lines, names)
    read = {s for line in lines for s in line.value.free_symbols}
    constants = [constant for constant in program.constants if constant.name in read]
    read |= {s for constant in constants for s in constant.value.free_symbols}
    given = _with_sizes(network, [s for s in network.leaves if s in read], read)
    if not given:
        what = f"{', '.join(map(str, names))} needs no value: it is always the same"
        raise DerivationError("constant", what, "name what depends on inputs")
    return Forward(replace(program, lines=lines, constants=constants, results={}), names, given)


def _with_sizes(network: Network, given: Sequence[Symbol], read: Iterable[Symbol]) -> list[Symbol]:
    """The values, with the first others that tell the sizes which lines read or shapes have."""
    wanted = [size for size in network.sizes if size in read]
    found = list(given)
    for size in wanted:
        if size not in told_sizes(found):
            more = next((s for s in network.leaves if s not in found and size in told_sizes([*found, s])), None)
            found += [] if more is None else [more]
    return [s for s in network.leaves if s in found]


@dataclass(frozen=True)
class PredictionWords:
    """What the templates need: the function that computes, and the one that checks before."""

    names: Sequence[str]
    words: str
    call_example: str
    parameters: Sequence[str]
    given: Sequence[str]
    described: Sequence[str]
    kind: str
    returns: str
    prepared: Sequence[str]
    lines: Sequence[str]
    results: Sequence[str]
    predicted: str
    needed: str
    takes: frozenset[str]
    """The modules of Python's own that the lines take something from."""


def prediction_words(
    forward: Forward, writer: LineWriter, convention: Convention, among_others: bool
) -> PredictionWords:
    """The words for a program; ``among_others`` where its module has more values than those that it needs."""
    code = writer.names.code
    arguments = [code(s.name) for s in forward.given]
    written = writer.lines(forward.program.lines, [s.name for s in forward.names])
    lines = [*writer.beginning(written, forward.given), *text_of(written)]
    kind = writer.library.type_of(map(writer.network.shape, forward.names), convention.shaped)
    names = [s.name for s in forward.names]
    word = said(names[0], code)
    begun = f"{word if len(names) == 1 and len(word) <= SHORT else 'predictions'} = forward("
    example = wrapped(", ".join(f"{a}=..." for a in arguments), indent=" " * 8, first=4 + len(begun))
    return PredictionWords(
        names=names,
        words=quoted(_spoken([said(name, code) for name in names])),
        call_example=f"{begun}{example})",
        parameters=typed(arguments),
        given=typed(arguments, writer.library.given),
        described=entries(forward.given, code, convention.shaped, ()),
        kind=kind,
        returns=kind if len(names) == 1 else f"dict[str, {kind}]",
        prepared=_prepared(convention, folded(arguments, "        "), among_others),
        lines=lines,
        results=listed([code(name) for name in names]),
        predicted=literal(names),
        needed=literal([s.name for s in forward.given]),
        takes=frozenset(writer.takes),
    )


def _spoken(names: Sequence[str]) -> str:
    """Names in a few words: all of them, the first and the last, or where they stand."""
    for words in (", ".join(names), f"{names[0]} ... {names[-1]}"):
        if len(words) <= SHORT:
            return words
    return "What PREDICTED names"


def _prepared(convention: Convention, arguments: str, among_others: bool) -> list[str]:
    """The lines that take values in; of a module's shapes those of what is needed."""
    if not among_others:
        return [convention.prepared.format(names="NAMES", shapes="SHAPES", values=arguments)]
    lines = ["shapes = [SHAPES[NAMES.index(name)] for name in NEEDED]"] if convention.shaped else []
    return [*lines, convention.prepared.format(names="NEEDED", shapes="shapes", values=arguments)]
