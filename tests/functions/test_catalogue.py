"""One contract for every function of the catalogue: what a record promises holds in formulas, in print and in code.

A new file among the functions is tested by being there.
"""

from __future__ import annotations

import math
import random
from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mpf
from networks import WITNESS, exact, network
from sympy import Expr, S, Symbol, polygamma, symbols

import symbackprop as sb
from symbackprop.errors import SymbackpropError
from symbackprop.functions import VOCABULARY
from symbackprop.functions.base import Primitive
from symbackprop.functions.catalogue import LOSSES, ROWS
from symbackprop.network.formulas import parse_expression
from symbackprop.notation import NameTable, latex, text
from symbackprop.numeric.kernels import ARRAYS, NUMPY, kernels
from symbackprop.numeric.loops.header import in_module
from symbackprop.numeric.loops.helpers import LOOP_HELPERS
from symbackprop.numeric.loops.text import LoopText
from symbackprop.numeric.loops.variant import Form
from symbackprop.reading import read_formula

a, t, E = symbols("a t E")
names = pytest.mark.parametrize("row", VOCABULARY, ids=lambda row: row.name)
LACKED = {"erf", "erfinv", "lgamma", "digamma", "trigamma", "polygamma"}
"""What the Array API has no function for, nor for what it is made of."""
POLYGAMMA = next(row for row in VOCABULARY if row.cls is polygamma)


def arguments_of(row: Primitive) -> list[Expr]:
    """Names for the arguments of a function; the order of a polygamma is a number."""
    if row is POLYGAMMA:
        return [S(2), Symbol("w")]
    return list(symbols("w v u")[: row.count])


def points(row: Primitive, count: int = 12) -> list[dict[str, float]]:
    """Numbers for the arguments, in the domain and away from kinks."""
    rng, args = random.Random(row.name), arguments_of(row)
    domain = row.domain(*args) if row.domain else ()
    kinks = row.kinks(*args) if row.kinks else ()
    found: list[dict[str, float]] = []
    while len(found) < count:
        values = {s.name: rng.uniform(-4, 4) for s in args if isinstance(s, Symbol)}
        inside = all(exact(S(part), values) > 0.05 for part in domain)
        if inside and all(abs(exact(S(part), values)) > 0.05 for part in kinks):
            found.append(values)
    return found


def network_of(row: Primitive) -> sb.Network:
    args = arguments_of(row)
    words = " ".join(s.name for s in args if isinstance(s, Symbol))
    return network({a: row.cls(*args), E: (a - t) ** 2 / 2}, "", "t", words, "E")


def close(found: Any, expected: mpf, tolerance: float = 1e-11) -> bool:
    return bool(abs(mpf(float(found)) - expected) <= tolerance * max(mpf(1), abs(expected)))


@names
def test_a_formula_names_it(row: Primitive) -> None:
    args = arguments_of(row)
    known = {s.name: s for s in args if isinstance(s, Symbol)}
    assert parse_expression(f"{row.name}({', '.join(map(str, args))})", known) == row.cls(*args)


@names
def test_what_is_printed_is_read_back(row: Primitive) -> None:
    d = sb.derive(network_of(row))
    table = NameTable.of(s.name for s in (*d.network.names, *d.backward))
    for w in d.wrt:
        for expr in (d.shared[w], d.gradients[w], d.network.equations[a]):
            said = [text(expr, table), text(expr, table, unicode=False), latex(expr, table), str(expr)]
            for words in said:
                found = read_formula(words, d, w)
                for values in points(row, 3):
                    given = {**values, "t": 0.25, "a": float(exact(row.cls(*arguments_of(row)), values))}
                    given |= {s.name: 0.75 for s in d.backward}
                    assert close(exact(found, given), exact(expr, given)), (words, found, expr)


@names
def test_generated_code_has_its_value_and_its_gradient(row: Primitive) -> None:
    d = sb.derive(network_of(row))
    function = sb.lambdify(d)
    for values in points(row):
        loss, gradients = function(**values, t=0.25)
        value = exact(row.cls(*arguments_of(row)), values)
        assert close(loss, (value - mpf("0.25")) ** 2 / 2)
        for w in d.wrt:
            expected = exact(d.gradients[w].xreplace({a: row.cls(*arguments_of(row))}), {**values, "t": mpf("0.25")})
            assert close(gradients[w.name], expected), (w, values)


@names
def test_plain_numbers_have_its_value(row: Primitive) -> None:
    args = arguments_of(row)
    written = LoopText(NameTable.of(["w", "v", "u"]), NameTable.of([])).written(row.cls(*args))
    body = f"def value({', '.join(str(s) for s in args if isinstance(s, Symbol))}):\n    return {written.lines[0]}"
    if row.name in LOOP_HELPERS and LOOP_HELPERS[row.name].lacking:
        with pytest.raises(SymbackpropError, match=f"give it one in symbackprop/functions/entrywise/{row.name}.py$"):
            in_module([body], written.uses, Form())
        return
    module: dict[str, Any] = {}
    exec(in_module([body], written.uses, Form())[0], module)
    for values in points(row):
        found = module["value"](**values)
        assert close(found, WITNESS[row.cls](*(mpf(float(s.subs(values))) for s in args)), 1e-12), values


@names
@pytest.mark.parametrize(
    ("backend"),
    [
        pytest.param("torch", marks=pytest.mark.needs("torch")),
        pytest.param("jax", marks=pytest.mark.needs("jax")),
        pytest.param("array-api", marks=pytest.mark.needs("array_api_compat")),
    ],
)
def test_libraries_have_it_or_say_that_they_do_not(row: Primitive, backend: str) -> None:
    d = sb.derive(network_of(row))
    numpy = sb.lambdify(d)
    if backend == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
    elif backend == "torch":
        import torch
    if backend == "array-api" and row.name in LACKED:
        with pytest.raises(
            SymbackpropError, match=r"there is no .* for the Array API; give it one in symbackprop/func"
        ):
            sb.lambdify(d, backend=backend)
        return
    function = sb.lambdify(d, backend=backend)
    made = {
        "torch": lambda x: torch.tensor(x, dtype=torch.float64),
        "jax": lambda x: jax.numpy.asarray(x),
        "array-api": np.asarray,
    }[backend]
    given = points(row)
    columns = {name: np.array([values[name] for values in given]) for name in given[0]}
    loss, gradients = function(**{name: made(x) for name, x in columns.items()}, t=0.25)
    expected, others = numpy(**columns, t=0.25)
    assert np.allclose(float(loss), expected, rtol=1e-11)
    for name in gradients:
        assert np.allclose(np.asarray(gradients[name]), others[name], rtol=1e-10, atol=1e-13), name


def test_every_kernel_says_what_it_is() -> None:
    for target in (NUMPY, ARRAYS):
        for name, helper in kernels(target).items():
            assert bool(helper.source or helper.imported) != bool(helper.lacking), name
            assert all(len(line) <= 118 for line in helper.source.splitlines()), name
    assert {row.name for row in ROWS} >= {need for helper in kernels(NUMPY).values() for need in helper.needs}


def test_records_are_told_apart() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)
    assert len({row.cls for row in ROWS}) == len(ROWS)
    assert len({loss.name for loss in LOSSES}) == len(LOSSES)
    with mpmath.workdps(20):
        assert math.isclose(float(WITNESS[sb.mish](mpf(1))), float(mpmath.tanh(mpmath.log(1 + mpmath.e))))
