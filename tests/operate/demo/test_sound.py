"""Sound for the demo: a real MPD with the composed pieces, written down as it would be heard."""

from __future__ import annotations

import wave
from array import array
from pathlib import Path

import msgspec
import pytest

from moodkiosk.act.players.mpd.player import MpdPlayer
from moodkiosk.act.players.mpd.protocol import Connection
from moodkiosk.act.players.player import Clock, never
from moodkiosk.config.settings import Config, MpdSettings
from moodkiosk.failure import Failure
from moodkiosk.moods.choice import Choice
from moodkiosk.moods.decision import Decision
from moodkiosk.operate.demo.command import WITH_SOUND
from moodkiosk.operate.demo.sound import card, speaker
from moodkiosk.operate.tunes.composer import CHARACTERS
from moodkiosk.operate.tunes.synth import RATE_HZ
from tests.support import needs
from tests.support.wait import until


@pytest.fixture
def _mpd() -> None:
    if needs.find("mpd") is None:
        pytest.skip("needs mpd")


def heard(file: Path) -> array[int]:
    """Whatever is in the WAV file by now, without its head, which is written last."""
    sound = file.read_bytes()[44:]
    return array("h", sound[: len(sound) // 2 * 2])


def until_more_is_heard(file: Path) -> None:
    before = len(heard(file))
    until(lambda: any(heard(file)[before:]), 20, "more sound in the file")


@pytest.mark.slow
@pytest.mark.usefixtures("_mpd")
def test_each_moods_piece_plays_and_is_written_down(tmp_path: Path) -> None:
    file = tmp_path / "heard.wav"
    with speaker(tmp_path / "mpd", file, seconds=1) as found:
        settings = msgspec.convert(found["mpd"], MpdSettings)
        player = MpdPlayer(Config(mpd=settings), tmp_path / "state", Clock())
        for mood in CHARACTERS:
            choices = (Choice("search", f"{mood} English"),)
            report = player.play(Decision("play", 0.0, "a test", mood, choices=choices, language="English"), never)
            assert report is not None
            assert (report.kind, report.what) == ("played", mood)
            with Connection("127.0.0.1", settings.port, "", lambda: 10.0) as server:
                assert dict(server.ask("currentsong"))["Title"] == CHARACTERS[mood].title
            until_more_is_heard(file)
    with wave.open(str(file)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, RATE_HZ)
        assert sound.getnframes() == len(heard(file)) > 0


def test_with_sound_every_mood_is_searched_for() -> None:
    assert WITH_SOUND["music"]["player"] == "mpd"  # type: ignore[index] # settings as YAML has them
    assert WITH_SOUND["music"]["moods"] == {}  # type: ignore[index]


def test_the_sound_of_this_machine_is_found_or_its_lack_is_said(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"no sound card here; --sound=FILE\.wav"):
        card({}, tmp_path)
    (tmp_path / "pcmC0D0p").touch()
    assert card({}, tmp_path) == ['type "alsa"']
    (tmp_path / "pulse").mkdir()
    (tmp_path / "pulse" / "native").touch()
    assert card({"XDG_RUNTIME_DIR": str(tmp_path)}, tmp_path) == ['type "pulse"']


@pytest.mark.usefixtures("_mpd")
def test_a_file_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with (
        pytest.raises(Failure, match=r"cannot write .*: No such file"),
        speaker(tmp_path / "mpd", tmp_path / "nowhere" / "heard.wav", seconds=1),
    ):
        pass
