"""A result as JSON, and back: its sentences with their keys and fields, which peers that do not know them pass over."""

from __future__ import annotations

from dataclasses import asdict, replace

import msgspec

from moodkiosk.host.files import NOT_JSON
from moodkiosk.moods.command import Result
from moodkiosk.words.reason import heard, plain, said

SENTENCES = ("error", "text")


def encode(result: Result) -> bytes:
    """One JSON object, without an end of line."""
    return msgspec.json.encode(said(asdict(result), SENTENCES), enc_hook=plain)


def decode(line: bytes) -> Result | None:
    """The result of one line; None for a line that is none."""
    try:
        body = msgspec.json.decode(line)
        result = msgspec.convert(body, Result)
    except NOT_JSON:
        return None
    return replace(result, error=heard(body, "error"), text=heard(body, "text") or result.text)
