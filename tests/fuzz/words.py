"""The file of a language, as a translator or a broken card may leave it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from moodkiosk.words import language
from moodkiosk.words.phrase import phrase
from tests.fuzz.mutate import spoilt, spoilt_json
from tests.fuzz.run import Take

OTHER = "xx"
KEYS = ("time.near", "music.not_played", "songs.count", "taught.better", "cli.for_days", "taught.few_looks")
FIELDS = {"time": "07:00", "reason": "why", "count": 3, "needed": 8, "after": 90, "before": 52, "low": 82, "high": 95}
EXAMPLE = {
    "plural.rule": "n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2",
    "plural.forms": "one few many",
} | {
    key: text
    for key, text in language.words("en").items()
    if key.startswith(("time.", "songs.", "cli.for", "taught.", "ha.", "entity.", "list."))
}
VALID = msgspec.json.encode(EXAMPLE)


def language_file(chance: random.Random) -> bytes:
    """The words of a third language; half of the time only its way of counting is spoilt."""
    if chance.random() < 0.3:
        rule = spoilt(chance, [EXAMPLE["plural.rule"].encode()]).decode("utf-8", "replace")
        return msgspec.json.encode(EXAMPLE | {"plural.rule": rule})
    return spoilt_json(chance, VALID) if chance.random() < 0.5 else spoilt(chance, [VALID])


@contextmanager
def languages(folder: Path) -> Iterator[Take]:
    """The language beside the others, used as act and the command line do."""
    before = language.FOLDER
    language.FOLDER = folder
    (folder / "en.json").write_bytes((before / "en.json").read_bytes())

    def take(data: bytes) -> bool:
        (folder / f"{OTHER}.json").write_bytes(data)
        language.words.cache_clear()
        found = language.words(OTHER)
        for key in KEYS:
            for count in (0, 1, 2, 5, 11, 21, 10**9, -3):
                phrase(found, key, FIELDS | {"count": count}).encode()
        msgspec.json.encode(dict(found))
        return found != language.words("en")

    try:
        yield take
    finally:
        language.FOLDER = before
        language.words.cache_clear()
