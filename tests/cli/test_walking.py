"""``explain --step``: the lines of a derivation one at a time, on a terminal and where there is none."""

from __future__ import annotations

import pytest
from command_line import run, told
from conftest import few, slow_except
from pseudo_terminal import OnTerminal

import symbackprop as sb
from symbackprop.cli import walking
from symbackprop.cli.equations import Pen
from symbackprop.cli.terminal import Terminal

NOTES = "two-layer-sigmoid"
ON, BACK, RIGHT, LEFT = "\r", "b", "\x1b[C", "\x1b[D"

pytestmark = pytest.mark.usefixtures("place")


def pages(words: str, keys: list[str], columns: int = 80) -> tuple[list[str], int]:
    """The pages between keys, and the exit status."""
    with OnTerminal(("explain", *words.split(), "--step"), columns) as terminal:
        found = [terminal.until("q quit\r\n")]
        for key in keys[:-1]:
            terminal.press(key)
            found.append(terminal.until("q quit\r\n"))
        terminal.press(keys[-1])
        return found, terminal.status()


def test_a_walk_goes_on_and_back_and_ends() -> None:
    found, status = pages(f"{NOTES} w5", [ON, " ", "n", BACK, LEFT, RIGHT, "q"])
    assert status == 0
    assert [page.splitlines()[-1].partition(" ")[0] for page in found] == ["1", "2", "3", "4", "3", "2", "3"]
    assert found[0] == (
        "two-layer sigmoid: ∂E/∂w₅\n"
        "  ∂E/∂w₅ = ∂E₁/∂w₅ + ∂E₂/∂w₅   (1) sum rule on E; ∂E/∂E₁ = ∂E/∂E₂ = 1\n"
        "\n"
        "What it cites\n"
        "  E = E₁ + E₂\n"
        "\n"
        "1 of 5  Enter next  q quit\n"
    )
    assert found[3] == (
        "two-layer sigmoid: ∂E/∂w₅\n"
        "  ∂E/∂w₅ = ∂E₁/∂aₒ₁ · ∂aₒ₁/∂o₁ · ∂o₁/∂w₅   (3)\n"
        "         = (aₒ₁ − t₁)·aₒ₁·(1 − aₒ₁)·aₕ₁    (4) local derivatives of o₁, aₒ₁, E₁\n"
        "\n"
        "What it cites\n"
        "   o₁ = w₅·aₕ₁ + w₆·aₕ₂\n"
        "  aₒ₁ = σ(o₁)\n"
        "   E₁ = ½(t₁ − aₒ₁)²\n"
        "\n"
        "4 of 5  Enter next  b back  q quit\n"
    )


@pytest.mark.slow
def test_enter_on_the_last_line_ends() -> None:
    found, status = pages(f"{NOTES} w5", [ON] * 5)
    assert status == 0
    assert found[-1].endswith("5 of 5  Enter end  b back  q quit\n")


def test_keys_that_are_pressed_ahead_are_kept_and_others_do_nothing() -> None:
    with OnTerminal(("explain", NOTES, "w5", "--step")) as terminal:
        terminal.until("1 of 5")
        terminal.press("bxnz?n\x1b[6~n")
        assert "(4) local derivatives" in terminal.until("4 of 5")
        terminal.press("\x03")
        assert terminal.status() == 130
    assert terminal.written.rstrip().endswith("symbackprop: interrupted")


@pytest.mark.slow
def test_escape_and_the_end_of_input_end_the_walk() -> None:
    for key in ("\x1b", "\x04"):
        assert pages("or-gate w1", [key])[1] == 0


@pytest.mark.parametrize("columns", slow_except([40], [40, 80]))
def test_a_walk_without_a_name_goes_from_the_loss_to_all_gradients(columns: int) -> None:
    found, status = pages("mlp", [ON, ON, "q"], columns)
    assert status == 0
    assert found[0].startswith("multilayer perceptron: all gradients\n")
    assert [page.splitlines()[-1].partition("  ")[0] for page in found] == ["1 of 18", "2 of 18", "3 of 18"]
    assert max(len(line) for page in found for line in page.splitlines()) <= columns


def test_what_a_line_cites_stands_beside_it_with_its_text() -> None:
    derivation = sb.derive(sb.load_example("or-gate"))
    pen = Pen(derivation, Terminal(unicode=False, width=100))
    (title, lines), (cited, texts) = walking.page(pen, "all", derivation.steps, 5)
    assert (title, cited) == ("all", "What it cites")
    assert [line.plain.split() for line in lines] == [
        "dL/dz = dL/dy_hat * dy_hat/dz (5)".split(),
        "= (y_hat - y)*y_hat*(1 - y_hat) (6) local derivatives of y_hat, (4), (3)".split(),
    ]
    assert [line.plain.split() for line in texts] == [
        "y_hat = sigmoid(z)".split(),
        "dy_hat/dz = y_hat*(1 - y_hat) (4)".split(),
        "dL/dy_hat = y_hat - y (3)".split(),
    ]


@pytest.mark.parametrize("name", few(sb.example_names()))
def test_every_line_of_every_example_has_a_page(name: str) -> None:
    derivation = sb.derive(sb.load_example(name))
    pen = Pen(derivation, Terminal(unicode=True, width=80))
    for steps in (derivation.steps, *(sb.work(derivation, w) for w in derivation.wrt)):
        for at, step in enumerate(steps):
            (_, lines), (_, cited) = walking.page(pen, "all", steps, at)
            assert f"({step.number}) " in "".join(line.plain for line in lines)
            assert bool(cited) == any(use != step.number - 1 or steps[at - 1].lhs != step.lhs for use in step.uses)
            assert max(len(line.plain) for line in (*lines, *cited)) <= 80


def test_a_name_that_does_not_move_the_loss_is_told_at_the_end() -> None:
    layer = 'name = "n"\n[inputs]\nx = 1\n[parameters]\nw = 1\n[equations]\ny = "w*stop_gradient(x)"\nE = "y**2"\n'
    with open("n.toml", "w", encoding="utf-8") as file:
        file.write(layer + '[loss]\nminimize = "E"\n')
    found, _ = pages("n.toml x", ["q"])
    assert "x does not move the loss: its gradient is zero" in found[0]


def test_without_a_terminal_all_lines_are_written() -> None:
    assert run("explain", NOTES, "w5", "--step").stdout == run("explain", NOTES, "w5").stdout
    words = run("explain", "or-gate", "--step", COLUMNS="80").stdout
    assert all(f"({step.number}) " in words for step in sb.derive(sb.load_example("or-gate")).steps)


def test_what_cannot_be_walked_through_is_refused() -> None:
    assert told("explain", NOTES) == (
        "symbackprop: error[usage]: NAME is missing; give the name of a parameter, such as w1. "
        "See 'symbackprop explain --help'"
    )
    assert "--step is for reading, and --latex for a paper; give one of them" in told(
        "explain", NOTES, "w1", "--step", "--latex"
    )
