"""Spec files: a network, its values and its training as TOML, read without running any of it."""

from __future__ import annotations

import contextlib
import math
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from sympy import Eq, Expr, Symbol

from symbackprop.errors import NetworkError, SpecError, SymbackpropError, did_you_mean
from symbackprop.functions.user import UserFunction
from symbackprop.network.lines import line_numbers
from symbackprop.network.network import Network, Value
from symbackprop.network.parser import parse_equation, parse_fact, parse_function, parse_name, parse_names, quote

MAX_BYTES = 1_000_000
ROLES = ("inputs", "targets", "parameters")
SECTIONS = (*ROLES, "equations", "loss", "functions", "training")
KEYS = ("name", "description", "facts")
TRAINING = ("learning_rate", "epochs", "learning_rates")


@dataclass(frozen=True)
class Training:
    """How a spec file would have its network trained; what it does not say is None or empty."""

    learning_rate: float | None = None
    epochs: int | None = None
    learning_rates: tuple[float, ...] = ()


@dataclass(frozen=True)
class Spec:
    """What a spec file holds."""

    network: Network
    training: Training = field(default_factory=Training)
    description: str = ""


def load(path: str | os.PathLike[str]) -> Network:
    """Read the network of a spec file. Raises SpecError, with the file and line, where it is not one."""
    return read(path).network


def read(path: str | os.PathLike[str]) -> Spec:
    """Read a spec file with all that it holds. Raises SpecError."""
    place = os.fspath(path)
    try:
        with open(path, "rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise SpecError("file", f"cannot read it: {error.strerror}", "name a TOML file", place=place) from None
    if len(raw) > MAX_BYTES:
        raise SpecError("too-large", "the file is larger than 1 MB", "split the network", place=place)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise SpecError("encoding", "this is not UTF-8", "save the file as UTF-8", place=f"{place}:{line}") from None
    return read_text(text, place)


def load_text(text: str, place: str = "<text>") -> Network:
    """Read the network of a spec given as text; ``place`` is what errors call it."""
    return read_text(text, place).network


def read_text(text: str, place: str) -> Spec:
    """Read a spec given as text, with all that it holds."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(str(error), text, place) from None
    except RecursionError:
        raise SpecError("too-large", "brackets nest too deep", "take some out", place=f"{place}:1") from None
    return _SpecReader(tables, line_numbers(text), place).spec()


def example_names() -> list[str]:
    """The names of the networks that ship with the package."""
    return sorted(entry.name.removesuffix(".toml") for entry in _examples() if entry.name.endswith(".toml"))


def example_path(name: str) -> Path:
    """The spec file of a network that ships with the package. Raises NetworkError for an unknown name."""
    if name not in example_names():
        raise NetworkError("network", f"there is no example called {name!r}", did_you_mean(name, example_names()))
    return Path(str(files("symbackprop.examples"))) / f"{name}.toml"


def load_example(name: str) -> Network:
    """Read a network that ships with the package."""
    return load(example_path(name))


def _examples() -> Iterator[Any]:
    return iter(files("symbackprop.examples").iterdir())


def _syntax_error(message: str, text: str, place: str) -> SpecError:
    found = re.search(r" \(at line (\d+), column \d+\)$", message)
    line = int(found[1]) if found else len(text.splitlines()) or 1
    what = message[: found.start()] if found else message.removesuffix(" (at end of document)")
    return SpecError("syntax", f"this is not TOML: {what}", 'write key = "value"', place=f"{place}:{line}")


class _SpecReader:
    """Takes the tables of a TOML file apart, and tells every error with its line."""

    def __init__(self, tables: Mapping[str, Any], lines: Mapping[tuple[str, str], int], place: str) -> None:
        self.tables = tables
        self.lines = lines
        self.place = place
        self.symbols: dict[str, Symbol] = {}
        self.home: dict[str, tuple[str, str]] = {}
        """The section and key where each name is defined."""
        self.values: dict[str, Value] = {}
        self.functions: dict[str, type[UserFunction]] = {}

    def spec(self) -> Spec:
        self._check_keys()
        roles = {role: self._role(role) for role in ROLES}
        names = [(key, self._define_all("equations", key)) for key in self._section("equations")]
        self._read_functions()
        equations = {self._key(group): self._equation(key, group) for key, group in names}
        with self._at("loss", "minimize"):
            network = Network(
                equations,
                loss=self._loss(),
                facts=self._facts(),
                name=self._text("name", default=Path(self.place).stem),
                values=self.values,
                **roles,
            )
        return Spec(network, self._training(), self._text("description", default=""))

    # Places.

    def _line(self, section: str, key: str = "") -> str:
        number = self.lines.get((section, key)) or self.lines.get((section, "")) or self.lines.get(("", section)) or 1
        return f"{self.place}:{number}"

    @contextlib.contextmanager
    def _at(self, section: str, key: str) -> Iterator[None]:
        """Tell an error of the network, or of a formula, with the line where its name is defined."""
        try:
            yield
        except SymbackpropError as error:
            if error.place:
                raise
            home = self.home.get(error.where.split(",")[0], (section, key))
            raise SpecError(error.code, error.what, error.fix, place=self._line(*home), where=error.where) from None

    def _error(self, code: str, what: str, fix: str, section: str, key: str = "", where: str = "") -> SpecError:
        return SpecError(code, what, fix, place=self._line(section, key), where=where)

    # Sections.

    def _check_keys(self) -> None:
        for key, value in self.tables.items():
            if key not in SECTIONS and key not in KEYS:
                kind = "section" if isinstance(value, dict) else "key"
                raise self._error(
                    "unknown-key", f"unknown {kind} {quote(key)}", did_you_mean(key, (*SECTIONS, *KEYS)), key
                )
        if "equations" not in self.tables:
            raise SpecError(
                "missing", "there is no section [equations]", 'add one, with lines such as h1 = "w1*i1"',
                place=f"{self.place}:1",
            )  # fmt: skip

    def _section(self, name: str) -> Mapping[str, Any]:
        section = self.tables.get(name, {})
        if not isinstance(section, dict):
            raise self._error("section", f"{name} is not a section", f"write [{name}] and a line for each name", name)
        return section

    def _role(self, role: str) -> list[Symbol]:
        given = self.tables.get(role, {})
        if isinstance(given, list) and role != "parameters":
            return [self._define(role, "", self._name_in_list(role, name)) for name in given]
        symbols = []
        for key, value in self._section(role).items():
            symbol = self._define(role, key, key)
            self.values[symbol.name] = self._value(role, key, value)
            symbols.append(symbol)
        self._check_lengths(role)
        return symbols

    def _name_in_list(self, role: str, name: Any) -> str:
        if not isinstance(name, str):
            raise self._error("name", f"{name!r:.60} is not a name", 'list names in quotes, as in ["x1", "x2"]', role)
        return name

    def _define_all(self, section: str, key: str) -> tuple[Symbol, ...]:
        with self._at(section, key):
            names = parse_names(key)
        return tuple(self._define(section, key, name) for name in names)

    def _define(self, section: str, key: str, name: str) -> Symbol:
        with self._at(section, key):
            normal = parse_name(name)
        if normal in self.symbols:
            other = self.home[normal][0]
            what = f"{normal} is defined twice in {section}" if other == section else (
                f"{normal} is defined in {other} and in {section}"
            )  # fmt: skip
            raise self._error("duplicate", what, "give each value a name of its own", section, key, where=normal)
        self.home[normal] = (section, key)
        self.symbols[normal] = Symbol(normal)
        return self.symbols[normal]

    # Values.

    def _value(self, role: str, key: str, value: Any) -> Value:
        if isinstance(value, list):
            if role == "parameters":
                raise self._error(
                    "shape", f"parameter {key} has {len(value)} values", "a parameter has one number", role, key, key
                )
            if not value:
                raise self._error(
                    "empty", f"{key} has no entries", "give one entry an example, or a number", role, key, key
                )
            return tuple(self._number(role, key, entry) for entry in value)
        return self._number(role, key, value)

    def _number(self, section: str, key: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._error(
                "number", f"{value!r:.60} is not a number", f"write a number, as in {key} = 0.5", section, key, key
            )
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self._error("number", f"{value!r:.60} is not finite", "write a finite number", section, key, key)
        return number

    def _check_lengths(self, role: str) -> None:
        """Every list has one entry an example, so all are of one length."""
        lengths = {name: len(value) for name, value in self.values.items() if isinstance(value, tuple)}
        for name, length in lengths.items():
            first = next(iter(lengths))
            if length != lengths[first]:
                raise self._error(
                    "ragged",
                    f"{name} has {length} examples and {first} has {lengths[first]}",
                    "give every list one entry an example",
                    *self.home[name],
                    where=name,
                )

    # Formulas.

    def _read_functions(self) -> None:
        for head, body in self._section("functions").items():
            with self._at("functions", head):
                made = parse_function(head, self._formula("functions", head, body), self.functions)
                self.functions[made.__name__] = made

    def _formula(self, section: str, key: str, value: Any) -> str:
        if not isinstance(value, str):
            raise self._error(
                "formula", f"{value!r:.60} is not a formula", f'write it in quotes, as in {key} = "w1*x1"', section, key
            )
        return value

    def _equation(self, key: str, group: tuple[Symbol, ...]) -> Expr | tuple[Expr, ...]:
        text = self._formula("equations", key, self.tables["equations"][key])
        with self._at("equations", key):
            return parse_equation(text, self.symbols, self.functions, count=len(group), where=key)

    @staticmethod
    def _key(group: tuple[Symbol, ...]) -> Symbol | tuple[Symbol, ...]:
        return group[0] if len(group) == 1 else group

    def _facts(self) -> list[Eq]:
        given = self.tables.get("facts", [])
        if not isinstance(given, list) or not all(isinstance(fact, str) for fact in given):
            raise self._error("fact", "facts is not a list of formulas", 'write facts = ["t1 + t2 = 1"]', "facts")
        with self._at("facts", ""):
            return [parse_fact(fact, self.symbols, self.functions, where="facts") for fact in given]

    def _loss(self) -> Symbol:
        section = self._section("loss")
        for key in section:
            if key != "minimize":
                raise self._error(
                    "unknown-key", f"unknown key {quote(key)}", did_you_mean(key, ["minimize"]), "loss", key
                )
        if "minimize" not in section:
            raise self._error("loss", "no loss is given", 'add the lines [loss] and minimize = "E"', "loss")
        name = section["minimize"]
        if not isinstance(name, str) or name not in self.symbols:
            known = [name for name, (home, _) in self.home.items() if home == "equations"]
            raise self._error(
                "loss", f"the loss {name!r:.60} has no equation", did_you_mean(str(name), known), "loss", "minimize"
            )
        return self.symbols[name]

    def _text(self, key: str, default: str) -> str:
        value = self.tables.get(key, default)
        if not isinstance(value, str):
            raise self._error(
                "text", f"{key} = {value!r:.60} is not text", f'write it in quotes, as in {key} = "…"', key
            )
        return value

    def _training(self) -> Training:
        section = self._section("training")
        for key in section:
            if key not in TRAINING:
                raise self._error(
                    "unknown-key", f"unknown key {quote(key)}", did_you_mean(key, TRAINING), "training", key
                )
        rates = section.get("learning_rates", [])
        if not isinstance(rates, list):
            raise self._error(
                "number", f"{rates!r:.60} is not a list", "write [0.1, 0.5]", "training", "learning_rates"
            )
        rate, epochs = section.get("learning_rate"), section.get("epochs")
        if epochs is not None and (isinstance(epochs, bool) or not isinstance(epochs, int) or epochs < 0):
            raise self._error(
                "number", f"epochs = {epochs!r:.60} is no count", "write a whole number", "training", "epochs"
            )
        return Training(
            None if rate is None else self._rate("learning_rate", rate),
            epochs,
            tuple(self._rate("learning_rates", entry) for entry in rates),
        )

    def _rate(self, key: str, value: Any) -> float:
        number = self._number("training", key, value)
        if number <= 0:
            raise self._error(
                "learning-rate", f"{value!r} is not positive", "write a rate such as 0.5", "training", key
            )
        return number
