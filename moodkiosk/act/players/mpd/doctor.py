"""What doctor asks the MPD server, and what to do about each trouble with it."""

from __future__ import annotations

import time

from moodkiosk.act.players.mpd.protocol import Connection, Kind, MpdError, password_of
from moodkiosk.config.settings import Config
from moodkiosk.words.reason import Reason

SECONDS = 5.0
MUTE = "Mute"
"""Mopidy's only output, which is on while there is no sound; and of its songs it says that there are none."""
ADVICE: dict[Kind, str] = {
    "unreachable": Reason("doctor.mpd_away"),
    "late": Reason("doctor.mpd_late"),
    "password": Reason("doctor.mpd_password"),
    "permission": Reason("doctor.mpd_permission"),
    "garbage": Reason("doctor.mpd_other"),
}


def probe(config: Config) -> tuple[str, str, bool]:
    """What MPD says of itself or what is wrong with it, what to do about it ("": nothing), and whether it can play."""
    end = time.monotonic() + SECONDS
    mpd = config.mpd
    try:
        with Connection(mpd.host, mpd.port, password_of(mpd), lambda: end - time.monotonic()) as server:
            songs = int(dict(server.ask("stats")).get("songs", "0")[:9])
            outputs = server.ask("outputs")
            server.ask("listplaylists")
    except (MpdError, ValueError) as error:
        garbage = MpdError("garbage", Reason("mpd.garbage", where=f"{mpd.host}:{mpd.port}"))  # "stats" without a number
        found = error if isinstance(error, MpdError) else garbage
        return found.text, ADVICE.get(found.kind, Reason("doctor.mpd_journal")), False
    if [value for key, value in outputs if key == "outputname"] == [MUTE] and not songs:
        return Reason("doctor.mopidy", version=server.version), "", True
    text = Reason("doctor.mpd", version=server.version, count=songs)
    if ("outputenabled", "1") not in outputs:
        return Reason("doctor.mpd_no_output", mpd=text), Reason("doctor.mpd_no_output_do"), False
    return text, "" if songs else Reason("doctor.mpd_empty"), True
