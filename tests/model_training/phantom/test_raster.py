"""Projection of the patient onto the detector and drawing through it."""

import numpy as np
import pytest

from model_training.phantom.raster import Projection, band, spline

VIEW = Projection.place(200, 2.0, (0.5, 0.4), np.array([10.0, 20.0]), 30.0)


def test_the_named_point_lies_where_it_was_put() -> None:
    assert VIEW.to_pixels([(10, 20)])[0] == pytest.approx([100, 80])


def test_the_grids_are_the_inverse_of_the_projection() -> None:
    for row, column in ((0, 0), (17, 180), (199, 63)):
        located = VIEW.to_pixels([(VIEW.x[row, column], VIEW.y[row, column])])[0]
        assert located == pytest.approx([column + 0.5, row + 0.5], abs=1e-3)


def test_a_positive_tilt_turns_the_body_axis_clockwise_on_the_image() -> None:
    head, feet = VIEW.to_pixels([(10, -80), (10, 120)])
    assert head[1] < feet[1]
    assert head[0] > feet[0]


def test_a_polygon_covers_its_area() -> None:
    square = VIEW.polygon([(0, 0), (100, 0), (100, 100), (0, 100)])
    assert square.sum() * VIEW.mm_per_pixel**2 == pytest.approx(10_000, rel=0.08)  # cv2 fills the border pixels too
    assert VIEW.polygon([(0, 0), (100, 0), (100, 100), (0, 100)], 3.0).sum() == pytest.approx(square.sum(), rel=0.01)


def test_a_line_thinner_than_a_pixel_is_drawn_fainter() -> None:
    sums = []
    for width in (0.5, 1.0, 2.0):
        canvas = VIEW.canvas()
        VIEW.stroke(canvas, [(-60, 20), (60, 20)], 200, width)
        sums.append(int(canvas.sum()))
    assert sums[0] == pytest.approx(sums[2] / 4, rel=0.1)
    assert sums[1] == pytest.approx(sums[2] / 2, rel=0.1)


def test_a_reduced_view_shows_the_same_patient() -> None:
    half = VIEW.reduced(2)
    assert half.side == 100
    assert half.mm_per_pixel == 4.0
    assert half.to_pixels([(33, -12)])[0] == pytest.approx(VIEW.to_pixels([(33, -12)])[0] / 2)


def test_an_inflated_disc_is_round() -> None:
    turn = np.linspace(0, 2 * np.pi, 200)
    disc = VIEW.polygon(np.column_stack([10 + 60 * np.cos(turn), 20 + 60 * np.sin(turn)]))
    thickness = VIEW.inflated(disc, 60)
    row, column = 80, 100  # the centre
    assert thickness[row, column] == pytest.approx(1, abs=0.02)
    assert thickness[row, column + 15] == pytest.approx(np.sqrt(1 - 0.5**2), abs=0.04)


def test_a_spline_passes_through_its_points() -> None:
    points = np.array([(0, 0), (10, 5), (20, -5), (40, 0)])
    curve = spline(points, 400)
    for point in points:
        assert np.hypot(*(curve - point).T).min() < 0.1


def test_a_band_has_the_asked_width() -> None:
    outline = band(np.column_stack([np.linspace(0, 50, 11), np.zeros(11)]), 8)
    assert outline.shape == (22, 2)
    assert np.abs(outline[:, 1]) == pytest.approx(np.full(22, 4.0))
