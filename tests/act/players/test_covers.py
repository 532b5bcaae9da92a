"""Covers: fetched once, bounded, believed only for what their bytes are."""

from __future__ import annotations

import pytest

from moodkiosk.act.players import covers
from moodkiosk.act.players.covers import Covers, media_type

PNG = b"\x89PNG\r\n\x1a\n"


class World:
    """Where the pictures are, and how often it was asked."""

    def __init__(self, **pictures: bytes) -> None:
        self.pictures: dict[str, bytes] = pictures
        self.asked: list[str] = []
        self.at = 0.0
        self.covers = Covers(self.fetch, lambda: self.at)

    def fetch(self, source: str) -> bytes | None:
        self.asked.append(source)
        return self.pictures.get(source)


def test_a_cover_is_fetched_once_when_somebody_wants_it() -> None:
    world = World(sun=PNG + b"sun")
    key = world.covers.offer("sun")
    assert world.asked == []
    assert world.covers.get(key) == world.covers.get(world.covers.offer("sun")) == PNG + b"sun"
    assert world.asked == ["sun"]


def test_only_what_the_player_has_offered_can_be_asked_for() -> None:
    world = World(sun=PNG)
    assert world.covers.get("sun") is None
    assert world.covers.get("../sun") is None
    assert world.asked == []


@pytest.mark.parametrize("bad", [None, b"", b"<html>", b"<svg onload=alert(1)>", PNG + bytes(covers.COVER_LIMIT_BYTES)])
def test_what_is_no_picture_or_too_large_is_not_shown_and_not_asked_for_at_once_again(bad: bytes | None) -> None:
    world = World(**({"sun": bad} if bad is not None else {}))
    key = world.covers.offer("sun")
    assert [world.covers.get(key), world.covers.get(key)] == [None, None]
    assert world.asked == ["sun"]
    world.pictures["sun"] = PNG
    world.at = covers.MISSES_SECONDS + 1
    assert world.covers.get(key) == PNG


def test_an_evening_of_covers_stays_within_bounds() -> None:
    world = World()
    for number in range(300):
        world.pictures[str(number)] = PNG + bytes(100_000)
        assert world.covers.get(world.covers.offer(str(number))) is not None
    again = [world.covers.get(world.covers.offer(str(number))) for number in range(300)]
    assert all(again)
    assert len(world.asked) > 500, "older ones are fetched again: only the last few are kept"


@pytest.mark.parametrize(
    ("picture", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (PNG, "image/png"),
        (b"RIFF1234WEBP", "image/webp"),
        (b"GIF89a", "image/gif"),
        (b"RIFF1234WAVE", None),
        (b"<svg", None),
        (b"", None),
    ],
)
def test_a_picture_is_what_its_first_bytes_say(picture: bytes, kind: str | None) -> None:
    assert media_type(picture) == kind
