"""The kiosk, decided: one pure step from (state, input, now) to (state, events, decisions).

Nothing here reads a clock, sleeps or touches the world: the same inputs at the same times lead to the same outputs.
"""

from __future__ import annotations

from dataclasses import replace

from moodkiosk.decide import camera, memory, policy, presence, settling
from moodkiosk.decide.answers import answer
from moodkiosk.decide.camera import wanted as camera_wanted
from moodkiosk.decide.memory import remember
from moodkiosk.decide.settings import Settings
from moodkiosk.decide.state import (
    CameraStatus,
    Input,
    Labels,
    Notice,
    SenseGone,
    Started,
    State,
    Step,
    Tick,
    mood_of,
)
from moodkiosk.decide.times import Now, after, renew, utc
from moodkiosk.decide.view import view
from moodkiosk.moods import Command, PlayerReport, Reading

__all__ = [
    "CameraStatus",
    "Input",
    "Labels",
    "Notice",
    "Now",
    "SenseGone",
    "State",
    "Step",
    "Tick",
    "camera_wanted",
    "remember",
    "start",
    "step",
    "view",
]

AFTER_FAILURE_MINUTES = 1.0
"""Music that could not be started is not tried again with the very next change of mood."""


def start(settings: Settings, remembered: dict[str, object] | None, session: str) -> State:  # noqa: ARG001 - part of the seam
    """The first state of a run. `session` must be unlike that of any run before: event ids begin with it."""
    return memory.restore(State(session), remembered or {})


def step(state: State, given: Input, now: Now, settings: Settings) -> Step:
    """Takes one input in.

    First time passes, then the input is taken, and what has changed between before and after becomes events and
    decisions. So whatever changes the mood (a reading, a command, a deadline) has the same consequences.
    """
    passed = _pass_time(state, now, settings)
    taken = _take(Step(passed), given, now, settings)
    blind = taken.to(_close_eyes(taken.state, now, settings))
    return _follow(blind, state, now, settings)


def _pass_time(state: State, now: Now, settings: Settings) -> State:
    """What time alone brings about: deadlines end, and a camera that is silent for too long is lost."""
    music, player, manual = settings.music, state.player, state.manual
    cooling = renew(player.cooling, now, music.min_minutes_between_changes)
    override = renew(player.override, now, music.respect_manual_minutes)
    ends = renew(manual.ends, now, settings.manual_minutes) if manual is not None else None
    manual = replace(manual, ends=ends) if manual is not None and ends is not None else None
    player = replace(player, cooling=cooling, override=override, failed=player.failed and cooling is not None)
    state = replace(state, player=player, manual=manual)
    return _tell_camera(state, camera.SILENT, now, settings) if camera.silent(state.camera, now, settings) else state


def _take(step: Step, given: Input, now: Now, settings: Settings) -> Step:
    """Takes the input itself."""
    state = step.state
    match given:
        case Reading():
            return step.to(_see(state, given, now, settings))
        case Command():
            return answer(step, given, now, settings)
        case PlayerReport():
            return _hear(step, given, now, settings)
        case Labels(labels):
            return step.to(_learn(state, labels))
        case CameraStatus():
            return step.to(_tell_camera(state, given, now, settings))
        case SenseGone():
            return step.to(_tell_camera(state, camera.SENSE_GONE, now, settings))
        case Notice(kind, detail):
            return step.tell(kind, now, mood=mood_of(state), detail=detail)
        case Tick():
            return step


def _see(state: State, reading: Reading, now: Now, settings: Settings) -> State:
    """Takes in what sense saw, unless its camera is meant to be closed."""
    open_wanted, _ = camera_wanted(state, now, settings)
    if not open_wanted or state.camera.status in ("off", "lent"):
        return state
    here = presence.see(state.presence, reading, settings.presence)
    settled = settling.see(state.settling, reading, present=here.here is True, settings=settings.settling)
    neutral = state.neutral if reading.track is None else reading.neutral
    return replace(camera.read(state, now.at), presence=here, settling=settled, neutral=neutral)


def _learn(state: State, labels: tuple[str, ...]) -> State:
    """Sense has come with a model: what was seen with other labels counts no longer, nor does a mood it cannot mean."""
    manual = state.manual if state.manual is not None and (state.manual.mood in labels or not labels) else None
    settled = state.settling if labels == state.labels else settling.lose(state.settling)
    back = replace(state.camera, status="starting", detail="") if state.camera.status == "lost" else state.camera
    return replace(state, labels=labels, manual=manual, settling=settled, camera=back)


def _tell_camera(state: State, status: CameraStatus, now: Now, settings: Settings) -> State:
    """The camera has changed, or still is what it was."""
    if (status.status, status.detail) == (state.camera.status, state.camera.detail):
        return state
    open_wanted, _ = camera_wanted(state, now, settings)
    return replace(state, camera=camera.told(state.camera, status, open_wanted=open_wanted))


def _close_eyes(state: State, now: Now, settings: Settings) -> State:
    """With the camera closed, lent or lost, nothing is known of anybody: never the mood of whoever was here last."""
    open_wanted, _ = camera_wanted(state, now, settings)
    if open_wanted and state.camera.status == "on":
        return state
    return replace(state, presence=presence.lose(state.presence), settling=settling.lose(state.settling))


def _hear(step: Step, report: PlayerReport, now: Now, settings: Settings) -> Step:
    """Takes in what the player says of a decision."""
    player = replace(step.state.player, status=report.status)
    match report.kind:
        case "played":
            what = report.what or "music"
            override = None if report.asked else player.override
            player = replace(player, started=Started(what, report.mood, utc(now)), override=override)
            step = step.to(replace(step.state, player=player))
            return step.tell("played", now, mood=report.mood, detail=f"{what} on {settings.music.speaker}")
        case "failed":
            pause = min(AFTER_FAILURE_MINUTES, settings.music.min_minutes_between_changes)
            player = replace(player, cooling=after(now, pause), failed=True)
            return _not_played(step.to(replace(step.state, player=player)), report.mood, report.status, now)
        case "overridden":
            override = after(now, settings.music.respect_manual_minutes)
            player = replace(player, started=None, cooling=None, failed=False, override=override)
            reason = "somebody chose the music"
            return _not_played(step.to(replace(step.state, player=player)), report.mood, reason, now)
        case "paused":
            player = replace(player, started=None)
        case "skipped":
            pass
    return step.to(replace(step.state, player=player))


def _not_played(step: Step, mood: str | None, reason: str, now: Now) -> Step:
    return step.tell("not_played", now, mood=mood, detail=reason).note(f"not played: {reason}", now)


def _follow(step: Step, before: State, now: Now, settings: Settings) -> Step:
    """Tells what has changed since `before`, and decides what is to be done about it."""
    state, mood = step.state, mood_of(step.state)
    if state.camera.lost and not before.camera.lost:
        step = step.tell("camera_lost", now, mood=mood, detail=state.camera.detail or None)
    elif before.camera.lost and not state.camera.lost and state.camera.status == "on":
        step = step.tell("camera_back", now, mood=mood)
    came = presence.change(before.presence, state.presence, settings.presence)
    if came is not None:
        step = step.tell(came, now, mood=mood)
    if came == "left":
        step = policy.on_departure(step, now, settings)
    previous = mood_of(before)
    if mood != previous:
        step = step.to(replace(step.state, since=utc(now)))
        step = step.tell("mood_changed", now, mood=mood, previous=previous)
        if mood is not None:
            step = policy.on_mood(step, mood, now, settings)
    return step
