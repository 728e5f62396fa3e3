"""Long formulas in lines: broken at the outermost + and −, then between factors, and so on inwards, with indents.

Arguments of functions are broken behind their commas first. Factors of a matrix product stand side by side, or have
an @ between them; a short first factor, such as (1/m) or Xᵀ, stays beside the next.
"""

from __future__ import annotations

import re

INDENT = 2
SHORT = 12
"""A first factor of a product of matrices that ends before this column stays where it is, and so does a denominator."""
_OPERATORS = "+-−·*/@∘⊘=<>≤≥≠→,;:"
_OPENING, _CLOSING = "([{⟨", ")]}⟩"


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
    matrices = False
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
        elif at and sign == " " and _between_matrices(formula, at):
            signs.append((at, depth, 1))
            matrices = True
    return _loose(formula, signs) if matrices else signs


def _between_matrices(formula: str, at: int) -> bool:
    """Whether a blank stands before a sign of matrices, or between two factors that stand side by side."""
    if formula[at + 1 : at + 3] in ("∘ ", "⊘ ", "@ "):
        return True
    side_by_side = formula[at - 1] not in _OPERATORS and formula[at + 1] not in _OPERATORS
    in_words = formula.endswith((" if", " otherwise"), 0, at) or formula.startswith((" if ", " otherwise"), at)
    return side_by_side and not in_words


_DENOMINATOR = re.compile(r"/\((?:[^()]|\([^()]*\))*\)")


def _loose(formula: str, signs: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """The signs without those behind a short first factor and in a short denominator, where there are others."""
    tight = [range(*found.span()) for found in _DENOMINATOR.finditer(formula) if len(found[0]) <= SHORT + 2]
    outside = [sign for sign in signs if not any(sign[0] in denominator for denominator in tight)] or signs
    return [sign for sign in outside if sign[2] != 1 or sign[0] > SHORT] or outside
