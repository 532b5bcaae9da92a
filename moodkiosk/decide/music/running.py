"""What is taken to run, and what is still owed to the mood that holds. Pure."""

from __future__ import annotations

import math
from dataclasses import replace

from moodkiosk.decide.music.playback import Playback, Started
from moodkiosk.decide.state import State
from moodkiosk.decide.times import Now

LOOK_AFTER_SECONDS = 1800.0
"""After so long at most, and when it may have ended, it takes a look to know whether our music still runs."""

SURE_SECONDS = 900.0
"""After so long a mood that settles again takes a look as well: somebody else may have taken the speaker meanwhile."""

ANSWER_SECONDS = 150.0
"""A player answers before this: it takes 120 seconds at the very most (`deadline_seconds`), and ends what it is at
first. After it, what somebody asked for is taken to be lost."""


def is_asked_for(playback: Playback, now: Now) -> bool:
    """Whether the player is still at what somebody asked for: nothing decided by itself may take its place there."""
    return playback.asked_for is not None and now.at < answered_at(playback)


def answered_at(playback: Playback) -> float:
    """When that is over though the player has not answered, monotonic seconds; infinity: nobody waits for it."""
    return math.inf if playback.asked_for is None else playback.asked_for.at + ANSWER_SECONDS


def known(started: Started, now: Now, lasts_seconds: float | None) -> Started:
    """It runs now, and goes on for so long (None: unknown)."""
    seconds = LOOK_AFTER_SECONDS if lasts_seconds is None else min(lasts_seconds, LOOK_AFTER_SECONDS)
    return replace(started, known_at=now.at, look_at=now.at + seconds)


def may_have_ended(started: Started, now: Now) -> bool:
    """Whether it takes a look to know that it still runs."""
    return started.look_at is None or now.at >= started.look_at


def is_long_ago(started: Started, now: Now) -> bool:
    """Whether a player that can look has not for long: what settles again is then an occasion for one."""
    long_ago = started.known_at is None or now.at - started.known_at >= SURE_SECONDS
    return long_ago and started.certainty == "plays"


def refuse(state: State, mood: str | None) -> State:
    """Music for a mood was not started after all: if it holds, there will be when all gates are open."""
    if state.held is None or state.held.mood != mood:
        return state
    return replace(state, held=replace(state.held, decided=True, refused=True))
