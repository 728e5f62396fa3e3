"""Answers to a worksheet, marked: in Python, and by ``symbackprop verify NET --file``."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import run, told
from conftest import few

import symbackprop as sb
from symbackprop.notation import text
from symbackprop.publish.practice import Worksheet, read_submission, sheets

CASES = [pytest.param(name, level, id=f"{name}-{level}") for name in sb.example_names() for level in (1, 2, 3)]


def sheet_of(name: str, level: int, seed: int | None = None) -> Worksheet:
    return sb.worksheet(sb.derive(sb.load_example(name)), level, seed)


def answers_of(sheet: Worksheet, unicode: bool = True) -> dict[str, str]:
    """The answers of the key, as the key has them."""
    order = sheet.derivation.order
    numbers = {one.label: f"{one.answer:.{one.digits}g}" for one in sheet.exercises if one.kind == "number"}
    formulas = {one.label: one.answer for one in sheet.exercises if one.kind == "formula"}
    return numbers | {label: text(answer, order=order, unicode=unicode) for label, answer in formulas.items()}


def filled(sheet: Worksheet, answers: dict[str, str]) -> str:
    """The file of answers, filled in."""
    content = sheet.answers
    for label, answer in answers.items():
        assert f"\n{label}:\n" in content
        content = content.replace(f"\n{label}:\n", f"\n{label}: {answer}\n")
    return content


@pytest.mark.parametrize(("name", "level"), few(CASES))
@pytest.mark.parametrize("seed", [None, 8])
def test_the_key_scores_in_full(name: str, level: int, seed: int | None) -> None:
    sheet = sheet_of(name, level, seed)
    for unicode in (True, False):
        marking = sheet.mark(filled(sheet, answers_of(sheet, unicode)))
        assert [str(mark) for mark in marking.marks if mark.ruling != "right"] == []
        count = len(sheet.exercises)
        assert marking.score == f"{count} of {count} right"


@pytest.mark.parametrize("name", ["two-layer-bias", "softmax-cross-entropy", "attention-layer"])
def test_three_significant_digits_do(name: str) -> None:
    sheet = sheet_of(name, 2)
    numbers = [one for one in sheet.exercises if one.kind == "number"]
    assert numbers
    given = {one.label: f"{one.answer:.3g}" for one in numbers}
    marks = {mark.exercise.label: mark.ruling for mark in sheet.mark(given).marks}
    assert {marks[label] for label in given} == {"right"}
    few_digits = {one.label: f"{one.answer * 1.03:.6g}" for one in numbers if one.answer}
    marks = {mark.exercise.label: mark.ruling for mark in sheet.mark(few_digits).marks}
    assert {marks[label] for label in few_digits} == {"wrong"}


def test_each_ruling_is_told_with_its_reason() -> None:
    sheet = sheet_of("two-layer-bias", 2)
    answers = {
        "1a": "(a_o1 + t1)*a_o1*(1 - a_o1)",
        "1b": "δₕ₁ = aₕ₁·(1 − aₕ₁)·(δₒ₁·w₅ + δₒ₂·w₇)",
        "2a": "dE/dw5 = delta_o1*a_h2",
        "2b": "δ_o1 + δ_o2 +",
        "3a": "0.14",
        "3b": "-0.00877",
        "3c": "w5",
        "3d": " ___ ",
    }
    marking = sheet.mark(answers)
    said = {mark.exercise.label: (mark.ruling, mark.why) for mark in marking.marks}
    assert said["1a"][0] == "wrong"
    assert said["1a"][1][0].startswith("at aₒ₁ = ")
    assert ", and the formula gives " in said["1a"][1][0]
    assert said["1a"][1][1] == "the sign of t1 is wrong"
    assert said["1b"] == ("right", ())
    assert said["2a"][1][1] == "right if a_h2 is a_h1"
    assert said["2b"] == ("unreadable", ("'δ_o1 + δ_o2 +' ends where a value should stand; complete it",))
    assert said["3a"] == ("wrong", ("it is near, but not to as many digits as are asked",))
    assert said["3b"] == ("wrong", ("it has the other sign",))
    assert said["3c"] == ("unreadable", ("'w5' is no number; put the numbers in, and write one such as 0.0722",))
    assert said["3d"] == ("empty", ())
    assert marking.score == "1 of 8 right"
    assert str(marking).endswith("\n1 of 8 right")


@pytest.mark.parametrize(
    ("name", "level", "label", "answer", "why"),
    [
        ("two-layer-bias", 2, "1b", "delta_h1", "delta_h1 is asked, and the formula is in delta_h1"),
        ("two-layer-bias", 2, "1a", "delta_h1/a_h1", "delta_o1 is asked, and the formula is in delta_h1"),
        ("two-layer-bias", 2, "2a", "∂E/∂w₅", "'∂E/∂w₅' is left to be worked out"),
        ("two-layer-bias", 2, "2a", "dE/do1*a_h1", "'dE/do1' is left to be worked out"),
        ("two-layer-bias", 2, "2a", "dE/dw6 = delta_o1*a_h1", "the line is about something else than dE/dw5"),
        ("two-layer-bias", 1, "2b", "sigmoid'(o1)", '"sigmoid\'(o1)" is left to be worked out'),
        ("two-layer-bias", 2, "3a", "1/0", "'0' divides by zero"),
        ("two-layer-bias", 2, "3a", "9**9**9", "the exponent in '9**9**9'"),
        ("two-layer-bias", 2, "1a", "__import__('os').getcwd()", ""),
        ("mlp", 3, "1b", "x", "unknown name 'x'"),
    ],
)
def test_what_says_nothing_is_no_answer(name: str, level: int, label: str, answer: str, why: str) -> None:
    mark = next(m for m in sheet_of(name, level).mark({label: answer}).marks if m.exercise.label == label)
    assert mark.ruling == "unreadable"
    assert mark.why[0].startswith(why)


@pytest.mark.parametrize(
    ("name", "level", "label", "answer", "ruling"),
    [
        ("two-layer-bias", 2, "1a", "(a_o1 - t1)*sigmoid'(o1)", "right"),
        ("two-layer-bias", 2, "1a", "dE/do1 = a_o1(1 - a_o1)(a_o1 - t1)", "right"),
        ("two-layer-bias", 1, "2b", "∂aₒ₁/∂o₁ = aₒ₁(1 − aₒ₁)", "right"),
        ("two-layer-bias", 1, "2b", "sigmoid(o1)*(1 - sigmoid(o1))", "right"),
        ("two-layer-bias", 1, "2b", "a_o1*(1 + a_o1)", "wrong"),
        ("two-layer-bias", 2, "3a", "δₒ₁ = 1.385e-1", "right"),
        ("two-layer-bias", 2, "3a", "≈ 0.138", "right"),
        ("mlp", 3, "1b", "A2*(1 - A2)", "right"),
        ("mlp", 3, "1b", "A2*(1 + A2)", "wrong"),
        ("mlp", 3, "1a", "(A2 - T)/m", "right"),
        ("mlp", 3, "1a", "(A2 - T)/2", "wrong"),
        ("mlp", 3, "3a", "A1 @ Delta_Z2", "wrong"),
        ("mlp", 3, "3a", "A1ᵀ Δ_Z₂", "right"),
        ("mlp", 3, "6a", "0.7", "wrong"),
    ],
)
def test_answers_are_taken_in_any_notation(name: str, level: int, label: str, answer: str, ruling: str) -> None:
    mark = next(m for m in sheet_of(name, level).mark({label: answer}).marks if m.exercise.label == label)
    assert (mark.ruling, mark.exercise.label) == (ruling, label), mark


def test_a_parameter_that_has_not_moved_is_no_answer() -> None:
    sheet = sheet_of("deep-chain", 3)
    moved = [one for one in sheet.exercises if one.plain.endswith("_new")]
    before = {one.label: repr(sheet.values.point[one.plain.removesuffix("_new")]) for one in moved}
    marks = {mark.exercise.label: mark.ruling for mark in sheet.mark(before).marks}
    assert {marks[label] for label in before} == {"wrong"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("1a: 3\n", "the answers do not say of which worksheet they are; mark the file that"),
        ("# worksheet: level=9 seed=1\n1a: 3\n", "'level=9 seed=1' does not say which worksheet it is"),
        ("# worksheet: level=1 seed=0 rate=e sheet=0123456789abcdef\n", "'e' is no learning rate"),
        ("# worksheet: level=1 seed=0 rate=0.5 sheet=0123456789abcdef\n", "the answers are to a worksheet of another"),
        ("# worksheet: level=1 seed=0 rate=0.5 sheet=0123456789abcdef\n1a: 1\n1a: 2\n", "1a is answered on line 2 alr"),
        ("# worksheet: level=1 seed=0 rate=0.5 sheet=0123456789abcdef\nh1 = 2\n", "'h1 = 2' has no label; write one"),
    ],
)
def test_what_is_no_submission_is_told(content: str, message: str) -> None:
    with pytest.raises(sb.DataError) as caught:
        sheet_of("or-gate", 1).mark(content)
    assert caught.value.what.startswith(message.partition(";")[0])
    assert "\n" not in str(caught.value)


def test_a_label_that_is_not_asked_is_told() -> None:
    with pytest.raises(sb.DataError, match="line 0 answers 9a, which is not on the sheet; its labels end with 3d"):
        sheet_of("two-layer-bias", 2).mark({"9a": "1"})


# -- the command line


def test_the_whole_way(place: Path) -> None:
    done = run("worksheet", "two-layer-bias", "-o", "out", "--level", "2", "--seed", "7", "--format", "md")
    stem = "out/two-layer-bias"
    assert done.stdout.split() == [f"{stem}-worksheet.md", f"{stem}-key.md", f"{stem}-answers.txt"]
    sheet = sheet_of("two-layer-bias", 2, 7)
    file = place / f"{stem}-answers.txt"
    assert file.read_text(encoding="utf-8") == sheet.answers
    nothing = run("verify", "two-layer-bias", "--file", str(file), status=1)
    assert nothing.stdout.splitlines()[0] == "1a: empty: delta_o1"
    assert nothing.stdout.endswith("\n0 of 8 right\n")
    file.write_text(filled(sheet, answers_of(sheet)), encoding="utf-8")
    right = run("verify", "two-layer-bias", "--file", str(file))
    assert right.stdout.splitlines()[1] == "1b: right: delta_h1 = aₕ₁·(1 − aₕ₁)·(δₒ₁·w₅ + δₒ₂·w₇)"
    assert right.stdout.endswith("\n8 of 8 right\n")
    file.write_text(filled(sheet, {**answers_of(sheet), "1a": "a_o1", "2a": "delta_o1 +"}), encoding="utf-8-sig")
    wrong = run("verify", "two-layer-bias", "--file", str(file), "--ascii", status=1)
    assert wrong.stdout.splitlines()[0] == "1a: wrong: delta_o1 = a_o1"
    assert wrong.stdout.isascii()
    assert wrong.stdout.endswith("\n6 of 8 right\n")
    file.write_text(filled(sheet, {**answers_of(sheet), "2a": "delta_o1 +"}), encoding="utf-8")
    assert run("verify", "two-layer-bias", "--file", str(file), status=2).stdout.endswith("\n7 of 8 right\n")


def test_what_was_read_from_a_file_is_not_read_again(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = sheet_of("two-layer-bias", 2, 7)
    content = filled(sheet, answers_of(sheet))
    assert sheet.mark(read_submission(content)) == sheet.mark(content)
    file = place / "answers.txt"
    file.write_text(content, encoding="utf-8")
    monkeypatch.delattr(sheets, "read_submission")
    assert run("verify", "two-layer-bias", "--file", str(file)).stdout.endswith("\n8 of 8 right\n")


def test_answers_to_another_network_are_refused(place: Path) -> None:
    run("worksheet", "two-layer-bias", "-o", "out", "--format", "md")
    file = "out/two-layer-bias-answers.txt"
    assert told("verify", "two-layer-sigmoid", "--file", file) == (
        f"{file}: error[worksheet]: the answers are to a worksheet of another network, or of other values or facts; "
        "mark them with the network that the worksheet was made of"
    )
    assert told("verify", "two-layer-bias", "--file", file, "--gradient", "w5") == (
        "symbackprop: error[worksheet]: --gradient is not for answers to a worksheet, which say what they are about; "
        "leave it out"
    )
    assert told("verify", "two-layer-bias", "--file", file, "--facts", "t1 + t2 = 1").startswith(
        f"{file}: error[worksheet]: the answers are to a worksheet of another network, or of other values or facts"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--level", "4"), "--level '4' is too large; give at most 3."),
        (("--level", "x"), "--level 'x' is not a whole number from 1; give one such as 2."),
        (("--seed", "x"), "--seed 'x' is not a whole number from 0; give one such as 3."),
        (("--seed", "-1"), "--seed '-1' is not a whole number from 0; give one such as 3."),
        (("--format", "doc"), "--format 'doc' is not a format; choose from md, tex"),
    ],
)
def test_bad_options_are_told_and_nothing_is_written(place: Path, words: tuple[str, ...], message: str) -> None:
    assert told("worksheet", "xor", "-o", "out", *words).startswith(f"symbackprop: error[usage]: {message}")
    assert list(place.iterdir()) == []


def test_a_learning_rate_of_the_networks_own_is_used(place: Path) -> None:
    run("worksheet", "mlp", "-o", "out", "--level", "3", "--format", "md")
    assert "$`\\eta = 2`$" in (place / "out/mlp-worksheet.md").read_text(encoding="utf-8")
    assert "rate=2.0" in (place / "out/mlp-answers.txt").read_text(encoding="utf-8")
    sheet = sb.worksheet(sb.derive(sb.load_example("mlp")), 3, learning_rate=2.0)
    (place / "full.txt").write_text(filled(sheet, answers_of(sheet)), encoding="utf-8")
    assert run("verify", "mlp", "--file", "full.txt").stdout.endswith(f"{len(sheet.exercises)} of 24 right\n")


def test_values_without_a_place_are_one_line(place: Path) -> None:
    (place / "net.toml").write_text(
        '[inputs]\nx = -1\n[targets]\nt = 1\n[parameters]\nw = 0.5\n[equations]\ny = "log(w*x)"\nE = "(y - t)**2"\n'
        '[loss]\nminimize = "E"\n',
        encoding="utf-8",
    )
    assert told("worksheet", "net.toml", "-o", "out", "--level", "2").startswith(
        "net.toml: error[values]: y is not finite at these values"
    )
    assert not (place / "out").exists()
