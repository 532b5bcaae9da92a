"""Our music while nobody attends to it: quieter at night, and out in an empty room. Pure."""

from __future__ import annotations

import math
from dataclasses import replace

from moodkiosk.decide.hours import active_until
from moodkiosk.decide.music import policy, reasons, running
from moodkiosk.decide.music.playback import Playback
from moodkiosk.decide.settings import Settings
from moodkiosk.decide.state import State, Step, automatic
from moodkiosk.decide.times import ROUNDING, Now
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.report import PlayerReport

QUIET_NOBODY_MINUTES = 5.0
"""In quiet hours our music does not play longer than this for nobody."""
AGAIN_SECONDS = 60.0
"""What could not be made quieter, or end, is tried again after this."""


def watch(step: Step, now: Now, settings: Settings) -> Step:
    """What the hour, the cap and an empty room mean for our music that runs."""
    if now.wall is None or step.decisions or running.is_asked_for(step.state.playback, now):
        return step
    if step.state.playback.unfinished is not None:
        return _try_again(step, step.state.playback.unfinished, now, settings)
    if step.state.playback.started is None:
        return step
    quiet, before = active_until(settings.music.quiet_hours, now.wall) is not None, step.state.playback.quiet
    step = step.to(replace(step.state, playback=replace(step.state.playback, quiet=quiet)))
    if quiet and before is False and settings.music.quiet_action == "stop" and automatic(step.state, settings):
        return policy.fade_out(step, reasons.quiet_begins(), now, settings)
    if step.state.playback.empty_at is not None and settings.music.when_nobody == "pause":
        step = policy.pause_behind(step, now, settings)
        if step.decisions:
            return step
    if (minutes := _empty_for(step.state, now, settings, quiet=quiet)) is not None:
        return policy.fade_out(step, reasons.nobody_since(minutes), now, settings)
    return _lower(step, now, settings, quiet=quiet and before is False)


def due(state: State, now: Now, settings: Settings) -> float:
    """When the passing of time alone may mean something for our music, monotonic seconds; the hours are not in it."""
    playback = state.playback
    if playback.unfinished is not None:
        return math.inf if playback.again_at is None else playback.again_at
    if playback.started is None or playback.empty_at is None or settings.music.when_nobody != "fade":
        return math.inf
    quiet = now.wall is not None and active_until(settings.music.quiet_hours, now.wall) is not None
    return playback.empty_at + _patience_minutes(settings, quiet=quiet) * 60


def _patience_minutes(settings: Settings, *, quiet: bool) -> float:
    """For how many minutes our music plays for nobody."""
    minutes = settings.music.nobody_minutes
    return min(minutes, QUIET_NOBODY_MINUTES) if quiet else minutes


def _empty_for(state: State, now: Now, settings: Settings, *, quiet: bool) -> float | None:
    """For how many minutes nobody was here, if that is long enough for our music to end."""
    empty_at, music = state.playback.empty_at, settings.music
    if empty_at is None or music.when_nobody != "fade" or not automatic(state, settings):
        return None
    minutes = _patience_minutes(settings, quiet=quiet)
    return minutes if now.at - empty_at >= minutes * 60 - ROUNDING else None


def _lower(step: Step, now: Now, settings: Settings, *, quiet: bool) -> Step:
    """Brings our music under the cap of this moment, should that have become lower since."""
    playback = step.state.playback
    cap = policy.loudest(step.state, now, settings, plays=True)
    if playback.cap is None or cap >= playback.cap:
        return step
    return _fit(step, cap, reasons.quiet_begins() if quiet else reasons.quieter(cap), now, settings)


def louder(step: Step, now: Now, settings: Settings) -> Step:
    """Somebody allows more: our music that runs rises with the cap, as far as it was lowered by it."""
    playback = step.state.playback
    ends = playback.unfinished is not None and playback.unfinished.action == "pause"
    if now.wall is None or playback.started is None or playback.cap is None or ends:
        return step
    if running.is_asked_for(playback, now):
        return step
    cap = policy.loudest(step.state, now, settings, plays=True)
    return _fit(step, cap, reasons.quieter(cap), now, settings) if cap > playback.cap else step


def _fit(step: Step, cap: int, why: str, now: Now, settings: Settings) -> Step:
    """Decides that our music is to be as loud as the cap lets it."""
    started = step.state.playback.started
    assert started is not None
    decision = Decision(
        "volume",
        now.at,
        why,
        mood=started.mood,
        speaker=settings.music.speaker,
        volume_percent_max=cap,
        fade_seconds=settings.music.fade_seconds,
    )
    step = policy.decided(step, decision, now)
    return step.to(replace(step.state, playback=replace(step.state.playback, unfinished=decision)))


def heard(playback: Playback, report: PlayerReport, now: Now) -> Playback:
    """What the player's report means for what it was to quieten or to end: done, or to be tried again."""
    if playback.unfinished is None:
        return playback
    if report.kind not in ("failed", "skipped"):  # whatever began to play since keeps to the cap of its own decision
        return replace(playback, unfinished=None, again_at=None)
    return replace(playback, again_at=now.at + (AGAIN_SECONDS if report.kind == "failed" else 0.0))


def come(playback: Playback) -> Playback:
    """Somebody has come: what was to end for the empty room, and still plays, goes on."""
    unfinished = playback.unfinished
    if unfinished is None or unfinished.action != "pause":
        return playback
    return replace(playback, started=playback.paused, paused=None, unfinished=None, again_at=None)


def _try_again(step: Step, unfinished: Decision, now: Now, settings: Settings) -> Step:
    """Decides once more what could not be done, when it is time."""
    playback = step.state.playback
    if playback.again_at is None or now.at < playback.again_at:
        return step
    cap = policy.loudest(step.state, now, settings, plays=True) if unfinished.action == "volume" else None
    decision = replace(unfinished, at=now.at, volume_percent_max=cap)
    step = policy.decided(step, decision, now)
    return step.to(replace(step.state, playback=replace(step.state.playback, unfinished=decision, again_at=None)))
