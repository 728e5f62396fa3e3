"""Networks from TOML files.

    text ──► lines of each key ──► tables (tomllib) ──► names, values, formulas ──► Network

tomllib tells no line numbers, so a scan of its own notes where each key stands, and every error names its line.
"""

from __future__ import annotations

import math
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from sympy import Eq, Symbol

from symbackprop.errors import NetworkError, SpecError, SymbackpropError, did_you_mean
from symbackprop.functions.user import UserFunction
from symbackprop.network.network import Network, Value
from symbackprop.network.parser import (
    FUNCTION_NAMES,
    parse_equation,
    parse_fact,
    parse_function,
    parse_name,
    parse_names,
    quote,
)

MAX_BYTES = 1_000_000
ROLES = {"inputs": "an input", "targets": "a target", "parameters": "a parameter", "equations": "an equation"}
TABLES = ("functions", *ROLES, "loss", "training")
SECTIONS = ("name", "description", "facts", *TABLES)
TRAINING = ("learning_rate", "epochs", "learning_rates")

Key = tuple[str, ...]
"""Where a value stands: the section, and the key in it."""


@dataclass(frozen=True)
class Training:
    """How a spec file proposes to train its network; ``None`` and ``()`` where it does not say."""

    learning_rate: float | None = None
    epochs: int | None = None
    learning_rates: tuple[float, ...] = ()


@dataclass(frozen=True)
class Spec:
    """What a spec file holds."""

    network: Network
    training: Training
    description: str


def load(path: str | os.PathLike[str]) -> Network:
    """Read a network from a TOML file. Raises SpecError, with the file and the line, where that is impossible."""
    return read(path).network


def load_text(text: str, place: str = "network.toml") -> Network:
    """Read a network from the text of a TOML file; ``place`` stands for the file in errors."""
    return read_text(text, place).network


def read(path: str | os.PathLike[str]) -> Spec:
    """Read a TOML file: its network, how it is to be trained, and its description."""
    return read_text(_text_of(Path(path)), str(path))


def read_text(text: str, place: str = "network.toml") -> Spec:
    """Read the text of a TOML file; ``place`` stands for the file in errors."""
    return _Loader(text, place).spec()


def example_names() -> list[str]:
    """The names of the networks that ship with symbackprop."""
    return sorted(_examples())


def read_example(name: str) -> Spec:
    """Read one of the networks that ship with symbackprop, with its training and its description."""
    texts = _examples()
    if name not in texts:
        raise SpecError("example", f"no example is called {quote(name)}", did_you_mean(name, texts))
    return read_text(texts[name].read_text(encoding="utf-8"), f"{name}.toml")


def load_example(name: str) -> Network:
    """Read one of the networks that ship with symbackprop."""
    return read_example(name).network


def _examples() -> dict[str, Any]:
    from importlib import resources  # here, because it costs a tenth of a second and few calls need it

    files = resources.files("symbackprop.examples").iterdir()
    return {file.name.removesuffix(".toml"): file for file in files if file.name.endswith(".toml")}


def _text_of(path: Path) -> str:
    """The text of a file, or the one error that says why it cannot be had."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise SpecError("file", "there is no such file", "check its name", place=str(path)) from None
    except IsADirectoryError:
        raise SpecError("file", "this is a directory", "name a TOML file in it", place=str(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SpecError("file", f"the file cannot be read ({reason})", "check its name", place=str(path)) from None
    if len(data) > MAX_BYTES:
        raise SpecError("file", "the file is larger than 1 MB", "a network fits in less", place=str(path))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SpecError("file", "the file is not UTF-8 text", "save it as UTF-8", place=f"{path}:{line}") from None


# ── Lines ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_TOML_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
    |(?P<text>\"{3}(?:\\.|[^\\])*?\"{3,5} | '{3}.*?'{3,5} | "(?:\\.|[^"\\\n])*" | '[^'\n]*')
    |(?P<newline>\n)
    |(?P<mark>[\[\]{}=.,])
    |(?P<bare>[^\s\#"'\[\]{}=.,]+)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass
class _Scan:
    """Walks through TOML and notes each key with its line. It is lenient: tomllib is the judge of what is TOML."""

    text: str
    section: Key = ()
    depth: int = 0
    words: list[str] = field(default_factory=list)
    in_value: bool = False
    in_header: bool = False

    def lines(self) -> Iterator[tuple[Key, int]]:
        line, counted = 1, 0
        for token in _TOML_TOKEN.finditer(self.text):
            line, counted = line + self.text.count("\n", counted, token.start()), token.start()
            yield from ((key, line) for key in self._step(token.lastgroup or "", token[0]))

    def _step(self, kind: str, text: str) -> Iterator[Key]:
        if kind == "newline":
            if not self.depth:
                self.words, self.in_value, self.in_header = [], False, False
        elif self.in_value:
            self.depth = max(0, self.depth + (text in ("[", "{")) - (text in ("]", "}")))
        elif kind in ("bare", "text"):
            self.words.append(_unquoted(text) if kind == "text" else text)
        elif text == "[" and not self.words:
            self.in_header = True
        elif text == "]" and self.in_header:
            self.section, self.in_value = tuple(self.words), True
            yield self.section
        elif text == "=":
            self.in_value = True
            yield (*self.section, *self.words)


def _unquoted(text: str) -> str:
    """The key that a quoted key stands for."""
    try:
        return next(iter(tomllib.loads(f"{text} = 0")))
    except tomllib.TOMLDecodeError:
        return text


# ── From tables to a network ──────────────────────────────────────────────────────────────────────────────────────


class _Loader:
    """Reads one file. Each method reads one section, and says on which line it fails."""

    def __init__(self, text: str, place: str) -> None:
        self.place = place
        self.lines: dict[Key, int] = {}
        self.defined: dict[str, Key] = {}
        self.functions: dict[str, type[UserFunction]] = {}
        self.tables = self._tables(text.removeprefix("\ufeff").replace("\r\n", "\n"))

    def spec(self) -> Spec:
        self._check_sections()
        for head, body in self._table("functions").items():
            self._read_function(head, body)
        roles = {role: self._names(role) for role in ("inputs", "targets", "parameters")}
        values = {name: value for group in roles.values() for name, value in group.items() if value is not None}
        self._check_lengths(values)
        equations = dict(self._equations())
        loss = self._loss()
        facts = self._facts()
        training = self._training()
        name = self._line_of_text("name", Path(self.place).stem or "network")
        try:
            network = Network(
                equations,
                inputs=[Symbol(name) for name in roles["inputs"]],
                targets=[Symbol(name) for name in roles["targets"]],
                parameters=[Symbol(name) for name in roles["parameters"]],
                loss=Symbol(loss),
                name=name,
                facts=facts,
                values=values,
            )
        except SymbackpropError as error:
            raise self._located(error, self._key_of(error)) from None
        return Spec(network, training, self._text("description", ""))

    # TOML and its sections.

    def _tables(self, text: str) -> dict[str, Any]:
        if len(text) > MAX_BYTES:
            raise SpecError("file", "the text is larger than 1 MB", "a network fits in less", place=self.place)
        for key, line in _Scan(text).lines():
            if len(key) > 2:
                self._fail_at(
                    line, "unknown-key", f"{quote('.'.join(key))} is a key within a key", "write sections of one level"
                )
            if key in self.lines:
                where = f"in [{key[0]}]" if len(key) == 2 else "as a section or key"
                self._fail_at(
                    line,
                    "duplicate",
                    f"{quote(key[-1])} is given twice {where}, here and on line {self.lines[key]}",
                    "remove one, or rename it",
                )
            self.lines[key] = line
        try:
            return tomllib.loads(text)
        except RecursionError:
            raise SpecError("toml", "lists within lists, too deep", "write flat lists", place=self.place) from None
        except ValueError as error:
            self._fail_toml(error, text)

    def _fail_toml(self, error: ValueError, text: str) -> NoReturn:
        """Say where tomllib stopped, and what stands there."""
        found = re.search(r" \(at line (\d+), column \d+\)", str(error))
        endless = re.search(r"[0-9_]{4000,}", text)  # Python refuses such a number without saying where it is
        lines = text.split("\n")
        line = int(found[1]) if found else text.count("\n", 0, endless.start() if endless else len(text.rstrip())) + 1
        reason = re.sub(r" \(at .*\)$", "", str(error))
        shown = lines[line - 1].strip() if line <= len(lines) else ""
        fix = 'write each line as key = value, with text in quotes: h1 = "w1*i1"'
        self._fail_at(line, "toml", f"{quote(shown)} is not TOML ({quote(reason)})", fix)

    def _check_sections(self) -> None:
        for section, content in self.tables.items():
            if section not in SECTIONS:
                kind = "section" if isinstance(content, dict) else "key"
                self._fail(
                    (section,), "unknown-section", f"unknown {kind} {quote(section)}", did_you_mean(section, SECTIONS)
                )
            named_alone = section in ("inputs", "targets", "parameters") and isinstance(content, list)
            if section in TABLES and not isinstance(content, dict) and not named_alone:
                self._fail(
                    (section,), "section", f"{section} is not a section", f"write [{section}] and its keys under it"
                )
        if not self._table("equations"):
            self._fail(("equations",), "equations", "the file has no equations", "add them under [equations]")

    def _table(self, section: str) -> dict[str, Any]:
        content = self.tables.get(section, {})
        assert isinstance(content, dict)
        return content

    def _text(self, key: str, default: str) -> str:
        text = self.tables.get(key, default)
        if not isinstance(text, str):
            self._fail((key,), "text", f"{key} is not text", f'write it in quotes: {key} = "…"')
        return text

    def _line_of_text(self, key: str, default: str) -> str:
        text = self._text(key, default).strip()
        if not text or len(text) > 100 or not text.isprintable():
            self._fail((key,), "text", f"{key} is {quote(text)}", "write one line of 1 to 100 characters")
        return text

    # Names and values.

    def _define(self, written: str, section: str) -> str:
        """Check a name that the file defines, and note where."""
        key = (section, written)
        with self._at(key):
            names = parse_names(written) if section == "equations" else (parse_name(written),)
        for name in names:
            if name in FUNCTION_NAMES or name in self.functions:
                self._fail(key, "name", f"{quote(name)} is a function and cannot be {ROLES[section]}", "rename it")
            if name in self.defined:
                other = self.defined[name]
                self._fail(
                    key,
                    "duplicate",
                    f"{quote(name)} is {ROLES[section]} here and {ROLES[other[0]]} on line {self._line(other)}",
                    "give each value a name of its own",
                )
            self.defined[name] = key
        return ", ".join(names)

    def _names(self, section: str) -> dict[str, Value | None]:
        """The names of a section, with their values where they have one."""
        content = self.tables.get(section, {})
        if isinstance(content, list):
            for name in content:
                if not isinstance(name, str):
                    self._fail((section,), "name", f"{_shown(name)} in {section} is not a name", 'write ["i1", "i2"]')
            return {self._define(name, section): None for name in content}
        return {self._define(name, section): self._value(section, name, value) for name, value in content.items()}

    def _value(self, section: str, name: str, value: Any) -> Value:
        key = (section, name)
        if not isinstance(value, list):
            return self._number(key, name, value)
        if section == "parameters":
            self._fail(key, "number", f"the parameter {quote(name)} is a list", "give a parameter one number")
        if not value:
            self._fail(key, "number", f"{quote(name)} is an empty list", "give one number an example")
        return tuple(self._number(key, name, item) for item in value)

    def _number(self, key: Key, name: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self._fail(key, "number", f"{quote(name)} is {_shown(value)}, not a number", "write a number such as 0.05")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            self._fail(key, "number", f"{quote(name)} is {_shown(value)}, not a finite number", "write a finite one")
        return number

    def _check_lengths(self, values: Mapping[str, Value]) -> None:
        lists = {name: value for name, value in values.items() if isinstance(value, tuple)}
        for name, value in lists.items():
            first = next(iter(lists))
            if len(value) != len(lists[first]):
                self._fail(
                    self.defined[name],
                    "ragged",
                    f"{quote(name)} has {len(value)} values and {quote(first)} has {len(lists[first])}",
                    "give every list one number an example",
                )

    # Formulas.

    def _formula(self, key: Key, value: Any) -> str:
        if not isinstance(value, str):
            self._fail(key, "text", f"{quote(key[-1])} is {_shown(value)}, not text", "write the formula in quotes")
        return value

    def _read_function(self, head: str, body: Any) -> None:
        key = ("functions", head)
        text = self._formula(key, body)
        with self._at(key):
            function = parse_function(head, text, self.functions)
        self.functions[function.__name__] = function

    def _equations(self) -> Iterator[tuple[Any, Any]]:
        for written, value in self._table("equations").items():
            key = ("equations", written)
            name = self._define(written, "equations")
            left = tuple(Symbol(part) for part in name.split(", "))
            text = self._formula(key, value)
            with self._at(key):
                right = parse_equation(text, Symbol, self.functions, count=len(left), where=name)
            yield (left if len(left) > 1 else left[0]), right

    def _loss(self) -> str:
        table = self._table("loss")
        fix = 'add [loss] and under it minimize = "E"'
        for key in table:
            if key != "minimize":
                self._fail(
                    ("loss", key), "unknown-key", f"unknown key {quote(key)} in [loss]", did_you_mean(key, ["minimize"])
                )
        if "minimize" not in table:
            self._fail(("loss",), "loss", "the file does not say what is minimised", fix)
        text = self._formula(("loss", "minimize"), table["minimize"])
        with self._at(("loss", "minimize")):
            return parse_name(text, where="loss")

    def _facts(self) -> list[Eq]:
        facts = self.tables.get("facts", [])
        if not isinstance(facts, list) or not all(isinstance(fact, str) for fact in facts):
            self._fail(("facts",), "fact", "facts is not a list of text", 'write facts = ["t1 + t2 = 1"]')
        with self._at(("facts",)):
            return [parse_fact(fact, Symbol, self.functions, where="facts") for fact in facts]

    def _training(self) -> Training:
        table = self._table("training")
        for key in table:
            if key not in TRAINING:
                self._fail(
                    ("training", key),
                    "unknown-key",
                    f"unknown key {quote(key)} in [training]",
                    did_you_mean(key, TRAINING),
                )
        epochs = table.get("epochs")
        if epochs is not None and (isinstance(epochs, bool) or not isinstance(epochs, int) or epochs < 1):
            self._fail(
                ("training", "epochs"), "number", f"'epochs' is {_shown(epochs)}", "write a whole number above 0"
            )
        rates = table.get("learning_rates", [])
        if not isinstance(rates, list):
            self._fail(
                ("training", "learning_rates"),
                "number",
                f"'learning_rates' is {_shown(rates)}",
                "write a list: [0.1, 0.5]",
            )
        rate = table.get("learning_rate")
        return Training(
            None if rate is None else self._rate("learning_rate", rate),
            epochs,
            tuple(self._rate("learning_rates", item) for item in rates),
        )

    def _rate(self, name: str, value: Any) -> float:
        number = self._number(("training", name), name, value)
        if number <= 0:
            self._fail(("training", name), "number", f"{quote(name)} is {_shown(value)}", "write a number above 0")
        return number

    # Errors.

    def _line(self, key: Key) -> int:
        """The line of a key, of its section where the key has none of its own, or the first."""
        while key and key not in self.lines:
            key = key[:-1]
        return self.lines.get(key, 1)

    def _key_of(self, error: SymbackpropError) -> Key:
        """Where the name stands that an error of the network is about."""
        if error.code == "loss":
            return ("loss", "minimize")
        if error.where in self.defined:
            return self.defined[error.where]
        if error.where in SECTIONS:
            return (error.where,)
        return self.defined.get(error.where.split(", ")[0], ("equations",))

    def _located(self, error: SymbackpropError, key: Key) -> SpecError:
        return SpecError(error.code, error.what, error.fix, place=f"{self.place}:{self._line(key)}", where=error.where)

    @contextmanager
    def _at(self, key: Key) -> Iterator[None]:
        try:
            yield
        except NetworkError as error:
            raise self._located(error, key) from None

    def _fail(self, key: Key, code: str, what: str, fix: str) -> NoReturn:
        self._fail_at(self._line(key), code, what, fix)

    def _fail_at(self, line: int, code: str, what: str, fix: str) -> NoReturn:
        raise SpecError(code, what, fix, place=f"{self.place}:{line}")


def _shown(value: Any) -> str:
    """A value of TOML in the words of TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"the text {quote(value)}"
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "a section"
    if isinstance(value, int) and value.bit_length() > 200:
        return "a very large number"
    return str(value)
