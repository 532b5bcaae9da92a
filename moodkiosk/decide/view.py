"""What the kiosk shows of itself."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from moodkiosk.decide import camera, perception
from moodkiosk.decide.hours import active_until
from moodkiosk.decide.music import choose, hearing, reasons
from moodkiosk.decide.music.playback import Playback
from moodkiosk.decide.settings import Settings
from moodkiosk.decide.state import State, automatic, knows_mood, mood_of, taste_of, volume_cap
from moodkiosk.decide.times import Now, face, iso
from moodkiosk.moods.view import SENTENCES, Recommendation, View
from moodkiosk.words.reason import Reason, said

CONFIDENCE_STEPS = 20
"""Confidence is shown in steps of 0.05."""


def view(state: State, now: Now, settings: Settings) -> View:
    """The state for people and for home automation."""
    chosen, playback, taste = state.chosen, state.playback, taste_of(state, settings)
    known, here = knows_mood(state), state.presence.here
    quiet = None if now.wall is None else active_until(settings.music.quiet_hours, now.wall)
    return View(
        mood=mood_of(state),
        confidence=_confidence(state) if state.sight.judged else None,
        since=iso(state.since, now) if known else None,
        present=here,
        people=None if here is None else state.presence.people,
        unknown_because=perception.unknown_because(state, now, settings),
        person=state.neutral or chosen.person,
        camera=chosen.camera,
        camera_status=camera.shown(state, now, settings),
        music=automatic(state, settings),
        playing=_playing(playback, now),
        now_playing=hearing.shown(playback, now),
        player_status=_status(playback),
        override_until=None if playback.override is None else iso(playback.override.wall, now),
        quiet_until=iso(quiet, now),
        manual_mood=None if state.manual is None else state.manual.mood,
        volume_cap=volume_cap(state, settings),
        volume_percent_max=settings.music.volume_percent_max,
        language=taste.language,
        artist=taste.artist,
        recommendation=_recommendation(state, settings),
        last_decision=state.log[-1].text if state.log else None,
        labels=state.labels,
        enrolled=state.enrolled,
        model=state.model,
        remembers=state.remembers,
        login_days_left=playback.login_days_left,
    )


def public(view: View) -> dict[str, Any]:
    """The view in JSON values, its sentences with their keys and fields beside them: for page, MQTT and terminal."""
    body = said(asdict(view), SENTENCES)
    playing = body["now_playing"]
    return body | {"now_playing": playing and said(playing, ("what",))}


def _confidence(state: State) -> float | None:
    """How sure the camera is of the mood that is shown; of one chosen by hand it says nothing."""
    if state.manual is not None:
        return None
    return round(state.debounce.confidence * CONFIDENCE_STEPS) / CONFIDENCE_STEPS


def _playing(playback: Playback, now: Now) -> str | None:
    """What we started, and when it was last seen to play; without a look, no more is claimed."""
    started = playback.started
    if started is None:
        return None
    at, seen = face(started.wall, now), face(started.seen, now)
    if started.certainty != "plays":  # a hope is never called playing
        text = reasons.playing(started.what, None, started.certainty)
        return Reason("playing.since", text=text, time=at) if at else text
    what = started.what
    text = Reason("playing.ours_since", what=what, time=at) if at else Reason("playing.ours", what=what)
    live = playback.heard is not None and playback.heard.live  # then it plays now
    return Reason("playing.seen", text=text, time=seen) if seen and not live else text


def _status(playback: Playback) -> str:
    """The player's state, and what other people do with the music, which comes first."""
    if playback.people is None:
        return playback.status
    return playback.people if playback.status.startswith("ready") else reasons.both(playback.people, playback.status)


def _recommendation(state: State, settings: Settings) -> Recommendation | None:
    mood = state.playback.recommended
    if mood is None:
        return None
    playback, taste = state.playback, taste_of(state, settings)
    return choose.recommend(mood, settings.music, taste, playback.last.get(mood), playback.names, playback.wish)
