"""How often somebody who asks may cause a look at what plays: as a rule at once, but never so often that it is polling.

A token bucket: a few looks are in hand, and each one used comes back after a while: IN_HAND + 86,400 / EVERY_SECONDS
= 40 a day at most. So a person who asks gets an answer, and a page that is reloaded all day, or `moodkiosk status` in a
loop, stays within the day's budget.
"""

from __future__ import annotations

from moodkiosk.act.players.spotify.memory import Memory

IN_HAND = 4
"""So many looks may follow each other closely."""
EVERY_SECONDS = 2400.0
"""After so long one more may be used."""
APART_SECONDS = 20.0
"""What was seen less than this ago is new enough; a decision looks as well."""
REQUESTS_A_DAY = 200
"""Once so many requests were sent today, whatever for, the rest of the quota is left to decisions."""


def used_up(memory: Memory, wall: float) -> bool:
    """Whether no look is in hand at `wall` (seconds since 1970)."""
    return _in_hand(memory, wall) < 1


def use(memory: Memory, wall: float) -> None:
    """One look is used."""
    memory.looks, memory.looks_at = max(0.0, _in_hand(memory, wall) - 1), wall


def _in_hand(memory: Memory, wall: float) -> float:
    """How many looks may be used. A clock that was set, forwards or back, gives no more than all of them."""
    if memory.looks_at is None:
        return IN_HAND
    return min(IN_HAND, memory.looks + abs(wall - memory.looks_at) / EVERY_SECONDS)
