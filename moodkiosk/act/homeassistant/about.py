"""What Home Assistant is told of a kiosk: what never changes while it runs, and what may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from moodkiosk.act.mqtt.topics import Topics
from moodkiosk.config.languages import AUTO
from moodkiosk.config.settings import Config, KioskSettings, WebSettings
from moodkiosk.host.machine import hostname
from moodkiosk.words.language import FALLBACK

LOOPBACK = ("127.0.0.1", "::1", "localhost")
EVERYWHERE = ("0.0.0.0", "::", "")


LOOKING = ("spotify", "mpd")
"""The players that can say what plays."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What may change while the kiosk runs.

    Attributes:
        labels: the moods of the loaded model.
        enrolled: the names of those with a neutral face of their own.
        corrections: a correction is remembered, as the household has chosen; it would be refused otherwise.
        loudest: the highest that the volume cap may be set to, in percent.
    """

    labels: tuple[str, ...] = ()
    enrolled: tuple[str, ...] = ()
    corrections: bool = False
    loudest: int = 100


@dataclass(frozen=True, slots=True)
class About:
    """What does not.

    Attributes:
        kiosk: its id, name and area.
        topics: where everything is.
        version: of moodkiosk.
        looks: the player can say what plays.
        page: the address of the page for others, "" where nobody but the kiosk can reach it.
        language: in which the entities are named.
    """

    kiosk: KioskSettings
    topics: Topics
    version: str
    looks: bool = True
    page: str = ""
    language: str = "en"

    @classmethod
    def of(cls, config: Config, version: str) -> Self:
        """As configured."""
        return cls(
            config.kiosk,
            Topics.of(config),
            version,
            looks=config.music.player in LOOKING,
            page=page_address(config.web),
            language=next(
                (wanted for wanted in (config.kiosk.language, config.web.language) if wanted != AUTO), FALLBACK
            ),
        )


def page_address(web: WebSettings) -> str:
    """Where others find the page, by a name under which it lets itself be called."""
    if not web.enabled or web.host in LOOPBACK or not web.port:
        return ""
    host = web.host
    if host in EVERYWHERE:
        host = web.allowed_hosts[0] if web.allowed_hosts else f"{hostname()}.local"
    return f"http://{f'[{host}]' if ':' in host else host}:{web.port}/"
