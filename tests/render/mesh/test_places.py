"""Places on a fine grid: what looks at itself is the photo, what moves is found, and strips join without a seam."""

from __future__ import annotations

import numpy as np
import pytest

from pctalk_studio.render.mesh.fields import STILL, Grid
from pctalk_studio.render.mesh.places import PlaceGrid
from pctalk_studio.render.mesh.warp import Texture

SIZE = (130, 120)


def grid_of(step: int) -> tuple[Grid, PlaceGrid]:
    coarse = Grid.over(np.zeros(2), np.array(SIZE, np.float64), 2 * step)
    return coarse, PlaceGrid.over(coarse, SIZE)


def whole(grid: PlaceGrid, places: np.ndarray) -> np.ndarray:
    """Where every pixel of the picture looks, in its own pixels, [h, w, 2]."""
    return np.dstack(grid.look_up(places, (0, 0, grid.columns, grid.rows))) / 2


def pixels() -> np.ndarray:
    ys, xs = np.mgrid[: SIZE[1], : SIZE[0]]
    return np.stack([xs, ys], -1)


@pytest.mark.parametrize("step", [1, 3, 4, 7])
def test_what_looks_at_itself_is_the_photo_bit_by_bit(step):
    photo = np.random.default_rng(0).integers(0, 256, (SIZE[1], SIZE[0], 3)).astype(np.uint8)
    _, grid = grid_of(step)
    for cells in ((0, 0, grid.columns, grid.rows), grid.cells((17, 33, 90, 61)), grid.cells((100, 90, 400, 400))):
        drawn = Texture.of(photo).look_up(*grid.look_up(grid.still, cells))
        assert np.array_equal(drawn, photo[grid.pixels(cells)])


def test_cells_cover_their_box_and_no_more():
    _, grid = grid_of(4)
    rows, columns = grid.pixels(grid.cells((17, 33, 90, 61)))
    assert (rows.start, rows.stop, columns.start, columns.stop) == (32, 64, 16, 92)
    outside = grid.pixels(grid.cells((200, -50, 300, -10)))
    assert outside[0].start >= outside[0].stop
    assert grid.pixels((0, 0, grid.columns, grid.rows)) == (slice(0, SIZE[1]), slice(0, SIZE[0]))


def test_places_follow_a_field_and_count_from_any_corner():
    coarse, grid = grid_of(4)
    places = grid.of((0.1 * coarse.nodes - 3).astype(np.float32))
    # Beyond the grid a field stays what it is at its border.
    assert np.abs(whole(grid, places) - (1.1 * pixels() - 3))[24:-24, 24:-24].max() < 0.05
    cells = grid.cells((16, 32, 64, 64))
    at, from_corner = (np.dstack(grid.look_up(places, cells, corner)) for corner in ((0, 0), (31.5, 63.5)))
    assert np.allclose(at - from_corner, (31.5, 63.5), atol=1e-4)
    assert np.allclose(at / 2, whole(grid, places)[grid.pixels(cells)], atol=1e-4)


@pytest.mark.parametrize(("row", "column"), [(0, 0), (9, 3), (28, 30)])
def test_strips_hold_whatever_moves(row, column):
    coarse, grid = grid_of(2)
    field = np.zeros_like(coarse.nodes)
    field[row, column] = (3.0, -1.0)
    field[row // 2, column // 2] += (0.0, 0.04)
    places = grid.of(field)
    drawn = np.zeros((SIZE[1], SIZE[0]), int)
    for strip in grid.moving(places):
        drawn[grid.pixels(strip)] += 1
    moved = (np.abs(whole(grid, places) - pixels()) > STILL).any(-1)
    assert moved.any()
    assert drawn[moved].all()
    assert drawn.max() == 1
    assert drawn.mean() < 0.6


def test_where_nothing_moves_there_are_no_strips():
    _, grid = grid_of(4)
    assert grid.moving(grid.still) == ()
