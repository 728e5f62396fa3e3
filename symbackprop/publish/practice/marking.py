"""Answers that somebody gave, marked: formulas before the judge, numbers by their digits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sympy import Expr, Symbol

from symbackprop.calculus import Derivation, derive
from symbackprop.errors import DataError, SymbackpropError, quote
from symbackprop.judge import Claim, Equal, Verdict, judge
from symbackprop.matrices import shape_of
from symbackprop.notation import Direct, text
from symbackprop.publish.practice.claims import about, claim_of
from symbackprop.publish.practice.exercise import Exercise
from symbackprop.reading import read_formula, read_written
from symbackprop.verification.formulas import formula_of
from symbackprop.verification.repair import hint

Ruling = Literal["right", "wrong", "empty", "unreadable", "undecided"]

NEAR = 0.05
"""A number that is off by no more than this share of the answer has too few digits, or was rounded on the way."""
MOST_SHOWN = 12
"""So many values are told of a point at which a formula is wrong."""
ROUNDING = 1e-9


@dataclass(frozen=True)
class Mark:
    """What is ruled on one answer, and why it is not right, in sentences."""

    exercise: Exercise
    given: str
    ruling: Ruling
    why: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = f"{self.exercise.label}: {self.ruling}"
        return f"{said}: {'; '.join(self.why)}" if self.why else said


@dataclass(frozen=True)
class Marking:
    """All answers to a sheet, marked."""

    marks: tuple[Mark, ...]

    @property
    def right(self) -> int:
        """How many are right."""
        return sum(mark.ruling == "right" for mark in self.marks)

    @property
    def score(self) -> str:
        """How many are right, and of how many: ``7 of 12 right``."""
        return f"{self.right} of {len(self.marks)} right"

    def __str__(self) -> str:
        return "\n".join([*map(str, self.marks), self.score])


def marked(derivation: Derivation, exercises: tuple[Exercise, ...], answers: Mapping[str, tuple[int, str]]) -> Marking:
    """Mark answers by their labels; what is missing is empty. Raises DataError for a label that is on no sheet."""
    known = {one.label for one in exercises}
    for label, (line, _) in answers.items():
        if label not in known:
            last = exercises[-1].label
            raise DataError(
                "answer", f"line {line} answers {label}, which is not on the sheet", f"its labels end with {last}"
            )
    return Marking(tuple(_mark(derivation, one, answers.get(one.label, (0, ""))[1]) for one in exercises))


def _mark(derivation: Derivation, one: Exercise, given: str) -> Mark:
    if not given.strip(" _"):
        return Mark(one, "", "empty")
    try:
        said = (_number if one.kind == "number" else _formula)(derivation, one, given.lstrip("= "))
    except SymbackpropError as error:
        return Mark(one, given, "wrong" if error.code == "shape" else "unreadable", (f"{error.what}; {error.fix}",))
    if one.kind == "number":
        return Mark(one, given, *_of_number(one, float(said)))
    return Mark(one, given, *_of_formula(derivation, one, said))


# Numbers


def _number(derivation: Derivation, one: Exercise, given: str) -> Expr:
    """The number in an answer. Raises SymbackpropError where there is none."""
    said = given.rpartition("=")[2].strip(" ≈~")
    expr = read_formula(said, derivation)
    if not expr.is_number or not expr.is_real:
        raise DataError("answer", f"{quote(said)} is no number", "put the numbers in, and write one such as 0.0722")
    return expr


def _of_number(one: Exercise, number: float) -> tuple[Ruling, tuple[str, ...]]:
    answer = float(one.answer)
    if abs(number - answer) <= one.tolerance * (1 + ROUNDING):
        return "right", ()
    if abs(number + answer) <= one.tolerance:
        return "wrong", ("it has the other sign",)
    if abs(number - answer) <= NEAR * abs(answer):
        return "wrong", ("it is near, but not to as many digits as are asked",)
    return "wrong", ()


# Formulas


def _formula(derivation: Derivation, one: Exercise, given: str) -> Expr:
    """The formula in an answer. Raises SymbackpropError where it cannot be read, or does not say what is asked."""
    written = read_written(given, derivation)
    name = about(derivation, one.left)
    if written.left not in ((), *names_of(derivation, one.left, name)):
        what = f"the line is about something else than {one.plain}"
        raise DataError("answer", what, "leave out what stands before the equals sign")
    left_over = written.unworked or (written.primed if isinstance(one.left, Direct) else "")
    if left_over:
        raise DataError("answer", f"{quote(left_over)} is left to be worked out", "write what it comes to")
    formula, _ = formula_of(derivation, name, written.text, one.plain)
    _refuse_later_signals(derivation, one, formula)
    return formula


def _of_formula(derivation: Derivation, one: Exercise, formula: Expr) -> tuple[Ruling, tuple[str, ...]]:
    verdict = judge(_claim(derivation, one, formula))
    if verdict.proved:
        return "right", ()
    if not verdict.wrong:
        return "undecided", (verdict.reason,)
    helpful = verdict.reason or _hint(derivation, one.left, formula)
    return "wrong", (*_shown(one, formula, verdict), *([helpful] if helpful else []))


def _hint(derivation: Derivation, left: Expr, formula: Expr) -> str:
    """The edit that would mend a gradient or an error signal; of these it is asked for a derivation by their name."""
    if isinstance(left, Direct):
        return ""
    name = about(derivation, left)
    if name not in derivation.wrt:
        derivation = derive(derivation.network, [*derivation.wrt, name], derivation.facts)
    return hint(derivation, name, formula)


def _claim(derivation: Derivation, one: Exercise, formula: Expr) -> Claim:
    """That the formula is what is asked; of a derivative entry by entry, that it is the answer, which was proved."""
    if isinstance(one.left, Direct) and shape_of(one.left.of):
        known = derivation.backward, derivation.facts
        return Equal(derivation.network, one.answer, formula, signals=known[0], facts=known[1])
    return claim_of(derivation, one.left, formula)


def names_of(derivation: Derivation, left: Expr, name: Symbol) -> list[tuple[Symbol, ...]]:
    """What may stand before the equals sign of an answer."""
    if isinstance(left, Direct):
        return [(left.of, left.by)]
    signal = derivation.signals.get(name)
    return [(derivation.network.loss, name), *([] if signal is None else [(signal,)])]


def later_signals(derivation: Derivation, one: Exercise) -> list[Symbol]:
    """The error signals that say nothing in an answer: where one is asked, it and those that are made of it."""
    order = list(derivation.backward)
    return order[order.index(one.left) :] if one.left in order else []


def _refuse_later_signals(derivation: Derivation, one: Exercise, formula: Expr) -> None:
    """An error signal is asked in those before it: in itself, and in those that are made of it, nothing is said."""
    for delta in later_signals(derivation, one):
        if delta in formula.free_symbols:
            what = f"{one.plain} is asked, and the formula is in {delta}"
            raise DataError("answer", what, "write it in what stands nearer to the loss")


def _shown(one: Exercise, formula: Expr, verdict: Verdict) -> tuple[str, ...]:
    """A point at which the formula is wrong, by the names that stand in it and in the answer, and both values."""
    witness = verdict.witness
    if witness is None:
        return ()
    used = formula.free_symbols | (one.answer.free_symbols if isinstance(one.answer, Expr) else set())
    known = {**witness.sizes, **witness.point, **(witness.names or {})}
    names = sorted(s.name for s in used)
    numbers = [f"{text(Symbol(n))} = {known[n]:.6g}" for n in names if isinstance(known.get(n), (int, float))]
    where = f"at {', '.join(numbers[:MOST_SHOWN])} " if numbers else ""
    entry = f"in entry {witness.entry} " if witness.entry else ""
    true, claimed = witness.digits
    gives = claimed if claimed.startswith("is not") else f"gives {claimed}"
    return (f"{where}{entry}it is {true}, and the formula {gives}",)
