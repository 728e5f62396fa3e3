"""A kind of value is one object: every room asks it, and a new kind is found by every room."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sympy import Symbol, symbols

import symbackprop as sb
from symbackprop.network.kinds import KINDS, MATRICES, QUESTIONS, SCALARS, Kind, Question


class Marked(Symbol):
    """A name of a made-up kind of value, which is computed as a scalar is."""


class Kept(dict[Question[Any], Any]):
    """Answers, with a note of every question that was asked."""

    asked: set[Question[Any]]

    def __getitem__(self, question: Question[Any]) -> Any:
        self.asked.add(question)
        return super().__getitem__(question)


def questions() -> list[Question[Any]]:
    """Every question of every file of the package."""
    for found in pkgutil.walk_packages(sb.__path__, "symbackprop."):
        if not found.name.endswith("__main__"):
            import_module(found.name)
    return [question for question in QUESTIONS if question.module.startswith("symbackprop.")]


@pytest.fixture
def marked() -> Iterator[Kind]:
    """A third kind, known to every room."""
    answers = Kept({question: SCALARS[question] for question in questions()})
    answers.asked = set()
    kind = Kind("marked", "marked", lambda name: isinstance(name, Marked), True, True, answers)
    KINDS.append(kind)
    yield kind
    KINDS.remove(kind)


def network() -> sb.Network:
    x, t, w, b, h, a, E = (Marked(word) for word in "x t w b h a E".split())
    loss = (a - t) ** 2 / 2
    return sb.Network({h: w * x + b, a: sb.sigmoid(h), E: loss}, inputs=[x], targets=[t], parameters=[w, b], loss=E)


@pytest.mark.parametrize("kind", [SCALARS, MATRICES], ids=lambda kind: kind.word)
def test_every_kind_answers_every_question(kind: Kind) -> None:
    assert [question for question in questions() if question not in kind.answers] == []


def test_a_new_kind_is_found_by_every_room(marked: Kind, tmp_path: Path) -> None:
    net = network()
    assert (net.kind, net.dialect) == (marked, "marked")
    assert net.expand() is net
    d = sb.derive(net)
    table = tmp_path / "data.csv"
    table.write_text("x,t\n0.5,1\n-1,0\n")
    data = sb.load_data(table, net)
    assert sb.load_data(table, net, inputs="x", target="t").keys() == data.keys()
    history = sb.train(d, data, initial="xavier", learning_rate=0.1, epochs=3, accuracy="a", batch_size=1)
    trainer = sb.trainer(d, data, initial={"w": 0.5, "b": 0.0}, learning_rate=0.1, backend="numpy")
    trainer.step()
    assert sb.check(d).proved
    assert sb.check(sb.hessian(net)).proved
    assert sb.verify(d, "w", "(a - t)*a*(1 - a)*x").ok
    values = {"x": 0.5, "t": 1.0, "w": 0.3, "b": 0.1}
    sb.report(d, tmp_path / "marked", values=values, history=history, formats=("md", "tex", "html"))
    plain = sb.train(d, data, initial={"w": 0.5, "b": 0.0}, learning_rate=0.1, epochs=2)
    material = import_module("symbackprop.publish.material").Material(d, None, None, history=plain)
    assert import_module("symbackprop.publish.spreadsheet.runs").runs_of(material).first is plain
    sheet = sb.worksheet(d, level=1)
    assert sheet.mark({"1a": "0.3"}).marks
    assert len(sheet.save(tmp_path / "sheet", formats=["html"])) == 3
    assert len(sb.drawing(d, "walk", values)) == 9
    numeric = import_module("symbackprop.verification.sampled").numeric_gradients(net, values, ["w", "b"], {"w", "b"})
    gradients = sb.lambdify(d)(**values)[1]
    assert all(gradients[name] == pytest.approx(numeric[name], rel=1e-12) for name in ("w", "b"))
    assert isinstance(marked.answers, Kept)
    assert {question.module for question in questions() if question not in marked.answers.asked} == set()


def test_a_network_is_of_the_richest_kind_that_any_name_has(marked: Kind) -> None:
    x, w, E = symbols("x w E")
    assert sb.Network({E: w * x}, inputs=[x], targets=[], parameters=[w], loss=E).kind is SCALARS
    w = Marked("w")
    assert sb.Network({E: w * x}, inputs=[x], targets=[], parameters=[w], loss=E).kind is marked
    assert sb.load_example("mlp").kind is MATRICES


def test_what_a_new_kind_does_not_say_yet_is_told(marked: Kind) -> None:
    d = sb.derive(network())
    for question in questions():
        answer = marked.answers.pop(question)
        with pytest.raises(sb.NetworkError) as caught:
            marked[question]
        assert str(caught.value) == (
            f"error[kind]: a marked network does not say {question.words}; "
            f"answer it beside the others in {question.module}"
        )
        marked.answers[question] = answer
    writers = next(question for question in questions() if question.module == "symbackprop.numeric.emitters")
    del marked.answers[writers]
    with pytest.raises(sb.NetworkError, match="a marked network does not say what writes its code"):
        sb.lambdify(d)
