"""All rules for array expressions, in order, and the pass that records which of them changed something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sympy import Add, Eq, Expr, Integer, Mul, S, Symbol
from sympy.core.relational import Relational

from symbackprop.algebra.conditions import told_where
from symbackprop.algebra.matrices.broadcasts import collapse
from symbackprop.algebra.matrices.cost import cost
from symbackprop.algebra.matrices.entry_facts import entry_rules, told
from symbackprop.algebra.matrices.every_node import Everywhere, NodeRule
from symbackprop.algebra.matrices.facts import (
    Sums,
    fact_about_matrices,
    only_where_changed,
    proved_sums,
    put_in,
    stated_forms,
)
from symbackprop.algebra.matrices.names import fold_names, named_sums
from symbackprop.algebra.matrices.products import drop_identities, take_out_factors
from symbackprop.algebra.matrices.scalars import gather_scalars
from symbackprop.algebra.matrices.transposes import proved_symmetries, transpose_knowing
from symbackprop.algebra.rewrite import CANCEL, PROVED, SIGNS, TAKE_OUT, Rewrite
from symbackprop.algebra.tidy import Rewritten
from symbackprop.matrices import Operation, Shape, Sum, SumAll, Transposed, as_whole, shape_of
from symbackprop.matrices.shapes import same

ROUNDS = 8
"""How often all rules are gone through; expressions of networks settle in two or three rounds."""


def _linear(scalars: NodeRule, ones: NodeRule, known: NodeRule) -> NodeRule:
    """Make the rule that sums those terms of a sum apart whose sums are known, where that is shorter in the end."""

    def split(node: Expr) -> Expr:
        if not (isinstance(node, Sum) and isinstance(node.args[0], Add)):
            return node
        shape, axis = shape_of(node.args[0]), Integer(node.axis)
        apart: list[Expr] = []
        worked_out: list[Expr] = []
        together: list[Expr] = []
        for term in node.args[0].args:
            total = ones(scalars(Sum(as_whole(term, shape), axis)))
            value = ones(known(total))
            copies = not shape_of(term) or same(shape_of(term)[node.axis], S.One)
            if not copies and any(isinstance(factor, Sum) for factor in Mul.make_args(value)):
                together.append(term)
            else:
                apart.append(total)
                worked_out.append(value)
        if not apart:
            return node
        rest = Sum(as_whole(Add(*together), shape), axis) if together else S.Zero
        shorter = cost(ones(Add(rest, *worked_out))) < cost(node)
        return Add(rest, *apart) if shorter else node

    return split


def _scalar_rule(rule: Rewrite) -> Rewrite:
    """A rule of scalars, for what works entry by entry."""

    def at_node(node: Expr) -> Expr:
        if isinstance(node, Operation) or not node.args:
            return node
        changed = rule.apply(node)
        return changed if cost(changed) <= cost(node) else node  # what rules of scalars copy may be a matrix product

    return Rewrite(rule.name, rule.condition, Everywhere(at_node))


def _putting_in(proved: Mapping[Expr, Expr], sums: Sums, ones: NodeRule) -> NodeRule:
    """Make the rule that puts in what is proved, and 0 for sums whose terms are proved to cancel."""
    put = put_in(proved)

    def at_node(node: Expr) -> Expr:
        return put(node) if node in proved else sums.vanish(put(node))

    return only_where_changed(Everywhere(at_node), ones)


def _sums_in(expr: Expr) -> list[Expr]:
    return sorted(expr.atoms(Sum, SumAll), key=str)


@dataclass(frozen=True)
class MatrixTidier:
    """The rules for one network, in order; ``tidy`` goes through them until nothing changes."""

    rules: tuple[Rewrite, ...]
    facts: Sequence[Relational]
    equations: Mapping[Symbol, Expr]
    proved: Mapping[Expr, Expr]
    sums: Sums

    @classmethod
    def of(cls, equations: Mapping[Symbol, Expr], stated: Sequence[Relational]) -> MatrixTidier:
        """The rules, with what is stated of the data and what the equations prove."""
        facts = [fact for fact in stated if isinstance(fact, Eq)]
        symmetries = proved_symmetries(equations, facts)
        proved = {**proved_sums(equations, facts), **symmetries}
        sums = Sums.stated(equations, facts).also(proved)
        symmetric = [fact.rhs for fact in facts if fact.lhs == Transposed(fact.rhs)] + list(symmetries.values())
        ones, scalars = Everywhere(collapse), Everywhere(gather_scalars)
        known = Everywhere(put_in({**named_sums(equations), **proved, **stated_forms(facts)}))
        rules = (
            Rewrite("collapsing a broadcast", "always: a sum of m copies of b is m·b", ones),
            Rewrite("pushing transposes in", "always: (A·B)ᵀ = Bᵀ·Aᵀ",
                    Everywhere(transpose_knowing(symmetric))),
            Rewrite("gathering scalars in front", "always: A·(cB) = c·A·B", scalars),
            Rewrite("dropping what cancels in a product", "where the inverses exist", Everywhere(drop_identities)),
            _scalar_rule(SIGNS),
            _scalar_rule(CANCEL),
            Rewrite("summing each term", "always, where it is shorter", Everywhere(_linear(scalars, ones, known))),
            *(fact_about_matrices(fact, ones) for fact in facts),
            *entry_rules(stated, equations, ones),
            Rewrite(PROVED, "where its equations prove it", _putting_in(proved, sums, ones)),
            Rewrite("putting in a name", "where the name is defined so", Everywhere(fold_names(equations))),
            Rewrite("taking out a common factor of the products", "always: A·B + A·C = A·(B + C)",
                    Everywhere(take_out_factors)),
            _scalar_rule(TAKE_OUT),
        )  # fmt: skip
        return cls(rules, stated, equations, proved, sums)

    def knowing(self, name: Symbol, value: Expr) -> MatrixTidier:
        """The same rules, with what is proved of the sums of one more name."""
        found = self.sums.of_name(name, value)
        if not found:
            return self
        proved, sums = {**self.proved, **found}, self.sums.also(found)
        put_in = _putting_in(proved, sums, Everywhere(collapse))
        rules = (replace(rule, apply=put_in) if rule.name == PROVED else rule for rule in self.rules)
        return replace(self, rules=tuple(rules), proved=proved, sums=sums)

    def tidy(self, total: Expr, shape: Shape) -> tuple[Rewritten, ...]:
        """Rewrite an adjoint of that shape, recording each rewriting that changed it."""
        expr = total
        trace: list[Rewritten] = []
        for _ in range(ROUNDS):
            before = expr
            for rule in self.rules:
                result = rule.apply(expr)
                if result != expr:
                    trace.append(Rewritten(told_where(self._told(rule, expr), expr, result), result))
                    expr = result
            if expr == before:
                break
        return tuple(trace)

    def _told(self, rule: Rewrite, expr: Expr) -> Rewrite:
        """The rule, with what it uses of all that is proved."""
        if rule.name != PROVED:
            return told(rule, self.facts, self.equations, expr)
        known = {total: value for total, value in self.proved.items() if expr.has(total)}
        vanishing = (total for total in _sums_in(expr) if total not in known and self.sums.vanish(total) == S.Zero)
        used = ", ".join(f"{total} = {value}" for total, value in (known or dict.fromkeys(vanishing, S.Zero)).items())
        return replace(rule, condition=f"where {used}")
