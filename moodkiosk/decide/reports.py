"""What the player says: what became of a decision, and what it has seen for somebody who asked."""

from __future__ import annotations

from dataclasses import replace

from moodkiosk.decide.music import reasons
from moodkiosk.decide.settings import Settings
from moodkiosk.decide.state import Playback, Started, Step, Waiting
from moodkiosk.decide.times import Now, after, face, until, utc
from moodkiosk.moods import LookReport, PlayerReport

FIRST_PAUSE_MINUTES = 1.0
"""Music that could not be started is not tried again with the very next change of mood; each failure doubles this."""


def hear(step: Step, report: PlayerReport, now: Now, settings: Settings) -> Step:
    """Takes in a report."""
    playback = step.state.playback
    if report.kind != "overridden":
        playback = replace(playback, status=report.status, people=None)
    match report.kind:
        case "played":
            return _played(step, playback, report, now, settings)
        case "failed" if report.retry_at is not None and report.mood is not None:
            # Nothing has failed: the song that plays is to end first. No cool-down has begun.
            waiting = Waiting(report.mood, report.retry_at)
            step = _with(step, replace(playback, cooling=playback.cooled, cooled=None, waiting=waiting))
            return step.note(f"not played yet: {report.status}", now)
        case "failed":
            step = _with(step, _failed(playback, now, settings))
            return _not_played(step, report, report.status, now)
        case "overridden":
            override = after(now, settings.music.respect_manual_minutes)
            playback = replace(playback, started=None, cooling=None, failures=0, override=override)
            step = _with(step, replace(playback, people=_seen(report.status, now)))
            return _not_played(step, report, f"somebody chose the music, left alone {until(override, now)}", now)
        case "paused":
            return _with(step, replace(playback, started=None, paused=playback.started or playback.paused))
        case "kept":
            return _with(step, _kept(playback, report, now))
        case "resumed":
            return _with(step, _resumed(playback, report, now))
        case "skipped":
            return _with(step, playback)


def look(step: Step, report: LookReport, now: Now, settings: Settings) -> Step:
    """Takes in what the player has seen for somebody who asked.

    What other people do is respected as a decision would have it. Asking again never makes that last longer: when it
    is over, the next decision looks anyway.
    """
    playback = step.state.playback
    match report.kind:
        case "others":
            known = playback.override
            override = known or after(now, settings.music.respect_manual_minutes)
            step = _with(step, replace(playback, started=None, override=override, people=_seen(report.status, now)))
            return step if known else step.note(f"{report.status}: left alone {until(override, now)}", now)
        case "ours":
            started = playback.started or Started("music", None, report.since)
            return _with(step, replace(playback, started=replace(started, seen=utc(now)), people=None))
        case "nothing":
            return _with(step, replace(playback, started=None, people=None))
        case "unknown":
            return step


def _kept(playback: Playback, report: PlayerReport, now: Now) -> Playback:
    """What we started still plays and was left alone: no cool-down has begun, no entry has had its turn."""
    started = playback.started or Started(report.what or "music", report.mood, None)
    last = {mood: entry for mood, entry in playback.last.items() if mood != report.mood}
    if playback.turned is not None and report.mood is not None:
        last[report.mood] = playback.turned
    override = None if report.asked else playback.override
    started = replace(started, mood=report.mood, seen=utc(now))
    return replace(
        playback, started=started, cooling=playback.cooled, cooled=None, last=last, failures=0, override=override
    )


def _resumed(playback: Playback, report: PlayerReport, now: Now) -> Playback:
    """What was paused goes on; if it is ours it was started when it was."""
    started = playback.started or playback.paused
    if report.what is None:
        started = None
    elif started is None:
        started = Started(report.what, report.mood, utc(now))
    seen = utc(now) if report.certainty == "plays" else None
    started = None if started is None else replace(started, seen=seen, certainty=report.certainty)
    return replace(playback, started=started, paused=None, override=None)


def _seen(what: str, now: Now) -> str:
    """What other people do, and when that was seen: nobody goes on looking."""
    at = face(utc(now), now)
    return f"{what}, seen at {at}" if at else what


def _played(step: Step, playback: Playback, report: PlayerReport, now: Now, settings: Settings) -> Step:
    """It plays. Who asked for it has taken back any earlier choice of other music."""
    what = report.what or "music"
    started = Started(what, report.mood, utc(now), certainty=report.certainty)
    override = None if report.asked else playback.override
    step = _with(step, replace(playback, started=started, paused=None, failures=0, override=override))
    detail = f"{what} on {settings.music.speaker}"
    if report.certainty != "plays":
        detail = reasons.playing(what, settings.music.speaker, report.certainty)
    return step.tell("played", now, mood=report.mood, detail=detail)


def _failed(playback: Playback, now: Now, settings: Settings) -> Playback:
    """It does not play, so no cool-down has begun: only a pause, and what was left of the cool-down before."""
    longest = settings.music.min_minutes_between_changes
    pause = after(now, min(longest, FIRST_PAUSE_MINUTES * 2 ** min(playback.failures, 10)))
    earlier = playback.cooled
    if earlier is not None and (earlier.at is None or pause.at is None or earlier.at > pause.at):
        pause = earlier
    return replace(playback, cooling=pause, cooled=None, failures=playback.failures + 1)


def _not_played(step: Step, report: PlayerReport, reason: str, now: Now) -> Step:
    return step.tell("not_played", now, mood=report.mood, detail=reason).note(f"not played: {reason}", now)


def _with(step: Step, playback: Playback) -> Step:
    return step.to(replace(step.state, playback=playback))
