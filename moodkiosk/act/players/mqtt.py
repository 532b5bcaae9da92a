"""The player "mqtt": asks somebody else to play, by a message that Home Assistant or Music Assistant acts on.

The topic is `mqtt.player_topic`, by default `moodkiosk/<kiosk>/play`; the message is never retained, for a command
that is found later is a stale one. docs/spotify.md has an automation that carries it out.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import msgspec

from moodkiosk.act.players.player import PlayerStatus, Publish, Superseded
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.report import LookReport, PlayerReport, ReportKind
from moodkiosk.moods.song import SongsReport, Wanted
from moodkiosk.words.reason import Reason, plain

log = logging.getLogger("moodkiosk.act.player")

NO_BROKER = Reason("player.no_broker")
DONE: dict[str, ReportKind] = {
    "play": "played",
    "pause": "paused",
    "skip": "skipped",
    "resume": "resumed",
    "volume": "adjusted",
}


def payload(decision: Decision) -> bytes:
    """The message for a decision: JSON, all keys always there.

    `uri` and `search` are the first choice of their kinds, for automations that can follow only one;
    `choices` has all of them in order.
    """

    def first(kind: str) -> str | None:
        return next((choice.value for choice in decision.choices if choice.kind == kind), None)

    return msgspec.json.encode(
        {
            "action": decision.action,
            "mood": decision.mood,
            "language": decision.language,
            "artist": decision.artist,
            "genre": decision.genre,
            "what": decision.what,
            "speaker": decision.speaker,
            "uri": first("uri"),
            "playlist": first("playlist"),
            "search": first("search"),
            "choices": [{"kind": choice.kind, "value": choice.value} for choice in decision.choices],
            "volume_percent_max": decision.volume_percent_max,
            "fade_seconds": decision.fade_seconds,
            "continues": decision.continues,
            "finish_song": decision.finish_song,
            "asked": decision.asked,
            "youtube_url": decision.youtube_url,
            "reason": decision.reason,
        },
        enc_hook=plain,
    )


class MqttPlayer:
    """Publishes what to play. Whether it is really played is not known here, so overrides are not noticed either."""

    def __init__(self, topic: str, publish: Publish, monotonic: Callable[[], float]) -> None:
        self._topic = topic
        self._publish = publish
        self._monotonic = monotonic
        self._status = PlayerStatus()
        self._lock = threading.Lock()

    def play(self, decision: Decision, superseded: Superseded) -> PlayerReport:  # noqa: ARG002 - it takes no time
        """Publishes the decision. Music that is only to go on has not been started by that: it is "kept"."""
        sent = self._publish(self._topic, payload(decision))
        text = "ready" if sent else NO_BROKER
        with self._lock:
            if text != self._status.text:
                log.info("player: %s", text)
            self._status = PlayerStatus(text)
        kind = DONE.get(decision.action, "failed") if sent else "failed"
        if kind == "played" and decision.continues:
            kind = "kept"
        uri = next((choice.value for choice in decision.choices if choice.kind == "uri"), None)
        at, asked = self._monotonic(), decision.asked
        return PlayerReport(kind, at, text, decision.mood, decision.what, uri, asked, certainty="asked")

    def look(self, superseded: Superseded) -> LookReport:  # noqa: ARG002 - it takes no time
        """Nothing can be seen from here."""
        return LookReport("unknown", self._monotonic(), self._status.text)

    def find(self, wanted: Wanted, superseded: Superseded) -> SongsReport:  # noqa: ARG002 - it takes no time
        """Only whoever carries the message out knows what there is."""
        return SongsReport(wanted, self._monotonic())

    def cover(self, key: str) -> None:
        """There are no pictures."""

    def close(self) -> None:
        """It says nothing by itself."""

    def no_look(self) -> str:
        """It never can."""
        return Reason("player.never_learns")

    def status(self) -> PlayerStatus:
        """Whether the last message could be sent."""
        return self._status
