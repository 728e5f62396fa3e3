"""What a user says of an operation of his own, with the checks that the words hang together."""

from __future__ import annotations

import difflib
import keyword
import re
from collections.abc import Iterator, Sequence
from dataclasses import InitVar, dataclass, field
from typing import Any, NoReturn

from sympy import Expr, MatrixBase, MatrixSymbol, Symbol, sympify
from sympy.core.sympify import SympifyError

from symbackprop.errors import NetworkError, as_given
from symbackprop.functions import VOCABULARY
from symbackprop.matrices.array import Array, Shape
from symbackprop.matrices.from_sympy import read
from symbackprop.matrices.operations.catalogue import OPERATIONS
from symbackprop.matrices.shapes import named, same_shape, shape_of, spoken
from symbackprop.matrices.vocabulary import WORDS, WRITTEN
from symbackprop.naming import NAME

_NUMPY = re.compile(r"np(\.[A-Za-z][A-Za-z0-9_]*)+")
_CHOLESKY = 'such as "np.linalg.cholesky"'
_MODULES = frozenset({"np", "numpy", "math", "sb", "sp", "sympy"})
_TAKEN = (
    WRITTEN
    | WORDS.keys()
    | {row.name for row in VOCABULARY}
    | {kind.spoken for kind in OPERATIONS if isinstance(kind.spoken, str)}
    | {"max", "min", "where", "piecewise", "Piecewise"}
)
"""What formulas mean something else by."""


@dataclass(frozen=True)
class Description:
    """An operation in terms of arrays: its parameters, its result, what comes back and what each parameter gets of it.

    ``numpy`` is the name of a NumPy function, or empty where there is a ``value``. Raises NetworkError.
    """

    name: str
    arguments: InitVar[Sequence[MatrixSymbol]]
    result: Any
    upstream: Any
    adjoints: Any = field(kw_only=True)
    value: Any = field(kw_only=True)
    numpy: str = field(kw_only=True)
    parameters: tuple[Array, ...] = field(init=False)

    def __post_init__(self, arguments: Sequence[MatrixSymbol]) -> None:
        _check_name(self.name)
        given = self._sequence("arguments", arguments)
        self._set("parameters", tuple(self._array(f"its argument {arg!s:.60}", arg) for arg in given))
        self._set("result", self._array(f"its result {self.result!s:.60}", self.result))
        self._set("upstream", self._array(f"its upstream {self.upstream!s:.60}", self.upstream))
        self._check_names()
        self._check_shapes()
        self._check_source()
        adjoints = self._sequence("adjoints", self.adjoints)
        if len(adjoints) != len(self.parameters):
            self._refuse("operation", f"{len(adjoints)} adjoints for {len(self.parameters)} arguments", "give one each")
        sizes = {size for size in self._symbols() if not isinstance(size, Array)}
        inside = {*self.parameters, *sizes}
        if self.value is not None:
            self._set("value", self._read("its value", self.value, self.result.shape, inside, "arguments and sizes"))
        inside |= {self.result, self.upstream}
        words = "arguments, result, upstream and sizes"
        self._set(
            "adjoints",
            tuple(
                self._read(f"the adjoint of {parameter}", adjoint, parameter.shape, inside, words)
                for parameter, adjoint in zip(self.parameters, adjoints, strict=True)
            ),
        )

    def _set(self, key: str, value: Any) -> None:
        object.__setattr__(self, key, value)

    def _refuse(self, code: str, what: str, fix: str) -> NoReturn:
        raise NetworkError(code, what, fix, where=self.name)

    def _sequence(self, key: str, given: Any) -> Sequence[Any]:
        if not isinstance(given, (list, tuple)):
            self._refuse("operation", f"its {key} are no list, but {given!s:.60}", f"write {key}=[…]")
        return given

    def _array(self, what: str, symbol: Any) -> Array:
        if not isinstance(symbol, MatrixSymbol):
            self._refuse(
                "operation",
                f"{what} is no MatrixSymbol",
                "use MatrixSymbol('A', m, n); a number is one of size 1×1",
            )
        return Array(symbol.name, symbol.shape)

    def _symbols(self) -> Iterator[Symbol]:
        """The arrays of the description, and the symbols in the shapes of its parameters."""
        yield from (*self.parameters, self.result, self.upstream)
        sizes = {symbol for array in self.parameters for size in array.shape for symbol in size.free_symbols}
        yield from sorted(sizes, key=lambda symbol: symbol.sort_key())

    def _check_names(self) -> None:
        if not self.parameters:
            self._refuse("operation", "it has no argument", "give it one at least")
        known: set[str] = set()
        for symbol in self._symbols():
            if symbol.name in known:
                self._refuse(
                    "duplicate",
                    f"two of its arguments, result, upstream and sizes are called {symbol.name}",
                    "give each a name of its own",
                )
            known.add(symbol.name)

    def _check_shapes(self) -> None:
        for parameter in self.parameters:
            for size in parameter.shape:
                if not (size.is_Symbol or (size.is_Integer and size > 0)):
                    self._refuse(
                        "size",
                        f"a size of its argument {named(parameter, parameter.shape)} is {size}",
                        "describe it with plain symbols, which stand for any size, or with whole numbers",
                    )
        told = {symbol for parameter in self.parameters for size in parameter.shape for symbol in size.free_symbols}
        for size in (*self.result.shape, *self.upstream.shape):
            for symbol in sorted(size.free_symbols - told, key=str):
                if any(other.name == symbol.name for other in told):
                    self._refuse(
                        "two-symbols",
                        f"two different symbols are called {symbol.name}: their assumptions differ",
                        f"make the size once, as in {symbol.name} = Symbol({symbol.name!r}), and use it throughout",
                    )
        for size in self.result.shape:
            for symbol in sorted(size.free_symbols - told, key=str):
                self._refuse(
                    "size",
                    f"its result is {named(self.result, self.result.shape)}, and no argument tells {symbol}",
                    "write the sizes of the result with those of the arguments",
                )
        if not same_shape(self.upstream.shape, self.result.shape):
            self._refuse(
                "shape",
                f"its upstream is {named(self.upstream, self.upstream.shape)} and its result "
                f"{named(self.result, self.result.shape)}",
                "let upstream, the adjoint of the result, have the shape of the result",
            )

    def _check_source(self) -> None:
        if not isinstance(self.numpy, str):
            word = getattr(self.numpy, "__name__", "…")
            self._refuse(
                "operation",
                f"numpy is {as_given(self.numpy)}, and no text",
                f'give the name of the function: "np.….{word}"',
            )
        if (self.value is None) == (not self.numpy):
            self._refuse("operation", "it needs one of value and numpy", f"give a formula, or a name {_CHOLESKY}")
        if self.numpy:
            self._check_numpy()

    def _check_numpy(self) -> None:
        """The text names a function that NumPy has; it goes into generated code."""
        if not _NUMPY.fullmatch(self.numpy):
            self._refuse(
                "operation",
                f"{as_given(self.numpy)} is not the name of a NumPy function",
                f"it begins with np., {_CHOLESKY}; anything else takes a value",
            )
        import numpy  # here, because derivations do without

        found: Any = numpy
        before, *parts = self.numpy.split(".")
        for part in parts:
            inner = getattr(found, part, None)
            if inner is None:
                near = difflib.get_close_matches(part, [word for word in dir(found) if NAME.fullmatch(word)], n=1)
                fix = f'did you mean "{before}.{near[0]}"?' if near else f"give the name of a function, {_CHOLESKY}"
                self._refuse("operation", f"NumPy has no {before}.{part}", fix)
            found, before = inner, f"{before}.{part}"
        if not callable(found):
            self._refuse("operation", f"{self.numpy} is no function", f"give the name of a function, {_CHOLESKY}")

    def _read(self, what: str, given: Any, wanted: Shape, inside: set[Symbol], words: str) -> Expr:
        """An expression of that shape which uses nothing but the symbols ``inside``."""
        try:
            written = sympify(given, strict=True)
        except SympifyError:
            written = None
        if not isinstance(written, Expr) or isinstance(written, MatrixBase):
            kind = "text" if isinstance(given, str) else f"a {type(given).__name__}"
            self._refuse(
                "expression",
                f"{what} is {kind}, {as_given(given)}, and no expression",
                f"write it with the MatrixSymbols of the description: its {words}",
            )
        try:
            expr = read(written)
        except NetworkError as error:
            self._refuse(error.code, f"{what}: {error.what}", error.fix)
        strangers = sorted(expr.free_symbols - inside, key=str)
        if strangers:
            uses = ", ".join(named(s, s.shape) if isinstance(s, Array) else s.name for s in strangers)
            known = ", ".join(symbol.name for symbol in self._symbols() if symbol in inside)
            self._refuse("unbound", f"{what} uses {uses}", f"it may use its {words} alone: {known}")
        found = shape_of(expr)
        if not same_shape(found, wanted):
            self._refuse("shape", f"{what} is {spoken(found)}, not {spoken(wanted)}", "let it have that shape")
        return expr


def _check_name(name: Any) -> None:
    """The name stands in formulas, beside those of the vocabulary and of Python."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise NetworkError("name", f"{as_given(name)} cannot be the name of an operation", "use letters, digits and _")
    if keyword.iskeyword(name) or name in _MODULES:
        kind = "a word of Python" if keyword.iskeyword(name) else "the name of a module"
        raise NetworkError("name", f"{as_given(name)} is {kind}", "give your operation a name of its own")
    if name in _TAKEN:
        raise NetworkError(
            "operation", f"{name}() is in the vocabulary already", "give your operation a name of its own", where=name
        )
