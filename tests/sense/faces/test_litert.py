"""What is done before and after MediaPipe's networks: anchors, boxes, suppression, crops."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moodkiosk.sense.faces import networks
from moodkiosk.sense.faces.landmarks import Region, on_grid
from moodkiosk.sense.faces.litert import crop, ssd
from moodkiosk.sense.faces.litert.hands import SCALE, apart, region_of
from moodkiosk.sense.interpreter import Network

NOISE = np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8)
NO_KEYS = np.zeros((3, 2, 2), np.float32)


@pytest.mark.parametrize(("side_px", "count"), [(128, 896), (192, 2016)])
def test_anchors_are_as_many_as_the_networks_boxes_and_stand_in_the_middle_of_their_places(
    side_px: int, count: int
) -> None:
    middles = ssd.anchors(side_px)
    assert middles.shape == (count, 2)
    np.testing.assert_allclose(middles[0], (4 / side_px, 4 / side_px), rtol=1e-6)
    np.testing.assert_allclose(middles[-1], (1 - 8 / side_px, 1 - 8 / side_px), rtol=1e-6)


def test_boxes_that_overlap_become_their_mean_weighted_by_score() -> None:
    scores = np.array((0.9, 0.6, 0.5), np.float32)
    corners = np.array(((0.1, 0.1, 0.3, 0.3), (0.14, 0.1, 0.34, 0.3), (0.6, 0.6, 0.8, 0.8)), np.float32)
    keys = NO_KEYS.copy()
    keys[1] = 1.0
    near, far = ssd.suppressed(scores, corners, keys)
    assert near.score == pytest.approx(0.9)
    assert near.left == pytest.approx(0.1 + 0.04 * 0.6 / 1.5)
    assert near.width == pytest.approx(0.2)
    np.testing.assert_allclose(near.keys, 0.6 / 1.5, rtol=1e-6)
    assert (far.score, far.left, far.top) == pytest.approx((0.5, 0.6, 0.6))


def test_a_box_without_area_is_kept_and_ends_the_search_as_in_mediapipe() -> None:
    scores = np.array((0.9, 0.8, 0.7), np.float32)
    corners = np.array(((0.2, 0.2, 0.2, 0.2), (0.1, 0.1, 0.3, 0.3), (0.6, 0.6, 0.8, 0.8)), np.float32)
    assert [box.score for box in ssd.suppressed(scores, corners, NO_KEYS)] == pytest.approx([0.9])


def test_only_what_is_sure_enough_and_not_inside_out_is_decoded() -> None:
    middles = np.array(((0.25, 0.25), (0.75, 0.75), (0.5, 0.5)), np.float32)
    raw = np.zeros((3, 6), np.float32)
    raw[:, 2:4] = ((32, 32), (-32, 32), (32, 32))
    logits = np.array((0.0, 200.0, math.log(0.39 / 0.61)), np.float32)
    (only,) = ssd.decoded(raw, logits, middles, 128, 0.4)
    assert only.score == pytest.approx(0.5)
    assert (only.left, only.top, only.width, only.height) == pytest.approx((0.125, 0.125, 0.25, 0.25))
    np.testing.assert_allclose(only.keys, ((0.25, 0.25),))


@given(st.integers(1, 128), st.booleans())
def test_a_letterbox_holds_the_picture_in_its_middle_and_boxes_come_back(short: int, upright: bool) -> None:
    rgb = np.full((128, short, 3) if upright else (short, 128, 3), 200, np.uint8)
    square, left, top = crop.letterboxed(rgb, 128)
    assert square.shape == (128, 128, 3)
    assert int(square.astype(np.int64).sum()) == pytest.approx(int(rgb.astype(np.int64).sum()), rel=0.01)
    assert (left, top) == (((128 - short) / 256, 0.0) if upright else (0.0, (128 - short) / 256))
    whole = ssd.Box(1.0, left, top, 1 - 2 * left, 1 - 2 * top, np.array(((0.5, 0.5),), np.float32)).unboxed(left, top)
    assert (whole.left, whole.top, whole.width, whole.height) == pytest.approx((0, 0, 1, 1))
    np.testing.assert_allclose(whole.keys, 0.5, atol=1e-6)


@given(st.floats(-50, 700), st.floats(-50, 500), st.floats(20, 600), st.floats(-math.pi, math.pi))
def test_what_the_mesh_is_shown_is_cut_out_quickly_and_the_same_to_the_last_bit(
    x: float, y: float, side: float, turn: float
) -> None:
    """Noise shows every place that would be rounded another way: as MediaPipe cuts it out, every bit counts."""
    asked = Region(x, y, side, turn)
    region = on_grid(asked)
    moved = math.hypot(region.x - x, region.y - y), abs(region.side - side)
    turned = abs(math.remainder(region.rotation - turn, math.tau)) * side / 2
    assert max(*moved, turned) < 0.14
    assert crop.quick_turn(region, 192) is not None
    there = cv2.boxPoints(((region.x, region.y), (region.side, region.side), math.degrees(region.rotation)))
    here = np.array(((0, 192), (0, 0), (192, 0), (192, 192)), np.float32)
    matrix = cv2.getPerspectiveTransform(there, here)
    slowly = cv2.warpPerspective(NOISE, matrix, (192, 192), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    np.testing.assert_array_equal(crop.turned(NOISE, region, 192), slowly)


def test_a_region_off_the_grid_is_cut_out_where_it_is() -> None:
    """Hands, and whatever else is not asked for on the grid, are not moved to it."""
    assert crop.quick_turn(Region(320.0, 240.0, 200.0, 0.1), 192) is None


@given(st.floats(-50, 700), st.floats(-50, 500), st.floats(20, 600), st.floats(-math.pi, math.pi), st.floats(0.2, 2))
def test_points_come_back_to_where_they_were_cut_out(
    x: float, y: float, side: float, turn: float, depth: float
) -> None:
    region = Region(x, y, side, turn)
    raw = np.array(((96, 96, 0), (192, 96, 10), (96, 192, -10)), np.float32)
    middle, right, below = crop.projected(raw, region, 192, depth)
    half = side / 2
    np.testing.assert_allclose(middle, (x, y, 0), atol=1e-3)
    np.testing.assert_allclose(right[:2], (x + half * math.cos(turn), y + half * math.sin(turn)), atol=2e-3)
    np.testing.assert_allclose(below[:2], (x - half * math.sin(turn), y + half * math.cos(turn)), atol=2e-3)
    np.testing.assert_allclose((right[2], below[2]), (10 * side / 192 / depth, -10 * side / 192 / depth), rtol=1e-5)


def test_a_turned_crop_is_upright_and_goes_on_beyond_the_edge() -> None:
    rgb = np.zeros((100, 100, 3), np.uint8)
    rgb[:, 50:] = 200
    upright = crop.turned(rgb, Region(50, 50, 40, 0.0), 32)
    on_its_side = crop.turned(rgb, Region(50, 50, 40, math.pi / 2), 32)
    assert upright[16, 2, 0] == 0
    assert upright[16, 29, 0] == 200
    np.testing.assert_array_equal(on_its_side[2, :, 0], 200)
    np.testing.assert_array_equal(crop.turned(rgb, Region(130, 50, 40, 0.0), 32), 200)


def test_grey_levels_go_evenly_from_end_to_end() -> None:
    network = Network(networks.path_of(networks.DETECTOR))
    rgb = np.zeros((128, 128, 3), np.uint8)
    rgb[0, :3] = [[0, 51, 255]] * 3
    crop.show(rgb, network, -1)
    np.testing.assert_allclose(network.input[0, 0, 1], (-1, -0.6, 1), atol=1e-6)
    crop.show(rgb, network)
    np.testing.assert_allclose(network.input[0, 0, 1], (0, 0.2, 1), atol=1e-6)


def test_the_region_of_a_hand_lies_towards_its_fingers() -> None:
    upright = ssd.Box(1.0, 0.4, 0.4, 0.2, 0.2, np.array(((0.5, 0.6), (0, 0), (0.5, 0.4)), np.float32))
    region = region_of(upright, 200.0, 0.0, 50.0)
    assert (region.x, region.y, region.side) == pytest.approx((100, 30, SCALE * 40))
    assert region.rotation == pytest.approx(0)
    lying = ssd.Box(1.0, 0.4, 0.4, 0.2, 0.2, np.array(((0.4, 0.5), (0, 0), (0.6, 0.5)), np.float32))
    assert region_of(lying, 200.0, 0.0, 0.0).x == pytest.approx(120)


def test_of_two_regions_of_one_hand_the_later_stays() -> None:
    first, same, other = Region(100, 100, 50), Region(105, 100, 50), Region(200, 100, 50)
    assert apart([first, other, same]) == [other, same]
