"""Covers from Spotify's own picture servers. They belong to no Web API: no token is sent, no quota is used."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from moodkiosk.act.players.covers import COVER_LIMIT_BYTES
from moodkiosk.config.settings import SpotifySettings

HOSTS = (".scdn.co", ".spotifycdn.com")
"""Where Spotify's pictures are: i.scdn.co, mosaic.scdn.co, image-cdn-….spotifycdn.com. Nothing else is asked."""
SECONDS = 6.0
CHUNK_BYTES = 64 * 1024
AS_IT_IS = {"Accept-Encoding": "identity"}
"""Pictures are small as they are; 64 kB that were packed may be 64 MB."""


class Pictures:
    """Fetches pictures, from Spotify's servers only."""

    def __init__(self, settings: SpotifySettings, seconds: float = SECONDS) -> None:
        """`seconds`: within which a picture is there, or is none."""
        self._seconds = seconds
        api = urlsplit(settings.developer.api_url)
        # Somebody who puts another Web API in its place (`spotify.developer`) has its pictures there as well.
        self._api = "" if (api.hostname or "").endswith(".spotify.com") else f"{api.scheme}://{api.netloc}"

    def fetch(self, address: str) -> bytes | None:
        """A picture, or None; see `covers.Fetch`."""
        if not self._may_ask(address):
            return None
        import requests  # it is there already: spotipy uses it
        from urllib3.exceptions import HTTPError

        end = time.monotonic() + self._seconds
        try:
            with requests.get(
                address, timeout=self._seconds / 2, stream=True, allow_redirects=False, headers=AS_IT_IS
            ) as answer:
                if answer.status_code != 200 or answer.headers.get("Content-Encoding", "identity") != "identity":
                    return None
                found = b""
                # What has come so far: to wait for a whole piece is to wait for ever where it comes byte by byte.
                while chunk := answer.raw.read1(CHUNK_BYTES, decode_content=False):
                    found += chunk
                    if len(found) > COVER_LIMIT_BYTES or time.monotonic() > end:
                        return None
                return found
        except (requests.RequestException, HTTPError, OSError, ValueError):
            return None

    def _may_ask(self, address: str) -> bool:
        try:
            parts = urlsplit(address)
            host, port = parts.hostname or "", parts.port
        except ValueError:  # such as a port beyond 65535
            return False
        if self._api and f"{parts.scheme}://{parts.netloc}" == self._api:
            return True
        return parts.scheme == "https" and port in (None, 443) and f".{host}".endswith(HOSTS)
