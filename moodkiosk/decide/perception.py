"""What is seen, and what can be known of people while nothing can be seen."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

from moodkiosk.decide import camera, debounce, presence
from moodkiosk.decide.debounce import Debounce
from moodkiosk.decide.inputs import CameraStatus
from moodkiosk.decide.presence import Presence
from moodkiosk.decide.settings import Settings
from moodkiosk.decide.state import Sight, State, knows_mood
from moodkiosk.decide.times import ROUNDING, Now, utc
from moodkiosk.moods.reading import Reading
from moodkiosk.moods.view import UnknownBecause

MOOD_AFTER_SECONDS = 1.0
"""The mood of somebody who arrives settles so much later, with the shortest settings too: an automation that waits for
it once somebody has arrived has begun to wait by then."""
PATIENCE_SECONDS = 120.0
"""A start or a stall that lasts no longer does not count against the memory of who was here."""
RESTART_SECONDS = 10.0
"""Nor does so much of the time in which a half is not there: until systemd has started it again."""
JUDGED_SETTLES = 2.0
"""Whoever was looked at for this many times `settle_seconds` without a mood that settles is not sure."""
PASSING: dict[UnknownBecause, float] = {
    "camera starting": PATIENCE_SECONDS,
    "no pictures": PATIENCE_SECONDS,
    "too slow": PATIENCE_SECONDS,
    "sense away": RESTART_SECONDS,
}
"""What is soon over by itself, and for how long that is believed."""


def see(state: State, reading: Reading, now: Now, settings: Settings) -> State:
    """Takes in a reading, unless its camera is closed on purpose or it comes out of order."""
    read_at = state.presence.read_at
    if not camera.wanted(state, now, settings)[0] or state.camera.status in ("off", "lent"):
        return state
    if read_at is not None and reading.at <= read_at:
        return state
    promised = settings.with_promise_of(state.presence.promised_seconds)
    if _other_number(state.debounce, reading, promised.gap_seconds):
        state = _lose(state, state.presence)
    who = presence.see(state.presence, reading, settings)
    here_long = who.here_since is not None and reading.at - who.here_since >= MOOD_AFTER_SECONDS - ROUNDING
    settled = debounce.see(state.debounce, reading, present=here_long, settings=settings)
    return replace(
        state,
        camera=camera.read(state.camera, now),
        presence=who,
        debounce=settled,
        neutral=state.neutral if reading.track is None else reading.neutral,
        sight=_judge(state.sight, who, settled, reading, settings),
    )


def _other_number(before: Debounce, reading: Reading, gap_seconds: float) -> bool:
    """Whether somebody else may be in front, or only a face that was numbered anew.

    Sense follows nobody over a pause (`tracks.REMEMBER_SECONDS`). Their mood is not known then, until it is seen; but
    it has not ended, as that of somebody has whom another has relieved before our eyes.
    """
    paused = before.read_at is not None and reading.at - before.read_at > gap_seconds + ROUNDING
    return paused and reading.track != before.front


def _judge(sight: Sight, who: Presence, settled: Debounce, reading: Reading, settings: Settings) -> Sight:
    """Whether enough was seen by now to know the mood; and once it is known who is here, nothing more is forgotten."""
    began_at = reading.at if sight.began_at is None else sight.began_at
    if who.here is None:
        return replace(sight, began_at=began_at)
    # Before that no mood may settle, however clear it is.
    may_settle_at = began_at if who.here_since is None else max(began_at, who.here_since + MOOD_AFTER_SECONDS)
    long_enough = reading.at - may_settle_at >= JUDGED_SETTLES * settings.mood.settle_seconds - ROUNDING
    return Sight(sight.judged or not who.here or settled.mood is not None or long_enough, began_at)


def learn(state: State, labels: tuple[str, ...]) -> State:
    """Sense has come with a model: moods it does not know end, and what was seen with other labels counts no more."""
    manual = state.manual if state.manual is not None and (state.manual.mood in labels or not labels) else None
    seeing = replace(state.camera, status="starting", detail="") if state.camera.status == "lost" else state.camera
    if labels != state.labels:
        state = replace(state, debounce=debounce.lose(state.debounce), sight=replace(state.sight, judged=False))
    if not state.came:
        seeing = replace(seeing, starting_at=None)  # only now does it begin
    return replace(state, labels=labels, manual=manual, camera=seeing, came=True)


def told(state: State, status: CameraStatus, now: Now, settings: Settings) -> State:
    """Takes in what is said of the camera."""
    open_wanted, _ = camera.wanted(state, now, settings)
    return replace(state, camera=camera.told(state.camera, status, now, open_wanted=open_wanted))


def pass_time(state: State, now: Now, settings: Settings) -> State:
    """A camera that is silent, or starting, for too long is lost; and who was here is forgotten in the dark."""
    state = replace(state, camera=camera.wait(state.camera, now))
    if now.at >= camera.given_up_at(state.camera):
        state = told(state, camera.STUCK if state.came else camera.SENSE_GONE, now, settings)
    if camera.silent(state.camera, now, settings.with_promise_of(state.presence.promised_seconds)):
        state = told(state, camera.SILENT, now, settings)
    state = _make_up(state, now, settings)
    why = blind(state, now, settings)
    if why is not None and state.stepped_at is not None:
        state = replace(state, sight=_darken(state.sight, now.at - state.stepped_at, _passing(state, why)))
    return _forget(state) if state.sight.dark_seconds > settings.presence.leave_seconds + ROUNDING else state


def _passing(state: State, why: UnknownBecause) -> float:
    """For how many seconds it is believed to be over soon. A half that has not come yet may still be starting."""
    return PATIENCE_SECONDS if why == "sense away" and not state.came else PASSING.get(why, 0.0)


def _darken(sight: Sight, seconds: float, patience_seconds: float) -> Sight:
    """Nothing could be seen for so many seconds more; `patience_seconds` of all that do not count."""
    patient = min(seconds, max(0.0, patience_seconds - sight.patience_seconds))
    patience, dark = sight.patience_seconds + patient, sight.dark_seconds + seconds - patient
    return replace(sight, patience_seconds=patience, dark_seconds=dark)


def late(state: State, now: Now, settings: Settings) -> State:
    """A promise is broken: from now on nothing is known of anybody, until there is another look."""
    who, seeing = state.presence, state.camera
    if not who.promised_seconds:
        return state
    last = now.at - settings.presence.unknown_seconds - 2 * ROUNDING  # when it last looked, or before that
    counted_at, read_at = who.counted_at, seeing.read_at
    return replace(
        state,
        presence=replace(who, promised_seconds=0.0, counted_at=None if counted_at is None else max(counted_at, last)),
        camera=replace(seeing, read_at=None if read_at is None else max(read_at, last)),
    )


def slept(state: State, seconds: float) -> State:
    """This half itself did nothing for so long (stopped, or on a busy machine): that says nothing of others.

    Only who was here is not believed for ever: what goes beyond PATIENCE_SECONDS is time in which nobody was seen.
    """
    unseen_seconds = seconds - PATIENCE_SECONDS
    if unseen_seconds > 0:
        sight = replace(state.sight, dark_seconds=state.sight.dark_seconds + unseen_seconds)
        state = _lose(replace(state, sight=sight), presence.lose(state.presence))
    seeing, who = state.camera, state.presence
    return replace(
        state,
        camera=replace(
            seeing,
            read_at=None if seeing.read_at is None else seeing.read_at + seconds,
            starting_at=None if seeing.starting_at is None else seeing.starting_at + seconds,
        ),
        presence=replace(who, counted_at=None if who.counted_at is None else who.counted_at + seconds),
        stepped_at=None if state.stepped_at is None else state.stepped_at + seconds,
    )


def close_eyes(state: State, now: Now, settings: Settings) -> State:
    """While nothing can be seen nothing is known of anybody: never the mood of whoever was here last."""
    why = blind(state, now, settings)
    if why is None:
        return state
    return _lose(state, presence.lag(state.presence) if why == "too slow" else presence.lose(state.presence))


def _lose(state: State, who: Presence) -> State:
    """What was seen of moods counts no longer; `who` is what is known of people then."""
    sight = replace(state.sight, judged=False, began_at=None)
    return replace(state, presence=who, debounce=debounce.lose(state.debounce), sight=sight)


def blind(state: State, now: Now, settings: Settings) -> UnknownBecause | None:
    """Why nothing can be seen just now; None: it can."""
    seeing, who = state.camera, state.presence
    if not state.chosen.camera:
        return "camera off"
    if not camera.wanted(state, now, settings)[0]:
        return "camera scheduled off"
    if seeing.status == "lent":
        return "camera lent"
    if seeing.status == "lost":
        reasons: dict[str, UnknownBecause] = {
            camera.SENSE_GONE.detail: "sense away",
            camera.SILENT.detail: "no pictures",
        }
        return reasons.get(seeing.detail, "camera lost")
    if seeing.status != "on":
        return "camera starting"
    if who.counted_at is not None and now.at - who.counted_at > _patience_seconds(who, settings) + ROUNDING:
        return "too slow"
    return None


def _patience_seconds(who: Presence, settings: Settings) -> float:
    """Without two readings that follow each other for longer than this, nothing is known of anybody."""
    return max(settings.presence.unknown_seconds, settings.with_promise_of(who.promised_seconds).gap_seconds)


def due(state: State, now: Now, settings: Settings) -> float:
    """When the passing of time alone will next mean something here, monotonic seconds; infinity: never."""
    seeing, counted_at = state.camera, state.presence.counted_at
    open_since = seeing.read_at if seeing.status == "on" else None
    silence_seconds = settings.with_promise_of(state.presence.promised_seconds).silence_seconds
    silent = math.inf if open_since is None else open_since + silence_seconds
    if blind(state, now, settings) is not None:
        return min(silent, camera.given_up_at(seeing), _forgets_at(state, now, settings))
    patience_seconds = _patience_seconds(state.presence, settings)
    return min(silent, math.inf if counted_at is None else counted_at + patience_seconds + 2 * ROUNDING)


def calm(state: State, now: Now, settings: Settings) -> bool:
    """Whether only a change is news: nobody is here for sure, or the camera is closed on purpose."""
    if not camera.wanted(state, now, settings)[0]:
        return state.camera.status == "off"
    who = state.presence
    return state.camera.status == "on" and who.here is False and not who.seen_seconds


def _forgets_at(state: State, now: Now, settings: Settings) -> float:
    """When who was here is forgotten in the dark, if that is any change."""
    forgotten, why = _forget(state), blind(state, now, settings)
    same = (forgotten.presence, forgotten.told, forgotten.since) == (state.presence, state.told, state.since)
    if same or why is None or state.stepped_at is None:
        return math.inf
    patience = max(0.0, _passing(state, why) - state.sight.patience_seconds)
    return state.stepped_at + patience + settings.presence.leave_seconds - state.sight.dark_seconds + 2 * ROUNDING


def unknown_because(state: State, now: Now, settings: Settings) -> UnknownBecause | None:
    """Why it is not known who is here, or in what mood; None: both are."""
    why = blind(state, now, settings)
    if why is None and (state.presence.here is None or not knows_mood(state)):
        return "just begun"
    return why


def _make_up(state: State, now: Now, settings: Settings) -> State:
    """After a restart: how long nobody was watching, as soon as that can be told.

    Starting up is not counted, neither the program's nor, if it has been started since, the machine's. A clock that
    is behind the end of the run before is not set yet, whoever says so.
    """
    wall, who = utc(now), state.presence
    if state.stopped is None or wall is None or wall < state.stopped:
        return state
    booted = wall - timedelta(seconds=now.at)
    begun = booted if state.stopped < booted else wall
    seconds = (begun - state.stopped).total_seconds() - state.stopped_within_seconds - RESTART_SECONDS
    state = replace(state, stopped=None)
    if who.here is None:
        return replace(state, sight=replace(state.sight, dark_seconds=state.sight.dark_seconds + max(0.0, seconds)))
    since = who.here_since
    if since is None or now.at - since > PATIENCE_SECONDS or seconds <= settings.presence.leave_seconds:
        return state
    # Whoever was seen before the clock was set was taken for whoever was here before; now it is known that they came.
    sight = replace(state.sight, dark_seconds=seconds)
    return _lose(replace(state, sight=sight), replace(who, here=None, here_since=None))


def _forget(state: State) -> State:
    """Whoever is seen next has arrived, and their mood is new."""
    manual = None if state.manual is None else state.manual.mood
    since = state.since if manual is not None else None
    sight = replace(state.sight, dark_seconds=0.0)
    return replace(state, presence=presence.forget(state.presence), told=manual, since=since, sight=sight)
