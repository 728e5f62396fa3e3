"""What the page of a worksheet marks answers by: numbers, and what each formula comes to at several points."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from sympy import Expr, Symbol

from symbackprop.calculus import Derivation
from symbackprop.errors import SymbackpropError
from symbackprop.matrices import shape_of
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.notation import text
from symbackprop.numeric.evaluate import evaluate, evaluate_all, forward, with_signals
from symbackprop.numeric.javascript import function_source
from symbackprop.numeric.sizes import fit
from symbackprop.publish.page.points import by_entry, made_up, points_at, scalar_points
from symbackprop.publish.practice.claims import about
from symbackprop.publish.practice.exercise import Exercise
from symbackprop.publish.practice.marking import later_signals, names_of
from symbackprop.publish.practice.values import Values
from symbackprop.reporting.page import Asked, Known, Practice
from symbackprop.verification.unsafe_points import kinks_of

DRAWN = 24
"""So many points are drawn, and those kept that tell most."""
MOST_POINTS = 8
LEAST_POINTS = 3
TWICE = 2
"""On each side of a kink, and where an answer is not zero, there are so many points if so many are drawn."""
MOST_NUMBERS = 4_000
"""With more names there are fewer points, down to the least; with too many for these the page marks no formulas."""
MATRIX_FUNCTIONS = ("sum", "total", "rowsum", "colsum", "transpose", "mean", "rowmean", "colmean")
"""What may be called in a page of matrices, beside the functions of numbers."""
_CALLED = re.compile(r"([A-Za-z_]\w*)\(")

Point = dict[str, Any]


def practice_part(
    derivation: Derivation, exercises: Sequence[Exercise], values: Values, answers: str, file: str
) -> Practice:
    """What the page is told. ``answers`` is the text of the file for answers, and ``file`` its name."""
    source, functions = function_source(derivation.network)
    formulas = [one.answer for one in exercises if isinstance(one.answer, Expr)]
    points = _points(derivation, formulas, values)
    names = [*derivation.network.sizes, *derivation.network.names, *derivation.backward]
    known = [_known(name, points[0][1]) for name in names if points and name.name in points[0][1]]
    can = {*functions, *MATRIX_FUNCTIONS}
    return Practice(
        source=source,
        known=known,
        points=[(title, by_entry(point, ((one.name, one.entries) for one in known))) for title, point in points],
        asked=[_asked(derivation, one, [point for _, point in points], can) for one in exercises],
        matrices=bool(derivation.network.sizes) or any(map(shape_of, derivation.network.names)),
        text=answers,
        file=file,
    )


def _asked(derivation: Derivation, one: Exercise, points: Sequence[Point], can: set[str]) -> Asked:
    if not isinstance(one.answer, Expr):
        return Asked(
            one.label, one.kind, one.question, one.plain, answer=one.answer, tolerance=one.tolerance, digits=one.digits
        )
    return Asked(
        one.label, one.kind, one.question, one.plain,
        lefts=list(_lefts(derivation, one)),
        expected=[_rows(evaluate(one.answer, point)) for point in points],
        later=[delta.name for delta in later_signals(derivation, one)],
        lacking=not can.issuperset(_CALLED.findall(text(one.answer, unicode=False))),
    )  # fmt: skip


def _lefts(derivation: Derivation, one: Exercise) -> Iterator[str]:
    """How what is asked may be written before an equals sign."""
    assert isinstance(one.left, Expr), "formulas are asked for expressions"
    for names in names_of(derivation, one.left, about(derivation, one.left)):
        for unicode in (False, True):
            said = [text(name, unicode=unicode) for name in names]
            if len(said) == 1:
                yield said[0]
            else:
                yield from (f"{d}{said[0]}/{d}{said[1]}" for d in "d∂")


# Points


def _points(derivation: Derivation, formulas: Sequence[Expr], values: Values) -> list[tuple[str, Point]]:
    """Points with their titles, and the values of all names there: that of the sheet, and such as tell most."""
    if not formulas:
        return []
    own, drawn = derivation.network.kind[DRAWS](derivation, values.point)
    whole = [_whole(derivation, point) for point in ([own] if own else [])]
    found = [point for point in (_whole(derivation, each) for each in drawn) if point]
    first = whole[0] if whole and whole[0] else None
    size = sum(int(np.size(value)) for value in (first or (found[0] if found else {})).values())
    count = min(MOST_POINTS, MOST_NUMBERS // size) if size else 0
    if count < LEAST_POINTS:
        return []
    chosen = _telling(derivation, formulas, found, count - (first is not None))
    titled = [(f"point {k}", point) for k, point in enumerate(chosen, start=1)]
    return titled if first is None else [("this sheet", first), *titled]


def _of_scalars(derivation: Derivation, own: Mapping[str, Any]) -> tuple[Point, list[Point]]:
    return dict(own), scalar_points(derivation, DRAWN)


def _of_matrices(derivation: Derivation, own: Mapping[str, Any]) -> tuple[Point, list[Point]]:
    given = own or {s.name: v for s in derivation.network.leaves if (v := made_up(derivation).get(s.name)) is not None}
    if not given:
        return {}, []
    point, sizes = fit(derivation.network, given)
    return (point if own else {}), points_at(derivation, sizes, DRAWN)


DRAWS = Question(__name__, "where its formulas are tried", {SCALARS: _of_scalars, MATRICES: _of_matrices})


def _whole(derivation: Derivation, point: Point) -> Point:
    """The values of all names at a point; nothing where one is not finite."""
    try:
        values = with_signals(derivation, forward(derivation.network, point))
    except (SymbackpropError, np.linalg.LinAlgError):
        return {}
    return values if all(np.isfinite(value).all() for value in values.values()) else {}


def _telling(derivation: Derivation, formulas: Sequence[Expr], points: Sequence[Point], count: int) -> list[Point]:
    """Points on either side of each kink, and where answers are not zero; then others, in the order of drawing."""
    network = derivation.network
    kinks = [] if any(map(shape_of, network.names)) else [k for e in network.to_loss.values() for k in kinks_of(e)]
    seen: dict[tuple[int, float], int] = {}
    chosen: list[int] = []
    for at, point in enumerate(points):
        signs = np.sign(evaluate_all(kinks, point)) if kinks else ()
        told = [(k, float(sign)) for k, sign in enumerate(signs)]
        told += [(-1 - k, float(np.any(evaluate(formula, point)))) for k, formula in enumerate(formulas)]
        if len(chosen) < count and any(seen.get(one, 0) < TWICE for one in told):
            chosen.append(at)
            for one in told:
                seen[one] = seen.get(one, 0) + 1
    others = [at for at in range(len(points)) if at not in chosen]
    return [points[at] for at in sorted([*chosen, *others[: count - len(chosen)]])]


# How values are handed over


def _known(name: Symbol, point: Point) -> Known:
    rows, columns = np.shape(np.atleast_2d(point[name.name]))
    if not np.ndim(point[name.name]):
        return Known(name.name, ((name.name,),))
    grid = tuple(tuple(f"{name.name}[{i},{j}]" for j in range(1, columns + 1)) for i in range(1, rows + 1))
    return Known(name.name, grid)


def _rows(value: Any) -> list[list[float | None]]:
    array = np.atleast_2d(np.asarray(value, dtype=float))
    return [[float(x) if np.isfinite(x) else None for x in row] for row in array]
