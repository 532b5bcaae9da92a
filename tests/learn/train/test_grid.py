"""A grid on which the last digit of an engine's answers is none of training's."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from moodkiosk.learn.train import grid

STEP = 0.125


def some(count: int = 2000) -> NDArray[np.float32]:
    return -np.abs(np.random.default_rng(0).normal(0, 2, count)).astype(np.float32)


def test_every_value_goes_to_the_nearest_place_and_stays_there() -> None:
    values, start = some(), 0.03
    placed = grid.on_grid(values, STEP, start)
    assert np.abs(placed - values).max() <= STEP / 2 + 1e-6
    np.testing.assert_allclose(np.round((placed - start) / STEP), (placed - start) / STEP, atol=1e-4)
    np.testing.assert_array_equal(grid.on_grid(placed, STEP, start), placed)


def test_what_changes_by_less_than_the_margin_goes_to_the_same_place_and_by_more_it_need_not() -> None:
    values = some()
    start, margin = grid.widest(values, STEP)
    placed = grid.on_grid(values, STEP, start)
    for side in (-0.99, 0.99):
        np.testing.assert_array_equal(grid.on_grid(values + np.float32(side * margin), STEP, start), placed)
    moved = [grid.on_grid(values + np.float32(side * 1.1 * margin), STEP, start) for side in (-1, 1)]
    assert any((other != placed).any() for other in moved)


def test_no_start_has_a_wider_margin_than_the_one_that_is_found() -> None:
    values = some(50)
    start, margin = grid.widest(values, STEP)
    assert grid.margin(values, STEP, start) == pytest.approx(margin, rel=1e-6)
    assert max(grid.margin(values, STEP, other) for other in np.linspace(0, STEP, 400)) <= margin + 1e-9
