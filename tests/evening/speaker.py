"""The Web API's double with music that goes on: songs, playlists that end, and what the room hears of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.support.webapi import Reply, Seen, WebApi, playlist

STATION = "spotify:station:playlist:mix"
SPEAKER = "d1"


@dataclass
class Heard:
    """What became of the music, as the room hears it.

    Attributes:
        starts: how often music was started by itself, and `asked`, because somebody wanted it.
        cuts: of the first, how often our own music that ran was cut off.
        against: what was started by itself against what a person had chosen.
        surprises: what nobody could have expected.
    """

    starts: int = 0
    asked: int = 0
    cuts: int = 0
    against: list[str] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)


class Living(WebApi):
    """A household's Spotify.

    Attributes:
        autoplay: after the last song Spotify goes on with a station of its own.
        ours: the kiosk started what plays, or what played last.
        stopped: a person has paused it, and nobody has wanted music since, nor has a morning come.
        by_request: the decision that is carried out was asked for by a person.
        wakes_at: how loud the speaker is when it is woken, in percent, whatever it said before; None: as it said.
        heard: what became of it all.
    """

    def __init__(self, *, autoplay: bool, song_seconds: float) -> None:
        super().__init__()
        self.autoplay, self._song_seconds = autoplay, song_seconds
        self.ours = self.stopped = self.by_request = False
        self.wakes_at: int | None = None
        self.heard = Heard()
        self.resuming = True  # whether that was wanted is judged here
        self._began, self._lasts = 0.0, float("inf")
        self.playlists = [playlist("Sunny side", "sunny", 40), playlist("Beach", "beach", 60)]
        self.others = [playlist("Piano for a rainy day", "piano", 35), playlist("Let it out", "out", 50)]
        self.results = {words: [playlist(f"{words} mix", f"x{n}", 45)] for n, words in enumerate(("upbeat", "calming"))}

    @property
    def plays(self) -> bool:
        """Whether anything is to be heard."""
        self.pass_time()
        return self.playback is not None and bool(self.playback["is_playing"])

    @property
    def loud(self) -> int | None:
        """How loud our own music plays, in percent; None: it does not."""
        here = self.playback is not None and self.playback["device"]["id"] == SPEAKER
        return int(self.device(SPEAKER)["volume_percent"] or 0) if here and self.ours and self.plays else None

    @property
    def left_seconds(self) -> float:
        """How long what plays goes on."""
        return self._began + self._lasts - self.now()

    def pass_time(self) -> None:
        """Songs end, and so do playlists."""
        with self._lock:
            playing = self.playback
            if playing is None or not playing["is_playing"]:
                return
            gone = self.now() - self._began
            if gone < self._lasts:
                playing["progress_ms"] = int(gone % self._song_seconds * 1000)
                playing["item"] = {"duration_ms": int(self._song_seconds * 1000), "type": "track"}
            elif self.autoplay:
                playing["context"], self._lasts = {"uri": STATION, "type": "station"}, float("inf")
            else:  # back at the first song, and paused
                playing |= {"is_playing": False, "progress_ms": 0, "timestamp": int(self.now() * 1000)}

    def answer(self, seen: Seen, headers: dict[str, str]) -> Reply | str:
        self.pass_time()
        return super().answer(seen, headers)

    def person_plays(self, device_id: str, uri: str | None) -> None:
        """Somebody starts something of their own."""
        super().person_plays(device_id, uri)
        self.ours, self.stopped, self._lasts = False, False, float("inf")

    def person_pauses(self) -> None:
        """The music stops."""
        super().person_pauses()
        self._paused_at = self.now()

    def vanish(self) -> None:
        """The speaker is switched off, or other music ends: nothing plays, and nothing is paused."""
        with self._lock:
            self.playback = None

    def _command(self, what: str, seen: Seen) -> Reply:
        before = dict(self.playback) if self.playback else None
        reply = super()._command(what, seen)
        if reply.status != 204:
            return reply
        if what == "PUT /me/player/play":
            self._judge_start(before, seen)
        elif what == "PUT /me/player/pause" and self.by_request:
            self.stopped = True
        return reply

    def _judge_start(self, before: dict[str, Any] | None, seen: Seen) -> None:
        played = before is not None and before["is_playing"]
        uri = seen.body.get("context_uri")
        if self.by_request:
            self.heard.asked += 1
            self.stopped = False
        else:
            self.heard.starts += 1
            if played and not self.ours:
                self.heard.against.append("over other people's music")
            if self.stopped:
                self.heard.against.append("after somebody had paused it")
            if uri is None:
                self.heard.surprises.append("what was paused went on by itself")
            old = (before or {}).get("context") or {}
            self.heard.cuts += played and self.ours and old.get("uri") not in (uri, STATION)
        if uri is None:
            self._began += self.now() - getattr(self, "_paused_at", self.now())
            return
        self.ours = True
        if self.wakes_at is not None:
            self.device(SPEAKER)["volume_percent"], self.wakes_at = self.wakes_at, None
        length = self._length(uri)
        shuffled = bool(self.playback and self.playback["shuffle_state"])
        first = 0 if shuffled else int(seen.body.get("offset", {}).get("position", 0))
        self._began, self._lasts = self.now(), (length - first) * self._song_seconds

    def _length(self, uri: str) -> int:
        lists = [*self.playlists, *self.others, *(found for results in self.results.values() for found in results)]
        return next((found["items"]["total"] for found in lists if found and found["uri"] == uri), 30)
