"""Gauss-Newton matrices and Fisher information: the curvature of the loss at some values, through their Jacobian.

Where the parameters w reach the loss through values z alone, the Hessian by w is Jᵀ·H·J and a part with second
derivatives of z, with J the Jacobian of z by w and H the Hessian of the loss by z. The first part is the Gauss-Newton
matrix (Schraudolph, 2002, "Fast curvature matrix-vector products for second-order gradient descent").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sympy import Add, Expr, Mul, S, Symbol

from symbackprop.calculus.step import Reason, Recorder, Rule, Step, listed
from symbackprop.calculus.strangers import require_network
from symbackprop.errors import DerivationError
from symbackprop.matrices import SumAll, shape_of, substituted, turned
from symbackprop.matrices import product as matrix_product
from symbackprop.network.network import Network
from symbackprop.network.outputs import fresh
from symbackprop.tangents.curvature_products import later, times_directions
from symbackprop.tangents.cutting import after, candidates, reached
from symbackprop.tangents.differentiated import TITLES, AreEqual, Differentiated, Entry, Truth
from symbackprop.tangents.layers import layer_of
from symbackprop.tangents.matrices import hessian, in_shape, jacobian, require_line, symbols_of
from symbackprop.tangents.products import Names, check_reach, ends_of, hvp
from symbackprop.tangents.sweep import tidying_of, words_of

NATURAL = (
    "the loss is the negative logarithm of a likelihood, with {} for its natural parameter: then the Hessian of the "
    "loss by {} has no target in it, and is its own expectation over targets that the network draws (Martens, 2020, "
    "New insights and perspectives on the natural gradient method, section 9)"
)

INSTEAD = "product=True, or --product of a command, which multiplies it by a direction"
"""What takes parameters that are matrices."""


def gauss_newton(network: Network, wrt: Names = None, of: Names = None, *, product: bool = False) -> Differentiated:
    """The Gauss-Newton matrix Jᵀ·H·J of a network with a loss, which is never indefinite where the loss is convex.

    Parameters
    ----------
    network
        A network with a loss.
    wrt
        The parameters: scalars, columns or rows.
    of
        The values z through which they reach the loss, with J their Jacobian and H the Hessian of the loss by them;
        scalars, columns or rows. By default those nearest the loss, from what is compared with targets back, by which
        the Hessian has no target in it, as the scores before a softmax; where there are none, what is compared.

    product
        Multiply the matrix by a direction for each parameter and do not make it; parameters and values may be matrices.

    It is called G, or G_w_v for each pair of parameters, w, v once; the product is called G_w for each. Raises
    DerivationError where a parameter or a value is a matrix and no product is asked for, and where a parameter reaches
    the loss otherwise too.
    """
    names, values, outer = _halves(network, wrt, of, "gauss_newton", product)
    made = times_directions if product else _matrix
    return made("gauss-newton", network, names, values, outer)


def fisher(network: Network, wrt: Names = None, of: Names = None, *, product: bool = False) -> Differentiated:
    """The Fisher information of a network whose loss is the negative logarithm of a likelihood.

    It is the expectation, over targets drawn as the network says, of the gradient times its transpose. Where the values
    ``of`` are the natural parameter of an exponential family (the scores before a softmax with cross-entropy, those
    before a sigmoid with binary cross-entropy, the mean with a squared error) it is the Gauss-Newton matrix by them;
    ``conditions`` of the result says so, with a source. Arguments are as for ``gauss_newton``, the result is called F.

    Raises DerivationError as ``gauss_newton`` does, and where the Hessian of the loss by the values depends on targets,
    so that they are no natural parameter.
    """
    names, values, outer = _halves(network, wrt, of, "fisher", product)
    said = ", ".join(value.name for value in values)
    target = _target_in(network, outer)
    if target is not None:
        what = f"the Hessian of {network.loss.name} by {said} depends on the target {target.name}"
        fix = "name the natural parameter, as in of='Z', and state facts of targets such as rowsum(Y) = 1"
        raise DerivationError("likelihood", f"{what}, so that {said} is no natural parameter", fix)
    if all(formula == 0 for formula in outer.formulas.values()):
        what = f"the Hessian of {network.loss.name} by {said} is zero, which that of no such likelihood is"
        raise DerivationError("likelihood", what, "take hessian or gauss_newton")
    made = (times_directions if product else _matrix)("fisher", network, names, values, outer)
    return replace(made, conditions=(NATURAL.format(said, said),))


def _halves(
    network: Network, wrt: Names, of: Names, caller: str, product: bool
) -> tuple[tuple[Symbol, ...], tuple[Symbol, ...], Differentiated]:
    """The parameters, the values between, and the Hessian of the loss by these."""
    require_network(network, caller)
    if network.outputs:
        what = f"{network.name} is a layer, which has no loss"
        raise DerivationError("layer", what, "write a network with its equations and a loss of the outputs")
    names = network.asked(wrt)[0]
    for name in () if product else names:
        require_line(name, TITLES[caller.replace("_", "-")], INSTEAD)
    if of is not None:
        values = ends_of(network, of)
        return names, values, _outer(network, names, values, product)
    first: tuple[tuple[Symbol, ...], Differentiated] | None = None
    refused: DerivationError | None = None
    for values in candidates(network, names):
        try:
            outer = _outer(network, names, values, product)
        except DerivationError as error:
            refused = refused or error
            continue
        if _target_in(network, outer) is None:
            return names, values, outer
        first = first or (values, outer)
    if first is None:
        what = f"{network.name} has no equation for what it compares with a target"
        fix = "give that an equation of its own, or name the values between, as in of='z'"
        raise refused or DerivationError("of", what, fix)
    return names, *first


def _outer(network: Network, names: Sequence[Symbol], values: Sequence[Symbol], product: bool) -> Differentiated:
    for value in () if product else values:
        require_line(value, "Gauss-Newton matrix with the Hessian by", INSTEAD)
    check_reach(network, names, values)
    return (hvp if product else hessian)(after(network, values, names), values)


def _target_in(network: Network, outer: Differentiated) -> Symbol | None:
    """A target on which the Hessian by the values depends."""
    found = {symbol for expr in outer.network.equations.values() for symbol in expr.free_symbols}
    tainted = reached(network, network.targets)
    return next((name for name in network.names if name in found and name in tainted), None)


def _matrix(
    what: str, network: Network, names: Sequence[Symbol], values: Sequence[Symbol], outer: Differentiated
) -> Differentiated:
    """Jᵀ·H·J for each pair of names, w, v once."""
    inner = jacobian(network, values, names)
    halves = _joined(network, inner, outer)
    taken = words_of(network) | {name.name for name in halves.equations}
    pairs = [(w, v) for k, w in enumerate(names) for v in names[k:]]
    results = symbols_of(pairs, "F" if what == "fisher" else "G", taken)
    tidying = tidying_of(network)
    recorder = Recorder()
    recorder.steps.extend(halves.steps)
    formulas: dict[Symbol, Expr] = {}
    definitions: dict[Symbol, Expr] = {}
    truths: dict[Symbol, tuple[Truth, ...]] = {}
    for name, entry in results.items():
        assert entry.by is not None
        shape = shape_of(name)
        defined = in_shape(Add(*halves.terms(entry, values)), shape)
        because: Reason = ("the Hessian of ", network.loss, " by ", *listed(values), ", between their Jacobians")
        recorder.record(name, defined, Rule.CHAIN, because, halves.lines)
        value = in_shape(substituted(defined, halves.formulas), shape)
        recorder.record(name, value, Rule.SUBSTITUTE, ("putting in ", *listed(halves.used(defined))), halves.lines)
        for rewritten in tidying(value, shape):
            value = in_shape(rewritten.result, shape)
            recorder.record(name, value, Rule(rewritten.rule.name), (rewritten.rule.reason,))
        formulas[name] = value
        definitions[name] = defined
        judged = layer_of(network, {**halves.equations, name: value}, [*halves.formulas, name], (), TITLES[what])
        truths[name] = (*halves.truths, AreEqual(judged, name, defined))
    every = layer_of(network, {**halves.equations, **formulas}, [*halves.formulas, *results], (), TITLES[what])
    named = (*halves.formulas, *results)
    right = Add(*(inner_product(every.outputs[name], definitions.get(name, name)) for name in named))
    whole = (*inner.whole, *outer.whole, AreEqual(every, every.loss, right))
    made = layer_of(network, {**halves.equations, **formulas}, results, (), f"{TITLES[what]} of {network.name}")
    return Differentiated(what, network, made, tuple(names), results, {}, tuple(recorder.steps), truths, whole)


@dataclass(frozen=True)
class _Halves:
    """The Jacobian of the values and the Hessian by them, by the names that they have in one set of equations."""

    equations: dict[Symbol, Expr]
    formulas: dict[Symbol, Expr]
    jacobians: dict[tuple[Symbol, Symbol], Symbol]
    hessians: dict[tuple[Symbol, Symbol], Symbol]
    steps: tuple[Step, ...]
    truths: tuple[Truth, ...]

    @property
    def lines(self) -> tuple[int, ...]:
        """The numbers of the lines that end in one of them."""
        last = {step.lhs: step.number for step in self.steps if step.lhs in self.formulas}
        return tuple(sorted(last.values()))

    def used(self, expr: Expr) -> list[Symbol]:
        """Those of them that stand in an expression."""
        return [name for name in self.formulas if name in expr.free_symbols]

    def terms(self, entry: Entry, values: Sequence[Symbol]) -> list[Expr]:
        """Jᵀ·H·J as a sum over pairs of values."""
        assert entry.by is not None
        found = []
        for a in values:
            for b in values:
                middle = self.hessians.get((a, b))
                between: Expr = turned(self.hessians[b, a]) if middle is None else middle
                ends = (self.jacobians.get((a, entry.of)), self.jacobians.get((b, entry.by)))
                if ends[0] is not None and ends[1] is not None:
                    found.append(_multiplied(turned(ends[0]), between, ends[1]))
        return found


def _joined(network: Network, inner: Differentiated, outer: Differentiated) -> _Halves:
    """Both halves; what the second has under a name of the first gets another."""
    taken = words_of(network) | {name.name for name in inner.network.equations}
    new = [name for name in outer.network.equations if name not in network.equations]
    other: dict[Symbol, Symbol] = {}
    for name in new:
        if name.name in taken:
            other[name] = fresh(name, taken | {known.name for known in new}, ("{}_between",))
        taken.add(other.get(name, name).name)
    steps = (*inner.steps, *(later(step, len(inner.steps), other) for step in outer.steps))
    behind = {other.get(name, name): expr.xreplace(other) for name, expr in outer.network.equations.items()}
    results = {other.get(name, name): entry for name, entry in outer.results.items()}
    equations = {**network.equations, **inner.network.equations, **behind}
    return _Halves(
        equations,
        {name: equations[name] for name in (*inner.results, *results)},
        {(entry.of, entry.by): name for name, entry in inner.results.items() if entry.by is not None},
        {(entry.of, entry.by): name for name, entry in results.items() if entry.by is not None},
        steps,
        tuple(truth for half in (inner, outer) for truths in half.truths.values() for truth in truths),
    )


def inner_product(adjoint: Expr, value: Expr) -> Expr:
    """⟨A, B⟩."""
    return SumAll(adjoint * value) if shape_of(adjoint) else Mul(adjoint, value)


def _multiplied(*factors: Expr) -> Expr:
    """A product of matrices and scalars."""
    matrices = [factor for factor in factors if shape_of(factor)]
    return Mul(*(f for f in factors if not shape_of(f)), matrix_product(*matrices) if matrices else S.One)
