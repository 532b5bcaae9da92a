"""What must never happen, whatever people do: random evenings, and a whole year."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings as limits
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from moodkiosk.decide import kiosk
from moodkiosk.decide.kiosk import CameraStatus, Labels, SenseGone, Tick
from moodkiosk.decide.music.running import ANSWER_SECONDS
from moodkiosk.decide.settings import MoodMusic, MusicSettings, PresenceSettings, Settings
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.report import LookKind, LookReport, PlayerReport
from tests.support.household import BERLIN, LABELS, Household

COOL_DOWN = timedelta(minutes=10)
RESPECT = timedelta(minutes=60)
CAP, QUIET_CAP = 60, 25
SETTINGS = Settings(
    music=MusicSettings(
        moods={
            "happy": MoodMusic(play=("Sunny side", "Beach")),
            "sad": MoodMusic(play=("spotify:playlist:piano",)),
            "angry": MoodMusic(search="slow down"),
        },
        search_when_empty=False,
        quiet_hours=("22:00-07:00", "sat,sun 13:00-14:30"),
        when_nobody="pause",
        after_seconds=0.0,
        respect_pause=60.0,
    )
)


MOODS = st.sampled_from(["happy", "happy", "sad", "angry", "neutral"])


def is_quiet(moment: datetime) -> bool:
    """The quiet hours of `SETTINGS`, said once more and differently."""
    local = moment.astimezone(BERLIN)
    minute = local.hour * 60 + local.minute
    return minute >= 22 * 60 or minute < 7 * 60 or (local.weekday() >= 5 and 13 * 60 <= minute < 14 * 60 + 30)


class Evening(RuleBasedStateMachine):
    """People, moods, hours and accidents at random; beside the kiosk a plain record of what really happened."""

    @initialize(
        day=st.sampled_from([datetime(2026, 3, 28), datetime(2026, 10, 24), datetime(2026, 6, 3)]),
        hour=st.sampled_from([9, 12, 16, 19, 21]),
        clock=st.sampled_from([True, True, True, False]),
    )
    def begin(self, day: datetime, hour: int, clock: bool) -> None:
        # The true time at monotonic 0; the first two days are those before the clocks change.
        self.boot = day.replace(hour=hour, tzinfo=BERLIN).astimezone(UTC)
        self.home = Household(SETTINGS, begun=None)
        self.sessions = 0
        self.started_at: datetime | None = None  # music was started by us
        self.before: datetime | None = None
        self.chosen_at: datetime | None = None  # a person chose
        self.pending: Decision | None = None
        self.wish: Decision | None = None  # asked for, and the player has not answered
        self.cap = CAP
        self.last: dict[str, str] = {}
        self.ids: set[str] = set()
        if clock:
            self.set_clock()

    @property
    def true_time(self) -> datetime:
        return self.boot + timedelta(seconds=self.home.at)

    @rule()
    def set_clock(self) -> None:
        self.home.begun = self.boot.astimezone(BERLIN)
        self.check()

    @rule(mood=MOODS | st.none(), seconds=st.sampled_from([1.0, 6.0, 12.0]), track=st.integers(1, 2))
    def look(self, mood: str | None, seconds: float, track: int) -> None:
        self.home.look(mood, seconds, hz=2.0, track=track)
        self.check()

    @rule(mood=MOODS, minutes=st.sampled_from([0.5, 5, 9, 11, 59, 61]))
    def come_in_again(self, mood: str, minutes: float) -> None:
        self.home.leave(40, hz=1.0)
        self.check()
        self.home.wait(minutes)
        self.set_clock()  # the network has had time to tell it
        self.home.look(mood, 6, hz=2.0)
        self.check()

    @rule(seconds=st.sampled_from([3.0, 40.0]))
    def leave(self, seconds: float) -> None:
        self.home.leave(seconds, hz=1.0)
        self.check()

    @rule(minutes=st.sampled_from([0.5, 1, 5, 9, 11, 59, 61, 600]))
    def time_passes(self, minutes: float) -> None:
        self.home.wait(minutes)
        self.check()

    @rule(name=st.sampled_from(["camera", "music"]), value=st.sampled_from(["on", "on", "on", "off"]))
    def switch(self, name: str, value: str) -> None:
        self.home.ask(name, value)
        self.check()

    @rule(mood=MOODS | st.just("auto"))
    def choose_mood(self, mood: str) -> None:
        self.home.ask("mood", mood)
        self.check(by_hand=mood != "auto")

    @rule(percent=st.integers(0, 100))
    def choose_cap(self, percent: int) -> None:
        self.home.ask("volume_cap", percent)
        self.cap = min(percent, CAP)
        self.check()

    @rule()
    def recommend(self) -> None:
        self.home.ask("recommend")
        self.check()

    @rule(button=st.sampled_from(["pause", "skip", "play"]))
    def press(self, button: str) -> None:
        self.home.ask(button)
        if button == "pause":
            self.chosen_at = self.true_time
        elif button == "play":
            self.chosen_at = None
        self.check()

    @precondition(lambda self: self.pending is not None)
    @rule(kind=st.sampled_from(["played", "played", "failed", "overridden"]))
    def player_answers(self, kind: str) -> None:
        decision, self.pending, self.wish = self.pending, None, None
        assert decision is not None
        if kind == "overridden" and decision.asked:
            kind = "played"  # people do not override themselves
        self.home.give(
            PlayerReport(kind, self.home.at, "ready", decision.mood, decision.what, asked=decision.asked)  # type: ignore[arg-type]  # drawn
        )
        if kind == "overridden":
            self.chosen_at, self.started_at = self.true_time, None
        elif kind == "failed":
            self.started_at = self.before
        elif decision.asked:
            self.chosen_at = None
        self.check()

    @rule(kind=st.sampled_from(["ours", "others", "others", "nothing", "unknown"]))
    def somebody_asks_what_plays(self, kind: LookKind) -> None:
        respected = self.home.view.override_until or self.home.state.playback.override
        self.home.give(LookReport(kind, self.home.at, "somebody plays something else"))
        if kind == "others" and not respected:
            self.chosen_at = self.true_time
        self.check()

    @rule(status=st.sampled_from(["on", "lost", "lent", "starting"]))
    def camera_says(self, status: str) -> None:
        self.home.give(CameraStatus(status))  # type: ignore[arg-type]  # drawn
        self.check()

    @rule()
    def sense_restarts(self) -> None:
        self.home.give(SenseGone())
        self.home.give(Labels(LABELS))
        self.check()

    @rule(clock=st.sampled_from([True, True, False]), off_minutes=st.sampled_from([0.1, 5, 30]))
    def reboot(self, clock: bool, off_minutes: float) -> None:
        """The power fails; the monotonic clock begins anew and the time of day may not be known at first."""
        kept = json.loads(json.dumps(kiosk.remember(self.home.state)))
        self.boot = self.true_time + timedelta(minutes=off_minutes)
        self.sessions += 1
        self.home = Household(SETTINGS, None, kept, session=f"s{self.sessions}")
        self.pending = self.wish = None
        if clock:
            self.set_clock()
        self.home.give(Tick())
        self.check()

    def check(self, *, by_hand: bool = False) -> None:
        """Judges what has come of the last rule, and forgets it. A mood chosen `by_hand` is a wish."""
        home, automatic = self.home, [decision for decision in self.home.decisions if not decision.asked]
        moods = [event for event in home.events if event.kind == "mood_changed" and event.mood is not None]
        answers = [decision for decision in automatic if decision.action in ("play", "none")]
        for event in [] if by_hand else moods:
            found = next((answer for answer in answers if answer.mood == event.mood), None)
            assert found is not None, "each mood that settles has its answer"
            answers.remove(found)
        assert all(answer.action == "play" for answer in answers), "what more is decided is that a gate has opened"
        for decision in home.decisions:
            assert decision.reason
            if decision.action != "none":
                waited = self.wish is None or decision.at - self.wish.at >= ANSWER_SECONDS
                assert decision.asked or waited, "nothing but a person takes a wish from the player"
                self.wish = decision if decision.asked else None
            if decision.action == "play":
                self.judge(decision)
            elif decision.action == "pause" and not decision.asked:
                assert not home.view.present
            elif decision.action == "volume":
                assert decision.volume_percent_max is not None
                assert decision.volume_percent_max <= self.cap
        for event in home.events:
            assert event.id not in self.ids, "an id is never used twice"
            self.ids.add(event.id)
        home.events.clear()
        home.decisions.clear()

    def judge(self, decision: Decision) -> None:
        """What must hold whenever music is started."""
        assert decision.mood is not None
        when = self.boot + timedelta(seconds=decision.at)
        assert decision.volume_percent_max is not None
        assert decision.volume_percent_max <= (min(self.cap, QUIET_CAP) if is_quiet(when) else self.cap)
        if not decision.asked:
            assert self.home.begun is not None, "not without a clock"
            assert not is_quiet(when)
            assert self.home.view.music
            assert self.started_at is None or when - self.started_at >= COOL_DOWN
            assert self.chosen_at is None or when - self.chosen_at >= RESPECT
        own = SETTINGS.music.moods[decision.mood].play
        if len(own) > 1 and decision.mood in self.last:
            assert decision.what != self.last[decision.mood], "never the same twice in a row"
        self.last[decision.mood] = decision.what or ""
        self.before, self.started_at, self.pending = self.started_at, when, decision

    @invariant()
    def the_view_never_shows_somebody_who_is_not_seen(self) -> None:
        view = self.home.view
        by_hand = view.manual_mood is not None
        assert view.mood is None or view.present or by_hand
        assert (view.people is None) is (view.present is None)
        assert view.present or not view.people
        if not view.camera or view.camera_status != "on":
            assert (view.present, view.confidence) == (None, None)
        assert (view.unknown_because is None) or view.present is None or (view.mood is None and not by_hand)
        if view.unknown_because is None:
            assert view.present is not None
            assert (view.confidence is None) is by_hand
        assert view.confidence is None or 0.0 <= view.confidence <= 1.0


TestEvening = Evening.TestCase
TestEvening.settings = limits(max_examples=80, stateful_step_count=40)


@pytest.mark.slow
def test_a_year_of_a_busy_household_keeps_every_promise() -> None:
    """Twelve moods a day, some people who choose their own music, and both changes of the clocks."""
    dice = random.Random(2026)
    new_year = datetime(2026, 1, 1, tzinfo=BERLIN)
    home = Household(replace(SETTINGS, presence=PresenceSettings(leave_seconds=6.0)), new_year)
    started_at = chosen_at = -1e9
    plays = 0
    for day in range(365):
        for hour in sorted(dice.uniform(0, 24) for _ in range(12)):
            home.at = max(home.at, (day * 24 + hour) * 3600)
            home.look(dice.choice(LABELS), 5, hz=2.0)
            home.leave(7, hz=1.0)
            for decision in home.decisions:
                if decision.action != "play":
                    continue
                plays += 1
                assert not is_quiet(new_year.astimezone(UTC) + timedelta(seconds=decision.at))
                assert decision.at - started_at >= 600
                assert decision.at - chosen_at >= 3600
                started_at = decision.at
                kind = dice.choice(["played"] * 9 + ["overridden"])
                home.give(PlayerReport(kind, home.at, "ready", decision.mood, decision.what))  # type: ignore[arg-type]  # drawn
                chosen_at = home.at if kind == "overridden" else chosen_at
            home.decisions.clear()
            home.events.clear()
    assert plays > 1000
