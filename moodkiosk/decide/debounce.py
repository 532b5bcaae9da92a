"""Debounce: from flickering readings to a mood that holds.

A forward filter (hidden Markov model, Rabiner 1989) keeps a belief over the moods of the person in front. Each reading
speaks for the time since the one before it: in that time the belief drifts a little towards what is usual, and the
reading's probabilities weigh in, the more the better the view. A mood settles when the belief in it has been high
enough while the person was seen showing it, and ends when the belief has been low for some time (hysteresis), or when
the face shows nothing clear any more. A wrong mood costs more than none, so the way back to a face at rest never waits.
Everything is counted in seconds, so 2, 5 and 30 readings a second behave alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from moodkiosk.decide.settings import MoodSettings, Settings
from moodkiosk.decide.times import ROUNDING
from moodkiosk.moods.reading import AT_REST, Reading

USUAL_AT_REST = 0.55
"""How much of the time a face is at rest; the other moods share what is left. Measured at home it would be more, but a
mood that is never believed is of no use."""
DRIFT_SETTLES = 5.0
"""The belief forgets with a time constant of this many times `settle_seconds`."""
EVIDENCE = 5.0
"""How often a face speaks anew in `settle_seconds`: looks that follow each other closely show the same face again, so
twice as many of them are not twice the evidence."""
FLOOR = 0.02
"""No single look is surer than this that a mood is not there: landmarks slip."""
LEAST_LOOKS = 4.0
"""One reading speaks for a quarter of `settle_seconds` at most, so that no single one settles anything."""
END_BELIEF = 0.6
"""A mood ends when the belief in it falls below this share of `sure`, …"""
END_SETTLES = 1.0
"""… and stays there, without another mood that is believed, for this share of `settle_seconds`."""
LEAD_SETTLES = 0.6
"""A mood must have been seen in good views for this share of `settle_seconds` while it was believed."""
CLEAR = 0.48
"""A look shows nothing clear when no mood is so much more probable than the next. A mood ends also when only such looks
were seen …"""
UNCLEAR_SETTLES = 0.6
"""… for this share of `settle_seconds`, without another mood that is believed, …"""
DOUBT_LEAST = 0.1
"""… unless what is not believed of it is less than this share of what `sure` leaves."""
GOOD_VIEW = 0.5
"""Quality weight of a good view; readings below it may keep a mood, but never settle one by themselves."""
NEWCOMER_SECONDS = 1.0
"""Somebody else in front for this long takes over; a person who only walks past does not."""


@dataclass(frozen=True, slots=True)
class Debounce:
    """What is believed of the person in front, and the mood that has settled.

    Attributes:
        mood: the settled mood; None: not sure, or nobody.
        track: the person whose mood it is; None: nobody's.
        confidence: the mood's probability, a running mean, 0 to 1.
        changed_at: when the mood changed last; the refractory period counts from here.
        read_at: when the last reading was taken in.
        belief: label to what is believed of the person in front, summing to 1; empty: nothing yet. Never of two people.
        means: label to the running mean of its probability.
        leader: the label that is believed enough to settle, or None.
        lead_seconds: how long the leader was seen in good views.
        weak_seconds: how long the belief in the settled mood has been too low.
        unclear_seconds: how long the settled mood was in doubt while no look showed anything clear.
        front: the track of the person in front.
        front_since: when that person came to the front.
        missed_seconds: how long no face was seen, without a break.
    """

    mood: str | None = None
    track: int | None = None
    confidence: float = 0.0
    changed_at: float | None = None
    read_at: float | None = None
    belief: Mapping[str, float] = field(default_factory=dict)
    means: Mapping[str, float] = field(default_factory=dict)
    leader: str | None = None
    lead_seconds: float = 0.0
    weak_seconds: float = 0.0
    unclear_seconds: float = 0.0
    front: int | None = None
    front_since: float = 0.0
    missed_seconds: float = 0.0


def see(state: Debounce, reading: Reading, *, present: bool, settings: Settings) -> Debounce:
    """Takes in one reading. A mood settles only while somebody is `present`. Readings come in order of time."""
    mood = settings.mood
    passed = 0.0 if state.read_at is None else reading.at - state.read_at
    gap = not 0 <= passed <= settings.gap_seconds + ROUNDING
    if gap:  # nothing is known of it: what was believed is forgotten as time goes, what was seen does not go on
        state = replace(state, belief=drifted(state.belief, max(passed, 0.0), mood), leader=None, lead_seconds=0.0)
    seconds = 0.0 if gap else min(passed, mood.settle_seconds / LEAST_LOOKS)
    if reading.track is None:
        state = replace(state, belief=drifted(state.belief, seconds, mood))
        missed_seconds = state.missed_seconds + (0.0 if gap else passed)
        state = replace(state, read_at=reading.at, missed_seconds=missed_seconds)
    else:
        if reading.track != state.front:  # a newcomer starts fresh
            state = replace(state, belief={}, means={}, front=reading.track, front_since=reading.at)
            state = replace(state, leader=None, lead_seconds=0.0, weak_seconds=0.0, unclear_seconds=0.0)
            seconds = 0.0
        state = replace(state, read_at=reading.at, missed_seconds=0.0)
        state = _believe(state, reading, seconds, mood)
    if not present or _gone(state, reading, mood):
        state = replace(state, mood=None, track=None, weak_seconds=0.0, unclear_seconds=0.0)
    elif reading.track is not None and state.track in (None, reading.track):  # not of who may only walk past
        state = _settle(state, reading.at, mood)
    confidence = 0.0 if state.mood is None else state.means.get(state.mood, state.confidence)
    return replace(state, confidence=confidence)


def settled(readings: Iterable[Reading], settings: Settings) -> list[tuple[str | None, Mapping[str, float]]]:
    """What has settled after each of the readings of somebody who is present, and what is believed then."""
    state, found = Debounce(), []
    for reading in readings:
        state = see(state, reading, present=True, settings=settings)
        found.append((state.mood, state.belief))
    return found


def lose(state: Debounce) -> Debounce:
    """Nothing can be seen any more: no mood is known, and what was seen counts no longer."""
    return Debounce(changed_at=state.changed_at)


def prior(labels: Mapping[str, float]) -> dict[str, float]:
    """What is usual: mostly a face at rest, where there is such a label."""
    others = len(labels) - (AT_REST in labels)
    if AT_REST not in labels or not others:
        return dict.fromkeys(labels, 1 / len(labels))
    return {label: USUAL_AT_REST if label == AT_REST else (1 - USUAL_AT_REST) / others for label in labels}


def forward(
    belief: Mapping[str, float], probabilities: Mapping[str, float], seconds: float, view: float, settings: MoodSettings
) -> dict[str, float]:
    """One step of the filter: the belief drifts, then the reading weighs in.

    Args:
        belief: label to belief, over the labels of `probabilities`; empty: nothing is known yet.
        probabilities: of the reading; the network's answer for moods that are all equally usual.
        seconds: the time the reading speaks for.
        view: weight of the view, 0 to 1.
        settings: how quick.
    """
    same = belief.keys() == probabilities.keys()
    expected = drifted(belief, seconds, settings) if same else prior(probabilities)
    power = EVIDENCE * seconds * view / settings.settle_seconds
    weighed = {label: expected[label] * max(share, FLOOR) ** power for label, share in probabilities.items()}
    total = sum(weighed.values())
    return {label: value / total for label, value in weighed.items()}


def drifted(belief: Mapping[str, float], seconds: float, settings: MoodSettings) -> dict[str, float]:
    """The belief after some time in which nothing was learnt: nearer to what is usual."""
    kept = math.exp(-seconds / (DRIFT_SETTLES * settings.settle_seconds))
    usual = prior(belief) if belief else {}
    return {label: kept * value + (1 - kept) * usual[label] for label, value in belief.items()}


def _believe(state: Debounce, reading: Reading, seconds: float, settings: MoodSettings) -> Debounce:
    """Takes in what a reading says of the person in front."""
    if not reading.probabilities:
        return state
    view = reading.quality.weight
    belief = forward(state.belief, reading.probabilities, seconds, view, settings)
    share = 1 - math.exp(-seconds * view / settings.settle_seconds)
    known = state.means.keys() == reading.probabilities.keys()
    means = {
        label: value + (1 - share) * (state.means[label] - value) if known else value
        for label, value in reading.probabilities.items()
    }
    best = max(sorted(belief), key=belief.__getitem__)
    leader = best if belief[best] >= settings.sure - ROUNDING else None
    # A moment of doubt only interrupts what was seen of the leader; another leader begins anew.
    lead_seconds = 0.0 if leader not in (None, state.leader) else state.lead_seconds
    if leader is not None and reading.mood == leader and view >= GOOD_VIEW:
        lead_seconds += seconds
    weak = state.mood is not None and belief.get(state.mood, 0.0) < END_BELIEF * settings.sure - ROUNDING
    ending = seconds if weak and leader is None else 0.0  # whoever shows another mood clearly is about to get that one
    doubted = state.mood is not None and belief.get(state.mood, 0.0) < 1 - DOUBT_LEAST * (1 - settings.sure)
    first, second = (*sorted(reading.probabilities.values(), reverse=True), 0.0, 0.0)[:2]
    clear = leader not in (None, state.mood) or first - second >= CLEAR - ROUNDING
    return replace(
        state,
        belief=belief,
        means=means,
        leader=leader or state.leader,
        lead_seconds=lead_seconds,
        weak_seconds=state.weak_seconds + ending if weak else 0.0,
        unclear_seconds=state.unclear_seconds + seconds if doubted and not clear else 0.0,
    )


def _gone(state: Debounce, reading: Reading, settings: MoodSettings) -> bool:
    """Whether the person whose mood has settled is in front no more. That waits for no refractory period."""
    if reading.track is None:
        return state.missed_seconds >= settings.settle_seconds - ROUNDING
    return state.track not in (None, reading.track) and reading.at - state.front_since >= NEWCOMER_SECONDS - ROUNDING


def _settle(state: Debounce, at: float, settings: MoodSettings) -> Debounce:
    """Lets a mood settle or end. Within the refractory period there is only the way back to a face at rest.

    Nothing else is lost by that: the belief will still be there after.
    """
    leader = state.leader
    led = leader is not None and state.lead_seconds >= LEAD_SETTLES * settings.settle_seconds - ROUNDING
    if not led or state.belief.get(leader or "", 0.0) < settings.sure - ROUNDING:
        leader = None
    unclear = state.unclear_seconds >= UNCLEAR_SETTLES * settings.settle_seconds - ROUNDING
    if leader is not None and leader == state.mood and not unclear:
        return replace(state, track=state.front)
    early = state.changed_at is not None and at - state.changed_at < settings.refractory_seconds - ROUNDING
    if early and (leader != AT_REST or state.mood == AT_REST):
        return state
    if leader is not None and leader != state.mood:
        return replace(state, mood=leader, track=state.front, changed_at=at, weak_seconds=0.0, unclear_seconds=0.0)
    weak = state.weak_seconds >= END_SETTLES * settings.settle_seconds - ROUNDING
    if state.mood is not None and (weak or unclear):
        ended = replace(state, mood=None, track=None, changed_at=at, weak_seconds=0.0, unclear_seconds=0.0)
        return replace(ended, leader=None, lead_seconds=0.0)  # what is seen from now on counts
    return state
