"""Spec files: what they say, the examples that ship, and each refusal with its line."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Eq, Float, Rational, Symbol, pi, symbols

import symbackprop as sb
from symbackprop.errors import SpecError
from symbackprop.functions import UserFunction, cross_entropy, sigmoid, smooth_l1, softmax
from symbackprop.network.network import Network
from symbackprop.network.spec import (
    Spec,
    Training,
    example_names,
    load,
    load_example,
    load_text,
    read,
    read_example,
    read_text,
)

NET = """\
name = "small"
[inputs]
x = 1
[targets]
t = 2
[parameters]
w = 0.5
[equations]
y = "w*x"
E = "(t - y)**2/2"
[loss]
minimize = "E"
"""
w, x, y, t, E = symbols("w x y t E")


def changed(old: str, new: str) -> str:
    assert NET.count(old) == 1
    return NET.replace(old, new)


def refusal(text: str) -> str:
    with pytest.raises(SpecError) as caught:
        load_text(text, "net.toml")
    message = str(caught.value)
    assert "\n" not in message
    return message


# ── What files say ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_small_network() -> None:
    net = load_text(NET)
    assert dict(net.equations) == {y: w * x, E: (t - y) ** 2 / 2}
    assert (net.inputs, net.targets, net.parameters, net.loss) == ((x,), (t,), (w,), E)
    assert net.name == "small"
    assert dict(net.values) == {"x": 1.0, "t": 2.0, "w": 0.5}


def test_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "my-net.toml"
    path.write_bytes(b"\xef\xbb\xbf" + NET.replace('name = "small"\n', "").replace("\n", "\r\n").encode())
    for place in (path, str(path)):
        net = load(place)
        assert isinstance(net, Network)
        assert net.name == "my-net"
    spec = read(path)
    assert isinstance(spec, Spec)
    assert (spec.training, spec.description) == (Training(), "")


def test_training_and_description() -> None:
    training = "[training]\nlearning_rate = 1\nepochs = 7\nlearning_rates = [1, 0.5]\n"
    spec = read_text(f'description = "Two lines\\nof text."\n{NET}{training}')
    assert spec.training == Training(1.0, 7, (1.0, 0.5))
    assert spec.description == "Two lines of text."
    assert read_text(NET).training == Training(None, None, ())


@pytest.mark.parametrize(
    ("old", "new", "values"),
    [
        ("x = 1", "x = [1, 2.5, 3]", {"x": (1.0, 2.5, 3.0), "t": 2.0, "w": 0.5}),
        ("[inputs]\nx = 1\n", 'inputs = ["x"]\n', {"t": 2.0, "w": 0.5}),
        ("[inputs]\nx = 1\n", "inputs = {x = 1}\n", {"x": 1.0, "t": 2.0, "w": 0.5}),
        ("[inputs]\nx = 1\n", "inputs.x = 1\n", {"x": 1.0, "t": 2.0, "w": 0.5}),
    ],
)
def test_values(old: str, new: str, values: dict[str, object]) -> None:
    net = load_text(changed(old, new))
    assert dict(net.values) == values
    assert net.inputs == (x,)


def test_own_functions_in_order() -> None:
    text = changed("[equations]", '[functions]\n"f(z)" = "z*tanh(z)"\n"g(z, k)" = "f(z) + k"\n[equations]')
    net = load_text(text.replace('y = "w*x"', 'h = "w*x"\ny = "g(h, 2)"'))
    assert type(net.equations[y]).__name__ == "g"
    value = net.equations[y].xreplace({Symbol("h"): Float(0.5)}).evalf()
    assert float(value) == pytest.approx(0.5 * math.tanh(0.5) + 2)


def test_equations_over_several_lines_and_quoted_keys() -> None:
    text = changed('y = "w*x"', 'y = """\nw*x  # is not a comment here"""')
    assert "'#' in" in refusal(text)
    net = load_text(changed('y = "w*x"', '"y" = """\n  w\n  *x"""'))
    assert net.equations[y] == w * x


def test_names_in_normal_form() -> None:
    assert load_text(NET.replace("w = 0.5", '"w₁" = 0.5').replace("w*x", "w1*x")).parameters == (Symbol("w1"),)


# ── Examples ──────────────────────────────────────────────────────────────────────────────────────────────────────


def numbers(net: Network) -> dict[str, float]:
    """Every value of a network, worked out equation by equation (the first example of a list)."""
    values = {name: value[0] if isinstance(value, tuple) else value for name, value in net.values.items()}
    for name, expr in net.equations.items():
        values[name.name] = float(expr.xreplace({s: Float(values[s.name]) for s in expr.free_symbols}).evalf())
    return values


def test_the_examples_that_ship() -> None:
    assert example_names() == [
        "attention", "attention-layer", "batch-norm", "batch-norm-layer", "deep-chain", "layer-norm",
        "layer-norm-layer", "linear-neuron", "mlp", "or-gate", "or-gate-vectorised", "rnn", "smooth-l1-relu",
        "softmax-classifier", "softmax-cross-entropy", "two-layer-bias", "two-layer-sigmoid", "xor",
    ]  # fmt: skip
    for name in example_names():
        spec = read_example(name)
        assert spec.network.name
        assert spec.description
        assert bool(spec.training.learning_rate) is bool(spec.training.epochs) is not bool(spec.network.outputs)
        assert {symbol.name for group in (spec.network.inputs, spec.network.targets, spec.network.parameters)
                for symbol in group} == set(spec.network.values)  # fmt: skip
        if spec.network.dialect == "scalar":
            assert math.isfinite(numbers(spec.network)[spec.network.loss.name])


def test_two_layer_sigmoid() -> None:
    spec = read_example("two-layer-sigmoid")
    assert [s.name for s in spec.network.equations] == "h1 h2 a_h1 a_h2 o1 o2 a_o1 a_o2 E1 E2 E".split()
    assert spec.training == Training(0.5, 45, (0.1, 0.2, 0.5, 0.8, 1.0, 2.0))
    values = numbers(spec.network)
    assert values["E"] == pytest.approx(0.2425, abs=5e-5)
    assert values["a_h1"] == pytest.approx(0.506875, abs=5e-7)
    assert [values[f"w{k}"] for k in range(1, 9)] == [0.15, 0.2, 0.25, 0.3, 0.4, 0.45, 0.5, 0.55]


def test_two_layer_bias_shares_its_biases() -> None:
    net = load_example("two-layer-bias")
    b1, b2 = symbols("b1 b2")
    for name, bias in (("h1", b1), ("h2", b1), ("o1", b2), ("o2", b2)):
        assert net.equations[Symbol(name)].coeff(bias) == 1
    assert (net.values["b1"], net.values["b2"]) == (0.35, 0.6)


def test_or_gate_has_its_four_examples() -> None:
    net = load_example("or-gate")
    examples = list(zip(net.values["x1"], net.values["x2"], net.values["y"], strict=True))  # type: ignore[arg-type]
    assert sorted(examples) == [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 1)]
    assert [net.values[name] for name in ("w1", "w2", "b")] == [0.1, 0.6, 0.0]
    assert net.equations[net.loss].count_ops() <= 3


def test_deep_chain() -> None:
    net = load_example("deep-chain")
    assert net.equations[Symbol("a5")] == sigmoid(Symbol("z5"))
    assert net.equations[Symbol("z5")] == Symbol("w5") * Symbol("a4")


def test_softmax_classifier() -> None:
    net = load_example("softmax-classifier")
    scores, probabilities, targets = symbols("z1:4"), symbols("p1:4"), symbols("t1:4")
    assert tuple(net.equations[p] for p in probabilities) == softmax(scores)
    assert net.equations[net.loss] == cross_entropy(probabilities, targets)
    assert net.facts == (Eq(sum(targets), 1),)
    assert sum(net.values[s.name] for s in targets) == 1


def test_smooth_l1_relu_is_at_no_kink() -> None:
    net = load_example("smooth-l1-relu")
    assert net.equations[net.loss] == smooth_l1(y, t)
    values = numbers(net)
    assert all(abs(values[name]) > 0.1 for name in ("h1", "h2"))
    assert abs(abs(values["y"] - values["t"]) - 1) > 0.1


def test_an_example_that_is_none() -> None:
    with pytest.raises(SpecError) as caught:
        load_example("two-layer-bais")
    assert str(caught.value) == "error[example]: no example is called 'two-layer-bais'; did you mean 'two-layer-bias'?"


# ── Refusals ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        # Formulas
        ('y = "w*x"', 'y = "sigmod(w*x)"', "9: error[unknown-function]: in y: unknown function 'sigmod' in "
         "'sigmod(w*x)'; did you mean 'sigmoid'?"),
        ('y = "w*x"', 'y = """\nw*x\n+ sigmod(x)"""', "9: error[unknown-function]: in y: unknown function 'sigmod' in "
         "'sigmod(x)'; did you mean 'sigmoid'?"),
        ('y = "w*x"', "y = 3", "9: error[text]: 'y' is 3, not text; write the formula in quotes"),
        ('y = "w*x"', 'y = "2x"', "9: error[syntax]: in y: '2x' has two values side by side; "
         "write * for a product: 2*x"),
        ('y = "w*x"', '"y, z" = "w"', "9: error[components]: in y, z: 'w' is one value for 2 names; "
         "a key of several names takes softmax([…]) or log_softmax([…])"),
        # Names
        ('y = "w*x"', '"y z" = "w*x"', "9: error[name]: 'y z' is not a name; a name begins with a letter "
         "(a-z, A-Z or Greek) and goes on with letters, digits and _"),
        ('y = "w*x"', 'lambda = "w*x"', "9: error[name]: 'lambda' is a word of Python, not a name; "
         "formulas hold no code; a name can be 'lambda_1'"),
        ('y = "w*x"', 'sigmoid = "w*x"', "9: error[name]: 'sigmoid' is a function and cannot be an equation; "
         "rename it"),
        ('y = "w*x"', 'y = "w*x"\ny = "w"', "10: error[duplicate]: 'y' is given twice in [equations], here and on "
         "line 9; remove one, or rename it"),
        ("w = 0.5", 'w = 0.5\n\n# again\n"w" = 1', "10: error[duplicate]: 'w' is given twice in [parameters], here "
         "and on line 7; remove one, or rename it"),
        ("w = 0.5", "w = 0.5\nx = 1", "8: error[duplicate]: 'x' is a parameter here and an input on line 3; "
         "give each value a name of its own"),
        ('y = "w*x"', '"µ" = "w*x"\n"μ" = "w"\ny = "μ"', "10: error[duplicate]: 'μ' is an equation here and "
         "an equation on line 9; give each value a name of its own"),
        ("[inputs]\nx = 1\n", 'inputs = ["x", 1]\n', '2: error[name]: 1 in inputs is not a name; write ["i1", "i2"]'),
        # Values
        ("w = 0.5", 'w = "0.5"', "7: error[number]: 'w' is the text '0.5', not a number; write a number such as 0.05"),
        ("w = 0.5", "w = true", "7: error[number]: 'w' is true, not a number; write a number such as 0.05"),
        ("w = 0.5", "w = nan", "7: error[number]: 'w' is nan, not a finite number; write a finite one"),
        ("w = 0.5", "w = -inf", "7: error[number]: 'w' is -inf, not a finite number; write a finite one"),
        ("w = 0.5", "w = " + "9" * 400, "7: error[number]: 'w' is a very large number, not a finite number; "
         "write a finite one"),
        ("w = 0.5", "w = [1, 2]", "7: error[number]: the parameter 'w' is a list; give a parameter one number"),
        ("w = 0.5", "w = 2020-01-01", "7: error[number]: 'w' is 2020-01-01, not a number; "
         "write a number such as 0.05"),
        ("x = 1", "x = []", "3: error[number]: 'x' is an empty list; give one number an example"),
        ("x = 1", 'x = [1, "a"]', "3: error[number]: 'x' is the text 'a', not a number; write a number such as 0.05"),
        ("x = 1", "x = [\n 1,\n 2, # two\n]\nx2 = [1, 2, 3]", "7: error[ragged]: 'x2' has 3 values and 'x' has 2; "
         "give every list one number an example"),
        # Sections and keys
        ("[inputs]", "[input]", "2: error[unknown-section]: unknown section 'input'; did you mean 'inputs'?"),
        ('name = "small"', 'nmae = "small"', "1: error[unknown-section]: unknown key 'nmae'; did you mean 'name'?"),
        ('name = "small"', "name = 3", '1: error[text]: name is not text; write it in quotes: name = "…"'),
        ('name = "small"', 'name = "a\\u001bb"', "1: error[text]: name is 'a\\x1bb'; "
         "write one line of 1 to 100 characters"),
        ("[inputs]\nx = 1\n", 'inputs = "x"\n', "2: error[section]: inputs is not a section; "
         "write [inputs] and its keys under it"),
        ("w = 0.5", "w.a = 0.5", "7: error[unknown-key]: 'parameters.w.a' is a key within a key; "
         "write sections of one level"),
        ("[inputs]", "[parameters]\nv = 1\n[inputs]", "8: error[duplicate]: 'parameters' is given twice as a section "
         "or key, here and on line 2; remove one, or rename it"),
        ('[equations]\ny = "w*x"\nE = "(t - y)**2/2"\n', "", "1: error[equations]: the file has no equations; "
         "add them under [equations]"),
        # Loss
        ('[loss]\nminimize = "E"\n', "", '1: error[loss]: the file does not say what is minimised; '
         'add [loss] and under it minimize = "E"'),
        ('minimize = "E"', 'minimise = "E"', "12: error[unknown-key]: unknown key 'minimise' in [loss]; "
         "did you mean 'minimize'?"),
        ('minimize = "E"', 'minimize = "E + 1"', "12: error[name]: in loss: 'E + 1' is not a name; "
         "a name begins with a letter (a-z, A-Z or Greek) and goes on with letters, digits and _"),
        ('minimize = "E"', "minimize = 3", "12: error[text]: 'minimize' is 3, not text; write the formula in quotes"),
        # Facts
        ('name = "small"', 'facts = "t = 1"', '1: error[fact]: facts is not a list of text; '
         'write facts = ["t1 + t2 = 1"]'),
        ('name = "small"', 'facts = ["t + 1"]', "1: error[fact]: in facts: 't + 1' has 0 equals signs; "
         "write one formula, one =, and another formula"),
        ('name = "small"', 'facts = ["t = t"]', "1: error[fact]: in facts: 't = t' says nothing: it always holds; "
         "correct it, or leave it out"),
        # Training
        ("[loss]", "[training]\nepochs = 1.5\n[loss]", "12: error[number]: 'epochs' is 1.5; "
         "write a whole number above 0"),
        ("[loss]", "[training]\nepochs = true\n[loss]", "12: error[number]: 'epochs' is true; "
         "write a whole number above 0"),
        ("[loss]", "[training]\nlearning_rate = 0\n[loss]", "12: error[number]: 'learning_rate' is 0; "
         "write a number above 0"),
        ("[loss]", "[training]\nlearning_rates = 1\n[loss]", "12: error[number]: 'learning_rates' is 1; "
         "write a list: [0.1, 0.5]"),
        ("[loss]", "[training]\nlearning_rats = 1\n[loss]", "12: error[unknown-key]: unknown key 'learning_rats' in "
         "[training]; did you mean 'learning_rates'?"),
        # Functions
        ("[equations]", '[functions]\n"f(z)" = "z*q"\n[equations]', "9: error[unbound]: in f: the formula of f uses q; "
         "a function may use its parameters alone: z"),
        ("[equations]", '[functions]\n"f(z)" = "g(z)"\n"g(z)" = "z"\n[equations]', "9: error[unknown-function]: in f: "
         "unknown function 'g' in 'g(z)'; known names: abs, acos, acosh, asin, asinh, atan, atan2, atanh, "
         "binary_cross_entropy, celu, clip, contrastive, …"),
        ("[equations]", '[functions]\n"f(z)" = "z"\n"f(y)" = "y"\n[equations]', "10: error[duplicate]: "
         "the function 'f' is known already; rename it"),
        ('[equations]\ny = "w*x"', '[functions]\n"y(z)" = "z"\n[equations]\ny = "w*x"', "11: error[name]: "
         "'y' is a function and cannot be an equation; rename it"),
        # TOML
        ('y = "w*x"', "y = w*x", "9: error[toml]: 'y = w*x' is not TOML ('Invalid value'); "
         'write each line as key = value, with text in quotes: h1 = "w1*i1"'),
        ("w = 0.5", "w =", "7: error[toml]: 'w =' is not TOML ('Invalid value'); "
         'write each line as key = value, with text in quotes: h1 = "w1*i1"'),
        ("[loss]", "[loss", "11: error[toml]: '[loss' is not TOML (\"Expected ']' at the end of a table "
         'declaration"); write each line as key = value, with text in quotes: h1 = "w1*i1"'),
        ("w = 0.5", "α = 0.5", "7: error[toml]: 'α = 0.5' is not TOML ('Invalid statement'); "
         'put the name in quotes: "α" = …'),
        ('y = "w*x"', 'p1, p2 = "w*x"', "9: error[toml]: 'p1, p2 = \"w*x\"' is not TOML (\"Expected '=' after a key in "
         'a key/value pair"); put the name in quotes: "p1, p2" = …'),
        ("[equations]", '[functions]\nf(z) = "z"\n[equations]', "9: error[toml]: 'f(z) = \"z\"' is not TOML ("
         "\"Expected '=' after a key in a key/value pair\"); put the name in quotes: \"f(z)\" = …"),
    ],
)  # fmt: skip
def test_refusals_name_the_line(old: str, new: str, message: str) -> None:
    assert refusal(changed(old, new)) == f"net.toml:{message}"


@pytest.mark.parametrize(
    ("old", "new", "line", "code", "words"),
    [
        ('y = "w*x"', 'y = "w*x*q"', 9, "unbound", "q"),
        ('y = "w*x"', 'y = "w*x*E"', 9, "cycle", "y"),
        ("w = 0.5", "w = 0.5\nv = 1", 8, "unreached", "parameter v"),
        ('minimize = "E"', 'minimize = "F"', 12, "loss", "F"),
        ('name = "small"', 'facts = ["y = 1"]', 1, "fact", "y = 1"),
    ],
)
def test_what_the_network_refuses_has_a_line_too(old: str, new: str, line: int, code: str, words: str) -> None:
    message = refusal(changed(old, new))
    assert message.startswith(f"net.toml:{line}: error[{code}]: ")
    assert words in message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("x", 1),
        ("x = 1 y = 2", 1),
        ("[equations]\n\n\nx = '''\n\n'''\ny = 3", 4),
        ("x = " + "[" * 100_000, None),
        ("a." * 100_000 + "b = 1", 1),
        ("[inputs]\nx = 1\nw = " + "9" * 5_000 + "\n[loss]\n", 3),
        ("[equations]\r\n\r\ny = 'q q'\r\n[loss]\r\nminimize = 'y'", 3),
        ('[equations]\ny = """\nopen', 3),
    ],
)
def test_odd_files(text: str, line: int | None) -> None:
    assert refusal(text).startswith("net.toml: error[" if line is None else f"net.toml:{line}: error[")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b'name = "a"\ndescription = "\xe9"\n')
    (tmp_path / "large.toml").write_bytes(b"#" * 1_000_001)
    for name, message in [
        ("none.toml", ": error[file]: there is no such file; check its name"),
        (".", ": error[file]: this is a directory; name a TOML file in it"),
        ("latin.toml", ":2: error[file]: the file is not UTF-8 text; save it as UTF-8"),
        ("large.toml", ": error[file]: the file is larger than 1 MB; a network fits in less"),
    ]:
        with pytest.raises(SpecError) as caught:
            load(tmp_path / name)
        assert str(caught.value) == f"{tmp_path / name}{message}"


# ── Safety ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "code",
    [
        "__import__('os').system('touch X')",
        "open('X', 'w')",
        "(lambda: open('X', 'w'))()",
        "x.__class__.__mro__[1]",
        "[open('X', 'w')][0]",
        "x if open('X', 'w') else x",
        "import os",
        "__builtins__",
        "print",
    ],
)
def test_no_code_in_a_file_runs(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for text in (
        changed('"w*x"', f'"""{code}"""'),
        changed('"w*x"', f'"""w*x + {code}"""'),
        changed("y =", f'"{code}" ='),
        changed("w = 0.5", f'"{code}" = 0.5'),
        changed("w = 0.5", f'w = """{code}"""'),
        changed('minimize = "E"', f'minimize = "{code}"'),
        changed('name = "small"', f'facts = ["""{code} = 1"""]'),
        changed("[equations]", f'[functions]\n"f(z)" = "{code}"\n[equations]'),
        changed("[equations]", f'[functions]\n"{code}" = "z"\n[equations]'),
        changed("[inputs]\nx = 1\n", f'inputs = ["{code}"]\n'),
        changed("[inputs]", f'["{code}"]'),
    ):
        assert refusal(text).startswith("net.toml:")
    assert list(tmp_path.iterdir()) == []


LINES = [*NET.splitlines(), "[training]", "epochs = 1", "facts = ['t = 1']", '"p, q" = "softmax([x, y])"', "x = [1, 2]"]


@pytest.mark.slow
@settings(max_examples=100)
@given(st.lists(st.sampled_from(LINES), max_size=14), st.text(max_size=6), st.integers(0, 60))
def test_random_files_are_refused_in_one_line_or_read(lines: list[str], noise: str, place: int) -> None:
    text = "\n".join(lines)
    for mutated in (text, text[:place] + noise + text[place:], NET[:place] + noise + NET[place:]):
        message = ""
        try:
            load_text(mutated)
        except SpecError as error:
            message = str(error)
        assert "\n" not in message


def test_decimals_are_exact() -> None:
    assert load_text(changed('"w*x"', '"0.1*w*x"')).equations[y] == Rational(1, 10) * w * x


@pytest.mark.parametrize(
    ("text", "is_pi"),
    [
        ('[parameters]\nw = 1\n[equations]\nE = "(w - pi)**2"\n[loss]\nminimize = "E"\n', True),
        ('[parameters]\nw = 1\npi = 3\n[equations]\nE = "(w - pi)**2"\n[loss]\nminimize = "E"\n', False),
        ('[parameters]\nw = 1\n[equations]\npi = "2*w"\nE = "(w - pi)**2"\n[loss]\nminimize = "E"\n', False),
        ('[functions]\n"f(z)" = "pi*z"\n[parameters]\nw = 1\n[equations]\nE = "f(w)"\n[loss]\nminimize = "E"\n', True),
        (
            '[functions]\n"f(pi)" = "2*pi"\n[parameters]\nw = 1\n[equations]\nE = "f(w)"\n[loss]\nminimize = "E"\n',
            False,
        ),
    ],
)
def test_pi_is_a_number_where_nothing_else_is_called_so(text: str, is_pi: bool, tmp_path: Path) -> None:
    path = tmp_path / "net.toml"
    path.write_text(text)
    loss = sb.load(path).equations[Symbol("E")]
    known = loss.body if isinstance(loss, UserFunction) else loss
    assert known.has(pi) == is_pi
