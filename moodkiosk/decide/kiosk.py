"""The kiosk, decided: one pure step from (state, input, now) to (state, events, decisions).

Nothing here reads a clock, sleeps or touches the world: the same inputs at the same times lead to the same outputs.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

from moodkiosk.decide import camera, memory, perception, presence, reports
from moodkiosk.decide.answers import answer, completed
from moodkiosk.decide.camera import awaited
from moodkiosk.decide.camera import wanted as camera_wanted
from moodkiosk.decide.hours import next_change
from moodkiosk.decide.inputs import CameraStatus, Input, Labels, Notice, PlayerSays, SenseGone, SenseLate, Tick
from moodkiosk.decide.memory import remember
from moodkiosk.decide.music import continuity, night, policy, respect, running, songs
from moodkiosk.decide.music.playback import Heard, Playback, Started
from moodkiosk.decide.perception import calm, slept
from moodkiosk.decide.settings import Settings
from moodkiosk.decide.state import State, Step, knows_mood, mood_of, taste_of
from moodkiosk.decide.times import Now, monotonic, renew, utc
from moodkiosk.decide.view import view
from moodkiosk.moods.command import Command
from moodkiosk.moods.reading import Reading
from moodkiosk.moods.report import LookReport, PlayerReport
from moodkiosk.moods.song import Song, SongsReport, Wanted

__all__ = [
    "CameraStatus",
    "Input",
    "Labels",
    "Notice",
    "Now",
    "PlayerSays",
    "SenseGone",
    "SenseLate",
    "State",
    "Step",
    "Tick",
    "awaited",
    "calm",
    "camera_wanted",
    "completed",
    "due",
    "recommendations",
    "remember",
    "same",
    "slept",
    "start",
    "step",
    "view",
    "wanted",
]

FOUND_SECONDS = 60.0
"""So long a player is not asked again for the same list."""
PLAYING_HOURS = 12
"""What was started, or seen, longer ago than this is no longer said to be playing: nobody has asked since."""


def start(settings: Settings, remembered: dict[str, object] | None, session: str) -> State:  # noqa: ARG001 - part of the seam
    """The first state of a run. `session` must be unlike that of any run before: event ids begin with it."""
    return memory.restore(State(session), remembered or {})


def recommendations(state: State, settings: Settings) -> tuple[Song, ...]:
    """The songs to choose from, for the mood that music was recommended for last."""
    return songs.of_state(state, settings)


def wanted(state: State, at: float, settings: Settings) -> Wanted | None:
    """What a player is to find for that list, at monotonic seconds `at`; None: nothing, or it has just been found."""
    mood, playback, found = state.playback.recommended, state.playback, state.playback.found
    if mood is None:
        return None
    asked = songs.wanted(mood, settings.music, taste_of(state, settings), playback.wish)
    known = found is not None and found.wanted == asked and 0 <= at - found.at < FOUND_SECONDS
    return None if known else asked


def step(state: State, given: Input, now: Now, settings: Settings) -> Step:
    """Takes one input in.

    First time passes, then the input is taken, and what has changed between before and after becomes events and
    decisions. So whatever changes the mood (a reading, a command, a deadline) has the same consequences.
    """
    passed = _pass_time(state, now, settings)
    taken = _take(Step(passed), given, now, settings)
    taken = taken.to(perception.close_eyes(taken.state, now, settings))
    told = _follow(_tell_people(_tell_camera(taken, state, now), passed, now, settings), state, now, settings)
    return told.to(replace(told.state, stepped_at=now.at))


def due(state: State, now: Now, settings: Settings) -> float:
    """The earliest moment at which the passing of time alone may change anything, monotonic seconds; infinity: never.

    Of a state that was stepped at `now`, and for as long as nothing else happens and nobody sets the clock. What the
    step has changed may change more in the next one, at once; that is not in it.
    """
    playback, manual = state.playback, state.manual
    deadlines = (playback.cooling, playback.cooled, playback.override, manual.ends if manual is not None else None)
    moments = [deadline.at for deadline in deadlines if deadline is not None and deadline.at is not None]
    if now.wall is not None:
        written = (settings.music.quiet_hours, settings.camera_off_hours)
        moments += [monotonic(next_change(hours, now.wall), now) for hours in written]
    started = playback.started
    known = None if started is None else started.seen or started.wall
    moments.append(monotonic(known and known + timedelta(hours=PLAYING_HOURS, milliseconds=1), now))
    moments.append(running.answered_at(playback))
    moments += [perception.due(state, now, settings), night.due(state, now, settings), continuity.due(state, settings)]
    return min((moment for moment in moments if moment > now.at), default=math.inf)


def same(one: State, other: State) -> bool:
    """Whether two states differ in nothing but how much time has passed."""
    return replace(one, stepped_at=None, sight=other.sight) == replace(other, stepped_at=None)


def _pass_time(state: State, now: Now, settings: Settings) -> State:
    """What time alone brings about: deadlines end, what was started fades, a silent camera is lost."""
    state = perception.pass_time(state, now, settings)
    playback, manual, music = state.playback, state.manual, settings.music
    cooling = renew(playback.cooling, now, music.min_minutes_between_changes)
    cooled = renew(playback.cooled, now, music.min_minutes_between_changes)
    override = renew(playback.override, now, respect.longest_minutes(music, stopped=playback.stopped))
    stopped = playback.stopped and override is not None
    started = None if _faded(playback.started, now) else playback.started
    people = None if override is None else playback.people
    playback = replace(playback, started=started, cooling=cooling, cooled=cooled, override=override, people=people)
    playback = replace(playback, stopped=stopped, heard=_still_heard(playback))
    ends = renew(manual.ends, now, settings.mood.manual_minutes) if manual is not None else None
    manual = replace(manual, ends=ends) if manual is not None and ends is not None else None
    return replace(state, playback=playback, manual=manual)


def _faded(started: Started | None, now: Now) -> bool:
    known, wall = None if started is None else started.seen or started.wall, utc(now)
    return known is not None and wall is not None and wall - known > timedelta(hours=PLAYING_HOURS)


def _still_heard(playback: Playback) -> Heard | None:
    """What others play is told for as long as it is respected, unless the player says by itself when it ends."""
    heard = playback.heard
    if heard is None or heard.live:
        return heard
    return None if not heard.ours and playback.override is None else heard


def _take(step: Step, given: Input, now: Now, settings: Settings) -> Step:
    """Takes the input itself."""
    match given:
        case Reading():
            return step.to(perception.see(step.state, given, now, settings))
        case Command():
            return answer(step, given, now, settings)
        case PlayerReport():
            return reports.hear(step, given, now, settings)
        case LookReport():
            return reports.look(step, given, now, settings)
        case SongsReport():
            playback = step.state.playback
            if given.status and playback.found is not None and playback.found.wanted == given.wanted:
                return step  # what was found before is better than what could not be found now
            return step.to(replace(step.state, playback=replace(playback, found=given)))
        case Labels(labels, enrolled, model, remembers):
            learnt = perception.learn(step.state, labels)
            return step.to(replace(learnt, enrolled=enrolled, model=model, remembers=remembers))
        case CameraStatus():
            return step.to(perception.told(step.state, given, now, settings))
        case SenseGone():
            return step.to(replace(perception.told(step.state, camera.SENSE_GONE, now, settings), came=True))
        case SenseLate():
            return step.to(perception.late(step.state, now, settings))
        case PlayerSays(status, days):
            playback = replace(step.state.playback, status=status, login_days_left=days)
            return step.to(replace(step.state, playback=playback))
        case Notice(kind, detail, taught):
            return step.tell(kind, now, mood=mood_of(step.state), detail=detail, taught=taught)
        case Tick():
            return step


def _tell_camera(step: Step, before: State, now: Now) -> Step:
    """Tells that the camera is lost, or back, since `before`."""
    state, mood = step.state, mood_of(step.state)
    if state.camera.lost and not before.camera.lost:
        return step.tell("camera_lost", now, mood=mood, detail=state.camera.detail)
    if before.camera.lost and not state.camera.lost and state.camera.status == "on":
        return step.tell("camera_back", now, mood=mood)
    return step


def _tell_people(step: Step, passed: State, now: Now, settings: Settings) -> Step:
    """Tells who has come or gone since time has `passed`. Whoever comes is told of before their mood."""
    came = presence.change(passed.presence, step.state.presence)
    if came is None:
        return step
    # Whoever is told of is remembered no longer: how long the kiosk was away says nothing more of them.
    step = step.to(replace(step.state, stopped=None)).tell(came, now, mood=mood_of(step.state))
    manual, playback = step.state.manual, step.state.playback
    if came == "left":
        step = step.to(replace(step.state, manual=manual and replace(manual, left=True)))
        return policy.on_departure(step, now, settings)
    if manual is not None and manual.left:  # whoever chose it by hand has gone
        manual = None
    return step.to(replace(step.state, manual=manual, playback=night.come(replace(playback, empty_at=None))))


def _follow(step: Step, before: State, now: Now, settings: Settings) -> Step:
    """Tells that the mood is another one, and decides what is to be done about it.

    A mood that is unknown for a while has not changed; only one that was chosen by hand ends all the same.
    """
    state, previous = step.state, step.state.told
    ended = before.manual is not None and state.manual is None
    mood = mood_of(state) if knows_mood(state) or ended else previous
    if mood != previous:
        step = step.to(replace(state, told=mood, since=utc(now), playback=replace(state.playback, waiting=None)))
        step = continuity.hold(step.tell("mood_changed", now, mood=mood, previous=previous), now)
    return night.watch(continuity.consider(step, now, settings), now, settings)
