"""`moodkiosk login`: signs in to Spotify, also over SSH, and proves it by listing the speakers.

PKCE (RFC 7636) as Spotify describes it for programs that cannot keep a secret: there is none on the card. The person
opens an address in any browser; the answer comes back by itself (through `ssh -L`), or is pasted.
"""

from __future__ import annotations

import argparse
import contextlib
import getpass
import math
import os
import secrets
import socket
import sys
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

from moodkiosk.act import private
from moodkiosk.act.players.spotify.account import redirect, tokens
from moodkiosk.act.players.spotify.errors import ApiError
from moodkiosk.config import load
from moodkiosk.config.settings import Config
from moodkiosk.failure import Failure, UsageError
from moodkiosk.host import paths
from moodkiosk.link import control
from moodkiosk.words.reason import heard_all

if TYPE_CHECKING:
    from moodkiosk.act.players.spotify.client import SignIn
    from moodkiosk.act.players.spotify.session import ApiSession

EXCHANGE_SECONDS = 30.0
"""The code is exchanged, and the speakers are listed, within this."""


def main(args: argparse.Namespace) -> int:
    """Signs in. Raises UsageError and Failure; then the sign-in that was there before still stands."""
    settings = load.load(args.config)
    if not settings.spotify.client_id:
        raise UsageError(
            "login needs spotify.client_id in the configuration (docs/spotify.md says where it comes from)"
        )
    if not (math.isfinite(args.seconds) and args.seconds > 0):
        raise UsageError(f"--seconds: expected a number above 0, got {args.seconds:g}")
    path = tokens.path_of(settings.spotify.token_file, paths.state_dir(settings.paths, "act"))
    owner = private.owner_for(path, like=path)
    before = tokens.TokenFile(path).load() or {}
    session, sign_in = _session(settings)
    session.deadline = math.inf
    code = _ask_for_code(settings, sign_in, args.seconds)
    session.deadline = time.monotonic() + EXCHANGE_SECONDS
    try:
        sign_in.get_access_token(code=code, check_cache=False)
        found: dict[str, Any] = sign_in.cache_handler.get_cached_token()
        found.pop("renewed", None)
        account = _prove(settings, session, found)
    except ApiError as error:
        text = "Spotify does not accept the code (each is good once, for minutes)"
        raise Failure(f"{text if error.kind == 'grant' else error.text}; nothing has changed") from None
    finally:
        session.close()
    try:
        tokens.write(path, {**found, "authorized_at": time.time(), "account": account}, owner)
    except OSError as error:
        raise Failure(f"cannot write {path}: {error.strerror}") from None
    with contextlib.suppress(OSError):
        tokens.ended(path).unlink()
    for line in _not_taken(settings):
        print(line)
    if before.get("account") not in (None, account):
        print(f"Note: this is another account than before ({before['account']}).")
    ends = datetime.fromtimestamp(time.time() + tokens.LIFE_DAYS * 86_400).astimezone()
    print(f"The sign-in is kept in {path}. It lasts six months, until {ends:%d %B %Y}; 'moodkiosk login' renews it.")
    return 0


def _not_taken(settings: Config) -> list[str]:
    """Why there may be no music yet: what the configuration says, and what the running kiosk has not taken of it."""
    notes = []
    if settings.music.player != "spotify":
        notes.append(f"Note: music.player is '{settings.music.player}': nothing is played on Spotify.")
    try:
        found = control.ask(paths.control_socket(settings.paths), "status").data
    except Failure:
        return notes
    found = found if isinstance(found, dict) else {}
    said = heard_all(found, "pending")
    if not said and not notes and "dry run" in str(found.get("player")):
        said = ["still in dry run: it has read another configuration, restart it"]
    return notes + [f"Note: the running kiosk: {text}" for text in said]


def _session(settings: Config) -> tuple[ApiSession, SignIn]:
    from spotipy.cache_handler import MemoryCacheHandler

    from moodkiosk.act.players.player import Clock
    from moodkiosk.act.players.spotify.client import SignIn
    from moodkiosk.act.players.spotify.memory import Memory
    from moodkiosk.act.players.spotify.rate_limit import RateLimit
    from moodkiosk.act.players.spotify.session import ApiSession

    session = ApiSession(RateLimit(Memory(), Clock()), time.monotonic, lambda: None, settings.spotify.timeout_seconds)
    return session, SignIn(settings.spotify, session, MemoryCacheHandler(), time.time)


def _ask_for_code(settings: Config, sign_in: SignIn, seconds: float) -> str:
    """Shows the address and waits for the answer, from the browser or the terminal. Raises Failure."""
    port, state = settings.spotify.redirect_port, secrets.token_urlsafe(24)
    print(f"1. In the dashboard, your app's redirect URI must be exactly {sign_in.redirect_uri}")
    print(f"2. Open this address in a browser and say yes:\n\n{sign_in.get_authorize_url(state=state)}\n")

    def judge(address: str) -> str:
        redirect.code_in(address, port, state)
        return "Thank you. See in the terminal whether it worked; this window can be closed."

    deadline = time.monotonic() + seconds
    with contextlib.ExitStack() as stack:
        sources = _terminal()
        try:
            sources.append(stack.enter_context(redirect.callbacks(port, judge)))
        except OSError as error:
            if not sources:
                raise Failure(f"cannot listen on port {port}: {error.strerror}") from None
            print(f"(Port {port} is in use on this machine: the answer has to be pasted.)")
        print("3. That is all if the browser runs on this machine, or if you came here by")
        print(f"   ssh -L {port}:127.0.0.1:{port} {getpass.getuser()}@{_this_machine()}")
        print("   Otherwise the browser now says that it cannot connect: copy the address it shows, and paste it here.")
        sys.stdout.flush()
        for address in redirect.lines(sources, deadline, until_end_of=_person()):
            try:
                return redirect.code_in(address, port, state)
            except redirect.WrongAddress as wrong:
                print(f"moodkiosk: {wrong}", file=sys.stderr, flush=True)
            except redirect.Denied as denied:
                raise Failure(f"{denied}; nothing has changed") from None
    if time.monotonic() >= deadline:
        raise Failure(f"no answer within {seconds:g} seconds; nothing has changed")
    raise Failure("no answer; nothing has changed")


def _terminal() -> list[int]:
    try:
        return [sys.stdin.fileno()]
    except (AttributeError, OSError, ValueError):  # there is none
        return []


def _person() -> int | None:
    """Where a person types, who may end it with Ctrl-D; None: the input is no terminal, and its end means nothing."""
    return next((source for source in _terminal() if os.isatty(source)), None)


def _this_machine() -> str:
    """The address under which an SSH client has found this machine (sshd sets SSH_CONNECTION), or its name."""
    parts = os.environ.get("SSH_CONNECTION", "").split()
    return parts[2] if len(parts) == 4 else socket.gethostname()


def _prove(settings: Config, session: ApiSession, found: dict[str, Any]) -> str | None:
    """Lists the speakers, and returns the account's id. Raises ApiError if the account cannot be used at all."""
    import spotipy

    from moodkiosk.act.players.spotify.answers import Account, Device, Devices, several, understand

    if lacking := tokens.missing(found.get("scope")):
        raise ApiError("refused", f"not everything that is needed was allowed: {lacking} is missing")
    api = spotipy.Spotify(auth=found["access_token"], requests_session=session)
    api.prefix = settings.spotify.developer.api_url
    try:
        # spotipy asks for "me/", which the Web API's description does not know.
        me = session.get(f"{api.prefix}me", headers={"Authorization": f"Bearer {found['access_token']}"})
        account = understand(me.json(), Account)
        devices = several(understand(api.devices(), Devices).devices, Device)
    except ApiError as error:
        if error.kind in ("refused", "token"):
            raise
        print(f"Signed in. Whether the speakers are there could not be seen: {error.text}.")
        return None
    names = sorted({device.name for device in devices})
    print(f"Signed in as {account.display_name or account.id}.")
    print(f"Connected speakers: {', '.join(names) or 'none'}.")
    wanted = settings.music.speaker
    if wanted.casefold() not in (name.casefold() for name in names):
        print(f"Speaker '{wanted}' is not among them now: choose it once in the Spotify app (docs/spotify.md).")
    return account.id
