"""What the player must not forget over a restart."""

from __future__ import annotations

import msgspec

from moodkiosk.act.players.lowered import Lowered
from moodkiosk.decide.music import choose


class Started(msgspec.Struct, frozen=True):
    """Music that we have started; `at` in seconds since 1970, `name` "" where it has none, `mood` that it is for."""

    uri: str
    speaker_id: str
    at: float
    name: str = ""
    lasts_seconds: float | None = None
    mood: str | None = None

    @property
    def called(self) -> str:
        """What people call it: by its name, else by the mood that it is for."""
        return self.name or choose.unnamed(self.uri, self.mood)


class Noticed(msgspec.Struct, frozen=True):
    """Music that a person has stopped: where and what, and when that was first seen (seconds since 1970)."""

    what: str
    at: float


class Memory(msgspec.Struct):
    """What the player remembers.

    Attributes:
        speaker_name, speaker_id: the device that had this name when it was last seen.
        trusted: music that was started there was heard to play.
        missing: the speaker was looked for in vain, and has not been seen since.
        woken: the wake command was tried since the speaker was last there.
        started: what we started last.
        pending: what we may have started after that; the answer did not arrive.
        paused_by_us: because everybody had left.
        noticed: a pause that is a person's.
        lowered: the speaker's volume, if we have lowered it.
        volume_percent: what the speaker last said of it while it played.
        begun: context URI to the numbers of the songs it was last begun with, the newest last.
        shuffled: shuffle was switched on once; whoever switches it off again is left alone.
        busy_until, busy_seconds, busy_why: until when (since 1970), for how long and why nothing may be sent.
        looks, looks_at: how many looks for those who ask were left when the last one was used (since 1970).
        requests, requests_day: how many were sent on that day (ISO).
    """

    speaker_name: str = ""
    speaker_id: str | None = None
    trusted: bool = False
    missing: bool = False
    woken: bool = False
    started: Started | None = None
    pending: str | None = None
    paused_by_us: bool = False
    noticed: Noticed | None = None
    lowered: Lowered | None = None
    volume_percent: int | None = None
    begun: dict[str, list[int]] = {}
    shuffled: bool = False
    busy_until: float | None = None
    busy_seconds: float = 0.0
    busy_why: str = ""
    looks: float = 0.0
    looks_at: float | None = None
    requests: int = 0
    requests_day: str = ""

    def is_ours(self, uri: str | None) -> bool:
        """Whether this is music that we started."""
        return uri is not None and (uri == self.pending or (self.started is not None and uri == self.started.uri))
