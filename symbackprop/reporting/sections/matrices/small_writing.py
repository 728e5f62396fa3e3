"""How the lines of the smallest case are written: its own names, its numbers, and the factors of a chain one by one."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sympy import Eq, Expr, Symbol

from symbackprop.calculus import Rule, Step
from symbackprop.calculus.rule_proofs import proof_of_power
from symbackprop.functions import primitive_of
from symbackprop.notation import NameTable, latex, latex_lines, latex_width
from symbackprop.notation.recursion import subexpressions
from symbackprop.reporting.blocks import Inlines, Later, Line, Maths, Raw, listed, listed_with_and
from symbackprop.reporting.numbers import MATRIX_DIGITS, number, put_in
from symbackprop.reporting.sections.derivatives import is_moving_power, key_of_function, powers_of
from symbackprop.reporting.sections.matrices.reasons import derivative_in_words
from symbackprop.reporting.smallest import Smallest
from symbackprop.reporting.writing import Desk

WIDTH = 37
"""How wide a line may be beside a reason, in the narrowest of the formats."""
TOGETHER = 27
"""How wide a formula and its numbers may be to stand in one line, before the number that they come to."""
DOT = r"\cdot "


class Small:
    """A desk for the network of entries, whose names are written in its own way."""

    def __init__(self, desk: Desk, case: Smallest) -> None:
        self.desk, self.case = desk, case
        self.names = NameTable(latex_forms=case.written)
        self.order = case.derivation.order

    def latex(self, expr: Expr) -> str:
        """An expression in the names of entries."""
        return latex(expr, self.names, self.order)

    def raw(self, expr: Expr) -> Raw:
        """The same as mathematics, with the lines that it takes in a formula."""
        return Raw(self.latex(expr), tuple(latex_lines(expr, self.names, self.order, width=WIDTH)))

    def maths(self, expr: Expr, equals: Raw | None = None) -> Maths:
        """An expression in running text."""
        return Maths(Raw(self.latex(expr)), equals)

    def value(self, name: Symbol) -> Raw | None:
        """The number of a value."""
        numbers = self.case.numbers
        return None if numbers is None else number(numbers.values[name.name], MATRIX_DIGITS)

    def adjoint(self, name: Symbol) -> Raw | None:
        """The number of a derivative of the loss."""
        numbers = self.case.numbers
        return None if numbers is None else number(numbers.adjoints[name.name], MATRIX_DIGITS)

    @cached_property
    def _known(self) -> Mapping[str, float]:
        """Values and signals with as many digits as are shown."""
        numbers = self.case.numbers
        known = {} if numbers is None else {**numbers.values, **numbers.signals}
        return {name: float(f"{value:.{MATRIX_DIGITS}g}") for name, value in known.items()}

    def with_numbers(self, result: Expr) -> Raw | None:
        """A formula with its numbers put in; None where there are none, or it says nothing more."""
        if self.case.numbers is None or not result.free_symbols or result.is_Symbol:
            return None
        written = put_in(result, self._known, self.order)
        return Raw(written) if latex_width(written) <= WIDTH else None

    def reason(self, name: Symbol, step: Step) -> Inlines:
        """Why a line holds, in the names of entries, with the proofs of what is put in."""
        if step.rule is Rule.FACT:
            facts = [fact for fact in self.case.derivation.facts if isinstance(fact, Eq)]
            return ("since ", *listed(self.maths(fact.lhs, Raw(self.latex(fact.rhs))) for fact in facts))
        if step.rule is Rule.CHAIN and len(self.case.derivation.graph.users[name]) > 1:
            return ("chain rule, a term for each",)
        if step.rule is Rule.UNREACHED:
            return ("the only term that it stands in",)
        if step.rule is Rule.SUBSTITUTE:
            return self.by_local(name)
        return tuple(part if isinstance(part, str) else self.maths(part) for part in step.because)

    def last(self, name: Symbol, step: Step, before: Line) -> list[Line]:
        """The last line and the number that it comes to, in one line where there is room for both.

        It says what the derivative is called, and which line has all of its kind.
        """
        delta = self.case.derivation.signals.get(name)
        called: Inlines = ("call it ", self.maths(delta)) if delta is not None else ()
        why = _joined(called, self.in_matrices(name))
        assert isinstance(before.rhs, Raw)
        place = self.desk.next_number()
        all_said = replace(before, why=_joined(before.why, why), number=place)
        if self.case.numbers is None:
            return [all_said]
        ended = replace(all_said, result=self.adjoint(name), tone="gradient")
        numbers = self._in_numbers(name, step, before.rhs)
        if numbers is None:
            return [ended]
        together = latex_width(before.rhs.latex) + latex_width(numbers.latex)
        if len(before.rhs.pieces) < 2 and together <= TOGETHER:
            return [replace(ended, rhs=Raw(f"{before.rhs.latex} = {numbers.latex}"))]
        return [before, replace(ended, rhs=numbers, lhs=None, why=why)]

    def _in_numbers(self, name: Symbol, step: Step, shown: Raw) -> Raw | None:
        """The last formula with its numbers put in, or the chain with them where that is too wide."""
        own = self.with_numbers(step.rhs) if shown.latex == self.latex(step.rhs) else None
        chain = self.chain(name, always=True) if own is None and step.rule is Rule.SUBSTITUTE else None
        return own if chain is None else chain.numbers

    def result(self, name: Symbol, step: Step) -> str:
        """What the lines come to: the chain as it is put in, where that is the last of them and not made shorter."""
        chain = self.chain(name) if step.rule is Rule.SUBSTITUTE else None
        written = self.latex(step.rhs)
        return written if chain is None or chain.says_less_than(written) else chain.written

    def chain(self, name: Symbol, always: bool = False) -> Chain | None:
        """What each link of the chain is, in its place: (−y₁/p₁)·p₁(1 − p₁) + …; None where that is plain anyway."""
        derivation = self.case.derivation
        loss = derivation.network.loss
        users = derivation.graph.users.get(name, ())
        if not users or loss in users:
            return None
        pairs = [(derivation.adjoint(user), derivation.local[user, name]) for user in users]
        if not always and all(_is_plain(factor) for pair in pairs for factor in pair):
            return None
        terms = [f"{self._bracketed(a, first=not k)}{DOT}{self._bracketed(b)}" for k, (a, b) in enumerate(pairs)]
        return Chain("+".join(terms), _rows(terms), len(users), self._links(name, users))

    def _links(self, name: Symbol, users: Sequence[Symbol]) -> Raw | None:
        """The same in numbers."""
        numbers = self.case.numbers
        if numbers is None:
            return None
        pairs = [(numbers.adjoints[user.name], numbers.links[user.name, name.name]) for user in users]
        terms = [f"{_number(a, first=not k)}{DOT}{_number(b)}" for k, (a, b) in enumerate(pairs)]
        return Raw("+".join(terms), _rows(terms))

    def _bracketed(self, factor: Expr, first: bool = False) -> str:
        written = self.latex(factor)
        if (factor.is_Add and _is_sum(written)) or (not first and written.startswith("-")):
            return bracketed(written)
        return written

    def by_local(self, name: Symbol) -> Inlines:
        """The reason for what was put in, and where the derivatives of functions are proved."""
        users = self.case.derivation.graph.users.get(name, ())
        proofs = {key: part for user in users for key, part in self._proofs(user, name).items()}
        told = [(*derivative_in_words(part), " by ", Later(key)) for key, part in proofs.items()]
        where: Inlines = ("; ", *listed_with_and(told)) if told else ()
        if self.case.derivation.network.loss in users:
            return ("differentiated", *where)
        return (f"the local derivative{'' if len(users) == 1 else 's'} put in", *where)

    def _proofs(self, user: Symbol, name: Symbol) -> Mapping[Hashable, Expr]:
        """The functions of a name in an equation, by what their rules are remembered under, where the report has them.

        A factor alone below the line is read off as it is.
        """
        if not self.desk.tells("rules"):
            return {}
        expr, whole = self.case.derivation.network.to_loss[user], self.case.whole
        powers = powers_of(whole)
        proved: dict[Hashable, Expr] = {}
        for part in (part for part in subexpressions(expr) if name in part.free_symbols):
            row = primitive_of(part)
            known = row is not None and row.proof and any(e.has(type(part)) for e in whole.network.equations.values())
            if known or (is_moving_power(part, (name,)) and proof_of_power(part.exp)[0] in powers):
                proved.setdefault(key_of_function(part), part)
        return proved

    def in_matrices(self, name: Symbol) -> Inlines:
        """Which entry of which matrix it is, and the line that has all of them."""
        at = self.case.entries.get(name)
        if at is None:
            return ()
        whole = self.case.whole
        delta = whole.signals.get(at.array)
        key = at.array if delta is None else delta
        places = self.desk.results_of((key,)) if delta is not None or at.array in whole.wrt else []
        if not places:
            return ()
        return ("in matrices ", *places)


@dataclass(frozen=True)
class Chain:
    """The factors of a chain of so many terms in their places, in rows that are short enough, and their numbers."""

    written: str
    rows: tuple[str, ...]
    terms: int
    numbers: Raw | None

    @property
    def formula(self) -> Raw:
        """It as mathematics."""
        return Raw(self.written, self.rows)

    def says_less_than(self, result: str) -> bool:
        """Whether what comes of it is shorter, and has no number put in front of it."""
        return self.terms > 1 and latex_width(result) < latex_width(self.written) and r"\tfrac" not in result[:7]


def _joined(first: Inlines, then: Inlines) -> Inlines:
    return (*first, *(("; ",) if first and then else ()), *then)


def bracketed(written: str) -> str:
    """Mathematics in brackets, which grow where something tall stands in them."""
    return rf"\left({written}\right)" if "frac" in written else f"({written})"


def _is_sum(written: str) -> bool:
    """Whether a sum is written as one, and not as a number times what stands in brackets."""
    depth = 0
    for k, char in enumerate(written):
        depth += (char in "({[") - (char in ")}]")
        if k and char in "+-" and depth == 0:
            return True
    return False


def _is_plain(factor: Expr) -> bool:
    """Whether a factor reads the same in a product as by itself."""
    return not factor.is_Add and not factor.is_Number and not factor.could_extract_minus_sign()


def _rows(terms: Sequence[str]) -> tuple[str, ...]:
    """The terms of a sum in rows that are no wider than there is room."""
    rows = [terms[0]]
    for term in terms[1:]:
        longer = f"{rows[-1]}+{term}"
        if latex_width(longer) <= WIDTH:
            rows[-1] = longer
        else:
            rows.append(f"{{}}+{term}")
    return tuple(rows)


def _number(value: float, first: bool = False) -> str:
    written = number(value, MATRIX_DIGITS).latex
    return f"({written})" if written.startswith("-") and not first else written
