"""Nothing is starting for ever: what has not come after a minute is said to be missing, on every surface alike."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from moodkiosk.act.mqtt.conversion import state_of
from moodkiosk.act.surroundings import status_line
from moodkiosk.config.settings import Config
from moodkiosk.decide import kiosk
from moodkiosk.decide.camera import START_SECONDS
from moodkiosk.decide.perception import PATIENCE_SECONDS
from moodkiosk.decide.settings import PresenceSettings, Settings
from moodkiosk.moods.view import SENTENCES
from moodkiosk.operate.doctor import camera as doctor
from moodkiosk.words.reason import said
from tests.support.household import LABELS, Household

NOT_RUNNING = "lost: the half that sees is not running"


def waited(seconds: float, home: Household | None = None) -> Household:
    """A kiosk to which the half that sees does not come."""
    home = home or Household()
    home.give(kiosk.Tick())
    home.wait(seconds / 60)
    return home


def test_a_half_that_sees_which_never_comes_is_starting_for_a_minute_and_then_not_running() -> None:
    home = waited(START_SECONDS - 1)
    assert (home.view.camera_status, home.view.unknown_because) == ("starting", "camera starting")
    assert kiosk.due(home.state, home.now, home.settings) == pytest.approx(START_SECONDS)
    home.wait(1 / 60)
    assert (home.view.camera_status, home.view.unknown_because) == (NOT_RUNNING, "sense away")
    home.wait(60)
    assert home.view.camera_status == NOT_RUNNING
    assert home.kinds() == ["camera_lost"]


def test_every_surface_says_so_and_what_to_do() -> None:
    view = waited(START_SECONDS + 1).view
    state = state_of(view)
    assert (state.camera_status, state.unknown_because) == (NOT_RUNNING, "sense away")
    assert status_line(view) == f"camera {NOT_RUNNING}"
    finding = doctor.used(Config(), said(asdict(view), SENTENCES))
    assert finding.outcome == "failed"
    assert "the half that sees is not running" in str(finding.text)
    assert "journalctl -u moodkiosk-sense" in str(finding.advice)


def test_when_it_comes_late_it_is_starting_again_and_has_a_minute_of_its_own() -> None:
    home = waited(START_SECONDS + 100)
    home.give(kiosk.Labels(LABELS))
    assert home.view.camera_status == "starting"
    home.give(kiosk.CameraStatus("on"))
    home.leave(10)
    assert (home.view.camera_status, home.view.unknown_because) == ("on", None)
    assert home.kinds() == ["camera_lost", "camera_back"]


def test_one_that_comes_in_the_last_moment_is_not_hurried() -> None:
    home = waited(START_SECONDS - 1)
    home.give(kiosk.Labels(LABELS))
    home.wait((START_SECONDS - 1) / 60)
    assert home.view.camera_status == "starting"


def test_a_camera_that_never_opens_is_lost_after_a_minute_whatever_is_said_of_it() -> None:
    home = Household()
    home.give(kiosk.Labels(LABELS))
    home.give(kiosk.CameraStatus("starting"))
    home.wait((START_SECONDS + 1) / 60)
    home.give(kiosk.CameraStatus("starting"))
    assert (home.view.camera_status, home.view.unknown_because) == ("lost: it does not open", "camera lost")
    home.give(kiosk.CameraStatus("on"))
    assert home.view.camera_status == "on"


def test_a_camera_that_is_switched_off_is_off_whether_anybody_could_see_or_not() -> None:
    home = waited(10)
    home.ask("camera", "off")
    home.wait(60)
    assert home.view.camera_status == "off"
    home.ask("camera", "on")
    home.wait(START_SECONDS / 60)
    assert home.view.camera_status == NOT_RUNNING


def test_a_stall_of_our_own_is_no_time_in_which_it_could_have_come() -> None:
    home = waited(START_SECONDS - 5)
    home.state = kiosk.slept(home.state, 30)
    home.wait(30 / 60)
    assert home.view.camera_status == "starting"


def test_whoever_was_here_before_a_slow_start_has_not_arrived_by_it() -> None:
    stayed = Household(Settings(presence=PresenceSettings(leave_seconds=20)))
    stayed.give(kiosk.Labels(LABELS))
    stayed.give(kiosk.CameraStatus("on"))
    stayed.look("happy", 30)
    kept = kiosk.remember(stayed.state, alive=stayed.now.wall)
    again = Household(stayed.settings, stayed.now.wall, kept, session="again")
    waited(PATIENCE_SECONDS - 1, again)
    again.give(kiosk.Labels(LABELS))
    again.give(kiosk.CameraStatus("on"))
    again.look("happy", 30)
    assert "arrived" not in again.kinds()
