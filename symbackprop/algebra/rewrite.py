"""Rewriting of a sum of products: local, bounded, each rule named and with its condition.

Nothing here walks into the network: a rule sees one sum, whose names stand for whatever they stand for. A rule never
makes an expression longer, and none of them is SymPy's ``simplify`` or ``factor``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sympy import Add, Basic, Eq, Expr, Integer, Mul, Pow, Rational, S, count_ops, expand_mul, igcd, ilcm
from sympy.core.relational import Relational

FACT = "using a fact"
PROVED = "using what the network proves"
UNLESS_CANCELLED = "where no factor that goes away is zero"
"""The condition of rules that multiply: where a factor meets a division by itself, neither is left."""
EXPANSION_LIMIT = 400
"""How many terms a product may have when multiplied out; longer ones stay as they are."""
NODE_LIMIT = 4_000
"""How many parts a sum may have to be multiplied out."""


@dataclass(frozen=True)
class Ground:
    """What is said of a rule of algebra: its name, and the condition under which it holds."""

    name: str
    condition: str
    uses: tuple[Relational, ...] = field(default=(), kw_only=True)
    """The facts that it rests on, where it is one of those that facts give."""
    nonzero: tuple[Expr, ...] = field(default=(), kw_only=True)
    """What it has cancelled, which must not be zero."""

    @property
    def reason(self) -> str:
        """Why a line follows by this rule: its name, or the fact that it uses."""
        return self.condition.replace("where ", "since ") if self.name in (FACT, PROVED) else self.name

    @property
    def ground(self) -> Ground:
        """What is said of it, without the function that applies it."""
        return Ground(self.name, self.condition, uses=self.uses, nonzero=self.nonzero)


@dataclass(frozen=True)
class Rewrite(Ground):
    """A rule of algebra, with the function that applies it."""

    apply: Callable[[Expr], Expr] = field(repr=False)


def everywhere(rule: Callable[[Expr], Expr]) -> Callable[[Expr], Expr]:
    """Make of a rule for one node one for all of them, from the leaves up."""

    known: dict[Expr, Expr] = {}

    def apply(expr: Expr) -> Expr:
        if not expr.args:
            return expr
        if expr not in known:
            args = [apply(arg) if isinstance(arg, Expr) else arg for arg in expr.args]
            node = expr if all(a is b for a, b in zip(args, expr.args, strict=True)) else expr.func(*args)
            known[expr] = rule(node) if node.args else node
        return known[expr]

    return apply


def take_out_common(expr: Expr) -> Expr:
    """x*y + x*z → x*(y + z), also where the common part is itself a sum, such as 1 - a."""
    if not isinstance(expr, Add):
        return expr
    factors = [Mul.make_args(term) for term in expr.args]
    shared = set(factors[0]).intersection(*factors[1:])
    common = [f for f in factors[0] if f in shared and not f.is_Number]
    powers = _common_powers(expr.args, exclude=common)
    if not common and not powers:
        return expr
    rest = Add(*(_without(term, common, powers) for term in factors))
    taken_out = Mul(*common, *(Pow(base, exponent) for base, exponent in powers), *_content(rest))
    return taken_out if common else _shorter(expr, taken_out)  # a**3 + a is not a*(a**2 + 1)


def _common_powers(terms: Sequence[Expr], exclude: Sequence[Expr]) -> list[tuple[Expr, Integer]]:
    """Bases that stand in every term with different positive exponents: x**2*y + x*z has x."""
    first = _exponents(terms[0])
    candidates = [base for base in first if base not in exclude]
    for term in terms[1:]:
        if not candidates:
            return []
        here = _exponents(term)
        first = {base: min(first[base], here[base]) for base in candidates if base in here}
        candidates = [base for base in candidates if base in first]
    excluded = {f.base if isinstance(f, Pow) else f for f in exclude}
    return [(base, first[base]) for base in candidates if base not in excluded]


def _exponents(term: Expr) -> dict[Expr, Integer]:
    """Bases of a product with their positive whole exponents, in the product's order."""
    result: dict[Expr, Integer] = {}
    for factor in Mul.make_args(term):
        if isinstance(factor, Pow) and isinstance(factor.exp, Integer):
            if factor.exp > 0:
                result[factor.base] = factor.exp
        elif not factor.is_Number:
            result[factor] = S.One
    return result


def _without(factors: Sequence[Expr], common: Sequence[Expr], powers: Sequence[tuple[Expr, Integer]]) -> Expr:
    remaining = list(factors)
    for factor in common:
        remaining.remove(factor)
    return Mul(*remaining, *(Pow(base, -exponent) for base, exponent in powers))


def _content(expr: Expr) -> tuple[Expr, ...]:
    """Split a rational content off a sum: 2*x - 4*y is 2 and x - 2*y."""
    if not isinstance(expr, Add):
        return (expr,)
    coefficients = [term.as_coeff_Mul()[0] for term in expr.args]
    if not all(isinstance(c, Rational) for c in coefficients):
        return (expr,)
    content = Rational(igcd(*(c.p for c in coefficients)), ilcm(*(c.q for c in coefficients)))
    written = [abs(c) != 1 for c in coefficients]
    left = [abs(c) != content for c in coefficients]
    if content == S.One or 1 + sum(left) > sum(written):  # x - 1/2 is not (2*x - 1)/2
        return (expr,)
    return content, Add(*(term / content for term in expr.args))


def tidy_signs(expr: Expr) -> Expr:
    """-x*(t - 1) → x*(1 - t): a minus goes into a difference with a number, so that it reads 1 - t."""
    terms = Add.make_args(expr)
    turned = tuple(_turned(term) for term in terms)
    return expr if all(a is b for a, b in zip(turned, terms, strict=True)) else Add(*turned)


def _turned(term: Expr) -> Expr:
    if not isinstance(term, Mul) or not (term.args[0].is_Number and term.args[0].is_negative):
        return term
    for position, factor in enumerate(term.args):
        if isinstance(factor, Add) and len(factor.args) == 2 and factor.args[0].is_Number and factor.args[0] < 0:
            opposite = Add(*(-part for part in factor.args))
            return Mul(-term.args[0], *term.args[1:position], opposite, *term.args[position + 1 :])
    return term


def cancel_denominators(expr: Expr) -> Expr:
    """a*(1 - a)*(-t/a + (1 - t)/(1 - a)) → a - t: a sum whose denominators stand as factors beside it."""
    for term in Add.make_args(expr):
        factors = Mul.make_args(term)
        for position, factor in enumerate(factors):
            denominators = _denominators(factor) if isinstance(factor, Add) else None
            if denominators:  # most sums have none, and a long product need not be searched for each of them
                others = factors[:position] + factors[position + 1 :]
                if not denominators.isdisjoint(others):
                    spread = Add(*(Mul(piece, *others) for piece in factor.args))
                    changed = Add(*(spread if t is term else t for t in Add.make_args(expr)))
                    return _shorter(expr, multiply_out(cancel_denominators(changed)))
    return expr


def _denominators(expr: Add) -> set[Expr]:
    return {
        factor.base
        for term in expr.args
        for factor in Mul.make_args(term)
        if isinstance(factor, Pow) and factor.exp.is_negative
    }


def multiply_out(expr: Expr) -> Expr:
    """Multiply out, gather like terms and take out what several terms share, where that makes the sum shorter."""
    if expanded_size(expr) > EXPANSION_LIMIT or not nodes_within(expr, NODE_LIMIT):
        return expr
    gathered = gather_shared(Add(*(expand_mul(term, deep=False) for term in Add.make_args(expr))))
    return _shorter(expr, gathered)


def _shorter(before: Expr, after: Expr) -> Expr:
    """The shorter of two forms; the first where they are equally long or too large to be measured."""
    if not (nodes_within(before, NODE_LIMIT) and nodes_within(after, NODE_LIMIT)):
        return before
    return min((before, after), key=count_ops)


def nodes_within(expr: Expr, limit: int) -> bool:
    """Whether ``expr`` has at most that many parts: the closed form of a deep network is not walked to its end."""
    stack: list[Basic] = [expr]
    count = 0
    while stack:
        count += 1
        if count + len(stack) > limit:
            return False
        stack.extend(stack.pop().args)
    return True


def expanded_size(expr: Expr) -> int:
    """How many terms ``expr`` has when multiplied out, roughly."""
    total = 0
    for term in Add.make_args(expr):
        size = 1
        for factor in Mul.make_args(term):
            base, exponent = factor.as_base_exp()
            if isinstance(base, Add):
                size *= len(base.args) ** (int(exponent) if isinstance(exponent, Integer) and exponent > 0 else 1)
        total += size
    return total


def gather_shared(expr: Expr) -> Expr:
    """p*t1 + p*t2 - t1 → p*(t1 + t2) - t1: take out the factor that most terms share, and so on with the rest."""
    if not isinstance(expr, Add):
        return expr
    expr = take_out_common(expr)
    if not isinstance(expr, Add):
        return Mul(*(gather_shared(factor) for factor in Mul.make_args(expr)))
    splits = [_split(expr, base) for base in _most_shared(expr)]
    if not splits:
        return expr
    base, inside, others = min(splits, key=lambda split: count_ops(Add(Mul(split[0], split[1]), split[2])))
    return take_out_common(Add(gather_shared(others), Mul(base, gather_shared(inside))))


def _split(expr: Add, base: Expr) -> tuple[Expr, Expr, Expr]:
    """The base, what it multiplies, and the terms that do not have it."""
    sharing = [base in _exponents(term) for term in expr.args]
    inside = Add(*(term / base for term, shares in zip(expr.args, sharing, strict=True) if shares))
    return base, inside, Add(*(term for term, shares in zip(expr.args, sharing, strict=True) if not shares))


def _most_shared(expr: Add) -> list[Expr]:
    """The factors that most terms share, two terms at least: p and t1 in p*t1 + p*t2 - t1."""
    counts: dict[Expr, int] = {}
    for term in expr.args:
        for base in _exponents(term):
            counts[base] = counts.get(base, 0) + 1
    most = max(counts.values(), default=0)
    return sorted((b for b, count in counts.items() if count == most > 1), key=lambda b: b.sort_key(), reverse=True)


def state_fact(fact: Eq) -> Callable[[Expr], Expr]:
    """Make the rule that puts in a fact about a sum: with t1 + t2 = 1, p*(t1 + t2) → p, and 1 - t1 - t2 → 0."""
    known = fact.lhs - fact.rhs
    constant, terms = known.as_coeff_add()
    value = -constant

    def apply(expr: Expr) -> Expr:
        if not expr.args or not terms:
            return expr
        args = [apply(arg) for arg in expr.args]
        node = expr if all(a is b for a, b in zip(args, expr.args, strict=True)) else expr.func(*args)
        if not isinstance(node, Add):
            return node
        for sign in (S.One, S.NegativeOne):
            wanted = [sign * term for term in terms]
            if all(term in node.args for term in wanted):
                return Add(sign * value, *(term for term in node.args if term not in wanted))
        return node

    return apply


SIGNS = Rewrite("turning signs", "always: -(t - 1) = 1 - t", tidy_signs)
TAKE_OUT = Rewrite("taking out the common part", "always: x*y + x*z = x*(y + z)", take_out_common)
CANCEL = Rewrite("cancelling", "where the cancelled factor is not zero", cancel_denominators)
GATHER = Rewrite("gathering like terms", f"{UNLESS_CANCELLED}: the product is multiplied out", multiply_out)


def fact_rule(fact: Eq) -> Rewrite:
    """The rule that puts in one fact."""
    return Rewrite(FACT, f"where {fact.lhs} = {fact.rhs}", state_fact(fact), uses=(fact,))
