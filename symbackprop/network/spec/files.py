"""Spec files, and the examples that ship with symbackprop."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from symbackprop.errors import SpecError, did_you_mean
from symbackprop.network.formulas import quote
from symbackprop.network.network import Network
from symbackprop.network.spec.loader import Loader, Spec
from symbackprop.network.spec.tables import MAX_BYTES


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
    return Loader(text, place).spec()


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
        fix = f"load_example({str(path)!r}) reads the example" if str(path) in _examples() else "check its name"
        raise SpecError("file", "there is no such file", fix, place=str(path)) from None
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
