"""What the kiosk asks of the Web API, through spotipy. Every method raises ApiError, and only that, for the world."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import requests
import spotipy
from spotipy.cache_handler import CacheHandler
from spotipy.oauth2 import SpotifyPKCE

from moodkiosk.act.players.player import Clock, never
from moodkiosk.act.players.spotify.account.tokens import SCOPES, TokenFile, missing
from moodkiosk.act.players.spotify.web_api.answers import (
    Device,
    Devices,
    Found,
    Item,
    Page,
    Playback,
    Playlist,
    several,
    understand,
)
from moodkiosk.act.players.spotify.web_api.errors import LOGIN, ApiError
from moodkiosk.act.players.spotify.web_api.session import ApiSession
from moodkiosk.config.settings import SpotifySettings
from moodkiosk.words.reason import Reason

Answer = TypeVar("Answer")

REPEAT_SECONDS = 1.0
"""After a passing failure a reading request is repeated once, so much later."""
PLAYLIST_PAGES = 20
"""At most so many pages of 50 of the user's playlists are looked through."""

# At DEBUG these print access tokens, whatever level the rest of the program logs at. spotipy's own error lines
# would repeat what the player says of each failure.
logging.getLogger("spotipy").setLevel(logging.CRITICAL)
logging.getLogger("urllib3").setLevel(logging.INFO)


class Kept(CacheHandler):  # type: ignore[misc] # spotipy comes without types
    """Spotipy's view of the token file."""

    def __init__(self, file: TokenFile) -> None:
        self._file = file

    def get_cached_token(self) -> dict[str, Any] | None:
        """The tokens, or None."""
        return self._file.load()

    def save_token_to_cache(self, token_info: dict[str, Any]) -> None:
        """Keeps refreshed tokens."""
        self._file.save(token_info)


class SignIn(SpotifyPKCE):  # type: ignore[misc] # spotipy comes without types
    """Spotipy's PKCE sign-in, which here never prompts, opens no browser, and goes by our clock."""

    def __init__(
        self, settings: SpotifySettings, session: ApiSession, cache: CacheHandler, wall: Callable[[], float]
    ) -> None:
        super().__init__(
            client_id=settings.client_id,
            redirect_uri=redirect_uri(settings),
            scope=list(SCOPES),
            requests_session=session,
            requests_timeout=settings.timeout_seconds,
            open_browser=False,
            cache_handler=cache,
        )
        self._wall = wall
        self._renewed: str | None = None
        self.OAUTH_AUTHORIZE_URL = settings.developer.authorize_url
        self.OAUTH_TOKEN_URL = settings.developer.token_url

    def is_token_expired(self, token_info: dict[str, Any]) -> bool:
        """Whether the access token is near its end, or the clock was set since it was given."""
        left = token_info["expires_at"] - self._wall()
        return not 60 <= left <= token_info.get("expires_in", 3600) + 60

    def refresh_access_token(self, refresh_token: str) -> dict[str, Any]:
        """Gets new tokens for a refresh token."""
        self._renewed = refresh_token
        fresh: dict[str, Any] = super().refresh_access_token(refresh_token)
        return fresh

    def _add_custom_values_to_token_info(self, token_info: object) -> dict[str, Any]:
        """Spotipy's place to look at fresh tokens. Raises ApiError for something else than tokens."""
        good = (
            isinstance(token_info, dict)
            and isinstance(token_info.get("access_token"), str)
            and isinstance(token_info.get("expires_in"), int)
        )
        if not isinstance(token_info, dict) or not good:
            raise ApiError("garbage", Reason("spotify.accounts_garbage"), passing=True)
        token_info["expires_at"] = int(self._wall()) + token_info["expires_in"]
        token_info.setdefault("scope", " ".join(SCOPES))
        token_info["renewed"] = self._renewed
        return token_info

    def _get_auth_response(self, open_browser: bool | None = None) -> str:  # noqa: ARG002 - spotipy's signature
        """Spotipy would ask on the terminal here; a service has none."""
        raise ApiError("sign_in", Reason("spotify.do", what=Reason("spotify.not_signed_in"), do=LOGIN))


def redirect_uri(settings: SpotifySettings) -> str:
    """Where Spotify sends the browser after the sign-in; `localhost` is refused."""
    return f"http://127.0.0.1:{settings.redirect_port}/callback"


class Client:
    """The Web API, as far as it is needed."""

    def __init__(self, settings: SpotifySettings, tokens: TokenFile, session: ApiSession, clock: Clock) -> None:
        self._tokens = tokens
        self._session = session
        self._clock = clock
        self._sign_in = SignIn(settings, session, Kept(tokens), clock.wall)
        self._api = spotipy.Spotify(
            auth_manager=self._sign_in, requests_session=session, requests_timeout=settings.timeout_seconds
        )
        self._api.prefix = settings.developer.api_url

    def begin(self, deadline: float, superseded: Callable[[], bool]) -> None:
        """What follows belongs to one decision, which ends at `deadline` (monotonic seconds)."""
        self._session.deadline, self._session.superseded = deadline, superseded

    def undisturbed(self) -> None:
        """What has been begun is brought to its end, whatever is decided meanwhile: a fade, for some seconds."""
        self._session.superseded = never

    def end(self) -> None:
        """Hangs up: a connection left open would be dead by the next decision."""
        self._session.close()

    def pause_for(self, seconds: float) -> None:
        """Waits between two requests, in short steps. Raises ApiError at the deadline or for a newer decision."""
        until = self._clock.monotonic() + seconds
        while (left := until - self._clock.monotonic()) > 0:
            self._clock.wait(min(left, self._session.left(), 0.25))

    def playback(self) -> Playback | None:
        """What is playing or paused; None: nothing is."""
        answer = self._read(self._api.current_playback)
        return None if answer is None else understand(answer, Playback)

    def devices(self) -> list[Device]:
        """The devices that are there now."""
        return several(understand(self._read(self._api.devices), Devices).devices, Device)

    def start(self, device_id: str, context_uri: str, song: int | str | None = None) -> None:
        """Starts a context on a device, from song number `song` (from 0), or from the one with that URI."""
        offset = None if song is None else {"uri": song} if isinstance(song, str) else {"position": song}
        self._write(lambda: self._api.start_playback(device_id, context_uri=context_uri, offset=offset))

    def resume(self, device_id: str) -> None:
        """Goes on with what is paused on a device."""
        self._write(lambda: self._api.start_playback(device_id))

    def transfer(self, device_id: str) -> None:
        """Makes a device the active one; what plays goes on there."""
        self._write(lambda: self._api.transfer_playback(device_id, force_play=False))

    def pause(self, device_id: str) -> None:
        """Pauses a device."""
        self._write(lambda: self._api.pause_playback(device_id))

    def skip(self, device_id: str) -> None:
        """Goes to the next song."""
        self._write(lambda: self._api.next_track(device_id))

    def set_volume(self, device_id: str, percent: int) -> None:
        """Sets a device's volume."""
        self._write(lambda: self._api.volume(percent, device_id))

    def shuffle(self, device_id: str) -> None:
        """Switches shuffle on."""
        self._write(lambda: self._api.shuffle(True, device_id))  # noqa: FBT003 - spotipy's signature

    def own_playlists(self) -> tuple[list[Playlist], bool]:
        """The user's playlists, those they follow included; and whether there are more than were looked through."""
        found: list[Playlist] = []
        for page in range(PLAYLIST_PAGES):
            answer = self._read(partial(self._api.current_user_playlists, limit=50, offset=50 * page))
            part = understand(answer, Page)
            found += several(part.items, Playlist)
            if part.next is None:
                return found, False
        return found, True

    def search(self, words: str) -> tuple[list[Playlist], list[Item]]:
        """Playlists and songs found by words, at most 10 of each, in one request."""
        found = understand(self._read(lambda: self._api.search(words, limit=10, type="playlist,track")), Found)
        songs: list[Item] = []
        with contextlib.suppress(ApiError):  # songs that are all odd spoil no playlists
            songs = several(found.tracks.items, Item) if found.tracks else []
        return (several(found.playlists.items, Playlist) if found.playlists else []), songs

    def about(self, uri: str) -> Playlist:
        """The name and, where it has one, the length of a playlist, an album or an artist."""
        _, kind, number = uri.split(":")
        ask = {
            "playlist": partial(self._api.playlist, number, fields="uri,name,items.total,tracks.total"),
            "album": partial(self._api.album, number),
            "artist": partial(self._api.artist, number),
        }[kind]
        return understand(self._read(ask), Playlist)

    def _write(self, send: Callable[[], object]) -> None:
        self._signed_in(send)

    def _read(self, send: Callable[[], Answer]) -> Answer:
        """A reading request may be repeated once after a passing failure."""
        try:
            return self._signed_in(send)
        except ApiError as error:
            if not error.passing:
                raise
        self.pause_for(REPEAT_SECONDS)
        return self._signed_in(send)

    def _signed_in(self, send: Callable[[], Answer]) -> Answer:
        """Sends; refreshes the access token once if it is refused (spotipy never does)."""
        tokens = self._tokens.load()
        if tokens is None:
            raise ApiError("sign_in", Reason("spotify.do", what=self._tokens.problem or "", do=LOGIN))
        if lacking := missing(tokens["scope"]):
            raise ApiError("sign_in", Reason("spotify.lacking", lacking=lacking, do=LOGIN))
        try:
            try:
                answer = send()
            except ApiError as error:
                if error.kind != "token":
                    raise
                self._sign_in.refresh_access_token(tokens["refresh_token"])
                answer = send()
            self._session.rate_limit.answered()
            return answer
        except ApiError as error:
            if error.kind != "grant":
                raise
            self._tokens.set_aside(tokens["refresh_token"])
            raise ApiError("sign_in", error.text) from None
        except requests.exceptions.JSONDecodeError:
            # Of the tokens; spotipy takes care of the others.
            raise ApiError("garbage", Reason("spotify.accounts_garbage"), passing=True) from None
