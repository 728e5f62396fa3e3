"""An edit in words, in the names of the user."""

from __future__ import annotations

from sympy import Expr, Mul, S

from symbackprop.calculus import Derivation
from symbackprop.notation import text
from symbackprop.verification.repair.edits import Act, Edit, Kind
from symbackprop.verification.repair.known import locals_of
from symbackprop.verification.repair.parts import Part

LONGEST = 100


class Words:
    """Says edits of one formula."""

    def __init__(self, derivation: Derivation, formula: Expr) -> None:
        self.derivation = derivation
        self.formula = formula
        self.locals = locals_of(derivation)

    def of(self, edit: Edit) -> str:
        """One edit."""
        if edit.names:
            return self._throughout(edit)
        if edit.kind is Kind.WHOLE:
            return self._whole(
                edit.amount, "the gradient" if edit.act is Act.TIMES else "the transpose of the gradient"
            )
        if edit.act is Act.DROPPED:
            what = "term" if edit.kind is Kind.TERM else "factor"
            return f"right without the {what} {self._text(edit.old)}{self._among(edit)}"
        if edit.kind is Kind.SIGN and edit.act is Act.TIMES:
            old = -edit.old if edit.old.could_extract_minus_sign() else edit.old
            return f"the sign of {self._text(old)} is wrong"
        if edit.act is Act.TIMES:
            return self._factor(edit)
        if edit.act is Act.PLUS:
            return f"the term {self._text(edit.amount)} is missing{self._inside(edit)}"
        return self._exchange(edit)

    def _throughout(self, edit: Edit) -> str:
        old, new, *back = map(self._text, edit.names)
        if back:
            return f"right if {old} and {new} are exchanged"
        return f"right if {old} is {new}" + ("" if edit.place.parent is None else f" throughout {self._text(edit.old)}")

    def _whole(self, amount: Expr, whose: str) -> str:
        if amount == 1:
            return f"the formula is {whose}"
        if amount == -1:
            return f"the sign is wrong: the formula is minus {whose}"
        return f"the formula is {self._text(1 / amount)} times {whose}"

    def _factor(self, edit: Edit) -> str:
        completed = self._completed(edit)
        if completed is not None:
            return completed
        note = f" = {edit.known.note}" if edit.known and edit.known.note and edit.amount == edit.known.expr else ""
        return f"the factor {self._text(edit.amount)}{note} is missing{self._inside(edit)}"

    def _completed(self, edit: Edit) -> str | None:
        """A factor that makes a local derivative of one that is there already."""
        if edit.known is None:
            return None
        there = list(Mul.make_args(edit.old))
        for local, note in self.locals:
            factors = list(Mul.make_args(local))
            if len(factors) != 2 or edit.amount not in factors:
                continue
            factors.remove(edit.amount)
            if note and factors[0] in there and not factors[0].is_number:
                return f"right if {self._text(factors[0])} is {self._text(local)} = {note}{self._inside(edit)}"
        return None

    def _exchange(self, edit: Edit) -> str:
        old, new, part = edit.old, edit.new, edit.place
        note = f" = {edit.known.note}" if edit.known and edit.known.note and edit.new == edit.known.expr else ""
        if part.weight is None and not old.is_Symbol:  # what stands in a function is shown with it
            old, new = part.linear.node, part.put_below(new, part.linear)
            part = part.linear
        around = part.parent
        if self._times_here(old) > 1 and around is not None:
            factor = new / old
            if isinstance(around.node, Mul) and len(str(factor)) < len(str(new)):
                because = f": {edit.known.note} is {self._text(new)}" if edit.known and note else ""
                where = "" if around.parent is None else f" in {self._text(around.node)}"
                return f"the factor {self._text(factor)} is missing{where}{because}"
            if isinstance(around.node, Expr) and _count(around.node, old) == 1 and self._times_here(around.node) == 1:
                return f"right if {self._text(old)} is {self._text(new)}{note} in {self._text(around.node)}"
        while part.parent is not None and self._times_here(old) > 1:
            part = part.parent
            if isinstance(part.node, Expr):
                old, new, note = part.node, edit.place.put_below(edit.new, part), ""
        said = f"right if {self._text(old)} is {self._text(new)}{note}"
        signal = edit.known is not None and edit.known.expr in self.derivation.signals.values()
        if edit.kind is Kind.PIECE and signal and edit.known is not None:
            return f"the formula is wrong already in {edit.known.expr.name}: {said}"
        return said

    def _times_here(self, old: Expr) -> int:
        """How often something stands in the formula."""
        return _count(self.formula, old)

    def _inside(self, edit: Edit) -> str:
        return "" if edit.place.parent is None else f" in {self._text(edit.old)}"

    def _among(self, edit: Edit) -> str:
        """In what, where the same thing stands elsewhere too."""
        if self._times_here(edit.old) < 2 or edit.place.parent is None:
            return ""
        outer: Part = edit.place.parent
        return f" in {self._text(outer.node)}" if isinstance(outer.node, Expr) and outer.parent is not None else ""

    def _text(self, expr: Expr) -> str:
        said = text(expr, order=self.derivation.order, unicode=False) if expr != S.One else "1"
        return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"


def _count(node: Expr, part: Expr) -> int:
    if node == part:
        return 1
    some_factors = part.is_Mul and node.is_Mul and set(part.args) <= set(node.args)
    return some_factors + sum(_count(arg, part) for arg in node.args)
