"""The page's password: hashed with scrypt (RFC 7914), in a file that only act's user can read.

`moodkiosk web-password` makes the file.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import getpass
import hashlib
import hmac
import secrets
import sys
from pathlib import Path

from moodkiosk.act import private
from moodkiosk.config import load
from moodkiosk.config.languages import reader
from moodkiosk.failure import Failure, UsageError
from moodkiosk.host import files, paths
from moodkiosk.words.language import say
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import system

LENGTH_LEAST, LENGTH_MOST = 8, 200
# 16 MB and some 60 ms on a desk (a quarter of a second on a Pi); OWASP's password storage cheat sheet names N=2^14
# with r=8, p=5 as equal to N=2^17, p=1, which would take 128 MB of a Pi.
N, R, P = 2**14, 8, 5


def hashed(password: str, salt: bytes | None = None) -> str:
    """One line for the file: scheme, parameters, salt and hash."""
    salt = salt or secrets.token_bytes(16)
    found = hashlib.scrypt(password.encode(), salt=salt, n=N, r=R, p=P, dklen=32)
    parts = (str(N), str(R), str(P), *(base64.b64encode(part).decode() for part in (salt, found)))
    return "scrypt$" + "$".join(parts)


def matches(password: str, line: str) -> bool:
    """Whether `line` is the hash of `password`; takes as long as scrypt takes. A damaged line matches nothing."""
    try:
        scheme, n, r, p, salt, wanted = line.strip().split("$")
        if scheme != "scrypt":
            return False
        found = hashlib.scrypt(
            password.encode(), salt=base64.b64decode(salt), n=int(n), r=int(r), p=int(p), dklen=32, maxmem=2**27
        )
        return hmac.compare_digest(found, base64.b64decode(wanted))
    except (ValueError, OverflowError, MemoryError):
        return False


def main(args: argparse.Namespace) -> int:
    """Asks for a password and keeps its hash. Raises UsageError and Failure."""
    settings = load.load(args.config, secrets=False)  # the file it names need not be there yet
    state_dir = paths.state_dir(settings.paths, "act")
    path = Path(settings.web.password_file or state_dir / "web-password")
    # Act's user is the one whose state folder it is.
    owner = private.owner_for(path, like=state_dir)
    tag = reader(settings.kiosk.language)
    line = hashed(_ask(tag))
    try:
        files.write_atomic(path, f"{line}\n".encode(), owner=owner)
    except OSError as error:
        raise Failure(Reason("signin.not_written", path=str(path), reason=system(error))) from None
    print(say(tag, "signin.password_kept", path=str(path)))
    if not settings.web.password_file:
        print(f"{say(tag, 'signin.password_use')}\n\n  password_file: {path}")
    return 0


def _ask(tag: str) -> str:
    """The password: typed twice on a terminal, or one line of stdin. Raises UsageError."""
    if sys.stdin.isatty():
        password = getpass.getpass(f"{say(tag, 'signin.password')} ")
        if password != getpass.getpass(f"{say(tag, 'signin.password_again')} "):
            raise UsageError(Reason("signin.password_differs"))
    else:
        password = ""
        with contextlib.suppress(UnicodeDecodeError):
            password = sys.stdin.readline().rstrip("\r\n")
    if not LENGTH_LEAST <= len(password) <= LENGTH_MOST:
        raise UsageError(Reason("signin.password_length", least=LENGTH_LEAST, most=LENGTH_MOST))
    return password
