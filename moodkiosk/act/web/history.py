"""Today's moods: a short list in memory, and on disk only where that is wished."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from moodkiosk.host import paths
from moodkiosk.host.files import NOT_JSON, TooLarge, read_at_most, write_atomic
from moodkiosk.moods.view import View

SPANS_LIMIT = 4000
"""More changes than this in a day are not worth telling apart; the oldest are dropped."""

LIMIT_BYTES = 2 * 1024 * 1024
"""More than a day's file grows to."""

log = logging.getLogger("moodkiosk.web")

Seen = Literal["mood", "unsure", "nobody", "blind"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the day; it ends where the next begins.

    Attributes:
        at: its beginning, ISO 8601 with zone.
        seen: "mood" (see `mood`), "unsure" (somebody, but what mood?), "nobody", or "blind" (nothing is known).
        mood: the settled mood, or the one chosen by hand.
    """

    at: str
    seen: Seen
    mood: str | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """What is kept of a day."""

    day: date
    spans: tuple[Span, ...] = ()


def seen(view: View) -> tuple[Seen, str | None]:
    """What a view says about the mood."""
    if view.mood is not None:
        return "mood", view.mood
    if view.camera_status != "on" or view.unknown_because is not None:
        return "blind", None
    return ("unsure" if view.present else "nobody"), None


def add(day: Day, view: View, now: datetime) -> Day:
    """The day after `view` was shown at `now`.

    At midnight a new one begins, with what went on then; when the clock was set, with nothing.
    """
    what, mood = seen(view)
    last = day.spans[-1] if day.spans else None
    if day.day != now.date():
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        over_night = last is not None and now.date() - day.day == timedelta(days=1)
        kept = (replace(last, at=midnight.isoformat(timespec="seconds")),) if last and over_night else ()
        day, last = Day(now.date(), kept), kept[-1] if kept else None
    if last is not None and (last.seen, last.mood) == (what, mood):
        return day
    span = Span(now.isoformat(timespec="seconds"), what, mood)
    return Day(day.day, (*day.spans, span)[-SPANS_LIMIT:])


def ended(day: Day, now: datetime) -> Day:
    """The day of a kiosk that sees nothing from `now` on."""
    if not day.spans or day.spans[-1].seen == "blind":
        return day
    return Day(day.day, (*day.spans, Span(now.isoformat(timespec="seconds"), "blind"))[-SPANS_LIMIT:])


class HistoryFile:
    """The file `moods-today.json` in act's state folder; where history is not to be kept, it is removed."""

    def __init__(self, folder: Path, *, keep: bool) -> None:
        self._path = folder / "moods-today.json"
        self._keep = keep
        self._written: Day | None = None
        self._troubled = False

    def load(self, now: Callable[[], datetime]) -> Day:
        """Today's moods so far. The file of another day is not read."""
        empty = Day(now().date())
        if not self._keep:
            self._remove()
            return empty
        try:
            found = msgspec.json.decode(read_at_most(self._path, LIMIT_BYTES), type=Day)
            begun = [_moment(span.at) for span in found.spans][-1:]
        except FileNotFoundError:
            return empty
        except (OSError, TooLarge, *NOT_JSON) as error:
            log.warning("today's moods cannot be read from %s: %s", self._path, error)
            return empty
        if found.day != empty.day or not begun:
            return empty
        self._written = found
        # What went on while the kiosk was not running, nobody knows. A kiosk that ended in order has said when that
        # began; after a power cut nothing is claimed beyond the last change that was written.
        moment = now()
        written = datetime.fromtimestamp(self._path.stat().st_mtime).astimezone(moment.tzinfo)
        return ended(found, min(max(written, *begun), moment))

    def _remove(self) -> None:
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:  # a card that has become read-only, for one, is no reason to have no page
            log.warning("the moods of a day cannot be deleted from %s: %s", self._path, error.strerror)

    def wants(self, day: Day) -> bool:
        """Whether `day` is to be kept and has changed."""
        return self._keep and day != self._written

    def save(self, day: Day) -> None:
        """Writes `day` if it is to be kept and has changed; blocks for as long as the disk takes."""
        if not self.wants(day):
            return
        try:
            paths.make_private(self._path.parent)
            write_atomic(self._path, msgspec.json.encode(day))
        except OSError as error:
            if not self._troubled:
                log.warning("today's moods are not kept in %s: %s", self._path, error.strerror)
            self._troubled = True
            return
        self._written, self._troubled = day, False


def _moment(text: str) -> datetime:
    """A time with its zone. Raises ValueError for other texts."""
    moment = datetime.fromisoformat(text)
    if moment.utcoffset() is None:
        raise ValueError(f"no zone: {text[:40]}")
    return moment
