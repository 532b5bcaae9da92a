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
import sys
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

from moodkiosk.act import private
from moodkiosk.act.players.spotify.account import redirect, tokens
from moodkiosk.act.players.spotify.web_api.errors import ApiError
from moodkiosk.config import load
from moodkiosk.config.languages import reader
from moodkiosk.config.settings import Config
from moodkiosk.failure import Failure, UsageError
from moodkiosk.host import paths
from moodkiosk.host.machine import hostname
from moodkiosk.link import control
from moodkiosk.words.language import say, translated
from moodkiosk.words.reason import Reason, heard_all, together
from moodkiosk.words.system import system

if TYPE_CHECKING:
    from moodkiosk.act.players.spotify.web_api.client import SignIn
    from moodkiosk.act.players.spotify.web_api.session import ApiSession

NOTHING_CHANGED = Reason("signin.nothing_changed")
EXCHANGE_SECONDS = 30.0
"""The code is exchanged, and the speakers are listed, within this."""


def main(args: argparse.Namespace) -> int:
    """Signs in. Raises UsageError and Failure; then the sign-in that was there before still stands."""
    settings = load.load(args.config)
    if not settings.spotify.client_id:
        raise UsageError(Reason("signin.client_id"))
    if not (math.isfinite(args.seconds) and args.seconds > 0):
        raise UsageError(Reason("signin.seconds", given=args.seconds))
    tag = reader(settings.kiosk.language)
    path = tokens.path_of(settings.spotify.token_file, paths.state_dir(settings.paths, "act"))
    owner = private.owner_for(path, like=path)
    before = tokens.TokenFile(path).load() or {}
    session, sign_in = _session(settings)
    session.deadline = math.inf
    code = _ask_for_code(settings, sign_in, args.seconds, tag)
    session.deadline = time.monotonic() + EXCHANGE_SECONDS
    try:
        sign_in.get_access_token(code=code, check_cache=False)
        found: dict[str, Any] = sign_in.cache_handler.get_cached_token()
        found.pop("renewed", None)
        account = _prove(settings, session, found, tag)
    except ApiError as error:
        text = Reason("signin.bad_code") if error.kind == "grant" else error.text
        raise Failure(together([text, NOTHING_CHANGED])) from None
    finally:
        session.close()
    try:
        tokens.write(path, {**found, "authorized_at": time.time(), "account": account}, owner)
    except OSError as error:
        raise Failure(Reason("signin.not_written", path=str(path), reason=system(error))) from None
    with contextlib.suppress(OSError):
        tokens.ended(path).unlink()
    notes = _not_taken(settings)
    if before.get("account") not in (None, account):
        notes.append(Reason("signin.another_account", account=before["account"]))
    for note in notes:
        print(say(tag, "signin.note", text=note))
    ends = datetime.fromtimestamp(time.time() + tokens.LIFE_DAYS * 86_400).astimezone()
    when = {"day": ends.day, "month": Reason(f"month.{ends.month}"), "year": ends.year}
    print(say(tag, "signin.kept", path=str(path), **when))
    return 0


def _not_taken(settings: Config) -> list[str]:
    """Why there may be no music yet: what the configuration says, and what the running kiosk has not taken of it."""
    notes: list[str] = []
    if settings.music.player != "spotify":
        notes.append(Reason("signin.other_player", player=settings.music.player))
    try:
        found = control.ask(paths.control_socket(settings.paths), "status").data
    except Failure:
        return notes
    found = found if isinstance(found, dict) else {}
    said = heard_all(found, "pending")
    if not said and not notes and "dry run" in str(found.get("player")):
        said = [Reason("signin.do", what=Reason("doctor.still_dry"), do=Reason("doctor.restart"))]
    return [*notes, *(Reason("signin.running", text=text) for text in said)]


def _session(settings: Config) -> tuple[ApiSession, SignIn]:
    from spotipy.cache_handler import MemoryCacheHandler

    from moodkiosk.act.players.player import Clock
    from moodkiosk.act.players.spotify.memory import Memory
    from moodkiosk.act.players.spotify.web_api.client import SignIn
    from moodkiosk.act.players.spotify.web_api.rate_limit import RateLimit
    from moodkiosk.act.players.spotify.web_api.session import ApiSession

    session = ApiSession(RateLimit(Memory(), Clock()), time.monotonic, lambda: None, settings.spotify.timeout_seconds)
    return session, SignIn(settings.spotify, session, MemoryCacheHandler(), time.time)


def _ask_for_code(settings: Config, sign_in: SignIn, seconds: float, tag: str) -> str:
    """Shows the address and waits for the answer, from the browser or the terminal. Raises Failure."""
    port, state = settings.spotify.redirect_port, secrets.token_urlsafe(24)
    print(say(tag, "signin.redirect", address=sign_in.redirect_uri))
    print(f"{say(tag, 'signin.open')}\n\n{sign_in.get_authorize_url(state=state)}\n")

    def judge(address: str) -> str:
        redirect.code_in(address, port, state)
        return Reason("signin.thanks")

    deadline = time.monotonic() + seconds
    with contextlib.ExitStack() as stack:
        sources = _terminal()
        try:
            sources.append(stack.enter_context(redirect.callbacks(port, judge, tag)))
        except OSError as error:
            if not sources:
                raise Failure(Reason("signin.cannot_listen", port=port, reason=system(error))) from None
            print(say(tag, "signin.port_in_use", port=port))
        print(say(tag, "signin.that_is_all"))
        print(f"   ssh -L {port}:127.0.0.1:{port} {getpass.getuser()}@{_this_machine()}")
        print(f"   {say(tag, 'signin.otherwise')}")
        sys.stdout.flush()
        for address in redirect.lines(sources, deadline, until_end_of=_person()):
            try:
                return redirect.code_in(address, port, state)
            except redirect.WrongAddress as wrong:
                print(f"moodkiosk: {translated(str(wrong), tag)}", file=sys.stderr, flush=True)
            except redirect.Denied as denied:
                raise Failure(together([str(denied), NOTHING_CHANGED])) from None
    if time.monotonic() >= deadline:
        raise Failure(together([Reason("signin.no_answer_within", seconds=seconds), NOTHING_CHANGED]))
    raise Failure(together([Reason("signin.no_answer"), NOTHING_CHANGED]))


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
    return parts[2] if len(parts) == 4 else hostname()


def _prove(settings: Config, session: ApiSession, found: dict[str, Any], tag: str) -> str | None:
    """Lists the speakers, and returns the account's id. Raises ApiError if the account cannot be used at all."""
    import spotipy

    from moodkiosk.act.players.spotify.web_api.answers import Account, Device, Devices, several, understand

    if lacking := tokens.missing(found.get("scope")):
        raise ApiError("refused", Reason("signin.lacking", lacking=lacking))
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
        print(say(tag, "signin.speakers_unseen", reason=error.text))
        return None
    names = sorted({device.name for device in devices})
    print(say(tag, "signin.signed_in", name=account.display_name or account.id))
    print(say(tag, "signin.speakers", names=names or Reason("signin.none")))
    wanted = settings.music.speaker
    if wanted.casefold() not in (name.casefold() for name in names):
        print(say(tag, "signin.not_among", name=wanted))
    return account.id
