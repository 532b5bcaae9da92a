"""Configured is not running: whether the kiosk that runs has taken what stands in the configuration."""

from __future__ import annotations

from moodkiosk.config.settings import Config
from moodkiosk.operate.doctor.finding import Finding, status_of
from moodkiosk.words.reason import Reason

NAME = "running kiosk"


def taken(settings: Config) -> Finding:
    """The running kiosk's own comparison with its file; one that only says what it would play, fails."""
    status = status_of(settings)
    if status is None:
        return Finding(NAME, "skipped", Reason("doctor.no_kiosk_to_ask"))
    pending = status.get("pending")
    lines = [str(line) for line in pending] if isinstance(pending, list) else []
    if not lines:
        dry = "dry run" in str(status.get("player"))
        if dry and settings.music.player != "dry-run":
            return Finding(NAME, "failed", Reason("doctor.still_dry"), Reason("doctor.restart"))
        return Finding(NAME, "ok", Reason("doctor.taken"))
    changed, _, advice = lines[0].rpartition(": ")
    text = Reason("doctor.taken_more", text=changed, others=len(lines) - 1) if len(lines) > 1 else changed
    return Finding(NAME, "failed" if "still in dry run" in changed else "note", text, advice)
