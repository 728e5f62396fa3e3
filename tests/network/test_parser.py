"""Formulas from text: what they mean, what is refused and in which words, and that none of it runs."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import (
    Abs,
    And,
    Eq,
    Float,
    Max,
    Min,
    Or,
    Piecewise,
    Rational,
    Symbol,
    exp,
    log,
    preorder_traversal,
    sign,
    sqrt,
    symbols,
    tanh,
)
from work import calls, memory

from symbackprop.errors import SpecError
from symbackprop.functions import (
    binary_cross_entropy,
    cross_entropy,
    elu,
    gelu,
    huber,
    leaky_relu,
    log_softmax,
    normal_cdf,
    normal_pdf,
    relu,
    sigmoid,
    silu,
    smooth_l1,
    softmax,
    softplus,
    squared_error,
    step,
)
from symbackprop.network.formulas import (
    FUNCTION_NAMES,
    parse_equation,
    parse_expression,
    parse_facts,
    parse_function,
    parse_name,
    parse_names,
    quote,
)

x, y, z, a, b, c, t = symbols("x y z a b c t")


def read(text: str) -> object:
    return parse_expression(text, Symbol)


def refusal(text: str, **options: object) -> str:
    with pytest.raises(SpecError) as caught:
        parse_equation(text, Symbol, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# ── Meaning ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x + y - z", x + y - z),
        ("x - (y - z)", x - y + z),
        ("x/y/z", x / y / z),
        ("x/(y/z)", x * z / y),
        ("2*(x + y)*z", 2 * (x + y) * z),
        ("-x**2", -(x**2)),
        ("x**-2", x**-2),
        ("x**y**z", x ** (y**z)),
        ("+x - -y", x + y),
        ("(t - a)**2/2", (t - a) ** 2 / 2),
        ("0.05*x", x / 20),
        ("1e-3 + 2.5E2 + .5 + 3.", Rational(253501, 1000)),
        ("0.1 + 0.2", Rational(3, 10)),
        ("x**0.5", sqrt(x)),
        ("  x\n + y  ", x + y),
        ("where(x > 1or y > 2and z > 3, x, y)", Piecewise((x, Or(x > 1, And(y > 2, z > 3))), (y, True))),
        ("sigmoid(x,)", sigmoid(x)),
        ("tanh(x)", tanh(x)),
        ("relu(x) + step(x)", relu(x) + step(x)),
        ("leaky_relu(x) + leaky_relu(x, 0.2)", leaky_relu(x) + leaky_relu(x, Rational(1, 5))),
        ("elu(x) + elu(x, a)", elu(x) + elu(x, a)),
        ("softplus(x)*gelu(y)*silu(z)", softplus(x) * gelu(y) * silu(z)),
        ("exp(x) + log(y) + sqrt(z)", exp(x) + log(y) + sqrt(z)),
        ("abs(x) + sign(y)", Abs(x) + sign(y)),
        ("max(x, y, 0) - min(x, z)", Max(x, y, 0) - Min(x, z)),
        ("huber(x) + normal_cdf(y) + normal_pdf(z)", huber(x) + normal_cdf(y) + normal_pdf(z)),
        ("[x < y]*a", a * Piecewise((1, x < y), (0, True))),
        ("[x < y and z > 1]", Piecewise((1, And(x < y, z > 1)), (0, True))),
        ("where(x < y, a, b)", Piecewise((a, x < y), (b, True))),
        ("where(x < y and y <= z or z > 1, a, b)", Piecewise((a, Or(And(x < y, y <= z), z > 1)), (b, True))),
        ("piecewise((a, x >= 1), (b, x > 0), (c, True))", Piecewise((a, x >= 1), (b, x > 0), (c, True))),
        ("softmax(y, [x, y, z])", softmax([x, y, z])[1]),
        ("1 + log_softmax(x, [x, y])", 1 + log_softmax([x, y])[0]),
        ("squared_error(y, t)", squared_error(y, t)),
        ("squared_error((x, y), (a, b))", squared_error([x, y], [a, b])),
        ("smooth_l1([x, y], [a, b])", smooth_l1([x, y], [a, b])),
        ("cross_entropy([x, y], [a, b])", cross_entropy([x, y], [a, b])),
        ("binary_cross_entropy(y, t)", binary_cross_entropy(y, t)),
    ],
)
def test_meaning(text: str, expected: object) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "name", ["E", "I", "S", "N", "Q", "O", "pi", "beta", "gamma", "zeta", "C", "e", "oo", "zoo", "nan"]
)
def test_names_that_sympy_would_take_for_something_else(name: str) -> None:
    assert read(name) == Symbol(name)
    assert read(f"2*{name} + 1") == 2 * Symbol(name) + 1


@pytest.mark.parametrize(
    ("written", "name"),
    [("w₁", "w1"), ("µ", "μ"), ("𝑤", "w"), ("δ_o1", "δ_o1"), ("Ω2", "Ω2"), ("a_h1", "a_h1"), ("match", "match")],
)
def test_names_are_brought_to_normal_form(written: str, name: str) -> None:
    assert parse_name(written) == name
    assert read(f"{written} + 1") == Symbol(name) + 1


def test_symbols_are_the_ones_given() -> None:
    real = Symbol("x", real=True)
    assert parse_expression("x**2", {"x": real}) == real**2
    with pytest.raises(SpecError, match=r"unknown name 'alpha1'; did you mean 'alpha2'\?"):
        parse_expression("alpha1", {"alpha2": x})
    with pytest.raises(SpecError, match=r"'x' in 'x\(2\)' is a name, not a function; write \* for a product"):
        parse_expression("x(2)", {"x": x})
    assert parse_expression("step + 1", {"step": Symbol("step")}) == Symbol("step") + 1


def test_vector_equations() -> None:
    assert parse_equation("softmax([x, y + 1])", Symbol, count=2) == softmax([x, y + 1])
    assert parse_equation("log_softmax((x, y, z))", Symbol, count=3) == log_softmax([x, y, z])


def test_facts() -> None:
    assert parse_facts("x + y + z = 1", Symbol) == (Eq(x + y + z, 1),)
    for text, words in [
        ("x + y", "'x + y' has 0 equals signs"),
        ("x = y = z", "'x = y = z' has 2 equals signs"),
        ("x == 1", "'x == 1' has 2 equals signs"),
        ("x = x", "'x = x' says nothing: it always holds"),
        ("1 = 2", "'1 = 2' can never hold"),
    ]:
        with pytest.raises(SpecError) as caught:
            parse_facts(text, Symbol)
        assert words in str(caught.value)


def test_own_functions() -> None:
    swish = parse_function("swish(z)", "z*sigmoid(z)", {})
    twice = parse_function("twice(u, k)", "swish(u) + k*swish(u)", {"swish": swish})
    table = {"swish": swish, "twice": twice}
    assert parse_expression("swish(x)", Symbol, table) == swish(x)
    assert parse_expression("twice(x, 2)", Symbol, table) == twice(x, 2)
    with pytest.raises(SpecError, match=r"'twice\(x\)' gives twice 1 argument; it takes 2: write twice\(u, k\)"):
        parse_expression("twice(x)", Symbol, table)
    with pytest.raises(SpecError, match="'swish' is a function, and stands here as a name"):
        parse_expression("swish", Symbol, table)
    with pytest.raises(SpecError, match=r"unknown function 'swich' in 'swich\(x\)'; did you mean 'swish'\?"):
        parse_expression("swich(x)", Symbol, table)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("swish", "'swish' is not a function and its parameters; write it as swish(z)"),
        ("swish()", "'swish()' is not a function and its parameters"),
        ("tanh(z)", "the function 'tanh' is known already; rename it"),
        ("f(z, z)", "'z, z' has 'z' twice; give each name once"),
        ("f(1)", "'1' is not a name"),
        ("lambda(z)", "'lambda' is a word of Python, not a name"),
    ],
)
def test_heads_of_own_functions(head: str, words: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_function(head, "z", {})
    assert words in str(caught.value)


def test_a_constant_does_not_slip_through_an_own_function() -> None:
    power = parse_function("power(k)", "exp(k**64*log(2))", {})
    tower = parse_function("tower(z)", "exp(z)", {})
    table = {"power": power, "tower": tower}
    assert parse_expression("power(x)", Symbol, table) == power(x)
    for text in ("power(1000)", "tower(tower(100))", "x + tower(10**7)"):
        with pytest.raises(SpecError, match="too-large"):
            parse_expression(text, Symbol, table)


# ── Refusals ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "error[syntax]: the formula is empty; write a formula such as w1*i1 + w2*i2"),
        ("x^2", "error[syntax]: '^' in 'x^2'; write ** for a power"),
        ("2x", "error[syntax]: '2x' has two values side by side; write * for a product: 2*x"),
        ("2 x", "error[syntax]: '2 x' has two values side by side; write * for a product: 2*x"),
        ("x y", "error[syntax]: 'x y' has two values side by side; write * for a product: x*y"),
        ("2(x)", "error[syntax]: '2(x)' has two values side by side; write * for a product"),
        ("(x)(y)", "error[syntax]: '(x)(y)' has two values side by side; write * for a product"),
        ("E = x", "error[syntax]: '=' in 'E = x'; write the right side alone; in a file, the name is the key"),
        ("a == b", "error[forbidden]: '==' in 'a == b'; write the right side alone, and no =="),
        ("where(a == b, 1, 2)", "error[forbidden]: '==' in 'where(a == b, 1, 2)'; compare by <, <=, > or >="),
        ("x²", "error[syntax]: '²' in 'x²'; write **2 for a square"),
        ("x × y", "error[syntax]: '×' in 'x × y'; write * for a product"),
        ("x − y", "error[syntax]: '−' in 'x − y'; write - for a minus sign"),
        ("x +", "error[syntax]: 'x +' ends where a value should stand; complete it"),
        ("* x", "error[syntax]: a value is missing before '*' in '* x'; put it in"),
        ("x * / y", "error[syntax]: a value is missing before '/' in 'x * / y'; put it in"),
        ("(x", "error[syntax]: '(' in '(x' is not closed; close it"),
        ("x)", "error[syntax]: ')' in 'x)' closes nothing; let each bracket have its other half"),
        ("(x]", "error[syntax]: ']' in '(x]' closes nothing; let each bracket have its other half"),
        ("where(0 < x < 1, x, y)", "error[syntax]: '0 < x < 1' compares more than two values; "
         "write one comparison at a time: 0 < x and x < 1"),
        ("where(x, y, z)", "error[syntax]: 'x' is not a condition; write one such as x > 0"),
        ("sigmod(z)", "error[unknown-function]: unknown function 'sigmod' in 'sigmod(z)'; did you mean 'sigmoid'?"),
        ("sigmoid(x, y)", "error[arguments]: 'sigmoid(x, y)' gives sigmoid 2 arguments; it takes 1: write sigmoid(z)"),
        ("tanh()", "error[arguments]: 'tanh()' gives tanh 0 arguments; it takes 1: write tanh(z)"),
        ("elu(x, 1, 2)", "error[arguments]: 'elu(x, 1, 2)' gives elu 3 arguments; it takes 1 or 2: "
         "write elu(z) or elu(z, alpha)"),
        ("max(x)", "error[arguments]: 'max(x)' gives max 1 argument; it takes 2 to 64: write max(a, b)"),
        ("where(x < 1, y)", "error[arguments]: 'where(x < 1, y)' gives where 2 arguments; it takes 3: "
         "write where(condition, a, b)"),
        ("piecewise((x, x > 0))", "error[arguments]: True is not the last condition of 'piecewise((x, x > 0))'; "
         "write piecewise((a, condition), (b, True))"),
        ("piecewise((x, True), (y, True))", "error[arguments]: True is not the last condition of "
         "'piecewise((x, True), (y, True))'; write piecewise((a, condition), (b, True))"),
        ("piecewise(x, y)", "error[arguments]: 'piecewise(x, y)' is not made of values with conditions; "
         "write piecewise((a, condition), (b, True))"),
        ("softmax(c, [a, b])", "error[arguments]: 'c' is not in the list of 'softmax(c, [a, b])'; "
         "let it stand there exactly once"),
        ("softmax(a, [a, a])", "error[arguments]: 'a' is more than once in the list of 'softmax(a, [a, a])'; "
         "let it stand there exactly once"),
        ("softmax(a, b)", "error[arguments]: 'softmax(a, b)' lacks a list of two scores or more; "
         "write softmax(z1, [z1, z2, z3])"),
        ("1 + softmax([a, b])", "error[components]: 'softmax([a, b])' has 2 components and stands for one value; "
         'give it the whole right side of a key such as "p1, p2, p3", or write softmax(z1, [z1, z2, z3])'),
        ("cross_entropy([x, y], t)", "error[arguments]: 'cross_entropy([x, y], t)' has 2 outputs and 1 target; "
         "give as many targets as outputs"),
        ("cross_entropy([], [])", "error[arguments]: an empty list; put names into it"),
        ("sigmoid", "error[name]: 'sigmoid' is a function, and stands here as a name; write sigmoid(…)"),
        ("_x", "error[name]: '_x' is not a name; a name begins with a letter (a-z, A-Z or Greek) and goes on with "
         "letters, digits and _"),
        ("1/0", "error[number]: '1/0' divides by zero; let the divisor be something else"),
        ("1/(x - x)", "error[number]: '1/(x - x)' divides by zero; let the divisor be something else"),
        ("log(0)", "error[number]: 'log(0)' is not a real number; every value of a network is real"),
        ("x*sqrt(-1)", "error[number]: 'sqrt(-1)' is not a real number; every value of a network is real"),
        ("(-8)**(1/3)", "error[number]: '(-8)**(1/3)' is not a real number; every value of a network is real"),
        ("007", "error[number]: the number '007' begins with 0; write 7"),
        ("1_000", "error[number]: '_' in '1_000'; write a number with digits alone"),
        ("1e999", "error[number]: the number '1e999' is out of range; keep to 1e-300 … 1e300"),
        ("1e-999999999999999999999999", "error[number]: the number '1e-999999999999999999999999' is out of range; "
         "keep to 1e-300 … 1e300"),
        ("x**65", "error[too-large]: the exponent in 'x**65'; use at most 64"),
        ("x**-65", "error[too-large]: the exponent in 'x**-65'; use at most 64"),
        ("(x**64)**64", "error[too-large]: the exponent in '(x**64)**64'; use at most 64"),
        ("10**10**10", "error[too-large]: the exponent in '10**10**10'; use at most 64"),
        ("(10**60)**60", "error[too-large]: the numbers in '(10**60)**60' grow too long; use smaller ones"),
        ("exp(exp(100))", "error[too-large]: the constant in 'exp(exp(100))'; "
         "apply functions to constants of at most 1,000,000"),
    ],
)  # fmt: skip
def test_refusals_say_what_and_what_to_do(text: str, message: str) -> None:
    assert refusal(text) == message


@pytest.mark.parametrize(
    ("text", "count", "message"),
    [
        ("a + b", 2, "error[components]: 'a + b' is one value for 2 names; "
         "a key of several names takes softmax([…]) or log_softmax([…])"),
        ("softmax([a, b, c])", 2, "error[components]: 'softmax([a, b, c])' has 3 components for 2 names; "
         "give as many scores as names"),
        ("softmax(a, b)", 2, "error[arguments]: 'softmax(a, b)' is not over a list; write softmax([z1, z2, z3])"),
    ],
)  # fmt: skip
def test_refusals_of_vector_equations(text: str, count: int, message: str) -> None:
    assert refusal(text, count=count) == message


def test_refusals_name_the_equation_and_shorten_long_text() -> None:
    message = refusal("sigmod(" + "x + " * 100 + "x)", where="h1")
    assert message.startswith("error[unknown-function]: in h1: unknown function 'sigmod' in 'sigmod(x + x + ")
    assert "…+ x + x + x + x + x)'; did you mean 'sigmoid'?" in message
    assert len(message) < 200
    assert quote("a\n b  c") == "'a b c'"
    assert len(quote("x" * 1000)) == 62


@pytest.mark.parametrize(
    "text",
    [
        "x++", "x if y else z", "x in y", "not x", "x or y", "x is y", "x < y", "True", "x + True", "False", "None",
        "[x, y]", "(x, y)", "x, y", "()", "x // y", "x % y", "x @ y", "x | y", "x & y", "~x", "x << y", "x := y",
        "x; y", "x # y", "x \\ y", "x != y", "'x'", '"x"', "'x", "0x10", "2j", "3e", "1.2.3", "x.", "{x}", "{x: y}",
        "sigmoid([x])", "sigmoid(*x)", "sigmoid(z=x)", "max([x, y])", "where(x < 1, y, [z])", "½", "x̂", "∂", "é",
        "x\0y", "\ud800", "softmax([a])", "softmax([])", "where(not x < y, x, y)", "where(True, x, y)", "x.y", "+", "-",
    ],
)  # fmt: skip
def test_everything_else_is_refused(text: str) -> None:
    refusal(text)


@pytest.mark.parametrize("word", ["lambda", "def", "import", "class", "not", "if", "None", "False", "async", "yield"])
def test_words_of_python_are_no_names(word: str) -> None:
    assert refusal(word) == (
        f"error[name]: '{word}' is a word of Python, not a name; formulas hold no code; a name can be '{word}_1'"
    )


def test_several_names() -> None:
    assert parse_names(" p1, p2 ,p₃") == ("p1", "p2", "p3")
    for text in ("p1,", "p1, p1", "p1; p2", "p1, sigmoid(x)", "", "x²", "__import__"):
        with pytest.raises(SpecError):
            parse_names(text)


# ── Safety ────────────────────────────────────────────────────────────────────────────────────────────────────────

ATTACKS = [
    "__import__('os').system('touch {file}')",
    "open('{file}', 'w')",
    "eval('open(1)')",
    "exec(\"open('{file}', 'w')\")",
    "x.__class__.__base__.__subclasses__()",
    "().__class__",
    "(lambda: open('{file}', 'w'))()",
    "lambda x: x",
    "[c for c in (1, 2)]",
    "x[0]",
    "x[open('{file}', 'w')]",
    "f\"{{open('{file}', 'w')}}\"",
    "sigmoid(z=open('{file}', 'w'))",
    "sigmoid(*open('{file}', 'w'))",
    "(y := open('{file}', 'w'))",
    "yield x",
    "await x",
    "print(x)",
    "getattr(x, y)",
    "globals()",
    "Symbol(x)",
    "sympify(x)",
    "_",
    "__builtins__",
    "x__class__()",
    "ｅｖａｌ(x)",
    "x if open('{file}', 'w') else y",
    "import os",
    "x\nimport os",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_code_runs(attack: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "X"
    text = attack.replace("{file}", str(file)).replace("{{", "{").replace("}}", "}")
    for formula in (text, f"w + {text}", f"sigmoid({text})", f"where(x < 1, {text}, y)"):
        refusal(formula)
    with pytest.raises(SpecError):
        parse_facts(f"{text} = 1", Symbol)
    with pytest.raises(SpecError):
        parse_function("f(x)", text)
    with pytest.raises(SpecError):
        parse_name(text)
    assert list(tmp_path.iterdir()) == []


HEAVY = [
    "9" * 101,
    "0." + "1" * 101,
    "x" * 101,
    "x+" * 5001,
    "(" * 101 + "x" + ")" * 101,
    "(" * 5000,
    "-" * 5000 + "x",
    "**".join("x" * 3000),
    "sigmoid(1+" * 99 + "x" + ")" * 99,
    "tanh(" * 20 + "x" + ")" * 20,
    "sigmoid(" * 20 + "0.3" + ")" * 20,
    "sqrt(2+" * 40 + "1" + ")" * 40,
    "1e300**64",
    "exp(10**50*log(2))",
    "exp(x + 10**50*log(2*y))",
    "exp(exp(exp(exp(100))))",
    "2**(10**9)",
    "x**(10**9)",
    "((((x**60)**60)**60)**60)**60",
    "*".join(["x**60"] * 100),
    "*".join(["10**60"] * 100),
    "+".join(f"1/{'7' * 90}{k}" for k in range(90)),
    "*".join(f"({'7' * 40}{k})**(1/3)" for k in range(90)),
    "max(" + ",".join(f"x{k}" for k in range(65)) + ")",
    "max(x,min(y," * 40 + "z" + "))" * 40,
    "piecewise(" + "(x, a < 1 and b < 1 or c < 1 and e < 1)," * 15 + "(x, True))",
    "where(" + " or ".join(f"x > {k}" for k in range(17)) + ", x, y)",
    "factorial(10**8)",
]


@pytest.mark.parametrize("text", HEAVY, ids=lambda text: text[:20])
def test_no_formula_is_much_work(text: str) -> None:
    calls(lambda: refusal(text), most=500_000)
    assert memory(lambda: refusal(text)) < 10_000_000


def test_long_sums_and_products_are_all_right() -> None:
    assert len(read("+".join(f"w{k}*x{k}" for k in range(784))).args) == 784  # type: ignore[attr-defined]
    assert len(read("*".join(f"w{k}" for k in range(500))).args) == 500  # type: ignore[attr-defined]
    assert read("(" * 100 + "x" + ")" * 100) == x


def test_largest_values_that_stand_beside_one_another_are_not_compared() -> None:
    assert len(read("+".join(f"max(-1, min(1, x{k}))" for k in range(100))).args) == 100  # type: ignore[attr-defined]


def test_nothing_is_expanded() -> None:
    assert read("(x + y)**64") == (x + y) ** 64
    assert read("(x + 1)*(y + 1)") == (x + 1) * (y + 1)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_random_text_is_refused_or_read(text: str) -> None:
    for read_it in (
        read,
        parse_name,
        lambda words: parse_facts(words, Symbol),
        lambda words: parse_function(words, "x"),
    ):
        message = ""
        try:
            read_it(text)
        except SpecError as error:
            message = str(error)
        assert "\n" not in message


PIECES = [
    *sorted(FUNCTION_NAMES),
    *"xyz012()[],,+-*/<>=.",
    "**",
    "<=",
    " and ",
    " or ",
    "True",
    "1e9",
    "0.5",
    "lambda ",
    "_",
]


@pytest.mark.slow
@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_random_formulas_are_refused_or_read(pieces: list[str]) -> None:
    text = "".join(pieces)
    message, result = "", x
    try:
        result = read(text)
    except SpecError as error:
        message = str(error)
    assert "\n" not in message
    assert not any(isinstance(part, Float) for part in preorder_traversal(result))


VALUES = {"x": 0.7, "y": -1.3, "z": 2.1}
UNARY = {
    "sigmoid": lambda v: 1 / (1 + math.exp(-v)),
    "tanh": math.tanh,
    "relu": lambda v: max(0.0, v),
    "softplus": lambda v: math.log1p(math.exp(v)),
    "abs": abs,
    "exp": math.exp,
    "normal_cdf": lambda v: math.erfc(-v / math.sqrt(2)) / 2,
}
Worked = tuple[str, float]


def bigger(inner: st.SearchStrategy[Worked]) -> st.SearchStrategy[Worked]:
    """A formula made of smaller ones, with its value by Python's own floats."""
    pair = st.tuples(inner, inner)
    return st.one_of(
        pair.map(lambda p: (f"({p[0][0]} + {p[1][0]})", p[0][1] + p[1][1])),
        pair.map(lambda p: (f"({p[0][0]} - ({p[1][0]}))", p[0][1] - p[1][1])),
        pair.map(lambda p: (f"{p[0][0]}*{p[1][0]}", p[0][1] * p[1][1])),
        pair.map(lambda p: (f"({p[0][0]})/(3 + abs({p[1][0]}))", p[0][1] / (3 + abs(p[1][1])))),
        pair.map(lambda p: (f"max({p[0][0]}, {p[1][0]})", max(p[0][1], p[1][1]))),
        st.tuples(inner, st.integers(0, 3)).map(lambda p: (f"({p[0][0]})**{p[1]}", p[0][1] ** p[1])),
        inner.map(lambda p: (f"(-{p[0]})", -p[1])),
        st.tuples(st.sampled_from(sorted(UNARY)), inner)
        .filter(lambda p: abs(p[1][1]) < 20)
        .map(lambda p: (f"{p[0]}({p[1][0]})", UNARY[p[0]](p[1][1]))),
        st.tuples(inner, inner, inner)
        .filter(lambda p: abs(p[0][1] - 0.25) > 1e-6)
        .map(lambda p: (f"where({p[0][0]} < 0.25, {p[1][0]}, {p[2][0]})", p[1][1] if p[0][1] < 0.25 else p[2][1])),
    )


atoms = st.one_of(
    st.sampled_from(sorted(VALUES.items())),
    st.integers(0, 20).map(lambda n: (str(n), float(n))),
    st.decimals(0, 9, places=3).map(lambda d: (f"{d:f}", float(d))),
)


@settings(max_examples=150, deadline=None)
@given(st.recursive(atoms, bigger, max_leaves=8))
def test_formulas_have_the_values_that_python_gives_them(worked: Worked) -> None:
    text, value = worked
    assume(abs(value) < 1e12)
    try:
        expr = read(text)
    except SpecError as error:
        assume(error.code != "too-large")
        raise
    found = expr.xreplace({Symbol(name): Float(number, 30) for name, number in VALUES.items()}).evalf(30)  # type: ignore[attr-defined]
    assert float(found) == pytest.approx(value, rel=1e-8, abs=1e-8)
