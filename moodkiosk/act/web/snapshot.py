"""What the page knows of the kiosk: the newest of everything. The main loop writes, the page's thread reads."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime

import msgspec

from moodkiosk.act.web import history
from moodkiosk.decide.view import public
from moodkiosk.link import printed
from moodkiosk.link.messages import Teaching
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.event import MoodEvent
from moodkiosk.moods.song import Song
from moodkiosk.moods.view import View
from moodkiosk.words.reason import plain, said

EVENTS_KEPT = 32
"""A stream that falls further behind than this misses events; its state is always the newest."""

HEALTH: dict[str, object] = {
    "broker": "switched off",
    "sense": "starting",
    "player": "ready",
    "memory": "ready",
    "requests_today": 0,
    "login_days_left": None,
}
HEALTH_SENTENCES = ("broker", "sense", "player", "memory")
"""The keys of `health`, as `moodkiosk status` has them, and what holds until something is said of them."""


STARTING = View(confidence=None, present=None, people=None, unknown_because="camera starting")
"""What is shown before the main loop has had its first turn."""


class Snapshot:
    """The newest view, health, decision and events, and today's moods. All of it may be called from any thread."""

    def __init__(self, name: str, wall: Callable[[], datetime], *, read_only: bool) -> None:
        """`wall` gives the time of day; `changed` may be set to be told of every change, on the writer's thread."""
        self.changed: Callable[[], None] = lambda: None
        self._name = name
        self._wall = wall
        self._read_only = read_only
        self._lock = threading.Lock()
        self._view = STARTING
        self._health = HEALTH
        self._decision: Decision | None = None
        self._songs: tuple[Song, ...] = ()
        self._day = history.Day(wall().date())
        self._teaching = b"null"
        self._events: deque[tuple[int, bytes]] = deque(maxlen=EVENTS_KEPT)
        self._events_told = 0
        self._state = self._encode()

    def show(self, view: View) -> None:
        """The kiosk has a new view of itself."""
        with self._lock:
            self._view = view
            self._day = history.add(self._day, view, self._wall())
            self._state = self._encode()
        self.changed()

    def health(self, figures: Mapping[str, object]) -> None:
        """The kiosk's surroundings; keys that `HEALTH` does not know are left out."""
        known = HEALTH | {key: value for key, value in figures.items() if key in HEALTH}
        if known == self._health:
            return
        with self._lock:
            self._health = known
            self._state = self._encode()
        self.changed()

    def offer(self, songs: tuple[Song, ...]) -> None:
        """There are other songs to choose from; whoever wants them asks."""
        self._songs = songs

    def decided(self, decision: Decision) -> None:
        """The kiosk has decided something."""
        with self._lock:
            self._decision = decision
            self._state = self._encode()
        self.changed()

    def tell(self, event: MoodEvent) -> None:
        """Something happened once."""
        with self._lock:
            self._events_told += 1
            self._events.append((self._events_told, printed.encode(event).rstrip()))
        self.changed()

    def teach(self, teaching: Teaching | None) -> None:
        """How a sitting before the kiosk goes; None: there is none."""
        body = None if teaching is None else said(asdict(teaching), ("text",))
        self._teaching = msgspec.json.encode(body, enc_hook=plain)
        self.changed()

    def begin_with(self, day: history.Day) -> None:
        """Takes the moods that were kept from before a restart."""
        with self._lock:
            self._day = history.Day(day.day, (*day.spans, *self._day.spans))

    @property
    def state(self) -> bytes:
        """The body of `/api/state`."""
        return self._state

    @property
    def teaching(self) -> bytes:
        """How a sitting goes, as JSON; "null": there is none."""
        return self._teaching

    @property
    def link(self) -> str | None:
        """The address of the music that is recommended."""
        found = self._view.recommendation
        return found.youtube_url if found else None

    def link_of(self, name: str) -> str | None:
        """The address of the song with that id, one of those to choose from."""
        return next((song.youtube_url for song in self._songs if song.id == name), None)

    @property
    def day(self) -> history.Day:
        """Today's moods."""
        return self._day

    @property
    def events_told(self) -> int:
        """How many events there were."""
        return self._events_told

    def events_after(self, number: int) -> list[tuple[int, bytes]]:
        """The events told after the `number`th, as far as they are kept, as JSON."""
        with self._lock:
            return [event for event in self._events if event[0] > number]

    def today(self) -> bytes:
        """The body of `/api/history`."""
        now = self._wall()
        with self._lock:
            self._day = history.add(self._day, self._view, now)
            day = self._day
        return msgspec.json.encode({"day": day.day, "now": now.isoformat(timespec="seconds"), "spans": day.spans})

    def _encode(self) -> bytes:
        decision = None
        if self._decision is not None:
            known = ("action", "mood", "what", "speaker", "reason")
            decision = said({key: getattr(self._decision, key) for key in known}, ("what", "reason"))
        return msgspec.json.encode(
            public(self._view)
            | {"kiosk": self._name, "read_only": self._read_only, "decision": decision}
            | {"health": said(self._health, HEALTH_SENTENCES)},
            enc_hook=plain,
        )
