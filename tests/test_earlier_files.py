"""What earlier versions left in their state folders still loads, and means what it meant."""

from __future__ import annotations

import random
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moodkiosk.act.players.lowered import Lowered
from moodkiosk.act.players.mpd.queue import Memory as Queue
from moodkiosk.act.players.spotify.account.tokens import TokenFile, path_of
from moodkiosk.act.players.spotify.memory import Memory, Noticed, Started
from moodkiosk.act.players.spotify.music import Finder
from moodkiosk.act.players.state_file import StateFile
from moodkiosk.act.store import Store
from moodkiosk.act.web.access.sessions import SESSION_SECONDS, Sessions
from moodkiosk.act.web.history import HistoryFile, Span
from moodkiosk.config.settings import Config, LearningSettings
from moodkiosk.decide import kiosk
from moodkiosk.learn.data import dataset
from moodkiosk.moods.choice import Choice
from moodkiosk.moods.decision import Decision
from moodkiosk.sense.camera.switch import CameraSwitch
from moodkiosk.sense.lessons.kept import FOLDER as TAUGHT
from moodkiosk.sense.lessons.kept import Lessons
from moodkiosk.sense.lessons.ledger import Ledger
from moodkiosk.sense.mood import model
from moodkiosk.sense.mood.measures import FACE_MEASURES
from moodkiosk.sense.mood.models import Models
from moodkiosk.sense.mood.neutral import Neutrals
from moodkiosk.sense.records.corrections import FOLDER, Corrections
from moodkiosk.sense.teach.store import ModelStore
from moodkiosk.words.language import translated
from moodkiosk.words.reason import Reason

EARLIER = Path(__file__).parent / "earlier"
PLAYLIST = "spotify:playlist:37i9dQZF1DXdPec7aLTmlC"
THEN = 1764014400.0  # when most of it was written, seconds since 1970


def having(file: str) -> list[str]:
    """The earlier versions of whose state folders such a file is kept."""
    return sorted(path.relative_to(EARLIER).parts[0] for path in EARLIER.glob(f"*/{file}"))


@pytest.fixture(params=having("act/spotify.json"))
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of the state folders of one earlier version."""
    return Path(shutil.copytree(EARLIER / request.param, tmp_path / "state"))


@pytest.fixture(params=having("sense/lessons.json"))
def taught(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The same of a version that was taught at the kiosk, and knows what its household likes."""
    return Path(shutil.copytree(EARLIER / request.param, tmp_path / "taught"))


class NoClient:
    """Spotify, which is not to be asked."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"asked for {name}")


def holds(now: object, before: object) -> bool:
    """Whether all that was said before is said still; a later version may say more."""
    if isinstance(now, dict) and isinstance(before, dict):
        return all(key in now and holds(now[key], value) for key, value in before.items())
    return now == before


def test_the_memory_of_act_is_restored_and_kept_as_it_was(state: Path) -> None:
    store = Store(state / "act")
    remembered = store.load()
    assert remembered is not None
    settings = Config().for_decide()
    restored = kiosk.start(settings, remembered, session="0")
    assert holds(kiosk.remember(restored), remembered)
    assert (restored.chosen.language, restored.chosen.artist, restored.chosen.volume_cap) == ("German", "Nena", 35)
    assert (restored.chosen.camera, restored.chosen.music, restored.chosen.person) == (True, True, "Ana")
    assert restored.manual is not None
    assert restored.manual.mood == "happy"
    assert restored.playback.started is not None
    assert restored.playback.started.what == "Sunny side"
    assert restored.playback.last == {"happy": "Sunny side"}
    assert [entry.wall for entry in restored.log] == [datetime(2026, 11, 24, 20, tzinfo=UTC)]


def test_spotify_still_knows_its_own_music_the_sign_in_and_what_it_looked_up(state: Path) -> None:
    act = state / "act"
    memory = StateFile(act / "spotify.json", Memory).kept
    assert memory.is_ours(PLAYLIST)
    assert memory.started == Started(PLAYLIST, "5fbb3ba6", THEN)
    assert (memory.lowered, memory.noticed) == (Lowered(80, 60), Noticed("5fbb3ba6 spotify:album:x", 1764010000.0))
    assert (memory.speaker_name, memory.speaker_id, memory.trusted) == ("Living room", "5fbb3ba6", True)
    assert (memory.requests, memory.requests_day, memory.looks) == (17, "2026-11-24", 2.5)
    tokens = TokenFile(path_of("", act))
    assert (tokens.load() or {})["refresh_token"] == "not-a-refresh-token"
    assert (tokens.problem, tokens.authorized_at()) == (None, 1763000000.0)
    finder = Finder(act / "spotify-music.json", NoClient(), random.Random(0))  # type: ignore[arg-type] # asks nothing
    choices = (Choice("playlist", "Sunny side"), Choice("search", "sad German Nena"))
    decision = Decision("play", 0.0, "a test", mood="sad", choices=choices)
    found = [music.name for music in finder.find(decision, THEN, None, [])]
    assert found == ["Sunny side", "Nena"]


def test_who_was_signed_in_at_the_page_still_is_and_todays_moods_are_there(state: Path) -> None:
    act = state / "act"
    sessions = Sessions(act / "web-password", act, now=lambda: THEN + SESSION_SECONDS - 60)
    assert sessions.knows("a-session-of-nobody")
    assert sessions.matches("a password of nobody")
    today = HistoryFile(act, keep=True).load(lambda: datetime(2026, 11, 24, 20, tzinfo=UTC))
    assert today.day == date(2026, 11, 24)
    assert today.spans[0] == Span("2026-11-24T18:00:00+00:00", "mood", "happy")
    assert [span.seen for span in today.spans] == ["mood", "nobody", "blind"], "while it was off nothing is known"


def test_the_camera_stays_off_and_the_own_neutral_face_is_known(state: Path) -> None:
    sense = state / "sense"
    assert CameraSwitch(sense).state(0.0) == "off"
    neutral = Neutrals(sense).current
    assert neutral is not None
    assert (neutral.person, neutral.measures.shape) == ("Ana", (len(FACE_MEASURES),))
    assert neutral.measures[:3].tolist() == pytest.approx([0.035867, 0.050268, 0.063335])


def test_a_model_that_was_deployed_is_in_use_and_reads_as_it_did(state: Path) -> None:
    sense = state / "sense"
    deployed = sense / model.DEPLOYED
    loaded = model.load(deployed)
    assert loaded.labels == ("angry", "happy", "neutral", "sad", "surprise")
    shares = loaded.probabilities(np.zeros(len(FACE_MEASURES), np.float32))
    assert shares.tolist() == pytest.approx([0.0, 0.0168, 0.0, 0.9713, 0.0119], abs=1e-4)
    store = ModelStore(deployed)
    assert store.put(b"another")
    assert store.back()
    assert model.load(deployed).labels == loaded.labels


def test_recordings_and_corrections_are_read_for_training_and_forgotten(state: Path) -> None:
    data = dataset.load([state / "sense" / FOLDER])
    assert (data.label.tolist(), set(data.person.tolist())) == (["neutral"] * 5, {"Ana"})
    assert data.face.shape == (5, 468, 3)
    assert data.face[0, 1].tolist() == pytest.approx([308.442, 229.075, -21.182], abs=1e-3)
    corrections = Corrections(LearningSettings(keep_corrections=True), state / "sense")
    assert corrections.forget("Ana").recordings == 1
    assert list((state / "sense" / FOLDER).glob("*.npz")) == []


def test_what_was_decided_liked_refused_and_seen_of_others_is_remembered(taught: Path) -> None:
    remembered = Store(taught / "act").load()
    assert remembered is not None
    restored = kiosk.start(Config().for_decide(), remembered, session="0")
    playback, (entry,) = restored.playback, restored.log
    assert [song.title for song in playback.opinions.liked["sad"]] == ["Quiet evening"]
    assert list(playback.opinions.refused.values()) == ["loud"]
    assert playback.started is not None
    assert (playback.started.what, playback.started.asked, playback.cap) == ("Sunny side", True, 40)
    assert playback.heard is not None
    assert (playback.heard.ours, playback.heard.paused, playback.stopped) == (False, True, True)
    assert (restored.told, restored.remembers, restored.enrolled) == ("sad", True, ("Ana",))
    assert isinstance(entry.text, Reason)
    assert translated(entry.text, "de") != entry.text, "what was decided is still told in the reader's language"
    assert str(entry.text) == "play “Sunny side” on Kitchen: somebody looks sad"
    assert holds(kiosk.remember(restored), {key: remembered[key] for key in ("liked", "refused", "last", "names")})


def test_mpd_still_knows_its_own_queue_and_the_one_that_it_gives_back(taught: Path) -> None:
    memory = StateFile(taught / "act" / "mpd.json", Queue).kept
    assert (memory.queue, memory.what, memory.started) == ("a" * 64, "Sunny side", THEN)
    assert (memory.kept, memory.song, memory.elapsed) == (True, 3, 41.5)


def test_a_lesson_is_learnt_from_again_and_can_be_taken_back(taught: Path) -> None:
    sense = taught / "sense"
    deployed = sense / model.DEPLOYED
    loaded = model.load(deployed)
    assert (loaded.manifest.made, set(loaded.labels) >= {"neutral", "sad"}) == ("teach", True)
    lessons, neutrals = Lessons(sense), Neutrals(sense)
    takes = lessons.takes(loaded.manifest.schema)
    assert [(take.label, take.person, len(take)) for take in takes] == [("neutral", "Ana", 8), ("sad", "Ana", 8)]
    assert {take.name: take.sha256 for take in takes} == loaded.manifest.training_files
    assert neutrals.people == ("Ana",)
    assert Corrections(LearningSettings(), sense).remembers
    data = dataset.load([sense / TAUGHT])
    assert sorted(set(data.label.tolist())) == ["neutral", "sad"], "a desktop trains on it as well"
    models = Models(lambda: model.candidates("", sense))
    assert Ledger(sense, lessons, ModelStore(deployed), models, neutrals).take_back() == (True, True)
    assert (models.path, Lessons(sense).people, Neutrals(sense).people) == (model.STARTER, False, ())
