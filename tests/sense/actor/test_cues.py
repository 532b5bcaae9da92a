"""Cues: what a hand has the actors do is one value, and the same picture wherever it is drawn."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from moodkiosk.config.settings import CameraSettings
from moodkiosk.sense.actor import cues
from moodkiosk.sense.actor.actor import COME_SECONDS, MOODS
from moodkiosk.sense.actor.cues import Cue, Play
from moodkiosk.sense.actor.drawn.looks import EXPRESSIONS, Expression
from moodkiosk.sense.camera.frozen import StillPicture
from moodkiosk.sense.camera.pixels import CameraError
from moodkiosk.sense.camera.source import open_source

SIZE = (320, 240)


@pytest.mark.parametrize("mood", MOODS)
def test_a_mood_is_shown_by_somebody_who_comes_in_for_it(mood: Cue) -> None:
    play = Play().take(mood, 100.0)
    assert len(play.roles_at(100.1, SIZE)) == 1
    shown = play.roles_at(101.0, SIZE)[0].expression
    fields = Expression.__dataclass_fields__
    nearest = min(
        MOODS,
        key=lambda other: sum(abs(getattr(shown, name) - getattr(EXPRESSIONS[other], name)) for name in fields),
    )
    assert nearest == mood
    assert abs(play.roles_at(100 + COME_SECONDS, SIZE)[0].pose.x_px - 160) < 20


def test_everybody_leaves_and_is_gone_a_second_later() -> None:
    play = Play().take("friend", 10.0).take("leave", 20.0)
    assert len(play.roles_at(20.5, SIZE)) == 2
    assert play.roles_at(20 + COME_SECONDS, SIZE) == []


def test_a_friend_stands_beside_farther_away_and_can_be_sent_off() -> None:
    play = Play().take("happy", 10.0).take("friend", 20.0)
    first, friend = play.roles_at(25.0, SIZE)
    assert first.pose.x_px < 160 < friend.pose.x_px
    assert friend.pose.head_px < first.pose.head_px  # so the first is the one whose mood counts
    assert len(play.take("alone", 30.0).roles_at(35.0, SIZE)) == 1


def test_a_hand_that_takes_over_finds_the_person_who_is_there_and_does_not_bring_in_another() -> None:
    scene = Play().take("by_themselves", 0.0)
    at = 41.0 + 1 + COME_SECONDS + 6  # the second visit, in its second mood
    before, after = scene.roles_at(at, SIZE)[0], scene.take("sad", at).roles_at(at, SIZE)[0]
    assert after.looks == before.looks
    assert after.pose.x_px == pytest.approx(before.pose.x_px, abs=2)
    assert after.expression.corners == pytest.approx(before.expression.corners, abs=0.02)
    assert scene.take("happy", 0.5).roles_at(0.6, SIZE)[0].pose.x_px > 320  # nobody was there: comes in from the side


def test_a_slower_scene_is_the_same_one_stretched_also_when_a_hand_takes_over() -> None:
    usual, slow = Play().take("by_themselves", 0.0), Play(slower=4.0).take("by_themselves", 0.0)
    for at in (0.5, 8.0, 30.0, 50.0):
        assert [role.looks for role in slow.roles_at(4 * at, SIZE)] == [role.looks for role in usual.roles_at(at, SIZE)]
        assert [role.pose for role in slow.roles_at(4 * at, SIZE)] == [role.pose for role in usual.roles_at(at, SIZE)]
    directed = slow.take("sad", 4 * 8.0)
    assert directed.first.before == usual.take("sad", 8.0).first.before
    assert directed.take("by_themselves", 100.0) == Play(scene_at=100.0, slower=4.0)


def test_two_readers_of_the_file_draw_the_same_picture_and_both_see_what_is_written_anew(tmp_path: Path) -> None:
    file = tmp_path / "play.json"
    play = Play()
    readers = [cues.PlayFile(file), cues.PlayFile(file)]
    for number, cue in enumerate(get_args(Cue)):
        play = play.take(cue, 10.0 * number)
        cues.write(play, file)
        one, other = (reader.read().picture_at(10.0 * number + 5, SIZE) for reader in readers)
        np.testing.assert_array_equal(one, other)
        assert readers[0].read() == play


def test_as_a_camera_the_file_is_the_source_and_without_it_the_camera_is_lost_not_the_kiosk(tmp_path: Path) -> None:
    file = tmp_path / "play.json"
    cues.write(Play().take("happy", -10.0), file)
    camera = open_source(CameraSettings(source=f"actor:{file}"))
    assert camera.read(1.0).rgb.shape == (480, 640, 3)
    file.write_text("{")
    with pytest.raises(CameraError, match="does not know what to do"):
        camera.read(1.0)


def test_an_empty_room_is_no_frozen_camera(tmp_path: Path) -> None:
    file = tmp_path / "play.json"
    cues.write(Play(), file)
    camera, still = open_source(CameraSettings(source=f"actor:{file}")), StillPicture()
    assert [still.seconds(camera.read(1.0)) for _ in range(3)] == [0.0] * 3
