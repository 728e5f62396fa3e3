"""Functions as Python source, of arrays with their types and of plain numbers without."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symbackprop.matrices.operations.record import ARRAY, as_order

Frame = Callable[[str, Sequence[str], str, Sequence[tuple[str, str]], str], str]
"""A function as source: of its name, its parameters, what it is, its steps by name, and its value."""


def array_function(
    name: str, parameters: Sequence[str], words: str, steps: Sequence[tuple[str, str]], value: str
) -> str:
    """A function of arrays as Python has it."""
    typed = [f"{word}: {ARRAY}" for word in parameters]
    return _python_function(f"({', '.join(typed)}) -> {ARRAY}", name, as_order(words), steps, value)


def plain_function(
    name: str, parameters: Sequence[str], words: str, steps: Sequence[tuple[str, str]], value: str
) -> str:
    """A function of plain numbers as Python has it, which numba gives its types."""
    return _python_function(f"({', '.join(parameters)})", name, words, steps, value)


def _python_function(head: str, name: str, words: str, steps: Sequence[tuple[str, str]], value: str) -> str:
    lines = [f'"""{words}"""', *(f"{step} = {text}" for step, text in steps), f"return {value}"]
    return "\n".join([f"def {name}{head}:", *(f"    {line}" for line in lines)])
