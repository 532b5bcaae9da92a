"""What holds goes on: when the mood that holds is an occasion for music, and when music of ours is taken to run. Pure.

Nothing is polled. That our music runs is known from when it was started or last looked at, and how long it lasts; where
that is not enough, one look is taken before anything is cut.
"""

from __future__ import annotations

import math
from dataclasses import replace

from moodkiosk.decide.music import policy, running
from moodkiosk.decide.settings import Settings
from moodkiosk.decide.state import Held, State, Step, knows_mood, mood_of
from moodkiosk.decide.times import ROUNDING, Now

CUT_TIMES = 3.0
"""Our music for another mood, while it runs, ends by itself only for a mood that has held so many times as long."""


def hold(step: Step, now: Now) -> Step:
    """Another mood holds from now on, or none; who chose it by hand has been served already."""
    mood = mood_of(step.state)
    held = None if mood is None else Held(mood, now.at, decided=bool(step.decisions))
    return step.to(replace(step.state, held=held))


def consider(step: Step, now: Now, settings: Settings) -> Step:
    """Decides about music for the mood that holds, if there is an occasion.

    There is one when the mood has held for `music.after_seconds`; when the gate that was shut then has opened; and when
    its music may have ended. What cannot be seen is no occasion.
    """
    mood, held = mood_of(step.state), step.state.held
    if mood is None or not knows_mood(step.state):
        return step
    if held is None or held.mood != mood:  # it held before a restart: that is no news, but it may be owed music
        return step.to(replace(step.state, held=Held(mood, now.at, decided=True, refused=True)))
    if any(decision.action in ("play", "resume") for decision in step.decisions):  # somebody has just been served
        return step.to(replace(step.state, held=replace(held, decided=True, refused=False)))
    if step.decisions or not _is_due(step.state, held, now, settings):
        return step
    waiting = step.state.playback.waiting
    if waiting is not None and now.at < waiting.at:
        return step
    playback = replace(step.state.playback, waiting=None)
    step = step.to(replace(step.state, held=replace(held, decided=True, refused=False), playback=playback))
    return policy.on_mood(step, mood, now, settings)


def due(state: State, settings: Settings) -> float:
    """When the passing of time alone may be an occasion, monotonic seconds; infinity: never, or when a gate opens."""
    mood, held = mood_of(state), state.held
    if mood is None or held is None or held.mood != mood or not knows_mood(state):
        return math.inf
    waiting, started, moments = state.playback.waiting, state.playback.started, []
    if not held.decided:
        moments.append(held.at + _patience_seconds(state, held, settings))
    if waiting is not None:
        moments.append(waiting.at)
    if started is not None and started.look_at is not None:
        moments.append(started.look_at)
    return min(moments, default=math.inf)


def _is_due(state: State, held: Held, now: Now, settings: Settings) -> bool:
    if now.at - held.at < _patience_seconds(state, held, settings) - ROUNDING:
        return False
    if not held.decided:
        return True
    if held.refused:
        return policy.may_play(state, held.mood, now, settings)
    started = state.playback.started
    if started is None or started.mood != held.mood:
        return False
    return running.may_have_ended(started, now) and policy.may_play(state, held.mood, now, settings)


def _patience_seconds(state: State, held: Held, settings: Settings) -> float:
    """How long the mood must have held before music starts by itself: longer where that cuts our own music off."""
    started = state.playback.started
    if state.manual is not None:
        return 0.0
    cuts = started is not None and started.mood != held.mood
    return settings.music.after_seconds * (CUT_TIMES if cuts else 1.0)
