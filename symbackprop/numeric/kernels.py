"""Functions as source for a target that lacks them: written from the steps of their records.

A function that the target has is called by the target's own name and needs no source. The ``own`` source of a record
comes first, then the target's function under our name, then the steps.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import final

from sympy import Expr

from symbackprop.functions.base import Primitive
from symbackprop.functions.catalogue import BY_NAME, ROWS
from symbackprop.matrices.operations.record import Kernel
from symbackprop.notation import NameTable
from symbackprop.notation.layout import laid_out
from symbackprop.notation.nodes import Apply, Cases, Compare, Constant, Name, Node, Root
from symbackprop.notation.python.writer import ArrayCode, Branches, CodeWriter, Hook, is_number
from symbackprop.numeric.frames import Frame, array_function


@dataclass(frozen=True)
class Helper:
    """Source of one function, and the names of other helpers that it calls.

    ``takes`` are what it takes from elsewhere, as its target has that: modules, or words of theirs and numbers.
    ``imported`` is what stands among the imports of the module instead, where the function is imported as it is.
    ``lacking`` says of a function that cannot be had why that is and what to do; its source is empty.
    """

    source: str
    needs: tuple[str, ...] = ()
    takes: frozenset[str] = frozenset()
    imported: str = ""
    lacking: tuple[str, str] | None = None


class Helpers(Mapping[str, Helper]):
    """Helpers by name. Each is written when it is first asked for: no network needs more than a few of them."""

    def __init__(self, makers: Mapping[str, Callable[[], Helper]]) -> None:
        self._makers = makers
        self._made: dict[str, Helper] = {}

    def __getitem__(self, name: str) -> Helper:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __or__(self, others: Mapping[str, Helper]) -> Helpers:
        return Helpers({**self._makers, **{name: partial(others.__getitem__, name) for name in others}})


def words_of(space: str, **own: str) -> dict[str, str]:
    """How a library calls what sources name by ``$``; ``own`` are words in which it departs from the Array API."""
    functions = {word: f"{space}.{word}" for word in ("max", "min")}
    functions |= {word: f"{space}.linalg.{word}" for word in ("diagonal", "trace")}
    return {"xp": space, **functions, "axis": "axis", "keepdims": "keepdims", **own}


def in_words(sources: Mapping[str, Kernel | str], words: Mapping[str, str], begin: str = "") -> Helpers:
    """Functions that stand in the records of operations, and the like, in the words of one library."""
    return Helpers({name: partial(_in_words, source, words, begin) for name, source in sources.items()})


def _in_words(source: Kernel | str, words: Mapping[str, str], begin: str) -> Helper:
    return Helper(source) if isinstance(source, str) else Helper(source.written(words, begin), source.needs)


@dataclass(frozen=True)
class Target:
    """Where kernels run: ``key`` finds it in the records, ``space`` is the module of its functions.

    ``begin`` is how a function finds that by its first argument, where no module is it.
    ``strict`` says that its functions take arrays alone, so that a number beside an array becomes a bound of clip.
    ``plain`` says that it works on plain numbers, among which a definition that is quick goes in where it stands.
    """

    key: str
    title: str
    space: str
    begin: str = ""
    strict: bool = False
    plain: bool = False

    def calls(self, row: Primitive) -> bool:
        """Whether writers need no source of a function: they call the target's own, or write its definition."""
        native = row.native.get(self.key, "")
        if self.plain:
            return bool(native) or row.quick or "python" in row.native
        return native.startswith(f"{self.space}.")


class StepCode(CodeWriter):
    """Writes the steps of functions; ``called`` are those that it has called and that need source."""

    def __init__(self, names: NameTable, call: Hook | None = None) -> None:
        super().__init__(names, call)
        self.called: set[str] = set()

    @abstractmethod
    def step(self, expr: Expr) -> str:
        """The value of a step."""

    def argument(self, node: Node) -> str:
        return self.write(node)

    def cases(self, node: Cases) -> str:
        # The steps of a record are safe wherever they are worked out; of plain numbers only what is chosen is.
        return self.choose(node.branches)

    def function_call(self, native: str, node: Apply) -> str:
        """A call of a function by its native word, or where it has none of a helper by the function's own name."""
        arguments = (*node.arguments, *node.settings)
        return self.call_of(native, arguments) if native else self.helper_call(node.function, *arguments)

    def helper_call(self, word: str, *arguments: Node) -> str:
        """A call of a helper, of which it takes note."""
        self.called.add(word)
        return self.call_of(word, arguments)


NUMPY = Target("numpy", "NumPy", "np")
ARRAYS = Target("xp", "the Array API", "xp", begin="array_namespace({})", strict=True)


def kernels(
    target: Target,
    writer_of: Callable[[NameTable], StepCode] | None = None,
    framed: Frame = array_function,
    beside: Collection[str] = (),
    own: Callable[[str], Helper] = Helper,
) -> Helpers:
    """The source of every function that a target lacks, by name; ``beside`` are helpers of other kinds.

    ``own`` makes a helper of the own source of a record.
    """
    writer_of = writer_of or partial(KernelWriter, target)
    return Helpers(
        {
            row.name: (
                partial(own, row.own[target.key])
                if target.key in row.own
                else partial(_kernel, row, target, writer_of, framed, beside)
            )
            for row in ROWS
            if target.key in row.own or not target.calls(row)
        }
    )


def _kernel(
    row: Primitive,
    target: Target,
    writer_of: Callable[[NameTable], StepCode],
    framed: Frame,
    beside: Collection[str],
) -> Helper:
    if target.key in row.native:
        return _named(row.name, row.native[target.key])
    if row.stable is None and row.definition is None:
        return _lacking(row, target)
    steps = row.in_steps
    names = NameTable.of([s.name for s in (*steps.parameters, *steps.steps)])
    writer = writer_of(names)
    lines = [(names.code(s.name), writer.step(value)) for s, value in steps.steps.items()]
    value = writer.step(steps.value)
    if any(word == row.name or (word not in BY_NAME and word not in beside) for word in writer.called):
        return _lacking(row, target)  # the definition is SymPy's own function, which is none of the target's
    parameters = [names.code(s.name) for s in steps.parameters]
    if target.begin and target.space in writer.takes:
        lines.insert(0, (target.space, target.begin.format(parameters[0])))
    source = framed(row.name, parameters, row.words, lines, value)
    return Helper(source, tuple(sorted(writer.called)), frozenset(writer.takes - {target.space}))


_UNTYPED = "import-untyped,import-not-found,unused-ignore"


def _named(name: str, native: str) -> Helper:
    """A function of another module under our name. Where SciPy is absent, the module that needs it says so."""
    module, _, word = native.rpartition(".")
    if module != "scipy.special":
        return Helper(f"{name} = {native}")
    imported = f'''try:  # SciPy may come without types, or with them
    from scipy.special import {word if word == name else f"{word} as {name}"}  # type: ignore[{_UNTYPED}]
except ImportError:
    raise ImportError("{name} needs SciPy: python -m pip install scipy") from None'''
    return Helper("", imported=imported)


def _lacking(row: Primitive, target: Target) -> Helper:
    """In place of a function that a target does not have."""
    what = f"there is no {row.name} for {target.title}"
    fix = f"give it one in symbackprop/functions/entrywise/{row.name}.py"
    return Helper("", lacking=(what, fix))


@final
class KernelWriter(StepCode, ArrayCode):
    """Writes the steps of a function for a target, and takes note of what it calls beside the target's own functions.

    Numbers are those of Python's own ``math``, which do not widen the arrays beside them.
    """

    def __init__(self, target: Target, names: NameTable) -> None:
        super().__init__(names)
        self.target = target

    def step(self, expr: Expr) -> str:
        return laid_out(expr, None, self.write)

    def number_of(self, function: str, *arguments: Node) -> str:
        """A number that Python's own ``math`` has or works out."""
        self.takes.add("math")
        return self.call_of(f"math.{function}", arguments) if arguments else f"math.{function}"

    def of_arrays(self, function: str, *arguments: str) -> str:
        """A call of a function that the target has."""
        self.takes.add(self.target.space)
        return f"{self.target.space}.{function}({', '.join(arguments)})"

    def constant(self, node: Constant) -> str:
        return self.number_of(node.name)

    def root(self, node: Root) -> str:
        if _is_plain(node.radicand):
            return self.number_of("sqrt", node.radicand)
        return self.of_arrays("sqrt", self.write(node.radicand))

    def known_call(self, node: Apply) -> str:
        if _is_plain(node):
            return self.number_of(node.function, *node.arguments)
        if node.function in ("max", "min"):
            return self.extreme(node)
        row = BY_NAME.get(node.function)
        native = row.native[self.target.key] if row is not None and self.target.calls(row) else ""
        self.takes |= {self.target.space} if native else set()
        return self.function_call(native, node)

    def extreme(self, node: Apply) -> str:
        """The larger or smaller of two; a number beside an array is a bound where functions take arrays alone."""
        first, second = node.arguments
        largest = node.function == "max"
        if self.target.strict and is_number(first):
            return self.of_arrays("clip", self.write(second), *([] if largest else ["None"]), self.write(first))
        return self.of_arrays("maximum" if largest else "minimum", self.write(first), self.write(second))

    def choice(self, value: Node, condition: Node, rest: Branches) -> str:
        chosen = self.write(value)
        if self.target.strict and is_number(value):
            chosen = self.of_arrays("full_like", _array_in(condition), chosen)
        return self.of_arrays("where", self.write(condition), chosen, self.choose(rest))


def _array_in(condition: Node) -> str:
    """A name that stands for an array in a comparison."""
    assert isinstance(condition, Compare)
    return next(part.name for part in (condition.left, condition.right) if isinstance(part, Name))


def _is_plain(node: Node) -> bool:
    """Whether a node is made of numbers alone."""
    if isinstance(node, Apply):
        return all(map(_is_plain, node.arguments))
    return is_number(node) or isinstance(node, Constant)
