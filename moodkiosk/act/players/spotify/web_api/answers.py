"""The parts of the Web API's answers that are used. What is null or missing there has a default here."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from moodkiosk.act.players.covers import Covers
from moodkiosk.act.players.spotify.web_api.errors import ApiError
from moodkiosk.moods.report import Track
from moodkiosk.words.reason import Reason

Kind = TypeVar("Kind")


class Device(msgspec.Struct, frozen=True):
    """A Spotify Connect device. `id` is None for one that cannot be addressed."""

    id: str | None = None
    name: str = ""
    is_active: bool = False
    is_restricted: bool = False
    is_private_session: bool = False
    supports_volume: bool = True
    volume_percent: int | None = None


class Devices(msgspec.Struct, frozen=True):
    """The devices that are there now, each still to be understood: see `several`."""

    devices: list[object] = []


class Context(msgspec.Struct, frozen=True):
    """What a song is played from: a playlist, an album, an artist."""

    uri: str | None = None


class Image(msgspec.Struct, frozen=True):
    """A picture on Spotify's own servers; its size in pixels is not always said."""

    url: str = ""
    width: int | None = None


class Artist(msgspec.Struct, frozen=True):
    """Who made it."""

    name: str | None = None


class Album(msgspec.Struct, frozen=True):
    """Where a song is from."""

    uri: str | None = None
    name: str | None = None
    images: list[Image] | None = None


class Item(msgspec.Struct, frozen=True):
    """A song or an episode."""

    duration_ms: int | None = None
    uri: str | None = None
    name: str | None = None
    artists: list[Artist | None] | None = None
    album: Album | None = None
    explicit: bool = False

    @property
    def by(self) -> str:
        """The names of those who made it."""
        return ", ".join(artist.name for artist in self.artists or () if artist and artist.name)


class Playback(msgspec.Struct, frozen=True):
    """What the account is playing, or has paused. `timestamp` is when that began, in milliseconds since 1970.

    `item` is still to be understood: see `song`.
    """

    device: Device | None = None
    context: Context | None = None
    item: object = None
    is_playing: bool = False
    progress_ms: int | None = None
    shuffle_state: bool | None = None
    timestamp: int | None = None

    @property
    def context_uri(self) -> str | None:
        """Where the music comes from."""
        return self.context.uri if self.context else None

    @property
    def song(self) -> Item | None:
        """The item, as far as it is as it should be: what is only shown must not spoil what is decided by."""
        try:
            return msgspec.convert(self.item, Item | None)
        except msgspec.ValidationError:
            pass
        try:
            return msgspec.convert({"duration_ms": dict(self.item).get("duration_ms")}, Item)  # type: ignore[call-overload]
        except (msgspec.ValidationError, TypeError, ValueError):
            return None

    def track(self, covers: Covers | None = None) -> Track | None:
        """The song; its picture is made known to `covers`. None: it is not said, as between two songs."""
        item = self.song
        if item is None or not item.name:
            return None
        album = item.album or Album()
        image = picture(album.images)
        return Track(
            item.name,
            item.by,
            album.name or "",
            covers.offer(image) if covers and image else None,
            _seconds(item.duration_ms),
            _seconds(self.progress_ms),
        )

    @property
    def remaining_seconds(self) -> float | None:
        """How long the song still plays."""
        song = self.song
        if not self.is_playing or self.progress_ms is None or song is None or song.duration_ms is None:
            return None
        return max(0, song.duration_ms - self.progress_ms) / 1000


class Count(msgspec.Struct, frozen=True):
    """How many songs a playlist has."""

    total: int | None = None


class Owner(msgspec.Struct, frozen=True):
    """Whose playlist it is."""

    display_name: str | None = None


class Playlist(msgspec.Struct, frozen=True):
    """A playlist; of an album or an artist, the same as far as they have it.

    `items` is the name since 2026 for what was `tracks`; an album says `total_tracks`.
    """

    uri: str | None = None
    name: str | None = None
    description: str | None = None
    items: Count | None = None
    tracks: Count | None = None
    total_tracks: int | None = None
    owner: Owner | None = None
    images: list[Image] | None = None

    @property
    def songs(self) -> int | None:
        """How many songs there are, if it is said."""
        counts = [count.total for count in (self.items, self.tracks) if count is not None]
        return next((total for total in (*counts, self.total_tracks) if total), None)


class Page(msgspec.Struct, frozen=True):
    """A page of playlists, each still to be understood: see `several`."""

    items: list[object] = []
    next: str | None = None


class Found(msgspec.Struct, frozen=True):
    """What a search has found."""

    playlists: Page | None = None
    tracks: Page | None = None


class Account(msgspec.Struct, frozen=True):
    """Who is signed in."""

    id: str = ""
    display_name: str | None = None


def several(items: list[object], kind: type[Kind]) -> list[Kind]:
    """Those of the items that can be understood: nulls are usual among them, and one that is odd spoils no others.

    Raises ApiError where there are some and none is as it should be.
    """
    found, odd = [], 0
    for item in items:
        try:
            found += [] if item is None else [msgspec.convert(item, kind)]
        except msgspec.ValidationError:
            odd += 1
    if odd and not found:
        raise ApiError("garbage", Reason("spotify.garbage"))
    return found


COVER_PX = 300
"""A cover of this width fills its place on the page; the smallest that is no smaller is taken."""


def picture(images: list[Image] | None) -> str | None:
    """The address of the image that fits best, or None."""
    found = [image for image in images or () if image.url]
    fits = [image for image in found if (image.width or COVER_PX) >= COVER_PX]
    best = min(fits, key=lambda image: image.width or COVER_PX, default=None)
    best = best or max(found, key=lambda image: image.width or 0, default=None)
    return best.url if best else None


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None or not 0 <= milliseconds < 1e9 else milliseconds / 1000


def understand(answer: object, kind: type[Kind]) -> Kind:
    """The answer as `kind`. Raises ApiError for one of another shape."""
    try:
        return msgspec.convert(answer, kind)
    except msgspec.ValidationError:
        raise ApiError("garbage", Reason("spotify.garbage")) from None
