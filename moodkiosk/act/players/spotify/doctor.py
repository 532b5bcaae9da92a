"""What `moodkiosk doctor` asks of Spotify: whether the sign-in is good and the speaker is there."""

from __future__ import annotations

import time
from pathlib import Path

from moodkiosk.act.players.player import Clock, never
from moodkiosk.act.players.spotify.account.tokens import TokenFile, days_left, path_of, warning
from moodkiosk.act.players.spotify.memory import Memory
from moodkiosk.act.players.spotify.web_api.errors import LOGIN, ApiError
from moodkiosk.act.players.spotify.web_api.rate_limit import RateLimit
from moodkiosk.act.players.state_file import StateFile
from moodkiosk.config.settings import Config
from moodkiosk.words.reason import Reason


def probe(settings: Config, state_dir: Path) -> str | None:
    """Lists the speakers once. Says what is wrong (None: nothing) and, after a colon, what to do about it.

    Two requests at most, and none while Spotify wants to be left alone.
    """
    from moodkiosk.act.players.spotify import speaker
    from moodkiosk.act.players.spotify.web_api.client import Client
    from moodkiosk.act.players.spotify.web_api.session import ApiSession

    clock = Clock()
    tokens = TokenFile(path_of(settings.spotify.token_file, state_dir))
    # The running kiosk keeps this file; here it is only read.
    memory = StateFile(state_dir / "spotify.json", Memory).kept
    session = ApiSession(RateLimit(memory, clock), clock.monotonic, lambda: None, settings.spotify.timeout_seconds)
    client = Client(settings.spotify, tokens, session, clock)
    client.begin(clock.monotonic() + settings.spotify.deadline_seconds, never)
    try:
        speaker.choose(client.devices(), settings.music.speaker)
    except ApiError as error:
        return error.text
    finally:
        client.end()
    left = days_left(tokens.authorized_at(), time.time())
    if left is not None and warning(left) is not None:
        return Reason("spotify.ends", count=max(0, int(left)), do=LOGIN)
    return None
