"""What doctor asks the MPD server, and what to do about each trouble with it."""

from __future__ import annotations

import time

from moodkiosk.act.players.mpd.protocol import Connection, Kind, MpdError, password_of
from moodkiosk.config.settings import Config

SECONDS = 5.0
ADVICE: dict[Kind, str] = {
    "unreachable": "install one (apt-get install mpd), or set mpd.host and mpd.port; see docs/mpd.md",
    "late": "is another program at work on it? 'mpc status' says what it does",
    "password": "put the password into a file, and its name into mpd.password_file",
    "permission": "put a password with 'control' rights into the file mpd.password_file",
    "garbage": "another program listens there: set mpd.host and mpd.port",
}


def probe(config: Config) -> tuple[str, str, bool]:
    """What MPD says of itself or what is wrong with it, what to do about it ("": nothing), and whether it can play."""
    end = time.monotonic() + SECONDS
    mpd = config.mpd
    try:
        with Connection(mpd.host, mpd.port, password_of(mpd), lambda: end - time.monotonic()) as server:
            songs = int(dict(server.ask("stats")).get("songs", "0")[:9])
            on = sum(1 for key, value in server.ask("outputs") if (key, value) == ("outputenabled", "1"))
            server.ask("listplaylists")
    except (MpdError, ValueError) as error:
        kind: Kind = error.kind if isinstance(error, MpdError) else "garbage"
        return str(error), ADVICE.get(kind, "see 'journalctl -u mpd'"), False
    text = f"MPD {server.version}, {songs} song{'' if songs == 1 else 's'}"
    if on == 0:
        return f"{text}, but no output is switched on", "switch one on: mpc outputs; mpc enable 1", False
    advice = "" if songs else "its library is empty: put music into its folder, then 'mpc update'"
    return text, advice, True
