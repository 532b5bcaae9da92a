"""How what the kiosk stands among is doing: the broker, the other half, the player, its own memory, the page."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from moodkiosk.act import health
from moodkiosk.decide.view import public
from moodkiosk.moods.view import View
from moodkiosk.words.reason import Reason, said

if TYPE_CHECKING:
    from moodkiosk.act.loop import Loop
    from moodkiosk.act.mqtt.publisher import Publisher
    from moodkiosk.act.players.player import Player
    from moodkiosk.act.sockets import SenseLink
    from moodkiosk.act.store import Store
    from moodkiosk.act.web.server import Page
    from moodkiosk.config.running import Configuration

AROUND = ("broker", "sense", "player", "memory")
"""The sentences about what the kiosk stands among."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Asked for whoever wants to know; `publisher` and `page` are None where they are switched off."""

    configuration: Configuration
    loop: Loop
    bridge: SenseLink
    player: Player
    store: Store
    publisher: Publisher | None
    page: Page | None

    def status(self, view: View) -> dict[str, object]:
        """What `moodkiosk status` prints."""
        page = self.page.status if self.page else "switched off"
        hello, teaching = self.loop.sense.hello, self.loop.classroom.teaching
        pending = self.configuration.pending(hello.settings or None if hello else None)
        around = self.found() | {
            "page": page,
            "pending": pending,
            "active_rate_hz": self._looks_hz(),
            "teaching": teaching and said(asdict(teaching), ("text",)),
        }
        return public(view) | said(around, (*AROUND, "page", "pending"))

    def found(self) -> dict[str, object]:
        """How what the kiosk stands among is doing."""
        player = self.player.status()
        return {
            "broker": self.publisher.status if self.publisher else "switched off",
            "sense": self._sense(),
            "player": player.text,
            "memory": self.store.status,
            "requests_today": player.requests_today,
            "login_days_left": health.rounded(player.login_days_left),
        }

    def _looks_hz(self) -> float | None:
        """Looks a second while somebody is there, as fast as the processor is; None: sense does not say."""
        health = self.loop.sense.health
        return health.active_rate_hz or None if health else None

    def _sense(self) -> str:
        """The other half, in words; while its camera is on, what it has to say beside."""
        if not (there := health.sense(self.bridge, self.loop)):
            return "starting" if there is None else "not running"
        said = self.loop.sense.health
        return (
            Reason("act.running_but", detail=said.detail) if said and said.camera == "on" and said.detail else "running"
        )


def status_line(view: View) -> str:
    """What `systemctl status` shows."""
    if not view.camera or view.camera_status != "on":
        return f"camera {view.camera_status}"
    music = f"music: {view.playing or view.player_status}"
    if view.unknown_because is not None:
        return f"unknown who is there: {view.unknown_because}; {music}"
    who = f"{view.people} in view" if view.present else "nobody there"
    mood = (view.mood or "not sure") if view.present else "–"
    return f"{who}, mood {mood}; {music}"
