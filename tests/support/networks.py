"""Networks that the tests share, random ones, and a 50-digit witness of what they compute.

The witness knows nothing of the package's own definitions and derivatives: its functions are written out here once
more, and it differentiates by differences so small that 50 digits leave 25 of them right.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import mpmath
import sympy as sp
from hypothesis import strategies as st
from mpmath import mpf
from sympy import Abs, Add, Expr, Max, Min, Mul, Piecewise, Pow, Rational, Symbol, exp, log, sign, sqrt, symbols, tanh

import symbackprop as sb
from symbackprop import functions
from symbackprop.functions import huber, normal_cdf, normal_pdf
from symbackprop.functions.softmax import SoftmaxComponent, log_sum_exp
from symbackprop.functions.user import UserFunction
from symbackprop.notation import Direct, Partial

mpmath.mp.dps = 50
STEP = mpf(10) ** -14

# --------------------------------------------------------------------------------------------------------------------
# The networks of the notes, and one network for each thing that can go wrong.

NOTES_VALUES = {
    "i1": 0.05, "i2": 0.10, "t1": 0.01, "t2": 0.99, "w1": 0.15, "w2": 0.20, "w3": 0.25, "w4": 0.30,
    "w5": 0.40, "w6": 0.45, "w7": 0.50, "w8": 0.55,
}  # fmt: skip


def network(
    equations: Mapping[Any, Any],
    inputs: str = "x",
    targets: str = "t",
    parameters: str = "w",
    loss: str = "E",
    **options: Any,
) -> sb.Network:
    """A network whose names are given as words."""
    return sb.Network(
        {Symbol(name) if isinstance(name, str) else name: expr for name, expr in equations.items()},
        inputs=[Symbol(name) for name in inputs.split()],
        targets=[Symbol(name) for name in targets.split()],
        parameters=[Symbol(name) for name in parameters.split()],
        loss=Symbol(loss),
        **options,
    )


def two_layer() -> sb.Network:
    """Two inputs, two hidden and two output sigmoids, no bias."""
    i1, i2, t1, t2 = symbols("i1 i2 t1 t2")
    w1, w2, w3, w4, w5, w6, w7, w8 = w = symbols("w1:9")
    h1, h2, a_h1, a_h2, o1, o2, a_o1, a_o2, E = symbols("h1 h2 a_h1 a_h2 o1 o2 a_o1 a_o2 E")
    return sb.Network(
        {
            h1: w1 * i1 + w2 * i2,
            h2: w3 * i1 + w4 * i2,
            a_h1: sb.sigmoid(h1),
            a_h2: sb.sigmoid(h2),
            o1: w5 * a_h1 + w6 * a_h2,
            o2: w7 * a_h1 + w8 * a_h2,
            a_o1: sb.sigmoid(o1),
            a_o2: sb.sigmoid(o2),
            E: (t1 - a_o1) ** 2 / 2 + (t2 - a_o2) ** 2 / 2,
        },
        inputs=[i1, i2],
        targets=[t1, t2],
        parameters=w,
        loss=E,
        name="two-layer sigmoid",
        values=NOTES_VALUES,
    )


def or_gate() -> sb.Network:
    """One sigmoid neuron."""
    x1, x2, w1, w2, b, z, y = symbols("x1 x2 w1 w2 b z y")
    equations = {z: w1 * x1 + w2 * x2 + b, Symbol("y_hat"): sb.sigmoid(z)}
    equations[Symbol("L")] = sb.squared_error(Symbol("y_hat"), y)
    return network(equations, "x1 x2", "y", "w1 w2 b", "L", name="or gate")


def chain(layers: int, activation: Callable[[Expr], Expr] = sb.sigmoid) -> sb.Network:
    """One neuron a layer."""
    equations: dict[Symbol, Expr] = {}
    value = Symbol("x")
    weights = symbols(f"w1:{layers + 1}")
    for k, w in enumerate(weights, start=1):
        equations[Symbol(f"z{k}")] = w * value
        value = equations_name = Symbol(f"a{k}")
        equations[equations_name] = activation(Symbol(f"z{k}"))
    E, t = symbols("E t")
    equations[E] = sb.squared_error(value, t)
    return sb.Network(equations, inputs=[Symbol("x")], targets=[t], parameters=weights, loss=E, name="chain")


def softmax_classifier(classes: int = 3, facts: bool = False, log_form: bool = False) -> sb.Network:
    """Two inputs, one layer of scores, softmax (or log_softmax), cross-entropy."""
    i1, i2, E = symbols("i1 i2 E")
    w = symbols(f"w1:{2 * classes + 1}")
    z, p, t = (symbols(f"{stem}1:{classes + 1}") for stem in "zpt")
    equations = {z[k]: w[2 * k] * i1 + w[2 * k + 1] * i2 for k in range(classes)}
    if log_form:
        equations |= dict(zip(p, sb.log_softmax(z), strict=True))
        equations[E] = Add(*(-a * b for a, b in zip(t, p, strict=True)))
    else:
        equations |= dict(zip(p, sb.softmax(z), strict=True))
        equations[E] = sb.cross_entropy(p, t)
    stated = [sp.Eq(Add(*t), 1)] if facts else []
    return sb.Network(equations, inputs=[i1, i2], targets=t, parameters=w, loss=E, facts=stated)


def _skip() -> sb.Network:
    x, w, v, z, a, s, y, t = symbols("x w v z a s y t")
    equations = {z: w * x, a: tanh(z), s: a + x * w, y: v * s + a * s, "E": sb.squared_error(y, t)}
    return network(equations, parameters="w v")


def _residual() -> sb.Network:
    x, w, v, a, b, y, t = symbols("x w v a b y t")
    return network({a: x + tanh(w * x), b: a + tanh(v * a), y: b + a, "E": sb.squared_error(y, t)}, parameters="w v")


def _shared_weight() -> sb.Network:
    x, w, z1, z2, a1, t = symbols("x w z1 z2 a1 t")
    return network({z1: w * x, a1: sb.sigmoid(z1), z2: w * a1, "E": sb.squared_error(z2, t)})


def _weight_in_loss() -> sb.Network:
    x, w, c, y, t = symbols("x w c y t")
    return network({y: sb.softplus(w * x), "E": sb.squared_error(y, t) + c * w**2 / 2 + abs(c)}, parameters="w c")


def _value_used_twice() -> sb.Network:
    x, w, v, z, a, y1, y2, t = symbols("x w v z a y1 y2 t")
    loss = sb.squared_error([y1, y2], [t, 2])
    return network({z: w * x, a: sb.sigmoid(z), y1: v * a, y2: a**2 + 3 * a, "E": loss}, parameters="w v")


def _constants() -> sb.Network:
    x, w, y, c, t = symbols("x w y c t")
    return network({c: Rational(3, 2) + sp.pi, y: c * w * x + sp.sqrt(2), "E": sb.squared_error(y, t)})


def _max_min() -> sb.Network:
    x, w, v, a, b, m, t = symbols("x w v a b m t")
    equations = {a: w * x, b: v * x + 1, m: Max(a, b, a * b) + Min(a, v), "E": sb.squared_error(m, t)}
    return network(equations, parameters="w v")


def _piecewise() -> sb.Network:
    x, w, z, y, t = symbols("x w z y t")
    cases = Piecewise((z**2, (z > 0) & (z < 1)), (2 * z - 1, z >= 1), (0, True))
    return network({z: w * x, y: cases, "E": sb.squared_error(y, t)})


def _powers() -> sb.Network:
    x, w, v, u, y, t = symbols("x w v u y t")
    base = w**2 + 1
    equations = {u: base ** (v * x) + 1 / base + sqrt(base) + base ** Rational(-3, 2), y: log(u) + exp(-u) / u**2}
    return network({**equations, "E": sb.squared_error(y, t)}, parameters="w v")


def _user_functions() -> sb.Network:
    x, w, v, z, y, t = symbols("x w v z y t")
    swish = sb.function("swish", lambda z: z * sb.sigmoid(z))
    gate = sb.function("gate", lambda x, y: swish(x) * tanh(y) + x**2)
    return network({z: w * x, y: swish(z) + gate(z, v * z), "E": sb.squared_error(y, t)}, parameters="w v")


def _every_activation() -> sb.Network:
    x, w, s, alpha, t, y = symbols("x w s alpha t y")
    z = symbols("z1:9")
    equations: dict[Any, Any] = {name: w * x + Rational(k, 7) for k, name in enumerate(z, start=-4)}
    kinds = [sb.sigmoid, tanh, sb.relu, sb.softplus, sb.gelu, sb.silu]
    made = [kind(name) for kind, name in zip(kinds, z, strict=False)] + [sb.leaky_relu(z[6], s), sb.elu(z[7], alpha)]
    equations |= {Symbol(f"a{k}"): expr for k, expr in enumerate(made, start=1)}
    equations[y] = Mul(*symbols("a1:5")) + Add(*symbols("a5:9"))
    return network({**equations, "E": sb.smooth_l1(y, t)}, parameters="w s alpha")


def _unnamed() -> sb.Network:
    x, w, v, t = symbols("x w v t")
    inner = sb.sigmoid(w * x + v)
    return network({"E": sb.squared_error(v * inner + tanh(w * inner) * inner, t)}, parameters="w v")


def _softmax_inside() -> sb.Network:
    x, t = symbols("x t")
    w = symbols("w1:4")
    z, p = symbols("z1:4"), symbols("p1:4")
    equations = dict(zip(z, (w[0] * x, w[1] * x + w[0], w[2] ** 2), strict=True))
    equations |= dict(zip(p, sb.softmax(z), strict=True))
    y = p[0] * z[0] + p[1] * z[1] + p[2] * z[2]
    return network({**equations, "y": y, "E": sb.squared_error(Symbol("y"), t)}, parameters="w1 w2 w3")


def _awkward_names() -> sb.Network:
    words = "E I S N Q O pi beta gamma lambda np sigmoid"
    error, i, s, n, q, o, pi, beta, gamma, lam, np, sigmoid = symbols(words)
    equations = {n: i * beta + pi, s: sb.sigmoid(n), q: gamma * s + lam, o: tanh(q) * np}
    equations[error] = sb.squared_error(o, sigmoid)
    return sb.Network(equations, inputs=[i, np], targets=[sigmoid], parameters=[beta, pi, gamma, lam], loss=error)


def _names_like_signals() -> sb.Network:
    delta_o1, w, x, o1, dE_dw, t = symbols("delta_o1 w x o1 dE_dw t")
    equations = {o1: w * x + delta_o1 * dE_dw, "y": tanh(o1) * o1, "E": sb.squared_error(Symbol("y"), t)}
    return network(equations, parameters="w delta_o1 dE_dw")


EXAMPLES: dict[str, Callable[[], sb.Network]] = {
    "two-layer": two_layer,
    "two-layer-bias": lambda: sb.mlp([2, 2, 2], bias="layer"),
    "or-gate": or_gate,
    "deep-chain": lambda: chain(5),
    "softmax-2": lambda: softmax_classifier(2),
    "softmax-3": softmax_classifier,
    "softmax-3-facts": lambda: softmax_classifier(facts=True),
    "log-softmax": lambda: softmax_classifier(log_form=True),
    "softmax-mlp": lambda: sb.mlp([2, 3, 3], loss="cross_entropy", activation="tanh"),
    "bce": lambda: sb.mlp([2, 3, 2], loss="binary_cross_entropy", activation="silu"),
    "smooth-l1-relu": lambda: sb.mlp([2, 3, 2], loss="smooth_l1", activation="relu", output="tanh"),
    "three-hidden": lambda: sb.mlp([2, 2, 3, 2, 1], activation="gelu", output="identity"),
    "skip": _skip,
    "residual": _residual,
    "shared-weight": _shared_weight,
    "weight-in-loss": _weight_in_loss,
    "value-used-twice": _value_used_twice,
    "constants": _constants,
    "max-min": _max_min,
    "piecewise": _piecewise,
    "powers": _powers,
    "user-functions": _user_functions,
    "every-activation": _every_activation,
    "unnamed": _unnamed,
    "softmax-inside": _softmax_inside,
    "awkward-names": _awkward_names,
    "names-like-signals": _names_like_signals,
}
"""Every example of these tests by name; each call makes it anew."""

# --------------------------------------------------------------------------------------------------------------------
# The witness: values to 50 digits.


def _normal_cdf(z: mpf) -> mpf:
    return mpmath.erfc(-z / mpmath.sqrt(2)) / 2


SHARED = "sin cos tan asin acos atan atan2 sinh cosh asinh acosh atanh erf erfinv".split()
"""What SymPy and mpmath have under one name."""
SELU = ("1.0507009873554805", "1.7580993408473766")

WITNESS: dict[type, Callable[..., mpf]] = {
    sb.sigmoid: lambda z: 1 / (1 + mpmath.exp(-z)),
    tanh: mpmath.tanh,
    **{getattr(sp, name): getattr(mpmath, name) for name in SHARED},
    sp.loggamma: mpmath.loggamma,
    sp.polygamma: lambda n, z: mpmath.polygamma(int(n), z),
    functions.digamma: mpmath.digamma,
    functions.trigamma: lambda z: mpmath.polygamma(1, z),
    functions.erfc: mpmath.erfc,
    functions.log1p: mpmath.log1p,
    functions.expm1: mpmath.expm1,
    functions.logaddexp: lambda a, b: mpmath.log(mpmath.exp(a) + mpmath.exp(b)),
    functions.xlogy: lambda x, y: x * mpmath.log(y),
    functions.log_sigmoid: lambda z: -mpmath.log1p(mpmath.exp(-z)),
    functions.softsign: lambda z: z / (1 + abs(z)),
    functions.mish: lambda z: z * mpmath.tanh(mpmath.log1p(mpmath.exp(z))),
    functions.hard_sigmoid: lambda z: min(max(z / 6 + mpf(1) / 2, mpf(0)), mpf(1)),
    functions.hardswish: lambda z: z * min(max(z + 3, mpf(0)), mpf(6)) / 6,
    functions.relu6: lambda z: min(max(z, mpf(0)), mpf(6)),
    functions.gelu_tanh: lambda z: z / 2 * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (z + mpf("0.044715") * z**3))),
    functions.selu: lambda z: mpf(SELU[0]) * z if z > 0 else mpf(SELU[1]) * mpmath.expm1(z),
    functions.celu: lambda z, alpha: z if z > 0 else alpha * mpmath.expm1(z / alpha),
    functions.stop_gradient: lambda z: z,
    sb.relu: lambda z: max(z, mpf(0)),
    sb.leaky_relu: lambda z, slope: z if z > 0 else slope * z,
    sb.elu: lambda z, alpha: z if z > 0 else alpha * mpmath.expm1(z),
    sb.softplus: lambda z: mpmath.log1p(mpmath.exp(-abs(z))) + max(z, mpf(0)),
    sb.gelu: lambda z: z * _normal_cdf(z),
    sb.silu: lambda z: z / (1 + mpmath.exp(-z)),
    exp: mpmath.exp,
    log: mpmath.log,
    Abs: abs,
    sign: mpmath.sign,
    sb.step: lambda z: mpf(1) if z > 0 else mpf(0),
    normal_cdf: _normal_cdf,
    normal_pdf: lambda z: mpmath.exp(-z * z / 2) / mpmath.sqrt(2 * mpmath.pi),
    log_sum_exp: lambda *scores: mpmath.log(mpmath.fsum(map(mpmath.exp, scores))),
    huber: lambda x: x * x / 2 if abs(x) < 1 else abs(x) - mpf(1) / 2,
    Add: lambda *terms: mpmath.fsum(terms),
    Mul: lambda *factors: mpmath.fprod(factors),
    Pow: lambda base, exponent: mpmath.power(base, exponent),
    Max: max,
    Min: min,
    sp.And: lambda *conditions: all(conditions),
    sp.Or: lambda *conditions: any(conditions),
    sp.StrictLessThan: lambda a, b: a < b,
    sp.LessThan: lambda a, b: a <= b,
    sp.StrictGreaterThan: lambda a, b: a > b,
    sp.GreaterThan: lambda a, b: a >= b,
}


def exact(expr: Any, values: Mapping[str, Any]) -> mpf:
    """The value of an expression to 50 digits."""
    if isinstance(expr, Symbol):
        return mpmath.mpmathify(values[expr.name])
    if not expr.args:
        return mpmath.mpmathify(sp.N(expr, 50)) if expr.is_number else bool(expr)
    if isinstance(expr, Piecewise):
        return next(exact(branch.expr, values) for branch in expr.args if exact(branch.cond, values))
    if isinstance(expr, UserFunction):
        return exact(expr.body, {p.name: exact(arg, values) for p, arg in zip(expr.parameters, expr.args, strict=True)})
    args = [exact(arg, values) for arg in expr.args]
    if isinstance(expr, SoftmaxComponent):
        total = mpmath.fsum(mpmath.exp(z) for z in args[1:])
        share = mpmath.exp(args[expr.index]) / total
        return share if expr.spoken == "softmax" else mpmath.log(share)
    return WITNESS[type(expr)](*args)


def exact_forward(net: sb.Network, values: Mapping[str, Any]) -> dict[str, mpf]:
    """Every value of a forward pass; a name that has a value already keeps it."""
    known = {name: mpmath.mpmathify(value) for name, value in values.items()}
    for name, expr in net.equations.items():
        if name.name not in known:
            known[name.name] = exact(expr, known)
    return known


def derivative(function: Callable[[mpf], mpf], at: Any) -> mpf:
    """The central difference, right to 25 digits away from kinks."""
    here = mpmath.mpmathify(at)
    return (function(here + STEP) - function(here - STEP)) / (2 * STEP)


def exact_partial(net: sb.Network, partial: Partial, point: Mapping[str, Any], values: Mapping[str, Any]) -> mpf:
    """What a derivative that is not worked out yet stands for, by differences in the equations.

    ``point`` gives the names from outside, ``values`` every name.
    """
    of, by = partial.of, partial.by.name
    if isinstance(partial, Direct):
        rhs = net.equations.get(of, of)
        return derivative(lambda moved: exact(rhs, {**values, by: moved}), values[by])
    return derivative(lambda moved: exact(of, exact_forward(net, {**point, by: moved})), values[by])


def exact_line(net: sb.Network, rhs: Expr, point: Mapping[str, Any], values: Mapping[str, Any]) -> mpf:
    """The value of a line of the work, the derivatives in it included."""
    if isinstance(rhs, Partial):
        return exact_partial(net, rhs, point, values)
    partials = {p: Symbol(f"partial_{k}") for k, p in enumerate(sorted(rhs.atoms(Partial), key=str))}
    found = {name.name: exact_partial(net, p, point, values) for p, name in partials.items()}
    return exact(rhs.xreplace(partials), {**values, **found})


def with_signals(derivation: sb.Derivation, point: Mapping[str, Any]) -> dict[str, mpf]:
    """Every forward value and every δ to 50 digits."""
    values = exact_forward(derivation.network, point)
    for delta, definition in derivation.backward.items():
        values[delta.name] = exact(definition, values)
    return values


def close(found: Any, expected: Any, tolerance: float = 1e-12, floor: float = 1e-14) -> bool:
    """Whether two numbers agree relative to the larger, or to ``floor`` where both are smaller."""
    return abs(found - expected) <= tolerance * max(abs(found), abs(expected), floor)


# --------------------------------------------------------------------------------------------------------------------
# Random networks.


@dataclass
class Described:
    """Equations as a user would hand them over, with the names that they use."""

    equations: dict[Any, Any] = field(default_factory=dict)
    inputs: list[Symbol] = field(default_factory=list)
    targets: list[Symbol] = field(default_factory=list)
    parameters: list[Symbol] = field(default_factory=list)
    loss: Symbol = Symbol("E")  # noqa: RUF009  # a Symbol is immutable

    def network(self, **options: Any) -> sb.Network:
        used = set().union(*(expr.free_symbols for _, expr in self.pairs()))
        return sb.Network(
            self.equations,
            inputs=self.inputs,
            targets=self.targets,
            parameters=[w for w in self.parameters if w in used],
            loss=self.loss,
            **options,
        )

    def pairs(self) -> list[tuple[Symbol, Expr]]:
        """The equations, with tuples of names taken apart."""
        found: list[tuple[Symbol, Expr]] = []
        for left, right in self.equations.items():
            found += list(zip(left, right, strict=True)) if isinstance(left, tuple) else [(left, right)]
        return found


Draw = Callable[[Any], Any]
ACTIVATIONS: dict[str, Callable[[Expr, Symbol], Expr]] = {
    "identity": lambda z, s: z,
    "sigmoid": lambda z, s: sb.sigmoid(z),
    "tanh": lambda z, s: tanh(z),
    "relu": lambda z, s: sb.relu(z),
    "leaky_relu": lambda z, s: sb.leaky_relu(z),
    "leaky_relu-slope": lambda z, s: sb.leaky_relu(z, s),
    "elu": lambda z, s: sb.elu(z),
    "elu-alpha": lambda z, s: sb.elu(z, s),
    "softplus": lambda z, s: sb.softplus(z),
    "gelu": lambda z, s: sb.gelu(z),
    "silu": lambda z, s: sb.silu(z),
    "exp": lambda z, s: exp(-(z**2)),
    "log": lambda z, s: log(1 + z**2),
    "sqrt": lambda z, s: sqrt(1 + z**2),
    "abs": lambda z, s: Abs(z),
    "power": lambda z, s: (1 + z**2) ** s,
    "reciprocal": lambda z, s: 1 / (2 + z**2),
    "written-sigmoid": lambda z, s: 1 / (1 + exp(-z)),
    "written-softplus": lambda z, s: log(1 + exp(z)),
    "piecewise": lambda z, s: Piecewise((z**2, z > 0), (s * z, True)),
    "max": lambda z, s: Max(z, s * z**2, s),
    "min": lambda z, s: Min(z, s),
    "product": lambda z, s: sb.sigmoid(z) * tanh(s * z),
    "nested": lambda z, s: sb.sigmoid(tanh(z) + s),
    "user": lambda z, s: MISH(z),
    "user-2": lambda z, s: MIXED(z, s),
}
MISH = sb.function("mish", lambda z: z * tanh(sb.softplus(z)))
MIXED = sb.function("mixed", lambda z, s: MISH(z) * s + sb.sigmoid(z) ** 2 * z)
LOSSES: dict[str, Callable[[Sequence[Expr], Sequence[Symbol]], Any]] = {
    "squared_error": sb.squared_error,
    "smooth_l1": sb.smooth_l1,
    "binary_cross_entropy": sb.binary_cross_entropy,
    "cross_entropy": sb.cross_entropy,
    "log_softmax": lambda ys, ts: Add(*(-t * y for y, t in zip(ys, ts, strict=True))),
}


@st.composite
def described(
    draw: Draw,
    activations: Sequence[str] = tuple(ACTIVATIONS),
    losses: Sequence[str] = tuple(LOSSES),
    max_depth: int = 5,
    max_width: int = 5,
) -> Described:
    """A random layered network with skip connections, shared weights, softmaxes on the way, and any loss."""
    chance = st.floats(0, 1)
    depth = draw(st.integers(1, max_depth))
    d = Described(inputs=list(symbols(f"x1:{draw(st.integers(1, 3)) + 1}")))
    scale = Symbol("s")
    values, before = list(d.inputs), []
    for layer in range(1, depth + 1):
        width = draw(st.integers(1, max_width if depth < 4 else 3))
        kinds = draw(st.lists(st.sampled_from(activations), min_size=1, max_size=2))
        scores = [_score(draw, d, values, before, Symbol(f"z{layer}_{k}")) for k in range(1, width + 1)]
        names = [Symbol(f"a{layer}_{k}") for k in range(1, width + 1)]
        before = values
        if width > 1 and draw(chance) < 0.15:
            kind = draw(st.sampled_from([sb.softmax, sb.log_softmax]))
            d.equations[tuple(names)] = kind(scores)
        else:
            for k, (name, z) in enumerate(zip(names, scores, strict=True)):
                d.equations[name] = ACTIVATIONS[kinds[k % len(kinds)]](z, scale)
        values = names
    _finish(draw, d, values, draw(st.sampled_from(losses)))
    d.parameters.append(scale)
    return d


def _weight(draw: Draw, d: Described) -> Symbol:
    if d.parameters and draw(st.floats(0, 1)) < 0.1:
        return draw(st.sampled_from(d.parameters))
    d.parameters.append(Symbol(f"w{len(d.parameters) + 1}"))
    return d.parameters[-1]


def _score(draw: Draw, d: Described, values: Sequence[Symbol], before: Sequence[Symbol], name: Symbol) -> Symbol:
    terms = [_weight(draw, d) * value for value in values]
    if draw(st.booleans()):
        terms.append(_weight(draw, d))
    if before and draw(st.floats(0, 1)) < 0.25:
        terms.append(draw(st.sampled_from(list(before))))
    d.equations[name] = Add(*terms)
    return name


def _finish(draw: Draw, d: Described, values: list[Symbol], kind: str) -> None:
    if len(values) == 1 and kind in ("cross_entropy", "log_softmax"):
        kind = "squared_error"
    d.targets = list(symbols(f"t1:{len(values) + 1}"))
    if kind in ("cross_entropy", "log_softmax"):
        names = symbols(f"p1:{len(values) + 1}")
        d.equations[names] = (sb.softmax if kind == "cross_entropy" else sb.log_softmax)(values)
        values = list(names)
    elif kind == "binary_cross_entropy":
        names = symbols(f"p1:{len(values) + 1}")
        d.equations |= {p: sb.sigmoid(z) for p, z in zip(names, values, strict=True)}
        values = list(names)
    loss = LOSSES[kind](values, d.targets)
    if d.parameters and draw(st.floats(0, 1)) < 0.2:
        loss += Rational(1, 10) * draw(st.sampled_from(d.parameters)) ** 2  # weight decay
    d.equations[d.loss] = loss


def random_values(net: sb.Network, rng: random.Random, size: float = 1.2) -> dict[str, float]:
    """A value for each name from outside; targets lie between 0 and 1."""
    values = {s.name: rng.uniform(-size, size) for s in (*net.inputs, *net.parameters)}
    return values | {s.name: rng.uniform(0.05, 0.95) for s in net.targets}
