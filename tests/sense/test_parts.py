"""The parts of sense that need no picture: own neutral faces, the camera's switch, pace, models."""

from __future__ import annotations

import stat
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moodkiosk.config.settings import SenseSettings
from moodkiosk.moods.reading import Quality, Reading
from moodkiosk.sense.actor.actor import Role, picture
from moodkiosk.sense.actor.drawn.brush import Pose
from moodkiosk.sense.actor.drawn.looks import EXPRESSIONS, random_looks
from moodkiosk.sense.camera.switch import CameraSwitch
from moodkiosk.sense.faces.detector import SMALLEST_SHARE, Tile, tiles_of
from moodkiosk.sense.faces.landmarks import Region
from moodkiosk.sense.faces.quality import ramp
from moodkiosk.sense.faces.search import Search
from moodkiosk.sense.mood import model
from moodkiosk.sense.mood.bundle import BadModel
from moodkiosk.sense.mood.calibration import Calibration, NotCalibrated
from moodkiosk.sense.mood.measures import FACE_MEASURES
from moodkiosk.sense.mood.models import Models
from moodkiosk.sense.mood.neutral import PEOPLE, Neutrals
from moodkiosk.sense.pace import Pace, Thermometer

COUNT = len(FACE_MEASURES)


def looks(value: float, count: int = 5) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    """Measures of some looks; one of them far off, as in a blink."""
    usual: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = np.full(COUNT, value, np.float32)
    return [usual] * count + [np.full_like(usual, 99.0)]


# Own neutral faces


def test_the_median_of_a_calibration_is_kept_over_a_restart_and_nothing_else(tmp_path: Path) -> None:
    assert Neutrals(tmp_path).learn("Ada", looks(0.25)) == "Ada"
    kept = Neutrals(tmp_path)
    assert kept.people == ("Ada",)
    assert kept.current is not None
    assert kept.current.person == "Ada"
    np.testing.assert_array_equal(kept.current.measures, np.full(COUNT, 0.25, np.float32))
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.stat().st_size < 2000


def test_the_measures_of_hands_are_not_part_of_a_neutral_face(tmp_path: Path) -> None:
    neutrals = Neutrals(tmp_path)
    neutrals.learn("Ada", [np.arange(COUNT + 40, dtype=np.float32)] * 3)
    assert neutrals.current is not None
    np.testing.assert_array_equal(neutrals.current.measures, np.arange(COUNT, dtype=np.float32))


def test_with_one_person_known_that_one_is_in_front_and_with_two_it_must_be_said(tmp_path: Path) -> None:
    neutrals = Neutrals(tmp_path)
    neutrals.learn("Ada", looks(0.1))
    neutrals.learn("Bob", looks(0.2))
    assert neutrals.person == "Bob"  # who was looked at last
    neutrals.choose("ada")
    assert Neutrals(tmp_path).person == "Ada"
    neutrals.choose("")
    assert Neutrals(tmp_path).person is None
    with pytest.raises(KeyError):
        neutrals.choose("Eve")


def test_whoever_gives_no_name_gets_one(tmp_path: Path) -> None:
    neutrals = Neutrals(tmp_path)
    assert neutrals.learn("", looks(0.1)) == "me"
    assert neutrals.learn("", looks(0.2)) == "me"
    neutrals.learn("Ada", looks(0.3))
    assert neutrals.learn("", looks(0.4)) == "Ada"


def test_forgetting_deletes(tmp_path: Path) -> None:
    neutrals = Neutrals(tmp_path)
    for name in ("Ada", "Bob", "Cy"):
        neutrals.learn(name, looks(0.1))
    assert neutrals.forget("ada")
    assert not neutrals.forget("Eve")
    assert Neutrals(tmp_path).people == ("Bob", "Cy")
    assert neutrals.forget("")
    assert list(tmp_path.iterdir()) == []
    assert neutrals.current is None


def test_forgetting_one_does_not_undo_that_nobody_in_particular_is_in_front(tmp_path: Path) -> None:
    neutrals = Neutrals(tmp_path)
    for name in ("Ada", "Bob"):
        neutrals.learn(name, looks(0.1))
    neutrals.choose("")
    neutrals.forget("Bob")
    assert neutrals.person is None
    assert Neutrals(tmp_path).person is None


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"schema": "face-1", "people": {"Ada": {"x": 1}}}']
)
def test_a_damaged_file_of_neutral_faces_does_no_harm(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "neutral.json").write_bytes(content)
    neutrals = Neutrals(tmp_path)
    assert neutrals.people == ()
    neutrals.learn("Ada", looks(0.1))
    assert Neutrals(tmp_path).people == ("Ada",)


def test_no_more_people_than_live_in_a_household(tmp_path: Path) -> None:
    neutrals = Neutrals(tmp_path)
    for index in range(PEOPLE):
        neutrals.learn(f"p{index}", looks(0.1))
    with pytest.raises(ValueError, match="forget somebody first"):
        neutrals.learn("one more", looks(0.1))


def calibrated(*readings: Reading) -> int:
    calibration = Calibration(1, "Ada", 0.0)
    for reading in readings:
        calibration.see(reading, np.zeros(COUNT, np.float32))
    return len(calibration.measures())


def view(track: int | None, reason: str | None = None) -> Reading:
    """A look at somebody; `reason`: what is wrong with the view."""
    return Reading(0.0, 1, track, quality=Quality(0.2 if reason else 0.9, reason, 80.0, 100.0))


def test_a_calibration_counts_good_views_of_one_person() -> None:
    assert calibrated(*[view(1)] * 20, *[view(1, "too dark")] * 5, view(2)) == 20
    with pytest.raises(NotCalibrated, match="several people"):
        calibrated(*[view(1)] * 20, *[view(2)] * 15)
    with pytest.raises(NotCalibrated, match="not good enough: too dark"):
        calibrated(*[view(1, "too dark")] * 20, *[view(1, "too far")] * 2)
    with pytest.raises(NotCalibrated, match="nobody"):
        calibrated(*[view(None)] * 20)


# The camera's switch


def test_a_camera_that_was_switched_off_stays_off_over_a_restart(tmp_path: Path) -> None:
    switch = CameraSwitch(tmp_path / "state")
    assert switch.state(0.0) == "on"
    switch.turn(on=False)
    assert CameraSwitch(tmp_path / "state").state(0.0) == "off"
    switch.turn(on=True)
    assert CameraSwitch(tmp_path / "state").state(0.0) == "on"


def test_while_act_is_about_to_say_the_camera_stays_closed_but_not_for_ever(tmp_path: Path) -> None:
    switch = CameraSwitch(tmp_path)
    switch.await_word(10.0)
    assert [switch.state(at) for at in (10.0, 12.9, 13.0)] == ["off", "off", "on"]


def test_a_lease_lapses_ten_seconds_after_it_was_last_asked_for(tmp_path: Path) -> None:
    switch = CameraSwitch(tmp_path)
    switch.lend(0.0)
    switch.lend(6.0)
    assert [switch.state(at) for at in (6.0, 15.9, 16.0)] == ["lent", "lent", "on"]
    switch.lend(20.0)
    switch.turn(on=False)
    assert [switch.state(at) for at in (25.0, 30.0)] == ["lent", "off"]


# Pace


def machine(folder: Path, celsius: float | None, throttled: str | None = None) -> Thermometer:
    """The temperature files of a machine."""
    zone = folder / "class/thermal/thermal_zone0"
    zone.mkdir(parents=True, exist_ok=True)
    (zone / "temp").write_text("" if celsius is None else f"{celsius * 1000:.0f}\n")
    if throttled is not None:
        file = folder / "devices/platform/soc/soc:firmware/get_throttled"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{throttled}\n")
    return Thermometer(folder, vcgencmd="")


def test_the_pace_follows_who_is_there(tmp_path: Path) -> None:
    pace = Pace(SenseSettings(), machine(tmp_path, 50))
    assert (pace.interval(0.0), pace.name) == (0.5, "idle")
    pace.see(1, 1.0)
    assert (pace.interval(1.0), pace.name) == (0.2, "active")
    pace.see(0, 1.2)
    assert pace.interval(3.9) == 0.2
    assert (pace.interval(4.1), pace.name) == (0.5, "idle")
    assert pace.interval(4.2, least_hz=10.0) == 0.1


@pytest.mark.parametrize(
    ("look_seconds", "rate_hz"), [(0.02, 5.0), (0.12, 5.0), (0.15, 4.0), (0.2, 3.0), (0.3, 2.0), (0.6, 1.0), (2.6, 1.0)]
)
def test_the_rate_follows_how_long_a_look_takes_unless_it_is_a_number(
    look_seconds: float, rate_hz: float, tmp_path: Path
) -> None:
    for active, expected in (("auto", rate_hz), (5.0, 5.0), (0.5, 0.5)):
        pace = Pace(SenseSettings(active_rate_hz=active, idle_rate_hz=0.5), machine(tmp_path, 50))  # type: ignore[arg-type]
        pace.see(1, 0.0)
        assert 1 / pace.interval(0.0) == (5.0 if active == "auto" else active)  # nothing is known yet
        for _ in range(5):
            pace.times.add(look_seconds)
        assert 1 / pace.interval(0.1) == pytest.approx(expected)
        assert pace.active_hz == pytest.approx(expected)
        assert 1 / pace.interval(9.0) == 0.5  # nobody is there


def test_nobody_is_looked_for_no_more_often_than_somebody_is_looked_at(tmp_path: Path) -> None:
    pace = Pace(SenseSettings(idle_rate_hz=4.0), machine(tmp_path, 50))
    for _ in range(5):
        pace.times.add(0.3)
    assert 1 / pace.interval(0.0) == pytest.approx(2.0)


def test_a_hot_processor_is_spared_until_it_has_cooled_by_some_degrees(tmp_path: Path) -> None:
    thermometer = machine(tmp_path, 77)
    pace = Pace(SenseSettings(), thermometer)
    found = []
    for at, celsius in enumerate((77, 78, 75, 74, 72.9, 77)):
        machine(tmp_path, celsius)
        pace.see(1, 20.0 * at)
        found.append((pace.interval(20.0 * at), pace.name))
    hot, cool = (1.0, "hot"), (0.2, "active")
    assert found == [cool, hot, hot, hot, cool, cool]


@pytest.mark.parametrize(
    ("bits", "slow"), [("0", False), ("50000", False), ("1", False), ("4", True), ("0x50005", True), ("8", True)]
)
def test_a_throttled_processor_is_spared_and_past_trouble_is_not(tmp_path: Path, bits: str, slow: bool) -> None:
    pace = Pace(SenseSettings(), machine(tmp_path, 40, bits))
    pace.interval(0.0)
    assert (pace.name == "hot") == slow


def test_vcgencmd_is_asked_where_there_is_no_file_and_may_fail(tmp_path: Path) -> None:
    program = tmp_path / "vcgencmd"
    program.write_text("#!/bin/sh\necho throttled=0x4\n")
    program.chmod(0o755)
    thermometer = Thermometer(tmp_path, vcgencmd=str(program))
    thermometer.read()
    assert (thermometer.celsius, thermometer.throttled) == (None, True)
    program.write_text("#!/bin/sh\nexit 1\n")
    thermometer.read()
    assert not thermometer.throttled


# Models


def test_a_bad_configured_model_leaves_the_starter_in_use_until_it_is_repaired(tmp_path: Path) -> None:
    file = tmp_path / "mine.tflite"
    file.write_bytes(b"damaged")
    models = Models(lambda: [file, model.STARTER])
    assert models.path == model.STARTER
    assert models.complaint is not None
    assert not models.retry(0.0)
    file.write_bytes(model.STARTER.read_bytes())
    assert not models.retry(5.0)  # not all the time
    models.retry(11.0)
    assert models.path == file
    assert not models.complaint


def test_without_any_good_model_there_is_nothing_to_begin_with(tmp_path: Path) -> None:
    with pytest.raises(BadModel, match="cannot be read"):
        Models(lambda: [tmp_path / "gone.tflite"])


# Tiles, search


@given(st.integers(2, 2500), st.integers(2, 2500))
def test_tiles_cover_every_picture_and_stay_inside_it(width: int, height: int) -> None:
    covered = np.zeros((height, width), np.bool_)
    tiles = tiles_of(width, height)
    for left, top, across, down in tiles[1:] or tiles:
        assert left >= 0
        assert top >= 0
        assert left + across <= width
        assert top + down <= height
        covered[top : top + down, left : left + across] = True
    assert covered.all()


def test_a_calm_room_is_searched_once_a_second_and_one_where_something_moves_at_once() -> None:
    rng = np.random.default_rng(0)
    search = Search(640, 480)

    def room(*, moved: bool = False) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        rgb = rng.normal(120, 4, (480, 640, 3)).clip(0, 255).astype(np.uint8)
        if moved:
            rgb[100:160, 40:90] = 40
        return rgb

    assert search.due(room(), [], 0.0, eager=True) == search.tiles
    calm = [len(search.due(room(), [], 0.5 * step, eager=True)) for step in range(1, 21)]
    assert sum(calm) == 10
    moved = search.due(room(moved=True), [], 11.0, eager=True)
    assert set(moved) == {tile for tile in search.tiles if tile[0] < 90 and tile[1] < 160}


@pytest.mark.parametrize("light", [1.0, 0.12])
@pytest.mark.parametrize("noise", [0.0, 4.0, 12.0])
def test_noise_opens_no_gate_and_whoever_comes_in_always_does(light: float, noise: float) -> None:
    rng = np.random.default_rng(1)
    search = Search(640, 480)

    def seen(*roles: Role) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        shown = picture(roles) * light + rng.normal(0, noise, (480, 640, 3))
        return shown.clip(0, 255).astype(np.uint8)

    search.due(seen(), [], 0.0, eager=True)
    assert sum(len(search.due(seen(), [], 0.5 * step, eager=True)) for step in range(1, 11)) == 5
    somebody = Role(random_looks(2), EXPRESSIONS["neutral"], Pose(320, 130, 65))
    due = search.due(seen(somebody), [], 5.5, eager=True)
    assert {tile for tile in search.tiles if tile[0] < 290 and tile[0] + tile[2] > 350 and tile[1] < 90} <= set(due)


@pytest.mark.parametrize("size", [(640, 480), (1280, 720)])
def test_beside_somebody_a_tile_is_searched_where_something_of_the_size_of_its_faces_came_not_for_a_thin_seam(
    size: tuple[int, int],
) -> None:
    """At the seams of a body that sways there is much that is new, and nowhere as much as a large face has."""
    width, height = size
    known = [Region(width * 0.2, height * 0.4, 60.0)]
    smallest = tiles_of(*size)[-1][2]

    def due(came: tuple[int, int, int, int] | None) -> set[Tile]:
        """The tiles that are searched when something has come to a grey wall: left, top, width and height of it."""
        search, rgb = Search(*size), np.full((height, width, 3), 100, np.uint8)
        assert len(search.due(rgb, known, 0.0, eager=False)) == len(search.tiles)
        for step in (1, 2, 3):
            search.due(rgb, known, 0.4 * step, eager=False)
        if came is not None:
            left, top, across, down = came
            rgb[top : top + down, left : left + across] = 180
        found: set[Tile] = set()
        for step in (4, 5, 6):
            found.update(search.due(rgb, known, 0.4 * step, eager=False))
        return found

    seam = due((width // 5 + 20, height * 2 // 5 + 60, 24, height // 3))
    assert {tile[2] for tile in seam} == {smallest}
    head_px = round(width * SMALLEST_SHARE)
    head = due((width // 2, height // 4, head_px, head_px * 5 // 4))
    assert (0, 0, width, height) in head
    assert len(due(None)) <= 1


@given(st.floats(-1e6, 1e6), st.floats(-100, 100), st.floats(-100, 100))
def test_a_ramp_stays_between_nothing_and_all(value: float, nothing: float, full: float) -> None:
    if nothing != full:
        assert 0 <= ramp(value, nothing, full) <= 1
        assert (ramp(nothing, nothing, full), ramp(full, nothing, full)) == (0, 1)
