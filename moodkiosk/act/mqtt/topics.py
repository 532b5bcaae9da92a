"""The topics of one kiosk (contract 4), and what travels on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from moodkiosk.config.settings import Config

ROOT = "moodkiosk"

COMMANDS = (
    "camera",
    "music",
    "mood",
    "language",
    "artist",
    "recommend",
    "recommendations",
    "choose",
    "more_like",
    "not_again",
    "play",
    "pause",
    "skip",
    "look",
    "volume_cap",
    "correct",
    "calibrate",
    "person",
    "reload",
    "teach_invite",
)
"""What may be asked over MQTT: names of `commands.TABLE`. Deleting ("forget") is left to the command line and the page,
since anyone on the broker could ask for it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A topic in the documentation: its name under `moodkiosk/<kiosk>/`, "yes" if it is retained, and what it says."""

    name: str
    retained: str
    payload: str
    doc: str


ROWS = (
    Row("availability", "yes", '"online" or "offline"', "whether the kiosk is there; also its last will"),
    Row("state", "yes", "JSON", "what the kiosk shows of itself; on change only, at most twice a second"),
    Row("event", "no", "JSON", "what happened, once; never repeated"),
    Row("info", "yes", "JSON", "what the kiosk is"),
    Row("recommendations", "yes", "JSON", "songs to choose from; `set/recommendations` makes the list anew"),
    Row("health", "yes", "JSON", "how it is doing, every `mqtt.health_seconds`"),
    Row("set/<thing>", "no", "text or JSON", "a command to the kiosk; a retained one is ignored"),
    Row("result", "no", "JSON", "what became of a command"),
    Row("play", "no", "JSON", "what to play, with `music.player: mqtt` only"),
)


@dataclass(frozen=True, slots=True)
class Message:
    """Something to publish.

    Attributes:
        topic: the full topic.
        payload: the bytes; empty and retained removes what the broker keeps.
        retain: the broker keeps it for later subscribers.
        qos: 0 or 1.
        expiry_seconds: with MQTT 5, the broker forgets it after so long instead of handing it to somebody who was away.
    """

    topic: str
    payload: bytes
    retain: bool = False
    qos: int = 1
    expiry_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of the kiosk with id `kiosk`. Ids are checked by `settings.Id`: no slash, no wildcard."""

    kiosk: str
    discovery_prefix: str = "homeassistant"
    base: str = ROOT

    @classmethod
    def of(cls, config: Config) -> Self:
        """The topics as configured."""
        return cls(config.kiosk.id, config.mqtt.discovery_prefix, config.mqtt.base_topic)

    def under(self, name: str) -> str:
        """The kiosk's own topic of that name, e.g. "state"."""
        return f"{self.base}/{self.kiosk}/{name}"

    @property
    def availability(self) -> str:
        """Whether the kiosk is "online" or "offline", retained; also the last will."""
        return self.under("availability")

    @property
    def state(self) -> str:
        """Everything the kiosk shows of itself, retained."""
        return self.under("state")

    @property
    def event(self) -> str:
        """What happened once, never retained."""
        return self.under("event")

    @property
    def info(self) -> str:
        """What the kiosk is, retained."""
        return self.under("info")

    @property
    def recommendations(self) -> str:
        """Songs to choose from, retained."""
        return self.under("recommendations")

    @property
    def health(self) -> str:
        """How it is doing, retained."""
        return self.under("health")

    @property
    def result(self) -> str:
        """What became of a command, never retained."""
        return self.under("result")

    @property
    def commands(self) -> str:
        """The subscription to all commands, misspelt ones as well."""
        return self.under("set/#")

    def command(self, name: str) -> str:
        """The topic of one command."""
        return self.under(f"set/{name}")

    @property
    def device_id(self) -> str:
        """The kiosk's id in Home Assistant."""
        return f"{ROOT}_{self.kiosk}"

    @property
    def discovery(self) -> str:
        """Home Assistant's device discovery, retained."""
        return f"{self.discovery_prefix}/device/{self.device_id}/config"

    @property
    def retained(self) -> tuple[str, ...]:
        """All that the broker keeps of us, and nobody else should write to."""
        return self.availability, self.state, self.info, self.recommendations, self.health, self.discovery

    @property
    def birth(self) -> str:
        """Where Home Assistant says "online" when it has started."""
        return f"{self.discovery_prefix}/status"
