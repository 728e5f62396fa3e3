"""From the tables of a TOML file to a network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sympy import Expr, Symbol, pi

from symbackprop.errors import NetworkError, SpecError, SymbackpropError, did_you_mean
from symbackprop.functions.user import UserFunction
from symbackprop.matrices import Array
from symbackprop.network.facts import Stated, is_in_words
from symbackprop.network.formulas import (
    MATRIX_WORDS,
    Names,
    parse_equation,
    parse_facts,
    parse_function,
    parse_name,
    quote,
)
from symbackprop.network.network import Network
from symbackprop.network.spec.declared import Declared
from symbackprop.network.spec.equations import ShapedEquations, named
from symbackprop.network.spec.outputs import outputs_in
from symbackprop.network.spec.shapes import Shapes
from symbackprop.network.spec.tables import SECTIONS, Tables
from symbackprop.network.spec.toml_lines import Key
from symbackprop.network.spec.training import Training, read_training
from symbackprop.network.values import Value


@dataclass(frozen=True)
class Spec:
    """What a spec file holds."""

    network: Network
    training: Training
    lines: Mapping[str, int]
    """On which line of the file each name is defined, for errors that come later."""

    @property
    def description(self) -> str:
        """What the file says that its network is."""
        return self.network.description


class Loader:
    """Reads one file. Each method reads one section, and says on which line it fails."""

    def __init__(self, text: str, place: str) -> None:
        self.tables = Tables(text, place)
        self.functions: dict[str, type[UserFunction]] = {}
        self.typed: dict[Expr, tuple[Expr, ...]] = {}
        self.shapes = Shapes(self.tables)
        self.declared = Declared(self.tables, self.functions, self.shapes)

    def spec(self) -> Spec:
        """Read all sections, in the order in which they need each other."""
        for head, body in self.tables.table("functions").items():
            self._read_function(head, body)
        roles = {role: self.declared.names(role) for role in ("inputs", "targets", "parameters")}
        values = {name: value for group in roles.values() for name, value in group.items() if value is not None}
        self.declared.check_lengths(values)
        symbols = {name: named(name, self.shapes) for group in roles.values() for name in group}
        shaped = ShapedEquations(self.tables, self.shapes, self.functions, symbols)
        equations = self._shaped_equations(shaped) if self.shapes else dict(self._equations())
        layer = outputs_in(self.tables)
        loss = None if layer else self._loss()
        values |= self._adjoints(layer, equations)
        facts = self._facts(shaped.symbols if self.shapes else self._symbol)
        training = read_training(self.tables)
        name = self.tables.line_of_text("name", Path(self.tables.place).stem or "network")
        try:
            network = Network(
                equations,
                inputs=[symbols[name] for name in roles["inputs"]],
                targets=[symbols[name] for name in roles["targets"]],
                parameters=[symbols[name] for name in roles["parameters"]],
                loss=None if loss is None else next((s for s in equations if str(s) == loss), Symbol(loss)),
                outputs=layer,
                name=name,
                description=self.tables.text("description", ""),
                meanings=self.tables.table("meanings"),
                facts=facts,
                values=values,
                typed={**self.typed, **shaped.typed},
            )
        except SymbackpropError as error:
            raise self.tables.located(error, self._key_of(error)) from None
        lines = {name: self.tables.line(key) for name, key in self.declared.places.items()}
        return Spec(network, training, lines)

    def _read_function(self, head: str, body: Any) -> None:
        key = ("functions", head)
        text = self.tables.formula(key, body)
        with self.tables.at(key):
            function = parse_function(head, text, self.functions)
        if self.shapes and function.__name__ in MATRIX_WORDS:
            self.tables.fail(
                key, "duplicate", f"the function {quote(function.__name__)} is an operation on matrices", "rename it"
            )
        self.functions[function.__name__] = function

    def _symbol(self, name: str) -> Expr:
        """The symbol of a name; π where nothing in the file is called pi."""
        sections = ("inputs", "targets", "parameters", "equations")
        written = (key for section in sections for key in self.tables.content.get(section, ()))
        is_taken = name != "pi" or any("pi" in str(key).replace(",", " ").split() for key in written)
        return Symbol(name) if is_taken else pi

    def _equations(self) -> Iterator[tuple[Any, Any]]:
        for written, value in self.tables.table("equations").items():
            key = ("equations", written)
            name = self.declared.define(written, "equations")
            left = tuple(Symbol(part) for part in name.split(", "))
            text = self.tables.formula(key, value)
            with self.tables.at(key):
                right = parse_equation(
                    text, self._symbol, self.functions, count=len(left), where=name, typed=self.typed
                )
            yield (left if len(left) > 1 else left[0]), right

    def _shaped_equations(self, shaped: ShapedEquations) -> dict[Any, Any]:
        """The equations of a file with shapes."""
        texts: dict[str, tuple[str, str]] = {}
        for written, value in self.tables.table("equations").items():
            name = self.declared.define(written, "equations")
            texts[name] = written, self.tables.formula(("equations", written), value)
        self.shapes.check_names(self.declared.places)
        try:
            return shaped.read(texts)
        except SpecError:
            raise
        except NetworkError as error:
            raise self.tables.located(error, self._key_of(error)) from None

    def _loss(self) -> str:
        table = self.tables.table("loss")
        fix = 'add [loss] and under it minimize = "E"'
        for key in table:
            if key != "minimize":
                self.tables.fail(
                    ("loss", key), "unknown-key", f"unknown key {quote(key)} in [loss]", did_you_mean(key, ["minimize"])
                )
        if "minimize" not in table:
            self.tables.fail(("loss",), "loss", "the file does not say what is minimised", fix)
        text = self.tables.formula(("loss", "minimize"), table["minimize"])
        with self.tables.at(("loss", "minimize")):
            return parse_name(text, where="loss")

    def _adjoints(self, layer: Mapping[str, str | None] | None, equations: Iterable[Any]) -> dict[str, Value]:
        """The values of the adjoints of outputs, where the file has some."""
        if layer is None:
            for name in self.tables.content.get("adjoints", ()):
                fix = "outputs have adjoints: add [outputs], or remove the section"
                self.tables.fail(("adjoints",), "outputs", f"{quote(name)} is an adjoint and there are no outputs", fix)
            return {}
        defined = {str(name): name for left in equations for name in (left if isinstance(left, tuple) else (left,))}
        called = {adjoint or f"{output}_bar": output for output, adjoint in layer.items()}
        arrays = {adjoint for adjoint, output in called.items() if isinstance(defined.get(output), Array)}
        found = self.declared.names("adjoints", arrays)
        for name in found:
            if name not in called:
                what = f"{quote(name)} is the adjoint of no output"
                self.tables.fail(("adjoints", name), "outputs", what, did_you_mean(name, called))
        return {name: value for name, value in found.items() if value is not None}

    def _facts(self, symbols: Names) -> list[Stated | str]:
        facts = self.tables.content.get("facts", [])
        if not isinstance(facts, list) or not all(isinstance(fact, str) for fact in facts):
            self.tables.fail(("facts",), "fact", "facts is not a list of text", 'write facts = ["t1 + t2 = 1"]')
        with self.tables.at(("facts",)):
            return [self._fact(text, symbols) for text in facts]

    def _fact(self, text: str, symbols: Names) -> Stated | str:
        """What a text states; words are read where the network is made, which knows what its names are."""
        if is_in_words(text):
            return text
        return Stated(text.strip(), parse_facts(text, symbols, self.functions, where="facts", typed=self.typed))

    def _key_of(self, error: SymbackpropError) -> Key:
        """Where the name stands that an error of the network is about."""
        if error.code == "loss":
            return ("loss", "minimize")
        if error.code in ("meanings", "text"):
            return ("meanings", error.about) if error.about else ("description",)
        if error.code == "outputs":
            return ("outputs", error.where) if error.where else ("outputs",)
        for name in (error.where, error.about):
            if name in self.declared.places:
                return self.declared.places[name]
        if error.where in SECTIONS:
            return (error.where,)
        return self.declared.places.get(error.where.split(", ")[0], ("equations",))
