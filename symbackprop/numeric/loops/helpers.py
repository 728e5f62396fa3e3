"""The functions that ``math`` lacks, for plain numbers, written from their records; and those that choose.

They neither overflow nor lose digits far from zero, and give NaN for NaN.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbackprop.functions.base import Primitive
from symbackprop.functions.catalogue import ROWS
from symbackprop.notation import NameTable
from symbackprop.notation.layout import laid_out
from symbackprop.numeric.kernels import Helper, Target, lacking
from symbackprop.numeric.loops.writer import LoopWriter, in_plain_numbers

PLAIN_NUMBERS = Target("math", "plain numbers", "math")

_CHOICES: Mapping[str, Helper] = {
    "maximum": Helper(
        '''def maximum(a, b):
    """The larger of two numbers, NaN if one is."""
    return a if a >= b or a != a else b'''
    ),
    "minimum": Helper(
        '''def minimum(a, b):
    """The smaller of two numbers, NaN if one is."""
    return a if a <= b or a != a else b'''
    ),
    "clip": Helper(
        '''def clip(z, low, high):
    """z, held between two bounds."""
    return low if z < low else high if z > high else z'''
    ),
}


def _written(row: Primitive) -> Helper:
    """The function as source, in the steps of its record."""
    steps = row.in_steps
    names = NameTable.of([s.name for s in (*steps.parameters, *steps.steps)])
    writer = LoopWriter(names, lambda function, arguments: None)
    lines = [
        f"{names.code(s.name)} = {laid_out(in_plain_numbers(value), None, writer.statement)}"
        for s, value in steps.steps.items()
    ]
    lines.append(f"return {laid_out(in_plain_numbers(steps.value), None, writer.statement)}")
    head = f"def {row.name}({', '.join(names.code(s.name) for s in steps.parameters)}):"
    source = "\n".join([head, f'    """{row.words}"""', *(f"    {line}" for line in lines)])
    return Helper(source, tuple(sorted(writer.called)))


def _helpers() -> Iterator[tuple[str, Helper]]:
    yield from _CHOICES.items()
    for row in ROWS:
        if "math" in row.own:
            yield row.name, Helper(row.own["math"])
        elif "math" not in row.native and not row.quick and "python" not in row.native:
            steps = row.stable or row.definition
            yield row.name, _written(row) if steps is not None else lacking(row, PLAIN_NUMBERS)


LOOP_HELPERS: Mapping[str, Helper] = dict(_helpers())
"""``needs`` are other helpers, and words of ``math``."""
