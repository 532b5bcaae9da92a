"""A configuration that was changed while the kiosk runs: which keys, and what takes them."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from moodkiosk.config import changes
from moodkiosk.config.settings import CameraSettings, Config, ModelSettings, PathSettings, SenseSettings, WebSettings
from moodkiosk.decide.settings import MoodMusic, MusicSettings, TasteSettings

MUSIC = MusicSettings(
    moods={"happy": MoodMusic(search="party")}, taste=TasteSettings(genre="jazz"), volume_percent_max=40
)


def test_every_key_that_differs_is_named() -> None:
    other = Config(music=MUSIC, web=WebSettings(port=9000))
    assert sorted(changes.differences(Config(), other)) == [
        "music.moods", "music.taste.genre", "music.volume_percent_max", "web.port",
    ]  # fmt: skip
    assert list(changes.differences(other, other)) == []


def test_a_running_kiosk_takes_moods_music_and_hours_and_leaves_the_rest_for_a_restart() -> None:
    file = Config(music=MUSIC, web=WebSettings(port=9000), camera=CameraSettings(off_hours=("23:00-05:00",), width=800))
    now = changes.taken(Config(), file)
    assert (now.music, now.camera.off_hours) == (MUSIC, ("23:00-05:00",))
    assert (now.web, now.camera.width) == (Config().web, 640)
    left = list(changes.differences(now, file))
    assert changes.restarts(left) == {changes.SENSE: ["camera.width"], changes.ACT: ["web.port"]}


def test_every_section_is_taken_by_something() -> None:
    """A new one must be told: who takes it, or which half has to be restarted."""
    known = {*changes.TAKEN, *changes.OF_SENSE, *changes.NOBODYS, "paths", "kiosk", "mqtt", "web"}
    assert set(Config.__struct_fields__) == known


@pytest.mark.parametrize(
    ("section", "value", "same"),
    [
        ("sense", SenseSettings(idle_rate_hz=1.0), False),
        ("model", ModelSettings(file="/models/ours.tflite"), False),
        ("paths", PathSettings(state="/elsewhere"), False),
        ("camera", CameraSettings(rotate=180), False),
        ("camera", CameraSettings(off_hours=("23:00-05:00",)), True),
        ("music", replace(MUSIC, player="mpd"), True),
    ],
)
def test_the_half_that_sees_says_what_it_has_read_in_a_short_number(section: str, value: object, same: bool) -> None:
    other = msgspec.structs.replace(Config(), **{section: value})
    assert (changes.digest(other) == changes.digest(Config())) == same
