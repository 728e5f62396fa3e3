"""One gradient worked from the loss to its closed form along every route, the way it is done by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sympy import Add, Basic, Expr, Mul, Symbol

from symbackprop.algebra import CANCEL, TAKE_OUT
from symbackprop.calculus.derivation import Derivation, Path, require_derivation
from symbackprop.calculus.graph import reaches, summands
from symbackprop.calculus.scalar import split_lines, unworked
from symbackprop.calculus.step import Reason, Recorder, Rule, Step, listed
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.network.relations import equations_in
from symbackprop.notation import Total

NAMES_WORKED = 40
"""Along a longer route the δ's are put in all at once."""
ROUTES_WORKED = 12
"""With more routes than this a gradient is worked through its δ's alone: nobody reads fifty products."""
LINKS_WORKED = 150
"""Nor a product of so many local derivatives."""


def _are_short(derivation: Derivation, source: Symbol) -> bool:
    """Whether the routes are so short that their products can be read."""
    return all(len(path.names) <= LINKS_WORKED for path in derivation.paths(source))


def work(derivation: Derivation, name: Symbol | str) -> tuple[Step, ...]:
    """Work out one gradient line by line.

    With few routes: sum rule, the terms that the name does not reach, one chain product for each route, the local
    derivatives put in, the common part taken out (the closed form), and the δ's named one after the other until the
    form of the sweep is reached. With many routes: the chain rule through the next equations, whose adjoints the sweep
    has named already. Every line equals the one before. Where values are matrices: the lines of the sweep that lead
    from the loss to this gradient; likewise where the gradient is zero.
    """
    require_derivation(derivation, "work")
    source = derivation.symbol(name)
    if derivation.network.dialect != "scalar" or source in derivation.zero:
        return cited_lines(derivation, source)
    line = _Lines(derivation, source)
    paths: list[Path] = []
    if derivation.path_count(source) <= ROUTES_WORKED and _are_short(derivation, source):
        line.split_loss()
        paths += derivation.paths(source)
        line.multiply_along_routes(paths)
        line.tidy(paths)
        line.name_signals(paths)
    else:
        line.chain()
    line.end_at(derivation.shared[source], paths)
    return tuple(line.recorder.steps)


def cited_lines(derivation: Derivation, source: Symbol) -> tuple[Step, ...]:
    """The lines of the sweep that lead to one gradient, numbered anew: its own, and those that they cite."""
    blocks = _blocks(derivation.steps)
    ends = {step.number: k for k, block in enumerate(blocks) for step in block}
    gradient = Total(derivation.network.loss, source)
    wanted: set[int] = set()
    waiting = [k for k, block in enumerate(blocks) if block[-1].lhs == gradient]
    while waiting:
        k = waiting.pop()
        if k not in wanted:
            wanted.add(k)
            cited = (use for step in blocks[k] for use in step.uses if isinstance(use, int))
            waiting += [ends[number] for number in cited]
    kept = [step for k in sorted(wanted) for step in blocks[k]]
    number = {step.number: position for position, step in enumerate(kept, start=1)}
    return tuple(
        replace(
            step,
            number=number[step.number],
            uses=tuple(number[use] if isinstance(use, int) else use for use in step.uses),
        )
        for step in kept
    )


def _blocks(steps: Sequence[Step]) -> list[list[Step]]:
    """The lines of each adjoint: what is moved to a name, then the lines about its derivative."""
    blocks: list[list[Step]] = []
    for step in steps:
        about = isinstance(step.lhs, Total)
        if not blocks or (isinstance(blocks[-1][-1].lhs, Total) and not (about and step.lhs == blocks[-1][-1].lhs)):
            blocks.append([])
        blocks[-1].append(step)
    return blocks


class _Lines:
    """The lines of one gradient; a line that says the same as the one before it is left out."""

    def __init__(self, derivation: Derivation, source: Symbol) -> None:
        self.derivation = derivation
        self.source = source
        self.loss = derivation.network.loss
        self.lhs = Total(self.loss, source)
        self.recorder = Recorder()

    def reach(self, rhs: Expr, rule: Rule, because: Reason, uses: tuple[Symbol | int, ...] = ()) -> None:
        steps = self.recorder.steps
        if not steps or steps[-1].rhs != rhs:
            self.recorder.record(self.lhs, rhs, rule, because, uses)

    def split_loss(self) -> None:
        terms = summands(self.derivation.network)
        if not terms or self.source in self.derivation.network.equations[self.loss].free_symbols:
            return
        reached = reaches(self.derivation.network, self.source)
        kept = [term for term in terms if not reached.isdisjoint(term.free_symbols)]
        for rhs, rule, because, uses in split_lines(self.loss, self.source, terms, kept):
            self.reach(rhs, rule, because, uses)

    def multiply_along_routes(self, paths: list[Path]) -> None:
        links = Add(*(unworked(*(link for link, _, _ in self._worth_writing(path))) for path in paths))
        if links != self.derivation.graph.link(self.loss, self.source):  # else it would say ∂E/∂y = ∂E/∂y
            self.reach(links, Rule.CHAIN, _chain_reason(paths, self.loss))
        users = {user for path in paths for _, _, user in self._worth_writing(path)}
        cited = tuple(name for name in self.derivation.network.equations if name in users)
        products = Add(*(path.product for path in paths))
        if any(_shrinks(path) for path in paths):
            put_in = Add(*(unworked(*(factor for _, factor, _ in self._worth_writing(path))) for path in paths))
            self.reach(put_in, Rule.SUBSTITUTE, ("local derivatives",), cited)
            self.reach(products, Rule.CANCEL, ("cancelling in each product",))
        else:
            self.reach(products, Rule.SUBSTITUTE, ("local derivatives",), cited)

    def _worth_writing(self, path: Path) -> list[tuple[Expr, Expr, Symbol]]:
        """Links of a route with their derivatives and the equations that these are of; ∂E/∂E1 = 1 is no factor."""
        edges = list(zip(path.links, path.factors, reversed(path.names[1:]), strict=True))
        return [edge for edge in edges if edge[1] != 1] or edges[:1]

    def tidy(self, paths: list[Path]) -> None:
        """The closed form, first without what is known of the data, then with it."""
        rules = []
        if any(CANCEL.apply(path.product) != path.product for path in paths):
            rules.append(Rule.CANCEL)
        if self._passes_softmax(paths):
            rules.append(Rule.GATHER)
        if len(paths) > 1 or not rules:
            rules.append(Rule.COMMON)
        plain = self.derivation.without_facts[self.source]
        self.reach(plain, rules[0], (" and ".join(rules),))
        stated = equations_in(self.derivation.facts)
        if stated:
            words = (part for fact in stated for part in (" and ", fact.lhs, " = ", fact.rhs))
            self.reach(self.derivation.gradients[self.source], Rule.FACT, ("since ", *list(words)[1:]))

    def _passes_softmax(self, paths: list[Path]) -> bool:
        equations = self.derivation.network.equations
        return any(isinstance(equations.get(name), SoftmaxComponent) for path in paths for name in path.names)

    def chain(self) -> None:
        graph = self.derivation.graph
        users = graph.users[self.source]
        products = [unworked(Total(self.loss, user), self.derivation.link(user, self.source)) for user in users]
        self.reach(Add(*products), Rule.CHAIN, ("chain rule through ", *listed(users)))

    def name_signals(self, paths: list[Path]) -> None:
        """Put δ's in place of what they stand for, from the loss back; along a very long route it is done at once."""
        if max(len(path.names) for path in paths) > NAMES_WORKED:
            return
        for _ in range(len(self.derivation.backward)):
            current = self.recorder.steps[-1].rhs
            found = self._nameable(current)
            if not found:
                return
            named = replaced(current, found)
            if named == current:
                return
            deltas = list(found.values())
            self.reach(named, Rule.NAME, ("naming ", *listed(deltas)), tuple(deltas))

    def end_at(self, shared: Expr, paths: list[Path]) -> None:
        """Arrive at the form of the sweep.

        Where a common part hides a δ, the product is multiplied out, the δ's are named, and what is common is taken
        out again.
        """
        if self.recorder.steps[-1].rhs != shared and paths:
            self.reach(self._spread(self.recorder.steps[-1].rhs), Rule.GATHER, ("multiplying out the bracket",))
            self.name_signals(paths)
        if self.recorder.steps[-1].rhs != shared and paths:
            self.reach(TAKE_OUT.apply(self.recorder.steps[-1].rhs), Rule.COMMON, (Rule.COMMON,))
            self.name_signals(paths)
        if self.recorder.steps[-1].rhs == shared:
            return
        known = self.derivation.backward
        last = [delta for delta in known if delta in shared.free_symbols]
        opened = shared.xreplace({delta: known[delta] for delta in last})
        inner = [delta for delta in known if delta in opened.free_symbols]
        if inner:
            self.reach(opened, Rule.NAME, ("naming ", *listed(inner)), tuple(inner))
        self.reach(shared, Rule.NAME, ("naming ", *listed(last)), tuple(last))

    def _spread(self, expr: Expr) -> Expr:
        """Multiply each product into its bracket, but leave the brackets that belong to a δ, such as 1 - a."""
        kept = {part for delta in self.derivation.backward.values() for part in Mul.make_args(delta)}
        terms: list[Expr] = []
        for term in Add.make_args(expr):
            factors = Mul.make_args(term)
            bracket = next((f for f in factors if isinstance(f, Add) and f not in kept), None)
            others = [f for f in factors if f is not bracket]
            terms += [term] if bracket is None else [Mul(*others, piece) for piece in bracket.args]
        return Add(*terms)

    def _nameable(self, expr: Expr) -> dict[Expr, Symbol]:
        """The definitions that stand in ``expr``, written in δ's that it has been given already."""
        here = expr.free_symbols
        return {
            definition: delta
            for delta, definition in self.derivation.backward.items()
            if definition.free_symbols <= here and replaced(expr, {definition: delta}) != expr
        }


def replaced(expr: Expr, definitions: Mapping[Expr, Symbol]) -> Expr:
    """Replace definitions that stand whole, or as the factors of a product, by their names."""
    if expr in definitions:
        return definitions[expr]
    if not expr.args:
        return expr
    args = [replaced(arg, definitions) if isinstance(arg, Expr) else arg for arg in expr.args]
    node = expr if all(a is b for a, b in zip(args, expr.args, strict=True)) else expr.func(*args)
    if isinstance(node, Mul):
        for definition, delta in definitions.items():
            parts = Mul.make_args(definition)
            if len(parts) > 1 and all(part in node.args for part in parts):
                rest = [factor for factor in node.args if factor not in parts]
                return replaced(Mul(delta, *rest), definitions)
    return node


def _shrinks(path: Path) -> bool:
    """Whether factors of the product cancel, or gather into a power."""
    written = sum(len(Mul.make_args(factor)) for factor in path.factors if not factor.is_Number)
    return len([f for f in Mul.make_args(path.product) if not f.is_Number]) < written - sum(
        1 for factor in path.factors for f in Mul.make_args(factor) if f.is_Number and not factor.is_Number
    )


def _chain_reason(paths: list[Path], loss: Symbol) -> Reason:
    if len(paths) == 1:
        return ("chain rule along ", *_arrows(paths[0].names))
    return ("chain rule, one product for each of the ", str(len(paths)), " routes to ", loss)


def _arrows(names: tuple[Symbol, ...]) -> Iterator[str | Basic]:
    for position, name in enumerate(names):
        if position:
            yield " → "
        yield name
