"""Plays a household's days, as `people` has drawn them, and listens."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from moodkiosk.decide.hours import active_until
from moodkiosk.decide.music import policy
from moodkiosk.decide.state import mood_of, volume_cap
from moodkiosk.moods.choice import Taste
from tests.evening.figures import Figures
from tests.evening.home import FOREIGN, LOOK_SECONDS, PHONE, Home
from tests.evening.people import DAY, HOUR, People
from tests.evening.speaker import SPEAKER, Living
from tests.support.webapi import Fault, error

FIRST_HOUR = 6
MORNING = 7 * HOUR


class Evening(Home):
    """A household of which nobody knows what it will do.

    Attributes:
        figures: what was heard so far.
    """

    def __init__(self, api: Living, folder: Path, seed: int, hours: float) -> None:
        self._chance = random.Random(seed)
        self._end = (FIRST_HOUR + hours) * HOUR
        people = People(self._chance, int(self._end // DAY) + 1)
        self._happenings = [one for one in people.happenings if one[0] > FIRST_HOUR * HOUR]
        self._plans: list[tuple[float, Callable[[], object]]] = []
        self._last_loud: int | None = None
        self.figures = Figures(seed, hours)
        super().__init__(api, folder, people, FIRST_HOUR)

    def play(self) -> Figures:
        """Plays it all."""
        self.run(self._end)
        self.figures.take(self.api.heard, len(self.api.requests))
        return self.figures

    def live(self, seconds: float) -> None:
        """So much time passes, and what is due in it happens."""
        if (self.at - MORNING) // DAY < (self.at + seconds - MORNING) // DAY:
            self.api.stopped = False  # a pause lasts until the morning
        super().live(seconds)
        self.figures.present_seconds += seconds if self._people.anybody(self.at) else 0.0
        while self._happenings and self._happenings[0][0] <= self.at:
            self._happen(self._happenings.pop(0)[1])
        due = [plan for plan in self._plans if plan[0] <= self.at]
        self._plans = [plan for plan in self._plans if plan not in due]
        for _, happen in due:
            happen()
        if self.idle:  # what is decided in this second is heard in the next
            self._listen(seconds)

    def work(self) -> None:
        """The player is at work; what it does in the night, nobody may have asked for."""
        job = self._job
        if job is not None and job.action == "play" and not job.asked and self._in_the_night():
            self.api.heard.surprises.append("music by itself in the night")
        super().work()

    # What is heard

    def _listen(self, seconds: float) -> None:
        """What the room hears of it in these seconds."""
        api, figures, loud = self.api, self.figures, self.api.loud
        works = not api.faults and self._speaker_is_there()
        over = loud - self._cap() if loud is not None and works else 0
        figures.loudest_over = max(figures.loudest_over, over)
        figures.over_seconds += seconds if over > 0 else 0.0
        if loud is not None and self._last_loud is not None and loud - self._last_loud > 20:
            api.heard.surprises.append(f"from {self._last_loud} to {loud} % in one step")
        self._last_loud = loud
        wanted = self._people.anybody(self.at) and self._wants_music() and not api.stopped
        if wanted and works and not api.plays:
            figures.silent_seconds += seconds

    def _wants_music(self) -> bool:
        """A mood has held for long enough, there is music for it, and no gate is shut."""
        mood, held = mood_of(self.state), self.state.held
        patience_seconds = self.config.music.after_seconds + LOOK_SECONDS
        if mood is None or held is None or held.mood != mood or self.at - held.at <= patience_seconds:
            return False
        return policy.may_play(self.state, mood, self.now, self.settings)

    def _cap(self) -> int:
        """The loudest that music may be now, in percent."""
        cap = volume_cap(self.state, self.settings)
        return min(cap, self.config.music.quiet_volume_percent_max) if self._in_the_night() else cap

    def _in_the_night(self) -> bool:
        wall = self.now.wall
        assert wall is not None
        return active_until(self.config.music.quiet_hours, wall) is not None

    def _speaker_is_there(self) -> bool:
        return any(there["id"] == SPEAKER for there in self.api.devices)

    # What happens

    def _plan(self, low_minutes: float, high_minutes: float, happen: Callable[[], object]) -> None:
        self._plans.append((self.at + self._chance.uniform(low_minutes, high_minutes) * 60, happen))

    def _happen(self, what: str) -> None:
        api, chance = self.api, self._chance
        self.figures.happened += 1
        match what:
            case "others on the speaker" if self._speaker_is_there():
                api.person_plays(SPEAKER, FOREIGN)
                self._plan(10, 60, self._others_end)
            case "others on a phone" | "private session":
                api.device(PHONE)["is_private_session"] = what == "private session"
                api.person_plays(PHONE, FOREIGN)
                self._plan(10, 60, self._others_end)
            case "pause on the phone" if api.plays:
                api.person_pauses()
                here = api.playback is not None and api.playback["device"]["id"] == SPEAKER
                api.stopped = api.stopped or here or api.ours  # what is paused elsewhere says nothing of this room
            case "pause on the page":
                self.ask("pause")
            case "play" | "recommend" | "skip":
                self.ask(what)
            case "wish":
                self.ask("recommend", Taste(artist="Nina Simone"))
            case "mood by hand":
                self.ask("mood", chance.choice(("happy", "sad", "angry")))
            case "auto":
                self.ask("mood", "auto")
            case "another cap":
                self.ask("volume_cap", chance.choice((20, 30, 40, 50, 60, 70)))
            case "music off":
                self.ask("music", "off")
                self._plan(10, 90, lambda: self.ask("music", "on"))
            case "restart" if self.idle:
                self.restart()
            case "speaker gone" if self.idle and self._speaker_is_there():
                gone = api.devices.pop(0)
                api.vanish()
                self._plan(5, 40, lambda: api.devices.insert(0, gone | {"is_active": False}))
            case "Spotify out of order" | "too many requests":
                busy = error(429, "slow down", Retry_After=str(int(chance.uniform(20, 300))))
                fault = Fault("/v1/", error(503, "not now") if "order" in what else busy, None)
                api.faults.append(fault)
                self._plan(1, 10 if "order" in what else 2, lambda: api.faults.remove(fault))
            case "status":
                self.look()
            case "the speaker says no volume" if self._speaker_is_there() and not api.plays:
                api.device(SPEAKER)["volume_percent"] = None

    def _others_end(self) -> None:
        if self.api.plays and not self.api.ours:  # what is paused stays on the account
            self.api.vanish()
