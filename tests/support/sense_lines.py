"""What sense says of itself and of a lesson, as tests have it said: whole, and with what matters to a test."""

from __future__ import annotations

from typing import Any

from moodkiosk.link.messages import Hello, Proof

LABELS = ("angry", "happy", "neutral", "sad", "surprise")
"""The starter's."""
MODEL_HASH = "ab" * 32


def hello(*labels: str, **more: Any) -> Hello:
    """Sense introduces itself, with these moods or the starter's."""
    return Hello("0.1", labels or LABELS, MODEL_HASH, "face-1", **more)


def proof(**more: Any) -> Proof:
    """A lesson after which looks are read better."""
    usual: dict[str, Any] = {"better": True, "before": 0.5, "after": 0.9, "low": 0.8, "high": 0.95, "looks": 40}
    return Proof(**(usual | more))
