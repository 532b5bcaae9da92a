"""What plays on the speaker, song by song: taken from what the player says, and shown with its age. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from moodkiosk.decide.music import choose
from moodkiosk.decide.music.playback import Heard, Playback, Started
from moodkiosk.decide.times import Now, iso, utc
from moodkiosk.moods.report import LookReport, PlayerReport, Track
from moodkiosk.moods.view import NowPlaying
from moodkiosk.words.tidy import tidy


def tidied(track: Track) -> Track:
    """The song with its tags fit to be shown."""
    return replace(track, title=tidy(track.title), artist=tidy(track.artist), album=tidy(track.album))


def reported(playback: Playback, report: PlayerReport, now: Now) -> Playback:
    """The playback with the song that a decision has led to."""
    return replace(playback, heard=_reported(playback, report, now) if report.certainty == "plays" else None)


def _reported(playback: Playback, report: PlayerReport, now: Now) -> Heard | None:
    before = playback.heard
    live = before is not None and before.live
    match report.kind:
        case "failed" | "adjusted":
            return before
        case "nothing":
            return None
        case "overridden":
            return Heard(report.ours, report.stopped, utc(now), report.track, live)
        case "paused":
            if before is None and report.track is None:
                return before
            ours = playback.paused is not None if before is None else before.ours
            track = report.track or _stands_still(before)
            return Heard(ours=ours, paused=True, wall=utc(now), track=track, live=live)
        case "kept":
            track = report.track or (before.track if before else None)
            at = utc(now) if report.track or before is None else before.wall
            return Heard(ours=True, paused=False, wall=at, track=track, live=live)
        case "played" | "resumed" | "skipped":  # which song comes next, only the player knows
            ours = playback.started is not None
            return Heard(ours=ours, paused=False, wall=utc(now), track=report.track, live=live)


def seen(playback: Playback, report: LookReport, now: Now) -> Playback:
    """The playback with the song that was seen by a look."""
    return replace(playback, heard=_seen(playback, report, now))


def _seen(playback: Playback, report: LookReport, now: Now) -> Heard | None:
    before = playback.heard
    match report.kind:
        case "unknown":
            return replace(before, live=False) if before else None
        case "nothing":
            # What we have paused stands still; anything else has ended.
            stands = before if before is not None and before.paused and before.ours and playback.paused else None
            return stands and replace(stands, wall=utc(now), live=report.live)
        case "ours":
            return Heard(ours=True, paused=False, wall=utc(now), track=report.track, live=report.live)
        case "others":
            return Heard(report.ours, report.stopped, utc(now), report.track, report.live)


def shown(playback: Playback, now: Now) -> NowPlaying | None:
    """What plays, or None: nothing does, as far as is known."""
    heard, started = playback.heard, playback.started
    if heard is not None and not heard.ours:
        state: NowPlaying = NowPlaying("paused" if heard.paused else "playing", "others")
        return _with_song(state, heard, heard.wall, now)
    if started is None and heard is not None and heard.paused:
        started = playback.paused or Started(choose.SOMETHING, None, None)
    if started is None:
        return None
    ours = NowPlaying(
        "playing" if started.certainty == "plays" else started.certainty,
        "asked" if started.asked else "mood",
        started.mood,
        started.what,
        since=iso(started.wall, now),
    )
    if heard is None:
        return replace(ours, as_of=iso(started.seen or started.wall, now))
    return _with_song(replace(ours, state="paused") if heard.paused else ours, heard, heard.wall or started.seen, now)


def _with_song(shown: NowPlaying, heard: Heard, as_of: datetime | None, now: Now) -> NowPlaying:
    track = heard.track or Track()
    return replace(
        shown,
        title=track.title or None,
        artist=track.artist or None,
        album=track.album or None,
        cover=track.cover,
        duration_seconds=track.duration_seconds,
        elapsed_seconds=track.elapsed_seconds,
        as_of=iso(as_of, now),
        live=heard.live,
    )


def _stands_still(heard: Heard | None) -> Track | None:
    """The song, at a place that is not known."""
    return replace(heard.track, elapsed_seconds=None) if heard is not None and heard.track is not None else None
