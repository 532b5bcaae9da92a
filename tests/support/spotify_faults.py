"""The table of what can go wrong with Spotify, for tests/act/players/spotify/test_faults.py.

For each fault: what is played, what is shown, which requests it costs, and how long it takes until music plays again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from tests.support.spotify_home import HAPPY, Household
from tests.support.webapi import Fault, Reply, device, error, page

LOOK, LIST, START = "GET /me/player", "GET /me/player/devices", "PUT /me/player/play"
TOKEN, MOVE = "POST /api/token", "PUT /me/player"
PLAYER, DEVICES, PLAY = r"^GET /v1/me/player$", r"^GET .*/devices$", r"^PUT .*/play$"
WARM = [LOOK, START]
COLD = [LOOK, LIST, START, LOOK]

Change = Callable[[Household], None]


def nothing(_house: Household) -> None:
    """Nothing needs to be done."""


@dataclass(frozen=True)
class Row:
    """A line of the table.

    Attributes:
        name: the fault.
        fault: makes it happen.
        kind, shown: of the report of the decision that meets it.
        requests: what that decision sends.
        again_after: after so many seconds the next decision plays; until a second before, none is sent.
        mend: what a person, or the world, does in between.
        status: part of what is shown afterwards, if that is not what was reported.
        warm: the speaker plays our music already.
        spotify: settings for this row.
    """

    name: str
    fault: Change
    kind: str
    shown: str
    requests: list[str]
    again_after: float = 0.0
    mend: Change = nothing
    status: str | None = None
    warm: bool = False
    spotify: dict[str, object] = field(default_factory=dict)


def fails(what: str, how: Reply | str, times: int | None = 1, *, carried_out: bool = False) -> Change:
    return lambda house: house.api.faults.append(Fault(what, how, times, carried_out=carried_out))


def both(*changes: Change) -> Change:
    def change(house: Household) -> None:
        for one in changes:
            one(house)

    return change


def mended(house: Household) -> None:
    house.api.faults.clear()


def speakers(*devices: dict[str, object]) -> Change:
    def change(house: Household) -> None:
        house.api.devices = list(devices)

    return change


def late_speaker(house: Household) -> None:
    house.api.devices = []
    house.hand.plan(5, lambda: speakers(device("Living room", "d1"))(house))


def tokens(**more: object) -> Change:
    return lambda house: house.keep_tokens(house.api.sign_in(**more))


def no_tokens(house: Household) -> None:
    house.token_file.unlink()


def damaged_tokens(house: Household) -> None:
    house.token_file.write_text('{"access_token": "secret-half')


def revoked(house: Household) -> None:
    house.api.refresh.clear()
    house.api.access.clear()


def forgotten(house: Household) -> None:
    """The access token is no longer good; the refresh token is."""
    house.api.access.clear()


def new_id(house: Household) -> None:
    """The speaker was restarted and has another id; what we remember of it is of no use."""
    speakers(device("Living room", "d2"), device("Ana's phone", "p1"))(house)
    house.api.playback = None


def direct(house: Household) -> None:
    """Spotify lists a sleeping speaker, which takes music only after the playback was transferred to it."""
    house.api.faults += [Fault(PLAY, error(404, "Device not found"), 1)]


def ours_after_all(house: Household) -> None:
    """The speaker refuses to start what it is already playing, as we find out by looking again."""
    house.api.faults.append(
        Fault(PLAY, error(403, "Player command failed: Restriction violated", "UNKNOWN"), carried_out=True)
    )


def address(**developer: str) -> Change:
    def change(house: Household) -> None:
        developer_settings = msgspec.structs.replace(house.config.spotify.developer, **developer)
        spotify = msgspec.structs.replace(house.config.spotify, developer=developer_settings)
        house.config = msgspec.structs.replace(house.config, spotify=spotify)
        house.restart()

    return change


def right_address(house: Household) -> None:
    address(api_url=house.api.developer.api_url, token_url=house.api.developer.token_url)(house)


NOT_CONNECTED = "speaker 'Living room' not connected: choose it once in the Spotify app"
LOGIN = "run 'moodkiosk login'"
QUOTA = error(429, "API rate limit exceeded", "QUOTA_EXCEEDED")
back = speakers(device("Living room", "d1"))

TABLE = [
    Row("speaker absent", speakers(), "failed", NOT_CONNECTED, [LOOK, LIST, LIST, LIST], mend=back),
    Row(
        "only a phone is there",
        speakers(device("Ana's phone", "p1")),
        "failed",
        f"{NOT_CONNECTED} (connected: Ana's phone)",
        [LOOK, LIST, LIST, LIST],
        mend=back,
    ),
    Row("speaker appears after 5 s", late_speaker, "played", "ready", [LOOK, LIST, LIST, LIST, START, LOOK]),
    Row(
        "speaker restricted",
        speakers(device("Living room", "d1", is_restricted=True)),
        "failed",
        "takes no commands from other apps",
        [LOOK, LIST, LIST, LIST],
        mend=back,
    ),
    Row(
        "speaker without id",
        speakers(device("Living room", None)),
        "failed",
        NOT_CONNECTED,
        [LOOK, LIST, LIST, LIST],
        mend=back,
    ),
    Row(
        "two of one name, one of them active",
        speakers(device("Living room", "d0"), device("Living Room", "d1", is_active=True)),
        "played",
        "ready",
        COLD,
    ),
    Row("the speaker has a new id", new_id, "played", "ready", [LOOK, LIST, START, LOOK], warm=True),
    Row("listed, but asleep", direct, "played", "ready", [LOOK, LIST, START, MOVE, START, LOOK]),
    Row(
        "listed, but dead",
        fails(PLAY, error(404, "Device not found"), None),
        "failed",
        "does not react: choose it once",
        [LOOK, LIST, START, MOVE, START],
        mend=mended,
    ),
    Row(
        "takes the music, stays silent",
        lambda house: house.api.silent.add("d1"),
        "failed",
        "stays silent: choose it once",
        COLD,
        mend=lambda house: house.api.silent.clear(),
    ),
    Row("401 once", forgotten, "played", "ready", [LOOK, TOKEN, *COLD]),
    Row(
        "401 for ever",
        fails(r"^\w+ /v1", error(401, "Invalid access token"), None),
        "failed",
        LOGIN,
        [LOOK, TOKEN, LOOK],
        mend=mended,
    ),
    Row(
        "429 for 5 s",
        fails(PLAYER, error(429, "slow down", Retry_After="5")),
        "failed",
        "Spotify asks to wait until",
        [LOOK],
        again_after=5,
    ),
    Row(
        "429 for 79,892 s",
        fails(PLAYER, error(429, "slow down", Retry_After="79892")),
        "failed",
        "Spotify asks to wait until",
        [LOOK],
        again_after=79_892,
    ),
    Row(
        "429 without a time",
        fails(PLAYER, error(429, "slow down")),
        "failed",
        "Spotify asks to wait until",
        [LOOK],
        again_after=60,
    ),
    Row(
        "429 with nonsense for a time",
        fails(PLAYER, error(429, "slow down", Retry_After="soon")),
        "failed",
        "Spotify asks to wait until",
        [LOOK],
        again_after=60,
    ),
    Row(
        "429 in the middle",
        fails(PLAY, error(429, "slow down", Retry_After="30")),
        "failed",
        "Spotify asks to wait until",
        [LOOK, LIST, START],
        again_after=30,
    ),
    Row(
        "429, quota used up",
        fails(PLAYER, QUOTA),
        "failed",
        "the day's quota of your Spotify app is used up",
        [LOOK],
        again_after=3600,
    ),
    Row(
        "429 at the token endpoint",
        both(forgotten, fails("token", Reply(429, headers={"Retry-After": "20"}))),
        "failed",
        "Spotify asks to wait until",
        [LOOK, TOKEN],
        again_after=20,
    ),
    Row(
        "403 no Premium",
        fails(PLAY, error(403, "Player command failed: Premium required", "PREMIUM_REQUIRED"), None),
        "failed",
        "playing needs Spotify Premium",
        [LOOK, LIST, START],
        mend=mended,
    ),
    Row(
        "403 the app's owner has no Premium",
        fails(PLAYER, error(403, "Active premium subscription required for the owner of the app."), None),
        "failed",
        "the owner of the Spotify app needs Spotify Premium",
        [LOOK],
        mend=mended,
    ),
    Row(
        "403 not registered",
        fails(PLAYER, error(403, "User not registered in the Developer Dashboard"), None),
        "failed",
        "add it under User Management",
        [LOOK],
        mend=mended,
    ),
    Row(
        "403 scope", fails(PLAYER, error(403, "Insufficient client scope"), None), "failed", LOGIN, [LOOK], mend=mended
    ),
    Row(
        "403 without a word",
        fails(PLAYER, Reply(403), None),
        "failed",
        "forbidden, without a reason",
        [LOOK],
        mend=mended,
    ),
    Row("403 restriction violated, but it plays", ours_after_all, "played", "ready", [LOOK, LIST, START, LOOK, LOOK]),
    Row(
        "403 restriction violated",
        fails(PLAY, error(403, "Player command failed: Restriction violated", "UNKNOWN")),
        "failed",
        "does not take this command now",
        [LOOK, LIST, START, LOOK],
    ),
    Row(
        "404 for the music",
        lambda house: house.api.unknown.add(HAPPY),
        "failed",
        "nothing to play: the playlist for “happy”: Spotify does not find it",
        [LOOK, LIST, START, START],  # once more from its first song: it may have been too short
        mend=lambda house: house.api.unknown.clear(),
    ),
    Row(
        "400 for the music",
        fails(PLAY, error(400, "Invalid context uri"), 2),
        "failed",
        "nothing to play",
        [LOOK, LIST, START, START],
    ),
    Row("500 once", fails(PLAYER, error(500, "oops")), "played", "ready", [LOOK, *COLD]),
    Row(
        "502 once",
        fails(DEVICES, Reply(502, raw=b"Bad gateway", headers={"Content-Type": "text/plain"})),
        "played",
        "ready",
        [LOOK, LIST, LIST, START, LOOK],
    ),
    Row(
        "503 for ever",
        fails(r"^\w+ /v1", error(503, "Service unavailable"), None),
        "failed",
        "Spotify is out of order just now (error 503)",
        [LOOK, LOOK],
        mend=mended,
    ),
    Row("502 with a page", fails(PLAYER, page(502), None), "failed", "error 502", [LOOK, LOOK], mend=mended),
    Row(
        "502 when starting, in vain",
        fails(PLAY, error(502, "Bad gateway")),
        "failed",
        "error 502",
        [LOOK, LIST, START, LOOK],
    ),
    Row(
        "502 when starting, but it plays",
        fails(PLAY, error(502, "Bad gateway"), carried_out=True),
        "played",
        "ready",
        [LOOK, LIST, START, LOOK, LOOK],
    ),
    Row(
        "hotspot page",
        fails(r"^\w+ /v1", page(), None),
        "failed",
        "a page of its own instead of Spotify",
        [LOOK],
        mend=mended,
    ),
    Row(
        "hotspot page when starting",
        fails(PLAY, page(), None),
        "failed",
        "a page of its own instead of Spotify",
        [LOOK, LIST, START],
        mend=mended,
    ),
    Row(
        "hotspot redirects",
        fails(PLAYER, Reply(302, headers={"Location": "http://127.0.0.1:9/login"}), None),
        "failed",
        "a page of its own",
        [LOOK],
        mend=mended,
    ),
    Row(
        "garbage",
        fails(PLAYER, Reply(200, raw=b"\x00\xff{"), None),
        "failed",
        "cannot be understood",
        [LOOK, LOOK],
        mend=mended,
    ),
    Row(
        "JSON of another shape",
        fails(PLAYER, Reply(200, {"is_playing": "perhaps", "device": 7}), None),
        "failed",
        "cannot be understood",
        [LOOK],
        mend=mended,
    ),
    Row(
        "connection refused",
        address(api_url="http://127.0.0.1:9/v1/"),
        "failed",
        "the connection is refused",
        [],
        mend=right_address,
    ),
    Row(
        "name not found",
        address(api_url="http://api.moodkiosk.invalid/v1/"),
        "failed",
        "its name is not found",
        [],
        mend=right_address,
    ),
    Row("connection torn once", fails(PLAYER, "reset"), "played", "ready", [LOOK, *COLD]),
    Row(
        "connection torn for ever", fails(r"^\w+ /v1", "reset", None), "failed", "broke off", [LOOK, LOOK], mend=mended
    ),
    Row(
        "torn after starting",
        fails(PLAY, "reset", carried_out=True),
        "played",
        "ready",
        [LOOK, LIST, START, LOOK, LOOK],
    ),
    Row(
        "no answer",
        fails(PLAYER, "hang", None),
        "failed",
        "does not answer in time",
        [LOOK],
        mend=mended,
        spotify={"timeout_seconds": 2.0},  # also for the requests after it is mended
    ),
    Row(
        "an answer that trickles",
        fails(PLAYER, "trickle", None),
        "failed",
        "took too long",
        [LOOK],
        mend=mended,
        spotify={"deadline_seconds": 2.0},
    ),
    Row("not signed in", no_tokens, "failed", f"not signed in to Spotify: {LOGIN}", [], mend=tokens()),
    Row("token file damaged", damaged_tokens, "failed", LOGIN, [], mend=tokens()),
    Row(
        "sign-in allows too little",
        tokens(scope="user-read-playback-state"),
        "failed",
        "does not allow all that is needed (user-modify-playback-state, playlist-read-private, playlist-read-collab",
        [],
        mend=tokens(),
    ),
    Row(
        "sign-in revoked", revoked, "failed", f"the sign-in to Spotify has ended: {LOGIN}", [LOOK, TOKEN], mend=tokens()
    ),
    Row(
        "token endpoint 503",
        both(forgotten, fails("token", Reply(503), None)),
        "failed",
        "error 503",
        [LOOK, TOKEN, LOOK, TOKEN],
        mend=mended,
    ),
    Row(
        "token endpoint 503 once",
        both(forgotten, fails("token", Reply(503))),
        "played",
        "ready",
        [LOOK, TOKEN, LOOK, TOKEN, *COLD],
    ),
    Row(
        "token endpoint speaks garbage",
        both(forgotten, fails("token", Reply(200, raw=b"oops"), None)),
        "failed",
        "cannot be understood",
        [LOOK, TOKEN, LOOK, TOKEN],
        mend=mended,
    ),
    Row(
        "token endpoint gives no tokens",
        both(forgotten, fails("token", Reply(200, ["secret-list"]), None)),
        "failed",
        "cannot be understood",
        [LOOK, TOKEN, LOOK, TOKEN],
        mend=mended,
    ),
    Row(
        "client id unknown",
        both(forgotten, fails("token", Reply(400, {"error": "invalid_client"}), None)),
        "failed",
        "Spotify does not know spotify.client_id",
        [LOOK, TOKEN],
        mend=mended,
    ),
]
