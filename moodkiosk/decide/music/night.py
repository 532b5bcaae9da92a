"""Our music while nobody attends to it: quieter at night, and out in an empty room. Pure."""

from __future__ import annotations

from dataclasses import replace

from moodkiosk.decide.hours import active_until
from moodkiosk.decide.music import policy, reasons
from moodkiosk.decide.settings import Settings
from moodkiosk.decide.state import State, Step, automatic
from moodkiosk.decide.times import ROUNDING, Now
from moodkiosk.moods import Decision

QUIET_NOBODY_MINUTES = 5.0
"""In quiet hours our music does not play longer than this for nobody."""


def watch(step: Step, now: Now, settings: Settings) -> Step:
    """What the hour, the cap and an empty room mean for our music that runs."""
    if now.wall is None or step.decisions or step.state.playback.started is None:
        return step
    quiet, before = active_until(settings.music.quiet_hours, now.wall) is not None, step.state.playback.quiet
    step = step.to(replace(step.state, playback=replace(step.state.playback, quiet=quiet)))
    if quiet and before is False and settings.music.quiet_action == "stop" and automatic(step.state, settings):
        return policy.fade_out(step, reasons.quiet_begins(), now, settings)
    if (minutes := _empty_for(step.state, now, settings, quiet=quiet)) is not None:
        return policy.fade_out(step, reasons.nobody_since(minutes), now, settings)
    return _lower(step, now, settings, quiet=quiet and before is False)


def _empty_for(state: State, now: Now, settings: Settings, *, quiet: bool) -> float | None:
    """For how many minutes nobody was here, if that is long enough for our music to end."""
    empty_at, music = state.playback.empty_at, settings.music
    if empty_at is None or music.when_nobody != "fade" or not automatic(state, settings):
        return None
    minutes = min(music.nobody_minutes, QUIET_NOBODY_MINUTES) if quiet else music.nobody_minutes
    return minutes if now.at - empty_at >= minutes * 60 - ROUNDING else None


def _lower(step: Step, now: Now, settings: Settings, *, quiet: bool) -> Step:
    """Brings our music under the cap of this moment, should that have become lower since."""
    playback = step.state.playback
    cap = policy.loudest(step.state, now, settings, plays=True)
    if playback.cap is None or cap >= playback.cap:
        return step
    assert playback.started is not None
    decision = Decision(
        "volume",
        now.at,
        reasons.quiet_begins() if quiet else reasons.quieter(cap),
        mood=playback.started.mood,
        speaker=settings.music.speaker,
        volume_percent_max=cap,
        fade_seconds=settings.music.fade_seconds,
    )
    return policy.decided(step, decision, now)
