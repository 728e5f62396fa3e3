"""Long formulas in lines: broken at the outermost + and −, then between factors, and so on inwards, with indents.

Arguments of functions are broken behind their commas first.
"""

from __future__ import annotations

INDENT = 2
_OPENING, _CLOSING = "([{", ")]}"


def broken(formula: str, width: int) -> list[str]:
    """Lines of at most ``width`` characters, where the formula can be broken; the operator begins the new line."""
    lines: list[str] = []
    _fill(formula, width, 0, 0, lines)
    return lines


def _fill(formula: str, width: int, first: int, rest: int, lines: list[str]) -> None:
    """Append the lines of a formula, behind ``first`` and then ``rest`` blanks: half the width at most."""
    parts, inside = _parts(formula, width - first)
    rest = first + INDENT if inside and rest == first else rest
    first, rest = min(first, width // 2), min(rest, width // 2)
    line = ""
    for part in parts:
        if line and first + len(line) + len(part) > width:
            lines.append(" " * first + line.rstrip())
            first, line = rest, ""
        line += part if line else part.lstrip()
        if first + len(line) > width and len(line) < len(formula):
            _fill(line, width, first, rest + INDENT, lines)
            first, line = rest, ""
    if line:
        lines.append(" " * first + line.rstrip())


def _parts(formula: str, width: int) -> tuple[list[str], bool]:
    """The formula cut before its outermost signs, and whether these stand in brackets; whole where it fits."""
    signs = [] if len(formula) <= width else _signs(formula)
    if not signs:
        return [formula], False
    depth = min(depth for _, depth, _ in signs)
    loosest = min(kind for _, level, kind in signs if level == depth)
    cuts = [at for at, level, kind in signs if (level, kind) == (depth, loosest)]
    return [formula[a:b] for a, b in zip([0, *cuts], [*cuts, len(formula)], strict=True)], depth > 0


def _signs(formula: str) -> list[tuple[int, int, int]]:
    """Where each sign stands, how deep in brackets, and its kind.

    The kinds are -1 for the blank behind a comma, 0 between terms, and 1 between factors.
    """
    signs: list[tuple[int, int, int]] = []
    depth = 0
    for at, sign in enumerate(formula):
        if sign in _OPENING:
            depth += 1
        elif sign in _CLOSING:
            depth -= 1
        elif sign == " " and formula[at - 1] in ",;":
            signs.append((at, depth, -1))
        elif at and sign == " " and formula[at + 1 : at + 3] in ("+ ", "- ", "− "):
            signs.append((at, depth, 0))
        elif at and (sign == "·" or (sign == "*" and "*" not in (formula[at - 1], formula[at + 1 : at + 2]))):
            spaced = formula[at - 1] == " "
            signs.append((at - 1 if spaced else at, depth, 1))
        elif at and sign == " " and formula[at + 1 : at + 3] in ("∘ ", "⊘ ", "@ "):
            signs.append((at, depth, 1))
    return signs
