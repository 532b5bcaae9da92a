"""Files that others wrote, or that a broken card gives back: configuration, models, recordings, what is remembered."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from moodkiosk.act.players.mpd import queue as mpd_queue
from moodkiosk.act.players.mpd.player import MpdPlayer
from moodkiosk.act.players.player import Clock, never
from moodkiosk.act.players.spotify.account.tokens import TokenFile, days_left
from moodkiosk.act.players.spotify.memory import Memory
from moodkiosk.act.players.state_file import StateFile
from moodkiosk.act.store import Store
from moodkiosk.act.web.access.sessions import Kept, Sessions
from moodkiosk.act.web.history import Day, HistoryFile, Span, add
from moodkiosk.config import load
from moodkiosk.config.settings import Config, MpdSettings
from moodkiosk.decide import kiosk
from moodkiosk.failure import LINE_LETTERS, UsageError
from moodkiosk.learn.data import checks, dataset
from moodkiosk.learn.data.samples import vectors
from moodkiosk.link.result import encode
from moodkiosk.moods.command import Command
from moodkiosk.moods.view import View
from moodkiosk.sense.lessons.kept import Lessons
from moodkiosk.sense.lessons.ledger import Ledger, Lesson
from moodkiosk.sense.mood import model
from moodkiosk.sense.mood.bundle import BadModel, unbundle
from moodkiosk.sense.mood.measures import FACE, FACE_MEASURES, MEASURES
from moodkiosk.sense.mood.models import Models
from moodkiosk.sense.mood.neutral import Earlier, Neutrals
from moodkiosk.sense.records import recording
from moodkiosk.sense.records.erase import erase
from moodkiosk.sense.teach.store import ModelStore
from moodkiosk.words.reason import plain
from tests.fuzz.inside import BEGIN, CONFIG, MOODS, NOON
from tests.fuzz.mutate import spoilt, spoilt_json
from tests.fuzz.run import Take
from tests.support import faces

SAT = "20261126-120000-abcdef"
"""A sitting."""
ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "config" / "moodkiosk.example.yaml").read_bytes()
CONFIGS = [
    EXAMPLE,
    b"music:\n  moods:\n    happy: {play: [Sunny], youtube: 'https://music.youtube.com/x'}\n    sad: {search: calm}\n",
    b"camera: {source: /dev/video0, width: 640, off_hours: ['fri,sat 23:30-09:00']}\nmqtt: {tls: {ca_file: x}}\n",
    b"music: &m\n  taste: {language: de}\n  quiet_hours: &q ['22:00-07:00']\ncamera:\n  off_hours: *q\n",
]


def said_in_one_line(error: Exception) -> None:
    """Raises AssertionError when what people are told is not one line that can be shown."""
    text = str(error)
    assert text.isprintable(), text
    assert len(text) <= LINE_LETTERS, len(text)


# Configuration


def configuration(chance: random.Random) -> bytes:
    """A configuration."""
    return spoilt(chance, CONFIGS)


@contextmanager
def config_file(folder: Path) -> Iterator[Take]:
    """The loader."""
    file = folder / "config.yaml"

    def take(data: bytes) -> bool:
        file.write_bytes(data)
        try:
            settings = load.load(file)
        except load.ConfigError as error:
            said_in_one_line(error)
            return False
        decide = settings.for_decide()
        state = kiosk.start(decide, None, "fuzz")
        kiosk.view(
            kiosk.step(state, kiosk.Tick(), kiosk.Now(BEGIN, NOON), decide).state, kiosk.Now(BEGIN, NOON), decide
        )
        msgspec.json.encode(settings)
        return True

    yield take


# Models

STARTER = model.STARTER.read_bytes()
MANIFEST, NETWORK = unbundle(STARTER)
MANIFEST_JSON = msgspec.json.encode(replace(MANIFEST, training_files={"a.npz": "0" * 64}))


def model_file(chance: random.Random) -> bytes:
    """A model: its whole file spoilt, or its manifest in a file that is whole."""
    if chance.random() < 0.2:
        return spoilt(chance, [STARTER])
    manifest = spoilt_json(chance, MANIFEST_JSON) if chance.random() < 0.7 else spoilt(chance, [MANIFEST_JSON])
    labels = "".join(f"{label}\n" for label in MANIFEST.labels).encode()
    with contextlib.suppress(ValueError, TypeError, KeyError, RecursionError, AttributeError):
        labels = "".join(f"{label}\n" for label in json.loads(manifest)["labels"]).encode("utf-8", "surrogatepass")
    file = io.BytesIO(NETWORK)
    file.seek(0, io.SEEK_END)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(zipfile.ZipInfo("manifest.json"), manifest)
        archive.writestr(zipfile.ZipInfo("labels.txt"), labels if chance.random() < 0.9 else spoilt(chance, [labels]))
    return file.getvalue()


@contextmanager
def models(folder: Path) -> Iterator[Take]:
    """The loader of models, and one question to each that is taken."""
    file = folder / "model.tflite"

    def take(data: bytes) -> bool:
        file.write_bytes(data)
        try:
            loaded = model.load(file, mirrored=False)
        except BadModel as error:
            said_in_one_line(error)
            return False
        count = len(MEASURES[loaded.schema])
        own = np.zeros(len(FACE_MEASURES), np.float32)
        answer = loaded.probabilities(np.zeros(count, np.float32), own)
        assert np.isfinite(answer).all(), "its probabilities are not numbers"
        return True

    yield take


# Recordings


def _recordings() -> list[bytes]:
    one = _undated(recording.encode(faces.recording("happy", n=3, person="Anna", left_hand=True)))
    with np.load(io.BytesIO(one)) as arrays:
        pooled: dict[str, Any] = dict(arrays)
    pooled |= {"person": np.array(["Anna", "Ben", "Anna"]), "label": np.array(["happy", "sad", "sad"])}
    buffer = io.BytesIO()
    np.savez(buffer, **pooled)
    return [one, _undated(buffer.getvalue())]


def _undated(data: bytes) -> bytes:
    """The same zip file without the time of day in it: same seed, same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name), source.read(name), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


RECORDINGS = _recordings()


def recorded(chance: random.Random) -> bytes:
    """A recording: its whole file spoilt, or one of its arrays in a file that is whole."""
    whole = chance.choice(RECORDINGS)
    if chance.random() < 0.3:
        return spoilt(chance, [whole])
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(chance.choice((1, 1, 2))):
        name = chance.choice(list(members))
        data = members[name]
        # The header is where a parser is; the numbers behind it are only numbers.
        head = 128 if chance.random() < 0.8 else len(data)
        members[name] = spoilt(chance, [data[:head]]) + data[head:]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


@contextmanager
def recordings(folder: Path) -> Iterator[Take]:
    """Reading a recording, what is said of it, its measures, and forgetting a person in it."""
    file = folder / "happy.npz"

    def take(data: bytes) -> bool:
        file.write_bytes(data)
        try:
            loaded = dataset.load([folder])
        except UsageError as error:
            said_in_one_line(error)
            return False
        finally:
            erase(folder, "Anna")
            file.unlink(missing_ok=True)
        with np.errstate(all="ignore"):  # a face of any numbers has measures of any numbers
            vectors(loaded, FACE)
            checks.check(loaded, hands=False)
        return True

    yield take


# What is remembered


def _states() -> dict[str, bytes]:
    decide = CONFIG.for_decide()
    state, now = kiosk.start(decide, None, "fuzz"), kiosk.Now(BEGIN, NOON)
    for command in (
        Command("mood", "happy"),
        Command("volume_cap", 40),
        Command("artist", "Nina"),
        Command("music", "off"),
    ):
        state = kiosk.step(replace(state, labels=tuple(MOODS)), command, now, decide).state
    neutral = {"schema": FACE, "people": {"Anna": dict.fromkeys(FACE_MEASURES, 0.5)}, "person": "Anna"}
    token = {
        "access_token": "a",
        "refresh_token": "b",
        "scope": "c",
        "expires_at": 1_800_000_000,
        "authorized_at": 1.7e9,
    }
    face = dict.fromkeys(FACE_MEASURES, 0.5)
    learnt = Earlier("Anna", face, face, "Anna")
    spans = (Span(NOON.isoformat(), "mood", "happy"), Span((NOON + timedelta(hours=1)).isoformat(), "nobody"))
    password = hashlib.sha256(b"").hexdigest()
    return {
        "act.json": msgspec.json.encode(kiosk.remember(state, NOON)),
        "neutral.json": json.dumps(neutral).encode(),
        "spotify-token.json": json.dumps(token).encode(),
        "player.json": msgspec.json.encode(Memory("Living room", "abc", busy_until=1.8e9, looks=3.0, looks_at=1.8e9)),
        "mpd.json": msgspec.json.encode(
            mpd_queue.Memory("0" * 64, "Sunny", "Sunny", 1.79e9, kept=True, foreign_since=1e9)
        ),
        "lessons.json": msgspec.json.encode(
            [Lesson("20261126-120000-abcdef", "0" * 64, learnt), Lesson(model="1" * 64)]
        ),
        "moods-today.json": msgspec.json.encode(Day(NOON.date(), spans)),
        "web-sessions.json": msgspec.json.encode(Kept(password, {password: 4e9})),
    }


STATES = _states()


def state_file(chance: random.Random) -> bytes:
    """The name of a state file, and its content after the line's end."""
    name = chance.choice(list(STATES))
    data = spoilt_json(chance, STATES[name]) if chance.random() < 0.5 else spoilt(chance, [STATES[name]])
    return name.encode() + b"\n" + data


@contextmanager
def state_files(folder: Path) -> Iterator[Take]:
    """Each file, read by who keeps it, used, and kept again."""
    (folder / "web-password").write_text("")

    def take(data: bytes) -> bool:
        written, _, content = data.partition(b"\n")
        name = written.decode("latin-1")
        if name not in READERS:
            return False
        (folder / name).write_bytes(content)
        READERS[name](folder)
        for file in folder.glob("*.damaged"):
            file.unlink()
        return True

    yield take


def _act(folder: Path) -> None:
    store, decide = Store(folder), CONFIG.for_decide()
    state = kiosk.start(decide, store.load(), "fuzz")
    for seconds in (0.0, 1.0, 4000.0):
        now = kiosk.Now(BEGIN + seconds, NOON + timedelta(seconds=seconds))
        state = kiosk.step(state, kiosk.Tick(), now, decide).state
        for command in (Command("status"), Command("why"), Command("recommend"), Command("mood", "auto")):
            if (result := kiosk.step(state, command, now, decide).result) is not None:
                encode(result)
        msgspec.json.encode(kiosk.view(state, now, decide), enc_hook=plain)
        store.keep(kiosk.remember(state, now.wall), now.at, now=True)


def _neutral(folder: Path) -> None:
    neutrals = Neutrals(folder)
    found = neutrals.current
    assert found is None or np.isfinite(found.measures).all(), "measures that are not numbers"
    neutrals.learn("Ben", [np.zeros(len(FACE_MEASURES), np.float32)])
    neutrals.forget("Anna")


def _token(folder: Path) -> None:
    tokens = TokenFile(folder / "spotify-token.json")
    tokens.load()
    left = days_left(tokens.authorized_at(), 1.8e9)
    assert left is None or abs(left) < 1e300
    tokens.save({"access_token": "x", "refresh_token": "y", "scope": "z", "expires_at": 1})


def _player(folder: Path) -> None:
    file = StateFile(folder / "player.json", Memory)
    file.kept.requests += 1
    file.save()


def _mpd(folder: Path) -> None:
    nobody = Config(mpd=MpdSettings(host=str(folder / "nobody")))
    player = MpdPlayer(nobody, folder, Clock())
    kept = player._file.kept
    assert kept.started is None or datetime.fromtimestamp(kept.started, UTC)
    look = player.look(never)
    assert look is not None
    assert look.kind == "unknown"


def _lessons(folder: Path) -> None:
    (folder / "taught" / SAT).mkdir(parents=True, exist_ok=True)
    (folder / "neutral.json").write_bytes(STATES["neutral.json"])
    models, neutrals = Models(lambda: model.candidates("", folder)), Neutrals(folder)
    ledger = Ledger(folder, Lessons(folder), ModelStore(folder / model.DEPLOYED), models, neutrals)
    for _ in range(4):
        with contextlib.suppress(LookupError):
            ledger.take_back()
    found = Neutrals(folder).current
    assert found is None or np.isfinite(found.measures).all(), "measures that are not numbers"
    assert (folder / "taught").is_dir()


def _history(folder: Path) -> None:
    file = HistoryFile(folder, keep=True)
    day = file.load(lambda: NOON)
    file.save(add(day, View(mood="happy", present=True, camera_status="on"), NOON + timedelta(hours=30)))


def _sessions(folder: Path) -> None:
    sessions = Sessions(folder / "web-password", folder, lambda: datetime(2026, 1, 1, tzinfo=UTC).timestamp())
    assert sessions.knows(sessions.open())
    sessions.save()


READERS: dict[str, Callable[[Path], None]] = {
    "act.json": _act,
    "neutral.json": _neutral,
    "spotify-token.json": _token,
    "player.json": _player,
    "mpd.json": _mpd,
    "lessons.json": _lessons,
    "moods-today.json": _history,
    "web-sessions.json": _sessions,
}
