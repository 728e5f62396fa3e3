"""A training step as lines in the order in which they are best worked out: loss, gradients, updates.

A gradient is worked out as soon as it can be, and a weight moved as soon as nothing reads its old value, so that each
array is needed for as short a time as may be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sympy import Expr, Integer, Symbol

from symbackprop.calculus import Derivation
from symbackprop.functions import relu, step
from symbackprop.notation import Order
from symbackprop.numeric.loops import UpdateRule
from symbackprop.numeric.program.line import GRADIENTS, Fresh, Line, needed
from symbackprop.numeric.program.lines import lines_of
from symbackprop.numeric.tuned.scaling import scaled

UPDATE = "update"
"""The part of a program that moves the weights."""


@dataclass(frozen=True)
class Program:
    """The lines of a step, and the names that are none of the network's.

    ``fixed`` maps the names of numbers to what they stand for, or to themselves: sizes, constants, options, and the two
    that change at each step, ``rate`` and ``count``. ``states`` are the arrays that an optimiser keeps, by weight.
    ``in_advance`` tells that signals and gradients are multiplied by the rate.
    """

    lines: tuple[Line, ...]
    fresh: Fresh
    order: Order
    fixed: dict[Symbol, Expr]
    options: dict[Symbol, float]
    rate: Symbol
    count: Symbol
    states: dict[str, tuple[Symbol, ...]]
    in_advance: bool


def program_of(derivation: Derivation, rule: UpdateRule, trained: Collection[str], accurate: bool = False) -> Program:
    """The step that moves these weights; ``accurate`` where it keeps digits far from zero that move no weight."""
    network = derivation.network
    found = lines_of(derivation, accurate)
    fresh = found.fresh
    gradients = {w: target for w, target in _gradients(found.lines, found.results).items() if w.name in trained}
    rate, count = (fresh.name(word, Integer(1)) for word in ("rate", "count"))
    options = {Symbol(word): fresh.name(word, Integer(1)) for word in rule.options}
    in_advance = scaled(found.lines, {*derivation.backward, *gradients.values()}, rate) if _is_descent(rule) else None
    names = {rule.rate: Integer(1) if in_advance else rate, rule.number: count, **options}
    updates: list[list[Line]] = []
    states: dict[str, tuple[Symbol, ...]] = {}
    for w, gradient in gradients.items():
        kept = {old: fresh.name(f"{old}_{w.name}", w) for old in rule.kept}
        states[w.name] = tuple(kept.values())
        updates.append(_update_lines(rule, w, kept, {**names, rule.gradient: gradient}))
    fixed: dict[Symbol, Expr] = {s: s for s in (*network.sizes, rate, count, *options.values())}
    for constant in found.constants:
        fixed[constant.name] = constant.value
    return Program(
        lines=tuple(_scheduled(_of_outputs(in_advance or found.lines), updates, network.loss)),
        fresh=fresh,
        order=found.order,
        fixed=fixed,
        options={symbol: rule.options[word.name] for word, symbol in options.items()},
        rate=rate,
        count=count,
        states=states,
        in_advance=in_advance is not None,
    )


def _update_lines(
    rule: UpdateRule, weight: Symbol, states: Mapping[Symbol, Symbol], names: Mapping[Symbol, Expr]
) -> list[Line]:
    """The lines that move one weight in place.

    ``names`` has what the program has for the gradient, the rate, the number of the update and the options; ``states``
    those for what is kept, which changes in place too. What an equation finds on the way is put in where it is used.
    """
    known: dict[Symbol, Expr] = {rule.weight: weight, **names, **states}
    places = {new: states[old] for old, new in rule.kept.items()} | {rule.moved: weight}
    lines = []
    for left, right in rule.equations:
        value = right.xreplace(known)
        if left in places:
            lines.append(Line((places[left],), value, UPDATE))
            known[left] = places[left]
        else:
            known[left] = value
    return lines


def _is_descent(rule: UpdateRule) -> bool:
    """Whether a weight is moved by the rate times its gradient, and that is all."""
    return rule.equations == ((rule.moved, rule.weight - rule.rate * rule.gradient),)


def _gradients(lines: Sequence[Line], results: Mapping[Symbol, str]) -> dict[Symbol, Symbol]:
    """What each gradient is called, as a symbol."""
    targets = {symbol.name: symbol for line in lines for symbol in line.targets}
    return {w: targets[name] for w, name in results.items()}


def _of_outputs(lines: Sequence[Line]) -> list[Line]:
    """The lines with step(z) read off relu(z), where that has a name, so that z need not be kept."""
    known = {step(line.value.args[0]): step(line.targets[0]) for line in lines if isinstance(line.value, relu)}
    return [replace(line, value=line.value.xreplace(known)) for line in lines]


def _scheduled(lines: Sequence[Line], updates: Sequence[Sequence[Line]], loss: Symbol) -> Iterator[Line]:
    """The lines that are needed: gradients and updates as early as they may be, no update before the loss."""
    todo = needed(lines, {loss}.union(*(line.value.free_symbols for update in updates for line in update)))
    reads = {line.targets: line.value.free_symbols for line in todo}
    waiting = {symbol for line in todo for symbol in line.targets}
    readers = Counter(symbol for symbols in reads.values() for symbol in symbols)
    moves = [(update, _touched(update)) for update in updates]
    while todo or moves:
        known = loss not in waiting
        free = (m for m in moves if not any(symbol in waiting or readers[symbol] for symbol in m[1]))
        move = next(free, None) if known else None
        if move is not None:
            moves.remove(move)
            yield from move[0]
            continue
        ready = (line for line in todo if line.part == GRADIENTS and reads[line.targets].isdisjoint(waiting))
        line = next(ready, todo[0]) if known else todo[0]
        todo.remove(line)
        waiting.difference_update(line.targets)
        readers.subtract(reads[line.targets])
        yield line


def _touched(update: Sequence[Line]) -> set[Symbol]:
    """What an update changes, and the gradient, which it may write over."""
    return set().union(*(line.value.free_symbols | set(line.targets) for line in update))
