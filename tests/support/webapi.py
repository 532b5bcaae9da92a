"""A small Spotify: the Web API and its accounts service over loopback HTTP, with a household one can drive.

It keeps devices, what is playing, playlists and tokens; `faults` make it fail on demand; every request is written
down, and checked against the OpenAPI document where that is given: what is not in it, or is marked as deprecated
(development mode has lost it), fails the test that uses `with WebApi(…)`.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from moodkiosk.config.settings import SpotifyDeveloper

ORIGIN = "https://api.spotify.com"
API = "/v1"
CLIENT_ID = "0123456789abcdef0123456789abcdef"
LIFE_SECONDS = 3600


@dataclass(frozen=True)
class Seen:
    """A request as it arrived; `at` by the household's clock."""

    method: str
    path: str
    query: dict[str, str]
    body: dict[str, Any]
    at: float


@dataclass
class Reply:
    """What is answered."""

    status: int = 204
    json: object = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None


class Fault:
    """Goes wrong for requests whose "METHOD /path" matches `what`, `times` times (None: from now on).

    `how` is a reply, or one of "reset" (the connection is torn), "hang" (no answer until the double ends), "trickle"
    (an answer byte by byte, without end). With `carried_out` only the answer goes wrong.
    """

    def __init__(self, what: str, how: Reply | str, times: int | None = 1, *, carried_out: bool = False) -> None:
        self.carried_out = carried_out
        self.what = re.compile(what)
        self.how = how
        self.left = times

    def takes(self, request: Seen) -> bool:
        """Whether this request meets the fault; counts it."""
        if self.left == 0 or not self.what.search(f"{request.method} {request.path}"):
            return False
        if self.left is not None:
            self.left -= 1
        return True


def error(status: int, message: str, reason: str | None = None, **headers: str) -> Reply:
    """An error as the Web API puts it."""
    said: dict[str, object] = {"status": status, "message": message}
    if reason:
        said["reason"] = reason
    return Reply(status, {"error": said}, {name.replace("_", "-"): value for name, value in headers.items()})


def page(status: int = 200) -> Reply:
    """A hotspot's sign-in page."""
    return Reply(status, raw=b"<html><body>Welcome to Hotel Wi-Fi</body></html>", headers={"Content-Type": "text/html"})


def device(name: str, id: str | None, **more: object) -> dict[str, Any]:  # noqa: A002 - the Web API's word
    """A Connect device."""
    return {
        "id": id,
        "name": name,
        "is_active": False,
        "is_private_session": False,
        "is_restricted": False,
        "supports_volume": True,
        "type": "speaker",
        "volume_percent": 40,
    } | more


def playlist(name: str, id: str, songs: int = 20) -> dict[str, Any]:  # noqa: A002 - the Web API's word
    """A playlist in a list of playlists."""
    return {"id": id, "uri": f"spotify:playlist:{id}", "name": name, "type": "playlist", "items": {"total": songs}}


class WebApi:
    """The double. Change its attributes to change the household; they may be read at any time.

    Attributes:
        devices: the devices that are connected.
        playback: what is playing or paused, or None.
        playlists, results: the user's playlists; search results by words (others find nothing).
        others: further playlists and albums; what else there is plays, but has no name.
        songs: songs that a search finds, by words, likewise.
        pictures: covers by path, as Spotify's picture servers have them: no token is needed.
        unknown: context URIs that do not exist.
        silent: ids of devices that take music without playing it.
        faults: what is to go wrong; the first that matches does.
        requests: what has arrived, in order, tokens included.
        resuming: a person wants the music to go on; otherwise resuming is a violation.
        rotate: whether a refresh gives a new refresh token.
        account: who is signed in.
        deny: the person at the browser presses "Cancel".
    """

    def __init__(self, openapi: Path | None = None, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self.devices: list[dict[str, Any]] = [device("Living room", "d1")]
        self.playback: dict[str, Any] | None = None
        self.playlists: list[dict[str, Any] | None] = []
        self.results: dict[str, list[dict[str, Any] | None]] = {}
        self.others: list[dict[str, Any]] = []
        self.songs: dict[str, list[dict[str, Any] | None]] = {}
        self.pictures: dict[str, bytes] = {}
        self.unknown: set[str] = set()
        self.silent: set[str] = set()
        self.faults: list[Fault] = []
        self.requests: list[Seen] = []
        self.resuming = False
        self.rotate = False
        self.account = {"id": "ana", "display_name": "Ana", "type": "user"}
        self.deny = False
        self.access: dict[str, float] = {}
        self.refresh: set[str] = set()
        self.scope = (
            "user-read-playback-state user-modify-playback-state playlist-read-private playlist-read-collaborative"
        )
        self.violations: list[str] = []
        self.ended = threading.Event()
        self._codes: dict[str, dict[str, str]] = {}
        self._given = 0
        self._lock = threading.RLock()
        self._rules = _rules(openapi) if openapi else None
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="webapi", daemon=True)
        self._thread.start()

    @property
    def developer(self) -> SpotifyDeveloper:
        """The settings that lead to the double."""
        base = f"http://127.0.0.1:{self._server.server_port}"
        return SpotifyDeveloper(
            api_url=f"{base}{API}/", authorize_url=f"{base}/authorize", token_url=f"{base}/api/token"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if kind is None:
            assert not self.violations, self.violations

    def close(self) -> None:
        """Ends the server and all its connections."""
        self.ended.set()
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()

    # What people do.

    def person_plays(self, device_id: str, uri: str | None) -> None:
        """Somebody starts something."""
        with self._lock:
            self._play(device_id, uri)

    def person_pauses(self) -> None:
        """Somebody pauses what is playing."""
        with self._lock:
            assert self.playback is not None
            self.playback |= {"is_playing": False, "timestamp": int(self.now() * 1000)}

    def device(self, device_id: str) -> dict[str, Any]:
        """A connected device."""
        return next(found for found in self.devices if found["id"] == device_id)

    def sign_in(self, **more: object) -> dict[str, Any]:
        """Tokens as after a sign-in, in the form in which they are kept."""
        with self._lock:
            return (
                self._tokens(f"r{self._given}")
                | {
                    "expires_at": self.now() + LIFE_SECONDS,
                    "authorized_at": self.now(),
                }
                | more
            )

    def sent(self, what: str = "") -> list[Seen]:
        """The requests whose "METHOD /path" matches."""
        return [seen for seen in list(self.requests) if re.search(what, f"{seen.method} {seen.path}")]

    # What Spotify does.

    def answer(self, seen: Seen, headers: dict[str, str]) -> Reply | str:
        """Takes one request."""
        with self._lock:
            self.requests.append(seen)
            if seen.path.startswith(API) and self._rules:
                self.violations += self._rules.broken_by(seen)
            fault = next((fault for fault in self.faults if fault.takes(seen)), None)
            if fault is not None and not fault.carried_out:
                return fault.how
            if seen.path in self.pictures:
                return Reply(200, raw=self.pictures[seen.path], headers={"Content-Type": "image/png"})
            if seen.path == "/api/token":
                return self._token(seen.body)
            if seen.path == "/authorize":
                return self._authorize(seen.query)
            if self.access.get(headers.get("authorization", "").removeprefix("Bearer "), 0) <= self.now():
                return error(401, "The access token expired")
            reply = self._api(seen.method, seen.path.removeprefix(API), seen)
            return fault.how if fault is not None else reply

    def _api(self, method: str, path: str, seen: Seen) -> Reply:
        match method, path:
            case "GET", "/me":
                return Reply(200, self.account)
            case "GET", "/me/player":
                return Reply(200, self.playback) if self.playback else Reply(204)
            case "GET", "/me/player/devices":
                return Reply(200, {"devices": self.devices})
            case "GET", "/me/playlists":
                start, limit = int(seen.query.get("offset", "0")), int(seen.query.get("limit", "20"))
                more = len(self.playlists) > start + limit
                return Reply(200, {"items": self.playlists[start : start + limit], "next": "more" if more else None})
            case "GET", _ if re.match(r"/(playlists|albums|artists)/", path):
                return self._about(path)
            case "GET", "/search":
                found = {"playlists": self.results, "tracks": self.songs}
                pages = {name: {"items": there.get(seen.query["q"], []), "next": None} for name, there in found.items()}
                return Reply(200, {name: page for name, page in pages.items() if name[:-1] in seen.query["type"]})
            case _:
                return self._command(f"{method} {path}", seen)

    def _about(self, path: str) -> Reply:
        """A playlist, an album or an artist; Spotify's own playlists are not to be seen in development mode."""
        kind, number = path.strip("/").split("/")
        uri = f"spotify:{kind.removesuffix('s')}:{number}"
        lists = [*self.playlists, *(found for results in self.results.values() for found in results), *self.others]
        found = next((found for found in lists if found and found["uri"] == uri), None)
        return Reply(200, found) if found and uri not in self.unknown else error(404, "Resource not found")

    def _command(self, what: str, seen: Seen) -> Reply:
        wanted = seen.query.get("device_id") or next(iter(seen.body.get("device_ids", [])), None)
        if wanted is None and self.playback is not None:
            wanted = self.playback["device"]["id"]
        found = next((there for there in self.devices if there["id"] == wanted), None)
        if found is None or wanted is None:
            return error(404, "Device not found")
        if found["is_restricted"]:
            return error(403, "Player command failed: Restricted device", "UNKNOWN")
        match what:
            case "PUT /me/player/play":
                if seen.body.get("context_uri") in self.unknown:
                    return error(404, "Resource not found")
                if "context_uri" not in seen.body:
                    return self._resume(wanted)
                self._play(wanted, seen.body["context_uri"])
            case "PUT /me/player/pause":
                if not self.playback or not self.playback["is_playing"]:
                    return error(403, "Player command failed: Restriction violated", "UNKNOWN")
                self.person_pauses()
            case "POST /me/player/next":
                assert self.playback is not None
                self.playback["progress_ms"] = 0
            case "PUT /me/player/volume":
                found["volume_percent"] = int(seen.query["volume_percent"])
            case "PUT /me/player/shuffle":
                if self.playback is not None:
                    self.playback["shuffle_state"] = seen.query["state"] == "true"
            case "PUT /me/player":
                if self.playback is not None:
                    self.playback["device"] = found
            case _:
                return error(404, "Service not found")
        return Reply(204)

    def _resume(self, device_id: str) -> Reply:
        """What is paused goes on; only a person may want that."""
        if not self.resuming:
            self.violations.append("what somebody had stopped was resumed")
        if not self.playback or self.playback["device"]["id"] != device_id or self.playback["is_playing"]:
            return error(403, "Player command failed: Restriction violated", "UNKNOWN")
        self.playback |= {"is_playing": True, "timestamp": int(self.now() * 1000)}
        return Reply(204)

    def _play(self, device_id: str, uri: str | None) -> None:
        if device_id in self.silent:
            return
        for there in self.devices:
            there["is_active"] = there["id"] == device_id
        shuffle = self.playback["shuffle_state"] if self.playback else False
        self.playback = {
            "device": self.device(device_id),
            "context": {"uri": uri, "type": uri.split(":")[1]} if uri else None,
            "item": {"duration_ms": 200_000, "type": "track"},
            "is_playing": True,
            "progress_ms": 1000,
            "shuffle_state": shuffle,
            "repeat_state": "off",
            "timestamp": int(self.now() * 1000),
            "currently_playing_type": "track",
        }

    def _tokens(self, refresh: str) -> dict[str, Any]:
        self._given += 1
        access = f"secret-access-{self._given}"
        self.access[access] = self.now() + LIFE_SECONDS
        self.refresh.add(f"secret-refresh-{refresh}")
        return {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": LIFE_SECONDS,
            "scope": self.scope,
            "refresh_token": f"secret-refresh-{refresh}",
        }

    def _token(self, body: dict[str, Any]) -> Reply:
        if body.get("client_id") != CLIENT_ID:
            return Reply(400, {"error": "invalid_client", "error_description": "Invalid client"})
        if body["grant_type"] == "authorization_code":
            asked = self._codes.pop(body["code"], None)
            proof = base64.urlsafe_b64encode(hashlib.sha256(body["code_verifier"].encode()).digest()).decode()
            if (
                asked is None
                or proof.rstrip("=") != asked["code_challenge"]
                or asked["redirect_uri"] != body["redirect_uri"]
            ):
                return Reply(400, {"error": "invalid_grant", "error_description": "Invalid authorization code"})
            return Reply(200, self._tokens(f"r{self._given}"))
        old = body["refresh_token"]
        if old not in self.refresh:
            return Reply(400, {"error": "invalid_grant", "error_description": "Refresh token revoked"})
        if self.rotate:
            self.refresh.discard(old)
            return Reply(200, self._tokens(f"rotated{self._given}"))
        tokens = self._tokens(old.removeprefix("secret-refresh-"))
        del tokens["refresh_token"]
        return Reply(200, tokens)

    def _authorize(self, query: dict[str, str]) -> Reply:
        """The page with the two buttons; the person presses one at once."""
        known = {"response_type": "code", "client_id": CLIENT_ID, "code_challenge_method": "S256"}
        wrong = [name for name, value in known.items() if query.get(name) != value]
        if wrong or not re.fullmatch(r"http://127\.0\.0\.1:\d+/callback", query.get("redirect_uri", "")):
            return Reply(400, {"error": f"wrong: {wrong or 'redirect_uri'}"})
        code = f"code{len(self.requests)}"
        self._codes[code] = query
        said = {"error": "access_denied"} if self.deny else {"code": code}
        return Reply(
            302, headers={"Location": f"{query['redirect_uri']}?{urlencode(said | {'state': query.get('state', '')})}"}
        )


class _Rules:
    """The OpenAPI document, as judge of requests."""

    def __init__(self, path: Path) -> None:
        import yaml
        from openapi_core import OpenAPI

        document = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
        self._operations: list[tuple[str, re.Pattern[str], bool]] = []
        for template, operations in document["paths"].items():
            pattern = re.compile(API + re.sub(r"\{\w+\}", "[^/]+", template))
            for method, operation in operations.items():
                if isinstance(operation, dict):
                    operation.pop("security", None)  # openapi-core knows no OAuth; the double checks tokens itself
                    self._operations.append((method.upper(), pattern, bool(operation.get("deprecated"))))
        self._api = OpenAPI.from_dict(document)

    def broken_by(self, seen: Seen) -> list[str]:
        """What is wrong with a request."""
        import requests
        from openapi_core.contrib.requests import RequestsOpenAPIRequest
        from openapi_core.exceptions import OpenAPIError

        what = f"{seen.method} {seen.path}"
        if any(
            method == seen.method and pattern.fullmatch(seen.path) and old for method, pattern, old in self._operations
        ):
            return [f"{what} is deprecated"]
        request = requests.Request(
            seen.method, ORIGIN + seen.path, params=seen.query, json=seen.body or None, headers={"Accept": "*/*"}
        )
        try:
            self._api.validate_request(RequestsOpenAPIRequest(request))
        except OpenAPIError as broken:
            return [f"{what}: {broken} {broken.__cause__ or ''}"]
        return []


@cache
def _rules(path: Path) -> _Rules:
    return _Rules(path)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is no news; anything else is the double's own mistake, and is shown."""
        import sys

        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type] # it only prints it


def _handler(api: WebApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 20

        def do_GET(self) -> None:
            self._take()

        def do_PUT(self) -> None:
            self._take()

        def do_POST(self) -> None:
            self._take()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Silence."""

        def _take(self) -> None:
            url = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            form = "urlencoded" in (self.headers.get("Content-Type") or "")
            body = dict(parse_qsl(raw.decode())) if form else json.loads(raw or b"{}")
            seen = Seen(self.command, url.path, dict(parse_qsl(url.query)), body, api.now())
            reply = api.answer(seen, {name.lower(): value for name, value in self.headers.items()})
            if isinstance(reply, Reply):
                self._send(reply)
            else:
                self._fail(reply)

        def _send(self, reply: Reply) -> None:
            content = b"" if reply.json is None else json.dumps(reply.json).encode()
            content = content if reply.raw is None else reply.raw
            self.send_response(reply.status)
            for name, value in ({"Content-Type": "application/json"} | reply.headers).items():
                self.send_header(name, value)
            if reply.status != 204:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if reply.status != 204:
                self.wfile.write(content)

        def _fail(self, how: str) -> None:
            self.close_connection = True
            if how == "hang":
                api.ended.wait(60)
            elif how == "trickle":
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "1000000")
                self.end_headers()
                with contextlib.suppress(OSError):
                    while not api.ended.wait(0.05):
                        self.wfile.write(b" ")
            else:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return Handler
