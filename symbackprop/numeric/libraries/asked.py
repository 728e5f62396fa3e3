"""The lines of a way back, each of which runs where a gradient is asked for that needs it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby

from sympy import Symbol

from symbackprop.numeric.libraries.in_place import Steps, steps_of
from symbackprop.numeric.line_writer import LineWriter, Written
from symbackprop.numeric.program.line import Line
from symbackprop.numeric.wrapping import WIDTH, indented


def asked(written: Sequence[tuple[Line, Written]], upstream: Iterable[Symbol], writer: LineWriter) -> list[str]:
    """The source of the lines under conditions on ``wanted``, a set of the names that are differentiated by.

    Lines come as they were ``written``.
    ``upstream`` is what comes back. What some lines make on the way they write to again, where the library is one that
    can.
    """
    every = {Symbol(result): w.name for w, result in writer.program.results.items()}
    lines = [line for line, _ in written]
    serves = _serves(lines, every)
    passed = _made_of(upstream, lines)
    source: list[str] = []
    for names, group in groupby(written, key=lambda one: serves[one[0].targets[0].name]):
        text = [part for line, plain in group for part in _written(line, plain.text, writer, passed)]
        if len(names) == len(every):
            source += text
        else:
            source += [
                *_condition([name for name in every.values() if name in names]),
                *(f"    {part}" for part in text),
            ]
    return source


def _serves(lines: Sequence[Line], every: Mapping[Symbol, str]) -> dict[str, frozenset[str]]:
    """The names whose gradients each target is needed for."""
    found: dict[str, frozenset[str]] = {result.name: frozenset([name]) for result, name in every.items()}
    for line in reversed(lines):
        together = frozenset[str]().union(*(found.get(target.name, frozenset()) for target in line.targets))
        for read in (*line.targets, *line.value.free_symbols):
            found[read.name] = found.get(read.name, frozenset()) | together
    return found


def _made_of(upstream: Iterable[Symbol], lines: Sequence[Line]) -> set[Symbol]:
    """The names of some values and of all that is made of them."""
    found = set(upstream)
    for line in lines:
        if not found.isdisjoint(line.value.free_symbols):
            found.update(line.targets)
    return found


def _written(line: Line, plain: Sequence[str], writer: LineWriter, passed: Collection[Symbol]) -> Sequence[str]:
    """A line; where the library is PyTorch, and nothing in it has to be broken, in steps that go on in one array."""
    steps = steps_of(line, passed) if writer.library.name == "torch" else Steps(line.value)
    target = writer.names.code(line.targets[0].name)
    going_on = [f"{target} {sign} {writer.text(value)}" for sign, value in steps.then]
    if not going_on or max(map(len, going_on)) > WIDTH:
        return plain
    return [*writer.assigned(target, steps.first).text, *going_on]


def _condition(names: Sequence[str]) -> list[str]:
    """Whether the gradient by one of these names is wanted."""
    if len(names) == 1:
        return [f'if "{names[0]}" in wanted:']
    words = ", ".join(f'"{name}"' for name in names)
    line = f"if not wanted.isdisjoint(({words})):"
    return [line] if len(line) <= WIDTH else ["if not wanted.isdisjoint((", *indented(words), ")):"]
