"""Every number of a derivation as JavaScript: forward values, error signals, gradients, local derivatives.

It is for pages, which show them all while a reader moves the inputs. A matrix network is written out at its sizes, so
that one writer serves both kinds: the lines of the derivation are a network of their own (``as_network``), and that is
written entry by entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sympy import Expr, Symbol

from symbackprop.algebra import Tails, stabilised
from symbackprop.calculus import Derivation
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.network.expand import entry_grids
from symbackprop.network.facts import Fact, sign_of
from symbackprop.network.network import Network
from symbackprop.notation import NameTable, text
from symbackprop.numeric.facts import ROUNDINGS, TOLERANCE, forgives, scale_of, spoken_as
from symbackprop.numeric.helpers import with_needs
from symbackprop.numeric.javascript.helpers import HELPERS
from symbackprop.numeric.javascript.module import RESERVED, as_list, as_object, quoted
from symbackprop.numeric.javascript.typed import typed_functions
from symbackprop.numeric.javascript.writer import JavaScriptWriter, assigned
from symbackprop.numeric.program.constants import with_constants
from symbackprop.numeric.program.joint import jointly, opened, written_out
from symbackprop.numeric.program.line import FORWARD, Fresh, Line
from symbackprop.numeric.program.sharing import shared
from symbackprop.numeric.rendering import rendered
from symbackprop.numeric.stable import computed
from symbackprop.numeric.wrapping import WIDTH

PLACES = RESERVED | {"numbers", "localDerivatives", "brokenFacts", "FUNCTIONS", "holds"}
"""What the source calls its own."""


@dataclass(frozen=True)
class NumberSource:
    """An expression of JavaScript: an object with the functions ``numbers``, ``localDerivatives`` and ``brokenFacts``.

    ``entries`` has for each name of the derivation, δ's too, the names of its entries row by row; ``gradients`` has
    them for the gradient by each name that it is derived by. ``functions`` are those that a reader may type.
    """

    source: str
    entries: Mapping[str, tuple[tuple[str, ...], ...]]
    gradients: Mapping[str, tuple[tuple[str, ...], ...]]
    functions: tuple[str, ...]


def number_source(derivation: Derivation, sizes: Mapping[str, int]) -> NumberSource:
    """The numbers of a derivation at its sizes, which are empty for scalars.

    Raises SymbackpropError where the network has a function that there is no JavaScript for, or cannot be written out.
    """
    return _Numbers(derivation, sizes).written()


class _Numbers:
    """What is written for one derivation."""

    def __init__(self, derivation: Derivation, sizes: Mapping[str, int]) -> None:
        self.derivation = derivation
        lines = computed(derivation)
        self.tails = Tails(lines.network.equations)
        whole = lines.as_network()
        self.gradients = dict(zip(lines.wrt, whole.outputs, strict=True))
        equations = {
            name: expr if name in lines.network.equations else self.tails.accurate(expr)
            for name, expr in whole.equations.items()
        }
        whole = whole.with_equations(equations)
        self.grids = entry_grids(whole, sizes)
        self.network: Network = whole.expand(sizes) if self.grids else whole
        asked = [s.name for s in (*self.network.leaves, *self.network.equations)]
        self.fresh = Fresh(asked)
        listed = [Line((name,), expr, FORWARD) for name, expr in stabilised(self.network.equations).items()]
        listed, self.constants = with_constants(jointly(opened(listed), self.fresh), (), self.fresh)
        self.lines = self.fresh.in_order(shared(listed, (), self.fresh))
        self.names = NameTable.of([*asked, *(s.name for s in self.fresh.made)], reserved=PLACES | HELPERS.keys())
        self.writer = JavaScriptWriter(self.names)

    def written(self) -> NumberSource:
        """The source and what is in it."""
        code = self.names.code
        lines = [line for c in self.constants for line in self._assigned(code(c.name.name), c.value)]
        lines += [text for line in self.lines for text in self._line(line)]
        links = list(self._links())
        facts = [self._fact(fact) for fact in self.network.facts]
        functions = dict(typed_functions(self.derivation.network, self.writer.called))
        called = {line.helper for line in self.lines if line.helper} | self.writer.called
        leaves = [s.name for s in self.network.leaves]
        names = [*leaves, *(s.name for s in self.network.equations)]
        forward = [s.name for s in self.derivation.network.equations]
        source = rendered(
            "numbers.js.j2",
            helpers=[HELPERS[name].source for name in with_needs(called & HELPERS.keys(), HELPERS)],
            parameters=as_object((name, code(name)) for name in leaves),
            lines=lines,
            values=as_object(((name, code(name)) for name in names), "  "),
            known=as_object((name, code(name)) for name in [*leaves, *forward]) if links else "",
            links=links,
            facts=facts,
            tolerance=TOLERANCE,
            roundings=ROUNDINGS,
            functions=functions,
            leaves=as_list(leaves),
        )
        known = [*self.derivation.network.names, *self.derivation.backward]
        return NumberSource(
            source.strip(),
            {s.name: self._entries(s) for s in known},
            {w.name: self._entries(gradient) for w, gradient in self.gradients.items()},
            tuple(functions),
        )

    def _entries(self, name: Symbol) -> tuple[tuple[str, ...], ...]:
        grid = self.grids.get(name)
        if grid is None:
            return ((name.name,),)
        return tuple(tuple(str(entry) for entry in row) for row in grid)

    def _assigned(self, target: str, value: Expr) -> list[str]:
        return assigned(self.writer, f"const {target}", value, None, WIDTH)

    def _line(self, line: Line) -> list[str]:
        targets = [self.names.code(s.name) for s in line.targets]
        if not line.helper:
            return self._assigned(targets[0], line.value)
        scores = line.value.scores if isinstance(line.value, SoftmaxComponent) else (line.value,)
        arguments = ", ".join(map(self.writer.step, scores))
        return [f"const [{', '.join(targets)}] = {line.helper}({arguments});"]

    def _links(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """For each name that leads to the loss the names that use it, with the local derivative there."""
        if not self.derivation.network.kind.has_routes:
            return
        found: dict[str, list[tuple[str, str]]] = {}
        for (user, used), derivative in self.derivation.local.items():
            written = self.writer.step(written_out(self.tails.accurate(derivative)))
            found.setdefault(used.name, []).append((quoted(user.name), written))
        for name, users in found.items():
            yield quoted(name), users

    def _fact(self, fact: Fact) -> dict[str, str]:
        """The sides of a fact, what they are measured by, and how it is said."""
        return {
            "left": self.writer.step(written_out(fact.lhs)),
            "sign": quoted(sign_of(fact)),
            "right": self.writer.step(written_out(fact.rhs)),
            "scale": self.writer.step(written_out(scale_of(fact))) if forgives(fact) else "0",
            "words": quoted(spoken_as(fact, lambda e: text(e, unicode=False))),
        }
