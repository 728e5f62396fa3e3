"""Generated source compiled by numba, and kept between runs.

numba keeps what it compiled beside the file in which a function stands, so the source is given a file in the user's
cache directory, under a name that changes with the source and with the versions. The text that runs is always our own,
not what the file holds; the machine code beside it is read where nobody else can have put it. Where nothing can be
written, or others could, the functions are compiled in memory.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import sys
import types
from collections.abc import Mapping, Sequence
from typing import Any

from symbackprop.errors import missing_extra
from symbackprop.numeric.cache import kept_file, machine_code
from symbackprop.numeric.rendering import FILE, run
from symbackprop.version import __version__


def has_numba() -> bool:
    """Whether numba is installed. Looking takes no time; importing numba takes half a second."""
    return importlib.util.find_spec("numba") is not None


def require_numba() -> None:
    """Raise SymbackpropError, with the line that installs it, where numba is absent."""
    if not has_numba():
        raise missing_extra('backend="numba" needs numba', "numba", "fast")


def compiled(
    source: str, entries: Sequence[str], helpers: Sequence[str] = (), words: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The module of a source that is all ours, with its functions compiled by numba when they are first called.

    Parameters
    ----------
    source
        Text of a module, written from checked names alone; it says what it imports.
    entries
        The functions that are called from outside: their machine code is kept in the cache.
    helpers
        Functions that only those call, each before those that call it; compiled with them.
    words
        Options of ``numba.njit`` beside those that are always set.

    Division by zero gives inf or NaN as in NumPy; nothing is reordered, so that NaN is found. Raises SymbackpropError
    where numba is not installed.
    """
    require_numba()
    import numba

    name = _name(source, words or {})
    if name in sys.modules:
        return vars(sys.modules[name])
    path = kept_file(f"{name}.py", source)
    made = types.ModuleType(name)
    module = vars(made)
    run(source, module, str(path) if path else FILE)
    for function in helpers:
        module[function] = numba.njit(error_model="numpy", **(words or {}))(module[function])
    for function in entries:
        module[function] = numba.njit(error_model="numpy", cache=path is not None, **(words or {}))(module[function])
    # numba looks it up there when it loads what it has kept. It is whole by now, for another thread may take it.
    return vars(sys.modules.setdefault(name, made))


def is_kept(source: str, words: Mapping[str, Any] | None = None) -> bool:
    """Whether machine code of this source is in the cache, so that a call need not wait for the compiler."""
    return any(machine_code(_name(source, words or {})))


def _name(source: str, words: Mapping[str, Any]) -> str:
    """A name that changes with the source, and with whatever turns it into machine code."""
    versions = [__version__, importlib.metadata.version("numba"), ".".join(map(str, sys.version_info[:2]))]
    digest = hashlib.sha256("\n".join([*versions, repr(sorted(words.items())), source]).encode()).hexdigest()
    return f"symbackprop_{digest[:32]}"
