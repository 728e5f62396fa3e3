"""The module of a scalar network in JavaScript: the lines of its program, one a statement."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from sympy import Expr

from symbackprop.calculus import Derivation, require_loss
from symbackprop.errors import DerivationError
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.network.facts import sign_of
from symbackprop.network.kinds import SCALARS
from symbackprop.notation import NameTable, text
from symbackprop.numeric.facts import FIX, ROUNDINGS, TOLERANCE, forgives, said, scale_of
from symbackprop.numeric.helpers import with_needs
from symbackprop.numeric.javascript.helpers import HELPERS
from symbackprop.numeric.javascript.writer import JavaScriptWriter, assigned
from symbackprop.numeric.module import contents
from symbackprop.numeric.program.joint import written_out
from symbackprop.numeric.program.line import Line
from symbackprop.numeric.program.lines import lines_of
from symbackprop.numeric.rendering import rendered
from symbackprop.numeric.stable import computed
from symbackprop.numeric.wrapping import WIDTH, listed

RESERVED = frozenset(
    "await break case catch class const continue debugger default delete do else enum export extends false finally for "
    "function if implements import in instanceof interface let new null package private protected public return static "
    "super switch this throw true try typeof var void while with yield arguments eval undefined NaN Infinity Math "
    "Number Array Error Object JSON forward gradients NAMES FORWARD GRADIENTS LOSS forwardBackward lossAndGradients "
    "requireFacts require".split()
)
"""Words of the language, and what modules call their own, so that no name of a network may."""
_ENDS_OF_LINES = str.maketrans({"\u2028": "\\u2028", "\u2029": "\\u2029"})


def javascript_source(derivation: Derivation, check_facts: bool = True, stable: bool = True) -> str:
    """A scalar network as a JavaScript module, with ``forwardBackward`` for one example and ``lossAndGradients``.

    Every name in it has passed the check of names. Raises DerivationError where the network is one of matrices, and
    SymbackpropError where it has a function that there is no JavaScript for.
    """
    require_loss(derivation, "javascript_source")
    if derivation.network.kind is not SCALARS:
        raise DerivationError(
            "backend",
            "JavaScript is written for networks of scalars",
            "write them out with expand(sizes), or use numpy",
        )
    return _Module(derivation, check_facts, stable).source()


class _Module:
    def __init__(self, derivation: Derivation, check_facts: bool, stable: bool) -> None:
        self.asked, self.check_facts = derivation, check_facts
        self.derivation = derivation = computed(derivation) if stable else derivation
        self.network = derivation.network
        self.program = lines_of(derivation, stable=stable)
        made = (s.name for s in self.program.fresh.made)
        self.names = NameTable.of([*self.program.own, *made], reserved=RESERVED | HELPERS.keys())
        self.writer = JavaScriptWriter(self.names)

    def source(self) -> str:
        """The module as text."""
        network, code = self.asked.network, self.names.code
        parts: dict[str, list[str]] = {"forward": [], "backward": [], "gradients": []}
        constants = [line for c in self.program.constants for line in self._assigned(code(c.name.name), c.value)]
        for line in self.program.lines:
            parts[line.part] += self._line(line)
        facts = list(self._facts())
        called = {line.helper for line in self.program.lines if line.helper} | self.writer.called
        leaves = [s.name for s in network.leaves]
        equations = [name.name for name in network.equations]
        results = {w.name: code(self.program.results[w]) for w in self.derivation.wrt}
        loss = network.loss.name
        return rendered(
            "javascript.js.j2",
            title=quoted(f"Gradients of {loss} for the network {network.name}.")[1:-1],
            contents=contents(self.asked, lambda s: s.name, self._plain),
            helpers=[HELPERS[name].source for name in with_needs(called & HELPERS.keys(), HELPERS)],
            constants=constants,
            parameters=as_object((name, code(name)) for name in leaves),
            **parts,
            values=as_object(((name, code(name)) for name in equations), "  "),
            results=as_object(results.items(), "  "),
            names=as_list(leaves),
            forward_names=as_list(equations),
            gradient_names=as_list(results),
            loss=quoted(loss),
            facts=facts,
            check_facts="true" if self.check_facts else "false",
            tolerance=TOLERANCE,
            roundings=ROUNDINGS,
            fix=quoted(FIX),
        ).rstrip() + "\n"  # fmt: skip

    def _assigned(self, target: str, value: Expr) -> list[str]:
        return assigned(self.writer, f"const {target}", value, self.program.order, WIDTH)

    def _line(self, line: Line) -> list[str]:
        targets = [self.names.code(s.name) for s in line.targets]
        if not line.helper:
            return self._assigned(targets[0], line.value)
        scores = line.value.scores if isinstance(line.value, SoftmaxComponent) else (line.value,)
        arguments = ", ".join(self.writer.step(score, self.program.order) for score in scores)
        return [f"const [{', '.join(targets)}] = {line.helper}({arguments});"]

    def _facts(self) -> Iterator[str]:
        """A call for each fact, which throws where data break it."""
        for fact in self.derivation.facts:
            sides = [self.writer.step(written_out(side)) for side in (fact.lhs, fact.rhs)]
            scale = self.writer.step(written_out(scale_of(fact))) if forgives(fact) else "0"
            words = quoted(said(self.derivation, fact, self._plain))
            yield f"require({sides[0]}, {quoted(sign_of(fact))}, {sides[1]}, {scale}, {words});"

    def _plain(self, expr: Expr) -> str:
        return text(expr, order=self.derivation.order, unicode=False)


def quoted(words: str) -> str:
    """Words as a string of JavaScript, without the signs that end a line for it."""
    return json.dumps(words, ensure_ascii=False).translate(_ENDS_OF_LINES)


def as_object(entries: Iterable[tuple[str, str]], indent: str = "") -> str:
    """Names and the variables that have their values, as an object; one word where the two are alike."""
    words = [name if name == code else f"{name}: {code}" for name, code in entries]
    return _in_brackets("{ ", words, " }", indent)


def as_list(names: Iterable[str]) -> str:
    """Names as an array of strings."""
    return _in_brackets("[", list(map(quoted, names)), "]")


def _in_brackets(opening: str, words: Sequence[str], closing: str, indent: str = "") -> str:
    """Words between brackets, in one line if it is short."""
    line = f"{opening}{', '.join(words)}{closing}"
    if len(line) <= WIDTH - 20:
        return line
    return "\n".join([opening.strip(), *(f"{indent}  {part}" for part in listed(words)), indent + closing.strip()])
