"""Grids, fields, folds and sampling, against cases whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from pctalk_studio.render.mesh.fields import (
    MIN_DETERMINANT,
    Grid,
    Spread,
    WeightMap,
    determinants,
    inverted,
    ironed,
    joined,
    largest_factor,
    node_numbers,
)
from pctalk_studio.render.mesh.warp import Texture, Window


@pytest.fixture
def grid():
    return Grid.over(np.array([10.0, 20.0]), np.array([90.0, 80.0]), 4)


def bump(grid, height):
    """A smooth push to the right and down in the middle of a grid."""
    away = (grid.nodes - grid.nodes.mean((0, 1))) / 18
    return (np.exp(-(away**2).sum(-1))[..., None] * np.float32([height, 0.5 * height])).astype(np.float32)


def picture(height=120, width=130, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)


def test_doubled_texture_holds_the_photo_bit_by_bit():
    photo = picture()
    doubled = Texture.of(photo).doubled
    assert doubled.shape == (239, 259, 3)
    assert np.array_equal(doubled[::2, ::2], photo)


def test_a_field_of_zeros_draws_the_photo_bit_by_bit(grid):
    photo = picture()
    window = Window.of(grid, (130, 120))
    drawn = Texture.of(photo).look_up(*window.look_up(np.zeros_like(grid.nodes)))
    assert np.array_equal(drawn, photo[window.slices])


def test_nodes_enlarge_to_the_pixels_between_them(grid):
    """A field that is linear in the position stays exact, also in a part of the window."""
    field = (0.1 * grid.nodes).astype(np.float32)
    whole = Window.of(grid, (130, 120))
    part = whole.within((30, 40, 60, 70))
    for window in (whole, part):
        looked_at = np.dstack(window.look_up(field))[8:-8, 8:-8] / 2
        ys, xs = np.mgrid[window.y0 + 8 : window.y1 - 8, window.x0 + 8 : window.x1 - 8]
        assert np.abs(looked_at - 1.1 * np.stack([xs, ys], -1)).max() < 0.02


def test_inversion_undoes_a_field(grid):
    forward = bump(grid, 6.0)
    backward = inverted(forward, grid.step, node_numbers(grid.rows, grid.columns))
    # Following the inverse and then the field must lead back: B(y) + U(y + B(y)) = 0.
    from_there = (node_numbers(grid.rows, grid.columns) + backward / grid.step).reshape(-1, 2)
    x, y = from_there[:, 0], from_there[:, 1]
    j, i = np.clip(x.astype(int), 0, grid.columns - 2), np.clip(y.astype(int), 0, grid.rows - 2)
    f, g = (x - j)[:, None], (y - i)[:, None]
    near = (1 - g) * ((1 - f) * forward[i, j] + f * forward[i, j + 1]) + g * (
        (1 - f) * forward[i + 1, j] + f * forward[i + 1, j + 1]
    )
    inside = (x >= 0) & (y >= 0) & (x < grid.columns - 1) & (y < grid.rows - 1)
    assert np.abs(backward.reshape(-1, 2) + near)[inside].max() < 0.05


def test_determinant_of_a_uniform_stretch(grid):
    trace, determinant = determinants((0.2 * grid.nodes).astype(np.float32), grid.step)
    assert np.allclose((1 + trace + determinant)[1:-1, 1:-1], 1.44, atol=1e-3)


def test_largest_factor_keeps_the_least_determinant(grid):
    forward = bump(grid, 60.0)
    everywhere = np.ones((grid.rows, grid.columns), bool)
    factor = largest_factor(forward, grid.step, everywhere)
    assert 0 < factor < 1
    trace, determinant = determinants(forward * np.float32(factor), grid.step)
    assert (1 + trace + determinant).min() == pytest.approx(MIN_DETERMINANT, abs=1e-3)
    assert largest_factor(bump(grid, 1.0), grid.step, everywhere) == 1.0


def test_ironing_leaves_smooth_fields_alone_and_removes_a_local_fold(grid):
    everywhere = np.ones((grid.rows, grid.columns), bool)
    smooth = bump(grid, 6.0)
    assert ironed(smooth, grid.step, everywhere) is smooth
    folded = smooth.copy()
    folded[grid.rows // 2, grid.columns // 2] += (14, 0)
    flat = ironed(folded, grid.step, everywhere)
    trace, determinant = determinants(flat, grid.step)
    assert (1 + trace + determinant).min() > MIN_DETERMINANT
    assert np.array_equal(flat[0], folded[0])
    assert np.array_equal(flat[:, 0], folded[:, 0])


def test_the_nearest_triangle_covers_a_node(grid):
    points = np.array([[10, 20], [90, 20], [50, 80], [10, 20], [90, 20], [50, 80]], np.float64)
    depth = np.array([5.0, 5, 5, 1, 1, 1])
    spread = Spread.of(grid, points, depth, np.array([[0, 1, 2], [3, 4, 5]], np.int32))
    assert spread.covered.any()
    assert set(np.unique(spread.corners[spread.covered])) == {3, 4, 5}
    place = spread.values(np.pad(points, ((0, 0), (0, 0))).astype(np.float32))
    assert np.abs(place - grid.nodes)[spread.covered].max() < 1e-3
    assert not spread.values(points.astype(np.float32))[~spread.covered].any()


def test_only_what_moves_is_marked(grid):
    field = np.zeros_like(grid.nodes)
    assert grid.moved(field) == (0, 0, 0, 0)
    field[5, 7] = (0.5, 0)
    x0, y0, x1, y1 = grid.moved(field)
    x, y = grid.nodes[5, 7]
    assert x0 <= x - 2 * grid.step < x + 2 * grid.step < x1
    assert y0 <= y - 2 * grid.step < y + 2 * grid.step < y1


def test_near_boxes_are_joined_and_far_ones_are_not():
    right, left, chin = (10, 20, 50, 60), (60, 24, 100, 58), (40, 200, 80, 230)
    assert joined((right, left, chin)) == ((10, 20, 100, 60), chin)
    assert joined((right, chin)) == (right, chin)
    assert joined(()) == ()


def test_rows_of_a_sheet_move_as_in_the_whole(grid):
    random = np.random.default_rng(3)
    weights = random.normal(size=(grid.rows, grid.columns, 5)).astype(np.float32)
    sheet = WeightMap.of(grid, weights, random.random((grid.rows, grid.columns)) < 0.5)
    handles = random.normal(size=(5, 2)).astype(np.float32)
    for top, bottom in ((0, grid.rows), (4, 9), (-3, 5), (7, grid.rows + 10)):
        part, rows = sheet.rows(top, bottom), slice(max(top, 0), bottom)
        assert np.array_equal(part.grid.nodes, grid.nodes[rows])
        assert np.array_equal(part.valid, sheet.valid[rows])
        assert np.allclose(part.forward(handles), sheet.forward(handles)[rows], atol=1e-5)
