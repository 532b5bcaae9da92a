"""How long the main loop waits for the next item: until something is due, and no longer."""

from __future__ import annotations

from moodkiosk.decide.kiosk import Now

AGAIN_SECONDS = 0.5
"""What time alone has changed may change more, so another turn comes soon. And as long as the time of day is not known,
nobody says when it is."""
WATCHING_SECONDS = 1.0
"""While pictures are expected, that none comes is news, and a kiosk that was stopped must know it from a look that is
late."""
CALM_SECONDS = 60.0
"""So seldom sense need tell its looks while nobody is here."""
LONGEST_SECONDS = CALM_SECONDS + 5.0
"""The longest wait: somebody may set the clock meanwhile. A little more, so that a look of sense's ends it, which has
news as well."""
LATE_SECONDS = 0.001
"""So much after the moment itself, so that it is surely over."""


def pause_seconds(now: Now, due: float, *, changed: bool, watching: bool) -> float:
    """Seconds until the next turn, if nothing comes before.

    Args:
        now: the present moment.
        due: the earliest deadline, monotonic seconds; infinity: there is none.
        changed: time alone has just changed something.
        watching: looks are expected at their usual pace.
    """
    longest = WATCHING_SECONDS if watching else LONGEST_SECONDS
    if changed or now.wall is None:
        longest = AGAIN_SECONDS
    return min(max(0.0, due - now.at + LATE_SECONDS), longest)
