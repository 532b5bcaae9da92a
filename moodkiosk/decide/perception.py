"""What is seen, and what can be known of people while nothing can be seen."""

from __future__ import annotations

from dataclasses import replace

from moodkiosk.decide import camera, debounce, presence
from moodkiosk.decide.settings import Settings
from moodkiosk.decide.state import CameraStatus, State
from moodkiosk.decide.times import Now
from moodkiosk.moods import Reading


def see(state: State, reading: Reading, now: Now, settings: Settings) -> State:
    """Takes in a reading, unless its camera is closed on purpose or it comes out of order."""
    read_at = state.presence.read_at
    if not camera.wanted(state, now, settings)[0] or state.camera.status in ("off", "lent"):
        return state
    if read_at is not None and reading.at <= read_at:
        return state
    who = presence.see(state.presence, reading, settings)
    settled = debounce.see(state.debounce, reading, present=who.here is True, settings=settings)
    neutral = state.neutral if reading.track is None else reading.neutral
    return replace(state, camera=camera.read(state.camera, now), presence=who, debounce=settled, neutral=neutral)


def learn(state: State, labels: tuple[str, ...]) -> State:
    """Sense has come with a model: moods it does not know end, and what was seen with other labels counts no more."""
    manual = state.manual if state.manual is not None and (state.manual.mood in labels or not labels) else None
    settled = state.debounce if labels == state.labels else debounce.lose(state.debounce)
    seeing = replace(state.camera, status="starting", detail="") if state.camera.status == "lost" else state.camera
    return replace(state, labels=labels, manual=manual, debounce=settled, camera=seeing)


def told(state: State, status: CameraStatus, now: Now, settings: Settings) -> State:
    """Takes in what is said of the camera."""
    open_wanted, _ = camera.wanted(state, now, settings)
    return replace(state, camera=camera.told(state.camera, status, now, open_wanted=open_wanted))


def pass_time(state: State, now: Now, settings: Settings) -> State:
    """A camera that is silent for too long is lost."""
    return told(state, camera.SILENT, now, settings) if camera.silent(state.camera, now, settings) else state


def close_eyes(state: State, now: Now, settings: Settings) -> State:
    """With the camera closed, lent or lost nothing is known of anybody: never the mood of whoever was here last."""
    if state.camera.status == "on" and camera.wanted(state, now, settings)[0]:
        return state
    return replace(state, presence=presence.lose(state.presence), debounce=debounce.lose(state.debounce))
