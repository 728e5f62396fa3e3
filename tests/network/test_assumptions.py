"""What is stated in words: read, held together, drawn by the judge and by checks, and held against data."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import run, told
from sympy import Eq, MatrixSymbol, symbols

import symbackprop as sb
from symbackprop.algebra import tidy
from symbackprop.calculus.assumed import Assumed
from symbackprop.judge.point import Drawing
from symbackprop.network.facts import ROWS, spoken
from symbackprop.numeric.facts import breach_of
from symbackprop.verification.matrix_points import matrix_points
from symbackprop.verification.points import random_points

x, y, w, a, b, E = symbols("x y w a b E")
m, n = symbols("m n")
A, S, V = MatrixSymbol("A", m, n), MatrixSymbol("S", n, n), MatrixSymbol("V", m, n)
EXCLUDED = "cannot hold together; correct one, or leave it out"
WORDS = [words for row in ROWS for words in row.words]
OF_SQUARES = {words for row in ROWS if row.of == "a square matrix" for words in row.words}


def scalar(*facts: Any) -> sb.Network:
    return sb.Network({E: y**4 * w**2 * a * b * x}, inputs=[x, a], targets=[y], parameters=[w, b], loss=E, facts=facts)


def matrix(*facts: Any) -> sb.Network:
    loss = sb.total(sb.hadamard(A, A, V)) + sb.trace(S) * w + sb.total(sb.power(A * S, 2))
    return sb.Network({E: loss}, inputs=[A, S], targets=[], parameters=[V, w], loss=E, facts=facts)


def about(words: str) -> sb.Network:
    return matrix(f"{'S' if words in OF_SQUARES else 'A'} {words}")


# -- reading


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("y positive", ["y > 0"]),
        ("y is positive", ["y > 0"]),
        ("a, b are negative", ["a < 0", "b < 0"]),
        ("y in {-1, 1}", ["y**2 = 1"]),
        ("y is a sign", ["y**2 = 1"]),
        ("y ∈ {0, 1}", ["y**2 = y"]),
        ("y in {0, 1/2, 2}", ["y**3 = 5*y**2/2 - y"]),
        ("b in (0, 1]", ["b > 0", "b <= 1"]),
        ("b in [0, inf)", ["b >= 0"]),
        ("b in (-∞, 2)", ["b < 2"]),
        ("w in {-1, 1}", ["w**2 = 1"]),
    ],
)
def test_words_stand_for_facts(text: str, facts: list[str]) -> None:
    net = scalar(text)
    assert list(map(spoken, net.facts)) == facts
    assert [said.words for said in net.stated] == [text]
    assert sb.derive(scalar(), facts=[text]).stated == net.stated


@pytest.mark.parametrize("words", WORDS)
def test_words_about_matrices_stand_for_facts(words: str) -> None:
    name = "S" if words in OF_SQUARES else "A"
    assert matrix(f"{name} {words}").facts == matrix(f"{name} is {words}").facts != ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("z positive", "'z positive' is about z, and no input, target or parameter is called so; known names: a, b"),
        ("E positive", "'E positive' is about E, which an equation gives; state what is known of inputs, targets"),
        ("y wobbly", "'y wobbly' states what is not known here: 'wobbly'; state positive, negative"),
        ("y is", "'y is' states what is not known here; state positive"),
        ("y symmetric", "'y symmetric' can be stated of a square matrix alone, and y is none; correct it"),
        ("y in {1}", "'y in {1}' is no set of 2 to 8 rational numbers; write it as in {-1, 1}"),
        ("y in {sqrt(2), 1}", "'y in {sqrt(2), 1}' is no set of 2 to 8 rational numbers"),
        ("y in (2, 1)", "'y in (2, 1)' can never hold: no number is in that range; correct it"),
        ("y in (1, 1)", "'y in (1, 1)' can never hold"),
        ("y in (0, b)", "'y in (0, b)': 'b' is no number; write numbers"),
        ("y in (0, __import__)", "'y in (0, __import__)': '__import__' is no number"),
        ("y in (0, 1, 2)", "'y in (0, 1, 2)' is neither a range nor a set; write it as in (0, 1)"),
        ("y in {0, 1)", "'y in {0, 1)' is neither a range nor a set"),
    ],
)
def test_words_that_cannot_be_understood(text: str, message: str) -> None:
    with pytest.raises(sb.NetworkError) as caught:
        scalar(text)
    assert str(caught.value).startswith(f"error[fact]: in facts: {message}")
    assert "\n" not in str(caught.value)


def test_a_matrix_that_is_not_square_is_not_symmetric() -> None:
    with pytest.raises(sb.NetworkError, match="'A symmetric' can be stated of a square matrix alone, and A is none"):
        matrix("A symmetric")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a positive", "a < -1"),
        ("y in {-1, 1}", "y > 2"),
        ("y in {-1, 1}", "y in {0, 2}"),
        ("y in {-1, 1}", "y = 3"),
        ("b in (0, 1)", "b in [2, 3]"),
        ("a < b", "b < a"),
    ],
)
def test_what_excludes_each_other_is_named_together(one: str, other: str) -> None:
    for facts in ([one, other], [one, "x < 7", other]):
        with pytest.raises(sb.NetworkError) as caught:
            scalar(*facts)
        assert str(caught.value) == f"error[fact]: in facts: '{one}' and '{other}' {EXCLUDED}"


def test_what_leaves_some_numbers_may_be_stated() -> None:
    assert len(scalar("y in {-1, 1}", "y > 0").facts) == 2


# -- numbers that obey


@pytest.mark.parametrize("words", WORDS)
def test_exact_numbers_are_as_it_is_stated(words: str) -> None:
    net = about(words)
    drawing = Drawing(net, net.facts, 1)
    points = [point for turn in (0, 1) for point in drawing.points(drawing.sizes(turn), 6)]
    assert len(points) == 12
    assert all(isinstance(x, Fraction) for point in points for x in point.values["A"].flat)
    for point in points:
        values = {
            name: np.array([float(x) for x in value.flat]).reshape(value.shape) for name, value in point.values.items()
        }
        assert breach_of(net.facts, {**values, **point.sizes}) is None
        assert drawing.allows(point)
    assert len({point.values["S" if words in OF_SQUARES else "A"].flat for point in points}) > 6


@pytest.mark.parametrize("words", WORDS)
def test_floats_are_as_it_is_stated(words: str) -> None:
    derivation = sb.derive(about(words))
    points = matrix_points(derivation, 4, 2)
    assert len(points) == 4
    for point in points:
        sizes = {"m": point["A"].shape[0], "n": point["A"].shape[1]}
        assert breach_of(derivation.facts, {**point, **sizes}) is None
    assert sb.check(derivation).ok


def test_every_choice_of_few_numbers_is_drawn() -> None:
    net = scalar("y in {-1, 1}", "w in {0, 1}", "x in {1, 2, 5}", "a positive", "a < b")
    drawing = Drawing(net, net.facts, 0)
    points = list(drawing.points({}, 12))
    assert len({(p.values["y"].only, p.values["w"].only, p.values["x"].only) for p in points}) == 12
    assert all(0 < p.values["a"].only < p.values["b"].only for p in points)
    found = random_points(sb.derive(net), 6, 0)
    assert all(p["y"] in (-1, 1) and p["w"] in (0, 1) and p["x"] in (1, 2, 5) and 0 < p["a"] < p["b"] for p in found)


@pytest.mark.parametrize(
    ("facts", "loss", "formula", "right"),
    [
        (["y in {-1, 1}"], y**2 * w, "1", True),
        (["y in {-1, 1}"], y * w, "1", False),
        (["y in {-1, 1}"], y * w, "-1", False),
        (["y in {0, 1}"], y**3 * w, "y", True),
        (["y in {0, 1}"], y**2 * w, "1", False),
        (["y in {-1, 0, 1}"], y**3 * w, "y", True),
        (["y in {-1, 0, 1}"], y**2 * w, "1", False),
    ],
)
def test_formulas_are_judged_at_all_numbers(facts: list[str], loss: Any, formula: str, right: bool) -> None:
    net = sb.Network({E: loss}, inputs=[], targets=[y], parameters=[w], loss=E, facts=facts)
    assert sb.verify(sb.derive(net), "w", formula).ok is right


@pytest.mark.parametrize(("formula", "right"), [("2*V", True), ("Q.T @ V", False), ("2*Q.T @ V", False)])
def test_orthogonal_matrices_turn_and_reflect(formula: str, right: bool) -> None:
    Q, T = MatrixSymbol("Q", n, n), MatrixSymbol("V", n, n)
    net = sb.Network(
        {E: sb.total(sb.power(Q * T, 2))}, inputs=[Q], targets=[], parameters=[T], loss=E, facts=["Q orthogonal"]
    )
    assert sb.verify(sb.derive(net), "V", formula).ok is right


# -- data


DATA: dict[str, tuple[sb.Network, dict[str, Any], str]] = {
    "a sign": (
        scalar("y in {-1, 1}"), {"y": np.array([1.0, 2.0])}, "y in {-1, 1} is stated, and in example 2 y**2 is 4"
    ),
    "a number": (scalar("a positive"), {"a": np.array(-1.0)}, "a positive is stated, and a is -1"),
    "a mask": (
        matrix("A is a mask"), {"A": np.array([[1.0, 0.5], [0, 0]])},
        "A is a mask is stated, and entry (1, 2) of A**2 is 0.25 where A is 0.5",
    ),
    "a definite matrix": (
        matrix("S positive definite"), {"S": np.array([[1.0, 2.0], [2.0, 1.0]])},
        "S positive definite is stated, and S is not positive definite",
    ),
    "rows": (matrix("A one-hot rows"), {"A": np.ones((2, 2))}, "A one-hot rows is stated, and row 1 of rowsum(A) is 2"),
}  # fmt: skip


@pytest.mark.parametrize("case", DATA)
def test_data_that_break_what_is_stated_are_refused(case: str) -> None:
    net, change, message = DATA[case]
    good = {s.name: np.array(1.0) for s in net.leaves} if net.dialect == "scalar" else {
        "A": np.eye(2), "S": np.eye(2), "V": np.ones((2, 2)), "w": np.array(1.0)
    }  # fmt: skip
    f = sb.lambdify(sb.derive(net))
    f(**good)
    data = {name: value for name, value in {**good, **change}.items() if name not in map(str, net.parameters)}
    weights = {name: float(good[name]) if good[name].ndim == 0 else good[name] for name in map(str, net.parameters)}
    if net.dialect == "scalar":
        length = max(np.size(value) for value in data.values())
        data = {name: np.broadcast_to(value, length) for name, value in data.items()}
        message = message.replace("and a is", "and in example 1 a is")
    with pytest.raises(sb.DataError) as caught:
        f(**{**good, **change})
    assert message.replace("in example 1 ", "") in str(caught.value)
    with pytest.raises(sb.DataError) as caught:
        sb.train(f.derivation, data, initial=weights, learning_rate=0.1, epochs=1)
    assert message in str(caught.value)


@pytest.mark.parametrize("fact", ["w in {-1, 1}", "w in {0, 1}"])
def test_what_no_update_keeps_is_not_trained(fact: str) -> None:
    d = sb.derive(scalar(fact))
    with pytest.raises(sb.DerivationError, match=r"w in .* is stated, and updates of w by its gradient would break it"):
        sb.train(d, {"x": [1.0], "a": [1.0], "y": [1.0]}, initial={"w": 1.0, "b": 1.0}, learning_rate=0.1, epochs=1)


# -- files, the command line, reports


FILE = """facts = ["y in {-1, 1}", "w positive", "x in (0, 9)"]
[inputs]
x = 2.0
[targets]
y = 1.0
[parameters]
w = 0.5
[equations]
E = "y**4*abs(w)*log(x)"
[loss]
minimize = "E"
"""


def test_words_stand_in_files_and_on_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "net.toml"
    path.write_text(FILE)
    assert run("derive", str(path)).stdout.split("\n")[0].endswith("= log(x)")
    assert "all gradients are proved" in run("check", str(path), "--assume", "x in (1, 2)").stdout
    assert told("derive", str(path), "--assume", "x < -1").endswith(
        f"error[fact]: in facts: 'x in (0, 9)' and 'x < -1' {EXCLUDED}"
    )
    assert "'E positive' is about E, which an equation gives" in told("derive", str(path), "--assume", "E positive")
    path.write_text(FILE.replace('"w positive"', '"v positive"'))
    assert "net.toml:1: error[fact]: in facts: 'v positive' is about v" in told("derive", str(path))


def test_reports_tell_what_is_assumed_and_what_for(tmp_path: Path) -> None:
    path = tmp_path / "net.toml"
    path.write_text(FILE)
    run("report", str(path), "-o", str(tmp_path / "out"), "--format", "md")
    (written,) = (tmp_path / "out").rglob("*.md")
    words = written.read_text()
    gradient = r"$`\frac{\partial E}{\partial w}`$"
    assert f"Assumed: `y in {{-1, 1}}`, used for {gradient}; `w positive`, used for {gradient}; " in words
    assert "`x in (0, 9)`, by which the checks draw their points alone." in words


def test_what_is_cancelled_must_not_be_zero() -> None:
    p, q = symbols("p q")
    (cancelled,) = tidy(p * (-y / p + x))
    assert cancelled.rule.nonzero == cancelled.rule.ground.nonzero == (p,)
    rewrites = [{w: (cancelled.rule.ground,)}]
    assert Assumed(rewrites, (), {}).nonzero == Assumed(rewrites, (), {p: x * q}).nonzero == (p,)
    for equation in (sb.sigmoid(x), sb.exp(x), 1 + x**2, sb.softplus(x)):
        assert Assumed(rewrites, (), {p: equation}).nonzero == ()
    for fact in (p > 0, p < -1, p > 3):
        assert Assumed(rewrites, (fact,), {}).nonzero == ()
    assert Assumed(rewrites, (p >= 0,), {}).nonzero == (p,)


def test_copies_keep_the_words() -> None:
    d = sb.derive(scalar("y in {-1, 1}", Eq(x, 2 * a)))
    assert [said.words for said in d.network.with_equations(d.network.equations).stated] == ["y in {-1, 1}", "x = 2*a"]
    assert d.as_network().facts == d.facts
