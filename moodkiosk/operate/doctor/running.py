"""Configured is not running: whether the kiosk that runs has taken what stands in the configuration."""

from __future__ import annotations

from moodkiosk.config.settings import Config
from moodkiosk.operate.doctor.finding import Finding, status_of

NAME = "running kiosk"


def taken(settings: Config) -> Finding:
    """The running kiosk's own comparison with its file; one that only says what it would play, fails."""
    status = status_of(settings)
    if status is None:
        return Finding(NAME, "skipped", "no kiosk is running here, or it may not be asked")
    pending = status.get("pending")
    lines = [str(line) for line in pending] if isinstance(pending, list) else []
    if not lines:
        dry = "dry run" in str(status.get("player"))
        if dry and settings.music.player != "dry-run":
            return Finding(NAME, "failed", "still in dry run: it has read another configuration", "restart it")
        return Finding(NAME, "ok", "it has taken what stands in its configuration")
    changed, _, advice = lines[0].rpartition(": ")
    more = f" (and {len(lines) - 1} more: moodkiosk status)" if len(lines) > 1 else ""
    return Finding(NAME, "failed" if "still in dry run" in changed else "note", changed + more, advice)
