"""Workbooks: LibreOffice, which works every formula out anew, has the numbers of the training."""

from __future__ import annotations

import io
import os
import random
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import slow_except
from networks import EXAMPLES, MISH, random_values
from spreadsheets import cells, differing, made, recalculated, with_other_numbers
from sympy import Abs, Eq, Expr, Max, Piecewise, Rational, Symbol, exp, log, sqrt, symbols, tanh
from vocabulary_networks import applied

import symbackprop as sb
from symbackprop.functions import VOCABULARY
from symbackprop.functions.catalogue import BY_NAME
from symbackprop.network.formulas import parse_expression
from symbackprop.network.spec import example_names, read_example
from symbackprop.publish.spreadsheet import MOST_CELLS, MOST_EXAMPLES
from symbackprop.publish.spreadsheet.formulas import formula
from symbackprop.publish.spreadsheet.tables import letters

writes = pytest.mark.needs("xlsxwriter", "openpyxl")
witnessed = pytest.mark.needs("soffice", "xlsxwriter", "openpyxl")
TRAINED = [name for name in example_names() if not read_example(name).network.outputs]
LACKED = {"digamma", "erfinv", "lgamma", "polygamma", "trigamma"}
"""What spreadsheets lack, or its derivative."""
A, B, C = symbols("A B C")


def train(derivation: sb.Derivation, rate: float, epochs: int, **data: Any) -> Any:
    """A history, also of training that diverges."""
    try:
        return sb.train(derivation, **data, learning_rate=rate, epochs=epochs)
    except sb.Diverged as error:
        return error.history


def of_example(name: str, epochs: int | None = None) -> bytes:
    """The workbook of a network that ships, trained as its file says."""
    spec = read_example(name)
    derivation, how = sb.derive(spec.network), spec.training
    count = min(how.epochs or 20, epochs or 10**9)
    history = train(derivation, how.learning_rate or 0.1, count)
    sweep = sb.sweep(derivation, learning_rates=how.learning_rates, epochs=count) if how.learning_rates else ()
    return made(derivation, history, sweep)


def columns(content: bytes, sheet: str = "Training") -> dict[str, list[Any]]:
    """The numbers below each head of a table of one example."""
    rows = cells(content)[sheet]
    return {head: [row[k] for row in rows[2:]] for k, head in enumerate(rows[1])}


# -- the numbers


@witnessed
def test_the_workbook_of_the_notes_has_their_numbers(tmp_path: Path) -> None:
    content = of_example("two-layer-sigmoid")
    theirs = recalculated(tmp_path, {"notes": with_other_numbers(content)})["notes"]
    assert differing(cells(content), theirs) == []
    rows = theirs["Training"]
    known = dict(zip(rows[1], rows[2], strict=True))
    assert known["E"] == pytest.approx(0.2425, abs=5e-5)
    assert known["aₕ₁"] == pytest.approx(0.506875, abs=5e-7)
    assert known["δₒ₁"] == pytest.approx(0.142357, abs=5e-7)
    assert known["∂E/∂w₅"] == pytest.approx(0.072157, abs=5e-7)
    assert known["∂E/∂w₁"] == pytest.approx(0.000188256, abs=5e-10)
    assert rows[47][rows[1].index("E")] == pytest.approx(0.070431, abs=5e-7)
    assert rows[47][0] == 45
    rates = theirs["Learning rates"]
    assert rates[3][:7] == ["epoch", 0.1, 0.2, 0.5, 0.8, 1, 2]
    for row, numbers in {
        4: [0.2425] * 6,
        5: [0.2411, 0.2397, 0.2355, 0.2313, 0.2285, 0.2149],
        49: [0.1853, 0.1414, 0.0704, 0.0425, 0.0327, 0.0139],
    }.items():
        assert rates[row][1:7] == pytest.approx(numbers, abs=5.1e-5)


@witnessed
@pytest.mark.slow
def test_networks_that_ship_have_the_numbers_of_training(tmp_path: Path) -> None:
    books = {name: of_example(name, 60) for name in TRAINED}
    theirs = recalculated(tmp_path, books)
    assert {name: found for name in books if (found := differing(cells(books[name]), theirs[name]))} == {}


@witnessed
@pytest.mark.slow
def test_batches_and_matrices_have_the_numbers_of_training(tmp_path: Path) -> None:
    books = {name: of_example(name, 12) for name in ("or-gate", "xor", "or-gate-vectorised")}
    theirs = recalculated(tmp_path, books)
    assert {name: found for name in books if (found := differing(cells(books[name]), theirs[name]))} == {}


@witnessed
@pytest.mark.slow
def test_networks_of_all_kinds_have_the_numbers_of_training(tmp_path: Path) -> None:
    books = {}
    for name, make in EXAMPLES.items():
        net = make()
        if net.dialect == "scalar" and not net.outputs:
            values = random_values(net, random.Random(3))
            data = {s.name: values[s.name] for s in (*net.inputs, *net.targets)}
            initial = {w.name: values[w.name] for w in net.parameters}
            derivation = sb.derive(net)
            history = train(derivation, 0.1, 5, data=data, initial=initial, check_facts=False)
            books[name] = made(derivation, history, [history])
    theirs = recalculated(tmp_path, books)
    assert len(books) > 20
    assert {name: found for name in books if (found := differing(cells(books[name]), theirs[name]))} == {}


def of_function(name: str, points: list[float]) -> bytes:
    """A workbook with a function of the vocabulary at some points, trained a little."""
    row, rng = BY_NAME[name], random.Random(name)
    x, t, w, v, E, z, u, a = symbols("x t w v E z u a")
    several = row.count - row.settings - row.numbers > 1
    value = parse_expression(applied(rng, row, ["z", "u"]), {"z": z, "u": u})
    equations = {z: w * x, **({u: v * x} if several else {}), a: value, E: (a - t) ** 2 / 2}
    net = sb.Network(equations, inputs=[x], targets=[t], parameters=[w, v] if several else [w], loss=E)
    derivation = sb.derive(net)
    data = {"x": points, "t": [0.1 * k for k in range(len(points))]}
    initial = {"w": 0.7, "v": -1.1} if several else {"w": 0.7}
    return made(derivation, train(derivation, 1e-3, 2, data=data, initial=initial))


@witnessed
@pytest.mark.slow
def test_every_function_has_the_numbers_of_training(tmp_path: Path) -> None:
    names = [row.name for row in VOCABULARY if row.name not in LACKED]
    books = {name: of_function(name, [-7.0, -2.0, -0.3, 1e-7, 0.4, 1.5, 6.0]) for name in names}
    theirs = recalculated(tmp_path, books)
    assert {name: found for name in books if (found := differing(cells(books[name]), theirs[name], floor=1e-14))} == {}


FAR = "sigmoid tanh softplus log_sigmoid silu gelu mish elu selu celu relu softsign logaddexp leaky_relu".split()


@witnessed
@pytest.mark.slow
def test_functions_are_safe_from_overflow(tmp_path: Path) -> None:
    """At ±1,000 no cell on the way forward is an error, and each has the number of NumPy."""
    books = {name: of_function(name, [-1000.0, 1000.0]) for name in FAR}
    theirs = recalculated(tmp_path, books)
    for name in books:
        heads = cells(books[name])["Training"][2]
        mine, found = (sheets["Training"][3] for sheets in (cells(books[name]), theirs[name]))
        places = [k for k, head in enumerate(heads) if head == "a"]
        assert len(places) == 2
        assert [found[k] for k in places] == pytest.approx([mine[k] for k in places], rel=1e-12), name


@witnessed
@pytest.mark.slow
def test_training_that_diverges_shows_errors_where_numbers_end(tmp_path: Path) -> None:
    x, t, w, E = symbols("x t w E")
    derivation = sb.derive(sb.Network({E: (w * x - t) ** 4}, inputs=[x], targets=[t], parameters=[w], loss=E))
    data: dict[str, Any] = {"data": {"x": 2.0, "t": 1.0}, "initial": {"w": 3.0}}
    histories = [train(derivation, rate, 30, **data) for rate in (1e-4, 5.0)]
    assert histories[1].diverged_at is not None
    content = made(derivation, histories[0], histories)
    theirs = recalculated(tmp_path, {"book": with_other_numbers(content)})["book"]
    assert differing(cells(content), theirs) == []
    assert theirs["Learning rates"][34][1:3] == [pytest.approx(histories[0].losses[30], rel=1e-12), "#NUM!"]
    assert len(histories[1]) < 30


# -- formulas


def shown(expr: Expr) -> str:
    return formula(expr, {"A": "A1", "B": "B1", "C": "C1"})


@pytest.mark.parametrize(
    ("expr", "written"),
    [
        (-(A**2), "-A1*A1"),
        (-(A**4), "-POWER(A1,4)"),
        (-(A**4) * B, "-POWER(A1,4)*B1"),
        (-(A**4) / B, "-POWER(A1,4)/B1"),
        (C - A**4, "C1-A1^4"),
        (-((A + B) ** 4) / 2, "-POWER(A1+B1,4)/2"),
        (-2 * A**4, "-2*POWER(A1,4)"),
        (exp(-(A**2) / 2), "EXP(-(A1*A1)/2)"),
        ((A - B) ** 2 / 2, "SUMSQ(A1-B1)/2"),
        (-((A - B) ** 2), "-SUMSQ(A1-B1)"),
        (C / A**2, "C1/(A1*A1)"),
        (C / (A - B) ** 2, "C1/SUMSQ(A1-B1)"),
        ((A**B) ** C, "(A1^B1)^C1"),
        (A ** (B**C), "A1^(B1^C1)"),
        (A ** (-B), "1/A1^B1"),
        (2 * A / (3 * B), "2*A1/(3*B1)"),
        (Rational(1, 3) * A, "A1/3"),
        (A - (B - C), "A1+C1-B1"),
        (sqrt(A) * Abs(B), "ABS(B1)*SQRT(A1)"),
        (Max(0, A), "MAX(0,A1)"),
        (log(A), "LN(A1)"),
        (Piecewise((A, A > B), (-B, True)), "IF(A1 > B1,A1,-B1)"),
        (Piecewise((1, Eq(A, 0)), (2, True)), "IF(A1 = 0,1,2)"),
        (sb.sigmoid(A), "1/(1+EXP(MIN(709,-A1)))"),
        (sb.sigmoid(-A) * B, "B1*(1/(1+EXP(MIN(709,-(-A1)))))"),
        (Symbol("B") * MISH(A), "A1*B1*TANH((MAX(0,A1)+2*ATANH(1/(1+2*EXP(MIN(709,ABS(A1)))))))"),
    ],
    ids=str,
)
def test_formulas_mean_what_they_say_in_spreadsheets(expr: Expr, written: str) -> None:
    assert shown(expr) == written


@witnessed
@pytest.mark.slow
def test_signs_and_powers_are_those_of_mathematics(tmp_path: Path) -> None:
    x, t, w, E = symbols("x t w E")
    forms = [
        -(w**2), -(w**4) * x, (-w) ** 2 * x, -1 / w**2, exp(-(w**4)), 1 - w**2, x ** (w**2), (x**w) ** 2,
        -((w - x) ** 2), -((w - x) ** 4), -(w**4) / (x + w), Piecewise((-(w**2), w < x), (x, True)),
        Max(0, Piecewise((w, (x > 0) & (w > 0)), (w, True))), x - (w - x**2), -x * -(w**2) - 2 * (x - w),
        tanh(-(w**3)), Rational(-3, 7) * w**2, (2 * w) ** 2 / 3, -sqrt(w) * w**2,
    ]  # fmt: skip
    books = {}
    for k, form in enumerate(forms):
        net = sb.Network({E: (form - t) ** 2}, inputs=[x], targets=[t], parameters=[w], loss=E)
        derivation = sb.derive(net)
        history = train(derivation, 1e-3, 2, data={"x": 1.7, "t": 0.3}, initial={"w": 0.6})
        books[f"form-{k}"] = made(derivation, history)
    theirs = recalculated(tmp_path, books)
    assert {name: found for name in books if (found := differing(cells(books[name]), theirs[name]))} == {}


def test_columns_are_called_as_spreadsheets_do() -> None:
    assert [letters(k) for k in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


@writes
def test_each_row_follows_from_the_one_before() -> None:
    rows = cells(of_example("two-layer-sigmoid"), formulas=True)["Training"]
    place = {head: k for k, head in enumerate(rows[1])}
    for k, row in enumerate(rows[3:], start=4):
        gradient = f"{letters(place['∂E/∂w₁'])}{k - 1}"
        assert row[place["w₁"]] == f"={letters(place['w₁'])}{k - 1}-learning_rate*{gradient}"
        assert all(isinstance(cell, str) and cell.startswith("=") for cell in row)
    assert rows[2][place["w₁"]] == 0.15


@writes
def test_rates_are_named_cells_and_data_are_told_once() -> None:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(of_example("two-layer-sigmoid", 3)))
    names = {name: book.defined_names[name].attr_text.replace("$", "") for name in book.defined_names}
    assert names == {"learning_rate": "'Overview'!B5"} | {
        f"learning_rate_{k}": f"'Learning rates'!{letters(k)}4" for k in range(1, 7)
    }
    assert book["Overview"]["B5"].value == 0.5
    assert book["Rate 3"]["F3"].value == "='Training'!F3"
    assert "learning_rate_3*" in book["Rate 3"]["F4"].value
    assert book["Training"].freeze_panes == "B3"
    assert len(book["Overview"]._charts) == 1
    assert len(book["Learning rates"]._charts) == 1


# -- text


@writes
def test_what_a_user_typed_is_never_a_formula() -> None:
    names = symbols("A1 R1C1 TRUE rate learning_rate SUM epoch")
    a1, r1c1, true, rate, learning_rate, total, epoch = names
    swish = sb.function("HYPERLINK", lambda z: z * sb.sigmoid(z))
    net = sb.Network(
        {rate: swish(r1c1 * a1) + learning_rate * epoch, total: (rate - true) ** 2 / 2},
        inputs=[a1, epoch], targets=[true], parameters=[r1c1, learning_rate], loss=total,
        name="=cmd|' /C calc'!A0\x07\u202e\n" + "x" * 40_000,
    )  # fmt: skip
    derivation = sb.derive(net)
    data = {"A1": 0.5, "epoch": 2.0, "TRUE": 1.0}
    content = made(derivation, train(derivation, 0.5, 3, data=data, initial={"R1C1": 0.3, "learning_rate": 0.1}))
    title = cells(content)["Overview"][0][0]
    assert title.startswith(r"=cmd|' /C calc'!A0\x07\u202e xxx")
    assert len(title) < 32_768
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheets = b"".join(parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/"))
        everything = b"".join(map(parts.read, parts.namelist()))
    formulas = re.findall(rb"<f>([^<]*)</f>", sheets)
    assert formulas
    assert not [text for text in formulas if re.search(rb"cmd|calc|HYPERLINK|R1C1|TRUE|rate(?<!learning_rate)", text)]
    assert b"<hyperlink" not in everything
    assert b"\x07" not in everything
    assert "epoch" in cells(content)["Training"][1][1:]


@witnessed
def test_names_that_are_cells_and_functions_elsewhere_do_no_harm(tmp_path: Path) -> None:
    a1, r1c1, true, rate, pi_, e, total = symbols("A1 R1C1 TRUE rate PI E SUM")
    net = sb.Network(
        {rate: sb.sigmoid(r1c1 * a1 + pi_), e: tanh(rate * r1c1), total: (e - true) ** 2 / 2},
        inputs=[a1], targets=[true], parameters=[r1c1, pi_], loss=total,
    )  # fmt: skip
    derivation = sb.derive(net)
    data = {"A1": [0.5, -1.0], "TRUE": [1.0, 0.0]}
    content = made(derivation, train(derivation, 0.5, 3, data=data, initial={"R1C1": 0.3, "PI": 0.1}))
    theirs = recalculated(tmp_path, {"names": with_other_numbers(content)})["names"]
    assert differing(cells(content), theirs) == []


@writes
def test_the_glossary_tells_each_symbol() -> None:
    rows = {row[0]: row[1:] for row in cells(of_example("two-layer-sigmoid", 2))["Glossary"][1:]}
    assert rows["η"][0] == "learning_rate"
    assert rows["aₕ₁"] == ["a_h1", "output of sigmoid", "aₕ₁ = σ(h₁)", "P", "=1/(1+EXP(MIN(709,-N3)))"]
    assert rows["δₕ₁"][2] == "δₕ₁ = ∂E/∂h₁ = aₕ₁·(1 − aₕ₁)·(δₒ₁·w₅ + δₒ₂·w₇)"
    assert rows["∂E/∂w₁"][2] == "∂E/∂w₁ = δₕ₁·i₁"
    assert rows["w₁"][2] == "w₁ ← w₁ − η·∂E/∂w₁"
    assert rows["σ"][1].startswith("function: ")


# -- bounds, and what is refused


@writes
@pytest.mark.slow
def test_the_same_training_gives_the_same_bytes(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path[:0] = sys.argv[2:]; from pathlib import Path; from test_spreadsheet import of_example; "
        "Path(sys.argv[1]).write_bytes(of_example('xor', 3) + of_example('softmax-classifier', 3))"
    )
    found = set()
    paths = [str(Path(__file__).parent), *(p for p in sys.path if p)]
    for seed in ("0", "1"):
        target = tmp_path / seed
        environment = os.environ | {"PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", code, target, *paths], env=environment, check=True)
        found.add(target.read_bytes())
    assert len(found) == 1


@writes
@pytest.mark.slow
def test_epochs_that_there_is_no_room_for_are_left_out_and_it_is_said() -> None:
    spec = read_example("or-gate")
    derivation = sb.derive(spec.network)
    history = sb.train(derivation, learning_rate=1.0, epochs=5000)
    sheets = cells(made(derivation, history))
    width = len(sheets["Training"][0])
    shown_epochs = len(sheets["Training"]) - 3
    assert shown_epochs == MOST_CELLS // width < 5000
    words = (
        f"The table has the first {shown_epochs - 1:,} of 5,000 epochs; select its last row and drag it down for more."
    )
    assert words in [row[0] for row in sheets["Overview"]]
    last = [row for row in sheets["Training"] if row[0] == shown_epochs - 1]
    mean = sheets["Training"][2].index("mean L")
    assert last[0][mean] == pytest.approx(history.losses[shown_epochs - 1], rel=1e-12)


def refusal(derivation: sb.Derivation, history: Any = None) -> str:
    with pytest.raises(sb.SymbackpropError) as caught:
        made(derivation, history)
    return str(caught.value)


@writes
def test_what_a_workbook_cannot_show_is_told_in_one_line() -> None:
    derivation = sb.derive(EXAMPLES["two-layer"]())
    assert "shows training, and there is none to show; give --lr and --epochs" in refusal(derivation)
    values = random_values(derivation.network, random.Random(1))
    adam = sb.train(derivation, values_of(derivation, values), initial=weights_of(derivation, values),
                    learning_rate=0.1, epochs=2, optimiser="adam")  # fmt: skip
    assert "trains by gradient descent on all examples, at a constant learning rate" in refusal(derivation, adam)
    single = sb.train(derivation, values_of(derivation, values), initial=weights_of(derivation, values),
                      learning_rate=0.1, epochs=2, dtype="float32")  # fmt: skip
    assert "computes in float64; train in it, not in float32" in refusal(derivation, single)
    layer = sb.derive(read_example("attention-layer").network)
    assert "is a layer, which has no loss, and a workbook needs one" in refusal(layer)


def values_of(derivation: sb.Derivation, values: dict[str, float]) -> dict[str, float]:
    return {s.name: values[s.name] for s in (*derivation.network.inputs, *derivation.network.targets)}


def weights_of(derivation: sb.Derivation, values: dict[str, float]) -> dict[str, float]:
    return {s.name: values[s.name] for s in derivation.network.parameters}


@writes
@pytest.mark.slow
def test_many_examples_and_long_formulas_are_refused() -> None:
    x, t, w, E = symbols("x t w E")
    derivation = sb.derive(sb.Network({E: (w * x - t) ** 2}, inputs=[x], targets=[t], parameters=[w], loss=E))
    data = {"x": np.linspace(0, 1, MOST_EXAMPLES + 1), "t": 1.0}
    history = sb.train(derivation, data, initial={"w": 0.5}, learning_rate=0.1, epochs=1)
    assert f"there are {MOST_EXAMPLES + 1} examples, and a workbook has room for {MOST_EXAMPLES}" in refusal(
        derivation, history
    )
    many = symbols("x1:901")
    long = sb.derive(
        sb.Network({E: w * sum((1_000_000 + k) * x for k, x in enumerate(many))}, inputs=many, parameters=[w], loss=E)
    )
    history = sb.train(long, {x.name: 0.1 for x in many}, initial={"w": 0.5}, learning_rate=0.1, epochs=1)
    assert "the formula of E takes" in refusal(long, history)


@pytest.mark.parametrize("name", sorted(LACKED))
def test_functions_that_spreadsheets_lack_are_refused_by_name(name: str) -> None:
    row = BY_NAME[name]
    value = row.cls(*([2] * row.numbers), A)
    if name == "lgamma":
        assert shown(value) == "GAMMALN(A1)"
    else:
        with pytest.raises(sb.SymbackpropError, match=rf"\]: spreadsheets have no {name}; use another function"):
            shown(value)


@pytest.mark.parametrize("row", VOCABULARY, ids=lambda row: row.name)
def test_every_other_function_has_a_formula(row: Any) -> None:
    if row.name not in LACKED:
        arguments = symbols(f"A B C D:{row.count}")[: row.count]
        text = formula(row.cls(*arguments), {s.name: f"{s.name}1" for s in arguments})
        assert re.fullmatch(r"[-+*/^A-Z0-9().,<>= ]+", text), text


# -- beside other formats


def test_without_xlsxwriter_the_others_are_written_and_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    derivation = sb.derive(read_example("deep-chain").network)
    with pytest.raises(sb.errors.Unmade, match=r'needs XlsxWriter.*\.\[xlsx\]"$') as caught:
        sb.report(derivation, tmp_path / "chain", formats=("xlsx", "md"))
    assert caught.value.written == (tmp_path / "chain.md",)
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".svg"] == ["chain.md"]


def test_the_command_tells_what_it_wrote_and_what_it_could_not(place: Path) -> None:
    """A module that is None in ``sys.modules`` cannot be imported, as if it were not installed."""
    code = "import sys; sys.modules['xlsxwriter'] = None; from symbackprop.__main__ import main; main()"
    words = ["report", "deep-chain", "-o", "out", "--format", "xlsx,tex", "--lr", "0.5", "--epochs", "2"]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "out/deep-chain.tex\n")
    assert done.stderr.startswith("symbackprop: error[missing-extra]: a workbook needs XlsxWriter")
    assert len(done.stderr.splitlines()) == 1
    assert [path.name for path in (place / "out").iterdir()] == ["deep-chain.tex"]


@writes
def test_a_report_has_the_workbook_beside_the_others(tmp_path: Path) -> None:
    derivation = sb.derive(read_example("deep-chain").network)
    history = sb.train(derivation, learning_rate=0.5, epochs=3)
    written = sb.report(derivation, tmp_path / "chain.xlsx", history=history, formats=("xlsx", "tex"))
    assert written == (tmp_path / "chain.xlsx", tmp_path / "chain.tex")
    found = columns(written[0].read_bytes())
    for name, values in history.parameters.items():
        assert found[sb.notation.NameTable().unicode(name)] == pytest.approx(list(values), rel=1e-15)


@pytest.mark.parametrize(
    "name", slow_except(["or-gate-vectorised"], ["or-gate-vectorised", "mlp", "rnn", "softmax-cross-entropy"])
)
@writes
def test_matrices_are_shown_by_their_entries(name: str) -> None:
    sheets = cells(of_example(name, 2))
    spec = read_example(name)
    history = sb.train(sb.derive(spec.network), learning_rate=spec.training.learning_rate, epochs=2)
    heads = sheets["Training"][1]
    loss = spec.network.loss.name
    found = [row[heads.index(loss)] for row in sheets["Training"][2:]]
    assert found == pytest.approx(list(history.losses), rel=1e-12)
