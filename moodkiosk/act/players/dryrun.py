"""The player "dry-run": plays nothing, says what it would play. For the demo, and to try settings out."""

from __future__ import annotations

import logging
from collections.abc import Callable

from moodkiosk.act.players.player import PlayerStatus, Superseded
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.report import LookReport, PlayerReport, ReportKind
from moodkiosk.moods.song import SongsReport, Wanted
from moodkiosk.words.reason import Reason

log = logging.getLogger("moodkiosk.act.player")

BUTTONS: dict[str, tuple[ReportKind, str]] = {
    "pause": ("paused", "pause the music"),
    "skip": ("skipped", "skip to the next song"),
    "resume": ("resumed", "go on with the music"),
    "volume": ("adjusted", "turn it down"),
}


class DryRun:
    """Carries every decision out in words."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic

    def play(self, decision: Decision, superseded: Superseded) -> PlayerReport:  # noqa: ARG002 - it takes no time
        """Says what would be played, and where."""
        speaker = decision.speaker or "the speaker"
        at = self._monotonic()
        if (button := BUTTONS.get(decision.action)) is not None:
            kind, words = button
            log.info("would %s on %s", words, speaker)
            return PlayerReport(
                kind, at, "ready", decision.mood, decision.what, asked=decision.asked, certainty="dry run"
            )
        if not decision.choices:
            return PlayerReport("failed", at, Reason("player.nothing_to_play"), decision.mood, asked=decision.asked)
        first = decision.choices[0]
        what = decision.what or first.value
        cap = "" if decision.volume_percent_max is None else f", not louder than {decision.volume_percent_max} %"
        log.info("would %s %s on %s%s", "go on with" if decision.continues else "play", what, speaker, cap)
        uri = first.value if first.kind == "uri" else None
        kind = "kept" if decision.continues else "played"
        return PlayerReport(kind, at, "ready", decision.mood, what, uri, decision.asked, certainty="dry run")

    def look(self, superseded: Superseded) -> LookReport:  # noqa: ARG002 - it takes no time
        """There is nothing to be seen."""
        return LookReport("unknown", self._monotonic(), "ready")

    def find(self, wanted: Wanted, superseded: Superseded) -> SongsReport:  # noqa: ARG002 - it takes no time
        """There is nothing to be found."""
        return SongsReport(wanted, self._monotonic())

    def cover(self, key: str) -> None:
        """There are no pictures."""

    def close(self) -> None:
        """It says nothing by itself."""

    def no_look(self) -> str:
        """There never is."""
        return Reason("player.plays_nothing")

    def status(self) -> PlayerStatus:
        """Always ready."""
        return PlayerStatus(Reason("player.ready_dry_run"))
