"""A kiosk in a household: the real decide code and the real player, a double for Spotify, and time that is wound.

While the player waits (for a fade, for the speaker), people go on living, as they do beside act's worker; and the
newest decision wins, as there.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import msgspec

from moodkiosk.act.players import choose
from moodkiosk.act.players.player import Clock
from moodkiosk.config.settings import Config, SpotifySettings
from moodkiosk.decide import kiosk
from moodkiosk.decide.settings import MoodMusic, MusicSettings
from moodkiosk.moods.command import Command, Result
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.reading import Reading
from moodkiosk.moods.report import PlayerReport
from tests.evening.speaker import SPEAKER, Living
from tests.support.household import LABELS
from tests.support.webapi import CLIENT_ID, device

BEGIN = datetime(2026, 11, 23).astimezone()
"""A midnight in this machine's zone, as the player has it."""
PHONE, FOREIGN = "p1", "spotify:album:foreign00000000000000"
MOODS = {
    "happy": MoodMusic(play=("Sunny side", "Beach")),
    "sad": MoodMusic(play=("spotify:playlist:piano",)),
    "angry": MoodMusic(play=("spotify:playlist:out",)),
}
LOOK_SECONDS = 2.0
"""From look to look while somebody is in view: as on a small Pi, which saves time here."""
ALONE_SECONDS = 20.0
"""While nobody is in view, so long passes from look to look, as on a slow processor: that only saves time here."""
LINGER_SECONDS = 60.0


class Seen(Protocol):
    """Who is in front of the kiosk; times are seconds since the first midnight."""

    def anybody(self, at: float) -> bool:
        """Whether somebody is."""

    def next_edge(self, at: float) -> float:
        """When somebody comes or goes next."""

    def look(self, at: float) -> Reading:
        """What sense says of this moment; asked for in the order of time."""


class Kiosk:
    """A kiosk with a player, and who is in front of it.

    Attributes:
        at: seconds since the first midnight, for decide and the player alike.
        config: what stands in its file; see `take`.
        state: what the kiosk knows.
        decisions: all there were, "none" included.
        carried_out: what the player was given, and what it says became of it.
    """

    def __init__(self, config: Config, folder: Path, people: Seen, hour: float) -> None:
        self.at, self._folder, self._people = hour * 3600, folder, people
        self.decisions: list[Decision] = []
        self.carried_out: list[tuple[Decision, PlayerReport | None]] = []
        self._job: Decision | None = None
        self._at_work = False
        self._seen_at, self._runs = self.at, 0
        self.take(config)
        self.start({})

    @property
    def now(self) -> kiosk.Now:
        """The present moment."""
        return kiosk.Now(self.at, (BEGIN.astimezone(UTC) + timedelta(seconds=self.at)).astimezone())

    @property
    def idle(self) -> bool:
        """The player has nothing to do."""
        return self._job is None and not self._at_work

    def wall(self) -> float:
        """Seconds since 1970."""
        return BEGIN.timestamp() + self.at

    def run(self, until: float) -> None:
        """Time passes; `until` is in seconds since the first midnight."""
        while self.at < until:
            self.live(min(self._step_seconds(), until - self.at))
            self.work()

    def live(self, seconds: float) -> None:
        """So much time passes, and the kiosk looks once at the end of it."""
        self.at += seconds
        if self._people.anybody(self.at):
            self._seen_at = self.at
        self.settings = self.config.for_decide().with_looks_of(max(0.2, seconds))
        self.give(self._people.look(self.at))

    def take(self, config: Config) -> None:
        """The configuration holds from now on."""
        self.config, self.settings = config, config.for_decide()
        self.player = choose.make(config, self._folder, lambda _topic, _payload: False, self._clock())

    def start(self, remembered: dict[str, object]) -> None:
        """The kiosk starts."""
        self._runs += 1
        self.state = kiosk.start(self.settings, remembered, f"run{self._runs}")
        self.give(kiosk.Labels(LABELS))
        self.give(kiosk.CameraStatus("on"))

    def restart(self) -> None:
        """It ends, and starts with what it remembers."""
        self.take(self.config)
        self.start(msgspec.json.decode(msgspec.json.encode(kiosk.remember(self.state, self.now.wall))))

    def give(self, given: kiosk.Input) -> Result | None:
        """One input, now."""
        step = kiosk.step(self.state, given, self.now, self.settings)
        self.state = step.state
        self.decisions += step.decisions
        for decision in step.decisions:
            if decision.action != "none":
                self._job = decision
        return step.result

    def ask(self, name: str, value: object = None) -> Result | None:
        """Somebody asks for something."""
        return self.give(Command(name, value, origin="web"))  # type: ignore[arg-type] # as the table of commands has them

    def answer(self, name: str, value: object = None) -> Result:
        """What somebody who asks for something is told, when the player has done it: as act's loop has it."""
        before, promise = len(self.decisions), self.ask(name, value)
        assert promise is not None
        wanted = [one for one in self.decisions[before:] if one.asked and one.action != "none"]
        self.work()
        if not promise.ok or not wanted:
            return promise
        report = next((report for decision, report in self.carried_out if decision is wanted[-1]), None)
        return kiosk.completed(promise, wanted[-1], report)

    def look(self) -> None:
        """Somebody asks what plays, as `moodkiosk status` does."""
        if self.idle and self.player.no_look() is None:
            report = self.player.look(lambda: self._job is not None)
            if report is not None:
                self.give(report)

    def work(self) -> None:
        """The player carries the newest decision out, and the next, until there is none."""
        while self._job is not None:
            decision, self._job, self._at_work = self._job, None, True
            self._begin(decision)
            report = self.player.play(decision, lambda: self._job is not None)
            self._at_work = False
            self.carried_out.append((decision, report))
            if report is not None:
                self.give(replace(report, decided_at=decision.at))

    def _begin(self, decision: Decision) -> None:
        """The player is about to carry a decision out."""

    def _clock(self) -> Clock:
        """What the player takes for the time."""
        return Clock(lambda: self.at, self.wall, self._wait)

    def _step_seconds(self) -> float:
        if self._people.anybody(self.at) or self.at - self._seen_at < LINGER_SECONDS:
            return LOOK_SECONDS
        return min(ALONE_SECONDS, max(1.0, self._people.next_edge(self.at) - self.at))

    def _wait(self, seconds: float) -> None:
        """The player waits: meanwhile people live."""
        if int(self.at + seconds) == int(self.at):
            self.at += seconds
        else:
            self.live(seconds)


class Home(Kiosk):
    """A household with its kiosk and its Spotify, which may be another kiosk's as well."""

    def __init__(self, api: Living, folder: Path, people: Seen, hour: float, **music: object) -> None:
        self.api, self.at = api, hour * 3600
        api.now = self.wall
        if len(api.devices) == 1:
            api.devices = [device("Living room", SPEAKER), device("A phone", PHONE)]
        settings = {"player": "spotify", "moods": MOODS} | music
        folder.mkdir(exist_ok=True)
        (folder / "spotify-token.json").write_bytes(msgspec.json.encode(api.sign_in()))
        config = Config(
            music=MusicSettings(**settings),  # type: ignore[arg-type] # fields by name
            spotify=SpotifySettings(client_id=CLIENT_ID, developer=api.developer),
        )
        super().__init__(config, folder, people, hour)

    def ask(self, name: str, value: object = None) -> Result | None:
        result = super().ask(name, value)
        if name == "pause":
            self.api.stopped = self.api.stopped or self.api.plays
        return result

    def _begin(self, decision: Decision) -> None:
        self.api.by_request = decision.asked
