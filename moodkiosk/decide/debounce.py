"""Debounce: from flickering readings to a mood that holds.

Each reading speaks for the time since the one before it, weighted by how sure it is and how good the view was. A mood
settles when its share of the last seconds reaches one threshold and ends when it falls below a lower one
(hysteresis). Everything is counted in seconds, so 2, 5 and 30 readings a second behave alike.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace

from moodkiosk.decide.settings import Settings
from moodkiosk.decide.times import ROUNDING
from moodkiosk.moods import Reading

COVERED_SHARE = 0.5
"""Less than this share of the window seen, and nothing settles or ends: one frame after a pause is no evidence."""
GOOD_VIEW = 0.5
"""Quality weight of a good view; readings below it may keep a mood, but never settle one by themselves."""
PATIENCE_SHARE = 0.5
"""A mood ends when its share was too low, or no face was seen, for this share of the window: time for the next mood to
take over, or for a face to be found again."""
NEWCOMER_SECONDS = 1.0
"""Somebody else in front for this long takes over; a person who only walks past does not."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What one reading says.

    Attributes:
        at: monotonic seconds.
        seconds: the time it speaks for: since the reading before it, 0 after a gap.
        label: the mood; None: not sure, or no face.
        votes: weight of its say, 0 to 1: confidence × quality; 1 without a face.
        view: quality of the view, 0 to 1; 0 without a face.
        probabilities: label to probability.
    """

    at: float
    seconds: float
    label: str | None
    votes: float
    view: float
    probabilities: dict[str, float]


@dataclass(frozen=True, slots=True)
class Debounce:
    """What has been seen of the person in front, and the mood that has settled.

    Attributes:
        mood: the settled mood; None: not sure, or nobody.
        track: the person whose mood it is; None: nobody's.
        confidence: the mean probability of the mood over the window, 0 to 1.
        changed_at: when the mood changed last; the refractory period counts from here.
        window: the last seconds of the person in front, oldest first. Never of two people.
        front: the track of the person in front.
        front_since: when that person came to the front.
        weak_since: since when the mood's share has been too low; None: it is not.
        missed_seconds: how long no face was seen, without a break.
    """

    mood: str | None = None
    track: int | None = None
    confidence: float = 0.0
    changed_at: float | None = None
    window: tuple[Glance, ...] = ()
    front: int | None = None
    front_since: float = 0.0
    weak_since: float | None = None
    missed_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Tally:
    """The window, counted.

    Attributes:
        seen_seconds: how much of it is covered by readings.
        good_seconds: label to how much of it is covered by its readings with a good view.
        shares: label to its share of the votes, 0 to 1.
        means: label to its mean probability over the frames with a face, 0 to 1.
    """

    seen_seconds: float = 0.0
    good_seconds: dict[str | None, float] = field(default_factory=dict)
    shares: dict[str | None, float] = field(default_factory=dict)
    means: dict[str, float] = field(default_factory=dict)


def see(state: Debounce, reading: Reading, *, present: bool, settings: Settings) -> Debounce:
    """Takes in one reading. A mood settles only while somebody is `present`. Readings come in order of time."""
    state = _look(state, reading, settings)
    tally = count(state.window, reading.at, settings)
    state = replace(state, weak_since=_weak_since(state, tally, reading.at, settings))
    if not present or _gone(state, reading, settings):
        state = replace(state, mood=None, track=None, weak_since=None)
    elif reading.track is not None:
        state = _settle(state, tally, reading.at, settings)
    confidence = 0.0 if state.mood is None else tally.means.get(state.mood, state.confidence)
    return replace(state, confidence=confidence)


def lose(state: Debounce) -> Debounce:
    """Nothing can be seen any more: no mood is known, and what was seen counts no longer."""
    return Debounce(changed_at=state.changed_at)


def count(window: tuple[Glance, ...], at: float, settings: Settings) -> Tally:
    """Counts the part of the window that lies in the last `window_seconds` before `at`."""
    begin = at - settings.mood.window_seconds
    seen = viewed = voted = 0.0
    good: defaultdict[str | None, float] = defaultdict(float)
    votes: defaultdict[str | None, float] = defaultdict(float)
    sums: defaultdict[str, float] = defaultdict(float)
    for glance in window:
        seconds = min(glance.seconds, glance.at - begin)
        seen += seconds
        good[glance.label] += seconds if glance.view >= GOOD_VIEW else 0.0
        viewed += seconds * glance.view
        voted += seconds * glance.votes
        votes[glance.label] += seconds * glance.votes
        for label, probability in glance.probabilities.items():
            sums[label] += seconds * glance.view * probability
    shares = {label: value / voted for label, value in votes.items()} if voted else {}
    means = {label: value / viewed for label, value in sums.items()} if viewed else {}
    return Tally(seen, good, shares, means)


def _look(state: Debounce, reading: Reading, settings: Settings) -> Debounce:
    """Adds the reading to the window of the person in front; somebody else begins with an empty one."""
    window, front, since = state.window, state.front, state.front_since
    if reading.track is not None and reading.track != front:
        window, front, since = (), reading.track, reading.at
    begin = reading.at - settings.mood.window_seconds
    kept = tuple(glance for glance in window if begin < glance.at <= reading.at)
    glance = _glance(reading, window[-1].at if window else None, settings)
    missed = state.missed_seconds + glance.seconds if reading.track is None else 0.0
    return replace(state, window=(*kept, glance), front=front, front_since=since, missed_seconds=missed)


def _glance(reading: Reading, before: float | None, settings: Settings) -> Glance:
    """The reading, for the time since the one `before` it."""
    seconds = 0.0 if before is None else reading.at - before
    # Half a window at most, so that no single reading can settle anything in a short window either.
    if not 0 <= seconds <= min(settings.gap_seconds, settings.mood.window_seconds / 2) + ROUNDING:
        seconds = 0.0
    if reading.track is None:
        return Glance(reading.at, seconds, label=None, votes=1.0, view=0.0, probabilities={})
    view = reading.quality.weight
    sure = reading.confidence >= settings.mood.min_confidence - ROUNDING
    return Glance(
        reading.at,
        seconds,
        label=reading.mood if sure else None,
        votes=reading.confidence * view,
        view=view,
        probabilities=reading.probabilities,
    )


def _weak_since(state: Debounce, tally: Tally, at: float, settings: Settings) -> float | None:
    """Since when the settled mood has had too small a share."""
    if state.mood is None or tally.seen_seconds < COVERED_SHARE * settings.mood.window_seconds - ROUNDING:
        return None
    if tally.shares.get(state.mood, 0.0) >= settings.mood.exit_share - ROUNDING:
        return None
    return at if state.weak_since is None else state.weak_since


def _gone(state: Debounce, reading: Reading, settings: Settings) -> bool:
    """Whether the person whose mood has settled is in front no more. That waits for no refractory period."""
    if reading.track is None:
        return state.missed_seconds >= PATIENCE_SHARE * settings.mood.window_seconds - ROUNDING
    return state.track not in (None, reading.track) and reading.at - state.front_since >= NEWCOMER_SECONDS - ROUNDING


def _settle(state: Debounce, tally: Tally, at: float, settings: Settings) -> Debounce:
    """Lets a mood settle or end. Within the refractory period nothing changes: the window will still say it after."""
    leader = _leader(tally, settings)
    if leader is not None and leader == state.mood:
        return replace(state, track=state.front)
    if state.changed_at is not None and at - state.changed_at < settings.mood.refractory_seconds - ROUNDING:
        return state
    if leader is not None:
        return replace(state, mood=leader, track=state.front, changed_at=at, weak_since=None)
    patience_seconds = PATIENCE_SHARE * settings.mood.window_seconds
    if state.weak_since is not None and at - state.weak_since >= patience_seconds - ROUNDING:
        return replace(state, mood=None, track=None, changed_at=at, weak_since=None)
    return state


def _leader(tally: Tally, settings: Settings) -> str | None:
    """The mood that is the most probable on average, if its votes are enough for it to settle."""
    covered_seconds = COVERED_SHARE * settings.mood.window_seconds
    if not tally.means or tally.seen_seconds < covered_seconds - ROUNDING:
        return None
    leader = max(sorted(tally.means), key=tally.means.__getitem__)
    enough = tally.shares.get(leader, 0.0) >= settings.mood.enter_share - ROUNDING
    seen_well = tally.good_seconds.get(leader, 0.0) >= settings.mood.enter_share * covered_seconds - ROUNDING
    return leader if enough and seen_well else None
