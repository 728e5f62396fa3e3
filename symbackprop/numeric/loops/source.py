"""Source of the training loop of a scalar network: one function of plain numbers, all values in local variables.

The same text runs in Python, with the functions of ``math``; on NumPy's numbers, where ``math`` would raise; and
compiled by numba. It comes in four forms: for one example or for many, and with or without a record of every value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sympy import Expr, Symbol

from symbackprop.algebra import Tails, stabilised
from symbackprop.calculus import Derivation
from symbackprop.functions import sigmoid, sigmoid_slope
from symbackprop.notation import NameTable
from symbackprop.notation.nodes import Name
from symbackprop.notation.recursion import depth, run_deep
from symbackprop.numeric.loops.header import in_module
from symbackprop.numeric.loops.helpers import LOOP_HELPERS
from symbackprop.numeric.loops.lines import Softmaxes, Squares
from symbackprop.numeric.loops.statements import Section, Statement, Written, inlined, put_in, remembering, source_of
from symbackprop.numeric.loops.text import LoopText, user_functions, written_function
from symbackprop.numeric.loops.update import Assignment, UpdateRule, renamed, update_lines
from symbackprop.numeric.loops.variant import Form, LoopSource
from symbackprop.numeric.loops.writer import CONSTANTS, MATH, Take
from symbackprop.numeric.program.line import (
    BACKWARD,
    FORWARD,
    GRADIENTS,
    Fresh,
    Line,
    gradient_names,
    needed,
    values_of,
)
from symbackprop.numeric.stable import computed
from symbackprop.numeric.wrapping import quoted

INDENT = "    "
_ARGUMENTS = (
    "data", "weights", "kept", "options", "updates", "rates", "begins", "ends", "losses", "moves", "values",
    "parameters", "gradients",
)  # fmt: skip
"""The arguments of ``run``, of which each loop has those that it needs."""

_RESERVED = (
    frozenset(LOOP_HELPERS) | MATH | CONSTANTS | frozenset(_ARGUMENTS)
    | {"run", "k", "r", "row", "begin", "end", "count", "isfinite", "scalar", "np", "math"}
)  # fmt: skip
"""What the code of a loop calls its own, so that no name of a network may."""

_HEADINGS = {FORWARD: "forward pass", BACKWARD: "backward pass", GRADIENTS: "gradients"}


def loop_source(derivation: Derivation, rule: UpdateRule, form: Form) -> LoopSource:
    """Write the loop. Every name in it has passed the check of names; the network's title is quoted."""
    loop = _Loop(derivation, rule, form)
    return run_deep(max(map(depth, values_of(loop.lines))), loop.loop)


class _Loop:
    def __init__(self, derivation: Derivation, rule: UpdateRule, form: Form) -> None:
        self.asked, self.form = derivation, form
        self.derivation = derivation = computed(derivation)
        self.network = derivation.network
        self.equations, self.tails = stabilised(self.network.equations), Tails(self.network.equations)
        parameters = set(derivation.network.parameters)
        self.trained = [w for w in derivation.wrt if w in parameters]
        own = [s.name for s in (*self.network.names, *derivation.backward)]
        results = gradient_names(derivation, own)
        given_out = Fresh([*own, *results.values()])
        self.fresh = given_out.another
        self.gradients = {w: Symbol(results[w]) for w in self.trained}
        self.lines = self._lines()
        self.rule = renamed(rule, self.fresh)
        self.update = update_lines(self.rule, self.fresh, form.is_typed)
        self.kept = {w: {old: self.fresh(f"{old}_{w.name}") for old in rule.kept} for w in self.trained}
        leaves = [*self.network.inputs, *self.network.targets]
        self.columns = {s: self.fresh(f"all_{s.name}") if form.many else s for s in leaves}
        averaged = [self.network.loss, *self.gradients.values()]
        self.totals = {s: self.fresh(f"sum_{s.name}") for s in averaged} if form.many else {}
        self.users = user_functions(values_of(self.lines))
        functions = NameTable.of([function.__name__ for function in self.users], reserved=_RESERVED)
        self.reserved = _RESERVED | {functions.code(function.__name__) for function in self.users}
        names = NameTable.of(sorted(given_out.taken), reserved=self.reserved)
        self.text = LoopText(names, functions, derivation.order, form.is_typed)
        self.take, self.uses = Take(form.is_typed), set[str]()
        self.write = remembering(self.text.statement)

    def _accurate(self, expr: Expr) -> Expr:
        """As it is where all is computed as it was derived: the digits of 1 - a at z > 37 would take a tenth more time.

        They move no weight; where a loss is computed in another form they may be all that there is.
        """
        if self.derivation is self.asked:
            return expr
        names = {value: name for name, value in self.equations.items()}
        found = self.tails.accurate(expr)
        slopes = {slope: slope.args[0] for slope in found.atoms(sigmoid_slope)}
        return found.xreplace({slope: names[sigmoid(z)] * sigmoid(-z) for slope, z in slopes.items()})

    def loop(self) -> LoopSource:
        """The module as text."""
        arguments = self._arguments()
        users = [self._for_good(written_function(function, self.text, self.reserved)) for function in self.users]
        run = (f"def run({', '.join(arguments)}):", *indented(self._body()))
        functions = ["\n".join(lines) for lines in (*(user.lines for user in users), run)]
        text, helpers = in_module(functions, self.uses | self.take.words, self.form)
        title = quoted(f"The training loop of the network {self.network.name} by {self.rule.name}.")
        called = (*helpers, *(self.text.functions.code(function.__name__) for function in self.users))
        return LoopSource(f'"""{title}"""\n\n{text}\n', arguments, called, self._size())

    def _for_good(self, written: Written) -> Written:
        """Take note of what is used by something that is not going to be written in another way."""
        self.uses |= written.uses
        return written

    def _source(self, sections: Iterable[Section]) -> list[str]:
        return source_of(sections, lambda statement: self._for_good(self.write(statement)))

    # What is computed.

    def _lines(self) -> list[Line]:
        """What the loss and the gradients of one example need, and nothing else."""
        derivation, accurate = self.derivation, self._accurate
        forward = [Line((name,), expr, FORWARD) for name, expr in self.equations.items()]
        backward = [Line((name,), accurate(expr), BACKWARD) for name, expr in derivation.backward.items()]
        backward += [Line((self.gradients[w],), accurate(derivation.shared[w]), GRADIENTS) for w in self.trained]
        squares = Squares(self.fresh, values_of(backward))
        lines = list(squares.named(Softmaxes(self.fresh).expanded([*forward, *backward])))
        results = [self.network.loss, *self.gradients.values()]
        return needed(lines, [*results, *self.asked.network.equations] if self.form.record else results)

    def _size(self) -> int:
        return len(self.lines) + len(self.trained) * len(self.rule.equations)

    # The lines of the function.

    def _arguments(self) -> tuple[str, ...]:
        rule, form = self.rule, self.form
        wanted = {
            "data": True, "weights": True, "kept": bool(rule.kept), "options": bool(rule.options),
            "updates": rule.counts, "rates": True, "begins": form.many, "ends": form.many, "losses": True,
            "moves": form.record, "values": form.record, "parameters": form.record, "gradients": form.record,
        }  # fmt: skip
        return tuple(name for name, is_wanted in wanted.items() if is_wanted)

    def _body(self) -> list[str]:
        parameters, rate = [*self.network.parameters], self._code(self.rule.rate)
        places = {w: k for k, w in enumerate(parameters)}
        kept = [name for names in self.kept.values() for name in names.values()]
        lines = [
            *self._unpacked("data", self.columns.values()),
            *self._unpacked("weights", parameters),
            *self._unpacked("kept", kept),
            *self._unpacked("options", map(Symbol, self.rule.options)),
            *self._cast(self.update.before),
            f"for k, {rate} in enumerate(rates):",
            *indented([f"{rate} = scalar({rate})", *self._step()] if self.form.is_typed else self._step()),
            *(f"weights[{places[w]}] = {self._code(w)}" for w in self.trained),
            *(f"kept[{k}] = {self._code(name)}" for k, name in enumerate(kept)),
        ]
        return [self._docstring(), *lines]

    def _docstring(self) -> str:
        of = "examples begins[k] to ends[k]" if self.form.many else "the example"
        return f'"""An update from {of} for each rate, in place. It ends at a loss that is not finite."""'

    def _step(self) -> list[str]:
        rule = self.rule
        lines = [f"{self._code(rule.number)} = float(updates + k + 1)"] if rule.counts else []
        lines += self._cast(self.update.each)
        lines += self._over_examples() if self.form.many else []
        moved = self._assignments(self.update.lines, in_rule=True)
        moving = Section(rule.name, tuple(s for w in self.trained for s in self._moved(moved, w)))
        if self.form.many:
            return [*lines, *self._watched(), *self._source([moving])]
        *sections, moving = inlined([*self._sections(), moving], self._lasting(), self.write)
        return [*lines, *self._source(sections), *self._watched(), *self._source([moving])]

    def _watched(self) -> list[str]:
        """The loss is written down; where it is not finite, the loop ends."""
        loss = self._code(self.network.loss)
        lines = ["", f"losses[k] = {loss}", *(self._record() if self.form.record else [])]
        lines += [f"if not {self.take('isfinite')}({loss}):", f"{INDENT}break"]
        return [*lines, *(["if k == moves:", f"{INDENT}break"] if self.form.record else [])]

    def _moved(self, lines: Sequence[Statement], w: Symbol) -> Iterator[Statement]:
        """The lines of the rule with the names of one weight in place of the rule's own."""
        names = {self.rule.weight.name: w.name, self.rule.gradient.name: self.gradients[w].name}
        names |= {old.name: name.name for old, name in self.kept[w].items()}
        known = {word: Name(name) for word, name in names.items()}
        for line in lines:
            yield Statement(names.get(line.target, line.target), put_in(line.value, known))

    def _lasting(self) -> set[str]:
        """What lines beside the assignments of a step use, or the next step."""
        names = {
            self.network.loss,
            *self.network.parameters,
            *(s for kept in self.kept.values() for s in kept.values()),
        }
        names |= {*self.asked.network.equations, *self.gradients.values()} if self.form.record else set()
        return {s.name for s in names}

    def _over_examples(self) -> list[str]:
        totals = [Statement(total.name, Name(s.name), "+=") for s, total in self.totals.items()]
        sections = inlined([*self._sections(), Section("", tuple(totals))], self._lasting(), self.write)
        loop = [
            *(f"{self._code(s)} = {self._code(column)}[r]" for s, column in self.columns.items()),
            *self._source(sections),
            *(["", *self._row("values[k][r]", self.asked.network.equations)] if self.form.record else []),
        ]
        return [
            "begin, end = begins[k], ends[k]",
            *(f"{self._code(total)} = {self.take('0.0')}" for total in self.totals.values()),
            "for r in range(begin, end):",
            *indented(loop),
            f"count = {'scalar(end - begin)' if self.form.is_typed else 'end - begin'}",
            *(f"{self._code(s)} = {self._code(total)}/count" for s, total in self.totals.items()),
        ]

    def _sections(self) -> list[Section]:
        parts = {part: [(x.targets[0], x.value) for x in self.lines if x.part == part] for part in _HEADINGS}
        return [Section(_HEADINGS[part], tuple(self._assignments(lines))) for part, lines in parts.items()]

    def _record(self) -> list[str]:
        values = [] if self.form.many else self._row("values[k]", self.asked.network.equations)
        return [
            *values,
            *self._row("parameters[k]", self.network.parameters),
            *self._row("gradients[k]", self.gradients.values()),
        ]

    def _row(self, row: str, names: Iterable[Symbol]) -> list[str]:
        return [f"row = {row}", *(f"row[{k}] = {self._code(s)}" for k, s in enumerate(names))]

    def _unpacked(self, argument: str, names: Iterable[Symbol]) -> list[str]:
        return [f"{self._code(name)} = {argument}[{k}]" for k, name in enumerate(names)]

    def _cast(self, lines: Sequence[Assignment]) -> list[str]:
        """What the rule works out once, cast to the dtype of the numbers."""
        if not self.form.is_typed:
            statements = self._assignments(lines, in_rule=True)
            return [line for statement in statements for line in self._for_good(self.write(statement)).lines]
        text = replace(self.text, order=None, typed=False)
        values = [self._for_good(text.written(right)).lines[0] for _, right in lines]
        return [f"{self._code(left)} = scalar({value})" for (left, _), value in zip(lines, values, strict=True)]

    def _assignments(self, lines: Iterable[Assignment], in_rule: bool = False) -> list[Statement]:
        text = replace(self.text, order=None) if in_rule else self.text
        return [Statement(left.name, text.laid_out(right)) for left, right in lines]

    def _code(self, name: Symbol) -> str:
        return self.text.names.code(name.name)


def indented(lines: Iterable[str]) -> list[str]:
    """The lines one step to the right; empty ones stay empty."""
    return [INDENT + line if line else line for line in lines]
