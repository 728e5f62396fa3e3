"""Finding NET: a TOML file, or the name of an example."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symbackprop.cli.failures import PROGRAM, blaming
from symbackprop.errors import NetworkError, did_you_mean, quote_path

if TYPE_CHECKING:
    from sympy import Symbol

    from symbackprop.calculus import Derivation
    from symbackprop.network import Network
    from symbackprop.network.spec import Spec


@dataclass(frozen=True)
class Found:
    """A network and where it came from; ``place`` is a file name, or the program's own for an example."""

    spec: Spec
    place: str
    stem: str

    @property
    def network(self) -> Network:
        """The network itself."""
        return self.spec.network

    @contextlib.contextmanager
    def blamed(self) -> Iterator[None]:
        """Errors that name no place are told to be in the network's file, on the line of what they are about."""
        with blaming(self.place, {} if self.place == PROGRAM else self.spec.lines):
            yield

    def derive(self, wrt: Sequence[str] | None = None, facts: Sequence[str] = (), form: str = "textbook") -> Derivation:
        """Derive the network's gradients, under facts given as text."""
        from symbackprop.calculus import derive
        from symbackprop.cli.terminal import patience
        from symbackprop.network.facts import Stated, is_in_words
        from symbackprop.network.formulas import parse_facts

        symbols = {s.name: s for s in self.network.names}
        stated = [
            text if is_in_words(text) else Stated(text.strip(), parse_facts(text, symbols, where="--facts"))
            for text in facts
        ]
        with self.blamed(), patience("deriving"):
            return derive(self.network, wrt, stated, form)

    def derive_for(self, name: str, facts: Sequence[str] = ()) -> tuple[Derivation, Symbol]:
        """Derive by all that reports do, or by one name where it is none of them; and give its symbol."""
        with self.blamed():
            symbol = self.network.symbol(name)
        return self.derive(None if symbol in self.network.sources else [name], facts), symbol

    def data(self, path: str | None) -> dict[str, Any] | None:
        """The examples in a CSV or an .npz file, or None where no file was named."""
        if path is None:
            return None
        from symbackprop.training import load_data

        return load_data(path, self.network)


def find(net: str) -> Found:
    """Read a network. Raises NetworkError where there is neither a file nor an example of that name."""
    from symbackprop.cli.terminal import patience
    from symbackprop.network.spec import example_names, read, read_example

    names = example_names()
    if net in names:
        return Found(read_example(net), PROGRAM, net)
    if is_model(net) and Path(net).is_file():
        return _of_model(net)
    if not Path(net).is_file():
        raise _not_found(net, names)
    with blaming(net), patience("reading"):
        return Found(read(net), net, Path(net).stem)


def is_model(net: str) -> bool:
    """Whether NET is the name of a file of weights, which may say what network they are of."""
    return net.lower().endswith((".npz", ".safetensors"))


def _of_model(path: str) -> Found:
    from symbackprop.network.spec import Spec, Training
    from symbackprop.training import read_model

    return Found(Spec(read_model(path).network, Training(), {}), path, Path(path).stem)


def _not_found(net: str, names: Sequence[str]) -> NetworkError:
    path = Path(net)
    if net and path.is_dir():
        return NetworkError("network", f"{quote_path(net)} is a folder", "name a TOML file in it, or an example")
    if _looks_like_path(net):
        beside = _specs_in(path.parent)
        fix = did_you_mean(net, beside) if beside else f"'{PROGRAM} examples' lists networks that ship with it"
        return NetworkError("network", f"there is no file {quote_path(net)}", fix)
    return NetworkError("network", f"there is no file and no example called {quote_path(net)}", _meant(net, names))


def _meant(net: str, names: Sequence[str]) -> str:
    """The example or the file here whose name begins with the word, or looks like it."""
    files = {Path(file).stem: file for file in _specs_in(Path())}
    if net in files:
        return f"did you mean {quote_path(files[net])}?"
    begun = [name for name in names if net and name.startswith(net)]
    if begun:
        return f"did you mean {' or '.join(map(repr, begun))}?"
    near = difflib.get_close_matches(net, [*names, *files, *files.values()], n=1)
    return f"did you mean {quote_path(files.get(near[0], near[0]))}?" if near else did_you_mean(net, names)


def _specs_in(folder: Path) -> list[str]:
    return [str(folder / file.name) for file in folder.glob("*.toml")] if folder.is_dir() else []


def _looks_like_path(net: str) -> bool:
    return net.endswith(".toml") or "/" in net or "\\" in net
