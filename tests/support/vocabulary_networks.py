"""Random networks over the whole vocabulary: every function, every loss and every operation of the catalogue.

Formulas are read as from a file. Where a function has a domain, its argument is brought into it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from networks import exact
from operations import k, m, n, nodes_of_word
from sympy import Expr, Integer, Rational, Symbol, symbols

import symbackprop as sb
from symbackprop.functions.base import Primitive
from symbackprop.functions.catalogue import BY_NAME, VOCABULARY
from symbackprop.matrices import Array, Identity, Product, SumAll, Transposed, shape_of
from symbackprop.matrices.operations.catalogue import USAGES
from symbackprop.network.formulas import parse_expression

E = Symbol("E")
INTO = ("{0}", "softplus({0}) + 0.25", "0.9*tanh({0})", "softplus({0}) + 1.25", "0.1 + 0.8*sigmoid({0})")
"""Ways of bringing an argument into a domain."""
SETTINGS = (Rational(1, 2), Rational(3, 2))
INVERTED = {"inv", "det", "logdet", "solve", "cholesky", "sqrtm", "lyapunov"}
"""Words of operations whose square operand is to be one that can be inverted."""
OPERATIONS = sorted(word for word in USAGES if not word.endswith("_others"))
"""Words of operations; what a product passes back has a derivative of its own where no entry is zero alone."""
UNDER = {
    "binary_cross_entropy": "binary_cross_entropy(sigmoid({y}), sigmoid(t1))",
    "contrastive": "contrastive([{y}, {u}], [t1, t2], 0.5, 2)",
    "cosine_distance": "cosine_distance([{y}, {u}], [t1, t2])",
    "cross_entropy": "cross_entropy([sigmoid({y}), sigmoid({u})], [t1, t2])",
    "focal": "focal(sigmoid({y}), sigmoid(t1), 2)",
    "gaussian_nll": "gaussian_nll({y}, t1, exp({u}))",
    "hinge": "hinge({y}, t1)",
    "huber_loss": "huber_loss({y}, t1, 1.5)",
    "js_divergence": "js_divergence([sigmoid({y}), sigmoid({u})], [sigmoid(t1), sigmoid(t2)])",
    "kl_divergence": "kl_divergence([sigmoid({y}), sigmoid({u})], [sigmoid(t1), sigmoid(t2)])",
    "poisson_nll": "poisson_nll({y}, t1)",
    "quantile": "quantile({y}, t1, 0.3)",
    "smooth_l1": "smooth_l1([{y}, {u}], [t1, t2])",
    "smoothed_cross_entropy": "smoothed_cross_entropy([sigmoid({y}), sigmoid({u})], [t1, t2], 0.1)",
    "squared_error": "squared_error([{y}, {u}], [t1, t2])",
    "squared_hinge": "squared_hinge({y}, t1)",
    "student_t_nll": "student_t_nll({y}, t1, 3)",
    "triplet": "triplet([{y}, {u}], [t1, t2], [t2, t1], 1)",
}
"""Every loss, of two scores and two targets that may be any numbers."""


@dataclass(frozen=True)
class Drawn:
    """A network, and its equations as they were written, for whoever computes them in another way."""

    network: sb.Network
    equations: Mapping[Symbol, Expr]
    words: tuple[str, ...]
    sizes: Mapping[Symbol, int]


@cache
def into(name: str) -> str:
    """How to bring arguments into the domain of a function: the first way that does so for all numbers tried."""
    row = BY_NAME[name]
    for way in INTO:
        args = [Integer(1)] * row.numbers + [parse_expression(way.format("z"), {"z": Symbol("z")})] * (
            row.count - row.numbers
        )
        domain = [] if row.domain is None else row.domain(*args)
        at = [{"z": Rational(z, 4)} for z in range(-15, 17)]
        if all(exact(part, values) > 0.01 for part in domain for values in at):
            return way
    raise AssertionError(f"no way leads into the domain of {row.name}")


def applied(rng: random.Random, row: Primitive, scores: Sequence[str]) -> str:
    """A function of the vocabulary at scores, as it stands in a file."""
    shown = row.count - row.settings
    args = [str(rng.randint(1, 2)) for _ in range(row.numbers)]
    args += [into(row.name).format(score) for score in scores[: shown - row.numbers]]
    args += [str(rng.choice(SETTINGS)) for _ in range(row.settings)]
    return f"{row.name}({', '.join(args)})"


def of_scalars(seed: int) -> Drawn:
    """Two or three layers of different functions under a loss, with weights that are shared now and then."""
    rng = random.Random(f"scalars {seed}")
    inputs, targets = list(symbols("x1:3")), list(symbols("t1:3"))
    weights: list[Symbol] = []
    equations: dict[Symbol, Expr] = {}
    words: list[str] = []

    def weight() -> Symbol:
        if weights and rng.random() < 0.15:
            return rng.choice(weights)
        weights.append(Symbol(f"w{len(weights) + 1}"))
        return weights[-1]

    def score(values: Sequence[Symbol]) -> Symbol:
        name = Symbol(f"z{len(equations) + 1}")
        terms = [weight() * value for value in values] + ([weight()] if rng.random() < 0.5 else [])
        equations[name] = sum(terms[1:], terms[0])
        return name

    values: list[Symbol] = inputs
    for _ in range(rng.randint(1, 3)):
        layer = []
        for _ in range(rng.randint(1, 2)):
            row = rng.choice(VOCABULARY)
            scores = [str(score(values)) for _ in range(row.count - row.settings - row.numbers)]
            name = Symbol(f"a{len(equations) + 1}")
            equations[name] = parse_expression(applied(rng, row, scores), {s.name: s for s in equations})
            words.append(row.name)
            layer.append(name)
        values = layer
    words.append(rng.choice(sorted(UNDER)))
    form = UNDER[words[-1]]
    formula = form.format(**{word: score(values) for word in "yu" if f"{{{word}}}" in form})
    equations[E] = parse_expression(formula, {s.name: s for s in (*equations, *targets)})
    net = sb.Network(equations, inputs=inputs, targets=targets, parameters=weights, loss=E)
    return Drawn(net, equations, tuple(words), {})


def of_matrices(seed: int) -> Drawn:
    """Functions of every entry, an operation of them, a function of that, and a loss of all its entries."""
    rng = random.Random(f"matrices {seed}")
    word = rng.choice(OPERATIONS)
    node = rng.choice(nodes_of_word(word))
    equations: dict[Symbol, Expr] = {}
    inputs: list[Symbol] = []
    weights: list[Symbol] = []
    words = [word]

    def through(value: Symbol) -> Expr:
        row = rng.choice([row for row in VOCABULARY if row.count - row.settings == 1])
        words.append(row.name)
        return parse_expression(applied(rng, row, [value.name]), {value.name: value})

    for operand in sorted(node.atoms(Array), key=str):
        x, w, z = (Array(f"{letter}_{operand.name}", operand.shape) for letter in "XWZ")
        inputs.append(x)
        weights.append(w)
        equations[z] = x * w
        f = Array(f"F_{operand.name}", operand.shape)
        equations[f] = through(z)
        square = word in INVERTED and operand.shape == (n, n)
        equations[operand] = Product(f, Transposed(f)) + Identity(n) if square else f
    shape = shape_of(node)
    y = Array("Y", shape) if shape else Symbol("y")
    h = Array("H", shape) if shape else Symbol("h")
    r = Array("R", shape) if shape else Symbol("r")
    inputs.append(r)
    equations[y] = node
    equations[h] = through(y)
    equations[E] = SumAll(r * h) if shape else r * h
    net = sb.Network(equations, inputs=inputs, targets=[], parameters=weights, loss=E)
    sizes = dict(zip((m, n, k), rng.sample([2, 3, 4], 3), strict=True))
    return Drawn(net, equations, tuple(words), sizes)
