"""Events and decisions as JSON lines, as `--json` prints them and the page is told of them; nobody reads them back."""

from __future__ import annotations

import msgspec

from moodkiosk.moods.decision import Decision
from moodkiosk.moods.event import MoodEvent
from moodkiosk.words.reason import plain, said

# Contract 3 fixes the keys of these two lines; what a class carries beyond them stays inside.
PUBLIC_FIELDS: dict[type, tuple[str, ...]] = {
    MoodEvent: ("at", "kind", "mood", "previous", "id"),
    Decision: ("at", "action", "mood", "what", "speaker", "reason"),
}
NAMES: dict[type, str] = {MoodEvent: "event", Decision: "decision"}
SAID: dict[type, tuple[str, ...]] = {Decision: ("what", "reason")}
"""The sentences of a line; see `protocol.SAID`."""


def encode(message: MoodEvent | Decision) -> bytes:
    """The message as one JSON line, end of line included."""
    kind = type(message)
    body = {"type": NAMES[kind], **{name: getattr(message, name) for name in PUBLIC_FIELDS[kind]}}
    return msgspec.json.encode(said(body, SAID.get(kind, ())), enc_hook=plain) + b"\n"
