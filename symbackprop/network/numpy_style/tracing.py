"""A plain function of arrays becomes equations: it is run once, and its local variables are watched meanwhile.

Whatever the function does to arrays is written down by the arrays themselves; loops and functions that it calls are
simply run. After each line the local variables are looked at: an array that is bound to a name for the first time gets
an equation, and stands for that name from then on.
"""

from __future__ import annotations

import functools
import inspect
import linecache
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import CodeType, FrameType, TracebackType
from typing import Any

from sympy import Expr, Symbol

from symbackprop.errors import NetworkError
from symbackprop.matrices import Array, Shape, as_whole, shape_of
from symbackprop.matrices.rebuilding import substituted
from symbackprop.naming import NAME
from symbackprop.network.formulas import MATRIX_WORDS, TAKEN_NAMES
from symbackprop.network.numpy_style.expression import ArrayExpression

_PACKAGE = str(Path(__file__).parents[2])
_LIBRARIES = ("numpy", "sympy", "scipy")
_LONGEST_LINE = 100


class Equations:
    """What has been written down so far: names, each with its expression."""

    def __init__(self, leaves: Mapping[str, ArrayExpression]) -> None:
        self.sizes = {symbol for leaf in leaves.values() for size in leaf.stands_for for symbol in size.free_symbols}
        self.found: dict[Symbol, Expr] = {}
        self.series: dict[str, list[Symbol]] = {name: [leaf.expr] for name, leaf in leaves.items()}
        self.taken = {*leaves, *(size.name for size in self.sizes)}

    def name(self, value: ArrayExpression, word: str) -> None:
        """Give a value a name and an equation, unless it has one or is a condition or a formula of sizes."""
        if value.expr.is_Symbol or value.truth is not None or value.expr.free_symbols <= self.sizes:
            return
        word = word.strip("_")
        word = f"{word}_value" if word in TAKEN_NAMES or word in MATRIX_WORDS else word
        if not NAME.fullmatch(word):
            return
        earlier = self.series.setdefault(word, [])
        fresh, number = word, len(earlier) + (not self._is_leaf(word))
        if earlier or word in self.taken:
            while (fresh := f"{word}_{number}") in self.taken:
                number += 1
        self.taken.add(fresh)
        symbol = _called(fresh, value.stands_for)
        self.found[symbol] = as_whole(value.expr, value.stands_for)
        earlier.append(symbol)
        value.expr = symbol

    def _is_leaf(self, word: str) -> bool:
        """Whether the name is that of an argument."""
        return any(symbol not in self.found for symbol in self.series[word])

    def plain(self, value: ArrayExpression) -> str:
        """The name of a value, without its number where it is the last that the word was bound to."""
        for word, symbols in self.series.items():
            if len(symbols) > 1 and symbols[-1] == value.expr and not self._is_leaf(word):
                return word
        return str(value.expr)

    def settled(self, returned: Mapping[str, ArrayExpression]) -> dict[Symbol, Expr]:
        """The equations, where h, h_2, h_3 have become h_1, h_2, h_3, and what is returned has the names given."""
        renamed: dict[Expr, Expr] = {}
        for word, symbols in self.series.items():
            if len(symbols) < 2 or self._is_leaf(word):
                continue
            first = f"{word}_1"
            if first not in self.taken:
                renamed[symbols[0]] = _called(first, shape_of(symbols[0]))
        for word, value in returned.items():
            renamed[value.expr] = value.expr = _called(word, value.stands_for)
        return {renamed.get(name, name): substituted(expr, renamed) for name, expr in self.found.items()}


def _called(name: str, shape: Shape) -> Symbol:
    return Array(name, shape) if shape else Symbol(name)


def traced(function: Callable[..., Any], arguments: Mapping[str, Any], equations: Equations) -> Any:
    """Run a function on arrays, and write its equations down. Returns what it returns.

    Raises NetworkError, which names the line of the function, for whatever a network cannot have.
    """
    watcher = _Watcher(code_of(function), equations)
    before = sys.gettrace()
    sys.settrace(watcher.enter)
    try:
        return function(**arguments)
    except (NetworkError, TypeError, AttributeError) as error:
        sys.settrace(before)
        place = _place(error.__traceback__)
        if isinstance(error, NetworkError):
            raise NetworkError(error.code, error.what, error.fix, where=place or error.where) from None
        if place is None or not _is_about_arrays(error):
            raise
        fix = "operators, NumPy's functions and those of symbackprop work on arrays"
        raise NetworkError("operation", str(error), fix, where=place) from None
    finally:
        sys.settrace(before)


def code_of(function: Callable[..., Any]) -> CodeType | None:
    """The code whose local variables are watched: that of the function within wrappers."""
    inner: Any = function
    while isinstance(inner, functools.partial):
        inner = inner.func
    inner = inspect.unwrap(inner)
    inner = getattr(inner, "__func__", inner)
    if not isinstance(getattr(inner, "__code__", None), CodeType):
        inner = type(inner).__call__
    code = getattr(inner, "__code__", None)
    return code if isinstance(code, CodeType) else None


class _Watcher:
    """Looks at the local variables of the first call of one function, after every line."""

    def __init__(self, code: CodeType | None, equations: Equations) -> None:
        self.code, self.equations = code, equations
        self.frame: FrameType | None = None

    def enter(self, frame: FrameType, event: str, arg: Any) -> Any:
        if self.frame is None and frame.f_code is self.code:
            self.frame = frame
        return self.look if frame is self.frame else None

    def look(self, frame: FrameType, event: str, arg: Any) -> Any:
        if event in ("line", "return"):
            for word, value in frame.f_locals.items():
                for name, part in _arrays_in(word, value):
                    self.equations.name(part, name)
        return self.look


def _arrays_in(word: str, value: Any) -> Iterator[tuple[str, ArrayExpression]]:
    """The arrays that a local variable holds: itself, or the items of a list, whose names have their places."""
    if isinstance(value, ArrayExpression):
        yield word, value
    elif isinstance(value, (list, tuple)):
        for place, item in enumerate(value):
            if isinstance(item, ArrayExpression):
                yield f"{word}_{place}", item
    elif isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, ArrayExpression) and isinstance(key, (str, int)):
                yield f"{word}_{key}", item


def _is_about_arrays(error: Exception) -> bool:
    return "ArrayExpression" in str(error) or "arrays of a network" in str(error) or "loop of ufunc" in str(error)


def _place(traceback: TracebackType | None) -> str | None:
    """The line of the user's that an error arose in: the innermost outside of libraries, in words."""
    found: tuple[str, int, str] | None = None
    while traceback is not None:
        code = traceback.tb_frame.f_code
        file = code.co_filename
        module = str(traceback.tb_frame.f_globals.get("__name__", "")).partition(".")[0]
        if not file.startswith(_PACKAGE) and module not in _LIBRARIES:
            found = file, traceback.tb_lineno, code.co_name
        traceback = traceback.tb_next
    if found is None:
        return None
    file, line, function = found
    text = linecache.getline(file, line).strip().rstrip(":")
    said = f": {text[:_LONGEST_LINE]}" if text else ""
    return f"{function}, line {line} of {Path(file).name}{said}"
