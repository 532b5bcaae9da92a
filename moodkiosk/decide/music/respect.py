"""What a person chose is left alone: other music for a while, silence until the next morning. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from moodkiosk.decide.hours import last_morning, next_morning
from moodkiosk.decide.music.playback import Playback
from moodkiosk.decide.settings import MusicSettings, Settings
from moodkiosk.decide.times import Deadline, Now, after

PAUSE_MINUTES = 12 * 60.0
"""While the time of day is unknown, so is the next morning: a pause is then left alone for so long."""
DAY_MINUTES = 24 * 60.0


def longest_minutes(music: MusicSettings, *, stopped: bool) -> float:
    """The longest that a pause, or other music, is left alone."""
    if not stopped:
        return music.respect_manual_minutes
    return DAY_MINUTES if music.respect_pause == "morning" else music.respect_pause


def chosen(playback: Playback, now: Now, settings: Settings, *, stopped: bool) -> Playback:
    """A person has chosen other music, or silence: ours has ended, and what they chose is left alone for a while.

    Other music in between makes a pause no shorter.
    """
    if stopped:
        until = pause_ends(now, settings)
    elif playback.stopped and playback.override is not None:
        until, stopped = playback.override, True
    else:
        until = after(now, settings.music.respect_manual_minutes)
    paused = playback.started or playback.paused
    return replace(playback, started=None, paused=paused, override=until, stopped=stopped, empty_at=None)


def pause_ends(now: Now, settings: Settings) -> Deadline:
    """Until when a pause that begins now is left alone."""
    respect, wall = settings.music.respect_pause, now.wall
    if respect != "morning":
        return after(now, respect)
    if wall is None:
        return after(now, PAUSE_MINUTES)
    morning = next_morning(settings.music.quiet_hours, wall)
    return after(now, (morning - wall.astimezone(UTC)).total_seconds() / 60)


def pauses_since(music: MusicSettings, wall: datetime) -> datetime:
    """A pause that began before this moment (UTC) is over; for players, which are told of pauses by the speaker."""
    if music.respect_pause != "morning":
        return wall.astimezone(UTC) - timedelta(minutes=music.respect_pause)
    return last_morning(music.quiet_hours, wall)
