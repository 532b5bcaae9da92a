"""Configured is not running: whether the kiosk that runs has taken what stands in the configuration."""

from __future__ import annotations

from typing import Literal

from moodkiosk.config.settings import Config
from moodkiosk.operate.doctor.finding import Finding, status_of
from moodkiosk.words.reason import Reason, heard_all

NAME = "running kiosk"


def taken(settings: Config) -> Finding:
    """The running kiosk's own comparison with its file; one that only says what it would play, fails."""
    status = status_of(settings)
    if status is None:
        return Finding(NAME, "skipped", Reason("doctor.no_kiosk_to_ask"))
    lines = heard_all(status, "pending")
    if not lines:
        dry = "dry run" in str(status.get("player"))
        if dry and settings.music.player != "dry-run":
            return Finding(NAME, "failed", Reason("doctor.still_dry"), Reason("doctor.restart"))
        return Finding(NAME, "ok", Reason("doctor.taken"))
    text, advice = _parted(lines[0])
    outcome: Literal["failed", "note"] = "failed" if getattr(text, "key", "") == "reload.still_dry" else "note"
    if len(lines) > 1:
        text = Reason("doctor.taken_more", text=text, others=len(lines) - 1)
    return Finding(NAME, outcome, text, advice)


def _parted(line: str) -> tuple[str, str]:
    """What was not taken, and what takes it."""
    if isinstance(line, Reason) and line.key == "list.of":
        return str(line.fields.get("what")), str(line.fields.get("reason"))
    return line, ""
