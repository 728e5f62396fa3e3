"""The formats in which weights are kept: NumPy's .npz, and .safetensors where that package is installed."""

from __future__ import annotations

import importlib.util
import json
import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, final

import numpy as np

from symbackprop.errors import DataError, as_given, missing_extra, quote_path
from symbackprop.training.npz import packed_arrays, read_arrays, telling_of

Content = tuple[dict[str, Any], dict[str, Any]]
"""Arrays by name, and metadata."""
METADATA = "metadata.json"
"""The member of an archive that holds metadata: no parameter can be called so."""
_KEY = "symbackprop"
"""Under which a .safetensors file, whose metadata are texts, has ours."""


class Format(ABC):
    """How weights are written into bytes and read from a file."""

    @abstractmethod
    def packed(self, arrays: Mapping[str, Any], metadata: Mapping[str, Any]) -> bytes:
        """The bytes of a file."""

    @abstractmethod
    def require(self) -> None:
        """Raise SymbackpropError, with the line that installs it, where a package that it needs is absent."""

    @abstractmethod
    def read(self, path: str | os.PathLike[str]) -> Content:
        """What a file holds. Raises DataError, with the file."""


@final
class Npz(Format):
    """An archive of NumPy's, with metadata as a member of JSON."""

    def require(self) -> None:
        """NumPy is there."""

    def packed(self, arrays: Mapping[str, Any], metadata: Mapping[str, Any]) -> bytes:
        """The bytes of a file."""
        return packed_arrays(arrays, {METADATA: as_json(metadata)} if metadata else {})

    def read(self, path: str | os.PathLike[str]) -> Content:
        """What a file holds. Raises DataError, with the file."""
        with telling_of(path, "an .npz file", "write it with history.save or numpy.savez"):
            arrays: dict[str, Any] = read_arrays(path)
            told = arrays.pop(METADATA, None)
            return arrays, {} if told is None else _from_json(told.item())


@final
class Safetensors(Format):
    """The format of the package safetensors."""

    def require(self) -> None:
        """Raise SymbackpropError where the package is absent."""
        _safetensors()

    def packed(self, arrays: Mapping[str, Any], metadata: Mapping[str, Any]) -> bytes:
        """The bytes of a file."""
        save = _safetensors().save
        plain = {name: np.ascontiguousarray(array).reshape(np.shape(array)) for name, array in arrays.items()}
        return bytes(save(plain, {_KEY: as_json(metadata)} if metadata else None))

    def read(self, path: str | os.PathLike[str]) -> Content:
        """What a file holds. Raises DataError, with the file."""
        load = _safetensors().load
        with telling_of(path, "a .safetensors file", "write it with history.save"):
            content = Path(path).read_bytes()
            try:
                arrays = dict(load(content))
            except Exception as error:  # the package has an error of its own, which is no ValueError
                raise ValueError from error
            head = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
            told = head.get("__metadata__", {}).get(_KEY)
            return arrays, {} if told is None else _from_json(told)


FORMATS: Mapping[str, Format] = {".npz": Npz(), ".safetensors": Safetensors()}
"""The formats, by the end of a file's name."""


def format_of(path: str | os.PathLike[str]) -> Format:
    """The format that the name of a file tells. Raises DataError."""
    if not isinstance(path, (str, os.PathLike)):
        raise DataError("weights", f"{as_given(path)} is no name of a file", "name one, such as w.npz")
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        what = f"{quote_path(path)} is no name of a file of weights"
        raise DataError("weights", what, f"let it end in {' or '.join(FORMATS)}")
    return FORMATS[suffix]


def as_json(metadata: Mapping[str, Any]) -> str:
    """Metadata as text. Raises DataError where they are no JSON."""
    try:
        return json.dumps(dict(metadata), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise DataError(
            "metadata", f"metadata are no JSON ({error})", "give texts, finite numbers, lists and dictionaries"
        ) from None


def _from_json(text: str | bytes) -> dict[str, Any]:
    """Metadata from text. Raises ValueError where they are none."""
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("no metadata")
    return found


def _safetensors() -> Any:
    """The functions of the package. Raises SymbackpropError, with the line that installs it, where it is absent."""
    if importlib.util.find_spec("safetensors") is None:
        raise missing_extra("a .safetensors file needs safetensors", "safetensors", "safetensors")
    from safetensors import numpy

    return numpy
