"""How loud, where a player has lowered the volume itself: not above the cap, nor up again further than it was. Pure."""

from __future__ import annotations

import msgspec


class Lowered(msgspec.Struct, frozen=True):
    """A volume that we have lowered, in percent: as it was, and as it is now."""

    was: int
    now: int


def volume(current: int | None, cap: int | None, lowered: Lowered | None) -> tuple[int | None, Lowered | None]:
    """The volume to set (None: leave it), and what to remember once it is set. All in percent.

    Never above `cap`; what a person has set is only ever lowered. A volume that is still as we lowered it may rise
    again with the cap (after the quiet hours), as far as it was.
    """
    if current is None or cap is None:
        return None, lowered
    untouched = lowered is not None and lowered.now == current
    was = lowered.was if lowered is not None and untouched else current
    if current > cap:
        return cap, Lowered(was, cap)
    if untouched and cap > current and was > current:
        target = min(cap, was)
        return target, Lowered(was, target) if target < was else None
    return None, lowered if untouched else None
