"""Source that sees at once whether shapes fit, so that the checks with words run for those that do not."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Symbol

from symbackprop.matrices import Array
from symbackprop.notation import NameTable
from symbackprop.numeric.wrapping import WIDTH


def fits(values: Sequence[Symbol], names: NameTable) -> list[str]:
    """The body of a function of the shapes of these values, under their names; none where a size is a formula."""
    told: dict[Symbol, str] = {}
    ranks: list[str] = []
    sides: list[str] = []
    for value in values:
        code, shape = names.code(value.name), value.shape if isinstance(value, Array) else ()
        if not all(size.is_Symbol or size.is_Integer for size in shape):
            return []
        if any(size.is_Symbol and size not in told for size in shape):
            ranks.append(code)
            for axis, size in enumerate(shape):
                if size.is_Symbol:
                    told.setdefault(size, f"{names.code(size.name)} = {code}[{axis}]")
        words = [names.code(str(size)) if size.is_Symbol else str(size) for size in shape]
        sides.append(f"{code} == ({', '.join(words)}{',' * (len(words) == 1)})")
    lines = []
    if ranks:
        sizes = [names.code(size.name) for size in told]
        lines = [f"if {' or '.join(f'len({code}) != 2' for code in ranks)}:", "    return False", *told.values()]
        sides.insert(0, f"0 not in ({', '.join(sizes)}{',' * (len(sizes) == 1)})")
    line = f"return {' and '.join(sides)}"
    if len(line) <= WIDTH:
        return [*lines, line]
    return [*lines, "return (", f"    {sides[0]}", *(f"    and {side}" for side in sides[1:]), ")"]
