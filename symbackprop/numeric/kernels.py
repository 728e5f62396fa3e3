"""Functions as source for a target that lacks them: written from the steps of their records.

A function that the target has is called by the target's own name and needs no source. The ``own`` source of a record
comes first, then the target's function under our name, then the steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symbackprop.functions.base import Primitive
from symbackprop.functions.catalogue import BY_NAME, ROWS
from symbackprop.notation import NameTable
from symbackprop.notation.layout import laid_out
from symbackprop.notation.nodes import Apply, Cases, Compare, Constant, Name, Node, Root
from symbackprop.notation.python import PythonWriter, is_number


@dataclass(frozen=True)
class Helper:
    """Source of one function, and the names of other helpers that it calls; ``module`` is what it imports.

    ``lacking`` says of a function that cannot be had why that is and what to do; its source is empty.
    """

    source: str
    needs: tuple[str, ...] = ()
    module: str = ""
    lacking: tuple[str, str] | None = None


@dataclass(frozen=True)
class Target:
    """Where kernels run: ``key`` finds it in the records, ``space`` is the module of its functions.

    ``strict`` says that its functions take arrays alone, so that a number beside an array becomes a bound of clip.
    """

    key: str
    title: str
    space: str
    strict: bool = False


NUMPY = Target("numpy", "NumPy", "np")
ARRAYS = Target("xp", "the Array API", "xp", strict=True)


def kernels(target: Target) -> dict[str, Helper]:
    """The source of every function that a target lacks, by name."""
    return {row.name: helper for row in ROWS if (helper := kernel(row, target)) is not None}


def kernel(row: Primitive, target: Target) -> Helper | None:
    """The source of a function; None where the target has the function under a name that writers use."""
    native, own = row.native.get(target.key, ""), row.own.get(target.key, "")
    if native.startswith(f"{target.space}."):
        return None
    if own:
        return Helper(own)
    if native:
        return Helper(_named(row.name, native))
    if row.stable is None and row.definition is None:
        return lacking(row, target)
    return _in_steps(row, target)


def _named(name: str, native: str) -> str:
    """A function of another module under our name. Where SciPy is absent, the module that needs it says so."""
    module, _, word = native.rpartition(".")
    if module != "scipy.special":
        return f"{name} = {native}"
    return f'''try:
    from scipy.special import {word if word == name else f"{word} as {name}"}
except ImportError:
    raise ImportError("{name} needs SciPy: python -m pip install scipy") from None'''


def _in_steps(row: Primitive, target: Target) -> Helper:
    steps = row.in_steps
    names = NameTable.of([s.name for s in (*steps.parameters, *steps.steps)])
    writer = KernelWriter(target, names)
    lines = [f"{names.code(s.name)} = {laid_out(value, None, writer.write)}" for s, value in steps.steps.items()]
    lines.append(f"return {laid_out(steps.value, None, writer.write)}")
    head = f"def {row.name}({', '.join(names.code(s.name) for s in steps.parameters)}):"
    source = "\n".join([head, f'    """{row.words}"""', *(f"    {line}" for line in lines)])
    if any(word not in BY_NAME for word in writer.called):
        return lacking(row, target)
    return Helper(source, tuple(sorted(writer.called)), module="math" if "math." in source else "")


def lacking(row: Primitive, target: Target) -> Helper:
    """In place of a function that a target does not have."""
    what = f"there is no {row.name} for {target.title}"
    fix = f"give it one in symbackprop/functions/entrywise/{row.name}.py"
    return Helper("", lacking=(what, fix))


class KernelWriter(PythonWriter):
    """Writes the steps of a function for a target, and takes note of what it calls beside the target's own functions.

    Numbers are Python's own, which do not widen the arrays beside them.
    """

    def __init__(self, target: Target, names: NameTable) -> None:
        super().__init__(names)
        self.target = target
        self.called: set[str] = set()

    def constant(self, node: Constant) -> str:
        return f"math.{node.name}"

    def root(self, node: Root) -> str:
        space = "math" if _is_plain(node.radicand) else self.target.space
        return f"{space}.sqrt({self.write(node.radicand)})"

    def apply(self, node: Apply) -> str:
        if _is_plain(node):
            return f"math.{node.function}({', '.join(self.writes(node.arguments))})"
        if node.function in ("max", "min"):
            return self.extreme(node)
        row = BY_NAME.get(node.function)
        native = row.native.get(self.target.key, "") if row is not None else ""
        if not native.startswith(f"{self.target.space}."):
            self.called.add(node.function)
            native = node.function
        return f"{native}({', '.join(self.writes((*node.arguments, *node.settings)))})"

    def extreme(self, node: Apply) -> str:
        """The larger or smaller of two; a number beside an array is a bound where functions take arrays alone."""
        first, second = node.arguments
        space, largest = self.target.space, node.function == "max"
        if self.target.strict and is_number(first):
            return f"{space}.clip({self.write(second)}, {'' if largest else 'None, '}{self.write(first)})"
        return f"{space}.{'maximum' if largest else 'minimum'}({self.write(first)}, {self.write(second)})"

    def cases(self, node: Cases) -> str:
        return self.choose(node.branches)  # the steps of a record are safe wherever they are worked out

    def choose(self, branches: Sequence[tuple[Node, Node | None]]) -> str:
        (value, condition), *rest = branches
        if condition is None:
            return self.write(value)
        chosen = self.write(value)
        if self.target.strict and is_number(value):
            chosen = f"{self.target.space}.full_like({_array_in(condition)}, {chosen})"
        return f"{self.target.space}.where({self.write(condition)}, {chosen}, {self.choose(rest)})"


def _array_in(condition: Node) -> str:
    """A name that stands for an array in a comparison."""
    assert isinstance(condition, Compare)
    return next(part.name for part in (condition.left, condition.right) if isinstance(part, Name))


def _is_plain(node: Node) -> bool:
    """Whether a node is made of numbers alone."""
    if isinstance(node, Apply):
        return all(map(_is_plain, node.arguments))
    return is_number(node) or isinstance(node, Constant)
