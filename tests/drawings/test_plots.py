"""Plots: scales and ticks, curves that are thinned, lines of equal height, heat maps."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import pytest

from symbackprop.drawings.axes import Scale, thinned
from symbackprop.drawings.boxes import box_of, overlap
from symbackprop.drawings.contour import contour
from symbackprop.drawings.picture import Cells, Polyline
from symbackprop.drawings.plane import Plane, boundary, finer, surface
from symbackprop.drawings.plots import Curve, change, curves, losses, rates
from symbackprop.drawings.svg import svg
from symbackprop.drawings.tikz import tikz


@pytest.mark.parametrize(
    ("numbers", "ticks"),
    [
        ([0.0, 45.0], [0, 10, 20, 30, 40, 50]),
        ([-1.2, 3.4], [-2, 0, 2, 4]),
        ([0.2985, 0.0364], [0, 0.1, 0.2, 0.3]),
        ([7.0], [6, 6.5, 7, 7.5, 8]),
        ([], [0, 0.2, 0.4, 0.6, 0.8, 1]),
        ([math.inf, 2.0, 1.0, math.nan], [1, 1.2, 1.4, 1.6, 1.8, 2]),
    ],
)
def test_ticks_are_round(numbers, ticks):
    assert Scale.of(numbers).ticks() == pytest.approx(ticks)


def test_numbers_far_apart_have_a_logarithmic_scale():
    scale = Scale.of([3.0, 2e-4, 0.5], zero=True, may_be_logarithmic=True)
    assert (scale.logarithmic, scale.low, scale.high) == (True, pytest.approx(1e-4), 10.0)
    assert scale.part(1e-4) == pytest.approx(0.0)
    assert scale.part(10.0) == pytest.approx(1.0)
    assert scale.part(0.0) == 0.0
    assert not Scale.of([1.0, 2.0], zero=True, may_be_logarithmic=True).logarithmic
    assert not Scale.of([-1.0, 2000.0], may_be_logarithmic=True).logarithmic
    assert len(Scale.of([1e-300, 1.0], may_be_logarithmic=True).ticks()) <= 8


def test_what_is_left_out_of_a_line_is_not_seen():
    points = [(k / 10, 20 * math.sin(k / 60)) for k in range(2000)]
    kept = thinned(points)
    assert len(kept) < 200
    assert kept[0] == points[0]
    assert kept[-1] == points[-1]
    for x, y in points[::7]:
        a, b = next(pair for pair in pairwise(kept) if pair[0][0] <= x <= pair[1][0])
        slope = (b[1] - a[1]) / (b[0] - a[0])
        assert abs(y - (a[1] + slope * (x - a[0]))) / math.hypot(1, slope) < 0.121
    assert thinned([(1.0, 2.0)]) == ((1.0, 2.0),)
    assert thinned([]) == ()


def test_a_contour_runs_where_the_height_is():
    n = 21
    values = [[math.hypot(x - 10, y - 10) for x in range(n)] for y in range(n)]
    [circle] = contour(values, 6.0)
    assert circle[0] == circle[-1]
    assert all(abs(math.hypot(x - 10, y - 10) - 6) < 0.05 for x, y in circle)
    assert contour(values, 99.0) == []
    saddle = contour([[1.0, 0.0], [0.0, 1.0]], 0.5)
    assert len(saddle) == 2
    assert contour([[math.nan, 1.0], [0.0, 0.0]], 0.5) == []


def test_finer_cells_keep_the_middle_ones():
    values = [[1.0, 4.0], [7.0, -2.0]]
    fine = finer(values)
    assert [row[1::3] for row in fine[1::3]] == values
    assert (len(fine), len(fine[0])) == (6, 6)


def test_curves_can_be_told_apart_without_colours():
    picture = rates({f"{k}": [1.0 / (k + e) for e in range(1, 30)] for k in range(1, 9)}, "E", "net", "loss E")
    lines = [part for part in picture.parts if isinstance(part, Polyline) and part.name]
    assert len(lines) == 6  # of eight some are left out
    assert len({line.dashes for line in lines}) == 6
    assert len([label for label in picture.labels() if label.role == "key"]) == 6


@pytest.mark.parametrize(
    "numbers",
    [
        [0.3, 0.2],
        [1e-30, 5.0, 2.0],
        [0.0] * 4,
        [-1.0, -5.0, 3.0],
        [1.0, math.inf],
        [math.nan] * 3,
        [2.0] * 900,
        [1e300, 1e-300],
    ],
)
def test_any_losses_are_drawn(numbers):
    picture = losses(numbers, "0.5", "E", "net", "loss E")
    for text in (svg(picture), tikz(picture)):
        assert "nan" not in text
        assert "inf" not in text.replace("infty", "")
    boxes = [(label.latex, box_of(label)) for label in picture.labels()]
    assert [pair for pair in combinations(boxes, 2) if overlap(pair[0][1], pair[1][1]) > 1.0] == []


def test_words_say_how_a_curve_goes():
    assert change([0.5, 0.1]) == "goes from 0.5 to 0.1"
    assert change([0.5, 0.1, 0.3]) == "goes from 0.5 to 0.3, with its lowest point, 0.1, at epoch 1"
    assert change([0.5, math.inf]) == "goes from 0.5 to 0.5, and then is no number any more"
    assert change([math.nan]) == "has no finite numbers"


def test_a_curve_has_a_gap_where_it_has_no_number():
    picture = curves([Curve("E", [1.0, 2.0, math.nan, 2.0, 1.0])], "x", "E", "t", "w")
    assert len([part for part in picture.parts if isinstance(part, Polyline) and part.name]) == 2


def plane():
    values = [[(x + y) / 20 for x in range(11)] for y in range(11)]
    return Plane((0.0, 1.0), (-1.0, 1.0), values, "x_1", "x_2")


def test_the_boundary_of_a_plane_is_where_the_output_is_one_half():
    picture = boundary(plane(), [(0, 0, 0.0), (1, 1, 1.0)], "y", "t", "net")
    [line] = [part for part in picture.parts if isinstance(part, Polyline) and part.name == "boundary"]
    [cells] = [part for part in picture.parts if isinstance(part, Cells) and len(part.rows) > 1]
    x = [point[0] for point in line.points]
    assert max(x) - min(x) == pytest.approx(cells.width * 10 / 11)
    assert cells.rows[0][-1] > cells.rows[0][0]  # the first row is on top
    assert cells.rows[-1][0] < cells.rows[0][0]
    assert "never" in boundary(Plane((0, 1), (0, 1), [[0.2] * 3] * 3, "x", "y"), [], "y", "t", "net").words


def test_a_surface_has_the_way_of_the_weights():
    picture = surface(plane(), [(0.1, -0.9), (0.5, 0.0), (0.9, 0.2)], "E", "net", "words")
    [path] = [part for part in picture.parts if isinstance(part, Polyline) and part.name == "path"]
    assert len(path.points) == 3
    assert picture.words == "words"
    flat = surface(Plane((0, 1), (0, 1), [[math.inf, 1.0], [1.0, 1.0]], "x", "y"), [(0.5, 0.5)], "E", "n", "w")
    assert "nan" not in svg(flat)
